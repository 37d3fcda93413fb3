import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { SystemTopics } from "#app/sync/inbox.ts";

const database = await useDatabase();
const { drain, receive } = await import("#app/sync/inbox.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { inTransaction, pool } = await import("#app/db.server.ts");
const { resourceOf } = await import("#app/resources/index.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/webhooks/${name}.json`, import.meta.url), "utf8"));

let shopId: number;

beforeEach(async () => {
  await pool.query(
    `TRUNCATE shops, sessions, sync_deliveries, sync_confirmations, sync_tombstones, sync_errors, sync_resources, sync_runs,
     orders, order_line_items, order_shipping_lines, products, product_variants, inventory_items, inventory_levels, locations,
     customers, collections, collection_products, metafields`,
  );
  shopId = await addShop(SHOP);
});

async function addShop(domain: string): Promise<number> {
  const { rows } = await pool.query(
    "INSERT INTO shops (domain, installed_at, authorized_at) VALUES ($1, '2026-01-01Z', '2026-01-01Z') RETURNING id",
    [domain],
  );
  return rows[0].id;
}

interface Push {
  topic: string;
  body: unknown;
  shop?: string;
  at?: string;
}

/** Receives one webhook; gives its webhook id. */
async function push({ topic, body, shop = SHOP, at = "2026-11-20T10:00:00.000000Z" }: Push): Promise<string> {
  const webhookId = randomUUID();
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const envelope = {
    shopDomain: shop,
    webhookId,
    eventId: null,
    topic,
    apiVersion: "2026-10",
    triggeredAt: at,
    body: bytes,
  };
  expect(await receive(envelope)).toBe("stored");
  return webhookId;
}

async function deliveryOf(webhookId: string) {
  const { rows } = await pool.query(
    `SELECT id, state, reason, detail, attempts, resource, record_key, settled_at, next_attempt_at, length(body) AS bytes
     FROM sync_deliveries WHERE webhook_id = $1`,
    [webhookId],
  );
  return rows[0];
}

async function waitingConfirmations() {
  const { rows } = await pool.query(
    "SELECT resource, record_key, urgent FROM sync_confirmations ORDER BY 1, 2",
  );
  return rows;
}

async function waitingFor(resource: string) {
  return (await waitingConfirmations()).filter((waiting) => waiting.resource === resource);
}

const product = (id: number, updatedAt: string, title = "Poster", variants: object[] = []) => ({
  id,
  admin_graphql_api_id: `gid://shopify/Product/${id}`,
  title,
  handle: `poster-${id}`,
  status: "active",
  vendor: "Press",
  product_type: "Print",
  tags: "",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: updatedAt,
  variants,
  options: [],
  images: [],
});

const titles = async () =>
  (await pool.query("SELECT title FROM products ORDER BY id")).rows.map(({ title }) => title);

describe("drain", () => {
  it("applies a record, says which delivery wrote it, and queues its confirmation", async () => {
    const id = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    expect(await drain(systemTopics)).toEqual({ taken: 1 });
    const delivery = await deliveryOf(id);
    expect(delivery).toMatchObject({ state: "applied", resource: "products", record_key: "1", attempts: 1 });
    expect(delivery.settled_at).not.toBeNull();
    const { rows } = await pool.query("SELECT title, origin_kind, origin_id FROM products");
    expect(rows).toEqual([{ title: "Poster", origin_kind: "webhook", origin_id: delivery.id }]);
    expect(await waitingConfirmations()).toEqual([
      { resource: "product_metafields", record_key: "1", urgent: false },
      { resource: "products", record_key: "1", urgent: expect.any(Boolean) },
    ]);
    expect(await drain(systemTopics)).toEqual({ taken: 0 });
  });

  it("keeps the newest of several news in one batch, whatever their order of arrival", async () => {
    const newest = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:05Z", "New") });
    const oldest = await push({ topic: "products/create", body: product(1, "2026-11-20T10:00:00Z", "Old") });
    await drain(systemTopics);
    expect(await titles()).toEqual(["New"]);
    expect((await deliveryOf(newest)).state).toBe("applied");
    expect((await deliveryOf(oldest)).state).toBe("superseded");
    const confirmed = (await waitingConfirmations()).map(({ resource }) => resource);
    expect(confirmed).toEqual(["product_metafields", "products"]);
  });

  it("supersedes old news in a later batch, and asks only for what is not in its record", async () => {
    await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:05Z", "New") });
    await drain(systemTopics);
    await pool.query("TRUNCATE sync_confirmations");
    const late = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z", "Old") });
    await drain(systemTopics);
    expect((await deliveryOf(late)).state).toBe("superseded");
    expect(await titles()).toEqual(["New"]);
    // A read of the product alone may have brought the newer state.
    expect(await waitingConfirmations()).toEqual([
      { resource: "product_metafields", record_key: "1", urgent: false },
    ]);
  });

  it("within one second lets the state that was triggered later win", async () => {
    const body = (title: string) => product(1, "2026-11-20T10:00:00Z", title);
    await push({ topic: "products/update", body: body("Later"), at: "2026-11-20T10:00:00.900002Z" });
    await push({ topic: "products/update", body: body("Earlier"), at: "2026-11-20T10:00:00.900001Z" });
    await drain(systemTopics);
    expect(await titles()).toEqual(["Later"]);
  });

  it("confirms urgently what was not the whole story, and keeps the urgency", async () => {
    const body = sample("products_update__250_variants_100_full");
    await push({ topic: "products/update", body });
    await drain(systemTopics);
    const confirmation = { resource: "products", record_key: String(body.id), urgent: true };
    expect(await waitingFor("products")).toEqual([confirmation]);
    // Of all the variants that changed at once, the body's hundred are looked at; the rest is read within a day.
    expect(await waitingFor("variant_metafields")).toHaveLength(100);
    const later = { ...product(body.id, "2099-01-01T00:00:00Z"), variant_gids: [] };
    await push({ topic: "products/update", body: later, at: "2099-01-01T00:00:00.000000Z" });
    await drain(systemTopics);
    expect(await waitingFor("products")).toEqual([confirmation]);
  });

  it("queues the order of a refund for a fetch, once for many", async () => {
    const body = sample("refunds_create__no_lines_adjustment");
    const ids = [
      await push({ topic: "refunds/create", body }),
      await push({ topic: "refunds/create", body }),
    ];
    await drain(systemTopics);
    for (const id of ids) {
      expect(await deliveryOf(id)).toMatchObject({
        state: "applied",
        reason: "QUEUED_FOR_FETCH",
        resource: "orders",
      });
    }
    expect(await waitingConfirmations()).toEqual([
      { resource: "orders", record_key: String(body.order_id), urgent: true },
    ]);
  });

  it("deletes by the body, keeps a tombstone, and does not let late news undo it", async () => {
    await push({ topic: "products/create", body: product(1, "2026-11-20T10:00:00Z") });
    await drain(systemTopics);
    const deletion = await push({
      topic: "products/delete",
      body: { id: 1 },
      at: "2026-11-20T10:00:10.000000Z",
    });
    const late = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:05Z") });
    await drain(systemTopics);
    expect((await deliveryOf(deletion)).state).toBe("applied");
    expect(await titles()).toEqual([]);
    const after = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:06Z") });
    await drain(systemTopics);
    expect((await deliveryOf(late)).state).not.toBe("received");
    expect((await deliveryOf(after)).state).toBe("superseded");
    expect(await titles()).toEqual([]);
    expect((await pool.query("SELECT resource, record_key FROM sync_tombstones")).rows).toEqual([
      { resource: "products", record_key: "1" },
    ]);
  });

  it.each([
    ["no JSON", "products/update", "{", "INVALID_JSON"],
    ["no UTF-8", "products/update", Buffer.from([0x7b, 0xff, 0x7d]).toString("latin1"), "INVALID_JSON"],
    ["a list", "products/update", [], "INVALID_JSON"],
    ["null", "orders/create", "null", "INVALID_JSON"],
    ["a body without an id", "products/update", { title: "Poster" }, null],
    ["another topic's body", "orders/create", { inventory_item_id: 1, location_id: 2, available: 3 }, null],
    ["a topic nobody reads", "moons/eclipsed", { id: 1 }, "UNKNOWN_TOPIC"],
    ["a scope update without scopes", "app/scopes_update", { current: "read_orders" }, "BAD_BODY"],
    ["an unreadable system body", "shop/update", "[]", "INVALID_JSON"],
  ])("parks %s with its reason", async (_what, topic, body, reason) => {
    const id = await push({ topic, body });
    await drain(systemTopics);
    const delivery = await deliveryOf(id);
    expect(delivery).toMatchObject({ state: "parked", reason: reason ?? expect.stringMatching(/^[A-Z_]+$/) });
    expect(delivery.bytes).toBeGreaterThan(0);
  });

  it.each([
    [
      "is cut off",
      "orders/updated",
      '{"id":5,"admin_graphql_api_id":"gid://shopify/Order/5","note":"',
      "orders",
      "5",
    ],
    ["has a wrong time", "orders/create", { id: 6, updated_at: "yesterday" }, "orders", "6"],
    ["lacks what it must have", "orders/edited", { order_edit: { id: 1 }, order_id: 7 }, "orders", "7"],
    ["names a part only", "refunds/create", { id: 8 }, "orders", null],
    ["says nothing", "customers/update", "{", "customers", null],
  ])(
    "says whose a body is that %s, as far as it can be told, and asks Shopify for that record",
    async (...given) => {
      const [, topic, body, resource, key] = given;
      const id = await push({ topic, body });
      await drain(systemTopics);
      expect(await deliveryOf(id)).toMatchObject({ state: "parked", resource, record_key: key });
      expect(await waitingConfirmations()).toEqual(key ? [{ resource, record_key: key, urgent: true }] : []);
    },
  );

  it("parks a record that the mirror cannot hold, and applies the rest of its batch", async () => {
    const bad = await push({
      topic: "products/update",
      body: product(1, "2026-11-20T10:00:00Z", "nul \u0000 byte"),
    });
    const good = await push({ topic: "products/update", body: product(2, "2026-11-20T10:00:00Z", "Good") });
    await drain(systemTopics);
    expect(await deliveryOf(bad)).toMatchObject({
      state: "parked",
      reason: expect.any(String),
      detail: expect.any(String),
    });
    expect((await deliveryOf(good)).state).toBe("applied");
    expect(await titles()).toEqual(["Good"]);
  });

  it("ignores shops it does not know or that have uninstalled, and keeps nothing of their bodies", async () => {
    const unknown = await push({
      topic: "products/update",
      body: product(1, "2026-11-20T10:00:00Z"),
      shop: OTHER,
    });
    await pool.query("UPDATE shops SET uninstalled_at = now()");
    const gone = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    await drain(systemTopics);
    expect(await deliveryOf(unknown)).toMatchObject({ state: "ignored", reason: "NO_SUCH_SHOP", bytes: 0 });
    expect(await deliveryOf(gone)).toMatchObject({ state: "ignored", reason: "UNINSTALLED", bytes: 0 });
    expect(await titles()).toEqual([]);
  });

  it("writes each shop's news to that shop only", async () => {
    const otherId = await addShop(OTHER);
    await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z", "Ours") });
    await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z", "Theirs"), shop: OTHER });
    await drain(systemTopics);
    const { rows } = await pool.query("SELECT shop_id, title FROM products ORDER BY shop_id");
    expect(rows).toEqual([
      { shop_id: shopId, title: "Ours" },
      { shop_id: otherId, title: "Theirs" },
    ]);
  });

  it("shares a batch among shops, so that a flood of one does not delay another", async () => {
    await addShop(OTHER);
    for (let id = 1; id <= 310; id += 1) await push({ topic: "moons/eclipsed", body: { id } });
    const lone = await push({
      topic: "products/update",
      body: product(1, "2026-11-20T10:00:00Z"),
      shop: OTHER,
    });
    expect(await drain(systemTopics)).toEqual({ taken: 151 });
    expect((await deliveryOf(lone)).state).toBe("applied");
    expect(await drain(systemTopics)).toEqual({ taken: 160 });
  });

  it("leaves what another worker holds to that worker, and takes it when the worker dies", async () => {
    await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    const worker = new pg.Client({ connectionString: database.url });
    await worker.connect();
    await worker.query("BEGIN; SELECT FROM sync_deliveries FOR UPDATE");
    expect(await drain(systemTopics)).toEqual({ taken: 0 });
    await worker.end();
    await expect.poll(async () => (await drain(systemTopics)).taken === 1).toBe(true);
    expect(await titles()).toEqual(["Poster"]);
  });

  it("does nothing by halves: a crash before the commit leaves the delivery as it was", async () => {
    const id = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    const crash: SystemTopics = {
      ...systemTopics,
      "shop/update": async (client) => {
        const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
        await pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
        await client.query("SELECT 1");
        return { state: "applied" };
      },
    };
    await push({ topic: "shop/update", body: { name: "Shop", currency: "EUR" } });
    await expect(drain(crash)).rejects.toMatchObject({ name: "Transient" });
    expect(await deliveryOf(id)).toMatchObject({ state: "received", attempts: 0 });
    expect(await titles()).toEqual([]);
    expect(await drain(systemTopics)).toEqual({ taken: 2 });
    expect(await titles()).toEqual(["Poster"]);
  });

  it("tells open pages of each shop once, at the commit", async () => {
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    const heard: string[] = [];
    listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
    await listener.query("LISTEN counterfoil_changes");
    await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    await push({ topic: "moons/eclipsed", body: {} });
    await drain(systemTopics);
    await listener.query("SELECT 1");
    expect(heard).toEqual([String(shopId)]);
    await listener.end();
  });

  it("takes a large backlog in parts that fit into memory", async () => {
    const big = { ...product(1, "2026-11-20T10:00:00Z"), body_html: "x".repeat(9_000_000) };
    for (let i = 0; i < 5; i += 1) await push({ topic: "products/update", body: big });
    expect(await drain(systemTopics)).toEqual({ taken: 3 });
    expect(await drain(systemTopics)).toEqual({ taken: 2 });
  });
});

describe("a failure that is nobody's data", () => {
  const now = new Date("2026-11-23T12:00:00Z");

  it("stands alone in its batch, is tried again later and later, and is parked in the end", async () => {
    const reader = vi.spyOn(resourceOf("locations"), "fromWebhook").mockImplementation(() => {
      throw new TypeError("a bug in a descriptor");
    });
    const bad = await push({ topic: "locations/update", body: { id: 1 } });
    const good = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    await drain(systemTopics, now);
    expect((await deliveryOf(good)).state).toBe("applied");
    let delivery = await deliveryOf(bad);
    expect(delivery).toMatchObject({
      state: "received",
      attempts: 1,
      reason: "FAILED",
      detail: "a bug in a descriptor",
      resource: "locations",
      record_key: "1",
    });

    const waits: number[] = [];
    let at = now;
    while (delivery.state === "received") {
      const wait = delivery.next_attempt_at.getTime() - at.getTime();
      waits.push(wait / 1_000);
      expect(await drain(systemTopics, new Date(at.getTime() + wait - 1))).toEqual({ taken: 0 });
      at = delivery.next_attempt_at;
      expect(await drain(systemTopics, at)).toEqual({ taken: 1 });
      delivery = await deliveryOf(bad);
    }
    expect(delivery).toMatchObject({ state: "parked", reason: "FAILED", attempts: 7 });
    for (const [index, seconds] of [2, 10, 60, 600, 3_600, 21_600].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(seconds);
      expect(waits[index]).toBeLessThanOrEqual(seconds * 1.25);
    }
    reader.mockRestore();
  });

  it("a system topic that fails does not take the records with it", async () => {
    const failing: SystemTopics = {
      "shop/update": async (client) => {
        await client.query("SELECT 1 / 0");
        return { state: "applied" };
      },
    };
    const bad = await push({ topic: "shop/update", body: {} });
    const good = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:00Z") });
    await drain(failing, now);
    expect(await deliveryOf(bad)).toMatchObject({ state: "received", attempts: 1 });
    expect((await deliveryOf(good)).state).toBe("applied");
  });

  it("a lock that another holds too long is waited for later, with the rows left as they were", async () => {
    await push({ topic: "products/create", body: product(1, "2026-11-20T10:00:00Z", "Old") });
    await drain(systemTopics, now);
    const id = await push({ topic: "products/update", body: product(1, "2026-11-20T10:00:05Z", "New") });
    await inTransaction(async (holder) => {
      await holder.query("SELECT FROM products FOR UPDATE");
      await drain(systemTopics, now);
    });
    expect(await deliveryOf(id)).toMatchObject({ state: "received", reason: "DATABASE_BUSY", attempts: 1 });
    expect(await titles()).toEqual(["Old"]);
    await drain(systemTopics, new Date(now.getTime() + 60_000));
    expect(await titles()).toEqual(["New"]);
  });
});
