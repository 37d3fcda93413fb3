// A shop with a past for the benchmark of the pages: written by SQL, so that a million deliveries take seconds.
import type pg from "pg";

export const RUNS = 10_000;
export const DELIVERIES = 1_000_000;
const ERRORS = 20_000;
const DAYS = 30;
/** Rows of one statement: the server stays responsive, and progress can be seen. */
const CHUNK = 100_000;

/** Fills the one shop that is installed. @returns how many rows there are. */
export async function seedPast(database: pg.Pool): Promise<void> {
  const client = await database.connect();
  try {
    await client.query("SET synchronous_commit = off");
    const { rows } = await client.query<{ id: number; domain: string }>("SELECT id, domain FROM shops");
    const { id, domain } = rows[0]!;
    await client.query(SEED_RUNS, [id, RUNS, DAYS]);
    await client.query(SEED_ERRORS, [id, ERRORS, DAYS]);
    await client.query(SEED_TOPICS, [id]);
    await client.query(SEED_HOURS, [id, DAYS]);
    await client.query(SEED_FIGURES, [id]);
    for (let from = 1; from <= DELIVERIES; from += CHUNK) {
      await client.query(SEED_DELIVERIES, [
        domain,
        from,
        Math.min(DELIVERIES, from + CHUNK - 1),
        DELIVERIES,
        DAYS,
      ]);
    }
    await client.query(
      "VACUUM (ANALYZE) sync_deliveries, sync_runs, sync_errors, sync_topics, sync_topic_hours, sync_metrics",
    );
  } finally {
    client.release();
  }
}

const SEED_RUNS = `
  INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, request, total, done, cost, created_at, started_at,
                         stepped_at, ended_at)
  SELECT $1, (ARRAY['orders','products','customers','inventory_items','locations'])[1 + n % 5],
         (CASE WHEN n % 50 = 0 THEN 'backfill' WHEN n % 9 = 0 THEN 'targeted' ELSE 'catch_up' END)::run_kind,
         (CASE WHEN n % 97 = 0 THEN 'failed' WHEN n % 61 = 0 THEN 'incomplete' ELSE 'verified' END)::run_state,
         CASE WHEN n % 9 = 0 THEN 'user:1' ELSE 'schedule' END, '{"mode":"full"}', n % 500, n % 500, n % 300,
         made.at, made.at, made.at + interval '3 seconds', made.at + interval '3 seconds'
  FROM generate_series(1, $2::int) n,
       LATERAL (SELECT now() - interval '1 minute' - n * (interval '1 day' * $3::int / $2::int) AS at) made`;

const SEED_ERRORS = `
  INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at, first_at, resolved_at)
  SELECT $1, (ARRAY['orders','products'])[1 + n % 2], (1000 + n)::text,
         (ARRAY['WRONG_TYPE','NOT_A_CURRENCY','OUT_OF_RANGE','UNSTORABLE_TEXT'])[1 + n % 4], 'field ' || n,
         made.at, made.at, CASE WHEN n % 40 = 0 THEN NULL ELSE made.at + interval '1 hour' END
  FROM generate_series(1, $2::int) n,
       LATERAL (SELECT now() - n * (interval '1 day' * $3::int / $2::int) AS at) made`;

const TOPICS = `ARRAY['orders/create','orders/updated','products/update','inventory_levels/update','customers/update',
  'orders/paid','refunds/create','collections/update']`;

const SEED_TOPICS = `
  INSERT INTO sync_topics (shop_id, topic, first_arrived_at, last_arrived_at)
  SELECT $1, topic, now() - interval '30 days', now() FROM unnest(${TOPICS}) topic
  ON CONFLICT (shop_id, topic) DO UPDATE SET last_arrived_at = excluded.last_arrived_at`;

const SEED_HOURS = `
  INSERT INTO sync_topic_hours (shop_id, hour, topic, minutes, arrived, retried, parked, delays)
  SELECT $1, date_trunc('hour', now()) - n * interval '1 hour', topic, array_fill(2, ARRAY[60]), 120, 1, 0,
         array_fill(3, ARRAY[40])
  FROM generate_series(1, 24 * $2::int) n, unnest(${TOPICS}) topic
  ON CONFLICT DO NOTHING`;

// As many rows as are kept: two days by the minute, nine by ten minutes, half a year by the hour, of some fifty labels.
const SEED_FIGURES = `
  INSERT INTO sync_metrics (shop_id, step, name, at, label, count, sum, max, classes)
  SELECT $1, kept.step, of.name, date_bin(kept.step * interval '1 second', now(), 'epoch') - n * kept.step * interval '1 second',
         of.label, 10, 100 + n % 37, 20 + n % 11,
         CASE WHEN of.name = 'freshness' THEN ARRAY(SELECT (k * n) % 7 FROM generate_series(1, 50) k) ELSE '{}' END
  FROM (VALUES (60, 2880), (600, 1296), (3600, 4320)) AS kept(step, rows)
  CROSS JOIN LATERAL generate_series(1, kept.rows) AS n
  CROSS JOIN (
    SELECT 'deliveries' AS name, topic || ' ' || outcome AS label FROM unnest(${TOPICS}) topic, unnest(ARRAY['applied', 'superseded']) outcome
    UNION ALL SELECT 'applied', way FROM unnest(ARRAY['webhook', 'fetch', 'page', 'bulk']) way
    UNION ALL SELECT 'api_points', lane FROM unnest(ARRAY['targeted', 'confirm', 'catch-up', 'backfill']) lane
    UNION ALL SELECT 'depth', queue FROM unnest(ARRAY['', 'deliveries', 'confirmations', 'runs']) queue
    UNION ALL SELECT 'age', queue FROM unnest(ARRAY['deliveries', 'confirmations', 'runs']) queue
    UNION ALL SELECT kind, table_name FROM unnest(ARRAY['bytes', 'rows']) kind,
      unnest(ARRAY['orders','order_line_items','products','product_variants','customers','inventory_levels','metafields','sync_deliveries']) table_name
    UNION ALL SELECT 'errors', code FROM unnest(ARRAY['WRONG_TYPE', 'THROTTLED']) code
    UNION ALL SELECT 'freshness', ''
  ) AS of
  ON CONFLICT DO NOTHING`;

// One in two thousand is set aside, as on a bad month.
const SEED_DELIVERIES = `
  INSERT INTO sync_deliveries (shop_domain, webhook_id, event_id, topic, api_version, triggered_at, received_at, body,
                               state, reason, attempts, settled_at, resource, record_key)
  SELECT $1, 'past-' || n, 'event-' || n, (${TOPICS})[1 + n % 8], '2026-10', came.at - interval '200 ms', came.at, '{"id":1}',
         (CASE WHEN n % 2000 = 0 THEN 'parked' WHEN n % 40 = 0 THEN 'superseded' WHEN n % 90 = 0 THEN 'ignored'
               ELSE 'applied' END)::delivery_state,
         CASE WHEN n % 2000 = 0 THEN 'BAD_BODY' WHEN n % 40 = 0 THEN NULL WHEN n % 90 = 0 THEN 'UNKNOWN_TOPIC' END,
         1, came.at + interval '20 ms',
         (ARRAY['orders','orders','products','inventory_levels','customers','orders','orders','collections'])[1 + n % 8],
         (100000 + n % 50000)::text
  FROM generate_series($2::int, $3::int) n,
       LATERAL (SELECT now() - n * (interval '1 day' * $5::int / $4::int) AS at) came`;
