// Shopify's webhook request: its limits, its headers and its signature, checked over the raw bytes. Shopify's library
// reads the body as text, parses it and knows one secret; a mirror must keep the bytes as they were signed, and accept
// two secrets while one is being rotated. Knows no database.
import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The largest body that is read. Shopify states no maximum for HTTPS; 10 MB is what its Pub/Sub transport can carry,
 * so no body of Shopify's can be larger. For scale: an order with 500 lines is about 0.7 MB, a product with 2,048
 * variants and 250 images about 0.5 MB.
 */
export const BODY_BYTES_MAX = 10 * 1024 * 1024;

/** Longer header values are no Shopify's; the database's index keys must stay short. */
const HEADER_CHARS_MAX = 255;

/** One webhook as it came in: authentic, but not yet understood. */
export interface Envelope {
  /** `x.myshopify.com`, lower case. */
  readonly shopDomain: string;
  /** Same on every retry of one delivery. */
  readonly webhookId: string;
  readonly eventId: string | null;
  /** `orders/create`. */
  readonly topic: string;
  readonly apiVersion: string | null;
  /** ISO 8601 with up to six decimals, UTC. */
  readonly triggeredAt: string | null;
  /** The bytes that were signed. */
  readonly body: Uint8Array;
}

export interface Refusal {
  readonly status: 400 | 401 | 405 | 413;
  readonly code:
    "NOT_A_POST" | "MISSING_HEADER" | "BAD_HEADER" | "EMPTY_BODY" | "BODY_TOO_LARGE" | "WRONG_HMAC";
  /** For the sender's eyes; never repeats what was sent. */
  readonly detail: string;
}

export type Reading = { readonly envelope: Envelope } | { readonly refusal: Refusal };

/**
 * Reads and authenticates a webhook. `secrets`: the client secret, and the one before it while that is being rotated.
 * Nothing of the body is parsed. Headers are not covered by Shopify's signature: they are checked for shape only.
 */
export async function readWebhook(request: Request, secrets: readonly string[]): Promise<Reading> {
  if (request.method !== "POST") return refuse(405, "NOT_A_POST", "webhooks are sent by POST");
  const headers = readHeaders(request.headers);
  if ("refusal" in headers) return headers;
  const body = await readBody(request);
  if (body === null) return refuse(413, "BODY_TOO_LARGE", `the body is larger than ${BODY_BYTES_MAX} bytes`);
  if (body.length === 0) return refuse(400, "EMPTY_BODY", "the body is empty");
  const { hmac, ...rest } = headers;
  if (!isSigned(body, hmac, secrets)) return refuse(401, "WRONG_HMAC", "the signature does not fit the body");
  return { envelope: { ...rest, body } };
}

/** `x-shopify-hmac-sha256` for a body. */
export function signature(body: Uint8Array, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}

/** Whether one of the secrets signed the body; compares in constant time. */
export function isSigned(body: Uint8Array, hmac: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(hmac);
  let isMatch = false;
  for (const secret of secrets) {
    const wanted = Buffer.from(signature(body, secret));
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) isMatch = true;
  }
  return isMatch;
}

/**
 * Shopify states nanoseconds (`2026-11-20T10:00:00.516267807Z`), PostgreSQL holds microseconds and would round up,
 * into the future. Cuts instead. Null when the text is no time.
 */
export function truncateTriggeredAt(text: string | null): string | null {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text ?? "");
  if (!parts) return null;
  const [, seconds = "", decimals = "", zone = ""] = parts;
  const whole = new Date(seconds + zone);
  if (Number.isNaN(whole.getTime())) return null;
  return `${whole.toISOString().slice(0, 19)}.${decimals.padEnd(6, "0").slice(0, 6)}Z`;
}

type Stated = Omit<Envelope, "body"> & { readonly hmac: string };

function readHeaders(headers: Headers): Stated | { readonly refusal: Refusal } {
  const required = [
    "x-shopify-hmac-sha256",
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-webhook-id",
  ];
  const missing = required.filter((name) => !headers.get(name)?.trim());
  if (missing.length > 0) return refuse(400, "MISSING_HEADER", `missing: ${missing.join(", ")}`);
  const [hmac = "", topic = "", domain = "", webhookId = ""] = required.map((name) =>
    headers.get(name)?.trim(),
  );
  const shopDomain = domain.toLowerCase();
  if (!/^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(shopDomain)) {
    return refuse(400, "BAD_HEADER", "x-shopify-shop-domain is no domain");
  }
  if ([hmac, topic, shopDomain, webhookId].some((value) => value.length > HEADER_CHARS_MAX)) {
    return refuse(400, "BAD_HEADER", `a header is longer than ${HEADER_CHARS_MAX} characters`);
  }
  return {
    hmac,
    topic,
    shopDomain,
    webhookId,
    eventId: headers.get("x-shopify-event-id")?.slice(0, HEADER_CHARS_MAX) ?? null,
    apiVersion: headers.get("x-shopify-api-version")?.slice(0, HEADER_CHARS_MAX) ?? null,
    triggeredAt: truncateTriggeredAt(headers.get("x-shopify-triggered-at")),
  };
}

/** Null when it is too large; the rest is then left unread. */
async function readBody(request: Request): Promise<Uint8Array | null> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) return null;
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Content-Length may be absent or wrong, so the bytes are counted as they come.
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function refuse(status: Refusal["status"], code: Refusal["code"], detail: string) {
  return { refusal: { status, code, detail } };
}
