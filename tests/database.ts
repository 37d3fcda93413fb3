// A database of its own for each test file, cloned in some 50 ms from a template that is migrated once.
//
//   import { useDatabase } from "#tests/database.ts";
//   await useDatabase();                                        // first: it sets DATABASE_URL
//   const { apply } = await import("#app/sync/apply.ts");       // then, dynamically, what reads it
//
// The server is TEST_DATABASE_SERVER; vitest's global setup starts one and calls prepareTemplate().
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll } from "vitest";

const ROOT = path.join(import.meta.dirname, "..");
const MIGRATIONS = path.join(ROOT, "prisma/migrations");
const DEFAULT_SERVER = "postgresql://postgres:postgres@127.0.0.1:54329/postgres";
/** Any constant: two preparations on one server take turns. */
const PREPARE_LOCK = 7_316_021;

/** What app/env.server.ts asks for, so that a test file needs to state only what it is about. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  SHOPIFY_API_KEY: "test-api-key",
  SHOPIFY_API_SECRET: "test-api-secret",
  SHOPIFY_APP_URL: "https://counterfoil.test",
  TOKEN_KEY: "00".repeat(32),
  LOG_LEVEL: "silent",
};

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly drop: () => Promise<void>;
}

/** A fresh copy of the template, for whoever starts processes of the app on it. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_SERVER ?? DEFAULT_SERVER;
  const name = `t_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${templateName()}`));
  const drop = () =>
    onServer(server, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  return { url: urlOf(server, name), name, drop };
}

/** Creates this file's database, points DATABASE_URL at it and drops it after the file's last test. */
export async function useDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  process.env.DATABASE_URL = database.url;
  for (const [variable, value] of Object.entries(ENVIRONMENT)) process.env[variable] ??= value;
  afterAll(async () => {
    // Waits for every client to be given back: a test that leaks one fails here, by its time limit.
    const { pool } = await import("#app/db.server.ts");
    if (!pool.ending) await pool.end();
    await database.drop();
  });
  return database;
}

/** Makes the migrated template on the server unless it is there already. Its name carries the migrations' hash. */
export async function prepareTemplate(server: string): Promise<string> {
  const template = templateName();
  await onServer(server, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [PREPARE_LOCK]);
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [template]);
    if (rowCount) return;
    const draft = `${template}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft}`);
    await migrate(urlOf(server, draft));
    // Only a finished template bears the name.
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
  });
  return template;
}

function templateName(): string {
  const hash = createHash("sha256");
  for (const folder of readdirSync(MIGRATIONS, { withFileTypes: true })) {
    if (folder.isDirectory()) hash.update(readFileSync(path.join(MIGRATIONS, folder.name, "migration.sql")));
  }
  return `counterfoil_template_${hash.digest("hex").slice(0, 12)}`;
}

async function migrate(url: string): Promise<void> {
  const cli = path.join(ROOT, "node_modules/prisma/build/index.js");
  await promisify(execFile)(process.execPath, [cli, "migrate", "deploy"], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url },
  });
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
