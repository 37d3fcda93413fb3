// The queue's jobs: their names, what they carry, and how they are tried again. What each does is bound in the worker.
// A job is only a doorbell with a memory: the work itself is a row (a run, a confirmation), so a job too many is harmless.
import type { Queue } from "pg-boss";

/** One step of a run. Its steps follow each other as jobs with the run's id for key. */
export const STEP = "run-step";
/** Confirms records of one shop. */
export const CONFIRM = "confirm";
/** Looks for changes of one shop that no webhook told of. */
export const CATCH_UP = "catch-up";
/** Once a minute: counts and other looks around, for every shop. */
export const MINUTE = "minute";
/** Every few minutes: are the webhook subscriptions right, and do their deliveries come? For every shop. */
export const WATCH = "watch";
/** Once an hour: what is older than it is kept is deleted. */
export const PRUNE = "prune";
/** Removes and empties rows of one shop that its rules do not want any more. */
export const UPKEEP = "upkeep";
/** Where jobs end that failed to the last; people find their errors here. */
export const DEAD = "dead";

/** When the queue rings by itself, for all shops. */
export const SCHEDULES = [
  { name: MINUTE, everyMinutes: 1, atMinute: 0 },
  { name: WATCH, everyMinutes: 3, atMinute: 0 },
  { name: PRUNE, everyMinutes: 60, atMinute: 17 },
] as const;

/** As cron says it. */
export function cronOf({ everyMinutes, atMinute }: (typeof SCHEDULES)[number]): string {
  return everyMinutes === 60 ? `${atMinute} * * * *` : `*/${everyMinutes} * * * *`;
}

export interface StepJob {
  /** Decimal. */
  readonly runId: string;
}

export interface CatchUpJob {
  readonly shopId: number;
}

export interface ConfirmJob {
  readonly shopId: number;
}

export interface UpkeepJob {
  readonly shopId: number;
}

/** A dead worker's job is free again after this and the queue's next look. The least that pg-boss knows. */
const HEARTBEAT_SECONDS = 10;
/** A step takes some seconds; the longest wait within one is that for the API budget. */
const STEP_SECONDS_MAX = 300;
/** A first pruning may find months of deliveries; what is left when the time is up goes an hour later. */
const PRUNE_SECONDS_MAX = 3_000;
const KEPT_SECONDS = 60 * 60;

/**
 * `stately`: of one key at most one job waits and one runs, so rings while one waits add nothing, and two workers never
 * step one run at a time.
 */
const SINGLE: Omit<Queue, "name"> = {
  policy: "stately",
  notify: true,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: STEP_SECONDS_MAX,
  deleteAfterSeconds: KEPT_SECONDS,
  // Thrown errors are bugs (schedule.ts decides about all others): 2, 4, 8 s, then the dead letter queue.
  retryLimit: 3,
  retryDelay: 2,
  retryBackoff: true,
  deadLetter: DEAD,
};

export const QUEUES: readonly Queue[] = [
  { name: DEAD, deleteAfterSeconds: 0 },
  { name: STEP, ...SINGLE },
  { name: CONFIRM, ...SINGLE },
  { name: CATCH_UP, ...SINGLE, retryLimit: 0 },
  { name: MINUTE, ...SINGLE, retryLimit: 0 },
  { name: WATCH, ...SINGLE, retryLimit: 0 },
  { name: UPKEEP, ...SINGLE, retryLimit: 0, expireInSeconds: PRUNE_SECONDS_MAX },
  { name: PRUNE, ...SINGLE, retryLimit: 0, expireInSeconds: PRUNE_SECONDS_MAX },
];
