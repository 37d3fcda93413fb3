// The newest change that the mirror shows of each resource, whichever way it came here. Read off the rows themselves, by
// the index of their updatedAt: whoever writes has nothing to note. Reads only.
import { inTransaction } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { mirrorOf } from "#app/sync/apply-tables.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { PoolClient } from "pg";

export interface LastChange {
  readonly at: Date;
  /**
   * "read": a sync, or a look at it, brought it; `at` is Shopify's time as well. "moved": that records came or went here is
   * known of what is not dated, and nothing of those that changed.
   */
  readonly by: "webhook" | "read" | "moved";
}

/** A webhook is triggered after the change that it tells of, so a later change came another way. */
export function lastChangeOf(
  lastChangeAt: Date | null,
  changedAt: Date | undefined,
  movedAt: Date | null,
): LastChange | null {
  if (changedAt && (!lastChangeAt || changedAt > lastChangeAt)) return { at: changedAt, by: "read" };
  if (lastChangeAt) return { at: lastChangeAt, by: "webhook" };
  return movedAt && { at: movedAt, by: "moved" };
}

/** Metafields of all owners share a table, without an index by owner and time: each sale would have to keep it. */
const DATED = resources.filter(
  ({ model }) => resources.filter((other) => other.model === model).length === 1,
);

/** Resource → when its latest changed record changed, by Shopify's clock. None for what has no record, or is not dated. */
export function readLastChanges(shopId: number): Promise<ReadonlyMap<ResourceName, Date>> {
  return inTransaction(async (client) => {
    const { rows } = await client.query<{ resource: ResourceName; at: Date | null }>(
      await lastChangesStatement(client),
      [shopId],
    );
    return new Map(rows.flatMap(({ resource, at }) => (at ? [[resource, at]] : [])));
  });
}

/** For EXPLAIN in tests too. */
export async function lastChangesStatement(client: PoolClient): Promise<string> {
  const each: string[] = [];
  for (const { name } of DATED) {
    const { root } = await mirrorOf(client, name);
    each.push(`SELECT '${name}' AS resource, max(updated_at) AS at FROM ${root.name} WHERE shop_id = $1`);
  }
  return each.join(" UNION ALL ");
}
