// Lives of a store in virtual time (simulation/): whatever goes wrong meanwhile, mirror = store at the end; and the same
// seed is the same life.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Crew } from "../simulation/crew.ts";

const LIVES = 7;
/** A machine that is busy with other tests is several times slower than an idle one. */
const ALL_MS_MAX = 900_000;
const PROCESSES = 2;

let crew: Crew;

beforeAll(() => {
  crew = new Crew(PROCESSES);
});

afterAll(() => crew.close());

/** Lives seeds from 1 on, as many at a time as there are processes, until `isEnough` or all are lived. */
async function liveFrom1(count: number, liveOne: (seed: number) => Promise<boolean>): Promise<void> {
  let [next, isEnough] = [1, false];
  const hand = async () => {
    while (next <= count && !isEnough) isEnough ||= await liveOne(next++);
  };
  await Promise.all(Array.from({ length: PROCESSES }, hand));
}

describe("seeded lives", () => {
  it("end with mirror = store and every rule kept", { timeout: ALL_MS_MAX }, async () => {
    const failures: string[] = [];
    await liveFrom1(LIVES, async (seed) => {
      const life = await crew.live(seed);
      failures.push(...life.failures.map((failure) => `seed ${seed}: ${failure}`));
      return false;
    });
    expect(failures).toEqual([]);
  });

  it("are the same when lived again, in whatever process", { timeout: ALL_MS_MAX }, async () => {
    const hashes = await Promise.all([1, 1, 1, 2].map(async (seed) => (await crew.live(seed)).hash));
    expect(new Set(hashes).size).toBe(2);
  });
});
