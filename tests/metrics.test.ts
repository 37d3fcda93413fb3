// Figures in memory and in the database: that nothing is counted that did not happen, that windows add up, and how exact
// a percentile is.
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { delayQuantile } from "#app/sync/delays.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { afterCommit, inTransaction, pool } = await import("#app/db.server.ts");
const { STEPS, flushMetrics, note, noteDuration } = await import("#app/metrics.server.ts");
const { erase } = await import("#app/sync/apply.ts");
const { waitingForLocks } = await import("#tests/locks.ts");

const NOW = Date.parse("2026-11-23T12:34:56Z");
const MINUTE_MS = 60_000;
const DOMAIN = "test-shop.myshopify.com";
let shopId: number;

beforeEach(async () => {
  await flushMetrics();
  await pool.query("TRUNCATE shops, sync_metrics");
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [DOMAIN]);
  shopId = rows[0].id;
});

interface Row {
  readonly step: number;
  readonly at: Date;
  readonly label: string;
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  readonly classes: number[];
}
async function rowsOf(name: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    "SELECT step, at, label, count, sum, max, classes FROM sync_metrics WHERE name = $1 ORDER BY step, at, label",
    [name],
  );
  return rows;
}

describe("figures", () => {
  it("are written at every coarseness, and add up over flushes", async () => {
    note(shopId, "applied", "webhook", 3, NOW);
    note(shopId, "applied", "webhook", 5, NOW + MINUTE_MS);
    await flushMetrics();
    note(shopId, "applied", "webhook", 7, NOW);
    await flushMetrics();
    const rows = await rowsOf("applied");
    expect(rows.map(({ step, at, count, sum, max }) => [step, at.toISOString(), count, sum, max])).toEqual([
      [60, "2026-11-23T12:34:00.000Z", 2, 10, 7],
      [60, "2026-11-23T12:35:00.000Z", 1, 5, 5],
      [600, "2026-11-23T12:30:00.000Z", 3, 15, 7],
      [3600, "2026-11-23T12:00:00.000Z", 3, 15, 7],
    ]);
  });

  it("of a shop known by its domain are the shop's; of an unknown one nobody's", async () => {
    note(DOMAIN, "received", "", 1, NOW);
    note("nobody.myshopify.com", "received", "", 1, NOW);
    await flushMetrics();
    const { rows } = await pool.query("SELECT DISTINCT shop_id FROM sync_metrics");
    expect(rows).toEqual([{ shop_id: shopId }]);
  });

  it("of flushes that overlap are each written once", async () => {
    const flushes = Array.from({ length: 6 }, async (_, n) => {
      for (const label of n % 2 ? ["a", "b", "c"] : ["c", "b", "a"]) note(shopId, "applied", label, 1, NOW);
      await flushMetrics();
    });
    await Promise.all(flushes);
    const rows = await rowsOf("applied");
    expect(rows.filter(({ step }) => step === 60).map(({ sum }) => sum)).toEqual([6, 6, 6]);
  });

  it("outlive a database that is away for a moment", async () => {
    const connect = vi.spyOn(pool, "connect");
    connect.mockImplementationOnce((): never => {
      throw new Error("away");
    });
    note(shopId, "applied", "page", 4, NOW);
    await flushMetrics();
    expect(await rowsOf("applied")).toEqual([]);
    connect.mockRestore();
    note(shopId, "applied", "page", 1, NOW);
    await flushMetrics();
    expect((await rowsOf("applied"))[0]).toMatchObject({ count: 2, sum: 5, max: 4 });
  });

  it("are gone with their shop, and none comes after (I8)", async () => {
    note(shopId, "applied", "page", 4, NOW);
    await flushMetrics();
    note(shopId, "applied", "page", 9, NOW);
    // The erasure holds the shop's row; the flush waits for it and finds no shop.
    let flushed: Promise<void> | undefined;
    await inTransaction(async (client) => {
      await client.query("SELECT FROM shops WHERE id = $1 FOR UPDATE", [shopId]);
      flushed = flushMetrics();
      await waitingForLocks();
      await erase(client, shopId);
      await client.query("DELETE FROM shops WHERE id = $1", [shopId]);
    });
    await flushed;
    expect(await rowsOf("applied")).toEqual([]);
  });
});

describe("what a transaction did", () => {
  it("counts once it is committed, and not where it was rolled back", async () => {
    const done: string[] = [];
    await inTransaction(async (client) => afterCommit(client, () => done.push("kept")));
    await inTransaction(async (client) => {
      afterCommit(client, () => done.push("undone"));
      throw new Error("no");
    }).catch(() => {});
    // The same connection again, out of the pool.
    await inTransaction(async () => {});
    expect(done).toEqual(["kept"]);
  });
});

describe("percentiles", () => {
  const exact = (sorted: readonly number[], quantile: number) =>
    sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;

  it("of any window are within a quarter of the exact ones, however it was cut and merged", async () => {
    const durations = fc.array(fc.double({ min: 1, max: 3_600_000, noNaN: true }), {
      minLength: 1,
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(durations, fc.nat(59), async (values, spread) => {
        await pool.query("TRUNCATE sync_metrics");
        for (const [n, ms] of values.entries()) {
          noteDuration(shopId, "freshness", "", ms, NOW - (n % (spread + 1)) * MINUTE_MS);
          if (n % 20 === 19) await flushMetrics();
        }
        await flushMetrics();
        const sorted = [...values].sort((a, b) => a - b);
        const rows = await rowsOf("freshness");
        for (const step of STEPS) {
          const classes: number[] = [];
          for (const row of rows.filter((each) => each.step === step)) {
            for (const [at, count] of row.classes.entries()) classes[at] = (classes[at] ?? 0) + count;
          }
          expect(classes.reduce((sum, count) => sum + count, 0)).toBe(values.length);
          for (const quantile of [0.5, 0.95, 0.99]) {
            const shown = delayQuantile(classes, quantile)!;
            const ratio = shown / exact(sorted, quantile);
            // The exact value lies in the same class, whose ends are a quarter apart.
            expect(ratio).toBeGreaterThan(1 / 1.2501);
            expect(ratio).toBeLessThan(1.2501);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
