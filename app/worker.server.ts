// The worker: binds job names to verbs and keeps them going. Any number of workers share the work through PostgreSQL.
// Bells make it prompt, the sweep makes it certain: nothing depends on a notification or a job that was lost.
import { hang } from "#app/bell.server.ts";
import { pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { queue, stopQueue } from "#app/queue.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { readInstallation } from "#app/shopify/installation.ts";
import { describe } from "#app/shops/install.ts";
import { systemTopics } from "#app/shops/system-topics.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { confirm, shopsToConfirm } from "#app/sync/confirm.ts";
import { refreshCounts } from "#app/sync/counts.ts";
import { drain } from "#app/sync/inbox.ts";
import { CONFIRM, MINUTE, STEP } from "#app/sync/jobs.ts";
import { STEP_MS_MAX } from "#app/sync/runs-step.ts";
import { RUNS_CHANNEL } from "#app/sync/runs.ts";
import { runsToStep, stepRun } from "#app/sync/schedule.ts";
import type { ConfirmJob, StepJob } from "#app/sync/jobs.ts";
import type { Job, PgBoss } from "pg-boss";

/** How long what no bell announced may lie. */
const SWEEP_MS = 5_000;
/** Steps at a time in one process: one per resource of a first sync. */
const STEPS_MAX = 5;
const CONFIRMS_MAX = 2;
/** Backstop of the queue's notifications. */
const POLL_SECONDS = 2;
/** Between two looks for a queue that could not be started. */
const START_RETRY_MS = 2_000;
const TRANSIENT_WAIT_MS = 5_000;
/** After a failed drain: 250 ms, 500 ms, 1 s … up to the sweep's interval. */
const DRAIN_RETRY_MS = 250;

/** Starts the worker. Returns at once, whether the database is there or not: it goes on trying. */
export async function startWorker(): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const inbox = createInboxLoop(signal);
  const jobs = createJobs(signal);

  const bell = hang({
    counterfoil_inbox: () => inbox.ring(),
    [RUNS_CHANNEL]: (id) => (id === "" ? void jobs.sweep() : void jobs.step(id)),
  });
  const sweep = setInterval(() => {
    inbox.ring();
    void jobs.sweep();
  }, SWEEP_MS);
  inbox.onDrained = () => void jobs.confirmDue();
  const starting = jobs.start();

  return {
    async stop() {
      clearInterval(sweep);
      stopping.abort(new Error("the worker stops"));
      await bell.stop();
      await Promise.all([inbox.settled(), starting]);
      await jobs.stop();
    },
  };
}

interface InboxLoop {
  onDrained: () => void;
  ring(): void;
  settled(): Promise<void>;
}

/** One drain at a time; rings that come during it lead to one more look. */
function createInboxLoop(signal: AbortSignal): InboxLoop {
  let running: Promise<void> | null = null;
  let isRung = false;
  let failures = 0;
  const loop: InboxLoop = {
    onDrained: () => {},
    ring() {
      isRung = true;
      running ??= drainAll().finally(() => {
        running = null;
        // A ring between the loop's last look and here.
        if (isRung && !signal.aborted) loop.ring();
      });
    },
    settled: async () => void (await running),
  };
  async function drainAll(): Promise<void> {
    while (isRung && !signal.aborted) {
      isRung = false;
      try {
        const { taken } = await drain(systemTopics, new Date());
        failures = 0;
        if (taken === 0) continue;
        isRung = true;
        loop.onDrained();
      } catch (error) {
        // What was not settled is free again.
        log.error({ err: error }, "the inbox could not be drained");
        await pause(Math.min(SWEEP_MS, DRAIN_RETRY_MS * 2 ** failures), signal);
        failures += 1;
        isRung = true;
      }
    }
  }
  return loop;
}

interface Jobs {
  start(): Promise<void>;
  /** Rings for a step of this run, now. */
  step(runId: string): Promise<void>;
  confirmDue(): Promise<void>;
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

function createJobs(signal: AbortSignal): Jobs {
  const context = { clientFor, signal, now: () => new Date() };
  const stepWorkers: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let boss: PgBoss | null = null;

  async function start(): Promise<void> {
    while (!signal.aborted) {
      try {
        boss = await bind(await queue());
        await jobs.sweep();
        return;
      } catch (error) {
        log.warn({ err: error }, "the queue cannot be started yet; trying again");
        await pause(START_RETRY_MS, signal);
      }
    }
  }

  async function bind(started: PgBoss): Promise<PgBoss> {
    const polling = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS };
    for (let count = 0; count < STEPS_MAX; count += 1) {
      stepWorkers.push(await started.work<StepJob>(STEP, polling, (found) => each(found, takeStep)));
    }
    for (let count = 0; count < CONFIRMS_MAX; count += 1) {
      await started.work<ConfirmJob>(CONFIRM, polling, (found) => each(found, takeConfirm));
    }
    await started.work(MINUTE, polling, () => lookAround(signal));
    await started.schedule(MINUTE, "* * * * *");
    return started;
  }

