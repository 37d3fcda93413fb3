// Catch-up against a store whose searches, sorts and counts are real: nothing that changed may be lost, and the cursor
// stands behind whatever is not proven.
import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run } from "#app/sync/runs.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { inTransaction } = await import("#app/db.server.ts");
const { catchUpShop, later, shopsToCatchUp } = await import("#app/sync/catch-up-due.ts");
const { SLICE_RECORDS_MAX } = await import("#app/sync/catch-up-cuts.ts");
const { OVERLAP_MS, startCursor } = await import("#app/sync/cursors.ts");
const { createRun, endRun, beginStep, readRun } = await import("#app/sync/runs.ts");
const { readSchedule } = await import("#app/status/schedule.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");

const MINUTE = 60_000;
let shop: SearchedShop;

beforeEach(async () => {
  shop = await openSearchedShop(60);
  await cursorAt("orders", shop.now());
  shop.clock.advance(10 * MINUTE);
});

const cursorAt = (resource: ResourceName, at: Date) =>
  inTransaction((client) => startCursor(client, shop.id, resource, at, true, at));

async function cursor(resource: ResourceName = "orders"): Promise<Date> {
  const { rows } = await pool.query("SELECT until FROM sync_cursors WHERE shop_id = $1 AND resource = $2", [
    shop.id,
    resource,
  ]);
  return rows[0].until as Date;
}

/** From then on, keeps where cursors have stood. */
const NOTE_CURSORS = `
  CREATE TABLE noted_cursors (until timestamptz);
  CREATE FUNCTION note_cursor() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN INSERT INTO noted_cursors VALUES (NEW.until); RETURN NULL; END';
  CREATE TRIGGER note_cursor AFTER UPDATE ON sync_cursors FOR EACH ROW EXECUTE FUNCTION note_cursor()`;

async function holes() {
  const { rows } = await pool.query(
    "SELECT resource, from_at, to_at, reason, closed_at, closed_by FROM sync_holes WHERE shop_id = $1 ORDER BY id",
    [shop.id],
  );
  return rows as Record<string, unknown>[];
}

async function activeRuns(): Promise<{ id: bigint; kind: string; resource: string }[]> {
  const { rows } = await pool.query(
    "SELECT id, kind, resource FROM sync_runs WHERE shop_id = $1 AND state = 'queued' ORDER BY id",
    [shop.id],
  );
  return rows.map((row) => ({ ...row, id: BigInt(row.id) }));
}

/** Looks as the worker does, and finishes what that started. */
async function catchUp(): Promise<Run[]> {
  await catchUpShop(shop.id, shop.client, shop.now());
  const ended: Run[] = [];
  for (const run of await activeRuns()) ended.push(await shop.finish(run));
  return ended;
}

async function mirrored(): Promise<Map<string, string>> {
  const { rows } = await pool.query("SELECT id, updated_at, note FROM orders WHERE shop_id = $1", [shop.id]);
  return new Map(rows.map(({ id, note }) => [String(id), note as string]));
}

const orders = () => [...shop.store.list("orders")];
const touch = (count: number, note = "touched", from = 0) => {
  const ids = orders()
    .slice(from, from + count)
    .map(({ id }) => id);
  for (const id of ids) acts.updateOrder(shop.store, id, { note });
  return ids;
};

