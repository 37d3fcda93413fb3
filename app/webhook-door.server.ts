// The one door for webhooks of every topic: authenticate, store, answer. What they mean is decided later, in drain().
// It stands in front of the web framework, whose way in costs more than everything that is done here; the framework's
// own route answers the same through answerWebhook().
import type { IncomingMessage, ServerResponse } from "node:http";
import { noteArrival } from "#app/arrivals.server.ts";
import { env } from "#app/env.server.ts";
import { count, log } from "#app/observe.server.ts";
import { readWebhook, type Refusal } from "#app/shopify/webhook.ts";
import { receive, TEST_TOPIC } from "#app/sync/inbox.ts";
import { openRoom } from "#app/webhook-room.server.ts";

/** Held at once, half of it by one shop at most; see `openRoom`. Shopify sends what is turned away again. */
export const WAITING_MAX = 4_000;
export const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** Seconds. Shopify keeps to a schedule of its own; proxies and tests read it. */
const RETRY_AFTER = "10";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; empty when there is nothing to say. */
  readonly body: string;
}

const DONE: Answer = { status: 200, headers: {}, body: "" };
const NOT_NOW: Answer = { status: 503, headers: { "Retry-After": RETRY_AFTER }, body: "" };

const secrets = [env.SHOPIFY_API_SECRET, env.SHOPIFY_API_SECRET_PREVIOUS].filter(
  (secret) => secret !== undefined,
);

const room = openRoom({ webhooks: WAITING_MAX, bytes: WAITING_BYTES_MAX });

/**
 * Answers one webhook; 200 only when its delivery is committed. What is beyond the limits is answered 503 at once.
 * @throws Error when the sender breaks off, and there is nobody to answer.
 */
export async function answerWebhook(incoming: Request | IncomingMessage): Promise<Answer> {
  const arrivedAt = Date.now();
  const visit = room.visit();
  try {
    const reading = await readWebhook(incoming, secrets, visit);
    if ("refusal" in reading) return refuse(reading.refusal);
    const { envelope, signer } = reading;
    // Our own test says nothing of the secret that Shopify signs with.
    if (envelope.topic !== TEST_TOPIC)
      count(signer === 0 ? "webhook_signed_current" : "webhook_signed_previous");
    const result = await receive(envelope, arrivedAt);
    noteArrival(envelope, { webhookId: envelope.webhookId, arrivedAt, answeredAt: Date.now() });
    return result === "unavailable" ? NOT_NOW : DONE;
  } finally {
    visit.leave();
  }
}

function refuse({ status, code, detail }: Refusal): Answer {
  if (code === "NO_ROOM") {
    count("webhook_turned_away");
    return NOT_NOW;
  }
  count(code === "WRONG_HMAC" ? "webhook_rejected_hmac" : "webhook_refused");
  return {
    status,
    headers: { "Content-Type": "application/json", ...(status === 405 ? { Allow: "POST" } : {}) },
    body: JSON.stringify({ error: code, message: detail }),
  };
}

/** The door as a listener of node:http. */
export function webhookDoor(message: IncomingMessage, response: ServerResponse): void {
  answerWebhook(message).then(
    ({ status, headers, body }) => {
      response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) });
      response.end(body);
    },
    (error: unknown) => {
      log.debug({ err: error }, "a webhook broke off");
      response.destroy();
    },
  );
}
