// Pause and resume with the real worker: what is held waits, of that shop and that queue only; what concerns the shop
// itself never does; every act is on record. And whether workers are seen to be alive.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { hold, release } = await import("#app/sync/holds.ts");
const { hurry, retrySteered, steerRun } = await import("#app/sync/queue-acts.ts");
const { createRun, readRun } = await import("#app/sync/runs.ts");
const { runsToStep, stepRun } = await import("#app/sync/schedule.ts");
const { shopsToCatchUp } = await import("#app/sync/catch-up-due.ts");
const { shopsToConfirm } = await import("#app/sync/confirm.ts");
const { readQueueStatus } = await import("#app/status/queue.ts");
const { readActs } = await import("#app/status/acts.ts");
const { queue, stopQueue } = await import("#app/queue.server.ts");
const { CONFIRM } = await import("#app/sync/jobs.ts");
const { discardDeadJobs, readDeadJobs, redriveDeadJobs } = await import("#app/dead-jobs.server.ts");
const { beat, leave } = await import("#app/sync/workers.ts");
const { startWorker } = await import("#app/worker.server.ts");

const [MINE, THEIRS] = ["mine.myshopify.com", "theirs.myshopify.com"] as const;
const ME = "user:7";
let mine: number;
let theirs: number;
let worker: { stop(): Promise<void> } | undefined;

beforeAll(async () => {
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1), ($2) RETURNING id", [
    MINE,
    THEIRS,
  ]);
  [mine, theirs] = rows.map(({ id }) => id as number) as [number, number];
});

afterAll(async () => {
  await worker?.stop();
});

let webhooks = 0;
async function push(domain: string, topic: string, body: object): Promise<string> {
  webhooks += 1;
  const { rows } = await pool.query(
    `WITH stored AS (
       INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, triggered_at) VALUES ($1, $2, $3, $4, now())
       RETURNING id)
     SELECT id, pg_notify('counterfoil_inbox', '') FROM stored`,
    [domain, `w-${webhooks}`, topic, Buffer.from(JSON.stringify(body))],
  );
  return rows[0].id;
}
const deleted = (domain: string, id: number) => push(domain, "products/delete", { id });
const stateOf = async (id: string): Promise<string> =>
  (await pool.query("SELECT state FROM sync_deliveries WHERE id = $1", [id])).rows[0].state;
const settled = (id: string) => expect.poll(() => stateOf(id)).not.toBe("received");

describe("a queue of deliveries that is paused", () => {
  it("waits, and only it: another shop's goes on, and so does what concerns the shop itself", async () => {
    worker = await startWorker();
    await settled(await deleted(MINE, 1));
    expect(await hold(mine, "deliveries", ME, new Date())).toBe(true);
    expect(await hold(mine, "deliveries", ME, new Date())).toBe(false);

    const held = await deleted(MINE, 2);
    // Rung after it: by the time these are settled, the worker has had the held one before it.
    await settled(await deleted(THEIRS, 3));
    await settled(await push(MINE, "counterfoil/test", {}));
    await settled(await push(MINE, "customers/redact", { customer: { id: 5 }, orders_to_redact: [] }));
    expect(await stateOf(held)).toBe("received");

    expect(await release(mine, "deliveries", ME, new Date())).toBe(true);
    expect(await release(mine, "deliveries", ME, new Date())).toBe(false);
    await settled(held);
  });

  it("is not another shop's to resume, and says who paused it and when", async () => {
    const at = new Date("2026-11-25T10:00:00Z");
    await hold(mine, "deliveries", ME, at);
    expect(await release(theirs, "deliveries", ME, new Date())).toBe(false);
    const { queues } = await readQueueStatus({ id: mine, domain: MINE }, new Date());
    expect(queues.find(({ queue }) => queue === "deliveries")!.held).toEqual({ by: ME, at });
    const other = await readQueueStatus({ id: theirs, domain: THEIRS }, new Date());
    expect(other.queues.every(({ held }) => held === null)).toBe(true);
    await release(mine, "deliveries", ME, new Date());
  });

  it("has a long backlog looked at by its urgent topics only", async () => {
    await hold(mine, "deliveries", ME, new Date());
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body)
       SELECT $1, 'b' || n, 'products/update', '{}' FROM generate_series(1, 20000) n`,
      [MINE],
    );
    await pool.query("ANALYZE sync_deliveries");
    const { CLAIM } = await import("#app/sync/inbox-rows.ts");
    const { rows } = await inTransaction((client) =>
      client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${CLAIM}`, [new Date(), 300, "1s", ["customers/redact"]]),
    );
    const touched = (plan: { [key: string]: unknown }): number =>
      Math.max(
        Number(plan["Actual Rows"]) + Number(plan["Rows Removed by Filter"] ?? 0),
        ...((plan.Plans as { [key: string]: unknown }[] | undefined) ?? []).map(touched),
      );
    expect(touched(rows[0]["QUERY PLAN"][0].Plan)).toBeLessThan(50);
    await pool.query("DELETE FROM sync_deliveries WHERE webhook_id LIKE 'b%'");
    await release(mine, "deliveries", ME, new Date());
  });
});

