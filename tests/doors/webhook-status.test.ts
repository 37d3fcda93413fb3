// GET /api/shopify/webhook-status: every state of a topic and every reason, with a sentence for each, from the rows and
// subscriptions that show it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { API_VERSION } from "#app/shopify/version.ts";
import { topicInEnum, type Subscription } from "#app/shopify/subscriptions.ts";
import { useDatabase } from "#tests/database.ts";
import { sessionToken } from "#tests/doors/session-token.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { sessionStorage } = await import("#app/shops/sessions.server.ts");
const { WEBHOOK_ADDRESS } = await import("#app/shops/webhook-address.server.ts");
const { scopes } = await import("#app/resources/index.ts");
const declared = await import("#app/status/declared-topics.ts");
const { Session } = await import("@shopify/shopify-api");
const { loader } = await import("#app/routes/api.shopify.webhook-status.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
let shopId: number;
/** Of the file beside the app. */
const told = vi.spyOn(declared, "declaredTopics");
afterEach(() => void told.mockReset());

beforeEach(async () => {
  await pool.query(
    `TRUNCATE shops, sessions, sync_deliveries, sync_topics, sync_topic_hours, sync_watches, sync_alerts, sync_acts,
     sync_counters, sync_holds`,
  );
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shopId = rows[0].id;
  await sessionStorage.storeSession(
    new Session({
      ...{ id: `offline_${SHOP}`, shop: SHOP, state: "", isOnline: false, accessToken: "shpat_test" },
      scope: scopes().join(","),
    }),
  );
});

let ids = 0;
const subscription = (topic: string, given: Partial<Subscription> = {}): Subscription => ({
  id: `gid://shopify/WebhookSubscription/${(ids += 1)}`,
  topic: topicInEnum(topic),
  uri: WEBHOOK_ADDRESS,
  filter: null,
  format: "JSON",
  includeFields: [],
  createdAt: "2026-11-01T00:00:00Z",
  apiVersion: { handle: API_VERSION },
  ...given,
});

interface Told {
  health: string;
  message: string;
  reasons: {
    code: string;
    message: string;
    isAlert: boolean;
    topics?: string[];
    count?: number;
    since: string | null;
  }[];
  pastAlerts: { code: string; message: string; since: string; endedAt: string }[];
  topics: { topic: string; state: string; message: string; [field: string]: unknown }[];
  address: string;
  note: string;
}

const status = (...found: readonly Subscription[]) => statusOf(SHOP, found);

/** What the door tells while Shopify lists these subscriptions. */
async function statusOf(shop: string, found: readonly Subscription[]) {
  const real = globalThis.fetch;
  const shopify = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : String(input));
    if (!hostname.endsWith(".myshopify.com")) return real(input, init);
    const page = { nodes: found, pageInfo: { hasNextPage: false, endCursor: null } };
    return Response.json(
      { data: { webhookSubscriptions: page } },
      { headers: { "x-shopify-api-version": API_VERSION } },
    );
  });
  const headers = { authorization: `Bearer ${sessionToken({ shop })}` };
  const request = new Request("https://counterfoil.test/api/shopify/webhook-status", { headers });
  const response = await loader({ request, params: {} });
  shopify.mockRestore();
  expect(response.status).toBe(200);
  const json = (await response.json()) as Told;
  const topic = (name: string) => json.topics.find((each) => each.topic === name)!;
  const reason = (code: string) => json.reasons.find((each) => each.code === code);
  // Whatever is said has a sentence, and none names an object that is none.
  for (const each of [...json.reasons, ...json.topics, ...json.pastAlerts])
    expect(each.message).toMatch(/^[A-Za-z0-9].{19,}\.$/s);
  return { json, topic, reason };
}

const arrived = (topic: string, minutesAgo: number) =>
  pool.query(
    "INSERT INTO sync_topics VALUES ($1, $2, now() - interval '30 days', now() - $3 * interval '1 minute')",
    [shopId, topic, minutesAgo],
  );
