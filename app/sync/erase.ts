// Removes everything of a shop (I8). The tables are found in the catalogue and not listed here: a table that is added
// tomorrow is erased, too, without anybody remembering this file.
import type { PoolClient } from "pg";

/**
 * Deletes every row that belongs to the shop: mirror, runs, deliveries, sessions, counters and the shop itself.
 * Locks the shop's row first, so that whoever applies news of it has either committed before or finds no shop.
 * @returns how many rows went.
 */
export async function erase(client: PoolClient, shopDomain: string): Promise<number> {
  const { rows } = await client.query<{ id: number }>("SELECT id FROM shops WHERE domain = $1 FOR UPDATE", [
    shopDomain,
  ]);
  let erased = 0;
  for (const { id } of rows) {
    for (const { table, column } of await tablesWith(client, ["shop_id"])) {
      erased += (await client.query(`DELETE FROM ${table} WHERE ${column} = $1`, [id])).rowCount ?? 0;
    }
  }
  for (const { table, column } of await tablesWith(client, ["shop_domain"])) {
    erased += (await client.query(`DELETE FROM ${table} WHERE ${column} = $1`, [shopDomain])).rowCount ?? 0;
  }
  erased += (await client.query("DELETE FROM sessions WHERE shop = $1", [shopDomain])).rowCount ?? 0;
  erased += (await client.query("DELETE FROM shops WHERE domain = $1", [shopDomain])).rowCount ?? 0;
  return erased;
}

/** Names come quoted from the catalogue. */
async function tablesWith(
  client: PoolClient,
  columns: readonly string[],
): Promise<{ table: string; column: string }[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT c.oid::regclass::text AS "table", quote_ident(a.attname) AS "column"
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
       AND a.attname = ANY ($1) AND NOT a.attisdropped
     ORDER BY 1`,
    [columns],
  );
  return rows;
}
