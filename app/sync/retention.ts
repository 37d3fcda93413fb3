// What is kept for how long: settled deliveries with their bodies, what was set aside, and the hourly figures. Old rows
// go in small batches, so that nothing waits for them and a stop loses little.
import { pool } from "#app/db.server.ts";
import { DELIVERY_STATES } from "#app/sync/delivery-choice.ts";

const DAY_MS = 86_400_000;
/** Bodies hold personal data: long enough to trace and replay what happened, and no longer. */
export const SETTLED_DAYS = 30;
/** Somebody is to look at these first. */
export const PARKED_DAYS = 90;
/** Eight weeks of the expected rate, and some. */
export const FIGURES_DAYS = 90;
export const ACTS_DAYS = 365;
/** Rows of one statement: some ten milliseconds, bodies out of line included. */
const BATCH_MAX = 1_000;

export interface Pruned {
  readonly deliveries: number;
  readonly figures: number;
  readonly runs: number;
}

/** Deletes whatever is older than it is kept, of all shops and of none. Stops at once when `signal` is aborted. */
export async function prune(now: Date, signal: AbortSignal): Promise<Pruned> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  let deliveries = 0;
  for (const domain of await domains()) {
    for (const [isParked, days] of [
      [false, SETTLED_DAYS],
      [true, PARKED_DAYS],
    ] as const) {
      deliveries += await inBatches(signal, async () => {
        const { rowCount } = await pool.query(isParked ? DELETE_PARKED : DELETE_SETTLED, [
          domain,
          before(days),
          BATCH_MAX,
        ]);
        return rowCount ?? 0;
      });
    }
  }
  let figures = 0;
  for (const [statement, days] of [
    [
      "DELETE FROM sync_counters WHERE ctid = ANY (ARRAY(SELECT ctid FROM sync_counters WHERE minute < $1 LIMIT $2))",
      FIGURES_DAYS,
    ],
    [
      "DELETE FROM sync_topic_hours WHERE ctid = ANY (ARRAY(SELECT ctid FROM sync_topic_hours WHERE hour < $1 LIMIT $2))",
      FIGURES_DAYS,
    ],
    [
      "DELETE FROM sync_acts WHERE ctid = ANY (ARRAY(SELECT ctid FROM sync_acts WHERE at < $1 LIMIT $2))",
      ACTS_DAYS,
    ],
    [
      "DELETE FROM sync_alerts WHERE ctid = ANY (ARRAY(SELECT ctid FROM sync_alerts WHERE ended_at < $1 LIMIT $2))",
      ACTS_DAYS,
    ],
  ] as const) {
    figures += await inBatches(signal, async () => {
      const { rowCount } = await pool.query(statement, [before(days), BATCH_MAX]);
      return rowCount ?? 0;
    });
  }
  let runs = 0;
  const { rows: shops } = await pool.query<{ id: number }>("SELECT id FROM shops ORDER BY id");
  for (const { id } of shops) runs += await pruneRuns(id, before(RUNS_DAYS), signal);
  return { deliveries, figures, runs };
}

/** Runs that nobody keeps longer by a setting. */
export const RUNS_DAYS = 365;

/**
 * Deletes a shop's runs that ended before a time, with what they tell of themselves. What is active stays, and so does of
 * each resource and kind the latest run that was verified: it is what the mirror's completeness rests on.
 */
export async function pruneRuns(shopId: number, before: Date, signal?: AbortSignal): Promise<number> {
  return inBatches(signal ?? new AbortController().signal, async () => {
    const { rowCount } = await pool.query(DELETE_RUNS, [shopId, before, BATCH_MAX]);
    return rowCount ?? 0;
  });
}

const DELETE_RUNS = `
  WITH old AS (
    SELECT id FROM sync_runs r
    WHERE shop_id = $1 AND created_at < $2 AND ended_at < $2
      AND id NOT IN (SELECT max(id) FROM sync_runs WHERE shop_id = $1 AND state = 'verified' GROUP BY resource, kind)
      AND NOT EXISTS (SELECT FROM sync_holes h WHERE h.shop_id = $1 AND h.run_id = r.id AND h.closed_at IS NULL)
    ORDER BY created_at LIMIT $3
  ), notes AS (
    DELETE FROM sync_run_notes n USING old WHERE n.shop_id = $1 AND n.run_id = old.id
  )
  DELETE FROM sync_runs r USING old WHERE r.shop_id = $1 AND r.id = old.id`;

async function inBatches(signal: AbortSignal, deleteSome: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const deleted = await deleteSome();
    total += deleted;
    if (deleted < BATCH_MAX) break;
  }
  return total;
}

/** Domains in the log, by skipping along its index: also those of shops that were never installed. */
async function domains(): Promise<string[]> {
  const { rows } = await pool.query<{ domain: string }>(`
    WITH RECURSIVE seen AS (
      (SELECT shop_domain FROM sync_deliveries ORDER BY shop_domain LIMIT 1)
      UNION ALL
      SELECT (SELECT d.shop_domain FROM sync_deliveries d WHERE d.shop_domain > s.shop_domain ORDER BY d.shop_domain LIMIT 1)
      FROM seen s WHERE s.shop_domain IS NOT NULL
    )
    SELECT shop_domain AS domain FROM seen WHERE shop_domain IS NOT NULL`);
  return rows.map(({ domain }) => domain);
}

const SETTLED = DELIVERY_STATES.filter((state) => state !== "received" && state !== "parked");

// By when it was received, along the log's index. A replay within the period settles it anew and keeps it as long again.
const DELETE_SETTLED = `
  DELETE FROM sync_deliveries WHERE id = ANY (ARRAY(
    SELECT id FROM sync_deliveries
    WHERE shop_domain = $1 AND received_at < $2 AND state IN (${SETTLED.map((state) => `'${state}'`).join(", ")})
      AND settled_at < $2
    ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED))`;

const DELETE_PARKED = `
  DELETE FROM sync_deliveries WHERE id = ANY (ARRAY(
    SELECT id FROM sync_deliveries
    WHERE shop_domain = $1 AND state = 'parked' AND received_at < $2 AND settled_at < $2
    ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED))`;
