// Runs: pieces of sync work with progress and an end state. This file owns the sync_runs rows: how a run comes to be, how
// people steer it, and the fenced write by which a step moves it on. What a step does is not known here.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { backfillOrder } from "#app/resources/index.ts";
import { Permanent } from "#app/shopify/errors.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { settleGround } from "#app/sync/holes.ts";
import { isKnown } from "#app/sync/known.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { leavePhase, phasesAfter } from "#app/sync/run-phases.ts";
import { AT_ONCE, COLUMNS, RUNS_CHANNEL, announce, fromRow, ring } from "#app/sync/runs-rows.ts";
import { isOn } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { ARROWS } from "#app/sync/runs-states.ts";
import { callOffRuns, cancelRun, pauseRun, resumeRun } from "#app/sync/runs-steer.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { RunRow } from "#app/sync/runs-rows.ts";
import type { EndState, Progress, Run, RunKind, RunRequest } from "#app/sync/runs-states.ts";

export { ARROWS, RUNS_CHANNEL, announce, callOffRuns, cancelRun, pauseRun, resumeRun };
export type { Steered } from "#app/sync/runs-steer.ts";
export type * from "#app/sync/runs-states.ts";

/** Somebody else moved the run on, paused or cancelled it. Nothing is wrong: this step's work is rolled back. */
export class RunMoved extends Error {
  override readonly name = "RunMoved";
}

export interface NewRun {
  readonly resource: ResourceName;
  readonly kind: RunKind;
  readonly request: RunRequest;
  /** "install", "schedule", "user:<id>", "api". */
  readonly startedBy: string;
  /** What whoever asked was shown. */
  readonly plan?: Plan | null;
  readonly from?: Beginning;
}

/** Where a run takes up that does not begin at the beginning. */
export interface Beginning {
  readonly progress: Omit<Progress, "step">;
  readonly total: number | null;
  readonly done: number;
  readonly rejected: number;
}

export interface Created {
  readonly run: Run;
  /** False when a run of this resource and kind was active already: `run` is that one, and nothing was changed. */
  readonly isNew: boolean;
}

/**
 * Creates a run and rings for its first step, in the caller's transaction. One active run per resource and kind (I7).
 * @throws Permanent SHOP_GONE for a shop that was erased (I8).
 */
export async function createRun(
  client: PoolClient,
  shopId: number,
  wanted: NewRun,
  now: Date,
): Promise<Created> {
  const { resource, kind, request, startedBy, plan = null, from } = wanted;
  const { rows } = await client.query<RunRow>(
    `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by, created_at, plan,
       progress, total, done, rejected)
     SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM shops WHERE id = $1 FOR KEY SHARE
     ON CONFLICT (shop_id, resource, kind) WHERE state IN ('queued', 'running', 'paused') DO NOTHING
     RETURNING ${COLUMNS}`,
    [
      shopId,
      resource,
      kind,
      JSON.stringify(request),
      startedBy,
      now,
      plan && JSON.stringify(plan),
      JSON.stringify(from?.progress ?? {}),
      from?.total ?? null,
      from?.done ?? 0,
      from?.rejected ?? 0,
    ],
  );
  if (rows[0]) {
    await ring(client, rows[0].id);
    await announce(client, shopId);
    return { run: fromRow(rows[0]), isNew: true };
  }
  const active = await client.query<RunRow>(
    `SELECT ${COLUMNS} FROM sync_runs
     WHERE shop_id = $1 AND resource = $2 AND kind = $3 AND state IN ('queued', 'running', 'paused')`,
    [shopId, resource, kind],
  );
  if (active.rows[0]) return { run: fromRow(active.rows[0]), isNew: false };
  const { rowCount } = await client.query("SELECT FROM shops WHERE id = $1", [shopId]);
  if (rowCount === 0) throw new Permanent("SHOP_GONE", `shop ${shopId} is not there, or no more`);
  // It ended between the two statements: then there is room now.
  return createRun(client, shopId, wanted, now);
}

/**
 * One full run per resource that is switched on, each after those that it builds on. Resources whose backfill is active
 * already are left alone.
 */
export async function startBackfills(
  shopId: number,
  startedBy: string,
  now = new Date(),
): Promise<Created[]> {
  return inTransaction(async (client) => {
    const created: Created[] = [];
    const rules = await readRules(shopId, client);
    for (const name of backfillOrder()) {
      if (!isOn(rules, name)) continue;
      const wanted = { resource: name, kind: "backfill", request: { mode: "full" }, startedBy } as const;
      created.push(await createRun(client, shopId, wanted, now));
    }
    return created;
  });
}

/** Null when there is none. Every shop's: the caller checks whose it is. */
export async function readRun(id: bigint): Promise<Run | null> {
  const { rows } = await pool.query<RunRow>(`SELECT ${COLUMNS} FROM sync_runs WHERE id = $1`, [String(id)]);
  return rows[0] ? fromRow(rows[0]) : null;
}

export interface Begun {
  readonly run: Run;
  /** When the step before this one began, where it came to no end of its own. */
  readonly diedAt: Date | null;
}

/**
 * Takes a run up for a step: queued becomes running. Null when it is paused, has ended, is to wait, is another version's, or
 * its shop's runs are held.
 */
