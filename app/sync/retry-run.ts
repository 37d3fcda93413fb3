// Does again what a run that has ended did not bring to a good end, and nothing else: it goes on from the cursor of one
// that was stopped, reads the records that one could not copy, the windows that it could not prove, the parts that came
// short. Only where nothing of it is known to be good, all of it is read anew.
import { inTransaction, pool } from "#app/db.server.ts";
import { MET_BY_RUN } from "#app/sync/faults.ts";
import { answerTo, askSync } from "#app/sync/interval.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { createRun, readRun } from "#app/sync/runs.ts";
import { NAME_NOT_FOUND } from "#app/sync/targeted-reading.ts";
import { RUN_IDS_MAX, requestSync } from "#app/sync/targeted.ts";
import type { Asked } from "#app/sync/interval.ts";
import type { Beginning } from "#app/sync/runs.ts";
import type { Run, RunRequest, RunState } from "#app/sync/runs-states.ts";

const RETRIED: readonly RunState[] = ["failed", "incomplete", "cancelled"];
/** What was read longer ago is read again: webhooks may have been missed, files and cursors forgotten. */
const GOES_ON_MS_MAX = 24 * 60 * 60_000;
/** Ends after which the cursor is as good as before; others had something wrong with what was read. */
const STOPPED: ReadonlySet<string | null> = new Set([
  null,
  "UNREACHABLE",
  "BUG",
  "WORKER_DIED",
  "ACCESS_DENIED",
]);

/** Ends that are those of single records, which stand among the errors. */
const BY_RECORD: ReadonlySet<string | null> = new Set(["RECORDS_REJECTED", "NOT_FOUND", NAME_NOT_FOUND]);

export type Retried = Asked | { readonly outcome: "impossible" | "unknown" | "nothing" };

/**
 * A new run for what is missing of this one; "impossible" while it is active and when it was verified, "nothing" when all
 * of it has arrived meanwhile.
 * @throws RangeError when the request is no longer one that the resource knows.
 */
export async function retryRun(shopId: number, id: bigint, startedBy: string, now: Date): Promise<Retried> {
  const run = await readRun(id);
  if (run?.shopId !== shopId) return { outcome: "unknown" };
  if (!RETRIED.includes(run.state)) return { outcome: "impossible" };
  if (run.state === "incomplete") {
    if (BY_RECORD.has(run.errorCode)) return retryRecords(run, startedBy, now);
    const windows = await retryHoles(run, startedBy, now);
    if (windows) return windows;
  }
  const rest = await restOf(run, now);
  if (rest) return goOn(run, rest, startedBy, now);
  return askSync(shopId, run.resource, run.request, startedBy, now);
}

/**
 * The records that it could not copy or find, by their ids or names, as far as they are still in error: whichever run met
 * them last, and no more than those.
 */
async function retryRecords(run: Run, startedBy: string, now: Date): Promise<Retried> {
  const { rows } = await pool.query<{ key: string }>(
    `SELECT DISTINCT e.record_key AS key FROM sync_errors e JOIN sync_runs r ON r.id = $2
     WHERE e.shop_id = $1 AND e.resource = r.resource AND e.record_key IS NOT NULL AND e.resolved_at IS NULL
       AND (e.code = $3) = ($4 = $3) AND ${MET_BY_RUN} ORDER BY 1 LIMIT $5`,
    [run.shopId, String(run.id), NAME_NOT_FOUND, run.errorCode, RUN_IDS_MAX],
  );
  const keys = askedAmong(
    run,
    rows.map(({ key }) => key),
  );
  if (keys.length === 0) return { outcome: "nothing" };
  const request: RunRequest =
    run.errorCode === NAME_NOT_FOUND ? { mode: "names", names: keys } : { mode: "ids", ids: keys };
  return answerTo(request, await requestSync(run.shopId, run.resource, request, startedBy, now));
}

