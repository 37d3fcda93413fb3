// The worker's half that works through the queue: steps of runs, confirmations, and a look around once a minute. Jobs are
// doorbells; all of them can be lost, for the sweep rings again for whatever the rows say is to be done.
import { pool } from "#app/db.server.ts";
import { flushMetrics } from "#app/metrics.server.ts";
import { log } from "#app/observe.server.ts";
import { queue, stopQueue } from "#app/queue.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { readInstallation } from "#app/shopify/installation.ts";
import { describe } from "#app/shops/install.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { catchUpShop, shopsToCatchUp } from "#app/sync/catch-up-due.ts";
import { CONFIRMED_AT_ONCE } from "#app/sync/confirm-rows.ts";
import { confirm, shopsToConfirm } from "#app/sync/confirm.ts";
import { refreshCounts } from "#app/sync/counts.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { CATCH_UP, CONFIRM, MINUTE, PRUNE, SCHEDULES, STEP, UPKEEP, WATCH, cronOf } from "#app/sync/jobs.ts";
import { prune } from "#app/sync/retention.ts";
import { STEP_MS_MAX } from "#app/sync/runs-step.ts";
import { rereadSilent } from "#app/sync/reread.ts";
import { rereadGrown } from "#app/sync/selections.ts";
import { sampleQueues, sampleStorage } from "#app/sync/samples.ts";
import { runsToStep, stepRun } from "#app/sync/schedule.ts";
import { keepRules, upkeepShop } from "#app/sync/upkeep.ts";
import { shopsWithUpkeep } from "#app/sync/upkeep-rows.ts";
import type { HeldQueue } from "#app/sync/holds-ask.ts";
import type { CatchUpJob, ConfirmJob, StepJob, UpkeepJob } from "#app/sync/jobs.ts";
import { watchShops } from "#app/worker-watch.server.ts";
import type { PgBoss } from "pg-boss";

/** Steps at a time in one process: one per resource of a first sync. */
const STEPS_MAX = 5;
const CONFIRMS_MAX = 2;
/** Backstop of the queue's notifications. */
const POLLING = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 } as const;
const START_RETRY_MS = 2_000;
const CONFIRM_RETRY_MS = 5_000;

export class Jobs {
  readonly #signal: AbortSignal;
  readonly #stepWorkers: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #boss: PgBoss | null = null;

