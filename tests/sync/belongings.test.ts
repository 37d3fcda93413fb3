// What belongs to an order without lying in it (fulfillment orders), and news that names a part only.
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { drain, receive } = await import("#app/sync/inbox.ts");
const { redactPerson } = await import("#app/sync/redact.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { applyAll, mirroredOf, openShop, remove, rowsOf, upsert } = await import("./mirror.ts");

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

  it("and a customer's redaction reaches where it goes to", async () => {
    await applyAll(shopId, [order("5"), task("51", "5"), task("61", "6")]);
    await inTransaction((client) => redactPerson(client, shopId, "77", []));
    const rows = await rowsOf("FulfillmentOrder", shopId);
    expect(rows.map(({ id, destination }) => [id, destination])).toEqual([
      ["51", null],
      ["61", '{"city": "Ottawa"}'],
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
  });

  it("and to none where the mirror has no such part, nor at another shop's", async () => {
    const mine = shopId;
    shopId = await openShop();
    await applyAll(shopId, [order("8")]);
    shopId = mine;
    await push("returns/update", { admin_graphql_api_id: "gid://shopify/Return/38" });
    await drain(systemTopics);
    const { rows } = await pool.query("SELECT state FROM sync_deliveries");
    expect(rows).toEqual([{ state: "applied" }]);
    expect(await lookedAt()).toEqual([]);
  });
});
