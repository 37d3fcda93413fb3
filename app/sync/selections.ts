// What each whole read asked Shopify for. When more is asked for than that (a new version mirrors more fields, a scope was
// granted), rows that are here lack it, and nothing tells of it: the resource is read whole again, once.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { selectedFields } from "#app/shopify/selected-fields.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { announce, createRun } from "#app/sync/runs.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";

/** A whole read of the resource begins, by this descriptor. */
export async function noteSelection(
  client: PoolClient,
  shopId: number,
  resource: Resource,
  now: Date,
): Promise<void> {
  await keep(client, shopId, resource.name, selectedFields(resource), now);
}

/**
 * A step of a whole read asks by this descriptor, which may be poorer than the one by which the reading began: while workers
 * of two versions are at work, or when a scope is withdrawn meanwhile. What it does not ask for was not read.
 */
export async function narrowSelection(shopId: number, resource: Resource, now: Date): Promise<void> {
  await pool.query(
    `UPDATE sync_selections
     SET fields = ARRAY(SELECT unnest(fields) INTERSECT SELECT unnest($3::text[])), noted_at = $4
     WHERE shop_id = $1 AND resource = $2 AND NOT fields <@ $3::text[]`,
    [shopId, resource.name, selectedFields(resource), now],
  );
}

/**
 * Starts a whole read of each resource of which more is asked for than its last one did. One that has never come to its
 * end is the installation's, or a person's; one that is being read is looked at again afterwards.
 * @returns the resources whose reading was started.
 */
export async function rereadGrown(shopId: number, now: Date): Promise<readonly ResourceName[]> {
  const rules = await readRules(shopId);
  const noted = await readNoted(shopId);
  const grown: ResourceName[] = [];
  for (const { name } of resources) {
    const fields = noted.get(name);
    if (fields === undefined || !isOn(rules, name)) continue;
    const asked = selectedFields(resourceUnder(rules, name, now));
    const known = new Set(fields);
    const kept = asked.filter((field) => known.has(field));
    const hasGrown = kept.length < asked.length;
    if (!hasGrown && kept.length === known.size) continue;
    // What is not asked for any more is not kept up to date: should it be again, it is new.
    await inTransaction(async (client) => {
      await keep(client, shopId, name, asked, now);
      if (!hasGrown) return;
      const whole = { resource: name, kind: "backfill", request: { mode: "full" } } as const;
      await createRun(client, shopId, { ...whole, startedBy: "schedule" }, now);
      await announce(client, shopId);
    });
    if (hasGrown) grown.push(name);
  }
  return grown;
}

/** Of resources that were read whole and are not being read; no field where the reading was before they were noted. */
async function readNoted(shopId: number): Promise<ReadonlyMap<ResourceName, readonly string[]>> {
  const { rows } = await pool.query<{ resource: ResourceName; fields: string[] }>(
    `SELECT r.resource, coalesce(max(s.fields), '{}') AS fields
     FROM sync_runs r LEFT JOIN sync_selections s ON s.shop_id = r.shop_id AND s.resource = r.resource
     WHERE r.shop_id = $1 AND r.kind = 'backfill'
     GROUP BY r.resource
     HAVING bool_or(r.state IN ('verified', 'incomplete'))
       AND NOT bool_or(r.state IN ('queued', 'running', 'paused'))`,
    [shopId],
  );
  return new Map(rows.map(({ resource, fields }) => [resource, fields]));
}

async function keep(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  fields: readonly string[],
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO sync_selections (shop_id, resource, fields, noted_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (shop_id, resource) DO UPDATE SET fields = excluded.fields, noted_at = excluded.noted_at`,
    [shopId, resource, fields, now],
  );
}
