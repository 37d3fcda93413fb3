// What a sync would read, before it is started.
import { resourceOf } from "#app/resources/index.ts";
import { during } from "#app/shopify/search.ts";
import { readCount } from "#app/sync/counts.ts";
import { checkRequest } from "#app/sync/targeted.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { RunRequest } from "#app/sync/runs.ts";

/**
 * How many records the request is about; null where Shopify does not count them.
 * @throws RangeError as requestSync; Transient, Throttled; Permanent, with SEARCH_WARNING for a search that Shopify did
 * not understand.
 */
export async function previewSync(
  client: Client,
  name: ResourceName,
  request: RunRequest,
): Promise<number | null> {
  const resource = resourceOf(name);
  const checked = checkRequest(name, request);
  switch (checked.mode) {
    case "ids":
      return checked.ids.length;
    case "names":
      return checked.names.length;
    case "full":
      return readCount(client, resource, { lane: "targeted" });
    case "search":
      return readCount(client, resource, { lane: "targeted", search: checked.search });
    case "since": {
      const search = during(resource.cursor!.filter, {
        from: new Date(checked.since),
        ...(checked.until === undefined ? {} : { until: new Date(checked.until) }),
      });
      return readCount(client, resource, { lane: "targeted", search });
    }
  }
}
