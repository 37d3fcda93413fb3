// One shop's flood, large bodies or long work do not delay another's deliveries beyond the batch that is under way.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

const database = await useDatabase();
const { drain } = await import("#app/sync/inbox.ts");
const { CLAIM_MAX } = await import("#app/sync/inbox-rows.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { pool } = await import("#app/db.server.ts");

const LOUD = "loud.myshopify.com";
const QUIET = "quiet.myshopify.com";

beforeEach(async () => {
  await pool.query(
    "TRUNCATE shops, sync_deliveries, sync_confirmations, sync_resources, sync_topics, sync_topic_hours, products, product_variants",
  );
  await pool.query("INSERT INTO shops (domain) VALUES ($1), ($2)", [LOUD, QUIET]);
});

const product = (id: number) => ({
  id,
  admin_graphql_api_id: `gid://shopify/Product/${id}`,
  title: `Poster ${id}`,
  handle: `poster-${id}`,
  status: "active",
  vendor: "Press",
  product_type: "Print",
  tags: "",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  variants: [],
  options: [],
  images: [],
});

/** Many at once, as the door stores them. */
async function flood(shop: string, count: number, body: object = {}): Promise<void> {
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body)
     SELECT $1, gen_random_uuid()::text, 'moons/eclipsed', convert_to($3, 'UTF8') FROM generate_series(1, $2::int)`,
    [shop, count, JSON.stringify(body)],
  );
}

async function push(shop: string, id: number): Promise<string> {
  const webhookId = randomUUID();
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, triggered_at, body)
     VALUES ($1, $2, 'products/update', now(), $3)`,
    [shop, webhookId, Buffer.from(JSON.stringify(product(id)))],
  );
  return webhookId;
}

const stateOf = async (webhookId: string) =>
  (await pool.query("SELECT state, reason, attempts FROM sync_deliveries WHERE webhook_id = $1", [webhookId]))
    .rows[0];
const waiting = async (shop: string) =>
  (
    await pool.query(
      "SELECT count(*)::int AS n FROM sync_deliveries WHERE shop_domain = $1 AND state = 'received'",
      [shop],
    )
  ).rows[0].n;

it("thousands that wait of one shop: whatever comes of another is applied by the next batch, and the flood goes on", async () => {
  await flood(LOUD, 4_000);
  for (let batch = 1; batch <= 10; batch += 1) {
    const before = await waiting(LOUD);
    const ids = [await push(QUIET, batch), await push(QUIET, 100 + batch)];
    await drain(systemTopics);
    for (const id of ids) expect(await stateOf(id)).toMatchObject({ state: "applied", attempts: 1 });
    expect(before - (await waiting(LOUD))).toBe(CLAIM_MAX / 2);
  }
});

it("a flood of both: each has half of every batch, and a third shop its third as soon as it comes", async () => {
  const third = "third.myshopify.com";
  await pool.query("INSERT INTO shops (domain) VALUES ($1)", [third]);
  await flood(LOUD, 1_000);
  await flood(QUIET, 1_000);
  await drain(systemTopics);
  expect([await waiting(LOUD), await waiting(QUIET)]).toEqual([850, 850]);
  await flood(third, 1_000);
  await drain(systemTopics);
  expect([await waiting(LOUD), await waiting(QUIET), await waiting(third)]).toEqual([750, 750, 900]);
});

it("large bodies of one shop: what a batch cannot hold is left of all shops by turns, not of the others", async () => {
  await flood(LOUD, 150, { html: "x".repeat(1_000_000) });
  // The order of shops is drawn by lot in each batch, so one lucky draw proves nothing.
  for (let batch = 1; batch <= 6; batch += 1) {
    const id = await push(QUIET, batch);
    const { taken } = await drain(systemTopics);
    expect(await stateOf(id)).toMatchObject({ state: "applied" });
    expect(taken).toBeLessThan(36);
  }
});

it("a record that somebody holds: the shop's own news is put off, the other's is applied by the same batch", async () => {
  await push(LOUD, 1);
  await drain(systemTopics);
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query("BEGIN; SELECT FROM products FOR UPDATE");
  const held = await push(LOUD, 1);
  const free = await push(QUIET, 1);
  await drain(systemTopics);
  await holder.end();
  expect(await stateOf(free)).toMatchObject({ state: "applied" });
  expect(await stateOf(held)).toMatchObject({ state: "received", reason: "DATABASE_BUSY", attempts: 1 });
});

it("a shop that is being erased: its news waits untouched, the other's is applied at once", async () => {
  const eraser = new pg.Client({ connectionString: database.url });
  await eraser.connect();
  await eraser.query("BEGIN");
  await eraser.query("SELECT FROM shops WHERE domain = $1 FOR UPDATE", [LOUD]);
  const held = await push(LOUD, 1);
  const free = await push(QUIET, 1);
  expect(await drain(systemTopics)).toEqual({ taken: 1 });
  expect(await stateOf(free)).toMatchObject({ state: "applied" });
  expect(await stateOf(held)).toMatchObject({ state: "received", attempts: 0 });
  await eraser.query("DELETE FROM shops WHERE domain = $1", [LOUD]);
  await eraser.query("COMMIT");
  await eraser.end();
  await drain(systemTopics);
  expect(await stateOf(held)).toMatchObject({ state: "ignored", reason: "NO_SUCH_SHOP" });
});
