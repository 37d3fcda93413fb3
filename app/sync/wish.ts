// What a person's form asks for, as a request for each chosen resource: read leniently where nothing can be misunderstood,
// else refused with the one thing that is wrong. Which ways a resource knows is decided by its descriptor.
import { backfillOrder, resources } from "#app/resources/index.ts";
import { isBalanced } from "#app/shopify/search.ts";
import { isDay, startOfDay } from "#app/sync/days.ts";
import { RUN_IDS_MAX, checkRequest } from "#app/sync/targeted.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";
import type { RunRequest } from "#app/sync/runs.ts";

export type WishMode = RunRequest["mode"];

/** Bad ids that are named back. */
const BAD_IDS_MAX = 5;
const SEARCH_CHARS_MAX = 1_000;

export type WishProblem =
  | "resource"
  | "mode"
  | "since"
  | "range_empty"
  | "range_order"
  | "one_resource"
  | "ids_empty"
  | "ids_bad"
  | "names_empty"
  | "search_empty"
  | "search_long"
  | "search_open"
  | "too_many";

export interface Wish {
  readonly resource: ResourceName;
  readonly request: RunRequest;
}

/** The wishes are in the order in which resources build on each other. */
export type Wishes =
  { readonly wishes: readonly Wish[] } | { readonly problem: WishProblem; readonly bad?: string };

export interface WishFields {
  /** As the form sent it; anything may be missing. */
  get(name: string): string | null;
  /** All values of a name. */
  all(name: string): readonly string[];
}

/** Every resource with the ways in which it can be synced. */
export function wishChoices(): readonly {
  readonly name: ResourceName;
  readonly modes: readonly WishMode[];
}[] {
  return resources.map((resource) => ({ name: resource.name, modes: modesOf(resource) }));
}

function modesOf({ name, list, cursor, created }: Resource): readonly WishMode[] {
  return [
    "full",
    ...(cursor ? (["since"] as const) : []),
    ...(created ? (["created"] as const) : []),
    "ids",
    ...(name === "orders" ? (["names"] as const) : []),
    ...(list.within ? [] : (["search"] as const)),
  ];
}

/** Ids, names and searches are of one resource. */
const OF_ONE: ReadonlySet<WishMode> = new Set(["ids", "names", "search"]);

/** @param timeZone in which days are meant. */
export function readWishes(fields: WishFields, timeZone: string, now: Date): Wishes {
  const names = new Set(fields.all("resource"));
  const chosen = backfillOrder()
    .filter((name) => names.has(name))
    .map((name) => resources.find((resource) => resource.name === name)!);
  if (chosen.length === 0 || chosen.length < names.size) return { problem: "resource" };
  const mode = modesOf(chosen[0]!).find((each) => each === fields.get("mode"));
  if (!mode) return { problem: "mode" };
  const unable = chosen.find((resource) => !modesOf(resource).includes(mode));
  if (unable) return { problem: "mode", bad: unable.name };
  if (chosen.length > 1 && OF_ONE.has(mode)) return { problem: "one_resource" };
  const wishes: Wish[] = [];
  for (const resource of chosen) {
    const request = requestOf(resource, mode, fields, timeZone, now);
    if ("problem" in request) return request;
    wishes.push({ resource: resource.name, request });
  }
  return { wishes };
}

type Problem = { readonly problem: WishProblem; readonly bad?: string };

function requestOf(
  resource: Resource,
  mode: WishMode,
  fields: WishFields,
  timeZone: string,
  now: Date,
): RunRequest | Problem {
  // A NUL is nothing that anybody sees.
  const text = (fields.get(mode) ?? "").replaceAll("\0", " ").trim();
  switch (mode) {
    case "full":
      return { mode };
    case "since": {
      const range = rangeOf(fields, timeZone, now);
      if ("problem" in range) return range;
      return range.from === undefined ? { problem: "since" } : { mode, since: range.from, ...untilOf(range) };
    }
    case "created": {
      const range = rangeOf(fields, timeZone, now);
      if ("problem" in range) return range;
      const { from } = range;
      if (from === undefined && range.until === undefined) return { problem: "range_empty" };
      return { mode, ...(from === undefined ? {} : { from }), ...untilOf(range) };
    }
    case "ids": {
      const ids = text.split(/[\s,;]+/).filter((id) => id !== "");
      return listOf(ids, "ids_empty") ?? badIds(resource, ids) ?? { mode, ids };
    }
    case "names": {
      const names = text.split(/[\n,;]+/).map((name) => name.trim());
      const given = names
        .filter((name) => name !== "")
        .map((name) => (/^\d+$/.test(name) ? `#${name}` : name));
      return listOf(given, "names_empty") ?? { mode, names: given };
    }
    case "search":
      if (text === "") return { problem: "search_empty" };
      if (text.length > SEARCH_CHARS_MAX) return { problem: "search_long" };
      return isBalanced(text) ? { mode, search: text } : { problem: "search_open" };
  }
}

interface Range {
  readonly from?: string;
  readonly until?: string;
}

/** Calendar days, both included. */
function rangeOf(fields: WishFields, timeZone: string, now: Date): Range | Problem {
  const [from, until] = ["from", "until"].map((name) => (fields.get(name) ?? "").trim()) as [string, string];
  if (from !== "" && !isDay(from)) return { problem: "since" };
  if (until !== "" && !isDay(until)) return { problem: "since" };
  const begins = from === "" ? null : startOfDay(from, timeZone);
  const ends = until === "" ? null : startOfDay(until, timeZone, 1);
  if (begins && begins > now) return { problem: "since" };
  if (begins && ends && begins >= ends) return { problem: "range_order" };
  return {
    ...(begins ? { from: begins.toISOString() } : {}),
    ...(ends ? { until: ends.toISOString() } : {}),
  };
}

function untilOf({ until }: Range): { readonly until?: string } {
  return until === undefined ? {} : { until };
}

function listOf(list: readonly string[], empty: WishProblem): { readonly problem: WishProblem } | null {
  if (list.length === 0) return { problem: empty };
  return list.length > RUN_IDS_MAX ? { problem: "too_many" } : null;
}

function badIds({ name }: Resource, ids: readonly string[]): { problem: WishProblem; bad: string } | null {
  const bad = ids.filter((id) => {
    try {
      checkRequest(name, { mode: "ids", ids: [id] });
      return false;
    } catch {
      return true;
    }
  });
  if (bad.length === 0) return null;
  return { problem: "ids_bad", bad: bad.slice(0, BAD_IDS_MAX).join(", ") };
}
