// Reads what a targeted run asks for, batch after batch with a stored cursor, and holds what came against what was asked
// for: each id and each name by itself, a search by Shopify's counts before and after.
import { inTransaction } from "#app/db.server.ts";
import { keyOfGid } from "#app/resources/rest.ts";
import { metered } from "#app/shopify/metered.ts";
import { pages } from "#app/shopify/pages.ts";
import { anyOf } from "#app/shopify/search.ts";
import { ahead } from "#app/sync/ahead.ts";
import { expectedOf, noteAnswered } from "#app/sync/counts.ts";
import { faultsOfDenials, recordFaults, resolveFaults } from "#app/sync/faults.ts";
import { ingest } from "#app/sync/ingest.ts";
import { removeAbsent } from "#app/sync/ingest-absent.ts";
import { lookAgain } from "#app/sync/ingest-gone.ts";
import { readKeys } from "#app/sync/ingest-keys.ts";
import { again, charged, isTimeUp, withTotal } from "#app/sync/runs-step.ts";
import { announce, checkpoint, endRun } from "#app/sync/runs.ts";
import { countFound } from "#app/sync/searches.ts";
import { sift } from "#app/sync/sift.ts";
import { noteStuck, passesOver } from "#app/sync/stuck.ts";
import { atWalk, searchOfWalk, stride } from "#app/sync/walk.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Fault } from "#app/sync/faults.ts";
import type { Ingested } from "#app/sync/ingest.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Ending, Progress, Run } from "#app/sync/runs.ts";

/** Ids between two stored cursors; a run has as many such chunks as it takes. */
const IDS_PER_CHUNK = 250;
/** A search for more names than this is longer than Shopify's parser likes. */
const NAMES_PER_SEARCH = 50;
/** The key of such a fault is the name: its record has no page, and no id to be fetched by. */
export const NAME_NOT_FOUND = "NAME_NOT_FOUND";

export function readIds(run: Run, step: Step, ids: readonly string[]): Promise<Stepped> {
  const asked: Asked = {
    size: IDS_PER_CHUNK,
    read: (keys) => readWanted(run, step, keys),
    missing: (keys, { found }) => keys.filter((key) => !found.has(key)),
    faultOf: (key) => notFound(run.resource, key),
  };
  return readChunks(run, step, ids, asked);
}

/** Shopify's search for a name may find others beside it, or two of that name: each name is looked for by itself. */
export function readNames(run: Run, step: Step, names: readonly string[]): Promise<Stepped> {
  const { client, resource, signal } = step;
  const how = {
    lane: "targeted",
    signal,
    passesOver: passesOver(run),
    naming: "name",
    isById: true,
  } as const;
  const asked: Asked = {
    size: NAMES_PER_SEARCH,
    read: (chunk) => pages(client, resource, { ...how, search: anyOf("name", chunk) }),
    missing: (chunk, { names: seen }) => chunk.filter((name) => !seen.has(plainName(name))),
    faultOf: (name) => nameNotFound(run.resource, name),
    isOf: (chunk) => {
      const wanted = new Set(chunk.map(plainName));
      return (name) => wanted.has(plainName(String(name)));
    },
  };
  return readChunks(run, step, names, asked);
}

