import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { SHOP, webhookRequest } from "#tests/doors/webhook-request.ts";
import { openDoor, openRoute, type Sender } from "#tests/doors/webhook-senders.ts";

process.env.SHOPIFY_API_SECRET_PREVIOUS = "the-secret-before";
const database = await useDatabase();
const { BODY_BYTES_MAX, readWebhook, truncateTriggeredAt } = await import("#app/shopify/webhook.ts");
const { flushCounts } = await import("#app/observe.server.ts");
const { pool } = await import("#app/db.server.ts");

async function deliveries() {
  const { rows } = await pool.query(
    `SELECT webhook_id, topic, shop_domain, state, repeats, event_id, api_version, convert_from(body, 'UTF8') AS body,
            to_char(triggered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS triggered_at
     FROM sync_deliveries ORDER BY id`,
  );
  return rows;
}

afterEach(async () => {
  await flushCounts();
  await pool.query("TRUNCATE sync_deliveries, sync_counters");
});

describe.each([
  ["in front of the framework, over HTTP", openDoor],
  ["as the framework's route", openRoute],
])("the webhook door %s", (_way, open) => {
  let sender: Sender;
  beforeAll(async () => void (sender = await open()));
  afterAll(() => sender.close());
  const post = (request: Request) => sender.send(request);

  it("stores a signed delivery with its bytes and its time cut to the microsecond, and answers 200", async () => {
    const id = randomUUID();
    const response = await post(
      webhookRequest('{"id": 788032119674292922}', { id, triggeredAt: "2026-11-20T10:00:00.123456789Z" }),
    );
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(await deliveries()).toEqual([
      expect.objectContaining({
        webhook_id: id,
        topic: "products/delete",
        shop_domain: SHOP,
        state: "received",
        repeats: 0,
        api_version: "2026-10",
        body: '{"id": 788032119674292922}',
        triggered_at: "2026-11-20T10:00:00.123456Z",
      }),
    ]);
  });

  it("rings the inbox's bell in the commit of the row", async () => {
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    const rung = new Promise<string>((resolve) =>
      listener.on("notification", ({ channel }) => resolve(channel)),
    );
    await listener.query("LISTEN counterfoil_inbox");
    await post(webhookRequest({ id: 1 }));
    expect(await rung).toBe("counterfoil_inbox");
    await listener.end();
  });

  it("takes the recorded request of the samples as it is", async () => {
    const file = new URL("../fixtures/webhooks/signed_request__products_delete.json", import.meta.url);
    const { body, secret, headers } = JSON.parse(readFileSync(file, "utf8"));
    const request = new Request("https://counterfoil.test/webhooks", { method: "POST", headers, body });
    const reading = await readWebhook(request, [secret]);
    expect(reading).toEqual({
      signer: 0,
      envelope: expect.objectContaining({ topic: "products/delete", shopDomain: SHOP }),
    });
  });

  it("stores a repeated delivery once and counts the repeat", async () => {
    const id = randomUUID();
    for (let sent = 0; sent < 3; sent += 1)
      expect((await post(webhookRequest({ id: 1 }, { id }))).status).toBe(200);
    expect(await deliveries()).toEqual([expect.objectContaining({ webhook_id: id, repeats: 2 })]);
  });

  it("keeps equal webhook ids of two shops apart", async () => {
    await post(webhookRequest({ id: 1 }, { id: "same", shop: "a.myshopify.com" }));
    await post(webhookRequest({ id: 1 }, { id: "same", shop: "b.myshopify.com" }));
    expect(await deliveries()).toHaveLength(2);
  });

  it.each(["x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain", "x-shopify-webhook-id"])(
    "answers 400 without %s and names it",
    async (name) => {
      for (const value of [null, "", "  "]) {
        const response = await post(webhookRequest({ id: 1 }, { headers: { [name]: value } }));
        expect(response.status).toBe(400);
        expect(await response.json()).toEqual({
          error: "MISSING_HEADER",
          message: expect.stringContaining(name),
        });
      }
      expect(await deliveries()).toEqual([]);
    },
  );

  it.each([
    ["x-shopify-event-id", null],
    ["x-shopify-api-version", null],
    ["x-shopify-triggered-at", null],
    ["x-shopify-triggered-at", "yesterday"],
  ])("takes a delivery with %s: %s", async (name, value) => {
    expect((await post(webhookRequest({ id: 1 }, { headers: { [name]: value } }))).status).toBe(200);
    expect(await deliveries()).toHaveLength(1);
  });

  it.each([
    ["x-shopify-shop-domain", "not a domain"],
    ["x-shopify-shop-domain", "localhost"],
    ["x-shopify-webhook-id", "x".repeat(256)],
    ["x-shopify-topic", "x".repeat(256)],
  ])("answers 400 to a senseless %s", async (name, value) => {
    expect((await post(webhookRequest({ id: 1 }, { headers: { [name]: value } }))).status).toBe(400);
    expect(await deliveries()).toEqual([]);
  });

  it("answers 401 to a wrong signature, stores nothing and counts it", async () => {
    const response = await post(webhookRequest({ id: 1 }, { secret: "somebody else's" }));
    expect(response.status).toBe(401);
    expect(
      (await post(webhookRequest({ id: 1 }, { headers: { "x-shopify-hmac-sha256": "AAAA" } }))).status,
    ).toBe(401);
    expect(await deliveries()).toEqual([]);
    await flushCounts();
    const { rows } = await pool.query(
      "SELECT sum(count)::int AS count FROM sync_counters WHERE name = 'webhook_rejected_hmac'",
    );
    expect(rows).toEqual([{ count: 2 }]);
  });

  it("answers 401 when a byte of the signed body was changed", async () => {
    const signed = webhookRequest('{"id":1}');
    const request = new Request(signed.url, { method: "POST", headers: signed.headers, body: '{"id":2}' });
    expect((await post(request)).status).toBe(401);
  });

  it("accepts the secret before a rotation", async () => {
    expect((await post(webhookRequest({ id: 1 }, { secret: "the-secret-before" }))).status).toBe(200);
  });

  it("answers 400 to an empty body", async () => {
    expect((await post(webhookRequest(""))).status).toBe(400);
  });

  it("refuses a body over the limit, announced or not, and takes one of exactly the limit", async () => {
    const announced = webhookRequest("{}", { headers: { "content-length": String(BODY_BYTES_MAX + 1) } });
    expect((await post(announced)).status).toBe(413);
    expect((await post(webhookRequest("x".repeat(BODY_BYTES_MAX + 1)))).status).toBe(413);
    expect(await deliveries()).toEqual([]);
    expect((await post(webhookRequest("x".repeat(BODY_BYTES_MAX)))).status).toBe(200);
  });

  it("stores an authentic body that is no JSON, and one of an unknown topic", async () => {
    expect((await post(webhookRequest("<xml/>"))).status).toBe(200);
    expect((await post(webhookRequest({}, { topic: "moons/eclipsed" }))).status).toBe(200);
    expect(await deliveries()).toHaveLength(2);
  });

  it("answers 405 to other methods", async () => {
    expect((await post(webhookRequest("", { method: "GET" }))).status).toBe(405);
    expect((await post(webhookRequest("", { method: "PUT" }))).status).toBe(405);
  });

  it("answers 503 while the database is away, and takes the same delivery once it is back", async () => {
    const id = randomUUID();
    const admin = new pg.Client({ connectionString: database.url.replace(database.name, "postgres") });
    await admin.connect();
    await admin.query(`ALTER DATABASE ${database.name} WITH ALLOW_CONNECTIONS false`);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
      database.name,
    ]);
    const away = await post(webhookRequest({ id: 1 }, { id }));
    await admin.query(`ALTER DATABASE ${database.name} WITH ALLOW_CONNECTIONS true`);
    await admin.end();
    expect(away.status).toBe(503);
    expect(away.headers.get("retry-after")).toBe("10");
    expect((await post(webhookRequest({ id: 1 }, { id }))).status).toBe(200);
    expect(await deliveries()).toEqual([expect.objectContaining({ webhook_id: id, repeats: 0 })]);
  });
});

describe("truncateTriggeredAt", () => {
  it.each([
    ["2026-11-20T10:00:00.999999999Z", "2026-11-20T10:00:00.999999Z"],
    ["2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000000Z"],
    ["2026-11-20T10:00:00.5+02:00", "2026-11-20T08:00:00.500000Z"],
    ["2026-13-20T10:00:00Z", null],
    ["0000-01-01T00:00:00Z", null],
    ["", null],
    [null, null],
  ])("%s → %s", (given, wanted) => expect(truncateTriggeredAt(given)).toBe(wanted));
});
