// Catch-up: reads what changed in a window of time, slice by slice, the oldest first, and proves each slice by counting.
//
// Inside a slice records are listed by id, not by time of change: a record that changes meanwhile leaves the window and
// moves none of the others, and equal times cannot split. While a slice is read records can only leave it, so when the
// list has shown as many as were counted before, it has shown all. If Shopify's search lags and some come in instead,
// the count afterwards says so. Anything else, and the slice is read again; after some times it is a hole.
import { inTransaction } from "#app/db.server.ts";
import { inOrder } from "#app/shopify/in-order.ts";
import { metered } from "#app/shopify/metered.ts";
import { countGrounds, groundOf, stored } from "#app/sync/catch-up-ground.ts";
import { SLICE_RECORDS_MAX } from "#app/sync/catch-up-cuts.ts";
import { UNREAD, pieces, widthFor } from "#app/sync/catch-up-ahead.ts";
import { beginSlice, landPage } from "#app/sync/catch-up-slice.ts";
import { noteAnswered } from "#app/sync/counts.ts";
import { noteLooked, readRefused, wholeSecond } from "#app/sync/cursors.ts";
import { resolveFailures } from "#app/sync/faults.ts";
import { again, isTimeUp, withTotal } from "#app/sync/runs-step.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Ending, Run } from "#app/sync/runs.ts";

/** Works on the run until its step's time is up or it has ended. @throws as advanceBackfill. */
export async function advanceCatchUp(run: Run, given: Step): Promise<Stepped> {
  const meter = metered(given.client);
  const spent = () => run.cost + meter.points;
  const step = { ...given, client: meter.client };
  let current = run.progress.ground ? run : await plan(run, step, spent);
  for (;;) {
    const ground = groundOf(current);
    if (ground.from >= ground.until) return end(current, step);
    if (isTimeUp(step)) return again(current, step.now());
    current = await readOn(current, step, spent);
  }
}

async function plan(run: Run, step: Step, spent: () => number): Promise<Run> {
  const { request } = run;
  const { now } = step;
  if (request.mode !== "since") throw new RangeError(`run ${run.id} has no window to catch up with`);
  const begin = wholeSecond(now());
  const until = request.until === undefined ? begin : new Date(Math.min(+begin, Date.parse(request.until)));
  const ground: Ground = { from: wholeSecond(new Date(request.since)), until };
  const [total = null] = await countGrounds(step, [ground]);
  const isRefused = (await readRefused(run.shopId)).has(run.resource);
  return inTransaction(async (database) => {
    const progress = { ...run.progress, phase: "counting", ground: stored(ground) } as const;
    const planned = await checkpoint(database, run, { progress, total, cost: spent() }, now());
    await announce(database, run.shopId);
    if (total !== null && total > SLICE_RECORDS_MAX) return planned;
    // Whether a refusal is over only a list tells, so it is asked for though nothing should be in it.
    const before = isRefused && total === 0 ? null : total;
    const slice = { until: stored(ground).until, before, ...UNREAD };
    return beginSlice(database, planned, slice, now());
  });
}

/** Lands what is asked for ahead, until it ends or is not what was expected. */
async function readOn(run: Run, step: Step, spent: () => number): Promise<Run> {
  let current = run;
  for await (const piece of inOrder(pieces(run, step), widthFor(step.client))) {
    if ("slice" in piece) {
      const progress = { ...current.progress, ends: piece.ends };
      const begun = { ...current, progress, cost: spent() };
      current = await inTransaction((database) => beginSlice(database, begun, piece.slice, step.now()));
      continue;
    }
    for await (const page of piece.pages) {
      current = await landPage(current, step, page, piece, spent);
      // The list has to be begun anew, before Shopify's end.
      if (!piece.range && current.progress.slice?.walked === 0) break;
    }
    // The slice has moved, or the step ends within it.
    if (piece.isLast && current.progress.slice) break;
  }
  return current;
}

async function end(run: Run, { now }: Step): Promise<Stepped> {
  const ending = endingOf(run);
  const ended = await inTransaction(async (database) => {
    if (!run.progress.holes) await resolveFailures(database, run, run.startedAt ?? now(), now());
    await noteAnswered(database, run.shopId, run.resource);
    await noteLooked(database, run.shopId, [run.resource], true, now());
    return endRun(database, await withTotal(database, run, now()), ending, now());
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
