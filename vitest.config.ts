import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    globalSetup: "tests/setup/global.ts",
    setupFiles: ["tests/setup/each-file.ts"],
    // Two cores: one file at a time per core. Each file has a database of its own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    server: { deps: { inline: [/@shopify\/polaris/] } },
  },
});
