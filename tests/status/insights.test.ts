// Figures over time: that plots show what happened and no more, at every window, and how long the reading takes when
// months of them are kept beside a million deliveries.
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { flushMetrics, note, noteDuration } = await import("#app/metrics.server.ts");
const { readInsights } = await import("#app/status/insights.ts");
const { readQueueStatus } = await import("#app/status/queue.ts");
const { sampleQueues, sampleStorage } = await import("#app/sync/samples.ts");
const { prune } = await import("#app/sync/retention.ts");

const NOW = new Date("2026-11-23T12:34:56Z");
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ZONE = "America/New_York";
const DOMAIN = "test-shop.myshopify.com";
let shopId: number;
let otherId: number;
const before = (ms: number) => NOW.getTime() - ms;

async function seedShops(): Promise<void> {
  await flushMetrics();
  await pool.query("TRUNCATE shops, sync_metrics, sync_deliveries, sync_runs, sync_confirmations");
  const { rows } = await pool.query(
    "INSERT INTO shops (domain) VALUES ($1), ('other.myshopify.com') RETURNING id",
    [DOMAIN],
  );
  [shopId, otherId] = rows.map(({ id }) => id as number) as [number, number];
}

const insights = (window: "hour" | "day" | "week" | "month") => readInsights(shopId, window, NOW, ZONE);
const plotOf = (read: Awaited<ReturnType<typeof insights>>, id: string) =>
  read.plots.find((plot) => plot.id === id)!;
const sumOf = (values: readonly (number | null)[]) =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

describe("a plot", () => {
  beforeEach(seedShops);

  it.each([
    ["hour", 60],
    ["day", 144],
    ["week", 168],
    ["month", 30],
  ] as const)("of the last %s has its %i points, with every figure in its place", async (window, points) => {
    note(shopId, "depth", "", 0, before(40 * DAY_MS));
    note(shopId, "deliveries", "orders/create applied", 1, before(5 * MINUTE_MS));
    note(shopId, "deliveries", "orders/create parked", 1, before(5 * MINUTE_MS));
    note(shopId, "deliveries", "products/update applied", 1, NOW.getTime());
    note(otherId, "deliveries", "orders/create applied", 500, NOW.getTime());
    noteDuration(shopId, "freshness", "", 400, NOW.getTime());
    await flushMetrics();
    const read = await insights(window);
    expect(read.bins).toHaveLength(points);
    const outcomes = plotOf(read, "outcomes").series;
    expect(outcomes.map(({ key, values }) => [key, sumOf(values)])).toEqual([
      ["applied", 2],
      ["superseded", 0],
      ["ignored", 0],
      ["retried", 0],
      ["parked", 1],
    ]);
    expect(outcomes[0]!.values.at(-1)).toBe(window === "hour" || window === "day" ? 1 : 2);
    expect(read.topics).toEqual([
      { topic: "orders/create", byOutcome: { applied: 1, parked: 1 }, total: 2 },
      { topic: "products/update", byOutcome: { applied: 1 }, total: 1 },
    ]);
    expect(read.changes).toBe(1);
    for (const { values } of plotOf(read, "freshness").series) {
      expect(values.at(-1)!).toBeGreaterThan(400 / 1.25);
      expect(values.at(-1)!).toBeLessThan(400 * 1.25);
      expect(values.at(-2)).toBeNull();
    }
  });

  it("leaves empty what was before the first figure, instead of calling it nothing", async () => {
    note(shopId, "depth", "", 0, before(10 * MINUTE_MS));
    note(shopId, "applied", "webhook", 3, NOW.getTime());
    await flushMetrics();
    const { values } = plotOf(await insights("day"), "throughput").series.find(
      ({ key }) => key === "webhook",
    )!;
    // An hour's row begins with the hour.
    expect(values.filter((value) => value === null)).toHaveLength(144 - 4);
    expect(values.at(-1)).toBe(3);
  });

  it("has a month's days in the shop's zone, each change in its own", async () => {
    note(shopId, "depth", "", 0, before(40 * DAY_MS));
    // Half past eleven in the evening in New York is tomorrow in UTC.
    note(shopId, "applied", "webhook", 7, Date.parse("2026-11-22T04:30:00Z"));
    note(shopId, "applied", "webhook", 1, Date.parse("2026-11-22T05:30:00Z"));
    await flushMetrics();
    const read = await insights("month");
    const { values } = plotOf(read, "throughput").series[0]!;
    const day = read.bins.findIndex((at) => at.toISOString() === "2026-11-21T05:00:00.000Z");
    expect([values[day], values[day + 1]]).toEqual([7, 1]);
  });

  it("tells six topics apart and sums up the others; its table has all", async () => {
    note(shopId, "depth", "", 0, before(MINUTE_MS));
    for (let n = 1; n <= 40; n += 1) note(shopId, "deliveries", `topic${n}/made applied`, n, NOW.getTime());
    await flushMetrics();
    const read = await insights("hour");
    const { series } = plotOf(read, "topics");
    expect(series.map(({ key }) => key)).toEqual([
      ...[40, 39, 38, 37, 36, 35].map((n) => `topic${n}/made`),
      "others",
    ]);
    expect(series.reduce((sum, { values }) => sum + sumOf(values), 0)).toBe((40 * 41) / 2);
    expect(read.topics).toHaveLength(40);
  });
});

