// The sync_confirmations rows: records that webhooks spoke of and that are still to be read. This file takes, puts off and
// removes them, several at once in the order of their keys, as the inbox adds them; when, is for confirm.ts to say.
import type { PoolClient } from "pg";
import { afterCommit, isoTime, pool } from "#app/db.server.ts";
import { note } from "#app/metrics.server.ts";
import { tableNamed } from "#app/sync/apply-tables.ts";
import { isKnown } from "#app/sync/known.ts";
import type { ResourceName } from "#app/resources/define.ts";

/** Confirmations taken at once. */
export const CONFIRMED_AT_ONCE = 50;

/** A record that is still not shown after this is gone, or is reported. */
export const RECHECK_MS = 60_000;

export interface Due {
  readonly key: string;
  /** As PostgreSQL writes it, with all its decimals: tells whether newer news came while we were fetching. */
  readonly queuedAt: string;
  readonly attempts: number;
}

export async function readDue(shopId: number, now: Date): Promise<Map<ResourceName, Due[]>> {
  const { rows } = await pool.query<{
    resource: ResourceName;
    key: string;
    queued_at: string;
    attempts: number;
  }>(
    `SELECT resource, record_key AS key, queued_at::text, attempts FROM sync_confirmations
     WHERE shop_id = $1 AND next_attempt_at <= $2 AND ${isKnown("resource")} ORDER BY urgent DESC, next_attempt_at LIMIT $3`,
    [shopId, now, CONFIRMED_AT_ONCE],
  );
  const due = new Map<ResourceName, Due[]>();
  for (const { resource, key, queued_at: queuedAt, attempts } of rows) {
    due.set(resource, [...(due.get(resource) ?? []), { key, queuedAt, attempts }]);
  }
  return due;
}

/** Of the mirror's rows with these ids, when the latest state was observed: ISO 8601; null where there are none. */
export async function latestObserved(
  database: PoolClient,
  shopId: number,
  model: string,
  ids: readonly string[],
): Promise<string | null> {
  const { rows } = await database.query<{ at: string | null }>(
    `SELECT ${isoTime("max(observed_at)")} AS at FROM ${await tableNamed(database, model)}
     WHERE shop_id = $1 AND id = ANY ($2::int8[])`,
    [shopId, ids],
  );
  return rows[0]!.at;
}

/**
 * Shopify said that these are deleted, and a read says that they are not: they were restored, or a copy of Shopify's that
 * is behind has answered, or our clock is wrong. The next look decides: the deletion counts for a first one that found nothing.
 */
export async function doubt(
  database: PoolClient,
  shopId: number,
  records: readonly { readonly resource: string; readonly key: string }[],
  now: Date,
): Promise<void> {
  if (records.length === 0) return;
  await database.query(
    `INSERT INTO sync_confirmations (shop_id, resource, record_key, attempts, next_attempt_at)
     SELECT $1, resource, key, 1, $4 FROM unnest($2::text[], $3::text[]) AS t(resource, key) ORDER BY resource, key
     ON CONFLICT (shop_id, resource, record_key) DO UPDATE
     SET queued_at = now(), attempts = 1, next_attempt_at = excluded.next_attempt_at`,
    [
      shopId,
      records.map(({ resource }) => resource),
      records.map(({ key }) => key),
      new Date(now.getTime() + RECHECK_MS),
    ],
  );
}

/** Newer news that was queued meanwhile keeps its place: our read may not have seen it. */
export async function remove(
  database: PoolClient,
  shopId: number,
  resource: ResourceName,
  records: readonly Due[],
): Promise<void> {
  if (records.length === 0) return;
  afterCommit(database, () => note(shopId, "confirmed", resource, records.length));
  await database.query(
    `DELETE FROM sync_confirmations c
     USING (SELECT o.record_key FROM sync_confirmations o JOIN unnest($3::text[], $4::timestamptz[]) AS t(key, queued_at)
              ON o.record_key = t.key AND o.queued_at = t.queued_at
            WHERE o.shop_id = $1 AND o.resource = $2 ORDER BY o.record_key FOR UPDATE OF o) AS taken
     WHERE c.shop_id = $1 AND c.resource = $2 AND c.record_key = taken.record_key`,
    [shopId, resource, records.map(({ key }) => key), records.map(({ queuedAt }) => queuedAt)],
  );
}

export async function postpone(
  database: PoolClient,
  shopId: number,
  resource: ResourceName,
  records: readonly Due[],
  until: Date,
): Promise<void> {
  await database.query(
    `UPDATE sync_confirmations c SET attempts = attempts + 1, next_attempt_at = $4
     FROM (SELECT record_key FROM sync_confirmations WHERE shop_id = $1 AND resource = $2 AND record_key = ANY($3)
           ORDER BY record_key FOR UPDATE) AS taken
     WHERE c.shop_id = $1 AND c.resource = $2 AND c.record_key = taken.record_key`,
    [shopId, resource, records.map(({ key }) => key), until],
  );
}
