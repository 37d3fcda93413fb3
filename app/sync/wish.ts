// What a person's form asks for, as a run's request: read leniently where nothing can be misunderstood, else refused
// with the one thing that is wrong. Which ways a resource knows is decided by its descriptor.
import { resources } from "#app/resources/index.ts";
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
  | "ids_empty"
  | "ids_bad"
  | "names_empty"
  | "search_empty"
  | "search_long"
  | "too_many";

export type Wish =
  | { readonly resource: ResourceName; readonly request: RunRequest }
  | { readonly problem: WishProblem; readonly bad?: string };

export interface WishFields {
  /** As the form sent it; anything may be missing. */
  get(name: string): string | null;
}

/** Every resource with the ways in which it can be synced. */
export function wishChoices(): readonly {
  readonly name: ResourceName;
  readonly modes: readonly WishMode[];
}[] {
  return resources.map((resource) => ({ name: resource.name, modes: modesOf(resource) }));
}

function modesOf({ name, list, cursor }: Resource): readonly WishMode[] {
  return [
    "full",
    ...(cursor ? (["since"] as const) : []),
    "ids",
    ...(name === "orders" ? (["names"] as const) : []),
    ...(list.within ? [] : (["search"] as const)),
  ];
}

/** @param timeZone in which "since a day" is meant. */
export function readWish(fields: WishFields, timeZone: string, now: Date): Wish {
  const resource = resources.find(({ name }) => name === fields.get("resource"));
  if (!resource) return { problem: "resource" };
  const mode = modesOf(resource).find((each) => each === fields.get("mode"));
  if (!mode) return { problem: "mode" };
  const text = (fields.get(mode) ?? "").trim();
  const request = requestOf(resource, mode, text, timeZone, now);
  return "problem" in request ? request : { resource: resource.name, request };
}

function requestOf(
  resource: Resource,
  mode: WishMode,
  text: string,
  timeZone: string,
  now: Date,
): RunRequest | { readonly problem: WishProblem; readonly bad?: string } {
  switch (mode) {
    case "full":
      return { mode };
    case "since": {
      const since = isDay(text) ? startOfDay(text, timeZone) : null;
      return since && since <= now ? { mode, since: since.toISOString() } : { problem: "since" };
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
      return text.length > SEARCH_CHARS_MAX ? { problem: "search_long" } : { mode, search: text };
  }
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
