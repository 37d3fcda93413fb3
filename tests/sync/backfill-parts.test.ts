// Backfills in parts, in a store that searches and counts as Shopify does: windows of creation, operations that Shopify
// could not finish, and runs that go on where an earlier one stopped.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cancelOrder, deleteOrder, placeOrder } from "#sandbox/store/acts.ts";
import { scopes } from "#app/resources/index.ts";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { useDatabase } from "#tests/database.ts";
import { SHOP, openShop, type Shop } from "#tests/sandbox/api-shop.ts";
import type { Run, RunRequest } from "#app/sync/runs-states.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { readRunDetail } = await import("#app/status/run-detail.ts");
const { apply } = await import("#app/sync/apply.ts");
const { recordFaults } = await import("#app/sync/faults.ts");
const { saveRules } = await import("#app/sync/rules-change.ts");
const { rulesFrom } = await import("#app/sync/rules.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { readRun, cancelRun } = await import("#app/sync/runs.ts");
const { retryRun } = await import("#app/sync/retry-run.ts");
const { stepRun } = await import("#app/sync/schedule.ts");

const ORDERS = 120;
const STEPS_MAX = 200;

let sandbox: Shop;
let shopId = 0;
/** Bulk queries that were asked for, and how many of the next ones fail. */
let operations: string[] = [];
let failing = 0;
let isFileLost = false;
let isCountLost = false;
/** Before that many-th operation begins. */
let meanwhile: (operation: number) => Promise<void>;

beforeAll(() => {
  sandbox = openShop({
    scopes: [...scopes(), "read_all_orders"],
    sizes: { orders: ORDERS, products: 10 },
    api: { bulkObjectsPerSecond: 1_000_000 },
  });
  sandbox.turn({ plan: "enterprise" });
});

beforeEach(async () => {
  [operations, failing, isFileLost, newestFirstMin] = [[], 0, false, undefined];
  [meanwhile, isCountLost] = [async () => {}, false];
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('parts-' || gen_random_uuid() || '.myshopify.com') RETURNING id",
  );
  shopId = rows[0]!.id;
});

const client = createClient({
  shop: SHOP,
  accessToken: () => sandbox.token(),
  budget: createBudget(),
  fetch: async (url, init) => {
    const request = new Request(String(url), init);
    if (!request.url.includes("myshopify.com")) {
      if (isFileLost) throw new TypeError("fetch failed");
      return (await sandbox.api.serveFile(request))!;
    }
    const { query, variables } = JSON.parse(String(init?.body)) as {
      query: string;
      variables: { query?: string };
    };
    if (isCountLost && query.includes("ordersCount")) throw new TypeError("fetch failed");
    if (query.includes("BulkRun")) {
      operations.push(variables.query!);
      await meanwhile(operations.length);
      if (failing > 0) {
        failing -= 1;
        sandbox.api.bulk.failNext();
      }
    }
    return sandbox.api.handle(request);
  },
});

let now = new Date();
let newestFirstMin: number | undefined;
async function step(run: { id: bigint }): Promise<Date | null> {
  // Shopify's bucket fills up by the store's clock.
  sandbox.clock.advance(20_000);
  return stepRun(run.id, {
    clientFor: async () => client,
    signal: new AbortController().signal,
    now: () => now,
    ...(newestFirstMin === undefined ? {} : { newestFirstMin }),
  });
}

async function finish(run: { id: bigint }): Promise<Run> {
  for (let count = 0; count < STEPS_MAX; count += 1) {
    await sandbox.api.bulk.idle();
    const next = await step(run);
    if (!next) return (await readRun(run.id))!;
    if (next > now) now = next;
  }
  throw new Error(`the run did not end: ${JSON.stringify((await readRun(run.id))!.progress)}`);
}

async function begin(request: RunRequest, at = new Date()): Promise<Run> {
  now = at;
  return (await requestSync(shopId, "orders", request, "test", now)).run;
}

const mirrored = async () =>
  (
    await pool.query<{ id: string }>("SELECT id FROM orders WHERE shop_id = $1 ORDER BY id", [shopId])
  ).rows.map(({ id }) => id);
const inStore = (takes: (createdAt: string) => boolean = () => true) =>
  sandbox.store
    .list("orders")
    .filter(({ createdAt }) => takes(createdAt))
    .map(({ id }) => id)
    .toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
/** A moment with orders on both sides. */
const middle = () =>
  sandbox.store
    .list("orders")
    .map(({ createdAt }) => createdAt)
    .toSorted()[ORDERS / 2]!;
