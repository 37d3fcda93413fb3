// Runs as people look at them: what is active, what ended last, what happened lately. Reads only.
import { pool } from "#app/db.server.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { EndedRun } from "#app/status/state.ts";
import { percentOf } from "#app/status/state.ts";
import { remainingMs } from "#app/sync/estimate.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Phases } from "#app/sync/run-phases.ts";
import type { Progress } from "#app/sync/runs-states.ts";

/** Per shop there is at most one active run per resource and kind; this only bounds the query. */
const ACTIVE_RUNS_MAX = 100;
/** A rate from less than this says more about the start than about the run. */
const RATE_AFTER_MS = 1_000;

export type RunKind = "backfill" | "targeted" | "catch_up";
export type RunState = "queued" | "running" | "paused" | "verified" | "incomplete" | "failed" | "cancelled";

export interface RunView {
  /** Decimal string: run ids are int8. */
  readonly id: string;
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly state: RunState;
  /** What a running run is doing, a code; null when it has not said. */
  readonly phase: string | null;
  readonly startedBy: string;
  readonly done: number;
  readonly total: number | null;
  readonly rejected: number;
  readonly percent: number | null;
  /** Records per second since records began to arrive; null while unknown. */
  readonly perSecond: number | null;
  /** Time left to the end of the run, all its phases included, as of its last write; null while unknown. */
  readonly etaMs: number | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface LastResult {
  /** Of the runs that speak of the whole resource: full and catching up. */
  readonly last: EndedRun | null;
  /** Of the full ones. */
  readonly lastWhole: EndedRun | null;
  readonly failingSince: Date | null;
}

export interface RunRow {
  readonly id: string;
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly state: RunState;
  readonly started_by: string;
  readonly progress: unknown;
  readonly total: number | null;
  readonly done: number;
  readonly rejected: number;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly stepped_at: Date | null;
  readonly ended_at: Date | null;
  readonly cost: number;
  readonly plan: Plan | null;
  readonly phases: Phases;
}

/** What runView() reads. */
export const RUN_COLUMNS = `id, resource, kind, state, started_by, progress, total, done, rejected, error_code, error_detail,
  created_at, started_at, stepped_at, ended_at, cost, plan, phases`;

/** The active run of each resource; of several, the backfill, since it says most about the resource. */
export async function readActiveRuns(shopId: number): Promise<ReadonlyMap<string, RunView>> {
  const { rows } = await pool.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM sync_runs
     WHERE shop_id = $1 AND state IN ('queued', 'running', 'paused')
     ORDER BY kind = 'backfill', id DESC LIMIT $2`,
    [shopId, ACTIVE_RUNS_MAX],
  );
  return new Map(rows.map((row) => [row.resource, runView(row)]));
}

/**
 * What the latest runs with a result said of each resource, and since when runs have failed without one verified.
 * Runs over chosen records are left out: how they ended says nothing of the resource as a whole.
 */
export async function readLastResults(
  shopId: number,
  resources: readonly ResourceName[],
): Promise<ReadonlyMap<string, LastResult>> {
  const { rows } = await pool.query<LastRow>(
    `SELECT r.name, to_jsonb(latest) AS latest, to_jsonb(whole) AS whole, failing.since
     FROM unnest($2::text[]) AS r(name)
     LEFT JOIN LATERAL (
       SELECT ${RESULT_COLUMNS} FROM sync_runs
       WHERE shop_id = $1 AND resource = r.name AND kind <> 'targeted' AND state IN ('verified', 'incomplete', 'failed')
       ORDER BY id DESC LIMIT 1
     ) AS latest ON true
     LEFT JOIN LATERAL (
       SELECT ${RESULT_COLUMNS} FROM sync_runs
       WHERE shop_id = $1 AND resource = r.name AND kind = 'backfill' AND state IN ('verified', 'incomplete', 'failed')
       ORDER BY id DESC LIMIT 1
     ) AS whole ON true
     LEFT JOIN LATERAL (
       SELECT id FROM sync_runs
       WHERE shop_id = $1 AND resource = r.name AND kind <> 'targeted' AND state = 'verified' ORDER BY id DESC LIMIT 1
     ) AS good ON true
     LEFT JOIN LATERAL (
       SELECT min(ended_at) AS since FROM sync_runs
       WHERE shop_id = $1 AND resource = r.name AND kind <> 'targeted' AND state = 'failed' AND id > coalesce(good.id, 0)
     ) AS failing ON true`,
    [shopId, resources],
  );
  return new Map(
    rows.map(({ name, latest, whole, since }) => [
      name,
      { last: latest, lastWhole: whole, failingSince: since },
    ]),
  );
}

interface LastRow {
  readonly name: string;
  readonly latest: EndedRun | null;
  readonly whole: EndedRun | null;
  readonly since: Date | null;
}

const RESULT_COLUMNS = `state, done, total, error_code AS "errorCode", error_detail AS "errorDetail"`;

/** The latest runs, newest first, whatever became of them. */
export async function readRecentRuns(shopId: number, runsMax: number): Promise<readonly RunView[]> {
  const { rows } = await pool.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM sync_runs WHERE shop_id = $1 ORDER BY id DESC LIMIT $2`,
    [shopId, runsMax],
  );
  return rows.map(runView);
}

