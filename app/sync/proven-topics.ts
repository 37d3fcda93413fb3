// Which topics surely come by the TOML's subscription. Shopify never lists it, and that the file declares a topic says only
// that a deploy would subscribe it. So one made through the API is a second one only once the same news has come twice.
import { pool } from "#app/db.server.ts";
import { topicInEnum, type Subscription } from "#app/shopify/subscriptions.ts";
import { TWIN } from "#app/sync/inbox-twins.ts";

/** Older news proves nothing of today's deploy; the watch looks every few minutes. */
const PROOF_MS_MAX = 86_400_000;
/** A subscription that was just changed may still have been at work, and clocks differ. */
const MARGIN_MS = 60_000;
/** Of a topic; where each news comes twice, the latest few show it. */
const DELIVERIES_MAX = 1_000;

export interface InQuestion {
  /** All that were made through the API. */
  readonly made: readonly Subscription[];
  readonly declared: ReadonlySet<string> | null;
  readonly now: Date;
}

/** Declared topics, of those that were subscribed through the API as well, that are proven to come without it. */
export async function readProven(
  shopId: number,
  { made, declared, now }: InQuestion,
): Promise<ReadonlySet<string>> {
  const earliest = now.getTime() - PROOF_MS_MAX;
  const asked = [...(declared ?? [])].flatMap((topic) => {
    const ways = made.filter((each) => each.topic === topicInEnum(topic) && /^https?:/i.test(each.uri));
    // Two of them would account for what came twice.
    if (ways.length !== 1) return [];
    return [{ topic, since: new Date(Math.max(earliest, Date.parse(ways[0]!.createdAt) + MARGIN_MS)) }];
  });
  if (asked.length === 0) return new Set();
  const { rows } = await pool.query<{ topic: string }>(READ_PROVEN, [
    shopId,
    asked.map(({ topic }) => topic),
    asked.map(({ since }) => since),
    MARGIN_MS,
    DELIVERIES_MAX,
    TWIN,
  ]);
  return new Set(rows.map(({ topic }) => topic));
}

// The bodies need not agree, as they must for twins: the one may have been asked for with fewer fields. That topic, event,
// moment and record are the same is enough to know of two subscriptions, though not enough to drop one of the two news.
const READ_PROVEN = `
  WITH asked AS (
    SELECT a.topic, s.domain, greatest(a.since, changed.at + $4::int * interval '1 millisecond') AS since
    FROM unnest($2::text[], $3::timestamptz[]) AS a(topic, since)
    JOIN shops s ON s.id = $1
    LEFT JOIN LATERAL (
      SELECT max(at) AS at FROM sync_acts
      WHERE shop_id = $1 AND at > a.since AND detail->>'topic' = a.topic
        AND act IN ('subscription_created', 'subscription_updated', 'subscription_deleted')
    ) changed ON true
  )
  SELECT asked.topic FROM asked WHERE EXISTS (
    SELECT FROM (
      SELECT * FROM sync_deliveries d
      WHERE d.shop_domain = asked.domain AND d.topic = asked.topic AND d.received_at > asked.since
      ORDER BY d.received_at DESC LIMIT $5
    ) d
    WHERE d.event_id IS NOT NULL AND d.triggered_at > asked.since AND (
      d.reason = $6 OR EXISTS (
        SELECT FROM sync_deliveries e
        WHERE e.event_id = d.event_id AND e.shop_domain = d.shop_domain AND e.topic = d.topic
          AND e.triggered_at = d.triggered_at AND e.resource = d.resource AND e.record_key = d.record_key
          AND e.id <> d.id
      )
    )
  )`;
