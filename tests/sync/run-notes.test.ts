// What a run tells of itself: its phases with their times, and a bounded list of notable moments.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { order, times } from "#tests/shopify/records.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { readRunDetail } = await import("#app/status/run-detail.ts");
const runs = await import("#app/sync/runs.ts");
const { noteRun } = await import("#app/sync/run-notes.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

const begin = async () =>
  (await requestSync(shop.id, "orders", { mode: "full" }, "test", shop.clock.now)).run;
const notesOf = async (id: bigint) =>
  (
    await pool.query<{ seq: number; code: string; times: number; detail: Record<string, unknown> }>(
      "SELECT seq, code, times, detail FROM sync_run_notes WHERE run_id = $1 ORDER BY seq",
      [String(id)],
    )
  ).rows;
const forward = (ms: number) => void (shop.clock.now = new Date(shop.clock.now.getTime() + ms));

describe("notes", () => {
  it("are bounded: the first and the latest are kept", async () => {
    const run = await begin();
    for (let n = 0; n < 260; n += 1) {
      await noteRun(null, run, n % 2 ? "retried" : "crashed", { n }, shop.clock.now);
    }
    const kept = (await notesOf(run.id)).map(({ seq }) => seq);
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept.slice(0, 50)).toEqual(times(50, (n) => n + 1));
    expect(kept.at(-1)).toBe(260);
    expect(kept.slice(50)).toEqual(times(kept.length - 50, (n) => 260 - (kept.length - 51) + n));
  });

  it("count what happens again instead of repeating it", async () => {
    const run = await begin();
    await noteRun(null, run, "waits", { seconds: 10 }, shop.clock.now);
    await noteRun(null, run, "waits", { seconds: 30 }, shop.clock.now);
    expect(await notesOf(run.id)).toEqual([{ seq: 1, code: "waits", times: 2, detail: { seconds: 30 } }]);
  });

  it("tell who held it and that it was tried again", async () => {
    shop.store.data.Order = times(5, (number) => order(number));
    const run = await begin();
    shop.store.intercept = () => ({ status: 502, body: "bad gateway" });
    await shop.step(run);
    shop.store.intercept = () => null;
    await runs.pauseRun(shop.id, run.id, shop.clock.now, "user:7");
    await runs.resumeRun(shop.id, run.id, shop.clock.now, "user:7");
    await shop.finish(run);
    const notes = await notesOf(run.id);
    expect(notes.filter(({ code }) => code !== "planned").map(({ code }) => code)).toEqual([
      "retried",
      "paused",
      "resumed",
      "ended",
    ]);
    expect(notes.find(({ code }) => code === "paused")?.detail).toEqual({ by: "user:7" });
  });

  it("tell that a step died, and not that one ended", async () => {
    shop.store.data.Order = times(5, (number) => order(number));
    const run = await begin();
    await runs.beginStep(run.id, shop.clock.now);
    forward(20_000);
    await shop.finish(run);
    expect((await notesOf(run.id)).filter(({ code }) => code === "taken_up")).toHaveLength(1);
  });
});

describe("phases", () => {
  it("tell the pace of what is done since a pause, not of the pause", async () => {
    shop.store.data.Order = times(900, (number) => order(number, 0));
    const request = { mode: "full", way: "pages" } as const;
    const { run } = await requestSync(shop.id, "orders", request, "test", shop.clock.now);
    const briefly = async () => {
      const now = () => (forward(5_000), shop.clock.now);
      await stepRun(run.id, { ...shop.context(), now });
    };
    await briefly();
    await briefly();
    const { done: before } = await shop.read(run);
    await runs.pauseRun(shop.id, run.id, shop.clock.now);
    forward(3_600_000);
    await runs.resumeRun(shop.id, run.id, shop.clock.now);
    const resumedAt = shop.clock.now;
    await briefly();
    const { run: view } = (await readRunDetail(shop.id, String(run.id)))!;
    expect(view.state).toBe("running");
    expect(view.done).toBeGreaterThan(before);
    const seconds = (shop.clock.now.getTime() - resumedAt.getTime()) / 1_000;
    expect(view.perSecond).toBeGreaterThanOrEqual((view.done - before) / seconds);
  });

  it("end with a run that is called off with all others, and the run tells of it", async () => {
    shop.store.data.Order = times(5, (number) => order(number));
    const run = await begin();
    shop.store.intercept = () => ({ status: 502, body: "bad gateway" });
    await shop.step(run);
    forward(3_000);
    await inTransaction((client) => runs.callOffRuns(client, shop.id, null, "UNINSTALLED", shop.clock.now));
    const { phases } = (await readRunDetail(shop.id, String(run.id)))!;
    expect(phases).toMatchObject([{ phase: "planning", ms: 3_000, endedAt: shop.clock.now }]);
    const [ended] = (await notesOf(run.id)).slice(-1);
    expect(ended).toMatchObject({ code: "ended", detail: { state: "cancelled", code: "UNINSTALLED" } });
  });

  it("are told with their times, without the time of a pause", async () => {
    shop.store.data.Order = times(5, (number) => order(number));
    const run = await begin();
    shop.store.intercept = () => ({ status: 502, body: "bad gateway" });
    await shop.step(run);
    shop.store.intercept = () => null;
    forward(3_000);
    await runs.pauseRun(shop.id, run.id, shop.clock.now);
    forward(3_600_000);
    await runs.resumeRun(shop.id, run.id, shop.clock.now);
    forward(2_000);
    const { phases } = await shop.finish(run);
    expect(phases.now).toBeUndefined();
    expect(phases.ended?.planning).toMatchObject({ ms: 5_000, times: 2, units: 0 });
    expect(phases.ended?.paging).toMatchObject({ units: 5, times: 1 });
  });
});
