// Webhooks as Shopify sends them, for tests: signed requests to the door.
import { randomUUID } from "node:crypto";
import { signature } from "#app/shopify/webhook.ts";

export const SECRET = "test-api-secret";
export const SHOP = "test-shop.myshopify.com";

export interface Sent {
  readonly topic?: string;
  readonly shop?: string;
  readonly id?: string;
  readonly triggeredAt?: string;
  readonly secret?: string;
  /** Header → value; null leaves it out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly method?: string;
}

export function webhookRequest(body: string | Uint8Array | object, sent: Sent = {}): Request {
  const {
    topic = "products/delete",
    shop = SHOP,
    id = randomUUID(),
    secret = SECRET,
    method = "POST",
  } = sent;
  const bytes = Buffer.from(
    typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  );
  const headers = new Headers({
    "content-type": "application/json",
    "user-agent": "Shopify-Captain-Hook",
    "x-shopify-topic": topic,
    "x-shopify-hmac-sha256": signature(bytes, secret),
    "x-shopify-shop-domain": shop,
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": id,
    "x-shopify-event-id": randomUUID(),
    "x-shopify-triggered-at": sent.triggeredAt ?? new Date().toISOString(),
  });
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return new Request("https://counterfoil.test/webhooks", {
    method,
    headers,
    body: method === "POST" ? bytes : undefined,
  });
}
