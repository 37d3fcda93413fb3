// Ground that a run was to read and could not prove: the sync_holes rows. A hole is opened by the run's end, is closed by
// nothing but a later proof of the same ground, and is tried again by itself meanwhile.
//
// A record that arrived and was refused (RECORDS_REJECTED) leaves no hole: it was read, and stands by its key among the
// errors. Reading everything again would refuse it again.
import type { PoolClient } from "pg";
import { noteRead } from "#app/sync/counts.ts";
import { startCursor } from "#app/sync/cursors.ts";
import { resolveWhole } from "#app/sync/faults.ts";
import { isKnown } from "#app/sync/known.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { EndState, Run } from "#app/sync/runs-states.ts";

/** Minutes until the next run that is to close it; the last one repeats. */
const RETRY_MINUTES = [5, 15, 60, 360, 1_440] as const;
/** Ends that say nothing of the ground. */
const NO_HOLE: ReadonlySet<string | undefined> = new Set(["UNINSTALLED", "SHOP_GONE"]);

interface Ending {
  readonly state: EndState;
  readonly code?: string;
}

/** What a whole read's end means for the resource's ground, in the transaction of that end. */
export async function settleGround(
  client: PoolClient,
  run: Run,
  { state, code }: Ending,
  now: Date,
): Promise<void> {
  const { shopId, resource, kind, startedAt, progress } = run;
  if (kind !== "backfill" || state === "cancelled" || NO_HOLE.has(code)) return;
  const began = progress.began === undefined ? (startedAt ?? now) : new Date(progress.began);
  const isRead = state === "verified" || code === "RECORDS_REJECTED";
  if (isRead) {
    await closeWhole(client, run, began, now);
    await noteRead(client, shopId, resource, now);
    await resolveWhole(client, run, began, now);
  } else await openHole(client, run, null, began, code ?? state, now);
  if (state !== "failed") await startCursor(client, shopId, resource, began, isRead, now);
}

/** @param from null for everything before `to`. */
export async function openHole(
  client: PoolClient,
  { shopId, resource, id }: Run,
  from: Date | null,
  to: Date,
  reason: string,
  now: Date,
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE sync_holes SET to_at = greatest(to_at, $4), reason = $5, run_id = $6
     WHERE shop_id = $1 AND resource = $2 AND closed_at IS NULL
       AND (from_at IS NULL AND $3::timestamptz IS NULL OR from_at <= $3 AND to_at >= $4)`,
    [shopId, resource, from, to, reason, String(id)],
  );
  if (rowCount) return;
  await client.query(
    `INSERT INTO sync_holes (shop_id, resource, from_at, to_at, reason, run_id, opened_at, next_attempt_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [shopId, resource, from, to, reason, String(id), now, retryAt(0, now)],
  );
}

/** The ground is proven: holes inside it are closed, one that reaches beyond begins where it ends. */
export async function fillHoles(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  { from, until }: Ground,
  runId: bigint | null,
  now: Date,
): Promise<void> {
  await client.query(
    `UPDATE sync_holes SET
       from_at = CASE WHEN to_at > $4 THEN $4 ELSE from_at END,
       closed_at = CASE WHEN to_at > $4 THEN NULL ELSE $5::timestamptz END,
       closed_by = CASE WHEN to_at > $4 THEN NULL ELSE $6::int8 END
     WHERE shop_id = $1 AND resource = $2 AND closed_at IS NULL AND from_at >= $3 AND from_at < $4`,
    [shopId, resource, from, until, now, runId === null ? null : String(runId)],
  );
}

async function closeWhole(client: PoolClient, run: Run, began: Date, now: Date): Promise<void> {
  await client.query(
    `UPDATE sync_holes SET closed_at = $4, closed_by = $5
     WHERE shop_id = $1 AND resource = $2 AND closed_at IS NULL AND to_at <= $3`,
    [run.shopId, run.resource, began, now, String(run.id)],
  );
}

export interface DueHole {
  readonly resource: ResourceName;
  readonly from: Date | null;
  readonly to: Date;
}

/** Holes whose next attempt is due; it is taken for begun. */
export async function takeDueHoles(client: PoolClient, shopId: number, now: Date): Promise<DueHole[]> {
  const { rows } = await client.query<{
    id: string;
    resource: ResourceName;
    from_at: Date | null;
    to_at: Date;
    attempts: number;
  }>(
    `SELECT id, resource, from_at, to_at, attempts FROM sync_holes
     WHERE shop_id = $1 AND closed_at IS NULL AND next_attempt_at <= $2 AND ${isKnown("resource")}
     ORDER BY id FOR UPDATE`,
    [shopId, now],
  );
  for (const { id, attempts } of rows) {
    await client.query("UPDATE sync_holes SET attempts = $2, next_attempt_at = $3 WHERE id = $1", [
      id,
      attempts + 1,
      retryAt(attempts + 1, now),
    ]);
  }
  return rows.map((row) => ({ resource: row.resource, from: row.from_at, to: row.to_at }));
}

function retryAt(attempts: number, now: Date): Date {
  const minutes = RETRY_MINUTES[attempts] ?? RETRY_MINUTES.at(-1)!;
  return new Date(now.getTime() + minutes * 60_000);
}
