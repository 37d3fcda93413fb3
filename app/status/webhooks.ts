// Are webhooks arriving? One line a topic: what is needed, who subscribed it, what came and how late; and one verdict
// with its reasons. Reads only. Codes and numbers; the sentences are in app/texts.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { namesInEnum, topicInEnum, type Asked, type Subscription } from "#app/shopify/subscriptions.ts";
import { dueDeliveries, readBeginnings, readPastAlerts, type PastAlert } from "#app/status/alerts.ts";
import { declaredTopics } from "#app/status/declared-topics.ts";
import { readOtherVersions } from "#app/status/delivered-versions.ts";
import { COUNT_MAX, readFigures, readTwins, type TopicFigures } from "#app/status/topic-figures.ts";
import { readProven } from "#app/sync/proven-topics.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { topicsUnder } from "#app/sync/rules-subscriptions.ts";
import { faultsUnder } from "#app/sync/watch-subscriptions.ts";
import type { SubscriptionFault, SubscriptionFaultCode } from "#app/shopify/subscription-faults.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Fewer than this a day are no habit that could be broken. */
const HABIT_MIN = 20;
/** A day with less than this share of what is usual is worth a look. */
const LOW_SHARE = 0.1;
/** Deliveries that wait longer than this are a backlog. */
const BACKLOG_AFTER_MS = 10_000;

export type TopicCode =
  "missing" | "silent" | "parked" | "doubled" | "low" | "arriving" | "quiet" | "never" | "unneeded";

/** When Shopify changed records without announcing them. */
export interface SilenceView {
  readonly resource: string;
  readonly from: Date;
  /** Null while it lasts. */
  readonly to: Date | null;
  /** Changed records that were found missing, and the run that catches up. */
  readonly missed: number;
  readonly runId: string | null;
}

export interface FaultView {
  readonly code: SubscriptionFaultCode;
  /** Where it leads, or the version that it is sent in. */
  readonly found: string | null;
  /** The watch repairs it by itself. */
  readonly isRepairable: boolean;
}

export interface TopicView {
  readonly topic: string;
  readonly code: TopicCode;
  /** A resource or the app's own life needs it. */
  readonly needed: boolean;
  /** In shopify.app.toml; null where that file is not beside the app. */
  readonly declared: boolean | null;
  /** Subscriptions made through the API; null when Shopify could not be asked. No `fields` are all of the body. */
  readonly subscriptions:
    readonly { readonly id: string; readonly uri: string; readonly fields: readonly string[] }[] | null;
  readonly lastReceivedAt: Date | null;
  readonly lastHour: number;
  readonly lastDay: number;
  /** Of the last hour: brought what another subscription had brought already. Proof of two, whatever is known of them. */
  readonly twins: number;
  /** What the same hour and day brought in the past weeks, on average; null in the first week. */
  readonly expectedHour: number | null;
  readonly expectedDay: number | null;
  /** Set aside, as of now; at most COUNT_MAX. */
  readonly parked: number;
  /** Attempts of the last day that did not succeed: tried again, or set aside. */
  readonly failedDay: number;
  /** From the change in Shopify to the commit here, of the last day; null when none was applied. */
  readonly delayMs: { readonly p50: number; readonly p95: number } | null;
  readonly faults: readonly FaultView[];
  /** The last one of its resource; `state` is "silent" while it lasts. */
  readonly silence: SilenceView | null;
}

export type ReasonCode =
  | "missing"
  | "parked"
  | "backlog"
  | "refused"
  | "silent"
  | "low"
  | "outdated"
  | "doubled"
  | "elsewhere"
  | "nothing_yet"
  | "not_asked"
  | "toml_unknown";

/** Said beside the others, but nothing that somebody must look at. */
const REMARKS: readonly ReasonCode[] = ["nothing_yet", "not_asked", "toml_unknown"];

/** Reasons that only Shopify's own list of subscriptions can show; without it they are neither there nor over. */
export const ASKED_FOR: readonly ReasonCode[] = ["missing", "doubled", "elsewhere", "outdated"];

