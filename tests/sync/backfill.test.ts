import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Transient } from "#app/shopify/errors.ts";
import { resourceOf } from "#app/resources/index.ts";
import { useDatabase } from "#tests/database.ts";
import { gid, item, key, location, order, product, times } from "#tests/shopify/records.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run, RunRequest } from "#app/sync/runs.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { StoredRecord } from "#tests/shopify/small-store.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const runs = await import("#app/sync/runs.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

const begin = async (resource: ResourceName): Promise<Run> =>
  (await requestSync(shop.id, resource, { mode: "full" }, "test", shop.clock.now)).run;
/** The planner would take pages: the small store answers at once. */
const beginBulk = async (resource: ResourceName): Promise<Run> =>
  (await requestSync(shop.id, resource, { mode: "full", way: "bulk" }, "test", shop.clock.now)).run;

/** The picture of a variant, under the same number. */
const pictureOf = (variantGid: string) => variantGid.replace("ProductVariant/", "MediaImage/");

const keysIn = async (table: string) => (await rowsIn(shop.id, table)).map(({ id }) => String(id)).sort();
const stagedLines = async () =>
  Number(
    (
      await pool.query(
        "SELECT (SELECT coalesce(sum(lines), 0) FROM sync_staged_frames) + (SELECT count(*) FROM sync_staged_lines) AS count",
      )
    ).rows[0].count,
  );
const asked = (part: string) => shop.store.requests.filter(({ document }) => document.includes(part)).length;

const notesOf = async ({ id }: Run) =>
  (
    await pool.query<{ code: string }>("SELECT code FROM sync_run_notes WHERE run_id = $1 ORDER BY seq", [
      String(id),
    ])
  ).rows.map(({ code }) => code);
/** What the small store charges for every query. */
const POINTS_EACH = 10;

/** Orders enough for a bulk operation; some with many lines, so that their lines lie far from them in the file. */
const MANY = 260;
const linesOf = (number: number) => (number % 50 === 0 ? 40 : 2);
const manyOrders = () => times(MANY, (number) => order(number, linesOf(number)));
const MANY_LINES = times(MANY, linesOf).reduce((sum, lines) => sum + lines, 0);
/** Orders, their lines, and a shipping line each. */
const FILE_LINES = MANY + MANY_LINES + MANY;

describe("a backfill by pages", () => {
  it("of few records ends verified with all of them", async () => {
    shop.store.data.Order = times(120, (number) => order(number, number === 7 ? 300 : 2));
    const ended = await shop.finish(await begin("orders"));
    expect(ended).toMatchObject({ state: "verified", done: 120, total: 120, rejected: 0, errorCode: null });
    expect(await keysIn("orders")).toEqual(times(120, key).sort());
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(119 * 2 + 300);
    expect(asked("bulkOperationRunQuery")).toBe(0);
    expect(await shop.state("orders")).toMatchObject({
      in_shopify: "120",
      mirrored: "120",
      blocked_code: null,
    });
    expect((await shop.state("orders"))?.verified_at).toBeInstanceOf(Date);
  });

  it("that nobody counts needs one page to find out that there is no more", async () => {
    shop.store.data.Location = times(3, location);
    const ended = await shop.finish(await begin("locations"));
    expect(ended).toMatchObject({ state: "verified", done: 3, total: 3 });
    expect(asked("bulkOperationRunQuery")).toBe(0);
    expect(await shop.state("locations")).toMatchObject({ in_shopify: "3" });
  });

  it("ends incomplete when fewer came than Shopify counts (I10)", async () => {
    shop.store.data.Order = times(20, (number) => order(number));
    shop.store.intercept = ({ document }) =>
      document.includes("ordersCount") ? { body: { data: { it: { count: 22, precision: "EXACT" } } } } : null;
    const ended = await shop.finish(await begin("orders"));
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH", done: 20 });
    expect((await shop.state("orders"))?.verified_at).toBeNull();
  });

  it("puts a record aside that cannot be mirrored exactly, names it, and takes the others", async () => {
    shop.store.data.Order = times(20, (number) => order(number));
    shop.store.data.Order[4]!.name = "a\u0000b";
    const ended = await shop.finish(await begin("orders"));
    expect(ended).toMatchObject({
      state: "incomplete",
      errorCode: "RECORDS_REJECTED",
      done: 19,
      rejected: 1,
    });
    expect(await shop.errors()).toMatchObject([
      { code: "UNSTORABLE_TEXT", record_key: key(4), resolved_at: null },
    ]);

    shop.store.data.Order[4]!.name = "#4";
    expect(await shop.finish(await begin("orders"))).toMatchObject({ state: "verified", done: 20 });
    expect((await shop.errors())[0]?.resolved_at).toBeInstanceOf(Date);
  });
});

