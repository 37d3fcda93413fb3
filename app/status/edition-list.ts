// The list of limited editions as its address filters and sorts it, page by page or all of it for a file. Reads only.
import { isoTime, pool } from "#app/db.server.ts";
import { readChoice } from "#app/editions/choice.ts";
import { EDITION_STATES, type EditionState } from "./edition-states.ts";
import { EDITION_STATE, EDITION_VIEW, type EditionView } from "./editions.ts";
import { Filters, placeText } from "./filters.ts";
import { beyond, orderOf, type Place, type SortKey } from "./keyset.ts";
import { EDITION_SORT, EDITION_SORT_KEYS, partsOf, type EditionSort, type Way } from "./sorts.ts";
import type { QueryResultRow } from "pg";

export const EDITIONS_PER_PAGE = 50;
/** Editions that a file is written from at a time. */
const EDITIONS_AT_A_TIME = 1_000;

export interface EditionFilters {
  readonly state: EditionState | null;
  readonly find: string | null;
}

export interface EditionQuery {
  readonly filters: EditionFilters;
  readonly sort: EditionSort;
  readonly after: Place | null;
  /** Names of parameters that were not understood. */
  readonly dropped: readonly string[];
}

/**
 * As people read titles: without accents and capitals, and "no. 9" before "no. 10", for which each number is filled up to
 * ten digits. By bytes, so that every database sorts alike.
 */
const TITLE = String.raw`(left(regexp_replace(regexp_replace(
  lower(regexp_replace(normalize(title, NFKD), '[\u0300-\u036f]', '', 'g')),
  '(\d+)', '000000000\1', 'g'), '0+(\d{10})', '\1', 'g'), 200) COLLATE "C")`;

const SORT_KEYS: Readonly<Record<(typeof EDITION_SORT_KEYS)[number], SortKey>> = {
  // Not the id: over its own index, the newest of a shop may lie behind all newer ones of others.
  added: { sql: "created_at", type: "timestamptz" },
  title: { sql: TITLE, type: "text", isNullable: true },
  size: { sql: "size", type: "int8", isNullable: true },
  sold: { sql: "sold", type: "int8" },
  // Below zero it is oversold, so that the two are one order.
  remaining: { sql: "(size - used)", type: "int8", isNullable: true },
  sale: { sql: "last_sold_at", type: "timestamptz", isNullable: true },
};

export function editionQueryOf(url: string): EditionQuery {
  const read = new Filters(url);
  const filters = { state: read.oneOf("state", EDITION_STATES), find: read.text("find") };
  const sort = read.sort(EDITION_SORT_KEYS, EDITION_SORT);
  const after = read.place(sort, SORT_KEYS[partsOf(sort).key]);
  return { filters, sort, after, dropped: read.dropped };
}

export interface EditionPage {
  readonly editions: readonly EditionView[];
  /** Where the next page goes on; null on the last. */
  readonly next: string | null;
}

export async function readEditions(
  shopId: number,
  query: Pick<EditionQuery, "filters" | "sort" | "after">,
): Promise<EditionPage> {
  const { key } = sortKeyOf(query.sort);
  const place = key.type === "timestamptz" ? isoTime(key.sql) : `${key.sql}::text`;
  const rows = await readParts<EditionView & { readonly sortKey: string | null }>(
    shopId,
    query,
    `${EDITION_VIEW}, ${place} AS "sortKey"`,
    EDITIONS_PER_PAGE + 1,
  );
  const shown = rows.slice(0, EDITIONS_PER_PAGE);
  const last = rows.length > EDITIONS_PER_PAGE ? shown.at(-1)! : null;
  return {
    editions: shown.map(({ sortKey: _, ...edition }) => edition),
    next: last && placeText(query.sort, { key: last.sortKey, id: last.id }),
  };
}

