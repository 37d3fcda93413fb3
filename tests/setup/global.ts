// Once for all test files: a PostgreSQL of their own, with a migrated database that each file gets a copy of.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { prepareTemplate } from "#tests/database.ts";
import { startPostgres } from "#scripts/postgres.ts";
import { ROOT, freePort } from "#scripts/prepare.ts";

/**
 * What is committed outlives every process here, the server's own included, but not a loss of power, of which no test is:
 * without waiting for the disk, which hundreds of databases that come and go would do most of the time.
 */
const SETTINGS = ["max_connections=300", "fsync=off", "full_page_writes=off"];

export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.TEST_DATABASE_SERVER) {
    await prepareTemplate(process.env.TEST_DATABASE_SERVER);
    return async () => {};
  }
  const dir = join(ROOT, `.data/test-postgres-${process.pid}`);
  const server = await startPostgres({
    dir,
    port: (await freePort(0)) ?? 0,
    settings: SETTINGS,
  });
  process.env.TEST_DATABASE_SERVER = server.url();
  await prepareTemplate(server.url());
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
