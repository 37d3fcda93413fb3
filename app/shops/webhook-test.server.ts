// The webhook test: a harmless real change that Shopify announces, where one can be made, and a signed delivery of our own
// to the public address; each followed hop by hop until it has settled. And the settings that deliveries depend on.
// Shopify's own shop/update was rejected as the own delivery's topic: it would overwrite the shop's facts with what the test
// made up, and look like Shopify's in the history.
import { randomUUID } from "node:crypto";
import { pool } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import { signature } from "#app/shopify/webhook.ts";
import { WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import { askInstallation, checkSettings, type Asked, type Check } from "#app/shops/webhook-checks.server.ts";
import { makeRoundTrip, type RoundTrip } from "#app/shops/webhook-round-trip.server.ts";
import { TEST_TOPIC } from "#app/sync/inbox.ts";

export type { Check, RoundTrip };

/** Shopify gives up on an answer after this; so does the test. */
const ANSWER_MS_MAX = 5_000;
const SETTLE_MS_MAX = 10_000;
/** A look at the row costs less than a millisecond. */
const LOOK_EVERY_MS = 20;

export interface Hop {
  readonly name: "answered" | "stored" | "settled";
  /** Since the delivery was sent. */
  readonly ms: number;
}

export interface WebhookTest {
  /** Of our own delivery. */
  readonly topic: string;
  readonly webhookId: string;
  readonly passed: boolean;
  readonly hops: readonly Hop[];
  readonly checks: readonly Check[];
  /** The change in the store, and Shopify's delivery of it. */
  readonly roundTrip: RoundTrip;
}

/** Sends both for the shop and reports each hop; at most some 40 s, where Shopify is slow. */
export async function testWebhook(shopDomain: string, signal: AbortSignal): Promise<WebhookTest> {
  const webhookId = `test-${randomUUID()}`;
  const now = new Date();
  const asked = await askInstallation(shopDomain);
  const [sent, settings, roundTrip] = await Promise.all([
    sendTest(shopDomain, webhookId, signal),
    checkSettings(asked, now),
    tripOf(shopDomain, asked, signal, now),
  ]);
  const [address, ...rest] = settings;
  const checks = [address!, sent.reachable, ...rest, sent.check];
  const isSound = checks.every(({ name, result }) => {
    // Before the first webhook it cannot be known which secret Shopify signs with.
    return result === "ok" || result === "warning" || (name === "secrets" && result === "unknown");
  });
  const isThrough = roundTrip.result === "ok" || (roundTrip.result === "unknown" && "installation" in asked);
  const passed = isSound && sent.check.result === "ok" && isThrough;
  return { topic: TEST_TOPIC, webhookId, passed, hops: sent.hops, checks, roundTrip };
}

async function tripOf(shopDomain: string, asked: Asked, signal: AbortSignal, now: Date): Promise<RoundTrip> {
  if ("installation" in asked) {
    const { client, installation } = asked;
    return makeRoundTrip(shopDomain, { client, scopes: installation.scopes, signal, now });
  }
  return { way: null, topic: null, webhookId: null, result: "unknown", detail: asked.failed, hops: [] };
}

interface Sent {
  readonly hops: Hop[];
  readonly reachable: Check;
  readonly check: Check;
}

async function sendTest(shopDomain: string, webhookId: string, signal: AbortSignal): Promise<Sent> {
  const body = Buffer.from(JSON.stringify({ test: true, sent_at: new Date().toISOString() }));
  const sentAt = Date.now();
  const outcome = (
    reached: Check["result"],
    result: Check["result"],
    detail: string | null,
    hops: Hop[] = [],
  ) => {
    const reachable: Check = {
      name: "reachable",
      result: reached,
      detail: reached === "ok" ? null : detail,
      at: null,
    };
    return { hops, reachable, check: { name: "delivery", result, detail, at: null } as const };
  };
  let response: Response;
  try {
    response = await fetch(WEBHOOK_ADDRESS, {
      method: "POST",
      headers: testHeaders(shopDomain, webhookId, body, new Date(sentAt)),
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    await response.body?.cancel();
  } catch (error) {
    log.warn({ err: error, address: WEBHOOK_ADDRESS }, "the webhook test could not reach the public address");
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return outcome("failed", "failed", isLate ? "no answer in 5 s" : "no connection");
  }
  const hops: Hop[] = [{ name: "answered", ms: Date.now() - sentAt }];
  if (!response.ok) return outcome("ok", "failed", `HTTP ${response.status}`, hops);
  const row = await settledTest(shopDomain, webhookId, SETTLE_MS_MAX, signal);
  if (!row) return outcome("ok", "failed", "answered 2xx by something that is not this app", hops);
  hops.push({ name: "stored", ms: Math.max(0, row.receivedAt - sentAt) });
  if (row.settledAt === null)
    return outcome("ok", "warning", `still ${row.state} after ${SETTLE_MS_MAX} ms`, hops);
  hops.push({ name: "settled", ms: Math.max(0, row.settledAt - sentAt) });
  return outcome(
    "ok",
    row.reason === "TEST" ? "ok" : "failed",
    `${row.state}: ${row.reason ?? ""}`,
    hops.sort((a, b) => a.ms - b.ms),
  );
}

function testHeaders(
  shopDomain: string,
  webhookId: string,
  body: Uint8Array,
  at: Date,
): Record<string, string> {
  return {
    "Content-Type": "application/json",
    "User-Agent": "Counterfoil webhook test",
    "X-Shopify-Topic": TEST_TOPIC,
    "X-Shopify-Hmac-Sha256": signature(body, env.SHOPIFY_API_SECRET),
    "X-Shopify-Shop-Domain": shopDomain,
    "X-Shopify-API-Version": API_VERSION,
    "X-Shopify-Webhook-Id": webhookId,
    "X-Shopify-Triggered-At": at.toISOString(),
  };
}

interface SettledTest {
  /** Times of the row, ms since 1970. */
  readonly receivedAt: number;
  readonly settledAt: number | null;
  readonly state: string;
  readonly reason: string | null;
}

/**
 * Waits until the delivery has settled, at most `waitMsMax`; then as it stands. Null when there is no row: the door stores
 * before it answers, so after a 2xx the row is there or never will be.
 */
async function settledTest(
  shopDomain: string,
  webhookId: string,
  waitMsMax: number,
  signal: AbortSignal,
): Promise<SettledTest | null> {
  const until = performance.now() + waitMsMax;
  for (;;) {
    const test = await readTest(shopDomain, webhookId);
    if (test === null || test.settledAt !== null || performance.now() >= until || signal.aborted) return test;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function readTest(shopDomain: string, webhookId: string): Promise<SettledTest | null> {
  const { rows } = await pool.query<{
    received_at: Date;
    settled_at: Date | null;
    state: string;
    reason: string | null;
  }>(
    "SELECT received_at, settled_at, state, reason FROM sync_deliveries WHERE shop_domain = $1 AND webhook_id = $2",
    [shopDomain, webhookId],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    receivedAt: row.received_at.getTime(),
    settledAt: row.settled_at?.getTime() ?? null,
    state: row.state,
    reason: row.reason,
  };
}
