// All that is stored of one customer, as a file: what Shopify's customers/data_request asks a merchant for. The customer,
// the orders, what belongs to them and their metafields, what remains of deleted ones, and which webhooks told of them. Reads
// only; streamed, an order's rows at a time.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import { columnOf, goersWith, mirrorOf, onlyOf, type Table } from "#app/sync/apply-tables.ts";
import { tombstonesOf } from "#app/sync/redact.ts";
import type { ResourceName } from "#app/resources/define.ts";

/** Orders whose rows are read together. */
const ORDERS_AT_ONCE = 100;
const DELIVERIES_MAX = 10_000;

interface Part {
  readonly table: string;
  /** One row as JSON, numbers as PostgreSQL prints them. */
  readonly row: string;
}

/** One JSON document: {"shop", "customer", "exportedAt", "rows": [{"table", "row"}]}. @param customerId decimal */
export function exportPerson(
  shop: { readonly id: number; readonly domain: string },
  customerId: string,
  now: Date,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const batches = parts(shop, customerId);
  const head = JSON.stringify({ shop: shop.domain, customer: customerId, exportedAt: now });
  let written = -1;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (written < 0) {
        written = 0;
        controller.enqueue(encoder.encode(`${head.slice(0, -1)},"rows":[`));
        return;
      }
      const { value, done } = await batches.next();
      if (done) {
        controller.enqueue(encoder.encode("\n]}\n"));
        controller.close();
        return;
      }
      const lines = value.map(({ table, row }) => `\n{"table":${JSON.stringify(table)},"row":${row}}`);
      if (lines.length > 0) controller.enqueue(encoder.encode((written > 0 ? "," : "") + lines.join(",")));
      else controller.enqueue(new Uint8Array());
      written += lines.length;
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
}

async function* parts(
  shop: { readonly id: number; readonly domain: string },
  customerId: string,
): AsyncGenerator<readonly Part[], void, undefined> {
  yield await inTransaction((client) => rowsOf(client, shop.id, "customers", [customerId]));
  const orders = await ordersOf(shop.id, customerId);
  for (let from = 0; from < orders.length; from += ORDERS_AT_ONCE) {
    const some = orders.slice(from, from + ORDERS_AT_ONCE);
    yield await inTransaction((client) => rowsOf(client, shop.id, "orders", some));
  }
  yield await deliveriesOf(shop.domain, customerId, orders);
}

/** Those that name the customer, and those that Shopify's request named. */
async function ordersOf(shopId: number, customerId: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id::text FROM orders WHERE shop_id = $1 AND customer_id = $2::int8
     UNION
     SELECT (regexp_matches(split_part(detail, 'orders: ', 2), '\\d+', 'g'))[1] FROM sync_errors
     WHERE shop_id = $1 AND resource = 'customers' AND record_key = $2::text AND code = 'CUSTOMER_DATA_REQUEST'
     ORDER BY 1`,
    [shopId, customerId],
  );
  return rows.map(({ id }) => id);
}

/** The records with these keys, what belongs to them, what goes with them, and what is left of deleted ones. */
async function rowsOf(
  client: PoolClient,
  shopId: number,
  name: ResourceName,
  keys: readonly string[],
): Promise<Part[]> {
  const { root, children } = await mirrorOf(client, name);
  const found = await read(client, shopId, root, "id", keys);
  for (const child of children) found.push(...(await read(client, shopId, child, child.parent, keys)));
  const told: string[] = [name];
  const apart: string[] = [];
  for (const { resource: goer, field, within } of goersWith([resourceOf(name).model])) {
    const { root: table, children: parts } = await mirrorOf(client, goer.name);
    const parent = columnOf(table, field);
    found.push(...(await read(client, shopId, table, parent, keys, within && onlyOf(table, within))));
    if (within) {
      told.push(goer.name);
      continue;
    }
    apart.push(tombstonesOf(goer.name, parent));
    const { rows } = await client.query<{ id: string }>(
      `SELECT id::text FROM ${table.name} WHERE shop_id = $1 AND ${parent} = ANY ($2::int8[]) ORDER BY id`,
      [shopId, keys],
    );
    const own = rows.map(({ id }) => id);
    for (const part of parts) found.push(...(await read(client, shopId, part, part.parent, own)));
  }
  const { rows } = await client.query<{ row: string }>(
    `SELECT to_jsonb(t)::text AS row FROM sync_tombstones t
     WHERE shop_id = $1 AND (resource = ANY ($2) AND split_part(record_key, ':', 1) = ANY ($3)
       ${apart.map((some) => `OR ${some} = ANY ($3)`).join(" ")})`,
    [shopId, told, keys],
  );
  return [...found, ...rows.map(({ row }) => ({ table: "sync_tombstones", row }))];
}

async function read(
  client: PoolClient,
  shopId: number,
  table: Table,
  column: string,
  keys: readonly string[],
  only: ReadonlyMap<string, string> = new Map(),
): Promise<Part[]> {
  const meant = [...only.keys()].map((each, index) => ` AND ${each} = $${index + 3}`).join("");
  const { rows } = await client.query<{ row: string }>(
    `SELECT to_jsonb(t)::text AS row FROM ${table.name} t
     WHERE shop_id = $1 AND ${column} = ANY ($2::int8[])${meant} ORDER BY ${table.key.join(", ")}`,
    [shopId, keys, ...only.values()],
  );
  return rows.map(({ row }) => ({ table: table.name, row }));
}

/** Which webhooks are kept that told of the customer or the orders; their bodies say what the rows say. */
async function deliveriesOf(
  shopDomain: string,
  customerId: string,
  orders: readonly string[],
): Promise<Part[]> {
  const { rows } = await pool.query<{ row: string }>(
    `SELECT jsonb_build_object('id', id, 'topic', topic, 'received_at', received_at, 'has_body', length(body) > 0)::text AS row
     FROM sync_deliveries
     WHERE shop_domain = $1 AND (resource = 'customers' AND record_key = $2 OR resource = 'orders' AND record_key = ANY ($3))
     ORDER BY id LIMIT $4`,
    [shopDomain, customerId, orders, DELIVERIES_MAX],
  );
  return rows.map(({ row }) => ({ table: "sync_deliveries", row }));
}
