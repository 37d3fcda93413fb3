import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    globalSetup: "tests/setup/global.ts",
    setupFiles: ["tests/setup/each-file.ts"],
    // Two cores: one file at a time per core. Each file has a database of its own.
    maxWorkers: 2,
    // Room for a walk through pages while the other core starts servers; what hangs is still found.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    server: { deps: { inline: [/@shopify\/polaris/] } },
  },
});
