// One worker of bench/editions.ts, a process of its own as in life: mirrors its share of the sales and numbers what is
// there, or only numbers. Prints the milliseconds that it took.
//   node bench/edition-worker.ts '{"shopId":1,"worker":0,"workers":8,"sales":10000,"isSelling":true}'
import { inTransaction, pool } from "#app/db.server.ts";
import { keepEditions } from "#app/editions/keep.ts";
import { apply } from "#app/sync/apply.ts";
import type { Upsert } from "#app/sync/change.ts";

export interface WorkerOrder {
  readonly shopId: number;
  readonly worker: number;
  readonly workers: number;
  readonly sales: number;
  /** False: the sales are in the mirror already. */
  readonly isSelling: boolean;
}

/** As drain() takes them. */
const BATCH = 25;
const PRODUCT = "7001";
/** Sold in the order of their ids, some of them in the same second. */
const FIRST_SALE = Date.UTC(2026, 10, 1);
const SALES_A_SECOND = 3;

const order = JSON.parse(process.argv[2] ?? "null") as WorkerOrder;
const startedAt = performance.now();
if (order.isSelling) {
  const mine = Array.from({ length: order.sales }, (_, sale) => sale + 1).filter(
    (sale) => sale % order.workers === order.worker,
  );
  for (let from = 0; from < mine.length; from += BATCH) {
    const changes = mine.slice(from, from + BATCH).map(saleOf);
    await inTransaction((client) => apply(client, order.shopId, changes, new Date()));
    await keepEditions(order.shopId, new Date());
  }
}
await keepEditions(order.shopId, new Date());
console.log(JSON.stringify({ ms: performance.now() - startedAt }));
await pool.end();

/** An order of one unit. */
function saleOf(sale: number): Upsert {
  const id = String(sale);
  const soldAt = new Date(FIRST_SALE + Math.floor(sale / SALES_A_SECOND) * 1_000).toISOString();
  const now = new Date().toISOString();
  return {
    verb: "upsert",
    resource: "orders",
    key: id,
    version: { updatedAt: now, observedAt: now },
    origin: { kind: "webhook", id: 1n },
    row: {
      id,
      gid: `gid://shopify/Order/${id}`,
      name: `#${id}`,
      processedAt: soldAt,
      updatedAt: now,
      test: false,
    },
    children: {
      OrderLineItem: {
        complete: true,
        rows: [{ id, orderId: id, quantity: 1, currentQuantity: 1, productId: PRODUCT, variantId: null }],
      },
    },
  };
}
