// What people put right by hand: a number is made void, or a unit gets a particular number. Both keep who did it, when
// and why; neither ever gives one number to two units.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { readChoice } from "./choice.ts";
import { giveNumbers, lockEdition, type LockedEdition } from "./numbers.ts";
import { RECOUNT } from "./numbers-sql.ts";
import { SIZE_MAX } from "./size.ts";

export const REASON_CHARS_MAX = 500;

export interface Correction {
  readonly shopId: number;
  /** Decimal. */
  readonly editionId: string;
  readonly number: number;
  /** Why, in the person's own words. */
  readonly reason: string;
  /** "user:<id>" or "user". */
  readonly actor: string;
}

export type Corrected =
  | "done"
  | "NO_REASON"
  | "NOT_A_NUMBER"
  /** Above the edition's size, and above every number that was sold beyond it. */
  | "BEYOND_SIZE"
  | "NO_SUCH_EDITION"
  | "NO_SUCH_UNIT"
  /** It is void already, or the unit has it already. */
  | "ALREADY"
  /** Another buyer has it. */
  | "TAKEN";

interface Unit {
  readonly id: string;
  readonly number: number | null;
  readonly order_name: string | null;
  readonly line_item_id: string | null;
  readonly state: "sold" | "void" | "freed";
}

/** The number is out of the world, for example since its copy was damaged. A buyer who had it gets the next one. */
export function voidNumber(correction: Correction, now: Date): Promise<Corrected> {
  return correct(correction, now, async (client, edition) => {
    const { shopId, number } = correction;
    const holder = await findHolder(client, shopId, edition.id, number);
    if (holder && (holder.line_item_id === null || holder.state === "void")) return "ALREADY";
    if (holder) await releaseNumber(client, holder.id, now);
    await insertVoid(client, shopId, edition.id, number, now);
    await giveNumbers(client, shopId, edition, edition.next_number, now);
    const other = holder ? await markByHand(client, holder.id) : null;
    await record(client, correction, "voided", holder, other, now);
    return "done";
  });
}

/**
 * Gives the unit that has number `from` this number, which no other buyer may have; a void one may be given, since a
 * person says so. The unit's former number becomes void or free as the shop has chosen for units that come back.
 */
export function assignNumber(correction: Correction, from: number, now: Date): Promise<Corrected> {
  return correct(correction, now, async (client, edition) => {
    const { shopId, number } = correction;
    if (!isNumber(from)) return "NOT_A_NUMBER";
    const unit = await findHolder(client, shopId, edition.id, from);
    if (!unit || unit.line_item_id === null || unit.state !== "sold") return "NO_SUCH_UNIT";
    if (from === number) return "ALREADY";
    const holder = await findHolder(client, shopId, edition.id, number);
    if (holder?.state === "sold") return "TAKEN";
    if (holder) await giveUp(client, holder, now);
    await client.query(
      `UPDATE edition_units SET number = $2, former_number = coalesce(number, former_number),
         out_of_order = 'assigned', numbered_at = $3, changed_at = $3 WHERE id = $1`,
      [unit.id, number, now],
    );
    const { returned } = await readChoice(shopId);
    if (returned === "void") await insertVoid(client, shopId, edition.id, from, now);
    await giveNumbers(client, shopId, edition, Math.min(edition.next_number, from), now);
    await record(client, correction, "assigned", unit, from, now);
    return "done";
  });
}

async function correct(
  { shopId, editionId, number, reason }: Correction,
  now: Date,
  work: (client: PoolClient, edition: LockedEdition) => Promise<Corrected>,
): Promise<Corrected> {
  if (!isNumber(number)) return "NOT_A_NUMBER";
  if (reason === "" || reason.length > REASON_CHARS_MAX || reason.includes("\0")) return "NO_REASON";
  return inTransaction(async (client) => {
    const edition = await lockEdition(client, shopId, editionId);
    if (!edition) return "NO_SUCH_EDITION";
    if (edition.size !== null && number > Math.max(edition.size, edition.highest_number))
      return "BEYOND_SIZE";
    const outcome = await work(client, edition);
    if (outcome !== "done") return outcome;
    await client.query(RECOUNT, [shopId, edition.id, now]);
    await client.query("SELECT pg_notify('counterfoil_changes', $1)", [String(shopId)]);
    return outcome;
  });
}

const isNumber = (value: number) => Number.isInteger(value) && value >= 1 && value <= SIZE_MAX;

const UNIT = "SELECT id, number, order_name, line_item_id, state FROM edition_units";

async function findHolder(client: PoolClient, shopId: number, editionId: string, number: number) {
  const { rows } = await client.query<Unit>(
    `${UNIT} WHERE shop_id = $1 AND edition_id = $2 AND number = $3`,
    [shopId, editionId, number],
  );
  return rows[0] ?? null;
}

async function releaseNumber(client: PoolClient, unitId: string, now: Date): Promise<void> {
  await client.query(
    "UPDATE edition_units SET former_number = number, number = NULL, changed_at = $2 WHERE id = $1",
    [unitId, now],
  );
}

/** A void number is wanted by a buyer: its unit has none then, and a number without a unit is gone altogether. */
async function giveUp(client: PoolClient, { id, line_item_id }: Unit, now: Date): Promise<void> {
  if (line_item_id === null) {
    await client.query("DELETE FROM edition_units WHERE id = $1", [id]);
    return;
  }
  await client.query(
    `UPDATE edition_units SET state = 'freed', former_number = number, number = NULL, changed_at = $2 WHERE id = $1`,
    [id, now],
  );
}

async function insertVoid(client: PoolClient, shopId: number, editionId: string, number: number, now: Date) {
  await client.query(
    `INSERT INTO edition_units (shop_id, edition_id, number, state, reason, changed_at)
     VALUES ($1, $2, $3, 'void', 'correction', $4)`,
    [shopId, editionId, number, now],
  );
}

/** @returns the number that the unit has now. */
async function markByHand(client: PoolClient, unitId: string): Promise<number | null> {
  const { rows } = await client.query<{ number: number | null }>(
    "UPDATE edition_units SET out_of_order = 'assigned' WHERE id = $1 RETURNING number",
    [unitId],
  );
  return rows[0]?.number ?? null;
}

async function record(
  client: PoolClient,
  { shopId, editionId, number, reason, actor }: Correction,
  act: "voided" | "assigned",
  unit: Unit | null,
  otherNumber: number | null,
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO edition_corrections
       (shop_id, edition_id, at, actor, act, number, unit_id, order_name, other_number, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      shopId,
      editionId,
      now,
      actor,
      act,
      number,
      unit?.id ?? null,
      unit?.order_name ?? null,
      otherNumber,
      reason,
    ],
  );
}
