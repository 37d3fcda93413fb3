// Removes what is known of one customer from the mirror of orders: the columns that the descriptor calls personal, and
// every stored copy of them (webhook bodies, states of deleted orders). Amounts and goods stay: they are the shop's books. A part of apply's room.
import type { PoolClient } from "pg";
import { resourceOf } from "#app/resources/index.ts";
import { columnOf, mirrorOf, type Table } from "./apply-tables.ts";

/** Columns of the root that point at the person; they go with the personal ones. */
const POINTERS: readonly string[] = ["customerId"];

/**
 * @param customerId decimal; every order of this customer is redacted.
 * @param orderKeys further orders that Shopify names.
 * @returns keys of the orders that were in the mirror.
 */
export async function redactOrders(
  client: PoolClient,
  shopId: number,
  customerId: string,
  orderKeys: readonly string[],
): Promise<string[]> {
  const { personal } = resourceOf("orders");
  const { root, children } = await mirrorOf(client, "orders");
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${root.name} WHERE shop_id = $1 AND (customer_id = $2 OR id = ANY ($3::int8[])) ORDER BY id FOR UPDATE`,
    [shopId, customerId, orderKeys],
  );
  const keys = rows.map(({ id }) => id);
  await emptyColumns(client, shopId, root, [...(personal[root.model] ?? []), ...POINTERS], "id", keys);
  for (const child of children) {
    await emptyColumns(client, shopId, child, personal[child.model] ?? [], child.parent, keys);
  }
  await client.query(
    `UPDATE sync_tombstones SET snapshot = NULL WHERE shop_id = $1 AND resource = 'orders' AND record_key = ANY ($2)`,
    [shopId, [...keys, ...orderKeys]],
  );
  return keys;
}

/** Empties the stored bodies of webhooks about these orders; what became of each stays known. */
export async function forgetBodies(
  client: PoolClient,
  shopDomain: string,
  orderKeys: readonly string[],
): Promise<void> {
  await client.query(
    `UPDATE sync_deliveries SET body = ''
     WHERE shop_domain = $1 AND resource = 'orders' AND record_key = ANY ($2) AND state <> 'received'`,
    [shopDomain, orderKeys],
  );
}

/** @throws RangeError when the descriptor names a field that the table does not have: nothing personal may slip by. */
async function emptyColumns(
  client: PoolClient,
  shopId: number,
  table: Table,
  fields: readonly string[],
  keyColumn: string,
  keys: readonly string[],
): Promise<void> {
  if (fields.length === 0 || keys.length === 0) return;
  const emptied = fields.map((field) => `${columnOf(table, field)} = NULL`).join(", ");
  await client.query(
    `UPDATE ${table.name} SET ${emptied} WHERE shop_id = $1 AND ${keyColumn} = ANY ($2::int8[])`,
    [shopId, keys],
  );
}
