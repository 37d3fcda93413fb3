/**
 * The leaky bucket that an app's queries are paid from, one per app and shop. Sizes follow the shop's plan.
 * A query is admitted when its requested cost is there, and pays its actual cost when it is done.
 */
import type { Clock } from "../store/clock.ts";
import type { PlanName } from "../dials.ts";

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

/** Points in the bucket, points restored per second. */
export const PLAN_BUDGETS: Record<PlanName, { maximum: number; restorePerSecond: number }> = {
  standard: { maximum: 2_000, restorePerSecond: 100 },
  advanced: { maximum: 4_000, restorePerSecond: 200 },
  plus: { maximum: 20_000, restorePerSecond: 1_000 },
  enterprise: { maximum: 40_000, restorePerSecond: 2_000 },
};

export class Bucket {
  readonly #clock: Clock;
  readonly #plan: () => PlanName;
  #available: number;
  #asOfMs: number;

  constructor(clock: Clock, plan: () => PlanName) {
    this.#clock = clock;
    this.#plan = plan;
    this.#available = PLAN_BUDGETS[plan()].maximum;
    this.#asOfMs = clock.now().getTime();
  }

  /** Takes `points` if they are there; false means throttled, and takes nothing. */
  take(points: number): boolean {
    this.#restore();
    if (points > this.#available) return false;
    this.#available -= points;
    return true;
  }

  /** Gives back what a query asked for but did not use. */
  giveBack(points: number): void {
    this.#restore();
    this.#available = Math.min(this.#maximum, this.#available + points);
  }

  status(): ThrottleStatus {
    this.#restore();
    return {
      maximumAvailable: this.#maximum,
      currentlyAvailable: Math.floor(this.#available),
      restoreRate: PLAN_BUDGETS[this.#plan()].restorePerSecond,
    };
  }

  get #maximum(): number {
    return PLAN_BUDGETS[this.#plan()].maximum;
  }

  #restore(): void {
    const nowMs = this.#clock.now().getTime();
    const passedMs = Math.max(0, nowMs - this.#asOfMs);
    const { maximum, restorePerSecond } = PLAN_BUDGETS[this.#plan()];
    this.#available = Math.min(maximum, this.#available + (passedMs / 1000) * restorePerSecond);
    this.#asOfMs = nowMs;
  }
}
