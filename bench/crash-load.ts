// A steady stream of webhooks for bench/crash.ts: versions of the store's own orders, one after the other, each sent until
// it is answered 2xx, as Shopify does. Remembers what was answered, which is what must never be lost.
import { randomUUID } from "node:crypto";
import { wait } from "./processes.ts";
import { Sender } from "./sender.ts";
import { API_SECRET, type Stack } from "./stack.ts";
import { subjects, type Subject } from "./versions.ts";

const RECORDS = 300;
const CONNECTIONS = 30;
export const TOPIC = "orders/updated";
/** Shopify waits longer; the load must not run dry while the database is away. */
const SEND_AGAIN_MS = 300;

export class Load {
  /** Webhook ids answered 2xx. */
  readonly acknowledged = new Set<string>();
  /** Order id → the newest note whose webhook was answered 2xx. */
  readonly newest = new Map<string, string>();
  sentAgain = 0;
  readonly #stack: Stack;
  readonly #rate: number;
  readonly #subjects: readonly Subject[];
  #isOver = false;
  #lanes: Promise<void>[] = [];

  constructor(stack: Stack, rate: number) {
    this.#stack = stack;
    this.#rate = rate;
    this.#subjects = subjects(stack.sandbox, RECORDS, new Date(Date.now() + 1_000));
  }

  start(): void {
    const startedAt = performance.now();
    let next = 0;
    this.#lanes = Array.from({ length: CONNECTIONS }, async () => {
      const sender = new Sender(new URL(`${this.#stack.appUrl}/webhooks`), API_SECRET);
      while (!this.#isOver) {
        const number = next++;
        await wait(startedAt + (number / this.#rate) * 1_000 - performance.now());
        await this.#deliver(sender, number);
      }
      sender.close();
    });
  }

  /** Resolves when everything that was begun is answered 2xx. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
  }

  async #deliver(sender: Sender, number: number): Promise<void> {
    const subject = this.#subjects[number % this.#subjects.length]!;
    const version = Math.floor(number / this.#subjects.length) + 1;
    const { body, triggeredAt, note } = subject.version(version);
    const webhook = {
      id: randomUUID(),
      topic: TOPIC,
      shop: this.#stack.sandbox.store.shop.domain,
      triggeredAt,
      body,
    };
    while ((await sender.send(webhook)) !== 200) {
      this.sentAgain += 1;
      await wait(SEND_AGAIN_MS);
    }
    this.acknowledged.add(webhook.id);
    const known = Number(this.newest.get(subject.id)?.split(" ")[1] ?? 0);
    if (version > known) this.newest.set(subject.id, note);
  }
}
