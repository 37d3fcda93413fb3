// The door under more than it can take: what waits is bounded in number and in bytes, and the rest is asked to come again.
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { webhookRequest } from "#tests/doors/webhook-request.ts";
import { openDoor, openRoute, type Sender } from "#tests/doors/webhook-senders.ts";

const database = await useDatabase();
const { WAITING_BYTES_MAX, WAITING_MAX } = await import("#app/webhook-door.server.ts");
const { BODY_BYTES_MAX } = await import("#app/shopify/webhook.ts");
const { pool } = await import("#app/db.server.ts");

let hinderer: pg.Client | undefined;

afterEach(async () => {
  await hinderer?.end();
  await pool.query("TRUNCATE sync_deliveries, sync_counters");
});

/** Webhook ids. */
const stored = async () => {
  const { rows } = await pool.query<{ id: string }>("SELECT webhook_id AS id FROM sync_deliveries");
  return new Set(rows.map(({ id }) => id));
};

/** Keeps every insert waiting until it is called, or the test is over. */
async function hinder(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  hinderer = client;
  await client.connect();
  await client.query("BEGIN; LOCK TABLE sync_deliveries IN SHARE MODE");
  return () => client.end();
}

/** No webhook's time runs out from here on, however slow the machine is: who is turned away then found no room. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** How many a shop sends at once, and how many of them find no room. */
interface Flood {
  readonly sent: number;
  readonly turnedAway: number;
}

/** Webhooks of one shop on their way, and what became of them. */
class Crowd {
  readonly statuses: number[] = [];
  readonly taken: string[] = [];
  private readonly under = new Set<Promise<void>>();
  private readonly sender: Sender;
  private readonly shop: string;

  constructor(sender: Sender, shop: string) {
    this.sender = sender;
    this.shop = shop;
  }

  send(count: number, body: string | object): void {
    for (let sent = 0; sent < count; sent += 1) {
      const one = this.sendOne(body).finally(() => this.under.delete(one));
      this.under.add(one);
    }
  }

  private async sendOne(body: string | object): Promise<void> {
    const id = randomUUID();
    const { status, headers } = await this.sender.send(webhookRequest(body, { id, shop: this.shop }));
    this.statuses.push(status);
    if (status === 200) this.taken.push(id);
    if (status === 503) expect(headers.get("retry-after")).toBe("10");
  }

  /** Waits for the first so many answers. */
  async turnedAway(count: number): Promise<void> {
    while (this.statuses.length < count) await Promise.race(this.under);
    expect(this.statuses).toEqual(Array(count).fill(503));
  }

  async answered(): Promise<void> {
    await Promise.all(this.under);
  }
}

describe.each([
  ["in front of the framework, over HTTP", openDoor],
  ["as the framework's route", openRoute],
])("the webhook door %s", (_way, open) => {
  let sender: Sender;
  beforeAll(async () => void (sender = await open()));
  afterAll(() => sender.close());

  /** Two shops send, one after the other, more than they have room for, while nothing can be stored; what each got stored. */
  async function overfill(body: string | object, floods: readonly Flood[]): Promise<number[]> {
    stopTheClock();
    const release = await hinder();
    const crowds: Crowd[] = [];
    for (const { sent, turnedAway } of floods) {
      const crowd = new Crowd(sender, `shop-${crowds.length}.myshopify.com`);
      crowd.send(sent, body);
      await crowd.turnedAway(turnedAway);
      crowds.push(crowd);
    }
    await release();
    for (const crowd of crowds) await crowd.answered();
    expect(await stored()).toEqual(new Set(crowds.flatMap(({ taken }) => taken)));
    return crowds.map(({ taken }) => taken.length);
  }

  it("turns away a shop that fills half of the room, not the next one, and stores all that it answered 200", async () => {
    const [half, quarter] = [WAITING_MAX / 2, WAITING_MAX / 4];
    const taken = await overfill({ id: 1 }, [
      { sent: half + 25, turnedAway: 25 },
      { sent: quarter + 25, turnedAway: 25 },
    ]);
    expect(taken).toEqual([half, quarter]);
  });

  it("holds no more bytes than its limit, half of them for one shop, and takes everything once there is room again", async () => {
    const large = "x".repeat(BODY_BYTES_MAX);
    const share = Math.floor(WAITING_BYTES_MAX / 2 / BODY_BYTES_MAX);
    const [first, next] = await overfill(large, [
      { sent: share + 4, turnedAway: 4 },
      { sent: share, turnedAway: 1 },
    ]);
    expect(first).toBe(share);
    // One at least: how many fit into a quarter depends on the pieces they come in.
    expect(next).toBeGreaterThan(0);
    expect((await sender.send(webhookRequest(large))).status).toBe(200);
  });

  it("answers 503 far before Shopify's 5 seconds are over while the database hangs", async () => {
    const release = await hinder();
    const startedAt = performance.now();
    const response = await sender.send(webhookRequest({ id: 1 }));
    expect(response.status).toBe(503);
    // Of the 5, connecting takes up to one.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
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
