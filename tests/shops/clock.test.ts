// Whose clock says when a store had the app: Shopify's, as it says when the store has uninstalled it. Ours may be ahead by a
// minute, with session tokens still being valid; on such a machine an uninstall soon after a visit seems to be before it.
import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { sessionToken } from "#tests/doors/session-token.ts";

const SHOP = "test-shop.myshopify.com";

// The library takes hold of fetch when it is loaded.
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  if (!String(input).includes("/admin/oauth/access_token")) return realFetch(input, init);
  const grant = { access_token: "shpat_x", refresh_token: "shprt_x", scope: "read_orders" };
  return Response.json({ ...grant, expires_in: 3_600, refresh_token_expires_in: 7_776_000 });
};
afterAll(() => void (globalThis.fetch = realFetch));

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { merchantOf } = await import("#app/merchant.server.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { drain, receive } = await import("#app/sync/inbox.ts");

beforeEach(async () => {
  await pool.query("TRUNCATE shops, sessions, sync_deliveries, sync_runs");
});

/** A page that the merchant opens, by a token that is so many seconds old by our clock. */
function visit(secondsAgo: number) {
  const authorization = `Bearer ${sessionToken({ issuedIn: -secondsAgo, expiresIn: 5 })}`;
  return merchantOf(new Request("https://counterfoil.test/app", { headers: { authorization } }));
}

async function hear(topic: string, secondsAgo: number) {
  const webhookId = randomUUID();
  const triggeredAt = new Date(Date.now() - secondsAgo * 1_000).toISOString();
  const stated = { shopDomain: SHOP, webhookId, eventId: null, topic, apiVersion: null, triggeredAt };
  await receive({ ...stated, body: Buffer.from('{"id": 1}') });
  await drain(systemTopics);
  const { rows } = await pool.query<{ state: string; reason: string | null }>(
    "SELECT state, reason FROM sync_deliveries WHERE webhook_id = $1",
    [webhookId],
  );
  return rows[0];
}

it("an uninstall half a minute after a visit ends the installation, though our clock is ahead by more", async () => {
  const { shop } = await visit(50);
  expect(shop.domain).toBe(SHOP);
  expect(await hear("app/uninstalled", 20)).toMatchObject({ state: "applied" });
});

it("one that was triggered before the visit is about the installation before", async () => {
  await visit(50);
  expect(await hear("app/uninstalled", 55)).toMatchObject({ state: "ignored", reason: "REINSTALLED" });
});

it("one installation begins one set of backfills, by the same clock", async () => {
  await visit(50);
  const count = async () => (await pool.query("SELECT FROM sync_runs")).rowCount;
  const begun = await count();
  expect(begun).toBeGreaterThan(0);
  await pool.query("DELETE FROM sessions");
  await pool.query("UPDATE sync_runs SET state = 'verified'");
  await visit(2);
  expect(await count()).toBe(begun);
});

it("a store that is back is not erased by an order that is late, though news of its uninstall was lost", async () => {
  await visit(50);
  await pool.query("UPDATE shops SET installed_at = '2026-01-01Z', authorized_at = '2026-01-01Z'");
  await pool.query("DELETE FROM sessions");
  await visit(10);
  expect(await hear("shop/redact", 30)).toMatchObject({ state: "ignored", reason: "REINSTALLED" });
  expect(await hear("shop/redact", 5)).toBeUndefined();
});
