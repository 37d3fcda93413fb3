// One catch-up run over all of a store's orders, as a worker takes its steps; tells in one line of JSON what it took.
import { inTransaction, pool } from "#app/db.server.ts";
import { createRun, readRun } from "#app/sync/runs.ts";
import { stepRun } from "#app/sync/schedule.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { sessionStorage } from "#app/shops/sessions.server.ts";
import { Session } from "@shopify/shopify-api";
import { processorMs, serverPid } from "./processor.ts";
import type { Run } from "#app/sync/runs.ts";

export interface CatchUpReport {
  readonly seconds: number;
  readonly orders: number;
  readonly state: string;
  /** Points charged, and the bucket that they were taken from. */
  readonly cost: number;
  readonly throttled: number;
  readonly maximum: number;
  readonly rate: number;
  /** Milliseconds of processor time that each process took meanwhile. */
  readonly processor: Readonly<Record<"store" | "app" | "PostgreSQL", number>>;
}

/** An answer that refuses is short; those that say that they are longer are not looked into. */
const REFUSAL_BYTES_MAX = 2_000;
const [shop, storePid] = process.argv.slice(2) as [string, string];

let throttled = 0;
const send = globalThis.fetch;
globalThis.fetch = async (...call) => {
  const response = await send(...call);
  const bytes = Number(response.headers.get("content-length") ?? 0);
  if (bytes < REFUSAL_BYTES_MAX && (await response.clone().text()).includes('"THROTTLED"')) throttled += 1;
  return response;
};

const shopId = await install();
const run = await begin(shopId);
const { rows: settings } = await pool.query<{ data_directory: string }>("SHOW data_directory");
const postgres = serverPid(settings[0]!.data_directory);
const before = processor();
const begun = performance.now();
let next = await stepRun(run.id, context());
while (next) {
  const waitMs = next.getTime() - Date.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  next = await stepRun(run.id, context());
}
const seconds = (performance.now() - begun) / 1_000;
const after = processor();
const { done, cost, state } = (await readRun(run.id))!;
const { rows } = await pool.query<{ maximum: number; rate: number }>(
  "SELECT maximum, rate FROM sync_budgets WHERE shop_id = $1",
  [shopId],
);
const taken = {
  store: after.store - before.store,
  app: after.app - before.app,
  PostgreSQL: after.PostgreSQL - before.PostgreSQL,
};
const report: CatchUpReport = {
  ...{ seconds, orders: done, state, cost, throttled, ...rows[0]!, processor: taken },
};
console.log(JSON.stringify(report));
await pool.end();

function processor() {
  return {
    store: processorMs(Number(storePid)),
    app: processorMs(process.pid),
    PostgreSQL: processorMs(postgres, true),
  };
}

function context() {
  return { clientFor, signal: new AbortController().signal, now: () => new Date() };
}

async function begin(id: number): Promise<Run> {
  const request = { mode: "since", since: "2000-01-01T00:00:00.000Z" } as const;
  const wanted = { resource: "orders", kind: "catch_up", request, startedBy: "bench" } as const;
  return (await inTransaction((client) => createRun(client, id, wanted, new Date()))).run;
}

/** As after an installation, but for its backfills: a token, and the shop anew. */
async function install(): Promise<number> {
  const { token } = (await (
    await fetch(`${process.env.SANDBOX_URL!}/_sandbox/app/counterfoil/session-token`)
  ).json()) as { token: string };
  const response = await fetch(`https://${shop}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_id: process.env.SHOPIFY_API_KEY,
      client_secret: process.env.SHOPIFY_API_SECRET,
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
      expiring: "1",
    }),
  });
  const grant = (await response.json()) as {
    access_token: string;
    refresh_token: string;
    scope: string;
    expires_in: number;
  };
  await pool.query("DELETE FROM shops WHERE domain = $1", [shop]);
  await sessionStorage.storeSession(
    new Session({
      id: `offline_${shop}`,
      shop,
      state: "",
      isOnline: false,
      scope: grant.scope,
      accessToken: grant.access_token,
      refreshToken: grant.refresh_token,
      expires: new Date(Date.now() + grant.expires_in * 1_000),
    }),
  );
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    shop,
  ]);
  return rows[0]!.id;
}
