// Are webhooks arriving? One line a topic: what is needed, who subscribed it, what came and how late; and one verdict
// with its reasons. Reads only. Codes and numbers; the sentences are in sentences.ts.
import { pool } from "#app/db.server.ts";
import { topics as neededTopics } from "#app/resources/index.ts";
import { topicInEnum, type Asked, type Subscription } from "#app/shopify/subscriptions.ts";
import { declaredTopics } from "#app/status/declared-topics.ts";
import { TEST_TOPIC } from "#app/sync/inbox.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Counts stop here, so that a flash sale cannot slow the page that shows it. */
export const COUNT_MAX = 10_000;
/** Delays are taken from the latest of them. */
const DELAYS_MAX = 1_000;
/** Deliveries that wait longer than this are a backlog. */
const BACKLOG_AFTER_MS = 10_000;

export type TopicCode = "missing" | "parked" | "doubled" | "arriving" | "quiet" | "never" | "unneeded";

export interface TopicView {
  readonly topic: string;
  readonly code: TopicCode;
  /** A resource or the app's own life needs it. */
  readonly needed: boolean;
  /** In shopify.app.toml; null where that file is not beside the app. */
  readonly declared: boolean | null;
  /** Subscriptions made through the API; null when Shopify could not be asked. */
  readonly subscriptions: readonly { readonly id: string; readonly uri: string }[] | null;
  readonly lastReceivedAt: Date | null;
  /** At most COUNT_MAX each. */
  readonly lastHour: number;
  readonly lastDay: number;
  readonly parked: number;
  /** From the change in Shopify to the commit here, of the last day's latest; null when none was applied. */
  readonly delayMs: { readonly p50: number; readonly p95: number } | null;
}

export type ReasonCode =
  | "missing"
  | "parked"
  | "backlog"
  | "refused"
  | "doubled"
  | "elsewhere"
  | "nothing_yet"
  | "not_asked"
  | "toml_unknown";

export interface Reason {
  readonly code: ReasonCode;
  readonly topics?: readonly string[];
  readonly count?: number;
  readonly ms?: number;
}

export interface WebhookStatus {
  readonly at: Date;
  /** `broken`: changes are certainly lost. `attention`: a person should look. */
  readonly health: "healthy" | "attention" | "broken";
  readonly reasons: readonly Reason[];
  readonly topics: readonly TopicView[];
}

export async function webhookStatus(
  shopDomain: string,
  asked: Asked,
  address: string,
  now: Date,
): Promise<WebhookStatus> {
  const [received, waitingSince, refused] = await Promise.all([
    readTopics(shopDomain, now),
    readWaitingSince(shopDomain),
    readRefused(now),
  ]);
  const declared = declaredTopics();
  const made = "subscriptions" in asked ? asked.subscriptions : null;
  const needed = new Set(neededTopics());
  const names = new Set([...needed, ...(declared ?? []), ...received.keys(), ...foreignTopics(made, needed)]);
  const topics = [...names].sort().map((topic) => {
    const own = made?.filter((each) => each.topic === topicInEnum(topic)) ?? null;
    return topicView(topic, needed.has(topic), declared?.has(topic) ?? null, own, received.get(topic), now);
  });
  const reasons = reasonsOf(topics, {
    asked,
    address,
    declared: declared !== null,
    waitingSince,
    refused,
    now,
  });
  return { at: now, health: healthOf(reasons), reasons, topics };
}

