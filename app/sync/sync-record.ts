// One record, now: reads it through the API and applies what Shopify says, while a person waits for it.
import { inTransaction } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import { readKeys } from "#app/sync/ingest-keys.ts";
import { faultsOfDenials, ingest, recordFaults } from "#app/sync/ingest.ts";
import { announce } from "#app/sync/runs.ts";
import type { Node, Reading, ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";

export interface LiveRecord {
  readonly node: Node;
  readonly reading: Reading;
  /** ISO 8601; nothing in it is older than this. */
  readonly sentAt: string;
}

/**
 * The record as Shopify answers it now; null when it shows none.
 * @throws Transient, Throttled, Permanent; BadField when it cannot be mirrored exactly.
 */
export async function readRecord(
  client: Client,
  name: ResourceName,
  key: string,
  signal?: AbortSignal,
): Promise<LiveRecord | null> {
  const resource = resourceOf(name);
  for await (const { nodes, sentAt } of readKeys(client, resource, [key], { lane: "targeted", signal })) {
    for (const node of nodes) {
      const reading = resource.fromNode(node);
      if (reading.key === key) return { node, reading, sentAt };
    }
  }
  return null;
}

/**
 * `rejected`: it could not be mirrored, and stands among the errors. `missing`: Shopify shows no such record; absence
 * alone deletes nothing.
 * @throws Transient, Throttled, Permanent.
 */
export async function syncRecord(
  client: Client,
  shopId: number,
  name: ResourceName,
  key: string,
  now: () => Date,
): Promise<"synced" | "rejected" | "missing"> {
  const resource = resourceOf(name);
  let result: "synced" | "rejected" | "missing" = "missing";
  for await (const page of readKeys(client, resource, [key], { lane: "targeted" })) {
    const origin = { kind: "fetch", id: null } as const;
    const batch = { shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
    const { keys, rejectedKeys } = await inTransaction(async (database) => {
      const ingested = await ingest(database, batch, now());
      await recordFaults(database, shopId, faultsOfDenials(name, page.denied), null, now());
      await announce(database, shopId);
      return ingested;
    });
    if (keys.includes(key)) result = "synced";
    else if (rejectedKeys.includes(key)) result = "rejected";
  }
  return result;
}
