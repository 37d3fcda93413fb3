// Records at which Shopify fails (shopify/stuck.ts says when one is held to be at fault): whoever meets one puts it among the
// errors and goes on without it. It is looked at again in the background, longer apart each time, until it lands.
import { keyOfGid } from "#app/resources/rest.ts";
import { postpone, remove } from "#app/sync/confirm-rows.ts";
import { recordFaults } from "#app/sync/faults.ts";
import { queueConfirmations } from "#app/sync/inbox-rows.ts";
import type { PoolClient } from "pg";
import type { ResourceName } from "#app/resources/define.ts";
import type { Stuck } from "#app/shopify/stuck.ts";
import type { Due } from "#app/sync/confirm-rows.ts";
import type { Fault } from "#app/sync/faults.ts";
import type { Run } from "#app/sync/runs-states.ts";

/**
 * Minutes before a look is repeated.
 * look:         1   2    3    4     5     6
 * cumulative:   0  1m   6m  21m  1h21  4h21   then it waits for a person, or for news.
 */
const RETRY_MINUTES = [1, 5, 15, 60, 180] as const;
const MINUTE_MS = 60_000;

/** Not at the first failure: while Shopify has trouble with everything, a run does not search for one to blame. */
export function passesOver({ progress }: Run): boolean {
  return (progress.failures ?? 0) > 0;
}

/** Met by a run, whose end it does not keep up: they count as read. @returns how many there are. */
export async function noteStuck(
  database: PoolClient,
  { id, shopId, resource }: Pick<Run, "shopId" | "resource"> & { readonly id: bigint | null },
  stuck: readonly Stuck[],
  now: Date,
): Promise<number> {
  const faults = await recordStuck(database, shopId, resource, stuck, id, now);
  const looks = faults.map(({ key }) => ({ resource, key, urgent: false }));
  await queueConfirmations(database, shopId, looks);
  return faults.length;
}

/** Met by a look, which `waiting` were queued for. */
export async function noteStuckAgain(
  database: PoolClient,
  { shopId, resource }: Pick<Run, "shopId" | "resource">,
  stuck: readonly Stuck[],
  waiting: readonly Due[],
  now: Date,
): Promise<void> {
  await recordStuck(database, shopId, resource, stuck, null, now);
  for (const [attempts, alike] of Map.groupBy(waiting, (record) => record.attempts)) {
    const minutes = RETRY_MINUTES[attempts];
    if (minutes === undefined) await remove(database, shopId, resource, alike);
    else await postpone(database, shopId, resource, alike, new Date(now.getTime() + minutes * MINUTE_MS));
  }
}

async function recordStuck(
  database: PoolClient,
  shopId: number,
  resource: ResourceName,
  stuck: readonly Stuck[],
  runId: bigint | null,
  now: Date,
) {
  const faults = stuck.map(({ gid, words }) => {
    return { resource, key: keyOfGid(gid, "id"), code: "SHOPIFY_FAILED", detail: words } satisfies Fault;
  });
  await recordFaults(database, shopId, faults, runId, now);
  return faults;
}
