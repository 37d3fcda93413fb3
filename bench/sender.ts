// Sends webhooks as Shopify does, over keep-alive connections and as ready-made bytes: signed, timed, and told what was
// answered. A connection that breaks is opened again; what was under way on it is unanswered, like a timeout.
import { createHmac, randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { Answers } from "./answers.ts";

export interface Webhook {
  readonly id: string;
  readonly topic: string;
  readonly shop: string;
  readonly triggeredAt: Date;
  readonly body: string | Buffer;
}

/** The request's bytes. `hmac`, where the same body goes out more than once, saves signing it again. */
export function requestBytes(url: URL, webhook: Webhook, secret: string, hmac?: string): Buffer {
  const body = Buffer.from(webhook.body);
  const signed = hmac ?? createHmac("sha256", secret).update(body).digest("base64");
  const head =
    `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n` +
    `User-Agent: Shopify-Captain-Hook\r\nX-Shopify-Topic: ${webhook.topic}\r\nX-Shopify-Hmac-Sha256: ${signed}\r\n` +
    `X-Shopify-Shop-Domain: ${webhook.shop}\r\nX-Shopify-API-Version: 2026-10\r\nX-Shopify-Webhook-Id: ${webhook.id}\r\n` +
    `X-Shopify-Event-Id: ${randomUUID()}\r\nX-Shopify-Triggered-At: ${webhook.triggeredAt.toISOString()}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** One connection: one request at a time. */
export class Sender {
  readonly #url: URL;
  readonly #secret: string;
  #socket: Socket | null = null;
  #answers: Answers | null = null;

  constructor(url: URL, secret: string) {
    this.#url = url;
    this.#secret = secret;
  }

  /** The answer's status; null when there was none. */
  async send(webhook: Webhook): Promise<number | null> {
    try {
      const answers = (this.#answers ??= await this.#open());
      this.#socket!.write(requestBytes(this.#url, webhook, this.#secret));
      return await answers.next();
    } catch {
      this.close();
      return null;
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.#answers = null;
  }

  async #open(): Promise<Answers> {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true });
    this.#socket = socket;
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new Answers(socket);
  }
}
