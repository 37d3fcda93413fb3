// What goes wrong, and how often: one profile per life, drawn from its seed, and calm once the life is over.
import type { Chance } from "#sandbox/store/chance.ts";
import { PLANS, type PlanName } from "#sandbox/dials.ts";

/** Shares of the occasions on which each can happen. */
export interface Faults {
  /** Webhooks: never sent, sent twice, answered without Shopify hearing it. */
  readonly lose: number;
  readonly double: number;
  readonly unheard: number;
  /** API: connection refused, 5xx, 429, bucket emptied by others, answer lost after the deed, file cut, bulk FAILED. */
  readonly refuse: number;
  readonly serverError: number;
  readonly tooMany: number;
  readonly throttle: number;
  readonly loseAnswer: number;
  /** An answer that is seconds on its way: what happens meanwhile it does not tell. */
  readonly stall: number;
  readonly cut: number;
  readonly bulkFailure: number;
  /** A 403: no retry helps, and the run that meets it is over. */
  readonly forbid: number;
  /** Per statement: the process dies, the connection breaks. */
  readonly crash: number;
  readonly disconnect: number;
}

export interface Profile extends Faults {
  /** Longest delay of a webhook, ms. */
  readonly delayMsMax: number;
  /** Worker processes. */
  readonly workers: number;
  /** Whether people start, pause and cancel runs meanwhile. */
  readonly people: boolean;
  /** Sizes Shopify's bucket. */
  readonly plan: PlanName;
}

const CALM: Faults = {
  ...{ lose: 0, double: 0, unheard: 0, refuse: 0, serverError: 0, tooMany: 0, throttle: 0, loseAnswer: 0 },
  ...{ stall: 0, cut: 0, bulkFailure: 0, forbid: 0, crash: 0, disconnect: 0 },
};

export function drawProfile(chance: Chance): Profile {
  const share = (most: number) =>
    chance.happens(0.6) ? Math.round(chance.next() * most * 1_000) / 1_000 : 0;
  return {
    // Half of the lives lose nothing: what was told must then be enough, without a backfill that covers everything up.
    lose: chance.happens(0.5) ? share(0.2) : 0,
    double: share(0.3),
    unheard: share(0.2),
    refuse: share(0.06),
    serverError: share(0.06),
    tooMany: share(0.05),
    throttle: share(0.1),
    loseAnswer: share(0.05),
    cut: share(0.5),
    bulkFailure: share(0.2),
    crash: share(0.01),
    disconnect: share(0.01),
    delayMsMax: chance.whole(1, 4) ** 3 * 1_000,
    workers: chance.whole(1, 2),
    people: chance.happens(0.7),
    forbid: chance.happens(0.3) ? share(0.02) : 0,
    // The smallest bucket is the one that is emptied.
    plan: chance.happens(0.6) ? "standard" : chance.pick(PLANS),
    stall: share(0.3),
  };
}

export class Weather {
  #faults: Faults;

  constructor(profile: Faults) {
    this.#faults = profile;
  }

  clear(): void {
    this.#faults = CALM;
  }

  share(name: keyof Faults): number {
    return this.#faults[name];
  }

  /** At most one of them. */
  pick<T extends keyof Faults>(chance: Chance, names: readonly T[]): T | null {
    return names.find((name) => chance.happens(this.share(name))) ?? null;
  }
}
