// Removes what is known of one customer from the mirror: the columns that the descriptors call personal, of the customer,
// of the orders and of the metafields of both, and every stored copy of them (webhook bodies, states of deleted records).
// Amounts and goods stay: they are the shop's books. A part of apply's room.
import type { PoolClient } from "pg";
import { resourceOf } from "#app/resources/index.ts";
import { lockMirror } from "./apply-lock.ts";
import { columnOf, goersWith, mirrorOf, onlyOf, type Table } from "./apply-tables.ts";
import { noteRedactions, POINTERS } from "./redact-late.ts";
import type { Resource } from "#app/resources/define.ts";

/**
 * Whoever writes old news of them at this moment has done so before this looks, or sees afterwards that it was done.
 * @param customerId decimal; the customer and every order of theirs are redacted.
 * @param orderKeys further orders that Shopify names.
 * @param at ISO 8601; when Shopify asked for it.
 * @returns keys of the orders that were in the mirror.
 */
export async function redactPerson(
  client: PoolClient,
  shopId: number,
  customerId: string,
  orderKeys: readonly string[],
  at: string,
): Promise<string[]> {
  const goers = goersWith([resourceOf("orders").model, resourceOf("customers").model]);
  const names = ["orders", "customers", ...goers.map(({ resource }) => resource.name)] as const;
  await lockMirror(client, shopId, new Map(names.map((name) => [name, true])));
  const { root } = await mirrorOf(client, "orders");
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${root.name} WHERE shop_id = $1 AND (customer_id = $2 OR id = ANY ($3::int8[])) ORDER BY id FOR UPDATE`,
    [shopId, customerId, orderKeys],
  );
  const keys = rows.map(({ id }) => id);
  const orders = [...new Set([...keys, ...orderKeys])];
  await redactRecords(client, shopId, resourceOf("orders"), orders);
  await redactRecords(client, shopId, resourceOf("customers"), [customerId]);
  const redacted = [["customers", customerId], ...orders.map((key) => ["orders", key])] as const;
  await noteRedactions(client, shopId, redacted as Parameters<typeof noteRedactions>[2], at);
  return keys;
}

/** Empties the stored bodies of webhooks about this customer and these orders; what became of each stays known. */
export async function forgetBodies(
  client: PoolClient,
  shopDomain: string,
  customerId: string,
  orderKeys: readonly string[],
): Promise<void> {
  await client.query(
    `UPDATE sync_deliveries SET body = ''
     WHERE shop_domain = $1 AND state <> 'received'
       AND (resource = 'orders' AND record_key = ANY ($2) OR resource = 'customers' AND record_key = $3)`,
    [shopDomain, orderKeys, customerId],
  );
}

/** The records with these keys, what belongs to them, and what goes with them. */
async function redactRecords(
  client: PoolClient,
  shopId: number,
  { name, model, personal }: Resource,
  keys: readonly string[],
): Promise<void> {
  const { root, children } = await mirrorOf(client, name);
  const fields = [...(personal[root.model] ?? []), ...(POINTERS[root.model] ?? [])];
  await emptyColumns(client, shopId, root, fields, "id", keys);
  for (const child of children) {
    await emptyColumns(client, shopId, child, personal[child.model] ?? [], child.parent, keys);
  }
  const forgotten = [name];
  for (const { resource: goer, field, within } of goersWith([model])) {
    const { root: table } = await mirrorOf(client, goer.name);
    const fields = goer.personal[table.model] ?? [];
    const only = within && onlyOf(table, within);
    await emptyColumns(client, shopId, table, fields, columnOf(table, field), keys, only);
    forgotten.push(goer.name);
  }
  await client.query(
    `UPDATE sync_tombstones SET snapshot = NULL
     WHERE shop_id = $1 AND resource = ANY ($2) AND split_part(record_key, ':', 1) = ANY ($3)`,
    [shopId, forgotten, keys],
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
  only: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  if (fields.length === 0 || keys.length === 0) return;
  const emptied = fields.map((field) => `${columnOf(table, field)} = NULL`).join(", ");
  const meant = [...only.keys()].map((column, index) => ` AND ${column} = $${index + 3}`).join("");
  await client.query(
    `UPDATE ${table.name} SET ${emptied} WHERE shop_id = $1 AND ${keyColumn} = ANY ($2::int8[])${meant}`,
    [shopId, keys, ...only.values()],
  );
}
