// Up to when each resource is proven, and when it is looked at again: the sync_cursors rows. A cursor moves only in the
// transaction of the rows that it stands for (I4), and only from ground that it has reached: what could not be proven
// stops it. Where none is, no whole read has come to an end yet, and there is nothing to go on from.
import type { PoolClient } from "pg";
import { pool } from "#app/db.server.ts";
import { isKnown } from "#app/sync/known.ts";
import { everySeconds } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import type { ResourceName } from "#app/resources/define.ts";

/**
 * Every window begins so much before the cursor: Shopify's search lags behind its writes, and its clock differs from
 * ours. Reading a record twice is harmless.
 */
export const OVERLAP_MS = 5 * 60_000;

/** A refusal is not soon over: scopes are granted by people. */
export const REFUSED_WAIT_MS = 60 * 60_000;

export interface Cursor {
  readonly resource: ResourceName;
  readonly until: Date;
  readonly dueAt: Date;
  /** Why it is due before its time, a code; null on schedule. */
  readonly reason: string | null;
}

/** A window of changes, half-open, whole seconds. */
export interface Ground {
  readonly from: Date;
  readonly until: Date;
}

/** Shopify keeps times by the second: a window's ends are taken down to one. */
export function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1_000) * 1_000);
}

/** What is to be read now: from before the cursor to this moment. */
export function groundSince({ until }: Pick<Cursor, "until">, now: Date): Ground {
  return { from: wholeSecond(new Date(until.getTime() - OVERLAP_MS)), until: wholeSecond(now) };
}

/** Cursors of installed shops' resources that are due and have no catch-up under way. */
export async function readDueCursors(shopId: number, now: Date): Promise<Cursor[]> {
  const { rows } = await pool.query<{
    resource: ResourceName;
    until: Date;
    due_at: Date;
    reason: string | null;
  }>(
    `SELECT resource, until, due_at, reason FROM sync_cursors c
     WHERE shop_id = $1 AND due_at <= $2 AND ${isKnown("c.resource")} AND NOT EXISTS (
       SELECT FROM sync_runs r WHERE r.shop_id = c.shop_id AND r.resource = c.resource AND r.kind = 'catch_up'
         AND r.state IN ('queued', 'running', 'paused'))
     ORDER BY resource`,
    [shopId, now],
  );
  return rows.map((row) => ({
    resource: row.resource,
    until: row.until,
    dueAt: row.due_at,
    reason: row.reason,
  }));
}

/** Null where no whole read has come to an end yet. */
export async function readCursor(shopId: number, resource: ResourceName): Promise<Date | null> {
  const { rows } = await pool.query<{ until: Date }>(
    "SELECT until FROM sync_cursors WHERE shop_id = $1 AND resource = $2",
    [shopId, resource],
  );
  return rows[0]?.until ?? null;
}

/**
 * A whole read that began at `at` has come to its end. Proven, it takes the cursor there; otherwise it gives a beginning
 * to a resource that has none, with the hole of all before it left open.
 */
export async function startCursor(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  at: Date,
  isProven: boolean,
  now: Date,
): Promise<void> {
  const [dueAt] = await nextDues(client, shopId, [resource], now);
  await client.query(
    `INSERT INTO sync_cursors AS c (shop_id, resource, until, due_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (shop_id, resource)
     DO UPDATE SET until = CASE WHEN $5 THEN greatest(c.until, excluded.until) ELSE c.until END`,
    [shopId, resource, wholeSecond(at), dueAt, isProven],
  );
}

/** The ground is proven: the cursor moves to its end if it had reached its beginning. */
export async function moveCursor(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  { from, until }: Ground,
): Promise<void> {
  await client.query(
    `UPDATE sync_cursors SET until = $4 WHERE shop_id = $1 AND resource = $2 AND until >= $3 AND until < $4`,
    [shopId, resource, from, until],
  );
}

/** A look or a run begins or ends: the next one is due an interval from now. */
export async function noteLooked(
  client: PoolClient,
  shopId: number,
  resources: readonly ResourceName[],
  isDone: boolean,
  now: Date,
): Promise<void> {
  await client.query(
    `UPDATE sync_cursors c
     SET due_at = t.due_at, reason = NULL, checked_at = CASE WHEN $4 THEN $5 ELSE checked_at END
     FROM unnest($2::text[], $3::timestamptz[]) AS t(resource, due_at)
     WHERE c.shop_id = $1 AND c.resource = t.resource`,
    [shopId, resources, await nextDues(client, shopId, resources, now), isDone, now],
  );
}

/** Nothing could be looked at: not before `until`. */
export async function postponeCursors(shopId: number, until: Date): Promise<void> {
  await pool.query("UPDATE sync_cursors SET due_at = $2 WHERE shop_id = $1 AND due_at < $2", [shopId, until]);
}

/** Resources that Shopify does not let the app read. */
export async function readRefused(
  shopId: number,
  client: Pick<PoolClient, "query"> = pool,
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ resource: string }>(
    "SELECT resource FROM sync_resources WHERE shop_id = $1 AND blocked_code IS NOT NULL",
    [shopId],
  );
  return new Set(rows.map(({ resource }) => resource));
}

/** An interval from now, each resource by the shop's rules; what Shopify refuses is not asked for that often. */
async function nextDues(
  client: PoolClient,
  shopId: number,
  resources: readonly ResourceName[],
  now: Date,
): Promise<Date[]> {
  const rules = await readRules(shopId, client);
  const refused = await readRefused(shopId, client);
  return resources.map((resource) => {
    const intervalMs = everySeconds(rules, resource) * 1_000;
    return new Date(now.getTime() + Math.max(intervalMs, refused.has(resource) ? REFUSED_WAIT_MS : 0));
  });
}
