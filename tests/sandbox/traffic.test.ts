import { afterEach, describe, expect, it, vi } from "vitest";
import { ManualClock } from "#sandbox/store/clock.ts";
import { exportTruth } from "#sandbox/store/export.ts";
import { seed } from "#sandbox/store/seed.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";
import { DOINGS } from "#sandbox/traffic/doings.ts";
import { MIX, startTraffic } from "#sandbox/traffic/generator.ts";
import { brokenLaws } from "#tests/sandbox/store-laws.ts";

const clock = () => new ManualClock("2026-11-20T10:00:00Z");

function shop(time = clock()): Store {
  const store = openStore({ seed: "traffic", clock: time });
  seed(store, { orders: 40, products: 30, editions: 4, days: 30 });
  return store;
}

/** So many acts, a second apart. */
function work(store: Store, time: ManualClock, steps: number): string[] {
  const traffic = startTraffic(store, { ordersPerMinute: 0 });
  const names = Array.from({ length: steps }, () => {
    time.advance(1_000);
    return traffic.step();
  });
  traffic.stop();
  return names;
}

afterEach(() => vi.useRealTimers());

describe("traffic", () => {
  it("breaks no law in a thousand acts, and does everything it can", () => {
    const time = clock();
    const store = shop(time);
    const outcomes = new Map<string, number>();
    const onAct = (name: string, outcome: string) =>
      void outcomes.set(`${name} ${outcome}`, (outcomes.get(`${name} ${outcome}`) ?? 0) + 1);
    const traffic = startTraffic(store, { ordersPerMinute: 0, mix: { dropProduct: 0.05 }, onAct });
    for (let step = 0; step < 1000; step++) {
      time.advance(500);
      traffic.step();
    }
    expect(brokenLaws(store)).toEqual([]);
    expect(Object.keys(DOINGS).filter((name) => !outcomes.has(`${name} done`))).toEqual([]);
    expect(Object.keys(MIX)).toEqual(Object.keys(DOINGS));
    expect(
      [...outcomes.keys()].filter((key) => key.endsWith(" refused") && (outcomes.get(key) ?? 0) > 50),
    ).toEqual([]);
    expect(traffic.done.placeOrder).toBe(outcomes.get("placeOrder done"));
  });

  it("is the same for the same seed and clock", () => {
    const runs = [1, 2].map(() => {
      const time = clock();
      const store = shop(time);
      return { names: work(store, time, 120), truth: JSON.stringify(exportTruth(store)) };
    });
    expect(runs[0]?.names).toEqual(runs[1]?.names);
    expect(runs[0]?.truth).toBe(runs[1]?.truth);
  });

  it("flows at the rate that was set last, and stops", () => {
    vi.useFakeTimers();
    const store = shop();
    const traffic = startTraffic(store, { ordersPerMinute: 60 });
    const placed = () => traffic.done.placeOrder ?? 0;
    vi.advanceTimersByTime(120_000);
    expect(placed()).toBeGreaterThan(70);
    expect(placed()).toBeLessThan(180);
    traffic.setRate(0);
    const before = placed();
    vi.advanceTimersByTime(120_000);
    expect(placed()).toBe(before);
    traffic.setRate(6);
    expect(traffic.ordersPerMinute).toBe(6);
    vi.advanceTimersByTime(600_000);
    expect(placed() - before).toBeGreaterThan(25);
    expect(placed() - before).toBeLessThan(110);
    traffic.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(() => traffic.setRate(-1)).toThrow(RangeError);
  });
});
