// Records at which Shopify fails whenever they are asked for: whatever reads many goes on without them, says so, and has
// them tried again. What fails at all records is Shopify's trouble, and no record's.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { gid, item, key, order, times } from "#tests/shopify/records.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run, RunRequest } from "#app/sync/runs.ts";
import type { ReceivedQuery, StoredRecord } from "#tests/shopify/small-store.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { confirm } = await import("#app/sync/confirm.ts");
const { retryRun } = await import("#app/sync/retry-run.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

const ORDERS = 45;
const FAILURE = { message: "Internal error.", extensions: { code: "INTERNAL_SERVER_ERROR" } };

let shop: TestShop;
beforeEach(async () => void (shop = await openShop({ Order: times(ORDERS, (number) => order(number, 1)) })));
afterEach(() => shop.close());

/** Shopify fails at questions for more than the ids of some records. @param isFailing told which are asked for. */
function failWhere(all: readonly StoredRecord[], isFailing: (ids: readonly string[]) => boolean): void {
  const shownBy = ({ first = 0, after, ids }: ReceivedQuery["variables"]) => {
    const from = Number(after ?? 0);
    return (ids as string[]) ?? all.slice(from, from + Number(first)).map(({ id }) => id);
  };
  shop.store.intercept = ({ document, variables }) => {
    const isAsked = /Page\(|Nodes\(|Of\(/.test(document) && /\bcreatedAt\b/.test(document);
    return isAsked && isFailing(shownBy(variables)) ? { body: { data: null, errors: [FAILURE] } } : null;
  };
}

/** It always does at these. */
function failAt(all: readonly StoredRecord[], isCulprit: (record: StoredRecord) => boolean): void {
  const culprits = new Set(all.filter(isCulprit).map(({ id }) => id));
  failWhere(all, (ids) => ids.some((id) => culprits.has(id)));
}

const failAtOrders = (...numbers: number[]) =>
  failAt(shop.store.data.Order!, ({ id }) => numbers.some((number) => id === gid("Order", number)));

async function run(request: RunRequest, resource: ResourceName = "orders"): Promise<Run> {
  const { run: begun } = await requestSync(shop.id, resource, request, "test", shop.clock.now);
  return shop.finish(begun);
}

const open = async () => (await shop.errors()).filter((error) => error.resolved_at === null);
const waiting = async () =>
  (
    await pool.query<{ record_key: string }>(
      "SELECT record_key FROM sync_confirmations WHERE shop_id = $1 ORDER BY record_key",
      [shop.id],
    )
  ).rows.map(({ record_key: waits }) => waits);

const WAYS: readonly [string, RunRequest][] = [
  ["a whole read by pages", { mode: "full", way: "pages" }],
  ["a catch-up", { mode: "since", since: "2026-01-01T00:00:00.000Z" }],
  ["a search", { mode: "search", search: "status:any" }],
  ["a list of ids", { mode: "ids", ids: times(ORDERS, key) }],
  ["a list of names", { mode: "names", names: times(ORDERS, (number) => String(order(number).name)) }],
];

describe.each(WAYS)("%s", (_way, request) => {
  it("goes on without the records at which Shopify fails, the last of all among them, and says which", async () => {
    const stuck = [7, 8, 30, ORDERS - 1];
    failAtOrders(...stuck);
    const ended = await run(request);
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "RECORDS_REJECTED", total: ORDERS });
    expect(ended).toMatchObject({ done: ORDERS - stuck.length, rejected: stuck.length });
    expect(await rowsIn(shop.id, "orders")).toHaveLength(ORDERS - stuck.length);
    expect(await open()).toEqual(
      stuck.map((number) => ({
        ...{ code: "SHOPIFY_FAILED", record_key: key(number), detail: "Internal error.", resolved_at: null },
      })),
    );
    // They are looked at again by themselves, and by a retry of the run; then they are errors no more.
    expect(await waiting()).toEqual(stuck.map(key));
    const again = await retryRun(shop.id, ended.id, "user:1", shop.clock.now);
    if (!("run" in again)) throw new Error(again.outcome);
    expect(again.run.request).toMatchObject({ mode: "ids" });
    shop.store.intercept = () => null;
    expect(await shop.finish(again.run)).toMatchObject({ state: "verified", done: stuck.length });
    expect(await open()).toEqual([]);
  });

  it("blames no record while Shopify fails at all of them", async () => {
    failAt(shop.store.data.Order!, () => true);
    expect(await run(request)).toMatchObject({ state: "failed", errorCode: "UNREACHABLE", rejected: 0 });
    expect((await open()).filter((error) => error.record_key !== null)).toEqual([]);
  });

  it("blames none of the last records while Shopify fails at all of them by now", async () => {
    const last = new Set([3, 2, 1].map((back) => gid("Order", ORDERS - back)));
    let isAway = false;
    failWhere(shop.store.data.Order!, (ids) => {
      isAway ||= ids.length === 1 && last.has(ids[0]!);
      return isAway || ids.some((id) => last.has(id));
    });
    expect(await run(request)).toMatchObject({ state: "failed", errorCode: "UNREACHABLE", rejected: 0 });
    expect((await open()).filter((error) => error.record_key !== null)).toEqual([]);
  });

  it("blames no record that can be read when it is asked for alone once more", async () => {
    const failures = new Map([7, 8, ORDERS - 2, ORDERS - 1].map((number) => [gid("Order", number), 1]));
    failWhere(shop.store.data.Order!, (ids) => {
      const failing = ids.filter((id) => (failures.get(id) ?? 0) > 0);
      if (ids.length === 1) failures.set(ids[0]!, 0);
      return failing.length > 0;
    });
    expect(await run(request)).toMatchObject({ state: "verified", done: ORDERS });
    expect(await rowsIn(shop.id, "orders")).toHaveLength(ORDERS);
    expect((await shop.errors()).filter((error) => error.record_key !== null)).toEqual([]);
  });

  it("blames no record for a failure that is over a second later", async () => {
    let failures = 1;
    shop.store.intercept = ({ document }) => {
      if (!/\bcreatedAt\b/.test(document) || failures === 0) return null;
      failures -= 1;
      return { body: { data: null, errors: [FAILURE] } };
    };
    expect(await run(request)).toMatchObject({ state: "verified", done: ORDERS });
    expect(await shop.errors()).toEqual([]);
  });
});

it("the parts of one order that Shopify cannot show do not keep a bulk file's others from theirs", async () => {
  const parts = { refunds: 0, fulfillments: 1, linesEach: 1 };
  shop.store.data.Order = times(20, (number) => order(number, 1, parts));
  const ofCulprit = JSON.stringify(shop.store.data.Order[5]!.fulfillments);
  const culprit = gid("Order", 5);
  shop.store.intercept = ({ document, variables }) => {
    const isAsked = /(Fulfillment|Order)Nodes\(/.test(document) && document.includes("fulfillmentLineItems");
    const ids = (variables.ids ?? []) as string[];
    const isFailing = isAsked && ids.some((id) => id === culprit || ofCulprit.includes(`"${id}"`));
    return isFailing ? { body: { data: null, errors: [FAILURE] } } : null;
  };
  const ended = await run({ mode: "full", way: "bulk" });
  expect(ended).toMatchObject({ state: "incomplete", errorCode: "RECORDS_REJECTED", rejected: 1 });
  expect(await open()).toMatchObject([{ code: "SHOPIFY_FAILED", record_key: key(5) }]);
  expect(await rowsIn(shop.id, "order_fulfillment_lines")).toHaveLength(19);
  expect(await waiting()).toEqual([key(5)]);
});

it("an item that Shopify cannot show stands for the levels in it, until it can", async () => {
  const items = times(12, (number) => item(number, 2));
  shop.store.data.InventoryItem = items;
  failAt(items, ({ id }) => id === gid("InventoryItem", 5));
  const ended = await run({ mode: "ids", ids: times(12, key) }, "inventory_levels");
  expect(ended).toMatchObject({ state: "incomplete", errorCode: "RECORDS_REJECTED", done: 22, rejected: 1 });
  expect(await open()).toMatchObject([{ code: "SHOPIFY_FAILED", record_key: key(5) }]);
  shop.store.intercept = () => null;
  const now = () => new Date(Math.max(Date.now(), shop.clock.now.getTime()) + 1);
  await confirm(shop.id, { client: shop.client, signal: new AbortController().signal, now });
  expect(await rowsIn(shop.id, "inventory_levels")).toHaveLength(24);
});
