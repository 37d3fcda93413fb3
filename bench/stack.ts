// The whole product for benchmarks that need it: PostgreSQL, the sandbox store in this process, and Counterfoil's web
// server as a process of its own, installed into the store and with its first backfill done.
import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { startSandbox, type Sandbox, type SandboxOptions } from "#sandbox/sandbox.ts";
import { ensureDatabase, startPostgres, type LocalPostgres } from "#scripts/postgres.ts";
import { ROOT, ensureBuild, freePort, migrate, scopesWithAllOrders } from "#scripts/prepare.ts";
import { startProcess, stopProcess, until, wait } from "./processes.ts";
import { processorMs, serverPid } from "./processor.ts";

export const DATA = join(ROOT, ".data/bench");
export const API_KEY = "bench-key";
export const API_SECRET = "bench-secret";
const USER_AGENT = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";
const BACKFILL_MS_MAX = 180_000;
const RESTARTS_MAX = 20;

export interface Stack {
  readonly sandbox: Sandbox;
  readonly database: pg.Pool;
  readonly databaseUrl: string;
  readonly appUrl: string;
  /** Ends PostgreSQL as a power cut does, and starts it again on the same data and port. */
  crashDatabase(): Promise<void>;
  /** Milliseconds of processor time that each part has taken so far. The store is in the benchmark's own process. */
  processor(): Readonly<Record<"store" | "app" | "PostgreSQL", number>>;
  /** The web server, to see whether it lives. */
  readonly web: ChildProcess;
  /** What a process of the app needs to join in. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `worker`: where the web server's worker runs. `settings`: further ones of PostgreSQL, as `name=value`. */
export async function startStack(
  name: string,
  options: Partial<SandboxOptions>,
  worker: "inline" | "off" = "inline",
  settings: readonly string[] = [],
): Promise<Stack> {
  mkdirSync(DATA, { recursive: true });
  ensureBuild(console.log);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const { url: databaseUrl, crash, pid } = await startDatabase(name, stops, settings);
    const appPort = (await freePort(0))!;
    const appUrl = `http://127.0.0.1:${appPort}`;
    const sandbox = await startSandbox({
      ...{ port: 0, proxyPort: 0, appUrl, appToml: join(ROOT, "shopify.app.toml") },
      ...{
        apiKey: API_KEY,
        apiSecret: API_SECRET,
        shop: "bench.myshopify.com",
        scopes: scopesWithAllOrders(),
      },
      ...options,
    });
    stops.push(() => sandbox.stop());
    const env = {
      ...{ HOST: "127.0.0.1", PORT: String(appPort), DATABASE_URL: databaseUrl, WORKER: worker },
      ...{ SANDBOX_URL: sandbox.urls.sandbox, SHOPIFY_APP_URL: sandbox.urls.proxy },
      ...{ SHOPIFY_API_KEY: API_KEY, SHOPIFY_API_SECRET: API_SECRET },
    };
    const web = await startApp(env);
    stops.push(() => stopProcess(web));
    const database = new pg.Pool({ connectionString: databaseUrl, max: 3 });
    database.on("error", () => {});
    stops.push(() => database.end());
    await install(appUrl, sandbox);
    const processor = () => ({
      store: processorMs(process.pid),
      app: processorMs(web.pid!),
      PostgreSQL: processorMs(pid(), true),
    });
    return { sandbox, database, databaseUrl, appUrl, env, web, crashDatabase: crash, processor, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A database of its own, empty. PostgreSQL notes when each transaction was committed, which is what is measured. */
async function startDatabase(name: string, stops: (() => Promise<unknown>)[], further: readonly string[]) {
  const options = {
    dir: join(DATA, "postgres"),
    port: (await freePort(0))!,
    settings: ["shared_buffers=256MB", "max_wal_size=4GB", "track_commit_timestamp=on", ...further],
  };
  let server = await startPostgres(options);
  stops.push(() => server.stop());
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${admin.escapeIdentifier(`bench_${name}`)} WITH (FORCE)`);
  const { rows } = await admin.query<{ data_directory: string }>("SHOW data_directory");
  await admin.end();
  await ensureDatabase(server, `bench_${name}`);
  migrate(server.url(`bench_${name}`));
  const pid = () => serverPid(rows[0]!.data_directory);
  return {
    url: server.url(`bench_${name}`),
    pid,
    async crash() {
      process.kill(pid(), "SIGKILL");
      server = await restart(options);
    },
  };
}

/** The dead server's own processes notice its end within a moment; until then they hold its shared memory. */
async function restart(options: Parameters<typeof startPostgres>[0]): Promise<LocalPostgres> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startPostgres(options);
    } catch (error) {
      if (attempt === RESTARTS_MAX) throw error;
      await wait(200);
    }
  }
}

export function startApp(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  return startProcess(["--import", "./sandbox/redirect.ts", "server/web.ts"], env, '"listening"');
}

/** `onSpawn` is told of the process before it is ready. */
export function startWorker(
  env: Readonly<Record<string, string>>,
  onSpawn?: (child: ChildProcess) => void,
): Promise<ChildProcess> {
  return startProcess(["--import", "./sandbox/redirect.ts", "server/worker.ts"], env, '"working"', onSpawn);
}

/** Opens the app as a merchant's browser does for the first time. */
async function install(appUrl: string, sandbox: Sandbox): Promise<void> {
  const address = `${sandbox.urls.sandbox}/_sandbox/app/${sandbox.app.handle}/session-token`;
  const { token } = (await (await fetch(address)).json()) as { token: string };
  const query = new URLSearchParams({
    shop: sandbox.store.shop.domain,
    host: Buffer.from(`admin.shopify.com/store/${sandbox.store.shop.domain.split(".")[0]}`).toString(
      "base64url",
    ),
    embedded: "1",
    id_token: token,
  });
  const page = await fetch(`${appUrl}/app?${query.toString()}`, { headers: { "user-agent": USER_AGENT } });
  if (!page.ok) throw new Error(`the app's page was answered ${page.status}: ${await page.text()}`);
  await page.text();
}

/** Resolves when the first backfill has ended and nothing is left to confirm or to settle. */
export async function untilCalm(database: pg.Pool): Promise<void> {
  await until("every run ended and the inbox is empty", BACKFILL_MS_MAX, async () => {
    const { rows } = await database.query<{ left: number; runs: number }>(
      `SELECT (SELECT count(*)::int FROM sync_runs) AS runs,
              (SELECT count(*)::int FROM sync_runs WHERE state IN ('queued', 'running'))
              + (SELECT count(*)::int FROM sync_confirmations)
              + (SELECT count(*)::int FROM sync_deliveries WHERE state = 'received') AS left`,
    );
    return rows[0]!.runs > 0 && rows[0]!.left === 0;
  });
}
