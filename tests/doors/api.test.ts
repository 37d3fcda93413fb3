import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { API_VERSION } from "#app/shopify/version.ts";
import type { Settled } from "#app/sync/inbox-rows.ts";
import { useDatabase } from "#tests/database.ts";
import { sessionToken, type Claims } from "#tests/doors/session-token.ts";

// The webhook test goes through the app's public address, so there is one: the door behind a real server.
let answerWebhook: (request: Request) => Promise<Response> = async () => new Response(null, { status: 404 });
async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const headers = new Headers(incoming.headers as Record<string, string>);
  const response = await answerWebhook(new Request("http://app/webhooks", { method: "POST", headers, body }));
  outgoing.writeHead(response.status).end(await response.text());
}
const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
process.env.SHOPIFY_APP_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { close } = await import("#app/sync/inbox-close.ts");
const { drain } = await import("#app/sync/inbox.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { sessionStorage } = await import("#app/shops/sessions.server.ts");
const { resources, scopes, topics } = await import("#app/resources/index.ts");
const { topicInEnum } = await import("#app/shopify/subscriptions.ts");
const { Session } = await import("@shopify/shopify-api");
const doors = {
  syncStatus: await import("#app/routes/api.shopify.sync-status.ts"),
  webhookStatus: await import("#app/routes/api.shopify.webhook-status.ts"),
  order: await import("#app/routes/api.shopify.records.orders.$id.ts"),
  syncOrders: await import("#app/routes/api.shopify.sync-orders.ts"),
  syncProducts: await import("#app/routes/api.shopify.sync-products.ts"),
  testWebhook: await import("#app/routes/api.shopify.test-webhook.ts"),
  replays: await import("#app/routes/api.shopify.replays.ts"),
  deliveries: await import("#app/routes/api.shopify.deliveries.ts"),
  run: await import("#app/routes/api.shopify.runs.$id.ts"),
  runs: await import("#app/routes/api.shopify.runs._index.ts"),
  settings: await import("#app/routes/api.shopify.settings.ts"),
  errors: await import("#app/routes/api.shopify.errors.ts"),
  editions: await import("#app/routes/api.shopify.editions._index.ts"),
  edition: await import("#app/routes/api.shopify.editions.$id.ts"),
  customerData: await import("#app/routes/api.shopify.customer-data.$id.ts"),
};
const webhooks = await import("#app/routes/webhooks.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
let shopId: number;
let otherId: number;

beforeEach(async () => {
  await pool.query(
    "TRUNCATE shops, sessions, sync_deliveries, sync_confirmations, sync_tombstones, sync_runs, sync_resources, sync_counters, orders",
  );
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1), ($2) RETURNING id", [
    SHOP,
    OTHER,
  ]);
  [shopId, otherId] = rows.map(({ id }) => id) as [number, number];
});
afterAll(() => server.close());

interface Call {
  readonly method?: "GET" | "POST" | "DELETE" | "OPTIONS";
  readonly body?: unknown;
  readonly params?: Record<string, string>;
  readonly claims?: Claims | null;
  readonly authorization?: string;
}

type DoorName = keyof typeof doors;

async function call(name: DoorName, { method, body, params = {}, claims = {}, authorization }: Call = {}) {
  const verb =
    method ?? (["syncOrders", "syncProducts", "testWebhook", "replays"].includes(name) ? "POST" : "GET");
  const headers = new Headers(
    claims === null ? {} : { authorization: authorization ?? `Bearer ${sessionToken(claims)}` },
  );
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request("https://counterfoil.test/api", {
    method: verb,
    headers,
    body: verb === "GET" ? undefined : text,
  });
  const door = verb === "GET" || verb === "OPTIONS" ? doors[name].loader : doors[name].action;
  const response = await door({ request, params });
  const answered = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: answered === "" ? null : JSON.parse(answered),
  };
}

