// Sales become numbers: each unit one, in the order of the sale, never two, never moved.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { keepEditions } = await import("#app/editions/keep.ts");
const store = await import("./store.ts");
const { putSale, putSize, keep, numbersOf, unitsOf, editionsOf, choose, deleteSale, removeSale } = store;

let shop: number;
beforeEach(async () => {
  shop = await store.openShop();
  await putSize(shop, "10");
});

const sale = (id: number, at: number, line: Partial<Parameters<typeof putSale>[1]["lines"][number]> = {}) =>
  putSale(shop, { id, at, lines: [{ id: id * 10, quantity: 1, ...line }] });

describe("numbers", () => {
  it("follow the order of the sale, not that of arrival: moment, order, line, unit", async () => {
    await sale(3, 30);
    await putSale(shop, {
      id: 1,
      at: 10,
      lines: [
        { id: 12, quantity: 1 },
        { id: 11, quantity: 2 },
      ],
    });
    await sale(2, 10);
    await keep(shop);
    expect((await unitsOf(shop)).map(({ line, unit, number }) => [line, unit, number])).toEqual([
      ["11", 0, 1],
      ["11", 1, 2],
      ["12", 0, 3],
      ["20", 0, 4],
      ["30", 0, 5],
    ]);
    expect(await editionsOf(shop)).toMatchObject([{ size: 10, sold: 5, returned: 0, used: 5 }]);
  });

  it("are given once, however often one looks", async () => {
    await sale(1, 1, { quantity: 3 });
    expect(await keep(shop)).toBe(3);
    const before = await unitsOf(shop);
    expect(await keep(shop)).toBe(0);
    expect(await keep(shop, 10)).toBe(0);
    expect(await unitsOf(shop)).toEqual(before);
  });

  it("stay where they are when an older sale comes late; it gets the next one and says so", async () => {
    await sale(2, 20);
    await keep(shop);
    await sale(1, 10);
    await sale(3, 30);
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["2/0=1", "1/0=2", "3/0=3"]);
    expect((await unitsOf(shop)).map(({ mark }) => mark)).toEqual([null, "late", null]);
  });

  it("wait until a sale has settled, since news of an earlier one may be on its way", async () => {
    const at = Math.round((store.NOW.getTime() - store.momentOf(0).getTime()) / 1_000);
    await sale(1, at - 1);
    expect(await keep(shop)).toBe(0);
    expect(await keep(shop, 0.1)).toBe(1);
  });

  it("are given to the orders that are named; the look at all finds the rest", async () => {
    await keep(shop);
    await sale(1, 1);
    await sale(2, 2);
    expect(await keepEditions(shop, store.NOW, { orders: [] })).toBe(0);
    expect(await keepEditions(shop, store.NOW, { orders: ["2"] })).toBe(1);
    expect(await keepEditions(shop, new Date(store.NOW.getTime() + 120_000), { orders: [] })).toBe(1);
    expect(await numbersOf(shop)).toEqual(["2/0=1", "1/0=2"]);
  });

  it("come with the time of the last sale, however it was found, also of one that came back", async () => {
    await keep(shop);
    expect(await store.lastSalesOf(shop)).toEqual([null]);
    await sale(1, 10);
    await sale(2, 30);
    await keepEditions(shop, store.NOW, { orders: ["1", "2"] });
    expect(await store.lastSalesOf(shop)).toEqual([store.momentOf(30)]);
    await sale(3, 20);
    await keep(shop, 2);
    expect(await store.lastSalesOf(shop)).toEqual([store.momentOf(30)]);
    await sale(2, 30, { refunded: 1 });
    await keep(shop, 4);
    expect(await store.lastSalesOf(shop)).toEqual([store.momentOf(30)]);
  });

  it("are not given to test orders, nor to other goods", async () => {
    await putSale(shop, { id: 1, at: 1, test: true, lines: [{ id: 10, quantity: 1 }] });
    await sale(2, 2, { product: "999", variant: "998" });
    await sale(3, 3, { product: null, variant: null });
    expect(await keep(shop)).toBe(0);
  });

  it("go past the size when more are sold than there are", async () => {
    await sale(1, 1, { quantity: 12 });
    await keep(shop);
    expect(await editionsOf(shop)).toMatchObject([{ size: 10, sold: 12, used: 12 }]);
  });

  it("wait for the first complete sync, for its files come newest first", async () => {
    const other = await store.openShop({ isComplete: false });
    await putSize(other, "10");
    await putSale(other, { id: 1, at: 1, lines: [{ id: 10, quantity: 1 }] });
    expect(await keep(other)).toBe(0);
    expect(await editionsOf(other)).toEqual([]);
    await store.completeSyncs(other);
    expect(await keep(other)).toBe(1);
  });

  it("wait for nothing that is switched off, and again once it is switched on", async () => {
    const { lackingFor } = await import("#app/editions/keep.ts");
    const other = await store.openShop({ isComplete: false });
    expect(await lackingFor(other)).toEqual({
      waiting: ["orders", "product_metafields", "variant_metafields"],
      off: [],
    });
    await pool.query("INSERT INTO sync_resources (shop_id, resource, read_at) VALUES ($1, 'orders', $2)", [
      other,
      store.NOW,
    ]);
    await store.switchTo(false, other, ["product_metafields", "variant_metafields"]);
    expect(await lackingFor(other)).toEqual({
      waiting: [],
      off: ["product_metafields", "variant_metafields"],
    });
    await store.switchTo(true, other, ["variant_metafields"]);
    expect(await lackingFor(other)).toEqual({ waiting: ["variant_metafields"], off: ["product_metafields"] });
  });

  it("go on by the size that was known when metafields are switched off and leave", async () => {
    await sale(1, 1);
    await keep(shop);
    await store.switchTo(false, shop, ["product_metafields"]);
    await putSize(shop, null);
    await sale(2, 2);
    expect(await keep(shop, 2)).toBe(1);
    expect(await editionsOf(shop)).toMatchObject([{ size: 10, sold: 2 }]);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2"]);
  });

  it("belong to the variant's own edition where it has one, and to the product's otherwise", async () => {
    await putSize(shop, "5", { owner: "PRODUCTVARIANT", ownerId: "8002" });
    await sale(1, 1, { variant: "8001" });
    await sale(2, 2, { variant: "8002" });
    await sale(3, 3, { variant: "8001" });
    await keep(shop);
    expect(await editionsOf(shop)).toMatchObject([{ sold: 2 }, { sold: 1 }]);
    expect((await numbersOf(shop)).sort()).toEqual(["1/0=1", "2/0=1", "3/0=2"]);
  });

  it("stay in the edition that gave them when the variant gets one of its own", async () => {
    await sale(1, 1);
    await keep(shop);
    await putSize(shop, "5", { owner: "PRODUCTVARIANT", ownerId: "8001" });
    await sale(1, 1, { quantity: 2 });
    await sale(2, 2);
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=1", "1/1=2"]);
    expect(await editionsOf(shop)).toMatchObject([{ sold: 2 }, { sold: 1 }]);
  });

  it("of one shop have nothing to do with another's", async () => {
    const other = await store.openShop();
    await putSize(other, "10");
    await putSale(other, { id: 1, at: 1, lines: [{ id: 10, quantity: 1 }] });
    await sale(1, 1);
    await keep(shop);
    expect(await numbersOf(other)).toEqual([]);
    await keep(other);
    expect(await numbersOf(other)).toEqual(["1/0=1"]);
  });
});

