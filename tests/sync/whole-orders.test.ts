// Orders with more of everything than fits a page, read every way there is from a store that behaves as Shopify does: at
// the end every column of every part equals the store's truth.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  closeReturn,
  fulfilOrder,
  openReturn,
  placeOrder,
  refundOrder,
  updateShipment,
} from "#sandbox/store/acts.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";
import { SCOPES, SHOP, openShop, type Shop } from "#tests/sandbox/api-shop.ts";
import { useDatabase } from "#tests/database.ts";
import type { Run, RunRequest } from "#app/sync/runs-states.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { createBudget } = await import("#app/shopify/budget.ts");
const { QUERY_COST_MAX } = await import("#app/shopify/cost.ts");
const { createClient } = await import("#app/shopify/client.ts");
const { confirm } = await import("#app/sync/confirm.ts");
const { readRun } = await import("#app/sync/runs.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { differences } = await import("#tests/oracle.ts");

const LINES = 500;
const REFUNDS = 40;
/** Refunded together in one more refund. */
const MANY_REFUND_LINES = 120;
const STEPS_MAX = 500;

let store: Shop;
let giant: Frozen<Order>;
let shopId: number;
let costs: number[];
let interfere: ((document: string) => void) | null;

/** One order of 500 lines in one parcel, then refunded piece by piece, with a return. */
function placeGiant({ store }: Shop): Frozen<Order> {
  const placed = placeOrder(store, {
    lines: Array.from({ length: LINES }, (_, n) => {
      return {
        variantId: null,
        title: `Print ${n + 1}`,
        price: "12.50",
        quantity: 2,
        requiresShipping: true,
      };
    }),
    email: "zoe@example.test",
    shipping: { title: "Courier", price: "20.00" },
    discounts: [
      { kind: "code", name: "SUMMER", percentage: 10 },
      { kind: "manual", name: "Sorry", amount: "5.00", lines: [3] },
    ],
    taxes: [{ title: "VAT", rate: 0.2 }],
  });
  const { id } = placed;
  const parcel = fulfilOrder(store, id, { tracking: [{ company: "UPS", number: "1Z" }, { number: "2Z" }] });
  updateShipment(store, id, parcel.id, "DELIVERED");
  const refund = (lines: readonly { readonly id: string }[], more = {}) =>
    refundOrder(store, id, { lines: lines.map((line) => ({ lineItemId: line.id, quantity: 1 })), ...more });
  for (let n = 0; n < REFUNDS - 2; n += 1) refund([placed.lines[n]!], { note: `piece ${n}` });
  refund(placed.lines.slice(100, 100 + MANY_REFUND_LINES), { shipping: "7.00", amount: "1000.00" });
  const back = openReturn(store, id, { lines: [{ lineItemId: placed.lines[300]!.id, quantity: 1 }] });
  refund([placed.lines[300]!], { returnId: back.id });
  closeReturn(store, id, back.id);
  return store.need("orders", id);
}

/** One store for all tests: an order of that size takes its time to make. Enough orders for a bulk operation. */
const ORDERS = 260;

beforeAll(() => {
  store = openShop({
    scopes: [...SCOPES, "read_payment_terms", "read_returns"],
    sizes: { orders: ORDERS, products: 20 },
    api: { bulkObjectsPerSecond: 1_000_000 },
  });
  store.turn({ plan: "enterprise" });
  giant = placeGiant(store);
});

let budget = createBudget();
const client = () =>
  createClient({
    shop: SHOP,
    accessToken: () => store.token(),
    budget,
    fetch: async (url, init) => {
      const request = new Request(String(url), init);
      if (!request.url.includes("myshopify.com")) return (await store.api.serveFile(request))!;
      interfere?.(await request.clone().text());
      const answer = await store.api.handle(request);
      const { extensions } = (await answer.clone().json()) as {
        extensions?: { cost?: { requestedQueryCost: number } };
      };
      if (extensions?.cost) costs.push(extensions.cost.requestedQueryCost);
      return answer;
    },
  });

async function sync(request: RunRequest): Promise<Run> {
  const { run } = await requestSync(shopId, "orders", request, "test");
  let now = new Date();
  const context = { clientFor: async () => client(), signal: new AbortController().signal, now: () => now };
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = await stepRun(run.id, context);
    if (!next) return (await readRun(run.id))!;
    if (next > now) now = next;
  }
  throw new Error("the run did not end");
}

/** Other resources are not read here. */
const ofOrders = async () =>
  (await differences(pool, store.store)).filter((line) => line.startsWith("order"));