describe("every door of the API", () => {
  const names = Object.keys(doors) as DoorName[];

  it.each(names)("%s answers 401 without a session token, in JSON", async (name) => {
    const { status, json } = await call(name, { claims: null });
    expect(status).toBe(401);
    expect(json).toEqual({ error: "NO_SESSION_TOKEN", message: expect.any(String) });
  });

  it.each([
    ["expired", { expiresIn: -60 }],
    ["signed by another", { secret: "somebody else's" }],
    ["for another app", { audience: "another-app" }],
    ["unsigned", { algorithm: "none" }],
  ] as const)(
    "answers 401 to a token that is %s, and asks App Bridge for a new one",
    async (_what, claims) => {
      for (const name of names) {
        const { status, json, headers } = await call(name, { claims });
        expect(status).toBe(401);
        expect(json.error).toBe("INVALID_SESSION_TOKEN");
        expect(headers.get("x-shopify-retry-invalid-session-request")).toBe("1");
        expect(JSON.stringify(json)).not.toMatch(/eyJ/);
      }
    },
  );

  it.each(["Bearer", "Bearer not.a.token", "Basic dXNlcjpwYXNz", "Bearer a b"])(
    "answers 401 to %j",
    async (authorization) => {
      expect((await call("syncStatus", { authorization })).status).toBe(401);
    },
  );

  it("answers 403 to a shop that has not installed the app, or has uninstalled it", async () => {
    expect((await call("syncStatus", { claims: { shop: "third.myshopify.com" } })).json.error).toBe(
      "NOT_INSTALLED",
    );
    await pool.query("UPDATE shops SET uninstalled_at = now() WHERE id = $1", [shopId]);
    expect((await call("syncStatus")).status).toBe(403);
  });

  it.each(names)("%s lets extensions ask from their own origin, and refuses other methods", async (name) => {
    const preflight = await call(name, { method: "OPTIONS", claims: null });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
    const refused = await call(name, { method: "DELETE" });
    expect(refused.status).toBe(405);
    expect(refused.headers.get("allow")).toMatch(/^(GET|POST|GET, PATCH)$/);
  });

  it("answers 503 while the database is away, and recovers", async () => {
    const query = vi
      .spyOn(pool, "query")
      .mockRejectedValueOnce(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) as never);
    const { status, json } = await call("syncStatus");
    expect(status).toBe(503);
    expect(json.error).toBe("UNAVAILABLE");
    query.mockRestore();
    expect((await call("syncStatus")).status).toBe(200);
  });
});

async function startWorker(): Promise<void> {
  await pool.query(
    `INSERT INTO sync_workers (id, host, pid, version, started_at, beaten_at)
     VALUES (gen_random_uuid(), 'h', 1, '1', now(), now() + interval '1 hour')`,
  );
}

describe("GET sync-status", () => {
  it("tells every resource's state in code and words, of the caller's shop only", async () => {
    await pool.query(
      "INSERT INTO sync_resources (shop_id, resource, mirrored) VALUES ($1, 'orders', 7), ($2, 'orders', 99)",
      [shopId, otherId],
    );
    // Before the first beat of a worker nothing else would be as true.
    expect((await call("syncStatus")).json.overall.state).toBe("unworked");
    await startWorker();
    const { status, json, headers } = await call("syncStatus");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(json.shop.domain).toBe(SHOP);
    expect(json.overall).toEqual({
      state: "never_synced",
      message: expect.any(String),
      detail: expect.any(String),
    });
    const orders = json.resources.find(({ resource }: { resource: string }) => resource === "orders");
    expect(orders).toMatchObject({
      state: "never_synced",
      mirrored: 7,
      run: null,
      message: expect.stringMatching(/\w/),
    });
    expect((await call("syncStatus", { claims: { shop: OTHER } })).json.mirrored).toBe(99);
  });

  it("calls no mirror complete while errors are open", async () => {
    await startWorker();
    await pool.query(
      `INSERT INTO sync_resources (shop_id, resource, verified_at) SELECT $1, unnest($2::text[]), now()
       ON CONFLICT (shop_id, resource) DO UPDATE SET verified_at = now(), mirrored = 0`,
      [shopId, resources.map(({ name }) => name)],
    );
    expect((await call("syncStatus")).json.overall.state).toBe("complete");
    await pool.query(
      "INSERT INTO sync_errors (shop_id, resource, code, detail) VALUES ($1, 'orders', 'BAD_FIELD', '')",
      [shopId],
    );
    expect((await call("syncStatus")).json.overall).toMatchObject({
      state: "flawed",
      message: "Your mirror is up to date, but errors are open",
    });
  });

  it("shows an active run's progress", async () => {
    await call("syncOrders", { body: { mode: "full" } });
    await pool.query("UPDATE sync_runs SET state = 'running', started_at = now(), done = 43, total = 100");
    const { json } = await call("syncStatus");
    const orders = json.resources.find(({ resource }: { resource: string }) => resource === "orders");
    expect(orders).toMatchObject({
      state: "syncing",
      run: { state: "running", done: 43, total: 100, percent: 43 },
    });
  });
});

