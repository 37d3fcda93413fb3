// What came of one record, newest first: deliveries with what each said anew, the run that wrote its present state, the
// last confirmation, its deletion. Told from what is kept: the bodies of the deliveries, and the row's own lineage. Of
// writes before the present one, and of confirmations before the last one, nothing is kept, and nothing is said.
import { readBody } from "#app/sync/inbox-reading.ts";
import type { Body } from "#app/resources/define.ts";
import type { DeliveryEvent, RecordDetail } from "#app/status/record-detail.ts";

/** Larger bodies are not taken apart for a line of a list. */
export const BODY_BYTES_MAX = 262_144;
/** Names of changed fields that a line gives. */
const FIELDS_MAX = 8;
/** They change with everything and say nothing. */
const NO_NEWS: ReadonlySet<string> = new Set(["updated_at", "admin_graphql_api_id"]);

export type TimelineEvent =
  | {
      readonly kind: "delivery";
      readonly at: Date;
      readonly delivery: DeliveryEvent;
      /** Names of fields that differ from the delivery before; null where the two cannot be compared. */
      readonly changed: readonly string[] | null;
      /** Of `changed` there are so many more. */
      readonly more: number;
    }
  | { readonly kind: "written"; readonly at: Date; readonly originKind: string; readonly runId: string }
  | { readonly kind: "confirmed"; readonly at: Date }
  | { readonly kind: "deleted"; readonly at: Date };

/** A body as it was stored, or null when it is erased, too large or was never kept. */
export type Bodies = ReadonlyMap<string, Uint8Array | null>;

export function timelineOf(
  record: Pick<RecordDetail, "mirrored" | "tombstone" | "deliveries">,
  bodies: Bodies,
  isWhole: (topic: string) => boolean,
): readonly TimelineEvent[] {
  const { mirrored, tombstone, deliveries } = record;
  const events: TimelineEvent[] = deliveries.map((delivery, index) => {
    const earlier = deliveries.slice(index + 1).find(({ topic }) => isWhole(topic));
    const changed =
      earlier && isWhole(delivery.topic)
        ? fieldsThatDiffer(bodies.get(earlier.id), bodies.get(delivery.id))
        : null;
    return {
      kind: "delivery",
      at: delivery.receivedAt,
      delivery,
      changed: changed && changed.slice(0, FIELDS_MAX),
      more: Math.max(0, (changed?.length ?? 0) - FIELDS_MAX),
    };
  });
  // A delivery that wrote the present state stands in the list already.
  if (mirrored?.originId && mirrored.originKind !== "webhook") {
    events.push({
      kind: "written",
      at: mirrored.appliedAt,
      originKind: mirrored.originKind,
      runId: mirrored.originId,
    });
  }
  if (mirrored?.confirmedAt) events.push({ kind: "confirmed", at: mirrored.confirmedAt });
  if (tombstone) events.push({ kind: "deleted", at: tombstone.deletedAt });
  return events.sort((a, b) => b.at.getTime() - a.at.getTime());
}

/** Top-level fields of two bodies of one record. Null when one cannot be read. */
function fieldsThatDiffer(
  earlier: Uint8Array | null | undefined,
  later: Uint8Array | null | undefined,
): readonly string[] | null {
  const [before, after] = [objectIn(earlier), objectIn(later)];
  if (!before || !after) return null;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(
    (name) => !NO_NEWS.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

function objectIn(body: Uint8Array | null | undefined): Body | null {
  if (!body || body.byteLength === 0) return null;
  try {
    return readBody(body);
  } catch {
    // Whatever made it unreadable is told where it was set aside.
    return null;
  }
}
