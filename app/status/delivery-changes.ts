// What a delivery changed: what it says of its record, held against what the last webhook before it said. Derived from the
// stored bodies, so it costs the way in nothing, and it claims no more than they show. Pure but for one look at the log.
import { pool } from "#app/db.server.ts";
import { topicReaders } from "#app/resources/index.ts";
import { differences, noticeIn, type FieldChange, type PartChange } from "#app/status/body-differences.ts";
import type { Notice, Resource } from "#app/resources/define.ts";

/** Earlier deliveries looked through for one that states the record. */
const EARLIER_MAX = 5;
/** Changed fields that a page shows. */
const FIELDS_MAX = 100;

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
    const { fields, parts } = differences(before.reading, notice.reading, resource);
    const shown = fields.slice(0, FIELDS_MAX);
    return { kind: "compared", with: earlier.id, fields: shown, parts, isCut: fields.length > FIELDS_MAX };
  }
  return { kind: "first" };
}

function noticeOf(delivery: Told): { readonly notice: Notice; readonly resource: Resource } | null {
  const resource = topicReaders(delivery.topic).find(({ name }) => name === delivery.resource);
  const notice = resource && noticeIn(delivery.body, delivery.topic, resource);
  return resource && notice ? { notice, resource } : null;
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
