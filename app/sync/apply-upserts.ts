// Writes news of living records: one statement per table and set of columns, guarded by the version. Children follow
// their root: they are written exactly when the root's row was.
import type { PoolClient } from "pg";
import { attempt } from "./apply-attempt.ts";
import { isRead, isoOf, rankOf } from "./apply-order.ts";
import { columnOf, type ChildTable, type Mirror, type Table } from "./apply-tables.ts";
import { sever } from "./apply-links.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Outcome, Row, Upsert } from "./change.ts";

/** What is common to all statements of one apply(). */
export interface Work {
  readonly client: PoolClient;
  readonly shopId: number;
  readonly now: Date;
  readonly mirror: Mirror;
  /** Records of other resources that went with those they were in, for the counters. */
  readonly goneInside: Map<ResourceName, number>;
}

export interface Upserted {
  readonly outcomes: readonly Outcome[];
  readonly inserted: number;
}

/** One round: every record occurs once. */
export async function upsertRound(work: Work, upserts: readonly Upsert[]): Promise<Upserted> {
  const outcomes: Outcome[] = [];
  let inserted = 0;
  for (const group of Map.groupBy(upserts, fieldsOf).values()) {
    outcomes.push(
      ...(await attempt(work.client, group, async (records) => {
        const written = await writeRoots(work, records);
        await writeChildren(work, records, written);
        // Counted last: what is thrown before is rolled back and tried again in halves.
        inserted += [...written.values()].filter((isNew) => isNew).length;
        return records.map((change): Outcome => {
          return { change, result: written.has(change.key) ? "applied" : "superseded" };
        });
      })),
    );
  }
  return { outcomes, inserted };
}

function fieldsOf({ row }: Upsert): string {
  return Object.keys(row).sort().join();
}

/** How each root came here and when; written over whatever the descriptor's row says. */
const BOOKKEEPING = [
  "updated_at",
  "observed_at",
  "origin_kind",
  "origin_id",
  "confirmed_at",
  "seen_at",
] as const;

/** @returns key → whether the row is new, for the records that were written. */
async function writeRoots(work: Work, records: readonly Upsert[]): Promise<ReadonlyMap<string, boolean>> {
  const { client, shopId, now, mirror } = work;
  const { root } = mirror;
  const columns = columnsOf(root, records[0]!.row);
  const rows = records.map((upsert) => ({ ...cells(root, upsert.row), ...bookkeeping(upsert) }));
  const result = await client.query<{ key: string; is_new: boolean }>(
    rootStatement(
      root,
      columns.filter((column) => !BOOKKEEPING.some((own) => own === column)),
    ),
    [shopId, JSON.stringify(rows), now],
  );
  const written = new Map(result.rows.map(({ key, is_new }) => [key, is_new]));
  await noteSeen(
    work,
    records.filter(({ key, origin }) => isRead(origin) && !written.has(key)),
  );
  return written;
}

function bookkeeping(upsert: Upsert): Record<(typeof BOOKKEEPING)[number], string | null> {
  const { version, origin } = upsert;
  const observedAt = isoOf(rankOf(upsert).observed);
  return {
    updated_at: version.updatedAt,
    observed_at: observedAt,
    origin_kind: origin.kind,
    origin_id: origin.id === null ? null : String(origin.id),
    // A row is confirmed as long as its state is one that was read; a newer webhook's is not.
    confirmed_at: isRead(origin) ? observedAt : null,
    seen_at: isRead(origin) ? observedAt : null,
  };
}

const rank = (row: string) =>
  `(coalesce(${row}.updated_at, date_trunc('second', ${row}.observed_at)), ${row}.observed_at,
    ${row}.origin_kind <> 'webhook', coalesce(${row}.origin_id, 0))`;

/** Rule I2; compareRanks() in apply-order.ts is the same rule. */
const NEWER = `${rank("excluded")} > ${rank("t")}`;

const statements = new Map<string, string>();

function rootStatement(table: Table, columns: readonly string[]): string {
  const cacheKey = `${table.name} ${columns.join()}`;
  const known = statements.get(cacheKey);
  if (known) return known;
  const all = [...columns, ...BOOKKEEPING];
  const changing = [...columns.filter((column) => !table.key.includes(column)), ...BOOKKEEPING, "applied_at"]
    .filter((column) => column !== "seen_at")
    .map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  const text = `
    INSERT INTO ${table.name} AS t (shop_id, ${list(all)}, applied_at)
    SELECT $1, ${list(all, "r.")}, $3
    FROM json_to_recordset($2) AS r(${definitions(table, all)})
    ORDER BY ${list(table.key, "r.")}
    ON CONFLICT (shop_id, ${list(table.key)}) DO UPDATE
    SET ${changing.join(", ")}, seen_at = greatest(t.seen_at, excluded.seen_at)
    WHERE ${NEWER}
    RETURNING ${keyOf(table, "t")} AS key, t.xmax = 0 AS is_new`;
  statements.set(cacheKey, text);
  return text;
}

