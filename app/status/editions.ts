// One limited edition as its page shows it, with its units, its sizes and what was corrected, and the rules of a shop's
// editions. The list of them is edition-list.ts. Reads only.
import { pool } from "#app/db.server.ts";
import { lackingFor, type Lacking } from "#app/editions/keep.ts";
import { readChoice, type EditionChoice } from "#app/editions/choice.ts";
import type { EditionState } from "./edition-states.ts";
import { Filters, isId } from "./filters.ts";

export type { Lacking };

const PAGE_ROWS = 50;
/** Of each history, the newest. */
const HISTORY_ROWS = 50;

export interface EditionView {
  readonly id: string;
  /** "PRODUCT": for all its variants; "PRODUCTVARIANT": for one. */
  readonly ownerType: string;
  readonly ownerId: string;
  readonly title: string | null;
  /** The metafield as it stands. */
  readonly text: string | null;
  readonly size: number | null;
  readonly proofs: number;
  /** Why the text is not understood. */
  readonly problem: string | null;
  readonly sold: number;
  readonly returned: number;
  /** Null while the size is not known. */
  readonly remaining: number | null;
  readonly oversold: number;
  readonly state: EditionState;
  /** Returned units count, too. */
  readonly lastSoldAt: Date | null;
}

/** $2 is the percentage from which an edition is nearly sold out; one that has sold is so at its last copy, however small. */
export const EDITION_STATE = `
    CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN size IS NULL THEN 'unreadable' WHEN used > size THEN 'oversold'
         WHEN used = size THEN 'sold_out' WHEN (size - used) * 100::int8 <= size * $2::int8 THEN 'nearly'
         WHEN used > 0 AND size - used = 1 THEN 'nearly' ELSE 'selling' END`;

/** What is shown of an edition, from `editions`. */
export const EDITION_VIEW = `
  id, owner_type AS "ownerType", owner_id AS "ownerId", title, text, size, proofs, problem, sold, returned,
    greatest(0, size - used) AS remaining, greatest(0, used - coalesce(size, used)) AS oversold, ${EDITION_STATE} AS state,
  last_sold_at AS "lastSoldAt"`;

/** What the shop has chosen, which first syncs its numbers still wait for, and what it has switched off. */
export async function readEditionRules(
  shopId: number,
): Promise<{ readonly choice: EditionChoice; readonly lacking: Lacking }> {
  const [choice, lacking] = await Promise.all([readChoice(shopId), lackingFor(shopId)]);
  return { choice, lacking };
}

export interface UnitView {
  readonly id: string;
  readonly number: number | null;
  readonly orderId: string | null;
  readonly orderName: string | null;
  readonly lineItemId: string | null;
  /** Counted from 1 within its line. */
  readonly unit: number | null;
  readonly state: "sold" | "void" | "freed";
  /** refunded, cancelled, removed, deleted, test, correction */
  readonly reason: string | null;
  /** late, reused, assigned */
  readonly outOfOrder: string | null;
  readonly formerNumber: number | null;
  readonly soldAt: Date | null;
}

export interface SizeView {
  readonly id: string;
  readonly seenAt: Date;
  /** Null: the metafield was removed. */
  readonly text: string | null;
  readonly size: number | null;
  readonly proofs: number | null;
  readonly problem: string | null;
}

export interface CorrectionView {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: "voided" | "assigned";
  readonly number: number;
  readonly orderName: string | null;
  readonly otherNumber: number | null;
  readonly reason: string;
}

export interface EditionDetail {
  readonly edition: EditionView;
  readonly units: readonly UnitView[];
  /** Where the list of units goes on. */
  readonly next: string | null;
  readonly sizes: readonly SizeView[];
  readonly corrections: readonly CorrectionView[];
}

export interface UnitQuery {
  readonly after: UnitCursor | null;
  readonly dropped: readonly string[];
}