describe("a unit that comes back", () => {
  it("leaves a void number, which nobody gets again", async () => {
    await sale(1, 1, { quantity: 3 });
    await keep(shop);
    await sale(1, 1, { quantity: 3, refunded: 1 });
    await sale(2, 2);
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "1/1=2", "1/2=3×", "2/0=4"]);
    expect((await unitsOf(shop))[2]).toMatchObject({ reason: "refunded" });
    expect(await editionsOf(shop)).toMatchObject([{ sold: 4, returned: 1, used: 4 }]);
  });

  it("frees its number for the next sale where the shop has chosen so", async () => {
    await choose(shop, "free");
    await sale(1, 1, { quantity: 3 });
    await keep(shop);
    await sale(1, 1, { quantity: 3, refunded: 2 });
    await sale(2, 2, { quantity: 3 });
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2", "2/1=3", "2/2=4", "1/1=–", "1/2=–"]);
    expect((await unitsOf(shop)).map(({ mark }) => mark)).toEqual([
      null,
      "reused",
      "reused",
      null,
      null,
      null,
    ]);
    expect(await editionsOf(shop)).toMatchObject([{ sold: 6, returned: 2, used: 4 }]);
  });

  it("keeps what was void when the choice changes", async () => {
    await sale(1, 1, { refunded: 1 });
    await keep(shop);
    await choose(shop, "free");
    await sale(2, 2);
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["1/0=1×", "2/0=2"]);
  });

  it.each([
    ["cancelled", () => putSale(shop, { id: 1, at: 1, isCancelled: true, lines: [{ id: 10, quantity: 2 }] })],
    ["removed", () => sale(1, 1, { quantity: 2, current: 0 })],
    ["removed", () => putSale(shop, { id: 1, at: 1, lines: [] })],
    ["deleted", () => deleteSale(shop, 1)],
  ])("is known by its reason: %s", async (reason, act) => {
    await sale(1, 1, { quantity: 2 });
    await keep(shop);
    await act();
    await keep(shop, 2);
    expect(await unitsOf(shop)).toMatchObject([
      { number: 1, state: "void", reason },
      { number: 2, state: "void", reason },
    ]);
  });

  it("is not taken back only because its order is not here", async () => {
    await sale(1, 1);
    await keep(shop);
    await removeSale(shop, 1);
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["1/0=1"]);
  });

  it("has its number again when the sale stands after all", async () => {
    await sale(1, 1, { quantity: 2 });
    await keep(shop);
    await sale(1, 1, { quantity: 2, current: 0 });
    await keep(shop, 2);
    await sale(1, 1, { quantity: 2, current: 1 });
    await keep(shop, 4);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "1/1=2×"]);
    await sale(1, 1, { quantity: 3, current: 3 });
    await keep(shop, 6);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "1/1=2", "1/2=3"]);
  });

  it("has a freed number again, too, unless somebody else has got it", async () => {
    await choose(shop, "free");
    const put = (id: number, current: number) => sale(id, id, { quantity: 2, current });
    await put(1, 2);
    await put(2, 2);
    await keep(shop);
    await put(1, 1);
    await put(2, 1);
    await keepEditions(shop, store.NOW, { orders: ["1", "2"] });
    await put(2, 2);
    await keepEditions(shop, store.NOW, { orders: ["2"] });
    expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=3", "2/1=4", "1/1=–"]);
    expect(await editionsOf(shop)).toMatchObject([{ sold: 4, returned: 1, used: 3 }]);
    await sale(3, 3);
    await put(1, 2);
    await keepEditions(shop, store.NOW, { orders: ["3"] });
    await keepEditions(shop, store.NOW, { orders: ["1"] });
    expect(await numbersOf(shop)).toEqual(["1/0=1", "3/0=2", "2/0=3", "2/1=4", "1/1=5"]);
  });

  it("keeps the others' numbers when its order is edited upwards", async () => {
    await sale(1, 1);
    await sale(2, 2);
    await keep(shop);
    await sale(1, 1, { quantity: 2 });
    await keep(shop, 2);
    expect(await numbersOf(shop)).toEqual(["1/0=1", "2/0=2", "1/1=3"]);
  });
});

