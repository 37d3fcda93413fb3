// Takes out of rows that are here what a shop's rules leave out: fields are emptied, rows of parts go, and so do the copies
// of them in tombstones and in stored webhooks. In small batches. A part of apply's room.
import { inTransaction, pool } from "#app/db.server.ts";
import { topicsOf } from "#app/resources/index.ts";
import { columnOf, mirrorOf, onlyOf } from "./apply-tables.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Omitted } from "./narrow.ts";
import type { Table } from "./apply-tables.ts";

const BATCH_MAX = 1_000;

/** @returns how many rows were emptied or removed. */
export async function emptyOmitted(
  shopId: number,
  resource: Resource,
  { columns, models }: Omitted,
  signal: AbortSignal,
): Promise<number> {
  const { root, children } = await inTransaction((client) => mirrorOf(client, resource.name));
  const { within } = resource.list;
  const only = within ? onlyOf(root, within) : new Map<string, string>();
  let changed = 0;
  for (const table of [root, ...children]) {
    const fields = [...(columns.get(table.model) ?? [])];
    const meant = table === root ? only : new Map<string, string>();
    if (models.has(table.model)) changed += await inBatches(removal(table), [shopId], signal);
    else if (fields.length > 0)
      changed += await inBatches(emptying(table, fields, meant), [shopId, ...meant.values()], signal);
  }
  return changed;
}

/** What was deleted keeps its last state, which has the fields still. */
export async function forgetSnapshots(shopId: number, resource: string): Promise<void> {
  await pool.query(
    "UPDATE sync_tombstones SET snapshot = NULL WHERE shop_id = $1 AND resource = $2 AND snapshot IS NOT NULL",
    [shopId, resource],
  );
}

/** Bodies of settled webhooks that may hold personal data; what became of each stays known. */
export async function forgetPersonalBodies(
  shopId: number,
  resource: Resource,
  signal: AbortSignal,
): Promise<void> {
  if (Object.keys(resource.personal).length === 0) return;
  const statement = `
    UPDATE sync_deliveries SET body = '' WHERE id = ANY (ARRAY(
      SELECT d.id FROM sync_deliveries d JOIN shops s ON s.domain = d.shop_domain
      WHERE s.id = $1 AND d.topic = ANY ($2) AND d.state <> 'received' AND octet_length(d.body) > 0 LIMIT ${BATCH_MAX}))`;
  await inBatches(statement, [shopId, topicsOf(resource)], signal);
}

function emptying(table: Table, fields: readonly string[], only: ReadonlyMap<string, string>): string {
  const columns = fields.map((field) => `"${columnOf(table, field)}"`);
  const meant = [...only.keys()].map((column, index) => ` AND ${column} = $${index + 2}`).join("");
  return `
    UPDATE ${table.name} SET ${columns.map((column) => `${column} = NULL`).join(", ")}
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table.name}
      WHERE shop_id = $1${meant} AND num_nonnulls(${columns.join(", ")}) > 0 LIMIT ${BATCH_MAX}))`;
}

function removal(table: Table): string {
  return `
    DELETE FROM ${table.name}
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table.name} WHERE shop_id = $1 LIMIT ${BATCH_MAX}))`;
}

/** Rows that change meanwhile are met again by the next batch, until there is none. */
async function inBatches(
  statement: string,
  values: readonly unknown[],
  signal: AbortSignal,
): Promise<number> {
  let changed = 0;
  while (!signal.aborted) {
    const { rowCount } = await pool.query(statement, [...values]);
    changed += rowCount ?? 0;
    if (!rowCount) break;
  }
  return changed;
}
