// What a person should look at today: each thing that the engine cannot put right by itself, with how much of it there
// is. Reads only, along indexes; codes and numbers, the words are in app/texts.
import { pool } from "#app/db.server.ts";
import type { Access } from "#app/status/access.ts";
import { DUTIES } from "#app/status/errors.ts";
import type { Tally } from "#app/status/inbox.ts";
import { DATA_REQUEST } from "#app/sync/error-life.ts";

/** Five counts that were not answered in a row are no hiccup. */
const UNANSWERED_AFTER_MS = 5 * 60_000;
/** By then Shopify wants the customer's data to be with the store's owner. */
const REQUEST_DUE_MS = 30 * 86_400_000;
/** Counted up to here; beyond it the page says "or more". */
const COUNT_MAX = 1_000;

export type Need =
  /** No worker lives: nothing is copied until one is started. */
  | { readonly code: "unworked" }
  /** The store has not granted what these resources need. */
  | { readonly code: "scopes"; readonly resources: readonly string[] }
  /** The app's access to the store ends, or has ended. */
  | { readonly code: "token" }
  /** The version of Shopify's API that this release speaks runs out. */
  | { readonly code: "version"; readonly until: Date }
  /** Shopify, which is asked for its counts every minute, has given none since: what needs its API waits. */
  | { readonly code: "unanswered"; readonly since: Date }
  /** Webhooks that were set aside. */
  | { readonly code: "parked"; readonly count: number; readonly isMore: boolean }
  /** Errors of copying that nobody has acknowledged or ignored. */
  | { readonly code: "errors"; readonly count: number; readonly isMore: boolean }
  /** Customers who asked for the data that is stored of them, and when the first of them must have it. */
  | { readonly code: "requested"; readonly count: number; readonly dueAt: Date }
  /** Ground that no run has proven. */
  | { readonly code: "holes"; readonly count: number; readonly resources: readonly string[] }
  /** Shopify changed records without announcing them. */
  | { readonly code: "silent"; readonly resources: readonly string[]; readonly since: Date }
  /** Topics that are needed and not subscribed: an alert that stands. */
  | { readonly code: "unsubscribed"; readonly topics: readonly string[]; readonly since: Date }
  /** The other alerts about webhooks that stand, but for those that are said above. */
  | { readonly code: "alerts"; readonly alerts: readonly AlertCode[]; readonly since: Date }
  /** Queues that a person told to wait. */
  | { readonly code: "held"; readonly count: number }
  /** Runs that a person paused. */
  | { readonly code: "paused"; readonly count: number }
  /** Limited editions that were sold beyond their size. */
  | { readonly code: "oversold"; readonly count: number }
  /** Limited editions whose size cannot be read; those that had one before go on with it. */
  | { readonly code: "unreadable"; readonly count: number };

export type NeedCode = Need["code"];

/** Reasons of the webhooks' health (webhooks.ts), the gravest first; what was set aside and silences are needs of their own. */
export const ALERT_CODES = ["refused", "backlog", "outdated", "elsewhere", "doubled", "low"] as const;
export type AlertCode = (typeof ALERT_CODES)[number];

/** What the Overview knows of the whole already. */
export interface Standing {
  readonly isWorked: boolean;
  /** Queues that a person told to wait. */
  readonly held: number;
  /** Shopify's latest count of any resource that it counts; null where there is none yet. */
  readonly countedAt: Date | null;
}

/** The gravest first. */
export async function readNeeds(
  shopId: number,
  parked: Tally,
  access: Access,
  standing: Standing,
  now: Date,
): Promise<readonly Need[]> {
  const [errors, requested, holes, silent, alerts, paused, editions] = await Promise.all([
    countUnseen(shopId),
    readRequested(shopId),
    readHoles(shopId),
    readSilent(shopId),
    readAlerts(shopId),
    countPaused(shopId),
    countEditions(shopId),
  ]);
  const lacking = access.scopes.filter(({ missing }) => missing.length > 0).map(({ resource }) => resource);
  const { isWorked, held, countedAt } = standing;
  const isUnanswered =
    isWorked && countedAt !== null && now.getTime() - countedAt.getTime() > UNANSWERED_AFTER_MS;
  return [
    ...(isWorked ? [] : [{ code: "unworked" } as const]),
    ...(lacking.length > 0 ? [{ code: "scopes", resources: lacking } as const] : []),
    ...(access.token.state === "ok" ? [] : [{ code: "token" } as const]),
    ...(access.version.state === "ok"
      ? []
      : [{ code: "version", until: access.version.supportedUntil } as const]),
    ...(held > 0 ? [{ code: "held", count: held } as const] : []),
    ...(isUnanswered ? [{ code: "unanswered", since: countedAt } as const] : []),
    ...(parked.count > 0 ? [{ code: "parked", count: parked.count, isMore: parked.isMore } as const] : []),
    ...(errors > 0 ? [{ code: "errors", count: errors, isMore: errors >= COUNT_MAX } as const] : []),
    ...requested,
    ...silent,
    ...alerts,
    ...holes,
    ...(editions.oversold > 0 ? [{ code: "oversold", count: editions.oversold } as const] : []),
    ...(editions.unreadable > 0 ? [{ code: "unreadable", count: editions.unreadable } as const] : []),
    ...(paused > 0 ? [{ code: "paused", count: paused } as const] : []),
  ];
}

