// What arrives at once is stored together; each caller hears of its own delivery's commit, and of nobody else's trouble.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Envelope } from "#app/shopify/webhook.ts";
import { useDatabase } from "#tests/database.ts";

const database = await useDatabase();
const { storeDelivery } = await import("#app/sync/inbox-batches.ts");
const { receive } = await import("#app/sync/inbox.ts");
const { pool } = await import("#app/db.server.ts");

const MS_MAX = 4_000;

function envelope(given: Partial<Envelope> = {}): Envelope {
  return {
    shopDomain: "test-shop.myshopify.com",
    webhookId: randomUUID(),
    eventId: null,
    topic: "orders/updated",
    apiVersion: "2026-10",
    triggeredAt: "2026-11-20T10:00:00.000000Z",
    body: Buffer.from("{}"),
    ...given,
  };
}

const stored = async () =>
  (
    await pool.query<{ webhook_id: string; repeats: number; body: Buffer; xid: string }>(
      "SELECT webhook_id, repeats, body, xmin::text AS xid FROM sync_deliveries ORDER BY id",
    )
  ).rows;

/** A connection beside the pool, to hinder it. */
let other: pg.Client;
beforeEach(async () => {
  other = new pg.Client({ connectionString: database.url });
  await other.connect();
});
afterEach(async () => {
  await other.end();
  await pool.query("TRUNCATE sync_deliveries");
});

/** Resolves when `count` statements of the pool wait for a lock. */
async function blocked(count: number): Promise<number[]> {
  for (;;) {
    // Not by `other`: within one transaction PostgreSQL shows the same picture of its activity again and again.
    const { rows } = await pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO sync_deliveries%'`,
    );
    if (rows.length === count) return rows.map(({ pid }) => pid);
  }
}

describe("storing together", () => {
  it("gives each of many its own bytes, in few commits", async () => {
    const envelopes = Array.from({ length: 1_000 }, (_, number) =>
      envelope({ body: Buffer.from(`{"number":${number},"é":"${"x".repeat(number % 50)}"}`) }),
    );
    const results = await Promise.all(envelopes.map((each) => storeDelivery(each, MS_MAX)));
    expect(new Set(results)).toEqual(new Set(["stored"]));
    const rows = await stored();
    expect(rows.map(({ webhook_id, body }) => [webhook_id, body.toString()]).sort()).toEqual(
      envelopes.map(({ webhookId, body }) => [webhookId, Buffer.from(body).toString()]).sort(),
    );
    expect(new Set(rows.map(({ xid }) => xid)).size).toBeLessThanOrEqual(8);
  });

  it("keeps a body as it was signed, compressed by PostgreSQL: by lz4 where the server has it", async () => {
    const body = readFileSync(
      new URL("../fixtures/webhooks/orders_create__150_line_items.json", import.meta.url),
    );
    await storeDelivery(envelope({ body }), MS_MAX);
    const { rows } = await pool.query<{ body: Buffer; kept: number; method: string }>(
      "SELECT body, pg_column_size(body) AS kept, pg_column_compression(body) AS method FROM sync_deliveries",
    );
    expect(Buffer.compare(rows[0]!.body, body)).toBe(0);
    expect(rows[0]!.kept).toBeLessThan(body.length / 2);
    const { rows: known } = await pool.query<{ has: boolean }>(
      "SELECT 'lz4' = ANY (enumvals) AS has FROM pg_settings WHERE name = 'default_toast_compression'",
    );
    expect(rows[0]!.method).toBe(known[0]!.has ? "lz4" : "pglz");
  });

  it("stores one that comes many times in one batch once, and counts the others", async () => {
    const [before, twice] = [envelope(), envelope()];
    await storeDelivery(before, MS_MAX);
    const results = await Promise.all(
      [twice, before, twice, before, twice, envelope()].map((each) => storeDelivery({ ...each }, MS_MAX)),
    );
    expect(results).toEqual(["stored", "repeated", "repeated", "repeated", "repeated", "stored"]);
    const repeats = Object.fromEntries(
      (await stored()).map(({ webhook_id, repeats }) => [webhook_id, repeats]),
    );
    expect(repeats).toMatchObject({ [before.webhookId]: 2, [twice.webhookId]: 2 });
    expect(Object.keys(repeats)).toHaveLength(3);
  });

  it("keeps equal webhook ids of two shops apart in one batch", async () => {
    const shops = ["a.myshopify.com", "b.myshopify.com"];
    await Promise.all(
      shops.map((shopDomain) => storeDelivery(envelope({ shopDomain, webhookId: "same" }), MS_MAX)),
    );
    expect(await stored()).toHaveLength(2);
  });

  it("fails only the one that the database refuses", async () => {
    const poisoned = envelope({ topic: "orders/\0" });
    const innocent = Array.from({ length: 99 }, () => envelope());
    const all = [...innocent.slice(0, 40), poisoned, ...innocent.slice(40)];
    const results = await Promise.all(all.map(receive));
    expect(results.filter((result) => result === "unavailable")).toHaveLength(1);
    expect(results[40]).toBe("unavailable");
    expect((await stored()).map(({ webhook_id }) => webhook_id).sort()).toEqual(
      innocent.map(({ webhookId }) => webhookId).sort(),
    );
  });

  it("answers nobody before the commit, has two statements under way at most, and shares the next among all who came", async () => {
    await other.query("BEGIN; LOCK TABLE sync_deliveries IN SHARE MODE");
    let answered = 0;
    const send = async () => {
      await storeDelivery(envelope(), MS_MAX);
      answered += 1;
    };
    const sent = [send()];
    await blocked(1);
    sent.push(send());
    await blocked(2);
    sent.push(...Array.from({ length: 100 }, send));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await blocked(2)).toHaveLength(2);
    expect(answered).toBe(0);
    await other.query("COMMIT");
    await Promise.all(sent);
    expect(new Set((await stored()).map(({ xid }) => xid)).size).toBeLessThanOrEqual(4);
  });

  it("tells all of a batch when its connection dies before the commit, and stores nothing of it", async () => {
    await other.query("BEGIN; LOCK TABLE sync_deliveries IN SHARE MODE");
    const sent = [envelope(), envelope(), envelope()];
    const results = Promise.all(sent.map(receive));
    const pids = await blocked(1);
    await other.query("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [pids]);
    expect(await results).toEqual(["unavailable", "unavailable", "unavailable"]);
    await other.query("COMMIT");
    expect(await stored()).toEqual([]);
    expect(await Promise.all(sent.map(receive))).toEqual(["stored", "stored", "stored"]);
  });

  it("gives up in time while the database hangs, and forgets who gave up", async () => {
    await other.query("BEGIN; LOCK TABLE sync_deliveries IN SHARE MODE");
    const hanging = [storeDelivery(envelope(), 20_000)];
    await blocked(1);
    hanging.push(storeDelivery(envelope(), 20_000));
    await blocked(2);
    const late = await Promise.allSettled([storeDelivery(envelope(), 100), storeDelivery(envelope(), 100)]);
    expect(late.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await other.query("COMMIT");
    expect(await Promise.all(hanging)).toEqual(["stored", "stored"]);
    await storeDelivery(envelope(), MS_MAX);
    expect(await stored()).toHaveLength(3);
  });
});
