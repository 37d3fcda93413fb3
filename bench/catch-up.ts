// bench catch-up: so many changed orders through the API's bucket of each plan, in real time: how long one catch-up run
// takes, over the time that its points need to flow in (cost ÷ restore rate). The bucket is full at the start; what that
// saves is taken off in a figure of its own, which says how well the flow is used where the flow is what one waits for.
// Each plan is one run, the smallest taking ten minutes. BENCH_ORDERS and BENCH_PLANS ask for less. Every answer comes
// BENCH_SLOW_MS later than the sandbox has it, as from a store that is far away and busy.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { ensureDatabase, startPostgres } from "#scripts/postgres.ts";
import { ROOT, freePort, migrate, scopesWithAllOrders } from "#scripts/prepare.ts";
import { atMost, type Bench, type Figure, type Goal } from "./figures.ts";
import type { CatchUpReport } from "./catch-up-worker.ts";

const ORDERS = Number(process.env.BENCH_ORDERS ?? 20_000);
const PLANS = (process.env.BENCH_PLANS ?? "enterprise,plus,advanced,standard").split(",");
const SLOW_MS = Number(process.env.BENCH_SLOW_MS ?? 300);
const DATA = join(ROOT, ".data/bench");
const RATIO_MAX = 1.05;

export const bench: Bench = async () => {
  mkdirSync(DATA, { recursive: true });
  const server = await startPostgres({
    dir: join(DATA, "postgres-catch-up"),
    port: (await freePort(0))!,
    settings: ["shared_buffers=512MB", "max_wal_size=4GB"],
  });
  const figures: Figure[] = [];
  const goals: Goal[] = [];
  try {
    await ensureDatabase(server, "bench_catch_up");
    migrate(server.url("bench_catch_up"));
    for (const plan of PLANS) {
      const report = await runPlan(plan, server.url("bench_catch_up"));
      const { seconds, cost, throttled, orders, maximum, rate, state } = report;
      if (state !== "verified" || orders < ORDERS) throw new Error(`${plan}: ${state} with ${orders} orders`);
      const ratio = seconds / (cost / rate);
      const flowed = cost - maximum;
      figures.push(
        { label: `${plan}: ${orders} orders`, value: seconds, unit: "s" },
        { label: `${plan}: points spent`, value: cost, unit: "points" },
        { label: `${plan}: time over ideal time`, value: ratio, unit: "×" },
        ...(flowed > maximum
          ? [{ label: `${plan}: without the first filling`, value: seconds / (flowed / rate), unit: "×" }]
          : []),
        { label: `${plan}: THROTTLED`, value: throttled, unit: "answers" },
        ...Object.entries(report.processor).map(([process, ms]): Figure => {
          return {
            label: `${plan}: processor time of ${process} for an order`,
            value: ms / orders,
            unit: "ms",
          };
        }),
      );
      goals.push(atMost(`${plan}: time over ideal time`, ratio, RATIO_MAX));
      goals.push(atMost(`${plan}: THROTTLED`, throttled, 0));
    }
    return { figures, goals };
  } finally {
    await server.stop();
  }
};

async function runPlan(plan: string, databaseUrl: string): Promise<CatchUpReport> {
  const shop = `bench-${plan}.myshopify.com`;
  const port = (await freePort(0))!;
  const sandbox = start(
    ["sandbox/main.ts", "--port", String(port), "--proxy-port", "0", "--shop", shop, "--plan", plan].concat([
      "--orders",
      String(ORDERS),
      "--products",
      "300",
      "--scopes",
      scopesWithAllOrders().join(","),
    ]),
    {},
  );
  try {
    await said(sandbox);
    const url = `http://127.0.0.1:${port}`;
    await turn(url, { apiSlowMs: SLOW_MS });
    const worker = start(
      ["--import", "./sandbox/redirect.ts", "bench/catch-up-worker.ts", shop, String(sandbox.pid)],
      {
        SANDBOX_URL: url,
        DATABASE_URL: databaseUrl,
        SHOPIFY_API_KEY: "sandbox-api-key",
        SHOPIFY_API_SECRET: "sandbox-api-secret",
        SHOPIFY_APP_URL: "http://127.0.0.1:3000",
        LOG_LEVEL: "warn",
      },
    );
    return JSON.parse(await said(worker)) as CatchUpReport;
  } finally {
    sandbox.kill("SIGTERM");
  }
}

async function turn(url: string, dials: Record<string, number>): Promise<void> {
  const body = JSON.stringify(dials);
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/_sandbox/dials`, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`the dials: ${response.status} ${await response.text()}`);
}

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
}

/** The first line that is JSON. */
function said(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line.startsWith("{")) resolve(line);
    });
    child.once("exit", (code) => reject(new Error(`a process ended with ${code}`)));
  });
}
