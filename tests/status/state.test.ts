// Every state of a resource, every arrow between them, and the headline that follows.
import { describe, expect, it } from "vitest";
import type { ResourceName } from "#app/resources/define.ts";
import {
  BEHIND_AFTER_MS,
  CONFIRM_WITHIN_MS,
  COUNT_SETTLES_AFTER_MS,
  percentOf,
  stateOf,
} from "#app/status/state.ts";
import { headlineOf } from "#app/status/headline.ts";
import type { MirrorFacts } from "#app/status/headline.ts";
import type { ResourceFacts } from "#app/status/state.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const ended = { done: 10, total: 10, errorCode: null, errorDetail: null };

const fresh: ResourceFacts = {
  resource: "orders",
  mirrored: 0,
  inShopify: null,
  countedAt: null,
  verifiedAt: null,
  lastAppliedAt: null,
  movedAt: null,
  blocked: null,
  run: null,
  lastRun: null,
  lastFullRun: null,
  failingSince: null,
  waiting: { count: 0, oldestAt: null },
  unread: { count: 0, oldestAt: null },
};
const running = { id: "1", state: "running", done: 43, total: 100 } as const;
const verified: ResourceFacts = {
  ...fresh,
  mirrored: 10,
  inShopify: 10,
  countedAt: ago(5_000),
  verifiedAt: ago(5_000),
  lastRun: { ...ended, state: "verified" },
  lastFullRun: { ...ended, state: "verified" },
};
const failed = {
  ...fresh,
  lastRun: { ...ended, state: "failed", errorCode: "GRAPHQL" },
  failingSince: ago(60_000),
} as const;
const short = { ...ended, state: "incomplete", done: 7 } as const;

const code = (facts: ResourceFacts) => stateOf(facts, NOW).code;

describe("a resource's arrows", () => {
  it("never_synced → syncing, when a run is started", () => {
    expect(code(fresh)).toBe("never_synced");
    expect(stateOf({ ...fresh, run: { ...running, state: "queued", total: null } }, NOW)).toEqual({
      code: "syncing",
      percent: null,
      queued: true,
    });
    expect(stateOf({ ...fresh, run: running }, NOW)).toEqual({ code: "syncing", percent: 43, queued: false });
  });

  it("syncing → up_to_date, when the run ends verified", () => {
    expect(code({ ...verified, run: running })).toBe("syncing");
    expect(code(verified)).toBe("up_to_date");
  });

  it("syncing → behind, when the run ends incomplete", () => {
    expect(stateOf({ ...verified, lastRun: short, lastFullRun: short }, NOW)).toEqual({
      code: "behind",
      because: { code: "incomplete", missing: 3 },
    });
    expect(code({ ...fresh, lastRun: short, lastFullRun: short })).toBe("behind");
  });

  it("stays behind when catching up went well after a full run that came up short", () => {
    expect(code({ ...verified, lastFullRun: short })).toBe("behind");
  });

  it("syncing → behind, when the run is paused", () => {
    expect(stateOf({ ...fresh, run: { ...running, state: "paused" } }, NOW)).toEqual({
      code: "behind",
      because: { code: "paused", percent: 43 },
    });
  });

  it("syncing → failing → syncing, when the run fails and is started again", () => {
    expect(stateOf(failed, NOW)).toMatchObject({ code: "failing", since: ago(60_000), errorCode: "GRAPHQL" });
    expect(code({ ...failed, run: running })).toBe("syncing");
  });

  it("syncing → never_synced, when the first run is cancelled", () => {
    expect(code({ ...fresh, mirrored: 4 })).toBe("never_synced");
  });

  it("up_to_date → behind → up_to_date, as webhooks wait too long and are applied", () => {
    const waiting = (ms: number) => code({ ...verified, waiting: { count: 2, oldestAt: ago(ms) } });
    expect(waiting(BEHIND_AFTER_MS)).toBe("up_to_date");
    expect(waiting(BEHIND_AFTER_MS + 1)).toBe("behind");
    expect(code(verified)).toBe("up_to_date");
  });

  it("up_to_date → behind → up_to_date, as what news has named waits too long to be read, and is", () => {
    const unread = (ms: number) => stateOf({ ...verified, unread: { count: 2, oldestAt: ago(ms) } }, NOW);
    expect(unread(CONFIRM_WITHIN_MS).code).toBe("up_to_date");
    const oldestAt = ago(CONFIRM_WITHIN_MS + 1);
    expect(unread(CONFIRM_WITHIN_MS + 1)).toEqual({
      ...{ code: "behind", because: { code: "unread", count: 2, oldestAt } },
    });
    // What is still to be read may be the difference.
    const differing = { ...verified, inShopify: 12, unread: { count: 2, oldestAt: NOW } };
    expect(code(differing)).toBe("up_to_date");
  });

  it("up_to_date → behind, when the counts differ at rest, and only then", () => {
    const counted = (lastAppliedAt: Date | null) =>
      stateOf({ ...verified, inShopify: 12, lastAppliedAt }, NOW);
    expect(counted(null)).toEqual({ code: "behind", because: { code: "counts_differ", missing: 2 } });
    expect(counted(ago(5_000 + COUNT_SETTLES_AFTER_MS)).code).toBe("up_to_date");
    expect(counted(ago(5_001 + COUNT_SETTLES_AFTER_MS)).code).toBe("behind");
    // A change came in after the count: the count is of another moment.
    expect(counted(ago(1_000)).code).toBe("up_to_date");
    expect(stateOf({ ...verified, inShopify: 12, movedAt: ago(1_000) }, NOW).code).toBe("up_to_date");
  });

  it("any → blocked, whatever else is the case", () => {
    const blocked = { code: "ACCESS_DENIED", detail: "read_orders" };
    for (const facts of [fresh, verified, failed, { ...fresh, run: running }]) {
      expect(code({ ...facts, blocked })).toBe("blocked");
    }
  });
});

