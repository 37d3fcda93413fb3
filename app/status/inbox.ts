// The webhook inbox as people look at it: what came, what waits, what needs a person. Reads only. Every count stops at
// DELIVERIES_MAX, so that a flash sale's backlog cannot slow the page that shows it.
import { pool } from "#app/db.server.ts";
import { resources as registry, topicsOf } from "#app/resources/index.ts";
import type { ResourceName } from "#app/resources/define.ts";

export const DELIVERIES_MAX = 10_000;
const HOUR_MS = 3_600_000;

/** A count up to DELIVERIES_MAX; `isMore` when there are at least that many. */
export interface Tally {
  readonly count: number;
  readonly isMore: boolean;
  readonly oldestAt: Date | null;
}

export interface InboxView {
  readonly lastReceivedAt: Date | null;
  /** Within the last hour. */
  readonly received: Tally;
  /** Stored, not yet settled. */
  readonly waiting: Tally;
  /** Set aside for a person, but for those of a cause that somebody ignores, or has acknowledged or resolved since. */
  readonly parked: Tally;
}

export interface Inbox extends InboxView {
  readonly waitingByResource: ReadonlyMap<
    ResourceName,
    { readonly count: number; readonly oldestAt: Date | null }
  >;
}

export async function readInbox(shopId: number, shopDomain: string, now: Date): Promise<Inbox> {
  const [lastReceivedAt, received, byTopic, parked] = await Promise.all([
    readLastReceivedAt(shopDomain),
    readTally(
      `SELECT received_at FROM sync_deliveries WHERE shop_domain = $1 AND received_at > $3 LIMIT $2`,
      [shopDomain, DELIVERIES_MAX, new Date(now.getTime() - HOUR_MS)],
    ),
    readWaiting(shopDomain),
    readTally(
      `SELECT received_at FROM sync_deliveries d
       WHERE d.shop_domain = $1 AND d.state = 'parked' AND NOT EXISTS (
         SELECT FROM sync_error_marks m
         WHERE m.shop_id = $3 AND m.source = 'deliveries' AND m.subject = d.topic AND m.code = d.reason
           AND (m.mark = 'ignored' OR m.marked_at >= d.received_at)) LIMIT $2`,
      [shopDomain, DELIVERIES_MAX, shopId],
    ),
  ]);
  return { lastReceivedAt, received, parked, ...waitingOf(byTopic) };
}

async function readLastReceivedAt(shopDomain: string): Promise<Date | null> {
  const { rows } = await pool.query<{ received_at: Date }>(
    `SELECT received_at FROM sync_deliveries WHERE shop_domain = $1 ORDER BY received_at DESC LIMIT 1`,
    [shopDomain],
  );
  return rows[0]?.received_at ?? null;
}

async function readTally(rowsSql: string, values: readonly unknown[]): Promise<Tally> {
  const { rows } = await pool.query<{ count: string; oldest: Date | null }>(
    `SELECT count(*) AS count, min(received_at) AS oldest FROM (${rowsSql}) AS capped`,
    [...values],
  );
  return tally(Number(rows[0]?.count ?? 0), rows[0]?.oldest ?? null);
}

interface TopicRow {
  readonly topic: string;
  readonly count: string;
  readonly oldest: Date;
}

async function readWaiting(shopDomain: string): Promise<readonly TopicRow[]> {
  const { rows } = await pool.query<TopicRow>(
    `SELECT topic, count(*) AS count, min(received_at) AS oldest
     FROM (SELECT topic, received_at FROM sync_deliveries
           WHERE shop_domain = $1 AND state = 'received' LIMIT $2) AS capped
     GROUP BY topic`,
    [shopDomain, DELIVERIES_MAX],
  );
  return rows;
}

function waitingOf(topics: readonly TopicRow[]): Pick<Inbox, "waiting" | "waitingByResource"> {
  const waitingByResource = new Map<ResourceName, { count: number; oldestAt: Date | null }>();
  for (const resource of registry) {
    const mine = new Set(topicsOf(resource));
    const some = topics.filter(({ topic }) => mine.has(topic));
    if (some.length > 0) waitingByResource.set(resource.name, { count: sum(some), oldestAt: oldest(some) });
  }
  return { waiting: tally(sum(topics), oldest(topics)), waitingByResource };
}

function sum(topics: readonly TopicRow[]): number {
  return topics.reduce((total, { count }) => total + Number(count), 0);
}

function oldest(topics: readonly TopicRow[]): Date | null {
  return topics.length === 0 ? null : new Date(Math.min(...topics.map(({ oldest: at }) => at.getTime())));
}

function tally(count: number, oldestAt: Date | null): Tally {
  return { count, isMore: count >= DELIVERIES_MAX, oldestAt };
}
