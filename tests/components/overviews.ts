// Overviews by state, for component tests: what the page is given when the mirror is in that state. The moment is fixed.
import type { ResourceName } from "#app/resources/define.ts";
import type { ErrorView } from "#app/status/errors.ts";
import type { Overview, ResourceView } from "#app/status/overview.ts";
import type { RunView } from "#app/status/runs.ts";
import type { Headline } from "#app/status/headline.ts";
import type { State } from "#app/status/state.ts";

export const AT = new Date("2026-11-23T14:02:30.000Z");

export function before(ms: number): Date {
  return new Date(AT.getTime() - ms);
}

const COUNTS: Readonly<Record<ResourceName, number | null>> = {
  orders: 2_148,
  fulfillment_orders: null,
  customers: 1_204,
  products: 300,
  collections: 12,
  inventory_items: 742,
  inventory_levels: null,
  locations: 3,
  product_metafields: null,
  variant_metafields: null,
  order_metafields: null,
  customer_metafields: null,
  collection_metafields: null,
};
const NAMES: readonly ResourceName[] = [
  "orders",
  "products",
  "inventory_items",
  "inventory_levels",
  "locations",
];

export const run = {
  of(given: Partial<RunView> = {}): RunView {
    return {
      id: "7",
      resource: "orders",
      kind: "backfill",
      state: "running",
      phase: "applying",
      startedBy: "install",
      done: 924,
      total: 2_148,
      rejected: 0,
      percent: 43,
      perSecond: 312.4,
      etaMs: 3_918,
      errorCode: null,
      errorDetail: null,
      createdAt: before(9_000),
      startedAt: before(8_000),
      endedAt: null,
      ...given,
    };
  },
  uncounted: () =>
    run.of({ phase: "waiting", done: 0, total: null, percent: null, perSecond: null, etaMs: null }),
  queued: () =>
    run.of({
      state: "queued",
      phase: null,
      done: 0,
      percent: 0,
      perSecond: null,
      etaMs: null,
      startedAt: null,
    }),
  verified: (given: Partial<RunView> = {}) =>
    run.of({
      state: "verified",
      done: 2_148,
      percent: 99,
      perSecond: null,
      etaMs: null,
      endedAt: before(120_000),
      startedAt: before(131_400),
      ...given,
    }),
  incomplete: () =>
    run.of({
      state: "incomplete",
      errorCode: "COUNT_MISMATCH",
      done: 2_146,
      rejected: 2,
      perSecond: null,
      etaMs: null,
      startedAt: before(72_000),
      endedAt: before(60_000),
    }),
  failed: () =>
    run.of({
      state: "failed",
      errorCode: "ACCESS_DENIED",
      done: 0,
      perSecond: null,
      etaMs: null,
      endedAt: before(60_000),
    }),
};

export function resource(name: ResourceName, given: Partial<ResourceView> = {}): ResourceView {
  const count = COUNTS[name];
  return {
    resource: name,
    state: { code: "up_to_date" },
    mirrored: count ?? 1_931,
    inShopify: count,
    countedAt: count === null ? null : before(118_000),
    verifiedAt: before(118_000),
    lastChangeAt: before(12_000),
    delayMs: 412,
    lastChange: { at: before(12_000), by: "webhook" },
    run: null,
    isCounted: true,
    nextSyncAt: before(-252_000),
    ...given,
  };
}

export function error(given: Partial<ErrorView> = {}): ErrorView {
  return {
    id: "1",
    resource: "orders",
    recordKey: "5678901234567",
    code: "NOT_A_CURRENCY",
    detail: 'total_price_set.shop_money.currency_code: "XXQ" is no ISO 4217 code',
    occurredAt: before(340_000),
    ...given,
  };
}

