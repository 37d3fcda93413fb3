// Lists of any length, read while the store goes on living: each record once, none made up for by another, and begun anew
// before Shopify's lists end. Against a store that searches, sorts and counts as Shopify does.
import { beforeEach, describe, expect, it } from "vitest";
import { updateOrder } from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Run, RunRequest } from "#app/sync/runs-states.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");

const ORDERS = 60;
const WHOLE = { mode: "full", way: "pages" } as const;
const FOUND = { mode: "search", search: "status:open OR status:closed OR status:cancelled" } as const;

/** Larger pages are refused as too dear, so that the list has several. */
const PAGE_MAX = 20;
const TOO_DEAR = { errors: [{ message: "too dear", extensions: { code: "MAX_COST_EXCEEDED" } }] };

let shop: SearchedShop;
/** Called before each page of orders that is small enough. */
let beforePage: (document: string, variables: Record<string, unknown>) => unknown;
beforeEach(async () => {
  shop = await openSearchedShop(ORDERS);
  beforePage = () => undefined;
  shop.before = (document, variables) => {
    // Shopify's bucket fills up by the store's clock.
    shop.clock.advance(20_000);
    if (!isPage(document)) return undefined;
    return Number(variables.first) > PAGE_MAX ? TOO_DEAR : beforePage(document, variables);
  };
});

const begin = async (resource: ResourceName, request: RunRequest): Promise<Run> =>
  (await requestSync(shop.id, resource, request, "test", shop.now())).run;
const ids = () => shop.store.list("orders").map(({ id }) => id);
const isPage = (document: string | null) => document?.includes("query OrdersPage") ?? false;
const keys = async (table: string) =>
  (
    await pool.query<{ id: string }>(`SELECT id FROM ${table} WHERE shop_id = $1 ORDER BY id`, [shop.id])
  ).rows.map(({ id }) => id);

/** What was read changes at once: in the order of change it would all come once more. */
function touchAll(): void {
  let touched = 0;
  shop.after = (document) => {
    if (isPage(document) && touched === 0 && Number(shop.asked.at(-1)!.variables.first) <= PAGE_MAX) {
      shop.clock.advance(2_000);
      for (const id of ids()) updateOrder(shop.store, id, { tags: [`touched ${(touched += 1)}`] });
    }
    return Promise.resolve();
  };
}

/** One record of the second page gets lost on the way. */
function loseOne(): void {
  let pages = 0;
  let isInside = false;
  beforePage = async (document, variables) => {
    if (isInside || (pages += 1) !== 2) return undefined;
    isInside = true;
    const answer = await shop.client.query<{ orders: { nodes: unknown[] } }>(document, variables, {
      lane: "targeted",
    });
    isInside = false;
    answer.data.orders.nodes.splice(0, 1);
    return { data: answer.data };
  };
}

describe.each([
  ["a whole read by pages", WHOLE],
  ["a search", FOUND],
] as const)("%s", (_name, request) => {
  it("shows each record once, however they change meanwhile", async () => {
    touchAll();
    const ended = await shop.finish(await begin("orders", request));
    expect(ended).toMatchObject({ state: "verified", done: ORDERS, total: ORDERS });
    expect(await keys("orders")).toEqual(ids().toSorted());
  });

  it("that has lost a record is not called verified, though others moved (I10)", async () => {
    touchAll();
    loseOne();
    const ended = await shop.finish(await begin("orders", request));
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "COUNT_MISMATCH", done: ORDERS - 1 });
  });

  it("begins its list anew after the last id, before Shopify ends it", async () => {
    shop.walkMax = 20;
    const ended = await shop.finish(await begin("orders", request));
    expect(ended).toMatchObject({ state: "verified", done: ORDERS });
    expect(await keys("orders")).toEqual(ids().toSorted());
    const searches = shop.asked
      .filter(({ document, variables }) => isPage(document) && Number(variables.first) <= PAGE_MAX)
      .map(({ variables }) => /id:>(\d+)$/.exec(String(variables.query))?.[1]);
    expect(new Set(searches).size).toBeGreaterThanOrEqual(2);
  });

  it("with a cursor of an earlier version, whose lists had another order, begins at the beginning", async () => {
    const run = await begin("orders", request);
    const after = Buffer.from(`{"last_id":${ids()[30]},"last_value":"2026-11-01 00:00:00.000000"}`);
    await pool.query(
      `UPDATE sync_runs SET state = 'running', started_at = $2, total = $3, done = 30, progress = $4 WHERE id = $1`,
      [
        String(run.id),
        shop.now(),
        ORDERS,
        JSON.stringify({ step: 3, phase: "paging", countBefore: ORDERS, after: after.toString("base64") }),
      ],
    );
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: ORDERS });
    expect(await keys("orders")).toEqual(ids().toSorted());
  });
});

it("begins anew after the last holder where records exist only inside others", async () => {
  shop.walkMax = 4;
  // Nobody counts them; that there were some the last time keeps the run from trying one page first.
  await pool.query("INSERT INTO sync_resources (shop_id, resource, mirrored) VALUES ($1, $2, 1)", [
    shop.id,
    "product_metafields",
  ]);
  shop.before = (document, variables) =>
    document.includes("query ProductsPage") && Number(variables.first) > 4 ? TOO_DEAR : undefined;
  const ended = await shop.finish(await begin("product_metafields", WHOLE));
  const wanted = shop.store.list("metafields").filter(({ ownerType }) => ownerType === "PRODUCT");
  expect(wanted.length).toBeGreaterThan(0);
  expect(ended).toMatchObject({ state: "verified", done: wanted.length });
  expect(shop.asked.some(({ variables }) => /^id:>\d+$/.test(String(variables.query)))).toBe(true);
});

it("a search goes on from its place after an interruption", async () => {
  const run = await begin("orders", FOUND);
  const abort = new AbortController();
  let pages = 0;
  beforePage = () => {
    if ((pages += 1) === 2) abort.abort(new Error("killed"));
    return undefined;
  };
  await shop.step(run, abort.signal);
  const asked = shop.asked.length;
  expect(await shop.finish(run)).toMatchObject({ state: "verified", done: ORDERS });
  const later = shop.asked.slice(asked).filter(({ document }) => isPage(document));
  expect(later.length).toBeGreaterThan(0);
  expect(later.every(({ variables }) => variables.after !== null)).toBe(true);
});
