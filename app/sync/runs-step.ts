// What one step of a run is given and what it gives back.
import { checkpoint } from "#app/sync/runs.ts";
import type { PoolClient } from "pg";
import type { Resource } from "#app/resources/define.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Metered } from "#app/shopify/metered.ts";
import type { Run } from "#app/sync/runs.ts";

/** A step ends after the batch during which this is reached, so that a stop or a pause takes hold soon. */
export const STEP_MS_MAX = 5_000;

export interface Step {
  readonly client: Client;
  readonly resource: Resource;
  /** Aborted when the worker stops. */
  readonly signal: AbortSignal;
  /** After this, a step ends at its next stored cursor. */
  readonly until: Date;
  readonly now: () => Date;
  /** Records from which on the newest ones are read first; see backfill-parts.ts for how many that are. */
  readonly newestFirstMin?: number | undefined;
  /** Records after which a list is begun anew; see walk.ts for how many that are. */
  readonly walkMax?: number | undefined;
}

export interface Stepped {
  readonly run: Run;
  /** When the next step is due; null when the run has ended. */
  readonly next: Date | null;
}

export function isTimeUp({ signal, until, now }: Step): boolean {
  return signal.aborted || now() >= until;
}

/** The run with what its next write is to charge it for. */
export function charged(run: Run, { points }: Metered): Run {
  return { ...run, cost: run.cost + points };
}

/** To be gone on with at `at`. */
export function again(run: Run, at: Date): Stepped {
  return { run, next: at };
}

/** Writes a run's last figures. What Shopify does not count is known to be so many when its list has come to its end. */
export function withTotal(database: PoolClient, run: Run, now: Date): Promise<Run> {
  const { total, done, rejected, progress } = run;
  return checkpoint(database, run, { progress, total: total ?? done + rejected }, now);
}
