// The life of errors of one cause: what people say, what happens again, and what trying again does.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { recordFaults } = await import("#app/sync/ingest.ts");
const { markCause, planRetry, retryCause } = await import("#app/sync/error-life.ts");
const { READ_GROUPS, readErrorGroup, readErrorGroups, readOccurrences } =
  await import("#app/status/error-groups.ts");

const DOMAIN = "errors.myshopify.com";
const NOW = new Date("2026-11-23T12:00:00.000Z");
const later = (ms: number) => new Date(NOW.getTime() + ms);
const ORDERS = { source: "records", subject: "orders", code: "WRONG_TYPE" } as const;
const PARKED = { source: "deliveries", subject: "orders/create", code: "BAD_BODY" } as const;
let shopId = 0;

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ($1), ('other.myshopify.com') RETURNING id",
    [DOMAIN],
  );
  shopId = rows[0]!.id;
});

beforeEach(async () => {
  await pool.query("TRUNCATE sync_errors, sync_error_marks, sync_deliveries, sync_confirmations, sync_runs");
});

const fail = (key: string | null, at = NOW, code = "WRONG_TYPE") =>
  inTransaction((client) =>
    recordFaults(client, shopId, [{ resource: "orders", key, code, detail: `of ${key}` }], null, at),
  );
let webhook = 0;
const park = (shopDomain = DOMAIN) =>
  pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, resource, record_key)
     VALUES ($1, $2, 'orders/create', '{}', 'parked', 'BAD_BODY', 'orders', '7')`,
    [shopDomain, `w${(webhook += 1)}`],
  );
const group = (cause: Parameters<typeof readErrorGroup>[2] = ORDERS) => readErrorGroup(shopId, DOMAIN, cause);

describe("a cause", () => {
  it("counts its records, with the first and the last time", async () => {
    await fail("1");
    await fail("2", later(1_000));
    await fail("1", later(5_000));
    expect(await group()).toMatchObject({
      state: "open",
      open: 2,
      records: 2,
      firstAt: NOW,
      lastAt: later(5_000),
      detail: "of 1",
    });
  });

  it("is reopened when it happens again after a person acknowledged or resolved it", async () => {
    await fail("1");
    await markCause(shopId, ORDERS, "acknowledged", "user:4", later(1_000));
    expect(await group()).toMatchObject({ state: "acknowledged", markedBy: "user:4" });
    await fail("2", later(2_000));
    expect(await group()).toMatchObject({ state: "reopened", open: 2 });

    await markCause(shopId, ORDERS, "resolved", "user:4", later(3_000));
    expect(await group()).toMatchObject({ state: "resolved", open: 0 });
    await fail("1", later(4_000));
    expect(await group()).toMatchObject({ state: "reopened", open: 1 });
  });

  it("stays ignored until a person takes it back", async () => {
    await fail("1");
    await markCause(shopId, ORDERS, "ignored", "user:4", later(1_000));
    await fail("2", later(2_000));
    expect(await group()).toMatchObject({ state: "ignored", open: 2 });
    await markCause(shopId, ORDERS, null, "user:4", later(3_000));
    expect(await group()).toMatchObject({ state: "open" });
  });

  it("gathers webhooks that were set aside, of this shop only", async () => {
    await park();
    await park();
    await park("other.myshopify.com");
    expect((await readErrorGroups(shopId, DOMAIN)).groups).toMatchObject([
      { ...PARKED, state: "open", open: 2, records: 1 },
    ]);
    expect((await readOccurrences(shopId, DOMAIN, PARKED, null)).occurrences).toHaveLength(2);
  });

  it("is read along indexes", async () => {
    await pool.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at)
       SELECT $1, 'orders', n::text, 'C' || n % 5, '', timestamptz '2026-01-01' + n * interval '1 minute'
       FROM generate_series(1, 30000) n`,
      [shopId],
    );
    await pool.query("ANALYZE sync_errors");
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN ${READ_GROUPS}`, [
      shopId,
      DOMAIN,
      10_000,
    ]);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("sync_errors_shop_id_occurred_at_id_idx");
    expect(plan).not.toMatch(/Seq Scan on sync_errors/);
  });
});

describe("trying again", () => {
  it("fetches the records at fault, as it said before", async () => {
    await fail("1");
    await fail("2");
    expect(await planRetry(shopId, DOMAIN, { cause: ORDERS })).toEqual({ how: "fetch", count: 2 });
    expect(await planRetry(shopId, DOMAIN, { cause: ORDERS, recordKey: "2" })).toEqual({
      how: "fetch",
      count: 1,
    });
    const { rowCount } = await pool.query("SELECT FROM sync_confirmations");
    expect(rowCount).toBe(0);
    expect(await retryCause(shopId, DOMAIN, { cause: ORDERS }, "user:4", NOW)).toEqual({
      outcome: "queued",
      count: 2,
    });
    const { rows } = await pool.query(
      "SELECT record_key, urgent FROM sync_confirmations ORDER BY record_key",
    );
    expect(rows).toEqual([
      { record_key: "1", urgent: true },
      { record_key: "2", urgent: true },
    ]);
  });

  it("reads the whole resource where no record is at fault, once however often it is pressed", async () => {
    await fail(null, NOW, "COUNT_MISMATCH");
    const cause = { ...ORDERS, code: "COUNT_MISMATCH" };
    expect(await planRetry(shopId, DOMAIN, { cause })).toEqual({ how: "sync" });
    const first = await retryCause(shopId, DOMAIN, { cause }, "user:4", NOW);
    const second = await retryCause(shopId, DOMAIN, { cause }, "user:4", NOW);
    expect([first.outcome, second.outcome]).toEqual(["started", "already"]);
  });

  it("works webhooks off again that were set aside", async () => {
    await park();
    expect(await planRetry(shopId, DOMAIN, { cause: PARKED })).toEqual({ how: "replay", count: 1 });
    expect(await retryCause(shopId, DOMAIN, { cause: PARKED }, "user:4", NOW)).toMatchObject({ count: 1 });
    const { rows } = await pool.query("SELECT state FROM sync_deliveries");
    expect(rows).toEqual([{ state: "received" }]);
    expect(await retryCause(shopId, DOMAIN, { cause: PARKED }, "user:4", NOW)).toEqual({
      outcome: "nothing",
    });
  });

  it("offers nothing where only a person can help", async () => {
    const cause = { source: "records", subject: "invoices", code: "CUSTOMER_DATA_REQUEST" } as const;
    await pool.query(
      "INSERT INTO sync_errors (shop_id, resource, code, detail) VALUES ($1, 'invoices', 'CUSTOMER_DATA_REQUEST', '')",
      [shopId],
    );
    expect(await planRetry(shopId, DOMAIN, { cause })).toEqual({ how: "none" });
    expect(await retryCause(shopId, DOMAIN, { cause }, "user:4", NOW)).toEqual({ outcome: "nothing" });
  });
});
