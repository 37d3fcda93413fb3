// bench editions: 10,000 sales of one edition reach eight workers at once, each a process: numbers 1 … n, no gap, no
// double. Then the same sales are numbered anew, beside the loop that most apps have: one unit at a time, the highest
// number read under a lock, eight connections.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { ensureDatabase, startPostgres } from "#scripts/postgres.ts";
import { ROOT, freePort, migrate } from "#scripts/prepare.ts";
import type { WorkerOrder } from "./edition-worker.ts";
import { median, type Bench, type Goal } from "./figures.ts";

const ROUNDS = 5;
const SALES = 10_000;
const WORKERS = 8;
const DATA = join(ROOT, ".data/bench");

export const bench: Bench = async () => {
  mkdirSync(DATA, { recursive: true });
  const server = await startPostgres({
    dir: join(DATA, "postgres"),
    port: (await freePort(0))!,
    settings: ["shared_buffers=512MB", "max_wal_size=4GB"],
  });
  try {
    await ensureDatabase(server, "bench_editions");
    const databaseUrl = server.url("bench_editions");
    migrate(databaseUrl);
    const database = new pg.Pool({ connectionString: databaseUrl, max: WORKERS });
    // The server may stop before an idle connection is closed.
    database.on("error", () => {});
    try {
      return await measure(database, databaseUrl);
    } finally {
      await database.end();
    }
  } finally {
    await server.stop();
  }
};

async function measure(database: pg.Pool, databaseUrl: string) {
  const rates = { selling: [] as number[], numbering: [] as number[], loop: [] as number[] };
  const found = { numbers: 0, gaps: 0, doubles: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const shopId = await openShop(database);
    rates.selling.push(SALES / (await runWorkers(databaseUrl, shopId, true)));
    await judge(database, found);
    await database.query("TRUNCATE editions, edition_sizes, edition_units");
    rates.numbering.push(SALES / (await runWorkers(databaseUrl, shopId, false)));
    await judge(database, found);
    rates.loop.push(SALES / (await loop(database)));
  }
  const ratios = rates.numbering.map((rate, round) => rate / rates.loop[round]!);
  const count = (label: string, value: number, unit: string) => ({ label, value, unit });
  return {
    figures: [
      {
        label: "sales mirrored and numbered, 8 processes",
        value: median(rates.selling),
        unit: "sales/s",
        of: rates.selling,
      },
      {
        label: "sales numbered, 8 processes",
        value: median(rates.numbering),
        unit: "sales/s",
        of: rates.numbering,
      },
      {
        label: "loop: lock, max + 1, insert; 8 connections",
        value: median(rates.loop),
        unit: "sales/s",
        of: rates.loop,
      },
      { label: "ratio to the loop", value: median(ratios), unit: "×", of: ratios },
      count("numbers given", found.numbers, "numbers"),
      count("gaps", found.gaps, "numbers"),
      count("doubles", found.doubles, "numbers"),
    ],
    goals: [
      none("gaps", found.gaps),
      none("doubles", found.doubles),
      {
        label: "numbers given",
        wanted: `${2 * ROUNDS * SALES}`,
        isMet: found.numbers === 2 * ROUNDS * SALES,
      },
    ],
  };
}

function none(label: string, value: number): Goal {
  return { label, wanted: "none", isMet: value === 0 };
}

/** A shop that is synced completely, with one edition that holds all of the sales. */
async function openShop(database: pg.Pool): Promise<number> {
  await database.query(
    `TRUNCATE shops, orders, order_line_items, metafields, sync_resources, editions, edition_sizes, edition_units
     RESTART IDENTITY`,
  );
  const { rows } = await database.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('bench.myshopify.com') RETURNING id",
  );
  const shopId = rows[0]!.id;
  await database.query(
    `INSERT INTO sync_resources (shop_id, resource, read_at)
     SELECT $1, unnest('{orders,product_metafields,variant_metafields}'::text[]), now()`,
    [shopId],
  );
  await database.query(
    `INSERT INTO metafields (shop_id, id, gid, owner_type, owner_id, namespace, key, type, value, observed_at,
       origin_kind, applied_at)
     VALUES ($1, 1, 'gid', 'PRODUCT', 7001, 'custom', 'edition_size', 'number_integer', $2, now(), 'bulk', now())`,
    [shopId, String(SALES)],
  );
  return shopId;
}

/** @returns seconds that the slowest worker took, without its start. */
async function runWorkers(databaseUrl: string, shopId: number, isSelling: boolean): Promise<number> {
  const took = await Promise.all(
    Array.from({ length: WORKERS }, (_, worker) =>
      runWorker(databaseUrl, { shopId, worker, workers: WORKERS, sales: SALES, isSelling }),
    ),
  );
  return Math.max(...took) / 1_000;
}

function runWorker(databaseUrl: string, order: WorkerOrder): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["bench/edition-worker.ts", JSON.stringify(order)], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        NODE_ENV: "production",
        DATABASE_URL: databaseUrl,
        DATABASE_POOL_SIZE: "2",
        SHOPIFY_API_KEY: "bench-key",
        SHOPIFY_API_SECRET: "bench-secret",
        SHOPIFY_APP_URL: "http://127.0.0.1",
        LOG_LEVEL: "error",
      },
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("exit", (code) =>
      code === 0
        ? resolve((JSON.parse(said) as { ms: number }).ms)
        : reject(new Error(`a worker ended with ${code}`)),
    );
  });
}

/** Adds what is wrong with the numbers that were given to `found`. */
async function judge(
  database: pg.Pool,
  found: { numbers: number; gaps: number; doubles: number },
): Promise<void> {
  const { rows } = await database.query<{ numbers: number; gaps: number; doubles: number }>(
    `SELECT count(number)::int AS numbers, (count(number) - count(DISTINCT number))::int AS doubles,
       (coalesce(max(number), 0) - count(DISTINCT number))::int AS gaps
     FROM edition_units`,
  );
  for (const key of ["numbers", "gaps", "doubles"] as const) found[key] += rows[0]![key];
}

/** @returns seconds */
async function loop(database: pg.Pool): Promise<number> {
  await database.query("DROP TABLE IF EXISTS bench_units");
  await database.query(
    "CREATE TABLE bench_units (edition int, number int, line int8, UNIQUE (edition, number), UNIQUE (edition, line))",
  );
  const { rows } = await database.query<{ id: string }>("SELECT id FROM editions LIMIT 1");
  const edition = rows[0]!.id;
  const startedAt = performance.now();
  let sale = 0;
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      const client = await database.connect();
      while (sale < SALES) {
        const mine = (sale += 1);
        await client.query("BEGIN");
        await client.query("SELECT FROM editions WHERE id = $1 FOR UPDATE", [edition]);
        const highest = await client.query<{ number: number }>(
          "SELECT coalesce(max(number), 0) AS number FROM bench_units WHERE edition = 1",
        );
        await client.query("INSERT INTO bench_units VALUES (1, $1, $2)", [highest.rows[0]!.number + 1, mine]);
        await client.query("COMMIT");
      }
      client.release();
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}
