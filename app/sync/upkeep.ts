// Carries out the upkeep of a shop: rows that its rules do not want any more go, or lose the fields that are left out. In
// batches that each commit, so that a stop costs one of them. Removes through apply(), like everything else.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { resourceOf, resources } from "#app/resources/index.ts";
import { apply } from "#app/sync/apply.ts";
import { keyOf, mirrorOf, onlyOf } from "#app/sync/apply-tables.ts";
import { FILTERED } from "#app/sync/change.ts";
import { removeFiltered } from "#app/sync/ingest-filtered.ts";
import { omittedBy } from "#app/sync/narrow.ts";
import { emptyOmitted, forgetPersonalBodies, forgetSnapshots } from "#app/sync/redact-columns.ts";
import { createdFrom, goesWhenOff, isOn, narrowingOf, resourceUnder } from "#app/sync/rules.ts";
import { patternsFor, sourceOf } from "#app/sync/rules-metafields.ts";
import { holdRules, readRules } from "#app/sync/rules-store.ts";
import { announce } from "#app/sync/runs.ts";
import { SIFTED_AT_ONCE, sift } from "#app/sync/sift.ts";
import { askForLeavers, moveUpkeep, readReady } from "#app/sync/upkeep-rows.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Delete } from "#app/sync/change.ts";
import type { Rules } from "#app/sync/rules.ts";
import type { Upkeep } from "#app/sync/upkeep-rows.ts";

/** Rows of one transaction. */
const BATCH_MAX = 500;
const DAY_MS = 86_400_000;

