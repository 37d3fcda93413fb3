// Writes news of living records: one statement per table and set of columns, guarded by the version. Children follow
// their root: they are written exactly when the root's row was.
import type { PoolClient } from "pg";
import { prepared } from "#app/db.server.ts";
import { attempt } from "./apply-attempt.ts";
import { instantOf, isRead, isoOf } from "./apply-order.ts";
import { groupAlike, sourceOf, type Shape, type Tuple } from "./apply-rows.ts";
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
  for (const group of groupAlike(upserts, ({ row }) => row)) {
    outcomes.push(
      ...(await attempt(work.client, group, async (records) => {
        const written = await writeRoots(work, records);
        await writeChildren(work, records, written);
        // Counted last: what is thrown before is rolled back and tried again in halves.
        for (const isNew of written.values()) if (isNew) inserted += 1;
        return records.map((change): Outcome => {
          return { change, result: written.has(change.key) ? "applied" : "superseded" };
        });
      })),
    );
  }
  return { outcomes, inserted };
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
  const shape = shapeOf(root, records[0]!.row);
  const columns = shape.columns.filter((column) => !BOOKKEEPING.some((own) => own === column));
  const fields = shape.fields.filter((_, index) => columns.includes(shape.columns[index]!));
  const tuples = records.map((upsert) => [
    ...fields.map((field) => upsert.row[field]),
    ...bookkeeping(upsert),
  ]);
  const { from, values } = await sourceOf(client, root, [...columns, ...BOOKKEEPING], tuples, 3);
  const result = await client.query<{ key: string; is_new: boolean }>(
    prepared(rootStatement(root, columns, from), [shopId, now, ...values]),
  );
  const written = new Map(result.rows.map(({ key, is_new }) => [key, is_new]));
  await noteSeen(
    work,
    records.filter(({ key, origin }) => isRead(origin) && !written.has(key)),
  );
  return written;
}

/** In the order of BOOKKEEPING. */
function bookkeeping({ version, origin }: Upsert): Tuple {
  const observedAt = exactly(version.observedAt);
  // A row is confirmed as long as its state is one that was read; a newer webhook's is not.
  const readAt = isRead(origin) ? observedAt : null;
  const originId = origin.id === null ? null : String(origin.id);
  return [version.updatedAt, observedAt, origin.kind, originId, readAt, readAt];
}

let lastObserved = { given: "", exactly: "" };

/** With six decimals. All records of a page or a file were observed at the same instant. */
function exactly(observedAt: string): string {
  if (lastObserved.given !== observedAt)
    lastObserved = { given: observedAt, exactly: isoOf(instantOf(observedAt)) };
  return lastObserved.exactly;
}

const rank = (row: string) =>
  `(coalesce(${row}.updated_at, date_trunc('second', ${row}.observed_at)), ${row}.observed_at,
    ${row}.origin_kind <> 'webhook', coalesce(${row}.origin_id, 0))`;

/** Rule I2; compareRanks() in apply-order.ts is the same rule. */
const NEWER = `${rank("excluded")} > ${rank("t")}`;

const statements = new Map<string, string>();

/** `key` names what the statement is made of. */
function remembered(key: string, make: () => string): string {
  let text = statements.get(key);
  if (text === undefined) statements.set(key, (text = make()));
  return text;
}

function rootStatement(table: Table, columns: readonly string[], from: string): string {
  return remembered(`${from} ${columns.join()}`, () => {
    const all = [...columns, ...BOOKKEEPING];
    const changing = [
      ...columns.filter((column) => !table.key.includes(column)),
      ...BOOKKEEPING,
      "applied_at",
    ]
      .filter((column) => column !== "seen_at")
      .map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
    return `
    INSERT INTO ${table.name} AS t (shop_id, ${list(all)}, applied_at)
    SELECT $1, ${list(all, "r.")}, $2
    FROM ${from}
    ORDER BY ${list(table.key, "r.")}
    ON CONFLICT (shop_id, ${list(table.key)}) DO UPDATE
    SET ${changing.join(", ")}, seen_at = greatest(t.seen_at, excluded.seen_at)
    WHERE ${NEWER}
    RETURNING ${keyOf(table, "t")} AS key, t.xmax = 0 AS is_new`;
  });
}

