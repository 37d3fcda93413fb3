// customers/data_request: a person obtains all that is stored of the customer, of this shop only, and that is recorded.
import { randomUUID } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { sessionToken } from "#tests/doors/session-token.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { drain, receive } = await import("#app/sync/inbox.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { pool } = await import("#app/db.server.ts");
const { readActs } = await import("#app/status/acts.ts");
const { exportPerson } = await import("#app/status/person-export.ts");
const door = await import("#app/routes/api.shopify.customer-data.$id.ts");
const { applyAll, fixtureOf, remove, upsert } = await import("#tests/sync/mirror.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const NOW = new Date("2026-11-20T12:00:00Z");
const CUSTOMER = "191167";
let shop: { id: number; domain: string };

beforeEach(async () => {
  await pool.query(
    `TRUNCATE shops, sync_deliveries, sync_confirmations, sync_tombstones, sync_errors, sync_acts, sync_resources, sync_topics,
     sync_topic_hours, orders, order_line_items, order_shipping_lines, customers, metafields, fulfillment_orders, fulfillment_order_lines`,
  );
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1), ($2) RETURNING id, domain", [
    SHOP,
    OTHER,
  ]);
  shop = rows[0];
});

async function hear(topic: string, body: object, domain = SHOP, minute = 0): Promise<void> {
  const triggeredAt = new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();
  const bytes = Buffer.from(JSON.stringify(body));
  const envelope = { shopDomain: domain, webhookId: randomUUID(), eventId: null, topic, apiVersion: null };
  await receive({ ...envelope, triggeredAt, body: bytes });
  await drain(systemTopics);
}

const order = fixtureOf("orders").body as Record<string, unknown>;
const lines = order.line_items as object[];
const orderOf = (id: number, customer: object | null, email: string) => ({
  ...order,
  ...{ id, admin_graphql_api_id: `gid://shopify/Order/${id}`, customer, email, name: `#${id}` },
  line_items: lines.map((line, n) => {
    return { ...line, id: id * 100 + n, admin_graphql_api_id: `gid://shopify/LineItem/${id * 100 + n}` };
  }),
});
const request = (orders: number[]) => ({
  customer: { id: Number(CUSTOMER) },
  orders_requested: orders,
  data_request: { id: 9999 },
});

interface Document {
  readonly customer: string;
  readonly rows: readonly { readonly table: string; readonly row: Record<string, unknown> }[];
}

const read = async (of: typeof shop, id: string): Promise<Document> =>
  (await new Response(exportPerson(of, id, NOW)).json()) as Document;
const idsIn = ({ rows }: Document, table: string) =>
  rows.filter((each) => each.table === table).map(({ row }) => Number(row.id));

async function fill(): Promise<void> {
  await hear("customers/create", { id: Number(CUSTOMER), first_name: "Ada", email: "ada@example.com" });
  await hear("orders/create", orderOf(1, { id: Number(CUSTOMER) }, "ada@example.com"));
  await hear("orders/create", orderOf(2, null, "guest@example.com"));
  await hear("orders/create", orderOf(3, { id: 5 }, "somebody@example.com"));
  await hear("orders/create", orderOf(4, { id: Number(CUSTOMER) }, "gone@example.com"));
  await hear("orders/delete", { id: 4 }, SHOP, 1);
  await hear("orders/create", orderOf(1, { id: Number(CUSTOMER) }, "theirs@example.com"), OTHER);
  await pool.query(
    `INSERT INTO metafields (shop_id, id, gid, owner_type, owner_id, value, observed_at, origin_kind, applied_at)
     VALUES ($1, 1, '', 'CUSTOMER', $2, 'mine', $3, 'fetch', $3), ($1, 2, '', 'PRODUCT', $2, 'not mine', $3, 'fetch', $3)`,
    [shop.id, CUSTOMER, NOW],
  );
}

it("holds the customer, the orders of theirs and those that the request named, with what belongs to them", async () => {
  await fill();
  await hear("customers/data_request", request([2, 4]), SHOP, 2);
  const file = await read(shop, CUSTOMER);
  expect(idsIn(file, "customers")).toEqual([Number(CUSTOMER)]);
  expect(idsIn(file, "orders")).toEqual([1, 2]);
  expect(idsIn(file, "metafields")).toEqual([1]);
  expect(idsIn(file, "order_line_items")).toHaveLength(lines.length * 2);
  // What remains of the deleted one, which the request named.
  const left = file.rows.filter(({ table }) => table === "sync_tombstones");
  expect(left.map(({ row }) => row.record_key)).toEqual(["4"]);
  const text = JSON.stringify(file);
  for (const known of ["ada@example.com", "guest@example.com", "gone@example.com"])
    expect(text).toContain(known);
  for (const foreign of ["somebody@example.com", "theirs@example.com", "not mine"])
    expect(text).not.toContain(foreign);
});

it("holds where the goods of the orders go to, and went, with their lines", async () => {
  await fill();
  const parcel = (id: string, orderId: string, city: string) =>
    upsert(
      "fulfillment_orders",
      id,
      { id, gid: `gid://shopify/FulfillmentOrder/${id}`, orderId, destination: { city } },
      { updated: "01", observed: "01", by: "bulk" },
      {
        FulfillmentOrderLine: {
          rows: [{ id: `9${id}`, fulfillmentOrderId: id, sku: "A" }],
          complete: true,
        },
      },
    );
  await applyAll(shop.id, [
    parcel("51", "1", "Ottawa"),
    parcel("52", "1", "Quebec"),
    parcel("53", "3", "Berlin"),
  ]);
  await applyAll(shop.id, [remove("fulfillment_orders", "52", "03")]);
  const file = await read(shop, CUSTOMER);
  expect(idsIn(file, "fulfillment_orders")).toEqual([51]);
  expect(idsIn(file, "fulfillment_order_lines")).toEqual([951]);
  const text = JSON.stringify(file);
  for (const city of ["Ottawa", "Quebec"]) expect(text).toContain(city);
  expect(text).not.toContain("Berlin");
});

it("is obtained through the door, by a person of the shop, and that is recorded", async () => {
  await fill();
  const get = (id: string, domain: string) =>
    door.loader({
      request: new Request(`https://counterfoil.test/api/shopify/customer-data/${id}`, {
        headers: { authorization: `Bearer ${sessionToken({ shop: domain })}` },
      }),
      params: { id },
    });
  const response = await get(CUSTOMER, SHOP);
  expect(response.headers.get("content-disposition")).toContain(`customer-${CUSTOMER}.json`);
  expect(JSON.stringify(await response.json())).toContain("ada@example.com");
  expect(await readActs(shop.id, 5)).toMatchObject([
    { act: "data_exported", actor: expect.stringMatching(/^api:/), detail: { customer: CUSTOMER } },
  ]);
  expect((await get("x'", SHOP)).status).toBe(400);
  expect(JSON.stringify(await (await get(CUSTOMER, OTHER)).json())).not.toContain("ada@example.com");
});

it("of somebody unknown is an empty list, and after a redaction nothing personal, which is recorded, too", async () => {
  expect((await read(shop, "404")).rows).toEqual([]);
  await fill();
  await hear("customers/redact", { customer: { id: Number(CUSTOMER) }, orders_to_redact: [1, 4] }, SHOP, 3);
  const text = JSON.stringify(await read(shop, CUSTOMER));
  for (const secret of ["Ada", "ada@example.com", "gone@example.com", "mine"])
    expect(text).not.toContain(secret);
  const [act] = await readActs(shop.id, 5);
  expect(act).toMatchObject({ act: "customer_redacted", actor: "shopify", detail: { customer: CUSTOMER } });
});
