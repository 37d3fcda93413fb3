// What a person does about queues beyond holding them: have what is waiting for another attempt tried now, and steer a
// run. Each act is recorded with who did it, in the transaction of the deed where there is one.
import { inTransaction, pool } from "#app/db.server.ts";
import { recordAct } from "#app/sync/acts.ts";
import { ring } from "#app/sync/holds.ts";
import { retryRun } from "#app/sync/retry-run.ts";
import { announce, cancelRun, pauseRun, resumeRun } from "#app/sync/runs.ts";
import type { HeldQueue } from "#app/sync/holds-ask.ts";
import type { Retried } from "#app/sync/retry-run.ts";
import type { Steered } from "#app/sync/runs.ts";

/** Rows of one act; what is beyond it is tried in its own time, or by pressing again. */
const HURRIED_MAX = 10_000;

/** Runs and editions have no waits of their own that could be cut short here. */
export const HURRIED_QUEUES = [
  "deliveries",
  "confirmations",
  "catch_up",
] as const satisfies readonly HeldQueue[];
export type HurriedQueue = (typeof HURRIED_QUEUES)[number];

/** $1 shop, $2 domain, $3 now, $4 limit. */
const HURRY: Readonly<Record<HurriedQueue, readonly string[]>> = {
  deliveries: [
    `UPDATE sync_deliveries SET next_attempt_at = $3 WHERE id = ANY (ARRAY(
       SELECT d.id FROM sync_deliveries d JOIN shops s ON s.domain = d.shop_domain AND s.id = $1
       WHERE d.shop_domain = $2 AND d.state = 'received' AND d.attempts > 0 AND d.next_attempt_at > $3
       ORDER BY d.id LIMIT $4 FOR UPDATE OF d SKIP LOCKED))`,
  ],
  confirmations: [
    `UPDATE sync_confirmations SET next_attempt_at = $3 WHERE shop_id = $1 AND (resource, record_key) IN (
       SELECT c.resource, c.record_key FROM sync_confirmations c JOIN shops s ON s.id = c.shop_id AND s.domain = $2
       WHERE c.shop_id = $1 AND c.next_attempt_at > $3 LIMIT $4)`,
  ],
  catch_up: [
    `UPDATE sync_cursors c SET due_at = $3 FROM shops s
     WHERE s.id = c.shop_id AND s.domain = $2 AND c.shop_id = $1 AND c.due_at > $3 AND $4 > 0`,
    `UPDATE sync_holes h SET next_attempt_at = $3 FROM shops s
     WHERE s.id = h.shop_id AND s.domain = $2 AND h.shop_id = $1 AND h.closed_at IS NULL AND h.next_attempt_at > $3
       AND $4 > 0`,
  ],
};

export interface QueueActor {
  readonly shopId: number;
  readonly shopDomain: string;
  /** "user:<id>", "api". */
  readonly actor: string;
}

/** Has all that waits for its next attempt in a queue tried at once. @returns how many there were. */
export async function hurry(
  { shopId, shopDomain, actor }: QueueActor,
  queue: HurriedQueue,
  now: Date,
): Promise<number> {
  return inTransaction(async (client) => {
    let count = 0;
    for (const statement of HURRY[queue]) {
      const { rowCount } = await client.query(statement, [shopId, shopDomain, now, HURRIED_MAX]);
      count += rowCount ?? 0;
    }
    if (count === 0) return 0;
    await recordAct(client, shopId, { act: "queue_hurried", actor, count, detail: { queue } }, now);
    await ring(client);
    await announce(client, shopId);
    return count;
  });
}

const STEERS = {
  pause: { steer: pauseRun, act: "run_paused" },
  resume: { steer: resumeRun, act: "run_resumed" },
  cancel: { steer: cancelRun, act: "run_cancelled" },
} as const;

export type RunSteer = keyof typeof STEERS;

/** Pauses, resumes or cancels a run, and records who did. */
export async function steerRun(
  { shopId, actor }: QueueActor,
  id: bigint,
  wanted: RunSteer,
  now: Date,
): Promise<Steered> {
  const { steer, act } = STEERS[wanted];
  const steered = await steer(shopId, id, now, actor);
  if (steered === "done")
    await recordAct(pool, shopId, { act, actor, count: 1, detail: { run: String(id) } }, now);
  return steered;
}

/** Has a run that did not end well done again, and records who asked and which run came of it. */
export async function retrySteered({ shopId, actor }: QueueActor, id: bigint, now: Date): Promise<Retried> {
  const retried = await retryRun(shopId, id, actor, now);
  if (retried.outcome === "started") {
    const detail = { run: String(id), again: String(retried.run.id) };
    await recordAct(pool, shopId, { act: "run_retried", actor, count: 1, detail }, now);
  }
  return retried;
}
