// The known traps of Shopify's webhooks, each by its name: bodies that leave out half, news that comes doubled, early,
// late, or in storms, and news that the record itself shows no sign of.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { drain, receive } = await import("#app/sync/inbox.ts");
const { apply } = await import("#app/sync/apply.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { resourceOf } = await import("#app/resources/index.ts");
const { inTransaction, pool } = await import("#app/db.server.ts");
const { fixtureOf } = await import("#tests/sync/mirror.ts");

const SHOP = "test-shop.myshopify.com";
const NOW = new Date("2026-11-20T12:00:00Z");
let shopId: number;

beforeEach(async () => {
  await pool.query(
    `TRUNCATE shops, sync_deliveries, sync_confirmations, sync_tombstones, sync_resources, sync_topics, sync_topic_hours,
     orders, order_line_items, products, product_variants, inventory_levels`,
  );
  const { rows } = await pool.query(
    "INSERT INTO shops (domain, installed_at, authorized_at) VALUES ($1, '2026-01-01Z', '2026-01-01Z') RETURNING id",
    [SHOP],
  );
  shopId = rows[0].id;
});

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/webhooks/${name}.json`, import.meta.url), "utf8"));

async function hear(
  topic: string,
  body: unknown,
  at = "2026-11-20T10:00:00Z",
  webhookId: string = randomUUID(),
) {
  const bytes = Buffer.from(JSON.stringify(body));
  const envelope = { shopDomain: SHOP, webhookId, eventId: "e-1", topic, apiVersion: "2026-10" };
  await receive({ ...envelope, triggeredAt: at, body: bytes });
  return webhookId;
}

async function settled(webhookId: string) {
  while ((await drain(systemTopics)).taken > 0);
  const { rows } = await pool.query("SELECT * FROM sync_deliveries WHERE webhook_id = $1", [webhookId]);
  return rows[0];
}

const looks = async (resource: string) =>
  (
    await pool.query(
      "SELECT record_key, urgent FROM sync_confirmations WHERE resource = $1 ORDER BY record_key",
      [resource],
    )
  ).rows;

const product = (updatedAt: string, title: string) => ({
  id: 1,
  admin_graphql_api_id: "gid://shopify/Product/1",
  title,
  handle: "poster",
  status: "active",
  vendor: "Press",
  product_type: "Print",
  tags: "",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: updatedAt,
  variants: [],
  options: [],
  images: [],
});

it("truncated variants: the hundred that the body holds are taken, none of the others is lost, and all are read", async () => {
  const body = sample("products_update__250_variants_100_full");
  const all = (body.variant_gids as { admin_graphql_api_id: string }[]).map((each) =>
    each.admin_graphql_api_id.split("/").at(-1)!,
  );
  expect([body.variants.length, all.length]).toEqual([100, 250]);
  const last = all.at(-1)!;
  await pool.query(
    `INSERT INTO product_variants SELECT (jsonb_populate_record(NULL::product_variants, $1)).*`,
    [
      {
        ...(await variantRow()),
        shop_id: shopId,
        id: last,
        product_id: String(body.id),
        gid: `gid://shopify/ProductVariant/${last}`,
      },
    ],
  );
  await settled(await hear("products/update", body));
  const { rows } = await pool.query("SELECT id FROM product_variants WHERE product_id = $1", [body.id]);
  expect(rows.map(({ id }) => id)).toContain(last);
  expect(rows).toHaveLength(101);
  expect(await looks("products")).toEqual([{ record_key: String(body.id), urgent: true }]);
});

/** A variant's row as a whole read writes it. */
async function variantRow(): Promise<Record<string, unknown>> {
  const { node } = fixtureOf("products");
  const resource = resourceOf("products");
  const { key, updatedAt, row, children } = resource.fromNode(node);
  const version = { updatedAt, observedAt: "2026-01-01T00:00:00.000000Z" };
  const origin = { kind: "fetch", id: 1n } as const;
  const change = { verb: "upsert", resource: "products", key, version, row, children, origin } as const;
  await inTransaction((client) => apply(client, shopId, [change], NOW));
  const { rows } = await pool.query("SELECT to_jsonb(v) AS row FROM product_variants v LIMIT 1");
  return rows[0].row;
}

it("inventory webhooks without variant: a level is known by its item and location, which need not be mirrored yet", async () => {
  const delivery = await settled(
    await hear("inventory_levels/update", {
      inventory_item_id: 808950810,
      location_id: 905684977,
      available: 7,
      updated_at: "2026-11-20T10:00:00Z",
      admin_graphql_api_id: "gid://shopify/InventoryLevel/523463154?inventory_item_id=808950810",
    }),
  );
  expect(delivery).toMatchObject({ state: "applied", resource: "inventory_levels" });
  expect(delivery.record_key).toBe("808950810:905684977");
  expect(await looks("inventory_levels")).toMatchObject([{ record_key: "808950810:905684977" }]);
});

