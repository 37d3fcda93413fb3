// Every act on orders: which topics it sends, what it does to stock, what it refuses.

import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { fulfillmentStatus, returnStatus } from "#sandbox/store/states.ts";
import { brokenLaws } from "#tests/sandbox/store-laws.ts";
import {
  clock,
  customerId,
  events,
  here,
  level,
  lineOf,
  openBowlShop,
  place,
  quietPlace,
  sent,
  store,
  there,
  variantId,
} from "#tests/sandbox/bowl-shop.ts";

beforeEach(openBowlShop);

describe("orders", () => {
  it("placed and paid", () => {
    const order = place();
    expect(sent()).toEqual([
      "fulfillment_orders/order_routing_complete",
      "orders/create",
      "order_transactions/create",
      "orders/paid",
      "orders/updated",
      "inventory_levels/update",
      "products/update",
      "customers/update",
    ]);
    expect(level()).toMatchObject({ available: 8, committed: 2 });
    expect(order).toMatchObject({ name: "#1001", number: 1001, email: "mira@example.com", customerId });
    expect(order.confirmationNumber).toMatch(/^[A-Z2-9]{9}$/);
  });

  it("placed and not yet paid, then paid", () => {
    const order = place(1, { payment: "pending" });
    expect(sent()).not.toContain("orders/paid");
    acts.markOrderPaid(store, order.id);
    expect(sent()).toEqual(["order_transactions/create", "orders/paid", "orders/updated"]);
    const held = place(1, { payment: "authorized" });
    expect(sent()).toContain("order_transactions/create");
    acts.captureOrder(store, held.id);
    expect(sent()).toEqual(["order_transactions/create", "orders/paid", "orders/updated"]);
  });

  it("refused", () => {
    expect(() => place(99)).toThrow(/Only 14 of B1 are left/);
    expect(() => place(0)).toThrow(/at least 1/);
    expect(() => acts.placeOrder(store, { lines: [] })).toThrow(/at least one line item/);
    expect(() => place(1, { presentmentCurrency: "GBP", rate: "0.8" })).toThrow(/does not sell in GBP/);
    expect(() => place(1, { presentmentCurrency: "JPY" })).toThrow(/Rate/);
    expect(() => place(1, { customerId: "1" })).toThrow(/Customer does not exist/);
    expect(sent()).toEqual([]);
    acts.updateVariant(store, variantId, { inventoryPolicy: "CONTINUE" });
    place(99);
    expect(level().available).toBe(-89);
  });

  it("sent in parts, called back, sent again", () => {
    const order = quietPlace(3);
    const first = acts.fulfilOrder(store, order.id, {
      lines: [{ ...lineOf(order), quantity: 1 }],
      tracking: [{ number: "1Z" }],
    });
    expect(sent()).toEqual([
      "fulfillments/create",
      "orders/partially_fulfilled",
      "orders/updated",
      "inventory_levels/update",
    ]);
    expect(first).toMatchObject({
      name: "#1001-F1",
      locationId: here,
      tracking: [{ number: "1Z", company: null }],
    });
    acts.fulfilOrder(store, order.id);
    expect(sent()).toEqual([
      "fulfillments/create",
      "orders/fulfilled",
      "orders/updated",
      "inventory_levels/update",
    ]);
    expect(level()).toMatchObject({ available: 7, committed: 0 });
    expect(store.need("orders", order.id).fulfillmentOrders[0]?.status).toBe("CLOSED");
    expect(() => acts.fulfilOrder(store, order.id)).toThrow(/nothing left/);
    acts.updateTracking(store, order.id, first.id, [{ number: "2Z" }]);
    acts.updateShipment(store, order.id, first.id, "DELIVERED");
    expect(sent()).toEqual([
      "fulfillments/update",
      "orders/updated",
      "fulfillments/update",
      "orders/updated",
    ]);
    acts.cancelFulfillment(store, order.id, first.id);
    expect(sent()).toEqual(["fulfillments/update", "orders/updated", "inventory_levels/update"]);
    expect(level()).toMatchObject({ available: 7, committed: 1 });
    expect(fulfillmentStatus(store.need("orders", order.id))).toBe("PARTIALLY_FULFILLED");
    expect(brokenLaws(store)).toEqual([]);
  });

  it("edited", () => {
    const order = quietPlace(3);
    acts.editOrder(store, order.id, {
      quantities: [{ ...lineOf(order), quantity: 1 }],
      add: [{ variantId, quantity: 1 }],
    });
    const edit = events.find((event) => event.topic === "orders/edited");
    expect(edit?.subject.record).toMatchObject({
      orderId: order.id,
      removals: [{ delta: 2 }],
      additions: [{ delta: 1 }],
    });
    expect(sent()).toEqual(["orders/edited", "orders/updated", "inventory_levels/update", "products/update"]);
    expect(level()).toMatchObject({ available: 8, committed: 2 });
    expect(store.need("orders", order.id).lines).toHaveLength(2);
    expect(() =>
      acts.editOrder(store, order.id, { quantities: [{ ...lineOf(order), quantity: 1 }] }),
    ).toThrow(/at least one change/);
    acts.editOrder(store, order.id, { quantities: [{ ...lineOf(order), quantity: 2 }] });
    expect(store.need("orders", order.id).lines).toHaveLength(3);
    acts.fulfilOrder(store, order.id);
    expect(() =>
      acts.editOrder(store, order.id, { quantities: [{ ...lineOf(order), quantity: 0 }] }),
    ).toThrow(/refund them/);
    expect(brokenLaws(store)).toEqual([]);
  });

  it("edited, which dates anew what is to be sent", () => {
    const order = quietPlace(3);
    clock.advance(60_000);
    acts.editOrder(store, order.id, { add: [{ variantId, quantity: 1 }] });
    const [task] = store.need("orders", order.id).fulfillmentOrders;
    expect(task?.lines).toHaveLength(2);
    expect(task?.updatedAt).toBe(store.time());
  });

  it("refunded, with and without putting back", () => {
    const order = quietPlace(4);
    acts.refundOrder(store, order.id, { lines: [{ ...lineOf(order), quantity: 1, restockType: "CANCEL" }] });
    expect(sent()).toEqual([
      "refunds/create",
      "order_transactions/create",
      "orders/updated",
      "inventory_levels/update",
      "products/update",
    ]);
    expect(level()).toMatchObject({ available: 7, committed: 3 });
    acts.refundOrder(store, order.id, { lines: [{ ...lineOf(order), quantity: 1 }] });
    expect(level()).toMatchObject({ available: 7, committed: 2 });
    acts.fulfilOrder(store, order.id, { lines: [{ ...lineOf(order), quantity: 1 }] });
    acts.refundOrder(store, order.id, {
      lines: [{ ...lineOf(order), quantity: 2, restockType: "RETURN", locationId: there }],
    });
    expect([level(here), level(there)]).toMatchObject([{ available: 7, committed: 0 }, { available: 6 }]);
    expect(() => acts.refundOrder(store, order.id, {})).toThrow(/must have lines/);
    expect(brokenLaws(store)).toEqual([]);
  });

  it("sends once what came back and went out again", () => {
    const order = quietPlace(3);
    const one = [{ ...lineOf(order), quantity: 1 }];
    const back = [{ ...lineOf(order), quantity: 1, restockType: "RETURN" as const }];
    acts.fulfilOrder(store, order.id, { lines: one });
    acts.refundOrder(store, order.id, { lines: back });
    acts.refundOrder(store, order.id, { lines: back });
    expect(brokenLaws(store)).toEqual([]);
    acts.fulfilOrder(store, order.id, { lines: one });
    expect(brokenLaws(store)).toEqual([]);
    expect(fulfillmentStatus(store.need("orders", order.id))).toBe("FULFILLED");
    expect(level()).toMatchObject({ available: 9, committed: 0 });
  });

  it("cancelled, with everything put back", () => {
    const order = quietPlace(2);
    acts.cancelOrder(store, order.id, { reason: "CUSTOMER" });
    expect(sent()).toEqual([
      "orders/cancelled",
      "refunds/create",
      "order_transactions/create",
      "orders/updated",
      "inventory_levels/update",
      "products/update",
    ]);
    expect(level()).toMatchObject({ available: 10, committed: 0 });
    expect(() => acts.cancelOrder(store, order.id)).toThrow(/already been cancelled/);
    expect(() => acts.fulfilOrder(store, order.id)).toThrow(/cancelled/);
    const sentOne = quietPlace(2);
    acts.fulfilOrder(store, sentOne.id);
    expect(() => acts.cancelOrder(store, sentOne.id)).toThrow(/fulfillments/);
    const kept = quietPlace(2);
    acts.cancelOrder(store, kept.id, { restock: false });
    expect(level()).toMatchObject({ available: 6, committed: 0 });
    expect(brokenLaws(store)).toEqual([]);
  });

  it("noted, archived, opened again, deleted", () => {
    const order = quietPlace(1, { payment: "pending" });
    acts.updateOrder(store, order.id, {
      note: "n",
      tags: ["b", "a"],
      attributes: [{ key: "k", value: "v" }],
    });
    acts.closeOrder(store, order.id);
    acts.closeOrder(store, order.id);
    acts.reopenOrder(store, order.id);
    expect(sent()).toEqual(["orders/updated", "orders/updated", "orders/updated"]);
    expect(store.need("orders", order.id)).toMatchObject({ note: "n", tags: ["a", "b"], closedAt: null });
    acts.deleteOrder(store, order.id);
    expect(sent()).toEqual([
      "orders/delete",
      "inventory_levels/update",
      "products/update",
      "customers/update",
    ]);
    expect(level()).toMatchObject({ available: 10, committed: 0 });
    expect(store.get("orders", order.id)).toBeUndefined();
    const paid = quietPlace();
    expect(() => acts.deleteOrder(store, paid.id)).toThrow(/cannot be deleted/);
    acts.cancelOrder(store, paid.id);
    acts.deleteOrder(store, paid.id);
    expect(brokenLaws(store)).toEqual([]);
  });

  it("returned", () => {
    const order = quietPlace(2);
    expect(() => acts.openReturn(store, order.id, { lines: [{ ...lineOf(order), quantity: 1 }] })).toThrow(
      /invalid quantity/,
    );
    acts.fulfilOrder(store, order.id);
    sent();
    const back = acts.openReturn(store, order.id, {
      lines: [{ ...lineOf(order), quantity: 1, reason: "UNWANTED" }],
    });
    expect(returnStatus(store.need("orders", order.id))).toBe("IN_PROGRESS");
    acts.closeReturn(store, order.id, back.id);
    expect(sent()).toEqual(["returns/approve", "orders/updated", "returns/close", "orders/updated"]);
    expect(returnStatus(store.need("orders", order.id))).toBe("RETURNED");
    expect(() => acts.closeReturn(store, order.id, back.id)).toThrow(/invalid/);
  });
});