describe("a backfill by a bulk operation", () => {
  it("ends verified with every record and every child, wherever its line was", async () => {
    shop.store.data.Order = manyOrders();
    const run = await beginBulk("orders");
    const ended = await shop.finish(run);
    expect(ended).toMatchObject({ state: "verified", done: MANY, total: MANY, rejected: 0 });
    expect(ended.progress).toMatchObject({ lines: FILE_LINES, rootLines: MANY });
    expect(await keysIn("orders")).toEqual(times(MANY, key).sort());
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(MANY_LINES);
    expect(await rowsIn(shop.id, "order_shipping_lines")).toHaveLength(MANY);
    expect(
      new Set((await rowsIn(shop.id, "orders")).map((row) => `${row.origin_kind} ${row.origin_id}`)),
    ).toEqual(new Set([`bulk ${run.id}`]));
    expect(await stagedLines()).toBe(0);
    expect(await shop.state("orders")).toMatchObject({ in_shopify: String(MANY), mirrored: String(MANY) });
  });

  it("observes as of the operation's creation", async () => {
    shop.store.data.Order = manyOrders();
    const ended = await shop.finish(await beginBulk("orders"));
    const [row] = await rowsIn(shop.id, "orders");
    expect((row?.observed_at as Date).toISOString()).toBe(ended.progress.bulk?.createdAt);
  });

  it("of records that exist only within others counts them, not their parents", async () => {
    shop.store.data.InventoryItem = times(300, (number) => item(number, 3));
    const ended = await shop.finish(await beginBulk("inventory_levels"));
    expect(ended).toMatchObject({ state: "verified", done: 900, total: 900 });
    expect(await rowsIn(shop.id, "inventory_levels")).toHaveLength(900);
    expect(await rowsIn(shop.id, "inventory_items")).toHaveLength(0);
  });

  it("of products with thousands of variants loses none", async () => {
    shop.store.data.Product = times(260, (number) => product(number, number < 3 ? 2_048 : 1));
    const ended = await shop.finish(await beginBulk("products"));
    expect(ended).toMatchObject({ state: "verified", done: 260 });
    expect(await rowsIn(shop.id, "product_variants")).toHaveLength(3 * 2_048 + 257);
  });

  it("says what it is doing meanwhile", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.looks = 3;
    const run = await beginBulk("orders");
    const phases = new Set<string>();
    for (let next: Date | null = shop.clock.now; next;) {
      next = await shop.step(run);
      phases.add((await shop.read(run)).progress.phase);
      if (next && next > shop.clock.now) shop.clock.now = next;
    }
    expect([...phases]).toEqual(["waiting", "counting"]);
    const { progress } = await shop.read(run);
    expect(progress.polls).toBeGreaterThanOrEqual(2);
    expect(progress.ingestStartedAt).toBeDefined();
  });

  it("waits while all slots are taken by others, and then goes on", async () => {
    shop.store.data.Order = manyOrders().concat(times(2_300, (number) => order(number + 1_000, 0)));
    shop.store.foreignOperations = 5;
    const run = await beginBulk("orders");
    const next = await shop.step(run);
    expect(next!.getTime()).toBeGreaterThan(shop.clock.now.getTime());
    expect(await shop.read(run)).toMatchObject({ state: "running", progress: { phase: "starting" } });
    shop.store.foreignOperations = 0;
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: MANY + 2_300 });
  });

  it("takes pages instead of waiting for a slot when there is little to read", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.foreignOperations = 5;
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended).toMatchObject({ state: "verified", done: MANY });
    expect(ended.progress.bulk).toBeUndefined();
  });

  it("finds the operation again that was started just before a crash", async () => {
    shop.store.data.Order = manyOrders();
    const run = await beginBulk("orders");
    const real = shop.client.query.bind(shop.client);
    const crash = vi.spyOn(shop.client, "query").mockImplementation(async (document, variables, options) => {
      const answer = await real(document, variables, options);
      // The operation has been started, but its answer never arrives.
      if (document.includes("BulkRun")) throw new Transient("lost");
      return answer as never;
    });
    await shop.step(run);
    crash.mockRestore();
    expect(await shop.read(run)).toMatchObject({ progress: { phase: "starting" } });
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: MANY });
    expect(asked("BulkRun")).toBe(1);
  });
});

