// The door under more than it can take: what waits is bounded in number and in bytes, and the rest is asked to come again.
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { webhookRequest } from "#tests/doors/webhook-request.ts";
import { openDoor, openRoute, type Sender } from "#tests/doors/webhook-senders.ts";

const database = await useDatabase();
const { WAITING_BYTES_MAX, WAITING_MAX } = await import("#app/webhook-door.server.ts");
const { ANSWER_MS_MAX } = await import("#app/sync/inbox.ts");
const { BODY_BYTES_MAX } = await import("#app/shopify/webhook.ts");
const { pool } = await import("#app/db.server.ts");

afterEach(() => pool.query("TRUNCATE sync_deliveries, sync_counters"));

/** Webhook ids. */
const stored = async () => {
  const { rows } = await pool.query<{ id: string }>("SELECT webhook_id AS id FROM sync_deliveries");
  return new Set(rows.map(({ id }) => id));
};

/** Keeps every insert waiting until it is called. */
async function hinder(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("BEGIN; LOCK TABLE sync_deliveries IN SHARE MODE");
  return async () => {
    await client.query("COMMIT");
    await client.end();
  };
}

/** Webhooks on their way, and what became of them. */
class Crowd {
  readonly statuses: number[] = [];
  readonly taken: string[] = [];
  private readonly under: Promise<void>[] = [];

  private readonly sender: Sender;

  constructor(sender: Sender) {
    this.sender = sender;
  }

  send(count: number, body: string | object, shop?: string): void {
    const one = async () => {
      const id = randomUUID();
      const { status, headers } = await this.sender.send(webhookRequest(body, { id, shop }));
      this.statuses.push(status);
      if (status === 200) this.taken.push(id);
      if (status === 503) expect(headers.get("retry-after")).toBe("10");
    };
    this.under.push(...Array.from({ length: count }, one));
  }

  async turnedAway(count: number): Promise<void> {
    while (this.statuses.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(new Set(this.statuses)).toEqual(new Set([503]));
  }

  async answered(): Promise<void> {
    await Promise.all(this.under);
    expect(this.statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  }
}

describe.each([
  ["in front of the framework, over HTTP", openDoor],
  ["as the framework's route", openRoute],
])("the webhook door %s", (_way, open) => {
  let sender: Sender;
  beforeAll(async () => void (sender = await open()));
  afterAll(() => sender.close());

  it("turns away a shop that fills half of the room, not the next one, and stores all that it answered 200", async () => {
    const release = await hinder();
    const flood = new Crowd(sender);
    flood.send(WAITING_MAX / 2 + 25, { id: 1 });
    await flood.turnedAway(25);
    const other = sender.send(
      webhookRequest({ id: 1 }, { id: "the-next-one", shop: "other-shop.myshopify.com" }),
    );
    await release();
    await Promise.all([flood.answered(), other]);
    // Who was answered "later" for want of time may be stored after all, and is known when sent again.
    const kept = await stored();
    expect(flood.taken.filter((id) => !kept.has(id))).toEqual([]);
    expect(kept).toContain("the-next-one");
  });

  it("holds no more bytes than its limit, half of them for one shop, and takes everything once there is room again", async () => {
    const release = await hinder();
    const large = "x".repeat(BODY_BYTES_MAX);
    const share = Math.floor(WAITING_BYTES_MAX / 2 / BODY_BYTES_MAX);
    const flood = new Crowd(sender);
    flood.send(share + 4, large);
    await flood.turnedAway(4);
    const other = sender.send(
      webhookRequest(large, { id: "the-next-one", shop: "other-shop.myshopify.com" }),
    );
    await release();
    await Promise.all([flood.answered(), other]);
    const kept = await stored();
    expect(flood.taken.filter((id) => !kept.has(id))).toEqual([]);
    expect(kept).toContain("the-next-one");
    expect((await sender.send(webhookRequest(large))).status).toBe(200);
  });

  it("answers 503 far before Shopify's 5 seconds are over while the database hangs", async () => {
    const release = await hinder();
    const startedAt = performance.now();
    const response = await sender.send(webhookRequest({ id: 1 }));
    expect(response.status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX + 1_000);
    await release();
  });
});

describe("a sender that breaks off", () => {
  it("leaves nothing behind: its bytes are given back, and nothing is stored", async () => {
    const door = await openDoor();
    const half = Buffer.alloc(BODY_BYTES_MAX / 2, "x");
    for (let round = 0; round < 20; round += 1) {
      const socket = connect(door.port, "127.0.0.1");
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      const headers = [...webhookRequest("{}").headers].map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(
        `POST /webhooks HTTP/1.1\r\nhost: x\r\n${headers.join("")}content-length: ${BODY_BYTES_MAX}\r\n\r\n`,
      );
      await written(socket, half);
      socket.destroy();
    }
    // More than the limit was sent by halves; only what is held now may count.
    expect((await door.send(webhookRequest("x".repeat(BODY_BYTES_MAX)))).status).toBe(200);
    expect(await stored()).toHaveProperty("size", 1);
    await door.close();
  });

  function written(socket: Socket, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) =>
      socket.write(bytes, (error) => (error ? reject(error) : resolve())),
    );
  }
});
