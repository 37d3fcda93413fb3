// The app's side of the simulated world: worker processes that call the app's verbs as worker-jobs.server.ts does, but
// when the dice say so, and people who start, hold and cancel runs. A process that dies begins anew after a while.
import { Chance } from "#sandbox/store/chance.ts";
import { isPassing } from "#app/db.server.ts";
import { createBudget, type Budget } from "#app/shopify/budget.ts";
import { createClient, type Client } from "#app/shopify/client.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { systemTopics } from "#app/shops/system-topics.ts";
import { catchUpShop, shopsToCatchUp } from "#app/sync/catch-up-due.ts";
import { CONFIRMED_AT_ONCE } from "#app/sync/confirm-rows.ts";
import { confirm, shopsToConfirm } from "#app/sync/confirm.ts";
import { drain } from "#app/sync/inbox.ts";
import { runsToStep, stepRun } from "#app/sync/schedule.ts";
import type { Channel } from "./postgres.ts";
import { Bell, type Scheduler } from "./scheduler.ts";
import { SHOP, type ShopSide } from "./shop.ts";

/** How long what no bell announced may lie. */
const SWEEP_MS = 45_000;
/** From a bell to the deed. */
const REACTION_MS = [2, 600] as const;

export interface WorkerOptions {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly shop: ShopSide;
  readonly queue: StepQueue;
  /** Where a planted bug changes what the client hands over. */
  readonly wrap: (client: Client) => Client;
  readonly trace: (line: string) => void;
  /** Called when a step has ended a run, before anything else can happen. */
  readonly onStepped: (runId: bigint) => Promise<void>;
}

/** What pg-boss holds: of one run at most one step is under way, and a dead worker's is free again. */
export class StepQueue {
  readonly #scheduler: Scheduler;
  readonly #takenBy = new Map<bigint, string>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  take(id: bigint, process: string): boolean {
    const by = this.#takenBy.get(id);
    if (by !== undefined && this.#scheduler.isAlive(by)) return false;
    this.#takenBy.set(id, process);
    return true;
  }

  giveBack(id: bigint): void {
    this.#takenBy.delete(id);
  }

  /** A process that begins anew under its old name. */
  forget(process: string): void {
    for (const [id, by] of this.#takenBy) if (by === process) this.#takenBy.delete(id);
  }
}

/** Starts the loops of one worker process. @returns what its bells are rung by. */
export function startWorker(name: string, options: WorkerOptions): (channel: Channel) => void {
  const { scheduler, trace } = options;
  const chance = new Chance(`${options.seed}/${name}/${scheduler.nowMs}`);
  const client = clientOf(options);
  const signal = new AbortController().signal;
  const now = () => new Date();
  const bells = { inbox: new Bell(scheduler), runs: new Bell(scheduler), confirm: new Bell(scheduler) };
  const loop = (loopName: string, bell: Bell, work: () => Promise<number | void>) => {
    scheduler.spawn(name, `${name} ${loopName}`, async () => {
      let waitMs: number = SWEEP_MS;
      for (;;) {
        await bell.wait(Math.max(1, waitMs));
        await scheduler.sleep(chance.whole(...REACTION_MS));
        waitMs = (await bearing(`${name} ${loopName}`, trace, work)) ?? SWEEP_MS;
      }
    });
  };

  loop("inbox", bells.inbox, async () => {
    // What it had to leave it has rung for.
    const { taken } = await drain(systemTopics, now());
    if (taken === 0) return;
    trace(`${name} drained ${taken}`);
    bells.confirm.ring();
  });

  loop("confirm", bells.confirm, async () => {
    for (const shopId of await shopsToConfirm(now())) {
      for (;;) {
        const { taken } = await confirm(shopId, { client, signal, now });
        if (taken > 0) trace(`${name} confirmed ${taken}`);
        if (taken < CONFIRMED_AT_ONCE) break;
      }
    }
  });

  loop("catch-up", new Bell(scheduler), async () => {
    for (const shopId of await shopsToCatchUp(now())) await catchUpShop(shopId, client, now(), signal);
  });

  const due = new Map<bigint, number>();
  loop("steps", bells.runs, async () => {
    for (const id of await runsToStep(now())) {
      if ((due.get(id) ?? 0) > scheduler.nowMs || !options.queue.take(id, name)) continue;
      const next = await stepRun(id, { clientFor: async () => client, signal, now }).finally(() => {
        options.queue.giveBack(id);
      });
      trace(`${name} stepped ${id}${next ? "" : " to its end"}`);
      if (next) due.set(id, next.getTime());
      else {
        due.delete(id);
        await options.onStepped(id);
      }
    }
    return Math.min(SWEEP_MS, ...[...due.values()].map((at) => at - scheduler.nowMs));
  });
  return (channel) => {
    if (channel === "counterfoil_inbox") bells.inbox.ring();
    else {
      due.clear();
      bells.runs.ring();
    }
  };
}

/** Ends what a job's wrapper would try again; anything else is a bug and ends the life. */
async function bearing<T>(
  who: string,
  trace: (line: string) => void,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const isExpected =
      error instanceof Transient ||
      error instanceof Throttled ||
      error instanceof Permanent ||
      isPassing(error);
    if (!isExpected) throw error;
    trace(`${who} failed: ${(error as Error).message}`);
    return undefined;
  }
}

function clientOf({ scheduler, shop, wrap }: WorkerOptions): Client {
  const budget = createBudget({
    now: () => scheduler.nowMs,
    later: (callback, delayMs) => scheduler.later(delayMs, callback),
  });
  const client = createClient({
    shop: SHOP,
    accessToken: shop.accessToken,
    budget: waitingVirtually(budget, scheduler),
    fetch: shop.fetch,
  });
  return wrap(client);
}

function waitingVirtually(budget: Budget, scheduler: Scheduler): Budget {
  return {
    reserve: (...wanted) => scheduler.waitFor(budget.reserve(...wanted)),
    status: () => budget.status(),
  };
}