  /** `signal` is aborted when the worker stops. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Resolves when the queue is at work, which takes as long as the database is away. */
  async start(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const boss = await queue();
        await this.#bind(boss);
        this.#boss = boss;
        return await this.sweep();
      } catch (error) {
        log.warn({ err: error }, "the queue cannot be started yet; trying again");
        await stopQueue().catch(() => {});
        await pause(START_RETRY_MS, this.#signal);
      }
    }
  }

  /** Lets what is under way end, which the signal has told it to. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await stopQueue();
    this.#boss = null;
  }

  /** Rings for a step of this run, now: brings a waiting job forward, or adds one. */
  step(runId: string): Promise<void> {
    return this.#quietly("a run could not be rung for", async (boss) => {
      await boss.upsert(STEP, { runId } satisfies StepJob, { singletonKey: runId, startAfter: new Date() });
      this.#wakeSteps();
    });
  }

  /** Rings for every shop whose records wait to be confirmed. */
  confirmDue(): Promise<void> {
    return this.#quietly("confirmations could not be rung for", async () => {
      for (const shopId of await shopsToConfirm(new Date())) await this.#sendConfirm(shopId, new Date());
    });
  }

  /** Rings for everything that the rows say is to be done. Where a job waits already, nothing is added. */
  sweep(): Promise<void> {
    return this.#quietly("the sweep failed", async (boss) => {
      for (const id of await runsToStep(new Date())) {
        await boss.send(STEP, { runId: String(id) } satisfies StepJob, { singletonKey: String(id) });
      }
      for (const shopId of await shopsToCatchUp(new Date())) {
        await boss.send(CATCH_UP, { shopId } satisfies CatchUpJob, { singletonKey: String(shopId) });
      }
      for (const shopId of await shopsWithUpkeep()) {
        await boss.send(UPKEEP, { shopId } satisfies UpkeepJob, { singletonKey: String(shopId) });
      }
      await this.confirmDue();
    });
  }

  async #bind(boss: PgBoss): Promise<void> {
    this.#stepWorkers.length = 0;
    for (let count = 0; count < STEPS_MAX; count += 1) {
      const id = await boss.work<StepJob>(STEP, POLLING, async (jobs) => {
        for (const { data } of jobs) await this.#takeStep(data);
      });
      this.#stepWorkers.push(id);
    }
    for (let count = 0; count < CONFIRMS_MAX; count += 1) {
      await boss.work<ConfirmJob>(CONFIRM, POLLING, async (jobs) => {
        for (const { data } of jobs) await this.#takeConfirm(data);
      });
    }
    await boss.work<CatchUpJob>(CATCH_UP, POLLING, async (jobs) => {
      for (const { data } of jobs) await this.#catchUp(data);
    });
    await boss.work<UpkeepJob>(UPKEEP, POLLING, async (jobs) => {
      for (const { data } of jobs) await this.#upkeep(data);
    });
    await boss.work(MINUTE, POLLING, () => lookAround(this.#signal));
    await boss.work(WATCH, POLLING, () => watchShops(this.#signal));
    await boss.work(PRUNE, POLLING, async () => {
      const pruned = await prune(new Date(), this.#signal);
      log.info(pruned, "what is older than it is kept was deleted");
    });
    for (const schedule of SCHEDULES) await boss.schedule(schedule.name, cronOf(schedule));
  }

  async #takeStep({ runId }: StepJob): Promise<void> {
    const context = { clientFor, signal: this.#signal, now: () => new Date() };
    const next = await stepRun(BigInt(runId), context);
    if (!next) return;
    // A job that a bell or the sweep has added meanwhile comes sooner, and this one is then not added: that one finds the run
    // not due, and waits in its turn.
    await this.#boss?.send(STEP, { runId } satisfies StepJob, { singletonKey: runId, startAfter: next });
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#wakeSteps();
      },
      Math.max(0, next.getTime() - Date.now()),
    ).unref();
    this.#timers.add(timer);
  }

  /** The queue finds delayed jobs by polling; this is sooner. */
  #wakeSteps(): void {
    for (const id of this.#stepWorkers) this.#boss?.notifyWorker(id);
  }

  async #takeConfirm({ shopId }: ConfirmJob): Promise<void> {
    const until = Date.now() + STEP_MS_MAX;
    try {
      const domain = await domainOf(shopId, "confirmations");
      if (!domain) return;
      const client = await clientFor(domain);
      while (!this.#signal.aborted && Date.now() < until) {
        const { taken } = await confirm(shopId, { client, signal: this.#signal, now: () => new Date() });
        // What came meanwhile is rung for in its turn, when there is more of it.
        if (taken < CONFIRMED_AT_ONCE) return;
      }
      await this.#sendConfirm(shopId, new Date());
    } catch (error) {
      if (!this.#signal.aborted) await this.#confirmLater(shopId, error);
    }
  }

  /** What is due stays so until it was looked at: a failure is tried again by a later sweep. */
  async #catchUp({ shopId }: CatchUpJob): Promise<void> {
    try {
      const domain = await domainOf(shopId, "catch_up");
      if (domain) await catchUpShop(shopId, await clientFor(domain), new Date(), this.#signal);
    } catch (error) {
      if (!this.#signal.aborted) log.warn({ err: error, shopId }, "a shop's changes could not be looked for");
    }
  }

  /** What a failure leaves undone is rung for by the next sweep. */
  async #upkeep({ shopId }: UpkeepJob): Promise<void> {
    try {
      const domain = await domainOf(shopId);
      if (!domain) return;
      const context = { clientFor: () => clientFor(domain), signal: this.#signal, now: () => new Date() };
      await upkeepShop(shopId, context);
    } catch (error) {
      if (!this.#signal.aborted) log.warn({ err: error, shopId }, "a shop's rules could not be kept for now");
    }
  }

  async #confirmLater(shopId: number, error: unknown): Promise<void> {
    if (error instanceof Throttled) return this.#sendConfirm(shopId, error.retryAt);
    if (!(error instanceof Transient || error instanceof Permanent)) throw error;
    // No token, a frozen store: by the next sweep things may have changed.
    log.warn({ err: error, shopId }, "records cannot be confirmed for now");
    await this.#sendConfirm(shopId, new Date(Date.now() + CONFIRM_RETRY_MS));
  }

  async #sendConfirm(shopId: number, at: Date): Promise<void> {
    const data: ConfirmJob = { shopId };
    await this.#boss?.send(CONFIRM, data, { singletonKey: String(shopId), startAfter: at });
  }

  async #quietly(what: string, work: (boss: PgBoss) => Promise<void>): Promise<void> {
    if (!this.#boss) return;
    try {
      await work(this.#boss);
    } catch (error) {
      if (!this.#signal.aborted) log.warn({ err: error }, what);
    }
  }
}

/** Once a minute, for every shop: what Shopify has, what is to be read again, and what the shop is called. One shop's trouble is its own. */
async function lookAround(signal: AbortSignal): Promise<void> {
  await sample().catch((error: unknown) => log.warn({ err: error }, "what waits could not be sampled"));
  const { rows } = await pool.query<{ id: number; domain: string; name: string | null }>(
    "SELECT id, domain, name FROM shops WHERE uninstalled_at IS NULL ORDER BY id",
  );
  for (const { id, domain, name } of rows) {
    if (signal.aborted) return;
    try {
      const client = await clientFor(domain);
      const asked = new Date();
      if (name === null) await describe(id, await readInstallation(client), asked);
      await refreshCounts(id, client, signal);
      await rereadSilent(id, new Date());
      await rereadGrown(id, new Date());
      await keepRules(id, { clientFor: () => clientFor(domain), signal, now: () => new Date() });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, shopId: id }, "a shop could not be looked at");
    }
  }
}

async function sample(): Promise<void> {
  await sampleQueues(new Date());
  await sampleStorage(new Date());
  // Before somebody else looks whether this hour has been sampled.
  await flushMetrics();
}

/** Null where the shop is gone or has told this queue to wait. */
async function domainOf(shopId: number, queue?: HeldQueue): Promise<string | null> {
  const { rows } = await pool.query<{ domain: string }>(
    `SELECT domain FROM shops s
     WHERE id = $1 AND uninstalled_at IS NULL ${queue ? `AND ${notHeld("s.id", queue)}` : ""}`,
    [shopId],
  );
  return rows[0]?.domain ?? null;
}

/** Resolves after so long, or as soon as the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
