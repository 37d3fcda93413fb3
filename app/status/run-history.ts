// The history of runs as people look through it: filtered, the newest or the oldest first, page by page or all of it for a file. Reads only.
import { isoTime, pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { RUN_ASKERS, RUN_KINDS, RUN_STATES } from "#app/status/choices.ts";
import type { RunAsker } from "#app/status/choices.ts";
import { Filters, placeText } from "#app/status/filters.ts";
import { beyond, orderOf } from "#app/status/keyset.ts";
import { RUN_SORT, RUN_SORT_KEYS, partsOf } from "#app/status/sorts.ts";
import { startOfDay } from "#app/sync/days.ts";
import { RUN_COLUMNS, runView } from "#app/status/runs.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Place, SortKey } from "#app/status/keyset.ts";
import type { RunKind, RunRow, RunState, RunView } from "#app/status/runs.ts";
import type { RunSort } from "#app/status/sorts.ts";

export const RUNS_PER_PAGE = 25;
/** Runs that a file is written from at a time. */
const RUNS_PER_BATCH = 500;

export interface RunFilters {
  readonly resource: ResourceName | null;
  readonly kind: RunKind | null;
  readonly state: RunState | null;
  readonly who: RunAsker | null;
  /** Calendar days in the shop's zone, both included. */
  readonly from: string | null;
  readonly until: string | null;
}

export interface RunQuery {
  readonly filters: RunFilters;
  readonly sort: RunSort;
  readonly after: Place | null;
  /** Names of parameters that were not understood. */
  readonly dropped: readonly string[];
}

/** By when they were asked for: a run that ends keeps its place. */
const ASKED: SortKey = { sql: "created_at", type: "timestamptz" };

/** What a page's address asks for. */
export function runQueryOf(url: string): RunQuery {
  const given = new Filters(url);
  const filters: RunFilters = {
    resource: given.oneOf(
      "resource",
      resources.map(({ name }) => name),
    ),
    kind: given.oneOf("kind", RUN_KINDS),
    state: given.oneOf("state", RUN_STATES),
    who: given.oneOf("who", RUN_ASKERS),
    from: given.day("from"),
    until: given.day("until"),
  };
  const sort = given.sort(RUN_SORT_KEYS, RUN_SORT);
  return { filters, sort, after: given.place(sort, ASKED), dropped: given.dropped };
}

export interface RunPage {
  readonly runs: readonly RunView[];
  /** Where the next page goes on; null on the last. */
  readonly next: string | null;
}

/** Runs that match, by when they were asked for. */
export async function readRunPage(
  shopId: number,
  query: Pick<RunQuery, "filters" | "sort" | "after">,
  timeZone: string,
): Promise<RunPage> {
  const { text, values } = runPageStatement(shopId, query, timeZone);
  const { rows } = await pool.query<RunRow & { readonly asked_at: string }>(text, values);
  const shown = rows.slice(0, RUNS_PER_PAGE);
  const last = shown.at(-1);
  const next =
    rows.length > RUNS_PER_PAGE && last ? placeText(query.sort, { key: last.asked_at, id: last.id }) : null;
  return { runs: shown.map(runView), next };
}

/** All runs that match, in the order of the page, batch by batch. */
export async function* eachRun(
  shopId: number,
  query: Pick<RunQuery, "filters" | "sort">,
  timeZone: string,
): AsyncGenerator<readonly RunDataRow[], void, undefined> {
  for (let after: Place | null = null; ;) {
    const { text, values } = runPageStatement(shopId, { ...query, after }, timeZone, RUNS_PER_BATCH);
    const { rows } = await pool.query<RunRow & RunDataRow>(text, values);
    if (rows.length === 0) return;
    yield rows;
    const last: RunDataRow = rows.at(-1)!;
    after = { key: last.asked_at, id: last.id };
  }
}

export interface RunDataRow extends RunRow {
  /** With microseconds: the place in the list. */
  readonly asked_at: string;
}

/** One row more than a page, to know whether there is another. For EXPLAIN in tests too. */
export function runPageStatement(
  shopId: number,
  { filters, sort, after }: Pick<RunQuery, "filters" | "sort" | "after">,
  timeZone: string,
  rowsMax = RUNS_PER_PAGE + 1,
): { readonly text: string; readonly values: unknown[] } {
  const { resource, kind, state, who, from, until } = filters;
  const { way } = partsOf(sort);
  const values: unknown[] = [shopId];
  const put = (value: unknown) => `$${values.push(value)}`;
  const conditions = ["shop_id = $1"];
  if (resource) conditions.push(`resource = ${put(resource)}`);
  if (kind) conditions.push(`kind = ${put(kind)}::run_kind`);
  if (state) conditions.push(`state = ${put(state)}::run_state`);
  // As its index has it.
  if (who) conditions.push(`split_part(started_by, ':', 1) = ${put(who)}`);
  if (from) conditions.push(`created_at >= ${put(startOfDay(from, timeZone))}`);
  if (until) conditions.push(`created_at < ${put(startOfDay(until, timeZone, 1))}`);
  if (after) conditions.push(beyond(ASKED, "id", way, after, put));
  const text = `
    SELECT ${RUN_COLUMNS},
           ${isoTime("created_at")} AS asked_at
    FROM sync_runs WHERE ${conditions.join(" AND ")}
    ORDER BY ${orderOf(ASKED, "id", way)} LIMIT ${rowsMax}`;
  return { text, values };
}
