// Gives each sold unit of an edition its number. All of it happens under the edition's lock and by whole sets, so any
// number of workers may do it at once and as often as they like: a second time changes nothing.
//
// Numbers go up in the order of the sale: when the order was processed, then its id, the line's id, the unit in the line.
// A number that was given may be printed on a work and in a buyer's hands, so it is never moved: a sale that arrives
// here after later ones were numbered gets the next number and is marked out of order.
// Shopify does not say which unit of a line came back. It is taken to be the one with the highest index.
import type { PoolClient } from "pg";
import { inTransaction, prepared } from "#app/db.server.ts";
import { Transient } from "#app/shopify/errors.ts";
import type { EditionChoice } from "./choice.ts";
import { BRING_BACK, INSERT_UNITS, NUMBER_UNITS, RECOUNT, TAKE_BACK } from "./numbers-sql.ts";

/** News of two sales may overtake each other on their way here; so long a sale waits for an earlier one. */
export const SETTLE_MS = 3_000;
const UNIQUE_VIOLATION = "23505";

export interface Numbering {
  readonly shopId: number;
  readonly editionId: string;
  /** Decimal ids of the orders to look at; null for all, which also counts the edition anew. */
  readonly orderIds: readonly string[] | null;
  readonly returned: EditionChoice["returned"];
  readonly now: Date;
}

/** What has changed; all zero when nothing was to be done. */
export interface Numbered {
  readonly sold: number;
  readonly returned: number;
  readonly numbered: number;
}

const NOTHING: Numbered = { sold: 0, returned: 0, numbered: 0 };

/** @throws Transient when another worker has just numbered a unit elsewhere: the next attempt sees it. */
export async function numberEdition(numbering: Numbering): Promise<Numbered> {
  try {
    return await inTransaction(async (client) => {
      const edition = await lockEdition(client, numbering.shopId, numbering.editionId);
      return edition ? await work(client, numbering, edition) : NOTHING;
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION)
      throw new Transient("a unit was numbered elsewhere meanwhile", { cause: error });
    throw error;
  }
}

export interface LockedEdition {
  readonly id: string;
  readonly owner_type: string;
  readonly owner_id: string;
  readonly next_number: number;
  readonly highest_number: number;
  readonly size: number | null;
  /** Whether it gives numbers: its size is known, and its metafield is there. */
  readonly is_open: boolean;
}

/** Whoever changes an edition's units holds its row. Null when there is no such edition. */
export async function lockEdition(
  client: PoolClient,
  shopId: number,
  editionId: string,
): Promise<LockedEdition | null> {
  const { rows } = await client.query<LockedEdition>(
    prepared(
      `SELECT id, owner_type, owner_id, next_number, highest_number, size,
              size IS NOT NULL AND ended_at IS NULL AS is_open
       FROM editions WHERE shop_id = $1 AND id = $2 FOR UPDATE`,
      [shopId, editionId],
    ),
  );
  return rows[0] ?? null;
}

async function work(client: PoolClient, numbering: Numbering, edition: LockedEdition): Promise<Numbered> {
  const { shopId, orderIds, returned: choice, now } = numbering;
  const here = [shopId, edition.id, orderIds];
  const scope = orderIds === null ? "all" : "some";
  let sold = 0;
  if (edition.is_open) {
    const settled = new Date(now.getTime() - SETTLE_MS);
    const owner = [edition.owner_type, edition.owner_id];
    sold =
      (await client.query(prepared(INSERT_UNITS[scope], [...here, ...owner, settled, now]))).rowCount ?? 0;
  }
  const gone = await client.query<{ former_number: number | null }>(
    prepared(TAKE_BACK[scope], [...here, choice, now]),
  );
  const back = await client.query<{ again: number | null }>(prepared(BRING_BACK[scope], [...here, now]));
  const again = back.rows.filter((row) => row.again !== null).length;
  const freed = gone.rows.map(({ former_number }) => former_number).filter((number) => number !== null);
  const next = Math.min(edition.next_number, ...(choice === "free" ? freed : []));
  const returned = (gone.rowCount ?? 0) - (back.rowCount ?? 0);
  const isFull = orderIds === null;
  const hasChanged = sold > 0 || gone.rowCount !== 0 || back.rowCount !== 0;
  const { count } =
    hasChanged || isFull ? await giveNumbers(client, shopId, edition, next, now) : { count: 0 };
  if (hasChanged || count !== 0) {
    await client.query(
      `UPDATE editions SET sold = sold + $2, returned = returned + $3, used = used + $4, last_sold_at = (
         SELECT max(sold_at) FROM edition_units WHERE shop_id = $5 AND edition_id = $1)
       WHERE id = $1`,
      [edition.id, sold, returned, again + count - (choice === "free" ? freed.length : 0), shopId],
    );
    await client.query("SELECT pg_notify('counterfoil_changes', $1)", [String(shopId)]);
  }
  if (isFull) await client.query(RECOUNT, [shopId, edition.id, now]);
  return { sold, returned, numbered: count };
}

/** Gives the lowest free numbers to all units that should have one, in the order of their sale. */
export async function giveNumbers(
  client: PoolClient,
  shopId: number,
  edition: LockedEdition,
  next: number,
  now: Date,
): Promise<{ readonly count: number }> {
  const { rows } = await client.query<{ number: number }>(NUMBER_UNITS, [
    shopId,
    edition.id,
    next,
    now,
    edition.highest_number,
  ]);
  const last = rows.reduce((highest, { number }) => Math.max(highest, number), next - 1);
  await client.query(
    `UPDATE editions SET next_number = $2, highest_number = greatest(highest_number, $3)
     WHERE id = $1 AND (next_number, highest_number) IS DISTINCT FROM ($2, greatest(highest_number, $3))`,
    [edition.id, last + 1, last],
  );
  return { count: rows.length };
}
