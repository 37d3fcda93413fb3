// The only code that writes mirror rows (I1). Every way in ends here, so order, conflicts, deletion and lineage are
// decided in one place. A root row's bookkeeping: updated_at and observed_at are its version, origin_kind and origin_id
// say which delivery or run brought it, applied_at when it was written, confirmed_at that its state was read through
// the API (null: only a webhook told it), seen_at when a read last showed the record alive.
import type pg from "pg";
import type { PoolClient } from "pg";
import { afterCommit, prepared, sendLast } from "#app/db.server.ts";
import { holderOf, resourceOf } from "#app/resources/index.ts";
import { lookAtDangling, namedFrom } from "./apply-dangling.ts";
import { deleteAll, isLate, liftTombstones, readTombstones, type Tombstones } from "./apply-deletes.ts";
import { lockMirror } from "./apply-lock.ts";
import { instantOf, isRead, isoOf, roundsOf } from "./apply-order.ts";
import { lookAtOvertaken } from "./apply-overtaken.ts";
import { mirrorOf, parentKeyOf, tablesOfShops } from "./apply-tables.ts";
import { upsertRound, type Work } from "./apply-upserts.ts";
import { noteApplied } from "./figures.ts";
import { withoutRedacted } from "./redact-late.ts";
import { tellWritten } from "./written.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Change, Delete, Outcome, Upsert } from "./change.ts";

/**
 * Applies news of any records of one shop, in any order, inside the caller's transaction.
 * At most some 1,000 roots at a time keep a statement's memory and locks small.
 * `isBold`: spares the savepoints; what the database refuses is then thrown, and the transaction must be done again.
 * @returns one outcome per change, in the order of `changes`.
 * @throws Permanent SHOP_GONE for a shop that was erased; else whatever is no fault of a record (connection lost,
 *   deadlock): the caller's transaction must roll back.
 */
export async function apply(
  client: PoolClient,
  shopId: number,
  changes: readonly Change[],
  now: Date,
  isBold = false,
): Promise<Outcome[]> {
  if (changes.length === 0) return [];
  const byResource = grouped(changes);
  const locking = lock(client, shopId, byResource);
  // Where nothing is buried meanwhile, what is buried already can be asked for along with the locks.
  const isPlain = changes.every(({ verb }) => verb === "upsert");
  const asked = new Map(
    isPlain ? byResource.map(([name, of]) => [name, readBurials({ client, shopId }, name, of)]) : [],
  );
  for (const burials of asked.values()) burials.catch(() => {});
  const { redactedAt } = await locking;
  const clean = await withoutRedacted(client, shopId, changes, redactedAt);
  const outcomes = new Map<Change, Outcome>();
  const goneInside = new Map<ResourceName, number>();
  const tallies = new Map<ResourceName, Tally>();
  for (const [resource, ofResource] of clean === changes ? byResource : grouped(clean)) {
    const mirror = await mirrorOf(client, resource);
    const work = { client, shopId, now, mirror, isBold, goneInside };
    const burials = await (asked.get(resource) ?? readBurials(work, resource, ofResource));
    const tally = await applyTo(work, resource, ofResource, burials);
    for (const outcome of tally.settled) outcomes.set(outcome.change, outcome);
    tallies.set(resource, tally);
  }
  // Counters last and in one order, for what goes with a record of one resource may be of another.
  let isTold = false;
  for (const resource of [...new Set([...tallies.keys(), ...goneInside.keys()])].sort()) {
    const { settled, difference } = tallies.get(resource) ?? { settled: [], difference: 0 };
    const noted = noteOf(shopId, resource, settled, difference, goneInside.get(resource) ?? 0, now);
    if (!noted) continue;
    isTold = true;
    // A bold batch has nothing to give up but the whole transaction.
    if (isBold) sendLast(client, noted);
    else await client.query(noted);
  }
  if ([...outcomes.values()].some(({ result }) => result === "applied")) {
    afterCommit(client, () => {
      noteApplied(shopId, outcomes.values());
      tellWritten(shopId, outcomes.values());
    });
    if (!isTold) await client.query(TELL, [String(shopId)]);
  }
  return changes.map((change, index) => ({ ...outcomes.get(clean[index]!)!, change }));
}

