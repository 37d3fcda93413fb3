// Live traffic: a shop's day, one believable act at a time. Seeded: the same seed, store and steps give the same acts.
// Rates can be changed while it runs; `step()` does one act at once, for those who do not want to wait.

import { Chance } from "../store/chance.ts";
import type { Store } from "../store/store.ts";
import { UserError } from "../store/user-error.ts";
import { DOINGS, type DoingName } from "./doings.ts";

export type TrafficOptions = {
  /** Default: the store's seed. */
  seed?: string;
  /** 0 stops the flow until it is raised again. Default 2. */
  ordersPerMinute?: number;
  /** How many of the other things happen per order placed; what is not named keeps its default (see `MIX`). */
  mix?: Partial<Record<DoingName, number>>;
  /** Called after each act. */
  onAct?: (name: DoingName, outcome: "done" | "nothing" | "refused") => void;
};

/** Per order placed. */
export const MIX: Readonly<Record<DoingName, number>> = {
  placeOrder: 1,
  fulfil: 0.7,
  pay: 0.15,
  tag: 0.12,
  edit: 0.06,
  refund: 0.08,
  takeBack: 0.04,
  reroute: 0.04,
  agreeTerms: 0.03,
  cancel: 0.03,
  archive: 0.3,
  joinCustomer: 0.25,
  changeCustomer: 0.08,
  changePrice: 0.1,
  changeText: 0.1,
  changeStock: 0.35,
  changeEdition: 0.04,
  launchProduct: 0.02,
  dropProduct: 0.004,
};

export type Traffic = {
  /** Does one act now and says what was done; "nothing" is tried when no order or product fits. */
  step(): DoingName;
  setRate(ordersPerMinute: number): void;
  readonly ordersPerMinute: number;
  /** Acts done so far, by name. */
  readonly done: Readonly<Partial<Record<DoingName, number>>>;
  stop(): void;
};

const MINUTE_MS = 60_000;
/** A timer that fires more often than this would only queue up. */
const WAIT_MS_MIN = 2;

export function startTraffic(store: Store, options: TrafficOptions = {}): Traffic {
  const chance = new Chance(`traffic/${options.seed ?? store.seed}/${store.version}`);
  const mix = { ...MIX, ...options.mix };
  const names = Object.keys(mix) as DoingName[];
  const whole = names.reduce((total, name) => total + mix[name], 0);
  const done: Partial<Record<DoingName, number>> = {};
  let rate = options.ordersPerMinute ?? 2;
  let timer: NodeJS.Timeout | null = null;

  function choose(): DoingName {
    let left = chance.next() * whole;
    for (const name of names) {
      left -= mix[name];
      if (left < 0) return name;
    }
    return "placeOrder";
  }

  function step(): DoingName {
    const name = choose();
    let outcome: "done" | "nothing" | "refused" = "nothing";
    try {
      if (DOINGS[name](store, chance)) outcome = "done";
    } catch (error) {
      // The shop may refuse (the last one was just sold); anything else is a fault and must be seen.
      if (!(error instanceof UserError)) throw error;
      outcome = "refused";
    }
    if (outcome === "done") done[name] = (done[name] ?? 0) + 1;
    options.onAct?.(name, outcome);
    return name;
  }

  /** Waiting times are exponential: acts come singly and in bursts, as in life. */
  function wait(): void {
    if (rate <= 0) return;
    const mean = MINUTE_MS / (rate * (whole / Math.max(mix.placeOrder, Number.EPSILON)));
    const pause = Math.max(WAIT_MS_MIN, -Math.log(1 - chance.next()) * mean);
    timer = setTimeout(() => {
      step();
      wait();
    }, pause);
  }

  function stop(): void {
    if (timer) clearTimeout(timer);
    timer = null;
  }

  function setRate(ordersPerMinute: number): void {
    if (!Number.isFinite(ordersPerMinute) || ordersPerMinute < 0)
      throw new RangeError("The rate must be 0 or more.");
    stop();
    rate = ordersPerMinute;
    wait();
  }

  wait();
  return {
    step,
    setRate,
    stop,
    done,
    get ordersPerMinute() {
      return rate;
    },
  };
}
