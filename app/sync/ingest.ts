// From nodes that Shopify answered to mirror rows: reads each by its descriptor, applies the batch, and keeps a list of
// the records that could not be mirrored. One bad record is put aside with its reason; its batch goes on.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { PoolClient } from "pg";
import { hasOpenEntries } from "#app/shopify/entries.ts";
import { BadField, Permanent } from "#app/shopify/errors.ts";
import { apply } from "#app/sync/apply.ts";
import { isLate, readTombstones } from "#app/sync/apply-deletes.ts";
import { mirroredAmong, parentKeyOf } from "#app/sync/apply-tables.ts";
import { BATCH_MAX } from "#app/sync/change.ts";
import { recordFaults, resolveFaults } from "#app/sync/faults.ts";
import { removeFiltered } from "#app/sync/ingest-filtered.ts";
import { rowWithout } from "#app/sync/narrow.ts";
import { idOf } from "#app/resources/values.ts";
import type { Node, Reading, Resource } from "#app/resources/define.ts";
import type { Origin, Upsert } from "#app/sync/change.ts";
import type { Fault } from "#app/sync/faults.ts";

/** Nodes read between two looks at what else the process has to do: about two milliseconds. The database waits for them. */
const NODES_A_TURN = 5;

export interface Batch {
  readonly shopId: number;
  readonly resource: Resource;
  /** Gone through once. */
  readonly nodes: Iterable<Node>;
  readonly origin: Origin;
  /** ISO 8601; see Version. */
  readonly observedAt: string;
  /** Whether a node may lack some of what belongs to it. Asked when it was taken; without this none does. */
  readonly isShort?: (node: Node) => boolean;
}

export interface Ingested {
  /** Records that are in the mirror now, in this or a newer version, and those that the shop does not want in it. */
  readonly landed: number;
  readonly rejected: number;
  /** Keys of the landed ones, and of the rejected ones as far as they have any. */
  readonly keys: readonly string[];
  readonly rejectedKeys: readonly string[];
}

/** A batch that is ready to be applied. */
export interface ReadBatch {
  readonly batch: Omit<Batch, "nodes">;
  readonly changes: readonly Upsert[];
  /** Of the records that could be read, those with entries whose connections are still to be read. */
  readonly open: number;
  readonly faults: readonly Fault[];
  /** Nodes that the shop does not want in its mirror. */
  readonly passed: number;
}

/** Applies the nodes in the caller's transaction. A node that occurs twice counts once; its last state is taken. */
export async function ingest(client: PoolClient, batch: Batch, now: Date): Promise<Ingested> {
  return ingestRead(client, await readBatch(batch), now);
}

/** The half of ingest() that needs no database. Lets others have their turn now and then. */
export async function readBatch(batch: Batch): Promise<ReadBatch> {
  const changes = new Map<string, Upsert>();
  const faults: Fault[] = [];
  let [open, passed, untilTurn] = [0, 0, NODES_A_TURN];
  for (const node of batch.nodes) {
    if (batch.resource.takes?.(node) === false) {
      passed += 1;
      continue;
    }
    const read = changeOf(node, batch);
    if ("verb" in read) {
      changes.set(read.key, read);
      if (hasOpenEntries(batch.resource, node)) open += 1;
    } else faults.push(read);
    untilTurn -= 1;
    if (untilTurn > 0) continue;
    untilTurn = NODES_A_TURN;
    await nextTurn();
  }
  const { nodes: _, ...rest } = batch;
  return { batch: rest, changes: [...changes.values()], open, faults, passed };
}