/** Of a list of records no others are tried: an error beside it may be that of a run that went on at the same time. */
function askedAmong({ request }: Run, keys: readonly string[]): readonly string[] {
  if (request.mode !== "ids") return keys;
  const asked = new Set(request.ids);
  return keys.filter((key) => asked.has(key) || asked.has(key.split(":")[0]!));
}

/** Windows of change that it left open: the first one now, the others as soon as that one is done. */
async function retryHoles(run: Run, startedBy: string, now: Date): Promise<Retried | null> {
  if (run.kind !== "catch_up") return null;
  return inTransaction(async (client) => {
    const { rows } = await client.query<{ from_at: Date; to_at: Date }>(
      `UPDATE sync_holes SET next_attempt_at = least(next_attempt_at, $3)
       WHERE shop_id = $1 AND run_id = $2 AND closed_at IS NULL AND from_at IS NOT NULL RETURNING from_at, to_at`,
      [run.shopId, String(run.id), now],
    );
    const [first] = rows.toSorted((a, b) => a.from_at.getTime() - b.from_at.getTime());
    if (!first) return { outcome: "nothing" };
    const request = {
      mode: "since",
      since: first.from_at.toISOString(),
      until: first.to_at.toISOString(),
    } as const;
    const wanted = { resource: run.resource, kind: "catch_up", request, startedBy } as const;
    return answerTo(request, await createRun(client, run.shopId, wanted, now));
  });
}

/** Where a new run takes up; null where it is to begin at the beginning. */
async function restOf(run: Run, now: Date): Promise<Beginning | null> {
  const { rows } = await pool.query<{ is_ended: boolean; is_by_old_rules: boolean }>(
    `SELECT ended_at IS NOT NULL AS is_ended, EXISTS (
       SELECT FROM sync_acts a WHERE a.shop_id = r.shop_id AND a.act = 'rules_changed' AND a.at >= r.created_at
     ) AS is_by_old_rules FROM sync_runs r WHERE id = $1`,
    [String(run.id)],
  );
  const { is_ended: isEnded = false, is_by_old_rules: isByOldRules = false } = rows[0] ?? {};
  // What was read by other rules, or waits in a file of theirs, is not what is wanted now.
  if (!isEnded || isByOldRules || !run.startedAt || now.getTime() - run.startedAt.getTime() > GOES_ON_MS_MAX)
    return null;
  const { short, countBefore = null, part = 0, bulkFailures = 0 } = run.progress;
  if (run.state === "incomplete") {
    // What the short parts brought is in the mirror, and is counted again with them.
    if (!short) return null;
    const { done, rejected } = short;
    const progress = {
      phase: "starting",
      began: run.progress.began ?? run.startedAt.toISOString(),
      parts: short.parts,
      part: part + 1,
      ...{ countBefore, bulkFailures, doneBefore: run.done - done, rejectedBefore: run.rejected - rejected },
    } as const;
    return { progress, total: run.total, done: run.done - done, rejected: run.rejected - rejected };
  }
  if (!STOPPED.has(run.errorCode) || run.progress.phase === "planning") return null;
  const { step: _step, failures: _failures, crashes: _crashes, deaths: _deaths, ...kept } = run.progress;
  // The lines of a file went with the run that had staged them: they are downloaded again.
  const isCounting = typeof kept.bulk?.url === "string" && kept.phase === "counting";
  const began = kept.began ?? run.startedAt.toISOString();
  const progress = { ...kept, began, ...(isCounting ? { phase: "downloading" as const } : {}) };
  return { progress, total: run.total, done: run.done, rejected: run.rejected };
}

/** Its ground is that of the run before: what changed since that one began is caught up with from there. */
async function goOn(run: Run, rest: Beginning, startedBy: string, now: Date): Promise<Retried> {
  return inTransaction(async (client) => {
    const { resource, kind, request, plan } = run;
    const wanted = { resource, kind, request, startedBy, plan, from: rest };
    const created = await createRun(client, run.shopId, wanted, now);
    if (created.isNew) await noteRun(client, created.run, "goes_on", { run: String(run.id) }, now);
    return answerTo(request, created);
  });
}
