// The worker's hand for editions: one look at a shop at a time, and one more for rings that come during it.
import { ORDERS_MAX, keepEditions, shopsWithEditions } from "#app/editions/keep.ts";
import { SETTLE_MS } from "#app/editions/numbers.ts";
import { log } from "#app/observe.server.ts";
import { isHeld } from "#app/sync/holds-ask.ts";
import { hearWritten } from "#app/sync/written.ts";
import { pause } from "#app/worker-jobs.server.ts";

/** Between two rounds, so that a busy store's every change does not cost a look of its own. */
const REST_MS = 1_000;
/** A sale that had not settled when it was looked at has then: the look at it is repeated once. */
const AGAIN_MS = SETTLE_MS + 1_000;

export interface EditionsLoop {
  /** Something of this shop has changed; 0 where it is not known whose. */
  ring(shopId: number): void;
  /** Rings for every shop that has editions. */
  sweep(): void;
  /** Resolves when no look is under way. */
  settled(): Promise<void>;
}

export function createEditionsLoop(signal: AbortSignal): EditionsLoop {
  const rung = new Set<number>();
  const orders = createAgenda();
  let isSweepDue = false;
  let running: Promise<void> | null = null;
  const deafen = hearWritten("orders", (shopId, keys) => orders.note(shopId, keys, Date.now()));
  signal.addEventListener("abort", deafen, { once: true });

  function wake(): void {
    if (signal.aborted) return;
    running ??= lookAll().finally(() => {
      running = null;
      if (rung.size > 0 || isSweepDue) wake();
    });
  }

  async function lookAll(): Promise<void> {
    while ((rung.size > 0 || isSweepDue) && !signal.aborted) {
      if (isSweepDue) {
        isSweepDue = false;
        await quietly(async () => {
          for (const shopId of await shopsWithEditions()) rung.add(shopId);
        });
      }
      for (const shopId of [...rung]) {
        if (signal.aborted) return;
        rung.delete(shopId);
        await quietly(async () => {
          if (await isHeld(shopId, "editions")) return;
          const now = new Date();
          await keepEditions(shopId, now, { orders: orders.take(shopId, now.getTime()), signal });
        });
      }
      await pause(REST_MS, signal);
    }
  }

  /** One shop's trouble is its own, and the next sweep tries again. */
  async function quietly(look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "editions could not be looked at");
    }
  }

  return {
    ring(shopId) {
      if (shopId === 0) isSweepDue = true;
      else rung.add(shopId);
      wake();
    },
    sweep() {
      isSweepDue = true;
      wake();
    },
    settled: async () => void (await running),
  };
}

/**
 * The orders to look at, per shop: each at once, and once more when it has settled. What a failed look has taken, and
 * what does not fit, the look at all sales finds.
 */
export function createAgenda() {
  /** Order → when it is due, and whether for the last time. */
  type Noted = Map<string, { readonly at: number; readonly isLast: boolean }>;
  const noted = new Map<number, Noted>();
  return {
    note(shopId: number, keys: readonly string[], now: number): void {
      const ofShop: Noted = noted.get(shopId) ?? new Map();
      noted.set(shopId, ofShop);
      for (const key of keys) {
        if (ofShop.size >= ORDERS_MAX && !ofShop.has(key)) continue;
        ofShop.set(key, { at: now, isLast: false });
      }
    },
    /** Those that are due. */
    take(shopId: number, now: number): string[] {
      const ofShop: Noted = noted.get(shopId) ?? new Map();
      const due = [...ofShop].filter(([, { at }]) => at <= now);
      for (const [key, { isLast }] of due) {
        if (isLast) ofShop.delete(key);
        else ofShop.set(key, { at: now + AGAIN_MS, isLast: true });
      }
      return due.map(([key]) => key);
    },
  };
}