/**
 * Every edition that matches, in the order of this moment: sums move while a file is written, and from page to page one
 * could be missed or come twice. 100,000 ids are some 10 MB.
 */
export async function* eachEdition(
  shopId: number,
  query: Pick<EditionQuery, "filters" | "sort">,
): AsyncGenerator<readonly EditionView[], void, undefined> {
  const listed = { ...query, after: null };
  const all = await readParts<{ readonly id: string }>(shopId, listed, `id, ${EDITION_STATE}`, null);
  const ids = all.map(({ id }) => id);
  const { nearlyPercent } = await readChoice(shopId);
  for (let from = 0; from < ids.length; from += EDITIONS_AT_A_TIME) {
    const { rows } = await pool.query<EditionView>(
      `SELECT ${EDITION_VIEW} FROM editions JOIN unnest($3::int8[]) WITH ORDINALITY AS listed(id, place) USING (id)
       WHERE shop_id = $1 ORDER BY place`,
      [shopId, nearlyPercent, ids.slice(from, from + EDITIONS_AT_A_TIME)],
    );
    yield rows;
  }
}

function sortKeyOf(sort: EditionSort): { readonly key: SortKey; readonly way: Way } {
  const { key, way } = partsOf(sort);
  return { key: SORT_KEYS[key], way };
}

/** Those that have a value, then those that have none: each is a part, read along the index by itself. */
export function editionParts({ sort, after }: Pick<EditionQuery, "sort" | "after">): readonly EditionPart[] {
  const { isNullable } = sortKeyOf(sort).key;
  if (after?.key === null) return ["without"];
  return isNullable ? ["with", "without"] : ["with"];
}

export type EditionPart = "with" | "without";

/** @param rowsMax null: all of them */
async function readParts<Row extends QueryResultRow>(
  shopId: number,
  query: Pick<EditionQuery, "filters" | "sort" | "after">,
  columns: string,
  rowsMax: number | null,
): Promise<readonly Row[]> {
  const { nearlyPercent } = await readChoice(shopId);
  let found: readonly Row[] = [];
  for (const part of editionParts(query)) {
    const left = rowsMax === null ? null : rowsMax - found.length;
    if (left === 0) break;
    const { text, values } = editionPartStatement(shopId, nearlyPercent, query, part, columns, left);
    const { rows } = await pool.query<Row>(text, values);
    found = [...found, ...rows];
  }
  return found;
}

/**
 * A state and a title are looked for on the way: a shop has some thousand editions at most, and the state depends on what
 * the shop calls nearly sold out. For EXPLAIN in tests too.
 */
export function editionPartStatement(
  shopId: number,
  nearlyPercent: number,
  { filters: { state, find }, sort, after }: Pick<EditionQuery, "filters" | "sort" | "after">,
  part: EditionPart,
  columns: string,
  rowsMax: number | null,
): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = [shopId, nearlyPercent];
  const put = (value: unknown) => `$${values.push(value)}`;
  const { key, way } = sortKeyOf(sort);
  const conditions = ["shop_id = $1"];
  if (key.isNullable) conditions.push(`${key.sql} IS ${part === "with" ? "NOT NULL" : "NULL"}`);
  if (after && (after.key === null) === (part === "without"))
    conditions.push(beyond(key, "id", way, after, put));
  if (find !== null) conditions.push(`title ILIKE ${put(`%${find.replaceAll(/[\\%_]/g, "\\$&")}%`)}`);
  // Whoever looks for sizes that cannot be read wants those as well whose edition goes on with the size before.
  if (state === "unreadable") conditions.push("problem IS NOT NULL AND ended_at IS NULL");
  else if (state !== null) conditions.push(`${EDITION_STATE} = ${put(state)}`);
  const text = `SELECT ${columns} FROM editions WHERE ${conditions.join(" AND ")}
    ORDER BY ${orderOf(key, "id", way)} LIMIT ${rowsMax ?? "ALL"}`;
  return { text, values };
}
