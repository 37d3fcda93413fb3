// What a delivery changed: what it says of its record, held against what the last webhook before it said. Derived from the
// stored bodies, so it costs the way in nothing, and it claims no more than they show. Pure but for one look at the log.
import { pool } from "#app/db.server.ts";
import { topicReaders } from "#app/resources/index.ts";
import { readBody } from "#app/sync/inbox-reading.ts";
import type { Notice, Resource } from "#app/resources/define.ts";
import type { ColumnValue, Row } from "#app/sync/change.ts";

/** Earlier deliveries looked through for one that states the record. */
const EARLIER_MAX = 5;
/** Changed fields and parts that a page shows. */
const FIELDS_MAX = 100;
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

export type DeliveryChanges =
  /** Superseded, ignored, waiting or set aside: the mirror is as it was. */
  | { readonly kind: "nothing" | "waiting" }
  /** It concerns the shop or a person, and states no record. */
  | { readonly kind: "shop" }
  /** It says that the record is gone; or only which record is to be read. */
  | { readonly kind: "deleted" | "looked" }
  /** There is nothing to hold it against: no earlier webhook, or a body that is kept no more. */
  | { readonly kind: "first" | "unknown" }
  | {
      readonly kind: "compared";
      /** The delivery before. */
      readonly with: string;
      readonly fields: readonly FieldChange[];
      readonly parts: readonly PartChange[];
      readonly isCut: boolean;
    };

interface Told {
  readonly id: string;
  readonly topic: string;
  readonly state: string;
  readonly resource: string | null;
  readonly recordKey: string | null;
  readonly body: Uint8Array;
}

export async function readChanges(shopDomain: string, delivery: Told): Promise<DeliveryChanges> {
  const { state } = delivery;
  if (topicReaders(delivery.topic).length === 0) return { kind: "shop" };
  if (state === "received" || state === "parked") return { kind: "waiting" };
  if (state !== "applied") return { kind: "nothing" };
  const told = noticeOf(delivery);
  if (told === null) return { kind: "unknown" };
  const { notice, resource } = told;
  if (notice.says === "deleted") return { kind: "deleted" };
  if (notice.says !== "changed") return { kind: "looked" };
  for (const earlier of await readEarlier(shopDomain, delivery)) {
    const before = noticeOf(earlier)?.notice;
    if (before?.says !== "changed") continue;
    return { kind: "compared", with: earlier.id, ...compare(before.reading, notice.reading, resource) };
  }
  return { kind: "first" };
}

/** What the body says of the delivery's record; null when it cannot be read (any more). */
function noticeOf(delivery: Told): { readonly notice: Notice; readonly resource: Resource } | null {
  const resource = topicReaders(delivery.topic).find(({ name }) => name === delivery.resource);
  if (!resource || delivery.body.byteLength === 0) return null;
  try {
    return { notice: resource.fromWebhook(readBody(delivery.body), delivery.topic), resource };
  } catch {
    // Whatever made it unreadable is told where it was set aside.
    return null;
  }
}

async function readEarlier(shopDomain: string, { id, resource, recordKey }: Told): Promise<Told[]> {
  const { rows } = await pool.query<Told>(EARLIER, [shopDomain, resource, recordKey, id, EARLIER_MAX]);
  return rows;
}

// In the order in which Shopify triggered them: they may have come in another one.
const EARLIER = `
  SELECT d.id, d.topic, d.state, d.resource, d.record_key AS "recordKey", d.body
  FROM sync_deliveries d, (SELECT id, coalesce(triggered_at, received_at) AS at FROM sync_deliveries WHERE id = $4) this
  WHERE d.shop_domain = $1 AND d.resource = $2 AND d.record_key = $3 AND d.state IN ('applied', 'superseded')
    AND (coalesce(d.triggered_at, d.received_at), d.id) < (this.at, this.id) AND d.body <> ''
  ORDER BY coalesce(d.triggered_at, d.received_at) DESC, d.id DESC LIMIT $5`;

type Reading = Extract<Notice, { says: "changed" }>["reading"];

function compare(before: Reading, after: Reading, { model, personal }: Resource) {
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
  return { fields: fields.slice(0, FIELDS_MAX), parts, isCut: fields.length > FIELDS_MAX };
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
