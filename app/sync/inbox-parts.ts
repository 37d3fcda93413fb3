// Finds the records that a webhook names by a part of them only (a return without its order): the mirror knows whose it is.
// A part that it does not hold is news of nothing it could be behind with yet.
import type { PoolClient } from "pg";
import { columnOf, keyOf, mirrorOf } from "#app/sync/apply-tables.ts";
import type { Part } from "#app/resources/define.ts";
import type { Look, PartLook } from "#app/sync/inbox-reading.ts";

/** A record to be fetched, and by which of its parts it was named. */
export interface NamedLook extends Look {
  readonly named: string;
}

export async function looksOfParts(
  client: PoolClient,
  shopId: number,
  asked: readonly PartLook[],
): Promise<NamedLook[]> {
  const looks: NamedLook[] = [];
  const alike = Map.groupBy(asked, ({ resource, part }) => `${resource} ${part.model} ${part.field}`);
  for (const [first, ...others] of alike.values()) {
    const { resource, part } = first!;
    const values = [first!, ...others].flatMap((look) => look.part.values);
    const { root, children } = await mirrorOf(client, resource);
    const child = children.find(({ model }) => model === part.model);
    const table = child ?? root;
    const key = child ? `t.${child.parent}::text` : keyOf(root, "t");
    const column = columnOf(table, part.field);
    const { rows } = await client.query<{ key: string; value: string }>(
      `SELECT DISTINCT ${key} AS key, t.${column}::text AS value FROM ${table.name} AS t
       WHERE t.shop_id = $1 AND t.${column} = ANY ($2::int8[])`,
      [shopId, values],
    );
    const lookAt = (row: { key: string; value: string }): NamedLook => {
      return { resource, key: row.key, urgent: false, named: nameOf(part, row.value) };
    };
    looks.push(...rows.map(lookAt));
  }
  return looks;
}

/** Those of the looks that one delivery asked for. */
export function namedBy(asked: readonly PartLook[], looks: readonly NamedLook[]): NamedLook[] {
  const names = new Set(asked.flatMap(({ part }) => part.values.map((value) => nameOf(part, value))));
  return names.size === 0 ? [] : looks.filter(({ named }) => names.has(named));
}

const nameOf = ({ model, field }: Part, value: string) => `${model} ${field} ${value}`;
