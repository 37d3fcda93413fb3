import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import type { DomainEvent } from "#sandbox/store/events.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";
import { gid, levelGid, shownTime } from "#sandbox/store/truth.ts";
import { UserError } from "#sandbox/store/user-error.ts";

let store: Store;
let clock: ManualClock;
let events: DomainEvent[];

beforeEach(() => {
  clock = new ManualClock("2026-11-20T10:00:00.250Z");
  store = openStore({ seed: "store-test", clock });
  events = [];
  store.on("event", (event) => events.push(event));
});

function stocked(available = 5) {
  const location = acts.createLocation(store, { name: "Shop" });
  const stock = [{ locationId: location.id, available }];
  const product = acts.createProduct(store, {
    title: "Bowl",
    variants: [{ price: "20", sku: "B1", item: { tracked: true }, stock }],
  });
  const [variant] = store.where("variants", "productId", product.id);
  if (!variant) throw new Error("The product has no variant.");
  return { location, product, variant };
}

describe("an act", () => {
  it("is undone as a whole when it throws, and tells nobody", () => {
    const { variant } = stocked(1);
    const before = JSON.stringify([
      store.list("orders"),
      store.list("inventoryLevels"),
      store.list("products"),
    ]);
    events.length = 0;
    const lines = [
      { variantId: variant.id, quantity: 1 },
      { variantId: variant.id, quantity: 7 },
    ];
    expect(() => acts.placeOrder(store, { lines })).toThrow(UserError);
    expect(() =>
      store.act(() => {
        acts.placeOrder(store, { lines: lines.slice(0, 1) });
        throw new Error("afterwards");
      }),
    ).toThrow("afterwards");
    expect(
      JSON.stringify([store.list("orders"), store.list("inventoryLevels"), store.list("products")]),
    ).toBe(before);
    expect(events).toEqual([]);
    expect(store.where("orders", "customerId", null)).toEqual([]);
  });

  it("sends all its events under one id, after it is done, with frozen states", () => {
    const { variant } = stocked();
    events.length = 0;
    const order = acts.placeOrder(store, { lines: [{ variantId: variant.id, quantity: 2 }] });
    expect(new Set(events.map((event) => event.eventId)).size).toBe(1);
    expect(events[0]?.eventId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(
      events.every(
        (event) => event.triggeredAt === "2026-11-20T10:00:00.250Z" && event.shop === store.shop.domain,
      ),
    ).toBe(true);
    const created = events.find((event) => event.topic === "orders/create");
    acts.updateOrder(store, order.id, { note: "later" });
    expect(created?.subject.record).toMatchObject({ id: order.id, note: null });
    expect(Object.isFrozen(created?.subject.record)).toBe(true);
    const level = events.find((event) => event.topic === "inventory_levels/update");
    expect(level?.subject.record).toMatchObject({ quantities: { available: 3, committed: 2 } });
    expect(new Set(events.map((event) => event.eventId)).size).toBe(2);
  });

  it("numbers its writes, so that equal times still have an order", () => {
    const { product } = stocked();
    const first = acts.updateProduct(store, product.id, { title: "One" });
    const second = acts.updateProduct(store, product.id, { title: "Two" });
    expect(second.updatedAt).toBe(first.updatedAt);
    expect(second.rev).toBeGreaterThan(first.rev);
  });

  it("refuses to write outside of itself, and to change what was handed out", () => {
    const { product } = stocked();
    expect(() => store.change("products", product.id, () => undefined)).toThrow("inside acts");
    expect(() => Object.assign(product, { title: "No" })).toThrow(TypeError);
  });
});

describe("reading", () => {
  it("shows search what was true a while ago", () => {
    const { product } = stocked();
    clock.advance(60_000);
    acts.updateProduct(store, product.id, { title: "New" });
    acts.createProduct(store, { title: "Younger" });
    clock.advance(2_000);
    expect(store.list("products").map((one) => one.title)).toEqual(["New", "Younger"]);
    expect(store.list("products", { lagMs: 5_000 }).map((one) => one.title)).toEqual(["Bowl"]);
    expect(store.list("products", { lagMs: 1_000 }).map((one) => one.title)).toEqual(["New", "Younger"]);
    acts.deleteProduct(store, product.id);
    expect(store.list("products", { lagMs: 1_000 }).map((one) => one.title)).toContain("New");
    clock.advance(1_500);
    expect(store.list("products", { lagMs: 1_000 }).map((one) => one.title)).toEqual(["Younger"]);
  });

  it("keeps sorted views and indexes in step with the tables", () => {
    const { product } = stocked();
    const byTitle = () =>
      store.sorted("products", "title", (a, b) => (a.title < b.title ? -1 : 1)).map((one) => one.title);
    expect(byTitle()).toEqual(["Bowl"]);
    acts.createProduct(store, { title: "Apron" });
    expect(byTitle()).toEqual(["Apron", "Bowl"]);
    expect(store.where("products", "handle", "bowl").map((one) => one.id)).toEqual([product.id]);
    acts.updateProduct(store, product.id, { handle: "Deep Bowl" });
    expect(store.where("products", "handle", "bowl")).toEqual([]);
    expect(store.where("products", "handle", "deep-bowl")).toHaveLength(1);
  });
});

describe("ids", () => {
  it("follow from the seed, grow, and have Shopify's sizes", () => {
    const { product, variant } = stocked();
    const second = acts.createProduct(store, { title: "Bowl" });
    expect(product.id).toMatch(/^\d{13}$/);
    expect(variant.id).toMatch(/^\d{14}$/);
    expect(BigInt(second.id)).toBeGreaterThan(BigInt(product.id));
    const other = openStore({ seed: "store-test", clock });
    acts.createLocation(other, { name: "Shop" });
    expect(acts.createProduct(other, { title: "Else" }).id).toBe(product.id);
    const level = store.list("inventoryLevels")[0];
    expect(level && levelGid(level)).toMatch(/^gid:\/\/shopify\/InventoryLevel\/\d+\?inventory_item_id=\d+$/);
    expect(gid("Product", product.id)).toBe(`gid://shopify/Product/${product.id}`);
    expect(shownTime(product.updatedAt)).toBe("2026-11-20T10:00:00Z");
  });

  it("can lie past what a double holds", () => {
    const big = openStore({ seed: "store-test", clock, bigIds: true });
    acts.createLocation(big, { name: "Shop" });
    const { id } = acts.createProduct(big, { title: "Bowl" });
    expect(BigInt(id)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    expect(big.where("variants", "productId", id)[0]?.productId).toBe(id);
  });
});
