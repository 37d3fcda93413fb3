// Random lives of records: whatever order their news arrives in, doubled, batched and split at random, the mirror ends
// in the same state. What must be true of a history for that is what Shopify makes true (see `life`).
import fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { Change, OriginKind } from "#app/sync/change.ts";

await useDatabase();
const { applyAll, mirroredOf, openShop, product, remove, stateOf } = await import("./mirror.ts");

const RUNS = 60;

interface Event {
  readonly second: number;
  readonly fraction: number;
  readonly title: string;
  readonly variants: readonly number[];
  readonly by: OriginKind;
  /** Milliseconds between the change and its observation: a read may come long after. */
  readonly delayMs: number;
}

const event = fc.record({
  second: fc.integer({ min: 1, max: 8 }),
  fraction: fc.integer({ min: 0, max: 999 }),
  title: fc.constantFrom("a", "b", "c", "d"),
  variants: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  by: fc.constantFrom("webhook", "bulk", "page", "fetch"),
  delayMs: fc.integer({ min: 0, max: 3_000 }),
});

const clock = (ms: number) => (ms / 1_000).toFixed(3).padStart(6, "0");

/**
 * News of one product. Its states follow each other; each is told with the second it came about in, and observed then or
 * later but never after the next change. If it is deleted, nothing shows it alive from then on.
 */
function life(key: string, events: readonly Event[], isDeleted: boolean): Change[] {
  const moments = events.map(({ second, fraction }) => second * 1_000 + fraction);
  const order = [...new Set(moments)].sort((a, b) => a - b);
  const changes: Change[] = events.map((one, index) => {
    const changedAt = moments[index]!;
    // Events of one moment are one state, told in several ways.
    const state = events[moments.indexOf(changedAt)]!;
    const next = order[order.indexOf(changedAt) + 1] ?? 20_000;
    const observed = Math.min(changedAt + one.delayMs, next - 1);
    const rows = state.variants.map((n) => ({ id: `${key}${n}`, productId: key, title: state.title }));
    const when = {
      updated: String(Math.floor(changedAt / 1_000)),
      observed: clock(observed),
      by: one.by,
      id: BigInt(index),
    };
    return product(key, { title: state.title, vendor: `v${changedAt}` }, { rows, complete: true }, when);
  });
  return isDeleted ? [...changes, remove("products", key, "30")] : changes;
}

const history = fc
  .array(fc.record({ events: fc.array(event, { minLength: 1, maxLength: 6 }), isDeleted: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((lives) =>
    lives.flatMap(({ events, isDeleted }, index) => life(String(index + 1), events, isDeleted)),
  );

const arrival = history.chain((changes) =>
  fc.record({
    changes: fc.constant(changes),
    shuffled: fc.shuffledSubarray(changes, { minLength: changes.length }),
    doubled: fc.subarray(changes),
    cuts: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 20 }),
  }),
);

function batches(changes: readonly Change[], cuts: readonly number[]): Change[][] {
  const cut: Change[][] = [];
  for (let at = 0, n = 0; at < changes.length; n += 1) {
    const size = cuts[n % cuts.length]!;
    cut.push(changes.slice(at, at + size));
    at += size;
  }
  return cut;
}

it("any order, doubling and batching of a history ends in the same rows", async () => {
  await fc.assert(
    fc.asyncProperty(arrival, async ({ changes, shuffled, doubled, cuts }) => {
      const [straight, mixed] = [await openShop(), await openShop()];
      for (const change of changes) await applyAll(straight, [change]);
      for (const batch of batches([...shuffled, ...doubled], cuts)) await applyAll(mixed, batch);
      const expected = withoutShop(await stateOf("products", straight));
      expect(withoutShop(await stateOf("products", mixed))).toEqual(expected);
      expect(await mirroredOf("products", mixed)).toBe(expected.Product.length);
    }),
    { numRuns: RUNS },
  );
});

it("partial bodies in any order end in what the last read saw, once it is there", async () => {
  const partial = fc.record({
    at: fc.integer({ min: 1_000, max: 20_000 }),
    fields: fc.subarray(["title", "vendor", "handle"]),
  });
  const news = fc.array(partial, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      news.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
      fc.nat(),
      async (all, place) => {
        const shop = await openShop();
        const changes: Change[] = all.map(({ at, fields }, index) => {
          const row = Object.fromEntries(fields.map((field) => [field, `${field} ${at}`]));
          return product("1", row, null, {
            updated: String(Math.floor(at / 1_000)),
            observed: clock(at),
            id: BigInt(index),
          });
        });
        const rows = [{ id: "11", productId: "1", title: "read" }];
        const truth = { title: "read", vendor: "read", handle: "read" };
        const read = product(
          "1",
          truth,
          { rows, complete: true },
          { updated: "25", observed: "26", by: "fetch" },
        );
        changes.splice(place % (changes.length + 1), 0, read);
        for (const change of changes) await applyAll(shop, [change]);
        const state = await stateOf("products", shop);
        expect(state).toMatchObject({
          Product: [{ ...truth, origin_kind: "fetch" }],
          ProductVariant: [{ title: "read" }],
        });
      },
    ),
    { numRuns: RUNS / 2 },
  );
});

type State = Record<"Product" | "ProductVariant", Record<string, string | null>[]> & { tombstones: unknown };

function withoutShop(state: Awaited<ReturnType<typeof stateOf>>): State {
  return JSON.parse(
    JSON.stringify(state, (key, value: unknown) => (key === "shop_id" ? undefined : value)),
  ) as State;
}
