// Replay and retention: what is put back, what it changes, and what goes when.
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { drain, receive } = await import("#app/sync/inbox.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { countReplay, replay } = await import("#app/sync/replay.ts");
const { prune, PARKED_DAYS, SETTLED_DAYS } = await import("#app/sync/retention.ts");
const { pool } = await import("#app/db.server.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const DAY_MS = 86_400_000;
let shopId: number;

beforeEach(async () => {
  await pool.query(
    `TRUNCATE shops, sync_deliveries, sync_confirmations, sync_resources, sync_acts, sync_topics, sync_topic_hours,
     sync_counters, products, product_variants`,
  );
  shopId = await addShop(SHOP);
  await addShop(OTHER);
});

async function addShop(domain: string): Promise<number> {
  const { rows } = await pool.query(
    "INSERT INTO shops (domain, installed_at, authorized_at) VALUES ($1, '2026-01-01Z', '2026-01-01Z') RETURNING id",
    [domain],
  );
  return rows[0].id;
}

const product = (id: number, updatedAt: string, title: unknown) => ({
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
  variants: [],
  options: [],
  images: [],
});

async function push(
  body: object,
  { topic = "products/update", shop = SHOP, at = "2026-11-20T10:00:00Z" } = {},
) {
  const webhookId = randomUUID();
  const envelope = { shopDomain: shop, webhookId, eventId: null, topic, apiVersion: "2026-10" };
  expect(await receive({ ...envelope, triggeredAt: at, body: Buffer.from(JSON.stringify(body)) })).toBe(
    "stored",
  );
  return webhookId;
}

const delivery = async (webhookId: string) =>
  (await pool.query("SELECT * FROM sync_deliveries WHERE webhook_id = $1", [webhookId])).rows[0];
const asker = () => ({ shopId, shopDomain: SHOP, actor: "user:42" });
const titles = async () =>
  (await pool.query("SELECT title FROM products ORDER BY id")).rows.map((row) => row.title);
const drainAll = async () => {
  while ((await drain(systemTopics)).taken > 0);
};

describe("a replay", () => {
  it("of something applied already changes nothing, however often (I2)", async () => {
    const first = await push(product(1, "2026-11-20T10:00:00Z", "Old"));
    await push(product(1, "2026-11-20T11:00:00Z", "New"), { at: "2026-11-20T11:00:00Z" });
    await drainAll();
    const before = (await pool.query("SELECT * FROM products")).rows;
    for (let count = 1; count <= 2; count += 1) {
      expect(await replay(asker(), { recordKey: "1" }, new Date())).toBe(2);
      await drainAll();
      expect((await pool.query("SELECT * FROM products")).rows).toEqual(before);
      expect(await delivery(first)).toMatchObject({ state: "superseded", replays: count, attempts: 1 });
    }
  });

  it("brings in what was set aside once its cause is gone, and keeps every step of the story", async () => {
    const id = await push(product(1, "2026-11-20T10:00:00Z", null));
    await drainAll();
    expect((await delivery(id)).state).toBe("parked");
    const mended = Buffer.from(JSON.stringify(product(1, "2026-11-20T10:00:00Z", "Poster")));
    await pool.query("UPDATE sync_deliveries SET body = $1", [mended]);
    const now = new Date();
    expect(await replay(asker(), { state: "parked" }, now)).toBe(1);
    expect(await delivery(id)).toMatchObject({
      state: "received",
      attempts: 0,
      settled_at: null,
      reason: null,
    });
    await drainAll();
    expect(await titles()).toEqual(["Poster"]);
    const { history } = await delivery(id);
    expect(history.map(({ act, by }: { act: string; by?: string }) => [act, by])).toEqual([
      ["parked", undefined],
      ["replayed", "user:42"],
      ["applied", undefined],
    ]);
    const { rows } = await pool.query("SELECT actor, act, count, detail FROM sync_acts");
    expect(rows).toEqual([
      { actor: "user:42", act: "replayed", count: 1, detail: { choice: { state: "parked" } } },
    ]);
  });

  it("is counted first, as it would come to, and leaves out what has no body or waits", async () => {
    await push(product(1, "2026-11-20T10:00:00Z", "A"));
    await push(product(2, "2026-11-20T10:00:00Z", "B"));
    await drainAll();
    await pool.query("UPDATE sync_deliveries SET body = '' WHERE record_key = '2'");
    await push(product(3, "2026-11-20T10:00:00Z", "C"));
    const counted = { count: 1, isMore: false, withoutBody: 1, waiting: 1 };
    expect(await countReplay(SHOP, { topic: "products/update" })).toEqual(counted);
    expect(await replay(asker(), { topic: "products/update" }, new Date())).toBe(1);
  });

  it("never touches another shop's deliveries (I9)", async () => {
    const theirs = await push(product(1, "2026-11-20T10:00:00Z", "A"), { shop: OTHER });
    await drainAll();
    const { id } = await delivery(theirs);
    expect(await countReplay(SHOP, { ids: [id] })).toMatchObject({ count: 0 });
    expect(await replay(asker(), { ids: [id] }, new Date())).toBe(0);
    expect((await delivery(theirs)).replays).toBe(0);
    expect((await pool.query("SELECT FROM sync_acts")).rowCount).toBe(0);
  });

  it("takes many in batches", async () => {
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, settled_at)
       SELECT $1, n::text, 'products/update', '{}', 'parked', now() FROM generate_series(1, 2500) AS n`,
      [SHOP],
    );
    expect(await replay(asker(), { state: "parked" }, new Date())).toBe(2_500);
  });

  it("is no arrival: the hourly figures count each delivery once", async () => {
    await push(product(1, "2026-11-20T10:00:00Z", "A"));
    await drainAll();
    await replay(asker(), { recordKey: "1" }, new Date());
    await drainAll();
    const { rows } = await pool.query("SELECT topic, arrived, parked FROM sync_topic_hours");
    expect(rows).toEqual([{ topic: "products/update", arrived: 1, parked: 0 }]);
  });
});

describe("retention", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  async function store(webhookId: string, state: string, days: number, shop = SHOP) {
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, received_at, settled_at)
       VALUES ($1, $2, 'products/update', '{}', $3::delivery_state, $4, CASE WHEN $3 = 'received' THEN NULL ELSE $4::timestamptz END)`,
      [shop, webhookId, state, daysAgo(days)],
    );
  }
  const left = async () =>
    (await pool.query("SELECT webhook_id FROM sync_deliveries ORDER BY 1")).rows.map((row) => row.webhook_id);

  it("deletes what is settled after its days, what is set aside much later, and what waits never", async () => {
    await store("applied, old", "applied", SETTLED_DAYS + 1);
    await store("applied, young", "applied", SETTLED_DAYS - 1);
    await store("ignored, old, of no shop", "ignored", SETTLED_DAYS + 1, "nobody.myshopify.com");
    await store("parked, old", "parked", SETTLED_DAYS + 1);
    await store("parked, very old", "parked", PARKED_DAYS + 1);
    await store("waiting, very old", "received", PARKED_DAYS + 1);
    expect(await prune(now, new AbortController().signal)).toMatchObject({ deliveries: 3 });
    expect(await left()).toEqual(["applied, young", "parked, old", "waiting, very old"]);
  });

  it("keeps what was replayed lately, however long ago it came", async () => {
    await store("replayed", "applied", SETTLED_DAYS + 5);
    await pool.query("UPDATE sync_deliveries SET settled_at = $1", [daysAgo(1)]);
    await prune(now, new AbortController().signal);
    expect(await left()).toEqual(["replayed"]);
  });

  it("goes through more than one batch, takes old figures along, and stops when told", async () => {
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, received_at, settled_at)
       SELECT $1, n::text, 'products/update', '', 'applied', $2, $2 FROM generate_series(1, 2100) AS n`,
      [SHOP, daysAgo(40)],
    );
    await pool.query("INSERT INTO sync_counters (name, minute, count) VALUES ('a', $1, 1), ('a', $2, 1)", [
      daysAgo(100),
      daysAgo(1),
    ]);
    const stopped = new AbortController();
    stopped.abort();
    expect(await prune(now, stopped.signal)).toMatchObject({ deliveries: 0, figures: 0 });
    expect(await prune(now, new AbortController().signal)).toMatchObject({ deliveries: 2_100, figures: 1 });
  });
});
