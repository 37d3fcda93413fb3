// How a backfill in parts goes on and ends: after each part with the next one, and after the last one with the sum held
// against Shopify's count. A run of one part that is a window of creation ends here, too: what it proves is that window,
// and says nothing of the resource as a whole.
import { inTransaction, pool } from "#app/db.server.ts";
import { metered } from "#app/shopify/metered.ts";
import { presentPart, partOf, searchOfPart } from "#app/sync/backfill-parts.ts";
import { expectedOf, noteCount, noteVerified, readCount } from "#app/sync/counts.ts";
import { clearStaged } from "#app/sync/ingest-staging.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { again, charged } from "#app/sync/runs-step.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Ending, Progress, Run } from "#app/sync/runs.ts";

/** The present part is read. @param ending what its own file, or its pages, have proven */
export async function endPart(run: Run, step: Step, ending: Ending): Promise<Stepped> {
  const { now } = step;
  const short = shortOf(run, ending);
  const left = (run.progress.parts ?? []).slice(1);
  if (left.length === 0) return endSum(run, step, short);
  const { countBefore = null, part = 0, bulkFailures = 0, began, isPagesOnly = false } = run.progress;
  const progress = {
    phase: isPagesOnly ? "paging" : "starting",
    isPagesOnly,
    ...(began === undefined ? {} : { began }),
    parts: left,
    part: part + 1,
    countBefore,
    bulkFailures,
    doneBefore: run.done,
    rejectedBefore: run.rejected,
    ...(short ? { short } : {}),
  } as const;
  const moved = await inTransaction(async (database) => {
    await clearStaged(database, run);
    const records = run.done - (run.progress.doneBefore ?? 0);
    await noteRun(database, run, "part_ended", { records, left: left.length }, now());
    await announce(database, run.shopId);
    return checkpoint(database, run, { progress }, now());
  });
  return again(moved, now());
}

/** Refused records are counted with the run: they were read. */
function shortOf(run: Run, { state, code, detail }: Ending): Progress["short"] {
  const { short } = run.progress;
  if (state === "verified" || code === "RECORDS_REJECTED") return short;
  return {
    parts: [...(short?.parts ?? []), presentPart(run)],
    done: (short?.done ?? 0) + run.done - (run.progress.doneBefore ?? 0),
    rejected: (short?.rejected ?? 0) + run.rejected - (run.progress.rejectedBefore ?? 0),
    code: short?.code ?? code ?? state,
    detail: short?.detail ?? detail ?? "",
  };
}

async function endSum(run: Run, step: Step, short: Progress["short"]): Promise<Stepped> {
  const { resource, signal, now } = step;
  const meter = metered(step.client);
  const counted = now();
  const search = searchOfPart(resource, "count", partOf(run.request));
  const after = await readCount(meter.client, resource, { lane: "backfill", signal, search });
  const expected = await expectedIn(run, after);
  const ending = endingOf(run, expected, short);
  const isWhole = run.request.mode === "full";
  const ended = await inTransaction(async (database) => {
    if (isWhole && after !== null) await noteCount(database, run.shopId, run.resource, after, counted);
    if (isWhole && ending.state === "verified") await noteVerified(database, run.shopId, run.resource, now());
    await clearStaged(database, run);
    const progress = { ...run.progress, parts: [], ...(short ? { short } : {}) };
    const last = await checkpoint(
      database,
      charged(run, meter),
      { progress, total: expected ?? run.total },
      now(),
    );
    return endRun(database, last, ending, now());
  });
  return { run: ended, next: null };
}

/**
 * A record that was counted may be gone before the file of its part is written, while one that is new makes up for it in the
 * count afterwards: so what is known to have gone unread is missed by nobody.
 */
async function expectedIn(run: Run, after: number | null): Promise<number | null> {
  const { countBefore = null } = run.progress;
  const expected = expectedOf(countBefore, after);
  if (expected === null || countBefore === null || run.done + run.rejected >= expected) return expected;
  return expectedOf(countBefore - (await goneUnread(run)), after);
}

/** A tombstone tells which read had brought its record last. */
async function goneUnread({ id, shopId, resource, request, startedAt, progress }: Run): Promise<number> {
  const { from, until } = partOf(request);
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count
     FROM sync_tombstones, LATERAL (SELECT snapshot -> 'row' AS last) AS s
     WHERE shop_id = $1 AND resource = $2 AND deleted_at >= $3
       AND (last ->> 'origin_id' = $4 AND last ->> 'origin_kind' <> 'webhook') IS NOT TRUE
       AND ($5::timestamptz IS NULL OR (last ->> 'created_at')::timestamptz >= $5)
       AND ($6::timestamptz IS NULL OR (last ->> 'created_at')::timestamptz < $6)`,
    [shopId, resource, progress.began ?? startedAt, String(id), from, until],
  );
  return rows[0]!.count;
}

function endingOf({ done, rejected }: Run, expected: number | null, short: Progress["short"]): Ending {
  if (short) return { state: "incomplete", code: short.code, detail: short.detail };
  if (expected !== null && done + rejected < expected) {
    const detail = `Shopify has ${expected}, ${done + rejected} came`;
    return { state: "incomplete", code: "COUNT_MISMATCH", detail };
  }
  if (rejected > 0) return { state: "incomplete", code: "RECORDS_REJECTED", detail: String(rejected) };
  return { state: "verified" };
}
