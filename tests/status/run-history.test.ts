// The history of runs from a real database: filters, pages, one run; and that 10,000 runs are read along an index.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { readQueueStatus } = await import("#app/status/queue.ts");
const { readRunDetail } = await import("#app/status/run-detail.ts");
const { RUNS_PER_PAGE, eachRun, readRunPage, runPageStatement, runQueryOf } =
  await import("#app/status/run-history.ts");

let shopId = 0;
let otherId = 0;

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('a.myshopify.com'), ('b.myshopify.com') RETURNING id",
  );
  [shopId, otherId] = rows.map(({ id }) => id) as [number, number];
});

beforeEach(() => pool.query("TRUNCATE sync_runs, sync_errors"));

async function insert(row: Readonly<Record<string, unknown>>, shop = shopId): Promise<string> {
  const given = {
    shop_id: shop,
    resource: "orders",
    kind: "targeted",
    state: "verified",
    started_by: "api",
    ...row,
  };
  const columns = Object.keys(given);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO sync_runs (${columns.join(", ")}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(", ")})
     RETURNING id`,
    Object.values(given),
  );
  return rows[0]!.id;
}

const at = (query: string) => runQueryOf(`https://app/app/activity?${query}`);
const idsOf = async (query: string, zone = "UTC") =>
  (await readRunPage(shopId, at(query), zone)).runs.map(({ id }) => id);

describe("an address", () => {
  it("is read as filters, and what makes no sense is dropped by name", () => {
    expect(at("resource=orders&kind=targeted&state=failed&from=2026-11-01").filters).toEqual({
      resource: "orders",
      kind: "targeted",
      state: "failed",
      who: null,
      from: "2026-11-01",
      until: null,
    });
    expect(at("sort=asked-asc")).toMatchObject({ sort: "asked-asc", dropped: [] });
    // A place in the list the other way round.
    expect(at("sort=asked-asc&after=asked-desc_2026-03-01T00:00:00Z_9")).toMatchObject({
      after: null,
      dropped: ["after"],
    });
    const bad = at(
      "sort=duration-asc&resource=x&kind=%00&state=&from=2026-02-30&until=tomorrow&after=1%27%3B--&other=1",
    );
    expect(bad.dropped).toEqual(["resource", "kind", "from", "until", "sort", "after"]);
    expect(bad.sort).toBe("asked-desc");
    expect(bad.after).toBeNull();
    expect(Object.values(bad.filters).every((value) => value === null)).toBe(true);
  });
});

