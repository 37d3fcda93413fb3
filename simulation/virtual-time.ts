// Puts the simulated world's clock, timers and dice in the place of the process's own for as long as one life lasts. In
// this way app and store need no switch for being simulated. PGlite takes its now() from Date, too.
import type { Scheduler } from "./scheduler.ts";

const real = { Date, setTimeout, clearTimeout, random: Math.random };

/** How a timer of the code under test is made; null leaves it to the process. */
export type MakeTimer = (callback: () => void, ms: number) => (() => void) | null;

/** @returns the way back to real time. */
export function enterVirtualTime(scheduler: Scheduler, makeTimer: MakeTimer): () => void {
  const now = () => scheduler.nowMs;
  globalThis.Date = new Proxy(real.Date, {
    construct: (target, args: []) =>
      args.length === 0 ? new target(now()) : (Reflect.construct(target, args) as Date),
    get: (target, key) => (key === "now" ? now : (Reflect.get(target, key) as unknown)),
  });
  Math.random = () => scheduler.chance.next();
  const virtualTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const cancel = makeTimer(() => callback(...args), ms);
    return cancel ? handleOf(cancel) : real.setTimeout(callback, ms, ...args);
  };
  globalThis.setTimeout = Object.assign(virtualTimeout, real.setTimeout) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: NodeJS.Timeout | VirtualTimer) => {
    if (timer && "cancel" in timer) timer.cancel();
    else real.clearTimeout(timer);
  }) as typeof clearTimeout;
  return () => {
    globalThis.Date = real.Date;
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    Math.random = real.random;
  };
}

interface VirtualTimer {
  cancel(): void;
  ref(): VirtualTimer;
  unref(): VirtualTimer;
}

function handleOf(cancel: () => void): VirtualTimer {
  const timer: VirtualTimer = { cancel, ref: () => timer, unref: () => timer };
  return timer;
}
