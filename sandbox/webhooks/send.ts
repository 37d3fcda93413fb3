// One attempt at one delivery: the request as Shopify makes it, and what came of it. Decides nothing about retries.
import { createHmac } from "node:crypto";
import { Agent, errors, request } from "undici";
import type { Attempt } from "./log.ts";

/** Shopify: 1 s to connect, 5 s for everything. */
const CONNECT_TIMEOUT_MS = 1_000;
const TOTAL_TIMEOUT_MS = 5_000;
/** Parallel connections to one app. */
const CONNECTIONS_MAX = 32;

export interface Message {
  readonly topic: string;
  readonly shop: string;
  readonly apiVersion: string;
  readonly webhookId: string;
  readonly eventId: string;
  /** ISO 8601 with nanoseconds. */
  readonly triggeredAt: string;
  readonly name: string | null;
  readonly address: string;
  readonly body: string;
  /** Lower-case header → value: `x-shopify-order-id` and the like. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface Sender {
  send(message: Message): Promise<Attempt>;
  close(): Promise<void>;
}

export function createSender(secret: string): Sender {
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    connections: CONNECTIONS_MAX,
    pipelining: 1,
  });
  return {
    close: () => agent.destroy(),
    async send(message) {
      const started = performance.now();
      const at = new Date().toISOString();
      const passed = (): number => Math.round(performance.now() - started);
      try {
        const answer = await request(message.address, {
          method: "POST",
          headers: headersOf(message, secret),
          body: message.body,
          dispatcher: agent,
          signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
        });
        await answer.body.dump();
        return { at, status: answer.statusCode, durationMs: passed(), error: null };
      } catch (error) {
        return { at, status: null, durationMs: passed(), error: describe(error) };
      }
    },
  };
}

/** The header names as they are seen on the wire; values after docs and recorded deliveries. */
export function headersOf(message: Message, secret: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "Shopify-Captain-Hook",
    "X-Shopify-Topic": message.topic,
    "X-Shopify-Hmac-Sha256": createHmac("sha256", secret).update(message.body, "utf8").digest("base64"),
    "X-Shopify-Shop-Domain": message.shop,
    "X-Shopify-API-Version": message.apiVersion,
    "X-Shopify-Webhook-Id": message.webhookId,
    "X-Shopify-Event-Id": message.eventId,
    "X-Shopify-Triggered-At": message.triggeredAt,
    ...(message.name ? { "X-Shopify-Name": message.name } : {}),
    ...message.extra,
  };
}

function describe(error: unknown): string {
  if (error instanceof errors.ConnectTimeoutError) return "No connection within 1 s";
  if (error instanceof Error && error.name === "TimeoutError") return "No answer within 5 s";
  return error instanceof Error ? error.message || error.name : String(error);
}
