// Targeted runs: reads chosen records, by id, by order name or by a Shopify search, batch after batch with a stored
// cursor.
import { inTransaction } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import { Permanent } from "#app/shopify/errors.ts";
import { metered } from "#app/shopify/metered.ts";
import { pages } from "#app/shopify/pages.ts";
import { anyOf } from "#app/shopify/search.ts";
import { noteBlocked, readCount } from "#app/sync/counts.ts";
import { readKeys } from "#app/sync/ingest-keys.ts";
import { isOn } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { sift } from "#app/sync/sift.ts";
import { faultsOfDenials, ingest, recordFaults } from "#app/sync/ingest.ts";
import { isId, isStorable } from "#app/sync/stored-forms.ts";
import { again, isTimeUp } from "#app/sync/runs-step.ts";
import { announce, checkpoint, createRun, endRun } from "#app/sync/runs.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { Fault, Ingested } from "#app/sync/ingest.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Created, Ending, Progress, Run, RunKind, RunRequest } from "#app/sync/runs.ts";

/** Ids between two stored cursors; a run has as many such chunks as it takes. */
const IDS_PER_CHUNK = 250;
/** Ids or names of one run: its request is a row of the database. */
export const RUN_IDS_MAX = 50_000;
/** A search for more names than this is longer than Shopify's parser likes. */
const NAMES_PER_SEARCH = 50;
/** Shopify's lists end here, however much there is. */
const LIST_MAX = 25_000;

/** What is asked for decides what kind of run it becomes. */
const KINDS: Readonly<Record<RunRequest["mode"], RunKind>> = {
  full: "backfill",
  since: "catch_up",
  created: "targeted",
  ids: "targeted",
  names: "targeted",
  search: "targeted",
};

/**
 * Creates the run for a person's, an app's or the schedule's request. While one of the same resource and kind is active
 * that one is given back, and `isNew` is false.
 * @throws RangeError when the request is empty, too large, or one that the resource does not know; ResourceOff.
 */
export async function requestSync(
  shopId: number,
  name: ResourceName,
  request: RunRequest,
  startedBy: string,
  now = new Date(),
  plan: Plan | null = null,
): Promise<Created> {
  const checked = checkRequest(name, request);
  const wanted = { resource: name, kind: KINDS[request.mode], request: checked, startedBy, plan };
  if (!isOn(await readRules(shopId), name)) throw new ResourceOff(name);
  return inTransaction((client) => createRun(client, shopId, wanted, now));
}

/** The shop's rules leave the resource out. */
export class ResourceOff extends RangeError {
  override readonly name = "ResourceOff";
  constructor(resource: ResourceName) {
    super(`${resource} are switched off in the settings`);
  }
}

/** The request as it is stored, in one form. @throws RangeError as requestSync. */
export function checkRequest(name: ResourceName, request: RunRequest): RunRequest {
  const resource = resourceOf(name);
  switch (request.mode) {
    case "ids": {
      const keys = [...new Set(request.ids.map((id) => keyOf(id, resource.type)))];
      return { mode: "ids", ids: within(keys, "ids") };
    }
    case "names":
      if (name !== "orders") throw new RangeError(`${name} have no names to search by`);
      return { mode: "names", names: within([...new Set(request.names)].map(plain), "names") };
    case "search":
      if (resource.list.within) throw new RangeError(`Shopify does not search ${name}`);
      if (request.search.trim() === "") throw new RangeError("the search is empty");
      return { mode: "search", search: plain(request.search) };
    case "since":
      if (!resource.cursor) throw new RangeError(`Shopify does not tell which ${name} changed since a time`);
      return {
        mode: "since",
        since: timeOf(request.since),
        ...(request.until === undefined ? {} : { until: timeOf(request.until) }),
      };
    case "created": {
      if (!resource.created) throw new RangeError(`Shopify does not tell when ${name} were created`);
      const { from, until } = request;
      if (from === undefined && until === undefined)
        throw new RangeError("a range of time has a beginning or an end");
      const range = {
        ...(from === undefined ? {} : { from: timeOf(from) }),
        ...(until === undefined ? {} : { until: timeOf(until) }),
      };
      if (range.from !== undefined && range.until !== undefined && range.from >= range.until)
        throw new RangeError("a range of time ends after it begins");
      return { mode: "created", ...range };
    }
    case "full":
      return request;
  }
}

