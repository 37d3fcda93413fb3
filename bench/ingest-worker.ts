// One backfill's file from its URL into the mirror, as a worker takes a run's steps: download, then apply. What follows
// them in life, the lines inside refunds and fulfillments, is fetched from the API and no part of this. A process of its
// own, so that its memory can be told.
//   node bench/ingest-worker.ts '{"url":"http://…","lines":84550,"orders":20000,"isEmpty":true}'     (DATABASE_URL)
import { inTransaction, pool } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import { applyStaged, downloadFile } from "#app/sync/backfill-bulk.ts";
import { clearStaged } from "#app/sync/ingest-staging.ts";
import { createRun, endRun, readRun } from "#app/sync/runs.ts";
import { STEP_MS_MAX } from "#app/sync/runs-step.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Run } from "#app/sync/runs.ts";
import type { Step } from "#app/sync/runs-step.ts";

export interface IngestOrder {
  readonly url: string;
  readonly lines: number;
  readonly orders: number;
  /** False: what the mirror holds stays, and is written over. */
  readonly isEmpty: boolean;
}

export interface IngestReport {
  readonly seconds: number;
  readonly downloadSeconds: number;
  /** Of processor time, all threads, and of that while downloading. */
  readonly cpuMs: number;
  readonly downloadCpuMs: number;
  /** Most memory that the process ever held, bytes. */
  readonly rssMax: number;
  readonly state: string;
}

const wanted = JSON.parse(process.argv[2] ?? "null") as IngestOrder;
const shopId = await openShop(wanted.isEmpty);
let run = await beginRun(shopId);
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const cpuMs = () => {
  const { user, system } = process.cpuUsage(cpuBefore);
  return (user + system) / 1_000;
};
while (run.progress.phase === "downloading") run = (await downloadFile(run, step())).run;
const downloadedAt = performance.now();
const downloadCpuMs = cpuMs();
while (run.progress.phase === "applying") run = (await applyStaged(run, step())).run;
const seconds = (performance.now() - startedAt) / 1_000;
const wholeCpuMs = cpuMs();
const { lines, malformed } = run.progress;
if (run.done !== wanted.orders || run.rejected > 0 || lines !== wanted.lines || malformed !== 0) {
  throw new Error(`the run came to ${JSON.stringify({ ...run, id: String(run.id) })}`);
}
await inTransaction(async (client) => {
  await clearStaged(client, run);
  await endRun(client, run, { state: "incomplete", code: "BENCH" }, new Date());
});
const report: IngestReport = {
  seconds,
  downloadSeconds: (downloadedAt - startedAt) / 1_000,
  cpuMs: wholeCpuMs,
  downloadCpuMs,
  rssMax: process.resourceUsage().maxRSS * 1_024,
  state: run.progress.phase,
};
console.log(JSON.stringify(report));
await pool.end();

function step(): Step {
  return {
    client: { fetch } as unknown as Client,
    resource: resourceOf("orders"),
    signal: new AbortController().signal,
    until: new Date(Date.now() + STEP_MS_MAX),
    now: () => new Date(),
  };
}

async function openShop(isEmpty: boolean): Promise<number> {
  if (isEmpty) {
    const { model, childModels } = resourceOf("orders");
    const { rows } = await pool.query<{ names: string }>(
      "SELECT string_agg(relname, ', ') AS names FROM pg_class WHERE relkind = 'r' AND relname ~ '^order'",
    );
    if (childModels.length + 1 > rows[0]!.names.split(", ").length)
      throw new Error(`not all tables of ${model}`);
    await pool.query(`TRUNCATE ${rows[0]!.names}`);
  }
  await pool.query("INSERT INTO shops (domain) VALUES ('bench.myshopify.com') ON CONFLICT DO NOTHING");
  const { rows } = await pool.query<{ id: number }>(
    "SELECT id FROM shops WHERE domain = 'bench.myshopify.com'",
  );
  await pool.query("CHECKPOINT");
  return rows[0]!.id;
}

/** A run whose operation has just ended. */
async function beginRun(id: number): Promise<Run> {
  const wish = {
    resource: "orders",
    kind: "backfill",
    request: { mode: "full" },
    startedBy: "bench",
  } as const;
  const { run: created } = await inTransaction((client) => createRun(client, id, wish, new Date()));
  const bulk = {
    ...{ id: "gid://shopify/BulkOperation/1", createdAt: new Date().toISOString(), url: wanted.url },
    ...{ objectCount: wanted.lines, rootObjectCount: wanted.orders, errorCode: null },
  };
  const progress = { phase: "downloading", step: 0, offset: 0, lines: 0, bulk };
  await pool.query(
    "UPDATE sync_runs SET state = 'running', started_at = now(), progress = $2 WHERE id = $1",
    [String(created.id), JSON.stringify(progress)],
  );
  return (await readRun(created.id))!;
}
