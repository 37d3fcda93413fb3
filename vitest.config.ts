import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/setup/order.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    globalSetup: "tests/setup/global.ts",
    setupFiles: ["tests/setup/each-file.ts"],
    // Two cores, and files that wait for a page, a server or Shopify half of their time. Each has a database of its own.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // The only limits there are, with room for a machine several times as slow: what waits at all waits for what is to come,
    // and only what never comes is a fault.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000, interval: 25 } },
    server: { deps: { inline: [/@shopify\/polaris/] } },
  },
});
