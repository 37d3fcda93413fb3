// What a delivery changed, told from the bodies as they are stored: against the webhook before it, and no more than they show.
import { randomUUID } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { drain, receive } = await import("#app/sync/inbox.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { pool } = await import("#app/db.server.ts");
const { readDeliveryDetail } = await import("#app/status/delivery-detail.ts");
const { fixtureOf } = await import("#tests/sync/mirror.ts");

const SHOP = "test-shop.myshopify.com";
let shop: { id: number; domain: string };

beforeEach(async () => {
  await pool.query(
    "TRUNCATE shops, sync_deliveries, sync_confirmations, sync_tombstones, sync_resources, sync_topics, sync_topic_hours, orders, order_line_items",
  );
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shop = { id: rows[0].id, domain: SHOP };
});

const order = fixtureOf("orders").body as Record<string, unknown> & { line_items: object[] };
/** Minutes after the fixture. */
const body = (minute: number, given: object = {}) => ({
  ...order,
  updated_at: `2027-01-01T10:${String(minute).padStart(2, "0")}:00Z`,
  ...given,
});

async function hear(topic: string, said: object, minute: number): Promise<string> {
  const webhookId = randomUUID();
  const triggeredAt = `2027-01-01T10:${String(minute).padStart(2, "0")}:00.000000Z`;
  const bytes = Buffer.from(JSON.stringify(said));
  await receive({
    shopDomain: SHOP,
    webhookId,
    eventId: null,
    topic,
    apiVersion: null,
    triggeredAt,
    body: bytes,
  });
  await drain(systemTopics);
  const { rows } = await pool.query("SELECT id FROM sync_deliveries WHERE webhook_id = $1", [webhookId]);
  return rows[0].id;
}

const changesOf = async (id: string) => (await readDeliveryDetail(shop, id))!.changes;

it("the first news of a record claims nothing", async () => {
  const id = await hear("orders/create", body(0), 0);
  expect(await changesOf(id)).toEqual({ kind: "first" });
});

it("later news says which fields differ, personal ones covered, and how many lines came, went and changed", async () => {
  const first = await hear("orders/create", body(0, { note: "old", email: "a@example.com" }), 0);
  const [line, ...others] = order.line_items;
  const lines = [{ ...line, name: "Renamed" }, ...others.slice(1), { ...line, id: 99 }];
  const id = await hear(
    "orders/updated",
    body(1, { note: "new", email: "b@example.com", line_items: lines }),
    1,
  );
  const changes = await changesOf(id);
  if (changes.kind !== "compared") throw new Error(`it is ${changes.kind}`);
  expect(changes.with).toBe(first);
  expect(changes.fields).toContainEqual({ field: "note", before: "•••", after: "•••", isCovered: true });
  expect(changes.fields).toContainEqual({ field: "email", before: "•••", after: "•••", isCovered: true });
  expect(JSON.stringify(changes)).not.toMatch(/example\.com/);
  expect(changes.fields.map(({ field }) => field).sort()).toEqual(["email", "note", "updatedAt"]);
  const part = changes.parts.find(({ model }) => model === "OrderLineItem");
  expect(part).toEqual({
    model: "OrderLineItem",
    added: 1,
    changed: 1,
    removed: others.length > 0 ? 1 : 0,
  });
});

it("is held against what was triggered before it, whatever came in between, and late news changed nothing", async () => {
  const first = await hear("orders/create", body(0, { tags: "" }), 0);
  const last = await hear("orders/updated", body(5, { tags: "b, a" }), 5);
  const late = await hear("orders/updated", body(3, { tags: "a" }), 3);
  expect(await changesOf(late)).toEqual({ kind: "nothing" });
  expect(await changesOf(last)).toMatchObject({ kind: "compared", with: late });
  await pool.query("UPDATE sync_deliveries SET body = '' WHERE id = $1", [late]);
  const changes = await changesOf(last);
  expect(changes).toMatchObject({ kind: "compared", with: first });
  if (changes.kind !== "compared") return;
  const tags = changes.fields.find(({ field }) => field === "tags");
  expect(tags).toEqual({ field: "tags", before: null, after: "a, b", isCovered: false });
});

it("tells of a deletion, of news without the record, and of a body that is kept no more", async () => {
  const id = await hear("orders/create", body(0), 0);
  const refund = await hear("refunds/create", { id: 5, order_id: order.id, admin_graphql_api_id: "x" }, 1);
  expect((await changesOf(refund)).kind).toBe("looked");
  expect((await changesOf(await hear("orders/delete", { id: order.id }, 2))).kind).toBe("deleted");
  expect((await changesOf(await hear("shop/update", { name: "A", currency: "CHF" }, 3))).kind).toBe("shop");
  await pool.query("UPDATE sync_deliveries SET body = '' WHERE id = $1", [id]);
  expect((await changesOf(id)).kind).toBe("unknown");
});

it("of another shop's deliveries nothing is held against it (I9)", async () => {
  await hear("orders/create", body(0), 0);
  await pool.query("UPDATE sync_deliveries SET shop_domain = 'other.myshopify.com'");
  const id = await hear("orders/updated", body(1), 1);
  expect(await changesOf(id)).toEqual({ kind: "first" });
});
