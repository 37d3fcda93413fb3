// Removes what is known of one customer from the mirror: the columns that the descriptors call personal, of the customer,
// of the orders and of the metafields of both, and every stored copy of them (webhook bodies, states of deleted records).
// Amounts and goods stay: they are the shop's books. A part of apply's room.
import type { PoolClient } from "pg";
import { resourceOf, topicsOf } from "#app/resources/index.ts";
import { lockMirror } from "./apply-lock.ts";
import { columnOf, goersWith, mirrorOf, onlyOf, type Table } from "./apply-tables.ts";
import { noteRedactions, POINTERS } from "./redact-late.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";

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

/**
 * Empties the stored bodies of webhooks about this customer, these orders and what goes with them; what became of each stays
 * known. Where nobody can say whose a body is, or it was set aside and names the customer, it is emptied, too: what it told of
 * is read through the API.
 */
export async function forgetBodies(
  client: PoolClient,
  shop: { readonly id: number; readonly domain: string },
  customerId: string,
  orderKeys: readonly string[],
): Promise<void> {
  const named = new Map<ResourceName, readonly string[]>([
    ["customers", [customerId]],
    ["orders", orderKeys],
  ]);
  for (const { resource, field, within } of goersWith([resourceOf("orders").model])) {
    if (within) continue;
    const { root } = await mirrorOf(client, resource.name);
    const { rows } = await client.query<{ key: string }>(
      `SELECT id::text AS key FROM ${root.name} WHERE shop_id = $1 AND ${columnOf(root, field)} = ANY ($2::int8[])`,
      [shop.id, orderKeys],
    );
    named.set(
      resource.name,
      rows.map(({ key }) => key),
    );
  }
  for (const [resource, keys] of named) {
    await client.query(
      `UPDATE sync_deliveries SET body = ''
       WHERE shop_domain = $1 AND state <> 'received' AND resource = $2 AND record_key = ANY ($3)`,
      [shop.domain, resource, keys],
    );
  }
  await client.query(
    `UPDATE sync_deliveries SET body = ''
     WHERE shop_domain = $1 AND topic = ANY ($2) AND body <> ''
       AND (state <> 'received' AND record_key IS NULL
            OR state = 'parked' AND position(convert_to($3, 'UTF8') IN body) > 0)`,
    [shop.domain, personalTopics(), customerId],
  );
}

/** Topics whose bodies may tell of a customer. */
export function personalTopics(): string[] {
  const named = [resourceOf("orders"), resourceOf("customers")];
  const goers = goersWith(named.map(({ model }) => model)).map(({ resource }) => resource);
  const personal = [...named, ...goers].filter(({ personal: fields }) => Object.keys(fields).length > 0);
  return [...new Set(personal.flatMap(topicsOf))];
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
  const apart: string[] = [];
  for (const { resource: goer, field, within } of goersWith([model])) {
    const { root: table } = await mirrorOf(client, goer.name);
    const fields = goer.personal[table.model] ?? [];
    const only = within && onlyOf(table, within);
    await emptyColumns(client, shopId, table, fields, columnOf(table, field), keys, only);
    if (within) forgotten.push(goer.name);
    else apart.push(tombstonesOf(goer.name, columnOf(table, field)));
  }
  await client.query(
    `UPDATE sync_tombstones SET snapshot = NULL
     WHERE shop_id = $1 AND (resource = ANY ($2) AND split_part(record_key, ':', 1) = ANY ($3)
       ${apart.map((some) => `OR ${some} = ANY ($3)`).join(" ")})`,
    [shopId, forgotten, keys],
  );
}

/** Of records that went by themselves: whose they were, their last state says. SQL, to be compared with keys. */
export function tombstonesOf(resource: ResourceName, column: string): string {
  return `resource = '${resource}' AND snapshot -> 'row' ->> '${column}'`;
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
