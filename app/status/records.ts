// One record as the mirror has it: is it here, how late, since when known to be right. Reads only.
import { pool } from "#app/db.server.ts";

export type RecordCode = "confirmed" | "waiting" | "unconfirmed" | "deleted" | "absent";

export interface RecordView {
  readonly code: RecordCode;
  /** `#1001`; null unless it is in the mirror. */
  readonly name: string | null;
  /** Shopify's time of the last change, and ours of writing it. */
  readonly updatedAt: Date | null;
  readonly appliedAt: Date | null;
  readonly confirmedAt: Date | null;
  /** Between Shopify's news of the last change and its commit here. */
  readonly delayMs: number | null;
}

interface Row {
  name: string | null;
  updated_at: Date | null;
  applied_at: Date;
  confirmed_at: Date | null;
  delay_ms: number;
  is_waiting: boolean;
}

/** @param key numeric id as decimal text. */
export async function orderStatus(shopId: number, shopDomain: string, key: string): Promise<RecordView> {
  const { rows } = await pool.query<Row>(READ_ORDER, [shopId, key, shopDomain]);
  const row = rows[0];
  if (!row) {
    const code = (await isDeleted(shopId, key)) ? "deleted" : "absent";
    return { code, name: null, updatedAt: null, appliedAt: null, confirmedAt: null, delayMs: null };
  }
  return {
    code: row.is_waiting ? "waiting" : row.confirmed_at ? "confirmed" : "unconfirmed",
    name: row.name,
    updatedAt: row.updated_at,
    appliedAt: row.applied_at,
    confirmedAt: row.confirmed_at,
    delayMs: Math.round(row.delay_ms),
  };
}

const READ_ORDER = `
  SELECT o.name, o.updated_at, o.applied_at, o.confirmed_at,
         greatest(0, extract(epoch FROM o.applied_at - o.observed_at) * 1000)::float8 AS delay_ms,
         EXISTS (SELECT FROM sync_confirmations c
                 WHERE c.shop_id = $1 AND c.resource = 'orders' AND c.record_key = $2::int8::text AND c.urgent)
         OR EXISTS (SELECT FROM sync_deliveries d
                    WHERE d.shop_domain = $3 AND d.resource = 'orders' AND d.record_key = $2::int8::text
                      AND d.state = 'received') AS is_waiting
  FROM orders o WHERE o.shop_id = $1 AND o.id = $2::int8`;

async function isDeleted(shopId: number, key: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "SELECT FROM sync_tombstones WHERE shop_id = $1 AND resource = 'orders' AND record_key = $2",
    [shopId, key],
  );
  return rowCount === 1;
}