describe("other queues that are paused", () => {
  const context = {
    clientFor: () => Promise.reject(new Error("nobody may ask Shopify")),
    signal: new AbortController().signal,
    now: () => new Date(),
  };

  it("begin no step of a run, and go on where they were", async () => {
    await worker?.stop();
    worker = undefined;
    const start = (shopId: number) =>
      inTransaction((client) =>
        createRun(
          client,
          shopId,
          { resource: "products", kind: "backfill", request: { mode: "full" }, startedBy: ME },
          new Date(),
        ),
      );
    const [{ run }, { run: foreign }] = [await start(mine), await start(theirs)];
    await hold(mine, "runs", ME, new Date());
    expect(await runsToStep(new Date())).toEqual([foreign.id]);
    expect(await stepRun(run.id, context)).toBeNull();
    expect((await readRun(run.id))?.state).toBe("queued");
    await release(mine, "runs", ME, new Date());
    expect(await runsToStep(new Date())).toEqual([run.id, foreign.id]);
    await steerRun({ shopId: mine, shopDomain: MINE, actor: ME }, run.id, "cancel", new Date());
    expect(
      await steerRun({ shopId: mine, shopDomain: MINE, actor: ME }, foreign.id, "cancel", new Date()),
    ).toBe("unknown");
  });

  it("are steered and tried again with who did it on record", async () => {
    const who = { shopId: mine, shopDomain: MINE, actor: ME };
    const wish = {
      resource: "products",
      kind: "backfill",
      request: { mode: "full" },
      startedBy: ME,
    } as const;
    const { run } = await inTransaction((client) => createRun(client, mine, wish, new Date()));
    expect(await steerRun(who, run.id, "pause", new Date())).toBe("done");
    expect(await steerRun(who, run.id, "cancel", new Date())).toBe("done");
    const retried = await retrySteered(who, run.id, new Date());
    if (!("run" in retried)) throw new Error(retried.outcome);
    const acts = (await readActs(mine, 3, "queues")).map(({ act, actor, detail }) => ({
      act,
      actor,
      detail,
    }));
    const id = String(run.id);
    expect(acts).toEqual([
      { act: "run_retried", actor: ME, detail: { run: id, again: String(retried.run.id) } },
      { act: "run_cancelled", actor: ME, detail: { run: id } },
      { act: "run_paused", actor: ME, detail: { run: id } },
    ]);
    // The run's own page says it, too.
    const { rows } = await pool.query("SELECT detail FROM sync_run_notes WHERE run_id = $1", [id]);
    expect(rows.map(({ detail }) => detail.by as unknown)).toContain(ME);
    // Active already: nothing was done, and nothing is on record.
    expect(await retrySteered(who, retried.run.id, new Date())).toEqual({ outcome: "impossible" });
    expect(await readActs(mine, 3, "queues")).toHaveLength(3);
    await steerRun(who, retried.run.id, "cancel", new Date());
  });

  it("look for no changes and confirm nothing", async () => {
    for (const shopId of [mine, theirs]) {
      await pool.query(
        "INSERT INTO sync_cursors (shop_id, resource, until, due_at) VALUES ($1, 'orders', now(), now())",
        [shopId],
      );
      await pool.query(
        "INSERT INTO sync_confirmations (shop_id, resource, record_key) VALUES ($1, 'orders', '1') ON CONFLICT DO NOTHING",
        [shopId],
      );
    }
    const soon = new Date(Date.now() + 1_000);
    await hold(mine, "catch_up", ME, new Date());
    await hold(mine, "confirmations", ME, new Date());
    expect(await shopsToCatchUp(soon)).toEqual([theirs]);
    expect(await shopsToConfirm(soon)).toEqual([theirs]);
    await release(mine, "catch_up", ME, new Date());
    await release(mine, "confirmations", ME, new Date());
    expect((await shopsToConfirm(soon)).sort()).toEqual([mine, theirs].sort());
  });
});

