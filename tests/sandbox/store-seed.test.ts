import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ManualClock } from "#sandbox/store/clock.ts";
import { exportTruth } from "#sandbox/store/export.ts";
import { orderRarities, returnRarities } from "#sandbox/store/rarities.ts";
import { seed, SEED_DEFAULTS, type SeedOptions } from "#sandbox/store/seed.ts";
import { LONG_ORDER_LINES } from "#sandbox/store/seed/history.ts";
import { financialStatus, fulfillmentStatus } from "#sandbox/store/states.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";
import { brokenLaws } from "#tests/sandbox/store-laws.ts";

const NOW = "2026-11-20T10:00:00.123Z";
const DAY = 24 * 60 * 60 * 1000;
const SMALL: SeedOptions = { orders: 120, products: 40, editions: 5, days: 90 };

function seeded(name: string, sizes: SeedOptions = SMALL, now = NOW): Store {
  const store = openStore({ seed: name, clock: new ManualClock(now) });
  seed(store, sizes);
  return store;
}

const isRounded = ({ shop }: { shop: string }) => Number(shop) !== 0;

const digest = (store: Store) =>
  createHash("sha256")
    .update(JSON.stringify(exportTruth(store)))
    .digest("hex");

describe("the same seed", () => {
  it("gives the same history to the byte; another seed another one", () => {
    expect(digest(seeded("a"))).toBe(digest(seeded("a")));
    expect(digest(seeded("a"))).not.toBe(digest(seeded("b")));
  });

  it("ends when the clock says, whatever the millisecond", () => {
    expect(digest(seeded("a", SMALL, "2026-11-20T10:00:00.999Z"))).toBe(digest(seeded("a")));
    const truth = exportTruth(seeded("a"));
    const times = [...truth.orders, ...truth.products, ...truth.inventoryLevels].map((one) => one.updatedAt);
    expect(times.every((time) => time <= "2026-11-20T10:00:00Z")).toBe(true);
  });

  it("emits nothing of the past", () => {
    const store = openStore({ clock: new ManualClock(NOW) });
    const events: unknown[] = [];
    store.on("event", (event) => events.push(event));
    store.on("commit", (changes) => events.push(changes));
    seed(store, { orders: 5, products: 4, editions: 1, days: 10 });
    expect(events).toEqual([]);
    expect(store.list("orders", { lagMs: 60_000 })).toHaveLength(5);
    expect(() => seed(store)).toThrow(/empty/);
  });
});

describe("the default history", () => {
  const store = seeded("counterfoil", {});
  const orders = store.list("orders");
  const having = (fits: (order: (typeof orders)[number]) => boolean) => orders.filter(fits).length;

  it("obeys every law", () => {
    expect(brokenLaws(store)).toEqual([]);
  });

  it("has the sizes that were asked for", () => {
    expect(orders).toHaveLength(SEED_DEFAULTS.orders);
    expect(store.list("products")).toHaveLength(SEED_DEFAULTS.products);
    expect(store.list("locations")).toHaveLength(SEED_DEFAULTS.locations);
    const editions = store.list("metafields").filter((field) => field.key === "edition_size");
    expect(editions).toHaveLength(SEED_DEFAULTS.editions);
    expect(editions.some((field) => /^\d+$/.test(field.value))).toBe(true);
    expect(editions.some((field) => /^\d+ \+ \d+ AP$/.test(field.value))).toBe(true);
  });

  it("has a bit of everything that can go wrong in a mirror", () => {
    const variants = store
      .list("products")
      .map((product) => store.where("variants", "productId", product.id).length);
    expect(Math.max(...variants)).toBe(250);
    expect(Math.max(...orders.map((order) => order.lines.length))).toBe(LONG_ORDER_LINES);
    const old = new Date(Date.parse(NOW) - 60 * DAY).toISOString();
    const found = {
      olderThan60Days: having((order) => order.createdAt < old),
      youngerThan60Days: having((order) => order.createdAt >= old),
      refunded: having((order) => order.refunds.length > 0),
      partlyFulfilled: having((order) => fulfillmentStatus(order) === "PARTIALLY_FULFILLED"),
      unfulfilled: having(
        (order) => fulfillmentStatus(order) === "UNFULFILLED" && order.cancelledAt === null,
      ),
      cancelled: having((order) => order.cancelledAt !== null),
      edited: having((order) => order.edited),
      test: having((order) => order.test),
      tip: having((order) => order.lines.some((line) => line.isTip)),
      giftCard: having((order) => order.lines.some((line) => line.isGiftCard)),
      jpy: having((order) => order.presentmentCurrency === "JPY"),
      kwd: having((order) => order.presentmentCurrency === "KWD"),
      eur: having((order) => order.presentmentCurrency === "EUR"),
      discounted: having((order) => order.discountApplications.length > 0),
      withoutCustomer: having((order) => order.customerId === null),
      pending: having((order) => financialStatus(order) === "PENDING"),
      authorized: having((order) => financialStatus(order) === "AUTHORIZED"),
      returned: having((order) => order.returns.length > 0),
      deletedProduct: having((order) =>
        order.lines.some((line) => line.productId !== null && !store.get("products", line.productId)),
      ),
      fee: having((order) => order.additionalFees.length > 0),
      duty: having((order) => order.lines.some((line) => line.duties.length > 0)),
      refundedDuty: having((order) => order.refunds.some((refund) => refund.duties.length > 0)),
      roundedPayment: having((order) => isRounded(orderRarities(order).cashRounding.payment)),
      exchange: having((order) =>
        order.returns.some((one) => returnRarities(order, one).exchangeLines.length > 0),
      ),
      unicode: having((order) => /[^\x20-\x7e]/.test(order.shippingAddress?.lastName ?? "")),
    };
    expect(Object.entries(found).filter(([, count]) => count === 0)).toEqual([]);
    const longest = Math.max(...orders.map((order) => order.note?.length ?? 0));
    expect(longest).toBeGreaterThan(1000);
    expect(new Set(store.list("products").map((product) => product.status))).toEqual(
      new Set(["ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"]),
    );
    const { customers } = exportTruth(store);
    for (const kind of ["sms", "whatsApp"] as const)
      expect(new Set(customers.map(({ rarities }) => rarities[kind].state))).toEqual(
        new Set(["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"]),
      );
    expect(customers.some(({ askedLocationId, phone }) => askedLocationId !== null && phone !== null)).toBe(
      true,
    );
    expect(store.list("customers").every((customer) => customer.email?.endsWith("@example.com"))).toBe(true);
  });
});

describe("the export", () => {
  it("spells out derived values, both currencies and whole seconds", () => {
    const truth = exportTruth(seeded("export"));
    const order =
      truth.orders.find((one) => one.presentmentCurrency !== one.currency && one.refunds.length > 0) ??
      truth.orders[0];
    expect(order).toMatchObject({
      totals: { totalPrice: { shop: expect.any(String), presentment: expect.any(String) } },
    });
    expect(order?.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(order?.gid).toBe(`gid://shopify/Order/${order?.id}`);
    expect(order?.lines[0]).toMatchObject({ position: 1, totals: { currentQuantity: expect.any(Number) } });
    const level = truth.inventoryLevels[0];
    expect(level?.quantities.on_hand).toBe(
      (level?.quantities.available ?? 0) + (level?.quantities.committed ?? 0),
    );
    expect(JSON.stringify(truth)).not.toContain('"rev"');
    expect(JSON.stringify(truth)).not.toMatch(/T\d\d:\d\d:\d\d\.\d{3}Z/);
  });
});
