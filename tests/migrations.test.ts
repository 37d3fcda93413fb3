// The migrations and the Prisma schema describe one database: applied from scratch, they differ in nothing.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createDatabase } from "#tests/database.ts";

const ROOT = path.join(import.meta.dirname, "..");

it("leave no drift", async () => {
  const database = await createDatabase();
  const cli = path.join(ROOT, "node_modules/prisma/build/index.js");
  const args = [
    "migrate",
    "diff",
    "--from-migrations",
    "prisma/migrations",
    "--to-schema-datamodel",
    "prisma/schema",
    "--script",
  ];
  const env = { ...process.env, DATABASE_URL: database.url };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd: ROOT, env });
    expect(stdout).toContain("This is an empty migration");
  } finally {
    await database.drop();
  }
});
