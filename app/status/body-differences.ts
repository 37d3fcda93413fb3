// Two webhook bodies of one record, held against each other in the mirror's own fields: what the later one says anew. Pure.
import { readBody } from "#app/sync/inbox-reading.ts";
import type { Notice, Reading, Resource } from "#app/resources/define.ts";
import type { ColumnValue, Row } from "#app/sync/change.ts";

const TEXT_MAX = 300;

export interface FieldChange {
  /** Field of the mirror, "financialStatus". */
  readonly field: string;
  /** Null for an empty one; covered where the field is personal. */
  readonly before: string | null;
  readonly after: string | null;
  readonly isCovered: boolean;
}

/** Rows that belong to the record: order lines, variants. */
export interface PartChange {
  readonly model: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** What a stored body says of its record; null when it cannot be read (any more). */
export function noticeIn(
  body: Uint8Array | null | undefined,
  topic: string,
  resource: Resource,
): Notice | null {
  if (!body || body.byteLength === 0) return null;
  try {
    return resource.fromWebhook(readBody(body), topic);
  } catch {
    // Whatever made it unreadable is told where it was set aside.
    return null;
  }
}

/** Fields and parts of the record that differ between two bodies' readings. */
export function differences(
  before: Reading,
  after: Reading,
  { model, personal }: Resource,
): { readonly fields: readonly FieldChange[]; readonly parts: readonly PartChange[] } {
  const covered = new Set(personal[model] ?? []);
  const fields: FieldChange[] = [];
  for (const [field, value] of Object.entries(after.row)) {
    const old = before.row[field];
    // A field that the body before did not state is no change.
    if (old === undefined || isSame(old, value)) continue;
    const isCovered = covered.has(field);
    fields.push({ field, before: textOf(old, isCovered), after: textOf(value, isCovered), isCovered });
  }
  const parts: PartChange[] = [];
  for (const [child, { rows }] of Object.entries(after.children)) {
    const old = before.children[child as keyof typeof before.children];
    if (!old) continue;
    const part = compareParts(child, old.rows, rows);
    if (part.added + part.removed + part.changed > 0) parts.push(part);
  }
  return { fields, parts };
}

function compareParts(model: string, before: readonly Row[], after: readonly Row[]): PartChange {
  const known = new Map(before.map((row) => [keyOf(row), row]));
  const kept = after.flatMap((row) => {
    const old = known.get(keyOf(row));
    return old ? [{ old, row }] : [];
  });
  return {
    model,
    added: after.length - kept.length,
    removed: known.size - kept.length,
    changed: kept.filter(({ old, row }) => !isSame(old, row)).length,
  };
}

const keyOf = (row: Row) => String(row.id ?? row.productId ?? JSON.stringify(row));
const isSame = (a: ColumnValue | Row, b: ColumnValue | Row) => JSON.stringify(a) === JSON.stringify(b);

function textOf(value: ColumnValue, isCovered: boolean): string | null {
  if (value === null || value === "") return null;
  if (isCovered) return "•••";
  const isList = Array.isArray(value) && value.every((each) => typeof each === "string");
  const text = isList ? value.join(", ") : typeof value === "string" ? value : JSON.stringify(value);
  if (text === "") return null;
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
