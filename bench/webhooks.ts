// bench webhooks: how many deliveries a second the door takes in, authentic and durable, over real HTTP; beside a bare
// node:http server that checks the signature and inserts one row, and beside the handler that Shopify's template leads
// people to write. The three take turns, so that a drift of the machine's speed meets them all.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { ensureDatabase, startPostgres } from "#scripts/postgres.ts";
import { ROOT, ensureBuild, freePort, migrate } from "#scripts/prepare.ts";
import { atLeast, median, percentile, under, type Bench } from "./figures.ts";
import type { LoadOrder, LoadReport } from "./load.ts";
import { orderBodies } from "./order-bodies.ts";
import { startProcess, stopProcess } from "./processes.ts";
import { API_KEY, API_SECRET, DATA } from "./stack.ts";

const ROUNDS = 5;
const SECONDS = 5;
const CONNECTIONS = 50;
const SHOP = "bench.myshopify.com";

interface Target {
  name: "counterfoil" | "bare" | "template";
  script: readonly string[];
  path: string;
}

const TARGETS: readonly Target[] = [
  { name: "bare", script: ["bench/peers/bare-server.ts"], path: "/" },
  { name: "counterfoil", script: ["server/web.ts"], path: "/webhooks" },
  { name: "template", script: ["bench/peers/template-server.ts"], path: "/" },
];

export const bench: Bench = async () => {
  mkdirSync(DATA, { recursive: true });
  ensureBuild(console.log);
  const server = await startPostgres({
    dir: join(DATA, "postgres"),
    port: (await freePort(0))!,
    settings: ["shared_buffers=512MB", "max_wal_size=4GB"],
  });
  try {
    await ensureDatabase(server, "bench_webhooks");
    const databaseUrl = server.url("bench_webhooks");
    migrate(databaseUrl);
    await seed(databaseUrl);
    const bodiesFile = join(DATA, "bodies.json");
    writeFileSync(bodiesFile, JSON.stringify(orderBodies(200)));
    return await measure(databaseUrl, bodiesFile);
  } finally {
    await server.stop();
  }
};

async function measure(databaseUrl: string, bodiesFile: string) {
  const rates: Record<Target["name"], number[]> = { counterfoil: [], bare: [], template: [] };
  const running = await Promise.all(TARGETS.map((target) => startTarget(target, databaseUrl)));
  const shoot = (url: string, rate: number | null) =>
    runLoad({
      url,
      connections: CONNECTIONS,
      seconds: SECONDS,
      rate,
      secret: API_SECRET,
      shop: SHOP,
      topic: "orders/updated",
      bodiesFile,
    });
  try {
    for (const { url } of running) await shoot(url, null);
    for (let round = 0; round < ROUNDS; round++) {
      for (const { target, url } of running) {
        const { answered2xx, answeredOther, seconds } = await shoot(url, null);
        if (answeredOther > 0)
          throw new Error(`${target.name} answered ${answeredOther} requests with something else than 2xx`);
        rates[target.name].push(answered2xx / seconds);
      }
    }
    const ours = running.find(({ target }) => target.name === "counterfoil")!;
    const rate = median(rates.counterfoil);
    const calm: LoadReport[] = [];
    while (calm.length < ROUNDS) calm.push(await shoot(ours.url, rate / 2));
    return resultOf(rates, calm, await countDeliveries(databaseUrl));
  } finally {
    await Promise.all(running.map(({ child }) => stopProcess(child)));
  }
}

function resultOf(rates: Record<Target["name"], number[]>, calm: readonly LoadReport[], stored: number) {
  const toBare = rates.counterfoil.map((rate, round) => rate / rates.bare[round]!);
  const toTemplate = rates.counterfoil.map((rate, round) => rate / rates.template[round]!);
  const quantile = (share: number) => calm.map(({ latenciesMs }) => percentile(latenciesMs, share));
  const [p50, p99] = [quantile(0.5), quantile(0.99)];
  return {
    figures: [
      {
        label: "Counterfoil's door",
        value: median(rates.counterfoil),
        unit: "deliveries/s",
        of: rates.counterfoil,
      },
      {
        label: "bare node:http + HMAC + one INSERT",
        value: median(rates.bare),
        unit: "deliveries/s",
        of: rates.bare,
      },
      {
        label: "template's handler: authenticate.webhook + upsert",
        value: median(rates.template),
        unit: "deliveries/s",
        of: rates.template,
      },
      { label: "ratio to the bare server", value: median(toBare), unit: "×", of: toBare },
      { label: "ratio to the template's handler", value: median(toTemplate), unit: "×", of: toTemplate },
      { label: "answer at half of the sustained rate, p50", value: median(p50), unit: "ms", of: p50 },
      { label: "answer at half of the sustained rate, p99", value: median(p99), unit: "ms", of: p99 },
      { label: "deliveries stored", value: stored, unit: "rows" },
    ],
    goals: [
      atLeast("ratio to the bare server", median(toBare), 0.8),
      atLeast("ratio to the template's handler", median(toTemplate), 3.5),
      under("p99 of the answer at half rate", median(p99), 100, "ms"),
    ],
  };
}

async function startTarget(
  target: Target,
  databaseUrl: string,
): Promise<{ target: Target; url: string; child: ChildProcess }> {
  const port = (await freePort(0))!;
  const child = await startProcess(
    target.script,
    {
      ...{ HOST: "127.0.0.1", PORT: String(port), SHOPIFY_APP_URL: `http://127.0.0.1:${port}` },
      ...{
        DATABASE_URL: databaseUrl,
        SHOPIFY_API_KEY: API_KEY,
        SHOPIFY_API_SECRET: API_SECRET,
        WORKER: "off",
      },
    },
    '"listening"',
  );
  return { target, url: `http://127.0.0.1:${port}${target.path}`, child };
}

function runLoad(order: LoadOrder): Promise<LoadReport> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["bench/load.ts", JSON.stringify(order)], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("exit", (code) =>
      code === 0 ? resolve(JSON.parse(said) as LoadReport) : reject(new Error(`load ended with ${code}`)),
    );
  });
}

/** The shop and its session, as they stand after an install; the template's library looks the session up. */
async function seed(databaseUrl: string): Promise<void> {
  await onDatabase(databaseUrl, async (client) => {
    await client.query("TRUNCATE sync_deliveries, orders, sessions, shops RESTART IDENTITY");
    await client.query("DROP TABLE IF EXISTS bare_inbox");
    await client.query("INSERT INTO shops (domain) VALUES ($1)", [SHOP]);
    await client.query(
      "INSERT INTO sessions (id, shop, state, access_token, scope) VALUES ($1, $2, '', 'token', 'read_orders')",
      [`offline_${SHOP}`, SHOP],
    );
  });
}

async function countDeliveries(databaseUrl: string): Promise<number> {
  return onDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM sync_deliveries");
    return Number(rows[0]!.count);
  });
}

async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