  async function takeStep({ runId }: StepJob): Promise<void> {
    const next = await stepRun(BigInt(runId), context);
    if (next) await sendStep(runId, next);
  }

  /** A job that waits already is left as it is, unless this one is due at once. */
  async function sendStep(runId: string, at: Date): Promise<void> {
    const options = { singletonKey: runId, startAfter: at };
    await boss?.send(STEP, { runId } satisfies StepJob, options);
    // Delayed jobs are found by polling; this is sooner.
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        for (const id of stepWorkers) boss?.notifyWorker(id);
      },
      Math.max(0, at.getTime() - Date.now()),
    );
    timers.add(timer.unref());
  }

  async function takeConfirm({ shopId }: ConfirmJob): Promise<void> {
    const until = Date.now() + STEP_MS_MAX;
    try {
      const domain = await domainOf(shopId);
      if (!domain) return;
      const client = await clientFor(domain);
      while (!signal.aborted) {
        const { taken } = await confirm(shopId, { client, signal, now: context.now });
        if (taken === 0) return;
        if (Date.now() >= until) break;
      }
      await sendConfirm(shopId);
    } catch (error) {
      if (signal.aborted) return;
      await confirmLater(shopId, error);
    }
  }

  async function confirmLater(shopId: number, error: unknown): Promise<void> {
    if (error instanceof Permanent) {
      // No token, a frozen store: the sweep tries again, and by then things may have changed.
      log.warn({ err: error, shopId }, "records cannot be confirmed");
    } else if (error instanceof Throttled) await sendConfirm(shopId, error.retryAt);
    else if (error instanceof Transient) {
      log.warn({ err: error, shopId }, "confirmations failed for now");
      await sendConfirm(shopId, new Date(Date.now() + TRANSIENT_WAIT_MS));
    } else throw error;
  }

  async function sendConfirm(shopId: number, at = new Date()): Promise<void> {
    await boss?.send(CONFIRM, { shopId } satisfies ConfirmJob, {
      singletonKey: String(shopId),
      startAfter: at,
    });
  }

  const jobs: Jobs = {
    start,
    step: (runId) =>
      quietly("a run could not be rung for", async () => {
        // Brings a waiting job forward, or adds one.
        await boss?.upsert(STEP, { runId } satisfies StepJob, {
          singletonKey: runId,
          startAfter: new Date(),
        });
        for (const id of stepWorkers) boss?.notifyWorker(id);
      }),
    confirmDue: () =>
      quietly("confirmations could not be rung for", async () => {
        if (!boss) return;
        for (const shopId of await shopsToConfirm(new Date())) await sendConfirm(shopId);
      }),
    sweep: () =>
      quietly("the sweep failed", async () => {
        if (!boss) return;
        // Where a job waits already, or is delayed, nothing is added.
        for (const id of await runsToStep())
          await boss.send(STEP, { runId: String(id) }, { singletonKey: String(id) });
        await jobs.confirmDue();
      }),
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await stopQueue();
      boss = null;
    },
  };

  async function quietly(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, what);
    }
  }

  return jobs;
}

async function each<T extends object>(
  found: readonly Job<T>[],
  take: (data: T) => Promise<void>,
): Promise<void> {
  for (const { data } of found) await take(data);
}

/** Once a minute, for every shop: what Shopify has, and what the shop is called. One shop's trouble is its own. */
async function lookAround(signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ id: number; domain: string; name: string | null }>(
    "SELECT id, domain, name FROM shops WHERE uninstalled_at IS NULL ORDER BY id",
  );
  for (const { id, domain, name } of rows) {
    if (signal.aborted) return;
    try {
      const client = await clientFor(domain);
      if (name === null) await describe(id, await readInstallation(client));
      await refreshCounts(id, client, signal);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, shopId: id }, "a shop could not be looked at");
    }
  }
}

async function domainOf(shopId: number): Promise<string | null> {
  const { rows } = await pool.query<{ domain: string }>(
    "SELECT domain FROM shops WHERE id = $1 AND uninstalled_at IS NULL",
    [shopId],
  );
  return rows[0]?.domain ?? null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
