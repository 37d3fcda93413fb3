// Queues of one shop that a person has told to wait: who, since when, and what each piece of work asks before it begins.
// Nothing is lost meanwhile; what waits goes on where it stopped. What concerns the shop itself (an uninstall, the privacy
// webhooks) is never held.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { recordAct } from "#app/sync/acts.ts";
import { AT_ONCE, RUNS_CHANNEL, announce } from "#app/sync/runs-rows.ts";
import type { HeldQueue } from "#app/sync/holds-ask.ts";

/** Has a queue wait; what is under way ends first. @returns false when it waited already: nothing was changed. */
export function hold(shopId: number, queue: HeldQueue, actor: string, now: Date): Promise<boolean> {
  return change(shopId, queue, actor, now, {
    act: "queue_paused",
    sql: `INSERT INTO sync_holds (shop_id, queue, held_by, held_at)
          SELECT id, $2, $3, $4 FROM shops WHERE id = $1 FOR KEY SHARE ON CONFLICT DO NOTHING`,
    values: [shopId, queue, actor, now],
  });
}

/** Lets a queue go on, and rings for what has gathered. @returns false when it did not wait. */
export function release(shopId: number, queue: HeldQueue, actor: string, now: Date): Promise<boolean> {
  return change(shopId, queue, actor, now, {
    act: "queue_resumed",
    sql: `WITH at_once AS (UPDATE sync_runs SET ${AT_ONCE} WHERE shop_id = $1 AND $2 = 'runs' AND due_at IS NOT NULL)
          DELETE FROM sync_holds WHERE shop_id = $1 AND queue = $2`,
    values: [shopId, queue],
  });
}

interface Change {
  readonly act: "queue_paused" | "queue_resumed";
  readonly sql: string;
  readonly values: unknown[];
}

async function change(
  shopId: number,
  queue: HeldQueue,
  actor: string,
  now: Date,
  { act, sql, values }: Change,
): Promise<boolean> {
  return inTransaction(async (client) => {
    const { rowCount } = await client.query(sql, values);
    if (rowCount === 0) return false;
    await recordAct(client, shopId, { act, actor, count: 1, detail: { queue } }, now);
    await ring(client);
    await announce(client, shopId);
    return true;
  });
}

/** Without a run's id: workers look for everything that is due. */
export async function ring(client: PoolClient): Promise<void> {
  await client.query("SELECT pg_notify('counterfoil_inbox', ''), pg_notify($1, '')", [RUNS_CHANNEL]);
}
