// Rules as somebody wishes them, from a form or the API: what makes no sense is named by its field, and nothing is kept
// unless all of it makes sense. Whether a search means anything, Shopify is asked (rules-preview.ts).
import { isBalanced } from "#app/shopify/search.ts";
import { isDay } from "#app/sync/days.ts";
import { DAYS_MAX, EVERY_MINUTES_MAX, EVERY_MINUTES_MIN, FILTER_CHARS_MAX } from "#app/sync/rules.ts";
import { METAFIELD_PATTERN, MONTHS_MAX, PATTERNS_MAX, rulesFrom } from "#app/sync/rules.ts";
import { isStorable } from "#app/sync/stored-forms.ts";
import { resources } from "#app/resources/index.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Rules } from "#app/sync/rules.ts";

export type WrongCode =
  | "unknown"
  | "type"
  | "too_long"
  | "unbalanced"
  | "no_search"
  | "not_a_day"
  | "in_the_future"
  | "not_dated"
  | "months"
  | "minutes"
  | "days"
  | "group"
  | "pattern"
  | "too_many"
  /** Of editions. */
  | "metafield"
  | "percent"
  /** Said by Shopify. */
  | "not_understood";

export interface Wrong {
  /** "resources.orders.filter" */
  readonly field: string;
  readonly code: WrongCode;
  /** The part that is meant, or Shopify's words. */
  readonly detail?: string;
}

export type Wish = { readonly rules: Rules } | { readonly wrong: readonly Wrong[] };

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown, resource: Resource, today: string) => WrongCode | null;

const isWhole = (value: unknown, least: number, most: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;

const FIELDS: Readonly<Record<string, Check>> = {
  isOn: (value) => (typeof value === "boolean" ? null : "type"),
  filter: (value, { list }) => {
    if (typeof value !== "string") return "type";
    if (!isStorable(value)) return "type";
    if (value.length > FILTER_CHARS_MAX) return "too_long";
    if (value.trim() !== "" && list.within) return "no_search";
    return isBalanced(value) ? null : "unbalanced";
  },
  createdSince: (value, { isDated }, today) => {
    if (value === null) return null;
    if (!isDated) return "not_dated";
    if (typeof value !== "string" || !isDay(value)) return "not_a_day";
    return value > today ? "in_the_future" : null;
  },
  monthsKept: (value, { isDated }) => {
    if (value === null) return null;
    if (!isDated) return "not_dated";
    return isWhole(value, 1, MONTHS_MAX) ? null : "months";
  },
  leaving: (value) => (value === "keep" || value === "remove" ? null : "type"),
  without: (value, resource) => wrongGroups(value, resource, false),
  with: (value, resource) => wrongGroups(value, resource, true),
  everyMinutes: (value) =>
    value === null || isWhole(value, EVERY_MINUTES_MIN, EVERY_MINUTES_MAX) ? null : "minutes",
};

function wrongGroups(value: unknown, { groups = [] }: Resource, isOptIn: boolean): WrongCode | null {
  if (!Array.isArray(value)) return "type";
  const known = groups.filter((group) => (group.isOptIn ?? false) === isOptIn).map(({ name }) => name);
  return value.every((name) => known.includes(name as string)) ? null : "group";
}

const KEPT = ["deliveries", "parked", "runs", "errors"];

/** @param wished only what is to change; the rest stays as it is in `rules`. @param today in the shop's time zone. */
export function readRulesWish(rules: Rules, wished: unknown, today: string): Wish {
  if (!isFields(wished)) return { wrong: [{ field: "", code: "type" }] };
  const wrong: Wrong[] = [];
  const { isPersonalOut, metafields, resources: ofResources, kept, ...unknown } = wished;
  wrong.push(...Object.keys(unknown).map((field): Wrong => ({ field, code: "unknown" })));
  if (isPersonalOut !== undefined && typeof isPersonalOut !== "boolean")
    wrong.push({ field: "isPersonalOut", code: "type" });
  wrong.push(...wrongPatterns(metafields), ...wrongKept(kept), ...wrongResources(ofResources, today));
  if (wrong.length > 0) return { wrong };
  const merged = Object.fromEntries(
    Object.entries(rules.resources).map(([name, rule]) => [
      name,
      { ...rule, ...fieldsOf(ofResources, name) },
    ]),
  );
  return {
    rules: rulesFrom({
      ...rules,
      ...(isPersonalOut === undefined ? {} : { isPersonalOut }),
      ...(metafields === undefined ? {} : { metafields: [...new Set(metafields as string[])] }),
      resources: merged,
      kept: { ...rules.kept, ...(isFields(kept) ? kept : {}) },
    }),
  };
}

function wrongPatterns(patterns: unknown): Wrong[] {
  const field = "metafields";
  if (patterns === undefined) return [];
  if (!Array.isArray(patterns)) return [{ field, code: "type" }];
  if (patterns.length > PATTERNS_MAX) return [{ field, code: "too_many" }];
  const bad = patterns.find(
    (pattern) => typeof pattern !== "string" || !METAFIELD_PATTERN.test(pattern),
  ) as unknown;
  return bad === undefined ? [] : [{ field, code: "pattern", detail: String(bad) }];
}

function wrongKept(kept: unknown): Wrong[] {
  if (kept === undefined) return [];
  if (!isFields(kept)) return [{ field: "kept", code: "type" }];
  return Object.entries(kept).flatMap(([name, value]): Wrong[] => {
    const field = `kept.${name}`;
    if (!KEPT.includes(name)) return [{ field, code: "unknown" }];
    return isWhole(value, 1, DAYS_MAX) ? [] : [{ field, code: "days" }];
  });
}

function wrongResources(wished: unknown, today: string): Wrong[] {
  if (wished === undefined) return [];
  if (!isFields(wished)) return [{ field: "resources", code: "type" }];
  return Object.entries(wished).flatMap(([name, rule]): Wrong[] => {
    const resource = resources.find((each) => each.name === name);
    if (!resource) return [{ field: `resources.${name}`, code: "unknown" }];
    if (!isFields(rule)) return [{ field: `resources.${name}`, code: "type" }];
    return Object.entries(rule).flatMap(([key, value]): Wrong[] => {
      const field = `resources.${name}.${key}`;
      // A body may name anything, also what every object has.
      const check = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
      const code = check ? check(value, resource, today) : "unknown";
      return code === null ? [] : [{ field, code }];
    });
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(wished: unknown, name: string): Fields {
  const found = isFields(wished) ? wished[name] : undefined;
  if (!isFields(found)) return {};
  return typeof found.filter === "string" ? { ...found, filter: found.filter.trim() } : found;
}
