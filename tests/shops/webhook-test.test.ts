// The webhook test against a store that answers and delivers over HTTP: a real change comes back by Shopify's own delivery,
// hop by hop; and the checks of what deliveries depend on.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { scopes } from "#app/resources/index.ts";
import { API_VERSION, supportedUntil } from "#app/shopify/version.ts";
import { startSandbox, type Sandbox } from "#sandbox/sandbox.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
process.env.SHOPIFY_API_KEY = "sandbox-api-key";
process.env.SHOPIFY_API_SECRET = "sandbox-api-secret";
const SHOP = "round-trip.myshopify.com";

let door: Server;
let port = 0;
let sandbox: Sandbox;
let draining: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  door = createServer();
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  process.env.SHOPIFY_APP_URL = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const { webhookDoor } = await import("#app/webhook-door.server.ts");
  const { drain } = await import("#app/sync/inbox.ts");
  const { systemTopics } = await import("#app/shops/system-topics.ts");
  door.on("request", (request, response) => {
    webhookDoor(request, response);
    response.once("finish", () => void (draining = draining.then(() => drain(systemTopics))));
  });
  await open(scopes());
});

afterAll(async () => {
  await sandbox.stop();
  await draining;
  await new Promise((resolve) => door.close(resolve));
});
afterEach(() => sandbox.dials.turn({ dropPercent: 0 }));