/** Every checkpoint is the last thing that a worker does; the next one begins with what is stored. */
async function finishWithKills(run: Run): Promise<number> {
  let kills = 0;
  for (let next: Date | null = shop.clock.now; next;) {
    const abort = new AbortController();
    const until = (await shop.read(run)).progress.step + 1;
    const timer = setInterval(() => {
      void shop.read(run).then(({ progress }) => progress.step >= until && abort.abort(new Error("killed")));
    }, 1);
    next = await shop.step(run, abort.signal);
    clearInterval(timer);
    if (abort.signal.aborted) kills += 1;
    if (next && next > shop.clock.now) shop.clock.now = next;
  }
  return kills;
}

describe("a backfill that is interrupted", () => {
  it("in mid-download goes on from the byte it had staged", async () => {
    shop.store.data.Order = times(1_200, (number) => order(number, 1));
    shop.store.bulk.cut = { bytes: 5_000_000, times: 1 };
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended).toMatchObject({ state: "verified", done: 1_200 });
    expect(shop.store.ranges[0]).toBeUndefined();
    expect(shop.store.ranges.slice(1).every((range) => /^bytes=\d{5,}-$/.test(range ?? ""))).toBe(true);
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(1_200);
  });

  it("after any of its writes goes on from there, with exactly the same rows", async () => {
    shop.store.data.Order = manyOrders().concat(times(400, (number) => order(number + 2_000, 1)));
    const run = await beginBulk("orders");
    expect(await finishWithKills(run)).toBeGreaterThan(2);
    expect(await shop.read(run)).toMatchObject({ state: "verified", done: MANY + 400, rejected: 0 });
    expect(await keysIn("orders")).toHaveLength(MANY + 400);
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(MANY_LINES + 400);
  });

  it("behind the file, too, where the lines of refunds and fulfillments are fetched", async () => {
    const parts = (number: number) => ({
      refunds: number % 3 === 0 ? 2 : 0,
      fulfillments: number % 4 === 0 ? 0 : 1,
      linesEach: number % 90 === 1 ? 25 : 2,
    });
    shop.store.data.Order = times(MANY, (number) => order(number, 1, parts(number)));
    const expected = times(MANY, parts);
    const open = expected.filter(({ refunds, fulfillments }) => refunds + fulfillments > 0).length;
    const linesIn = (field: "refunds" | "fulfillments") =>
      expected.reduce((sum, { linesEach, [field]: held }) => sum + held * linesEach, 0);
    const run = await beginBulk("orders");
    expect(await finishWithKills(run)).toBeGreaterThan(2);
    expect(await shop.read(run)).toMatchObject({
      state: "verified",
      done: MANY,
      rejected: 0,
      progress: { toComplete: open, completed: open },
    });
    expect(await rowsIn(shop.id, "order_refund_lines")).toHaveLength(linesIn("refunds"));
    expect(await rowsIn(shop.id, "order_fulfillment_lines")).toHaveLength(linesIn("fulfillments"));
  });

  it("by two workers in the same download stages each line once, and the later one steps back", async () => {
    shop.store.data.Order = manyOrders();
    const run = await beginBulk("orders");
    await shop.step(run);
    const { downloadFile } = await import("#app/sync/backfill-bulk.ts");
    const { waitForOperation } = await import("#app/sync/backfill-operation.ts");
    const step: Step = {
      ...{ client: shop.client, resource: resourceOf("orders"), signal: new AbortController().signal },
      ...{ until: new Date(shop.clock.now.getTime() + 5_000), now: () => shop.clock.now },
    };
    const waited = await waitForOperation(await shop.read(run), step);
    expect(waited.run.progress.phase).toBe("downloading");
    const both = await Promise.allSettled([downloadFile(waited.run, step), downloadFile(waited.run, step)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { name: "RunMoved" } });
    expect(await stagedLines()).toBe(FILE_LINES);
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: MANY });
  });

  it("finds what children hold wherever it lies, and when a record is told twice", async () => {
    const picture = (variant: StoredRecord) => ({ ...variant, media: [{ id: pictureOf(variant.id) }] });
    shop.store.data.Product = times(4, (number) => {
      const made = product(number);
      return { ...made, variants: (made.variants as StoredRecord[]).map(picture) };
    });
    // At the file's end: all of product 1, the variants of 2 without their pictures, the pictures of 0 without its variants, and
    // 3 once more, with all that is in it.
    const variantsOf = (number: number) => [0, 1].map((at) => gid("ProductVariant", number * 10_000 + at));
    const holders = [...[1, 2, 3].map((number) => gid("Product", number)), ...[0, 1, 3].flatMap(variantsOf)];
    const isFar = (line: string) => holders.some((id) => line.includes(`"__parentId":"${id}"`));
    shop.store.bulk.rewrite = (text) => {
      const lines = text.trimEnd().split("\n");
      const again = lines.find((line) => line.includes(`"id":"${gid("Product", 3)}"`))!;
      const filler = times(4_500, (number) =>
        lines[0]!.replace(/"id":"[^"]+"/, `"id":"${gid("Product", 90_000 + number)}"`),
      );
      const [near, far] = [lines.filter((line) => !isFar(line)), lines.filter(isFar)];
      return [...near, ...filler, ...far.slice(0, -1), again, ...far.slice(-1), ""].join("\n");
    };
    shop.store.bulk.miscount = 4_501;
    shop.store.bulk.rootMiscount = 4_501;
    const ended = await shop.finish(await beginBulk("products"));
    expect(ended.progress.repeated).toBe(1);
    expect(ended.progress.strays).toBeGreaterThan(0);
    const rows = await rowsIn(shop.id, "product_variants");
    expect(rows).toHaveLength(8);
    // A picture's id is made of its variant's.
    for (const { id, media_id: mediaId } of rows) expect(mediaId).toBe(id);
  });

  it("finds the children of a record wherever they lie, when they lie far and when it is told twice", async () => {
    shop.store.data.Order = manyOrders();
    // All children of the first orders at the file's end, and one order once more behind them, between its own lines.
    shop.store.bulk.rewrite = (text) => {
      const lines = text.trimEnd().split("\n");
      const first = [1, 2, 3].map((number) => gid("Order", number));
      const isFar = (line: string) => first.some((id) => line.includes(`"__parentId":"${id}"`));
      const again = lines.find((line) => line.includes(`"id":"${gid("Order", 2)}"`) && !isFar(line))!;
      const filler = times(4_500, (number) =>
        lines[0]!.replace(/"id":"[^"]+"/, `"id":"${gid("Order", 90_000 + number)}"`),
      );
      const far = lines.filter(isFar);
      return [
        ...lines.filter((line) => !isFar(line)),
        ...filler,
        ...far.slice(0, 4),
        again,
        ...far.slice(4),
        "",
      ].join("\n");
    };
    shop.store.bulk.miscount = 4_501;
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended.progress.repeated).toBe(1);
    expect(ended.progress.strays).toBeGreaterThan(0);
    const rows = await rowsIn(shop.id, "order_line_items");
    const linesOfOrder = (number: number) => rows.filter((row) => row.order_id === key(number)).length;
    expect([1, 2, 3].map(linesOfOrder)).toEqual([2, 2, 2]);
    expect(await rowsIn(shop.id, "orders")).toHaveLength(MANY + 4_500);
  });

  it.each([
    ["near", 0],
    ["far from the first time", 4_500],
  ])("doubles nothing without an id when a record is told twice, %s", async (_, fillers) => {
    const field = { key: "TAX_CREDENTIAL_BR", title: "CPF", purpose: "TAX", countryCode: "BR" };
    shop.store.data.Order = manyOrders().map((each) => ({
      ...each,
      localizedFields: [{ __typename: "LocalizedField", ...field, value: "old" }],
    }));
    // All of one order once more at the file's end, changed meanwhile.
    shop.store.bulk.rewrite = (text) => {
      const lines = text.trimEnd().split("\n");
      const again = lines.filter((line) => line.includes(`"${gid("Order", MANY - 1)}"`));
      const filler = times(fillers, (number) =>
        lines[0]!.replace(/"id":"[^"]+"/, `"id":"${gid("Order", 90_000 + number)}"`),
      );
      shop.store.bulk.miscount = fillers + again.length;
      return [...lines, ...filler, ...again.map((line) => line.replace('"old"', '"new"')), ""].join("\n");
    };
    shop.store.bulk.rootMiscount = fillers + 1;
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended.progress.repeated).toBe(1);
    const row = (await rowsIn(shop.id, "orders")).find(({ id }) => String(id) === key(MANY - 1));
    expect(row!.localized_fields).toEqual([{ ...field, value: "new" }]);
  });

  it("publishes nothing twice when a product is told twice", async () => {
    shop.store.data.Product = times(3, (number) => product(number));
    shop.store.bulk.rewrite = (text) => {
      const lines = text.trimEnd().split("\n");
      const again = lines.filter((line) => line.includes(`"${gid("Product", 1)}"`));
      shop.store.bulk.miscount = again.length;
      return [...lines, ...again, ""].join("\n");
    };
    shop.store.bulk.rootMiscount = 1;
    const ended = await shop.finish(await beginBulk("products"));
    expect(ended).toMatchObject({ progress: { repeated: 1 }, rejected: 0 });
    const rows = await rowsIn(shop.id, "product_publications");
    const of = (number: number) => rows.filter((row) => String(row.product_id) === key(number)).length;
    expect(of(1)).toBeGreaterThan(0);
    expect(of(1)).toBe(of(2));
  });

  it("by two workers at once counts nothing twice", async () => {
    shop.store.data.Order = manyOrders();
    const run = await beginBulk("orders");
    for (let isOver = false; !isOver;) {
      const nexts = await Promise.all([shop.step(run), shop.step(run)]);
      isOver = nexts.every((next) => next === null);
      shop.clock.now = new Date(shop.clock.now.getTime() + 30_000);
      if ((await shop.read(run)).state !== "running") isOver = true;
    }
    expect(await shop.read(run)).toMatchObject({ state: "verified", done: MANY });
  });

  it("by a pause keeps its cursor and goes on when a person says so", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.looks = 5;
    const run = await beginBulk("orders");
    await shop.step(run);
    expect(await runs.pauseRun(shop.id, run.id, shop.clock.now)).toBe("done");
    expect(await shop.step(run)).toBeNull();
    expect((await shop.read(run)).state).toBe("paused");
    expect(await runs.resumeRun(shop.id, run.id, shop.clock.now)).toBe("done");
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: MANY });
    expect(asked("BulkRun")).toBe(1);
  });

  it("by a cancellation leaves nothing going on", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.looks = 5;
    const run = await beginBulk("orders");
    await shop.step(run);
    await runs.cancelRun(shop.id, run.id, shop.clock.now);
    expect(await shop.step(run)).toBeNull();
    expect(asked("bulkOperationCancel")).toBe(1);
    expect(await stagedLines()).toBe(0);
    expect(await keysIn("orders")).toEqual([]);
  });

  it("by a cancellation while the operation is being asked for leaves nothing going on either", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.looks = 5;
    const run = await beginBulk("orders");
    const real = shop.client.query.bind(shop.client);
    const late = vi.spyOn(shop.client, "query").mockImplementation(async (document, variables, options) => {
      if (document.includes("BulkRun(")) {
        await runs.cancelRun(shop.id, run.id, shop.clock.now);
        // Whoever is rung looks before the operation is there.
        await shop.step(run);
      }
      return (await real(document, variables, options)) as never;
    });
    expect(await shop.step(run)).toBeNull();
    late.mockRestore();
    expect(asked("bulkOperationCancel")).toBe(1);
  });

  it("by a crash of the database that empties the spool downloads again", async () => {
    shop.store.data.Order = manyOrders();
    const run = await beginBulk("orders");
    const abort = new AbortController();
    const timer = setInterval(() => {
      void shop
        .read(run)
        .then(({ progress }) => progress.phase === "applying" && abort.abort(new Error("killed")));
    }, 1);
    for (let next: Date | null = shop.clock.now; next && !abort.signal.aborted;) {
      next = await shop.step(run, abort.signal);
      if (next && next > shop.clock.now) shop.clock.now = next;
    }
    clearInterval(timer);
    expect((await shop.read(run)).progress.phase).toBe("applying");
    await pool.query("TRUNCATE sync_staged_lines, sync_staged_frames");
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: MANY });
    expect(shop.store.ranges).toEqual([undefined, undefined]);
  });
});

