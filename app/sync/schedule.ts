// Decides what follows a step of a run: the next step, when, or the end. Here and nowhere else an error becomes a
// decision: Transient waits longer each time, Throttled waits as long as Shopify says, Permanent ends the run, anything
// else is a bug and is thrown on.
import { inTransaction, isPassing, pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { holderOf } from "#app/resources/index.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { advanceBackfill } from "#app/sync/backfill.ts";
import { callOffOperation } from "#app/sync/backfill-operation.ts";
import { advanceCatchUp } from "#app/sync/catch-up.ts";
import { noteBlocked } from "#app/sync/counts.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { isKnown } from "#app/sync/known.ts";
import { clearStaged } from "#app/sync/ingest-staging.ts";
import { DETAIL_CHARS_MAX, recordFaults } from "#app/sync/faults.ts";
import { isOn, resourceUnder } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { STEP_MS_MAX, again } from "#app/sync/runs-step.ts";
import { noteRun, shortened } from "#app/sync/run-notes.ts";
import { RunMoved, announce, beginStep, endRun, leaveStep, noteTrouble, readRun } from "#app/sync/runs.ts";
import { storable } from "#app/sync/stored-forms.ts";
import { advanceTargeted } from "#app/sync/targeted.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Step, Stepped } from "#app/sync/runs-step.ts";
import type { Ending, Run, RunKind } from "#app/sync/runs.ts";

/**
 * Seconds before the next attempt after a passing failure; any success starts over.
 * failure:      1   2   3    4    5     6     7     8      9     10
 * cumulative:  1s  3s  8s  18s  48s  1m48  3m48  8m48  18m48  33m48   then the run fails.
 */
const RETRY_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 900] as const;
/** In a row. A bug rarely heals by itself, but what looks like one may have been a race or a lost connection. */
const CRASHES_MAX = 3;
/** In a row, too. A restart may take several steps with it; but a run that brings down whoever steps it must not do so for ever. */
const DEATHS_MAX = 5;
/** Until a read that has to be behind another one looks again. */
const HOLDER_WAIT_MS = 5_000;