describe("the history", () => {
  it("shows behind the number of failed runs on the page of queues just those that were counted", async () => {
    const now = new Date("2026-11-24T03:30:00Z");
    // 22:30 on the 23rd in New York: yesterday began at 5:00 UTC on the 22nd.
    const counted = await insert({ created_at: "2026-11-22T05:00:00Z", state: "failed" });
    await insert({ created_at: "2026-11-22T04:59:59Z", state: "failed" });
    await insert({ created_at: "2026-11-23T12:00:00Z", state: "incomplete" });
    const timeZone = "America/New_York";
    const { queues, failedFrom } = await readQueueStatus({ id: shopId, domain: "a", timeZone }, now);
    expect(queues.find(({ queue }) => queue === "runs")!.failed.count).toBe(1);
    expect(await idsOf(`state=failed&from=${failedFrom}`, timeZone)).toEqual([counted]);
  });

  it("filters by resource, kind, state and the days of the shop's zone", async () => {
    const night = await insert({ created_at: "2026-11-23T03:00:00Z", state: "failed" });
    const noon = await insert({ created_at: "2026-11-23T17:00:00Z", resource: "products", kind: "backfill" });
    await insert({ created_at: "2026-11-24T12:00:00Z" }, otherId);
    expect(await idsOf("")).toEqual([noon, night]);
    expect(await idsOf("resource=products")).toEqual([noon]);
    expect(await idsOf("kind=targeted")).toEqual([night]);
    expect(await idsOf("state=failed")).toEqual([night]);
    // 3:00 UTC is the evening before in New York.
    expect(await idsOf("from=2026-11-23&until=2026-11-23", "America/New_York")).toEqual([noon]);
    expect(await idsOf("until=2026-11-22", "America/New_York")).toEqual([night]);
  });

  it("goes on page by page, losing and repeating none, also where times are equal", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 2 * RUNS_PER_PAGE + 3; index += 1) {
      ids.push(
        await insert({ created_at: new Date(Date.UTC(2026, 10, 23) + Math.floor(index / 4) * 1_000) }),
      );
    }
    for (const [sort, expected] of [
      ["asked-desc", ids.toReversed()],
      ["asked-asc", ids],
    ] as const) {
      const seen: string[] = [];
      for (let after: string | null = ""; after !== null;) {
        const page = await readRunPage(shopId, at(`sort=${sort}&after=${after}`), "UTC");
        seen.push(...page.runs.map(({ id }) => id));
        after = page.next;
      }
      expect(seen).toEqual(expected);
      const file: string[] = [];
      for await (const batch of eachRun(shopId, at(`sort=${sort}`), "UTC"))
        file.push(...batch.map(({ id }) => id));
      expect(file).toEqual(expected);
    }
  });

  it("reads 10,000 runs along indexes, whatever the filter", async () => {
    await pool.query(
      `INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, created_at)
       SELECT $1 + n % 2, (ARRAY['orders','products','locations'])[1 + n % 3], 'targeted',
              (CASE WHEN n % 20 = 0 THEN 'failed' ELSE 'verified' END)::run_state, 'api',
              timestamptz '2026-01-01' + n * interval '10 minutes'
       FROM generate_series(1, 20000) n`,
      [shopId],
    );
    await pool.query("ANALYZE sync_runs");
    for (const query of [
      "",
      "resource=locations",
      "state=failed",
      "who=user",
      "from=2026-02-01&until=2026-02-02",
      "after=asked-desc_2026-03-01T00:00:00.000000Z_9000",
      ...["", "&resource=locations", "&state=failed", "&who=user", "&from=2026-02-01&until=2026-02-02"].map(
        (filter) => `sort=asked-asc${filter}`,
      ),
      "sort=asked-asc&after=asked-asc_2026-03-01T00:00:00.000000Z_9000",
    ]) {
      const asked = at(query);
      expect(asked.dropped).toEqual([]);
      const { text, values } = runPageStatement(shopId, asked, "UTC");
      const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE) ${text}`, values);
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(plan, query).toMatch(/Index Scan (Backward )?(using|on) sync_runs_shop_id_/);
      expect(plan, query).not.toMatch(/Seq Scan/);
      // No row is read to be thrown away.
      expect(plan, query).not.toMatch(/Rows Removed by Filter: [1-9]\d{2,}/);
    }
  });
});

describe("one run", () => {
  it("shows what was asked for, and its errors", async () => {
    const id = await insert({
      request: JSON.stringify({ mode: "ids", ids: Array.from({ length: 30 }, (_, n) => String(n + 1)) }),
      progress: JSON.stringify({
        phase: "fetching",
        missing: 2,
        failures: 1,
        ingestStartedAt: "2026-11-23T10:00:00Z",
      }),
      cost: 12,
    });
    await pool.query(
      "INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, run_id) VALUES ($1, 'orders', '5', 'NOT_FOUND', '', $2)",
      [shopId, id],
    );
    const detail = await readRunDetail(shopId, id);
    expect(detail).toMatchObject({ cost: 12, missing: 2, failures: 1, errorsMore: false });
    expect(detail?.request).toMatchObject({ mode: "ids", count: 30 });
    expect(detail?.errors.map(({ code, recordKey }) => [code, recordKey])).toEqual([["NOT_FOUND", "5"]]);
  });

  it("is nobody else's, and an address that is no id is no run", async () => {
    const id = await insert({}, otherId);
    expect(await readRunDetail(shopId, id)).toBeNull();
    for (const odd of ["", "0", "abc", "9223372036854775808", "1 OR 1=1"]) {
      expect(await readRunDetail(shopId, odd)).toBeNull();
    }
  });
});
