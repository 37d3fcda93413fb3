// What each piece of work asks before it begins: has a person told this queue of the shop to wait? Reads only; holds.ts
// writes.
import { pool } from "#app/db.server.ts";

/** The queues that can be held: each is one kind of work on its way to the mirror, or out of it. */
export const HELD_QUEUES = ["deliveries", "confirmations", "runs", "catch_up", "editions"] as const;
export type HeldQueue = (typeof HELD_QUEUES)[number];

/** A condition: no hold on this queue of the shop whose id the expression yields. */
export function notHeld(shopId: string, queue: HeldQueue): string {
  return `NOT EXISTS (SELECT FROM sync_holds h WHERE h.shop_id = ${shopId} AND h.queue = '${queue}')`;
}

/** Asked once, where a job begins. */
export async function isHeld(shopId: number, queue: HeldQueue): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM sync_holds WHERE shop_id = $1 AND queue = $2", [
    shopId,
    queue,
  ]);
  return rowCount === 1;
}