/** A read that lost to newer news still proves that the record was alive when it was read (rule I3 needs it). */
async function noteSeen({ client, shopId, mirror }: Work, records: readonly Upsert[]): Promise<void> {
  if (records.length === 0) return;
  const { root } = mirror;
  const seen = records.map((upsert) => ({ key: upsert.key, observed_at: bookkeeping(upsert).observed_at }));
  await client.query(
    `UPDATE ${root.name} AS t SET seen_at = locked.observed_at
     FROM (SELECT ${list(root.key, "o.")}, r.observed_at
           FROM json_to_recordset($2) AS r(key text, observed_at timestamptz)
           JOIN ${root.name} AS o ON o.shop_id = $1 AND ${keyMatch(root, "o", "r.key")}
           ORDER BY ${list(root.key, "o.")} FOR UPDATE OF o) AS locked
     WHERE t.shop_id = $1 AND ${root.key.map((column) => `t.${column} = locked.${column}`).join(" AND ")}
       AND (t.seen_at IS NULL OR t.seen_at < locked.observed_at)`,
    [shopId, JSON.stringify(seen)],
  );
}

async function writeChildren(
  work: Work,
  records: readonly Upsert[],
  written: ReadonlyMap<string, boolean>,
): Promise<void> {
  for (const table of work.mirror.children) {
    const news = records.flatMap((upsert) => {
      const children = upsert.children[table.model];
      const isNew = written.get(upsert.key);
      return children && isNew !== undefined ? [{ key: upsert.key, isNew, ...children }] : [];
    });
    const rows = news.flatMap((children) => children.rows);
    for (const alike of Map.groupBy(rows, (row) => Object.keys(row).sort().join()).values()) {
      await writeAlike(work, table, alike);
    }
    // A root that is new has no children yet that could be too many.
    const replaced = news.filter(
      ({ isNew, complete, knownIds }) => !isNew && (complete || knownIds !== undefined),
    );
    if (replaced.length > 0) await removeOthers(work, table, replaced);
  }
}

async function writeAlike({ client, shopId }: Work, table: ChildTable, rows: readonly Row[]): Promise<void> {
  const columns = columnsOf(table, rows[0]!);
  const cacheKey = `${table.name} ${columns.join()}`;
  let text = statements.get(cacheKey);
  if (text === undefined) {
    text = childStatement(table, columns);
    statements.set(cacheKey, text);
  }
  await client.query(text, [shopId, JSON.stringify(rows.map((row) => cells(table, row)))]);
}

/** An unchanged child is left alone: one edit of a product with 2,000 variants is one row, not 2,000. */
function childStatement(table: ChildTable, columns: readonly string[]): string {
  const changing = columns.filter((column) => !table.key.includes(column));
  return `
    INSERT INTO ${table.name} AS t (shop_id, ${list(columns)})
    SELECT $1, ${list(columns, "r.")}
    FROM json_to_recordset($2) AS r(${definitions(table, columns)})
    ORDER BY ${list(table.key, "r.")}
    ON CONFLICT (shop_id, ${list(table.key)}) DO UPDATE
    SET ${changing.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ")}
    WHERE (${list(changing, "t.")}) IS DISTINCT FROM (${list(changing, "excluded.")})`;
}

interface Replaced {
  readonly key: string;
  readonly rows: readonly Row[];
  readonly knownIds?: readonly string[];
}

async function removeOthers(work: Work, table: ChildTable, replaced: readonly Replaced[]) {
  const kept = replaced.flatMap(({ key, rows, knownIds = [] }) =>
    [...rows.map((row) => String(row[table.ownField])), ...knownIds].map((id) => ({ key, id })),
  );
  const { rows } = await work.client.query<{ id: string }>(
    `DELETE FROM ${table.name} AS t
     WHERE t.shop_id = $1 AND t.${table.parent} = ANY ($2::int8[])
       AND NOT EXISTS (SELECT FROM unnest($3::int8[], $4::int8[]) AS kept(parent, id)
                       WHERE kept.parent = t.${table.parent} AND kept.id = t.${table.own})
     RETURNING t.${table.own} AS id`,
    [work.shopId, replaced.map(({ key }) => key), kept.map(({ key }) => key), kept.map(({ id }) => id)],
  );
  await sever(
    work,
    table.model,
    rows.map(({ id }) => id),
  );
}

function columnsOf(table: Table, row: Row): string[] {
  const columns = Object.keys(row).map((field) => columnOf(table, field));
  for (const column of table.key) {
    if (!columns.includes(column)) throw new RangeError(`a row of ${table.name} comes without ${column}`);
  }
  return columns.sort();
}

function cells(table: Table, row: Row): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const field of Object.keys(row)) named[columnOf(table, field)] = row[field];
  return named;
}

/** The record key of a row: its id, or its ids with a colon between. */
export function keyOf(table: Table, row: string): string {
  return table.key.map((column) => `${row}.${column}::text`).join(" || ':' || ");
}

/** Whether a row is the one with this key; written so that the primary key's index serves. */
export function keyMatch(table: Table, row: string, key: string): string {
  return table.key
    .map((column, index) => `${row}.${column} = split_part(${key}, ':', ${index + 1})::int8`)
    .join(" AND ");
}

export function list(columns: readonly string[], prefix = ""): string {
  return columns.map((column) => `${prefix}${quoted(column)}`).join(", ");
}

function definitions(table: Table, columns: readonly string[]): string {
  return columns.map((column) => `${quoted(column)} ${table.types.get(column)}`).join(", ");
}

function quoted(column: string): string {
  return `"${column}"`;
}
