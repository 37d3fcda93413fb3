/**
 * Connections: sort, filter, cut a page, make cursors. Cursors are base64 of `{"last_id":…,"last_value":…}` as Shopify's
 * are, so they hold across requests and say where a page ended even when that record has changed since.
 */
import { badRequest } from "./errors.ts";

/** Shopify: 250 nodes per page, 25,000 objects per walk through a connection. */
export const PAGE_SIZE_MAX = 250;
export const WALK_LENGTH_MAX = 25_000;

export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean | null;
}

/** One sort order. Values compare as strings or numbers; ties are broken by id. */
export interface SortKey<T> {
  of: (record: T) => string | number | null;
  /** Shown in the cursor as a string of the number, as Shopify does for ids. */
  isId?: boolean;
}

export interface Connection {
  readonly edges: { cursor: string; node: unknown }[];
  nodes: unknown[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

export interface PageOptions<T> {
  idOf: (record: T) => string;
  sort: SortKey<T>;
  toNode: (record: T) => unknown;
  /** Records are in the order of `sort` already. */
  isSorted?: boolean;
  /** No limit on the length of the walk, and no page size needed: a bulk operation reads it whole. */
  isWhole?: boolean;
}

type Value = string | number | null;
type Position = { id: string; value: Value };

/** A page of `records`. Throws the API's own errors on impossible arguments. */
export function pageOf<T>(records: readonly T[], page: PageArguments, options: PageOptions<T>): Connection {
  if (!options.isWhole) checkWindow(page);
  const direction = page.reverse ? -1 : 1;
  const positionOf = (record: T): Position => ({ id: options.idOf(record), value: options.sort.of(record) });
  let ordered =
    options.isSorted || records.length < 2
      ? records
      : records.toSorted((a, b) => comparePositions(positionOf(a), positionOf(b)));
  if (page.reverse) ordered = ordered.toReversed();
  let from = 0;
  let to = ordered.length;
  if (page.after) {
    const after = readCursor(page.after, options.sort);
    from = firstIndex(ordered, (record) => comparePositions(positionOf(record), after) * direction > 0);
  }
  if (page.before) {
    const before = readCursor(page.before, options.sort);
    to = firstIndex(ordered, (record) => comparePositions(positionOf(record), before) * direction >= 0);
  }
  const [start, end] = window(from, Math.max(from, to), page);
  if (!options.isWhole && end > WALK_LENGTH_MAX) {
    // The limit is documented; this wording is ours.
    throw badRequest(`Cannot paginate past ${WALK_LENGTH_MAX} objects.`);
  }
  return cut(ordered, start, end, options, positionOf);
}

function cut<T>(
  ordered: readonly T[],
  start: number,
  end: number,
  options: PageOptions<T>,
  positionOf: (record: T) => Position,
): Connection {
  const slice = ordered.slice(start, end);
  const nodes = slice.map((record) => options.toNode(record));
  const cursorOf = (record: T | undefined) =>
    record === undefined ? null : writeCursor(positionOf(record), options.sort);
  // Cursors are written when they are asked for: most pages are read by their nodes.
  return {
    get edges() {
      return slice.map((record, index) => ({ cursor: cursorOf(record)!, node: nodes[index] }));
    },
    nodes,
    pageInfo: {
      hasNextPage: end < ordered.length,
      hasPreviousPage: start > 0,
      get startCursor() {
        return cursorOf(slice[0]);
      },
      get endCursor() {
        return cursorOf(slice.at(-1));
      },
    },
  };
}

function checkWindow(page: PageArguments): void {
  const { first, last } = page;
  const has = (value: number | null | undefined): value is number => value !== undefined && value !== null;
  if (!has(first) && !has(last)) throw badRequest("you must provide one of first or last");
  if (has(first) && has(last)) throw badRequest("providing both first and last is not supported");
  for (const [name, value] of [
    ["first", first],
    ["last", last],
  ] as const) {
    if (!has(value)) continue;
    // Not recorded; the wording follows the API's other size errors.
    if (value < 0) throw badRequest(`${name} must be zero or more`);
    if (value > PAGE_SIZE_MAX) throw badRequest(`${name} cannot exceed ${PAGE_SIZE_MAX}`);
  }
}

function window(from: number, to: number, page: PageArguments): [start: number, end: number] {
  if (typeof page.first === "number") return [from, Math.min(to, from + page.first)];
  if (typeof page.last === "number") return [Math.max(from, to - page.last), to];
  return [from, to];
}

/** The first index for which `isPast` holds; it holds for all that follow. */
function firstIndex<T>(records: readonly T[], isPast: (record: T) => boolean): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const record = records[middle];
    if (record !== undefined && isPast(record)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Nulls first, then by value, then by id as a number. */
export function comparePositions(a: Position, b: Position): number {
  return compareValues(a.value, b.value) || compareIds(a.id, b.id);
}

function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** Ids may lie past 2^53: longer is larger, equal lengths compare as text. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

const NUMBER = /^\d+$/;

function writeCursor(position: Position, sort: SortKey<never>): string {
  const id = NUMBER.test(position.id) ? position.id : JSON.stringify(position.id);
  const value = sort.isId ? JSON.stringify(position.id) : JSON.stringify(position.value);
  return Buffer.from(`{"last_id":${id},"last_value":${value}}`).toString("base64");
}

const CURSOR = /^\{"last_id":(\d+|"(?:[^"\\]|\\.)*")(?:,"last_value":(.+))?\}$/s;

function readCursor(cursor: string, sort: SortKey<never>): Position {
  const match = CURSOR.exec(Buffer.from(cursor, "base64").toString("utf8"));
  if (!match?.[1]) throw badRequest("Malformed cursor");
  const id = match[1].startsWith('"') ? (JSON.parse(match[1]) as string) : match[1];
  if (sort.isId) return { id, value: null };
  try {
    return { id, value: match[2] === undefined ? null : (JSON.parse(match[2]) as Value) };
  } catch {
    throw badRequest("Malformed cursor");
  }
}

/** A time as cursors carry it: "2026-07-21 02:07:50.422000". */
export const cursorTime = (time: string | null): string | null =>
  time === null ? null : `${time.slice(0, 10)} ${time.slice(11, 19)}.${time.slice(20, 23).padEnd(3, "0")}000`;

/** By id: the value is left out of the comparison and the id decides. */
export const BY_ID: SortKey<unknown> = { of: () => null, isId: true };
