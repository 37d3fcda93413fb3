// One run with all that is known of it: what was asked, what was expected, what it did phase by phase, what it met, what it
// left open. Reads only.
import { pool } from "#app/db.server.ts";
import { isId } from "#app/status/filters.ts";
import { RUN_COLUMNS, runView } from "#app/status/runs.ts";
import { MET_BY_RUN } from "#app/sync/faults.ts";
import { unitsOf } from "#app/sync/run-phases.ts";
import type { ErrorView } from "#app/status/errors.ts";
import type { RunRow, RunView } from "#app/status/runs.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Phase, Progress, Run, RunRequest } from "#app/sync/runs.ts";

/** Errors of a run that its page lists; all of them are on the page of errors. */
export const RUN_ERRORS_MAX = 20;
/** Ids or names of a request that its page lists. */
const REQUEST_LIST_MAX = 20;
const RUN_HOLES_MAX = 50;

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
  /** Passing failures since the last step that got on; it tries again by itself. */
  readonly failures: number;
  /** No step is taken before this. */
  readonly dueAt: Date | null;
  /** Asked for and not there. */
  readonly missing: number;
  readonly errors: readonly ErrorView[];
  readonly errorsMore: boolean;
  /** What was expected; null where nobody reckoned it. */
  readonly plan: Plan | null;
  /** In the order in which they were first begun; the present one last. */
  readonly phases: readonly PhaseView[];
  readonly notes: readonly NoteView[];
  /** Ground that it left open, and ground of others that it has proven. */
  readonly holes: readonly HoleView[];
  /** Parts that are still to be read, the present one included; 0 where all is read at once. */
  readonly partsLeft: number;
}

export interface PhaseView {
  readonly phase: Phase;
  readonly startedAt: Date;
  /** Null for the present one. */
  readonly endedAt: Date | null;
  /** Time spent in it, without pauses. */
  readonly ms: number;
  readonly units: number;
  readonly cost: number;
  readonly times: number;
}

export interface NoteView {
  readonly seq: number;
  readonly at: Date;
  readonly lastAt: Date;
  readonly times: number;
  readonly code: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

export interface HoleView {
  /** Decimal. */
  readonly id: string;
  /** Null: from the beginning. */
  readonly from: Date | null;
  readonly to: Date;
  readonly reason: string;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly closedAt: Date | null;
  /** The run that proved it. */
  readonly closedBy: string | null;
  /** Left by this run; else closed by it. */
  readonly isOwn: boolean;
}

interface DetailRow extends RunRow {
  readonly request: Partial<RunRequest>;
  readonly due_at: Date | null;
}

/** A run that is in the way of another, with what it was asked for. */
export interface RunAsked extends Pick<RunView, "id" | "resource" | "kind" | "state" | "startedBy"> {
  readonly request: RequestView | null;
}

export function askedOf({ id, resource, kind, state, startedBy, request }: Run): RunAsked {
  return { id: String(id), resource, kind, state, startedBy, request: requestView(request) };
}

/** Null when the shop has no such run. @param id as it stands in the address. */
export async function readRunDetail(shopId: number, id: string): Promise<RunDetail | null> {
  if (!isId(id)) return null;
  const [found, errors, notes, holes] = await Promise.all([
    pool.query<DetailRow>(
      `SELECT ${RUN_COLUMNS}, request, due_at FROM sync_runs WHERE shop_id = $1 AND id = $2`,
      [shopId, id],
    ),
    pool.query<ErrorView>(
      `SELECT e.id, e.resource, e.record_key AS "recordKey", e.code, e.detail, e.occurred_at AS "occurredAt"
       FROM sync_errors e JOIN sync_runs r ON r.id = $2 AND r.shop_id = $1
       WHERE e.shop_id = $1 AND ${MET_BY_RUN} ORDER BY e.id DESC LIMIT $3`,
      [shopId, id, RUN_ERRORS_MAX + 1],
    ),
    pool.query<NoteView>(
      `SELECT seq, at, last_at AS "lastAt", times, code, detail FROM sync_run_notes
       WHERE shop_id = $1 AND run_id = $2 ORDER BY seq`,
      [shopId, id],
    ),
    pool.query<HoleView>(
      `SELECT id, from_at AS "from", to_at AS "to", reason, attempts, next_attempt_at AS "nextAttemptAt",
              closed_at AS "closedAt", closed_by AS "closedBy", run_id = $2 AS "isOwn"
       FROM sync_holes WHERE shop_id = $1 AND (run_id = $2 OR closed_by = $2) ORDER BY id LIMIT $3`,
      [shopId, id, RUN_HOLES_MAX],
    ),
  ]);
  const row = found.rows[0];
  if (!row) return null;
  const { failures, missing, parts } = (row.progress ?? {}) as Record<string, unknown>;
  return {
    run: runView(row),
    request: requestView(row.request),
    cost: row.cost,
    steppedAt: row.stepped_at,
    failures: typeof failures === "number" ? failures : 0,
    dueAt: row.due_at,
    missing: typeof missing === "number" ? missing : 0,
    errors: errors.rows.slice(0, RUN_ERRORS_MAX),
    errorsMore: errors.rows.length > RUN_ERRORS_MAX,
    plan: row.plan,
    phases: phasesOf(row),
    notes: notes.rows,
    holes: holes.rows,
    partsLeft: Array.isArray(parts) && row.state === "running" ? parts.length : 0,
  };
}

function phasesOf({ phases: { ended = {}, now }, stepped_at: steppedAt, progress, done, cost }: DetailRow) {
  const views: PhaseView[] = Object.entries(ended).map(([phase, time]) => ({
    ...time,
    phase: phase as Phase,
    startedAt: new Date(time.startedAt),
    endedAt: new Date(time.endedAt),
  }));
  views.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  if (!now) return views;
  const since = new Date(now.since);
  // The row's progress is what the engine wrote.
  const units = unitsOf(now.phase, { progress: progress as Progress, done }) - now.units;
  const ms = Math.max(0, (steppedAt ?? since).getTime() - since.getTime());
  const present = { phase: now.phase, startedAt: since, endedAt: null, times: 1 };
  return [...views, { ...present, ms, units, cost: cost - now.cost }];
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
