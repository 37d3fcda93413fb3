// The worker's hand for editions: one look at a shop at a time, and one more for rings that come during it.
import { keepEditions, shopsWithEditions } from "#app/editions/keep.ts";
import { log } from "#app/observe.server.ts";
import { isHeld } from "#app/sync/holds-ask.ts";
import { pause } from "#app/worker-jobs.server.ts";

/** Between two rounds, so that a busy store's every change does not cost a look of its own. */
const REST_MS = 250;

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
  let isSweepDue = false;
  let running: Promise<void> | null = null;

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
          if (!(await isHeld(shopId, "editions"))) await keepEditions(shopId, new Date(), signal);
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
