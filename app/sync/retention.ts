// What is kept for how long: settled deliveries with their bodies, what was set aside, runs, solved errors (as each shop
// chose), and the hourly figures. Old rows go in small batches, so that nothing waits for them and a stop loses little.
import { pool } from "#app/db.server.ts";
import { DELIVERY_STATES } from "#app/sync/delivery-choice.ts";
import { clearAbandoned } from "#app/sync/ingest-staging.ts";
import { personalTopics } from "#app/sync/redact.ts";
import { REDACTIONS_DAYS } from "#app/sync/redact-late.ts";
import { DEFAULT_RULES } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";

const DAY_MS = 86_400_000;
/** Unless the shop has chosen otherwise, and for deliveries of no shop. */
export const SETTLED_DAYS = DEFAULT_RULES.kept.deliveries;
export const PARKED_DAYS = DEFAULT_RULES.kept.parked;
/** Eight weeks of the expected rate, and some. */
export const FIGURES_DAYS = 90;
export const ACTS_DAYS = 365;
/** A plot of an hour, of a day, and of a month with the year before it, and some. */
const METRIC_DAYS = [
  [60, 2],
  [600, 9],
  [3_600, 400],
] as const;
/** Rows of one statement: some ten milliseconds, bodies out of line included. */
const BATCH_MAX = 1_000;

export interface Pruned {
  readonly deliveries: number;
  readonly figures: number;
  readonly runs: number;
  readonly errors: number;
}

/** Deletes whatever is older than it is kept, of all shops and of none. Stops at once when `signal` is aborted. */
export async function prune(now: Date, signal: AbortSignal): Promise<Pruned> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  let deliveries = 0;
  const shops = await shopsByDomain();
  for (const domain of await domains()) {
    const shopId = shops.get(domain);
    if (shopId !== undefined) await inBatches(signal, () => forgetLateBodies(shopId, domain));
    const { kept } = shopId === undefined ? DEFAULT_RULES : await readRules(shopId);
    for (const [isParked, days] of [
      [false, kept.deliveries],
      [true, kept.parked],
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
    [
      `DELETE FROM sync_redactions WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM sync_redactions WHERE redacted_at < $1 LIMIT $2))`,
      REDACTIONS_DAYS,
    ],
    ...METRIC_DAYS.map(([step, days]) => [pruneMetrics(step), days] as const),
  ] as const) {
    figures += await inBatches(signal, async () => {
      const { rowCount } = await pool.query(statement, [before(days), BATCH_MAX]);
      return rowCount ?? 0;
    });
  }
  await clearAbandoned();
  let runs = 0;
  let errors = 0;
  for (const shopId of shops.values()) {
    const { kept } = await readRules(shopId);
    runs += await pruneRuns(shopId, before(kept.runs), signal);
    errors += await inBatches(signal, async () => {
      const { rowCount } = await pool.query(DELETE_ERRORS, [shopId, before(kept.errors), BATCH_MAX]);
      return rowCount ?? 0;
    });
  }
  return { deliveries, figures, runs, errors };
}

/** Of people whose data was erased after a webhook was sent and before it was settled; where nobody can say whose it is, all. */
async function forgetLateBodies(shopId: number, domain: string): Promise<number> {
  const unknown = await pool.query(
    `UPDATE sync_deliveries SET body = '' WHERE id = ANY (ARRAY(
       SELECT d.id FROM shops s JOIN sync_deliveries d ON d.shop_domain = s.domain AND d.record_key IS NULL
       WHERE s.id = $1 AND coalesce(d.triggered_at, d.received_at) <= s.redacted_at
         AND d.topic = ANY ($2) AND d.state <> 'received' AND d.body <> ''
       LIMIT $3))`,
    [shopId, personalTopics(), BATCH_MAX],
  );
  const { rowCount } = await pool.query(
    `UPDATE sync_deliveries SET body = '' WHERE id = ANY (ARRAY(
       SELECT d.id FROM sync_redactions r
       JOIN sync_deliveries d ON d.shop_domain = $2 AND d.resource = r.resource AND d.record_key = r.record_key
       WHERE r.shop_id = $1 AND coalesce(d.triggered_at, d.received_at) <= r.redacted_at
         AND d.state <> 'received' AND d.body <> ''
       LIMIT $3))`,
    [shopId, domain, BATCH_MAX],
  );
  return Math.max(unknown.rowCount ?? 0, rowCount ?? 0);
}

async function shopsByDomain(): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: number; domain: string }>(
    "SELECT id, domain FROM shops ORDER BY id",
  );
  return new Map(rows.map(({ id, domain }) => [domain, id]));
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

function pruneMetrics(step: number): string {
  return `DELETE FROM sync_metrics WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sync_metrics WHERE step = ${step} AND at < $1 LIMIT $2))`;
}

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

const DELETE_ERRORS = `
  DELETE FROM sync_errors WHERE id = ANY (ARRAY(
    SELECT id FROM sync_errors WHERE shop_id = $1 AND resolved_at < $2 LIMIT $3))`;

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