/** By resource, in one order, whoever comes. */
function grouped(changes: readonly Change[]): [ResourceName, Change[]][] {
  return [...Map.groupBy(changes, ({ resource }) => resource)].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What became of a resource's changes, and by how many its records have grown. */
interface Tally {
  readonly settled: readonly Outcome[];
  readonly difference: number;
}

/** Removes every row of the shop from every table but the shop's own (I8). @returns how many rows went. */
export async function erase(client: PoolClient, shopId: number): Promise<number> {
  let rows = 0;
  for (const table of await tablesOfShops(client)) {
    const result = await client.query(`DELETE FROM "${table}" WHERE shop_id = $1`, [shopId]);
    rows += result.rowCount ?? 0;
  }
  return rows;
}

function lock(client: PoolClient, shopId: number, byResource: readonly [ResourceName, readonly Change[]][]) {
  const isAlone = new Map<ResourceName, boolean>();
  for (const [name, changes] of byResource) {
    isAlone.set(name, isAlone.get(name) === true || changes.some(({ verb }) => verb === "delete"));
    // Nothing may be put into a record that is being deleted, nor name one.
    const resource = resourceOf(name);
    const parent = holderOf(resource);
    for (const other of [...(parent ? [parent.name] : []), ...namedFrom(resource)])
      if (!isAlone.has(other)) isAlone.set(other, false);
  }
  return lockMirror(client, shopId, isAlone);
}

/**
 * Upserts first, then deletions: a deletion must meet a read of the same batch that shows the record alive since, and
 * takes the last state with it into the tombstone.
 */
async function applyTo(
  work: Work,
  resource: ResourceName,
  changes: readonly Change[],
  { own, ofParents }: Burials,
): Promise<Tally> {
  const upserts = upsertsIn(changes);
  const deletes = changes.filter((change): change is Delete => change.verb === "delete");
  const settled: Outcome[] = [];
  let difference = 0;
  if (upserts.length > 0) {
    const [late, timely] = partition(upserts, (upsert) => {
      if (isLate(upsert, own)) return true;
      if (ofParents.size === 0) return false;
      return isLate({ ...upsert, key: parentKeyOf(resourceOf(resource), upsert) }, ofParents);
    });
    settled.push(...late.map((change): Outcome => ({ change, result: "superseded" })));
    const { outcomes, inserted } = await upsertAll(work, resource, timely, own);
    settled.push(...outcomes);
    difference += inserted;
    const reads = readsAmong(outcomes);
    if (reads.length > 0) {
      await lookAtDangling(work, reads);
      await lookAtOvertaken(work, resource, reads);
    }
  }
  if (deletes.length > 0) {
    const { outcomes, removed } = await deleteAll(work, deletes);
    settled.push(...outcomes);
    difference -= removed;
  }
  return { settled, difference };
}

/** What was written as Shopify answered it: webhooks are each followed by such a read. */
function readsAmong(outcomes: readonly Outcome[]): Upsert[] {
  return outcomes.flatMap(({ change, result }) =>
    result === "applied" && change.verb === "upsert" && isRead(change.origin) ? [change] : [],
  );
}

function upsertsIn(changes: readonly Change[]): Upsert[] {
  return changes.filter((change): change is Upsert => change.verb === "upsert");
}

/** What the living records of a batch must be held against. */
interface Burials {
  readonly own: Tombstones;
  /** Of records that go with others: news that is older than the end of what it belongs to comes too late as well. */
  readonly ofParents: Tombstones;
}

async function readBurials(
  work: Pick<Work, "client" | "shopId">,
  name: ResourceName,
  changes: readonly Change[],
): Promise<Burials> {
  const upserts = upsertsIn(changes);
  const resource = resourceOf(name);
  const { list, goesWith } = resource;
  const parent = holderOf(resource);
  const isInParent = parent && parent.model === (list.within ?? goesWith)?.model;
  const [own, ofParents] = await Promise.all([
    readTombstones(work, name, new Set(upserts.map(({ key }) => key))),
    isInParent
      ? readTombstones(work, parent.name, new Set(upserts.map((upsert) => parentKeyOf(resource, upsert))))
      : NONE,
  ]);
  return { own, ofParents };
}

const NONE: Tombstones = new Map();

async function upsertAll(
  work: Work,
  resource: ResourceName,
  upserts: readonly Upsert[],
  tombstones: Tombstones,
) {
  const { rounds, covered } = roundsOf(upserts, true);
  const first = await upsertRounds(work, rounds);
  // What was passed over for a record's newer news is tried after all when the database refused that.
  const refused = new Set(
    first.outcomes.filter(({ result }) => result === "rejected").map(({ change }) => change.key),
  );
  const [again, passed] = partition(covered, ({ key }) => refused.has(key));
  const second = await upsertRounds(work, roundsOf(again, false).rounds);
  const outcomes = [...first.outcomes, ...second.outcomes];
  const risen = outcomes.filter(({ change, result }) => result === "applied" && tombstones.has(change.key));
  await liftTombstones(
    work,
    resource,
    risen.map(({ change }) => change.key),
  );
  return {
    outcomes: [...outcomes, ...passed.map((change): Outcome => ({ change, result: "superseded" }))],
    inserted: first.inserted + second.inserted,
  };
}

async function upsertRounds(work: Work, rounds: readonly (readonly Upsert[])[]) {
  const outcomes: Outcome[] = [];
  let inserted = 0;
  for (const round of rounds) {
    const done = await upsertRound(work, round);
    outcomes.push(...done.outcomes);
    inserted += done.inserted;
  }
  return { outcomes, inserted };
}

function partition<T>(all: readonly T[], isIn: (one: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const one of all) (isIn(one) ? yes : no).push(one);
  return [yes, no];
}

/** Tells open pages. */
const TELL = "SELECT pg_notify('counterfoil_changes', $1)";

/**
 * What keeps the resource's counter and its last change in step with the rows, in the same transaction, and tells open
 * pages; null where there is nothing to note.
 */
function noteOf(
  shopId: number,
  resource: ResourceName,
  settled: readonly Outcome[],
  grown: number,
  gone: number,
  now: Date,
): pg.QueryConfig | null {
  const applied = settled.filter(({ result }) => result === "applied").map(({ change }) => change);
  const observed = applied
    .filter(({ origin }) => origin.kind === "webhook")
    .map(({ version }) => instantOf(version.observedAt));
  const difference = grown - gone;
  if (observed.length === 0 && difference === 0) return null;
  const lastChangeAt = observed.length === 0 ? null : isoOf(observed.reduce((a, b) => (a > b ? a : b)));
  // Some news only names a record, which a look then brings, and some takes along what was in its record: Shopify's
  // earlier count knows nothing of either.
  const isLooked = grown !== 0 && applied.some(({ origin }) => origin.kind === "fetch");
  // What Shopify does not count is counted by reading it whole, which is a day ago at times.
  const isUncounted = grown !== 0 && resourceOf(resource).count === null;
  const appliedAt = lastChangeAt === null ? null : now;
  const movedAt = gone > 0 || isLooked || isUncounted ? now : null;
  return prepared(NOTE, [shopId, resource, difference, lastChangeAt, appliedAt, movedAt, String(shopId)]);
}

const NOTE = `
  WITH noted AS (
    INSERT INTO sync_resources AS r (shop_id, resource, mirrored, last_change_at, last_applied_at, moved_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (shop_id, resource) DO UPDATE
    SET mirrored = r.mirrored + excluded.mirrored,
        last_change_at = greatest(r.last_change_at, excluded.last_change_at),
        last_applied_at = greatest(r.last_applied_at, excluded.last_applied_at),
        moved_at = greatest(r.moved_at, excluded.moved_at)
  ) SELECT pg_notify('counterfoil_changes', $7)`;
