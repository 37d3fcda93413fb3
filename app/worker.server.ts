// The worker: binds what is heard to what is done, and keeps it going. Any number of workers share the work through
// PostgreSQL. Bells make it prompt, the sweep makes it certain: nothing depends on a notification or a job that was lost.
import { randomUUID } from "node:crypto";
import packageJson from "../package.json" with { type: "json" };
import { hang } from "#app/bell.server.ts";
import { startMetrics, stopMetrics } from "#app/metrics.server.ts";
import { log } from "#app/observe.server.ts";
import { systemTopics } from "#app/shops/system-topics.ts";
import { drain } from "#app/sync/inbox.ts";
import { RUNS_CHANNEL } from "#app/sync/runs.ts";
import { BEAT_MS, beat, leave } from "#app/sync/workers.ts";
import { createEditionsLoop } from "#app/worker-editions.server.ts";
import { Jobs, pause } from "#app/worker-jobs.server.ts";

/** How long what no bell announced may lie. */
const SWEEP_MS = 5_000;
/** How long the queue waits for the first look into the inbox. */
const FIRST_LOOK_MS_MAX = 1_000;
/** After a failed drain: 250 ms, 500 ms, 1 s … up to the sweep's interval. */
const DRAIN_RETRY_MS = 250;
/** News gathers for so long before it is confirmed: one call for many records, and for many news of one record. */
const CONFIRM_GATHER_MS = 100;
/** Between two rings under a stream of news, for the same reason: what reads and writes 50 records at once takes less. */
const CONFIRM_REST_MS = 500;

/** Starts the worker. Returns at once, whether the database is there or not: it goes on trying. */
export async function startWorker(): Promise<{ stop(): Promise<void> }> {
  startMetrics();
  const stopping = new AbortController();
  const { signal } = stopping;
  const jobs = new Jobs(signal);
  const inbox = createInboxLoop(
    signal,
    gathered(CONFIRM_GATHER_MS, CONFIRM_REST_MS, () => void jobs.confirmDue()),
  );
  const editions = createEditionsLoop(signal);
  const bell = hang({
    counterfoil_inbox: () => inbox.ring(),
    counterfoil_changes: (shopId) => editions.ring(Number(shopId)),
    [RUNS_CHANNEL]: (id) => void (id === "" ? jobs.sweep() : jobs.step(id)),
  });
  const sweep = setInterval(() => {
    inbox.ring();
    editions.sweep();
    void jobs.sweep();
  }, SWEEP_MS);
  const heart = startHeart();
  // Deliveries wait for no queue. What a dead worker had in hand is free again: it comes before all that takes time to start.
  inbox.ring();
  const starting = Promise.race([inbox.looked(), pause(FIRST_LOOK_MS_MAX, signal)]).then(() => jobs.start());
  return {
    async stop() {
      clearInterval(sweep);
      await heart.stop();
      stopping.abort(new Error("the worker stops"));
      await bell.stop();
      await Promise.all([inbox.settled(), editions.settled(), starting]);
      await jobs.stop();
      await stopMetrics();
    },
  };
}

/** Says every few seconds that this worker is alive; while the database is away there is nobody to tell. */
function startHeart(): { stop(): Promise<void> } {
  const worker = { id: randomUUID(), version: packageJson.version };
  const say = () =>
    beat(worker).catch((error: unknown) => log.debug({ err: error }, "a heartbeat was not heard"));
  let saying = say();
  const timer = setInterval(() => {
    saying = say();
  }, BEAT_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await saying;
      await leave(worker.id).catch((error: unknown) =>
        log.debug({ err: error }, "a worker could not sign off"),
      );
    },
  };
}

/**
 * One call of `act` for all calls within `ms` of the first, and between two of them at least `restMs`. A call that the
 * process does not live to make is the sweep's.
 */
function gathered(ms: number, restMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let lastAt = -Infinity;
  return () => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        lastAt = performance.now();
        act();
      },
      Math.max(ms, lastAt + restMs - performance.now()),
    ).unref();
  };
}

interface InboxLoop {
  ring(): void;
  /** Resolves when the first drain has ended, well or not. */
  looked(): Promise<void>;
  /** Resolves when no drain is under way. */
  settled(): Promise<void>;
}

/** One drain at a time; rings that come during it lead to one more look. */
function createInboxLoop(signal: AbortSignal, onDrained: () => void): InboxLoop {
  let running: Promise<void> | null = null;
  let isRung = false;
  const firstLook = Promise.withResolvers<void>();

  function ring(): void {
    isRung = true;
    running ??= drainAll().finally(() => {
      running = null;
      // A ring between the loop's last look and here.
      if (isRung && !signal.aborted) ring();
    });
  }

  async function drainAll(): Promise<void> {
    let failures = 0;
    while (isRung && !signal.aborted) {
      isRung = false;
      try {
        const { taken } = await drain(systemTopics, new Date());
        failures = 0;
        // What it had to leave it has rung for.
        if (taken > 0) onDrained();
        firstLook.resolve();
      } catch (error) {
        firstLook.resolve();
        // What was not settled is free again.
        log.error({ err: error }, "the inbox could not be drained");
        await pause(Math.min(SWEEP_MS, DRAIN_RETRY_MS * 2 ** failures), signal);
        failures += 1;
        isRung = true;
      }
    }
  }

  return { ring, looked: () => firstLook.promise, settled: async () => void (await running) };
}
