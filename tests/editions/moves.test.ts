// A size's metafield that is moved between a product and its variant takes the edition along: no number is given twice.
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const store = await import("./store.ts");
const { editionsOf, keep, numbersOf, putSale, putSize } = store;

const OF_VARIANT = { owner: "PRODUCTVARIANT", ownerId: store.VARIANT } as const;
let shop: number;
let minute: number;

beforeEach(async () => {
  shop = await store.openShop();
  minute = 0;
  for (const id of [store.VARIANT, "8002"])
    await pool.query("INSERT INTO product_variants (shop_id, id, product_id) VALUES ($1, $2, $3)", [
      shop,
      id,
      store.PRODUCT,
    ]);
  await putSize(shop, "10");
  await sell(1);
  await sell(2);
});

async function sell(id: number, variant: string = store.VARIANT): Promise<void> {
  await putSale(shop, { id, at: id, lines: [{ id: id * 10, quantity: 1, variant }] });
  await look();
}

const look = () => keep(shop, (minute += 2));
const sold = async () => (await editionsOf(shop)).map((each) => [each.sold, each.isEnded]);

const ON = { product: {}, variant: OF_VARIANT } as const;

async function move(from: keyof typeof ON, to: keyof typeof ON, isSetFirst: boolean): Promise<void> {
  if (isSetFirst) await putSize(shop, "10", ON[to]);
  await look();
  await putSize(shop, null, ON[from]);
  await look();
  if (!isSetFirst) await putSize(shop, "10", ON[to]);
  await look();
}

it.each([
  ["removed before it is set", false],
  ["set before it is removed", true],
])("from the product to its variant and back, %s", async (_order, isSetFirst) => {
  await move("product", "variant", isSetFirst);
  await sell(3);
  expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2", "3/0=3"]);
  await move("variant", "product", isSetFirst);
  await sell(4);
  expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2", "3/0=3", "4/0=4"]);
  expect((await sold()).filter(([count]) => count !== 0)).toEqual([[4, false]]);
});

it("in one look", async () => {
  await putSize(shop, null);
  await putSize(shop, "12", OF_VARIANT);
  await sell(3);
  expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2", "3/0=3"]);
  expect(await editionsOf(shop)).toMatchObject([{ size: 12, sold: 3, isEnded: false }]);
});

it("takes along what is wrong with the size", async () => {
  const open = async () => {
    const { rows } = await pool.query(
      "SELECT record_key AS key FROM sync_errors WHERE shop_id = $1 AND resolved_at IS NULL",
      [shop],
    );
    return rows;
  };
  await putSize(shop, "many");
  await look();
  expect(await open()).toEqual([{ key: `Product/${store.PRODUCT}` }]);
  await putSize(shop, null);
  await putSize(shop, "many", OF_VARIANT);
  await look();
  expect(await open()).toEqual([{ key: `ProductVariant/${store.VARIANT}` }]);
  expect(await editionsOf(shop)).toMatchObject([{ size: 10, problem: "NOT_A_SIZE", isEnded: false }]);
});

it("stays where it is while the metafields of variants are not mirrored", async () => {
  await move("product", "variant", false);
  await store.switchTo(false, shop, ["variant_metafields"]);
  await putSize(shop, null, OF_VARIANT);
  await putSize(shop, "10");
  await sell(3);
  expect((await sold()).filter(([count]) => count !== 0)).toEqual([[3, false]]);
  expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2", "3/0=3"]);
});

it("stays with the product when other variants were sold in it, too", async () => {
  await sell(3, "8002");
  await putSize(shop, "5", OF_VARIANT);
  await sell(4);
  expect(await sold()).toEqual([
    [3, false],
    [1, false],
  ]);
});

it("stays with a variant that has a size of its own when the product gets one for the rest", async () => {
  await putSize(shop, null);
  await putSize(shop, "10", OF_VARIANT);
  await look();
  await putSize(shop, "5");
  await sell(3, "8002");
  await sell(4);
  expect(await sold()).toEqual([
    [3, false],
    [1, false],
  ]);
});
