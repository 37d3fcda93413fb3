// How much the app takes at a time: records in a slice, in a page, in a batch. Its sizes are made for stores of a hundred
// thousand orders, and of six orders everything is one page. So some lives have small ones, and what large stores alone
// come to (slices, ranges side by side, lists begun anew, children page by page) happens in them all the time. The app has
// no switch for this: its constants are made changeable as its modules are loaded (loading.ts).
import type { Chance } from "#sandbox/store/chance.ts";

interface Size {
  /** The module of the app that states it, and by which name. */
  readonly file: string;
  readonly name: string;
  /** Of the lives that have small sizes, those that have this one small, and between what. */
  readonly share: number;
  readonly small: readonly [number, number];
}

const CUTS = "app/sync/catch-up-cuts.ts";
const AHEAD = "app/sync/catch-up-ahead.ts";
const READING = "app/sync/targeted-reading.ts";

export const SIZES: readonly Size[] = [
  // A catch-up's slices and what of them is asked for side by side: by the rate of the smallest plan two pages at least.
  { file: CUTS, name: "SLICE_RECORDS_MAX", share: 0.8, small: [1, 3] },
  { file: CUTS, name: "PARTS_MAX", share: 0.5, small: [2, 4] },
  { file: AHEAD, name: "SERIAL_RATE", share: 0.6, small: [12, 50] },
  { file: AHEAD, name: "WIDTH_MAX", share: 0.5, small: [2, 6] },
  { file: AHEAD, name: "RANGES", share: 0.5, small: [1, 3] },
  // Pages, and batches of ids.
  { file: "app/shopify/page-sizes.ts", name: "PAGE_SIZE_MAX", share: 0.8, small: [1, 3] },
  { file: "app/shopify/documents.ts", name: "CHILDREN", share: 0.2, small: [1, 3] },
  { file: "app/shopify/pages.ts", name: "AT_ONCE", share: 0.5, small: [1, 4] },
  { file: "app/sync/walk.ts", name: "WALK_MAX", share: 0.4, small: [1, 6] },
  { file: READING, name: "IDS_PER_CHUNK", share: 0.5, small: [1, 3] },
  { file: READING, name: "NAMES_PER_SEARCH", share: 0.5, small: [1, 2] },
  // Bulk files: frames, the batches that are applied of them, and the newest records first.
  { file: "app/sync/backfill-bulk.ts", name: "FRAME_LINES_MAX", share: 0.6, small: [1, 12] },
  { file: "app/sync/ingest-staging.ts", name: "CHILDREN_MAX", share: 0.5, small: [1, 8] },
  { file: "app/sync/backfill-entries.ts", name: "RECORDS_MAX", share: 0.5, small: [1, 3] },
  { file: "app/sync/backfill-parts.ts", name: "NEWEST_FIRST_MIN", share: 0.4, small: [2, 5] },
  // What is written, looked at and stepped at a time.
  { file: "app/sync/change.ts", name: "BATCH_MAX", share: 0.4, small: [1, 5] },
  { file: "app/sync/apply-rows.ts", name: "COPY_ROWS_MIN", share: 0.08, small: [1, 3] },
  { file: "app/sync/confirm-rows.ts", name: "CONFIRMED_AT_ONCE", share: 0.4, small: [1, 4] },
  { file: "app/sync/inbox-rows.ts", name: "CLAIM_MAX", share: 0.4, small: [1, 6] },
  { file: "app/sync/runs-step.ts", name: "STEP_MS_MAX", share: 0.5, small: [200, 2_000] },
];

/** No constant of its own: the most that the first page of a record's connection shows, which each descriptor states. */
export const CHILDREN = {
  name: "CHILDREN",
  from: "first: ${pageSize}",
  to: "first: ${Math.min(pageSize, CHILDREN)}",
} as const;

/** Name → value; whatever is not named is as the app states it. */
export type Sizes = Readonly<Record<string, number>>;

export function drawSizes(chance: Chance): Sizes {
  const drawn = SIZES.filter(({ share }) => chance.happens(share));
  return Object.fromEntries(drawn.map(({ name, small }) => [name, chance.whole(...small)]));
}