const searchesOf = () => operations.map((query) => /created_at[^"]*/.exec(query)?.[0] ?? "");

describe("a bulk operation that Shopify cannot finish", () => {
  it("is cut in two and those again, until all is there and proven", async () => {
    failing = 3;
    const ended = await finish(await begin({ mode: "full", way: "bulk" }));
    expect(ended).toMatchObject({ state: "verified", done: ORDERS, total: ORDERS, rejected: 0 });
    expect(await mirrored()).toEqual(inStore());
    // Three failed, each made one more part: four parts were read, none of them the whole.
    expect(operations).toHaveLength(7);
    expect(new Set(searchesOf()).size).toBe(7);
    expect(ended.progress.parts).toEqual([]);
  });

  it("counts nothing twice, though what its partial file held was applied", async () => {
    failing = 1;
    const ended = await finish(await begin({ mode: "full", way: "bulk" }));
    expect(ended.done).toBe(ORDERS);
    const { rows } = await pool.query<{ in_shopify: string }>(
      "SELECT in_shopify FROM sync_resources WHERE shop_id = $1 AND resource = 'orders'",
      [shopId],
    );
    expect(rows[0]?.in_shopify).toBe(String(ORDERS));
  });

  it("is read by pages once it cannot be cut any more", async () => {
    failing = 1_000;
    const ended = await finish(await begin({ mode: "full", way: "bulk" }));
    expect(ended).toMatchObject({ state: "verified", done: ORDERS });
    expect(await mirrored()).toEqual(inStore());
  });

  it("of which the sum falls short is not called verified (I10)", async () => {
    failing = 1;
    const run = await begin({ mode: "full", way: "bulk" });
    let isCut = false;
    for (let next: Date | null = now; next && !isCut;) {
      await sandbox.api.bulk.idle();
      next = await step(run);
      if (next && next > now) now = next;
      isCut = (await readRun(run.id))!.progress.parts !== undefined;
    }
    // Somebody drops a part: what is left is whole by its own files.
    await pool.query(
      `UPDATE sync_runs SET progress = jsonb_set(progress, '{parts}', (progress->'parts') - 1) WHERE id = $1`,
      [String(run.id)],
    );
    expect(await finish(run)).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH" });
  });
});

describe("a whole read of many records", () => {
  it("has the newest window first, and is proven by the sum", async () => {
    newestFirstMin = ORDERS;
    const run = await begin({ mode: "full", way: "bulk" }, sandbox.clock.now());
    let first: string[] = [];
    for (let next: Date | null = now; next;) {
      await sandbox.api.bulk.idle();
      next = await step(run);
      if (next && next > now) now = next;
      const { parts } = (await readRun(run.id))!.progress;
      if (first.length === 0 && parts?.length === 1) first = await mirrored();
    }
    expect(await readRun(run.id)).toMatchObject({ state: "verified", done: ORDERS, total: ORDERS });
    expect(await mirrored()).toEqual(inStore());
    const { rows } = await pool.query<{ detail: { since: string } }>(
      "SELECT detail FROM sync_run_notes WHERE run_id = $1 AND code = 'newest_first'",
      [String(run.id)],
    );
    const since = Date.parse(rows[0]!.detail.since);
    const newest = inStore((createdAt) => Date.parse(createdAt) >= since);
    expect(newest.length).toBeGreaterThan(0);
    expect(newest.length).toBeLessThanOrEqual(ORDERS / 3);
    // While the second part was still to come, the first one could be used.
    expect(first).toEqual(newest);
    const at = rows[0]!.detail.since.slice(0, 19);
    expect(searchesOf()).toEqual([
      expect.stringContaining(`created_at:>='${at}`),
      expect.stringContaining(`created_at:<'${at}`),
    ]);
  });

  it("has few new ones by pages, and the many older ones by a file", async () => {
    newestFirstMin = ORDERS;
    // What pages took here before: the newest window is within the budget that is at hand, the rest is not.
    const paging = { units: 100, cost: 80_000, ms: 5_000 };
    await pool.query(
      `INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, done, phases)
       VALUES ($1, 'orders', 'targeted', 'verified', 'test', 100, $2)`,
      [shopId, JSON.stringify({ ended: { paging } })],
    );
    const run = await begin({ mode: "full" }, sandbox.clock.now());
    const ended = await finish(run);
    expect(ended).toMatchObject({ state: "verified", done: ORDERS, total: ORDERS });
    expect(await mirrored()).toEqual(inStore());
    expect(searchesOf()).toEqual([expect.stringContaining("created_at:<'")]);
    expect(ended.phases.ended?.paging?.units).toBeLessThanOrEqual(ORDERS / 3);
  });

  it("is one part below the limit", async () => {
    newestFirstMin = ORDERS + 1;
    expect(await finish(await begin({ mode: "full", way: "bulk" }, sandbox.clock.now()))).toMatchObject({
      state: "verified",
      done: ORDERS,
    });
    expect(operations).toHaveLength(1);
  });
});

describe("a window of creation", () => {
  it.each(["pages", "bulk"] as const)(
    "reads what came to be in it and nothing else",
    async (way) => {
      const from = middle();
      const run = await begin({ mode: "created", from });
      if (way === "bulk") {
        await pool.query(
          `UPDATE sync_runs SET plan = jsonb_build_object('way', 'bulk', 'at', $2::text) WHERE id = $1`,
          [String(run.id), now.toISOString()],
        );
      }
      const ended = await finish(run);
      const expected = inStore((createdAt) => Date.parse(createdAt) >= Date.parse(`${from.slice(0, 19)}Z`));
      expect(ended).toMatchObject({
        state: "verified",
        kind: "targeted",
        done: expected.length,
        total: expected.length,
      });
      expect(operations.length > 0).toBe(way === "bulk");
      expect(await mirrored()).toEqual(expected);
      // It says nothing of the resource as a whole.
      const { rows } = await pool.query(
        "SELECT FROM sync_resources WHERE shop_id = $1 AND resource = 'orders' AND verified_at IS NOT NULL",
        [shopId],
      );
      expect(rows).toEqual([]);
      expect((await pool.query("SELECT FROM sync_cursors WHERE shop_id = $1", [shopId])).rows).toEqual([]);
    },
    60_000,
  );

  it("is refused without an end, upside down, and where Shopify has no such search", async () => {
    const ask = (resource: "orders" | "locations", request: RunRequest) =>
      requestSync(shopId, resource, request, "test", now);
    await expect(ask("orders", { mode: "created" })).rejects.toThrow(RangeError);
    const [from, until] = ["2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"];
    await expect(ask("orders", { mode: "created", from, until })).rejects.toThrow(RangeError);
    await expect(ask("locations", { mode: "created", from })).rejects.toThrow(RangeError);
  });
});

describe("a retry", () => {
  const retried = async (run: Run) => {
    const answer = await retryRun(shopId, run.id, "user:1", now);
    if (!("run" in answer)) throw new Error(answer.outcome);
    return answer.run;
  };

  it("of a run that was stopped goes on from its place", async () => {
    const run = await begin({ mode: "full", way: "bulk" });
    isFileLost = true;
    const failed = await finish(run);
    expect(failed).toMatchObject({ state: "failed", errorCode: "UNREACHABLE" });
    expect(failed.progress).toMatchObject({ phase: "downloading" });
    isFileLost = false;
    const again = await finish(await retried(failed));
    expect(again).toMatchObject({ state: "verified", done: ORDERS });
    // The file that Shopify had prepared served both.
    expect(operations).toHaveLength(1);
    const { rows } = await pool.query<{ until: Date }>(
      "SELECT until FROM sync_cursors WHERE shop_id = $1 AND resource = 'orders'",
      [shopId],
    );
    expect(rows[0]!.until.getTime()).toBeLessThanOrEqual(failed.startedAt!.getTime());
  });

  it("of a run that was stopped while it counted what no file was written of counts again", async () => {
    const run = await begin({ mode: "created", from: "2030-01-01T00:00:00Z" });
    await pool.query(
      `UPDATE sync_runs SET plan = jsonb_build_object('way', 'bulk', 'at', $2::text) WHERE id = $1`,
      [String(run.id), now.toISOString()],
    );
    meanwhile = async () => void (isCountLost = true);
    for (let phase = ""; phase !== "counting"; phase = (await readRun(run.id))!.progress.phase) {
      await sandbox.api.bulk.idle();
      const next = await step(run);
      if (next! > now) now = next!;
    }
    await cancelRun(shopId, run.id, now);
    isCountLost = false;
    const again = await finish(await retried(run));
    expect(again).toMatchObject({ state: "verified", done: 0, total: 0 });
    expect(operations).toHaveLength(1);
  });

  it("of a run that was stopped begins anew where the rules were changed since: its file is of the old ones", async () => {
    const run = await begin({ mode: "full", way: "bulk" });
    isFileLost = true;
    const failed = await finish(run);
    isFileLost = false;
    const rules = rulesFrom({ resources: { orders: { filter: "tag:nobody-has-it" } } });
    await saveRules(shopId, 0, rules, "user:1", now);
    const { rows } = await pool.query<{ id: string }>(
      "SELECT id FROM sync_runs WHERE shop_id = $1 AND resource = 'orders' AND state = 'queued'",
      [shopId],
    );
    expect(await finish({ id: BigInt(rows[0]!.id) })).toMatchObject({ state: "verified", done: 0 });
    now = new Date(now.getTime() + 24 * 60 * 60_000 - 60_000);
    await pool.query("UPDATE sync_runs SET started_at = $2 WHERE id = $1", [String(failed.id), now]);
    expect(await finish(await retried(failed))).toMatchObject({ state: "verified", done: 0 });
    expect(await mirrored()).toEqual([]);
  });

  it("of a cancelled list goes on after what was read", async () => {
    const ids = inStore();
    const run = await begin({ mode: "ids", ids });
    await pool.query(
      `UPDATE sync_runs SET state = 'running', started_at = $2, total = $3, done = 100,
         progress = '{"step": 3, "phase": "fetching", "position": 100, "missing": 0, "doneBefore": 100}' WHERE id = $1`,
      [String(run.id), now, ids.length],
    );
    await cancelRun(shopId, run.id, now);
    const again = await finish(await retried(run));
    expect(again).toMatchObject({ state: "verified", done: ids.length });
    expect(await mirrored()).toEqual(ids.slice(100));
  });

  it("of a run with refused records reads those alone", async () => {
    const [refused, healed] = inStore() as [string, string];
    const run = await begin({ mode: "full", way: "pages" });
    await pool.query(
      `UPDATE sync_runs SET state = 'incomplete', error_code = 'RECORDS_REJECTED', started_at = $2, ended_at = $2 WHERE id = $1`,
      [String(run.id), now],
    );
    const fault = `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, run_id, resolved_at)
                   VALUES ($1, 'orders', $2, 'WRONG_TYPE', '', $3, $4)`;
    await pool.query(fault, [shopId, refused, String(run.id), null]);
    await pool.query(fault, [shopId, healed, String(run.id), now]);
    const again = await retried(run);
    expect(again.request).toEqual({ mode: "ids", ids: [refused] });
    expect(await finish(again)).toMatchObject({ state: "verified", done: 1 });
    expect(await mirrored()).toEqual([refused]);
    expect(await retryRun(shopId, run.id, "user:1", now)).toEqual({ outcome: "nothing" });
  });

  it("of a run whose errors a later one has met, too, reads those that are left, and never everything", async () => {
    const [first, second, beside] = inStore() as [string, string, string];
    const refuse = async (keys: string[], request: RunRequest) => {
      now = new Date(now.getTime() + 60_000);
      const run = await begin(request, now);
      await pool.query("UPDATE sync_runs SET state = 'running', started_at = $2 WHERE id = $1", [
        String(run.id),
        now,
      ]);
      await inTransaction(async (client) => {
        const faults = keys.map(
          (key) => ({ resource: "orders", key, code: "WRONG_TYPE", detail: "" }) as const,
        );
        await recordFaults(client, shopId, faults, run.id, now);
      });
      await pool.query(
        "UPDATE sync_runs SET state = 'incomplete', error_code = 'RECORDS_REJECTED', ended_at = $2 WHERE id = $1",
        [String(run.id), now],
      );
      return run;
    };
    const older = await refuse([first, second], { mode: "full" });
    await refuse([first, second, beside], { mode: "full" });
    const listed = await refuse([first, beside], { mode: "ids", ids: [first] });
    await pool.query("UPDATE sync_errors SET resolved_at = now() WHERE shop_id = $1 AND record_key = $2", [
      ...[shopId, second],
    ]);
    expect((await readRunDetail(shopId, String(older.id)))?.errors.map(({ recordKey }) => recordKey)).toEqual(
      [first],
    );
    const again = await retried(older);
    expect(again.request).toEqual({ mode: "ids", ids: [first] });
    expect(await finish(again)).toMatchObject({ state: "verified", done: 1 });
    // What is still in error was none of theirs.
    for (const run of [older, listed])
      expect(await retryRun(shopId, run.id, "user:1", now)).toEqual({ outcome: "nothing" });
  });

  it("of a catch-up reads the windows that it left open", async () => {
    const run = await begin({ mode: "since", since: "2026-01-01T00:00:00.000Z" });
    await pool.query(
      `UPDATE sync_runs SET state = 'incomplete', error_code = 'COUNT_MISMATCH', started_at = $2, ended_at = $2 WHERE id = $1`,
      [String(run.id), now],
    );
    await pool.query(
      `INSERT INTO sync_holes (shop_id, resource, from_at, to_at, reason, run_id, opened_at, next_attempt_at)
       VALUES ($1, 'orders', '2026-02-01', '2026-02-02', 'COUNT_MISMATCH', $2, $3, $3)`,
      [shopId, String(run.id), now],
    );
    const again = await retried(run);
    expect(again.request).toEqual({
      mode: "since",
      since: "2026-02-01T00:00:00.000Z",
      until: "2026-02-02T00:00:00.000Z",
    });
    expect(await finish(again)).toMatchObject({ state: "verified" });
    const { rows } = await pool.query<{ closed_by: string }>(
      "SELECT closed_by FROM sync_holes WHERE shop_id = $1",
      [shopId],
    );
    expect(rows).toEqual([{ closed_by: String(again.id) }]);
  });

  it("of a part that came short reads that part, and proves the sum", async () => {
    const run = await begin({ mode: "full", way: "bulk" });
    const from = `${middle().slice(0, 19)}Z`;
    const newer = inStore((createdAt) => Date.parse(createdAt) >= Date.parse(from)).length;
    const short = {
      ...{ parts: [{ from: null, until: from, halvings: 1 }], done: 3, rejected: 0 },
      ...{ code: "COUNT_MISMATCH", detail: "" },
    };
    await pool.query(
      `UPDATE sync_runs SET state = 'incomplete', error_code = 'COUNT_MISMATCH', started_at = $2, ended_at = $2,
         total = $3, done = $4, progress = $5 WHERE id = $1`,
      [
        String(run.id),
        now,
        ORDERS,
        newer + 3,
        JSON.stringify({ step: 9, phase: "counting", part: 1, parts: [], countBefore: ORDERS, short }),
      ],
    );
    const again = await finish(await retried(run));
    expect(again).toMatchObject({ state: "verified", done: ORDERS, total: ORDERS });
    expect(operations).toHaveLength(1);
    expect(await mirrored()).toHaveLength(ORDERS - newer);
  });
});

describe("while its parts are read", () => {
  const NEW = 3;
  const DAYS = 100 * 86_400_000;
  let old = "";

  beforeEach(() => {
    sandbox = openShop({
      scopes: [...scopes(), "read_all_orders"],
      sizes: { orders: ORDERS, products: 10 },
      api: { bulkObjectsPerSecond: 1_000_000 },
    });
    sandbox.turn({ plan: "enterprise" });
    old = place();
    sandbox.clock.advance(DAYS);
    for (let count = 0; count < NEW; count += 1) place();
    newestFirstMin = ORDERS;
  });

  function place(): string {
    const lines = [{ variantId: null, title: "Print", price: "10.00", quantity: 1 }];
    return placeOrder(sandbox.store, { lines }).id;
  }

  /** Shopify has counted it, but it is in no file: the new ones' was written before, and the old ones' after that. */
  function loseOldOne(): void {
    cancelOrder(sandbox.store, old);
    deleteOrder(sandbox.store, old);
    for (let count = 0; count < NEW; count += 1) place();
  }

  /** As its webhook has it. */
  async function hearOfDeletion(key: string): Promise<void> {
    const version = { updatedAt: null, observedAt: sandbox.clock.now().toISOString() };
    const change = { verb: "delete", resource: "orders", key, version, reason: "webhook" } as const;
    const deletion = { ...change, origin: { kind: "webhook", id: 1n } } as const;
    await inTransaction((database) => apply(database, shopId, [deletion], now));
  }

  async function readAll(): Promise<Run> {
    return finish(await begin({ mode: "full", way: "bulk" }, sandbox.clock.now()));
  }

  it("a record that is deleted is missed by nobody, however many are new", async () => {
    meanwhile = async (operation) => {
      if (operation !== 2) return;
      loseOldOne();
      await hearOfDeletion(old);
    };
    expect(await readAll()).toMatchObject({ state: "verified", done: ORDERS + NEW });
  });

  it("one that is gone is missed as long as nobody tells of it (I10)", async () => {
    meanwhile = async (operation) => {
      if (operation === 2) loseOldOne();
    };
    expect(await readAll()).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH" });
  });

  it("one that was read before it was deleted makes up for no other (I10)", async () => {
    meanwhile = async (operation) => {
      if (operation !== 2) return;
      await hearOfDeletion(inStore().at(-1)!);
      loseOldOne();
    };
    expect(await readAll()).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH" });
  });
});