describe("percent", () => {
  it("is whole, never 100 while the run lasts, and unknown without a total", () => {
    expect(percentOf({ done: 1, total: 3 })).toBe(33);
    expect(percentOf({ done: 3, total: 3 })).toBe(99);
    expect(percentOf({ done: 9, total: 3 })).toBe(99);
    expect(percentOf({ done: 9, total: null })).toBeNull();
    expect(percentOf({ done: 0, total: 0 })).toBe(99);
  });
});

describe("the headline", () => {
  const of = (all: readonly ResourceFacts[], given: Partial<MirrorFacts> = {}) => {
    const resources = all.map((facts) => ({
      ...facts,
      state: stateOf(facts, NOW),
      delayMs: facts.lastAppliedAt ? 600 : null,
    }));
    return headlineOf(
      {
        ...{
          resources,
          parked: 0,
          errors: 0,
          oldestWaitingAt: null,
          confirmations: { count: 0, oldestAt: null },
        },
        ...{ held: [], workers: { isAlive: true, seenAt: NOW }, ...given },
      },
      NOW,
    );
  };
  const named = (resource: ResourceName, facts: ResourceFacts) => ({ ...facts, resource });
  const changed = { ...verified, lastAppliedAt: ago(1_000) };

  it("says complete only when all is verified and nothing waits unduly", () => {
    expect(of([changed, named("products", verified)])).toEqual({ code: "complete", lagMs: 600 });
    expect(of([verified])).toEqual({ code: "complete", lagMs: null });
    expect(of([changed, named("products", fresh)]).code).not.toBe("complete");
  });

  it("takes the lag from what still waits when that is longer than the last delay", () => {
    expect(of([changed], { oldestWaitingAt: ago(4_000) })).toEqual({ code: "complete", lagMs: 4_000 });
    expect(of([changed], { oldestWaitingAt: ago(BEHIND_AFTER_MS + 1) })).toMatchObject({
      code: "waiting",
      lagMs: BEHIND_AFTER_MS + 1,
    });
  });

  it("says that nothing is worked off when no worker lives, whatever else is the case", () => {
    const workers = { isAlive: false, seenAt: ago(60_000) };
    const queued = { ...fresh, run: { ...running, state: "queued" } } as const;
    for (const facts of [changed, queued, failed]) {
      expect(of([facts], { workers })).toEqual({ code: "unworked", seenAt: ago(60_000) });
    }
  });

  it("says what a person paused, instead of promising that it is being worked off", () => {
    expect(of([changed], { held: ["deliveries"] })).toEqual({ code: "held_deliveries", lagMs: null });
    const late = { held: ["deliveries"], oldestWaitingAt: ago(90_000) } as const;
    expect(of([changed], late)).toEqual({ code: "held_deliveries", lagMs: 90_000 });
    const queued = { ...fresh, run: { ...running, state: "queued" } } as const;
    expect(of([queued], { held: ["runs"] })).toMatchObject({ code: "held_runs", isFirst: true });
    expect(of([{ ...verified, run: running }], { held: ["runs"] })).toMatchObject({ isFirst: false });
    const overdue = { count: 5, oldestAt: ago(CONFIRM_WITHIN_MS + 1) };
    const waits = of([changed], { confirmations: overdue, held: ["confirmations"] });
    expect(waits).toEqual({ code: "held_confirmations", count: 5 });
    expect(of([changed], { held: ["runs", "catch_up", "editions"] }).code).toBe("complete");
  });

  it("names parked webhooks, then confirmations that are overdue", () => {
    expect(of([changed], { parked: 3 })).toEqual({ code: "parked", count: 3 });
    const late = { count: 5, oldestAt: ago(CONFIRM_WITHIN_MS + 1) };
    expect(of([changed], { confirmations: late })).toEqual({ code: "confirming", count: 5 });
    expect(of([changed], { confirmations: { count: 5, oldestAt: ago(1_000) } }).code).toBe("complete");
    // Records that wait to be read are among them: the headline says what their resource says.
    const unread = { ...changed, unread: late };
    expect(of([unread], { confirmations: late })).toEqual({ code: "confirming", count: 5 });
    const waiting = { ...changed, waiting: { count: 1, oldestAt: ago(BEHIND_AFTER_MS + 1) } };
    const both = of([unread, named("products", waiting)], { confirmations: late });
    expect(both).toMatchObject({ code: "waiting", resources: ["products"] });
  });

  it("calls no mirror complete while errors are open, and says what is worse first", () => {
    expect(of([changed], { errors: 2 })).toEqual({ code: "flawed" });
    expect(of([changed], { errors: 2, parked: 3 })).toEqual({ code: "parked", count: 3 });
    expect(of([failed], { errors: 2 }).code).toBe("failing");
  });

  it("adds a first sync up over all resources, finished ones included", () => {
    const all = [
      { ...fresh, run: { ...running, done: 20, total: 80 } },
      named("locations", { ...verified, mirrored: 20 }),
      named("products", { ...fresh, run: { ...running, done: 0, total: null } }),
    ];
    expect(of(all)).toEqual({ code: "first_sync", percent: 41, queued: false });
    const queued = { ...fresh, run: { ...running, state: "queued", done: 0, total: null } } as const;
    expect(of([queued])).toEqual({ code: "first_sync", percent: null, queued: true });
  });

  it("never falls while Shopify says one total after the other", () => {
    const at = (...runs: readonly { readonly done: number; readonly total: number | null }[]) => {
      const names = ["orders", "products", "locations"] as const;
      const said = of(
        runs.map((run, index) => named(names[index]!, { ...fresh, run: { ...running, ...run } })),
      );
      return "percent" in said ? (said.percent ?? 0) : Number.NaN;
    };
    const unknown = { done: 0, total: null };
    const seen = [
      at(unknown, unknown, unknown),
      at({ done: 3, total: 3 }, unknown, unknown),
      at({ done: 3, total: 3 }, { done: 0, total: 300 }, unknown),
      at({ done: 3, total: 3 }, { done: 200, total: 300 }, { done: 400, total: null }),
      at({ done: 3, total: 3 }, { done: 200, total: 300 }, { done: 400, total: 100_000 }),
    ];
    expect(seen).toEqual([0, 33, 33, 55, 55]);
  });

  it("tells a repeated sync from the first", () => {
    expect(of([{ ...verified, run: running }])).toEqual({
      code: "syncing",
      resources: ["orders"],
      percent: 43,
    });
  });

  it("tells an empty mirror from a partly empty one", () => {
    expect(of([fresh, named("products", fresh)])).toMatchObject({ code: "never_synced", all: true });
    expect(of([verified, named("products", fresh)])).toEqual({
      code: "never_synced",
      resources: ["products"],
      all: false,
    });
  });

  it("puts the worst first: blocked, failing, syncing, never synced, behind", () => {
    const blocked = named("products", { ...fresh, blocked: { code: "ACCESS_DENIED", detail: null } });
    const syncing = named("locations", { ...fresh, run: running });
    const behind = named("inventory_items", { ...verified, lastFullRun: short });
    const codes = [blocked, failed, syncing, fresh, behind].map((_, from, all) => of(all.slice(from)).code);
    expect(codes).toEqual(["blocked", "failing", "first_sync", "never_synced", "incomplete"]);
  });

  it("says since when, taking the earliest failure", () => {
    const all = [failed, named("products", { ...failed, failingSince: ago(90_000) })];
    expect(of(all)).toEqual({ code: "failing", resources: ["orders", "products"], since: ago(90_000) });
  });
});