describe("POST sync-orders and sync-products", () => {
  it.each([
    ["full", {}, { kind: "backfill" }],
    ["full", "", { kind: "backfill" }],
    ["since", { since: "2026-11-20T10:00:00+01:00" }, { kind: "catch_up" }],
    ["since", { since: "2026-11-20T10:00:00Z", until: "2026-11-21T10:00:00Z" }, { kind: "catch_up" }],
    ["created", { from: "2026-11-20T10:00:00Z" }, { kind: "targeted" }],
    ["created", { until: "2026-11-20T10:00:00Z" }, { kind: "targeted" }],
    ["ids", { ids: [1, "820982911946154508", "gid://shopify/Order/3"] }, { kind: "targeted" }],
    ["names", { names: ["#1001"] }, { kind: "targeted" }],
    ["search", { mode: "search", query: "tag:wholesale" }, { kind: "targeted" }],
  ])("starts a run: %s from %j", async (mode, body, wanted) => {
    const { status, json } = await call("syncOrders", { body });
    expect(status).toBe(202);
    expect(json).toEqual({
      alreadyRunning: false,
      // Nobody answers for this shop's Shopify: where it is to be asked for a count, the run plans for itself.
      plan: mode === "ids" || mode === "names" ? expect.objectContaining({ way: "ids" }) : null,
      run: expect.objectContaining({ ...wanted, mode, resource: "orders", state: "queued" }),
    });
    const { rows } = await pool.query("SELECT id, shop_id, resource, started_by FROM sync_runs");
    expect(rows).toEqual([{ id: json.run.id, shop_id: shopId, resource: "orders", started_by: "api" }]);
  });

  it("keeps ids past 2^53 as they are", async () => {
    await call("syncProducts", { body: '{"ids": [820982911946154508]}' });
    const { rows } = await pool.query("SELECT request FROM sync_runs");
    expect(rows).toEqual([{ request: { mode: "ids", ids: ["820982911946154508"] } }]);
  });

  it("gives the active run when one runs already", async () => {
    const first = await call("syncOrders", { body: {} });
    const second = await call("syncOrders", { body: {} });
    expect(second.status).toBe(202);
    expect(second.json).toEqual({
      run: expect.objectContaining({ id: first.json.run.id }),
      alreadyRunning: true,
      plan: null,
    });
    expect((await call("syncProducts", { body: {} })).json.alreadyRunning).toBe(false);
    expect((await call("syncOrders", { body: {}, claims: { shop: OTHER } })).json.alreadyRunning).toBe(false);
  });

  it("says 409 and which run is in the way when one of the same kind reads something else", async () => {
    const first = await call("syncOrders", { body: { ids: ["1", "2"] } });
    const same = await call("syncOrders", { body: { ids: ["gid://shopify/Order/1", 2] } });
    expect(same.status).toBe(202);
    expect(same.json).toMatchObject({ alreadyRunning: true, run: { id: first.json.run.id } });
    const other = await call("syncOrders", { body: { ids: ["3"] } });
    expect(other.status).toBe(409);
    expect(other.json).toEqual({
      error: "BUSY",
      message: expect.stringContaining(`Run ${first.json.run.id} of orders`),
      run: expect.objectContaining({ id: first.json.run.id, kind: "targeted", mode: "ids" }),
    });
    expect((await call("syncOrders", { body: { from: "2026-11-20T10:00:00Z" } })).status).toBe(409);
    expect((await call("syncOrders", { body: {} })).status).toBe(202);
    expect((await pool.query("SELECT FROM sync_runs")).rowCount).toBe(2);
  });

  it.each([
    ["{", "INVALID_JSON", /JSON/],
    ["[]", "BAD_REQUEST", /body/],
    [{ mode: "everything" }, "BAD_REQUEST", /mode/],
    [{ mode: "full", since: "2026-01-01T00:00:00Z" }, "BAD_REQUEST", /since/],
    [{ since: "yesterday" }, "BAD_REQUEST", /since/],
    [{ mode: "created" }, "BAD_REQUEST", /range/],
    [{ from: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z" }, "BAD_REQUEST", /ends after it begins/],
    [{ since: "2026-11-20T10:00:00" }, "BAD_REQUEST", /since/],
    [{ ids: [] }, "BAD_REQUEST", /ids/],
    [{ ids: [1, 2, "three"] }, "BAD_REQUEST", /ids\[2\]/],
    [{ ids: ["gid://shopify/Customer/1"] }, "BAD_REQUEST", /Customer/],
    [{ ids: ["0"] }, "BAD_REQUEST", /zero/],
    [{ ids: ["9223372036854775808"] }, "BAD_REQUEST", /too large/],
    [{ mode: "search", query: " " }, "BAD_REQUEST", /query/],
    [{ mode: "search", query: "tag:a\0b" }, "BAD_REQUEST", /characters/],
    [{ mode: "search", query: "tag:\ud83d" }, "BAD_REQUEST", /characters/],
    [{ names: ["#1\0"] }, "BAD_REQUEST", /characters/],
    [{ ids: Array.from({ length: 50_001 }, (_, index) => index + 1) }, "BAD_REQUEST", /ids/],
  ])("answers 400 to %j", async (body, error, message) => {
    const { status, json } = await call("syncOrders", { body });
    expect(status).toBe(400);
    expect(json).toEqual({ error, message: expect.stringMatching(message) });
    expect((await pool.query("SELECT FROM sync_runs")).rowCount).toBe(0);
  });

  it("answers 400 to names of products, which have none to search by", async () => {
    expect((await call("syncProducts", { body: { names: ["Poster"] } })).status).toBe(400);
  });

  it("answers 413 to a body that no request can be", async () => {
    expect((await call("syncOrders", { body: `{"query": "${"x".repeat(4 * 1024 * 1024)}"}` })).status).toBe(
      413,
    );
  });

  it("answers 429 to a second full sync within five minutes, of that resource and shop only", async () => {
    await pool.query(
      "INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, created_at) VALUES ($1, 'orders', 'backfill', 'verified', 'api', now() - interval '1 minute')",
      [shopId],
    );
    const { status, json, headers } = await call("syncOrders", { body: {} });
    expect(status).toBe(429);
    expect(json.error).toBe("TOO_SOON");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(230);
    expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(240);
    expect((await call("syncProducts", { body: {} })).status).toBe(202);
    expect((await call("syncOrders", { body: {}, claims: { shop: OTHER } })).status).toBe(202);
    expect((await call("syncOrders", { body: { ids: [1] } })).status).toBe(202);
    await pool.query(
      "UPDATE sync_runs SET created_at = now() - interval '301 seconds' WHERE state = 'verified'",
    );
    expect((await call("syncOrders", { body: {} })).status).toBe(202);
  });

  it("lets a sync that failed be tried again at once", async () => {
    await pool.query(
      "INSERT INTO sync_runs (shop_id, resource, kind, state, started_by) VALUES ($1, 'orders', 'backfill', 'failed', 'api')",
      [shopId],
    );
    expect((await call("syncOrders", { body: {} })).status).toBe(202);
  });
});

describe("GET records/orders/:id", () => {
  const insertOrder = (id: string, owner: number, confirmedAt: string | null) =>
    pool.query(`INSERT INTO orders SELECT * FROM jsonb_populate_record(NULL::orders, $1)`, [
      {
        ...blank,
        shop_id: owner,
        id,
        gid: `gid://shopify/Order/${id}`,
        name: "#1001",
        confirmed_at: confirmedAt,
      },
    ]);
  let blank: Record<string, unknown>;
  beforeAll(async () => {
    // Every column that must not be null, with something in it; this test is about few of them.
    const { rows } = await pool.query(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns
       WHERE table_name = 'orders' AND table_schema = current_schema() AND is_nullable = 'NO'`,
    );
    const filler: Record<string, unknown> = { text: "x", boolean: false, ARRAY: [], jsonb: {} };
    blank = Object.fromEntries(
      rows.map(({ name, type }) => [
        name,
        filler[type] ?? (/timestamp/.test(type) ? "2026-11-20T10:00:00Z" : 0),
      ]),
    );
    Object.assign(blank, {
      observed_at: "2026-11-20T10:00:00Z",
      applied_at: "2026-11-20T10:00:00.400Z",
      origin_kind: "webhook",
    });
  });

  it("tells whether the order is mirrored, how late, and when it was confirmed", async () => {
    await insertOrder("820982911946154508", shopId, "2026-11-20T10:00:09Z");
    const { json } = await call("order", { params: { id: "820982911946154508" } });
    expect(json).toMatchObject({
      id: "820982911946154508",
      state: "confirmed",
      name: "#1001",
      delayMs: 400,
      confirmedAt: "2026-11-20T10:00:09.000Z",
      message: expect.any(String),
    });
  });

  it("tells that news of it waits, that it is not confirmed, deleted, or absent", async () => {
    await insertOrder("1", shopId, null);
    expect((await call("order", { params: { id: "1" } })).json.state).toBe("unconfirmed");
    await pool.query(
      "INSERT INTO sync_confirmations (shop_id, resource, record_key, urgent) VALUES ($1, 'orders', '1', true)",
      [shopId],
    );
    expect((await call("order", { params: { id: "1" } })).json.state).toBe("waiting");
    await pool.query(
      "INSERT INTO sync_tombstones (shop_id, resource, record_key, deleted_at, reason, origin_kind) VALUES ($1, 'orders', '2', now(), 'webhook', 'webhook')",
      [shopId],
    );
    expect((await call("order", { params: { id: "2" } })).json.state).toBe("deleted");
    expect((await call("order", { params: { id: "3" } })).json.state).toBe("absent");
  });

  it("does not see another shop's order", async () => {
    await insertOrder("1", otherId, null);
    expect((await call("order", { params: { id: "1" } })).json.state).toBe("absent");
  });

  it.each(["", "0", "-1", "1e3", "1;DROP TABLE orders", "9223372036854775808", "99999999999999999999"])(
    "answers 400 to the id %j",
    async (id) => {
      expect((await call("order", { params: { id } })).status).toBe(400);
    },
  );
});

/** Answers the app's GraphQL calls; every other call goes where it would. */
function standInForShopify(answer: (query: string) => unknown) {
  const real = globalThis.fetch;
  return vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!url.hostname.endsWith(".myshopify.com")) return real(input, init);
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    return Response.json({ data: answer(query) }, { headers: { "x-shopify-api-version": "2026-10" } });
  });
}

async function grantToken(): Promise<void> {
  await sessionStorage.storeSession(
    new Session({
      id: `offline_${SHOP}`,
      shop: SHOP,
      state: "",
      isOnline: false,
      accessToken: "shpat_test",
      scope: scopes().join(","),
    }),
  );
}

const installation = (granted: readonly string[]) => ({
  shop: { name: "Test", currencyCode: "EUR", ianaTimezone: "Europe/Zurich" },
  currentAppInstallation: { accessScopes: granted.map((handle) => ({ handle })) },
});

interface TopicBody {
  topic: string;
  state: string;
  [field: string]: unknown;
}

describe("GET webhook-status", () => {
  const subscribed = (...found: readonly { topic: string; uri: string }[]) => ({
    webhookSubscriptions: {
      nodes: found.map(({ topic, uri }, index) => {
        return {
          id: `gid://shopify/WebhookSubscription/${index}`,
          topic: topicInEnum(topic),
          uri,
          filter: null,
          format: "JSON",
          includeFields: [],
          createdAt: "2026-11-01T00:00:00Z",
          apiVersion: { handle: API_VERSION },
        };
      }),
      pageInfo: { hasNextPage: false, endCursor: null },
    },
  });

  it("has a line for every topic that is needed, and is unproven when all are declared and nothing came yet", async () => {
    await grantToken();
    const shopify = standInForShopify(() => subscribed());
    const { json } = await call("webhookStatus");
    shopify.mockRestore();
    const lines = json.topics as TopicBody[];
    expect(lines.map(({ topic }) => topic)).toEqual(expect.arrayContaining([...topics()]));
    expect(lines.every(({ needed, declared, state }) => needed && declared && state === "never")).toBe(true);
    expect(json).toMatchObject({ health: "unproven", note: expect.stringContaining("shopify.app.toml") });
    expect(json.reasons.map(({ code }: { code: string }) => code)).toEqual(["nothing_yet"]);
  });

  it("counts what came, what was set aside and how late it was", async () => {
    await grantToken();
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason)
       VALUES ($1, 'bad', 'orders/create', '', 'parked', 'BAD_BODY'), ($2, 'theirs', 'products/update', '', 'parked', 'BAD_BODY')`,
      [SHOP, OTHER],
    );
    const now = new Date();
    const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
    const shop = { id: shopId, grantedAt: ago(0), uninstalledAt: null };
    const settled = (receivedMs: number, delayMs: number, state: "applied" | "parked"): Settled => ({
      delivery: {
        // No row has it: the log stays as it is, the hours are counted.
        id: 0n,
        shopDomain: SHOP,
        shop,
        topic: "orders/create",
        eventId: null,
        triggeredAt: ago(delayMs),
        receivedAt: ago(receivedMs),
        attempts: 0,
        replays: 0,
        body: new Uint8Array(),
      },
      settlement: { state },
    });
    const recent = Array.from({ length: 20 }, (_, n) => settled(600_000, (n + 1) * 100, "applied"));
    const all = [...recent, settled(5 * 3_600_000, 1_000, "applied"), settled(1_000, 0, "parked")];
    await inTransaction((client) => close(client, all, now));
    const shopify = standInForShopify(() =>
      subscribed(
        { topic: "orders/create", uri: "https://elsewhere.example/hook" },
        { topic: "carts/create", uri: `${process.env.SHOPIFY_APP_URL}/webhooks` },
      ),
    );
    const { json } = await call("webhookStatus");
    shopify.mockRestore();
    const line = (topic: string) => (json.topics as TopicBody[]).find((each) => each.topic === topic);
    expect(line("orders/create")).toMatchObject({ state: "parked", lastHour: 21, lastDay: 22, parked: 1 });
    const { p50, p95 } = line("orders/create")!.delayMs as { p50: number; p95: number };
    // Delays are kept in classes; a quantile is right within an eighth.
    expect(Math.abs(p50 - 1_000)).toBeLessThan(125);
    expect(Math.abs(p95 - 1_900)).toBeLessThan(240);
    expect(line("orders/create")).toMatchObject({ failedDay: 1, expectedDay: null });
    expect(line("products/update")).toMatchObject({ state: "never", parked: 0 });
    expect(line("CARTS_CREATE")).toMatchObject({ state: "unneeded", needed: false });
    expect(json.health).toBe("attention");
    expect(json.reasons.map(({ code }: { code: string }) => code)).toEqual(["parked", "elsewhere"]);
    expect(json.reasons.every(({ message }: { message: string }) => message.length > 20)).toBe(true);
  });

  it("says so when Shopify cannot be asked, and shows the rest", async () => {
    const { status, json } = await call("webhookStatus", { claims: { shop: OTHER } });
    expect(status).toBe(200);
    expect(json.reasons.map(({ code }: { code: string }) => code)).toContain("not_asked");
    expect((json.topics as TopicBody[]).every(({ subscriptions }) => subscriptions === null)).toBe(true);
  });
});

describe("POST test-webhook", () => {
  const isBulk = (query: string) => query.includes("BulkRun");
  const BUSY = {
    bulkOperationRunQuery: {
      bulkOperation: null,
      userErrors: [{ code: "OPERATION_IN_PROGRESS", field: null, message: "in progress" }],
    },
  };
  const drainWhatComes = () => {
    answerWebhook = async (request) => {
      const response = await webhooks.action({ request, params: {}, context: {} });
      void drain(systemTopics);
      return response;
    };
  };
  const resultOf = (json: { checks: { name: string; result: string }[] }) =>
    Object.fromEntries(json.checks.map(({ name, result }) => [name, result]));

  it("goes through the public address, the door and the drain, and reports each hop", async () => {
    await grantToken();
    drainWhatComes();
    const shopify = standInForShopify((query) => (isBulk(query) ? BUSY : installation(scopes())));
    const { status, json } = await call("testWebhook");
    shopify.mockRestore();
    expect(status).toBe(200);
    expect(json.passed).toBe(true);
    expect(json.hops.map(({ name }: { name: string }) => name).sort()).toEqual([
      "answered",
      "settled",
      "stored",
    ]);
    expect(json.hops.every(({ ms }: { ms: number }) => ms >= 0 && ms < 5_000)).toBe(true);
    expect(resultOf(json)).toEqual({
      address_https: "warning",
      reachable: "ok",
      api_version: "ok",
      secrets: "unknown",
      scopes: "ok",
      delivery: "ok",
    });
    // Every slot for bulk operations is taken: that no real change could be made is said, and is no fault.
    expect(json.roundTrip).toMatchObject({ way: "bulk_operation", result: "unknown", hops: [] });
    const { rows } = await pool.query(
      "SELECT topic, state, reason FROM sync_deliveries WHERE webhook_id = $1",
      [json.webhookId],
    );
    expect(rows).toEqual([{ topic: "counterfoil/test", state: "ignored", reason: "TEST" }]);
  });

  it("names missing scopes; a write scope includes its read scope", async () => {
    await grantToken();
    drainWhatComes();
    const granted = scopes().filter((scope) => scope !== "read_inventory" && scope !== "read_products");
    const shopify = standInForShopify((query) =>
      query.includes("SomeProduct")
        ? { products: { nodes: [] } }
        : installation([...granted, "write_products"]),
    );
    const { json } = await call("testWebhook");
    shopify.mockRestore();
    expect(json.passed).toBe(false);
    expect(json.checks).toContainEqual(
      expect.objectContaining({
        name: "scopes",
        result: "failed",
        detail: expect.stringMatching(/^read_inventory: inventory_items/),
      }),
    );
    expect(json.roundTrip).toMatchObject({ result: "unknown", detail: "NOTHING_TO_TOUCH" });
  });

  it("says that the address leads elsewhere when the answer is not ours", async () => {
    answerWebhook = async () => new Response(null, { status: 502 });
    const refused = (await call("testWebhook", { claims: { shop: OTHER } })).json;
    expect(resultOf(refused)).toMatchObject({ delivery: "failed", api_version: "failed", scopes: "unknown" });
    expect(refused.roundTrip).toMatchObject({ way: null, result: "unknown" });
    expect(refused.checks).toContainEqual(expect.objectContaining({ name: "delivery", detail: "HTTP 502" }));
    answerWebhook = async () => new Response("welcome");
    const { json } = await call("testWebhook", { claims: { shop: OTHER } });
    expect(json.checks).toContainEqual(
      expect.objectContaining({ name: "delivery", detail: expect.stringContaining("not this app") }),
    );
    expect(json.passed).toBe(false);
  });
});

describe("GET runs", () => {
  it("tells all of one run, and nothing of another shop's", async () => {
    const { json: started } = await call("syncOrders", { body: { from: "2026-11-20T10:00:00Z" } });
    const { id } = started.run;
    const { status, json } = await call("run", { params: { id } });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      run: {
        id,
        state: "queued",
        request: { mode: "created", from: "2026-11-20T10:00:00.000Z", until: null },
      },
      ...{ plan: null, phases: [], notes: [], holes: [] },
    });
    expect((await call("run", { params: { id }, claims: { shop: OTHER } })).status).toBe(404);
    expect((await call("run", { params: { id: "abc" } })).status).toBe(404);
  });
});