describe("samples", () => {
  beforeEach(seedShops);

  it("say how much waits and for how long, of each shop its own", async () => {
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, received_at)
       SELECT $1, n::text, 'orders/create', '{}', $2::timestamptz - n * interval '1 second' FROM generate_series(1, 30) n`,
      [DOMAIN, NOW],
    );
    await sampleQueues(NOW);
    await flushMetrics();
    const read = await insights("hour");
    const depth = plotOf(read, "depth").series;
    expect(depth.map(({ key, values }) => [key, values.at(-1), values.at(-2)])).toEqual([
      ["deliveries", 30, null],
      ["confirmations", 0, null],
      ["runs", 0, null],
      ["catch_up", 0, null],
    ]);
    const other = await readInsights(otherId, "hour", NOW, ZONE);
    expect(plotOf(other, "depth").series[0]!.values.at(-1)).toBe(0);
  });

  it("of storage are the shop's share, and whole tables where it is alone", async () => {
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body)
       SELECT CASE WHEN n % 4 = 0 THEN $1 ELSE 'other.myshopify.com' END, n::text, 'orders/create', '{}'
       FROM generate_series(1, 20000) n`,
      [DOMAIN],
    );
    await pool.query("ANALYZE sync_deliveries");
    await sampleStorage(NOW);
    await flushMetrics();
    const sizeOf = (read: Awaited<ReturnType<typeof insights>>) =>
      read.tables.find(({ table }) => table === "sync_deliveries")!;
    const shared = await insights("day");
    expect(shared.isAlone).toBe(false);
    expect(sizeOf(shared).rows / 5_000).toBeCloseTo(1, 1);
    const { rows } = await pool.query("SELECT pg_total_relation_size('sync_deliveries')::float8 AS bytes");
    expect(sizeOf(shared).bytes / (rows[0].bytes / 4)).toBeCloseTo(1, 1);

    // Once an hour: a second look within it changes nothing.
    await sampleStorage(new Date(NOW.getTime() + MINUTE_MS));
    await flushMetrics();
    expect(sizeOf(await insights("day"))).toEqual(sizeOf(shared));

    await pool.query("DELETE FROM shops WHERE id = $1", [otherId]);
    await pool.query("TRUNCATE sync_metrics");
    await sampleStorage(NOW);
    await flushMetrics();
    const alone = await insights("day");
    expect(alone.isAlone).toBe(true);
    expect(sizeOf(alone)).toMatchObject({ bytes: rows[0].bytes, rows: 20_000, grown: null });
  });

  it("are deleted when they are older than they are kept", async () => {
    for (const days of [1, 3, 10, 401]) note(shopId, "applied", "page", 1, before(days * DAY_MS));
    await flushMetrics();
    await prune(NOW, new AbortController().signal);
    const { rows } = await pool.query(
      "SELECT step, count(*)::int FROM sync_metrics GROUP BY step ORDER BY step",
    );
    expect(rows).toEqual([
      { step: 60, count: 1 },
      { step: 600, count: 2 },
      { step: 3600, count: 3 },
    ]);
  });
});

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe("beside a million deliveries and months of figures", () => {
  beforeAll(async () => {
    await seedShops();
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, received_at, settled_at)
       SELECT $1, n::text, 'orders/create', '', 'applied', $2::timestamptz - n * interval '3 seconds', $2
       FROM generate_series(1, 1000000) n`,
      [DOMAIN, NOW],
    );
    // Twenty-five labels of six names, busy in every minute, ten minutes and hour that is kept.
    await pool.query(
      `INSERT INTO sync_metrics (shop_id, step, name, at, label, count, sum, max, classes)
       SELECT $1, s.step, l.name, date_bin(s.step * interval '1 second', $2::timestamptz, 'epoch') - n * s.step * interval '1 second',
              l.label, 10, 100, 20,
              CASE WHEN l.name = 'freshness' THEN ARRAY(SELECT (k * n) % 7 FROM generate_series(1, 50) k) ELSE '{}' END
       FROM (VALUES (60, 2880), (600, 1296), (3600, 4320)) AS s(step, rows)
       CROSS JOIN LATERAL generate_series(0, s.rows - 1) AS n
       CROSS JOIN (
         SELECT 'deliveries' AS name, 'topic' || k || '/made applied' AS label FROM generate_series(1, 14) k
         UNION ALL SELECT 'applied', w FROM unnest(ARRAY['webhook', 'fetch', 'page']) w
         UNION ALL SELECT 'api_points', w FROM unnest(ARRAY['confirm', 'catch-up']) w
         UNION ALL SELECT 'depth', w FROM unnest(ARRAY['', 'deliveries', 'confirmations']) w
         UNION ALL SELECT 'age', w FROM unnest(ARRAY['deliveries', 'confirmations']) w
         UNION ALL SELECT 'freshness', ''
       ) l`,
      [shopId, NOW],
    );
    await pool.query("ANALYZE");
  });

  const shop = () => ({ id: shopId, domain: DOMAIN });
  it.each([
    // Twenty-five labels in each of the window's rows; of sizes and beginnings a few more.
    ["hour", () => insights("hour"), 25 * 60],
    ["day", () => insights("day"), 25 * 144],
    ["week", () => insights("week"), 25 * 168],
    ["month", () => insights("month"), 25 * 720],
    ["queues", () => readQueueStatus(shop(), NOW), 25 * 5],
  ] as const)("%s: reads what it shows along an index, and none of the million", async (_, read, rowsMax) => {
    const asked = vi.spyOn(pool, "query");
    await read();
    const statements = asked.mock.calls.map(([text, values]) => [String(text), values as unknown[]] as const);
    asked.mockRestore();
    expect(statements.length).toBeGreaterThan(3);
    let [figures, deliveries] = [0, 0];
    for (const [text, values] of statements) {
      const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
      for (const node of nodesOf(rows[0]["QUERY PLAN"][0].Plan)) {
        const relation = node["Relation Name"];
        const touched = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0);
        if (relation === "sync_metrics") figures += touched;
        if (relation === "sync_deliveries") deliveries += touched;
        const isTable = relation === "sync_metrics" || relation === "sync_deliveries";
        expect([isTable, node["Node Type"]]).not.toEqual([true, "Seq Scan"]);
      }
    }
    expect(figures).toBeLessThan(rowsMax + 1_000);
    expect(deliveries).toBeLessThan(100);
  });
});
