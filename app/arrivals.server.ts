// Lets somebody in this process watch webhooks come in: when the first byte was there and when the answer went out, which
// no row tells. Of what other processes take in it knows nothing.
export interface Arrival {
  readonly webhookId: string;
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
  readonly answeredAt: number;
}

export interface Watch {
  readonly arrivals: readonly Arrival[];
  stop(): void;
}

/** A test that nobody ends takes no more than this. */
const ARRIVALS_MAX = 1_000;

interface Watcher {
  readonly shopDomain: string;
  readonly topic: string;
  readonly arrivals: Arrival[];
}

const watchers = new Set<Watcher>();

/** Gathers the topic's arrivals in the shop until it is stopped. */
export function watchArrivals(shopDomain: string, topic: string): Watch {
  const watcher: Watcher = { shopDomain, topic, arrivals: [] };
  watchers.add(watcher);
  return { arrivals: watcher.arrivals, stop: () => void watchers.delete(watcher) };
}

export function noteArrival(
  of: { readonly shopDomain: string; readonly topic: string },
  arrival: Arrival,
): void {
  for (const { shopDomain, topic, arrivals } of watchers) {
    if (shopDomain !== of.shopDomain || topic !== of.topic || arrivals.length >= ARRIVALS_MAX) continue;
    arrivals.push(arrival);
  }
}
