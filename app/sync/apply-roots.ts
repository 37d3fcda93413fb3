// A root's row as it is written: what its record states, and how and when that came here.
import { instantOf, isRead, isoOf } from "./apply-order.ts";
import { shapeOf } from "./apply-rows.ts";
import type { Tuple } from "./apply-copy.ts";
import type { Table } from "./apply-tables.ts";
import type { Upsert } from "./change.ts";

/** How each root came here and when; written over whatever the descriptor's row says. */
export const BOOKKEEPING = [
  "updated_at",
  "observed_at",
  "origin_kind",
  "origin_id",
  "confirmed_at",
  "seen_at",
] as const;

/** Columns that the records state, and of each record their values and then those of BOOKKEEPING. */
export function rootRows(root: Table, records: readonly Upsert[]) {
  const shape = shapeOf(root, records[0]!.row);
  const columns = shape.columns.filter((column) => !BOOKKEEPING.some((own) => own === column));
  const fields = shape.fields.filter((_, index) => columns.includes(shape.columns[index]!));
  const tuples = records.map((upsert): Tuple => {
    return [...fields.map((field) => upsert.row[field]), ...bookkeeping(upsert)];
  });
  return { columns, tuples };
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
export function exactly(observedAt: string): string {
  if (lastObserved.given !== observedAt)
    lastObserved = { given: observedAt, exactly: isoOf(instantOf(observedAt)) };
  return lastObserved.exactly;
}
