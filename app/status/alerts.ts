// Since when the reasons of a shop's webhook health stand, and what stood before and is over. Reads only.
import { pool } from "#app/db.server.ts";
import { notHeld } from "#app/sync/holds-ask.ts";

/** An alert that is over. */
export interface PastAlert {
  readonly id: string;
  readonly code: string;
  readonly since: Date;
  readonly endedAt: Date;
  readonly topics: readonly string[];
  readonly count: number;
}

/** Past alerts that a page lists. */
const PAST_MAX = 5;
/** Looked through for the oldest that is set aside. */
const PARKED_MAX = 10_000;

/**
 * Deliveries that a worker could settle now, with since when: neither those that a person has wait, nor those whose next try
 * is still to come. SQL, from expressions for the shop's id and domain, the time and a limit.
 */
export function dueDeliveries(shopId: string, domain: string, now: string, limit: string): string {
  return `SELECT CASE WHEN attempts = 0 AND replays = 0 THEN received_at ELSE next_attempt_at END AS due_at FROM sync_deliveries
          WHERE shop_domain = ${domain} AND state = 'received' AND (attempts = 0 OR next_attempt_at <= ${now})
            AND ${notHeld(shopId, "deliveries")}
          ORDER BY id LIMIT ${limit}`;
}

/** Code → since when: by the thing itself where it has a time, else since the watch noticed it. */
export async function readBeginnings(
  shop: { readonly id: number; readonly domain: string },
  now: Date,
): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await pool.query<{ code: string; since: Date | null }>(BEGINNINGS, [
    shop.id,
    shop.domain,
    PARKED_MAX,
    now,
  ]);
  return new Map(rows.flatMap(({ code, since }) => (since ? [[code, since] as const] : [])));
}

// The later of two lines of one code wins in the map.
const BEGINNINGS = `
  SELECT code, since FROM sync_alerts WHERE shop_id = $1 AND ended_at IS NULL
  UNION ALL
  SELECT 'silent', min(silent_from) FROM sync_watches WHERE shop_id = $1 AND silent_to IS NULL
  UNION ALL
  SELECT 'parked', min(settled_at) FROM (
    SELECT settled_at FROM sync_deliveries WHERE shop_domain = $2 AND state = 'parked' LIMIT $3) parked
  UNION ALL
  SELECT 'backlog', min(due_at) FROM (${dueDeliveries("$1", "$2", "$4", "$3")}) waiting`;

export async function readPastAlerts(shopId: number): Promise<readonly PastAlert[]> {
  const { rows } = await pool.query<PastAlert>(
    `SELECT id, code, since, ended_at AS "endedAt", detail->'topics' AS topics, (detail->>'count')::int AS count
     FROM sync_alerts WHERE shop_id = $1 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT $2`,
    [shopId, PAST_MAX],
  );
  return rows;
}
