// Catch-up: reads what changed in a window of time, slice by slice, the oldest first, and proves each slice by counting.
//
// Inside a slice records are listed by id, not by time of change: a record that changes meanwhile leaves the window and
// moves none of the others, and equal times cannot split. While a slice is read records can only leave it, so when the
// list has shown as many as were counted before, it has shown all. If Shopify's search lags and some come in instead,
// the count afterwards says so. Anything else, and the slice is read again; after some times it is a hole.
import { inTransaction } from "#app/db.server.ts";
import { countsDocument } from "#app/shopify/documents.ts";
import { PAGE_SIZE_MAX, pages } from "#app/shopify/pages.ts";
import { allOf, during } from "#app/shopify/search.ts";
import { exact, noteBlocked } from "#app/sync/counts.ts";
import { moveCursor, noteLooked, wholeSecond } from "#app/sync/cursors.ts";
import { fillHoles, openHole } from "#app/sync/holes.ts";
import { faultsOfDenials, ingest, recordFaults } from "#app/sync/ingest.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { again, isTimeUp, withTotal } from "#app/sync/runs-step.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import type { PoolClient } from "pg";
import type { Resource } from "#app/resources/define.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Count } from "#app/sync/counts.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Ending, Progress, Run, Slice } from "#app/sync/runs.ts";

/** A slice holds no more records than this, but for one second that cannot be cut. */
export const SLICE_RECORDS_MAX = 1_000;
/** Ends asked for at once when a slice is cut, each half as far as the one before. */
const CUTS = 7;
/** A slice that moves each time it is read becomes a hole after so many. */
const PASSES_MAX = 3;
/** Shopify's lists end at 25,000: before that, the list is begun again after the last id. */
const WALK_MAX = 20_000;
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

/** The search for a window of changes. @throws RangeError for a resource that Shopify cannot search by change. */
export function searchFor({ name, cursor }: Resource, ground: Ground): string {
  if (!cursor) throw new RangeError(`Shopify does not tell which ${name} changed since a time`);
  return during(cursor.filter, ground);
}

/** In the transaction of the rows that prove it: the cursor moves over the ground, and its holes are filled. */
export async function proveGround(
  database: PoolClient,
  { shopId, resource, id }: Pick<Run, "shopId" | "resource"> & { readonly id: bigint | null },
  ground: Ground,
  now: Date,
): Promise<void> {
  await moveCursor(database, shopId, resource, ground);
  await fillHoles(database, shopId, resource, ground, id, now);
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

async function countGrounds(
  run: Run,
  { client, resource, signal }: Step,
  grounds: readonly Ground[],
): Promise<{ count: number | null; cost: number }[]> {
  if (resource.count === null) return grounds.map(() => ({ count: null, cost: run.cost }));
  const document = countsDocument(
    grounds.map((ground, index) => ({ alias: `c${index}`, resource, search: searchFor(resource, ground) })),
  );
  const { data, cost } = await client.query<Record<string, Count>>(
    document,
    {},
    { lane: "catch-up", signal },
  );
  const spent = run.cost + (cost.actual ?? cost.requested ?? 0);
  return grounds.map((_, index) => ({ count: exact(data[`c${index}`]), cost: spent }));
}

/** An empty slice needs no reading: it is proven as it is begun. */
async function beginSlice(
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
    afterKey: null,
    walked: 0,
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

async function readSlice(run: Run, step: Step): Promise<Run> {
  const { client, resource, signal } = step;
  const { slice, after = null } = run.progress;
  const from = groundOf(run).from;
  const window = searchFor(resource, { from, until: new Date(slice!.until) });
  const search = allOf(window, slice!.afterKey === null ? "" : `id:>${slice!.afterKey}`);
  const options = {
    lane: "catch-up",
    signal,
    search,
    after,
    isSorted: true,
    pageSize: PAGE_SIZE_MAX,
  } as const;
  let current = run;
  for await (const page of ahead(pages(client, byId(resource), options), () => isTimeUp(step))) {
    current = await landPage(current, step, page);
    // The slice is done, or its list has to be begun anew.
    if (current.progress.slice?.walked === 0 || !current.progress.slice) break;
  }
  return current;
}

/** Where a list has no sort key of its own, its order is that of ids. */
function byId(resource: Resource): Resource {
  const { cursor } = resource;
  return { ...resource, cursor: cursor && { ...cursor, sortKey: cursor.sortKey && "ID" } };
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
  const seen = page.nodes.length + page.missing.length;
  const read = slice.read + seen;
  const verdict = page.next === null ? await judge(run, step, slice, read) : null;
  return inTransaction(async (database) => {
    const origin = { kind: "page", id: run.id } as const;
    const batch = { shopId: run.shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
    const { landed, rejected } = await ingest(database, batch, now());
    await recordFaults(database, run.shopId, faultsOfDenials(run.resource, page.denied), run.id, now());
    await announce(database, run.shopId);
    const { ingestStartedAt = page.sentAt } = run.progress;
    const moved: Run = {
      ...run,
      done: run.done + landed,
      rejected: run.rejected + rejected,
      cost: run.cost + page.cost + (verdict?.cost ?? 0),
      progress: { ...run.progress, ingestStartedAt },
    };
    const ground = { from: groundOf(run).from, until: new Date(slice.until) };
    if (verdict === null)
      return goOn(database, moved, page, { ...slice, read, walked: slice.walked + seen }, now());
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

function goOn(database: PoolClient, run: Run, page: Page, slice: Slice, now: Date): Promise<Run> {
  const isEndNear = slice.walked >= WALK_MAX;
  const progress: Progress = {
    ...run.progress,
    after: isEndNear ? null : page.next,
    slice: isEndNear ? { ...slice, walked: 0, afterKey: lastKey(page) } : slice,
  };
  return write(database, run, progress, now);
}

function lastKey({ nodes, missing }: Page): string {
  const keys = [...nodes.map(({ id }) => id), ...missing].map((id) => BigInt(/(\d+)(?:\?|$)/.exec(id)![1]!));
  return String(keys.reduce((a, b) => (a > b ? a : b)));
}

function readAgain(
  database: PoolClient,
  run: Run,
  slice: Slice,
  count: number | null,
  now: Date,
): Promise<Run> {
  const { doneBefore: done = 0, rejectedBefore: rejected = 0 } = run.progress;
  const afresh: Slice = { ...slice, before: count, read: 0, pass: slice.pass + 1, afterKey: null, walked: 0 };
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

function groundOf({ progress: { ground } }: Run): Ground {
  return { from: new Date(ground!.from), until: new Date(ground!.until) };
}

function stored({ from, until }: Ground): { from: string; until: string } {
  return { from: from.toISOString(), until: until.toISOString() };
}
