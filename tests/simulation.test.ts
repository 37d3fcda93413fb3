// Lives of a store in virtual time (simulation/): whatever goes wrong meanwhile, mirror = store at the end; and the same
// seed is the same life.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Crew } from "../simulation/crew.ts";
import { LIVES, giveWay } from "./simulated-lives.ts";

/** A machine that is busy with other tests is several times slower than an idle one. */
const ALL_MS_MAX = 1_800_000;
const PROCESSES = 2;

let crew: Crew;

beforeAll(() => {
  giveWay();
  crew = new Crew(PROCESSES);
});

afterAll(() => crew.close());

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

describe("seeded lives", () => {
  it("end with mirror = store and every rule kept", { timeout: ALL_MS_MAX }, async () => {
    expect(await liveAll()).toEqual([]);
  });

  it("are the same when lived again, in whatever process", { timeout: ALL_MS_MAX }, async () => {
    const hashes = await Promise.all([1, 1, 1, 2].map(async (seed) => (await crew.live(seed)).hash));
    expect(new Set(hashes).size).toBe(2);
  });
});
