// A shop whose store is the sandbox's, asked in this process: for tests that need Shopify's searches, sorts and counts to
// be real ones, and time to stand where they put it. Import it dynamically, after useDatabase().
import { pool } from "#app/db.server.ts";
import { scopes } from "#app/resources/index.ts";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { readRun } from "#app/sync/runs.ts";
import { stepRun } from "#app/sync/schedule.ts";
import { openShop } from "#tests/sandbox/api-shop.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Run } from "#app/sync/runs.ts";
import type { Shop } from "#tests/sandbox/api-shop.ts";

const STEPS_MAX = 200;

export interface SearchedShop extends Pick<Shop, "store" | "clock" | "turn"> {
  readonly id: number;
  readonly client: Client;
  /** Documents and their variables, in order. */
  readonly asked: { document: string; variables: Record<string, unknown> }[];
  /** Called before each answer; one that it gives is taken instead. */
  before: (document: string, variables: Record<string, unknown>) => unknown;
  /** Called when an answer was given and has not yet arrived; of a file, without a document. */
  after: (document: string | null) => Promise<void>;
  /** See Step. */
  walkMax?: number;
  now(): Date;
  finish(run: { id: bigint }): Promise<Run>;
  step(run: { id: bigint }, signal?: AbortSignal): Promise<Date | null>;
}

let number = 0;

export async function openSearchedShop(orders: number, products = 10): Promise<SearchedShop> {
  const sandbox = openShop({
    sizes: { orders, products },
    scopes: [...scopes(), "read_all_orders"],
    api: { bulkObjectsPerSecond: 1_000_000 },
  });
  sandbox.turn({ plan: "enterprise" });
  number += 1;
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    `searched-${number}.myshopify.com`,
  ]);
  const shop: SearchedShop = {
    id: rows[0]!.id,
    store: sandbox.store,
    clock: sandbox.clock,
    turn: sandbox.turn,
    asked: [],
    before: () => undefined,
    after: () => Promise.resolve(),
    now: () => sandbox.clock.now(),
    client: createClient({
      shop: "counterfoil-sandbox.myshopify.com",
      accessToken: () => sandbox.token(),
      budget: createBudget(),
      fetch: async (url, init) => {
        if (init?.body === undefined) {
          const file = sandbox.api.serveFile(new Request(String(url), init))!;
          await shop.after(null);
          return file;
        }
        const { query, variables } = JSON.parse(String(init.body)) as {
          query: string;
          variables: Record<string, unknown>;
        };
        shop.asked.push({ document: query, variables });
        const instead = await shop.before(query, variables);
        if (instead) return Response.json(instead, { headers: { "x-shopify-api-version": "2026-10" } });
        const { pathname } = new URL(String(url));
        const headers = { ...(init.headers as Record<string, string>) };
        const answer = await sandbox.post(pathname, init.body as string, headers);
        await shop.after(query);
        return answer;
      },
    }),
    async step(run, signal = new AbortController().signal) {
      const { walkMax } = shop;
      const context = { clientFor: async () => shop.client, signal, now: shop.now };
      return stepRun(run.id, { ...context, ...(walkMax === undefined ? {} : { walkMax }) });
    },
    async finish(run) {
      for (let count = 0; count < STEPS_MAX; count += 1) {
        const next = await shop.step(run);
        if (!next) return (await readRun(run.id))!;
        if (next > shop.now()) shop.clock.set(next);
      }
      throw new Error(`the run did not end: ${JSON.stringify((await readRun(run.id))!.progress)}`);
    },
  };
  return shop;
}
