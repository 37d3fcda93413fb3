// The ground of a catch-up: a window of changes, how Shopify is asked for it, and what it means that it is proven.
import { countsDocument } from "#app/shopify/documents.ts";
import { during } from "#app/shopify/search.ts";
import { exact } from "#app/sync/counts.ts";
import { moveCursor } from "#app/sync/cursors.ts";
import { fillHoles } from "#app/sync/holes.ts";
import type { PoolClient } from "pg";
import type { Resource } from "#app/resources/define.ts";
import type { Count } from "#app/sync/counts.ts";
import type { Ground } from "#app/sync/cursors.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { Run } from "#app/sync/runs.ts";

/** The search for a window of changes. @throws RangeError for a resource that Shopify cannot search by change. */
export function searchFor({ name, cursor }: Resource, ground: Ground): string {
  if (!cursor) throw new RangeError(`Shopify does not tell which ${name} changed since a time`);
  return during(cursor.filter, ground);
}

/** In the transaction of the rows that prove it: the cursor moves over the ground, and its holes are filled. */
export async function proveGround(
  database: PoolClient,
  { shopId, resource, id }: Pick<Run, "shopId" | "resource"> & { readonly id: bigint | null },
  ground: Ground,
  now: Date,
): Promise<void> {
  await moveCursor(database, shopId, resource, ground);
  await fillHoles(database, shopId, resource, ground, id, now);
}

export async function countGrounds(
  run: Run,
  { client, resource, signal }: Step,
  grounds: readonly Ground[],
): Promise<{ count: number | null; cost: number }[]> {
  if (resource.count === null) return grounds.map(() => ({ count: null, cost: run.cost }));
  const document = countsDocument(
    grounds.map((ground, index) => ({ alias: `c${index}`, resource, search: searchFor(resource, ground) })),
  );
  const { data, cost } = await client.query<Record<string, Count>>(
    document,
    {},
    { lane: "catch-up", signal },
  );
  const spent = run.cost + (cost.actual ?? cost.requested ?? 0);
  return grounds.map((_, index) => ({ count: exact(data[`c${index}`]), cost: spent }));
}

export function groundOf({ progress: { ground } }: Run): Ground {
  return { from: new Date(ground!.from), until: new Date(ground!.until) };
}

export function stored({ from, until }: Ground): { from: string; until: string } {
  return { from: from.toISOString(), until: until.toISOString() };
}
