// Links between records: an order's line names its product until that is deleted. Shopify then answers null and tells
// nobody, so the deletion itself must reach the lines. Their order's version stays as it was: it did not change. A row
// that is nothing without what it names (a place in a collection, a metafield) goes with it.
import { resourceOf } from "#app/resources/index.ts";
import { list } from "./apply-rows.ts";
import { keyOf, mirrorOf, type LinkColumn } from "./apply-tables.ts";
import { INSIDE, WITH_KEY, endFaults } from "./faults.ts";
import { queueConfirmations } from "./inbox-rows.ts";
import type { Work } from "./apply-upserts.ts";
import type { ResourceName } from "#app/resources/define.ts";

/** Empties every link to the rows of `model` with these ids, or removes what bears it. */
export async function sever(work: Work, model: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const link of work.mirror.links) {
    if (link.to !== model) continue;
    if (link.removes) await removeBearers(work, link, ids);
    else await empty(work, link, ids);
  }
}

/** Of records that only the mirror gives up: what exists inside them goes, what names them is still right. */
export async function severInside(work: Work, model: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const link of work.mirror.links) {
    if (link.to === model && link.resource !== null) await removeBearers(work, link, ids);
  }
}

/**
 * With a link to a record goes one to a part of it beside it: what was never mirrored has no parts here that would be gone.
 * Locked in the order in which an order's own lines are written, so that the two do not wait for each other.
 */
async function empty(
  { client, shopId, mirror }: Work,
  { to, table, column }: LinkColumn,
  ids: readonly string[],
) {
  const isPart = (model: string) =>
    to === mirror.root.model && mirror.children.some((child) => child.model === model);
  const beside = mirror.links.filter((link) => link.table.name === table.name && isPart(link.to));
  const emptied = [column, ...beside.map((link) => link.column)].map((name) => `${name} = NULL`);
  await client.query(
    `UPDATE ${table.name} AS t SET ${emptied.join(", ")}
     FROM (SELECT id FROM ${table.name} WHERE shop_id = $1 AND ${column} = ANY ($2::int8[]) ORDER BY id FOR UPDATE) AS o
     WHERE t.shop_id = $1 AND t.id = o.id`,
    [shopId, ids],
  );
}

async function removeBearers(work: Work, link: LinkColumn, ids: readonly string[]): Promise<void> {
  const { table, column, only, resource, holder } = link;
  const meant = [...only.keys()].map((name, index) => ` AND ${name} = $${index + 3}`).join("");
  const { rows } = await work.client.query<{ key: string; held_by: string | null }>(
    `DELETE FROM ${table.name} AS t
     USING (SELECT ${list(table.key)} FROM ${table.name} WHERE shop_id = $1 AND ${column} = ANY ($2::int8[])${meant}
            ORDER BY ${list(table.key)} FOR UPDATE) AS o
     WHERE t.shop_id = $1 AND ${table.key.map((name) => `t.${name} = o.${name}`).join(" AND ")}
     RETURNING ${keyOf(table, "t")} AS key, ${holder ? `t.${holder.column}::text` : "NULL"} AS held_by`,
    [work.shopId, ids, ...only.values()],
  );
  if (resource !== null && rows.length > 0) {
    work.goneInside.set(resource, (work.goneInside.get(resource) ?? 0) + rows.length);
    await removeChildren(work, resource, rows);
  }
  if (resource !== null) await endErrors(work, resource, ids, rows);
  if (!holder) return;
  // What held them is not the same without them (places move up), and no webhook says so.
  const looks = rows.map(({ held_by: key }) => ({ resource: holder.resource, key: key!, urgent: false }));
  await queueConfirmations(work.client, work.shopId, looks);
}

/** What could not be mirrored says by its key in what it is, or has no row here and is known to nobody. */
async function endErrors(
  { client, shopId, now }: Work,
  resource: ResourceName,
  ids: readonly string[],
  gone: readonly { readonly key: string }[],
): Promise<void> {
  const { within } = resourceOf(resource).list;
  if (within) await endFaults(client, { shopId, resource }, INSIDE, [ids], now);
  else await endFaults(client, { shopId, resource }, WITH_KEY, [gone.map(({ key }) => key)], now);
}

/** Of records that went with others. Such a one is known by its id. */
async function removeChildren(
  { client, shopId }: Work,
  resource: ResourceName,
  gone: readonly { readonly key: string }[],
): Promise<void> {
  const { children } = await mirrorOf(client, resource);
  for (const table of children) {
    await client.query(
      `DELETE FROM ${table.name} AS t WHERE t.shop_id = $1 AND t.${table.parent} = ANY ($2::int8[])`,
      [shopId, gone.map(({ key }) => key)],
    );
  }
}
