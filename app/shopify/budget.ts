// The API budget of one shop: Shopify's leaky bucket of query points, learned from the throttleStatus of each answer
// and paced so that THROTTLED does not happen in normal work. Who comes first is decided by lane. The bucket here lives in
// this process, for whoever is alone with a shop; budget-shared.ts is the one that processes share.

/** Priority classes of API work, the most urgent first. */
export const LANES = ["targeted", "confirm", "catch-up", "audit", "backfill"] as const;
export type Lane = (typeof LANES)[number];

/** As in `extensions.cost.throttleStatus`; points, and points per second. */
export interface ThrottleStatus {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
}

export interface Reservation {
  /** Gives the reservation back and corrects the bucket by what Shopify answered; null when it did not say. */
  settle(status: ThrottleStatus | null, actualCost?: number | null): void;
}

export interface BudgetStatus extends ThrottleStatus {
  /** False until the first answer: the figures are then only assumed. */
  readonly isLearned: boolean;
  readonly inFlight: number;
  readonly waiting: Readonly<Record<Lane, number>>;
}

export interface Budget {
  /** Resolves when a query of `cost` points may be sent; rejects with the signal's reason when aborted. */
  reserve(cost: number, lane: Lane, signal?: AbortSignal): Promise<Reservation>;
  status(): BudgetStatus;
}

/** What the pacing needs of time; tests put their own in its place. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls back once after `delayMs`; the returned function calls it off. */
  later(callback: () => void, delayMs: number): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  later: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The smallest plan's bucket: assumed until the first answer says what it is. */
const SMALLEST: ThrottleStatus = { maximumAvailable: 2_000, currentlyAvailable: 2_000, restoreRate: 100 };

/**
 * Share of the bucket that a lane leaves to the lanes above it, so that a person's request never waits for a backfill.
 * It delays nothing: what counts for throughput is that the bucket is never full while work waits.
 */
export const HEADROOM: Readonly<Record<Lane, number>> = {
  targeted: 0,
  confirm: 0.05,
  "catch-up": 0.1,
  audit: 0.1,
  backfill: 0.15,
};

/** Rounding in Shopify's whole-number figures. */
const MARGIN_POINTS = 1;
/** Rounding in our own. */
const ROUNDING = 1e-6;

export interface Waiting {
  readonly cost: number;
  readonly lane: Lane;
}

interface Waiter extends Waiting {
  readonly admit: (reservation: Reservation) => void;
}

/** A bucket within this process. */
export function createBudget(clock: Clock = systemClock): Budget {
  return new LocalBudget(clock);
}

class LocalBudget implements Budget {
  readonly #clock: Clock;
  readonly #queue: Waiter[] = [];
  #maximum = SMALLEST.maximumAvailable;
  #rate = SMALLEST.restoreRate;
  /** Points at the time `#levelAt`; below zero when a query was larger than the bucket. */
  #level = SMALLEST.currentlyAvailable;
  #levelAt: number;
  #inFlight = 0;
  #isLearned = false;
  #cancelWake: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#levelAt = clock.now();
  }

  reserve(cost: number, lane: Lane, signal?: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const giveUp = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        reject(signal?.reason as Error);
        this.#admitDue();
      };
      const admit = (reservation: Reservation) => {
        signal?.removeEventListener("abort", giveUp);
        resolve(reservation);
      };
      const waiter: Waiter = { cost, lane, admit };
      signal?.addEventListener("abort", giveUp, { once: true });
      insertByLane(this.#queue, waiter);
      this.#admitDue();
    });
  }

  status(): BudgetStatus {
    return {
      maximumAvailable: this.#maximum,
      currentlyAvailable: Math.max(0, Math.floor(this.#levelNow())),
      restoreRate: this.#rate,
      isLearned: this.#isLearned,
      inFlight: this.#inFlight,
      waiting: countByLane(this.#queue),
    };
  }

  #admitDue(): void {
    this.#cancelWake?.();
    this.#cancelWake = null;
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      // Until the bucket is known only one query flies: another client may have emptied the bucket.
      if (!this.#isLearned && this.#inFlight > 0) return;
      const missing = this.#neededBy(next) - this.#levelNow();
      if (missing > ROUNDING) {
        // One millisecond more than computed: timers may fire early.
        const waitMs = Math.ceil((missing / this.#rate) * 1_000) + 1;
        this.#cancelWake = this.#clock.later(() => this.#admitDue(), waitMs);
        return;
      }
      this.#queue.shift();
      next.admit(this.#take(next.cost));
    }
  }

  /** Points that must be there before the waiter may go; never more than the bucket holds. */
  #neededBy({ cost, lane }: Waiter): number {
    const headroom = this.#maximum * HEADROOM[lane] + MARGIN_POINTS;
    return Math.min(cost + headroom, this.#maximum);
  }

  #take(cost: number): Reservation {
    this.#setLevel(this.#levelNow() - cost);
    this.#inFlight += cost;
    let isOpen = true;
    return {
      settle: (status) => {
        if (!isOpen) return;
        isOpen = false;
        this.#inFlight -= cost;
        if (status) this.#learn(status);
        this.#admitDue();
      },
    };
  }

  #learn({ maximumAvailable, currentlyAvailable, restoreRate }: ThrottleStatus): void {
    this.#maximum = maximumAvailable;
    this.#rate = restoreRate;
    this.#isLearned = true;
    // Queries in flight may or may not be in Shopify's figure already. Counting them again errs towards waiting and
    // corrects itself with the next answer; at most it keeps the real bucket a few queries above empty.
    this.#setLevel(currentlyAvailable - this.#inFlight);
  }

  #levelNow(): number {
    const restored = ((this.#clock.now() - this.#levelAt) / 1_000) * this.#rate;
    return Math.min(this.#maximum, this.#level + restored);
  }

  #setLevel(points: number): void {
    this.#level = points;
    this.#levelAt = this.#clock.now();
  }
}

/** Behind the last waiter of the same or a more urgent lane. */
export function insertByLane<T extends Waiting>(queue: T[], waiter: T): void {
  const rank = LANES.indexOf(waiter.lane);
  const at = queue.findIndex(({ lane }) => LANES.indexOf(lane) > rank);
  queue.splice(at === -1 ? queue.length : at, 0, waiter);
}

export function countByLane(queue: readonly Waiting[]): Record<Lane, number> {
  const counts = Object.fromEntries(LANES.map((lane) => [lane, 0])) as Record<Lane, number>;
  for (const { lane } of queue) counts[lane] += 1;
  return counts;
}
