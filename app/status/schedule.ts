// When a shop is looked at next for changes that no webhook told of, and what ground is not proven. Reads only.
import { pool } from "#app/db.server.ts";

export interface Schedule {
  /** The next catch-up; in the past while it is under way or no worker is. Null before the first whole read has ended. */
  readonly nextSyncAt: Date | null;
  /** Windows of time that no run has proven yet. */
  readonly holes: number;
}

export async function readSchedule(shopId: number): Promise<Schedule> {
  const { rows } = await pool.query<{ next_at: Date | null; holes: string }>(
    `SELECT (SELECT min(due_at) FROM sync_cursors WHERE shop_id = $1) AS next_at,
            (SELECT count(*) FROM sync_holes WHERE shop_id = $1 AND closed_at IS NULL) AS holes`,
    [shopId],
  );
  return { nextSyncAt: rows[0]?.next_at ?? null, holes: Number(rows[0]?.holes ?? 0) };
}
