// The spool's worst moments: it is gone when it is to be counted, its file is gone before it was fetched, it tells a record
// twice, or nobody is there to empty it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { item, order, times } from "#tests/shopify/records.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run } from "#app/sync/runs.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { prune } = await import("#app/sync/retention.ts");
const { STEP_MS_MAX } = await import("#app/sync/runs-step.ts");
const { cancelRun } = await import("#app/sync/runs.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

const begin = async (resource: ResourceName): Promise<Run> =>
  (await requestSync(shop.id, resource, { mode: "full", way: "bulk" }, "test", shop.clock.now)).run;

/** Each step's time is up as soon as something is stored. */
async function stepTo(run: Run, phase: string): Promise<void> {
  const now = () => (shop.clock.now = new Date(shop.clock.now.getTime() + STEP_MS_MAX));
  const context = { ...shop.context(), now };
  for (let steps = 0; steps < 30; steps += 1) {
    if ((await shop.read(run)).progress.phase === phase) return;
    const next = await stepRun(run.id, context);
    if (next && next > shop.clock.now) shop.clock.now = next;
  }
  throw new Error(`never ${phase}: ${JSON.stringify((await shop.read(run)).progress)}`);
}

const staged = async () =>
  Number((await pool.query("SELECT count(*) AS count FROM sync_staged_frames")).rows[0].count);

describe("a spool", () => {
  it("that is lost before it was counted is filled again, and what the file lacks goes", async () => {
    shop.store.data.InventoryItem = times(30, (number) => item(number, 2));
    await shop.finish(await begin("inventory_levels"));
    shop.store.data.InventoryItem = times(30, (number) => item(number, 1));
    const run = await begin("inventory_levels");
    await stepTo(run, "counting");
    // As a crash of PostgreSQL does.
    await pool.query("TRUNCATE sync_staged_frames, sync_staged_lines");
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: 30 });
    expect(await rowsIn(shop.id, "inventory_levels")).toHaveLength(30);
  });

  it("whose run nobody heard of being cancelled is emptied by the daily cleaning, and no other", async () => {
    shop.store.data.Order = times(30, (number) => order(number));
    shop.store.data.InventoryItem = times(30, (number) => item(number, 1));
    // What nobody counts is read by pages the first time.
    await shop.finish(await begin("inventory_levels"));
    const [left, active] = [await begin("orders"), await begin("inventory_levels")];
    for (const run of [left, active]) await stepTo(run, "applying");
    await cancelRun(shop.id, left.id, shop.clock.now);
    await prune(shop.clock.now, new AbortController().signal);
    expect(await staged()).toBe(1);
    expect(await shop.finish(active)).toMatchObject({ state: "verified", done: 30 });
  });
});

describe("a file", () => {
  it("that has expired before it was looked at is asked for anew", async () => {
    shop.store.data.Order = times(30, (number) => order(number));
    let looks = 0;
    shop.store.intercept = ({ document, variables }) => {
      if (!document.includes("BulkRead(") || (looks += 1) > 1) return null;
      const expired = { id: variables.id, status: "COMPLETED", errorCode: null, url: null, fileSize: "9" };
      const counts = { objectCount: "90", rootObjectCount: "30", partialDataUrl: null, query: "" };
      const createdAt = shop.clock.now.toISOString();
      return {
        body: { data: { bulkOperation: { ...expired, ...counts, createdAt, completedAt: createdAt } } },
      };
    };
    expect(await shop.finish(await begin("orders"))).toMatchObject({ state: "verified", done: 30 });
  });

  it("that tells a record twice is no reason to believe that Shopify has one more", async () => {
    shop.store.data.InventoryItem = times(30, (number) => item(number, 1));
    await shop.finish(await begin("inventory_levels"));
    shop.store.bulk.rewrite = (text) => {
      const lines = text.trimEnd().split("\n");
      return [...lines, lines.at(-1), ""].join("\n");
    };
    shop.store.bulk.miscount = 1;
    const ended = await shop.finish(await begin("inventory_levels"));
    expect(ended).toMatchObject({ state: "verified", progress: { repeated: 1 } });
    expect(await shop.state("inventory_levels")).toMatchObject({ in_shopify: "30", mirrored: "30" });
  });
});
