// The mirror's record and Shopify's answer side by side. Both are brought into PostgreSQL's own form of each column, so
// that "10.5" and "10.500000" are one amount and two spellings of a moment are one time. Reads only.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { resourceOf, topicsOf } from "#app/resources/index.ts";
import { columnsInOrder, pairOf } from "#app/status/record-columns.ts";
import { cellsOf, isQueued, keyIs } from "#app/status/record-detail.ts";
import { columnOf, mirrorOf } from "#app/sync/apply-tables.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { FieldPair } from "#app/status/record-columns.ts";
import type { Cells } from "#app/status/record-detail.ts";
import type { Row } from "#app/sync/change.ts";
import type { ChildTable, Table } from "#app/sync/apply-tables.ts";
import type { LiveRecord } from "#app/sync/sync-record.ts";

/** Children with differences that are shown of each table. */
const CHILDREN_MAX = 20;
/** Shopify's news of a change is here within some seconds; what changed so lately may still be on its way. */
const NEWS_WITHIN_MS = 60_000;
/** Stored webhooks that are looked through for the record, the oldest; beyond them more than one record is behind. */
const WAITING_MAX = 200;

export interface ChildDifference {
  readonly key: string;
  readonly side: "mirror_only" | "shopify_only" | "both";
  /** The fields that differ; none where one side lacks it. */
  readonly fields: readonly FieldPair[];
}

export interface ChildComparison {
  /** As in SQL. */
  readonly table: string;
  readonly inMirror: number;
  readonly inShopify: number;
  /** At most CHILDREN_MAX; `differing` says how many there are. */
  readonly differences: readonly ChildDifference[];
  readonly differing: number;
}

export interface Comparison {
  /** Fields that differ first, then in the order in which the mirror's own fields are told. */
  readonly fields: readonly FieldPair[];
  readonly children: readonly ChildComparison[];
  readonly isEqual: boolean;
  /** It is changing just now, so that what differs may be two moments of one change. */
  readonly isMoving: boolean;
}

/** Null sides are shown as absent: a record that is not in the mirror has only Shopify's values. */
export async function compareRecord(
  shop: { readonly id: number; readonly domain: string },
  resource: ResourceName,
  live: Pick<LiveRecord, "reading" | "sentAt">,
): Promise<Comparison> {
  return inTransaction(async (client) => {
    const compared = await compare(client, shop.id, resource, live.reading);
    return { ...compared, isMoving: !compared.isEqual && (await isMoving(client, shop, resource, live)) };
  });
}

/**
 * Whether the mirror and Shopify can have been read at two moments of one change: one of the two has seen a later one, or
 * news of the record waits to be worked off, or to be read.
 */
async function isMoving(
  client: PoolClient,
  shop: { readonly id: number; readonly domain: string },
  resource: ResourceName,
  { reading: { key, updatedAt }, sentAt }: Pick<LiveRecord, "reading" | "sentAt">,
): Promise<boolean> {
  const { root } = await mirrorOf(client, resource);
  const { rows } = await client.query<{ ahead: boolean; behind: boolean }>(
    `SELECT t.observed_at > $3::timestamptz OR coalesce(t.updated_at > $4::timestamptz, false) AS ahead,
            coalesce(t.updated_at < $4::timestamptz, false) AS behind
     FROM ${root.name} t WHERE t.shop_id = $1 AND ${keyIs(root, "t")}`,
    [shop.id, key.split(":"), sentAt, updatedAt],
  );
  const row = rows[0] ?? { ahead: false, behind: true };
  const isRecent = updatedAt !== null && Date.parse(sentAt) - Date.parse(updatedAt) < NEWS_WITHIN_MS;
  if (row.ahead || (row.behind && isRecent)) return true;
  if (await isQueued(client, shop.id, resource, key)) return true;
  const { rowCount } = await client.query(
    `SELECT FROM (SELECT topic, body FROM sync_deliveries
                  WHERE shop_domain = $1 AND state = 'received' ORDER BY id LIMIT ${WAITING_MAX}) AS waiting
     WHERE topic = ANY ($2) AND position(convert_to($3, 'UTF8') IN body) > 0 LIMIT 1`,
    [shop.domain, topicsOf(resourceOf(resource)), key.split(":")[0]],
  );
  return rowCount === 1;
}