describe("a bulk file that is not what Shopify announced", () => {
  it("with lines missing ends incomplete (I10)", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.miscount = 3;
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH", done: MANY });
    expect(ended.errorDetail).toContain(String(FILE_LINES + 3));
    expect((await shop.state("orders"))?.verified_at).toBeNull();
  });

  it("with a malformed line takes the rest, counts it as refused and ends incomplete", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.rewrite = (text) => text.replace(/^(.*\n){9}\{/, (start) => `${start.slice(0, -1)}{{`);
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended).toMatchObject({
      state: "incomplete",
      errorCode: "MALFORMED_LINES",
      done: MANY - 1,
      rejected: 1,
    });
    expect(await shop.errors()).toMatchObject([{ code: "MALFORMED_LINE", record_key: null }]);
    expect((await shop.errors())[0]?.detail).toMatch(/^line 10: /);
  });

  it("that ends in mid-line ends incomplete", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.rewrite = (text) => text.slice(0, -20);
    expect(await shop.finish(await beginBulk("orders"))).toMatchObject({ state: "incomplete" });
  });

  it("with children of nobody ends incomplete", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.rewrite = (text) =>
      text.replace(/"__parentId":"gid:\/\/shopify\/Order\/\d+"/, '"__parentId":"gid://shopify/Order/1"');
    expect(await shop.finish(await beginBulk("orders"))).toMatchObject({
      state: "incomplete",
      errorCode: "ORPHANED_LINES",
    });
  });

  it("that is empty, since there is nothing, is verified", async () => {
    shop.store.data.InventoryItem = [];
    shop.store.intercept = ({ document }) =>
      document.includes("inventoryItemsPage") || document.includes("InventoryItemsPage")
        ? {
            body: {
              data: { inventoryItems: { nodes: [], pageInfo: { hasNextPage: true, endCursor: "0" } } },
            },
          }
        : null;
    const ended = await shop.finish(await beginBulk("inventory_items"));
    expect(ended).toMatchObject({ state: "verified", done: 0, total: 0 });
  });
});

