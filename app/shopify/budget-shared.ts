// The API budget of one shop as every process sees it: this process's waiters by lane, in front of a ledger that all
// processes share (budget.server.ts keeps it in PostgreSQL). The ledger holds a lower bound of what Shopify's bucket
// holds, so that no number of processes together can ask for more than is there.
import { HEADROOM, LANES, countByLane, insertByLane, systemClock } from "#app/shopify/budget.ts";
import { Transient } from "#app/shopify/errors.ts";
import type {
  Budget,
  BudgetStatus,
  Clock,
  Lane,
  Reservation,
  ThrottleStatus,
  Waiting,
} from "#app/shopify/budget.ts";

/** What a query wants, in points. */
export interface Wish {
  readonly cost: number;
  /** Place of its lane, 0 the most urgent. */
  readonly rank: number;
  /** Share of the bucket that its lane leaves to the lanes above. */
  readonly headroom: number;
}

/** Points taken for a query in flight; what is in it is the ledger's. */
export interface Taken {
  readonly cost: number;
}

export interface LedgerStatus extends ThrottleStatus {
  readonly isLearned: boolean;
}

export interface Ledger<T extends Taken> {
  /** Takes the points if they are there and nobody more urgent waits for them, else says when to ask again. */
  take(wish: Wish): Promise<{ readonly taken: T } | { readonly waitMs: number }>;
  /** The query was answered: by `status` the bucket's state, `actual` what it cost; null where Shopify did not say. */
  settle(taken: T, status: ThrottleStatus | null, actual: number | null): Promise<LedgerStatus | null>;
}

/** Between two questions to the ledger while the points are not there. */
const WAIT_MS_MIN = 2;
const WAIT_MS_MAX = 1_000;

export function createSharedBudget<T extends Taken>(ledger: Ledger<T>, clock: Clock = systemClock): Budget {
  return new SharedBudget(ledger, clock);
}

interface Waiter extends Waiting {
  readonly admit: (reservation: Reservation) => void;
  readonly refuse: (error: unknown) => void;
}

class SharedBudget<T extends Taken> implements Budget {
  readonly #ledger: Ledger<T>;
  readonly #clock: Clock;
  readonly #queue: Waiter[] = [];
  #isAsking = false;
  #isStale = false;
  #cancelWake: (() => void) | null = null;
  #settling: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  #known: LedgerStatus = {
    maximumAvailable: 0,
    currentlyAvailable: 0,
    restoreRate: 0,
    isLearned: false,
  };

  constructor(ledger: Ledger<T>, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  reserve(cost: number, lane: Lane, signal?: AbortSignal): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const giveUp = () => {
        this.#leave(waiter);
        reject(signal?.reason as Error);
      };
      const settled = () => signal?.removeEventListener("abort", giveUp);
      const waiter: Waiter = {
        cost,
        lane,
        admit: (reservation) => {
          settled();
          resolve(reservation);
        },
        refuse: (error) => {
          settled();
          reject(error as Error);
        },
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      insertByLane(this.#queue, waiter);
      this.#ask();
    });
  }

  /** As of the last answer to this process. */
  status(): BudgetStatus {
    return { ...this.#known, inFlight: this.#inFlight, waiting: countByLane(this.#queue) };
  }

  #leave(waiter: Waiter): boolean {
    const at = this.#queue.indexOf(waiter);
    if (at !== -1) this.#queue.splice(at, 1);
    return at !== -1;
  }

  /** One question to the ledger at a time; what changes meanwhile leads to another. */
  #ask(): void {
    this.#cancelWake?.();
    this.#cancelWake = null;
    this.#isStale = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#askAll().finally(() => {
      this.#isAsking = false;
      if (this.#isStale) this.#ask();
    });
  }

  async #askAll(): Promise<void> {
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      this.#isStale = false;
      const waitMs = await this.#askFor(next);
      if (waitMs === 0) continue;
      const bounded = Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, Math.ceil(waitMs)));
      if (!this.#isStale) this.#cancelWake = this.#clock.later(() => this.#ask(), bounded);
      return;
    }
    this.#isStale = false;
  }

  /** @returns milliseconds to wait; 0 when the waiter is gone, one way or the other. */
  async #askFor(waiter: Waiter): Promise<number> {
    const { cost, lane } = waiter;
    try {
      await this.#settling;
      const answer = await this.#ledger.take({ cost, rank: LANES.indexOf(lane), headroom: HEADROOM[lane] });
      if ("waitMs" in answer) return Math.max(WAIT_MS_MIN, answer.waitMs);
      const reservation = this.#reservationOf(answer.taken);
      if (this.#leave(waiter)) waiter.admit(reservation);
      // It gave up while the ledger answered: nothing was sent, nothing was spent.
      else reservation.settle(null, 0);
    } catch (cause) {
      if (this.#leave(waiter)) waiter.refuse(new Transient("the API budget cannot be read", { cause }));
    }
    return 0;
  }

  #reservationOf(taken: T): Reservation {
    this.#inFlight += taken.cost;
    let isOpen = true;
    return {
      settle: (status, actual = null) => {
        if (!isOpen) return;
        isOpen = false;
        this.#inFlight -= taken.cost;
        this.#settling = Promise.all([this.#settling, this.#note(taken, status, actual)]);
        if (this.#queue.length > 0) this.#ask();
      },
    };
  }

  /** Unwritten, the points count as in flight for a minute or two: too careful, never wrong. */
  async #note(taken: T, status: ThrottleStatus | null, actual: number | null): Promise<void> {
    const known = await this.#ledger.settle(taken, status, actual).catch(() => null);
    if (known) this.#known = known;
  }
}
