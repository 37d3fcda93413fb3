// A store of its own for the pictures, with everything that can be taken away from it: the worker runs in a process that
// is started when the pictures of an empty mirror are taken, and a door stands before PostgreSQL that can be shut.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { startSandbox, type Sandbox } from "../../sandbox/sandbox.ts";
import { openDoor } from "../door.ts";
import { ensureDatabase, startPostgres } from "../postgres.ts";
import { ROOT, ensureBuild, freePort, migrate, scopesWithAllOrders } from "../prepare.ts";

const API_KEY = "sandbox-api-key";
const API_SECRET = "sandbox-api-secret";

export interface Stage {
  readonly sandbox: Sandbox;
  /** Past the door: works while the app's database is away. */
  readonly mirror: pg.Pool;
  startWorker(): Promise<void>;
  /** The app's connections break, and new ones are refused, until it is opened. */
  shutDatabase(): void;
  openDatabase(): void;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  ensureBuild(console.log);
  mkdirSync(join(ROOT, ".data"), { recursive: true });
  const data = mkdtempSync(join(ROOT, ".data/screenshots-"));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(data, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const server = await startPostgres({ dir: join(data, "postgres"), port: (await freePort(0))! });
    stops.push(() => server.stop());
    await ensureDatabase(server, "counterfoil");
    migrate(server.url("counterfoil"));
    const mirror = new pg.Pool({ connectionString: server.url("counterfoil"), max: 3 });
    stops.push(() => mirror.end());
    const door = await openDoor(server.url("counterfoil"));
    stops.push(() => door.close());
    const appPort = (await freePort(0))!;
    const sandbox = await startSandbox({
      ...{ port: 0, proxyPort: 0, apiKey: API_KEY, apiSecret: API_SECRET, plan: "plus" },
      ...{ appUrl: `http://127.0.0.1:${appPort}`, appToml: join(ROOT, "shopify.app.toml") },
      ...{ scopes: scopesWithAllOrders(), orders: 1_200, products: 180 },
    });
    stops.push(() => sandbox.stop());
    const env = {
      ...{ HOST: "127.0.0.1", PORT: String(appPort), DATABASE_URL: door.url, LOG_LEVEL: "silent" },
      ...{ SANDBOX_URL: sandbox.urls.sandbox, SHOPIFY_APP_URL: sandbox.urls.proxy, WORKER: "off" },
      ...{ SHOPIFY_API_KEY: API_KEY, SHOPIFY_API_SECRET: API_SECRET, NODE_ENV: "production" },
    };
    const start = async (entry: string, said: string) => {
      const child = await startProcess(entry, env, said);
      stops.push(() => stopProcess(child));
    };
    await start("server/web.ts", '"listening"');
    return {
      ...{ sandbox, mirror, stop },
      startWorker: () => start("server/worker.ts", '"working"'),
      shutDatabase: () => door.shut(),
      openDatabase: () => door.open(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startProcess(
  entry: string,
  env: Readonly<Record<string, string>>,
  said: string,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "./sandbox/redirect.ts", entry], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, ...env },
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => line.includes(said) && resolve());
    child.once("exit", (code) => reject(new Error(`${entry} ended with ${code}`)));
  });
  return child;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}
