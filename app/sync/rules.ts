// What a shop wants mirrored: its sync rules, their defaults and their limits. Pure; the row is rules-store.ts's.
import { z } from "zod";
import { env } from "#app/env.server.ts";
import { holderOf, resourceOf, resources } from "#app/resources/index.ts";
import { allOf, during, group } from "#app/shopify/search.ts";
import { startOfDay } from "#app/sync/days.ts";
import { chosenFields, takesMetafield } from "#app/sync/rules-metafields.ts";
import { narrow } from "#app/sync/narrow.ts";
import type { Narrowing } from "#app/sync/narrow.ts";
import type { RecordFilter, Resource, ResourceName, SearchWay } from "#app/resources/define.ts";

const MINUTE_SECONDS = 60;
/** As the operator allows it: every five minutes where nothing else is set. */
export const EVERY_MINUTES_MIN = Math.max(1, Math.ceil(env.CATCH_UP_SECONDS / MINUTE_SECONDS));
export const EVERY_MINUTES_MAX = 24 * 60;
export const FILTER_CHARS_MAX = 1_000;
export const MONTHS_MAX = 120;
export const PATTERNS_MAX = 100;
export const DAYS_MAX = 3_650;

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
/** "namespace" or "namespace.key"; "*" stands for any characters. */
export const METAFIELD_PATTERN = /^[\w$:*-]{1,255}(\.[\w*-]{1,64})?$/;

const resourceRule = z.object({
  isOn: z.boolean().catch(true),
  /** A Shopify search; empty for everything. */
  filter: z.string().trim().max(FILTER_CHARS_MAX).catch(""),
  /** A day in the shop's time zone. */
  createdSince: day.nullable().catch(null),
  /** What was created longer ago leaves the mirror. */
  monthsKept: z.int().min(1).max(MONTHS_MAX).nullable().catch(null),
  /** What becomes of a record that is here and does not match. */
  leaving: z.enum(["remove", "keep"]).catch("remove"),
  /** Names of field groups that are left out, and of those that are left out unless they are named here. */
  without: z.array(z.string()).catch([]),
  with: z.array(z.string()).catch([]),
  everyMinutes: z.int().min(1).max(EVERY_MINUTES_MAX).nullable().catch(null),
  /** Shopify's count understands the filter. Found out when it is saved. */
  isCounted: z.boolean().catch(true),
});

const days = (usual: number) => z.int().min(1).max(DAYS_MAX).catch(usual);

/** How long what Counterfoil keeps for itself is kept, in days. */
const kept = z.object({
  /** Bodies hold personal data: long enough to trace and replay what happened, and no longer. */
  deliveries: days(30),
  /** Somebody is to look at these first. */
  parked: days(90),
  runs: days(365),
  errors: days(90),
});

const shape = z.object({
  /** Grows by one with each change. */
  version: z.int().catch(0),
  /** In which days are meant. */
  timeZone: z.string().catch("UTC"),
  isPersonalOut: z.boolean().catch(false),
  /** Allow-list; empty for all. */
  metafields: z.array(z.string().regex(METAFIELD_PATTERN)).max(PATTERNS_MAX).catch([]),
  /** What the store has granted; empty while that is not known. */
  scopes: z.array(z.string()).catch([]),
  /** Patterns that the app's own parts need, whatever is chosen. */
  needed: z.array(z.string()).catch([]),
  resources: z.record(z.string(), z.unknown()).catch({}),
  kept: z.unknown().optional(),
});

export type ResourceRule = Readonly<z.infer<typeof resourceRule>>;
export type Kept = Readonly<z.infer<typeof kept>>;

export interface Rules {
  readonly version: number;
  readonly timeZone: string;
  readonly isPersonalOut: boolean;
  readonly metafields: readonly string[];
  readonly scopes: readonly string[];
  readonly needed: readonly string[];
  readonly resources: Readonly<Record<ResourceName, ResourceRule>>;
  readonly kept: Kept;
}

/** Whatever is stored: what is missing or senseless in it has its default. */
export function rulesFrom(stored: unknown): Rules {
  const parsed = shape.parse(typeof stored === "object" && stored !== null ? stored : {});
  const ruleOf = ({ name }: Resource) => [name, resourceRule.parse(parsed.resources[name] ?? {})] as const;
  return {
    ...parsed,
    resources: Object.fromEntries(resources.map(ruleOf)) as Record<ResourceName, ResourceRule>,
    kept: kept.parse(parsed.kept ?? {}),
  };
}

/** Everything, for ever: what holds while nobody has chosen. */
export const DEFAULT_RULES: Rules = rulesFrom({});

const narrowed = new WeakMap<Rules, Map<string, Resource>>();

/** The descriptor as these rules leave it. Whether it is switched on at all is another matter: isOn(). */
export function resourceUnder(rules: Rules, name: ResourceName, now: Date): Resource {
  const known = narrowed.get(rules) ?? new Map<string, Resource>();
  narrowed.set(rules, known);
  // Retention moves the filter on from day to day.
  const cacheKey = `${name} ${now.toISOString().slice(0, 10)}`;
  const found = known.get(cacheKey) ?? derive(rules, name, now);
  known.set(cacheKey, found);
  return found;
}

