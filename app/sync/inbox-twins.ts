// Twins: the same news by two subscriptions. Shopify gives both deliveries one event id, but the event id alone proves
// little, for one act of a merchant has many news. Two deliveries are one only when topic, event, moment and every byte of
// the body agree; whatever differs in any of them is worked through. A replay is never a twin: somebody wants it done.
import type { Delivery, Settled, Settlement, Twin } from "#app/sync/inbox-rows.ts";

/** Reason of a delivery whose twin has been worked through. */
export const TWIN = "DUPLICATE";

export interface Paired {
  /** What is to be worked through. */
  readonly firsts: readonly Delivery[];
  /** A first → those that say the very same. */
  readonly twins: ReadonlyMap<Delivery, readonly Delivery[]>;
}

/** Sorts out the twins within one batch. Pure. */
export function pairTwins(deliveries: readonly Delivery[]): Paired {
  const known = new Map<string, Delivery[]>();
  const twins = new Map<Delivery, Delivery[]>();
  const firsts = deliveries.filter((delivery) => {
    const key = eventOf(delivery);
    if (key === null) return true;
    const alike = known.get(key) ?? [];
    const first = alike.find(({ body }) => Buffer.compare(body, delivery.body) === 0);
    if (first) twins.set(first, [...(twins.get(first) ?? []), delivery]);
    else known.set(key, [...alike, delivery]);
    return !first;
  });
  return { firsts, twins };
}

function eventOf({ eventId, triggeredAt, topic, shopDomain, replays }: Delivery): string | null {
  if (eventId === null || triggeredAt === null || replays > 0) return null;
  return [shopDomain, topic, eventId, triggeredAt].join("\n");
}

/** A twin ends as its first does: what was set aside or put off, it is, too, and is then tried with it again. */
export function withTwins(settled: readonly Settled[], { twins }: Paired): Settled[] {
  return settled.flatMap((one) => [
    one,
    ...(twins.get(one.delivery) ?? []).map((delivery) => ({
      delivery,
      settlement: twinOf(one.settlement),
    })),
  ]);
}

function twinOf(first: Settlement): Settlement {
  if (first.state !== "applied" && first.state !== "superseded") return first;
  const { resource, recordKey } = first;
  return settlementOfTwin(resource !== undefined && recordKey !== undefined ? { resource, recordKey } : {});
}

/** Of one that the database knows to be a twin of what was worked through in an earlier batch. */
export const settlementOfTwin = (twin: Twin): Settlement => ({ state: "superseded", reason: TWIN, ...twin });

/**
 * Joins to a delivery `d` the earlier one whose twin it is, as `twin`. One that is being worked through elsewhere at this
 * moment is not seen, and both are then worked through, which is harmless. Bodies that were forgotten prove nothing. The
 * OFFSET keeps PostgreSQL to the event's index: by old statistics of a log that grows fast, it reads all of a topic instead.
 */
export const JOIN_TWIN = `
  LEFT JOIN LATERAL (
    SELECT e.id, e.resource, e.record_key
    FROM (SELECT * FROM sync_deliveries WHERE event_id = d.event_id OFFSET 0) AS e
    WHERE e.shop_domain = d.shop_domain AND e.topic = d.topic
      AND e.triggered_at = d.triggered_at AND e.id < d.id AND e.state IN ('applied', 'superseded')
      AND e.body = d.body AND e.body <> ''
    LIMIT 1
  ) twin ON d.event_id IS NOT NULL AND d.replays = 0`;
