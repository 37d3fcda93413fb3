// What came of one record, newest first: deliveries with what each said anew, the run that wrote its present state, the
// last confirmation, its deletion. Told from what is kept: the bodies of the deliveries, and the row's own lineage. Of
// writes before the present one, and of confirmations before the last one, nothing is kept, and nothing is said.
import { differences, noticeIn } from "#app/status/body-differences.ts";
import type { Resource } from "#app/resources/define.ts";
import type { DeliveryEvent, RecordDetail } from "#app/status/record-detail.ts";

/** Larger bodies are not taken apart for a line of a list. */
export const BODY_BYTES_MAX = 262_144;
/** Names of changed fields that a line gives. */
const FIELDS_MAX = 8;
/** It changes with everything and says nothing. */
const NO_NEWS: ReadonlySet<string> = new Set(["updatedAt"]);

export type TimelineEvent =
  | {
      readonly kind: "delivery";
      readonly at: Date;
      readonly delivery: DeliveryEvent;
      /** Fields of the mirror, and models of parts, that differ from the delivery before; null where the two cannot be compared. */
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
  resource: Resource,
): readonly TimelineEvent[] {
  // Only bodies that state the record itself can be held against each other.
  const isWhole = (topic: string) => resource.topics.changed.includes(topic);
  const { mirrored, tombstone, deliveries } = record;
  const events: TimelineEvent[] = deliveries.map((delivery, index) => {
    const earlier = deliveries.slice(index + 1).find(({ topic }) => isWhole(topic));
    const changed =
      earlier && isWhole(delivery.topic)
        ? fieldsThatDiffer(
            { topic: earlier.topic, body: bodies.get(earlier.id) },
            { topic: delivery.topic, body: bodies.get(delivery.id) },
            resource,
          )
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

interface Stated {
  readonly topic: string;
  readonly body: Uint8Array | null | undefined;
}

/** Fields of the mirror, and parts, of which the later body says something else. Null when one cannot be read. */
function fieldsThatDiffer(earlier: Stated, later: Stated, resource: Resource): readonly string[] | null {
  const [before, after] = [
    noticeIn(earlier.body, earlier.topic, resource),
    noticeIn(later.body, later.topic, resource),
  ];
  if (before?.says !== "changed" || after?.says !== "changed") return null;
  const { fields, parts } = differences(before.reading, after.reading, resource);
  return [
    ...fields.map(({ field }) => field).filter((field) => !NO_NEWS.has(field)),
    ...parts.map(({ model }) => model),
  ];
}
