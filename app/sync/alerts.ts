// Alerts: what about a shop's webhooks stands to be looked at, from when it was noticed until it is over. Kept by the watch;
// what the reasons are is found by status. Never decides what is worth an alert.
import { inTransaction, pool } from "#app/db.server.ts";

export interface Standing {
  readonly code: string;
  /** When it began, where that is known better than by being noticed. */
  readonly since: Date | null;
  readonly topics: readonly string[];
  readonly count: number;
}

/**
 * Opens what is new, keeps what stands with its beginning, and ends what is no longer among `standing`, unless it is one of
 * `unknown`: codes of which it could not be found out.
 */
export async function keepAlerts(
  shopId: number,
  standing: readonly Standing[],
  unknown: readonly string[],
  now: Date,
): Promise<void> {
  await inTransaction(async (client) => {
    await client.query(OPEN, [shopId, JSON.stringify(standing), now]);
    await client.query(
      "UPDATE sync_alerts SET ended_at = $3 WHERE shop_id = $1 AND ended_at IS NULL AND code <> ALL ($2::text[])",
      [shopId, [...standing.map(({ code }) => code), ...unknown], now],
    );
  });
}

// A shop that is erased meanwhile gets nothing (I8).
const OPEN = `
  INSERT INTO sync_alerts (shop_id, code, since, detail)
  SELECT s.id, t.code, coalesce(t.since, $3), jsonb_build_object('topics', t.topics, 'count', t.count)
  FROM json_to_recordset($2) AS t(code text, since timestamptz, topics jsonb, count int)
  JOIN (SELECT id FROM shops WHERE id = $1 FOR KEY SHARE) s ON true
  ON CONFLICT (shop_id, code) WHERE ended_at IS NULL DO UPDATE SET detail = excluded.detail`;

/** News of one alert for the operator's address. */
export interface AlertNews {
  readonly id: string;
  readonly shopDomain: string;
  readonly event: "raised" | "ended";
  readonly code: string;
  readonly since: Date;
  readonly endedAt: Date | null;
  readonly topics: readonly string[];
  readonly count: number;
}

/** The oldest news that was not accepted yet; what nobody took within `sinceAt` is given up. */
export async function untoldAlerts(sinceAt: Date, newsMax: number): Promise<readonly AlertNews[]> {
  const { rows } = await pool.query<AlertNews>(UNTOLD, [sinceAt, newsMax]);
  return rows;
}

const UNTOLD = `
  SELECT a.id, s.domain AS "shopDomain", CASE WHEN a.told_at IS NULL THEN 'raised' ELSE 'ended' END AS event,
         a.code, a.since, a.ended_at AS "endedAt", a.detail->'topics' AS topics, (a.detail->>'count')::int AS count
  FROM sync_alerts a JOIN shops s ON s.id = a.shop_id
  WHERE (a.told_at IS NULL OR (a.ended_at IS NOT NULL AND a.told_end_at IS NULL))
    AND coalesce(a.ended_at, 'infinity') > $1 AND (a.told_at IS NOT NULL OR a.since > $1 OR a.ended_at IS NULL)
  ORDER BY a.id LIMIT $2`;

/** The address has accepted the news. */
export async function noteTold({ id, event }: AlertNews, now: Date): Promise<void> {
  const column = event === "raised" ? "told_at" : "told_end_at";
  await pool.query(`UPDATE sync_alerts SET ${column} = $2 WHERE id = $1`, [id, now]);
}