/** Units with a number come first, in its order; then those without, in the order of their arrival. */
interface UnitCursor {
  readonly number: number | null;
  readonly id: string;
}

export function unitQueryOf(url: string): UnitQuery {
  const read = new Filters(url);
  const asked = read.text("after");
  const [, number = "", id = ""] = /^(\d{0,7})_(\d+)$/.exec(asked ?? "") ?? [];
  const after = isId(id) ? { number: number === "" ? null : Number(number), id } : null;
  if (asked !== null && after === null) read.dropped.push("after");
  return { after, dropped: read.dropped };
}

/** Null when the shop has no such edition. */
export async function readEdition(
  shopId: number,
  id: string,
  after: UnitCursor | null,
): Promise<EditionDetail | null> {
  const edition = await findEdition(shopId, id);
  if (!edition) return null;
  const [units, sizes, corrections] = await Promise.all([
    unitsAfter(shopId, id, after, PAGE_ROWS + 1),
    pool.query<SizeView>(
      `SELECT id, seen_at AS "seenAt", text, size, proofs, problem FROM edition_sizes
       WHERE shop_id = $1 AND edition_id = $2 ORDER BY id DESC LIMIT ${HISTORY_ROWS}`,
      [shopId, id],
    ),
    pool.query<CorrectionView>(
      `SELECT id, at, actor, act, number, order_name AS "orderName", other_number AS "otherNumber", reason
       FROM edition_corrections WHERE shop_id = $1 AND edition_id = $2 ORDER BY id DESC LIMIT ${HISTORY_ROWS}`,
      [shopId, id],
    ),
  ]);
  const shown = units.slice(0, PAGE_ROWS);
  const last = units.length > PAGE_ROWS ? shown.at(-1)! : null;
  const next = last && `${last.number ?? ""}_${last.id}`;
  return { edition, units: shown, next, sizes: sizes.rows, corrections: corrections.rows };
}

/** Null when the shop has no such edition. */
export async function findEdition(shopId: number, id: string): Promise<EditionView | null> {
  if (!isId(id)) return null;
  const { nearlyPercent } = await readChoice(shopId);
  const { rows } = await pool.query<EditionView>(
    `SELECT ${EDITION_VIEW} FROM editions WHERE shop_id = $1 AND id = $3`,
    [shopId, nearlyPercent, id],
  );
  return rows[0] ?? null;
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Units in the order of the page, from after the cursor on. */
export async function unitsAfter(
  shopId: number,
  editionId: string,
  after: UnitCursor | null,
  rowsMax: number,
): Promise<readonly UnitView[]> {
  const { text, values } = unitPageStatement(shopId, editionId, after, rowsMax);
  return (await pool.query<UnitView>(text, [...values])).rows;
}

/** Each part goes along the index of its numbers by itself: "above, or without one" would be read from the beginning. */
export function unitPageStatement(
  shopId: number,
  editionId: string,
  after: UnitCursor | null,
  rowsMax: number,
): Statement {
  const numbered = `${UNITS} AND number > $3::int ORDER BY number LIMIT $4`;
  const others = (from: string) => `${UNITS} AND number IS NULL${from} ORDER BY id LIMIT $4`;
  if (after !== null && after.number === null)
    return { text: others(" AND id > $3::int8"), values: [shopId, editionId, after.id, rowsMax] };
  return {
    text: `SELECT * FROM ((${numbered}) UNION ALL (${others("")})) AS u ORDER BY number NULLS LAST, id LIMIT $4`,
    values: [shopId, editionId, after?.number ?? 0, rowsMax],
  };
}

const UNITS = `
  SELECT id, number, order_id AS "orderId", order_name AS "orderName", line_item_id AS "lineItemId",
    unit_index + 1 AS unit, state, reason, out_of_order AS "outOfOrder", former_number AS "formerNumber",
    sold_at AS "soldAt"
  FROM edition_units WHERE shop_id = $1 AND edition_id = $2`;
