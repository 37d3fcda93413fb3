// What a shop's rules mean for its webhook subscriptions: which topics it needs, and of which fields of their bodies. Pure.
import { COMPLIANCE_TOPICS, SYSTEM_TOPICS, resources, topicReaders, topicsOf } from "#app/resources/index.ts";
import { BODY_FIELDS, IDENTITY } from "#app/resources/body-fields.ts";
import { omittedBy } from "#app/sync/narrow.ts";
import { isOn, narrowingOf } from "#app/sync/rules.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Omitted } from "#app/sync/narrow.ts";
import type { Rules } from "#app/sync/rules.ts";

/**
 * What the resources that are switched on need. What the TOML declares beyond it comes all the same, for it is the same
 * for every shop, and is ignored; what was subscribed for this shop alone is cancelled and, later, made again.
 */
export function topicsUnder(rules: Rules): readonly string[] {
  const wanted = resources.filter(({ name }) => isOn(rules, name)).flatMap(topicsOf);
  return [...new Set([...wanted, ...SYSTEM_TOPICS, ...COMPLIANCE_TOPICS])].sort();
}

/**
 * The fields that a subscription of this shop alone asks for, sorted; null for all. Only where the shop leaves something
 * out: else bodies come whole, as the TOML's do, and the log shows all of what Shopify said.
 */
export function fieldsUnder(topic: string, rules: Rules, now: Date): readonly string[] | null {
  const readers = topicReaders(topic).filter(({ name }) => isOn(rules, name));
  const asked = readers.map((resource) => fieldsOf(resource, topic, rules, now));
  if (asked.length === 0 || asked.every((each) => each !== null && !each.isLess)) return null;
  const fields = new Set<string>();
  for (const each of asked) {
    if (each === null) return null;
    for (const field of each.fields) fields.add(field);
  }
  return [...fields].sort();
}

interface Asked {
  readonly fields: readonly string[];
  /** Something that the descriptor reads is not asked for. */
  readonly isLess: boolean;
}

/** Null where the whole body is needed, or where nothing here knows which part of it. */
function fieldsOf(resource: Resource, topic: string, rules: Rules, now: Date): Asked | null {
  const known = BODY_FIELDS[resource.name];
  const isOwnNews = resource.topics.changed.includes(topic) || resource.list.within !== undefined;
  if (!known || !isOwnNews) return null;
  const narrowing = narrowingOf(rules, resource.name, now);
  // Whether a record matches, only Shopify can say: its news is no more than a reason to ask.
  if (narrowing.filter && !resource.list.within) return { fields: IDENTITY, isLess: true };
  const omitted = omittedBy(resource, narrowing);
  const kept = Object.entries(known.unless).filter(([, fills]) => !fills.some((one) => isOut(one, omitted)));
  return {
    fields: [...known.always, ...kept.map(([path]) => path)],
    isLess: kept.length < Object.keys(known.unless).length,
  };
}

/** "Model", or "Model.field". */
function isOut(place: string, { columns, models }: Omitted): boolean {
  const [model = "", field] = place.split(".");
  return models.has(model) || (field !== undefined && columns.get(model)?.has(field) === true);
}
