// Catch-up: reads what changed in a window of time, slice by slice, the oldest first, and proves each slice by counting.
//
// Inside a slice records are listed by id, not by time of change: a record that changes meanwhile leaves the window and
// moves none of the others, and equal times cannot split. While a slice is read records can only leave it, so when the
// list has shown as many as were counted before, it has shown all. If Shopify's search lags and some come in instead,
// the count afterwards says so. Anything else, and the slice is read again; after some times it is a hole.
import { inTransaction } from "#app/db.server.ts";
import { countGrounds, groundOf, stored } from "#app/sync/catch-up-ground.ts";
import { beginSlice, readSlice } from "#app/sync/catch-up-slice.ts";
import { noteBlocked } from "#app/sync/counts.ts";
import { noteLooked, wholeSecond } from "#app/sync/cursors.ts";
import { again, isTimeUp, withTotal } from "#app/sync/runs-step.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Ending, Run } from "#app/sync/runs.ts";

/** A slice holds no more records than this, but for one second that cannot be cut. */
export const SLICE_RECORDS_MAX = 1_000;
/** Ends asked for at once when a slice is cut, each half as far as the one before. */
const CUTS = 7;
const SECOND_MS = 1_000;

/** Works on the run until its step's time is up or it has ended. @throws as advanceBackfill. */
export async function advanceCatchUp(run: Run, step: Step): Promise<Stepped> {
  let current = run.progress.ground ? run : await plan(run, step);
  for (;;) {
    const ground = groundOf(current);
    if (ground.from >= ground.until) return end(current, step);
    if (isTimeUp(step)) return again(current, step.now());
    current = current.progress.slice ? await readSlice(current, step) : await cutSlice(current, step);
  }
}

async function plan(run: Run, step: Step): Promise<Run> {
  const { request } = run;
  const { now } = step;
  if (request.mode !== "since") throw new RangeError(`run ${run.id} has no window to catch up with`);
  const begin = wholeSecond(now());
  const until = request.until === undefined ? begin : new Date(Math.min(+begin, Date.parse(request.until)));
  const ground: Ground = { from: wholeSecond(new Date(request.since)), until };
  const [total] = await countGrounds(run, step, [ground]);
  return inTransaction(async (database) => {
    await noteBlocked(database, run.shopId, run.resource, null);
    const progress = { ...run.progress, phase: "counting", ground: stored(ground) } as const;
    const planned = await checkpoint(
      database,
      run,
      { progress, total: total!.count, cost: total!.cost },
      now(),
    );
    await announce(database, run.shopId);
    if (total!.count !== null && total!.count > SLICE_RECORDS_MAX) return planned;
    return beginSlice(database, planned, ground, total!.count, now());
  });
}

/** Takes off the ground's beginning what can be read and proven at once. */
async function cutSlice(run: Run, step: Step): Promise<Run> {
  const { from, until } = groundOf(run);
  let end = until;
  let cost = run.cost;
  for (;;) {
    const grounds = endsFor(from, end).map((at) => ({ from, until: at }));
    const counted = await countGrounds({ ...run, cost }, step, grounds);
    cost = counted[0]!.cost;
    const fit = counted.findIndex(({ count }) => count === null || count <= SLICE_RECORDS_MAX);
    end = grounds[fit === -1 ? grounds.length - 1 : fit]!.until;
    if (fit === -1 && end.getTime() - from.getTime() > SECOND_MS) continue;
    const before = counted.at(fit)!.count;
    return inTransaction((database) =>
      beginSlice(database, { ...run, cost }, { from, until: end }, before, step.now()),
    );
  }
}

/** The end, half of the way to it, a quarter …, by whole seconds. */
function endsFor(from: Date, end: Date): Date[] {
  const ends: Date[] = [];
  for (
    let length = +end - +from;
    ends.length < CUTS && length >= SECOND_MS;
    length = Math.floor(length / 2)
  ) {
    ends.push(wholeSecond(new Date(+from + length)));
  }
  return ends;
}

async function end(run: Run, { now }: Step): Promise<Stepped> {
  const ended = await inTransaction(async (database) => {
    await noteLooked(database, run.shopId, [run.resource], true, now());
    return endRun(database, await withTotal(database, run, now()), endingOf(run), now());
  });
  return { run: ended, next: null };
}

function endingOf({ rejected, progress: { holes = 0 } }: Run): Ending {
  if (holes > 0) {
    return {
      state: "incomplete",
      code: "COUNT_MISMATCH",
      detail: `${holes} windows of time kept moving while they were read`,
    };
  }
  if (rejected > 0) return { state: "incomplete", code: "RECORDS_REJECTED", detail: String(rejected) };
  return { state: "verified" };
}