it("several webhooks for one change: the record ends in the newest, is looked at once, and nothing is left waiting", async () => {
  const { body } = fixtureOf("orders");
  const topics = ["orders/create", "orders/updated", "orders/paid"];
  const ids: string[] = [];
  for (const [index, topic] of topics.entries())
    ids.push(await hear(topic, body, `2026-11-20T10:00:00.00000${index}Z`));
  const repeated = await hear("orders/paid", body, "2026-11-20T10:00:00.000002Z", ids[2]);
  expect(repeated).toBe(ids[2]);
  const states = [];
  for (const id of ids) states.push((await settled(id)).state);
  expect(states.every((state) => state === "applied" || state === "superseded")).toBe(true);
  expect((await settled(ids[2]!)).repeats).toBe(1);
  const { rows } = await pool.query(
    "SELECT observed_at = '2026-11-20T10:00:00.000002Z' AS is_newest FROM orders",
  );
  expect(rows).toEqual([{ is_newest: true }]);
  expect(await looks("orders")).toHaveLength(1);
});

it("one change announced twice, by two subscriptions: the second is a duplicate, one row, one look, nothing waits", async () => {
  const { body } = fixtureOf("orders");
  const content = async () =>
    (
      await pool.query(
        "SELECT to_jsonb(o) - 'origin_id' - 'applied_at' AS row, (SELECT count(*)::int FROM order_line_items) AS lines FROM orders o",
      )
    ).rows;
  const first = await settled(await hear("orders/updated", body));
  const before = await content();
  const second = await settled(await hear("orders/updated", body));
  expect(second).toMatchObject({ event_id: first.event_id, attempts: 1 });
  expect(second).toMatchObject({ state: "superseded", reason: "DUPLICATE" });
  expect(await content()).toEqual(before);
  expect(await looks("orders")).toHaveLength(1);
});

it("products/update storms caused by stock: two hundred of one product in any order end in the newest, and in one look", async () => {
  const order = Array.from({ length: 200 }, (_, n) => (n * 73) % 200);
  for (const n of order) {
    const at = new Date(Date.UTC(2026, 10, 20, 10, 0, n)).toISOString();
    await hear("products/update", product(at, `State ${n}`), at);
  }
  while ((await drain(systemTopics)).taken > 0);
  expect((await pool.query("SELECT title FROM products")).rows).toEqual([{ title: "State 199" }]);
  expect(await looks("products")).toHaveLength(1);
  const { rows } = await pool.query("SELECT arrived, topic FROM sync_topic_hours");
  expect(rows).toEqual([{ arrived: 200, topic: "products/update" }]);
});

it("an order event before its products are mirrored: the order is taken whole, with lines that name what is not here", async () => {
  const { body } = fixtureOf("orders");
  expect((await pool.query("SELECT FROM products")).rowCount).toBe(0);
  expect((await settled(await hear("orders/create", body))).state).toBe("applied");
  const { rows } = await pool.query("SELECT product_id FROM order_line_items");
  expect(rows.length).toBeGreaterThan(0);
  const named = (body.line_items as { product_id: unknown }[]).map(
    (each) => each.product_id && String(each.product_id),
  );
  expect(rows.map(({ product_id: id }) => id).sort()).toEqual(named.sort());
});

it("uninstall after reinstall: what was triggered before the present token does not end the installation", async () => {
  await pool.query("UPDATE shops SET authorized_at = '2026-11-20T11:00:00Z'");
  const late = await settled(await hear("app/uninstalled", { id: 1 }, "2026-11-20T10:59:00Z"));
  expect(late).toMatchObject({ state: "ignored", reason: "REINSTALLED" });
  expect((await pool.query("SELECT uninstalled_at FROM shops")).rows).toEqual([{ uninstalled_at: null }]);
});

it("refunds that do not move updated_at: the refund's news has its order read, and that read is written over the same updated_at", async () => {
  const { body, node } = fixtureOf("orders");
  const resource = resourceOf("orders");
  const key = String(body.id);
  await settled(await hear("orders/create", body, "2026-11-20T10:00:00Z"));
  const { rows: before } = await pool.query("SELECT updated_at FROM orders");
  const refund = { ...sample("refunds_create__no_lines_adjustment"), order_id: body.id };
  const delivery = await settled(await hear("refunds/create", refund, "2026-11-20T10:05:00Z"));
  expect(delivery).toMatchObject({ state: "applied", reason: "QUEUED_FOR_FETCH", record_key: key });
  expect(await looks("orders")).toEqual([{ record_key: key, urgent: true }]);
  // What the read then finds: the same updated_at, another financial status.
  const refunded = {
    ...node,
    displayFinancialStatus: "PARTIALLY_REFUNDED",
    updatedAt: before[0].updated_at.toISOString(),
  };
  const { updatedAt, row, children } = resource.fromNode(refunded);
  const version = { updatedAt, observedAt: "2026-11-20T10:05:01.000000Z" };
  const origin = { kind: "fetch", id: 1n } as const;
  const change = { verb: "upsert", resource: "orders", key, version, row, children, origin } as const;
  const [outcome] = await inTransaction((client) => apply(client, shopId, [change], NOW));
  expect(outcome?.result).toBe("applied");
  const { rows: after } = await pool.query("SELECT updated_at, financial_status FROM orders");
  expect(after).toEqual([{ updated_at: before[0].updated_at, financial_status: "PARTIALLY_REFUNDED" }]);
});
