// How long and how large a life is, drawn from its seed. Most are small: what is rare comes of many lives that differ more
// than of few that last.
import type { Chance } from "#sandbox/store/chance.ts";
import type { Sizes } from "./shop.ts";

const LONG_SHARE = 0.15;
const GIANT_SHARE = 0.06;
/** Orders enough for bulk operations of them: slow to live in. */
const LARGE_SHARE = 0.01;

export interface Measure {
  /** What happens in the store. */
  readonly acts: number;
  /** Longest time between two acts that are not of the same second, ms. */
  readonly pauseMsMax: number;
  readonly sizes: Sizes;
  /** Whether a catch-up follows even where nothing was lost, so that it has nothing to find. */
  readonly isCaughtUp: boolean;
  /** Whether a backfill of everything follows. */
  readonly isReadAgain: boolean;
}

export function drawMeasure(chance: Chance): Measure {
  const isLong = chance.happens(LONG_SHARE);
  const sizes: Sizes = {
    orders: isLong ? chance.whole(3, 20) : chance.whole(1, 6),
    products: isLong ? chance.whole(3, 6) : chance.whole(3, 4),
    giant: chance.happens(GIANT_SHARE),
  };
  return {
    acts: isLong ? chance.whole(10, 24) : chance.whole(2, 9),
    pauseMsMax: isLong ? 12_000 : 24_000,
    sizes: chance.happens(LARGE_SHARE) ? { ...sizes, orders: 255, giant: false } : sizes,
    isCaughtUp: chance.happens(0.4),
    isReadAgain: chance.happens(0.12),
  };
}
