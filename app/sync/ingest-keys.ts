// Reads records by key through the API, whichever way their resource can be reached: by their own GraphQL id, or by
// that of the record that they are listed in.
import { nodesById, nodesByParent } from "#app/shopify/pages.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Page, ReadOptions } from "#app/shopify/pages.ts";

/**
 * Yields batches that together hold every one of the records that exists. Where they are reached through their parents,
 * the parents' other records come along: news as good as what was asked for.
 */
export function readKeys(
  client: Client,
  resource: Resource,
  keys: readonly string[],
  options: ReadOptions,
): AsyncGenerator<Page> {
  const { within } = resource.list;
  if (within) {
    const parents = new Set(keys.flatMap((key) => within.gid(key) ?? []));
    return nodesByParent(client, resource, [...parents], options);
  }
  return nodesById(
    client,
    resource,
    keys.flatMap((key) => resource.gid(key) ?? []),
    options,
  );
}
