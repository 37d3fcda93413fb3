// Shopify's webhook request: its limits, its headers and its signature, checked over the raw bytes. Shopify's library
// reads the body as text, parses it and knows one secret; a mirror must keep the bytes as they were signed, and accept
// two secrets while one is being rotated. Knows no database.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

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
  readonly status: 400 | 401 | 405 | 413 | 503;
  readonly code:
    | "NOT_A_POST"
    | "MISSING_HEADER"
    | "BAD_HEADER"
    | "EMPTY_BODY"
    | "BODY_TOO_LARGE"
    | "WRONG_HMAC"
    | "NO_ROOM";
  /** For the sender's eyes; never repeats what was sent. */
  readonly detail: string;
}

export type Reading =
  /** `signer`: which of the secrets signed it, by its place. */
  { readonly envelope: Envelope; readonly signer: number } | { readonly refusal: Refusal };

/** What a webhook takes up while it is held. Each answers false when there is none left; then nothing was taken. */
export interface Space {
  /** A place, for a webhook that says to come from this shop. */
  enter(shopDomain: string): boolean;
  /** Room for its body. */
  take(bytes: number): boolean;
}

const BOUNDLESS: Space = { enter: () => true, take: () => true };

/**
 * Reads and authenticates a webhook, as Fetch's Request or as Node's own message. `secrets`: the client secret, and the
 * one before it while that is being rotated. Nothing of the body is parsed. Headers are not covered by Shopify's
 * signature: they are checked for shape only. What was taken of `space` is the caller's to give back.
 * @throws Error when the sender breaks off.
 */
export async function readWebhook(
  incoming: Request | IncomingMessage,
  secrets: readonly string[],
  space = BOUNDLESS,
): Promise<Reading> {
  if (incoming.method !== "POST") return refuse(405, "NOT_A_POST", "webhooks are sent by POST");
  const headers = readHeaders(incoming.headers);
  if ("refusal" in headers) return headers;
  if (!space.enter(headers.shopDomain)) return NO_ROOM;
  const body = await readBody(incoming, space);
  if ("refusal" in body) return body;
  if (body.length === 0) return refuse(400, "EMPTY_BODY", "the body is empty");
  const { hmac, ...rest } = headers;
  const signer = signerOf(body, hmac, secrets);
  if (signer < 0) return refuse(401, "WRONG_HMAC", "the signature does not fit the body");
  return { envelope: { ...rest, body }, signer };
}

/** `x-shopify-hmac-sha256` for a body. */
export function signature(body: Uint8Array, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}

/** The place of the secret that signed the body, or -1; compares in constant time. */
function signerOf(body: Uint8Array, hmac: string, secrets: readonly string[]): number {
  const given = Buffer.from(hmac);
  return secrets.findIndex((secret) => {
    const wanted = Buffer.from(signature(body, secret));
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/**
 * Shopify states nanoseconds (`2026-11-20T10:00:00.516267807Z`), PostgreSQL holds microseconds and would round up,
 * into the future. Cuts instead. Null when the text is no time.
 */
export function truncateTriggeredAt(text: string | null): string | null {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text ?? "");
  // PostgreSQL knows no year 0.
  if (!parts || parts[1]?.startsWith("0000")) return null;
  const [, seconds = "", decimals = "", zone = ""] = parts;
  const whole = new Date(seconds + zone);
  if (Number.isNaN(whole.getTime())) return null;
  return `${whole.toISOString().slice(0, 19)}.${decimals.padEnd(6, "0").slice(0, 6)}Z`;
}

type Stated = Omit<Envelope, "body"> & { readonly hmac: string };

const REQUIRED = [
  "x-shopify-hmac-sha256",
  "x-shopify-topic",
  "x-shopify-shop-domain",
  "x-shopify-webhook-id",
] as const;

function readHeaders(headers: Headers | IncomingHttpHeaders): Stated | { readonly refusal: Refusal } {
  const text = (name: string): string | undefined => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    return typeof value === "string" ? value.trim() : undefined;
  };
  const [hmac, topic, domain, webhookId] = REQUIRED.map(text);
  if (!hmac || !topic || !domain || !webhookId) {
    const missing = REQUIRED.filter((name) => !text(name));
    return refuse(400, "MISSING_HEADER", `missing: ${missing.join(", ")}`);
  }
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
    eventId: text("x-shopify-event-id")?.slice(0, HEADER_CHARS_MAX) ?? null,
    apiVersion: text("x-shopify-api-version")?.slice(0, HEADER_CHARS_MAX) ?? null,
    triggeredAt: truncateTriggeredAt(text("x-shopify-triggered-at") ?? null),
  };
}

type Body = Uint8Array | { readonly refusal: Refusal };

/** What is left of a refused body stays unread. Content-Length may be absent or wrong, so bytes are counted as they come. */
async function readBody(incoming: Request | IncomingMessage, space: Space): Promise<Body> {
  const { headers } = incoming;
  const announced = headers instanceof Headers ? headers.get("content-length") : headers["content-length"];
  if (Number(announced ?? 0) > BODY_BYTES_MAX) return TOO_LARGE;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const refusalOf = (chunk: Uint8Array) => {
    size += chunk.byteLength;
    if (size > BODY_BYTES_MAX) return TOO_LARGE;
    if (!space.take(chunk.byteLength)) return NO_ROOM;
    chunks.push(chunk);
    return null;
  };
  const refusal =
    incoming instanceof Request
      ? await readStream(incoming.body, refusalOf)
      : await readMessage(incoming, refusalOf);
  return refusal ?? (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
}

type Refused = { readonly refusal: Refusal } | null;

async function readStream(
  body: ReadableStream<Uint8Array> | null,
  refusalOf: (chunk: Uint8Array) => Refused,
): Promise<Refused> {
  if (!body) return null;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const refusal = refusalOf(chunk);
    if (refusal) return refusal;
  }
  return null;
}

/** By events: an async iterator over the message costs as much as the signature. */
function readMessage(message: IncomingMessage, refusalOf: (chunk: Uint8Array) => Refused): Promise<Refused> {
  return new Promise((resolve, reject) => {
    message.on("data", (chunk: Uint8Array) => {
      const refusal = refusalOf(chunk);
      if (!refusal) return;
      // Read on into nothing: an answer that crosses a body still being sent would be lost with the connection.
      message.removeAllListeners("data").resume();
      resolve(refusal);
    });
    message.once("end", () => resolve(null));
    message.once("error", reject);
    message.once("close", () => reject(new Error("the sender broke off")));
  });
}

function refuse(status: Refusal["status"], code: Refusal["code"], detail: string) {
  return { refusal: { status, code, detail } };
}

const TOO_LARGE = refuse(413, "BODY_TOO_LARGE", `the body is larger than ${BODY_BYTES_MAX} bytes`);
const NO_ROOM = refuse(503, "NO_ROOM", "too much is being received at once");
