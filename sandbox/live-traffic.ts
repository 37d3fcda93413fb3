// Ties the traffic generator to its dial, and lets someone place orders at once instead of waiting for it.
import type { Dials } from "./dials.ts";
import { Chance } from "./store/chance.ts";
import type { Store } from "./store/store.ts";
import { UserError } from "./store/user-error.ts";
import { DOINGS } from "./traffic/doings.ts";
import { startTraffic } from "./traffic/generator.ts";

export interface LiveTraffic {
  /** Places orders now and names them ("#1001"). Fewer than asked for when the shelves are empty. */
  placeOrders(count: number): readonly string[];
  stop(): void;
}

/** The shop may refuse an order (sold out) or find nothing to sell; then another one is tried. */
const TRIES_PER_ORDER = 5;

export function openTraffic(store: Store, dials: Dials): LiveTraffic {
  const { ordersPerMinute } = dials.read();
  const traffic = startTraffic(store, { ordersPerMinute });
  const unwatch = dials.watch((values) => {
    if (values.ordersPerMinute !== traffic.ordersPerMinute) traffic.setRate(values.ordersPerMinute);
  });
  return {
    placeOrders: (count) => placeOrders(store, count),
    stop() {
      unwatch();
      traffic.stop();
    },
  };
}

function placeOrders(store: Store, count: number): string[] {
  const chance = new Chance(`orders/${store.seed}/${store.version}`);
  const placed: string[] = [];
  const stopListening = store.on("event", ({ topic, subject }) => {
    if (topic === "orders/create" && subject.type === "order") placed.push(subject.record.name);
  });
  try {
    for (let tries = 0; placed.length < count && tries < count * TRIES_PER_ORDER; tries++)
      tryOrder(store, chance);
  } finally {
    stopListening();
  }
  return placed;
}

function tryOrder(store: Store, chance: Chance): void {
  try {
    DOINGS.placeOrder(store, chance);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
