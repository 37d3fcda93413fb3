// How much came of each topic lately, how late, and how much was to be expected at this time of the week. Reads the
// hourly figures that drain() keeps, never the log: as quick with a million deliveries as with ten.
import { pool } from "#app/db.server.ts";
import { DELAY_CLASSES, delayQuantile } from "#app/sync/delays.ts";
import { TEST_TOPIC } from "#app/sync/inbox.ts";
import { TWIN } from "#app/sync/inbox-twins.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** What is usual is the mean of at most so many weeks: a season long, and no longer. */
export const WEEKS_MAX = 8;
/** What is set aside is counted up to here. */
export const COUNT_MAX = 10_000;

export interface TopicFigures {
  readonly lastArrivedAt: Date | null;
  readonly lastHour: number;
  readonly lastDay: number;
  readonly expectedHour: number | null;
  readonly expectedDay: number | null;
  readonly parked: number;
  readonly failedDay: number;
  readonly delayMs: { readonly p50: number; readonly p95: number } | null;
}

interface TopicRow {
  readonly topic: string;
  readonly last_arrived_at: Date;
  readonly parked: number;
  readonly last_hour: number | null;
  readonly last_day: number | null;
  readonly failed_day: number | null;
}

/** Topic → its figures; of topics that have ever arrived. Our own test is no news from Shopify. */
export async function readFigures(
  shopId: number,
  shopDomain: string,
  now: Date,
): Promise<ReadonlyMap<string, TopicFigures>> {
  const hourAgo = new Date(now.getTime() - HOUR_MS);
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const [topics, delays, expected] = await Promise.all([
    pool.query<TopicRow>(READ_TOPICS, [shopId, shopDomain, TEST_TOPIC, hourAgo, dayAgo, COUNT_MAX]),
    pool.query<{ topic: string; class: number; count: number }>(READ_DELAYS, [shopId, dayAgo]),
    readExpected(shopId, now),
  ]);
  const classes = new Map<string, number[]>();
  for (const { topic, class: index, count } of delays.rows) {
    const ofTopic = classes.get(topic) ?? Array.from({ length: DELAY_CLASSES }, () => 0);
    ofTopic[index] = count;
    classes.set(topic, ofTopic);
  }
  return new Map(
    topics.rows.map((row) => {
      const usual = expected?.get(row.topic) ?? { hour: 0, day: 0 };
      return [
        row.topic,
        {
          lastArrivedAt: row.last_arrived_at,
          lastHour: row.last_hour ?? 0,
          lastDay: row.last_day ?? 0,
          expectedHour: expected ? usual.hour : null,
          expectedDay: expected ? usual.day : null,
          parked: row.parked,
          failedDay: row.failed_day ?? 0,
          delayMs: delayOf(classes.get(row.topic) ?? []),
        },
      ];
    }),
  );
}

function delayOf(classes: readonly number[]): TopicFigures["delayMs"] {
  const [p50, p95] = [delayQuantile(classes, 0.5), delayQuantile(classes, 0.95)];
  return p50 === null || p95 === null ? null : { p50: Math.round(p50), p95: Math.round(p95) };
}

// Minutes are told apart only in the hours at the edges.
const READ_TOPICS = `
  SELECT k.topic, k.last_arrived_at, set_aside.parked, recent.last_hour, recent.last_day, recent.failed_day
  FROM sync_topics k
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS parked
    FROM (SELECT FROM sync_deliveries d WHERE d.shop_domain = $2 AND d.topic = k.topic AND d.state = 'parked' LIMIT $6) p
  ) set_aside
  LEFT JOIN (
    SELECT h.topic, sum(minute.last_hour)::int AS last_hour,
           sum(CASE WHEN h.hour >= $5 THEN h.arrived ELSE minute.last_day END)::int AS last_day,
           sum(CASE WHEN h.hour >= $5 THEN h.retried + h.parked ELSE 0 END)::int AS failed_day
    FROM sync_topic_hours h
    LEFT JOIN LATERAL (
      SELECT coalesce(sum(n) FILTER (WHERE h.hour + (place - 1) * interval '1 minute' > $4), 0) AS last_hour,
             coalesce(sum(n) FILTER (WHERE h.hour + (place - 1) * interval '1 minute' > $5), 0) AS last_day
      FROM unnest(h.minutes) WITH ORDINALITY AS u(n, place)
      WHERE h.hour < $5 OR h.hour > $4::timestamptz - interval '1 hour'
    ) minute ON true
    WHERE h.shop_id = $1 AND h.hour > $5::timestamptz - interval '1 hour'
    GROUP BY h.topic
  ) recent ON recent.topic = k.topic
  WHERE k.shop_id = $1 AND k.topic <> $3`;