/** What exists only inside others, or goes with them, is off with them. */
export function isOn(rules: Rules, name: string): boolean {
  const resource = resources.find((each) => each.name === name);
  if (!resource) return true;
  const holder = holderOf(resource);
  return rules.resources[resource.name].isOn && (holder === null || rules.resources[holder.name].isOn);
}

/** Whether the rows of a resource that is off are to go: its own switch says so, or that of what it lives in. */
export function goesWhenOff(rules: Rules, name: ResourceName): boolean {
  const switched = rules.resources[name].isOn ? (holderOf(resourceOf(name))?.name ?? name) : name;
  return rules.resources[switched].leaving === "remove";
}

function derive(rules: Rules, name: ResourceName, now: Date): Resource {
  return narrow(chosen(rules, name), narrowingOf(rules, name, now));
}

/** Of metafields, those of the allow-list, as far as Shopify's own arguments can say it. */
function chosen(rules: Rules, name: ResourceName): Resource {
  return chosenFields(resourceOf(name), rules);
}

export function narrowingOf(rules: Rules, name: ResourceName, now: Date): Narrowing {
  const withheld = withheldFrom(resourceOf(name), rules.scopes);
  const { filter, isCounted } = filterOf(rules, name, now);
  return {
    without: [...leftOut(resourceOf(name), rules.resources[name]), ...withheld],
    isPersonalOut: rules.isPersonalOut,
    filter,
    isCounted,
    takes: takesMetafield(resourceOf(name), rules),
    holderSearch: holderSearchOf(rules, name, now),
  };
}

/** Shopify cannot search by what a record goes with: which of them belong to the mirror, the mirror says (ingest.ts). */
function holderSearchOf(rules: Rules, name: ResourceName, now: Date): string | null {
  const resource = resourceOf(name);
  const holder = resource.goesWith ? holderOf(resource) : null;
  if (!holder) return null;
  const search = searchOf(rules.resources[holder.name], holder, "list", rules.timeZone, now);
  return search === "" ? null : search;
}

function leftOut({ groups = [] }: Resource, rule: ResourceRule): readonly string[] {
  const unasked = groups.filter(({ name, isOptIn }) => isOptIn && !rule.with.includes(name));
  return [...rule.without, ...unasked.map(({ name }) => name)];
}

/** Field groups that Shopify would refuse, and the whole record with them. */
function withheldFrom({ groups = [] }: Resource, granted: readonly string[]): readonly string[] {
  if (granted.length === 0) return [];
  return groups.flatMap(({ name, scope }) =>
    scope === undefined || granted.includes(scope) || granted.includes(scope.replace(/^read_/, "write_"))
      ? []
      : [name],
  );
}

/**
 * What exists only inside the records of another resource follows that one's filter, where Shopify lists it from the same
 * root. (Variants' metafields have a root of their own: they are read of all products.)
 */
function filterOf(
  rules: Rules,
  name: ResourceName,
  now: Date,
): { readonly filter: RecordFilter | null; readonly isCounted: boolean } {
  const owner = ownerOf(resourceOf(name));
  const rule = rules.resources[owner.name];
  const search = searchOf(rule, owner, "list", rules.timeZone, now);
  const counted = searchOf(rule, owner, "count", rules.timeZone, now);
  return {
    filter: search === "" ? null : { search, counted, leaving: rule.leaving },
    isCounted: rule.isCounted,
  };
}

export function ownerOf(resource: Resource): Resource {
  const { root, within } = resource.list;
  if (!within) return resource;
  return resources.find(({ list }) => !list.within && list.root === root) ?? resource;
}

/** Empty for everything. */
export function searchOf(
  rule: ResourceRule,
  { isDated, created }: Resource,
  way: SearchWay,
  timeZone: string,
  now: Date,
): string {
  const own = rule.filter === "" ? "" : group(rule.filter);
  const from = isDated ? createdFrom(rule, timeZone, now) : null;
  return allOf(own, from && created ? during(created[way], { from }) : "");
}

/** From when on records belong to the mirror; null for ever. */
export function createdFrom(
  { createdSince, monthsKept }: ResourceRule,
  timeZone: string,
  now: Date,
): Date | null {
  const since = createdSince === null ? null : startOfDay(createdSince, timeZone);
  const kept = monthsKept === null ? null : monthsBefore(now, monthsKept);
  return since && kept ? new Date(Math.max(+since, +kept)) : (since ?? kept);
}

/** The start of the day so many months ago, UTC: a whole day, so that the search is the same all day long. */
function monthsBefore(now: Date, months: number): Date {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return first;
}

/** Seconds between two looks for changes that no webhook told of. */
export function everySeconds(rules: Rules, name: ResourceName): number {
  const { everyMinutes } = rules.resources[name];
  return Math.max(env.CATCH_UP_SECONDS, (everyMinutes ?? 0) * MINUTE_SECONDS);
}
