// A shop with two places and one bowl, new before each test of the store's acts. What is exported is of the present test.
import * as acts from "#sandbox/store/acts.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import type { DomainEvent } from "#sandbox/store/events.ts";
import { levelId } from "#sandbox/store/lookups.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";
import type { Frozen, Id, Order } from "#sandbox/store/truth.ts";

export let store: Store;
export let clock: ManualClock;
export let events: DomainEvent[];
export let here: Id;
export let there: Id;
export let productId: Id;
export let variantId: Id;
export let itemId: Id;
export let customerId: Id;

/** What was sent since the last call, in order. */
export function sent(): string[] {
  return events.splice(0).map((event) => event.topic);
}

export function openBowlShop(): void {
  clock = new ManualClock("2026-11-20T10:00:00Z");
  store = openStore({ seed: "acts", clock });
  events = [];
  store.on("event", (event) => events.push(event));
  here = acts.createLocation(store, { name: "Here" }).id;
  there = acts.createLocation(store, { name: "There" }).id;
  const stock = [
    { locationId: here, available: 10 },
    { locationId: there, available: 4 },
  ];
  const variant = { price: "20", sku: "B1", item: { tracked: true }, stock };
  productId = acts.createProduct(store, { title: "Bowl", variants: [variant] }).id;
  const [made] = store.where("variants", "productId", productId);
  variantId = made?.id ?? "";
  itemId = made?.inventoryItemId ?? "";
  customerId = acts.createCustomer(store, { firstName: "Mira", email: "mira@example.com" }).id;
  sent();
}

export const level = (locationId: Id = here) =>
  store.need("inventoryLevels", levelId(itemId, locationId)).quantities;
export const place = (quantity = 2, more: object = {}): Frozen<Order> =>
  acts.placeOrder(store, { lines: [{ variantId, quantity }], customerId, ...more });
export const lineOf = (order: Frozen<Order>) => ({ lineItemId: order.lines[0]?.id ?? "" });

export function quietPlace(quantity = 2, more: object = {}): Frozen<Order> {
  const order = place(quantity, more);
  sent();
  clock.advance(60_000);
  return order;
}