const READ_DELAYS = `
  SELECT h.topic, (place - 1)::int AS class, sum(n)::int AS count
  FROM sync_topic_hours h CROSS JOIN LATERAL unnest(h.delays) WITH ORDINALITY AS u(n, place)
  WHERE h.shop_id = $1 AND h.hour >= $2 AND n > 0
  GROUP BY h.topic, place`;

interface Usual {
  readonly hour: number;
  readonly day: number;
}

/** The mean of the same hour and day of the past weeks, as far as they are known; null before there is one whole week. */
async function readExpected(shopId: number, now: Date): Promise<ReadonlyMap<string, Usual> | null> {
  const { rows: first } = await pool.query<{ since: Date | null }>(
    "SELECT min(hour) AS since FROM sync_topic_hours WHERE shop_id = $1",
    [shopId],
  );
  const since = first[0]?.since;
  if (!since) return null;
  const weeks = Math.min(WEEKS_MAX, Math.floor((now.getTime() - since.getTime() - DAY_MS) / WEEK_MS));
  if (weeks < 1) return null;
  const { rows } = await pool.query<{ topic: string; hour: number; day: number }>(READ_EXPECTED, [
    shopId,
    now,
    hoursOfWeeks(now, weeks),
  ]);
  return new Map(rows.map(({ topic, hour, day }) => [topic, { hour: hour / weeks, day: day / weeks }]));
}

/** Starts of the 24 hours up to the present moment of each of the past weeks. */
function hoursOfWeeks(now: Date, weeks: number): Date[] {
  const latest = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  return Array.from({ length: weeks * 24 }, (_, n) => {
    const week = Math.floor(n / 24) + 1;
    return new Date(latest - week * WEEK_MS - (n % 24) * HOUR_MS);
  });
}

// The hours are named one by one, so that they are looked up and not scanned for; the arrays are taken apart only in
// the two hours that the last one may touch. An age is seconds back from the same moment of its own week.
const AGE_OF_HOUR = "mod(extract(epoch FROM $2::timestamptz - h.hour), 604800)";
const READ_EXPECTED = `
  SELECT h.topic, sum(h.arrived)::int AS day,
         sum(CASE WHEN ${AGE_OF_HOUR} < 7200 THEN (
           SELECT coalesce(sum(n), 0) FROM unnest(h.minutes) WITH ORDINALITY AS u(n, place)
           WHERE ${AGE_OF_HOUR} - (place - 1) * 60 >= 0 AND ${AGE_OF_HOUR} - (place - 1) * 60 < 3600
         ) ELSE 0 END)::int AS hour
  FROM sync_topic_hours h
  WHERE h.shop_id = $1 AND h.hour = ANY ($3::timestamptz[])
  GROUP BY h.topic`;

/**
 * Topic → deliveries of the last hour that brought what another subscription had brought already; since the last change of
 * its subscriptions, which may have ended it.
 */
export async function readTwins(
  shopId: number,
  shopDomain: string,
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ topic: string; twins: number }>(READ_TWINS, [
    shopId,
    shopDomain,
    TWIN,
    new Date(now.getTime() - HOUR_MS),
    COUNT_MAX,
  ]);
  return new Map(rows.map(({ topic, twins }) => [topic, twins]));
}

const READ_TWINS = `
  WITH changed AS (
    SELECT detail->>'topic' AS topic, max(at) AS at FROM sync_acts
    WHERE shop_id = $1 AND act IN ('subscription_created', 'subscription_updated', 'subscription_deleted') AND at > $4
    GROUP BY detail->>'topic'
  ), lately AS (
    SELECT topic, received_at FROM sync_deliveries
    WHERE shop_domain = $2 AND reason = $3 AND received_at > $4 ORDER BY received_at DESC LIMIT $5
  )
  SELECT lately.topic, count(*)::int AS twins FROM lately LEFT JOIN changed ON changed.topic = lately.topic
  WHERE changed.at IS NULL OR lately.received_at > changed.at
  GROUP BY lately.topic`;