describe("a look", () => {
  it("moves the cursor without a run and with one query where nothing changed", async () => {
    const at = shop.now();
    expect(await catchUp()).toEqual([]);
    expect(shop.asked).toHaveLength(1);
    expect(await cursor()).toEqual(at);
    expect(await shopsToCatchUp(new Date(+at + 4 * MINUTE))).not.toContain(shop.id);
    expect(await shopsToCatchUp(new Date(+at + 5 * MINUTE))).toContain(shop.id);
  });

  it("starts a run that reads what changed, with the overlap before the cursor", async () => {
    const before = await cursor();
    const ids = touch(7);
    shop.clock.advance(1_000);
    const [run] = await catchUp();
    expect(run).toMatchObject({
      kind: "catch_up",
      state: "verified",
      done: 7,
      total: 7,
      startedBy: "schedule",
    });
    expect([...(await mirrored()).keys()].sort()).toEqual([...ids].sort());
    expect(await cursor()).toEqual(shop.now());
    const since = new Date(+before - OVERLAP_MS).toISOString().slice(0, 19);
    expect(shop.asked[0]!.document).toContain(`updated_at:>='${since}Z'`);
    const { rows } = await pool.query("SELECT DISTINCT origin_kind FROM orders WHERE shop_id = $1", [
      shop.id,
    ]);
    expect(rows).toEqual([{ origin_kind: "page" }]);
  });

  it("sees a change of what the list shows only when asked for, such as a fulfillment order that was closed", async () => {
    await pool.query("DELETE FROM sync_cursors WHERE shop_id = $1", [shop.id]);
    await cursorAt("fulfillment_orders", shop.now());
    // The orders' last changes are older than the overlap, so the closing is all that the window holds.
    shop.clock.advance(10 * MINUTE);
    const open = orders().find(({ cancelledAt, fulfillmentOrders }) => {
      return (
        cancelledAt === null && fulfillmentOrders.length === 1 && fulfillmentOrders[0]!.status === "OPEN"
      );
    })!;
    acts.fulfilOrder(shop.store, open.id);
    shop.clock.advance(1_000);
    expect(await catchUp()).toMatchObject([{ resource: "fulfillment_orders", state: "verified", done: 1 }]);
    const { rows } = await pool.query("SELECT id, status FROM fulfillment_orders WHERE shop_id = $1", [
      shop.id,
    ]);
    expect(rows).toEqual([{ id: open.fulfillmentOrders[0]!.id, status: "CLOSED" }]);
  });

  it("leaves alone a resource that no whole read has come to the end of", async () => {
    await pool.query("DELETE FROM sync_cursors WHERE shop_id = $1", [shop.id]);
    touch(3);
    expect(await catchUp()).toEqual([]);
    expect(shop.asked).toEqual([]);
  });

  it("comes at once when somebody noticed a gap, and reads whole what cannot be searched", async () => {
    await cursorAt("locations", shop.now());
    await cursorAt("orders", shop.now());
    await catchUp();
    expect(await shopsToCatchUp(shop.now())).not.toContain(shop.id);
    await later.catchUp(shop.id, null, "gap", shop.now());
    expect(await shopsToCatchUp(shop.now())).toContain(shop.id);
    await catchUpShop(shop.id, shop.client, shop.now());
    expect(await activeRuns()).toMatchObject([{ kind: "backfill", resource: "locations" }]);
  });
});

