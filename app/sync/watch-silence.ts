// Notices when Shopify stops sending: holds Shopify's own counts of changed records against what arrived. Two proofs,
// neither of which a quiet store can set off:
//   1. Shopify counts changes in a period in which not one delivery of the resource came.
//   2. Shopify counts more records last changed in the period than the mirror has (with those that are set aside).
// What was missed is caught up at once by a run, and from when to when it lasted is kept.
import { inTransaction, pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { resources, topicsOf } from "#app/resources/index.ts";
import { during } from "#app/shopify/search.ts";
import { recordAct } from "#app/sync/acts.ts";
import { mirrorOf } from "#app/sync/apply-tables.ts";
import { readCount } from "#app/sync/counts.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { requestSync } from "#app/sync/targeted.ts";
import type { PoolClient } from "pg";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";

/** Shopify's deliveries, and its search index, may take minutes; what is younger is not judged. */
export const GRACE_MS = 3 * 60_000;
/** Shopify searches by the second, so the catch-up begins a little earlier than it must. */
const MARGIN_MS = 60_000;
/** A pause of the watch itself (a stop of the app) is looked at in one piece, but not more than this. */
const PERIOD_MS_MAX = 7 * 86_400_000;

export interface SilenceWatch {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly now: Date;
}

export interface Silence {
  readonly resource: string;
  readonly missed: number;
}

/** Looks at every resource whose changes Shopify counts. @returns those found silent now. @throws as Client.query. */
export async function watchSilence(
  shopId: number,
  shopDomain: string,
  { client, signal, now }: SilenceWatch,
): Promise<Silence[]> {
  const found: Silence[] = [];
  const rules = await readRules(shopId);
  for (const { name } of resources) {
    const resource = resourceUnder(rules, name, now);
    if (!resource.count || !resource.cursor || !isOn(rules, name) || signal.aborted) continue;
    const silence = await watchResource({ shopId, shopDomain, client, resource, signal, now });
    if (silence) found.push(silence);
  }
  return found;
}

interface Look {
  readonly shopId: number;
  readonly shopDomain: string;
  readonly client: Client;
  readonly resource: Resource;
  readonly signal: AbortSignal;
  readonly now: Date;
}

async function watchResource(look: Look): Promise<Silence | null> {
  const { shopId, resource, now } = look;
  const until = toSecond(new Date(now.getTime() - GRACE_MS));
  const { rows } = await pool.query<{ watched_to: Date; is_silent: boolean }>(
    `SELECT watched_to, silent_from IS NOT NULL AND silent_to IS NULL AS is_silent
     FROM sync_watches WHERE shop_id = $1 AND resource = $2`,
    [shopId, resource.name],
  );
  const [before] = rows;
  // The first look has no period yet: what changed before it is the first sync's business.
  if (!before) {
    await settle(look, until, null);
    return null;
  }
  const from = new Date(Math.max(before.watched_to.getTime(), until.getTime() - PERIOD_MS_MAX));
  if (from >= until || (await isAtWork(look))) return null;
  const counted = await countMissed(look, from, until);
  if (counted === null) return null;
  const { changed, missed } = counted;
  if (missed === 0) {
    // In a quiet period nothing could have come: whether the silence is over is then not known.
    await settle(look, until, before.is_silent && changed > 0 ? from : null);
    return null;
  }
  await raise(look, from, until, missed);
  return { resource: resource.name, missed };
}

/** A whole read is under way, or deliveries wait to be settled: then a difference proves nothing yet. */
async function isAtWork({ shopId, shopDomain, resource }: Look): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT FROM sync_runs WHERE shop_id = $1 AND resource = $2 AND state IN ('queued', 'running', 'paused'))
         OR EXISTS (SELECT FROM sync_deliveries WHERE shop_domain = $3 AND state = 'received' AND topic = ANY ($4)) AS busy`,
    [shopId, resource.name, shopDomain, topicsOf(resource)],
  );
  return rows[0]?.busy ?? false;
}

/**
 * How many changes of the period nobody announced; null where Shopify does not say. The mirror is read before Shopify:
 * a record that changes in between leaves Shopify's count, never the mirror's, so it cannot look missing.
 */
async function countMissed(look: Look, from: Date, until: Date): Promise<Counted | null> {
  const { client, resource, signal } = look;
  const known = await readKnown(look, from, until);
  const search = during(resource.cursor!.filter, { from, until });
  const changed = await readCount(client, resource, { lane: "audit", signal, search });
  if (changed === null) return null;
  if (changed > known.records) return { changed, missed: changed - known.records };
  // The mirror is right, but by its own reading: not one delivery came while records changed.
  return { changed, missed: known.heard ? 0 : changed };
}

interface Counted {
  /** Records that Shopify counts as last changed in the period, and how many of them nobody announced. */
  readonly changed: number;
  readonly missed: number;
}

interface Known {
  /** Records of the mirror last changed in the period, and those whose news is set aside. */
  readonly records: number;
  /** Any delivery of the resource has come since the period began. */
  readonly heard: boolean;
}

async function readKnown({ shopId, shopDomain, resource }: Look, from: Date, until: Date): Promise<Known> {
  return inTransaction(async (client: PoolClient) => {
    const { root } = await mirrorOf(client, resource.name);
    const { rows } = await client.query<{ records: number; parked: number; heard: boolean }>(
      `SELECT (SELECT count(*)::int FROM "${root.name}" WHERE shop_id = $1 AND updated_at >= $2 AND updated_at < $3) AS records,
              (SELECT count(DISTINCT record_key)::int FROM sync_deliveries
               WHERE shop_domain = $4 AND state = 'parked' AND topic = ANY ($5) AND received_at >= $2) AS parked,
              EXISTS (SELECT FROM sync_topics WHERE shop_id = $1 AND topic = ANY ($5) AND last_arrived_at >= $2) AS heard`,
      [shopId, from, until, shopDomain, topicsOf(resource)],
    );
    const { records = 0, parked = 0, heard = false } = rows[0] ?? {};
    return { records: records + parked, heard };
  });
}

async function settle({ shopId, resource, now }: Look, until: Date, endedAt: Date | null): Promise<void> {
  await inTransaction(async (client) => {
    await client.query(
      `INSERT INTO sync_watches AS w (shop_id, resource, watched_to)
       SELECT id, $2, $3 FROM shops WHERE id = $1 FOR KEY SHARE
       ON CONFLICT (shop_id, resource)
       DO UPDATE SET watched_to = excluded.watched_to, silent_to = coalesce($4, w.silent_to)`,
      [shopId, resource.name, until, endedAt],
    );
    if (endedAt) {
      const detail = { resource: resource.name };
      await recordAct(client, shopId, { act: "silence_over", actor: "watch", count: 1, detail }, now);
    }
  });
}

/** The period is caught up by a run and counts as watched; whether news comes again, the next looks tell. */
async function raise(
  { shopId, resource, now }: Look,
  from: Date,
  until: Date,
  missed: number,
): Promise<void> {
  const since = new Date(from.getTime() - MARGIN_MS).toISOString();
  const { run } = await requestSync(shopId, resource.name, { mode: "since", since }, "watch", now);
  log.warn(
    { shopId, resource: resource.name, missed, from, runId: String(run.id) },
    "webhooks have gone silent",
  );
  await inTransaction(async (client) => {
    await client.query(
      `UPDATE sync_watches
       SET watched_to = $4, run_id = $5,
           missed = CASE WHEN silent_from IS NOT NULL AND silent_to IS NULL THEN missed + $6 ELSE $6 END,
           silent_from = CASE WHEN silent_from IS NOT NULL AND silent_to IS NULL THEN silent_from ELSE $3 END,
           silent_to = NULL
       WHERE shop_id = $1 AND resource = $2`,
      [shopId, resource.name, from, until, String(run.id), missed],
    );
    const detail = { resource: resource.name, from: from.toISOString(), run: String(run.id) };
    await recordAct(client, shopId, { act: "silence_found", actor: "watch", count: missed, detail }, now);
  });
}

function toSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1_000) * 1_000);
}
