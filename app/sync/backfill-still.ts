// Operations that stand still at Shopify: it stops one after ten days by itself, and developers tell of some that hung in a
// state for hours. Since when one has not moved is stored with the run that waits for it, so that no restart forgets it. Pure.
import { numberOf } from "#app/shopify/bulk.ts";
import type { BulkOperation, BulkStatus } from "#app/shopify/bulk.ts";
import type { Still } from "#app/sync/runs-states.ts";

const MINUTE_MS = 60_000;
/** Without an object more for so long, nothing more is expected of it. */
const STILL_MS_MAX = 60 * MINUTE_MS;
/** One that is called off comes to nothing anyway; Shopify may take some minutes over it. */
const CANCELING_MS_MAX = 10 * MINUTE_MS;
/** Less is not worth telling. */
const TOLD_MS_MIN = MINUTE_MS;

type Watched = Pick<BulkOperation, "id" | "status" | "objectCount">;

/** What each of them shows now, and since when it shows that. */
export function watched(
  before: readonly Still[] | undefined,
  operations: readonly Watched[],
  now: Date,
): readonly Still[] {
  return operations.map(({ id, status, objectCount }) => {
    const known = before?.find((still) => still.id === id);
    const isSame = known?.status === status && known.objects === objectCount;
    return { id, status, objects: objectCount, since: isSame ? known.since : now.toISOString() };
  });
}

export function standsStill({ status, since }: Still, now: Date): boolean {
  const isCanceling = (status as BulkStatus) === "CANCELING";
  return msSince(since, now) >= (isCanceling ? CANCELING_MS_MAX : STILL_MS_MAX);
}

/** For people: the numbers under which Shopify knows them, the one that has stood still for longest first. */
export function stillWords(still: readonly Still[], now: Date): string {
  return still
    .toSorted((a, b) => a.since.localeCompare(b.since))
    .map((each) => {
      const ms = msSince(each.since, now);
      const stood = ms < TOLD_MS_MIN ? "" : `, no progress for ${Math.floor(ms / MINUTE_MS)} min`;
      return `${numberOf(each)} (${each.status}${stood})`;
    })
    .join(", ");
}

function msSince(since: string, now: Date): number {
  return now.getTime() - Date.parse(since);
}
