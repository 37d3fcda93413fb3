// Replay: settled deliveries are put back among those that wait, and drain() does the rest. It changes nothing that is
// right already, since apply() lets an older version never replace a newer one (I2): a replay can be repeated at will.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { recordAct } from "#app/sync/acts.ts";
import { conditionsOf, type DeliveryChoice } from "#app/sync/delivery-choice.ts";

/** Deliveries of one replay. What is beyond it is replayed by asking again. */
export const REPLAY_MAX = 100_000;
/** Rows of one transaction: some tens of milliseconds, so that drain() is hardly held up. */
const BATCH_MAX = 1_000;

/** What a replay of a choice would do. */
export interface ReplayCount {
  /** Would be worked through again. */
  readonly count: number;
  /** There are more than REPLAY_MAX; the rest is left for another replay. */
  readonly isMore: boolean;
  /** Cannot be: their bodies were erased for privacy, or never kept. */
  readonly withoutBody: number;
  /** Are waiting already. */
  readonly waiting: number;
}

/** Counts only. Every count stops at REPLAY_MAX. */
export async function countReplay(shopDomain: string, choice: DeliveryChoice): Promise<ReplayCount> {
  const { sql, values } = conditionsOf(shopDomain, choice);
  const limit = `$${values.length + 1}`;
  const { rows } = await pool.query<{ seen: number; waiting: number; without_body: number }>(
    `SELECT count(*)::int AS seen, (count(*) FILTER (WHERE is_waiting))::int AS waiting,
            (count(*) FILTER (WHERE NOT is_waiting AND is_empty))::int AS without_body
     FROM (SELECT d.state = 'received' AS is_waiting, octet_length(d.body) = 0 AS is_empty
           FROM sync_deliveries d WHERE ${sql} LIMIT ${limit}) AS chosen`,
    [...values, REPLAY_MAX + 1],
  );
  const { seen = 0, waiting = 0, without_body: withoutBody = 0 } = rows[0] ?? {};
  const count = Math.min(REPLAY_MAX, seen - waiting - withoutBody);
  return { count, isMore: seen > REPLAY_MAX, withoutBody, waiting };
}

export interface Asker {
  readonly shopId: number;
  readonly shopDomain: string;
  /** "user:<id>", "api". */
  readonly actor: string;
}

/**
 * Puts the chosen deliveries back, newest ids last, in batches that each commit and ring; records the act at the end,
 * and as far as it came when it breaks off.
 * @returns how many were put back.
 */
export async function replay(
  { shopId, shopDomain, actor }: Asker,
  choice: DeliveryChoice,
  now: Date,
): Promise<number> {
  let count = 0;
  let after = "0";
  try {
    while (count < REPLAY_MAX) {
      const batch = await inTransaction((client) => {
        return putBack(client, shopDomain, choice, {
          actor,
          after,
          now,
          limit: Math.min(BATCH_MAX, REPLAY_MAX - count),
        });
      });
      count += batch.length;
      if (batch.length === 0) break;
      after = batch.at(-1)!;
    }
  } finally {
    if (count > 0) await recordAct(pool, shopId, { act: "replayed", actor, count, detail: { choice } }, now);
  }
  return count;
}

interface Part {
  readonly actor: string;
  readonly after: string;
  readonly limit: number;
  readonly now: Date;
}

async function putBack(
  client: PoolClient,
  shopDomain: string,
  choice: DeliveryChoice,
  { actor, after, limit, now }: Part,
): Promise<string[]> {
  const { sql, values } = conditionsOf(shopDomain, choice);
  const at = (offset: number) => `$${values.length + offset}`;
  const { rows } = await client.query<{ id: string }>(
    `WITH chosen AS (
       SELECT d.id FROM sync_deliveries d
       WHERE ${sql} AND d.id > ${at(1)}::int8 AND d.state <> 'received' AND octet_length(d.body) > 0
       ORDER BY d.id LIMIT ${at(2)} FOR UPDATE SKIP LOCKED
     ),
     back AS (
       UPDATE sync_deliveries d
       SET state = 'received', attempts = 0, replays = d.replays + 1, next_attempt_at = ${at(4)}, settled_at = NULL,
           history = coalesce(d.history, jsonb_build_array(jsonb_build_object(
                       'at', d.settled_at, 'act', d.state, 'reason', d.reason, 'detail', d.detail)))
                     || jsonb_build_array(jsonb_build_object('at', ${at(4)}::timestamptz, 'act', 'replayed', 'by', ${at(3)}::text)),
           reason = NULL, detail = NULL
       FROM chosen WHERE d.id = chosen.id
       RETURNING d.id
     )
     SELECT id, pg_notify('counterfoil_inbox', '') FROM back ORDER BY id`,
    [...values, after, limit, actor, now],
  );
  return rows.map(({ id }) => id);
}
