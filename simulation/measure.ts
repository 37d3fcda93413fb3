// How long and how large a life is, drawn from its seed. Most are small: what is rare comes of many lives that differ more
// than of few that last.
import type { Chance } from "#sandbox/store/chance.ts";
import { drawSizes, type Sizes } from "./sizes.ts";
import type { StoreSizes } from "./shop.ts";

const LONG_SHARE = 0.15;
const GIANT_SHARE = 0.06;
/** Orders enough for bulk operations of them: slow to live in. */
const LARGE_SHARE = 0.01;
/** Lives with small sizes of the app. Hundreds of records they would read for ever. */
const SMALL_SHARE = 0.4;

export interface Measure {
  /** What happens in the store. */
  readonly acts: number;
  /** Longest time between two acts that are not of the same second, ms. */
  readonly pauseMsMax: number;
  readonly sizes: StoreSizes;
  /** Of the app, where they are small in this life. */
  readonly small: Sizes;
  /** Whether a catch-up follows even where nothing was lost, so that it has nothing to find. */
  readonly isCaughtUp: boolean;
  /** Whether a backfill of everything follows. */
  readonly isReadAgain: boolean;
}

export function drawMeasure(chance: Chance): Measure {
  const isLong = chance.happens(LONG_SHARE);
  const sizes: StoreSizes = {
    orders: isLong ? chance.whole(3, 20) : chance.whole(1, 6),
    products: isLong ? chance.whole(3, 6) : chance.whole(3, 4),
    giant: chance.happens(GIANT_SHARE),
  };
  const acts = isLong ? chance.whole(10, 24) : chance.whole(2, 9);
  const isLarge = chance.happens(LARGE_SHARE);
  const isCaughtUp = chance.happens(0.4);
  const isReadAgain = chance.happens(0.12);
  const isSmall = chance.happens(SMALL_SHARE) && !isLarge && !sizes.giant;
  return {
    ...{ acts, isCaughtUp, isReadAgain },
    pauseMsMax: isLong ? 12_000 : 24_000,
    sizes: isLarge ? { ...sizes, orders: 255, giant: false } : sizes,
    small: isSmall ? drawSizes(chance) : {},
  };
}