describe("what waits for another attempt", () => {
  it("is tried now when a person says so, of that shop only", async () => {
    const later = new Date(Date.now() + 3_600_000);
    await pool.query("UPDATE sync_confirmations SET attempts = 1, next_attempt_at = $1", [later]);
    const now = new Date();
    expect(await hurry({ shopId: mine, shopDomain: MINE, actor: ME }, "confirmations", now)).toBe(1);
    expect(await hurry({ shopId: mine, shopDomain: MINE, actor: ME }, "confirmations", now)).toBe(0);
    expect(await shopsToConfirm(now)).toEqual([mine]);
    const parked = await deleted(MINE, 9);
    await pool.query("UPDATE sync_deliveries SET attempts = 2, next_attempt_at = $2 WHERE id = $1", [
      parked,
      later,
    ]);
    expect(await hurry({ shopId: theirs, shopDomain: MINE, actor: ME }, "deliveries", now)).toBe(0);
    expect(await hurry({ shopId: mine, shopDomain: MINE, actor: ME }, "deliveries", now)).toBe(1);
    expect(await hurry({ shopId: mine, shopDomain: MINE, actor: ME }, "catch_up", new Date(0))).toBe(1);
  });
});

describe("background jobs that were given up", () => {
  afterAll(async () => {
    await stopQueue();
  });

  it("are shown to the shop whose they are, and go back or away when it says so", async () => {
    const boss = await queue();
    for (const shopId of [mine, theirs]) {
      await boss.send(CONFIRM, { shopId }, { retryLimit: 0, singletonKey: `test ${shopId}` });
      const [job] = await boss.fetch(CONFIRM);
      await boss.fail(CONFIRM, job!.id, { message: `boom ${shopId}` });
    }
    expect(await readDeadJobs(mine)).toMatchObject([{ from: CONFIRM, said: `boom ${mine}` }]);
    expect(await redriveDeadJobs(mine, ME, new Date())).toBe(1);
    expect(await redriveDeadJobs(mine, ME, new Date())).toBe(0);
    expect((await boss.fetch<{ shopId: number }>(CONFIRM)).map(({ data }) => data.shopId)).toEqual([mine]);
    expect(await readDeadJobs(theirs)).toHaveLength(1);
    expect(await discardDeadJobs(theirs, "user:9", new Date())).toBe(1);
    expect(await readDeadJobs(theirs)).toEqual([]);
    expect((await readActs(theirs, 9, "queues")).map(({ act, actor }) => [act, actor])).toEqual([
      ["jobs_discarded", "user:9"],
    ]);
  });
});

it("every act is on record, with who did it", async () => {
  const acts = await readActs(mine, 100, "queues");
  const said = acts.map(({ act, actor, detail }) => [act, actor, detail.queue ?? null]).reverse();
  expect(said.slice(0, 2)).toEqual([
    ["queue_paused", ME, "deliveries"],
    ["queue_resumed", ME, "deliveries"],
  ]);
  expect(said.filter(([act]) => act === "run_cancelled")).toHaveLength(3);
  expect(said.filter(([act]) => act === "queue_hurried").map(([, , queue]) => queue)).toEqual([
    "confirmations",
    "deliveries",
    "catch_up",
  ]);
  expect(said.at(-1)).toEqual(["jobs_redriven", ME, null]);
  expect((await readActs(theirs, 100, "queues")).map(({ act }) => act)).toEqual(["jobs_discarded"]);
  expect((await readActs(mine, 100)).map(({ act }) => act)).toEqual(["customer_redacted"]);
});

describe("workers", () => {
  const workersSeen = async () => (await readQueueStatus({ id: mine, domain: MINE }, new Date())).workers;
  const id = "00000000-0000-4000-8000-000000000001";

  it("are alive while they say so, and are removed when they have long been silent", async () => {
    await beat({ id, version: "1.2.3" });
    expect(await workersSeen()).toMatchObject([{ id, version: "1.2.3", isAlive: true, where: null }]);
    await pool.query("UPDATE sync_workers SET beaten_at = now() - interval '21 seconds'");
    expect(await workersSeen()).toMatchObject([{ id, isAlive: false }]);
    await pool.query("UPDATE sync_workers SET beaten_at = now() - interval '11 minutes'");
    const other = "00000000-0000-4000-8000-000000000002";
    await beat({ id: other, version: "1.2.3" });
    expect(await workersSeen()).toMatchObject([{ id: other }]);
    await leave(other);
    expect(await workersSeen()).toEqual([]);
  });

  it("sign on when they start and off when they stop", async () => {
    worker = await startWorker();
    await expect.poll(() => workersSeen()).toHaveLength(1);
    await worker.stop();
    worker = undefined;
    expect(await workersSeen()).toEqual([]);
  });
});
