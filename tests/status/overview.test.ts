// The Overview read from a real database: each figure from its row, and nothing of another shop.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { explain } from "./explain.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { overview, RECENT_ERRORS_MAX, RECENT_RUNS_MAX } = await import("#app/status/overview.ts");
const { lastChangesStatement } = await import("#app/status/last-changes.ts");
const { inTransaction } = await import("#app/db.server.ts");
const { findShop } = await import("#app/status/shop.ts");
const { resources } = await import("#app/resources/index.ts");

const NOW = new Date("2026-11-23T12:00:00.000Z");
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const DOMAIN = "overview.myshopify.com";
let shopId = 0;
let otherId = 0;

beforeAll(async () => {
  shopId = await insert("shops", {
    domain: DOMAIN,
    name: "Overview",
    time_zone: "Europe/Berlin",
    scopes: [],
  });
  otherId = await insert("shops", { domain: "other.myshopify.com", scopes: [] });
  // A worker that lives for as long as the test lasts.
  await pool.query(
    "INSERT INTO sync_workers (id, host, pid, version, started_at, beaten_at) VALUES ($1, 'h', 1, '1', now(), now() + interval '1 hour')",
    ["7f0f6f0e-5f5c-4d59-9d4e-0a4c0f0f0f01"],
  );
});

beforeEach(async () => {
  await pool.query(`TRUNCATE sync_runs, sync_deliveries, sync_errors, sync_confirmations, sync_resources, orders, products, customers,
       inventory_levels`);
});

