// Whatever happens to sales, and in whatever order news of it arrives: no number twice, no number lost.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { voidNumber, assignNumber } = await import("#app/editions/corrections.ts");
const store = await import("./store.ts");
type Sale = Parameters<typeof store.putSale>[1];

const ORDERS = 6;

/** A state that an order may be in when news of it arrives; later ones of the same order need not be later in its life. */
const news = fc.record({
  what: fc.constant("news" as const),
  order: fc.integer({ min: 1, max: ORDERS }),
  quantities: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
  back: fc.integer({ min: 0, max: 3 }),
  how: fc.constantFrom("refund", "edit", "cancel", "none", "none"),
});
const happening = fc.oneof(
  { weight: 6, arbitrary: news },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("delete" as const),
      order: fc.integer({ min: 1, max: ORDERS }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("choose" as const),
      how: fc.constantFrom("void" as const, "free" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("void" as const), number: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("assign" as const),
      number: fc.integer({ min: 1, max: 12 }),
      from: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ what: fc.constant("keep" as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Orders sold at the same moment are told apart by their ids. */
const saleOf = ({
  order,
  quantities,
  back,
  how,
}: typeof news extends fc.Arbitrary<infer T> ? T : never): Sale => ({
  id: order,
  at: Math.ceil(order / 2),
  isCancelled: how === "cancel",
  lines: quantities.map((quantity, index) => {
    const gone = Math.min(quantity, back);
    const line = { id: order * 10 + index, quantity };
    if (how === "refund") return { ...line, refunded: gone };
    return how === "edit" ? { ...line, current: quantity - gone } : line;
  }),
});

/** Unit → its number, of those that are with their buyers. */
async function held(shop: number) {
  const { rows } = await pool.query<{ id: string; number: number }>(
    "SELECT id, number FROM edition_units WHERE shop_id = $1 AND number IS NOT NULL AND state = 'sold'",
    [shop],
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}

async function live(shop: number, history: readonly Happening[]): Promise<void> {
  let minute = 0;
  for (const each of history) {
    minute += 1;
    const at = new Date(store.NOW.getTime() + minute * 60_000);
    const edition = (await store.editionsOf(shop))[0]?.id;
    if (each.what === "news") await store.putSale(shop, saleOf(each));
    if (each.what === "delete") await store.deleteSale(shop, each.order);
    if (each.what === "choose") await store.choose(shop, each.how);
    if (each.what === "keep") {
      const before = await held(shop);
      await store.keep(shop, minute);
      for (const [id, number] of await held(shop)) expect(before.get(id) ?? number).toBe(number);
    }
    if (edition === undefined) continue;
    const by = { shopId: shop, editionId: edition, reason: "because", actor: "user" };
    if (each.what === "void") await voidNumber({ ...by, number: each.number }, at);
    if (each.what === "assign") await assignNumber({ ...by, number: each.number }, each.from, at);
  }
  await store.keep(shop, minute + 2);
}

async function check(shop: number): Promise<void> {
  const units = await store.unitsOf(shop);
  const numbers = units.flatMap(({ number }) => (number === null ? [] : [number])).sort((a, b) => a - b);
  expect(new Set(numbers).size).toBe(numbers.length);
  // Every unit that is with its buyer has a number; those that came back have none or a void one.
  expect(units.filter(({ state, number }) => state === "sold" && number === null)).toEqual([]);
  const { rows: wanted } = await pool.query<{ line: string; living: string }>(
    `SELECT l.id AS line, CASE WHEN o.cancelled_at IS NOT NULL THEN 0 ELSE l.current_quantity END AS living
     FROM order_line_items l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
     WHERE l.shop_id = $1 ORDER BY l.id`,
    [shop],
  );
  const living = Map.groupBy(
    units.filter(({ state, line }) => state === "sold" && line !== null),
    ({ line }) => line,
  );
  expect([...living].map(([line, of]) => [line, of.length]).sort()).toEqual(
    wanted
      .filter(({ living: n }) => Number(n) > 0)
      .map(({ line, living: n }) => [line, Number(n)])
      .sort(),
  );
  const line = units.filter(({ line: id }) => id !== null);
  expect(await store.editionsOf(shop)).toMatchObject([
    {
      sold: line.length,
      returned: line.filter(({ state }) => state !== "sold").length,
      used: numbers.length,
    },
  ]);
}

describe("any history", () => {
  it("leaves each sold unit one number of its own", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 25 }), async (history) => {
        const shop = await store.openShop();
        await store.putSize(shop, "10");
        await live(shop, history);
        await check(shop);
      }),
      { numRuns: 50 },
    );
  });

  it("without people's hands, and with returned numbers void, leaves no gap", async () => {
    const plain = happening.filter(({ what }) => what === "news" || what === "delete" || what === "keep");
    await fc.assert(
      fc.asyncProperty(fc.array(plain, { minLength: 3, maxLength: 25 }), async (history) => {
        const shop = await store.openShop();
        await store.putSize(shop, "10");
        await live(shop, history);
        await check(shop);
        const units = await store.unitsOf(shop);
        expect(units.map(({ number }) => number)).toEqual(units.map((_, index) => index + 1));
      }),
      { numRuns: 25 },
    );
  });

  it("that arrives before the first look is numbered in the order of the sale, whatever the order of arrival", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(news, { minLength: 1, maxLength: 12 }), fc.integer(), async (told, seed) => {
        const last = [...new Map(told.map((each) => [each.order, each])).values()];
        const orders = [...last].sort(
          (a, b) => ((a.order * 7919 + seed) % 13) - ((b.order * 7919 + seed) % 13),
        );
        const [one, other] = [await store.openShop(), await store.openShop()];
        for (const [shop, arrival] of [
          [one, last],
          [other, orders],
        ] as const) {
          await store.putSize(shop, "10");
          for (const each of arrival) await store.putSale(shop, saleOf(each));
          await store.keep(shop);
        }
        expect(await store.unitsOf(one)).toEqual(await store.unitsOf(other));
        const keys = (await store.unitsOf(one)).map(({ order, line, unit }) =>
          [order, line, unit].map(Number),
        );
        expect(keys).toEqual([...keys].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!));
      }),
      { numRuns: 20 },
    );
  });
});
