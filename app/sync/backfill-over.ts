// What follows a bulk operation that came to nothing: two smaller ones, pages, or a new plan.
import { inTransaction } from "#app/db.server.ts";
import { metered } from "#app/shopify/metered.ts";
import { canSplit, halve, presentPart } from "#app/sync/backfill-parts.ts";
import { clearStaged } from "#app/sync/ingest-staging.ts";
import { recordFaults } from "#app/sync/faults.ts";
import { noteRun, shortened } from "#app/sync/run-notes.ts";
import { again, charged } from "#app/sync/runs-step.ts";
import { announce, checkpoint } from "#app/sync/runs.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Advance, Run } from "#app/sync/runs.ts";

/**
 * The operation came to nothing (more). What Shopify could not finish is cut in two; else a whole read plans anew, which
 * takes pages after some failures, and a part takes pages at once.
 */
export async function startOver(run: Run, step: Step, reason?: string): Promise<Stepped> {
  const { now } = step;
  const part = presentPart(run);
  const { bulk, parts, part: number = 0, countBefore = null, short, began } = run.progress;
  const meter = metered(step.client);
  const counting = { ...step, client: meter.client };
  const halves = bulk && canSplit(bulk.errorCode) ? await halve(counting, part) : null;
  const isPart = halves !== null || parts !== undefined;
  const bulkFailures = (run.progress.bulkFailures ?? 0) + (isPart ? 0 : 1);
  const { doneBefore: done = 0, rejectedBefore: rejected = 0 } = run.progress;
  const rest = [...(halves ?? [part]), ...(parts ?? []).slice(1)];
  const advance: Advance = isPart
    ? {
        progress: {
          phase: halves ? "starting" : "paging",
          parts: rest,
          part: number + 1,
          ...{ bulkFailures, countBefore, after: null, doneBefore: done, rejectedBefore: rejected },
          ...(short ? { short } : {}),
          ...(began === undefined ? {} : { began }),
        },
        // Of a file that was not finished the number is none of the whole.
        total: countBefore ?? run.total,
        done,
        rejected,
      }
    : { progress: { phase: "planning", bulkFailures } };
  const moved = await inTransaction(async (database) => {
    await clearStaged(database, run);
    await noteRun(database, run, "bulk_failed", { code: bulk?.errorCode ?? null }, now());
    if (halves) await noteRun(database, run, "split", { parts: rest.length }, now());
    if (reason) {
      const fault = { resource: run.resource, key: null, code: "BULK_FAILED", detail: reason };
      await recordFaults(database, run.shopId, [fault], run.id, now());
    }
    await announce(database, run.shopId);
    return checkpoint(database, charged(run, meter), advance, now());
  });
  return again(moved, now());
}

/**
 * Without a file. Where Shopify refused one, for what the query asks or for a field that it withholds, pages may still
 * show the rest: only what they are refused as well is blocked.
 */
export async function goByPages(
  run: Run,
  { now }: Step,
  refusal?: { readonly code: string; readonly message: string },
): Promise<Stepped> {
  const { bulk: _bulk, nonce: _nonce, still: _still, ...kept } = run.progress;
  const isPagesOnly = kept.isPagesOnly ?? refusal !== undefined;
  const progress = { ...kept, phase: "paging", after: null, isPagesOnly } as const;
  const moved = await inTransaction(async (database) => {
    if (refusal) {
      const { code, message } = refusal;
      await noteRun(database, run, "bulk_refused", { code, detail: shortened(message) }, now());
    }
    await announce(database, run.shopId);
    return checkpoint(database, run, { progress }, now());
  });
  return again(moved, now());
}
