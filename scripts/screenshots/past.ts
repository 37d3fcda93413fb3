// What a shop has after some weeks and a few bad days, and a store of this morning has not: written by SQL, for the
// pictures only. Everything else that the pictures show came about as in any store.
import type pg from "pg";

const ADMIN = "user:88112047";

/** Figures of a month, with days and nights, an hour of trouble and a growing mirror. */
export async function paintFigures(mirror: pg.Pool, shopId: number): Promise<void> {
  for (const [step, days] of [
    [60, 0.05],
    [600, 1],
    [3_600, 30],
  ] as const) {
    await mirror.query(FIGURES, [shopId, step, days]);
    await mirror.query(FRESHNESS, [shopId, step, days]);
  }
  await mirror.query(STORAGE, [shopId]);
}

// A sine for the day, a tenth of noise that is the same each time, and for three hours yesterday five times as much.
const BUSY = `
  SELECT at, greatest(1, $2::float / 60 * (3 + 2.4 * sin((extract(epoch FROM at) / 43200 - 0.6) * pi()))
         * (0.9 + 0.2 * abs(hashtext(at::text)::float / 2147483648))
         * CASE WHEN at BETWEEN now() - interval '8 hours' AND now() - interval '5 hours' THEN 4 ELSE 1 END) AS amount
  FROM generate_series(to_timestamp(floor(extract(epoch FROM now()) / $2) * $2) - make_interval(secs => $3::float * 86400),
                       now() - make_interval(secs => $2), make_interval(secs => $2)) at`;

const FIGURES = `
  INSERT INTO sync_metrics (shop_id, step, name, at, label, count, sum, max)
  SELECT $1::int, $2::int, of.name, busy.at, of.label, 1, round(busy.amount * of.share), round(busy.amount * of.share)
  FROM (${BUSY}) busy, (VALUES
    ('deliveries', 'orders/updated applied', 1.0), ('deliveries', 'orders/create applied', 0.5),
    ('deliveries', 'inventory_levels/update applied', 1.6), ('deliveries', 'products/update applied', 0.4),
    ('deliveries', 'customers/update applied', 0.3), ('deliveries', 'fulfillments/create applied', 0.3),
    ('deliveries', 'refunds/create applied', 0.06), ('deliveries', 'orders/updated superseded', 0.2),
    ('applied', 'webhook', 3.4), ('applied', 'fetch', 2.1), ('applied', 'page', 0.7),
    ('api_points', 'confirm', 9.0), ('api_points', 'catch-up', 4.0), ('api_points', 'targeted', 0.6),
    ('depth', 'deliveries', 0.4), ('depth', 'confirmations', 1.1), ('age', 'deliveries', 60.0),
    ('age', 'confirmations', 420.0)) of (name, label, share)
  UNION ALL
  SELECT $1::int, $2::int, 'depth', busy.at, '', 1, 1, 1 FROM (${BUSY}) busy
  UNION ALL
  SELECT $1::int, $2::int, 'errors', busy.at, (ARRAY['WRONG_TYPE','THROTTLED','UNREACHABLE'])[1 + abs(hashtext(busy.at::text)) % 3], 1,
         1 + abs(hashtext(busy.at::text)) % 4, 1
  FROM (${BUSY}) busy WHERE abs(hashtext(busy.at::text || 'e')) % 9 = 0
  ON CONFLICT DO NOTHING`;

// Classes grow by a quarter: 20 is about 80 ms, 26 about 300 ms, 36 about 3 s.
const FRESHNESS = `
  INSERT INTO sync_metrics (shop_id, step, name, at, label, count, sum, max, classes)
  SELECT $1::int, $2::int, 'freshness', busy.at, '', 100, 12000, 3000,
         array_fill(0, ARRAY[18 + slow.n]) || ARRAY[22, 31, 24, 11, 5, 2, 1, 1, 0, 1, 0, 1, 0, 1]
  FROM (${BUSY}) busy, LATERAL (SELECT CASE WHEN busy.amount > $2::float / 60 * 6 THEN 8 ELSE abs(hashtext(busy.at::text)) % 4 END AS n) slow
  ON CONFLICT DO NOTHING`;

