// What waits to be read through the API: in all, and of each resource what the mirror may be behind with until then. Reads
// only. Every count stops at CONFIRMATIONS_MAX.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import type { ResourceName } from "#app/resources/define.ts";

/** Confirmations are counted up to here; beyond it the page says "more than". */
const CONFIRMATIONS_MAX = 10_000;

interface Waiting {
  readonly count: number;
  readonly oldestAt: Date | null;
}

export interface Confirmations extends Waiting {
  /** Records that news has named without saying all of them. The others are here, and only still to be confirmed. */
  readonly unread: ReadonlyMap<ResourceName, Waiting>;
}

/** No webhook states their records (fulfillment orders, metafields): whatever waits of them was only named. */
const NAMED_ONLY = resources.filter(({ topics }) => topics.changed.length === 0).map(({ name }) => name);

export async function readConfirmations(shopId: number): Promise<Confirmations> {
  const { rows } = await pool.query<{ resource: ResourceName; unread: boolean; count: number; oldest: Date }>(
    `SELECT resource, urgent OR resource = ANY ($3) AS unread, count(*)::int AS count, min(queued_at) AS oldest
     FROM (SELECT resource, urgent, queued_at FROM sync_confirmations WHERE shop_id = $1 LIMIT $2) AS capped
     GROUP BY 1, 2`,
    [shopId, CONFIRMATIONS_MAX, NAMED_ONLY],
  );
  const unread = rows.filter((row) => row.unread);
  return {
    count: rows.reduce((sum, { count }) => sum + count, 0),
    oldestAt: rows.length === 0 ? null : new Date(Math.min(...rows.map(({ oldest }) => oldest.getTime()))),
    unread: new Map(unread.map(({ resource, count, oldest }) => [resource, { count, oldestAt: oldest }])),
  };
}