/** A read that lost to newer news still proves that the record was alive when it was read (rule I3 needs it). */
async function noteSeen({ client, shopId, mirror }: Work, records: readonly Upsert[]): Promise<void> {
  if (records.length === 0) return;
  const { root } = mirror;
  const seen = records.map(({ key, version }) => ({ key, observed_at: exactly(version.observedAt) }));
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
    const groups = [
      ...groupAlike(
        news.flatMap((children) => children.rows),
        (row) => row,
      ),
    ];
    let from: string | null = null;
    for (const alike of groups) from = await writeAlike(work, table, alike);
    // A root that is new has no children yet that could be too many.
    const replaced = news.filter(
      ({ isNew, complete, knownIds }) => !isNew && (complete || knownIds !== undefined),
    );
    if (replaced.length === 0) continue;
    const isHeld = groups.length === 1 && from !== null && replaced.every(({ knownIds }) => !knownIds);
    await removeOthers(work, table, replaced, isHeld ? from : null);
  }
}

/** @returns the temporary table that still holds the rows, or null. */
async function writeAlike(
  { client, shopId }: Work,
  table: ChildTable,
  rows: readonly Row[],
): Promise<string | null> {
  const { columns, fields } = shapeOf(table, rows[0]!);
  const tuples = rows.map((row) => fields.map((field) => row[field]));
  const { from, values } = await sourceOf(client, table, columns, tuples, 2);
  await client.query(prepared(childStatement(table, columns, from), [shopId, ...values]));
  return values.length === 0 ? from : null;
}

/** An unchanged child is left alone: one edit of a product with 2,000 variants is one row, not 2,000. */
function childStatement(table: ChildTable, columns: readonly string[], from: string): string {
  return remembered(`${from} ${columns.join()}`, () => {
    const changing = columns.filter((column) => !table.key.includes(column));
    return `
    INSERT INTO ${table.name} AS t (shop_id, ${list(columns)})
    SELECT $1, ${list(columns, "r.")}
    FROM ${from}
    ORDER BY ${list(table.key, "r.")}
    ON CONFLICT (shop_id, ${list(table.key)}) DO UPDATE
    SET ${changing.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ")}
    WHERE (${list(changing, "t.")}) IS DISTINCT FROM (${list(changing, "excluded.")})`;
  });
}

interface Replaced {
  readonly key: string;
  readonly rows: readonly Row[];
  readonly knownIds?: readonly string[];
}

/** `from`: a source that holds all the rows that are to stay. */
async function removeOthers(
  work: Work,
  table: ChildTable,
  replaced: readonly Replaced[],
  from: string | null,
): Promise<void> {
  const keys = replaced.map(({ key }) => key);
  const kept = replaced.flatMap(({ key, rows, knownIds = [] }) =>
    from !== null
      ? []
      : [...rows.map((row) => String(row[table.ownField])), ...knownIds].map((id) => ({ key, id })),
  );
  const given = from ?? "(SELECT parent, id FROM unnest($3::int8[], $4::int8[]) AS kept(parent, id)) AS r";
  const [parent, own] = from === null ? ["parent", "id"] : [table.parent, table.own];
  const { rows } = await work.client.query<{ id: string }>(
    prepared(
      `DELETE FROM ${table.name} AS t
     WHERE t.shop_id = $1 AND t.${table.parent} = ANY ($2::int8[])
       AND NOT EXISTS (SELECT FROM ${given} WHERE r.${parent} = t.${table.parent} AND r.${own} = t.${table.own})
     RETURNING t.${table.own} AS id`,
      from === null
        ? [work.shopId, keys, kept.map(({ key }) => key), kept.map(({ id }) => id)]
        : [work.shopId, keys],
    ),
  );
  await sever(
    work,
    table.model,
    rows.map(({ id }) => id),
  );
}

const shapes = new Map<string, Shape>();

function shapeOf(table: Table, row: Row): Shape {
  const stated = Object.keys(row);
  const key = `${table.name} ${stated.join()}`;
  const known = shapes.get(key);
  if (known) return known;
  const pairs = stated.map((field) => ({ field, column: columnOf(table, field) }));
  for (const column of table.key) {
    if (!pairs.some((pair) => pair.column === column))
      throw new RangeError(`a row of ${table.name} comes without ${column}`);
  }
  pairs.sort((a, b) => (a.column < b.column ? -1 : 1));
  const shape = { columns: pairs.map(({ column }) => column), fields: pairs.map(({ field }) => field) };
  shapes.set(key, shape);
  return shape;
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

function quoted(column: string): string {
  return `"${column}"`;
}
