// Links between records: an order's line names its product until that is deleted. Shopify then answers null and tells
// nobody, so the deletion itself must reach the lines. Their order's version stays as it was: it did not change.
import type { Work } from "./apply-upserts.ts";

/** Empties every link to the rows of `model` with these ids. */
export async function sever(
  { client, shopId, mirror }: Work,
  model: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  for (const { to, table, column } of mirror.links) {
    if (to !== model) continue;
    // Locked in the order in which an order's own lines are written, so that the two do not wait for each other.
    await client.query(
      `UPDATE ${table.name} AS t SET ${column} = NULL
       FROM (SELECT id FROM ${table.name} WHERE shop_id = $1 AND ${column} = ANY ($2::int8[]) ORDER BY id FOR UPDATE) AS o
       WHERE t.shop_id = $1 AND t.id = o.id`,
      [shopId, ids],
    );
  }
}