/** Open errors of copying, but for those of a cause that somebody ignores, or has acknowledged since. */
export const COUNT_UNSEEN = `
  SELECT count(*)::int AS count FROM (
    SELECT FROM sync_errors e
    WHERE e.shop_id = $1 AND e.resolved_at IS NULL AND e.code <> ALL ($2) AND NOT EXISTS (
      SELECT FROM sync_error_marks m
      WHERE m.shop_id = $1 AND m.source = 'records' AND m.subject = e.resource AND m.code = e.code
        AND (m.mark = 'ignored' OR m.marked_at >= e.occurred_at))
    LIMIT ${COUNT_MAX}) AS capped`;

async function countUnseen(shopId: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(COUNT_UNSEEN, [shopId, DUTIES]);
  return rows[0]?.count ?? 0;
}

/** That somebody has taken note of one does not bring its day nearer or further: it is said until it is done. */
async function readRequested(shopId: number): Promise<readonly Need[]> {
  const { rows } = await pool.query<{ count: number; first: Date | null }>(
    `SELECT count(*)::int AS count, min(occurred_at) AS first FROM sync_errors
     WHERE shop_id = $1 AND resolved_at IS NULL AND resource = 'customers' AND code = $2`,
    [shopId, DATA_REQUEST],
  );
  const { count, first } = rows[0]!;
  return first === null
    ? []
    : [{ code: "requested", count, dueAt: new Date(first.getTime() + REQUEST_DUE_MS) }];
}

async function readHoles(shopId: number): Promise<readonly Need[]> {
  const { rows } = await pool.query<{ resource: string; count: number }>(
    `SELECT resource, count(*)::int AS count FROM sync_holes WHERE shop_id = $1 AND closed_at IS NULL
     GROUP BY resource ORDER BY resource`,
    [shopId],
  );
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  return count === 0 ? [] : [{ code: "holes", count, resources: rows.map(({ resource }) => resource) }];
}

async function readSilent(shopId: number): Promise<readonly Need[]> {
  const { rows } = await pool.query<{ resource: string; since: Date }>(
    `SELECT resource, silent_from AS since FROM sync_watches
     WHERE shop_id = $1 AND silent_from IS NOT NULL AND silent_to IS NULL ORDER BY silent_from`,
    [shopId],
  );
  const first = rows[0];
  if (!first) return [];
  return [{ code: "silent", resources: rows.map(({ resource }) => resource), since: first.since }];
}

/** As the watch keeps them: noticed within minutes, gone when their cause is. */
async function readAlerts(shopId: number): Promise<readonly Need[]> {
  const { rows } = await pool.query<{ code: string; since: Date; topics: readonly string[] | null }>(
    `SELECT code, since, detail->'topics' AS topics FROM sync_alerts
     WHERE shop_id = $1 AND ended_at IS NULL AND (code = 'missing' OR code = ANY ($2)) ORDER BY since`,
    [shopId, ALERT_CODES],
  );
  const missing = rows.find(({ code }) => code === "missing");
  const others = rows.filter(({ code }) => code !== "missing");
  const alerts = ALERT_CODES.filter((code) => others.some((each) => each.code === code));
  return [
    ...(missing
      ? [{ code: "unsubscribed", topics: missing.topics ?? [], since: missing.since } as const]
      : []),
    ...(others[0] ? [{ code: "alerts", alerts, since: others[0].since } as const] : []),
  ];
}

async function countPaused(shopId: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM sync_runs WHERE shop_id = $1 AND state = 'paused'",
    [shopId],
  );
  return rows[0]?.count ?? 0;
}

async function countEditions(shopId: number): Promise<{ oversold: number; unreadable: number }> {
  const { rows } = await pool.query<{ oversold: number; unreadable: number }>(
    `SELECT (count(*) FILTER (WHERE size IS NOT NULL AND used > size))::int AS oversold,
            (count(*) FILTER (WHERE problem IS NOT NULL))::int AS unreadable
     FROM editions WHERE shop_id = $1 AND ended_at IS NULL`,
    [shopId],
  );
  return rows[0] ?? { oversold: 0, unreadable: 0 };
}
