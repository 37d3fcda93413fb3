// A long history for few orders, for benchmarks that need more webhooks than a store could make meanwhile: a body of the
// store's is printed anew with another note and a later `updated_at`. The API keeps showing the order as the store has it.
import { print } from "#sandbox/webhooks/bodies/json.ts";
import { orderBody } from "#sandbox/webhooks/bodies/order.ts";
import type { Sandbox } from "#sandbox/sandbox.ts";

export interface Subject {
  readonly id: string;
  /** The body of its n-th version, n from 1. */
  version(number: number): { body: string; triggeredAt: Date; note: string };
}

/** Orders with the smallest bodies. Their versions are a second apart and begin at `from`, which must be after the last change. */
export function subjects({ store }: Sandbox, count: number, from: Date): Subject[] {
  return store
    .list("orders")
    .map((order) => ({ id: order.id, body: print(orderBody({ store, shop: store.shop }, order)) }))
    .toSorted((a, b) => a.body.length - b.body.length)
    .slice(0, count)
    .map(({ id, body }) => ({
      id,
      version(number) {
        const triggeredAt = new Date(from.getTime() + number * 1_000);
        const note = `version ${number}`;
        const stated = `"updated_at":"${triggeredAt.toISOString().slice(0, 19)}Z"`;
        // The order's own fields stand in the first level; those of its parts come with other names or later.
        const dated = body.replace(/"updated_at":"[^"]*"/, stated);
        return {
          triggeredAt,
          note,
          body: dated.replace(/"note":(null|"(?:[^"\\]|\\.)*")/, `"note":"${note}"`),
        };
      },
    }));
}
