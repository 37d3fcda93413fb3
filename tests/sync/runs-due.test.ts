// When the next step of a run may be taken: not before its time, whoever rings, unless a person or the end of what it waits
// for says so.
import { afterEach, beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { order, times } from "#tests/shopify/records.ts";
import type { Run } from "#app/sync/runs.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { readRunDetail } = await import("#app/status/run-detail.ts");
const { hold, release } = await import("#app/sync/holds.ts");
const { beginStep, leaveStep, nudge, pauseRun, resumeRun } = await import("#app/sync/runs.ts");
const { runsToStep, stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop({ Order: times(300, (number) => order(number)) })));
afterEach(async () => {
  await pool.query("UPDATE sync_runs SET state = 'cancelled'");
  await shop.close();
});

const later = (seconds: number) => new Date(shop.clock.now.getTime() + seconds * 1_000);
const begin = async (way: "pages" | "bulk" = "pages") =>
  (await requestSync(shop.id, "orders", { mode: "full", way }, "test", shop.clock.now)).run;

/** A run of which so many steps have failed, and that waits now. */
async function failing(attempts: number): Promise<Run> {
  const run = await begin();
  shop.store.intercept = () => ({ status: 502, body: "bad gateway" });
  for (let count = 0; count < attempts; count += 1) {
    if (count > 0) shop.clock.now = (await shop.read(run)).dueAt!;
    await shop.step(run);
  }
  shop.store.intercept = () => null;
  return run;
}

it("a failed step is not tried again before its time, whoever rings", async () => {
  const run = await failing(3);
  const due = later(5);
  expect(await runsToStep(shop.clock.now)).toEqual([]);
  const asked = shop.store.requests.length;
  shop.clock.now = later(4);
  // A job that the sweep had added while the step failed: it is to come back when it is time.
  expect(await shop.step(run)).toEqual(due);
  expect(shop.store.requests).toHaveLength(asked);
  expect((await shop.read(run)).progress.failures).toBe(3);
  expect((await readRunDetail(shop.id, String(run.id)))?.dueAt).toEqual(due);
  shop.clock.now = due;
  expect(await runsToStep(shop.clock.now)).toEqual([run.id]);
  expect(await shop.finish(run)).toMatchObject({ state: "verified", dueAt: null });
});

it("a wait that Shopify asked for is kept", async () => {
  const run = await begin();
  shop.store.intercept = () => ({ status: 429, headers: { "retry-after": "30" }, body: "" });
  await shop.step(run);
  const asked = shop.store.requests.length;
  await shop.step(run);
  expect(shop.store.requests).toHaveLength(asked);
  expect((await shop.read(run)).dueAt!.getTime()).toBeGreaterThan(later(25).getTime());
});

it.each(["resumes the run", "lets the shop's runs go on"])("a person who %s need not wait", async (act) => {
  const run = await failing(4);
  if (act === "resumes the run") {
    await pauseRun(shop.id, run.id, shop.clock.now);
    await resumeRun(shop.id, run.id, shop.clock.now);
  } else {
    await hold(shop.id, "runs", "user:1", shop.clock.now);
    await release(shop.id, "runs", "user:1", shop.clock.now);
  }
  expect(await runsToStep(shop.clock.now)).toEqual([run.id]);
  await shop.step(run);
  expect((await shop.read(run)).progress.failures).toBe(0);
});

it("a wait of a run that has heard of its operation's end is not cut short by hearing it again", async () => {
  const run = await begin("bulk");
  while ((await shop.read(run)).progress.phase !== "waiting") await shop.step(run);
  shop.clock.now = (await shop.read(run)).dueAt!;
  await pool.query(`UPDATE sync_runs SET progress = progress || '{"phase": "downloading"}' WHERE id = $1`, [
    String(run.id),
  ]);
  const due = later(60);
  await beginStep(run.id, shop.clock.now);
  await leaveStep(run.id, shop.clock.now, due);
  const { bulk } = (await shop.read(run)).progress;
  expect(await inTransaction((client) => nudge(client, shop.id, bulk!.id))).toBe(true);
  expect((await shop.read(run)).dueAt).toEqual(due);
});

it.each(["between two looks", "during a look"])(
  "the end of a bulk operation, told %s, is not waited for",
  async (when) => {
    shop.store.bulk.looks = 100;
    const run = await begin("bulk");
    while ((await shop.read(run)).progress.phase !== "waiting") await shop.step(run);
    const { bulk } = (await shop.read(run)).progress;
    const tell = () => inTransaction((client) => nudge(client, shop.id, bulk!.id));
    if (when === "between two looks") {
      expect(await runsToStep(shop.clock.now)).toEqual([]);
      expect(await tell()).toBe(true);
    } else {
      shop.clock.now = (await shop.read(run)).dueAt!;
      await beginStep(run.id, shop.clock.now);
      expect(await tell()).toBe(true);
      await leaveStep(run.id, shop.clock.now, later(30));
    }
    expect(await runsToStep(shop.clock.now)).toEqual([run.id]);
  },
);

/** The worker that takes this step is never heard of again. */
async function dieIn({ id }: Run): Promise<void> {
  const reached = Promise.withResolvers<void>();
  const clientFor = () => {
    reached.resolve();
    return new Promise<never>(() => {});
  };
  void stepRun(id, { ...shop.context(), clientFor });
  await reached.promise;
  shop.clock.now = later(20);
}

it("ends when every worker dies in the same step, so that it brings down no more of them", async () => {
  const run = await begin();
  for (let deaths = 0; deaths < 5; deaths += 1) await dieIn(run);
  expect(await shop.step(run)).toBeNull();
  expect(await shop.read(run)).toMatchObject({ state: "failed", errorCode: "WORKER_DIED" });
});

it("goes on however many workers die, as long as it gets on between them", async () => {
  const run = await begin();
  for (let deaths = 0; deaths < 8; deaths += 1) {
    await dieIn(run);
    if (deaths === 3) {
      const now = () => (shop.clock.now = later(5));
      await stepRun(run.id, { ...shop.context(), now });
    }
  }
  expect(await shop.finish(run)).toMatchObject({ state: "verified", done: 300 });
});
