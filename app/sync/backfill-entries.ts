// The completing phase of a bulk backfill: what no bulk file can hold, the lines inside refunds and fulfillments, is
// fetched by the entries' ids, only for records that have such entries, batch by batch with a stored cursor.
import { inTransaction } from "#app/db.server.ts";
import { fillEntries, hasOpenEntries } from "#app/shopify/entries.ts";
import { Permanent } from "#app/shopify/errors.ts";
import { nodesById } from "#app/shopify/pages.ts";
import { isPassable } from "#app/shopify/stuck.ts";
import { instantOf, isoOf } from "#app/sync/apply-order.ts";
import { assemble } from "#app/sync/ingest-staging.ts";
import { faultsOfDenials, recordFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { again, isTimeUp } from "#app/sync/runs-step.ts";
import { announce, checkpoint } from "#app/sync/runs.ts";
import { noteStuck, passesOver } from "#app/sync/stuck.ts";
import type { Node, Resource } from "#app/resources/define.ts";
import type { Filled } from "#app/shopify/entries.ts";
import type { Assembled } from "#app/sync/ingest-staging.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Run } from "#app/sync/runs.ts";

/** Staged records looked through between two cursors: about two queries where each has one fulfillment. */
const RECORDS_MAX = 100;

/** Goes on from the stored cursor until all staged records are whole, then to the counting. */
export async function completeStaged(run: Run, step: Step): Promise<Stepped> {
  const { resource, now } = step;
  let current = run;
  for (;;) {
    const after = current.progress.completedLine ?? 0;
    const assembled = await assemble(current, resource, after, RECORDS_MAX);
    if (!assembled) break;
    const open = [...assembled.nodes].filter(
      (node) => hasOpenEntries(resource, node) && isReadable(resource, node),
    );
    const read = open.length === 0 ? NOTHING : await readWhole(current, open, step);
    const upTo = { line: assembled.lastLine, records: open.length, isShort: assembled.isShort };
    current = await land(current, step, read, upTo);
    if (isTimeUp(step)) return again(current, now());
  }
  const progress = { ...current.progress, phase: "counting" } as const;
  const moved = await inTransaction(async (database) => {
    await announce(database, run.shopId);
    return checkpoint(database, current, { progress }, now());
  });
  return again(moved, now());
}

interface Read {
  readonly filled: Filled;
  /** Records that have changed since the bulk operation read them, as they are now. */
  readonly fresh: readonly Page[];
}

const NOTHING: Read = { filled: { nodes: [], stale: [], cost: 0, denied: [] }, fresh: [] };

async function readWhole(run: Run, nodes: readonly Node[], step: Step): Promise<Read> {
  const { client, resource, signal } = step;
  const options = { lane: "backfill", signal, passesOver: passesOver(run) } as const;
  const entries = { lane: "backfill", signal } as const;
  const filled = await fillEntries(resource, nodes, (listing, gids) =>
    nodesById(client, listing, gids, entries),
  ).catch((error: unknown) => {
    if (!isPassable(error, options)) throw error;
    // Whichever entry it is: read whole, their records show which of them it is in.
    return { ...NOTHING.filled, stale: nodes };
  });
  const stale = filled.stale.map(({ id }) => id);
  const fresh: Page[] = [];
  for await (const page of nodesById(client, resource, stale, options)) fresh.push(page);
  return { filled, fresh };
}

/** Records that could not be mirrored at first, and were counted so, cannot be now. */
function isReadable(resource: Resource, node: Node): boolean {
  try {
    resource.fromNode(node);
    return true;
  } catch (error) {
    if (error instanceof Permanent) return false;
    throw error;
  }
}

async function land(
  run: Run,
  { resource, now }: Step,
  { filled, fresh }: Read,
  upTo: { readonly line: number; readonly records: number; readonly isShort: Assembled["isShort"] },
): Promise<Run> {
  const { shopId, progress } = run;
  const { bulk } = progress;
  if (!bulk) throw new RangeError(`run ${run.id} has no bulk operation`);
  return inTransaction(async (database) => {
    const bulkOrigin = { kind: "bulk", id: run.id } as const;
    const observedAt = momentAfter(bulk.createdAt);
    const { isShort } = upTo;
    const told = { shopId, resource, nodes: filled.nodes, origin: bulkOrigin, observedAt, isShort };
    let { rejected } = await ingest(database, told, now());
    let cost = run.cost + filled.cost;
    const denied = [...filled.denied];
    for (const page of fresh) {
      const origin = { kind: "fetch", id: run.id } as const;
      const batch = { shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
      rejected += (await ingest(database, batch, now())).rejected;
      rejected += await noteStuck(database, run, page.stuck, now());
      cost += page.cost;
      denied.push(...page.denied);
    }
    await recordFaults(database, shopId, faultsOfDenials(run.resource, denied), run.id, now());
    await announce(database, shopId);
    const advance = {
      progress: {
        ...progress,
        completedLine: upTo.line,
        completed: (progress.completed ?? 0) + upTo.records,
      },
      rejected: run.rejected + rejected,
      cost,
    };
    return checkpoint(database, run, advance, now());
  });
}

/**
 * The same state, told more fully: newer than the row that the file alone made, older than all that has been observed
 * since. It is true, too: the operation read its first record later than a microsecond after it was created.
 */
function momentAfter(createdAt: string): string {
  return isoOf(instantOf(createdAt) + 1n);
}
