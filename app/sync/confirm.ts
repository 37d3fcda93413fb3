// Confirm: fetches the records that webhooks spoke of and applies what the API says, so that what bodies leave out is
// filled in and a body that came late has not the last word. However many deliveries spoke of a record, it is fetched
// once. A record that Shopify does not show is looked for once more; then it is gone, or a person is told.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { holderOf } from "#app/resources/index.ts";
import { Permanent, Stumbled } from "#app/shopify/errors.ts";
import { mirroredAmong } from "#app/sync/apply-tables.ts";
import { RECHECK_MS, latestObserved, postpone, readDue, remove } from "#app/sync/confirm-rows.ts";
import { noteBlocked } from "#app/sync/counts.ts";
import { REFUSED_WAIT_MS } from "#app/sync/cursors.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { removeAbsent } from "#app/sync/ingest-absent.ts";
import { removeGone } from "#app/sync/ingest-gone.ts";
import { readKeys } from "#app/sync/ingest-keys.ts";
import { faultsOfDenials, recordFaults, resolveFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { removeFiltered } from "#app/sync/ingest-filtered.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { holdRules, readRules } from "#app/sync/rules-store.ts";
import { announce } from "#app/sync/runs.ts";
import { isKnown } from "#app/sync/known.ts";
import { sift } from "#app/sync/sift.ts";
import { noteStuckAgain } from "#app/sync/stuck.ts";
import type { Due } from "#app/sync/confirm-rows.ts";
import type { Rules } from "#app/sync/rules.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Stuck } from "#app/shopify/stuck.ts";

export interface ConfirmContext {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/**
 * Confirms up to 50 records of a shop, urgent ones first. Call it again while it took as many.
 * @throws Transient, Throttled: what was not confirmed stays queued; Permanent SHOP_GONE for a shop that was erased.
 */
export async function confirm(shopId: number, context: ConfirmContext): Promise<{ taken: number }> {
  const due = await readDue(shopId, context.now());
  const rules = await readRules(shopId);
  let taken = 0;
  let failure: Stumbled | null = null;
  for (const [name, records] of due) {
    taken += records.length;
    try {
      if (isOn(rules, name)) await confirmRecords(shopId, rules, name, records, context);
      else await inTransaction((database) => remove(database, shopId, name, records));
    } catch (error) {
      // What Shopify fails at in one resource need not wait in the others.
      if (error instanceof Stumbled) failure = error;
      else if (error instanceof Permanent && error.code !== "SHOP_GONE")
        await noteRefusal(shopId, rules, name, records, error, context.now());
      else throw error;
    }
  }
  if (failure) throw failure;
  return { taken };
}

/** Shops that have confirmations due. */
export async function shopsToConfirm(now: Date): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `SELECT id FROM shops s WHERE uninstalled_at IS NULL AND ${notHeld("s.id", "confirmations")} AND EXISTS (
       SELECT FROM sync_confirmations c WHERE c.shop_id = s.id AND c.next_attempt_at <= $1 AND ${isKnown("c.resource")}
     )`,
    [now],
  );
  return rows.map(({ id }) => id);
}

/** What was confirmed by a commit that is lost waits still. */
const REDONE = { isRedone: true } as const;

async function confirmRecords(
  shopId: number,
  rules: Rules,
  name: ResourceName,
  records: readonly Due[],
  { client, signal, now }: ConfirmContext,
): Promise<void> {
  const resource = resourceUnder(rules, name, now());
  const keys = records.map(({ key }) => key);
  const { wanted, askedAt } = await sift(client, shopId, resource, keys, { lane: "confirm", signal });
  const [inside, outside] = [
    records.filter(({ key }) => wanted.has(key)),
    records.filter(({ key }) => !wanted.has(key)),
  ];
  if (outside.length > 0) await leaveOut(shopId, rules, resource, outside, askedAt!, now());
  const open = new Map(inside.map((record) => [record.key, record]));
  const options = { lane: "confirm", signal, passesOver: true } as const;
  // By Shopify's clock, which may be ahead of ours: what is asked from now on shows no older state than the news did.
  const news = resource.list.within
    ? null
    : await inTransaction((database) => latestObserved(database, shopId, resource.model, [...open.keys()]));
  let asked: string | null = null;
  for await (const page of readKeys(client, resource, [...open.keys()], options)) {
    asked ??= page.sentAt;
    await land(page);
  }
  if (open.size > 0)
    await noteMissing(shopId, rules, resource, [...open.values()], asked ?? now().toISOString(), now());

  async function land(page: Page): Promise<void> {
    const origin = { kind: "fetch", id: null } as const;
    const observedAt = news !== null && Date.parse(news) >= Date.parse(page.sentAt) ? news : page.sentAt;
    const batch = { shopId, resource, nodes: page.nodes, origin, observedAt };
    const settled = await inTransaction(async (database) => {
      await holdRules(database, shopId, rules);
      const { keys, rejectedKeys } = await ingest(database, batch, now());
      await removeAbsent(database, batch, page.parents, now());
      await recordFaults(database, shopId, faultsOfDenials(resource.name, page.denied), null, now());
      const answered = answeredOf(open, resource, [...keys, ...rejectedKeys], page.parents);
      await remove(database, shopId, resource.name, answered);
      const failed = failedOf(open, resource, page.stuck);
      await noteStuckAgain(database, { shopId, resource: name }, page.stuck, failed, now());
      await announce(database, shopId);
      return [...answered, ...failed];
    }, REDONE);
    for (const { key } of settled) open.delete(key);
  }
}

/**
 * Records that do not match the shop's filter. A search lags behind what was just written, so the first "no" is asked
 * again; what is here after the second one is removed, as the person chose who set the filter.
 */
