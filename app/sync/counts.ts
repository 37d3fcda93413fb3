// What Shopify says it has, and what is known of a resource as a whole: counts, the time of the last proof, and whether
// Shopify refuses it. Keeps the sync_resources rows but for `mirrored`, which is apply()'s.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { countsDocument } from "#app/shopify/documents.ts";
import { DETAIL_CHARS_MAX } from "#app/sync/faults.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { holdRules, readRules } from "#app/sync/rules-store.ts";
import { announce } from "#app/sync/runs.ts";
import { storable } from "#app/sync/stored-forms.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Client } from "#app/shopify/client.ts";

/** As Shopify answers a count. */
export interface Count {
  readonly count: number;
  readonly precision: "EXACT" | "AT_LEAST";
}

interface CountOptions {
  readonly lane: Lane;
  readonly signal?: AbortSignal;
  readonly search?: string;
}

/** Shopify's count of a resource, of those that match `search`; null where it has none or not an exact one. */
export async function readCount(
  client: Client,
  resource: Resource,
  options: CountOptions,
): Promise<number | null> {
  if (resource.count === null) return null;
  const { search, lane, signal } = options;
  const document = countsDocument([{ alias: "it", resource, search }]);
  const { data } = await client.query<{ it: Count | null }>(document, {}, { lane, signal });
  return exact(data.it);
}

/** Asks for the counts of all resources that Shopify counts, in one query, and stores them. */
export async function refreshCounts(shopId: number, client: Client, signal?: AbortSignal): Promise<void> {
  const rules = await readRules(shopId);
  const counted = resources
    .filter(({ name }) => isOn(rules, name))
    .map(({ name }) => resourceUnder(rules, name, new Date()))
    .filter(({ count }) => count !== null);
  if (counted.length === 0) return;
  const document = countsDocument(counted.map((resource) => ({ alias: resource.name, resource })));
  const { data, sentAt } = await client.query<Record<string, Count | null>>(
    document,
    {},
    {
      lane: "audit",
      signal,
      // One missing scope must not hide the other counts.
      rootsApart: true,
    },
  );
  await inTransaction(async (database) => {
    await holdRules(database, shopId, rules);
    // In the order in which apply() takes these rows.
    for (const { name } of counted.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const count = exact(data[name]);
      if (count !== null) await noteCount(database, shopId, name, count, new Date(sentAt));
    }
    await announce(database, shopId);
  });
}

/** Null where it is not one to reckon with. */
export function exact(count: Count | null | undefined): number | null {
  return count?.precision === "EXACT" ? count.count : null;
}

/** An older count never replaces a newer one. */
export async function noteCount(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  count: number,
  countedAt: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO sync_resources AS r (shop_id, resource, in_shopify, counted_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (shop_id, resource) DO UPDATE SET in_shopify = excluded.in_shopify, counted_at = excluded.counted_at
     WHERE r.counted_at IS NULL OR r.counted_at <= excluded.counted_at`,
    [shopId, resource, count, countedAt],
  );
}

type NoteMoment = (client: PoolClient, shopId: number, resource: ResourceName, at: Date) => Promise<void>;

function noteMoment(column: "verified_at" | "read_at"): NoteMoment {
  return async (client, shopId, resource, at) => {
    await client.query(
      `INSERT INTO sync_resources (shop_id, resource, ${column}) VALUES ($1, $2, $3)
       ON CONFLICT (shop_id, resource) DO UPDATE SET ${column} = excluded.${column}`,
      [shopId, resource, at],
    );
  };
}

/** A whole read of the resource was proven complete. */
export const noteVerified = noteMoment("verified_at");

/** A whole read of the resource came to its end; what was refused in it stands among the errors. */
export const noteRead = noteMoment("read_at");

/**
 * How many a read must come to, from the counts before and after: the store goes on living meanwhile, so what landed must
 * reach the smaller of the two. Null where nobody counts.
 */
export function expectedOf(before: number | null | undefined, after: number | null): number | null {
  const first = before ?? after;
  return first === null || after === null ? null : Math.min(first, after);
}

/** Shopify refuses the resource: a code, and Shopify's words. */
export async function noteBlocked(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  { code, detail }: { readonly code: string; readonly detail: string },
): Promise<void> {
  await client.query(
    `INSERT INTO sync_resources (shop_id, resource, blocked_code, blocked_detail) VALUES ($1, $2, $3, $4)
     ON CONFLICT (shop_id, resource)
     DO UPDATE SET blocked_code = excluded.blocked_code, blocked_detail = excluded.blocked_detail`,
    [shopId, resource, code, storable(detail, DETAIL_CHARS_MAX)],
  );
}

/** Shopify has answered with its list, or with a record of it. A count says nothing: it is given where the list is refused. */
export async function noteAnswered(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
): Promise<void> {
  await client.query(
    `UPDATE sync_resources SET blocked_code = NULL, blocked_detail = NULL
     WHERE shop_id = $1 AND resource = $2 AND blocked_code IS NOT NULL`,
    [shopId, resource],
  );
}
