// Records at which Shopify fails: it answers a question for many with an error of its own because of one of them. The
// question is halved until the culprit stands alone; that one is put off, longer each time, and reported in the end.
import { inTransaction } from "#app/db.server.ts";
import { Stumbled, Transient } from "#app/shopify/errors.ts";
import { postpone, remove } from "#app/sync/confirm-rows.ts";
import { recordFaults } from "#app/sync/faults.ts";
import { announce } from "#app/sync/runs.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Due } from "#app/sync/confirm-rows.ts";

/**
 * Minutes before a culprit is asked for again.
 * attempt:      1   2    3    4     5
 * cumulative:   1m  6m  21m  1h21  4h21   then it is reported.
 */
const RETRY_MINUTES = [1, 5, 15, 60, 180] as const;
/** So many at once are rather trouble of Shopify's with all of them: what is left waits for the next turn. */
const STUCK_MAX = 5;
const MINUTE_MS = 60_000;

const ALIVE = /* GraphQL */ `
  query Alive {
    shop {
      id
    }
  }
`;

interface Apart {
  /** Key → Shopify's words. */
  readonly stuck: ReadonlyMap<string, string>;
  /** Keys that were not asked for to the end. */
  readonly unread: ReadonlySet<string>;
}

/**
 * Reads all of `open`, from which `read` takes what was answered.
 * @throws whatever `read` throws, the culprits' errors excepted. While Shopify answers nothing at all no record is at fault.
 */
export async function readApart(
  client: Client,
  open: ReadonlyMap<string, Due>,
  signal: AbortSignal,
  read: (keys: readonly string[]) => Promise<void>,
): Promise<Apart> {
  const stuck = new Map<string, string>();
  const parts: (readonly string[])[] = [[...open.keys()]];
  let isAlive = false;
  while (stuck.size < STUCK_MAX) {
    const keys = parts.pop();
    if (!keys) break;
    try {
      await read(keys);
    } catch (error) {
      if (!(error instanceof Stumbled)) throw error;
      isAlive ||= await isAnswering(client, signal);
      if (!isAlive) throw error;
      const left = keys.filter((key) => open.has(key));
      const half = Math.ceil(left.length / 2);
      if (left.length === 1) stuck.set(left[0]!, error.message);
      else if (left.length > 1) parts.push(left.slice(half), left.slice(0, half));
    }
  }
  return { stuck, unread: new Set(parts.flat()) };
}

async function isAnswering(client: Client, signal: AbortSignal): Promise<boolean> {
  try {
    await client.query(ALIVE, {}, { lane: "confirm", signal });
    return true;
  } catch (error) {
    if (error instanceof Transient) return false;
    throw error;
  }
}

/** Puts the culprits off; those that have been asked for often enough are reported, and wait for a person. */
export async function noteStuck(
  shopId: number,
  resource: ResourceName,
  open: ReadonlyMap<string, Due>,
  stuck: ReadonlyMap<string, string>,
  now: Date,
): Promise<void> {
  const records = [...stuck.keys()].map((key) => open.get(key)!);
  await inTransaction(async (database) => {
    for (const [attempts, alike] of Map.groupBy(records, (record) => record.attempts)) {
      const minutes = RETRY_MINUTES[attempts];
      if (minutes !== undefined) {
        await postpone(database, shopId, resource, alike, new Date(now.getTime() + minutes * MINUTE_MS));
        continue;
      }
      const faults = alike.map(({ key }) => ({
        ...{ resource, key, code: "SHOPIFY_FAILED" },
        detail: stuck.get(key)!,
      }));
      await recordFaults(database, shopId, faults, null, now);
      await remove(database, shopId, resource, alike);
    }
    await announce(database, shopId);
  });
}