describe("sizes", () => {
  it("open an edition, with its proofs", async () => {
    await putSize(shop, "50 + 5 AP");
    await keep(shop);
    expect(await editionsOf(shop)).toMatchObject([{ size: 50, proofs: 5, problem: null }]);
  });

  it("are history", async () => {
    await keep(shop);
    await putSize(shop, "12 + 2 AP");
    await keep(shop, 1);
    await putSize(shop, "a dozen");
    await keep(shop, 2);
    await putSize(shop, null);
    await keep(shop, 3);
    const { rows } = await pool.query(
      "SELECT text, size, proofs, problem FROM edition_sizes WHERE shop_id = $1 ORDER BY id",
      [shop],
    );
    expect(rows).toEqual([
      { text: "10", size: 10, proofs: 0, problem: null },
      { text: "12 + 2 AP", size: 12, proofs: 2, problem: null },
      { text: "a dozen", size: null, proofs: null, problem: "NOT_A_SIZE" },
      { text: null, size: null, proofs: null, problem: null },
    ]);
    expect(await editionsOf(shop)).toMatchObject([{ size: 12, proofs: 2, isEnded: true }]);
  });

  it("that cannot be read are an open error, and no numbers are given until they can", async () => {
    await putSize(shop, "25/100");
    await sale(1, 1);
    expect(await keep(shop)).toBe(0);
    const errors = () =>
      pool.query("SELECT code, record_key, detail, resolved_at FROM sync_errors WHERE shop_id = $1", [shop]);
    expect((await errors()).rows).toEqual([
      { code: "EDITION_SIZE", record_key: "Product/7001", detail: 'FRACTION: "25/100"', resolved_at: null },
    ]);
    await putSize(shop, "100");
    expect(await keep(shop, 1)).toBe(1);
    expect((await errors()).rows).toMatchObject([{ resolved_at: expect.any(Date) }]);
  });

  it("that become illegible let the last one stand", async () => {
    await keep(shop);
    await putSize(shop, "many");
    await sale(1, 1);
    expect(await keep(shop, 2)).toBe(1);
    expect(await editionsOf(shop)).toMatchObject([{ size: 10, problem: "NOT_A_SIZE" }]);
  });

  it("that are gone end the edition; what was given stays, and it goes on when they are back", async () => {
    await sale(1, 1);
    await keep(shop);
    await putSize(shop, null);
    await sale(2, 2);
    expect(await keep(shop, 2)).toBe(0);
    expect(await numbersOf(shop)).toEqual(["1/0=1"]);
    await putSize(shop, "10");
    expect(await keep(shop, 4)).toBe(1);
  });

  it("are read from the metafield that the shop has chosen", async () => {
    await putSize(shop, "30", { key: "prints", ownerId: "7002" });
    await choose(shop, "void", "custom.prints");
    await keep(shop);
    expect(await editionsOf(shop)).toMatchObject([{ size: 30 }]);
  });
});