/** As people write it: the sign before the number may be left out. */
export function plainName(name: string): string {
  return name.trim().replace(/^#/, "").toLowerCase();
}

/** What a chunk of the list has brought. */
interface Seen {
  /** Keys. */
  readonly found: Set<string>;
  /** Plain. */
  readonly names: Set<string>;
}

interface Asked {
  readonly size: number;
  readonly read: (chunk: readonly string[]) => AsyncGenerator<Page>;
  readonly missing: (chunk: readonly string[], seen: Seen) => readonly string[];
  readonly faultOf: (one: string) => Fault;
  /** Of the records that come, those that were asked for, by their names. */
  readonly isOf?: (chunk: readonly string[]) => (name: unknown) => boolean;
}

const NONE = { nodes: [], parents: [], missing: [], denied: [], stuck: [] } as const;
const EMPTY = { ...NONE, next: null, listed: 0, last: null } as const;

/** Of records that the shop's rules leave out there is nothing to read: they are among those that were not found. */
async function* readWanted(run: Run, step: Step, keys: readonly string[]): AsyncGenerator<Page> {
  const { client, resource, signal } = step;
  const options = { lane: "targeted", signal } as const;
  const { wanted, askedAt, cost } = await sift(client, run.shopId, resource, keys, options);
  // An empty page, for what asking has cost.
  if (askedAt !== null) yield { ...EMPTY, sentAt: askedAt, cost };
  yield* readKeys(client, resource, [...wanted], { ...options, passesOver: passesOver(run) });
}

/** A list of ids or names, chunk by chunk; the cursor is the position in it. */
async function readChunks(run: Run, step: Step, list: readonly string[], asked: Asked): Promise<Stepped> {
  let current = run;
  while ((current.progress.position ?? 0) < list.length) {
    const position = current.progress.position ?? 0;
    const chunk = list.slice(position, position + asked.size);
    const seen: Seen = { found: new Set(), names: new Set() };
    const { doneBefore: done = 0, rejectedBefore: rejected = 0 } = current.progress;
    current = { ...current, done, rejected };
    const isOf = asked.isOf?.(chunk) ?? (() => true);
    for await (const page of asked.read(chunk)) {
      const nodes = page.nodes.filter(({ name }) => isOf(name));
      const ofThese = { ...page, nodes, stuck: page.stuck.filter(({ name }) => isOf(name)) };
      current = await land(current, step, ofThese, seen, {});
    }
    const missing = asked.missing(chunk, seen);
    const isThere = chunk.filter((one) => !missing.includes(one));
    current = await moveOn(current, step, position + chunk.length, missing.map(asked.faultOf), isThere);
    if (isTimeUp(step)) return again(current, step.now());
  }
  return end(current, step);
}

function notFound(resource: ResourceName, key: string): Fault {
  const detail = "Shopify has no such record, does not show it, or the rules leave it out";
  return { resource, key, code: "NOT_FOUND", detail };
}

function nameNotFound(resource: ResourceName, name: string): Fault {
  const detail = `Shopify finds none of the name ${name}, or the rules leave it out`;
  return { resource, key: name, code: NAME_NOT_FOUND, detail };
}

function moveOn(
  run: Run,
  { resource, now }: Step,
  position: number,
  faults: readonly Fault[],
  isThere: readonly string[],
): Promise<Run> {
  const { done: doneBefore, rejected: rejectedBefore } = run;
  const missing = (run.progress.missing ?? 0) + faults.length;
  const progress = { ...run.progress, position, missing, doneBefore, rejectedBefore };
  return inTransaction(async (database) => {
    await recordFaults(database, run.shopId, faults, run.id, now());
    // Ids are settled as they land; of names, only here it is known which are there.
    if (run.request.mode === "names") resolveFaults(database, run.shopId, run.resource, isThere, now());
    else await lookAgain(database, { shopId: run.shopId, resource, keys: faults.map(({ key }) => key!) });
    await announce(database, run.shopId);
    return checkpoint(database, run, { progress }, now());
  });
}

/** By id, each record once, so that the sum stands for as many records. */
export async function readSearch(run: Run, step: Step, search: string): Promise<Stepped> {
  const { client, resource, signal, now } = step;
  if (run.progress.phase === "counting") return endSearch(run, step, search);
  let current = atWalk(run);
  const { walk, after = null } = current.progress;
  const options = { lane: "targeted", signal, passesOver: passesOver(run), after, isById: true } as const;
  const found = pages(client, resource, { ...options, search: searchOfWalk(search, walk!) });
  for await (const page of await ahead(found, () => isTimeUp(step))) {
    const next = stride(current.progress.walk!, page, step.walkMax);
    const phase = page.next === null ? "counting" : "paging";
    current = await land(current, step, page, null, { ...next, phase });
    if (phase === "counting" && !isTimeUp(step)) return endSearch(current, step, search);
    if (isTimeUp(step) || next.walk.walked === 0) break;
  }
  return again(current, now());
}

async function land(
  run: Run,
  { resource, now }: Step,
  page: Page,
  seen: Seen | null,
  cursor: Partial<Progress>,
): Promise<Run> {
  const origin = { kind: "fetch", id: run.id } as const;
  const batch = { shopId: run.shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
  // For ids that name nothing Shopify answers to everybody.
  const isAnswered = run.request.mode !== "ids" || page.nodes.length > 0;
  return inTransaction(async (database) => {
    if (isAnswered) await noteAnswered(database, run.shopId, run.resource);
    const ingested: Ingested = await ingest(database, batch, now());
    await removeAbsent(database, batch, page.parents, now());
    const passed = await noteStuck(database, run, page.stuck, now());
    const others = [...page.parents, ...page.stuck.map(({ gid }) => gid)].map((gid) => keyOfGid(gid, "id"));
    for (const key of [...ingested.keys, ...ingested.rejectedKeys, ...others]) seen?.found.add(key);
    for (const { name } of [...page.nodes, ...page.stuck]) seen?.names.add(plainName(String(name)));
    await recordFaults(database, run.shopId, faultsOfDenials(run.resource, page.denied), run.id, now());
    await announce(database, run.shopId);
    const { ingestStartedAt = page.sentAt } = run.progress;
    const advance = {
      progress: { ...run.progress, ...cursor, ingestStartedAt },
      done: run.done + ingested.landed,
      rejected: run.rejected + ingested.rejected + passed,
      cost: run.cost + page.cost,
    };
    return checkpoint(database, run, advance, now());
  });
}

async function end(run: Run, { now }: Step): Promise<Stepped> {
  const { done, rejected, progress, total } = run;
  // Two records may have one name.
  const sum = done + rejected + (progress.missing ?? 0);
  const ended = await inTransaction(async (database) => {
    const last = sum > (total ?? 0) ? await checkpoint(database, run, { progress, total: sum }, now()) : run;
    return endRun(database, last, endingOf(run), now());
  });
  return { run: ended, next: null };
}

async function endSearch(run: Run, step: Step, search: string): Promise<Stepped> {
  const { client, resource, signal, now } = step;
  const meter = metered(client);
  const after = await countFound(meter.client, resource, search, { lane: "targeted", signal });
  const { done, rejected, progress } = run;
  const expected = expectedOf(progress.countBefore, after);
  const detail = `Shopify finds ${expected}, ${done + rejected} came`;
  const isShort = expected !== null && done + rejected < expected;
  const ending: Ending = isShort ? { state: "incomplete", code: "COUNT_MISMATCH", detail } : endingOf(run);
  const ended = await inTransaction(async (database) =>
    endRun(database, await withTotal(database, charged(run, meter), now()), ending, now()),
  );
  return { run: ended, next: null };
}

function endingOf({ request, rejected, progress: { missing = 0 } }: Run): Ending {
  const code = request.mode === "names" ? NAME_NOT_FOUND : "NOT_FOUND";
  if (missing > 0) return { state: "incomplete", code, detail: String(missing) };
  if (rejected > 0) return { state: "incomplete", code: "RECORDS_REJECTED", detail: String(rejected) };
  return { state: "verified" };
}
