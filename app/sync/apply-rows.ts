// How rows reach a statement of apply(): few as one JSON value, many by COPY into a temporary table, which costs PostgreSQL
// a third of the time. Either way the statement reads from `r`, a source with the table's own columns and types.
import type { PoolClient } from "pg";
import { copyIn } from "#app/copy.server.ts";
import { linesOf, type Tuple } from "./apply-copy.ts";
import { columnOf, type Table } from "./apply-tables.ts";
import type { Row } from "./change.ts";

/** From here on two more round trips and the table's emptying at commit are less than what COPY saves. */
export const COPY_ROWS_MIN = 100;

/** The columns that rows state, in the order of their values. */
export interface Shape {
  readonly columns: readonly string[];
  /** Prisma field of each column. */
  readonly fields: readonly string[];
}

/** Puts things together whose rows state the same fields, whatever their order. */
export function groupAlike<T>(things: readonly T[], rowOf: (thing: T) => Row): Iterable<T[]> {
  const groups = new Map<string, T[]>();
  let lastKeys: readonly string[] = [];
  let lastGroup: T[] | undefined;
  for (const thing of things) {
    const keys = Object.keys(rowOf(thing));
    // Rows of one source are made by one function, so nearly all have the keys of the one before.
    if (!lastGroup || keys.length !== lastKeys.length || keys.some((key, index) => key !== lastKeys[index])) {
      lastKeys = keys;
      const sorted = keys.toSorted().join();
      lastGroup = groups.get(sorted);
      if (!lastGroup) groups.set(sorted, (lastGroup = []));
    }
    lastGroup.push(thing);
  }
  return groups.values();
}

const shapes = new Map<string, Shape>();

/** @throws RangeError for a row without its key, or with a field that its table has not. */
export function shapeOf(table: Table, row: Row): Shape {
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

const statements = new Map<string, string>();

/** A statement's text; `key` names what it is made of. */
export function remembered(key: string, make: () => string): string {
  let text = statements.get(key);
  if (text === undefined) statements.set(key, (text = make()));
  return text;
}

/** What stands behind FROM, where the rows are named `r`; and statements that are on their way before the one that reads it. */
export interface Source {
  readonly from: string;
  readonly sent: readonly Promise<unknown>[];
}

/**
 * Makes rows readable for the next statement of this transaction. While they are few they are one value more of it; else
 * what puts them into their table is sent, and is to be awaited together with that statement.
 */
export function sourceOf(
  client: PoolClient,
  table: Table,
  columns: readonly string[],
  tuples: readonly Tuple[],
  values: unknown[],
): Source {
  if (tuples.length >= COPY_ROWS_MIN) {
    const lines = linesOf(table, columns, tuples);
    // What COPY would alter is refused in JSON, and its record with it.
    if (lines) {
      const name = temporaryName(table, columns);
      const made = client.query(
        `CREATE TEMPORARY TABLE IF NOT EXISTS ${name} (${definitions(table, columns)}) ON COMMIT DELETE ROWS;
         DELETE FROM ${name}`,
      );
      const sent = [made, copyIn(client, `COPY ${name} FROM STDIN`, lines)];
      // Whoever awaits them hears of it.
      for (const each of sent) each.catch(() => {});
      return { from: `${name} AS r`, sent };
    }
  }
  const objects = tuples.map((tuple) =>
    Object.fromEntries(columns.map((column, index) => [column, tuple[index]])),
  );
  values.push(JSON.stringify(objects));
  return { from: `json_to_recordset($${values.length}) AS r(${definitions(table, columns)})`, sent: [] };
}

const temporaryNames = new Map<string, string>();

/** One for each set of columns; it lives as long as its connection. */
function temporaryName(table: Table, columns: readonly string[]): string {
  const key = `${table.name} ${columns.join()}`;
  const known = temporaryNames.get(key);
  if (known) return known;
  const name = `pg_temp.given_${temporaryNames.size}_${table.name}`;
  temporaryNames.set(key, name);
  return name;
}

function definitions(table: Table, columns: readonly string[]): string {
  return columns.map((column) => `${quoted(column)} ${table.types.get(column)}`).join(", ");
}

export function list(columns: readonly string[], prefix = ""): string {
  return columns.map((column) => `${prefix}${quoted(column)}`).join(", ");
}

export function quoted(column: string): string {
  return `"${column}"`;
}
