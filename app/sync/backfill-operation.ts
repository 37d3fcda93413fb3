// The first phases of a bulk backfill: start the operation, and wait until Shopify has written its file.
import { randomUUID } from "node:crypto";
import { inTransaction } from "#app/db.server.ts";
import {
  BulkRefused,
  cancelBulk,
  findBulk,
  hasEnded,
  numberOf,
  readBulk,
  readBulksUnderWay,
  startBulk,
} from "#app/shopify/bulk.ts";
import { bulkDocument } from "#app/shopify/documents.ts";
import { Permanent, Throttled } from "#app/shopify/errors.ts";
import { metered } from "#app/shopify/metered.ts";
import { goByPages, startOver } from "#app/sync/backfill-over.ts";
import { presentPart, searchOfPart } from "#app/sync/backfill-parts.ts";
import { standsStill, stillWords, watched } from "#app/sync/backfill-still.ts";
import { noteAnswered } from "#app/sync/counts.ts";
import { clearStaged } from "#app/sync/ingest-staging.ts";
import { planFor } from "#app/sync/plan-sync.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { again, charged } from "#app/sync/runs-step.ts";
import { announce, checkpoint } from "#app/sync/runs.ts";
import type { BulkOperation } from "#app/shopify/bulk.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Metered } from "#app/shopify/metered.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Advance, BulkProgress, Run } from "#app/sync/runs.ts";

/** With all of the shop's slots taken, so many records are sooner read by pages than waited for. */
const PAGES_INSTEAD_MAX = 2_500;
/** Seconds between looks at an operation; the webhook of its end comes first, as a rule. The last one repeats. */
const POLL_SECONDS = [1, 1, 2, 2, 3, 5, 5, 10, 15, 30] as const;

/** Starts the operation, or finds the one that was started just before a crash. */
export async function startOperation(run: Run, step: Step): Promise<Stepped> {
  if (await isSoonerByPages(run, step)) return goByPages(run, step);
  const { resource, signal, now } = step;
  const meter = metered(step.client);
  const named = await withNonce(run, now());
  const tag = tagOf(named);
  const search = searchOfPart(resource, "list", presentPart(run));
  const options = { lane: "backfill", signal } as const;
  let operation = await findBulk(meter.client, tag, options);
  try {
    operation ??= await startBulk(meter.client, bulkDocument(resource, { tag, search }), options);
  } catch (error) {
    const isSmall = run.total !== null && run.total <= PAGES_INSTEAD_MAX;
    if (error instanceof Throttled && isSmall) return goByPages(charged(named, meter), step);
    if (error instanceof Throttled) return waitForSlot(named, step, meter, error);
    if (isNoToFile(error)) return goByPages(charged(named, meter), step, error);
    throw error;
  }
  const { still: _slots, ...kept } = named.progress;
  const progress = { ...kept, phase: "waiting", bulk: bulkProgress(operation), polls: 0 } as const;
  const wait = POLL_SECONDS[0] * 1_000;
  await noteRun(null, run, "bulk_started", { operation: numberOf(operation) }, now());
  const moved = await move(charged(named, meter), { progress }, now());
  return again(moved, new Date(now().getTime() + wait));
}

/** For its rules of bulk queries, or for what it withholds. By pages the same may be allowed. */
function isNoToFile(error: unknown): error is Permanent {
  return error instanceof BulkRefused || (error instanceof Permanent && error.code === "ACCESS_DENIED");
}

/**
 * Who holds the slots is told, and since when they have not moved. Slots of which none moves any more are not waited for.
 * @throws Throttled
 */
async function waitForSlot(run: Run, step: Step, meter: Metered, busy: Throttled): Promise<Stepped> {
  const { signal, now } = step;
  const holders = await readBulksUnderWay(meter.client, { lane: "backfill", signal });
  const still = watched(run.progress.still, holders, now());
  const waited = charged(run, meter);
  const words = `every slot for files is taken, by operation ${stillWords(still, now())}`;
  if (still.length > 0 && still.every((each) => standsStill(each, now())))
    return goByPages(waited, step, { code: "STANDS_STILL", message: words });
  await move(waited, { progress: { ...run.progress, still } }, now());
  throw still.length > 0 ? new Throttled(busy.retryAt, words) : busy;
}

/** The way was chosen for all of it; one of its parts may hold so few records that no file is worth preparing. */
async function isSoonerByPages(run: Run, { client, resource, signal, now }: Step): Promise<boolean> {
  const { count } = presentPart(run);
  // With a nonce it may be under way at Shopify.
  if (count === undefined || run.progress.nonce !== undefined) return false;
  const asking = { client, shopId: run.shopId, signal };
  const { way } = await planFor(asking, resource, run.request, count, 1, now());
  return way === "pages";
}

/**
 * Stored before the operation is asked for, so that it is found after a crash; and new for each one, so that no other is
 * found: a wiped or restored database, and a second one with the same app and shop, count runs with the same numbers.
 */
