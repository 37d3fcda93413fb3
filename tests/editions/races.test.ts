// Many workers at once, on one edition: the database holds what the code promises.
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { voidNumber } = await import("#app/editions/corrections.ts");
const store = await import("./store.ts");

const WORKERS = 8;
const SALES_EACH = 25;

it("number every sale once while sales come in and others look, too", async () => {
  const shop = await store.openShop();
  await store.putSize(shop, "200");
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      for (let n = 0; n < SALES_EACH; n += 1) {
        const id = n * WORKERS + worker + 1;
        await store.putSale(shop, { id, at: id, lines: [{ id: id * 10, quantity: 1 }] });
        await store.keep(shop, n);
      }
    }),
  );
  await store.keep(shop, SALES_EACH + 2);
  const numbers = (await store.unitsOf(shop)).map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: WORKERS * SALES_EACH }, (_, index) => index + 1));
  expect(await store.editionsOf(shop)).toMatchObject([{ sold: 200, returned: 0, used: 200 }]);
  expect(pool.totalCount).toBeGreaterThan(WORKERS - 1);
});

it("open one edition when they read a new size at once", async () => {
  const shop = await store.openShop();
  await store.putSize(shop, "10");
  await Promise.all(Array.from({ length: WORKERS }, () => store.keep(shop)));
  expect(await store.editionsOf(shop)).toHaveLength(1);
  const { rowCount } = await pool.query("SELECT FROM edition_sizes WHERE shop_id = $1", [shop]);
  expect(rowCount).toBe(1);
});

it("void a number once", async () => {
  const shop = await store.openShop();
  await store.putSize(shop, "10");
  await store.putSale(shop, { id: 1, at: 1, lines: [{ id: 10, quantity: 3 }] });
  await store.keep(shop);
  const [edition] = await store.editionsOf(shop);
  const correction = { shopId: shop, editionId: edition!.id, number: 2, reason: "torn", actor: "user:1" };
  const outcomes = await Promise.all(
    Array.from({ length: WORKERS }, () => voidNumber(correction, store.NOW)),
  );
  expect(outcomes.sort()).toEqual([...Array.from({ length: WORKERS - 1 }, () => "ALREADY"), "done"]);
  expect(await store.numbersOf(shop)).toEqual(["1/0=1", "=2×", "1/2=3", "1/1=4"]);
});

it("refuse a number twice, and a unit twice, by the database itself", async () => {
  const shop = await store.openShop();
  await store.putSize(shop, "10");
  await store.putSale(shop, { id: 1, at: 1, lines: [{ id: 10, quantity: 2 }] });
  await store.keep(shop);
  await expect(
    pool.query("UPDATE edition_units SET number = 1 WHERE shop_id = $1 AND number = 2", [shop]),
  ).rejects.toThrow(/edition_units_shop_id_edition_id_number_key/);
  await expect(
    pool.query("UPDATE edition_units SET unit_index = 0 WHERE shop_id = $1", [shop]),
  ).rejects.toThrow(/edition_units_shop_id_line_item_id_unit_index_key/);
});
