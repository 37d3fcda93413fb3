// Which records belong to the shop's mirror, of those that somebody speaks of by key. Only Shopify can say whether a
// record matches a search, so it is asked by id. Its search lags behind its writes: a "no" is asked again before it counts.
import { inTransaction } from "#app/db.server.ts";
import { bareListing } from "#app/shopify/documents.ts";
import { pages } from "#app/shopify/pages.ts";
import { mirroredAmong } from "#app/sync/apply-tables.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { ReadOptions } from "#app/shopify/pages.ts";

/** A search for more ids than this is longer than Shopify's parser likes. */
export const SIFTED_AT_ONCE = 50;

export interface Sifted {
  /** Keys of records that match, or that are here and are to stay. */
  readonly wanted: ReadonlySet<string>;
  /** ISO 8601; when Shopify was first asked. Null where it need not be. */
  readonly askedAt: string | null;
  /** Points. */
  readonly cost: number;
}

/** @throws Transient, Throttled, Permanent. */
export async function sift(
  client: Client,
  shopId: number,
  resource: Resource,
  keys: readonly string[],
  options: ReadOptions,
): Promise<Sifted> {
  const { filter } = resource;
  if (!filter || keys.length === 0) return { wanted: new Set(keys), askedAt: null, cost: 0 };
  const ids = [...new Set(keys.map(rootIdOf))];
  const matching = new Set<string>();
  let askedAt: string | null = null;
  let cost = 0;
  for (let at = 0; at < ids.length; at += SIFTED_AT_ONCE) {
    const chunk = ids.slice(at, at + SIFTED_AT_ONCE);
    const search = `(${chunk.map((id) => `id:${id}`).join(" OR ")})`;
    for await (const page of pages(client, bareListing(resource), { ...options, search })) {
      askedAt ??= page.sentAt;
      cost += page.cost;
      for (const { id } of page.nodes) matching.add(/(\d+)(?:\?|$)/.exec(id)![1]!);
    }
  }
  const stays = filter.leaving === "keep" ? await hereAmong(shopId, resource, ids) : new Set<string>();
  const wanted = keys.filter((key) => matching.has(rootIdOf(key)) || stays.has(rootIdOf(key)));
  return { wanted: new Set(wanted), askedAt, cost };
}

/** The id of the record that Shopify lists at the root: the record's own, or that of the one it is in. */
function rootIdOf(key: string): string {
  return key.split(":")[0]!;
}

function hereAmong(
  shopId: number,
  { model, list: { within } }: Resource,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  return inTransaction((database) => mirroredAmong(database, shopId, within?.model ?? model, ids));
}
