// Lives of a store in virtual time (simulation/): whatever goes wrong meanwhile, mirror = store at the end; and the same
// seed is the same life. And the simulation is not blind: bugs that engines like this one have had are planted, one at a
// time, and found. Each is looked for from a seed on that is known to find it, so that it costs seconds and not a search
// from seed 1; a change of the engine may move the place somewhat. What such a seed finds is the bug: that it lives in
// peace without it is seen here, too.
import { constants, setPriority } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUGS } from "../simulation/bugs.ts";
import { Crew } from "../simulation/crew.ts";

/** Seeds from 1 on, a second each where nothing else runs; more by `npm run simulate`. */
const LIVES = 200;
/** A machine that is busy with other tests is several times slower than an idle one. */
const ALL_MS_MAX = 1_800_000;
const PROCESSES = 2;

/** By `npm run simulate -- --bug NAME --seeds 200`: the first seed that finds it. */
const FOUND_BY: Readonly<Record<string, number>> = {
  "equal-times-keep-the-older": 1,
  "body-over-newer-row": 1,
  "children-merged": 1,
  "redelivery-counted-twice": 1,
  "newer-confirmation-dropped": 1,
  "page-taken-for-empty": 3,
  "page-boundary-lost": 3,
  "failed-bulk-taken-for-whole": 3,
  "second-half-lost-in-a-crash": 4,
  "cursor-past-an-empty-window": 4,
  "delete-undone-by-late-news": 6,
  "hole-forgotten": 15,
};

let crew: Crew;

beforeAll(() => {
  // Lives only calculate: they take what tests that wait for a page or a server leave of the processor.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  crew = new Crew(PROCESSES);
});

afterAll(() => crew.close());

describe("seeded lives", () => {
  it("end with mirror = store and every rule kept", { timeout: ALL_MS_MAX }, async () => {
    expect(await liveAll()).toEqual([]);
  });

  it("are the same when lived again, in whatever process", { timeout: ALL_MS_MAX }, async () => {
    const hashes = await Promise.all([1, 1, 1, 2].map(async (seed) => (await crew.live(seed)).hash));
    expect(new Set(hashes).size).toBe(2);
  });
});

/** Lives all seeds, as many at a time as there are processes. @returns what failed. */
async function liveAll(): Promise<string[]> {
  const failures: string[] = [];
  let next = 1;
  const hand = async () => {
    while (next <= LIVES) {
      const { seed, failures: own } = await crew.live(next++);
      failures.push(...own.map((failure) => `seed ${seed}: ${failure}`));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, hand));
  return failures;
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
