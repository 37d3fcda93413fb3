// What programs get wrong: each is told what it was, in JSON, and nothing is done by halves.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { sessionToken } from "#tests/doors/session-token.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const doors = {
  deliveries: await import("#app/routes/api.shopify.deliveries.ts"),
  runs: await import("#app/routes/api.shopify.runs._index.ts"),
  errors: await import("#app/routes/api.shopify.errors.ts"),
  editions: await import("#app/routes/api.shopify.editions._index.ts"),
  edition: await import("#app/routes/api.shopify.editions.$id.ts"),
  settings: await import("#app/routes/api.shopify.settings.ts"),
  syncOrders: await import("#app/routes/api.shopify.sync-orders.ts"),
  nowhere: await import("#app/routes/api.$.ts"),
};

beforeEach(async () => {
  await pool.query("TRUNCATE shops, sync_runs");
  await pool.query("INSERT INTO shops (domain) VALUES ('test-shop.myshopify.com')");
});

interface Asked {
  readonly method?: string;
  readonly query?: string;
  readonly body?: string;
}

async function call(name: keyof typeof doors, { method = "GET", query = "", body }: Asked = {}) {
  const headers = { authorization: `Bearer ${sessionToken()}` };
  const request = new Request(`https://counterfoil.test/api${query}`, { method, headers, body });
  const half = method === "GET" ? "loader" : "action";
  const response = await doors[name][half]({ request, params: { id: "1" } });
  const text = await response.text();
  return { response, json: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : null };
}

describe("a file", () => {
  it.each([
    ["deliveries", "?stat=parked", "stat"],
    ["deliveries", "?limit=5", "limit"],
    ["deliveries", "?after=received-desc_2026-11-20T10:00:00Z_1", "after"],
    ["runs", "?state=failed&state=verified", "state"],
    ["runs", "?topic=orders/create", "topic"],
    ["errors", "?from=2026-11-01", "from"],
    ["errors", "?find=x&sort=nothing", "sort, find"],
    ["editions", "?states=oversold", "states"],
    ["edition", "?state=void", "state"],
  ] as const)("%s%s holds no more than was asked for: there is none", async (name, query, odd) => {
    const { response, json } = await call(name, { query });
    expect(response.status).toBe(400);
    expect(json).toEqual({ error: "BAD_REQUEST", message: `not understood: ${odd}` });
  });
});

describe("settings", () => {
  it.each(["__proto__", "constructor", "toString"])("name %s, which no rule has", async (key) => {
    const body = `{"version": 0, "resources": {"orders": {"${key}": {"isOn": false}}}}`;
    const { response, json } = await call("settings", { method: "PATCH", body });
    expect(response.status).toBe(400);
    expect(json?.wrong).toEqual([{ field: `resources.orders.${key}`, code: "unknown" }]);
  });

  it("say both ways of asking for them", async () => {
    const { response } = await call("settings", { method: "POST", body: "{}" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, PATCH");
  });
});

describe("a sync", () => {
  it.each([
    ['{"since": "2126-01-01T00:00:00Z"}', "since: lies in the future"],
    ['{"from": "2126-01-01T00:00:00Z"}', "from: lies in the future"],
    ['{"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}', "until: must be later than since"],
  ])("of a time in which nothing can have happened is none: %s", async (body, message) => {
    const { response, json } = await call("syncOrders", { method: "POST", body });
    expect(response.status).toBe(400);
    expect(json).toEqual({ error: "BAD_REQUEST", message });
    expect((await pool.query("SELECT FROM sync_runs")).rowCount).toBe(0);
  });
});

it.each(["GET", "POST"])("an address that no door has is answered in JSON, too: %s", async (method) => {
  const { response, json } = await call("nowhere", { method });
  expect(response.status).toBe(404);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(json?.error).toBe("NOT_FOUND");
});
