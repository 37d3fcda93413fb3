// The estimate of the time left: from a tenth of the way on it is within a fifth of the truth, by pages and by a bulk file
// with its phases. Time is the test's own: Shopify's bucket (the store's real one), its answers, its files and every write
// take so long as is set here, so that the truth is known to the millisecond. No two answers take as long, and no order is as large as the next.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bucket } from "#sandbox/admin-api/bucket.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import { createBudget } from "#app/shopify/budget.ts";
import { createClient } from "#app/shopify/client.ts";
import { useDatabase } from "#tests/database.ts";
import { order, times } from "#tests/shopify/records.ts";
import { openStore } from "#tests/shopify/small-store.ts";
import type { Client } from "#app/shopify/client.ts";
import type { RunRequest } from "#app/sync/runs.ts";
import type { SmallStore } from "#tests/shopify/small-store.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { readActiveRuns } = await import("#app/status/runs.ts");
const { readRun } = await import("#app/sync/runs.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");

const ANSWER_MS = 400;
/** Points that a record costs in a page, and a fulfillment by its id. */
const PAGE_POINTS = 2.4;
const ENTRY_POINTS = 6;
/** Each look at the clock is a write, about: five of them to a batch. */
const WRITE_MS = 15;
const FILE_BYTES_PER_MS = 400;

let store: SmallStore;
let clock: ManualClock;
let client: Client;
let shopId: number;
let shops = 0;
let turn = 0;

/** Between 0.8 and 1.2, the same in every run of the test. */
function swing(): number {
  turn = (turn * 7 + 3) % 11;
  return 0.8 + 0.04 * turn;
}

beforeEach(async () => {
  turn = 0;
  store = await openStore({ Order: [] });
  clock = new ManualClock("2026-11-20T10:00:00Z");
  client = clientOf(new Bucket(clock, () => "standard"));
  shops += 1;
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    `estimate-${shops}.myshopify.com`,
  ]);
  shopId = rows[0]!.id;
});
afterEach(() => store.close());

function clientOf(bucket: Bucket): Client {
  return createClient({
    shop: store.domain,
    accessToken: "t",
    budget: createBudget({
      now: () => clock.now().getTime(),
      later: (callback, delayMs) => {
        const timer = setImmediate(() => {
          clock.advance(delayMs);
          callback();
        });
        return () => clearImmediate(timer);
      },
    }),
    fetch: async (url, init) => {
      if (init?.method !== "POST") return slowFile(await store.fetch(url, init));
      clock.advance(Math.round(ANSWER_MS * swing()));
      const { query, variables } = JSON.parse(String(init.body)) as {
        query: string;
        variables: { ids?: unknown[]; first?: number };
      };
      const answer = (await (await store.fetch(url, init)).json()) as { extensions?: object };
      const points = /(Fulfillment|Refund)Nodes/.test(query)
        ? (variables.ids?.length ?? 0) * ENTRY_POINTS
        : query.includes("OrdersPage")
          ? Math.round((variables.first ?? 0) * PAGE_POINTS)
          : 10;
      expect(bucket.take(points)).toBe(true);
      const cost = {
        requestedQueryCost: points,
        actualQueryCost: points,
        throttleStatus: bucket.status(),
      };
      return Response.json({ ...answer, extensions: { cost } });
    },
  });
}

function slowFile(response: Response): Response {
  const slow = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      clock.advance(chunk.length / FILE_BYTES_PER_MS);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body!.pipeThrough(slow), { status: response.status });
}

interface Guess {
  readonly at: number;
  readonly etaMs: number | null;
  readonly phase: string | null;
}

/** Lives a run, and notes after each of its writes what a page would show. */
async function live(request: RunRequest): Promise<{ guesses: Guess[]; began: number; ended: number }> {
  const { run } = await requestSync(shopId, "orders", request, "test", clock.now());
  const began = clock.now().getTime();
  const guesses: Guess[] = [];
  const look = async () => {
    const view = (await readActiveRuns(shopId)).get("orders");
    if (view) guesses.push({ at: clock.now().getTime(), etaMs: view.etaMs, phase: view.phase });
  };
  const context = {
    clientFor: async () => client,
    signal: new AbortController().signal,
    now: () => {
      clock.advance(WRITE_MS);
      return clock.now();
    },
  };
  for (;;) {
    const next = await stepRun(run.id, context);
    if (!next) break;
    await look();
    if (next > clock.now()) clock.set(next);
  }
  expect((await readRun(run.id))?.state).toBe("verified");
  return { guesses, began, ended: clock.now().getTime() };
}

/** Of the guesses from a tenth of the way on, those that are off by more than a fifth of what is left. */
function astray({ guesses, began, ended }: Awaited<ReturnType<typeof live>>): string[] {
  const due = guesses.filter(({ at }) => at >= began + (ended - began) / 10);
  expect(due.length).toBeGreaterThan(5);
  return due.flatMap(({ at, etaMs, phase }) => {
    const left = ended - at;
    const off = etaMs === null ? Infinity : Math.abs(etaMs - left);
    // A last page or batch waits for the points of a full one before it is known how small it is.
    return off <= Math.max(0.2 * left, 0.02 * (ended - began))
      ? []
      : [`${phase} at ${Math.round((100 * (at - began)) / (ended - began))} %: ${etaMs} for ${left}`];
  });
}

describe("the time left", () => {
  it("by pages is known from a tenth of the way on, though the bucket was full at the beginning", async () => {
    store.data.Order = times(6_000, (number) => order(number, 0));
    const lived = await live({ mode: "full", way: "pages" });
    expect(lived.ended - lived.began).toBeGreaterThan(100_000);
    expect(astray(lived)).toEqual([]);
  });

  it("by a bulk file includes the phases that are still to come, once a run has shown what they take", async () => {
    // Some are open still, some were returned, and some are large.
    const parts = (number: number) => ({
      refunds: number % 7 === 0 ? 1 : 0,
      fulfillments: number % 10 === 0 ? 0 : 1,
      linesEach: 1,
    });
    const sold = (number: number) => order(number, number % 13 === 0 ? 9 : 1, parts(number));
    store.data.Order = times(2_000, sold);
    store.bulk.looks = 9;
    await live({ mode: "full", way: "bulk" });
    store.data.Order = times(3_000, sold);
    const lived = await live({ mode: "full", way: "bulk" });
    expect([...new Set(lived.guesses.map(({ phase }) => phase))]).toEqual(
      expect.arrayContaining(["waiting", "completing"]),
    );
    expect(astray(lived)).toEqual([]);
  });
});