describe("a bulk operation that fails", () => {
  it("has its partial file applied, and the whole is read by pages", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.fail = { errorCode: "INTERNAL_SERVER_ERROR", partialLines: 100 };
    const run = await beginBulk("orders");
    let seen = 0;
    for (let next: Date | null = shop.clock.now; next;) {
      next = await shop.step(run);
      if (next && next > shop.clock.now) shop.clock.now = next;
      if (asked("OrdersPage") === 0) seen = Math.max(seen, (await keysIn("orders")).length);
    }
    expect(seen).toBe(100);
    expect(await shop.read(run)).toMatchObject({ state: "verified", done: MANY });
    expect(asked("BulkRun")).toBe(2);
    expect(await shop.errors()).toMatchObject([
      { code: "BULK_FAILED", resolved_at: expect.any(Date) as Date },
    ]);
  });

  it("for want of access to some of it goes on by pages, which show the rest", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.fail = { errorCode: "ACCESS_DENIED", partialLines: null };
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended).toMatchObject({ state: "verified", done: MANY });
    expect(await shop.state("orders")).toMatchObject({ blocked_code: null });
    expect(asked("BulkRun")).toBe(1);
    expect(await notesOf(ended)).toContain("bulk_refused");
  });

  it("for want of access blocks the resource once pages are refused as well, in so many words", async () => {
    shop.store.data.Order = manyOrders();
    shop.store.bulk.fail = { errorCode: "ACCESS_DENIED", partialLines: null };
    const denial = { message: "not approved", path: ["orders"], extensions: { code: "ACCESS_DENIED" } };
    shop.store.intercept = ({ document }) =>
      document.includes("OrdersPage") ? { body: { data: null, errors: [denial] } } : null;
    const ended = await shop.finish(await beginBulk("orders"));
    expect(ended).toMatchObject({ state: "failed", errorCode: "ACCESS_DENIED" });
    expect(await shop.state("orders")).toMatchObject({
      blocked_code: "ACCESS_DENIED",
      blocked_detail: "not approved",
    });
  });
});

