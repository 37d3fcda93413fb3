// The sums of an edition are kept up beside its units, by what each look changes. Whatever happens, and between the looks at
// all sales that count anew, they say what the units say; and no unit that is with its buyer is without a number.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { keepEditions } = await import("#app/editions/keep.ts");
const { assignNumber, voidNumber } = await import("#app/editions/corrections.ts");
const store = await import("./store.ts");

const order = fc.integer({ min: 1, max: 3 });
const number = fc.integer({ min: 1, max: 9 });
const few = fc.integer({ min: 0, max: 4 });
const line = fc.record({
  quantity: fc.integer({ min: 1, max: 4 }),
  gone: few,
  refunded: few,
  variant: fc.constantFrom("8001", "8002"),
});
const isRare = fc.constantFrom(false, false, false, true);
const owners = { PRODUCT: store.PRODUCT, PRODUCTVARIANT: store.VARIANT } as const;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant("news" as const),
      order,
      lines: fc.array(line, { maxLength: 2 }),
      test: isRare,
      isCancelled: isRare,
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom("delete" as const, "remove" as const), order }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("choose" as const),
      how: fc.constantFrom("void" as const, "free" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("size" as const),
      owner: fc.constantFrom("PRODUCT" as const, "PRODUCTVARIANT" as const),
      text: fc.constantFrom("3", "50 + 5 AP", "many", null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("correct" as const), number, from: number }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant("look" as const), isFull: isRare }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function expectSums(shop: number): Promise<void> {
  const { rows } = await pool.query<{ kept: object; counted: object; unnumbered: string }>(
    `SELECT jsonb_build_array(e.sold, e.returned, e.used, e.last_sold_at) AS kept,
       (SELECT jsonb_build_array(count(line_item_id), count(line_item_id) FILTER (WHERE state <> 'sold'), count(number), max(sold_at))
        FROM edition_units WHERE shop_id = $1 AND edition_id = e.id) AS counted,
       (SELECT count(*) FROM edition_units
        WHERE shop_id = $1 AND edition_id = e.id AND state = 'sold' AND number IS NULL) AS unnumbered
     FROM editions e WHERE e.shop_id = $1`,
    [shop],
  );
  for (const { kept, counted, unnumbered } of rows) {
    expect(kept).toEqual(counted);
    expect(unnumbered).toBe("0");
  }
}

async function take(shop: number, one: Step, changed: Set<string>, now: Date): Promise<void> {
  if ("order" in one) changed.add(String(one.order));
  switch (one.what) {
    case "news": {
      const lines = one.lines.map(({ quantity, gone, refunded, variant }, index) => ({
        ...{ id: one.order * 10 + index, quantity, variant },
        current: Math.max(0, quantity - gone),
        refunded: Math.min(refunded, quantity),
      }));
      const { order: id, test, isCancelled } = one;
      return store.putSale(shop, { id, at: id, test, isCancelled, lines });
    }
    case "delete":
      return store.deleteSale(shop, one.order);
    case "remove":
      return store.removeSale(shop, one.order);
    case "choose":
      return store.choose(shop, one.how);
    case "size":
      return store.putSize(shop, one.text, { owner: one.owner, ownerId: owners[one.owner] });
    case "correct":
      for (const { id: editionId } of await store.editionsOf(shop)) {
        const by = { shopId: shop, editionId, number: one.number, reason: "because", actor: "user" };
        if (one.number === one.from) await voidNumber(by, now);
        else await assignNumber(by, one.from, now);
      }
      return;
    case "look":
      await keepEditions(shop, now, { orders: [...changed] });
      changed.clear();
  }
}

it("are right after every step", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (history) => {
      const shop = await store.openShop();
      await store.choose(shop, history.length % 2 === 0 ? "free" : "void");
      await store.putSize(shop, "10");
      const changed = new Set<string>();
      let minutes = 0;
      for (const one of history) {
        if (one.what === "look" && one.isFull) minutes += 2;
        await take(shop, one, changed, new Date(store.NOW.getTime() + minutes * 60_000));
        await expectSums(shop);
      }
    }),
    { numRuns: 40 },
  );
});