export interface UpkeepContext {
  /** Only asked for where Shopify has to be. */
  readonly clientFor: () => Promise<Client>;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Works on all that is ready. @throws Transient, Throttled, Permanent: what is left stays. */
export async function upkeepShop(shopId: number, context: UpkeepContext): Promise<void> {
  const rules = await readRules(shopId);
  for (const upkeep of await readReady(shopId)) {
    if (context.signal.aborted) return;
    switch (upkeep.work) {
      case "remove_all":
        if (isOn(rules, upkeep.resource) || !goesWhenOff(rules, upkeep.resource))
          await finish(shopId, upkeep, context.now());
        else await removeAll(shopId, rules, upkeep, "true", [], context);
        break;
      case "remove_unlisted":
        await removeUnlisted(shopId, rules, upkeep, context);
        break;
      case "remove_unmatched":
        await removeUnmatched(shopId, rules, upkeep, context);
        break;
      case "empty_fields":
        await emptyFields(shopId, rules, upkeep, context);
        break;
    }
  }
}

/** What is older than the shop keeps leaves its mirror; and whoever left a filter unseen is looked for. */
export async function keepRules(shopId: number, { signal, now }: UpkeepContext): Promise<void> {
  const rules = await readRules(shopId);
  for (const { name, isDated } of resources) {
    if (signal.aborted || !isOn(rules, name)) continue;
    const { filter, list } = resourceUnder(rules, name, now());
    if (filter?.leaving === "remove" && !list.within) {
      await inTransaction((client) => askForLeavers(client, shopId, name, now()));
    }
    const rule = rules.resources[name];
    const from = isDated ? createdFrom({ ...rule, createdSince: null }, rules.timeZone, now()) : null;
    if (from) await removeOlder(shopId, rules, name, from, { signal, now });
  }
}

type Clocked = Pick<UpkeepContext, "signal" | "now">;

async function removeOlder(
  shopId: number,
  rules: Rules,
  resource: ResourceName,
  from: Date,
  { signal, now }: Clocked,
): Promise<void> {
  for (let removed = BATCH_MAX; removed === BATCH_MAX && !signal.aborted;) {
    removed = await inTransaction((client) =>
      removeBatch(client, shopId, rules, resource, "t.created_at < $4", [from], now()),
    );
  }
}

/** Every row that the condition holds of; `$4` and on are its values. */
async function removeAll(
  shopId: number,
  rules: Rules,
  upkeep: Upkeep,
  condition: string,
  values: readonly unknown[],
  { signal, now }: Clocked,
): Promise<void> {
  let current: Upkeep | null = upkeep;
  while (current && current.doneAt === null && !signal.aborted) {
    const before: Upkeep = current;
    current = await inTransaction(async (client) => {
      const changed = await removeBatch(client, shopId, rules, before.resource, condition, values, now());
      const doneAt = changed < BATCH_MAX ? now() : null;
      await announce(client, shopId);
      return moveUpkeep(client, shopId, before, { cursor: null, changed, doneAt });
    });
  }
}

/** Without tombstones: nothing of these rows can come back while the rules are as they are. */
async function removeBatch(
  client: PoolClient,
  shopId: number,
  rules: Rules,
  name: ResourceName,
  condition: string,
  values: readonly unknown[],
  now: Date,
): Promise<number> {
  await holdRules(client, shopId, rules);
  const keys = await keysWhere(client, shopId, name, condition, values, BATCH_MAX, null);
  // Whatever was read of them by now: that they match no more is certain.
  const version = { updatedAt: null, observedAt: new Date(now.getTime() + DAY_MS).toISOString() };
  const origin = { kind: "fetch", id: null } as const;
  const deletes = keys.map((key): Delete => {
    return { verb: "delete", resource: name, key, version, reason: FILTERED, origin };
  });
  await apply(client, shopId, deletes, now);
  await client.query(
    "DELETE FROM sync_tombstones WHERE shop_id = $1 AND resource = $2 AND record_key = ANY ($3) AND reason = $4",
    [shopId, name, keys, FILTERED],
  );
  return keys.length;
}

/** In the order of the primary key, after the one with the key `after`. */
async function keysWhere(
  client: Pick<PoolClient, "query">,
  shopId: number,
  name: ResourceName,
  condition: string,
  values: readonly unknown[],
  limit: number,
  after: string | null,
): Promise<string[]> {
  const { root } = await inTransaction((connection) => mirrorOf(connection, name));
  const { within } = resourceOf(name).list;
  const only = within ? [...onlyOf(root, within)] : [];
  const meant = only.map(([column, value]) => ` AND t.${column} = '${value}'`).join("");
  const [first] = root.key;
  const { rows } = await client.query<{ key: string }>(
    `SELECT ${keyOf(root, "t")} AS key FROM ${root.name} AS t
     WHERE t.shop_id = $1 AND ($3::int8 IS NULL OR t.${first} > $3) AND ${condition}${meant}
     ORDER BY ${root.key.map((column) => `t.${column}`).join(", ")} LIMIT $2`,
    [shopId, limit, after, ...values],
  );
  return rows.map(({ key }) => key);
}

async function removeUnlisted(
  shopId: number,
  rules: Rules,
  upkeep: Upkeep,
  context: UpkeepContext,
): Promise<void> {
  const patterns = patternsFor(resourceOf(upkeep.resource), rules);
  if (patterns === null) return finish(shopId, upkeep, context.now());
  const condition = "NOT (t.namespace || '.' || t.key ~ ANY ($4::text[]))";
  await removeAll(shopId, rules, upkeep, condition, [patterns.map(sourceOf)], context);
}

/** Rows that no read has shown since the filter was set: Shopify says which of them match, the others go. */
async function removeUnmatched(
  shopId: number,
  rules: Rules,
  upkeep: Upkeep,
  { clientFor, signal, now }: UpkeepContext,
): Promise<void> {
  const resource = resourceUnder(rules, upkeep.resource, now());
  if (resource.filter?.leaving !== "remove" || !isOn(rules, upkeep.resource))
    return finish(shopId, upkeep, now());
  const client = await clientFor();
  const unseen = "(t.seen_at IS NULL OR t.seen_at < $4)";
  let current: Upkeep | null = upkeep;
  while (current && current.doneAt === null && !signal.aborted) {
    const before: Upkeep = current;
    const { resource: name, askedAt, cursor } = before;
    const keys = await keysWhere(pool, shopId, name, unseen, [askedAt], SIFTED_AT_ONCE, cursor);
    const sifted = await sift(client, shopId, resource, keys, { lane: "audit", signal });
    const out = keys.filter((key) => !sifted.wanted.has(key));
    current = await inTransaction(async (database) => {
      await holdRules(database, shopId, rules);
      const filtered = { shopId, resource, keys: out, askedAt: sifted.askedAt ?? now().toISOString() };
      const changed = await removeFiltered(database, filtered, now());
      await announce(database, shopId);
      const doneAt = keys.length < SIFTED_AT_ONCE ? now() : null;
      return moveUpkeep(database, shopId, before, { cursor: keys.at(-1) ?? cursor, changed, doneAt });
    });
  }
}

/** Every field that the rules leave out now, so that what was asked for twice is done once. */
async function emptyFields(
  shopId: number,
  rules: Rules,
  upkeep: Upkeep,
  { signal, now }: UpkeepContext,
): Promise<void> {
  const resource = resourceOf(upkeep.resource);
  const narrowing = narrowingOf(rules, upkeep.resource, now());
  const changed = await emptyOmitted(shopId, resource, omittedBy(resource, narrowing), signal);
  await forgetSnapshots(shopId, upkeep.resource);
  if (rules.isPersonalOut) await forgetPersonalBodies(shopId, resource, signal);
  if (signal.aborted) return;
  await inTransaction(async (client) => {
    await holdRules(client, shopId, rules);
    await announce(client, shopId);
    return moveUpkeep(client, shopId, upkeep, { cursor: null, changed, doneAt: now() });
  });
}

async function finish(shopId: number, upkeep: Upkeep, now: Date): Promise<void> {
  await inTransaction((client) =>
    moveUpkeep(client, shopId, upkeep, { cursor: null, changed: 0, doneAt: now }),
  );
}