describe("a bulk query that Shopify refuses", () => {
  it.each(["INVALID", "OF_A_LATER_VERSION"])(
    "as %s is read by pages, and the run tells why",
    async (code) => {
      shop.store.data.Order = manyOrders();
      const message = "All connection fields in a bulk query must implement the Node interface.";
      shop.store.intercept = ({ document }) => {
        if (!document.includes("BulkRun")) return null;
        const userErrors = [{ code, field: ["query"], message }];
        return { body: { data: { bulkOperationRunQuery: { bulkOperation: null, userErrors } } } };
      };
      const ended = await shop.finish(await beginBulk("orders"));
      expect(ended).toMatchObject({ state: "verified", done: MANY, errorCode: null });
      expect(asked("BulkRun")).toBe(1);
      const { rows } = await pool.query<{ detail: object }>(
        "SELECT detail FROM sync_run_notes WHERE run_id = $1 AND code = 'bulk_refused'",
        [String(ended.id)],
      );
      expect(rows).toEqual([{ detail: { code, detail: message } }]);
    },
  );
});

describe("an operation of another database with the same app and shop", () => {
  it("is not taken for the run's own, though both runs have one number", async () => {
    shop.store.data.Order = manyOrders();
    const theirs = await shop.finish(await beginBulk("orders"));
    await pool.query("DELETE FROM sync_run_notes WHERE shop_id = $1", [shop.id]);
    await pool.query("DELETE FROM sync_runs WHERE id = $1", [String(theirs.id)]);
    const { id } = await beginBulk("orders");
    await pool.query("UPDATE sync_runs SET id = $1 WHERE id = $2", [String(theirs.id), String(id)]);
    const ours = await shop.finish(theirs);
    expect(ours).toMatchObject({ state: "verified", done: MANY });
    expect(ours.progress.bulk?.id).not.toBe(theirs.progress.bulk?.id);
  });
});

