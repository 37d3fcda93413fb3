// The doors of the delivery log: replay and export, for the caller's own shop and nothing beyond what was asked for.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { sessionToken, type Claims } from "#tests/doors/session-token.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const replays = await import("#app/routes/api.shopify.replays.ts");
const deliveries = await import("#app/routes/api.shopify.deliveries.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";

beforeEach(async () => {
  await pool.query("TRUNCATE shops, sync_deliveries, sync_acts");
  await pool.query("INSERT INTO shops (domain) VALUES ($1), ($2)", [SHOP, OTHER]);
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason)
     SELECT shop, n::text, 'orders/create', '{}', (CASE WHEN n <= 3 THEN 'parked' ELSE 'applied' END)::delivery_state,
            CASE WHEN n <= 3 THEN 'BAD_BODY' END
     FROM generate_series(1, 10) AS n, unnest($1::text[]) AS shop`,
    [[SHOP, OTHER]],
  );
});

async function ask(body: unknown, claims: Claims = {}) {
  const headers = { authorization: `Bearer ${sessionToken(claims)}` };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request("https://app.test/api/shopify/replays", {
    method: "POST",
    headers,
    body: text,
  });
  const response = await replays.action({ request, params: {} });
  return { status: response.status, json: await response.json() };
}

async function waiting(): Promise<Record<string, number>> {
  const { rows } = await pool.query(
    "SELECT shop_domain, count(*)::int AS n FROM sync_deliveries WHERE state = 'received' GROUP BY 1",
  );
  return Object.fromEntries(rows.map(({ shop_domain: shop, n }) => [shop, n]));
}

describe("POST replays", () => {
  it("counts without doing anything, then does what it counted, and says who asked", async () => {
    const counted = { count: 3, isMore: false, withoutBody: 0, waiting: 0 };
    expect(await ask({ state: "parked", dryRun: true })).toEqual({
      status: 200,
      json: { dryRun: true, ...counted },
    });
    expect(await waiting()).toEqual({});
    expect(await ask({ state: "parked" })).toEqual({ status: 202, json: { dryRun: false, ...counted } });
    expect(await waiting()).toEqual({ [SHOP]: 3 });
    expect((await pool.query("SELECT actor, act, count FROM sync_acts")).rows).toEqual([
      { actor: "api:42", act: "replayed", count: 3 },
    ]);
  });

  it("takes ids, of the caller's own shop only (I9)", async () => {
    const { rows } = await pool.query("SELECT id FROM sync_deliveries WHERE shop_domain = $1", [OTHER]);
    const ids = rows.map(({ id }) => id);
    expect((await ask({ ids })).json).toMatchObject({ count: 0 });
    expect((await ask({ ids: ids.slice(0, 2) }, { shop: OTHER })).json).toMatchObject({ count: 2 });
    expect(await waiting()).toEqual({ [OTHER]: 2 });
  });

  it.each([
    ["nothing, which would be everything", {}],
    ["only a dry run", { dryRun: true }],
    ["an unknown field", { status: "parked" }],
    ["an unknown state", { state: "lost" }],
    ["ids that are none", { ids: ["1; DROP TABLE orders"] }],
    ["a time that is none", { from: "yesterday" }],
    ["a text that PostgreSQL has no room for", { topic: "orders/create\0" }],
    ["no JSON", "{"],
  ])("refuses %s", async (_what, body) => {
    const { status, json } = await ask(body);
    expect(status).toBe(400);
    expect(json.message.length).toBeGreaterThan(5);
    expect(await waiting()).toEqual({});
  });
});

describe("GET deliveries", () => {
  async function get(search: string) {
    const headers = { authorization: `Bearer ${sessionToken()}` };
    const request = new Request(`https://app.test/api/shopify/deliveries${search}`, { headers });
    const response = await deliveries.loader({ request, params: {} });
    return { response, text: await response.text() };
  }

  it("streams what is filtered, of the caller's shop", async () => {
    const { response, text } = await get("?state=parked&format=ndjson");
    expect(response.headers.get("content-type")).toContain("ndjson");
    expect(response.headers.get("content-disposition")).toContain("deliveries.ndjson");
    expect(text.trimEnd().split("\n")).toHaveLength(3);
    expect((await get("?format=csv")).text.trimEnd().split("\r\n")).toHaveLength(11);
  });

  it("refuses what it does not understand, instead of giving more than was asked for", async () => {
    expect((await get("?state=lost")).response.status).toBe(400);
    expect((await get("?format=xlsx")).response.status).toBe(400);
  });
});
