// What is not in a parent any more: records that exist only inside others and that no webhook tells of (metafields) are
// known to be gone when their parent was read whole without them. A parent that was not shown proves nothing.
import type { PoolClient } from "pg";
import { apply } from "#app/sync/apply.ts";
import { columnOf, keyOf, mirrorOf, onlyOf } from "#app/sync/apply-tables.ts";
import { BATCH_MAX } from "#app/sync/change.ts";
import { endFaults, openInside, resolveFaults } from "#app/sync/faults.ts";
import { keyIn } from "#app/sync/ingest.ts";
import type { Delete } from "#app/sync/change.ts";
import type { Batch } from "#app/sync/ingest.ts";
import type { Node, Within } from "#app/resources/define.ts";

/** What was read, how, and when. */
type Reading = Omit<Batch, "nodes">;

interface Shown extends Reading {
  readonly nodes: readonly Node[];
}

/**
 * Removes what the parents with these GraphQL ids held before and do not hold now. `batch.nodes` are all that they hold,
 * those that could not be mirrored included.
 * @returns how many were removed.
 */
export async function removeAbsent(
  client: PoolClient,
  batch: Shown,
  parentGids: readonly string[],
  now: Date,
): Promise<number> {
  const { within } = batch.resource.list;
  if (!within || parentGids.length === 0) return 0;
  const { text, parent, values } = await unseen(client, batch, within);
  const { takes = () => true } = batch.resource;
  const held = batch.nodes.filter(takes).map(({ id }) => id);
  const parents = parentGids.map((gid) => gid.slice(within.gid("").length));
  const { rows } = await client.query<{ key: string }>(
    `${text} AND ${parent} = ANY ($${values.length + 1}::int8[]) AND t.gid <> ALL ($${values.length + 2}::text[])`,
    [...values, parents, held],
  );
  await endErrors(client, batch, parents, now);
  return removeAll(client, batch, rows, now);
}

/** As removeAbsent, for all parents in the file of the run's bulk operation, whose lines are still in the spool. */
export async function removeAbsentInSpool(client: PoolClient, reading: Reading, now: Date): Promise<number> {
  const { within } = reading.resource.list;
  if (!within) return 0;
  const { text, parent, values } = await unseen(client, reading, within);
  const { rows } = await client.query<{ key: string }>(
    `WITH frames AS MATERIALIZED (
       SELECT gids, others FROM sync_staged_frames WHERE shop_id = $1 AND run_id = $${values.length + 1}
     ), parents AS (SELECT unnest(others) AS gid FROM frames), records AS (SELECT unnest(gids) AS gid FROM frames)
     ${text} AND EXISTS (SELECT FROM parents p WHERE p.gid = $${values.length + 2} || ${parent}::text)
       AND NOT EXISTS (SELECT FROM records r WHERE r.gid = t.gid)`,
    [...values, String(reading.origin.id), within.gid("")],
  );
  await endErrorsInSpool(client, reading, within, now);
  return removeAll(client, reading, rows, now);
}

/** What was never here has no row to remove: its error ends all the same, as does that of a parent that could not be read. */
async function endErrors(
  client: PoolClient,
  { shopId, resource, nodes, observedAt }: Shown,
  parents: readonly string[],
  now: Date,
): Promise<void> {
  const open = await openInside(client, { shopId, resource: resource.name }, parents, observedAt);
  if (open.length === 0) return;
  const shown = new Set(nodes.map((node) => keyIn(node, resource)));
  const ended = open.filter((key) => !shown.has(key));
  resolveFaults(client, shopId, resource.name, ended, now);
}

/** All that is in the file has landed, or it would prove no absence. */
async function endErrorsInSpool(
  client: PoolClient,
  { shopId, resource, origin, observedAt }: Reading,
  within: Within,
  now: Date,
): Promise<void> {
  const condition = `occurred_at < $4 AND $5 || split_part(record_key, ':', 1) IN (
    SELECT unnest(others) FROM sync_staged_frames WHERE shop_id = $1 AND run_id = $6)`;
  const values = [observedAt, within.gid(""), String(origin.id)];
  await endFaults(client, { shopId, resource: resource.name }, condition, values, now);
}

/**
 * Rows that no read has shown since, and that are not known by younger news, of one that was made after the reading was
 * sent: the query so far, its values, and the parent's id in it.
 */
async function unseen(client: PoolClient, { shopId, resource, observedAt }: Reading, within: Within) {
  const { root } = await mirrorOf(client, resource.name);
  const only = [...onlyOf(root, within)];
  const meant = only.map(([column], index) => ` AND t.${column} = $${index + 3}`).join("");
  return {
    text: `SELECT ${keyOf(root, "t")} AS key FROM ${root.name} AS t
           WHERE t.shop_id = $1 AND t.observed_at < $2 AND (t.seen_at IS NULL OR t.seen_at < $2)${meant}`,
    parent: `t.${columnOf(root, within.parentField)}`,
    values: [shopId, observedAt, ...only.map(([, value]) => value)],
  };
}

async function removeAll(
  client: PoolClient,
  { shopId, resource, origin, observedAt }: Reading,
  rows: readonly { readonly key: string }[],
  now: Date,
): Promise<number> {
  const deletes = rows.map(({ key }): Delete => {
    const version = { updatedAt: null, observedAt };
    return { verb: "delete", resource: resource.name, key, version, reason: "absent", origin };
  });
  for (let at = 0; at < deletes.length; at += BATCH_MAX) {
    await apply(client, shopId, deletes.slice(at, at + BATCH_MAX), now);
  }
  return deletes.length;
}
