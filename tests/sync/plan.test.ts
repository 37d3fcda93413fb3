// The planner: the way that is sooner done, by the count, the plan's bucket and what earlier runs took.
import { describe, expect, it } from "vitest";
import { resources, resourceOf } from "#app/resources/index.ts";
import { planRead } from "#app/sync/plan.ts";
import { useDatabase } from "#tests/database.ts";
import type { Bucket, Wanted } from "#app/sync/plan.ts";

await useDatabase();
const { assumedFor, pacesOf } = await import("#app/sync/paces.ts");

const NOW = new Date("2026-11-20T10:00:00Z");
const STANDARD: Bucket = { maximum: 2_000, available: 2_000, rate: 100, headroom: 0.15 };
const PLUS: Bucket = { maximum: 20_000, available: 20_000, rate: 1_000, headroom: 0.15 };
const ORDERS = assumedFor(resourceOf("orders"));

const wanted = (count: number | null, more: Partial<Wanted> = {}): Wanted => ({
  ...{ count, reckoned: count, lane: "backfill", ways: ["pages", "bulk"], beside: 0, parts: 1 },
  ...more,
});
const planned = (count: number | null, bucket = STANDARD, more: Partial<Wanted> = {}) =>
  planRead(wanted(count, more), ORDERS, bucket, NOW);

describe("the way", () => {
  it("is pages for few records and a file for many", () => {
    expect(planned(100).way).toBe("pages");
    expect(planned(100_000).way).toBe("bulk");
  });

  it("depends on what Shopify's bucket gives", () => {
    const counts = Array.from({ length: 40 }, (_, n) => (n + 1) * 100);
    const turnsAt = (bucket: Bucket) =>
      counts.find((count) => planned(count, bucket).way === "bulk") ?? Infinity;
    expect(turnsAt(STANDARD)).toBeLessThan(turnsAt(PLUS));
  });

  it("is never slower than the one that was not taken", () => {
    for (const resource of resources) {
      const paces = assumedFor(resource);
      for (const count of [0, 1, 250, 5_000, 1_000_000]) {
        const { durationMs, other } = planRead(wanted(count), paces, STANDARD, NOW);
        expect(durationMs!, resource.name).toBeLessThanOrEqual(other!.durationMs);
      }
    }
  });

  it("is the one that can read it", () => {
    expect(planned(1_000_000, STANDARD, { ways: ["ids"], lane: "targeted" })).toMatchObject({
      way: "ids",
      other: null,
    });
  });
});

describe("the expectation", () => {
  it("is the budget's where the budget is the bottleneck", () => {
    const { points, durationMs } = planned(20_000, STANDARD, { ways: ["pages"] });
    expect(durationMs! / 1_000).toBeGreaterThanOrEqual((points! - 2_000) / 100);
  });

  it("shares the budget with others that read at the same time, and says so", () => {
    const alone = planned(20_000, STANDARD, { ways: ["pages"] });
    const beside = planned(20_000, STANDARD, { ways: ["pages"], beside: 1 });
    expect(beside.durationMs!).toBeGreaterThan(1.8 * alone.durationMs!);
    expect(beside.effect.beside).toBe(1);
  });

  it("is none where nobody counts and nothing is here", () => {
    expect(planned(null)).toMatchObject({ count: null, points: null, durationMs: null, other: null });
    expect(planned(null, STANDARD, { reckoned: 900 }).durationMs).toBeGreaterThan(0);
  });

  it("names who waits: a full sync keeps nobody waiting, chosen records everybody", () => {
    expect(planned(5_000).effect.waits).toEqual([]);
    expect(planned(5_000, STANDARD, { ways: ["ids"], lane: "targeted" }).effect).toMatchObject({
      lane: "targeted",
      waits: ["confirm", "catch-up", "audit", "backfill"],
    });
  });

  it("takes nearly all of the budget by pages and hardly any by a file of what needs no fetches", () => {
    expect(planned(20_000, STANDARD, { ways: ["pages"] }).effect.budgetPercent).toBeGreaterThan(90);
    const items = planRead(
      wanted(200_000, { ways: ["bulk"] }),
      assumedFor(resourceOf("inventory_items")),
      STANDARD,
      NOW,
    );
    expect(items.effect.budgetPercent).toBeLessThan(5);
  });
});

describe("what earlier runs took", () => {
  const time = (ms: number, units: number, cost = 0) => ({
    ...{ startedAt: NOW.toISOString(), endedAt: NOW.toISOString(), times: 1 },
    ...{ ms, units, cost },
  });
  const bulk = (waitMs: number) => ({
    done: 1_000,
    progress: {},
    phases: {
      ended: {
        waiting: time(waitMs, 8_000),
        downloading: time(1_000, 8_000),
        applying: time(2_000, 1_000),
        completing: time(50_000, 500, 5_000),
      },
    },
  });

  it("replaces what is assumed, figure by figure", () => {
    const paces = pacesOf([bulk(12_000)], ORDERS);
    expect(paces).toMatchObject({
      learnedFrom: 1,
      downloadMs: 1,
      applyMs: 2,
      openShare: 0.5,
      openPoints: 10,
    });
    expect(paces.pagePoints).toBe(ORDERS.pagePoints);
    const again = planRead(wanted(1_000, { ways: ["bulk"] }), paces, PLUS, NOW);
    expect(again.phases.waiting).toBeCloseTo(12_000, -2);
    expect(again.learnedFrom).toBe(1);
  });

  it("does not take the wait for points of a crowded first sync for work", () => {
    // Sixty orders that stood five minutes in the queue of the budget.
    const crowded = {
      done: 60,
      progress: {},
      phases: { ended: { paging: time(300_000, 60, 60 * ORDERS.pagePoints) } },
    };
    const paces = pacesOf([crowded], ORDERS);
    expect(paces.pageMs).toBeLessThanOrEqual(2 * ORDERS.pageMs);
    expect(planRead(wanted(60), paces, PLUS, NOW).way).toBe("pages");
    // One that was not held up is believed.
    const quick = { ...crowded, phases: { ended: { paging: time(60, 60) } } };
    expect(pacesOf([crowded, quick], ORDERS).pageMs).toBe(1);
  });

  it("does not believe one odd day", () => {
    const paces = pacesOf([bulk(900_000), bulk(12_000), bulk(12_000)], ORDERS);
    expect(planRead(wanted(1_000, { ways: ["bulk"] }), paces, PLUS, NOW).phases.waiting).toBeCloseTo(
      12_000,
      -2,
    );
  });
});
