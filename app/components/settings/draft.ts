// The form of the settings as it is being filled in: everything as text, and what of it differs from what is kept. Pure.
import type { EditionChoice, ResourceName, ResourceRule, SettingsView } from "#app/status/settings.ts";

export interface RuleDraft {
  readonly isOn: boolean;
  readonly filter: string;
  /** "2026-01-31", or empty. */
  readonly createdSince: string;
  /** A number, or empty. */
  readonly monthsKept: string;
  readonly leaving: ResourceRule["leaving"];
  readonly without: readonly string[];
  readonly with: readonly string[];
  readonly everyMinutes: string;
}

export interface Draft {
  readonly rules: Readonly<Record<ResourceName, RuleDraft>>;
  readonly isPersonalOut: boolean;
  /** One pattern a line. */
  readonly metafields: string;
  readonly kept: Readonly<Record<keyof SettingsView["kept"], string>>;
  readonly editions: Readonly<Record<keyof EditionChoice, string>>;
}

export function draftOf(settings: SettingsView): Draft {
  const { rules, kept, editions, metafields, isPersonalOut } = settings;
  const drafts = Object.entries(rules).map(([name, rule]) => {
    const { createdSince, monthsKept, everyMinutes, isOn, filter, leaving, without } = rule;
    const draft: RuleDraft = {
      ...{ isOn, filter, leaving, without, with: rule.with },
      createdSince: createdSince ?? "",
      monthsKept: monthsKept === null ? "" : String(monthsKept),
      everyMinutes: everyMinutes === null ? "" : String(everyMinutes),
    };
    return [name, draft] as const;
  });
  return {
    rules: Object.fromEntries(drafts) as Draft["rules"],
    isPersonalOut,
    metafields: metafields.join("\n"),
    kept: {
      deliveries: String(kept.deliveries),
      parked: String(kept.parked),
      runs: String(kept.runs),
      errors: String(kept.errors),
    },
    editions: { ...editions, nearlyPercent: String(editions.nearlyPercent) },
  };
}

/** What differs, as it is sent; null where nothing does. */
export function wishOf(draft: Draft, settings: SettingsView): Readonly<Record<string, unknown>> | null {
  const kept = draftOf(settings);
  const resources = Object.entries(draft.rules).flatMap(([name, rule]) => {
    const before = kept.rules[name as ResourceName];
    const changed = Object.entries(rule).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof RuleDraft]),
    );
    const fields = changed.map(([field, value]) => [field, sent(field, value)] as const);
    return fields.length > 0 ? [[name, Object.fromEntries(fields)] as const] : [];
  });
  const days = Object.entries(draft.kept).filter(
    ([name, value]) => value !== kept.kept[name as keyof Draft["kept"]],
  );
  const wish = {
    ...(resources.length > 0 && { resources: Object.fromEntries(resources) }),
    ...(draft.isPersonalOut !== kept.isPersonalOut && { isPersonalOut: draft.isPersonalOut }),
    ...(draft.metafields !== kept.metafields && { metafields: patternsIn(draft.metafields) }),
    ...(days.length > 0 && {
      kept: Object.fromEntries(days.map(([name, value]) => [name, numberIn(value)])),
    }),
  };
  return Object.keys(wish).length > 0 ? wish : null;
}

/** Null where nothing differs. */
export function editionsOf(draft: Draft, settings: SettingsView): Draft["editions"] | null {
  const kept = draftOf(settings).editions;
  return JSON.stringify(draft.editions) === JSON.stringify(kept) ? null : draft.editions;
}

const NUMBERS: ReadonlySet<string> = new Set(["monthsKept", "everyMinutes"]);

/** Empty means "none"; what is no number is sent as it is, and refused with a word. */
function sent(field: string, value: unknown): unknown {
  if (field === "createdSince" && value === "") return null;
  if (!NUMBERS.has(field)) return value;
  return value === "" ? null : numberIn(value as string);
}

function numberIn(text: string): number | string {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : text;
}

export function patternsIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((pattern) => pattern !== "");
}