/** A store in which the app holds these scopes, and the token for it. */
async function open(granted: readonly string[]): Promise<void> {
  sandbox = await startSandbox({
    ...{ port, proxyPort: 0, appUrl: process.env.SHOPIFY_APP_URL!, shop: SHOP, orders: 5, products: 3 },
    ...{ scopes: [...granted], timeScale: 1_000 },
  });
  // Requests to the shop are led to the address of the first one for good.
  port = Number(new URL(sandbox.urls.sandbox).port);
  process.env.SANDBOX_URL = sandbox.urls.sandbox;
  await import("#sandbox/redirect.ts");
  const { Session } = await import("@shopify/shopify-api");
  const { sessionStorage } = await import("#app/shops/sessions.server.ts");
  const { pool } = await import("#app/db.server.ts");
  const address = `${sandbox.urls.sandbox}/_sandbox/app/${sandbox.app.handle}/session-token`;
  const { token } = (await (await fetch(address)).json()) as { token: string };
  const response = await fetch(`https://${SHOP}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_id: "sandbox-api-key",
      client_secret: "sandbox-api-secret",
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
    }),
  });
  const { access_token: accessToken, scope } = (await response.json()) as {
    access_token: string;
    scope: string;
  };
  await pool.query("TRUNCATE shops, sessions, sync_deliveries, sync_counters, products, product_variants");
  await pool.query("INSERT INTO shops (domain) VALUES ($1)", [SHOP]);
  await sessionStorage.storeSession(
    new Session({ id: `offline_${SHOP}`, shop: SHOP, state: "", isOnline: false, scope, accessToken }),
  );
}

async function run(signal = new AbortController().signal) {
  const { testWebhook } = await import("#app/shops/webhook-test.server.ts");
  return testWebhook(SHOP, signal);
}

async function ownTests(): Promise<number> {
  const { pool } = await import("#app/db.server.ts");
  return (await pool.query("SELECT FROM sync_deliveries WHERE topic = 'counterfoil/test'")).rowCount!;
}

const HOPS = ["changed", "triggered", "arrived", "stored", "answered", "settled"];

describe("a real change", () => {
  it("with read scopes only is a bulk operation, delivered by Shopify and followed hop by hop", async () => {
    const { passed, roundTrip, checks, hops } = await run();
    expect(roundTrip).toMatchObject({ way: "bulk_operation", topic: "bulk_operations/finish", result: "ok" });
    expect(roundTrip.hops.map(({ name }) => name)).toEqual(HOPS);
    expect(roundTrip.hops.every(({ ms }) => ms >= 0 && ms < 25_000)).toBe(true);
    const { pool } = await import("#app/db.server.ts");
    const { rows } = await pool.query("SELECT topic, state FROM sync_deliveries WHERE webhook_id = $1", [
      roundTrip.webhookId,
    ]);
    expect(rows).toEqual([{ topic: "bulk_operations/finish", state: "ignored" }]);
    expect(hops.map(({ name }) => name).sort()).toEqual(["answered", "settled", "stored"]);
    expect(checks.find(({ name }) => name === "reachable")?.result).toBe("ok");
    expect(passed).toBe(true);
    // The secret that Shopify signs with has been seen by now.
    const { flushCounts } = await import("#app/observe.server.ts");
    await flushCounts();
    expect((await run()).checks.find(({ name }) => name === "secrets")).toMatchObject({ result: "ok" });
  });

  it("that Shopify does not deliver is said so, and the test does not pass", async () => {
    const before = await ownTests();
    const leaving = new AbortController();
    sandbox.dials.turn({ dropPercent: 100 });
    const running = run(leaving.signal);
    const { pool } = await import("#app/db.server.ts");
    await expect
      .poll(async () => {
        const { rowCount } = await pool.query(
          "SELECT FROM sync_deliveries WHERE topic = 'counterfoil/test' AND state = 'ignored'",
        );
        return rowCount! > before && sandbox.webhooks.log.list().some(({ state }) => state === "dropped");
      })
      .toBe(true);
    // As after half a minute: whoever waits gives up.
    leaving.abort();
    expect(await running).toMatchObject({
      passed: false,
      roundTrip: { result: "warning", detail: "NOT_DELIVERED", webhookId: null, hops: [{ name: "changed" }] },
    });
  });

  it("where products may be written is an own metafield, and its news is applied to the mirror", async () => {
    await sandbox.stop();
    await open([...scopes(), "write_products"]);
    const { roundTrip } = await run();
    expect(roundTrip).toMatchObject({ way: "product_metafield", topic: "products/update", result: "ok" });
    expect(roundTrip.hops.map(({ name }) => name)).toEqual(HOPS);
    const { pool } = await import("#app/db.server.ts");
    expect((await pool.query("SELECT FROM products")).rowCount).toBe(1);
    const own = sandbox.store.list("metafields").filter(({ key }) => key === "webhook_test");
    expect(own).toHaveLength(1);
    expect((await run()).roundTrip.result).toBe("ok");
  });
});

describe("the checks", () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`);

  it("know until when a version is supported, warn before, and see a fall forward", async () => {
    const { checkVersion } = await import("#app/shops/webhook-checks.server.ts");
    expect(supportedUntil("2026-10")).toEqual(day("2027-10-01"));
    expect(supportedUntil("unstable")).toBeNull();
    const until = supportedUntil(API_VERSION)!;
    const before = (days: number) => new Date(until.getTime() - days * 86_400_000);
    expect(checkVersion(API_VERSION, before(200))).toMatchObject({ result: "ok", at: until });
    expect(checkVersion(API_VERSION, before(30))).toMatchObject({ result: "warning" });
    expect(checkVersion(API_VERSION, before(-1))).toMatchObject({ result: "failed" });
    expect(checkVersion("2027-07", before(200))).toMatchObject({ result: "warning", detail: "2027-07" });
  });

  it("tell which secret was seen last", async () => {
    const { judgeSecrets } = await import("#app/shops/webhook-checks.server.ts");
    const [early, late] = [day("2026-11-01"), day("2026-11-02")];
    const seen = { current: null, previous: null, refused: null };
    expect(judgeSecrets(seen, false)).toMatchObject({ result: "unknown" });
    expect(judgeSecrets({ ...seen, current: early }, false)).toMatchObject({ result: "ok", at: early });
    expect(judgeSecrets({ ...seen, current: early, refused: late }, false)).toMatchObject({
      result: "failed",
    });
    expect(judgeSecrets({ ...seen, current: late, refused: early }, false)).toMatchObject({ result: "ok" });
    expect(judgeSecrets({ ...seen, current: early, previous: late }, true)).toMatchObject({
      result: "warning",
    });
    expect(judgeSecrets({ ...seen, current: late, previous: early }, true)).toMatchObject({ result: "ok" });
    // A secret that is no longer accepted has nothing to say.
    expect(judgeSecrets({ ...seen, current: early, previous: late }, false)).toMatchObject({ result: "ok" });
  });

  it("name the topics that a missing scope costs", async () => {
    const { checkScopes } = await import("#app/shops/webhook-checks.server.ts");
    expect(checkScopes(scopes())).toMatchObject({ result: "ok", detail: null });
    const without = scopes().filter((scope) => scope !== "read_customers");
    const { result, detail } = checkScopes(without);
    expect(result).toBe("failed");
    expect(detail).toMatch(/^read_customers: .*customers\/update/);
    expect(checkScopes([...without, "write_customers"]).result).toBe("ok");
    // Orders are read without it, but their parcels' news is not sent.
    const unheard = checkScopes(scopes().filter((scope) => scope !== "read_fulfillments"));
    expect(unheard.detail).toBe("read_fulfillments: fulfillments/create, fulfillments/update");
  });
});
