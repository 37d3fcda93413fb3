// Lives of a store in virtual time (simulation/): whatever goes wrong meanwhile, mirror = store at the end, and the same
// seed is the same life.
import { beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../simulation/postgres.ts";
import type { Life } from "../simulation/life.ts";

const LIVES = 1;
const LIFE_MS_MAX = 240_000;

let live: (seed: number) => Promise<Life>;

beforeAll(async () => {
  for (const [name, value] of Object.entries({
    DATABASE_URL: "postgresql://in-process",
    SHOPIFY_API_KEY: "key",
    SHOPIFY_API_SECRET: "secret",
    SHOPIFY_APP_URL: "https://counterfoil.test",
    TOKEN_KEY: "00".repeat(32),
    LOG_LEVEL: "silent",
  })) {
    process.env[name] = value;
  }
  await openDatabase();
  ({ live } = await import("../simulation/life.ts"));
});

describe("a seeded life", () => {
  it.each(Array.from({ length: LIVES }, (_, index) => index + 1))(
    "of seed %i ends with mirror = store, and is the same when lived again",
    { timeout: LIFE_MS_MAX },
    async (seed) => {
      const first = await live(seed);
      expect(first.failures).toEqual([]);
      const again = await live(seed);
      expect(again.hash).toBe(first.hash);
    },
  );
});
