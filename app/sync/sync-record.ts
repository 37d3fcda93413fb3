// One record, now: reads it through the API and applies what Shopify says, while a person waits for it.
import { inTransaction } from "#app/db.server.ts";
import { removeAbsent } from "#app/sync/ingest-absent.ts";
import { lookAgain } from "#app/sync/ingest-gone.ts";
import { readKeys } from "#app/sync/ingest-keys.ts";
import { faultsOfDenials, recordFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { holdRules, readRules } from "#app/sync/rules-store.ts";
import { announce } from "#app/sync/runs.ts";
import { sift } from "#app/sync/sift.ts";
import { noteStuck } from "#app/sync/stuck.ts";
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
  shopId: number,
  name: ResourceName,
  key: string,
  signal?: AbortSignal,
): Promise<LiveRecord | null> {
  const resource = resourceUnder(await readRules(shopId), name, new Date());
  for await (const { nodes, sentAt } of readKeys(client, resource, [key], { lane: "targeted", signal })) {
    for (const node of nodes) {
      const reading = resource.fromNode(node);
      if (reading.key === key) return { node, reading, sentAt };
    }
  }
  return null;
}

export type Synced = "synced" | "rejected" | "missing" | "doubted" | "stuck" | "outside" | "off";

/**
 * `rejected`: it could not be mirrored, and stands among the errors. `missing`: Shopify shows no such record; `doubted`: nor
 * does it show this one, which is here and is looked for once more. `stuck`: Shopify fails at it. `outside`: the shop's
 * rules leave it out; `off`: they leave its whole resource out.
 * @throws Transient, Throttled, Permanent.
 */
export async function syncRecord(
  client: Client,
  shopId: number,
  name: ResourceName,
  key: string,
  now: () => Date,
): Promise<Synced> {
  const rules = await readRules(shopId);
  if (!isOn(rules, name)) return "off";
  const resource = resourceUnder(rules, name, now());
  const { wanted } = await sift(client, shopId, resource, [key], { lane: "targeted" });
  if (wanted.size === 0) return "outside";
  let result: Synced = "missing";
  for await (const page of readKeys(client, resource, [key], { lane: "targeted", passesOver: true })) {
    const origin = { kind: "fetch", id: null } as const;
    const batch = { shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
    const { keys, rejectedKeys } = await inTransaction(async (database) => {
      await holdRules(database, shopId, rules);
      const ingested = await ingest(database, batch, now());
      await removeAbsent(database, batch, page.parents, now());
      await recordFaults(database, shopId, faultsOfDenials(name, page.denied), null, now());
      await noteStuck(database, { id: null, shopId, resource: name }, page.stuck, now());
      await announce(database, shopId);
      return ingested;
    });
    if (keys.includes(key)) result = "synced";
    else if (rejectedKeys.includes(key)) result = "rejected";
    else if (page.stuck.length > 0) result = "stuck";
  }
  if (result !== "missing") return result;
  const isHere = await inTransaction((database) => lookAgain(database, { shopId, resource, keys: [key] }));
  return isHere ? "doubted" : "missing";
}