// What the first sample of this morning has found, smaller the longer ago.
const STORAGE = `
  INSERT INTO sync_metrics (shop_id, step, name, at, label, count, sum, max)
  SELECT shop_id, 3600, name, at - make_interval(hours => n), label, 1, sum / count * (1 - 0.00045 * n), max
  FROM sync_metrics, generate_series(1, 720) n
  WHERE shop_id = $1 AND step = 3600 AND name IN ('bytes', 'rows')
  ON CONFLICT DO NOTHING`;

/** Runs of some days by everybody who can start one, with every end that a run can have. */
export async function paintRuns(mirror: pg.Pool, shopId: number): Promise<void> {
  await mirror.query(RUNS, [shopId, ADMIN]);
}

const RUNS = `
  INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, request, total, done, cost, error_code, error_detail,
                         created_at, started_at, stepped_at, ended_at)
  SELECT $1::int, of.resource, of.kind::run_kind, of.state::run_state, coalesce(of.who, $2), of.request::jsonb, of.total, of.done,
         of.cost, of.code, of.detail, at.began, at.began, at.began + of.took, CASE WHEN of.state <> 'paused' THEN at.began + of.took END
  FROM (VALUES
    ('orders', 'targeted', 'verified', NULL, '{"mode":"names","names":["#1001","#1002"]}', 2, 2, 12, NULL, NULL, 40, interval '2 s'),
    ('products', 'backfill', 'verified', 'schedule', '{"mode":"full"}', 180, 180, 96, NULL, NULL, 180, interval '9 s'),
    ('customers', 'backfill', 'cancelled', NULL, '{"mode":"full"}', 480, 210, 44, NULL, NULL, 260, interval '6 s'),
    ('orders', 'targeted', 'failed', 'api', '{"mode":"search","search":"tag:wholesale"}', NULL, 0, 4, 'UNREACHABLE', 'connect ECONNREFUSED', 300, interval '41 s'),
    ('collections', 'catch_up', 'verified', 'schedule', '{}', 3, 3, 8, NULL, NULL, 620, interval '1 s'),
    ('inventory_levels', 'backfill', 'verified', 'schedule', '{"mode":"full"}', 2100, 2100, 310, NULL, NULL, 700, interval '24 s'),
    ('orders', 'catch_up', 'verified', 'schedule', '{}', 41, 41, 96, NULL, NULL, 1290, interval '3 s'),
    ('customers', 'targeted', 'verified', NULL, '{"mode":"ids","ids":["7203948571","7203948572"]}', 2, 2, 6, NULL, NULL, 1400, interval '1 s')
  ) of (resource, kind, state, who, request, total, done, cost, code, detail, ago, took),
  LATERAL (SELECT now() - make_interval(mins => of.ago) AS began) at ORDER BY at.began`;

