// A shop's life: install, uninstall, coming back, privacy.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { backfillOrder, COMPLIANCE_TOPICS, resources, SYSTEM_TOPICS } =
  await import("#app/resources/index.ts");
const { describe: tellFacts, install } = await import("#app/shops/install.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { drain, receive } = await import("#app/sync/inbox.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));

beforeEach(async () => {
  const { rows } = await pool.query(
    "SELECT string_agg(format('%I', relname), ', ') AS tables FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'",
  );
  await pool.query(`TRUNCATE ${rows[0].tables}`);
});

/** Posts and drains one webhook; gives how it ended, or undefined when its row is gone. */
async function hear(topic: string, body: unknown, { shop = SHOP, minute = 0 } = {}) {
  const webhookId = randomUUID();
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const triggeredAt = at(minute).toISOString();
  await receive({
    shopDomain: shop,
    webhookId,
    eventId: null,
    topic,
    apiVersion: null,
    triggeredAt,
    body: bytes,
  });
  await drain(systemTopics);
  const { rows } = await pool.query(
    "SELECT state, reason, resource, record_key, length(body) AS bytes FROM sync_deliveries WHERE webhook_id = $1",
    [webhookId],
  );
  return rows[0];
}

const shopRow = async () => (await pool.query("SELECT * FROM shops WHERE domain = $1", [SHOP])).rows[0];
const runs = async () =>
  (await pool.query("SELECT resource, kind, state, started_by, error_code FROM sync_runs ORDER BY id")).rows;

describe("install", () => {
  it("notes the shop and starts one backfill of each resource", async () => {
    const id = await install({ domain: SHOP, scopes: ["read_orders", "read_products"] }, at(0));
    expect(await shopRow()).toMatchObject({
      id,
      scopes: ["read_orders", "read_products"],
      installed_at: at(0),
      uninstalled_at: null,
    });
    expect(await runs()).toEqual(
      backfillOrder().map((resource) => ({
        resource,
        kind: "backfill",
        state: "queued",
        started_by: "install",
        error_code: null,
      })),
    );
  });

  it("starts nothing again with the tokens that follow", async () => {
    await install({ domain: SHOP, scopes: ["read_orders"] }, at(0));
    await pool.query("UPDATE sync_runs SET state = 'verified'");
    await install({ domain: SHOP, scopes: ["read_orders", "read_products"] }, at(60));
    expect(await runs()).toHaveLength(resources.length);
    expect(await shopRow()).toMatchObject({
      installed_at: at(0),
      authorized_at: at(60),
      scopes: ["read_orders", "read_products"],
    });
  });

  it("starts once when two first tokens come at the same time", async () => {
    await Promise.all(Array.from({ length: 5 }, () => install({ domain: SHOP, scopes: [] }, at(0))));
    expect(await runs()).toHaveLength(resources.length);
  });

  it("makes up for a start that a crash prevented", async () => {
    await pool.query("INSERT INTO shops (domain, installed_at) VALUES ($1, $2)", [SHOP, at(0)]);
    await install({ domain: SHOP, scopes: [] }, at(60));
    expect(await runs()).toHaveLength(resources.length);
  });

  it("begins anew when a shop comes back", async () => {
    const id = await install({ domain: SHOP, scopes: [] }, at(0));
    await pool.query("INSERT INTO sync_watches (shop_id, resource, watched_to) VALUES ($1, 'orders', $2)", [
      id,
      at(0),
    ]);
    const watches = async () => (await pool.query("SELECT resource FROM sync_watches")).rowCount;
    await install({ domain: SHOP, scopes: [] }, at(1));
    expect(await watches()).toBe(1);
    await hear("app/uninstalled", {}, { minute: 1 });
    expect(await install({ domain: SHOP, scopes: [] }, at(2))).toBe(id);
    // What changed in between was announced to nobody, which is no silence.
    expect(await watches()).toBe(0);
    expect(await shopRow()).toMatchObject({ installed_at: at(2), uninstalled_at: null });
    const states = (await runs()).map(({ state }) => state);
    expect(states).toEqual([...resources.map(() => "cancelled"), ...resources.map(() => "queued")]);
  });
});

describe("app/uninstalled", () => {
  beforeEach(() => install({ domain: SHOP, scopes: [] }, at(10)));

  it("ends tokens and work, and leaves the mirror", async () => {
    await pool.query(
      "INSERT INTO sessions (id, shop, state, access_token) VALUES ('a', $1, '', 't'), ('b', $2, '', 't')",
      [SHOP, OTHER],
    );
    await pool.query(
      "INSERT INTO sync_resources (shop_id, resource, mirrored) SELECT id, 'orders', 5 FROM shops",
    );
    expect(await hear("app/uninstalled", { id: 1 }, { minute: 11 })).toMatchObject({ state: "applied" });
    expect((await shopRow()).uninstalled_at).toEqual(at(11));
    expect((await pool.query("SELECT id FROM sessions")).rows).toEqual([{ id: "b" }]);
    expect(new Set((await runs()).map(({ state, error_code }) => `${state} ${error_code}`))).toEqual(
      new Set(["cancelled UNINSTALLED"]),
    );
    expect((await pool.query("SELECT mirrored FROM sync_resources")).rows).toEqual([{ mirrored: "5" }]);
  });

  it("that comes after the reinstall is about the installation before", async () => {
    expect(await hear("app/uninstalled", {}, { minute: 9 })).toMatchObject({
      state: "ignored",
      reason: "REINSTALLED",
    });
    expect((await shopRow()).uninstalled_at).toBeNull();
    expect((await runs()).every(({ state }) => state === "queued")).toBe(true);
  });

  it("that was overtaken by a token of a shop that had come back in between is ignored, too", async () => {
    await install({ domain: SHOP, scopes: [] }, at(20));
    expect(await hear("app/uninstalled", {}, { minute: 15 })).toMatchObject({
      state: "ignored",
      reason: "REINSTALLED",
    });
  });

  it("twice ends it once", async () => {
    await hear("app/uninstalled", {}, { minute: 11 });
    expect(await hear("app/uninstalled", {}, { minute: 12 })).toMatchObject({
      state: "ignored",
      reason: "UNINSTALLED",
    });
    expect((await shopRow()).uninstalled_at).toEqual(at(11));
  });
});

describe("news of the shop itself", () => {
  it("every system topic has its act", () => {
    expect(Object.keys(systemTopics).sort()).toEqual([...SYSTEM_TOPICS, ...COMPLIANCE_TOPICS].sort());
  });

  it("updates scopes and facts; a zone that is not told stays", async () => {
    await install({ domain: SHOP, scopes: [] }, at(0));
    expect(await hear("app/scopes_update", { current: ["read_orders"] })).toMatchObject({ state: "applied" });
    await hear("shop/update", { name: "Shop", currency: "CHF", iana_timezone: "Europe/Zurich" });
    await hear("shop/update", { name: "Shop 2", currency: "CHF", iana_timezone: null });
    expect(await shopRow()).toMatchObject({
      scopes: ["read_orders"],
      name: "Shop 2",
      currency_code: "CHF",
      time_zone: "Europe/Zurich",
    });
  });

  it("takes no scopes and facts that are older than what is known, from a webhook or with a token", async () => {
    await install({ domain: SHOP, scopes: ["read_orders"] }, at(0));
    const scopes = (minute: number, current: string[]) => hear("app/scopes_update", { current }, { minute });
    const facts = (minute: number, name: string) =>
      hear("shop/update", { name, currency: "CHF" }, { minute });
    expect(await scopes(5, ["read_orders", "read_products"])).toMatchObject({ state: "applied" });
    expect(await scopes(4, [])).toMatchObject({ state: "superseded" });
    expect((await shopRow()).scopes).toEqual(["read_orders", "read_products"]);
    await install({ domain: SHOP, scopes: ["read_orders"] }, at(9));
    expect(await scopes(8, [])).toMatchObject({ state: "superseded" });
    expect((await shopRow()).scopes).toEqual(["read_orders"]);
    expect(await scopes(10, ["read_customers"])).toMatchObject({ state: "applied" });

    expect(await facts(5, "New")).toMatchObject({ state: "applied" });
    expect(await facts(4, "Old")).toMatchObject({ state: "superseded" });
    const { id } = await shopRow();
    await tellFacts(id, { name: "Older", currencyCode: "EUR", timeZone: "UTC" }, at(3));
    expect(await shopRow()).toMatchObject({ name: "New", currency_code: "CHF", scopes: ["read_customers"] });
    await tellFacts(id, { name: "Newer", currencyCode: "EUR", timeZone: "UTC" }, at(6));
    expect(await shopRow()).toMatchObject({ name: "Newer", currency_code: "EUR" });
  });

  it("rings the run that waits for a bulk operation, and ignores other apps' operations", async () => {
    await install({ domain: SHOP, scopes: [] }, at(0));
    const operation = "gid://shopify/BulkOperation/1";
    await pool.query(
      `UPDATE sync_runs SET state = 'running', progress = jsonb_build_object('bulk', jsonb_build_object('id', $1::text)) WHERE resource = 'orders'`,
      [operation],
    );
    expect(await hear("bulk_operations/finish", { admin_graphql_api_id: operation })).toMatchObject({
      state: "applied",
    });
    expect(await hear("bulk_operations/finish", { admin_graphql_api_id: `${operation}2` })).toMatchObject({
      state: "ignored",
      reason: "FOREIGN_OPERATION",
    });
  });

  it.each([
    "app/scopes_update",
    "shop/update",
    "bulk_operations/finish",
    "app/uninstalled",
    "customers/redact",
    "customers/data_request",
  ])("%s of a shop that is not there is ignored, and its body forgotten", async (topic) => {
    expect(await hear(topic, { id: 1 })).toMatchObject({
      state: "ignored",
      reason: "NO_SUCH_SHOP",
      bytes: 0,
    });
  });
});

describe("privacy", () => {
  const order = JSON.parse(
    readFileSync(new URL("../fixtures/webhooks/orders_create__b2b_net30.json", import.meta.url), "utf8"),
  ) as Record<string, unknown> & { id: number; customer: { id: number } };
  const secrets = ["jon@example.com", "Chestnut Street", "555-625-1199", "Steve Shipper", "Bob Biller"];

  const traces = async () => {
    const { rows } = await pool.query(
      "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const text = name === "sync_deliveries" ? "convert_from(body, 'UTF8')" : "to_jsonb(t)::text";
      const held = await pool.query(`SELECT ${text} AS text FROM "${name}" t`);
      for (const row of held.rows)
        found.push(
          ...secrets.filter((secret) => row.text.includes(secret)).map((secret) => `${name}: ${secret}`),
        );
    }
    return found;
  };

  /** One of the customer, one of the order, and one of a product that has the customer's number. */
  async function mirrorMetafields(customerId: string, orderId: string, value: string): Promise<void> {
    await pool.query(
      `INSERT INTO metafields (shop_id, id, gid, owner_type, owner_id, value, observed_at, origin_kind, applied_at)
       SELECT shops.id, m.id, '', m.owner_type, m.owner_id, m.value, $1, 'fetch', $1
       FROM shops, (VALUES (1, 'CUSTOMER', $2::int8, $4), (2, 'ORDER', $3::int8, $4), (3, 'PRODUCT', $2::int8, 'kept'))
         AS m(id, owner_type, owner_id, value) WHERE domain = $5`,
      [at(0), customerId, orderId, value, SHOP],
    );
  }

  it("customers/redact leaves no trace of the person, and keeps the order's books", async () => {
    await install({ domain: SHOP, scopes: [] }, at(0));
    const body = {
      ...order,
      email: secrets[0],
      shipping_address: { name: secrets[3], address1: secrets[1], phone: secrets[2] },
    };
    await hear("orders/create", body);
    const other = {
      ...body,
      id: 1,
      admin_graphql_api_id: "gid://shopify/Order/1",
      customer: null,
      name: "#other",
    };
    await hear("orders/create", other);
    await hear("orders/delete", { id: 1 }, { minute: 1 });
    const { id } = order.customer;
    await hear("customers/create", { id, first_name: secrets[3], email: secrets[0], phone: secrets[2] });
    await pool.query(
      "UPDATE customers SET sms_marketing_state = 'PENDING', whatsapp_marketing_updated_at = $1",
      [at(0)],
    );
    await mirrorMetafields(String(id), String(order.id), secrets[1]!);
    expect((await traces()).length).toBeGreaterThan(3);
    const before = (await pool.query("SELECT * FROM orders")).rows;

    const request = {
      customer: { id: order.customer.id, email: secrets[0], phone: secrets[2] },
      orders_to_redact: [order.id, 1],
    };
    expect(await hear("customers/redact", request, { minute: 2 })).toMatchObject({
      state: "applied",
      bytes: 0,
    });
    expect(await traces()).toEqual([]);
    // Not even what the person agreed to.
    expect((await pool.query("SELECT * FROM customers")).rows).toMatchObject([
      { sms_marketing_state: null, whatsapp_marketing_updated_at: null },
    ]);
    const { rows: metafields } = await pool.query("SELECT id::int, value FROM metafields ORDER BY id");
    expect(metafields).toEqual([
      { id: 1, value: null },
      { id: 2, value: null },
      { id: 3, value: "kept" },
    ]);
    const [after] = (await pool.query("SELECT * FROM orders")).rows;
    expect(after).toMatchObject({ id: before[0].id, name: before[0].name, email: null, customer_id: null });
    const { rows: money } = await pool.query(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'orders' AND data_type = 'numeric'",
    );
    expect(money.length).toBeGreaterThan(3);
    for (const { name } of money) expect(after[name]).toBe(before[0][name]);
  });

  it("customers/redact reaches bodies that were set aside, and leaves those that surely tell of others", async () => {
    await install({ domain: SHOP, scopes: [] }, at(0));
    await install({ domain: OTHER, scopes: [] }, at(0));
    const { id } = order.customer;
    const broken = `{"email": "${secrets[0]}", "phone": "`;
    const ofTheirs = { id: 9, updated_at: "never", customer: { id }, email: secrets[0] };
    expect(await hear("orders/updated", broken)).toMatchObject({ state: "parked", record_key: null });
    expect(await hear("orders/updated", ofTheirs)).toMatchObject({ state: "parked", record_key: "9" });
    await hear("products/update", "{");
    await hear("orders/updated", { id: 10, updated_at: "never", customer: { id: 5 } });
    await hear("orders/updated", "{", { shop: OTHER });
    await hear("customers/redact", { customer: { id }, orders_to_redact: [] }, { minute: 2 });
    expect(await traces()).toEqual([]);
    const { rows } = await pool.query(
      "SELECT shop_domain = $1 AS here, topic, record_key AS key FROM sync_deliveries WHERE body <> '' ORDER BY id",
      [SHOP],
    );
    expect(rows).toEqual([
      { here: true, topic: "products/update", key: null },
      { here: true, topic: "orders/updated", key: "10" },
      { here: false, topic: "orders/updated", key: null },
    ]);
  });

  it("customers/redact touches no other customer and no other shop", async () => {
    await install({ domain: SHOP, scopes: [] }, at(0));
    await install({ domain: OTHER, scopes: [] }, at(0));
    await hear("orders/create", { ...order, email: secrets[0] }, { shop: OTHER });
    await hear("orders/create", { ...order, email: secrets[0], customer: { ...order.customer, id: 5 } });
    await hear(
      "customers/redact",
      { customer: { id: order.customer.id }, orders_to_redact: [] },
      { minute: 2 },
    );
    const { rows } = await pool.query("SELECT email FROM orders");
    expect(rows).toEqual([{ email: secrets[0] }, { email: secrets[0] }]);
  });

  it("customers/data_request waits for a person among the errors, without the person's data", async () => {
    await install({ domain: SHOP, scopes: [] }, at(0));
    const request = {
      customer: { id: 191167, email: secrets[0] },
      orders_requested: [299938],
      data_request: { id: 9999 },
    };
    expect(await hear("customers/data_request", request)).toMatchObject({
      state: "applied",
      record_key: "191167",
      bytes: 0,
    });
    const { rows } = await pool.query(
      "SELECT resource, record_key, code, detail, resolved_at FROM sync_errors",
    );
    expect(rows).toEqual([
      {
        resource: "customers",
        record_key: "191167",
        code: "CUSTOMER_DATA_REQUEST",
        detail: "data request 9999; orders: 299938",
        resolved_at: null,
      },
    ]);
    expect(await traces()).toEqual([]);
  });

  it("shop/redact leaves nothing of the shop in any table, and all of another", async () => {
    for (const shop of [SHOP, OTHER]) {
      await install({ domain: shop, scopes: [] }, at(0));
      await hear("orders/create", order, { shop });
      await hear("orders/delete", { id: order.id }, { shop, minute: 1 });
      await hear(
        "orders/create",
        { ...order, id: 7, admin_graphql_api_id: "gid://shopify/Order/7" },
        { shop },
      );
      await hear("customers/data_request", { customer: { id: 1 }, data_request: { id: 1 } }, { shop });
      await pool.query("INSERT INTO sessions (id, shop, state, access_token) VALUES ($1, $1, '', 't')", [
        shop,
      ]);
      await pool.query(
        "INSERT INTO sync_counters (name, shop_domain, minute, count) VALUES ('x', $1, now(), 1)",
        [shop],
      );
    }
    const rowsOf = async (domain: string, id: number) => {
      const { rows } = await pool.query(
        `SELECT c.relname AS name, a.attname AS col FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname IN ('shop_id', 'shop_domain', 'shop', 'domain')`,
      );
      let count = 0;
      for (const { name, col } of rows) {
        const value = col === "shop_id" ? id : domain;
        count += (await pool.query(`SELECT FROM "${name}" WHERE "${col}" = $1`, [value])).rowCount ?? 0;
      }
      return count;
    };
    const { rows } = await pool.query("SELECT id FROM shops ORDER BY domain = $1 DESC", [SHOP]);
    const [ours, theirs] = rows.map(({ id }) => id);
    const before = await rowsOf(OTHER, theirs);
    await hear("app/uninstalled", {}, { minute: 3 });
    expect(await hear("shop/redact", { shop_id: 1, shop_domain: SHOP }, { minute: 50 })).toBeUndefined();
    expect(await rowsOf(SHOP, ours)).toBe(0);
    expect(await rowsOf(OTHER, theirs)).toBe(before);
  });

  it("shop/redact that is older than the present installation erases nothing", async () => {
    await install({ domain: SHOP, scopes: [] }, at(10));
    expect(await hear("shop/redact", { shop_id: 1 }, { minute: 5 })).toMatchObject({
      state: "ignored",
      reason: "REINSTALLED",
    });
    expect(await shopRow()).toBeDefined();
  });
});
