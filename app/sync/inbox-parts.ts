// Finds the records that a webhook names by a part of them only (a return without its order): the mirror knows whose it is.
// A part that it does not hold is news of nothing it could be behind with yet.
import type { PoolClient } from "pg";
import { columnOf, keyOf, mirrorOf } from "#app/sync/apply-tables.ts";
import type { Look, PartLook } from "#app/sync/inbox-reading.ts";

export async function looksOfParts(
  client: PoolClient,
  shopId: number,
  asked: readonly PartLook[],
): Promise<Look[]> {
  const looks: Look[] = [];
  const alike = Map.groupBy(asked, ({ resource, part }) => `${resource} ${part.model} ${part.field}`);
  for (const [first, ...others] of alike.values()) {
    const { resource, part } = first!;
    const values = [first!, ...others].flatMap((look) => look.part.values);
    const { root, children } = await mirrorOf(client, resource);
    const child = children.find(({ model }) => model === part.model);
    const table = child ?? root;
    const key = child ? `t.${child.parent}::text` : keyOf(root, "t");
    const { rows } = await client.query<{ key: string }>(
      `SELECT DISTINCT ${key} AS key FROM ${table.name} AS t
       WHERE t.shop_id = $1 AND t.${columnOf(table, part.field)} = ANY ($2::int8[])`,
      [shopId, values],
    );
    looks.push(...rows.map((row): Look => ({ resource, key: row.key, urgent: false })));
  }
  return looks;
}
