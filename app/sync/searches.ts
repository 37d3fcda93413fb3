// A person's search: whether Shopify understands it, and how many records it finds. A resource's list knows fields that
// its count does not (of customers nearly all): then nobody can count, which is no fault of the search.
import { Permanent } from "#app/shopify/errors.ts";
import { pages } from "#app/shopify/pages.ts";
import { readCount } from "#app/sync/counts.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Listing } from "#app/shopify/documents.ts";
import type { ReadOptions } from "#app/shopify/pages.ts";

/**
 * Null where Shopify does not count what its list finds.
 * @throws Transient, Throttled; Permanent, with SEARCH_WARNING for a search that the list does not understand either.
 */
export async function countFound(
  client: Client,
  resource: Resource,
  search: string,
  options: ReadOptions,
): Promise<number | null> {
  try {
    const count = await readCount(client, resource, { ...options, search });
    if (count !== null) return count;
  } catch (error) {
    if (!(error instanceof Permanent && error.code === "SEARCH_WARNING")) throw error;
  }
  await look(client, resource, search, options);
  return null;
}

/** Asks for one record, and for nothing of it but its id. @throws as countFound. */
export async function look(
  client: Client,
  { type, list, filter }: Pick<Resource, "type" | "list" | "filter">,
  search: string,
  options: ReadOptions,
): Promise<void> {
  const listing: Listing = {
    ...{ type, list, connections: [], count: null, cursor: null },
    ...(filter && { filter }),
    fragment: `fragment ${type}Id on ${type} { id }`,
  };
  await pages(client, listing, { ...options, search, pageSize: 1 }).next();
}
