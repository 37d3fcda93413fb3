// The sync_upkeep rows: what is to be done to rows that are here because the rules changed, and how far it got.
import type { PoolClient } from "pg";
import { pool } from "#app/db.server.ts";
import { isKnown } from "#app/sync/known.ts";
import type { ResourceName } from "#app/resources/define.ts";

export type UpkeepWork =
  /** The resource was switched off, and its rows are to go. */
  | "remove_all"
  /** Rows that do not match the filter; only Shopify can say which. */
  | "remove_unmatched"
  /** Metafields that are not on the allow-list. */
  | "remove_unlisted"
  /** Fields, and rows of parts, that are left out. */
  | "empty_fields";

export interface Upkeep {
  readonly resource: ResourceName;
  readonly work: UpkeepWork;
  readonly askedAt: Date;
  readonly cursor: string | null;
  readonly changed: number;
  readonly doneAt: Date | null;
}

/**
 * Begins the works, anew where they had begun. What an earlier change has left to do is still to be done; whether it is still
 * wanted, each work asks as it begins.
 */
export async function askUpkeep(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  works: readonly UpkeepWork[],
  now: Date,
): Promise<void> {
  await client.query(
    `DELETE FROM sync_upkeep WHERE shop_id = $1 AND resource = $2 AND done_at IS NOT NULL AND work <> ALL ($3)`,
    [shopId, resource, works],
  );
  await client.query(
    `INSERT INTO sync_upkeep (shop_id, resource, work, asked_at) SELECT $1, $2, work, $4 FROM unnest($3::text[]) AS work
     ON CONFLICT (shop_id, resource, work)
     DO UPDATE SET asked_at = excluded.asked_at, cursor = NULL, changed = 0, done_at = NULL`,
    [shopId, resource, works, now],
  );
}

// What does not match is removed when everything that matches has been read: it is then known by not having been seen.
const IS_READY = `u.done_at IS NULL AND ${isKnown("u.resource")} AND NOT (u.work = 'remove_unmatched' AND EXISTS (
  SELECT FROM sync_runs r WHERE r.shop_id = u.shop_id AND r.resource = u.resource AND r.kind = 'backfill'
    AND r.state IN ('queued', 'running', 'paused')))`;

export async function shopsWithUpkeep(): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `SELECT DISTINCT u.shop_id AS id FROM sync_upkeep u JOIN shops s ON s.id = u.shop_id
     WHERE ${IS_READY} AND s.uninstalled_at IS NULL`,
  );
  return rows.map(({ id }) => id);
}

const COLUMNS = `u.resource, u.work, u.asked_at AS "askedAt", u.cursor, u.changed, u.done_at AS "doneAt"`;

export async function readReady(shopId: number): Promise<Upkeep[]> {
  const { rows } = await pool.query<Upkeep>(
    `SELECT ${COLUMNS} FROM sync_upkeep u WHERE u.shop_id = $1 AND ${IS_READY} ORDER BY u.work, u.resource`,
    [shopId],
  );
  return rows;
}

/** Null when the rules have changed since and it is asked for no more, or anew. */
export async function moveUpkeep(
  client: PoolClient,
  shopId: number,
  { resource, work, askedAt, changed }: Upkeep,
  moved: { readonly cursor: string | null; readonly changed: number; readonly doneAt: Date | null },
): Promise<Upkeep | null> {
  const { rows } = await client.query<Upkeep>(
    `UPDATE sync_upkeep u SET cursor = $5, changed = $6, done_at = $7
     WHERE u.shop_id = $1 AND u.resource = $2 AND u.work = $3 AND u.asked_at = $4 RETURNING ${COLUMNS}`,
    [shopId, resource, work, askedAt, moved.cursor, changed + moved.changed, moved.doneAt],
  );
  return rows[0] ?? null;
}

/** Looks for records that left the filter without any news: as soon as Shopify counts fewer than are here. */
export async function askForLeavers(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO sync_upkeep AS u (shop_id, resource, work, asked_at)
     SELECT r.shop_id, r.resource, 'remove_unmatched', $3 FROM sync_resources r
     WHERE r.shop_id = $1 AND r.resource = $2 AND r.mirrored > r.in_shopify AND r.verified_at IS NOT NULL
       AND r.counted_at > coalesce(greatest(r.last_applied_at, r.moved_at), '-infinity') + make_interval(secs => $4)
       AND NOT EXISTS (SELECT FROM sync_runs WHERE shop_id = $1 AND resource = $2 AND state IN ('queued', 'running', 'paused'))
     ON CONFLICT (shop_id, resource, work)
     DO UPDATE SET asked_at = excluded.asked_at, cursor = NULL, changed = 0, done_at = NULL
     WHERE u.done_at < $3::timestamptz - make_interval(secs => $5)`,
    [shopId, resource, now, SETTLED_SECONDS, LOOK_EVERY_SECONDS],
  );
  return (rowCount ?? 0) > 0;
}

/** Shopify's counts follow writes by some seconds. */
const SETTLED_SECONDS = 60;
/** A look that found nobody is not repeated sooner. */
const LOOK_EVERY_SECONDS = 60 * 60;
