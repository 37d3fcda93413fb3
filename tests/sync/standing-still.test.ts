// Operations that hang at Shopify: a run waits for one that gets on however long it takes, and for one that does not no
// longer than is said; and it names those that it waits for.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { order, times } from "#tests/shopify/records.ts";
import type { Run } from "#app/sync/runs.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop } = await import("#tests/sync/shop.ts");

const FEW = 30;
/** More than are read by pages rather than waited for a slot. */
const MANY = 2_501;
const HOUR_MS = 3_600_000;
const FOR_EVER = 1_000_000;

let shop: TestShop;
beforeEach(async () => {
  shop = await openShop();
  shop.store.data.Order = times(FEW, (number) => order(number, 0));
});
afterEach(() => shop.close());

const begin = async (): Promise<Run> =>
  (await requestSync(shop.id, "orders", { mode: "full", way: "bulk" }, "test", shop.clock.now)).run;

/** Steps as they fall due, for so long. @returns whether the run goes on. */
async function live(run: Run, ms: number): Promise<boolean> {
  const end = shop.clock.now.getTime() + ms;
  for (;;) {
    const next = await shop.step(run);
    if (!next) return false;
    // For a slot Shopify's adapter waits by the real clock.
    const later = Math.max(next.getTime(), shop.clock.now.getTime() + 30_000);
    if (later >= end) break;
    shop.clock.now = new Date(later);
  }
  shop.clock.now = new Date(end);
  return true;
}

async function detailsOf({ id }: Run, code: string): Promise<string[]> {
  const { rows } = await pool.query<{ detail: { detail: string } }>(
    "SELECT detail FROM sync_run_notes WHERE run_id = $1 AND code = $2 ORDER BY seq",
    [String(id), code],
  );
  return rows.map(({ detail }) => detail.detail);
}

const cancelled = () =>
  shop.store.requests.filter(({ document }) => document.includes("bulkOperationCancel")).length;

describe("an operation that stands still", () => {
  it.each(["CREATED", "RUNNING", "QUEUED_BY_A_LATER_VERSION"])(
    "as %s for an hour is called off, and its records are read by pages",
    async (status) => {
      shop.store.bulk.looks = FOR_EVER;
      const shown = { status };
      shop.store.intercept = ({ document }) =>
        document.includes("BulkRead(") ? { body: { data: { bulkOperation: { ...STUCK, ...shown } } } } : null;
      const run = await begin();
      expect(await live(run, HOUR_MS - 60_000)).toBe(true);
      expect(cancelled()).toBe(0);
      const ended = await shop.finish(run);
      expect(cancelled()).toBe(1);
      expect(ended).toMatchObject({ state: "verified", done: FEW, total: FEW });
      expect(await detailsOf(run, "bulk_refused")).toEqual([
        `operation 1 (${status}, no progress for 60 min)`,
      ]);
    },
    60_000,
  );

  it("is waited for as long as it gets on", async () => {
    shop.store.bulk.looks = FOR_EVER;
    let objects = 0;
    shop.store.intercept = ({ document }) => {
      if (!document.includes("BulkRead(")) return null;
      // One object every two thousand seconds or so.
      objects = Math.floor((shop.clock.now.getTime() - began) / 2_000_000);
      return { body: { data: { bulkOperation: { ...STUCK, objectCount: String(objects) } } } };
    };
    const began = shop.clock.now.getTime();
    const run = await begin();
    expect(await live(run, 5 * HOUR_MS)).toBe(true);
    expect(cancelled()).toBe(0);
    expect((await shop.read(run)).progress).toMatchObject({
      phase: "waiting",
      bulk: { objectCount: objects },
    });
  });

  it("while it is called off by somebody is not waited for much longer", async () => {
    shop.store.bulk.looks = FOR_EVER;
    shop.store.bulk.stuckAs = "CANCELING";
    const run = await begin();
    expect(await live(run, 9 * 60_000)).toBe(true);
    expect((await shop.read(run)).progress.phase).toBe("waiting");
    expect(await live(run, 2 * 60_000)).toBe(false);
    expect(await shop.read(run)).toMatchObject({ state: "verified", done: FEW });
  });
});

describe("slots that others hold", () => {
  beforeEach(() => {
    shop.store.data.Order = times(MANY, (number) => order(number, 0));
    shop.store.foreignOperations = 5;
  });

  it("are named while they are waited for, with how long they have stood still", async () => {
    const run = await begin();
    await live(run, 12 * 60_000);
    const [told] = await detailsOf(run, "waits");
    expect(told).toContain("900001 (RUNNING, no progress for 11 min)");
    shop.store.foreignOperations = 0;
    await shop.step(run);
    expect((await shop.read(run)).progress).toMatchObject({ phase: "waiting" });
  });

  it("are not waited for when none of them has moved for an hour", async () => {
    const run = await begin();
    await live(run, HOUR_MS - 60_000);
    expect((await shop.read(run)).progress.phase).toBe("starting");
    // Steps end soon, so that only the way is chosen.
    shop.store.intercept = ({ document }) =>
      document.includes("orders(") ? { status: 503, body: {} } : null;
    await live(run, 2 * 60_000);
    expect((await shop.read(run)).progress).toMatchObject({ phase: "paging", isPagesOnly: true });
    expect((await detailsOf(run, "bulk_refused"))[0]).toContain("no progress for 60 min");
    // They are not ours to call off.
    expect(cancelled()).toBe(0);
  });

  it("are waited for while one of them gets on", async () => {
    let looks = 0;
    shop.store.intercept = ({ document }) => {
      if (!document.includes("BulkUnderWay(")) return null;
      looks += 1;
      const slow = {
        ...STUCK,
        id: "gid://shopify/BulkOperation/7",
        objectCount: String(Math.floor(looks / 50)),
      };
      return { body: { data: { bulkOperations: { nodes: [STUCK, slow] } } } };
    };
    const run = await begin();
    await live(run, 3 * HOUR_MS);
    expect((await shop.read(run)).progress.phase).toBe("starting");
    expect((await detailsOf(run, "waits"))[0]).toMatch(
      /by operation 1 \(RUNNING, no progress for 17\d min\), 7/,
    );
  });
});

const STUCK = {
  id: "gid://shopify/BulkOperation/1",
  status: "RUNNING",
  errorCode: null,
  createdAt: "2026-11-26T10:00:00Z",
  completedAt: null,
  objectCount: "0",
  rootObjectCount: "0",
  fileSize: null,
  url: null,
  partialDataUrl: null,
  query: "",
};

describe("the operations that hold slots", () => {
  it("are told by a search that Shopify understands, and one that has ended is none of them", async () => {
    const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");
    const { hasEnded, readBulk, readBulksUnderWay, startBulk } = await import("#app/shopify/bulk.ts");
    const { client } = await openSearchedShop(1, 1);
    const options = { lane: "backfill" } as const;
    let operation = await startBulk(client, "{ products { edges { node { id } } } }", options);
    while (!hasEnded(operation)) operation = (await readBulk(client, operation.id, options))!;
    expect(await readBulksUnderWay(client, options)).toEqual([]);
  });
});