export function runView(run: RunRow): RunView {
  const row = { ...run, ...workOf(run) };
  const perSecond = paceOf(row);
  const etaMs = etaOf(run);
  return {
    id: row.id,
    resource: row.resource,
    kind: row.kind,
    state: row.state,
    phase: textIn(row.progress, "phase"),
    startedBy: row.started_by,
    done: row.done,
    total: row.total,
    rejected: row.rejected,
    percent: percentOf(row),
    perSecond,
    etaMs,
    errorCode: row.error_code,
    errorDetail: row.error_detail,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** How much of its present work is done: behind a bulk file, the records whose parts that could not hold. */
function workOf({ progress, state, done, total }: RunRow): Pick<RunRow, "done" | "total"> {
  const isActive = state === "queued" || state === "running" || state === "paused";
  if (!isActive || textIn(progress, "phase") !== "completing") return { done, total };
  return { done: numberIn(progress, "completed") ?? 0, total: numberIn(progress, "toComplete") };
}

/**
 * Pace of a running run. Shopify prepares a bulk file for a while before the first record arrives; that wait would
 * spoil the rate, so it is taken from the moment that the run wrote down as `ingestStartedAt`, where it did; and so would a
 * pause, after which its phase begins anew.
 */
function paceOf(row: RunRow): number | null {
  if (row.state !== "running" || !row.stepped_at || row.done === 0) return null;
  const noted = textIn(row.progress, "ingestStartedAt");
  const first = noted ? Date.parse(noted) : row.started_at?.getTime();
  if (first === undefined || Number.isNaN(first)) return null;
  const { now: present } = row.phases;
  const since = present && RECORDED.has(present.phase) ? Date.parse(present.since) : 0;
  const [from, before] = since > first ? [since, present!.units] : [first, 0];
  const elapsedMs = row.stepped_at.getTime() - from;
  return elapsedMs < RATE_AFTER_MS ? null : (1_000 * (row.done - before)) / elapsedMs;
}

/** Phases that count records. */
const RECORDED: ReadonlySet<string> = new Set(["paging", "fetching", "applying", "completing"]);

function etaOf(row: RunRow): number | null {
  if (row.state !== "running" || !row.stepped_at) return null;
  const { phases, plan, total, done, cost, started_at: startedAt } = row;
  // The row's progress is what the engine wrote.
  const progress = { step: 0, phase: "planning", ...(row.progress as Partial<Progress>) } as const;
  return remainingMs({ progress, phases, plan, total, done, cost, startedAt }, row.stepped_at);
}

function numberIn(json: unknown, field: string): number | null {
  if (typeof json !== "object" || json === null) return null;
  const value: unknown = Reflect.get(json, field);
  return typeof value === "number" ? value : null;
}

function textIn(json: unknown, field: string): string | null {
  if (typeof json !== "object" || json === null) return null;
  const value: unknown = Reflect.get(json, field);
  return typeof value === "string" ? value : null;
}
