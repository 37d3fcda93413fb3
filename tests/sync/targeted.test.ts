import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { gid, item, key, order, product, times } from "#tests/shopify/records.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { RunRequest } from "#app/sync/runs.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { requestSync } = await import("#app/sync/targeted.ts");
const { retryCause } = await import("#app/sync/error-life.ts");
const { retryRun } = await import("#app/sync/retry-run.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

async function sync(resource: ResourceName, request: RunRequest) {
  const { run } = await requestSync(shop.id, resource, request, "test", shop.clock.now);
  return shop.finish(run);
}

const keysIn = async (table: string) => (await rowsIn(shop.id, table)).map(({ id }) => String(id)).sort();

describe("a targeted run", () => {
  it("by ids, of either form, reads those and no others", async () => {
    shop.store.data.Order = times(20, (number) => order(number, number === 3 ? 120 : 1));
    const ended = await sync("orders", { mode: "ids", ids: [key(3), gid("Order", 5), key(3)] });
    expect(ended).toMatchObject({ state: "verified", kind: "targeted", total: 2, done: 2 });
    expect(await keysIn("orders")).toEqual([key(3), key(5)]);
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(121);
  });

  it("in many chunks goes on after an interruption and counts nothing twice", async () => {
    shop.store.data.Product = times(600, (number) => product(number, 1));
    const ids = times(600, key);
    const { run } = await requestSync(shop.id, "products", { mode: "ids", ids }, "test", shop.clock.now);
    let queries = 0;
    const abort = new AbortController();
    shop.store.intercept = ({ document }) => {
      if (document.includes("nodes(ids") && (queries += 1) === 7) abort.abort(new Error("killed"));
      return null;
    };
    expect(await shop.step(run, abort.signal)).not.toBeNull();
    expect((await shop.read(run)).state).toBe("running");
    const ended = await shop.finish(run);
    expect(ended).toMatchObject({ state: "verified", total: 600, done: 600 });
    expect(await keysIn("products")).toHaveLength(600);
  });

  it("names the ids that Shopify does not show and ends incomplete", async () => {
    shop.store.data.Order = [order(1)];
    const ended = await sync("orders", { mode: "ids", ids: [key(1), key(2)] });
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "NOT_FOUND", errorDetail: "1", done: 1 });
    expect(await shop.errors()).toMatchObject([{ code: "NOT_FOUND", record_key: key(2) }]);
  });

  it("by ids looks once more for those that are here and that Shopify does not show", async () => {
    shop.store.data.Order = [order(1), order(2)];
    await sync("orders", { mode: "ids", ids: [key(1), key(2)] });
    shop.store.data.Order = [order(1)];
    await sync("orders", { mode: "ids", ids: [key(1), key(2), key(3)] });
    const queued = await rowsIn(shop.id, "sync_confirmations");
    expect(queued.map(({ resource, record_key: waits }) => [resource, waits])).toEqual([["orders", key(2)]]);
  });

  it("by ids of inventory levels finds them in their items", async () => {
    shop.store.data.InventoryItem = [item(1, 3), item(2, 3)];
    const level = (at: number, location: number) => `${key(at)}:${key(location)}`;
    const ended = await sync("inventory_levels", { mode: "ids", ids: [level(1, 0), level(2, 2)] });
    expect(ended.state).toBe("verified");
    expect((await rowsIn(shop.id, "inventory_levels")).length).toBeGreaterThanOrEqual(2);
  });

  it("by order names searches for them, quoted", async () => {
    shop.store.data.Order = [order(1), order(2)];
    const ended = await sync("orders", { mode: "names", names: ["#1", "#2"] });
    expect(ended).toMatchObject({ state: "verified", done: 2 });
    expect(shop.store.requests.map(({ variables }) => variables.query)).toContain("(name:'#1' OR name:'#2')");
  });

  it("by a search reads all of its pages", async () => {
    shop.store.data.Product = times(300, (number) => product(number, 1));
    const ended = await sync("products", { mode: "search", search: "tag:art" });
    expect(ended).toMatchObject({ state: "verified", done: 300, total: 300 });
  });

  it("with a search that Shopify does not understand fails and mirrors nothing", async () => {
    shop.store.data.Product = [product(1)];
    const search = [
      { path: ["products"], query: "nonsense:1", warnings: [{ field: "nonsense", code: "invalid_field" }] },
    ];
    shop.store.intercept = ({ variables }) =>
      variables.query
        ? { body: { data: { products: { nodes: [], pageInfo: {} } }, extensions: { search } } }
        : null;
    const ended = await sync("products", { mode: "search", search: "nonsense:1" });
    expect(ended).toMatchObject({ state: "failed", errorCode: "SEARCH_WARNING" });
    expect(await keysIn("products")).toEqual([]);
  });

  it("by names that it finds none of says which, and asks for those alone when it is retried", async () => {
    shop.store.data.Order = [order(1), order(2), { ...order(3), name: "#2" }];
    const ended = await sync("orders", { mode: "names", names: ["#1", "2", "#2", "#404", "Gone"] });
    const open = async () => (await shop.errors()).filter((each) => each.resolved_at === null);
    // Two orders of one name make up for nothing.
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "NAME_NOT_FOUND", errorDetail: "2" });
    expect(ended).toMatchObject({ done: 3, total: 5 });
    expect((await open()).map(({ code, record_key: name }) => [code, name])).toEqual([
      ["NAME_NOT_FOUND", "#404"],
      ["NAME_NOT_FOUND", "Gone"],
    ]);
    shop.store.data.Order.push({ ...order(4), name: "#404" });
    const retried = await retryRun(shop.id, ended.id, "user:1", shop.clock.now);
    if (!("run" in retried)) throw new Error(retried.outcome);
    expect(retried.run.request).toEqual({ mode: "names", names: ["#404", "Gone"] });
    expect(await shop.finish(retried.run)).toMatchObject({ state: "incomplete", done: 1, errorDetail: "1" });
    // What was found is an error no more.
    expect(await open()).toMatchObject([{ code: "NAME_NOT_FOUND", record_key: "Gone" }]);
    const cause = { source: "records", subject: "orders", code: "NAME_NOT_FOUND" } as const;
    const again = await retryCause(shop.id, "", { cause }, "user:1", shop.clock.now);
    expect(again).toMatchObject({ run: { request: { mode: "names", names: ["Gone"] } } });
  });

  it("leaves alone what a search for a name finds beside it", async () => {
    shop.store.data.Order = [order(1), { ...order(2), name: "#1-B" }];
    expect(await sync("orders", { mode: "names", names: ["#1"] })).toMatchObject({
      state: "verified",
      done: 1,
    });
    expect(await keysIn("orders")).toEqual([key(1)]);
  });
});

describe("catch-up", () => {
  it("searches by change, with its time quoted", async () => {
    shop.store.data.Order = times(4, (number) => order(number));
    const ended = await sync("orders", { mode: "since", since: "2026-11-01T10:00:00+01:00" });
    expect(ended).toMatchObject({ state: "verified", kind: "catch_up", done: 4 });
    expect(shop.store.requests.at(-1)!.variables.query).toMatch(
      /^updated_at:>='2026-11-01T09:00:00Z' AND updated_at:<'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ'$/,
    );
  });
});
