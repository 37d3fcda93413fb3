// The webhook test: a signed delivery to our own public address, followed until it has settled, and the settings that
// Shopify's deliveries depend on. Shopify's own shop/update was rejected as its topic: it would overwrite the shop's
// facts with what the test made up, and look like Shopify's in the history.
import { randomUUID } from "node:crypto";
import { pool } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { scopes as neededScopes } from "#app/resources/index.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { readInstallation } from "#app/shopify/installation.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import { signature } from "#app/shopify/webhook.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import { TEST_TOPIC } from "#app/sync/inbox.ts";

/** Shopify gives up on an answer after this; so does the test. */
const ANSWER_MS_MAX = 5_000;
const SETTLE_MS_MAX = 10_000;
/** A look at the row costs less than a millisecond. */
const LOOK_EVERY_MS = 20;

export interface Check {
  readonly name: "address_https" | "api_version" | "scopes" | "delivery";
  /** `unknown`: it could not be found out, which says nothing about the thing itself. */
  readonly result: "ok" | "warning" | "failed" | "unknown";
  /** Particulars: the missing scopes, the HTTP status. */
  readonly detail: string | null;
}

export interface Hop {
  readonly name: "answered" | "stored" | "settled";
  /** Since the delivery was sent. */
  readonly ms: number;
}

export interface WebhookTest {
  readonly topic: string;
  readonly webhookId: string;
  readonly passed: boolean;
  readonly hops: readonly Hop[];
  readonly checks: readonly Check[];
}

/** Sends one test delivery for the shop and reports each hop; at most some 15 s. */
export async function testWebhook(shopDomain: string, signal: AbortSignal): Promise<WebhookTest> {
  const webhookId = `test-${randomUUID()}`;
  const [sent, settings] = await Promise.all([
    sendTest(shopDomain, webhookId, signal),
    checkSettings(shopDomain),
  ]);
  const checks = [checkAddress(), ...settings, sent.check];
  const passed =
    checks.every(({ result }) => result === "ok" || result === "warning") && sent.check.result === "ok";
  return { topic: TEST_TOPIC, webhookId, passed, hops: sent.hops, checks };
}

async function sendTest(
  shopDomain: string,
  webhookId: string,
  signal: AbortSignal,
): Promise<{ hops: Hop[]; check: Check }> {
  const body = Buffer.from(JSON.stringify({ test: true, sent_at: new Date().toISOString() }));
  const sentAt = Date.now();
  const outcome = (result: Check["result"], detail: string | null, hops: Hop[] = []) => {
    return { hops, check: { name: "delivery", result, detail } as const };
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
    return outcome(
      "failed",
      error instanceof Error && error.name === "TimeoutError" ? "no answer in 5 s" : "no connection",
    );
  }
  const hops: Hop[] = [{ name: "answered", ms: Date.now() - sentAt }];
  if (!response.ok) return outcome("failed", `HTTP ${response.status}`, hops);
  const row = await settledTest(shopDomain, webhookId, SETTLE_MS_MAX, signal);
  if (!row) return outcome("failed", "answered 2xx by something that is not this app", hops);
  hops.push({ name: "stored", ms: Math.max(0, row.receivedAt - sentAt) });
  if (row.settledAt === null) return outcome("warning", `still ${row.state} after ${SETTLE_MS_MAX} ms`, hops);
  hops.push({ name: "settled", ms: Math.max(0, row.settledAt - sentAt) });
  return outcome(
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

function checkAddress(): Check {
  const isHttps = WEBHOOK_ADDRESS.startsWith("https:");
  return { name: "address_https", result: isHttps ? "ok" : "warning", detail: WEBHOOK_ADDRESS };
}

async function checkSettings(shopDomain: string): Promise<Check[]> {
  try {
    const { apiVersion, scopes } = await readInstallation(await clientFor(shopDomain));
    // write_x includes read_x, and Shopify then lists only the former.
    const granted = new Set(scopes.flatMap((scope) => [scope, scope.replace(/^write_/, "read_")]));
    const missing = neededScopes().filter((scope) => !granted.has(scope));
    return [
      { name: "api_version", result: apiVersion === API_VERSION ? "ok" : "warning", detail: apiVersion },
      { name: "scopes", result: missing.length === 0 ? "ok" : "failed", detail: missing.join(", ") || null },
    ];
  } catch (error) {
    const isPassing = error instanceof Transient || error instanceof Throttled;
    if (!isPassing && !(error instanceof Permanent)) throw error;
    const detail = error instanceof Permanent ? error.code : "UNAVAILABLE";
    return [
      { name: "api_version", result: isPassing ? "unknown" : "failed", detail },
      { name: "scopes", result: "unknown", detail },
    ];
  }
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
