// Bulk files that do not hold all that they should: what they lack is not taken for gone. Only a file that is proven whole
// removes the children that it does not show.
import { afterEach, beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { gid, key, order, product, times } from "#tests/shopify/records.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run } from "#app/sync/runs.ts";
import type { StoredRecord } from "#tests/shopify/small-store.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

const ORDERS = 3;
const LINES = 3;
/** Order number 2 and its middle line: neither the first nor the last of the file. */
const ONE = 2;
const MIDDLE = gid("LineItem", ONE * 1_000 + 1);

const sync = async (resource: ResourceName, way: "pages" | "bulk"): Promise<Run> =>
  (await requestSync(shop.id, resource, { mode: "full", way }, "test", shop.clock.now)).run;

/** Orders with three lines each and a discount on every line, as a first sync has copied them; then all titles change. */
async function mirrorOrders(): Promise<void> {
  shop.store.data.Order = times(ORDERS, (number) => order(number, LINES));
  expect(await shop.finish(await sync("orders", "pages"))).toMatchObject({ state: "verified" });
  for (const line of shop.store.data.Order.flatMap(({ lineItems }) => lineItems as StoredRecord[]))
    line.title = "Changed";
}

const lines = async () =>
  (await rowsIn(shop.id, "order_line_items")).toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
const discounts = async () =>
  (await rowsIn(shop.id, "orders")).map(({ discount_applications: list }) => (list as unknown[]).length);
const keyOf = (id: string) => id.slice(id.lastIndexOf("/") + 1);

/** The first question after the file was applied is not answered, so that the mirror is seen as the file left it. */
function holdAfterFile(): { isHeld: boolean } {
  const hold = { isHeld: true };
  let operations = 0;
  shop.store.intercept = ({ document }) => {
    if (document.includes("BulkRun")) operations += 1;
    const isNext = operations > 1 || (operations === 1 && /ordersCount|OrdersPage/.test(document));
    return hold.isHeld && isNext ? { status: 502, body: "held" } : null;
  };
  return hold;
}

it("what a failed operation had written removes nothing that it had not come to", async () => {
  await mirrorOrders();
  const before = await discounts();
  expect(Math.min(...before)).toBeGreaterThan(0);
  const hold = holdAfterFile();
  shop.store.bulk.fail = { errorCode: "TIMEOUT", partialLines: ORDERS };
  const run = await sync("orders", "bulk");
  for (let failures = 0; failures === 0;) {
    shop.clock.now = (await shop.step(run))!;
    failures = (await shop.read(run)).progress.failures ?? 0;
  }
  // The file has told of the orders, and of nothing in them.
  const { rows } = await pool.query("SELECT DISTINCT origin_kind FROM orders WHERE shop_id = $1", [shop.id]);
  expect(rows).toEqual([{ origin_kind: "bulk" }]);
  expect(await lines()).toHaveLength(ORDERS * LINES);
  expect(await rowsIn(shop.id, "order_shipping_lines")).toHaveLength(ORDERS);
  expect(await discounts()).toEqual(before);

  hold.isHeld = false;
  expect(await shop.finish(run)).toMatchObject({ state: "verified" });
  expect(new Set((await lines()).map(({ title }) => title))).toEqual(new Set(["Changed"]));
});

it("variants that a partial file does not tell stay, and so do the sold lines that name them", async () => {
  const [variant] = product(1).variants as StoredRecord[];
  shop.store.data.Product = [product(1)];
  const sold = order(1, 1);
  (sold.lineItems as StoredRecord[])[0]!.product = { id: gid("Product", 1) };
  (sold.lineItems as StoredRecord[])[0]!.variant = { id: variant!.id };
  shop.store.data.Order = [sold];
  for (const resource of ["products", "orders"] as const) await shop.finish(await sync(resource, "pages"));
  shop.store.bulk.rewrite = (text) => text.split("\n").slice(0, 1).concat("").join("\n");
  expect(await shop.finish(await sync("products", "bulk"))).toMatchObject({
    state: "incomplete",
    errorCode: "COUNT_MISMATCH",
  });
  expect(await rowsIn(shop.id, "product_variants")).toHaveLength(2);
  expect(await lines()).toMatchObject([{ variant_id: keyOf(variant!.id) }]);
});

it("a picture of a variant that a file breaks stays as it was", async () => {
  shop.store.data.Product = [product(1)];
  expect(await shop.finish(await sync("products", "pages"))).toMatchObject({ state: "verified" });
  const pictures = async () =>
    (await rowsIn(shop.id, "product_variants")).map(({ media_id: mediaId }) => String(mediaId));
  expect(await pictures()).toEqual(["4001", "4001"]);
  let broken = 0;
  shop.store.bulk.rewrite = (text) =>
    text.replace(/^.*"id":"gid:..shopify.MediaImage.*$/m, (line) => {
      broken += 1;
      return line.replace('"id"', '{"id"');
    });
  expect(await shop.finish(await sync("products", "bulk"))).toMatchObject({
    state: "incomplete",
    errorCode: "MALFORMED_LINES",
  });
  expect(broken).toBe(1);
  expect(await pictures()).toEqual(["4001", "4001"]);
});

it.each([
  ["whose parent can be read", (line: string) => line.replace(/,"title":/, ',{"title":')],
  ["of which nothing can be read", () => "{{"],
])("a broken child line, %s, keeps the child and lets the others land", async (_, broken) => {
  await mirrorOrders();
  shop.store.bulk.rewrite = (text) =>
    text.replace(new RegExp(`^.*"id":"${MIDDLE}".*$`, "m"), (line) => broken(line));
  expect(await shop.finish(await sync("orders", "bulk"))).toMatchObject({
    state: "incomplete",
    errorCode: "MALFORMED_LINES",
  });
  const kept = await lines();
  expect(kept).toHaveLength(ORDERS * LINES);
  const unchanged = kept.filter(({ title }) => title !== "Changed");
  expect(unchanged).toMatchObject([{ id: keyOf(MIDDLE), order_id: key(ONE) }]);
});

it("a file that is whole still removes what it does not show", async () => {
  await mirrorOrders();
  const held = shop.store.data.Order![ONE]!;
  held.lineItems = (held.lineItems as StoredRecord[]).slice(1);
  expect(await shop.finish(await sync("orders", "bulk"))).toMatchObject({ state: "verified" });
  expect(await lines()).toHaveLength(ORDERS * LINES - 1);
});
