// Twins: the same news by two subscriptions is one change. Whatever differs in event, moment, topic or body is not.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { drain, receive } = await import("#app/sync/inbox.ts");
const { replay } = await import("#app/sync/replay.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { JOIN_TWIN } = await import("#app/sync/inbox-twins.ts");
const { pool } = await import("#app/db.server.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const AT = "2026-11-20T10:00:00.000001Z";
const REFUND = JSON.parse(
  readFileSync(
    new URL("../fixtures/webhooks/refunds_create__no_lines_adjustment.json", import.meta.url),
    "utf8",
  ),
);
let shopId: number;

beforeEach(async () => {
  await pool.query(
    `TRUNCATE shops, sync_deliveries, sync_confirmations, sync_tombstones, sync_resources, sync_topics, sync_topic_hours,
     sync_acts, products, product_variants`,
  );
  const { rows } = await pool.query(
    `INSERT INTO shops (domain, installed_at, authorized_at)
     VALUES ($1, '2026-01-01Z', '2026-01-01Z'), ($2, '2026-01-01Z', '2026-01-01Z') RETURNING id`,
    [SHOP, OTHER],
  );
  shopId = rows[0].id;
});

const product = (title: string) => ({
  id: 1,
  admin_graphql_api_id: "gid://shopify/Product/1",
  title,
  handle: "poster",
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

interface News {
  topic: string;
  body: unknown;
  eventId: string | null;
  triggeredAt: string | null;
  shopDomain: string;
}

const UPDATE: News = {
  topic: "products/update",
  body: product("Poster"),
  eventId: "event-1",
  triggeredAt: AT,
  shopDomain: SHOP,
};

/** One subscription's delivery; gives its webhook id. */
async function hear(given: Partial<News> = {}): Promise<string> {
  const webhookId = randomUUID();
  const { body, ...stated } = { ...UPDATE, ...given };
  const bytes = Buffer.from(JSON.stringify(body));
  expect(await receive({ ...stated, webhookId, apiVersion: "2026-10", body: bytes })).toBe("stored");
  return webhookId;
}

async function drainAll(): Promise<void> {
  while ((await drain(systemTopics)).taken > 0);
}

async function outcomeOf(webhookId: string) {
  const { rows } = await pool.query(
    "SELECT state, reason, resource, record_key FROM sync_deliveries WHERE webhook_id = $1",
    [webhookId],
  );
  return rows[0];
}

const titles = async () =>
  (await pool.query("SELECT title FROM products ORDER BY shop_id")).rows.map(({ title }) => title);
const looks = async () =>
  (await pool.query("SELECT resource, record_key FROM sync_confirmations ORDER BY 1")).rows;

const APPLIED = { state: "applied", reason: null, resource: "products", record_key: "1" };
const DUPLICATE = { state: "superseded", reason: "DUPLICATE", resource: "products", record_key: "1" };

describe("the same news by two subscriptions", () => {
  it("is one change when both come together: the first is applied, the second is a duplicate", async () => {
    const ids = [await hear(), await hear(), await hear()];
    await drainAll();
    expect(await outcomeOf(ids[0]!)).toEqual(APPLIED);
    expect(await outcomeOf(ids[1]!)).toEqual(DUPLICATE);
    expect(await outcomeOf(ids[2]!)).toEqual(DUPLICATE);
    expect(await titles()).toEqual(["Poster"]);
  });

  it("is one change when the second comes later", async () => {
    const first = await hear();
    await drainAll();
    await pool.query("TRUNCATE sync_confirmations");
    const second = await hear();
    await drainAll();
    expect(await outcomeOf(first)).toEqual(APPLIED);
    expect(await outcomeOf(second)).toEqual(DUPLICATE);
    expect(await looks()).toEqual([]);
  });

  it("leads to one look where it is only a reason to ask, and a replay asks again", async () => {
    const refund = { topic: "refunds/create", body: REFUND };
    const first = await hear(refund);
    await drainAll();
    expect(await looks()).toHaveLength(1);
    await pool.query("TRUNCATE sync_confirmations");
    const second = await hear(refund);
    await drainAll();
    expect(await outcomeOf(first)).toMatchObject({ state: "applied", reason: "QUEUED_FOR_FETCH" });
    expect(await outcomeOf(second)).toMatchObject({ state: "superseded", reason: "DUPLICATE" });
    expect(await looks()).toEqual([]);
    await replay({ shopId, shopDomain: SHOP, actor: "api" }, { reason: "DUPLICATE" }, new Date());
    await drainAll();
    expect(await outcomeOf(second)).toMatchObject({ state: "applied", reason: "QUEUED_FOR_FETCH" });
    expect(await looks()).toHaveLength(1);
  });

  it("shares the fate of the first: what is set aside is set aside as often", async () => {
    const ids = [await hear({ body: [] }), await hear({ body: [] })];
    await drainAll();
    for (const id of ids)
      expect(await outcomeOf(id)).toMatchObject({ state: "parked", reason: "INVALID_JSON" });
  });

  it("is told by no one but its first: a twin of what was set aside before is worked through", async () => {
    const first = await hear();
    await pool.query("UPDATE sync_deliveries SET state = 'parked', resource = 'products', record_key = '1'");
    const second = await hear();
    await drainAll();
    expect(await outcomeOf(first)).toMatchObject({ state: "parked" });
    expect(await outcomeOf(second)).toEqual(APPLIED);
  });
});

describe("news that differs is never dropped", () => {
  const later = "2026-11-20T10:00:00.000002Z";
  it.each<[string, Partial<News>, Partial<News>]>([
    ["another body of one event", {}, { body: product("Poster, signed") }],
    ["another moment of one event", {}, { triggeredAt: later }],
    ["another event", {}, { eventId: "event-2", triggeredAt: later }],
    ["no event id", { eventId: null }, { eventId: null, triggeredAt: later }],
    ["another topic of one event", {}, { topic: "products/create", triggeredAt: later }],
  ])("%s, together or one after the other", async (_, one, two) => {
    for (const isApart of [false, true]) {
      await pool.query("TRUNCATE sync_deliveries, products");
      const first = await hear(one);
      if (isApart) await drainAll();
      const second = await hear(two);
      await drainAll();
      expect((await outcomeOf(first)).reason).not.toBe("DUPLICATE");
      expect((await outcomeOf(second)).reason).not.toBe("DUPLICATE");
    }
  });

  it("a state that comes back within one event and one second stands in the end", async () => {
    await hear({ body: product("A") });
    await hear({ body: product("B"), triggeredAt: later });
    const back = await hear({ body: product("A"), triggeredAt: "2026-11-20T10:00:00.000003Z" });
    await drainAll();
    expect(await titles()).toEqual(["A"]);
    expect(await outcomeOf(back)).toEqual(APPLIED);
  });

  it("two stores that tell the same under one event id are two", async () => {
    const ids = [await hear(), await hear({ shopDomain: OTHER })];
    await drainAll();
    for (const id of ids) expect(await outcomeOf(id)).toEqual(APPLIED);
    expect(await titles()).toEqual(["Poster", "Poster"]);
  });
});

describe("the look for a twin", () => {
  it("reads the event's deliveries only, though the log has outgrown its statistics", async () => {
    await hear();
    await pool.query("ANALYZE sync_deliveries");
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, event_id, topic, triggered_at, body, state)
       SELECT $1, 'w' || n, 'e' || n, 'products/update', $2, '{}', 'applied' FROM generate_series(1, 2000) AS n`,
      [SHOP, AT],
    );
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(
      `EXPLAIN (ANALYZE) SELECT twin.id FROM sync_deliveries d ${JOIN_TWIN}
       WHERE d.shop_domain = $1 AND d.webhook_id = 'w2000'`,
      [SHOP],
    );
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toMatch(/sync_deliveries_event_id_idx/);
    expect(plan).not.toMatch(/Seq Scan|Rows Removed by Filter: [1-9]\d{2,}/);
  });
});
