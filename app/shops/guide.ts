// A shop puts its first-run guide away, or takes it out again; remembered in the settings of its row.
import { pool } from "#app/db.server.ts";

export async function closeGuide(shopId: number, closedBy: string, now: Date): Promise<void> {
  await pool.query(
    `UPDATE shops SET settings = settings || jsonb_build_object('guide', jsonb_build_object('closedAt', $2::text, 'closedBy', $3::text))
     WHERE id = $1`,
    [shopId, now.toISOString(), closedBy],
  );
}

export async function openGuide(shopId: number): Promise<void> {
  await pool.query("UPDATE shops SET settings = settings - 'guide' WHERE id = $1", [shopId]);
}
