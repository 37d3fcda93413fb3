// Records at which Shopify fails, met by a run: they stand among the errors and count as read, so that the run gets to its end
// without them, and are asked for again in the background, longer apart each time (confirm-stuck.ts), until they land.
import { keyOfGid } from "#app/resources/rest.ts";
import { recordFaults } from "#app/sync/faults.ts";
import { queueConfirmations } from "#app/sync/inbox-rows.ts";
import type { PoolClient } from "pg";
import type { Stuck } from "#app/shopify/stuck.ts";
import type { Fault } from "#app/sync/faults.ts";
import type { Run } from "#app/sync/runs-states.ts";

/** Not at the first failure: what Shopify answers a second later was at nobody's fault. */
export function passesOver({ progress }: Run): boolean {
  return (progress.failures ?? 0) > 0;
}

/** @returns how many there are. */
export async function noteStuck(
  database: PoolClient,
  { id, shopId, resource }: Run,
  stuck: readonly Stuck[],
  now: Date,
): Promise<number> {
  const faults = stuck.map(({ gid, words }) => {
    return { resource, key: keyOfGid(gid, "id"), code: "SHOPIFY_FAILED", detail: words } satisfies Fault;
  });
  await recordFaults(database, shopId, faults, id, now);
  const looks = faults.map(({ key }) => ({ resource, key, urgent: false }));
  await queueConfirmations(database, shopId, looks);
  return faults.length;
}