describe("a window", () => {
  it("of equal times and many pages loses nothing", async () => {
    shop = await openSearchedShop(600);
    await cursorAt("orders", shop.now());
    shop.clock.advance(10 * MINUTE);
    touch(600);
    shop.clock.advance(2_000);
    const [run] = await catchUp();
    expect(run).toMatchObject({ state: "verified", done: 600, total: 600 });
    expect((await mirrored()).size).toBe(600);
  });

  it("that holds more than a slice is cut in time, each slice with its cursor", async () => {
    shop = await openSearchedShop(SLICE_RECORDS_MAX + 400);
    const start = shop.now();
    await cursorAt("orders", start);
    shop.clock.advance(2 * MINUTE);
    touch(700, "early");
    shop.clock.advance(6 * MINUTE);
    touch(700, "late", 700);
    shop.clock.advance(2_000);
    await catchUpShop(shop.id, shop.client, shop.now());
    const [run] = await activeRuns();
    await pool.query(NOTE_CURSORS);
    const ended = await shop.finish(run!);
    expect(ended).toMatchObject({ state: "verified", done: 1_400, total: 1_400 });
    const { rows } = await pool.query("SELECT DISTINCT until FROM noted_cursors");
    expect(rows.length).toBeGreaterThan(1);
    expect((await mirrored()).size).toBe(1_400);
    expect(await cursor()).toEqual(shop.now());
  });

  it("is read again when records leave it meanwhile, and they are read by the next one", async () => {
    const ids = touch(30, "first");
    shop.clock.advance(1_000);
    let isMoved = false;
    shop.before = (document) => {
      if (!document.includes("sortKey") || isMoved) return;
      isMoved = true;
      shop.clock.advance(2_000);
      acts.updateOrder(shop.store, ids[20]!, { note: "second" });
    };
    const [run] = await catchUp();
    expect(run).toMatchObject({ state: "verified", done: 29 });
    expect(await holes()).toEqual([]);
    shop.clock.advance(5 * MINUTE);
    await catchUp();
    expect((await mirrored()).get(ids[20]!)).toBe("second");
  });

  it("that all its records leave while it is read is over with nothing in it", async () => {
    const ids = touch(2);
    shop.clock.advance(1_000);
    let counts = 0;
    const leave = (id: string) => {
      shop.clock.advance(5_000);
      acts.updateOrder(shop.store, id, { note: "again" });
    };
    // One before the page is read and one after it, before what is left is counted.
    shop.before = (document) => {
      if (/^query OrdersPage[^]*lineItems/.test(document) && counts === 1) leave(ids[0]!);
      if (document.includes("ordersCount") && (counts += 1) === 2) leave(ids[1]!);
      return undefined;
    };
    await catchUpShop(shop.id, shop.client, shop.now());
    counts = 0;
    for (const run of await activeRuns()) expect(await shop.finish(run)).toMatchObject({ state: "verified" });
    expect(counts).toBe(2);

    shop.before = () => undefined;
    shop.clock.advance(5 * MINUTE);
    await catchUp();
    expect([...(await mirrored()).values()].filter((note) => note === "again")).toHaveLength(2);
  });

  it("goes on after an interruption in mid-run", async () => {
    shop = await openSearchedShop(600);
    await cursorAt("orders", shop.now());
    shop.clock.advance(6 * MINUTE);
    touch(600);
    shop.clock.advance(1_000);
    await catchUpShop(shop.id, shop.client, shop.now());
    const [run] = await activeRuns();
    const abort = new AbortController();
    let pages = 0;
    shop.before = async (document) => {
      // With lines: no list of ids alone.
      if (!/^query OrdersPage[^]*lineItems/.test(document) || (pages += 1) !== 3) return;
      while ((await readRun(run!.id))!.done === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      abort.abort(new Error("killed"));
    };
    expect(await shop.step(run!, abort.signal)).not.toBeNull();
    const stopped = (await readRun(run!.id))!;
    expect(stopped.done).toBeGreaterThan(0);
    expect(stopped.done).toBeLessThan(600);
    expect(await shop.finish(run!)).toMatchObject({ state: "verified", done: 600 });
    expect((await mirrored()).size).toBe(600);
  });
});

describe("ground that cannot be proven", () => {
  /** Shopify counts one more than its list shows. */
  const miscount = () => {
    shop.before = (document) =>
      document.includes("ordersCount")
        ? { data: { c0: { count: 8, precision: "EXACT" }, orders: { count: 8, precision: "EXACT" } } }
        : undefined;
  };

  it("is a hole in front of which the cursor stands, until a later run proves it", async () => {
    const before = await cursor();
    touch(7);
    shop.clock.advance(1_000);
    miscount();
    const [short] = await catchUp();
    expect(short).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH", done: 7 });
    expect(await cursor()).toEqual(before);
    const nextSyncAt = new Date(+shop.now() + 5 * MINUTE);
    const { rows: notes } = await pool.query<{ code: string; detail: { from: string; until: string } }>(
      "SELECT code, detail FROM sync_run_notes WHERE shop_id = $1 AND run_id = $2 ORDER BY seq",
      [shop.id, String(short!.id)],
    );
    expect(notes.map(({ code }) => code)).toEqual(["window_again", "hole", "ended"]);
    expect(new Date(notes[1]!.detail.until)).toEqual(shop.now());
    expect(await readSchedule(shop.id)).toEqual({ nextSyncAt, holes: 1 });
    expect(await holes()).toMatchObject([{ reason: "COUNT_MISMATCH", closed_at: null, to_at: shop.now() }]);

    shop.before = () => undefined;
    shop.clock.advance(5 * MINUTE);
    const [whole] = await catchUp();
    expect(whole).toMatchObject({ state: "verified" });
    expect(await holes()).toMatchObject([{ closed_by: String(whole!.id) }]);
    expect(await cursor()).toEqual(shop.now());
  });

  it("of a whole read is a hole of all before it, tried again by itself, closed by a whole read alone", async () => {
    await pool.query("DELETE FROM sync_cursors WHERE shop_id = $1", [shop.id]);
    const backfill = {
      resource: "orders",
      kind: "backfill",
      request: { mode: "full" },
      startedBy: "t",
    } as const;
    const begin = async (): Promise<Run> => {
      const { run } = await inTransaction((client) => createRun(client, shop.id, backfill, shop.now()));
      return (await beginStep(run.id, shop.now()))!.run;
    };
    const began = shop.now();
    const short = await begin();
    await inTransaction((client) =>
      endRun(client, short, { state: "incomplete", code: "COUNT_MISMATCH" }, shop.now()),
    );
    expect(await holes()).toMatchObject([{ from_at: null, to_at: began, closed_at: null }]);
    // What changes from then on is caught up with all the same.
    expect(await cursor()).toEqual(began);
    shop.clock.advance(6 * MINUTE);
    await catchUpShop(shop.id, shop.client, shop.now());
    expect(await activeRuns()).toMatchObject([{ kind: "backfill", resource: "orders" }]);
    expect((await holes())[0]!.closed_at).toBeNull();
    const again = await begin();
    await inTransaction((client) => endRun(client, again, { state: "verified" }, shop.now()));
    expect(await holes()).toMatchObject([{ closed_by: String(again.id) }]);
  });
});
