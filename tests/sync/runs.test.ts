import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { Run, RunState } from "#app/sync/runs.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const runs = await import("#app/sync/runs.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop } = await import("#tests/sync/shop.ts");
const { backfillOrder } = await import("#app/resources/index.ts");

const NOW = new Date("2026-11-20T10:00:00Z");
const STATES = Object.keys(runs.ARROWS) as RunState[];

let shop: TestShop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.close());

async function runIn(state: RunState): Promise<Run> {
  await pool.query("DELETE FROM sync_runs WHERE shop_id = $1", [shop.id]);
  const { run } = await requestSync(shop.id, "orders", { mode: "full" }, "test", NOW);
  await pool.query("UPDATE sync_runs SET state = $2 WHERE id = $1", [String(run.id), state]);
  return (await runs.readRun(run.id))!;
}

const STEER = { paused: runs.pauseRun, queued: runs.resumeRun, cancelled: runs.cancelRun };

describe("the state machine", () => {
  it.each(
    STATES.flatMap((from) => Object.keys(STEER).map((to) => [from, to] as [RunState, keyof typeof STEER])),
  )("%s → %s by a person follows the table of arrows", async (from, to) => {
    const run = await runIn(from);
    const isAllowed = runs.ARROWS[from].includes(to);
    expect(await STEER[to](shop.id, run.id, NOW)).toBe(isAllowed ? "done" : "impossible");
    const after = (await runs.readRun(run.id))!;
    expect(after.state).toBe(isAllowed ? to : from);
  });

  it.each(STATES)("a step begins from queued and running only: %s", async (state) => {
    const run = await runIn(state);
    const begun = (await runs.beginStep(run.id, NOW))?.run;
    expect(begun?.state ?? null).toBe(state === "queued" || state === "running" ? "running" : null);
  });

  it("begins for no shop that was erased (I8)", async () => {
    const gone = shop.id + 1_000;
    await expect(requestSync(gone, "orders", { mode: "full" }, "test", NOW)).rejects.toThrow("not there");
    const { rows } = await pool.query("SELECT FROM sync_runs WHERE shop_id = $1", [gone]);
    expect(rows).toEqual([]);
  });

  it("keeps the hands of one shop off another's runs", async () => {
    const run = await runIn("running");
    expect(await runs.cancelRun(shop.id + 1, run.id, NOW)).toBe("unknown");
    expect((await runs.readRun(run.id))!.state).toBe("running");
  });

  it("gives every end its time, and none before", async () => {
    for (const state of ["verified", "incomplete", "failed"] as const) {
      const run = await runIn("running");
      await inTransaction((client) => runs.endRun(client, run, { state, code: "X" }, NOW));
      const { rows } = await pool.query<{ ended_at: Date }>("SELECT ended_at FROM sync_runs WHERE id = $1", [
        String(run.id),
      ]);
      expect(rows[0]?.ended_at).toEqual(NOW);
    }
  });
});

describe("creating a run", () => {
  it("a second time gives the active one back and says so (I7)", async () => {
    await pool.query("DELETE FROM sync_runs WHERE shop_id = $1", [shop.id]);
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => requestSync(shop.id, "orders", { mode: "full" }, "test", NOW)),
    );
    expect(asked.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(asked.map(({ run }) => run.id)).size).toBe(1);
    const other = await requestSync(shop.id, "orders", { mode: "ids", ids: ["1"] }, "test", NOW);
    expect(other.isNew).toBe(true);
  });

  it("is possible again once the first has ended", async () => {
    const run = await runIn("running");
    await inTransaction((client) => runs.endRun(client, run, { state: "verified" }, NOW));
    expect((await requestSync(shop.id, "orders", { mode: "full" }, "test", NOW)).isNew).toBe(true);
  });

  it("for all resources makes one each, in the order in which they build on each other", async () => {
    await pool.query("DELETE FROM sync_runs WHERE shop_id = $1", [shop.id]);
    const created = await runs.startBackfills(shop.id, "install", NOW);
    expect(created.map(({ run }) => run.resource)).toEqual(backfillOrder());
    expect(created.every(({ isNew }) => isNew)).toBe(true);
    expect((await runs.startBackfills(shop.id, "install", NOW)).some(({ isNew }) => isNew)).toBe(false);
  });

  it.each([
    ["orders", { mode: "ids", ids: [] }],
    ["orders", { mode: "ids", ids: ["gid://shopify/Product/1"] }],
    ["orders", { mode: "ids", ids: ["1; DROP TABLE"] }],
    ["products", { mode: "names", names: ["#1"] }],
    ["orders", { mode: "search", search: "  " }],
    ["inventory_levels", { mode: "search", search: "id:1" }],
    ["locations", { mode: "since", since: "2026-11-01T00:00:00Z" }],
    ["orders", { mode: "since", since: "yesterday" }],
  ] as const)("refuses a request that makes no sense: %s %o", async (resource, request) => {
    await expect(requestSync(shop.id, resource, request, "test", NOW)).rejects.toThrow(RangeError);
  });
});

describe("a checkpoint", () => {
  const advance = { progress: { phase: "paging" }, done: 5 } as const;

  it("moves the cursor on and is fenced: who read an older one is told that the run has moved", async () => {
    const run = await runIn("running");
    const moved = await inTransaction((client) => runs.checkpoint(client, run, advance, NOW));
    expect(moved).toMatchObject({ done: 5, progress: { phase: "paging", step: run.progress.step + 1 } });
    await expect(inTransaction((client) => runs.checkpoint(client, run, advance, NOW))).rejects.toThrow(
      runs.RunMoved,
    );
  });

  it.each(["paused", "cancelled"] as const)(
    "of a %s run is refused, and its transaction with it",
    async (state) => {
      const run = await runIn("running");
      await pool.query("UPDATE sync_runs SET state = $2 WHERE id = $1", [String(run.id), state]);
      const work = inTransaction(async (client) => {
        await client.query("UPDATE shops SET name = 'written' WHERE id = $1", [shop.id]);
        await runs.checkpoint(client, run, advance, NOW);
      });
      await expect(work).rejects.toThrow(runs.RunMoved);
      const { rows } = await pool.query<{ name: string | null }>("SELECT name FROM shops WHERE id = $1", [
        shop.id,
      ]);
      expect(rows[0]?.name).toBeNull();
    },
  );
});

describe("a nudge", () => {
  it("rings for the run that waits for the operation, and for no other", async () => {
    const run = await runIn("running");
    const bulk = {
      id: "gid://shopify/BulkOperation/7",
      createdAt: NOW.toISOString(),
      url: null,
      objectCount: 0,
      rootObjectCount: 0,
      errorCode: null,
    };
    await inTransaction((client) =>
      runs.checkpoint(client, run, { progress: { phase: "waiting", bulk } }, NOW),
    );
    const nudge = (shopId: number, id: string) => inTransaction((client) => runs.nudge(client, shopId, id));
    expect(await nudge(shop.id, bulk.id)).toBe(true);
    expect(await nudge(shop.id, "gid://shopify/BulkOperation/8")).toBe(false);
    expect(await nudge(shop.id + 1, bulk.id)).toBe(false);
  });
});
