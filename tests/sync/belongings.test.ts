// What belongs to an order without lying in it (fulfillment orders), and news that names a part only.
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { drain, receive } = await import("#app/sync/inbox.ts");
const { apply } = await import("#app/sync/apply.ts");
const { redactPerson } = await import("#app/sync/redact.ts");
const { prune } = await import("#app/sync/retention.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { applyAll, mirroredOf, openShop, remove, rowsOf, second, upsert } = await import("./mirror.ts");
const { waitingForLocks } = await import("#tests/locks.ts");

let shopId = 0;
let domain = "";
beforeEach(async () => {
  await pool.query("TRUNCATE sync_confirmations, sync_deliveries");
  shopId = await openShop();
  await pool.query(
    "UPDATE shops SET installed_at = '2026-01-01Z', authorized_at = '2026-01-01Z' WHERE id = $1",
    [shopId],
  );
  const { rows } = await pool.query<{ domain: string }>("SELECT domain FROM shops WHERE id = $1", [shopId]);
  domain = rows[0]!.domain;
});

const placed = { updated: "01", observed: "01" };
const read = { updated: "01", observed: "01", by: "bulk" } as const;

const order = (id: string) =>
  upsert("orders", id, { id, gid: `gid://shopify/Order/${id}`, customerId: "77" }, placed, {
    OrderReturn: { rows: [{ id: `3${id}`, orderId: id, name: "R1" }], complete: true },
    OrderPaymentTerms: { rows: [{ id: `4${id}`, orderId: id, name: "Net 30" }], complete: true },
  });

const task = (id: string, orderId: string, when: Parameters<typeof upsert>[3] = read) =>
  upsert(
    "fulfillment_orders",
    id,
    { id, gid: `gid://shopify/FulfillmentOrder/${id}`, orderId, destination: { city: "Ottawa" } },
    when,
    { FulfillmentOrderLine: { rows: [{ id: `9${id}`, fulfillmentOrderId: id, sku: "A" }], complete: true } },
  );

async function push(topic: string, body: unknown): Promise<void> {
  const envelope = {
    shopDomain: domain,
    webhookId: randomUUID(),
    eventId: null,
    topic,
    apiVersion: "2026-10",
    triggeredAt: "2026-11-20T10:00:00.000000Z",
    body: Buffer.from(JSON.stringify(body)),
  };
  expect(await receive(envelope)).toBe("stored");
}

async function lookedAt(): Promise<string[]> {
  const { rows } = await pool.query<{ look: string }>(
    "SELECT resource || ' ' || record_key AS look FROM sync_confirmations WHERE shop_id = $1 ORDER BY 1",
    [shopId],
  );
  return rows.map(({ look }) => look);
}

describe("a deleted order takes its fulfillment orders along", () => {
  it("with their lines, and no other order's", async () => {
    await applyAll(shopId, [order("5"), order("6"), task("51", "5"), task("52", "5"), task("61", "6")]);
    expect(await mirroredOf("fulfillment_orders", shopId)).toBe(3);
    await applyAll(shopId, [remove("orders", "5", "03")]);
    expect((await rowsOf("FulfillmentOrder", shopId)).map(({ id }) => id)).toEqual(["61"]);
    expect((await rowsOf("FulfillmentOrderLine", shopId)).map(({ id }) => id)).toEqual(["961"]);
    expect(await mirroredOf("fulfillment_orders", shopId)).toBe(1);
  });

  it("and what was read of one before that comes too late, known or not", async () => {
    await applyAll(shopId, [order("5"), task("51", "5")]);
    await applyAll(shopId, [remove("orders", "5", "03")]);
    const late = { updated: "02", observed: "02", by: "bulk" } as const;
    const outcomes = await applyAll(shopId, [task("51", "5", late), task("53", "5", late)]);
    expect(outcomes.map(({ result }) => result)).toEqual(["superseded", "superseded"]);
    expect(await rowsOf("FulfillmentOrder", shopId)).toEqual([]);
  });

  it("and a customer's redaction reaches where it goes to, and went", async () => {
    await applyAll(shopId, [order("5"), task("51", "5"), task("61", "6"), task("52", "5"), task("62", "6")]);
    await applyAll(shopId, [
      remove("fulfillment_orders", "52", "03"),
      remove("fulfillment_orders", "62", "03"),
    ]);
    await inTransaction((client) => redactPerson(client, shopId, "77", [], second("05")));
    const { rows: gone } = await pool.query(
      "SELECT record_key AS key, snapshot IS NULL AS is_empty FROM sync_tombstones WHERE shop_id = $1 ORDER BY 1",
      [shopId],
    );
    expect(gone).toEqual([
      { key: "52", is_empty: true },
      { key: "62", is_empty: false },
    ]);
    const rows = await rowsOf("FulfillmentOrder", shopId);
    expect(rows.map(({ id, destination }) => [id, destination])).toEqual([
      ["51", null],
      ["61", '{"city": "Ottawa"}'],
    ]);
  });
});

describe("old news of a person whose data was erased", () => {
  const redact = () => inTransaction((client) => redactPerson(client, shopId, "77", ["8"], second("05")));
  const told = (id: string, updated: string, observed: string, more = {}) =>
    upsert(
      "orders",
      id,
      {
        id,
        gid: `gid://shopify/Order/${id}`,
        customerId: "77",
        email: "zoe@example.test",
        name: `#${id}`,
        ...more,
      },
      { updated, observed, by: "bulk" },
      {
        OrderLineItem: {
          rows: [{ id: `7${id}`, orderId: id, sku: "A", customAttributes: ["Zoe"] }],
          complete: true,
        },
      },
    );
  const person = (observed: string) =>
    upsert(
      "customers",
      "77",
      { id: "77", gid: "g", firstName: "Zoe", state: "ENABLED" },
      { updated: "01", observed, by: "page" },
    );
  const emails = async () =>
    (await rowsOf("Order", shopId)).map((row) => [
      row.id,
      row.name,
      row.email ?? null,
      row.customer_id ?? null,
    ]);

  it("comes without the person, whichever record it is of and whether that was here or not", async () => {
    await applyAll(shopId, [told("5", "01", "01")]);
    await redact();
    // Known, new to the mirror, and named by Shopify though it is another customer's by now.
    await applyAll(shopId, [
      told("5", "02", "04"),
      told("6", "02", "04"),
      told("8", "02", "04", { customerId: "3" }),
    ]);
    expect(await emails()).toEqual([
      ["5", "#5", null, null],
      ["6", "#6", null, null],
      ["8", "#8", null, null],
    ]);
    expect(await rowsOf("OrderLineItem", shopId)).toMatchObject(
      ["75", "76", "78"].map((id) => ({ id, sku: "A", custom_attributes: null })),
    );
    await applyAll(shopId, [person("04"), task("58", "8", { updated: "02", observed: "04", by: "bulk" })]);
    expect(await rowsOf("Customer", shopId)).toMatchObject([{ first_name: null, state: "ENABLED" }]);
    expect(await rowsOf("FulfillmentOrder", shopId)).toMatchObject([{ id: "58", destination: null }]);
  });

  it("is told apart from what Shopify said afterwards, from other people, and from another shop's", async () => {
    await redact();
    const other = await openShop();
    await applyAll(shopId, [told("5", "06", "06"), told("7", "02", "04", { customerId: "4" })]);
    await applyAll(other, [told("5", "02", "04")]);
    expect(await emails()).toEqual([
      ["5", "#5", "zoe@example.test", "77"],
      ["7", "#7", "zoe@example.test", "4"],
    ]);
    expect(await rowsOf("Order", other)).toMatchObject([{ email: "zoe@example.test" }]);
  });

  it("that is being written at this moment is waited for", async () => {
    let redacting: Promise<unknown> | undefined;
    await inTransaction(async (client) => {
      await apply(client, shopId, [told("5", "02", "04")], new Date());
      redacting = redact();
      await waitingForLocks();
    });
    await redacting;
    expect(await emails()).toEqual([["5", "#5", null, null]]);
  });

  it("leaves no body behind: those that came late are emptied with the daily cleaning", async () => {
    await redact();
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, state, resource, record_key, body, triggered_at, settled_at)
       SELECT $1, key || at, 'orders/updated', 'applied'::delivery_state, 'orders', key, 'x'::bytea, at::timestamptz, now()
       FROM (VALUES ('8', $2), ('8', $3), ('9', $2)) AS v(key, at)
       UNION ALL
       SELECT $1, topic || at, topic, 'parked'::delivery_state, 'orders', NULL, 'x'::bytea, at::timestamptz, now()
       FROM (VALUES ('orders/updated', $2), ('orders/updated', $3), ('products/update', $2)) AS v(topic, at)`,
      [domain, second("04"), second("06")],
    );
    await prune(new Date(), new AbortController().signal);
    const { rows } = await pool.query(
      "SELECT record_key AS key, octet_length(body) AS bytes FROM sync_deliveries ORDER BY id",
    );
    expect(rows).toEqual([
      { key: "8", bytes: 0 },
      { key: "8", bytes: 1 },
      { key: "9", bytes: 1 },
      // Nobody can say whose they are.
      { key: null, bytes: 0 },
      { key: null, bytes: 1 },
      { key: null, bytes: 1 },
    ]);
  });
});

describe("news that names a part only leads to a look at the record that has it", () => {
  beforeEach(() =>
    applyAll(shopId, [order("5"), order("6"), task("51", "5"), task("52", "5"), task("61", "6")]),
  );

  it.each([
    ["returns/update", { admin_graphql_api_id: "gid://shopify/Return/35" }, ["orders 5"]],
    ["payment_terms/update", { id: 46 }, ["orders 6"]],
    ["payment_terms/delete", { id: 45 }, ["orders 5"]],
    [
      "fulfillments/create",
      { id: 1, order_id: 5 },
      ["fulfillment_orders 51", "fulfillment_orders 52", "orders 5"],
    ],
    [
      "fulfillment_orders/moved",
      { moved_fulfillment_order: { id: "gid://shopify/FulfillmentOrder/99" } },
      ["fulfillment_orders 99"],
    ],
  ])("%s", async (topic, body, looks) => {
    await push(topic, body);
    await drain(systemTopics);
    expect(await lookedAt()).toEqual(looks);
    const { rows } = await pool.query("SELECT resource || ' ' || record_key AS record FROM sync_deliveries");
    expect(rows).toEqual([{ record: looks.at(-1) }]);
  });

  it("and to none where the mirror has no such part, nor at another shop's", async () => {
    const mine = shopId;
    shopId = await openShop();
    await applyAll(shopId, [order("8")]);
    shopId = mine;
    await push("returns/update", { admin_graphql_api_id: "gid://shopify/Return/38" });
    await drain(systemTopics);
    const { rows } = await pool.query("SELECT state, reason FROM sync_deliveries");
    expect(rows).toEqual([{ state: "ignored", reason: "PART_OF_NOTHING" }]);
    expect(await lookedAt()).toEqual([]);
  });
});

describe("news that comes while a read is still bringing what it is about", () => {
  const told = async () => {
    await applyAll(shopId, [order("5"), order("6")]);
    await push("fulfillments/create", { id: 1, order_id: 5 });
    await drain(systemTopics);
    expect(await lookedAt()).toEqual(["orders 5"]);
    await pool.query("UPDATE sync_deliveries SET received_at = $1", [second("04")]);
  };
  const readAt = (observed: string) => ({ updated: "01", observed, by: "page" }) as const;

  it("leads to a look once that has landed", async () => {
    await told();
    await applyAll(shopId, [task("51", "5", readAt("03")), task("61", "6", readAt("03"))]);
    expect(await lookedAt()).toEqual(["fulfillment_orders 51", "orders 5"]);
  });

  it("leads to none where the read was sent later", async () => {
    await told();
    await applyAll(shopId, [task("51", "5", readAt("05"))]);
    expect(await lookedAt()).toEqual(["orders 5"]);
  });
});