async function compare(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  { key, row, children }: LiveRecord["reading"],
): Promise<Omit<Comparison, "isMoving">> {
  const { root, children: childTables } = await mirrorOf(client, resource);
  const { rows } = await client.query<{ cells: Cells }>(
    `SELECT ${cellsOf("t")} AS cells FROM ${root.name} t WHERE t.shop_id = $1 AND ${keyIs(root, "t")}`,
    [shopId, key.split(":")],
  );
  const [live = {}] = await normalized(client, root, [row]);
  const mirrored = rows[0]?.cells ?? {};
  const stated = new Set(columnsOf(root, [row]));
  const fields = columnsInOrder(resourceOf(resource), root)
    .filter((column) => stated.has(column))
    .map((column) => pairOf(root, column, mirrored, live));
  const whole = { mirror: mirrored, shopify: live };
  const compared: ChildComparison[] = [];
  for (const table of childTables) {
    const given = children[table.model];
    if (given) compared.push(await compareChildren(client, table, shopId, key, given.rows, whole));
  }
  fields.sort((a, b) => Number(b.differs) - Number(a.differs));
  const isEqual = fields.every(({ differs }) => !differs) && compared.every((one) => one.differing === 0);
  return { fields, children: compared, isEqual };
}

async function compareChildren(
  client: PoolClient,
  table: ChildTable,
  shopId: number,
  key: string,
  live: readonly Row[],
  whole: { readonly mirror: Cells; readonly shopify: Cells },
): Promise<ChildComparison> {
  const { rows } = await client.query<{ cells: Cells }>(
    `SELECT ${cellsOf("t")} AS cells FROM ${table.name} t WHERE t.shop_id = $1 AND t.${table.parent} = $2::int8`,
    [shopId, key],
  );
  const own = table.key.filter((column) => column !== table.parent);
  const keyOf = (cells: Cells) => own.map((column) => cells[column]).join(":");
  const here = new Map(rows.map(({ cells }) => [keyOf(cells), cells]));
  const there = new Map((await normalized(client, table, live)).map((cells) => [keyOf(cells), cells]));
  const columns = columnsOf(table, live);
  const differences: ChildDifference[] = [];
  for (const child of new Set([...there.keys(), ...here.keys()])) {
    const [mirror, shopify] = [here.get(child), there.get(child)];
    if (mirror && shopify) {
      const fields = columns
        .map((column) => pairOf(table, column, mirror, shopify, whole))
        .filter(({ differs }) => differs);
      if (fields.length > 0) differences.push({ key: child, side: "both", fields });
    } else differences.push({ key: child, side: mirror ? "mirror_only" : "shopify_only", fields: [] });
  }
  return {
    table: table.name,
    inMirror: here.size,
    inShopify: there.size,
    differences: differences.slice(0, CHILDREN_MAX),
    differing: differences.length,
  };
}

/** The columns that Shopify's answer speaks of; the parent's id is what the rows were found by. */
function columnsOf(table: Table | ChildTable, rows: readonly Row[]): string[] {
  const fields = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...fields].map((field) => columnOf(table, field));
  return "parent" in table ? columns.filter((column) => column !== table.parent) : columns;
}

/** Rows as PostgreSQL would give them back, had they been written. */
async function normalized(client: PoolClient, table: Table, rows: readonly Row[]): Promise<Cells[]> {
  const named = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([field, value]) => [columnOf(table, field), value])),
  );
  const { rows: read } = await client.query<{ cells: Cells }>(
    `SELECT ${cellsOf("r")} AS cells FROM json_populate_recordset(NULL::${table.name}, $1::json) r`,
    [JSON.stringify(named)],
  );
  return read.map(({ cells }) => cells);
}