const deliver = (topic: string, state: string, reason: string | null, secondsAgo = 60) =>
  pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, received_at)
     VALUES ($1, gen_random_uuid()::text, $2, '{}', $3::delivery_state, $4, now() - $5 * interval '1 second')`,
    [SHOP, topic, state, reason, secondsAgo],
  );
/** The TOML beside the app does not name these. */
function undeclare(...gone: string[]) {
  const all = declared.declaredTopics()!;
  told.mockReturnValue(new Set([...all].filter((topic) => !gone.includes(topic))));
}

describe("a topic", () => {
  it("that comes is arriving, one that came days ago is quiet, one that never came is not a fault", async () => {
    await arrived("orders/create", 5);
    await arrived("products/update", 3 * 24 * 60);
    const { topic, json } = await status();
    expect(topic("orders/create").state).toBe("arriving");
    expect(topic("products/update").state).toBe("quiet");
    expect(topic("customers/update").state).toBe("never");
    expect(json).toMatchObject({ health: "healthy", reasons: [], address: WEBHOOK_ADDRESS });
    expect(json.note).toContain("shopify.app.toml");
  });

  it("that is announced no more is silent from when to when, and changes are then certainly missed", async () => {
    await arrived("orders/updated", 200);
    await pool.query(
      `INSERT INTO sync_watches (shop_id, resource, watched_to, silent_from, silent_to, missed, run_id) VALUES
         ($1, 'orders', now(), now() - interval '1 hour', NULL, 7, 9),
         ($1, 'products', now(), now() - interval '5 hours', now() - interval '4 hours', 2, 8)`,
      [shopId],
    );
    const { topic, reason, json } = await status();
    expect(json.health).toBe("broken");
    expect(topic("orders/updated")).toMatchObject({
      state: "silent",
      silence: { missed: 7, to: null, runId: "9" },
    });
    expect(reason("silent")).toMatchObject({ isAlert: true, since: expect.any(String) });
    expect(topic("products/update")).toMatchObject({
      state: "never",
      silence: { missed: 2, from: expect.any(String), to: expect.any(String) },
    });
  });

  it("that was subscribed through the API, too, is kept, for the file alone does not prove a deploy", async () => {
    await arrived("orders/create", 5);
    const { topic, reason } = await status(subscription("orders/create"));
    expect(topic("orders/create")).toMatchObject({ state: "arriving", declared: true });
    expect(topic("orders/create").faults).toMatchObject([{ code: "kept", isRepairable: false }]);
    expect(topic("orders/create").message).toContain("it may be the only one");
    expect(reason("doubled")).toBeUndefined();
  });

  it("that surely comes by the file and was subscribed through the API, too, is doubled and leads to a repair", async () => {
    await deliver("orders/create", "superseded", "DUPLICATE");
    await pool.query("UPDATE sync_deliveries SET event_id = 'event', triggered_at = received_at");
    const { topic, reason, json } = await status(subscription("orders/create"));
    expect(json.health).toBe("attention");
    expect(topic("orders/create")).toMatchObject({ state: "doubled", declared: true });
    expect(topic("orders/create").faults).toMatchObject([{ code: "duplicate", isRepairable: true }]);
    expect(reason("doubled")!.topics).toEqual(["orders/create"]);
  });

  it("of which every change came twice is doubled, whatever is known of its subscriptions, until one was changed", async () => {
    await deliver("orders/create", "superseded", "DUPLICATE");
    await deliver("orders/create", "superseded", "DUPLICATE");
    await deliver("products/update", "superseded", "DUPLICATE", 2 * 3_600);
    const { topic, reason } = await status();
    expect(topic("orders/create")).toMatchObject({ state: "doubled", twins: 2, subscriptions: [] });
    expect(reason("doubled")!.topics).toEqual(["orders/create"]);
    await pool.query(
      `INSERT INTO sync_acts (shop_id, at, actor, act, count, detail)
       VALUES ($1, now(), 'watch', 'subscription_deleted', 1, '{"topic": "orders/create"}')`,
      [shopId],
    );
    const after = await status();
    expect(after.topic("orders/create")).toMatchObject({ state: "never", twins: 0 });
    expect(after.reason("doubled")).toBeUndefined();
  });

  it("in another API version, or to another address, is named, with what can be done", async () => {
    undeclare("orders/create", "products/update");
    const { topic, reason, json } = await status(
      subscription("orders/create", { apiVersion: { handle: "2026-01" } }),
      subscription("products/update", { uri: "https://old.example/webhooks" }),
    );
    expect(json.health).toBe("attention");
    expect(topic("orders/create").faults).toEqual([
      { code: "outdated", found: "2026-01", isRepairable: false },
    ]);
    expect(topic("products/update").faults).toEqual([
      { code: "misrouted", found: "https://old.example/webhooks", isRepairable: true },
    ]);
    expect(reason("outdated")!.topics).toEqual(["orders/create"]);
    expect(reason("elsewhere")!.topics).toEqual(["products/update"]);
  });

  it("that arrives in another API version is named, until anything that was triggered later comes in the right one", async () => {
    const send = (topic: string, version: string, minutesAgo: number) =>
      pool.query(
        `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, api_version, triggered_at)
         VALUES ($1, gen_random_uuid(), $2, '{}', 'applied', $3, now() - $4 * interval '1 minute')`,
        [SHOP, topic, version, minutesAgo],
      );
    await send("products/update", API_VERSION, 30);
    await send("orders/create", "2026-01", 20);
    const { topic, reason, json } = await status();
    expect(json.health).toBe("attention");
    expect(reason("outdated")!.topics).toEqual(["orders/create"]);
    expect(topic("orders/create").faults).toEqual([
      { code: "outdated", found: "2026-01", isRepairable: false },
    ]);
    expect(topic("orders/create").message).toContain("shopify app deploy");
    await send("products/update", API_VERSION, 25);
    expect((await status()).reason("outdated")).toBeDefined();
    await send("products/update", API_VERSION, 10);
    expect((await status()).reason("outdated")).toBeUndefined();
  });

  it("that nobody subscribed is missing, and changes are then certainly missed", async () => {
    undeclare("orders/create");
    const { topic, reason, json } = await status();
    expect(json.health).toBe("broken");
    expect(topic("orders/create")).toMatchObject({ state: "missing", needed: true, declared: false });
    expect(reason("missing")!.topics).toEqual(["orders/create"]);
  });

  it("of a resource that the settings leave out is not needed, and not missing", async () => {
    const off = { rules: { resources: { customers: { isOn: false } } } };
    await pool.query("UPDATE shops SET settings = $2 WHERE id = $1", [shopId, off]);
    undeclare("customers/update");
    const { topic, json } = await status(subscription("customers/create"));
    expect(json.health).not.toBe("broken");
    expect(json.topics.map((each) => each.topic)).not.toContain("customers/update");
    expect(topic("customers/create")).toMatchObject({ state: "doubled", needed: false });
    expect(topic("customers/create").faults).toMatchObject([{ code: "switched_off", isRepairable: true }]);
  });

  it("that nothing reads stands in one line, and its subscription is being removed", async () => {
    await arrived("carts/update", 5);
    const { topic, json } = await status(subscription("carts/update"));
    expect(json.topics.map((each) => each.topic)).not.toContain("CARTS_UPDATE");
    expect(topic("carts/update")).toMatchObject({ state: "unneeded", needed: false });
    expect(topic("carts/update").subscriptions).toHaveLength(1);
    expect(topic("carts/update").faults).toMatchObject([{ code: "not_needed", isRepairable: true }]);
  });

  it("with other fields than the settings ask for is being renewed, and its fields are told", async () => {
    await pool.query("UPDATE shops SET settings = $2 WHERE id = $1", [
      shopId,
      { rules: { isPersonalOut: true } },
    ]);
    undeclare("customers/update");
    const { topic } = await status(subscription("customers/update", { includeFields: ["id", "email"] }));
    expect(topic("customers/update").faults).toEqual([
      { code: "other_fields", found: "id, email", isRepairable: true },
    ]);
    expect(topic("customers/update").subscriptions).toMatchObject([{ fields: ["id", "email"] }]);
  });
});

describe("a reason", () => {
  it("is what waits too long, was set aside, or was refused for its signature", async () => {
    await deliver("orders/create", "received", null, 90);
    await deliver("orders/create", "parked", "BAD_BODY");
    await pool.query(
      "INSERT INTO sync_counters (name, minute, count) VALUES ('webhook_rejected_hmac', date_trunc('minute', now()), 3)",
    );
    await arrived("orders/create", 1);
    const { reason, json } = await status();
    expect(json.health).toBe("attention");
    expect(reason("backlog")).toMatchObject({ isAlert: true });
    expect(reason("parked")).toMatchObject({ count: 1, topics: ["orders/create"] });
    expect(reason("refused")).toMatchObject({ count: 3 });
  });

  it("is no wait for the next try, or for a person who told the queue to wait", async () => {
    await deliver("orders/create", "received", "FAILED", 3_600);
    await pool.query("UPDATE sync_deliveries SET attempts = 5, next_attempt_at = now() + interval '1 hour'");
    expect((await status()).reason("backlog")).toBeUndefined();
    await pool.query("UPDATE sync_deliveries SET next_attempt_at = now() - interval '1 minute'");
    const { reason } = await status();
    expect(Date.now() - Date.parse(reason("backlog")!.since!)).toBeLessThan(10 * 60_000);
    await pool.query("INSERT INTO sync_holds VALUES ($1, 'deliveries', 'user:1', now())", [shopId]);
    expect((await status()).reason("backlog")).toBeUndefined();
  });

  it("that only tells how little is known is no alert", async () => {
    told.mockReturnValue(null);
    // A shop that has granted no token.
    await pool.query("INSERT INTO shops (domain) VALUES ($1)", [OTHER]);
    const { json } = await statusOf(OTHER, []);
    expect(json.reasons.map(({ code, isAlert }) => [code, isAlert])).toEqual([
      ["nothing_yet", false],
      ["not_asked", false],
      ["toml_unknown", false],
    ]);
    expect(json.health).toBe("unproven");
    expect(
      json.topics.every(({ declared: known, subscriptions }) => known === null && subscriptions === null),
    ).toBe(true);
  });

  it("that is over is told with its beginning and its end", async () => {
    await pool.query(
      `INSERT INTO sync_alerts (shop_id, code, since, ended_at, detail)
       VALUES ($1, 'silent', now() - interval '2 hours', now() - interval '1 hour', '{"topics": ["orders/updated"], "count": 0}')`,
      [shopId],
    );
    const { json } = await status();
    expect(json.pastAlerts).toMatchObject([{ code: "silent", topics: ["orders/updated"] }]);
    expect(Date.parse(json.pastAlerts[0]!.endedAt)).toBeGreaterThan(Date.parse(json.pastAlerts[0]!.since));
  });
});
