// The history of runs as people look through it: filtered, newest first, page by page; and one run with all that is
// known of it. Reads only.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { RUN_KINDS, RUN_STATES } from "#app/status/choices.ts";
import { Filters, cursorText, isId } from "#app/status/filters.ts";
import { startOfDay } from "#app/sync/days.ts";
import { RUN_COLUMNS, runView } from "#app/status/runs.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { ErrorView } from "#app/status/errors.ts";
import type { Cursor } from "#app/status/filters.ts";
import type { RunKind, RunRow, RunState, RunView } from "#app/status/runs.ts";
import type { RunRequest } from "#app/sync/runs.ts";

export const RUNS_PER_PAGE = 25;
/** Errors of a run that its page lists; all of them are on the page of errors. */
export const RUN_ERRORS_MAX = 20;
/** Ids or names of a request that its page lists. */
const REQUEST_LIST_MAX = 20;

export interface RunFilters {
  readonly resource: ResourceName | null;
  readonly kind: RunKind | null;
  readonly state: RunState | null;
  /** Calendar days in the shop's zone, both included. */
  readonly from: string | null;
  readonly until: string | null;
}

export interface RunQuery {
  readonly filters: RunFilters;
  readonly after: Cursor | null;
  /** Names of parameters that were not understood. */
  readonly dropped: readonly string[];
}

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
    from: given.day("from"),
    until: given.day("until"),
  };
  return { filters, after: given.cursor("after"), dropped: given.dropped };
}

export interface RunPage {
  readonly runs: readonly RunView[];
  /** Where the next page goes on; null on the last. */
  readonly next: string | null;
}

/** Runs that match, by when they were asked for, newest first. */
export async function readRunPage(
  shopId: number,
  { filters, after }: Pick<RunQuery, "filters" | "after">,
  timeZone: string,
): Promise<RunPage> {
  const { text, values } = runPageStatement(shopId, filters, after, timeZone);
  const { rows } = await pool.query<RunRow & { readonly asked_at: string }>(text, values);
  const shown = rows.slice(0, RUNS_PER_PAGE);
  const last = shown.at(-1);
  const next = rows.length > RUNS_PER_PAGE && last ? cursorText({ at: last.asked_at, id: last.id }) : null;
  return { runs: shown.map(runView), next };
}

/** One row more than a page, to know whether there is another. For EXPLAIN in tests too. */
export function runPageStatement(
  shopId: number,
  { resource, kind, state, from, until }: RunFilters,
  after: Cursor | null,
  timeZone: string,
): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = [shopId];
  const put = (value: unknown) => `$${values.push(value)}`;
  const conditions = ["shop_id = $1"];
  if (resource) conditions.push(`resource = ${put(resource)}`);
  if (kind) conditions.push(`kind = ${put(kind)}::run_kind`);
  if (state) conditions.push(`state = ${put(state)}::run_state`);
  if (from) conditions.push(`created_at >= ${put(startOfDay(from, timeZone))}`);
  if (until) conditions.push(`created_at < ${put(startOfDay(until, timeZone, 1))}`);
  if (after) conditions.push(`(created_at, id) < (${put(after.at)}::timestamptz, ${put(after.id)}::int8)`);
  const text = `
    SELECT ${RUN_COLUMNS},
           to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS asked_at
    FROM sync_runs WHERE ${conditions.join(" AND ")}
    ORDER BY created_at DESC, id DESC LIMIT ${RUNS_PER_PAGE + 1}`;
  return { text, values };
}

/** What was asked for, cut to what a page shows. */
export type RequestView =
  | { readonly mode: "full" }
  | { readonly mode: "since"; readonly since: Date; readonly until: Date | null }
  | { readonly mode: "created"; readonly from: Date | null; readonly until: Date | null }
  | { readonly mode: "ids" | "names"; readonly listed: readonly string[]; readonly count: number }
  | { readonly mode: "search"; readonly search: string };

export interface RunDetail {
  readonly run: RunView;
  /** Null when it is of a kind that this page does not know. */
  readonly request: RequestView | null;
  /** API points charged. */
  readonly cost: number;
  readonly steppedAt: Date | null;
  /** When the first record arrived. */
  readonly ingestStartedAt: Date | null;
  /** Passing failures since the last step that got on; it tries again by itself. */
  readonly failures: number;
  /** Asked for and not there. */
  readonly missing: number;
  readonly errors: readonly ErrorView[];
  readonly errorsMore: boolean;
}

interface DetailRow extends RunRow {
  readonly request: Partial<RunRequest>;
  readonly cost: number;
}

/** Null when the shop has no such run. @param id as it stands in the address. */
export async function readRunDetail(shopId: number, id: string): Promise<RunDetail | null> {
  if (!isId(id)) return null;
  const [found, errors] = await Promise.all([
    pool.query<DetailRow>(
      `SELECT ${RUN_COLUMNS}, request, cost FROM sync_runs WHERE shop_id = $1 AND id = $2`,
      [shopId, id],
    ),
    pool.query<ErrorView>(
      `SELECT id, resource, record_key AS "recordKey", code, detail, occurred_at AS "occurredAt"
       FROM sync_errors WHERE shop_id = $1 AND run_id = $2 ORDER BY id DESC LIMIT $3`,
      [shopId, id, RUN_ERRORS_MAX + 1],
    ),
  ]);
  const row = found.rows[0];
  if (!row) return null;
  const { ingestStartedAt, failures, missing } = (row.progress ?? {}) as Record<string, unknown>;
  return {
    run: runView(row),
    request: requestView(row.request),
    cost: row.cost,
    steppedAt: row.stepped_at,
    ingestStartedAt: typeof ingestStartedAt === "string" ? new Date(ingestStartedAt) : null,
    failures: typeof failures === "number" ? failures : 0,
    missing: typeof missing === "number" ? missing : 0,
    errors: errors.rows.slice(0, RUN_ERRORS_MAX),
    errorsMore: errors.rows.length > RUN_ERRORS_MAX,
  };
}

function requestView(request: Partial<RunRequest>): RequestView | null {
  switch (request.mode) {
    case "full":
      return { mode: "full" };
    case "since":
      return request.since === undefined
        ? null
        : { mode: "since", since: new Date(request.since), until: dateOf(request.until) };
    case "created":
      return { mode: "created", from: dateOf(request.from), until: dateOf(request.until) };
    case "ids":
      return listView("ids", request.ids ?? []);
    case "names":
      return listView("names", request.names ?? []);
    case "search":
      return request.search === undefined ? null : { mode: "search", search: request.search };
    default:
      return null;
  }
}

function dateOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}

function listView(mode: "ids" | "names", all: readonly string[]): RequestView {
  return { mode, listed: all.slice(0, REQUEST_LIST_MAX), count: all.length };
}
