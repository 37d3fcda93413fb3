// The door under more than it can take: what waits is bounded in number and in bytes, and the rest is asked to come again.
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

const countStored = async () =>
  (await pool.query<{ count: number }>("SELECT count(*)::int AS count FROM sync_deliveries")).rows[0]?.count;

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

const statuses = (responses: readonly Response[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe.each([
  ["in front of the framework, over HTTP", openDoor],
  ["as the framework's route", openRoute],
])("the webhook door %s", (_way, open) => {
  let sender: Sender;
  beforeAll(async () => void (sender = await open()));
  afterAll(() => sender.close());

  it("turns away whoever comes beyond the number that may wait, and stores everybody it answered 200", async () => {
    const release = await hinder();
    let turnedAway = 0;
    const all = Array.from({ length: WAITING_MAX + 25 }, async () => {
      const response = await sender.send(webhookRequest({ id: 1 }));
      if (response.status === 503) turnedAway += 1;
      return response;
    });
    while (turnedAway < 25) await new Promise((resolve) => setTimeout(resolve, 5));
    await release();
    const responses = await Promise.all(all);
    const counts = statuses(responses);
    // Who was answered "later" for want of time may be stored after all, and is known when sent again.
    expect(await countStored()).toBeGreaterThanOrEqual(counts[200] ?? 0);
    expect(counts[200]).toBeGreaterThan(0);
    expect(counts[503]).toBeGreaterThanOrEqual(25);
    expect((counts[200] ?? 0) + (counts[503] ?? 0)).toBe(WAITING_MAX + 25);
    expect(responses.find(({ status }) => status === 503)?.headers.get("retry-after")).toBe("10");
  });

  it("holds no more bytes than its limit, and takes everything once there is room again", async () => {
    const release = await hinder();
    const bodies = Math.floor(WAITING_BYTES_MAX / BODY_BYTES_MAX);
    const large = "x".repeat(BODY_BYTES_MAX);
    let turnedAway = 0;
    const all = Array.from({ length: bodies + 4 }, async () => {
      const response = await sender.send(webhookRequest(large));
      if (response.status === 503) turnedAway += 1;
      return response;
    });
    while (turnedAway < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    await release();
    const counts = statuses(await Promise.all(all));
    expect(counts[503]).toBeGreaterThanOrEqual(4);
    expect(await countStored()).toBeGreaterThanOrEqual(counts[200] ?? 0);
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
    expect(await countStored()).toBe(1);
    await door.close();
  });

  function written(socket: Socket, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) =>
      socket.write(bytes, (error) => (error ? reject(error) : resolve())),
    );
  }
});
