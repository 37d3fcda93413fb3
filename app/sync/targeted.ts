// Targeted runs: what may be asked for, in which form it is stored, and how such a run goes on: by id, by order name or by
// a Shopify search.
import { inTransaction } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import { metered } from "#app/shopify/metered.ts";
import { group, isBalanced } from "#app/shopify/search.ts";
import { isOn } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { announce, checkpoint, createRun } from "#app/sync/runs.ts";
import { countFound } from "#app/sync/searches.ts";
import { isId, isStorable } from "#app/sync/stored-forms.ts";
import { plainName, readIds, readNames, readSearch } from "#app/sync/targeted-reading.ts";
import { WALK_BEGUN } from "#app/sync/walk.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Created, Run, RunKind, RunRequest } from "#app/sync/runs.ts";

/** Ids or names of one run: its request is a row of the database. */
export const RUN_IDS_MAX = 50_000;

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
      return { mode: "names", names: within(eachOnce(request.names).map(plain), "names") };
    case "search":
      if (resource.list.within) throw new RangeError(`Shopify does not search ${name}`);
      if (request.search.trim() === "") throw new RangeError("the search is empty");
      if (!isBalanced(request.search))
        throw new RangeError("the search has a parenthesis or a quote that is not closed");
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

/** "#1001" and "1001" are one name. */
function eachOnce(names: readonly string[]): readonly string[] {
  return [
    ...new Map(names.map((name) => [plainName(name), name] as const).toReversed()).values(),
  ].toReversed();
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
      return readIds(planned, step, request.ids);
    case "names":
      return readNames(planned, step, request.names);
    case "search":
      return readSearch(planned, step, group(request.search));
    case "since":
    case "created":
    case "full":
      throw new RangeError(`run ${run.id} is no list of records`);
  }
}

async function plan(run: Run, { client, resource, signal, now }: Step): Promise<Run> {
  const { request } = run;
  const meter = metered(client);
  const isList = request.mode === "ids" || request.mode === "names";
  const search = request.mode === "search" ? group(request.search) : "";
  const total = isList
    ? (request.mode === "ids" ? request.ids : request.names).length
    : await countFound(meter.client, resource, search, { lane: "targeted", signal });
  const progress = {
    phase: isList ? "fetching" : "paging",
    ...{ position: 0, missing: 0, after: null },
    ...(isList ? {} : { countBefore: total, walk: WALK_BEGUN }),
  } as const;
  return inTransaction(async (database) => {
    await announce(database, run.shopId);
    return checkpoint(database, run, { progress, total, cost: run.cost + meter.points }, now());
  });
}