describe("what a run costs", () => {
  it.each<RunRequest>([
    { mode: "full", way: "pages" },
    { mode: "full", way: "bulk" },
    { mode: "search", search: "name:1" },
    { mode: "names", names: ["#1"] },
    { mode: "ids", ids: times(30, key) },
  ])("is all that its questions cost, by %o", async (request) => {
    shop.store.data.Order = times(30, (number) => order(number, 2, { fulfillments: 1 }));
    const { run } = await requestSync(shop.id, "orders", request, "test", shop.clock.now);
    const ended = await shop.finish(run);
    expect(ended.state).toBe("verified");
    expect(ended.cost).toBe(shop.store.requests.length * POINTS_EACH);
    const { ended: phases = {} } = ended.phases;
    const ofPhases = Object.values(phases).reduce((sum, { cost }) => sum + cost, 0);
    expect(ofPhases).toBe(ended.cost);
    if (request.mode === "full") expect(phases.planning?.cost).toBe(POINTS_EACH);
  });
});

describe("Shopify's refusals", () => {
  it("of one resource end its run and block it, and leave the others alone", async () => {
    shop.store.data.Order = [order(1)];
    shop.store.data.Product = [product(1)];
    const denial = { message: "not approved", path: ["it"], extensions: { code: "ACCESS_DENIED" } };
    shop.store.intercept = ({ document }) =>
      document.includes("ordersCount") ? { body: { data: null, errors: [denial] } } : null;
    expect(await shop.finish(await begin("orders"))).toMatchObject({
      state: "failed",
      errorCode: "ACCESS_DENIED",
    });
    expect(await shop.finish(await begin("products"))).toMatchObject({ state: "verified" });
    expect(await shop.state("orders")).toMatchObject({
      blocked_code: "ACCESS_DENIED",
      blocked_detail: "not approved",
    });

    expect((await shop.errors()).map(({ resolved_at }) => resolved_at)).toEqual([null]);

    shop.clock.now = new Date(shop.clock.now.getTime() + 1_000);
    shop.store.intercept = () => null;
    expect(await shop.finish(await begin("orders"))).toMatchObject({ state: "verified" });
    expect(await shop.state("orders")).toMatchObject({ blocked_code: null, blocked_detail: null });
    expect((await shop.errors())[0]?.resolved_at).toBeInstanceOf(Date);
  });

  it("end their run whatever letters are in them", async () => {
    shop.store.data.Order = [order(1)];
    const denial = { message: "no \u0000\ud83d", path: ["it"], extensions: { code: "ACCESS_DENIED" } };
    shop.store.intercept = () => ({ body: { data: null, errors: [denial] } });
    expect(await shop.finish(await begin("orders"))).toMatchObject({
      state: "failed",
      errorDetail: "no \ufffd\ufffd",
    });
    expect(await shop.state("orders")).toMatchObject({ blocked_detail: "no \ufffd\ufffd" });
  });

  it("of single fields leave the rest, and are shown until they are lifted", async () => {
    shop.store.data.Order = [order(1), order(2)];
    const denied = [0, 1].map((at) => ({
      message: "not approved",
      path: ["orders", "nodes", at, "email"],
      extensions: { code: "ACCESS_DENIED" },
    }));
    const nodes = () => shop.store.data.Order!.map((each): StoredRecord => ({ ...each, email: null }));
    const connection = (all: unknown) => ({ nodes: all, pageInfo: { hasNextPage: false, endCursor: null } });
    shop.store.intercept = ({ document }) => {
      if (!document.includes("OrdersPage")) return null;
      const found = nodes().map((each) => ({
        ...each,
        lineItems: connection(each.lineItems),
        shippingLines: connection(each.shippingLines),
        returns: connection(each.returns),
        localizedFields: connection(each.localizedFields),
      }));
      return { body: { data: { orders: connection(found) }, errors: denied } };
    };
    expect(await shop.finish(await begin("orders"))).toMatchObject({ state: "verified", done: 2 });
    expect(await shop.errors()).toMatchObject([
      { code: "FIELD_DENIED", detail: "orders.nodes.email: not approved", resolved_at: null },
    ]);
    shop.clock.now = new Date(shop.clock.now.getTime() + 1_000);
    shop.store.intercept = () => null;
    await shop.finish(await begin("orders"));
    expect((await shop.errors())[0]?.resolved_at).toBeInstanceOf(Date);
  });

  it("by throttling make the run wait as long as it is told, without counting as failures", async () => {
    shop.store.data.Order = [order(1)];
    shop.store.intercept = () => ({
      status: 429,
      headers: { "retry-after": "30" },
      body: { errors: "wait" },
    });
    const run = await begin("orders");
    for (let turn = 0; turn < 15; turn += 1) {
      const next = await shop.step(run);
      expect(next!.getTime() - Date.now()).toBeGreaterThan(25_000);
    }
    shop.store.intercept = () => null;
    expect(await shop.finish(run)).toMatchObject({ state: "verified" });
  });

  it("that pass are tried again for a while, then the run fails and says so", async () => {
    shop.store.intercept = () => ({ status: 502, body: "bad gateway" });
    const run = await begin("orders");
    const waits: number[] = [];
    for (;;) {
      const next = await shop.step(run);
      if (!next) break;
      waits.push((next.getTime() - shop.clock.now.getTime()) / 1_000);
      shop.clock.now = next;
    }
    expect(waits).toEqual([1, 2, 5, 10, 30, 60, 120, 300, 600, 900]);
    expect(await shop.read(run)).toMatchObject({ state: "failed", errorCode: "UNREACHABLE" });
  });

  it("for an uninstalled shop end the run", async () => {
    const run = await begin("orders");
    await pool.query("UPDATE shops SET uninstalled_at = now() WHERE id = $1", [shop.id]);
    expect(await shop.finish(run)).toMatchObject({ state: "failed", errorCode: "UNINSTALLED" });
  });
});

describe("a bug", () => {
  it("crashes the job with its stack, and after three in a row ends the run", async () => {
    shop.store.data.Order = [order(1)];
    const run = await begin("orders");
    const bug = vi.spyOn(shop.client, "query").mockRejectedValue(new TypeError("x is not a function"));
    for (const state of ["running", "running", "failed"]) {
      await expect(shop.step(run)).rejects.toThrow("x is not a function");
      expect((await shop.read(run)).state).toBe(state);
    }
    bug.mockRestore();
    expect(await shop.read(run)).toMatchObject({ errorCode: "BUG", errorDetail: "x is not a function" });
  });
});