function keyOf(id: string, type: string): string {
  const key = /^(?:gid:\/\/shopify\/(\w+)\/)?(\d{1,19}(?::\d{1,19})?)$/.exec(id.trim());
  if (!key?.[2] || (key[1] !== undefined && key[1] !== type))
    throw new RangeError(`${id} is no id of this resource`);
  if (!key[2].split(":").every(isId)) throw new RangeError(`${id} is too large for an id, or zero`);
  return key[2];
}

function plain(text: string): string {
  if (!isStorable(text)) throw new RangeError(`${JSON.stringify(text)} holds characters that no text can`);
  return text;
}

function timeOf(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new RangeError(`${text} is no time`);
  return new Date(at).toISOString();
}

function within(list: readonly string[], what: string): readonly string[] {
  if (list.length === 0) throw new RangeError(`no ${what} were given`);
  if (list.length > RUN_IDS_MAX) throw new RangeError(`at most ${RUN_IDS_MAX} ${what} a run`);
  return list;
}

/** Works on the run until its step's time is up or it has ended. @throws as advanceBackfill. */
export async function advanceTargeted(run: Run, step: Step): Promise<Stepped> {
  const { request } = run;
  const planned = run.progress.phase === "planning" ? await plan(run, step) : run;
  switch (request.mode) {
    case "ids":
      return readChunks(planned, step, request.ids, IDS_PER_CHUNK, (keys) =>
        readWanted(planned.shopId, step, keys),
      );
    case "names":
      return readChunks(planned, step, request.names, NAMES_PER_SEARCH, (names) =>
        pages(step.client, step.resource, {
          lane: "targeted",
          signal: step.signal,
          search: anyOf("name", names),
        }),
      );
    case "search":
      return readSearch(planned, step, request.search);
    case "since":
    case "created":
    case "full":
      throw new RangeError(`run ${run.id} is no list of records`);
  }
}

/** Of records that the shop's rules leave out there is nothing to read: they are among those that were not found. */
async function* readWanted(shopId: number, step: Step, keys: readonly string[]): AsyncGenerator<Page> {
  const { client, resource, signal } = step;
  const options = { lane: "targeted", signal } as const;
  const { wanted, askedAt, cost } = await sift(client, shopId, resource, keys, options);
  // An empty page, for what asking has cost.
  if (askedAt !== null)
    yield { nodes: [], parents: [], missing: [], denied: [], sentAt: askedAt, cost, next: null };
  yield* readKeys(client, resource, [...wanted], options);
}

async function plan(run: Run, { client, resource, signal, now }: Step): Promise<Run> {
  const { request } = run;
  const meter = metered(client);
  const isList = request.mode === "ids" || request.mode === "names";
  const search = request.mode === "search" ? request.search : "";
  const total = isList
    ? (request.mode === "ids" ? request.ids : request.names).length
    : await readCount(meter.client, resource, { lane: "targeted", signal, search });
  if (!isList && total !== null && total > LIST_MAX) {
    throw new Permanent(
      "TOO_MANY",
      `the search finds ${total} records, and Shopify lists no more than ${LIST_MAX}`,
    );
  }
  const progress = { phase: isList ? "fetching" : "paging", position: 0, missing: 0, after: null } as const;
  return inTransaction(async (database) => {
    await noteBlocked(database, run.shopId, run.resource, null);
    await announce(database, run.shopId);
    return checkpoint(database, run, { progress, total, cost: run.cost + meter.points }, now());
  });
}

