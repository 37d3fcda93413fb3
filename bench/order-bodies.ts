// Real-looking webhook bodies: orders of a seeded store in the shape of `orders/updated`, between 2 and 60 KB each.
import { openSeededStore } from "#sandbox/store/seed.ts";
import { print } from "#sandbox/webhooks/bodies/json.ts";
import { orderBody } from "#sandbox/webhooks/bodies/order.ts";

const BYTES_MIN = 2_000;
const BYTES_MAX = 60_000;

/** The same bodies at every call. Throws when the seeded store has fewer of that size. */
export function orderBodies(count: number): string[] {
  const store = openSeededStore({
    seed: "bench",
    sizes: { orders: count * 2, products: 60, until: new Date("2026-11-01T00:00:00Z") },
  });
  const bodies = store
    .list("orders")
    .map((order) => print(orderBody({ store, shop: store.shop }, order)))
    .filter((body) => Buffer.byteLength(body) >= BYTES_MIN && Buffer.byteLength(body) <= BYTES_MAX)
    .slice(0, count);
  if (bodies.length < count)
    throw new Error(`only ${bodies.length} of ${count} bodies are between 2 and 60 KB`);
  return bodies;
}