export const overviews = {
  complete: (given: Partial<Overview> = {}): Overview => ({
    at: AT,
    shop: {
      id: 1,
      domain: "my-store.myshopify.com",
      name: "My Store",
      timeZone: "America/New_York",
      currencyCode: "USD",
      scopes: ["read_orders", "read_all_orders"],
    },
    needs: [],
    access: {
      scopes: NAMES.map((name) => ({
        ...{ resource: name, needed: ["read_orders"], missing: [] },
        ...{ isOff: false, withheld: [] },
      })),
      personal: { state: "ok" },
      history: { isWhole: true, oldestAt: new Date("2019-03-02T10:00:00.000Z"), isOff: false },
      token: { state: "ok", until: new Date("2027-02-20T10:00:00.000Z") },
      version: { state: "ok", name: "2026-10", supportedUntil: new Date("2027-10-01T00:00:00.000Z") },
    },
    guide: null,
    budget: {
      maximum: 2_000,
      rate: 100,
      available: 1_480,
      inFlight: 120,
      at: AT,
      waiting: null,
      lanes: [
        { lane: "targeted", leaves: 0 },
        { lane: "confirm", leaves: 100 },
        { lane: "catch-up", leaves: 200 },
        { lane: "audit", leaves: 200 },
        { lane: "backfill", leaves: 300 },
      ],
    },
    schedule: { nextSyncAt: null, holes: 0 },
    headline: { code: "complete", lagMs: 412 },
    resources: NAMES.map((name) => resource(name)),
    mirrored: 5_124,
    webhooks: {
      lastReceivedAt: before(12_000),
      received: { count: 231, isMore: false, oldestAt: before(3_500_000) },
      waiting: { count: 0, isMore: false, oldestAt: null },
      parked: { count: 0, isMore: false, oldestAt: null },
    },
    standstill: { held: [], workers: { isAlive: true, seenAt: AT } },
    confirmations: { count: 2, oldestAt: before(3_000) },
    errors: [],
    errorCount: { count: 0, isMore: false },
    runs: NAMES.map((name, index) =>
      run.verified({
        id: String(5 - index),
        resource: name,
        done: COUNTS[name] ?? 1_931,
        total: COUNTS[name] ?? 1_931,
      }),
    ),
    ...given,
  }),

  firstSync: (): Overview => {
    const runs = [
      run.of({ id: "5" }),
      run.of({
        id: "4",
        resource: "products",
        phase: "downloading",
        done: 0,
        total: 300,
        percent: 0,
        perSecond: null,
        etaMs: null,
      }),
      run.of({ ...run.uncounted(), id: "3", resource: "inventory_items" }),
      run.of({ ...run.queued(), id: "2", resource: "inventory_levels", total: null, percent: null }),
      run.verified({
        id: "1",
        resource: "locations",
        done: 3,
        total: 3,
        startedAt: before(7_000),
        endedAt: before(6_200),
      }),
    ];
    const states: readonly State[] = [
      { code: "syncing", percent: 43, queued: false },
      { code: "syncing", percent: 0, queued: false },
      { code: "syncing", percent: null, queued: false },
      { code: "syncing", percent: null, queued: true },
      { code: "up_to_date" },
    ];
    return overviews.complete({
      headline: { code: "first_sync", percent: 37, queued: false },
      mirrored: 927,
      resources: NAMES.map((name, index) =>
        resource(name, {
          state: states[index] ?? { code: "never_synced" },
          run: index < 4 ? (runs[index] ?? null) : null,
          mirrored: index === 0 ? 924 : index === 4 ? 3 : 0,
          verifiedAt: index === 4 ? before(6_200) : null,
          lastChangeAt: null,
          lastChange: null,
          delayMs: null,
          ...(index > 1 && index < 4 ? { inShopify: null, countedAt: null } : { countedAt: before(7_500) }),
        }),
      ),
      webhooks: {
        lastReceivedAt: null,
        received: { count: 0, isMore: false, oldestAt: null },
        waiting: { count: 0, isMore: false, oldestAt: null },
        parked: { count: 0, isMore: false, oldestAt: null },
      },
      confirmations: { count: 0, oldestAt: null },
      runs,
    });
  },

  neverSynced: (): Overview =>
    overviews.complete({
      headline: { code: "never_synced", resources: NAMES, all: true },
      mirrored: 0,
      runs: [],
      resources: NAMES.map((name) =>
        resource(name, {
          state: { code: "never_synced" },
          mirrored: 0,
          inShopify: null,
          countedAt: null,
          verifiedAt: null,
          lastChangeAt: null,
          lastChange: null,
          delayMs: null,
        }),
      ),
      webhooks: {
        lastReceivedAt: null,
        received: { count: 0, isMore: false, oldestAt: null },
        waiting: { count: 0, isMore: false, oldestAt: null },
        parked: { count: 0, isMore: false, oldestAt: null },
      },
      confirmations: { count: 0, oldestAt: null },
    }),

  /** Everything that can be wrong at once, with long texts. */
  troubled: (): Overview => {
    const headline: Headline = {
      code: "failing",
      resources: ["orders", "inventory_levels"],
      since: before(3_700_000),
    };
    const states: readonly State[] = [
      { code: "failing", since: before(3_700_000), errorCode: "NETWORK", detail: "fetch failed" },
      {
        code: "blocked",
        errorCode: "ACCESS_DENIED",
        detail: "This app is not approved to access the Product object.",
      },
      { code: "behind", because: { code: "waiting", count: 1_204, oldestAt: before(95_000) } },
      { code: "behind", because: { code: "incomplete", missing: 12 } },
      { code: "behind", because: { code: "counts_differ", missing: 1 } },
    ];
    return overviews.complete({
      headline,
      resources: NAMES.map((name, index) =>
        resource(name, {
          state: states[index] ?? { code: "up_to_date" },
          lastChangeAt: before(3_720_000),
          lastChange: { at: before(3_720_000), by: "webhook" },
          delayMs: 95_300,
        }),
      ),
      webhooks: {
        lastReceivedAt: before(400),
        received: { count: 10_000, isMore: true, oldestAt: before(3_599_000) },
        waiting: { count: 1_204, isMore: false, oldestAt: before(95_000) },
        parked: { count: 3, isMore: false, oldestAt: before(86_400_000) },
      },
      confirmations: { count: 418, oldestAt: before(90_000) },
      errors: [
        error(),
        error({
          id: "2",
          code: "ACCESS_DENIED",
          resource: "products",
          recordKey: null,
          detail:
            "This app is not approved to access the Product object. See https://shopify.dev/docs/apps/launch/protected-customer-data for what to do, and then try once more.",
        }),
        error({
          id: "3",
          code: "A_NEW_CODE_WITHOUT_WORDS",
          resource: "collections",
          detail: "x".repeat(300),
        }),
      ],
      errorCount: { count: 17, isMore: false },
      runs: [
        run.failed(),
        { ...run.incomplete(), id: "6", resource: "inventory_levels" },
        run.of({
          id: "5",
          state: "cancelled",
          startedBy: "user:42",
          endedAt: before(7_200_000),
          kind: "targeted",
        }),
        run.verified({
          id: "4",
          kind: "catch_up",
          startedBy: "schedule",
          endedAt: before(90_000_000),
          startedAt: before(93_904_000),
          done: 1_204_117,
        }),
      ],
    });
  },
};