interface Received {
  readonly lastReceivedAt: Date;
  readonly lastHour: number;
  readonly lastDay: number;
  readonly parked: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

function topicView(
  topic: string,
  needed: boolean,
  declared: boolean | null,
  made: readonly Subscription[] | null,
  received: Received | undefined,
  now: Date,
): TopicView {
  const {
    lastReceivedAt = null,
    lastHour = 0,
    lastDay = 0,
    parked = 0,
    p50 = null,
    p95 = null,
  } = received ?? {};
  const ways = (declared ? 1 : 0) + (made?.length ?? 0);
  const code = ((): TopicCode => {
    if (needed && declared === false && made !== null && ways === 0) return "missing";
    if (parked > 0) return "parked";
    if (ways > 1) return "doubled";
    if (!needed) return "unneeded";
    if (lastReceivedAt === null) return "never";
    return now.getTime() - lastReceivedAt.getTime() <= DAY_MS ? "arriving" : "quiet";
  })();
  return {
    topic,
    code,
    needed,
    declared,
    subscriptions: made?.map(({ id, uri }) => ({ id, uri })) ?? null,
    lastReceivedAt,
    lastHour,
    lastDay,
    parked,
    delayMs: p50 === null || p95 === null ? null : { p50: Math.round(p50), p95: Math.round(p95) },
  };
}

/** Topics that were subscribed through the API and that nothing here needs, named as the enum names them. */
function foreignTopics(made: readonly Subscription[] | null, needed: ReadonlySet<string>): string[] {
  const known = new Set([...needed].map(topicInEnum));
  return (made ?? []).map(({ topic }) => topic).filter((topic) => !known.has(topic));
}

interface Circumstances {
  readonly asked: Asked;
  /** Where our subscriptions must lead. */
  readonly address: string;
  readonly declared: boolean;
  readonly waitingSince: Date | null;
  readonly refused: number;
  readonly now: Date;
}

function reasonsOf(topics: readonly TopicView[], circumstances: Circumstances): Reason[] {
  const { asked, address, declared, waitingSince, refused, now } = circumstances;
  const withCode = (code: TopicCode) => topics.filter((each) => each.code === code).map(({ topic }) => topic);
  const reasons: Reason[] = [];
  if (withCode("missing").length > 0) reasons.push({ code: "missing", topics: withCode("missing") });
  if (refused > 0) reasons.push({ code: "refused", count: refused });
  const waitedMs = waitingSince ? now.getTime() - waitingSince.getTime() : 0;
  if (waitedMs > BACKLOG_AFTER_MS) reasons.push({ code: "backlog", ms: waitedMs });
  const parked = topics.filter((each) => each.parked > 0);
  if (parked.length > 0) {
    const count = parked.reduce((sum, each) => sum + each.parked, 0);
    reasons.push({ code: "parked", topics: parked.map(({ topic }) => topic), count });
  }
  if (withCode("doubled").length > 0) reasons.push({ code: "doubled", topics: withCode("doubled") });
  const elsewhere = topics.filter(({ subscriptions }) => subscriptions?.some(({ uri }) => uri !== address));
  if (elsewhere.length > 0) reasons.push({ code: "elsewhere", topics: elsewhere.map(({ topic }) => topic) });
  if (topics.every(({ lastReceivedAt }) => lastReceivedAt === null)) reasons.push({ code: "nothing_yet" });
  if ("failed" in asked) reasons.push({ code: "not_asked" });
  if (!declared) reasons.push({ code: "toml_unknown" });
  return reasons;
}

function healthOf(reasons: readonly Reason[]): WebhookStatus["health"] {
  const codes = new Set(reasons.map(({ code }) => code));
  if (codes.has("missing")) return "broken";
  const isNotable = (["refused", "parked", "backlog", "doubled", "elsewhere"] as const).some((code) =>
    codes.has(code),
  );
  return isNotable ? "attention" : "healthy";
}

interface TopicRow {
  topic: string;
  last_received_at: Date;
  last_hour: number;
  last_day: number;
  parked: number;
  p50: number | null;
  p95: number | null;
}

async function readTopics(shopDomain: string, now: Date): Promise<ReadonlyMap<string, Received>> {
  const hourAgo = new Date(now.getTime() - HOUR_MS);
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const { rows } = await pool.query<TopicRow>(READ_TOPICS, [
    shopDomain,
    hourAgo,
    dayAgo,
    COUNT_MAX,
    DELAYS_MAX,
    TEST_TOPIC,
  ]);
  return new Map(
    rows.map((row) => {
      const {
        topic,
        last_received_at: lastReceivedAt,
        last_hour: lastHour,
        last_day: lastDay,
        parked,
        p50,
        p95,
      } = row;
      return [topic, { lastReceivedAt, lastHour, lastDay, parked, p50, p95 }];
    }),
  );
}

// Our own test is no news from Shopify. The topics are found by skipping through the index on (shop_domain, topic, received_at), not by reading the rows.
const READ_TOPICS = `
  WITH RECURSIVE seen AS (
    (SELECT topic FROM sync_deliveries WHERE shop_domain = $1 ORDER BY topic LIMIT 1)
    UNION ALL
    SELECT (SELECT d.topic FROM sync_deliveries d WHERE d.shop_domain = $1 AND d.topic > s.topic ORDER BY d.topic LIMIT 1)
    FROM seen s WHERE s.topic IS NOT NULL
  )
  SELECT s.topic, latest.received_at AS last_received_at, recent.last_hour, recent.last_day, set_aside.parked,
         delays.p50, delays.p95
  FROM seen s
  CROSS JOIN LATERAL (
    SELECT received_at FROM sync_deliveries WHERE shop_domain = $1 AND topic = s.topic
    ORDER BY received_at DESC LIMIT 1
  ) latest
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS last_day, (count(*) FILTER (WHERE received_at > $2))::int AS last_hour
    FROM (SELECT received_at FROM sync_deliveries WHERE shop_domain = $1 AND topic = s.topic AND received_at > $3
          ORDER BY received_at DESC LIMIT $4) r
  ) recent
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS parked
    FROM (SELECT FROM sync_deliveries WHERE shop_domain = $1 AND topic = s.topic AND state = 'parked' LIMIT $4) p
  ) set_aside
  CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY delay_ms) AS p50,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY delay_ms) AS p95
    FROM (SELECT greatest(0, extract(epoch FROM settled_at - coalesce(triggered_at, received_at)) * 1000)::float8 AS delay_ms
          FROM sync_deliveries
          WHERE shop_domain = $1 AND topic = s.topic AND received_at > $3 AND state = 'applied'
          ORDER BY received_at DESC LIMIT $5) d
  ) delays
  WHERE s.topic <> $6`;

async function readWaitingSince(shopDomain: string): Promise<Date | null> {
  const { rows } = await pool.query<{ oldest: Date | null }>(
    `SELECT min(received_at) AS oldest
     FROM (SELECT received_at FROM sync_deliveries WHERE shop_domain = $1 AND state = 'received' ORDER BY id LIMIT $2) w`,
    [shopDomain, COUNT_MAX],
  );
  return rows[0]?.oldest ?? null;
}

/** Webhooks refused for a wrong signature in the last hour, of any shop: who sent them is not proven. */
async function readRefused(now: Date): Promise<number> {
  const { rows } = await pool.query<{ refused: number | null }>(
    "SELECT sum(count)::int AS refused FROM sync_counters WHERE name = 'webhook_rejected_hmac' AND minute > $1",
    [new Date(now.getTime() - HOUR_MS)],
  );
  return rows[0]?.refused ?? 0;
}
