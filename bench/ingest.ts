// bench ingest: from a bulk file's URL to the mirror, over HTTP, through the verbs of a run, in orders a second. Beside it,
// in turns: COPY of the very same rows into the same tables with their indexes; the loop that most apps have; a sync engine
// from npm. Rounds are short, so that all of them see the same machine; then 100,000 orders once more, for the memory.
// BENCH_ORDERS, BENCH_WHOLE and BENCH_ROUNDS ask for less.
import { execFileSync, spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import prismaClient from "@prisma/client";
import pg from "pg";
import copyStreams from "pg-copy-streams";
import { resourceOf } from "#app/resources/index.ts";
import { ensureDatabase, startPostgres } from "#scripts/postgres.ts";
import { ROOT, freePort, migrate } from "#scripts/prepare.ts";
import { atLeast, atMost, median, under, type Bench, type Figure } from "./figures.ts";
import { makeFile, serveFiles, type OrderFile } from "./order-files.ts";
import { NODE_FLAGS } from "./processes.ts";
import type { IngestOrder, IngestReport } from "./ingest-worker.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ORDERS = Number(process.env.BENCH_ORDERS ?? 10_000);
const WHOLE = Number(process.env.BENCH_WHOLE ?? 100_000);
/** The slow peers get as many as they write in a few seconds. */
const LOOP_ORDERS = 220;
const ENGINE_RECORDS = 1_100;
const MEGABYTE = 1_024 * 1_024;
const DATA = join(ROOT, ".data/bench");
const ENGINE = join(ROOT, "bench/peers/stripe-sync");

/** The mirror's tables that hold an order. */
const TABLES = [resourceOf("orders").model, ...resourceOf("orders").childModels].map((model) => {
  return prismaClient.Prisma.dmmf.datamodel.models.find(({ name }) => name === model)!.dbName!;
});
/** The sandbox's rare rows are left as they are: an update of every row is one of nearly every row. */
const UNCHANGED_SHARE_MAX = 0.02;

export const bench: Bench = async () => {
  mkdirSync(DATA, { recursive: true });
  installEngine();
  const server = await startPostgres({
    dir: join(DATA, "postgres"),
    port: (await freePort(0))!,
    settings: ["shared_buffers=512MB", "max_wal_size=8GB"],
  });
  const files = await serveFiles();
  try {
    await ensureDatabase(server, "bench_ingest");
    const databaseUrl = server.url("bench_ingest");
    migrate(databaseUrl);
    const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    database.on("error", () => {});
    try {
      return await measure(databaseUrl, database, files.urlOf);
    } finally {
      await database.end();
    }
  } finally {
    await files.close();
    await server.stop();
  }
};

/** Orders a second. */
interface Rates {
  readonly fresh: number[];
  readonly update: number[];
  readonly copy: number[];
  readonly loop: number[];
  readonly engine: number[];
}

async function measure(databaseUrl: string, database: pg.Pool, urlOf: (path: string) => string) {
  const rates: Rates = { fresh: [], update: [], copy: [], loop: [], engine: [] };
  const before = await makeFile(DATA, ORDERS, false);
  const after = await makeFile(DATA, ORDERS, true);
  const small: IngestReport[] = [];
  const run = (file: OrderFile, isEmpty: boolean) => ingest(databaseUrl, urlOf(file.path), file, isEmpty);
  // Compiled code, a grown server: measured from the second one on.
  await run(before, true);
  await saveRows(database);
  for (let round = 0; round < ROUNDS; round++) {
    rates.copy.push(ORDERS / (await copyRows(database)));
    const fresh = await run(before, true);
    rates.fresh.push(ORDERS / fresh.seconds);
    small.push(fresh);
    const sinceXact = await currentXact(database);
    rates.update.push(ORDERS / (await run(after, false)).seconds);
    await assertWritten(database, sinceXact);
    rates.loop.push(await peerRate(databaseUrl, "bench/peers/upsert-loop.ts", before, LOOP_ORDERS));
    rates.engine.push(await peerRate(databaseUrl, "bench/peers/stripe-sync/load.ts", before, ENGINE_RECORDS));
  }
  const rowsEach = (await run(before, true), await countRows(database)) / ORDERS;
  const whole = await measureWhole(databaseUrl, database, urlOf);
  return resultOf(rates, small, whole, rowsEach);
}

interface Whole {
  readonly fresh: IngestReport;
  readonly update: IngestReport;
  readonly copySeconds: number;
}

async function measureWhole(
  databaseUrl: string,
  database: pg.Pool,
  urlOf: (path: string) => string,
): Promise<Whole> {
  const run = async (isChanged: boolean) => {
    const file = await makeFile(DATA, WHOLE, isChanged);
    try {
      return await ingest(databaseUrl, urlOf(file.path), file, !isChanged);
    } finally {
      rmSync(file.path);
    }
  };
  const fresh = await run(false);
  const update = await run(true);
  await saveRows(database);
  const copySeconds = await copyRows(database);
  for (const table of TABLES) rmSync(savedRows(table));
  return { fresh, update, copySeconds };
}

function resultOf(rates: Rates, small: readonly IngestReport[], whole: Whole, rowsEach: number) {
  const toCopy = rates.fresh.map((rate, round) => rate / rates.copy[round]!);
  const updateToCopy = rates.update.map((rate, round) => rate / rates.copy[round]!);
  const toLoop = rates.fresh.map((rate, round) => rate / rates.loop[round]!);
  const toEngine = rates.fresh.map((rate, round) => rate / rates.engine[round]!);
  const smallRss = median(small.map(({ rssMax }) => rssMax)) / MEGABYTE;
  const wholeRss = Math.max(whole.fresh.rssMax, whole.update.rssMax) / MEGABYTE;
  const rate = (label: string, of: readonly number[]): Figure => {
    return { label, value: median(of), unit: "orders/s", of };
  };
  const ratio = (label: string, of: readonly number[]): Figure => ({
    label,
    value: median(of),
    unit: "×",
    of,
  });
  const figures: Figure[] = [
    { label: "rows of an order", value: rowsEach, unit: "rows" },
    rate("Counterfoil, empty mirror", rates.fresh),
    rate("Counterfoil, every row an update", rates.update),
    rate("COPY of the same rows, empty tables", rates.copy),
    rate("loop: prisma.order.upsert, then each line", rates.loop),
    rate("stripe-sync-engine, bulk upsert, equally large records", rates.engine),
    ratio("ratio to COPY, empty mirror", toCopy),
    ratio("ratio to COPY, every row an update", updateToCopy),
    ratio("ratio to the loop", toLoop),
    ratio("ratio to stripe-sync-engine", toEngine),
    { label: `${WHOLE} orders, empty mirror`, value: whole.fresh.seconds, unit: "s" },
    { label: "of that, download", value: whole.fresh.downloadSeconds, unit: "s" },
    { label: `${WHOLE} orders, every row an update`, value: whole.update.seconds, unit: "s" },
    { label: `${WHOLE} orders, COPY`, value: whole.copySeconds, unit: "s" },
    { label: `memory at its peak, ${ORDERS} orders`, value: smallRss, unit: "MB" },
    { label: `memory at its peak, ${WHOLE} orders`, value: wholeRss, unit: "MB" },
  ];
  return {
    figures,
    goals: [
      atLeast("ratio to COPY, empty mirror", median(toCopy), 0.6),
      atLeast("ratio to COPY, every row an update", median(updateToCopy), 0.5),
      atLeast("ratio to the loop", median(toLoop), 30),
      atLeast("ratio to stripe-sync-engine", median(toEngine), 5),
      under("memory at its peak", Math.max(smallRss, wholeRss), 350, "MB"),
      atMost(`memory, ${WHOLE} orders over ${ORDERS}`, wholeRss / smallRss, 1.1),
    ],
  };
}

function ingest(databaseUrl: string, url: string, file: OrderFile, isEmpty: boolean): Promise<IngestReport> {
  const order: IngestOrder = { url, lines: file.lines, orders: file.orders, isEmpty };
  const args = [...NODE_FLAGS, "bench/ingest-worker.ts", JSON.stringify(order)];
  return runChild<IngestReport>(databaseUrl, args);
}

/** Records a second. */
async function peerRate(
  databaseUrl: string,
  script: string,
  file: OrderFile,
  count: number,
): Promise<number> {
  const args = [script, file.path, String(count)];
  const { seconds, records } = await runChild<{ seconds: number; records: number }>(databaseUrl, args);
  return records / seconds;
}

function runChild<T>(databaseUrl: string, args: readonly string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        ...{ NODE_ENV: "production", LOG_LEVEL: "error", DATABASE_URL: databaseUrl },
        ...{ SHOPIFY_API_KEY: "bench-key", SHOPIFY_API_SECRET: "bench-secret" },
        SHOPIFY_APP_URL: "http://127.0.0.1",
      },
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("exit", (code) =>
      code === 0 ? resolve(JSON.parse(said) as T) : reject(new Error(`${args.join(" ")} ended with ${code}`)),
    );
  });
}