/** A long run that came up short, with everything that a run can have, and long words in it. @returns its id. */
export async function paintLongRun(mirror: pg.Pool, shopId: number): Promise<string> {
  const began = Date.now() - 26 * 3_600_000;
  const at = (seconds: number) => new Date(began + seconds * 1_000).toISOString();
  const phase = (from: number, to: number, ms: number, units: number, cost: number, times = 1) => ({
    ...{ startedAt: at(from), endedAt: at(to), ms, units, cost, times },
  });
  const plan = {
    ...{ at: at(0), count: 48_213, reckoned: 48_213, way: "bulk", points: 61_000, durationMs: 640_000 },
    ...{ phases: {}, toComplete: 40_000, learnedFrom: 3 },
    other: { way: "pages", points: 190_000, durationMs: 1_900_000 },
    effect: {
      ...{ lane: "backfill", budgetPercent: 94, waits: [], beside: 1, rate: 100, burst: 1_700, full: 1_700 },
    },
  };
  const ended = {
    planning: phase(0, 1, 600, 0, 20),
    starting: phase(1, 240, 1_800, 0, 30, 3),
    waiting: phase(2, 360, 120_000, 380_000, 40, 3),
    downloading: phase(120, 400, 48_000, 380_000, 0, 3),
    applying: phase(180, 450, 51_000, 48_213, 0, 3),
    completing: phase(450, 700, 250_000, 40_112, 58_000, 3),
  };
  const { rows } = await mirror.query<{ id: string }>(
    `INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, request, total, done, rejected, cost, plan, phases,
       error_code, error_detail, created_at, started_at, stepped_at, ended_at)
     VALUES ($1, 'orders', 'backfill', 'incomplete', $6, '{"mode":"full"}', 48213, 48212, 1, 58090, $2, $3, 'RECORDS_REJECTED',
       '1', $4, $4, $5, $5) RETURNING id`,
    [shopId, JSON.stringify(plan), JSON.stringify({ ended }), at(0), at(700), ADMIN],
  );
  const { id } = rows[0]!;
  const notes: readonly (readonly [number, string, object, number?])[] = [
    [0, "planned", { way: "bulk", count: 48_213, durationMs: 640_000 }],
    [1, "newest_first", { since: at(-8_000_000) }],
    [2, "bulk_started", { operation: "7745000032770" }],
    [90, "bulk_failed", { code: "INTERNAL_SERVER_ERROR" }],
    [91, "split", { parts: 3 }],
    [
      130,
      "waits",
      { seconds: 10, detail: "A bulk query operation for this app and shop is already in progress" },
      12,
    ],
    [400, "file_read", { bytes: 214_000_000, lines: 380_000 }],
    [700, "ended", { state: "incomplete", code: "RECORDS_REJECTED" }],
  ];
  for (const [seq, [second, code, detail, times = 1]] of notes.entries()) {
    await mirror.query(
      `INSERT INTO sync_run_notes (shop_id, run_id, seq, at, times, last_at, code, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [shopId, id, seq + 1, at(second), times, at(second + 60), code, JSON.stringify(detail)],
    );
  }
  await mirror.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, run_id, occurred_at, first_at)
     VALUES ($1, 'orders', '5678901234567', 'OUT_OF_RANGE', 'lineItems.nodes.14.discountedUnitPriceAfterAllDiscountsSet.shopMoney.amount', $2, $3, $3)`,
    [shopId, id, at(500)],
  );
  return id;
}

/** Errors of four causes over a week: one new, one that came back, one acknowledged, one ignored. */
export async function paintErrors(mirror: pg.Pool, shopId: number): Promise<void> {
  await mirror.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at, first_at)
     SELECT $1::int, of.resource, (o.id)::text, of.code, of.detail, o.at, o.at
     FROM (VALUES ('orders', 'WRONG_TYPE', 'customAttributes.0.value: a number where text was promised', 7),
                  ('orders', 'NOT_A_CURRENCY', 'presentmentMoney.currencyCode: "XXX"', 3),
                  ('orders', 'UNSTORABLE_TEXT', 'note: a character that text cannot hold', 2)) of (resource, code, detail, n),
          LATERAL (SELECT id, now() - row_number() OVER () * interval '9 hours' AS at
                   FROM (SELECT id FROM orders WHERE shop_id = $1 ORDER BY hashtext(id::text || of.code) LIMIT of.n) x) o`,
    [shopId],
  );
  await mirror.query(
    `INSERT INTO sync_error_marks (shop_id, source, subject, code, mark, marked_by, marked_at)
     VALUES ($1, 'records', 'orders', 'NOT_A_CURRENCY', 'acknowledged', $2, now()),
            ($1, 'records', 'orders', 'UNSTORABLE_TEXT', 'ignored', $2, now())`,
    [shopId, ADMIN],
  );
}

/** Webhooks that were set aside. */
export async function paintParked(mirror: pg.Pool): Promise<void> {
  await mirror.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, attempts, received_at, triggered_at,
                                  settled_at, api_version)
     SELECT domain, 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd0' || (10 + n), 'products/update',
            '{"admin_graphql_api_id":"gid://shopify/Product/8123","title":"Kiln-fired vase', 'parked', 'BAD_BODY', 1,
            now() - n * interval '11 minutes', now() - n * interval '11 minutes', now() - n * interval '11 minutes', '2026-10'
     FROM shops, generate_series(1, 3) n`,
  );
}

/** What is painted is gone again, so that the pages of a good day can be taken. */
export async function wipe(mirror: pg.Pool): Promise<void> {
  await mirror.query("DELETE FROM sync_errors");
  await mirror.query("DELETE FROM sync_error_marks");
  await mirror.query("DELETE FROM sync_deliveries WHERE state = 'parked'");
}

/** Every open page looks again. */
export async function ring(mirror: pg.Pool): Promise<void> {
  await mirror.query("SELECT pg_notify('counterfoil_changes', id::text) FROM shops");
}