export interface StepContext {
  /** The worker's: sync does not know how a shop's token is come by. */
  readonly clientFor: (shopDomain: string) => Promise<Client>;
  /** Aborted when the worker stops. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly newestFirstMin?: number;
  readonly walkMax?: number;
}

/**
 * Takes one step of the run, of some seconds at most.
 * @returns when the next one is due; null when there is none: it has ended, is paused, or another worker is at it.
 */
export async function stepRun(id: bigint, context: StepContext): Promise<Date | null> {
  const began = context.now();
  const step = await beginStep(id, began);
  if (!step) return withoutStep(id, context);
  const { run, diedAt } = step;
  let due: Date | null = null;
  try {
    // Sooner than that, two workers have met.
    const hasDied = diedAt !== null && began.getTime() - diedAt.getTime() >= STEP_MS_MAX;
    const alive = hasDied ? await takeUp(run, began) : run;
    if (!alive) return null;
    const { next } = await advance(alive, context);
    due = next;
  } catch (error) {
    // What this step had begun at Shopify, whoever ended the run did not know.
    if (error instanceof RunMoved) return withoutStep(id, context);
    due = context.signal.aborted ? context.now() : await decide(id, error, context.now());
  } finally {
    await leaveStep(id, began, due).catch((error: unknown) =>
      log.warn({ err: error }, "a step's end was not noted"),
    );
  }
  return due;
}

/** The step before came to no end of its own. Null where that has happened too often. */
async function takeUp(run: Run, now: Date): Promise<Run | null> {
  await noteRun(null, run, "taken_up", {}, now);
  const deaths = (run.progress.deaths ?? 0) + 1;
  if (deaths < DEATHS_MAX) return inTransaction((database) => noteTrouble(database, run, { deaths }, now));
  const detail = `${deaths} times in a row, the worker died while it was at the same step`;
  await fail(run, { state: "failed", code: "WORKER_DIED", detail }, now);
  return null;
}

/** There is none to take: not yet, which is when it is due, or not any more. */
async function withoutStep(id: bigint, context: StepContext): Promise<Date | null> {
  const run = await readRun(id);
  if (run?.state === "cancelled") await clearUp(run, context);
  const isActive = run?.state === "queued" || run?.state === "running";
  return isActive && run.dueAt !== null && run.dueAt > context.now() ? run.dueAt : null;
}

/** Runs whose next step is due: what a lost job or a lost ring left behind is among them. */
export async function runsToStep(now: Date): Promise<bigint[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM sync_runs r WHERE state IN ('queued', 'running') AND (due_at IS NULL OR due_at <= $1)
       AND ${notHeld("r.shop_id", "runs")} AND ${isKnown("r.resource")} ORDER BY id`,
    [now],
  );
  return rows.map(({ id }) => BigInt(id));
}

async function advance(run: Run, context: StepContext): Promise<Stepped> {
  const { clientFor, signal, now, newestFirstMin, walkMax } = context;
  const { rows } = await pool.query<{ domain: string }>(
    "SELECT domain FROM shops WHERE id = $1 AND uninstalled_at IS NULL",
    [run.shopId],
  );
  const [shop] = rows;
  if (!shop) throw new Permanent("UNINSTALLED", "the store has uninstalled the app");
  const rules = await readRules(run.shopId);
  if (!isOn(rules, run.resource)) throw new Permanent("RESOURCE_OFF", "it was switched off in the settings");
  const step: Step = {
    client: await clientFor(shop.domain),
    resource: resourceUnder(rules, run.resource, now()),
    signal,
    until: new Date(now().getTime() + STEP_MS_MAX),
    now,
    newestFirstMin,
    walkMax,
  };
  if (run.kind === "backfill" && (await isHolderBeingRead(run, step.resource)))
    return again(run, new Date(now().getTime() + HOLDER_WAIT_MS));
  // A window of creation is read as a whole resource is.
  if (run.request.mode === "created") return advanceBackfill(run, step);
  return ADVANCE[run.kind](run, step);
}

/** Of what goes with records that the rules choose, only what they have brought is taken: they are read first. */
async function isHolderBeingRead({ shopId }: Run, resource: Resource): Promise<boolean> {
  const holder = resource.isHeldOnly ? holderOf(resource) : null;
  if (!holder) return false;
  const { rowCount } = await pool.query(
    `SELECT FROM sync_runs WHERE shop_id = $1 AND resource = $2 AND kind = 'backfill'
       AND state IN ('queued', 'running', 'paused') LIMIT 1`,
    [shopId, holder.name],
  );
  return rowCount !== 0;
}

const ADVANCE: Readonly<Record<RunKind, (run: Run, step: Step) => Promise<Stepped>>> = {
  backfill: advanceBackfill,
  catch_up: advanceCatchUp,
  targeted: advanceTargeted,
};

async function decide(id: bigint, error: unknown, now: Date): Promise<Date | null> {
  const run = await readRun(id);
  if (run?.state !== "running") return null;
  if (error instanceof Throttled) {
    log.info({ runId: String(id), retryAt: error.retryAt }, "a run waits: %s", error.message);
    const seconds = Math.max(1, Math.round((error.retryAt.getTime() - now.getTime()) / 1_000));
    await noteRun(null, run, "waits", { seconds, detail: shortened(error.message) }, now);
    return error.retryAt;
  }
  if (error instanceof Transient || isPassing(error)) return retryLater(run, error, now);
  if (error instanceof Permanent) {
    await fail(run, { state: "failed", code: error.code, detail: error.message }, now);
    return null;
  }
  await noteCrash(run, error, now);
  throw error;
}

async function retryLater(run: Run, error: unknown, now: Date): Promise<Date | null> {
  const failures = run.progress.failures ?? 0;
  const seconds = RETRY_SECONDS[failures];
  log.warn({ err: error, runId: String(run.id), failures }, "a step of a run failed for now");
  if (seconds === undefined) {
    await fail(run, { state: "failed", code: "UNREACHABLE", detail: wordsOf(error) }, now);
    return null;
  }
  await note(run, { failures: failures + 1 }, now);
  await noteRun(null, run, "retried", { seconds, detail: shortened(wordsOf(error)) }, now);
  return new Date(now.getTime() + seconds * 1_000);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function noteCrash(run: Run, error: unknown, now: Date): Promise<void> {
  const crashes = (run.progress.crashes ?? 0) + 1;
  log.error({ err: error, runId: String(run.id), crashes }, "a step of a run crashed");
  const detail = wordsOf(error);
  if (crashes >= CRASHES_MAX) await fail(run, { state: "failed", code: "BUG", detail }, now);
  else await note(run, { crashes }, now);
  await noteRun(null, run, "crashed", { detail: shortened(detail) }, now);
}

async function note(run: Run, trouble: Parameters<typeof noteTrouble>[2], now: Date): Promise<void> {
  await unlessMoved(() => inTransaction((database) => noteTrouble(database, run, trouble, now)));
}

async function fail(run: Run, failure: Ending & { code: string; detail: string }, now: Date): Promise<void> {
  const { code } = failure;
  const detail = storable(failure.detail, DETAIL_CHARS_MAX);
  await unlessMoved(() =>
    inTransaction(async (database) => {
      const { shopId, resource, kind } = run;
      const isRefused = code === "ACCESS_DENIED";
      if (isRefused) await noteBlocked(database, shopId, resource, { code, detail });
      // That some records could not be looked for is no error of the resource, and no whole read is needed to end it.
      const isOfResource = isRefused || kind !== "targeted";
      const faults = isOfResource ? [{ resource, key: null, code, detail }] : [];
      await recordFaults(database, shopId, faults, run.id, now);
      await clearStaged(database, run);
      return endRun(database, run, { ...failure, detail }, now);
    }),
  );
}

/** Of two workers with the same failure the first one's word counts. */
async function unlessMoved(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RunMoved)) throw error;
  }
}

/** After an end by somebody else: what is still going on at Shopify is called off, and the spool emptied. */
async function clearUp(run: Run, { clientFor, signal }: StepContext): Promise<void> {
  await inTransaction(async (database) => {
    await clearStaged(database, run);
    await announce(database, run.shopId);
  });
  const { rows } = await pool.query<{ domain: string }>(
    "SELECT domain FROM shops WHERE id = $1 AND uninstalled_at IS NULL",
    [run.shopId],
  );
  if (!rows[0]) return;
  try {
    await callOffOperation(run, await clientFor(rows[0].domain), signal);
  } catch (error) {
    log.warn(
      { err: error, runId: String(run.id) },
      "an operation of a cancelled run could not be called off",
    );
  }
}
