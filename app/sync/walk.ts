// A walk through a list of any length, record by record and each once: by id, so that none moves while others change, and
// begun anew after the last id before Shopify's lists end. Pure; where it stands is stored with the rows that it read.
import { keyOfGid } from "#app/resources/rest.ts";
import { inRange } from "#app/shopify/ranges.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Range } from "#app/shopify/ranges.ts";
import type { Run, Walk } from "#app/sync/runs-states.ts";

/** Shopify's lists end at 25,000. */
export const WALK_MAX = 20_000;

export const WALK_BEGUN: Walk = { afterKey: null, walked: 0 };

/**
 * The run with its walk. A cursor of a version that listed in another order says nothing of this one: from the beginning of
 * the part.
 */
export function atWalk(run: Run): Run {
  const { walk, doneBefore: done = 0, rejectedBefore: rejected = 0, countBefore = run.total } = run.progress;
  if (walk) return run;
  return {
    ...run,
    done,
    rejected,
    progress: { ...run.progress, walk: WALK_BEGUN, after: null, countBefore },
  };
}

/** The search for what is still to be walked through. */
export function searchOfWalk(search: string, { afterKey }: Walk): string {
  return inRange(search, { afterKey, untilKey: null });
}

export interface Stride {
  readonly walk: Walk;
  /** Cursor of the next page; null at the end, and where the list begins anew: `walk.walked` is 0 then. */
  readonly after: string | null;
}

/** On after a page. */
export function stride(
  { afterKey, walked }: Walk,
  { next, listed, last }: Pick<Page, "next" | "listed" | "last">,
  walkMax = WALK_MAX,
): Stride {
  const far = walked + listed;
  if (next === null || last === null || far < walkMax)
    return { walk: { afterKey, walked: far }, after: next };
  return { walk: { afterKey: keyOfGid(last, "id"), walked: 0 }, after: null };
}

/** On after a page of a range: with its last page, to the range's end. */
export function strideIn({ untilKey }: Range, { next, last }: Pick<Page, "next" | "last">): Stride {
  const afterKey = next === null || last === null ? untilKey : keyOfGid(last, "id");
  return { walk: { afterKey, walked: 0 }, after: null };
}
