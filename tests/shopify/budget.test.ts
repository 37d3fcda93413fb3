import { describe, expect, it } from "vitest";
import { LANES, createBudget } from "#app/shopify/budget.ts";
import type { Budget, Clock, Lane, ThrottleStatus } from "#app/shopify/budget.ts";

/** Time that passes only when told to. */
class FakeClock implements Clock {
  time = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  later(callback: () => void, delayMs: number): () => void {
    const timer = { at: this.time + delayMs, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((each) => each !== timer));
  }

  /** Runs everything due until `end`, letting promises settle in between. */
  async runTo(end: number): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = end;
  }
}

/** Shopify's side: deducts what is requested when a query arrives, gives back what was not used when it is answered. */
class Bucket {
  throttled = 0;
  charged = 0;
  #level: number;
  #at = 0;
  readonly clock: FakeClock;
  readonly maximum: number;
  readonly rate: number;

  constructor(clock: FakeClock, maximum: number, rate: number, level = maximum) {
    this.clock = clock;
    this.maximum = maximum;
    this.rate = rate;
    this.#level = level;
  }

  level(): number {
    this.#level = Math.min(this.maximum, this.#level + ((this.clock.time - this.#at) / 1_000) * this.rate);
    this.#at = this.clock.time;
    return this.#level;
  }

  arrive(requested: number): boolean {
    if (this.level() < requested) {
      this.throttled += 1;
      return false;
    }
    this.#level -= requested;
    return true;
  }

  answer(requested: number, actual: number): ThrottleStatus {
    this.#level = Math.min(this.maximum, this.level() + requested - actual);
    this.charged += actual;
    const currentlyAvailable = Math.floor(this.#level);
    return { maximumAvailable: this.maximum, currentlyAvailable, restoreRate: this.rate };
  }
}

async function query(
  budget: Budget,
  bucket: Bucket,
  lane: Lane,
  requested: number,
  actual: number,
  latencyMs = 80,
) {
  const reservation = await budget.reserve(requested, lane);
  const { clock } = bucket;
  await new Promise<void>((resolve) => void clock.later(resolve, latencyMs / 2));
  const isAdmitted = bucket.arrive(requested);
  await new Promise<void>((resolve) => void clock.later(resolve, latencyMs / 2));
  reservation.settle(isAdmitted ? bucket.answer(requested, actual) : null);
}

function worker(budget: Budget, bucket: Bucket, lane: Lane, requested: number, actual: number): void {
  void (async () => {
    for (;;) await query(budget, bucket, lane, requested, actual);
  })();
}

describe.each([
  { plan: "standard", maximum: 2_000, rate: 100 },
  { plan: "advanced", maximum: 4_000, rate: 200 },
  { plan: "plus", maximum: 20_000, rate: 1_000 },
])("on the $plan plan", ({ maximum, rate }) => {
  it("never meets THROTTLED and leaves at most 5 % of the budget unused while there is work", async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    const bucket = new Bucket(clock, maximum, rate, maximum / 2);
    for (let count = 0; count < 6; count += 1) worker(budget, bucket, "backfill", 480, 310);
    worker(budget, bucket, "confirm", 120, 90);
    const seconds = 600;
    await clock.runTo(seconds * 1_000);
    expect(bucket.throttled).toBe(0);
    expect(bucket.charged).toBeGreaterThanOrEqual(0.95 * rate * seconds);
  });
});

describe("lanes", () => {
  it("go by priority, and within one by arrival", async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    const bucket = new Bucket(clock, 2_000, 100, 0);
    await clock.runTo(1);
    const first = await budget.reserve(1_000, "backfill");
    first.settle({ maximumAvailable: 2_000, currentlyAvailable: 0, restoreRate: 100 });
    const order: string[] = [];
    for (const lane of LANES.toReversed()) {
      for (const turn of [1, 2])
        void query(budget, bucket, lane, 100, 100).then(() => order.push(`${lane} ${turn}`));
    }
    await clock.runTo(120_000);
    expect(order).toEqual(LANES.flatMap((lane) => [`${lane} 1`, `${lane} 2`]));
  });

  it("leave room for a person while a backfill takes all it can", async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    const bucket = new Bucket(clock, 2_000, 100);
    for (let count = 0; count < 8; count += 1) worker(budget, bucket, "backfill", 400, 400);
    await clock.runTo(60_000);
    let isDone = false;
    void query(budget, bucket, "targeted", 200, 150).then(() => (isDone = true));
    await clock.runTo(60_100);
    expect(isDone).toBe(true);
    expect(bucket.throttled).toBe(0);
  });
});

describe("a reservation", () => {
  it("that is aborted while it waits leaves the queue", async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    const held = await budget.reserve(1, "targeted");
    held.settle({ maximumAvailable: 2_000, currentlyAvailable: 0, restoreRate: 100 });
    const abort = new AbortController();
    const waiting = budget.reserve(500, "targeted", abort.signal);
    abort.abort(new Error("stop"));
    await expect(waiting).rejects.toThrow("stop");
    expect(budget.status().waiting.targeted).toBe(0);
  });

  it("larger than the bucket is admitted when the bucket is full", async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    await expect(budget.reserve(5_000, "backfill")).resolves.toBeDefined();
  });

  it("learns from Shopify that another process has emptied the bucket", async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    const first = await budget.reserve(10, "targeted");
    first.settle({ maximumAvailable: 2_000, currentlyAvailable: 100, restoreRate: 100 });
    let isAdmitted = false;
    void budget.reserve(600, "targeted").then(() => (isAdmitted = true));
    await clock.runTo(4_900);
    expect(isAdmitted).toBe(false);
    await clock.runTo(5_100);
    expect(isAdmitted).toBe(true);
  });
});
