// What a file says of editions, and the units of one edition, batch by batch.
import { unitsAfter } from "./editions.ts";
import type { EditionView, UnitView } from "./editions.ts";
import type { Batches } from "./table-file.ts";

const UNITS_AT_A_TIME = 1_000;

export const EDITION_COLUMNS = [
  "id",
  "ownerType",
  "ownerId",
  "title",
  "text",
  "size",
  "proofs",
  "problem",
  "sold",
  "returned",
  "remaining",
  "oversold",
  "state",
  "lastSoldAt",
] as const satisfies readonly (keyof EditionView)[];

export const UNIT_COLUMNS = [
  "number",
  "orderId",
  "orderName",
  "lineItemId",
  "unit",
  "state",
  "reason",
  "outOfOrder",
  "formerNumber",
  "soldAt",
] as const satisfies readonly (keyof UnitView)[];

export async function* eachUnit(shopId: number, editionId: string): Batches<UnitView> {
  let after: UnitView | null = null;
  for (;;) {
    const units: readonly UnitView[] = await unitsAfter(shopId, editionId, after, UNITS_AT_A_TIME);
    if (units.length === 0) return;
    yield units;
    after = units.at(-1)!;
  }
}
