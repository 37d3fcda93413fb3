// The figures of the matrix: what came, what is usual at this time of the week, and how long the reading takes when the
// log is long.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { delayClass, delayQuantile } from "#app/sync/delays.ts";
import { useDatabase } from "#tests/database.ts";
import type { Settled } from "#app/sync/inbox-rows.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { readFigures } = await import("#app/status/topic-figures.ts");
const { webhookStatus } = await import("#app/status/webhooks.ts");
const { close } = await import("#app/sync/inbox-close.ts");

const SHOP = "test-shop.myshopify.com";
const NOW = new Date("2026-11-23T12:30:00Z");
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
let shopId: number;

beforeEach(async () => {
  await pool.query("TRUNCATE shops, sync_topics, sync_topic_hours, sync_deliveries, sync_watches");
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [SHOP]);
  shopId = rows[0].id;
});

function settled(
  msAgo: number,
  given: Partial<Settled["delivery"]> = {},
  state: "applied" | "parked" = "applied",
) {
  const receivedAt = new Date(NOW.getTime() - msAgo).toISOString();
  return {
    delivery: {
      id: 1n,
      shopDomain: SHOP,
      shop: { id: shopId, grantedAt: receivedAt, uninstalledAt: null },
      topic: "orders/create",
      eventId: null,
      triggeredAt: receivedAt,
      receivedAt,
      attempts: 0,
      replays: 0,
      body: new Uint8Array(),
      ...given,
    },
    settlement: { state },
  } satisfies Settled;
}
const add = (...all: Settled[]) => inTransaction((client) => close(client, all, NOW));
const figures = async () => (await readFigures(shopId, SHOP, NOW)).get("orders/create")!;

describe("counts", () => {
  it("of the last hour and day are exact to the minute, whatever the clock hour", async () => {
    const minutes = [1, 29, 31, 59, 61, 23 * 60, 24 * 60 - 1, 24 * 60 + 1];
    await add(...minutes.map((minute) => settled(minute * 60_000)));
    expect(await figures()).toMatchObject({ lastHour: 4, lastDay: 7 });
  });

  it("add up over batches and workers, and count a retry or a replay once", async () => {
    const batches = Array.from({ length: 10 }, () => add(settled(60_000), settled(120_000)));
    await Promise.all(batches);
    await add(settled(60_000, { attempts: 2 }), settled(60_000, { replays: 1 }));
    expect(await figures()).toMatchObject({ lastHour: 20, lastDay: 20 });
  });

  it("leave nothing for a shop that the batch itself erased (I8)", async () => {
    const gone = settled(60_000);
    await pool.query("DELETE FROM shops");
    await add(gone);
    expect((await pool.query("SELECT FROM sync_topic_hours")).rowCount).toBe(0);
    expect((await pool.query("SELECT FROM sync_topics")).rowCount).toBe(0);
  });
});

describe("what is usual", () => {
  it("is not claimed in the first week", async () => {
    await add(settled(3 * 24 * HOUR_MS), settled(60_000));
    expect(await figures()).toMatchObject({ expectedHour: null, expectedDay: null });
  });

  it("is the mean of the same hours of the past weeks, weeks without anything included", async () => {
    const past = (week: number, msAgo: number, times: number) =>
      Array.from({ length: times }, () => settled(week * WEEK_MS + msAgo));
    await add(
      ...past(1, 30 * 60_000, 10),
      ...past(2, 30 * 60_000, 20),
      ...past(2, 5 * HOUR_MS, 30),
      // Another time of the week.
      ...past(2, 30 * HOUR_MS, 500),
      ...past(4, 40 * HOUR_MS, 1),
      settled(60_000),
    );
    // Known for a little more than four weeks.
    expect(await figures()).toMatchObject({ expectedHour: 30 / 4, expectedDay: 60 / 4, lastDay: 1 });
  });

  it("that does not come makes the topic low, though not broken", async () => {
    const hundred = Array.from({ length: 100 }, () => settled(WEEK_MS + HOUR_MS));
    await add(...hundred, settled(8.5 * 24 * HOUR_MS), settled(60_000));
    const shop = { id: shopId, domain: SHOP };
    const status = await webhookStatus(shop, { subscriptions: [] }, "https://x.test/webhooks", NOW);
    expect(status.topics.find(({ topic }) => topic === "orders/create")).toMatchObject({ code: "low" });
    expect(status.health).toBe("attention");
  });
});

describe("a silence", () => {
  it("breaks the topics that do not come, and stays on record when it is over", async () => {
    const from = new Date(NOW.getTime() - HOUR_MS);
    await add(settled(2 * HOUR_MS), settled(60_000, { topic: "orders/paid" }));
    await pool.query("INSERT INTO sync_watches VALUES ($1, 'orders', $2, $3, NULL, 7, 9)", [
      shopId,
      NOW,
      from,
    ]);
    const shop = { id: shopId, domain: SHOP };
    const look = () => webhookStatus(shop, { subscriptions: [] }, "https://x.test/webhooks", NOW);
    const silent = await look();
    const codeOf = (topic: string, status = silent) =>
      status.topics.find((each) => each.topic === topic)?.code;
    expect([codeOf("orders/create"), codeOf("orders/paid"), codeOf("products/update")]).toEqual([
      "silent",
      "arriving",
      "never",
    ]);
    expect(silent.health).toBe("broken");
    await pool.query("UPDATE sync_watches SET silent_to = $1", [NOW]);
    const over = await look();
    expect(codeOf("orders/create", over)).toBe("arriving");
    const { silence } = over.topics.find(({ topic }) => topic === "orders/create")!;
    expect(silence).toEqual({ resource: "orders", from, to: NOW, missed: 7, runId: "9" });
  });
});

describe("delays", () => {
  it("come back from their classes within an eighth", () => {
    for (const ms of [1, 7, 40, 999, 61_000, 3_600_000]) {
      const classes: number[] = [];
      classes[delayClass(ms)] = 1;
      const back = delayQuantile(
        Array.from(classes, (count) => count ?? 0),
        0.5,
      )!;
      expect(Math.abs(back - ms) / ms).toBeLessThan(0.126);
    }
    expect(delayQuantile([], 0.5)).toBeNull();
    expect([delayClass(0), delayClass(-5), delayClass(Number.NaN), delayClass(1e15)]).toEqual([0, 0, 0, 99]);
  });
});

interface Plan {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

/** Rows of the log that a plan took up. */
function touched(plan: Plan): number {
  const own = (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
  const below = (plan.Plans ?? []).reduce((sum, each) => sum + touched(each), 0);
  return below + (plan["Relation Name"] === "sync_deliveries" ? own : 0);
}

it("the matrix never reads the log: of fifty thousand deliveries it takes up none that need nobody", async () => {
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, received_at, settled_at)
     SELECT $1, n::text, 'orders/create', '', 'applied', now(), now() FROM generate_series(1, 50000) AS n`,
    [SHOP],
  );
  await add(settled(60_000));
  await pool.query("ANALYZE sync_deliveries");
  const asked = vi.spyOn(pool, "query");
  await webhookStatus({ id: shopId, domain: SHOP }, { subscriptions: [] }, "https://x.test/webhooks", NOW);
  const statements = asked.mock.calls.map(
    ([text, values]) => [String(text), values as unknown as unknown[]] as const,
  );
  asked.mockRestore();
  expect(statements.length).toBeGreaterThan(4);
  let rows = 0;
  for (const [text, values] of statements) {
    const explained = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    rows += touched(explained.rows[0]["QUERY PLAN"][0].Plan);
  }
  expect(rows).toBeLessThan(100);
});
