// `npm start`: a whole Shopify store with Counterfoil in it on this machine. Starts PostgreSQL, the store, the web
// server and the worker in order, prints one URL, and on Ctrl-C stops them in the opposite order.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { claim, release } from "./lock.ts";
import { HELP, parseOptions } from "./options.ts";
import { dropDatabase, ensureDatabase, startPostgres } from "./postgres.ts";
import { ROOT, ensureBuild, freePort, migrate, scopesWithAllOrders } from "./prepare.ts";
import { startChild, stopChildren } from "./children.ts";

const options = parseOptions(process.argv.slice(2));
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const say = (line: string) => console.log(line);
const stops: (() => Promise<unknown>)[] = [];
let stopping: Promise<never> | null = null;

/** However often and from wherever it is called, everything is stopped once, newest first, before the process ends. */
function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    for (const each of stops.reverse()) await each().catch((error: unknown) => console.error(error));
    process.exit(code);
  })();
  return stopping;
}

process.on("SIGINT", () => {
  say("\nStopping …");
  void stop(0);
});
process.on("SIGTERM", () => void stop(0));
process.on("SIGHUP", () => void stop(0));

try {
  await start();
} catch (error) {
  // A child that ends because everything is being stopped is no news.
  if (!stopping) console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

async function start(): Promise<void> {
  mkdirSync(options.data, { recursive: true });
  claim(options.data);
  stops.push(async () => release(options.data));
  ensureBuild(say);
  const ports = await choosePorts();

  // An empty variable is how shells say "unset".
  const databaseUrl = process.env.DATABASE_URL || (await startEmbeddedDatabase(ports.database));
  say("Bringing the database up to date …");
  migrate(databaseUrl);

  const app = `http://127.0.0.1:${ports.app}`;
  stops.push(stopChildren);
  say("Opening the store …");
  const store = await startChild(
    "store",
    ["sandbox/main.ts", ...storeArguments(ports, app)],
    { NODE_ENV: "production" },
    untilReady,
    onChildExit,
  );
  const env = {
    DATABASE_URL: databaseUrl,
    SHOPIFY_API_KEY: options.apiKey,
    SHOPIFY_API_SECRET: options.apiSecret,
    SHOPIFY_APP_URL: `http://localhost:${ports.proxy}`,
    SANDBOX_URL: `http://127.0.0.1:${ports.store}`,
    PORT: String(ports.app),
    HOST: "127.0.0.1",
    NODE_ENV: "production",
    LOG_LEVEL: process.env.LOG_LEVEL ?? "warn",
  };
  say("Starting Counterfoil …");
  await startChild(
    "counterfoil",
    ["--import", "./sandbox/redirect.ts", "server/web.ts"],
    env,
    untilListening,
    onChildExit,
  );

  const { admin } = store as { admin?: string };
  say(
    `\nOpen  ${admin}\n\nA Shopify admin with Counterfoil in its sidebar. Ctrl-C stops everything; the data stays in ${options.data}.`,
  );
  if (!process.env.DATABASE_URL) say(`The mirror: psql ${databaseUrl}`);
}

interface Ports {
  store: number;
  proxy: number;
  app: number;
  database: number;
}

/** Ports that were asked for must be free; the defaults make room for whatever already runs here. */
async function choosePorts(): Promise<Ports> {
  const taken = new Set<number>();
  const choose = async (asked: number | undefined, preferred: number, what: string) => {
    if (asked !== undefined && (await freePort(asked)) === null) {
      throw new Error(`Port ${asked} for ${what} is taken. Choose another one, or leave the option out.`);
    }
    for (let port = asked ?? preferred; ; port++) {
      if (taken.has(port) || (await freePort(port)) === null) continue;
      taken.add(port);
      return port;
    }
  };
  return {
    store: await choose(options.port, 4000, "the store"),
    proxy: await choose(options.proxyPort, 4001, "the app's public address"),
    app: await choose(options.appPort, 4002, "the app"),
    database: await choose(options.databasePort, 4003, "PostgreSQL"),
  };
}

async function startEmbeddedDatabase(port: number): Promise<string> {
  say("Starting PostgreSQL …");
  const server = await startPostgres({ dir: join(options.data, "postgres"), port, say });
  stops.push(() => server.stop());
  // The mirror of a store that begins anew would hold what that store never had.
  if (options.reset) await dropDatabase(server, "counterfoil");
  await ensureDatabase(server, "counterfoil");
  return server.url("counterfoil");
}

function storeArguments(ports: Ports, app: string): string[] {
  const named: Record<string, string | undefined> = {
    port: String(ports.store),
    "proxy-port": String(ports.proxy),
    "app-url": app,
    "app-toml": join(ROOT, "shopify.app.toml"),
    "api-key": options.apiKey,
    "api-secret": options.apiSecret,
    data: join(options.data, "store"),
    seed: options.seed,
    orders: options.orders,
    products: options.products,
    traffic: options.traffic,
    plan: options.plan,
    chaos: options.chaos,
    scopes: options.recentOnly ? undefined : scopesWithAllOrders().join(","),
  };
  const pairs = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return options.reset ? [...pairs, "--reset"] : pairs;
}

function untilReady(line: string): Record<string, string> | null {
  return eventOf(line, "ready");
}

function untilListening(line: string): Record<string, string> | null {
  return eventOf(line, "listening");
}

function eventOf(line: string, event: string): Record<string, string> | null {
  if (!line.startsWith("{")) return null;
  try {
    const said = JSON.parse(line) as Record<string, string>;
    return said.event === event ? said : null;
  } catch {
    return null;
  }
}

function onChildExit(name: string, code: number | null): void {
  if (stopping) return;
  console.error(`${name} ended unexpectedly (${code ?? "killed"}); everything is stopped.`);
  void stop(1);
}
