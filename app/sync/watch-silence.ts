// Notices when Shopify stops sending, be it one topic of several: holds Shopify's own count of the records that changed in a
// period against those of which a delivery came. That a record is in the mirror proves nothing, for catch-up brings what
// nobody announced. A quiet store cannot set it off, and what usually comes without news (watch-verdict.ts) does not.
// What was missed is caught up at once by a run, and from when to when it lasted is kept.
import { inTransaction, pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { resources, topicsOf } from "#app/resources/index.ts";
import { during } from "#app/shopify/search.ts";
import { recordAct } from "#app/sync/acts.ts";
import { readCount } from "#app/sync/counts.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { requestSync } from "#app/sync/targeted.ts";
import { countWaiting, LEEWAY_MS, readHabit, readRows } from "#app/sync/watch-evidence.ts";
import { isDisproved, usualShare, verdictOn } from "#app/sync/watch-verdict.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Period, Rows, Subject } from "#app/sync/watch-evidence.ts";
import type { Told } from "#app/sync/watch-verdict.ts";

/** Shopify's deliveries, and its search index, may take minutes; what is younger is not judged. */
export const GRACE_MS = 3 * 60_000;
/** By then after an installation Shopify sends. */
const INSTALL_MS = 10_000;
/** A pause of the watch itself (a stop of the app) is looked at in one piece, but not more than this. */
const PERIOD_MS_MAX = 7 * 86_400_000;
/** Few changes without news are looked at again together with those that follow, but no longer than this. */
const UNCLEAR_MS_MAX = 86_400_000;

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
    const keptDays = rules.kept.deliveries;
    const silence = await watchResource({ shopId, shopDomain, client, resource, keptDays, signal, now });
    if (silence) found.push(silence);
  }
  return found;
}

interface Look extends Subject, SilenceWatch {
  /** How long the shop keeps deliveries. */
  readonly keptDays: number;
}

async function watchResource(look: Look): Promise<Silence | null> {
  const { shopId, resource, now } = look;
  const until = toSecond(new Date(now.getTime() - GRACE_MS));
  const { rows } = await pool.query<{ watched_to: Date; silent_since: Date | null; installed_at: Date }>(
    `SELECT watched_to, CASE WHEN silent_to IS NULL THEN silent_from END AS silent_since, s.installed_at
     FROM sync_watches w JOIN shops s ON s.id = w.shop_id WHERE w.shop_id = $1 AND w.resource = $2`,
    [shopId, resource.name],
  );
  const [before] = rows;
  // The first look has no period yet: what changed before it is the first sync's business.
  if (!before) {
    await settle(look, until, null);
    return null;
  }
  // The first look reaches some minutes back: of what changed before the installation nobody was to be told.
  const subscribed = toSecond(new Date(before.installed_at.getTime() + INSTALL_MS));
  const from = new Date(
    Math.max(before.watched_to.getTime(), subscribed.getTime(), until.getTime() - PERIOD_MS_MAX),
  );
  if (from >= until || (await isAtWork(look, until))) return null;
  const seen = await readPeriod(look, { from, until });
  if (seen === null) return null;
  const { told, rows: found } = seen;
  const usual = await usualFor(look, from, told, before.silent_since !== null);
  const verdict = verdictOn(told, usual);
  if (verdict === "silent") {
    await raise(look, from, until, told.untold);
    return { resource: resource.name, missed: told.untold };
  }
  if (before.silent_since !== null) {
    // In a quiet period nothing could have come: whether the silence is over is then not known.
    const silence = { from: before.silent_since, until: from };
    if (told.changed === 0) await settle(look, until, null);
    else if (await isOver(look, silence, usual, told, found)) await settle(look, until, from);
  } else if (verdict === "usual" || until.getTime() - from.getTime() >= UNCLEAR_MS_MAX) {
    await settle(look, until, null);
  }
  return null;
}

/** Asked only where it decides something. */
async function usualFor(look: Look, from: Date, { untold }: Told, isSilent: boolean): Promise<number> {
  const habit =
    untold > 0 || isSilent ? await readHabit(look, from, look.keptDays) : { changed: 0, untold: 0 };
  return usualShare(habit, look.resource.isPartlyTold === true);
}

/**
 * A whole read is under way, or deliveries of the period wait for their first try: then a difference proves nothing yet. What
 * is tried again, or waits because a person said so, has come, and may wait for hours.
 */
async function isAtWork({ shopId, shopDomain, resource }: Look, until: Date): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT FROM sync_runs WHERE shop_id = $1 AND resource = $2 AND state IN ('queued', 'running', 'paused'))
         OR EXISTS (SELECT FROM sync_deliveries
                    WHERE shop_domain = $3 AND state = 'received' AND topic = ANY ($4) AND attempts = 0 AND received_at < $5
                      AND ${notHeld("$1", "deliveries")}) AS busy`,
    [shopId, resource.name, shopDomain, topicsOf(resource), until],
  );
  return rows[0]?.busy ?? false;
}

/**
 * How many records changed in the period, and of how many of them no webhook told; null where Shopify does not say. The
 * mirror is read before Shopify: a record that changes in between leaves Shopify's count, never the mirror's, so it cannot
 * look missing.
 */
async function readPeriod(look: Look, period: Period): Promise<{ told: Told; rows: Rows } | null> {
  const { client, resource, signal } = look;
  const rows = await readRows(look, period);
  const waiting = await countWaiting(look, period);
  const search = during(resource.cursor!.filter, period);
  const changed = await readCount(client, resource, { lane: "audit", signal, search });
  if (changed === null) return null;
  const notHere = changed - (rows.changed - rows.untold);
  const untold = Math.min(changed, Math.max(0, Math.max(rows.untold, notHere) - waiting));
  return { told: { changed, untold }, rows };
}

/** News came again of what was silent, so much that it is no chance; or the silence was none, by what is known now. */
async function isOver(look: Look, silence: Period, usual: number, told: Told, rows: Rows): Promise<boolean> {
  const lost = await readRows(look, silence);
  // Where new records are announced and changed ones are not, news of new ones says nothing.
  const isOlderTold = lost.older.untold > 0 && rows.older.changed > rows.older.untold;
  const isNewTold = lost.untold > lost.older.untold && newOf(rows).changed > newOf(rows).untold;
  if (lost.untold > 0 && !isOlderTold && !isNewTold) return false;
  return isDisproved(told, lost) || (lost.changed > 0 && verdictOn(lost, usual) !== "silent");
}

function newOf({ changed, untold, older }: Rows): Told {
  return { changed: changed - older.changed, untold: untold - older.untold };
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
  const since = new Date(from.getTime() - LEEWAY_MS).toISOString();
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
