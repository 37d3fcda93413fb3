// A shop with a small store behind it, and the hand that steps its runs: what tests of runs have in common. Import it
// dynamically, after useDatabase().
import { pool } from "#app/db.server.ts";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { readRun } from "#app/sync/runs.ts";
import { stepRun } from "#app/sync/schedule.ts";
import { openStore } from "#tests/shopify/small-store.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Clock } from "#app/shopify/budget.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Run } from "#app/sync/runs.ts";
import type { StepContext } from "#app/sync/schedule.ts";
import type { SmallStore, StoredRecord } from "#tests/shopify/small-store.ts";

/** More steps than any run of a test takes. */
const STEPS_MAX = 200;

export interface TestShop {
  readonly id: number;
  readonly store: SmallStore;
  readonly client: Client;
  /** Time stands wherever it was put; a wait is over at once. */
  readonly clock: { now: Date };
  context(signal?: AbortSignal): StepContext;
  /** Steps until the run has ended or waits for nothing but a person. */
  finish(run: { id: bigint }): Promise<Run>;
  /** One step. */
  step(run: { id: bigint }, signal?: AbortSignal): Promise<Date | null>;
  read(run: { id: bigint }): Promise<Run>;
  state(resource: ResourceName): Promise<Record<string, unknown> | undefined>;
  errors(): Promise<{ code: string; record_key: string | null; detail: string; resolved_at: Date | null }[]>;
  close(): Promise<void>;
}

/** The real time, and all that was waited for since: a wait for Shopify's bucket is over at once. */
function impatientClock(): Clock {
  let skippedMs = 0;
  return {
    now: () => performance.now() + skippedMs,
    later: (callback, delayMs) => {
      const timer = setImmediate(() => {
        skippedMs += delayMs;
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}

let number = 0;

export async function openShop(data: Record<string, StoredRecord[]> = {}): Promise<TestShop> {
  const store = await openStore(data);
  const client = createClient({
    shop: store.domain,
    accessToken: "t",
    budget: createBudget(impatientClock()),
    fetch: store.fetch,
  });
  number += 1;
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    `shop-${number}.myshopify.com`,
  ]);
  const { id } = rows[0]!;
  const clock = { now: new Date() };
  const context = (signal = new AbortController().signal): StepContext => ({
    clientFor: async () => client,
    signal,
    now: () => clock.now,
  });
  const shop: TestShop = {
    id,
    store,
    client,
    clock,
    context,
    async step(run, signal) {
      return stepRun(run.id, context(signal));
    },
    async finish(run) {
      for (let count = 0; count < STEPS_MAX; count += 1) {
        const next = await shop.step(run);
        if (!next) return shop.read(run);
        if (next > clock.now) clock.now = next;
      }
      throw new Error(`the run did not end: ${JSON.stringify((await shop.read(run)).progress)}`);
    },
    async read(run) {
      return (await readRun(run.id))!;
    },
    async state(resource) {
      const found = await pool.query<Record<string, unknown>>(
        "SELECT * FROM sync_resources WHERE shop_id = $1 AND resource = $2",
        [id, resource],
      );
      return found.rows[0];
    },
    async errors() {
      const found = await pool.query<Awaited<ReturnType<TestShop["errors"]>>[number]>(
        "SELECT code, record_key, detail, resolved_at FROM sync_errors WHERE shop_id = $1 ORDER BY id",
        [id],
      );
      return found.rows;
    },
    close: () => store.close(),
  };
  return shop;
}

/** Rows of a mirror table, as text keys. */
export async function rowsIn(shopId: number, table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(`SELECT * FROM ${table} WHERE shop_id = $1`, [
    shopId,
  ]);
  return rows;
}