export async function beginStep(id: bigint, now: Date): Promise<Begun | null> {
  const columns = COLUMNS.replaceAll(/\w+/g, "r.$&");
  const { rows } = await pool.query<RunRow & { readonly died_at: Date | null }>(
    `UPDATE sync_runs r SET state = 'running', started_at = coalesce(r.started_at, $2), stepping_at = $2
     FROM (SELECT id, stepping_at FROM sync_runs WHERE id = $1 FOR UPDATE) before
     WHERE r.id = before.id AND r.state IN ('queued', 'running') AND (r.due_at IS NULL OR r.due_at <= $2)
       AND ${notHeld("r.shop_id", "runs")} AND ${isKnown("r.resource")}
     RETURNING ${columns}, before.stepping_at AS died_at`,
    [String(id), now],
  );
  return rows[0] ? { run: fromRow(rows[0]), diedAt: rows[0].died_at } : null;
}

/**
 * The step that began at `began` has come to its end, whatever that was. The next one is not taken before `dueAt`, whoever
 * rings: a job that came while this one failed must not cut its wait short. AT_ONCE is stronger.
 */
export async function leaveStep(id: bigint, began: Date, dueAt: Date | null): Promise<void> {
  await pool.query(
    "UPDATE sync_runs SET stepping_at = NULL, due_at = $3 WHERE id = $1 AND stepping_at = $2",
    [String(id), began, dueAt],
  );
}

/** What a step changes. Numbers are the new values, not differences. */
export interface Advance {
  readonly progress: Omit<Progress, "step">;
  readonly total?: number | null;
  readonly done?: number;
  readonly rejected?: number;
  readonly cost?: number;
  /** Kept where there is none yet: what was promised first is what the outcome is held against. */
  readonly plan?: Plan;
}

/**
 * Moves the run's cursor in the transaction of the rows that it stands for (I4). Only the step that read the present
 * cursor can move it, so of two workers on one run one is rolled back.
 * @throws RunMoved
 */
export async function checkpoint(client: PoolClient, run: Run, advance: Advance, now: Date): Promise<Run> {
  const { total = run.total, done = run.done, rejected = run.rejected, cost = run.cost } = advance;
  const progress = { ...advance.progress, ...UNTROUBLED, step: run.progress.step + 1 };
  const phases = phasesAfter(run.phases, run, { ...run, progress, done, cost }, now);
  return fenced(
    client,
    run,
    `UPDATE sync_runs SET progress = $3, total = $4, done = $5, rejected = $6, cost = $7, stepped_at = $8,
       phases = $9, plan = coalesce(plan, $10)`,
    [
      JSON.stringify(progress),
      total,
      done,
      rejected,
      cost,
      now,
      JSON.stringify(phases),
      advance.plan ? JSON.stringify(advance.plan) : null,
    ],
  );
}

/** Getting on ends a row of failures. */
const UNTROUBLED = { failures: 0, crashes: 0, deaths: 0 } as const;

/** Notes that a step has failed; the cursor stays. @throws RunMoved */
export async function noteTrouble(
  client: PoolClient,
  run: Run,
  trouble: Readonly<Record<"failures", number> | Record<"crashes", number> | Record<"deaths", number>>,
  now: Date,
): Promise<Run> {
  const progress = { ...run.progress, ...trouble, step: run.progress.step + 1 };
  return fenced(client, run, "UPDATE sync_runs SET progress = $3, stepped_at = $4", [
    JSON.stringify(progress),
    now,
  ]);
}

export interface Ending {
  readonly state: EndState;
  /** Why it is not verified: a code that the interface has a sentence for, and the particulars. */
  readonly code?: string;
  readonly detail?: string;
}

/** Ends a run, and notes what its end means for the ground that it was to read. @throws RunMoved */
export async function endRun(client: PoolClient, run: Run, ending: Ending, now: Date): Promise<Run> {
  if (!ARROWS.running.includes(ending.state))
    throw new RangeError(`a running run does not become ${ending.state}`);
  const ended = await fenced(
    client,
    run,
    `UPDATE sync_runs SET state = $3, error_code = $4, error_detail = $5, ended_at = $6, stepped_at = $6, phases = $7`,
    [
      ending.state,
      ending.code ?? null,
      ending.detail ?? null,
      now,
      JSON.stringify(leavePhase(run.phases, run, now)),
    ],
  );
  await noteRun(client, run, "ended", { state: ending.state, code: ending.code ?? null }, now);
  await settleGround(client, ended, ending, now);
  await announce(client, run.shopId);
  return ended;
}

async function fenced(client: PoolClient, run: Run, update: string, values: unknown[]): Promise<Run> {
  const { rows } = await client.query<RunRow>(
    `${update} WHERE id = $1 AND state = 'running' AND coalesce((progress->>'step')::int, 0) = $2
     RETURNING ${COLUMNS}`,
    [String(run.id), run.progress.step, ...values],
  );
  if (!rows[0]) throw new RunMoved(`run ${run.id} was moved by somebody else`);
  return fromRow(rows[0]);
}

/**
 * A bulk operation has finished: its run need not wait for the next look. In the caller's transaction.
 * @returns whether a run had asked for it; one that has heard of its end already may wait for something else.
 */
export async function nudge(client: PoolClient, shopId: number, bulkOperationId: string): Promise<boolean> {
  const { rows } = await client.query<{ id: string }>(
    `WITH ours AS (
       SELECT id, progress->>'phase' AS phase FROM sync_runs
       WHERE shop_id = $1 AND state = 'running' AND progress->'bulk'->>'id' = $2
     ), rung AS (
       UPDATE sync_runs r SET ${AT_ONCE} FROM ours WHERE r.id = ours.id AND ours.phase = 'waiting'
     ) SELECT id FROM ours`,
    [shopId, bulkOperationId],
  );
  for (const { id } of rows) await ring(client, id);
  return rows.length > 0;
}