/** A list of ids or names, chunk by chunk; the cursor is the position in it. */
async function readChunks(
  run: Run,
  step: Step,
  list: readonly string[],
  size: number,
  read: (chunk: readonly string[]) => AsyncGenerator<Page>,
): Promise<Stepped> {
  let current = run;
  while ((current.progress.position ?? 0) < list.length) {
    const position = current.progress.position ?? 0;
    const chunk = list.slice(position, position + size);
    const found = new Set<string>();
    const { doneBefore: done = 0, rejectedBefore: rejected = 0 } = current.progress;
    current = { ...current, done, rejected };
    for await (const page of read(chunk)) current = await land(current, step, page, found, {});
    const isNamed = run.request.mode === "names";
    // Names are not keys: how many came tells how many did not.
    const missing = isNamed ? [] : chunk.filter((key) => !found.has(key));
    const lost = isNamed ? Math.max(0, chunk.length - found.size) : missing.length;
    const faults = missing.map((key) => notFound(run.resource, key));
    current = await moveOn(current, step, position + chunk.length, lost, faults);
    if (isTimeUp(step)) return again(current, step.now());
  }
  return end(current, step);
}

function notFound(resource: ResourceName, key: string): Fault {
  return {
    resource,
    key,
    code: "NOT_FOUND",
    detail: "Shopify has no such record, does not show it, or the rules leave it out",
  };
}

function moveOn(
  run: Run,
  { now }: Step,
  position: number,
  lost: number,
  faults: readonly Fault[],
): Promise<Run> {
  const { done: doneBefore, rejected: rejectedBefore } = run;
  const missing = (run.progress.missing ?? 0) + lost;
  const progress = { ...run.progress, position, missing, doneBefore, rejectedBefore };
  return inTransaction(async (database) => {
    await recordFaults(database, run.shopId, faults, run.id, now());
    await announce(database, run.shopId);
    return checkpoint(database, run, { progress }, now());
  });
}

async function readSearch(run: Run, step: Step, search: string): Promise<Stepped> {
  const { client, resource, signal, now } = step;
  let current = run;
  const after = run.progress.after ?? null;
  // Without a sort key the list's own order has to do; what moves meanwhile is announced by its webhook.
  for await (const page of pages(client, resource, {
    lane: "targeted",
    signal,
    search,
    after,
    isSorted: true,
  })) {
    current = await land(current, step, page, new Set(), { after: page.next });
    if (page.next === null) return end(current, step);
    if (isTimeUp(step)) break;
  }
  return again(current, now());
}

async function land(
  run: Run,
  { resource, now }: Step,
  page: Page,
  found: Set<string>,
  cursor: Partial<Progress>,
): Promise<Run> {
  const origin = { kind: "fetch", id: run.id } as const;
  const batch = { shopId: run.shopId, resource, nodes: page.nodes, origin, observedAt: page.sentAt };
  return inTransaction(async (database) => {
    const ingested: Ingested = await ingest(database, batch, now());
    for (const key of [...ingested.keys, ...ingested.rejectedKeys]) found.add(key);
    await recordFaults(database, run.shopId, faultsOfDenials(run.resource, page.denied), run.id, now());
    await announce(database, run.shopId);
    const { ingestStartedAt = page.sentAt } = run.progress;
    const advance = {
      progress: { ...run.progress, ...cursor, ingestStartedAt },
      done: run.done + ingested.landed,
      rejected: run.rejected + ingested.rejected,
      cost: run.cost + page.cost,
    };
    return checkpoint(database, run, advance, now());
  });
}

async function end(run: Run, { now }: Step): Promise<Stepped> {
  const ended = await inTransaction((database) => endRun(database, run, endingOf(run), now()));
  return { run: ended, next: null };
}

function endingOf({ rejected, progress: { missing = 0 } }: Run): Ending {
  if (missing > 0) return { state: "incomplete", code: "NOT_FOUND", detail: String(missing) };
  if (rejected > 0) return { state: "incomplete", code: "RECORDS_REJECTED", detail: String(rejected) };
  return { state: "verified" };
}