/** Whether a reason is an alert as long as it stands. */
export const isAlert = (code: ReasonCode): boolean => !REMARKS.includes(code);

export interface Reason {
  readonly code: ReasonCode;
  /** Since when it stands, as far as that is known; the watch notes what has no time of its own, every few minutes. */
  readonly since?: Date | null;
  readonly topics?: readonly string[];
  readonly count?: number;
  readonly ms?: number;
}

export interface WebhookStatus {
  readonly at: Date;
  /** `broken`: changes are certainly lost. `attention`: a person should look. */
  readonly health: "healthy" | "unproven" | "attention" | "broken";
  readonly reasons: readonly Reason[];
  /** Alerts that are over, the last first. */
  readonly past: readonly PastAlert[];
  readonly topics: readonly TopicView[];
}

export async function webhookStatus(
  shop: { readonly id: number; readonly domain: string },
  asked: Asked,
  address: string,
  now: Date,
): Promise<WebhookStatus> {
  const [rules, figures, twins, versions, silences, waitingSince, refused, alerts, past] = await Promise.all([
    readRules(shop.id),
    readFigures(shop.id, shop.domain, now),
    readTwins(shop.id, shop.domain, now),
    readOtherVersions(shop.domain, now),
    readSilences(shop.id),
    readWaitingSince(shop, now),
    readRefused(now),
    readBeginnings(shop, now),
    readPastAlerts(shop.id),
  ]);
  const declared = declaredTopics();
  const made = "subscriptions" in asked ? asked.subscriptions : null;
  const proven = await readProven(shop.id, { made: made ?? [], declared, now });
  const needed = new Set(topicsUnder(rules));
  const heard = [...figures.keys()];
  const known = [...needed, ...(declared ?? []), ...heard];
  const names = new Set([...known, ...strangers(made, known)]);
  const faults = made ? faultsUnder(rules, made, { heard, declared, proven, address, now }) : [];
  const topics = [...names].sort().map((topic) => {
    const own = made?.filter((each) => each.topic === topicInEnum(topic)) ?? null;
    return topicView(topic, {
      needed: needed.has(topic),
      declared: declared?.has(topic) ?? null,
      made: own,
      figures: figures.get(topic),
      twins: twins.get(topic) ?? 0,
      faults: faultViews(
        faults.filter((each) => each.topic === topic),
        versions.get(topic),
      ),
      silence: silences.find(({ resource }) => blamedTopics(resource, figures).includes(topic)) ?? null,
      now,
    });
  });
  const reasons = reasonsOf(topics, {
    asked,
    address,
    declared: declared !== null,
    waitingSince,
    refused,
    now,
  });
  const dated = reasons.map((reason) => ({ ...reason, since: alerts.get(reason.code) ?? null }));
  return { at: now, health: healthOf(reasons), reasons: dated, past, topics };
}

/** Of its subscriptions, and of the version that its deliveries came in, if that is another. */
function faultViews(faults: readonly SubscriptionFault[], version: string | undefined): FaultView[] {
  const views = faults.map(({ code, found, repair }) => ({ code, found, isRepairable: repair !== null }));
  if (version === undefined || views.some(({ code }) => code === "outdated")) return views;
  return [...views, { code: "outdated", found: version, isRepairable: false }];
}

/** The topics by which changes of the resource should have come: those that have ever come, else all that could. */
function blamedTopics(name: string, figures: ReadonlyMap<string, TopicFigures>): readonly string[] {
  const { changed = [] } = resources.find((each) => each.name === name)?.topics ?? {};
  const known = changed.filter((topic) => figures.has(topic));
  return known.length > 0 ? known : changed;
}

interface Known {
  readonly needed: boolean;
  readonly declared: boolean | null;
  readonly made: readonly Subscription[] | null;
  readonly figures: TopicFigures | undefined;
  readonly twins: number;
  readonly faults: readonly FaultView[];
  readonly silence: SilenceView | null;
  readonly now: Date;
}

