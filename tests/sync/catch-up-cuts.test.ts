// Where a ground is cut: no slice too large, none smaller than it need be, and few questions for it, however the changes lie.
import { expect, it } from "vitest";
import { orders } from "#app/resources/orders.ts";
import * as acts from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { SLICE_RECORDS_MAX, nextEnds } = await import("#app/sync/catch-up-cuts.ts");
const { countGrounds } = await import("#app/sync/catch-up-ground.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const CROWD = SLICE_RECORDS_MAX + 200;

/** Changes the next orders of the store, the given time apart. */
function change(shop: SearchedShop, from: number, count: number, apartMs: number): void {
  for (const { id } of shop.store.list("orders").slice(from, from + count)) {
    shop.clock.advance(apartMs);
    acts.updateOrder(shop.store, id, { note: "changed" });
  }
}

it("cuts a ground with a crowded second, long silences and busy hours into few and full slices", async () => {
  const shop = await openSearchedShop(CROWD + 1_500);
  const signal = new AbortController().signal;
  const asking = { client: shop.client, resource: orders, signal };
  shop.clock.advance(SECOND);
  const begin = new Date(Math.ceil(+shop.now() / SECOND) * SECOND);
  shop.clock.set(new Date(+begin + 3_000 * DAY));
  change(shop, 0, CROWD, 0);
  shop.clock.advance(2 * SECOND);
  change(shop, CROWD, 1_000, 3 * SECOND);
  shop.clock.advance(400 * DAY);
  change(shop, CROWD + 1_000, 500, 200 * SECOND);
  shop.clock.advance(SECOND);
  const ground: Ground = { from: begin, until: new Date(Math.floor(+shop.now() / SECOND) * SECOND) };

  shop.asked.length = 0;
  const ends: Date[] = [];
  for (let from = ground.from; from < ground.until; from = ends.at(-1)!) {
    ends.push(...(await nextEnds({ ...ground, from }, asking)));
  }
  const questions = shop.asked.length;

  expect(ends.at(-1)).toEqual(ground.until);
  const slices = ends.map((until, at) => ({ from: ends[at - 1] ?? ground.from, until }));
  const counts: number[] = [];
  for (const slice of slices) counts.push((await countGrounds(asking, [slice]))[0]!);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CROWD + 1_500);
  // One second alone may hold more.
  const large = slices.filter((_, at) => counts[at]! > SLICE_RECORDS_MAX);
  expect(large.map(({ from, until }) => +until - +from)).toEqual([SECOND]);
  // A silence before a crowd is left behind by its count alone.
  const full = counts.filter((count) => count > 0);
  for (const [at, count] of full.slice(1).entries()) {
    expect(count + full[at]!).toBeGreaterThan(SLICE_RECORDS_MAX);
  }
  // From nine years down to one second it takes eight cuts into twelve.
  expect(questions).toBeLessThan(12);
});
