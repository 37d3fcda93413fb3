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
    // Room for a walk through pages while the other core starts servers; what hangs is still found.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Vitest looks for one second, which a page that answers a press takes now and then.
    expect: { poll: { timeout: 30_000 } },
    server: { deps: { inline: [/@shopify\/polaris/] } },
  },
});
