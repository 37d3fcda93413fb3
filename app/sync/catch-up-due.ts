// When catch-up happens: each resource every few minutes, at once when somebody noticed a gap, and again for what could not
// be proven. A look comes first, one cheap query for all that is due: where nothing changed, no run is started, and the
// cursor moves all the same.
//
// Which way a resource is caught up with follows from its descriptor. With a search by change it is read by window. What
// Shopify cannot search by change (inventory levels, locations) is read whole once a day, as is what changes without
// saying so (reread.ts); webhooks and confirmations keep it fresh meanwhile. After a gap all of it is read at once.
import { inTransaction, pool } from "#app/db.server.ts";
import { resourceOf, resources } from "#app/resources/index.ts";
import { lookForChanges } from "#app/shopify/changes.ts";
import { proveGround, searchFor } from "#app/sync/catch-up-ground.ts";
import {
  groundSince,
  noteLooked,
  postponeCursors,
  readCursor,
  readDueCursors,
  readRefused,
} from "#app/sync/cursors.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { takeDueHoles } from "#app/sync/holes.ts";
import { isKnown } from "#app/sync/known.ts";
import { resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { RUNS_CHANNEL, announce, createRun } from "#app/sync/runs.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Cursor, Ground } from "#app/sync/cursors.ts";
import type { DueHole } from "#app/sync/holes.ts";
import type { NewRun } from "#app/sync/runs.ts";

/** Between two whole reads of what cannot be caught up with by its changes. */
export const WHOLE_READ_MS = 24 * 60 * 60_000;
/** After a look that failed; a run has retries of its own. */
const LOOK_RETRY_MS = 60_000;

/** Installed shops with something due. */
export async function shopsToCatchUp(now: Date): Promise<number[]> {
  const { rows } = await pool.query<{ shop_id: number }>(
    `SELECT shop_id FROM sync_cursors c JOIN shops s ON s.id = c.shop_id
     WHERE due_at <= $1 AND s.uninstalled_at IS NULL AND ${notHeld("s.id", "catch_up")} AND ${isKnown("c.resource")}
       AND NOT EXISTS (
       SELECT FROM sync_runs r WHERE r.shop_id = c.shop_id AND r.resource = c.resource AND r.kind = 'catch_up'
         AND r.state IN ('queued', 'running', 'paused'))
     UNION
     SELECT shop_id FROM sync_holes h JOIN shops s ON s.id = h.shop_id
     WHERE closed_at IS NULL AND next_attempt_at <= $1 AND s.uninstalled_at IS NULL AND ${notHeld("s.id", "catch_up")}
       AND ${isKnown("h.resource")}`,
    [now],
  );
  return rows.map((row) => row.shop_id);
}

/**
 * Looks for changes of what is due in one shop, and starts the runs that it takes.
 * @throws Transient, Throttled, Permanent when Shopify could not be asked; what is due is then due again soon.
 */
export async function catchUpShop(
  shopId: number,
  client: Client,
  now: Date,
  signal?: AbortSignal,
): Promise<void> {
  await retryHoles(shopId, now);
  const due = await readDueCursors(shopId, now);
  const whole = due.filter(({ resource }) => !resourceOf(resource).cursor);
  await startWholeReads(shopId, due, now);
  await settleLooked(shopId, whole, now);
  const searched = due.filter(({ resource }) => resourceOf(resource).cursor);
  if (searched.length === 0) return;
  try {
    await lookAt(shopId, searched, client, now, signal);
  } catch (error) {
    await postponeCursors(shopId, new Date(now.getTime() + LOOK_RETRY_MS));
    throw error;
  }
}

async function lookAt(
  shopId: number,
  due: readonly Cursor[],
  client: Client,
  now: Date,
  signal?: AbortSignal,
): Promise<void> {
  const grounds = new Map(due.map((cursor) => [cursor.resource, groundSince(cursor, now)]));
  const [rules, refused] = await Promise.all([readRules(shopId), readRefused(shopId)]);
  const looks = due.map(({ resource: name }) => {
    const resource = resourceUnder(rules, name, now);
    const search = searchFor(resource, grounds.get(name)!);
    // Customers whose data is withheld can still be counted: whether a refusal is over, only the list tells.
    return { resource: refused.has(name) ? { ...resource, count: null } : resource, search };
  });
  const seen = await lookForChanges(client, looks, { lane: "catch-up", signal });
  await inTransaction(async (database) => {
    for (const { resource } of due) {
      const ground = grounds.get(resource)!;
      const answer = seen.get(resource) ?? null;
      const wasRefused = refused.has(resource);
      if (answer === false && !wasRefused) {
        await proveGround(database, { shopId, resource, id: null }, ground, now);
        await noteLooked(database, shopId, [resource], true, now);
      } else {
        // A refusal is met by a run, which says why, and so is its end. One that goes on is no news.
        if (answer !== null || !wasRefused) await createRun(database, shopId, runFor(resource, ground), now);
        await noteLooked(database, shopId, [resource], false, now);
      }
    }
    await announce(database, shopId);
  });
}

function runFor(resource: ResourceName, { from, until }: Ground): NewRun {
  const request = { mode: "since", since: from.toISOString(), until: until.toISOString() } as const;
  return { resource, kind: "catch_up", request, startedBy: "schedule" };
}

function wholeRun(resource: ResourceName): NewRun {
  return { resource, kind: "backfill", request: { mode: "full" }, startedBy: "schedule" };
}

/** What cannot be searched: after a day, or at once when somebody noticed a gap. */
async function startWholeReads(shopId: number, due: readonly Cursor[], now: Date): Promise<void> {
  const wholeOnes = due.filter(({ resource: name }) => {
    const { cursor, isSilent } = resourceOf(name);
    return !cursor || isSilent;
  });
  if (wholeOnes.length === 0) return;
  const { rows } = await pool.query<{ resource: ResourceName; at: Date }>(
    `SELECT resource, max(created_at) AS at FROM sync_runs
     WHERE shop_id = $1 AND kind = 'backfill' AND resource = ANY($2) GROUP BY resource`,
    [shopId, wholeOnes.map(({ resource }) => resource)],
  );
  const lastAt = new Map(rows.map(({ resource, at }) => [resource, at.getTime()]));
  await inTransaction(async (database) => {
    for (const { resource, reason } of wholeOnes) {
      const age = now.getTime() - (lastAt.get(resource) ?? 0);
      const isOld = age >= WHOLE_READ_MS && !resourceOf(resource).isSilent;
      if (isOld || reason !== null) await createRun(database, shopId, wholeRun(resource), now);
    }
  });
}

async function settleLooked(shopId: number, looked: readonly Cursor[], now: Date): Promise<void> {
  if (looked.length === 0) return;
  const names = looked.map(({ resource }) => resource);
  await inTransaction((database) => noteLooked(database, shopId, names, true, now));
}

async function retryHoles(shopId: number, now: Date): Promise<void> {
  await inTransaction(async (database) => {
    for (const hole of await takeDueHoles(database, shopId, now)) {
      const run = await runForHole(shopId, hole);
      if (run) await createRun(database, shopId, run, now);
    }
  });
}

/** Null for a hole in front of the cursor: what is read next begins before it. */
async function runForHole(shopId: number, { resource, from, to }: DueHole): Promise<NewRun | null> {
  if (from === null || !resourceOf(resource).cursor) return wholeRun(resource);
  const cursor = await readCursor(shopId, resource);
  return cursor && to <= cursor ? runFor(resource, { from, until: to }) : null;
}

/**
 * Asks for a catch-up now instead of at its time.
 * @param resource null for all of the shop's.
 * @param reason a code: "gap", "silence", "reinstalled".
 */
async function catchUp(
  shopId: number,
  resource: ResourceName | null,
  reason: string,
  now = new Date(),
): Promise<void> {
  const names = resource === null ? resources.map(({ name }) => name) : [resource];
  await inTransaction(async (client) => {
    const { rowCount } = await client.query(
      `UPDATE sync_cursors SET due_at = least(due_at, $3), reason = $4 WHERE shop_id = $1 AND resource = ANY($2)`,
      [shopId, names, now, reason],
    );
    // Without a run's id: the worker looks for everything that is due.
    if (rowCount) await client.query("SELECT pg_notify($1, '')", [RUNS_CHANNEL]);
  });
}

/** For whoever notices that news may have been missed. */
export const later = { catchUp };