const NO_FIGURES: TopicFigures = {
  lastArrivedAt: null,
  lastHour: 0,
  lastDay: 0,
  expectedHour: null,
  expectedDay: null,
  parked: 0,
  failedDay: 0,
  delayMs: null,
};

function topicView(topic: string, known: Known): TopicView {
  const { needed, declared, made, twins, faults, silence, figures = NO_FIGURES } = known;
  const { lastArrivedAt: lastReceivedAt, ...counts } = figures;
  return {
    topic,
    code: codeOf(known, figures),
    needed,
    declared,
    subscriptions: made?.map(({ id, uri, includeFields: fields }) => ({ id, uri, fields })) ?? null,
    lastReceivedAt,
    ...counts,
    twins,
    faults,
    silence,
  };
}

/** The gravest first. */
function codeOf(
  { needed, declared, made, twins, faults, silence, now }: Known,
  { lastArrivedAt, lastDay, expectedDay, parked }: TopicFigures,
): TopicCode {
  // One that may be the only one doubles nothing, as far as is known.
  const isProven = !faults.some(({ code }) => code === "kept");
  const ways = (declared && isProven ? 1 : 0) + (made?.length ?? 0);
  if (needed && declared === false && made !== null && ways === 0) return "missing";
  // Of a resource that has gone silent, only what does not come is to blame.
  if (silence && silence.to === null && !(lastArrivedAt && lastArrivedAt > silence.from)) return "silent";
  if (parked > 0) return "parked";
  if (ways > 1 || twins > 0) return "doubled";
  if (!needed) return "unneeded";
  if (expectedDay !== null && expectedDay >= HABIT_MIN && lastDay < expectedDay * LOW_SHARE) return "low";
  if (lastArrivedAt === null) return "never";
  return now.getTime() - lastArrivedAt.getTime() <= DAY_MS ? "arriving" : "quiet";
}

async function readSilences(shopId: number): Promise<SilenceView[]> {
  const { rows } = await pool.query<SilenceView>(
    `SELECT resource, silent_from AS "from", silent_to AS "to", missed, run_id AS "runId"
     FROM sync_watches WHERE shop_id = $1 AND silent_from IS NOT NULL`,
    [shopId],
  );
  return rows;
}

/** Topics that were subscribed through the API and that nobody here has heard of, named as the enum names them. */
function strangers(made: readonly Subscription[] | null, known: readonly string[]): string[] {
  const names = namesInEnum(known);
  return (made ?? []).map(({ topic }) => topic).filter((topic) => !names.has(topic));
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
  if (withCode("silent").length > 0) reasons.push({ code: "silent", topics: withCode("silent") });
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
  const outdated = topics.filter(({ faults }) => faults.some((fault) => fault.code === "outdated"));
  if (outdated.length > 0) reasons.push({ code: "outdated", topics: outdated.map(({ topic }) => topic) });
  if (withCode("low").length > 0) reasons.push({ code: "low", topics: withCode("low") });
  if (topics.every(({ lastReceivedAt }) => lastReceivedAt === null)) reasons.push({ code: "nothing_yet" });
  if ("failed" in asked) reasons.push({ code: "not_asked" });
  if (!declared) reasons.push({ code: "toml_unknown" });
  return reasons;
}

function healthOf(reasons: readonly Reason[]): WebhookStatus["health"] {
  const codes = new Set(reasons.map(({ code }) => code));
  if (codes.has("missing") || codes.has("silent")) return "broken";
  const isNotable = (
    ["refused", "parked", "backlog", "doubled", "elsewhere", "outdated", "low"] as const
  ).some((code) => codes.has(code));
  if (isNotable) return "attention";
  // That changes arrive is seen by one that did.
  return codes.has("nothing_yet") ? "unproven" : "healthy";
}

async function readWaitingSince(
  shop: { readonly id: number; readonly domain: string },
  now: Date,
): Promise<Date | null> {
  const { rows } = await pool.query<{ oldest: Date | null }>(
    `SELECT min(due_at) AS oldest FROM (${dueDeliveries("$1", "$2", "$3", "$4")}) w`,
    [shop.id, shop.domain, now, COUNT_MAX],
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