async function withNonce(run: Run, now: Date): Promise<Run> {
  if (run.progress.nonce !== undefined) return run;
  return move(run, { progress: { ...run.progress, nonce: randomUUID() } }, now);
}

function tagOf({ id, progress: { nonce } }: Run): string {
  return `counterfoil run ${id} ${nonce}`;
}

/** Of a cancelled run: also one that was asked for when the run was cancelled, so that its start was not stored. */
export async function callOffOperation(run: Run, client: Client, signal: AbortSignal): Promise<void> {
  const { phase, bulk, nonce } = run.progress;
  const options = { lane: "backfill", signal } as const;
  const isAsked = phase === "starting" && nonce !== undefined;
  const operation = isAsked ? await findBulk(client, tagOf(run), options) : phase === "waiting" ? bulk : null;
  if (operation) await cancelBulk(client, operation.id, options);
}

/** Looks whether the operation has ended, and where its file is. */
export async function waitForOperation(before: Run, step: Step): Promise<Stepped> {
  const { resource, signal, now } = step;
  const meter = metered(step.client);
  const operation = await readBulk(meter.client, bulkOf(before).id, { lane: "backfill", signal });
  const run = charged(before, meter);
  // Shopify forgets operations after a while; so does a store that was reset.
  if (!operation || operation.status === "EXPIRED" || operation.status === "CANCELED")
    return startOver(run, step);
  if (!hasEnded(operation)) return waitOn(before, step, meter, operation);
  if (operation.errorCode === "ACCESS_DENIED") {
    const message = `access was denied to operation ${numberOf(operation)}`;
    return goByPages(run, step, { code: operation.errorCode, message });
  }
  const bulk = bulkProgress(operation);
  // Also of one that was whole: its file is kept for seven days.
  if (!bulk.url && (bulk.errorCode !== null || bulk.objectCount > 0))
    return startOver({ ...run, progress: { ...run.progress, bulk } }, step);
  const isNested = resource.list.within !== undefined;
  const total = isNested ? bulk.objectCount - bulk.rootObjectCount : bulk.rootObjectCount;
  const progress: Advance["progress"] = {
    ...run.progress,
    // Without a URL there was nothing to write.
    phase: bulk.url ? "downloading" : "counting",
    bulk,
    ...NOTHING_STAGED,
  };
  // Of a part the file's number is not the run's.
  const advance = run.progress.parts ? { progress } : { progress, total };
  const moved = await inTransaction(async (database) => {
    await noteAnswered(database, run.shopId, run.resource);
    await clearStaged(database, run);
    await noteRun(
      database,
      run,
      "bulk_ended",
      { operation: numberOf(operation), objects: bulk.objectCount },
      now(),
    );
    await announce(database, run.shopId);
    return checkpoint(database, run, advance, now());
  });
  return again(moved, now());
}

export const NOTHING_STAGED = {
  offset: 0,
  lines: 0,
  rootLines: 0,
  malformed: 0,
  strays: 0,
  repeated: 0,
  appliedLine: 0,
  completedLine: 0,
  toComplete: 0,
  completed: 0,
} as const;

/** It has not ended. One that does not get on is called off, and its records are read by pages, which surely end. */
async function waitOn(run: Run, step: Step, meter: Metered, operation: BulkOperation): Promise<Stepped> {
  const { signal, now } = step;
  const still = watched(run.progress.still, [operation], now());
  if (standsStill(still[0]!, now())) {
    await cancelBulk(meter.client, operation.id, { lane: "backfill", signal });
    const message = `operation ${stillWords(still, now())}`;
    return goByPages(charged(run, meter), step, { code: "STANDS_STILL", message });
  }
  const polls = (run.progress.polls ?? 0) + 1;
  const seconds = POLL_SECONDS[polls] ?? POLL_SECONDS.at(-1)!;
  const progress = { ...run.progress, bulk: bulkProgress(operation), polls, still };
  const moved = await move(charged(run, meter), { progress }, now());
  return again(moved, new Date(now().getTime() + seconds * 1_000));
}

export function move(run: Run, advance: Advance, now: Date): Promise<Run> {
  return inTransaction(async (database) => {
    await announce(database, run.shopId);
    return checkpoint(database, run, advance, now);
  });
}

export function bulkOf(run: Run): BulkProgress {
  const { bulk } = run.progress;
  if (!bulk) throw new RangeError(`run ${run.id} has no bulk operation`);
  return bulk;
}

function bulkProgress(operation: BulkOperation): BulkProgress {
  const { id, status, createdAt, url, partialDataUrl, objectCount, rootObjectCount, fileSize, errorCode } =
    operation;
  const isFailed = status === "FAILED";
  return {
    id,
    createdAt,
    url: isFailed ? partialDataUrl : url,
    objectCount,
    rootObjectCount,
    ...(isFailed || fileSize === null ? {} : { fileSize }),
    errorCode: isFailed ? (errorCode ?? "FAILED") : null,
  };
}
