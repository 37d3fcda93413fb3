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

/** Shopify's counts, null where it does not count. */
export async function countGrounds(
  { client, resource, signal }: Pick<Step, "client" | "resource" | "signal">,
  grounds: readonly Ground[],
): Promise<(number | null)[]> {
  if (resource.count === null) return grounds.map(() => null);
  const document = countsDocument(
    grounds.map((ground, index) => ({ alias: `c${index}`, resource, search: searchFor(resource, ground) })),
  );
  const options = { lane: "catch-up", signal } as const;
  const { data } = await client.query<Record<string, Count>>(document, {}, options);
  return grounds.map((_, index) => exact(data[`c${index}`]));
}

export function groundOf({ progress: { ground } }: Run): Ground {
  return { from: new Date(ground!.from), until: new Date(ground!.until) };
}

export function stored({ from, until }: Ground): { from: string; until: string } {
  return { from: from.toISOString(), until: until.toISOString() };
}
