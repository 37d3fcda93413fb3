// What is wrong with a shop's webhook subscriptions, and what would put it right. Pure. Only subscriptions made through
// the API can be repaired; what the TOML declares is changed by a deploy alone, and is explained instead.
import {
  namesInEnum,
  topicInEnum,
  type Subscription,
  type SubscriptionChange,
} from "#app/shopify/subscriptions.ts";
import { API_VERSION } from "#app/shopify/version.ts";

export type SubscriptionFaultCode =
  /** Needed, not declared and not made: created. */
  | "missing"
  /** As missing, but of a topic that Shopify takes from the TOML alone, or it is not known what the TOML says. */
  | "missing_in_toml"
  /** Leads to another web address than ours: led here, or deleted where the topic comes here anyway. */
  | "misrouted"
  /** Leads to a queue of another kind, on purpose as it seems: told, left alone. */
  | "elsewhere"
  /** The same news surely comes here by another subscription: deleted. */
  | "duplicate"
  /** The TOML declares it, too, but nothing has shown yet that Shopify knows of it: kept, for it may be the only one. */
  | "kept"
  /** Sent as XML, which nothing here reads: switched to JSON. */
  | "wrong_format"
  /** Sent in another API version, which Shopify takes from the app's configuration: a deploy is needed. */
  | "outdated"
  /** Passes on only some of the changes that are needed, and no other subscription brings the rest. */
  | "filtered"
  /** Brings other fields of the body than are wanted, more or fewer: renewed. */
  | "other_fields"
  /** Brings news of a resource that the shop has switched off: deleted. */
  | "switched_off"
  /** Brings news here that nothing reads, and that would be set aside each time: deleted. */
  | "not_needed";

export interface SubscriptionFault {
  readonly code: SubscriptionFaultCode;
  /** `orders/create`; the enum's name where nothing here knows the topic. */
  readonly topic: string;
  /** Null where there is none yet. */
  readonly id: string | null;
  /** Where it leads, or the version that it is sent in. */
  readonly found: string | null;
  /** Null where only a deploy, or a person, can repair it. */
  readonly repair: SubscriptionChange | null;
}

export interface Wanted {
  readonly needed: readonly string[];
  /** Topics that the app reads, but this shop does without. */
  readonly off: readonly string[];
  /** Other topics that have been heard of; Shopify's list has their names in the enum only. */
  readonly heard: readonly string[];
  /** Null where it is not known: then nothing is created and nothing is called doubled. */
  readonly declared: ReadonlySet<string> | null;
  /** Declared topics that were seen to come by the TOML. A declaration alone proves nothing: it may wait for its deploy. */
  readonly proven: ReadonlySet<string>;
  readonly complianceTopics: readonly string[];
  /** Where our subscriptions must lead. */
  readonly address: string;
  /** Fields of the body that a subscription of this shop alone asks for; null for all. */
  readonly fieldsOf: (topic: string) => readonly string[] | null;
}

export function faultsOf(found: readonly Subscription[], wanted: Wanted): SubscriptionFault[] {
  const { needed, off, heard, declared } = wanted;
  const names = namesInEnum([...heard, ...(declared ?? []), ...off, ...needed]);
  const byTopic = new Map<string, Subscription[]>();
  // The oldest stays.
  for (const each of [...found].sort((a, b) => a.createdAt.localeCompare(b.createdAt))) {
    const topic = names.get(each.topic) ?? each.topic;
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), each]);
  }
  const faults: SubscriptionFault[] = [];
  for (const [topic, ofTopic] of byTopic) {
    faults.push(...faultsOfTopic(topic, ofTopic, wanted));
  }
  for (const topic of needed) {
    const comes = (byTopic.get(topic) ?? []).length > 0 || declared?.has(topic);
    if (!comes) faults.push(missing(topic, wanted));
  }
  return faults;
}

function faultsOfTopic(
  topic: string,
  found: readonly Subscription[],
  { needed, off, declared, proven, address, fieldsOf }: Wanted,
): SubscriptionFault[] {
  const isNeeded = needed.includes(topic);
  const faults: SubscriptionFault[] = [];
  const fields = fieldsOf(topic) ?? [];
  // Everything of the topic surely arrives here already, by the TOML or by a subscription seen before.
  let comesHere = (declared?.has(topic) ?? false) && proven.has(topic);
  const here = found.filter(({ uri }) => uri === address);
  for (const each of [...here, ...found.filter(({ uri }) => uri !== address)]) {
    const fault = (
      code: SubscriptionFaultCode,
      repair: SubscriptionChange | null,
      shown: string | null = each.uri,
    ) => {
      faults.push({ code, topic, id: each.id, found: shown, repair });
    };
    const remove = { change: "delete", id: each.id } as const;
    const lead = { change: "update", id: each.id, uri: address, fields } as const;
    if (each.uri !== address) {
      if (!/^https?:/i.test(each.uri)) fault("elsewhere", null);
      else if (comesHere || !isNeeded) fault("misrouted", remove);
      else {
        fault("misrouted", lead);
        comesHere = each.filter === null || each.filter === "";
      }
      continue;
    }
    if (!isNeeded || comesHere) {
      fault(isNeeded ? "duplicate" : off.includes(topic) ? "switched_off" : "not_needed", remove);
      continue;
    }
    if (declared?.has(topic)) fault("kept", null);
    if (each.format !== "JSON") fault("wrong_format", lead, each.format);
    else if (!isSame(each.includeFields, fields))
      fault("other_fields", lead, each.includeFields.join(", ") || null);
    if (each.apiVersion.handle !== API_VERSION) fault("outdated", null, each.apiVersion.handle);
    if (each.filter) fault("filtered", null, each.filter);
    else comesHere = true;
  }
  return faults;
}

/** Their order says nothing. */
function isSame(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && found.every((field) => wanted.includes(field));
}

function missing(
  topic: string,
  { declared, complianceTopics, address, fieldsOf }: Wanted,
): SubscriptionFault {
  const isCreatable = declared !== null && !complianceTopics.includes(topic);
  return {
    code: isCreatable ? "missing" : "missing_in_toml",
    topic,
    id: null,
    found: null,
    repair: isCreatable
      ? { change: "create", topic: topicInEnum(topic), uri: address, fields: fieldsOf(topic) ?? [] }
      : null,
  };
}