const savedRows = (table: string) => join(DATA, `rows-${table}.copy`);

/** The rows that the mirror holds, as COPY takes them. */
async function saveRows(database: pg.Pool): Promise<void> {
  const client = await database.connect();
  for (const table of TABLES) {
    const rows = client.query(copyStreams.to(`COPY ${table} TO STDOUT`));
    await pipeline(rows, createWriteStream(savedRows(table)));
  }
  client.release();
}

/** @returns seconds */
async function copyRows(database: pg.Pool): Promise<number> {
  await database.query(`TRUNCATE ${TABLES.join()}`);
  await database.query("CHECKPOINT");
  const client = await database.connect();
  const startedAt = performance.now();
  for (const table of TABLES) {
    const target = client.query(copyStreams.from(`COPY ${table} FROM STDIN`));
    await pipeline(createReadStream(savedRows(table), { highWaterMark: MEGABYTE }), target);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  client.release();
  return seconds;
}

async function countRows(database: pg.Pool): Promise<number> {
  const counts = TABLES.map((table) => `(SELECT count(*) FROM ${table})`).join(" + ");
  const { rows } = await database.query<{ count: string }>(`SELECT ${counts} AS count`);
  return Number(rows[0]!.count);
}

async function currentXact(database: pg.Pool): Promise<string> {
  const { rows } = await database.query<{ xid: string }>(
    "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid",
  );
  return rows[0]!.xid;
}

/** An update that left rows as they were would be none. */
async function assertWritten(database: pg.Pool, sinceXact: string): Promise<void> {
  const counts = TABLES.map((table) => `(SELECT count(*) FROM ${table} WHERE xmin::text::int8 < $1::int8)`);
  const { rows } = await database.query<{ left: string }>(`SELECT ${counts.join(" + ")} AS left`, [
    sinceXact,
  ]);
  const share = Number(rows[0]!.left) / (await countRows(database));
  if (share > UNCHANGED_SHARE_MAX)
    throw new Error(`${(share * 100).toFixed(1)} % of the rows were not updated`);
}

function installEngine(): void {
  if (existsSync(join(ENGINE, "node_modules"))) return;
  console.log("  installing the sync engine from npm that is measured against …");
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd: ENGINE,
    stdio: "inherit",
  });
}