/** The other half. */
export async function ingestRead(client: PoolClient, read: ReadBatch, now: Date): Promise<Ingested> {
  const { shopId, resource, origin } = read.batch;
  const changes = await heldAmong(client, read, now);
  const refused: Fault[] = [];
  const keys: string[] = [];
  for (let at = 0; at < changes.length; at += BATCH_MAX) {
    for (const outcome of await apply(client, shopId, changes.slice(at, at + BATCH_MAX), now)) {
      const { key } = outcome.change;
      if (outcome.result === "rejected") {
        refused.push({ resource: resource.name, key, code: outcome.code, detail: outcome.detail });
      } else keys.push(key);
    }
  }
  const gone = await goneAmong(client, read);
  const faults = [...read.faults.filter(({ key }) => key === null || !gone.has(key)), ...refused];
  keys.push(...gone);
  await recordFaults(client, shopId, faults, origin.id, now);
  resolveFaults(client, shopId, resource.name, keys, now);
  const rejectedKeys = faults.flatMap(({ key }) => key ?? []);
  const passed = read.passed + read.changes.length - changes.length;
  return { landed: keys.length + passed, rejected: faults.length, keys, rejectedKeys };
}

/**
 * Those of the batch that belong to the mirror, where what they go with is narrowed by the shop's rules. The others leave it,
 * and come back by a later read should what they go with come in.
 */
async function heldAmong(
  client: PoolClient,
  { batch: { shopId, resource, origin, observedAt }, changes }: ReadBatch,
  now: Date,
): Promise<readonly Upsert[]> {
  if (!resource.isHeldOnly || !resource.goesWith || changes.length === 0) return changes;
  const holders = changes.map((change) => parentKeyOf(resource, change));
  const here = await mirroredAmong(client, shopId, resource.goesWith.model, holders);
  const out = changes.filter((_, index) => !here.has(holders[index]!)).map(({ key }) => key);
  await removeFiltered(client, { shopId, resource, keys: out, askedAt: observedAt, origin }, now);
  return changes.filter((_, index) => here.has(holders[index]!));
}

/** Keys of unreadable records that were deleted after the read was sent: it came too late to say anything of them. */
async function goneAmong(
  client: PoolClient,
  { batch: { shopId, resource, origin, observedAt }, faults }: ReadBatch,
): Promise<ReadonlySet<string>> {
  const keys = new Set(faults.flatMap(({ key }) => key ?? []));
  const buried = await readTombstones({ client, shopId }, resource.name, keys);
  const version = { updatedAt: null, observedAt };
  return new Set([...keys].filter((key) => isLate({ key, version, origin }, buried)));
}

function changeOf(node: Node, { resource, origin, observedAt, isShort }: Batch): Upsert | Fault {
  try {
    const whole = resource.fromNode(node);
    const { key, updatedAt, row, children } = isShort?.(node) ? withoutClaims(whole, resource) : whole;
    return {
      verb: "upsert",
      resource: resource.name,
      key,
      version: { updatedAt, observedAt },
      row,
      children,
      origin,
    };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    const detail = error instanceof BadField ? `${node.id}, ${error.message}` : error.message;
    return { resource: resource.name, key: keyIn(node, resource), code: error.code, detail };
  }
}

/**
 * Of what such a record does not show nothing is known: no child of it goes, and what is put together from its children is
 * left as it is.
 */
function withoutClaims({ row, children, ...reading }: Reading, { connections }: Resource): Reading {
  const filled = new Set(connections.flatMap(({ fills = [] }) => fills));
  const filledIn = new Map(connections.map(({ model, inside }) => [model as string, new Set(inside?.fills)]));
  return {
    ...reading,
    row: rowWithout(row, filled),
    children: Object.fromEntries(
      Object.entries(children).map(([model, { rows }]) => {
        const known = rows.map((each) => rowWithout(each, filledIn.get(model)));
        return [model, { rows: known, complete: false }];
      }),
    ),
  };
}

/** The key of a node that may be unreadable otherwise; null when not even that can be read. */
export function keyIn(node: Node, { type, keyOf = ownKeyOf(type) }: Resource): string | null {
  try {
    return keyOf(node);
  } catch (error) {
    if (error instanceof BadField) return null;
    throw error;
  }
}

function ownKeyOf(type: string): (node: Node) => string {
  const read = idOf(type);
  return ({ id }) => read(id, "id");
}
