// Why work of a shop may stand still: queues that a person told to wait, and whether any worker lives. Reads only.
import { pool } from "#app/db.server.ts";
import type { Workers } from "#app/status/headline.ts";
import type { HeldQueue } from "#app/sync/holds-ask.ts";
import { ALIVE_MS } from "#app/sync/workers.ts";

export interface Standstill {
  readonly held: readonly HeldQueue[];
  readonly workers: Workers;
}

export async function readStandstill(shopId: number): Promise<Standstill> {
  const [holds, workers] = await Promise.all([
    pool.query<{ queue: HeldQueue }>("SELECT queue FROM sync_holds WHERE shop_id = $1", [shopId]),
    readBeats(),
  ]);
  return { held: holds.rows.map(({ queue }) => queue), workers };
}

/** Whether any lives, and when one was heard of last. */
export async function readBeats(): Promise<Workers> {
  // Age by the database's clock, which the beats were written by.
  const { rows } = await pool.query<{ seen_at: Date | null; is_alive: boolean | null }>(
    `SELECT max(beaten_at) AS seen_at, max(beaten_at) >= now() - $1 * interval '1 millisecond' AS is_alive
     FROM sync_workers`,
    [ALIVE_MS],
  );
  return { isAlive: rows[0]?.is_alive ?? false, seenAt: rows[0]?.seen_at ?? null };
}
