// Removes what is known of one customer from the mirror of orders: the columns that the descriptor calls personal, and
// every stored copy of them (webhook bodies, states of deleted orders). Amounts and goods stay: they are the shop's books.
import prismaClient from "@prisma/client";
import type { PoolClient } from "pg";
import { resourceOf } from "#app/resources/index.ts";

const { models } = prismaClient.Prisma.dmmf.datamodel;

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
  const { model, personal, childModels } = resourceOf("orders");
  const root = tableOf(model);
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${root} WHERE shop_id = $1 AND (customer_id = $2 OR id = ANY ($3::int8[])) ORDER BY id FOR UPDATE`,
    [shopId, customerId, orderKeys],
  );
  const keys = rows.map(({ id }) => id);
  await emptyColumns(
    client,
    shopId,
    root,
    columnsOf(model, [...(personal[model] ?? []), ...POINTERS]),
    "id",
    keys,
  );
  for (const child of childModels) {
    await emptyColumns(
      client,
      shopId,
      tableOf(child),
      columnsOf(child, personal[child] ?? []),
      "order_id",
      keys,
    );
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

async function emptyColumns(
  client: PoolClient,
  shopId: number,
  table: string,
  columns: readonly string[],
  keyColumn: string,
  keys: readonly string[],
): Promise<void> {
  if (columns.length === 0 || keys.length === 0) return;
  const emptied = columns.map((column) => `${column} = NULL`).join(", ");
  await client.query(
    `UPDATE ${table} SET ${emptied} WHERE shop_id = $1 AND ${keyColumn} = ANY ($2::int8[])`,
    [shopId, keys],
  );
}

function tableOf(model: string): string {
  const found = models.find(({ name }) => name === model);
  if (!found) throw new RangeError(`there is no model ${model}`);
  return `"${found.dbName ?? found.name}"`;
}

/** @throws RangeError when the descriptor names a field that the table does not have: nothing personal may slip by. */
function columnsOf(model: string, fields: readonly string[]): string[] {
  const known = models.find(({ name }) => name === model)?.fields ?? [];
  return fields.map((field) => {
    const column = known.find(({ name }) => name === field);
    if (!column) throw new RangeError(`${model} has no field ${field}`);
    return `"${column.dbName ?? column.name}"`;
  });
}
