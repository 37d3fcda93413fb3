// Lives of a store in virtual time (simulation/): whatever goes wrong meanwhile, mirror = store at the end; and the same
// seed is the same life.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Crew } from "../simulation/crew.ts";

/** All of them where nothing else is to be done; a machine that is busy with other tests may stop at the fewest. */
const LIVES = { most: 200, fewest: 60 };
const BUDGET_MS = 150_000;
/** A machine that is busy with other tests is several times slower than an idle one. */
const ALL_MS_MAX = 1_800_000;
const PROCESSES = 2;

let crew: Crew;

beforeAll(() => {
  crew = new Crew(PROCESSES);
});

afterAll(() => crew.close());

/** Lives seeds from 1 on, as many at a time as there are processes. @returns how many, and what failed. */
async function liveFrom1(): Promise<{ lived: number; failures: string[] }> {
  const failures: string[] = [];
  const until = performance.now() + BUDGET_MS;
  let lived = 0;
  const hand = async () => {
    while (lived < LIVES.fewest || (lived < LIVES.most && performance.now() < until)) {
      const { seed, failures: own } = await crew.live((lived += 1));
      failures.push(...own.map((failure) => `seed ${seed}: ${failure}`));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, hand));
  return { lived, failures };
}

describe("seeded lives", () => {
  it("end with mirror = store and every rule kept", { timeout: ALL_MS_MAX }, async () => {
    const { lived, failures } = await liveFrom1();
    expect(failures).toEqual([]);
    expect(lived).toBeGreaterThanOrEqual(LIVES.fewest);
    console.log(`${lived} seeds were lived.`);
  });

  it("are the same when lived again, in whatever process", { timeout: ALL_MS_MAX }, async () => {
    const hashes = await Promise.all([1, 1, 1, 2].map(async (seed) => (await crew.live(seed)).hash));
    expect(new Set(hashes).size).toBe(2);
  });
});