beforeEach(async () => {
  for (const table of TABLES) await pool.query(`TRUNCATE ${table}`);
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ($1) ON CONFLICT (domain) DO UPDATE SET domain = excluded.domain RETURNING id",
    [SHOP],
  );
  shopId = rows[0]!.id;
  costs = [];
  interfere = null;
  // The store's clock stands still while a test reads: time enough in between for its bucket to be full again.
  store.clock.advance(600_000);
  budget = createBudget();
});

const TABLES = [
  "orders",
  "order_line_items",
  "order_shipping_lines",
  "order_transactions",
  "order_refunds",
  "order_refund_lines",
  "order_fulfillments",
  "order_fulfillment_lines",
  "order_returns",
  "order_return_lines",
  "order_payment_terms",
  "order_payment_schedules",
  "order_agreements",
  "order_sales",
];

async function expectGiant(): Promise<void> {
  const held = async (table: string) => {
    const { rows } = await pool.query<{ held: string }>(
      `SELECT count(*) AS held FROM ${table} WHERE order_id = $1`,
      [giant.id],
    );
    return Number(rows[0]!.held);
  };
  expect(await held("order_line_items")).toBe(LINES);
  expect(await held("order_fulfillment_lines")).toBe(LINES);
  expect(await held("order_refunds")).toBe(REFUNDS);
  expect(await held("order_refund_lines")).toBe(REFUNDS - 1 + MANY_REFUND_LINES);
  expect(await held("order_transactions")).toBe(REFUNDS + 1);
  expect(await held("order_returns")).toBe(1);
  // The order, the refunds and the return; all lines and the shipping were sold.
  expect(await held("order_agreements")).toBe(REFUNDS + 2);
  expect(await held("order_sales")).toBeGreaterThan(LINES + REFUNDS + MANY_REFUND_LINES);
  expect(Math.max(...costs)).toBeLessThanOrEqual(QUERY_COST_MAX);
}

describe("an order with 500 lines, 40 refunds and a parcel of 500 lines arrives whole", () => {
  it("by pages", async () => {
    const run = await sync({ mode: "search", search: "created_at:>='2000-01-01T00:00:00Z'" });
    expect(run).toMatchObject({ state: "verified", done: ORDERS + 1 });
    await expectGiant();
    expect(await ofOrders()).toEqual([]);
  });

  it("by a bulk operation and the fetches that follow it, for orders that have more than a file can hold only", async () => {
    const run = await sync({ mode: "full", way: "bulk" });
    expect(run).toMatchObject({ state: "verified", rejected: 0 });
    expect(run.progress.bulk).toBeDefined();
    const orders = store.store.list("orders");
    const open = orders.filter(
      ({ refunds, fulfillments, returns, edited, paymentTerms }) =>
        refunds.length + fulfillments.length + returns.length > 0 || edited || paymentTerms !== null,
    );
    expect(open.length).toBeLessThan(orders.length);
    expect([run.progress.toComplete, run.progress.completed]).toEqual([open.length, open.length]);
    await expectGiant();
    expect(await ofOrders()).toEqual([]);
  });

  it("by its id, and by the confirming read behind a webhook", async () => {
    expect(await sync({ mode: "ids", ids: [giant.id] })).toMatchObject({ state: "verified", done: 1 });
    await expectGiant();
    await pool.query("TRUNCATE order_refund_lines, order_fulfillment_lines, order_sales");
    await pool.query("UPDATE orders SET observed_at = observed_at - interval '1 minute'");
    await pool.query(
      "INSERT INTO sync_confirmations (shop_id, resource, record_key, urgent) VALUES ($1, 'orders', $2, true)",
      [shopId, giant.id],
    );
    await confirm(shopId, {
      client: client(),
      signal: new AbortController().signal,
      // Rows are queued by the database's clock, whose ticks are finer.
      now: () => new Date(Date.now() + 1),
    });
    await expectGiant();
  });
});

describe("an order that changes between the bulk file and the fetches behind it", () => {
  it("is read again, whole", async () => {
    let isDone = false;
    interfere = (document) => {
      if (isDone || !document.includes("FulfillmentState")) return;
      isDone = true;
      store.clock.advance(5_000);
      updateShipment(store.store, giant.id, giant.fulfillments[0]!.id, "OUT_FOR_DELIVERY");
    };
    expect(await sync({ mode: "full", way: "bulk" })).toMatchObject({ state: "verified" });
    expect(isDone).toBe(true);
    await expectGiant();
    const { rows } = await pool.query("SELECT origin_kind FROM orders WHERE id = $1", [giant.id]);
    expect(rows).toEqual([{ origin_kind: "fetch" }]);
    expect(await ofOrders()).toEqual([]);
  });
});
