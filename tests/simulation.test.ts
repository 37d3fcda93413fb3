// Lives of a store in virtual time (simulation/): whatever goes wrong meanwhile, mirror = store at the end; and the same
// seed is the same life. And the simulation is not blind: bugs that engines like this one have had are planted, one at a
// time, and found. Each is looked for from a seed on that is known to find it, so that it costs seconds and not a search
// from seed 1; a change of the engine may move the place somewhat. What such a seed finds is the bug: that it lives in
// peace without it is seen here, too.
import { constants, setPriority } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUGS } from "../simulation/bugs.ts";
import { Crew } from "../simulation/crew.ts";
import type { Life } from "../simulation/life.ts";

/** Seeds from 1 on, half a second each where nothing else runs; more by `npm run simulate`. */
const LIVES = 200;
/** One in so many is lived again. */
const AGAIN_EVERY = 20;
/** A machine that is busy with other tests is several times slower than an idle one. */
const ALL_MS_MAX = 1_800_000;
const PROCESSES = 2;

/** By `npm run simulate -- --bug NAME --seeds 200`: the first seed that finds it. */
const FOUND_BY: Readonly<Record<string, number>> = {
  "equal-times-keep-the-older": 1,
  "body-over-newer-row": 1,
  "redelivery-counted-twice": 1,
  "delete-undone-by-late-news": 2,
  "children-merged": 2,
  "page-taken-for-empty": 8,
  "page-boundary-lost": 8,
  "cursor-past-an-empty-window": 8,
  "failed-bulk-taken-for-whole": 10,
  "second-half-lost-in-a-crash": 13,
  "newer-confirmation-dropped": 35,
  "hole-forgotten": 67,
  // Only with small sizes.
  "later-children-lost": 8,
  "range-border-lost": 9,
  "ranges-landed-backwards": 9,
  "strays-left-behind": 24,
  "slice-left-half-read": 26,
  "slice-proven-by-its-neighbours-count": 24,
};

let crew: Crew;

beforeAll(() => {
  // Lives only calculate: they take what tests that wait for a page or a server leave of the processor.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  crew = new Crew(PROCESSES);
});

afterAll(() => crew.close());

describe("seeded lives", () => {
  let lives: readonly Life[];

  it("end with mirror = store and every rule kept", { timeout: ALL_MS_MAX }, async () => {
    lives = await liveAll(Array.from({ length: LIVES }, (_, at) => at + 1));
    expect(lives.flatMap(({ seed, failures }) => failures.map((one) => `seed ${seed}: ${one}`))).toEqual([]);
  });

  // In another order, and so after other lives: what a process keeps of one must not reach the next.
  it("are the same when lived again, in whatever process", { timeout: ALL_MS_MAX }, async () => {
    const some = lives.filter((_, at) => at % AGAIN_EVERY === 0).reverse();
    const again = await liveAll(some.map(({ seed }) => seed));
    expect(again.map(({ hash }) => hash)).toEqual(some.map(({ hash }) => hash));
    expect(new Set(again.map(({ hash }) => hash)).size).toBe(LIVES / AGAIN_EVERY);
  });
});

/** Lives these seeds, as many at a time as there are processes. */
function liveAll(seeds: readonly number[]): Promise<Life[]> {
  return Promise.all(seeds.map((seed) => crew.live(seed)));
}

describe("a planted bug", () => {
  let found: ReadonlyMap<string, Promise<number | null>>;

  // Looked for all at once, as many at a time as there are processes.
  beforeAll(() => {
    found = new Map(Object.keys(FOUND_BY).map((bug) => [bug, find(bug)]));
  });

  it("has a seed that finds it", () => {
    expect(Object.keys(FOUND_BY).sort()).toEqual(BUGS.map(({ name }) => name).sort());
  });

  it.each(Object.keys(FOUND_BY))("%s is found", { timeout: ALL_MS_MAX }, async (bug) => {
    expect(await found.get(bug)).toEqual(expect.any(Number));
  });
});

async function find(bug: string): Promise<number | null> {
  for (let seed = FOUND_BY[bug]!; seed <= LIVES; seed += 1) {
    const { failures, isBugPlanted } = await crew.live(seed, bug);
    if (isBugPlanted && failures.length > 0) return seed;
  }
  return null;
}
