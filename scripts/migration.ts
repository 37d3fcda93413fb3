// `npm run migration -- NAME`: writes the SQL that leads from the migrations to the Prisma schema into a new migration.
// It stands in for `prisma migrate dev`, which cannot go on from a first migration without an engine binary.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDatabase, startPostgres } from "./postgres.ts";
import { ROOT, freePort } from "./prepare.ts";

const name = process.argv[2] ?? "";
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("npm run migration -- NAME, where NAME is made of a-z, 0-9 and _ and says what changes.");
  process.exit(2);
}

const port = (await freePort(0))!;
const server = await startPostgres({ dir: join(ROOT, ".data/migration-postgres"), port, say: console.log });
try {
  await ensureDatabase(server, "migration");
  const sql = difference(server.url("migration"));
  if (sql.includes("This is an empty migration")) console.log("The migrations lead to the schema already.");
  else console.log(`Written to ${write(sql)}. Read it before you commit it.`);
} finally {
  await server.stop();
}

function difference(databaseUrl: string): string {
  const ends = ["--from-migrations", "prisma/migrations", "--to-schema-datamodel", "prisma/schema"];
  const result = spawnSync(join(ROOT, "node_modules/.bin/prisma"), ["migrate", "diff", ...ends, "--script"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

function write(sql: string): string {
  const moment = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join(ROOT, "prisma/migrations", `${moment}_${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "migration.sql"), sql);
  return folder;
}
