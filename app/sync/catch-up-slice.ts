// One slice of a catch-up: its pages are stored as they come, it is proven by counting, left behind with its rows, or read again.
import { inTransaction } from "#app/db.server.ts";
import { countGrounds, groundOf, proveGround, stored } from "#app/sync/catch-up-ground.ts";
import { openHole } from "#app/sync/holes.ts";
import { faultsOfDenials, recordFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { announce, checkpoint } from "#app/sync/runs.ts";
import { noteStuck } from "#app/sync/stuck.ts";
import { WALK_BEGUN, stride, strideIn } from "#app/sync/walk.ts";
import type { PoolClient } from "pg";
import type { Page } from "#app/shopify/pages.ts";
import type { Read } from "#app/sync/catch-up-ahead.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { Progress, Run, Slice } from "#app/sync/runs.ts";

/** A slice that moves each time it is read becomes a hole after so many. */
const PASSES_MAX = 3;

/** An empty slice needs no reading: it is proven as it is begun. */
export async function beginSlice(database: PoolClient, run: Run, slice: Slice, now: Date): Promise<Run> {
  const ground = { from: groundOf(run).from, until: new Date(slice.until) };
  if (slice.before === 0) return leaveSlice(database, run, ground, true, {}, now);
  const { done: doneBefore, rejected: rejectedBefore } = run;
  const phase = "paging";
  return write(
    database,
    run,
    { ...run.progress, phase, slice, after: null, doneBefore, rejectedBefore },
    now,
  );
}

/** Stores a page with where it leaves the run. `spent` is what the run has cost by now. */
export async function landPage(
  run: Run,
  step: Step,
  page: Page,
  { range, isLast }: Pick<Read, "range" | "isLast">,
  spent: () => number,
): Promise<Run> {
  const { resource, now } = step;
  const slice = run.progress.slice!;
  const read = slice.read + page.listed;
  const verdict = isLast && page.next === null ? await judge(run, step, slice, read) : null;
  return inTransaction(async (database) => {
    const origin = { kind: "page", id: run.id } as const;
    const batch = { shopId: run.shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
    const { landed, rejected } = await ingest(database, batch, now());
    const passed = await noteStuck(database, run, page.stuck, now());
    await recordFaults(database, run.shopId, faultsOfDenials(run.resource, page.denied), run.id, now());
    await announce(database, run.shopId);
    const { ingestStartedAt = page.sentAt } = run.progress;
    const moved: Run = {
      ...run,
      done: run.done + landed,
      rejected: run.rejected + rejected + passed,
      cost: spent(),
      progress: { ...run.progress, ingestStartedAt },
    };
    const ground = { from: groundOf(run).from, until: new Date(slice.until) };
    if (verdict === null) {
      const { walk, after } = range ? strideIn(range, page) : stride(slice, page, step.walkMax);
      return write(database, moved, { ...moved.progress, after, slice: { ...slice, ...walk, read } }, now());
    }
    if (verdict.is === "proven") return leaveSlice(database, moved, ground, true, {}, now());
    if (slice.pass + 1 < PASSES_MAX) {
      await noteRun(database, run, "window_again", stored(ground), now());
      return readAgain(database, moved, slice, verdict.count, now());
    }
    await openHole(database, run, ground.from, ground.until, "COUNT_MISMATCH", now());
    await noteRun(database, run, "hole", stored(ground), now());
    return leaveSlice(database, moved, ground, false, { holes: (run.progress.holes ?? 0) + 1 }, now());
  });
}

interface Verdict {
  readonly is: "proven" | "moved";
  /** Shopify's count after the reading, where it was asked. */
  readonly count: number | null;
}

async function judge(run: Run, step: Step, slice: Slice, read: number): Promise<Verdict> {
  if (slice.before === null || slice.before === read) return { is: "proven", count: null };
  const ground = { from: groundOf(run).from, until: new Date(slice.until) };
  const [count] = await countGrounds(step, [ground]);
  return { is: count === read ? "proven" : "moved", count: count! };
}

function readAgain(
  database: PoolClient,
  run: Run,
  slice: Slice,
  count: number | null,
  now: Date,
): Promise<Run> {
  const { doneBefore: done = 0, rejectedBefore: rejected = 0 } = run.progress;
  const afresh: Slice = { ...slice, before: count, read: 0, pass: slice.pass + 1, ...WALK_BEGUN };
  return write(database, { ...run, done, rejected }, { ...run.progress, slice: afresh, after: null }, now);
}

/** On to the ground after the slice; what was proven is noted with the rows that prove it (I4). */
async function leaveSlice(
  database: PoolClient,
  run: Run,
  slice: Ground,
  isProven: boolean,
  noted: Partial<Progress>,
  now: Date,
): Promise<Run> {
  if (isProven) await proveGround(database, run, slice, now);
  const ground = stored({ from: slice.until, until: groundOf(run).until });
  const progress: Progress = { ...run.progress, ...noted, phase: "counting", ground, after: null };
  delete (progress as { slice?: Slice }).slice;
  return write(database, run, progress, now);
}

function write(database: PoolClient, run: Run, progress: Progress, now: Date): Promise<Run> {
  const { done, rejected, cost } = run;
  return checkpoint(database, run, { progress, done, rejected, cost }, now);
}
