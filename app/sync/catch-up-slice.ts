// One slice of a catch-up: read page by page, proven by counting, left behind with its rows, or read again.
import { inTransaction } from "#app/db.server.ts";
import { PAGE_SIZE_MAX, pages } from "#app/shopify/pages.ts";
import { countGrounds, groundOf, proveGround, searchFor, stored } from "#app/sync/catch-up-ground.ts";
import { openHole } from "#app/sync/holes.ts";
import { faultsOfDenials, recordFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { isTimeUp } from "#app/sync/runs-step.ts";
import { announce, checkpoint } from "#app/sync/runs.ts";
import { noteStuck, passesOver } from "#app/sync/stuck.ts";
import { WALK_BEGUN, searchOfWalk, stride } from "#app/sync/walk.ts";
import type { PoolClient } from "pg";
import type { Page } from "#app/shopify/pages.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { Progress, Run, Slice } from "#app/sync/runs.ts";

/** A slice that moves each time it is read becomes a hole after so many. */
const PASSES_MAX = 3;

/** An empty slice needs no reading: it is proven as it is begun. */
export async function beginSlice(
  database: PoolClient,
  run: Run,
  ground: Ground,
  before: number | null,
  now: Date,
): Promise<Run> {
  if (before === 0) return leaveSlice(database, run, ground, true, {}, now);
  const slice: Slice = {
    until: ground.until.toISOString(),
    before,
    read: 0,
    pass: 0,
    ...WALK_BEGUN,
  };
  const { done: doneBefore, rejected: rejectedBefore, cost } = run;
  const progress = {
    ...run.progress,
    phase: "paging",
    slice,
    after: null,
    doneBefore,
    rejectedBefore,
  } as const;
  return checkpoint(database, run, { progress, cost }, now);
}

export async function readSlice(run: Run, step: Step): Promise<Run> {
  const { client, resource, signal } = step;
  const { slice, after = null } = run.progress;
  const from = groundOf(run).from;
  const window = searchFor(resource, { from, until: new Date(slice!.until) });
  const search = searchOfWalk(window, slice!);
  const options = {
    lane: "catch-up",
    signal,
    passesOver: passesOver(run),
    search,
    after,
    isById: true,
    pageSize: PAGE_SIZE_MAX,
  } as const;
  let current = run;
  for await (const page of ahead(pages(client, resource, options), () => isTimeUp(step))) {
    current = await landPage(current, step, page);
    // The slice is done, or its list has to be begun anew.
    if (current.progress.slice?.walked === 0 || !current.progress.slice) break;
  }
  return current;
}

/** The next page is on its way while the present one is worked on, unless the step ends with this one. */
async function* ahead(source: AsyncGenerator<Page>, isLast: () => boolean): AsyncGenerator<Page> {
  let next: Promise<IteratorResult<Page, unknown>> | null = source.next();
  try {
    while (next) {
      const { value, done } = (await next) as IteratorResult<Page, undefined>;
      next = null;
      if (done) return;
      if (value.next !== null && !isLast()) {
        next = source.next();
        // Whoever awaits it hears of its failure; until then nobody does.
        next.catch(() => {});
      }
      yield value;
    }
  } finally {
    await next?.catch(() => {});
  }
}

async function landPage(run: Run, step: Step, page: Page): Promise<Run> {
  const { resource, now } = step;
  const slice = run.progress.slice!;
  const read = slice.read + page.listed;
  const verdict = page.next === null ? await judge(run, step, slice, read) : null;
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
      cost: run.cost + page.cost + (verdict?.cost ?? 0),
      progress: { ...run.progress, ingestStartedAt },
    };
    const ground = { from: groundOf(run).from, until: new Date(slice.until) };
    if (verdict === null) return goOn(database, moved, page, { ...slice, read }, step);
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
  readonly cost: number;
}

async function judge(run: Run, step: Step, slice: Slice, read: number): Promise<Verdict> {
  if (slice.before === null || slice.before === read) return { is: "proven", count: null, cost: 0 };
  const ground = { from: groundOf(run).from, until: new Date(slice.until) };
  const [after] = await countGrounds({ ...run, cost: 0 }, step, [ground]);
  return { is: after!.count === read ? "proven" : "moved", ...after! };
}

function goOn(
  database: PoolClient,
  run: Run,
  page: Page,
  slice: Slice,
  { walkMax, now }: Step,
): Promise<Run> {
  const { walk, after } = stride(slice, page, walkMax);
  return write(database, run, { ...run.progress, after, slice: { ...slice, ...walk } }, now());
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