async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<number> {
  const columns = Object.keys(row);
  const values = columns.map((_, index) => `$${index + 1}`).join(", ");
  const { rows } = await pool.query<Record<string, unknown>>(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${values}) RETURNING *`,
    Object.values(row),
  );
  return Number(rows[0]?.id ?? 0);
}

const state = (resource: string, row: Readonly<Record<string, unknown>> = {}, shop = shopId) =>
  insert("sync_resources", { shop_id: shop, resource, ...row });
const run = (resource: string, row: Readonly<Record<string, unknown>> = {}, shop = shopId) =>
  insert("sync_runs", { shop_id: shop, resource, kind: "backfill", started_by: "install", ...row });
let webhook = 0;
const delivery = (row: Readonly<Record<string, unknown>> = {}) =>
  insert("sync_deliveries", {
    shop_domain: DOMAIN,
    webhook_id: `w-${(webhook += 1)}`,
    topic: "orders/create",
    body: Buffer.from("{}"),
    received_at: ago(1_000),
    ...row,
  });
const verifyAll = async () => {
  for (const { name } of resources)
    await state(name, { mirrored: 10, in_shopify: 10, counted_at: ago(2_000), verified_at: ago(2_000) });
};

/** As the registry has them. */
const order = ([name]: readonly unknown[]) => resources.findIndex((resource) => resource.name === name);

describe("a shop", () => {
  it("is found by its domain while it is installed", async () => {
    expect(await findShop(DOMAIN)).toMatchObject({ id: shopId, name: "Overview", timeZone: "Europe/Berlin" });
    expect(await findShop("nobody.myshopify.com")).toBeNull();
    await pool.query("UPDATE shops SET uninstalled_at = now() WHERE id = $1", [otherId]);
    expect(await findShop("other.myshopify.com")).toBeNull();
  });

  it("that is unknown is an error, not an empty page", async () => {
    await expect(overview(999_999, NOW)).rejects.toThrow("there is no shop 999999");
  });
});

describe("the overview", () => {
  it("of an untouched shop shows every resource as never synced", async () => {
    const seen = await overview(shopId, NOW);
    expect(seen.headline).toMatchObject({ code: "never_synced", all: true });
    expect(seen.resources.map(({ resource }) => resource)).toEqual(resources.map(({ name }) => name));
    expect(seen.webhooks).toMatchObject({
      lastReceivedAt: null,
      received: { count: 0 },
      parked: { count: 0 },
    });
    expect(seen).toMatchObject({
      mirrored: 0,
      errors: [],
      runs: [],
      confirmations: { count: 0, oldestAt: null },
    });
  });

  it("of a verified mirror says how late the last change came", async () => {
    await verifyAll();
    await pool.query(
      "UPDATE sync_resources SET last_change_at = $1, last_applied_at = $2 WHERE resource = 'orders'",
      [ago(1_600), ago(1_000)],
    );
    const seen = await overview(shopId, NOW);
    expect(seen.headline).toEqual({ code: "complete", lagMs: 600 });
    expect(seen.mirrored).toBe(10 * resources.length);
    expect(seen.resources[0]).toMatchObject({
      mirrored: 10,
      inShopify: 10,
      delayMs: 600,
      countedAt: ago(2_000),
    });
  });

  it("of a verified mirror is complete while a person owes something of which all is copied", async () => {
    await verifyAll();
    for (const [resource, code] of [
      ["customers", "CUSTOMER_DATA_REQUEST"],
      ["editions", "EDITION_SIZE"],
    ])
      await insert("sync_errors", { shop_id: shopId, resource, record_key: "5", code, detail: "" });
    expect((await overview(shopId, NOW)).headline.code).toBe("complete");
    await insert("sync_errors", { shop_id: shopId, resource: "orders", code: "WRONG_TYPE", detail: "" });
    expect((await overview(shopId, NOW)).headline.code).toBe("flawed");
  });

  it("tells the last change of each resource, whichever way it came", async () => {
    await verifyAll();
    const changed = (table: string, shop: number, id: number, at: Date) =>
      pool.query(
        `INSERT INTO ${table} (shop_id, id, gid, updated_at, observed_at, applied_at, origin_kind)
         VALUES ($1, $2, '', $3, now(), now(), 'page')`,
        [shop, id, at],
      );
    const told = (resource: string, at: Date) =>
      pool.query(
        "UPDATE sync_resources SET last_change_at = $2, last_applied_at = now() WHERE resource = $1",
        [resource, at],
      );
    await changed("orders", shopId, 1, ago(2_000));
    await told("orders", ago(1_500));
    await changed("products", shopId, 1, ago(9_000));
    await changed("products", shopId, 2, ago(3_000));
    await changed("products", otherId, 3, ago(1));
    await told("products", ago(8_000));
    await changed("customers", shopId, 1, ago(86_400_000));
    await pool.query("UPDATE sync_resources SET moved_at = $1 WHERE resource LIKE 'order%'", [ago(4_000)]);
    const seen = await overview(shopId, NOW);
    const last = Object.fromEntries(seen.resources.map(({ resource, lastChange }) => [resource, lastChange]));
    expect(last).toMatchObject({
      orders: { at: ago(1_500), by: "webhook" },
      products: { at: ago(3_000), by: "read" },
      customers: { at: ago(86_400_000), by: "read" },
      order_metafields: { at: ago(4_000), by: "moved" },
      locations: null,
    });
  });

  it("finds those last changes at the end of an index, in a shop of any size", async () => {
    for (const table of ["orders", "products", "inventory_levels"]) {
      const key = table === "inventory_levels" ? "inventory_item_id, location_id" : "id, gid";
      await pool.query(
        `INSERT INTO ${table} (shop_id, ${key}, updated_at, observed_at, applied_at, origin_kind)
         SELECT $1, n, ${table === "inventory_levels" ? "1" : "''"}, now() - n * interval '1 s', now(), now(), 'bulk'
         FROM generate_series(1, 5000) n`,
        [shopId],
      );
      await pool.query(`ANALYZE ${table}`);
    }
    const text = await inTransaction((client) => lastChangesStatement(client));
    expect(text.split("UNION ALL")).toHaveLength(8);
    const { kinds, touched } = await explain(pool, { text, values: [shopId] });
    expect(kinds).not.toContain("Sort");
    // One row of each table.
    expect(touched).toBe(8);
  });

  it("calls behind what news has only named for too long, and nothing that is only to be confirmed", async () => {
    await verifyAll();
    const waits = (resource: string, key: string, urgent: boolean, ms: number) =>
      insert("sync_confirmations", {
        ...{ shop_id: shopId, resource, record_key: key, urgent, queued_at: ago(ms) },
      });
    await waits("fulfillment_orders", "1", false, 61_000);
    await waits("fulfillment_orders", "2", false, 1_000);
    await waits("orders", "1", false, 90_000);
    await waits("products", "1", true, 70_000);
    await waits("products", "2", false, 80_000);
    const seen = await overview(shopId, NOW);
    const behind = seen.resources.flatMap(({ resource, state }) =>
      state.code === "behind" ? [[resource, state.because]] : [],
    );
    expect(Object.fromEntries(behind)).toEqual({
      fulfillment_orders: { code: "unread", count: 2, oldestAt: ago(61_000) },
      products: { code: "unread", count: 1, oldestAt: ago(70_000) },
    });
    expect(seen.confirmations).toEqual({ count: 5, oldestAt: ago(90_000) });
    expect(seen.headline).toEqual({ code: "confirming", count: 5 });
  });

  it("says when it looks again: soon for what Shopify can search by change, a day after the last time for the rest", async () => {
    await pool.query("TRUNCATE sync_cursors");
    await verifyAll();
    for (const resource of ["orders", "inventory_levels"]) {
      const row = { shop_id: shopId, resource, until: ago(60_000), due_at: ago(-240_000) };
      await insert("sync_cursors", row);
      await run(resource, { state: "verified", created_at: ago(3_600_000), ended_at: ago(3_500_000) });
    }
    const looks = async () => {
      const { resources: views } = await overview(shopId, NOW);
      return views.flatMap(({ resource, nextSyncAt }) => (nextSyncAt ? [[resource, nextSyncAt]] : []));
    };
    const tomorrow = ago(3_600_000 - 24 * 3_600_000);
    expect(await looks()).toEqual(
      [
        ["inventory_levels", tomorrow],
        ["orders", ago(-240_000)],
      ].sort((a, b) => order(a) - order(b)),
    );
    // After a gap it does not wait for that.
    await pool.query("UPDATE sync_cursors SET reason = 'gap' WHERE resource = 'inventory_levels'");
    expect(await looks()).toContainEqual(["inventory_levels", ago(-240_000)]);
  });

  it("shows a running run with its rate from when records began to arrive, and the time left", async () => {
    await run("orders", {
      state: "running",
      total: 1_000,
      done: 400,
      created_at: ago(60_000),
      started_at: ago(60_000),
      stepped_at: ago(1_000),
      progress: { phase: "applying", ingestStartedAt: ago(5_000).toISOString() },
    });
    const [orders] = (await overview(shopId, NOW)).resources;
    expect(orders?.state).toEqual({ code: "syncing", percent: 40, queued: false });
    expect(orders?.run).toMatchObject({
      phase: "applying",
      done: 400,
      total: 1_000,
      perSecond: 100,
      etaMs: 6_000,
    });
  });

  it("prefers the full run of two that are active", async () => {
    await run("orders", { kind: "catch_up", state: "running" });
    const full = await run("orders", { state: "running" });
    await run("orders", { kind: "targeted", state: "running" });
    const [orders] = (await overview(shopId, NOW)).resources;
    expect(orders?.run?.id).toBe(String(full));
  });

  it("says since when runs fail, from the first failure after the last verified run", async () => {
    await run("orders", { state: "failed", ended_at: ago(90_000) });
    await run("orders", { state: "verified", ended_at: ago(80_000) });
    await run("orders", { state: "failed", ended_at: ago(70_000), error_code: "GRAPHQL" });
    await run("orders", { state: "failed", ended_at: ago(60_000), error_code: "RESULT_GONE" });
    await run("orders", { state: "cancelled", ended_at: ago(50_000) });
    const [orders] = (await overview(shopId, NOW)).resources;
    expect(orders?.state).toEqual({
      code: "failing",
      since: ago(70_000),
      errorCode: "RESULT_GONE",
      detail: null,
    });
  });

  it("does not let a run over chosen records speak for the resource", async () => {
    await verifyAll();
    await run("orders", { state: "verified" });
    await run("orders", { state: "failed", kind: "targeted", ended_at: ago(1_000) });
    const [orders] = (await overview(shopId, NOW)).resources;
    expect(orders?.state.code).toBe("up_to_date");
  });

  it("tells webhooks that wait, by the resources that read them, from those set aside", async () => {
    await verifyAll();
    await delivery({ received_at: ago(20_000) });
    await delivery({ received_at: ago(30_000), state: "parked", reason: "BAD_BODY" });
    await delivery({ received_at: ago(7_200_000), state: "applied" });
    await delivery({ received_at: ago(500), state: "applied" });
    const seen = await overview(shopId, NOW);
    expect(seen.webhooks.lastReceivedAt).toEqual(ago(500));
    expect(seen.webhooks.received.count).toBe(3);
    expect(seen.webhooks.waiting).toEqual({ count: 1, isMore: false, oldestAt: ago(20_000) });
    expect(seen.webhooks.parked).toMatchObject({ count: 1 });
    const behind = seen.resources.filter(({ state }) => state.code !== "up_to_date");
    expect(behind.map(({ resource, state }) => [resource, state.code])).toEqual([
      ["orders", "behind"],
      ["order_metafields", "behind"],
    ]);
    const resources = ["orders", "order_metafields"];
    expect(seen.headline).toMatchObject({ code: "waiting", resources, lagMs: 20_000 });
  });

  it("lists the latest open errors and runs, and counts the rest", async () => {
    for (let index = 0; index < RECENT_ERRORS_MAX + 2; index += 1) {
      await insert("sync_errors", {
        shop_id: shopId,
        resource: "orders",
        code: `E${index}`,
        detail: "",
        occurred_at: ago(1_000 - index),
      });
    }
    await insert("sync_errors", {
      shop_id: shopId,
      resource: "orders",
      code: "DONE",
      detail: "",
      resolved_at: NOW,
    });
    for (let index = 0; index < RECENT_RUNS_MAX + 2; index += 1) await run("orders", { state: "verified" });
    const seen = await overview(shopId, NOW);
    expect(seen.errors.map(({ code }) => code)).toEqual(["E6", "E5", "E4", "E3", "E2"]);
    expect(seen.errorCount).toEqual({ count: RECENT_ERRORS_MAX + 2, isMore: false });
    expect(seen.runs).toHaveLength(RECENT_RUNS_MAX);
    expect(BigInt(seen.runs[0]?.id ?? 0)).toBeGreaterThan(BigInt(seen.runs[1]?.id ?? 0));
  });

  it("holds nothing of another shop (I9)", async () => {
    await state("orders", { mirrored: 77, verified_at: NOW }, otherId);
    await run("orders", { state: "running" }, otherId);
    await delivery({ shop_domain: "other.myshopify.com", state: "parked" });
    await insert("sync_errors", { shop_id: otherId, resource: "orders", code: "X", detail: "" });
    await insert("sync_confirmations", { shop_id: otherId, resource: "orders", record_key: "1" });
    const seen = await overview(shopId, NOW);
    expect(seen).toMatchObject({
      mirrored: 0,
      errors: [],
      runs: [],
      errorCount: { count: 0 },
      confirmations: { count: 0 },
    });
    expect(seen.webhooks.parked.count).toBe(0);
    expect(seen.headline).toMatchObject({ code: "never_synced", all: true });
  });
});