async function leaveOut(
  shopId: number,
  rules: Rules,
  resource: Resource,
  records: readonly Due[],
  askedAt: string,
  now: Date,
): Promise<void> {
  await inTransaction(async (database) => {
    await holdRules(database, shopId, rules);
    const first = records.filter(({ attempts }) => attempts === 0);
    const again = records.filter(({ attempts }) => attempts > 0);
    await postpone(database, shopId, resource.name, first, new Date(now.getTime() + RECHECK_MS));
    const gone = again.map(({ key }) => key);
    // What is inside others goes when those do.
    if (resource.list.within) resolveFaults(database, shopId, resource.name, gone, now);
    else await removeFiltered(database, { shopId, resource, keys: gone, askedAt }, now);
    await remove(database, shopId, resource.name, again);
    await announce(database, shopId);
  });
}

/** Those that were shown, and those whose parent was read whole: whether they are in it is known either way. */
function answeredOf(
  open: ReadonlyMap<string, Due>,
  { list: { within } }: Resource,
  keys: readonly string[],
  parents: readonly string[],
): Due[] {
  const shown = new Set(keys);
  const read = new Set(parents);
  return [...open.values()].filter(({ key }) => shown.has(key) || (within && read.has(within.gid(key))));
}

/** Those at which Shopify failed, or at that in which they are. */
function failedOf(
  open: ReadonlyMap<string, Due>,
  { gid: gidOf, list: { within } }: Resource,
  stuck: readonly Stuck[],
): Due[] {
  if (stuck.length === 0) return [];
  const failed = new Set(stuck.map(({ gid }) => gid));
  return [...open.values()].filter(({ key }) => failed.has((within?.gid ?? gidOf)(key) ?? ""));
}

/** The news of a deletion may be on its way: look once more. What is not shown then is gone, unless it is out of our sight. */
async function noteMissing(
  shopId: number,
  rules: Rules,
  resource: Resource,
  records: readonly Due[],
  askedAt: string,
  now: Date,
): Promise<void> {
  const { name } = resource;
  await inTransaction(async (database) => {
    await holdRules(database, shopId, rules);
    const gone = await knownToBeGone(database, shopId, resource, records);
    const open = records.filter((record) => !gone.has(record));
    const first = open.filter(({ attempts }) => attempts === 0);
    const again = open.filter(({ attempts }) => attempts > 0);
    // What it goes with may be asked about a second time, and come in by that: this look is to be behind it.
    const wait = resource.isHeldOnly ? 2 * RECHECK_MS : RECHECK_MS;
    await postpone(database, shopId, name, first, new Date(now.getTime() + wait));
    // That a parent to be looked into is not shown is its own resource's matter, as is the end of what it takes along.
    const isOthers = ({ key }: Due) => isParentKey(resource, key) || resource.goesWith !== undefined;
    const ended = [...gone, ...again.filter(isOthers)].map(({ key }) => key);
    resolveFaults(database, shopId, name, ended, now);
    const keys = again.filter((record) => !isOthers(record)).map(({ key }) => key);
    const removed = await removeGone(database, { shopId, resource, keys, askedAt }, now);
    const faults = keys
      .filter((key) => !removed.has(key))
      .map((key) => ({
        resource: name,
        key,
        code: "NOT_SHOWN",
        detail: "a webhook spoke of it, but Shopify does not show it",
      }));
    await recordFaults(database, shopId, faults, null, now);
    await remove(database, shopId, name, [...gone, ...again]);
    await announce(database, shopId);
  });
}

function isParentKey({ list: { within } }: Resource, key: string): boolean {
  return within !== undefined && !key.includes(":");
}

/**
 * Those that were deleted in the meantime, or whose parent was: nothing is wrong with them. News comes in any order, so
 * the parent of a new record may also be still to come: that is waited for once.
 */
async function knownToBeGone(
  database: PoolClient,
  shopId: number,
  resource: Resource,
  records: readonly Due[],
): Promise<Set<Due>> {
  const { name } = resource;
  const { within } = resource.list;
  const parentOf = ({ key }: Due) => key.split(":")[0]!;
  const parentName = holderOf(resource)?.name;
  const { rows } = await database.query<{ resource: string; record_key: string }>(
    `SELECT resource, record_key FROM sync_tombstones
     WHERE shop_id = $1 AND (resource = $2 AND record_key = ANY ($3) OR resource = $4 AND record_key = ANY ($5))`,
    [shopId, name, records.map(({ key }) => key), parentName ?? null, records.map(parentOf)],
  );
  const buried = new Set(rows.map(({ resource: of, record_key: key }) => `${of} ${key}`));
  const mirrored = within && (await mirroredAmong(database, shopId, within.model, records.map(parentOf)));
  const isOrphan = (record: Due) =>
    mirrored?.has(parentOf(record)) === false &&
    (record.attempts > 0 ||
      isParentKey(resource, record.key) ||
      buried.has(`${parentName} ${parentOf(record)}`));
  return new Set(records.filter((record) => buried.has(`${name} ${record.key}`) || isOrphan(record)));
}

async function noteRefusal(
  shopId: number,
  rules: Rules,
  resource: ResourceName,
  records: readonly Due[],
  { code, message }: Permanent,
  now: Date,
): Promise<void> {
  await inTransaction(async (database) => {
    await holdRules(database, shopId, rules);
    if (code === "ACCESS_DENIED") await noteBlocked(database, shopId, resource, { code, detail: message });
    await recordFaults(database, shopId, [{ resource, key: null, code, detail: message }], null, now);
    await postpone(database, shopId, resource, records, new Date(now.getTime() + REFUSED_WAIT_MS));
    await announce(database, shopId);
  });
}
