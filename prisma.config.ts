// Prisma's CLI runs on its WebAssembly engine through the same driver as the app, so no engine binary is downloaded.
import { defineConfig } from "prisma/config";
import { MigrationAdapterFactory } from "./prisma/migration-adapter.ts";

const url = (process.env.DATABASE_URL ??= "postgresql://postgres:postgres@127.0.0.1:5432/counterfoil");

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  experimental: { adapter: true },
  engine: "js",
  adapter: async () => new MigrationAdapterFactory(url),
});
