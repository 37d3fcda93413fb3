// Money against examples computed by hand and against recorded answers of real stores. The recorded ones are named by
// the recording's title; the numbers are facts read from them.

import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import type { OrderPlaceInput } from "#sandbox/store/inputs.ts";
import {
  convert,
  decimalOf,
  graphqlAmount,
  includedRateOf,
  minorOf,
  portion,
  split,
} from "#sandbox/store/money.ts";
import { financialStatus, fulfillmentStatus } from "#sandbox/store/states.ts";
import { openStore, type Store, type StoreOptions } from "#sandbox/store/store.ts";
import { discountCodes, lineTotals, refundTotal, totals } from "#sandbox/store/totals.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";
import { brokenLaws } from "#tests/sandbox/store-laws.ts";

let store: Store;

function begin(shop: StoreOptions["shop"] = {}): void {
  store = openStore({ seed: "money", clock: new ManualClock("2026-11-20T10:00:00Z"), shop });
  acts.createLocation(store, { name: "Shop" });
}

const custom = (price: string, quantity: number, more: object = {}) => ({
  variantId: null,
  title: "Thing",
  price,
  quantity,
  ...more,
});
const place = (input: OrderPlaceInput) => acts.placeOrder(store, { shipping: null, ...input });
const again = (order: Frozen<Order>) => store.need("orders", order.id);
const shop = (order: Frozen<Order>, ...names: (keyof ReturnType<typeof totals>)[]) =>
  names.map((name) => (totals(order)[name] as { shop: string } | null)?.shop);

beforeEach(() => begin({ currency: "CAD", enabledPresentmentCurrencies: ["CAD", "USD", "JPY", "KWD"] }));

describe("arithmetic", () => {
  it("reads and writes the digits of each currency", () => {
    expect([
      minorOf("12.5", "USD"),
      minorOf("1200", "JPY"),
      minorOf("3.125", "KWD"),
      minorOf("-0.05", "USD"),
    ]).toEqual([1250n, 1200n, 3125n, -5n]);
    expect([
      decimalOf(5n, "USD"),
      decimalOf(-5n, "USD"),
      decimalOf(1200n, "JPY"),
      decimalOf(7n, "KWD"),
    ]).toEqual(["0.05", "-0.05", "1200", "0.007"]);
    expect(() => minorOf("1.005", "USD")).toThrow(RangeError);
    expect(() => minorOf("1.5", "JPY")).toThrow(RangeError);
    expect(minorOf("1200.00", "JPY")).toBe(1200n);
    expect([
      graphqlAmount("10.00"),
      graphqlAmount("12.50"),
      graphqlAmount("1200"),
      graphqlAmount("0.050"),
    ]).toEqual(["10.0", "12.5", "1200.0", "0.05"]);
  });

  it("rounds halves away from zero and loses nothing when it splits", () => {
    expect([portion(5n, 1n, 2n), portion(-5n, 1n, 2n), portion(4n, 1n, 3n)]).toEqual([3n, -3n, 1n]);
    expect(split(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(split(7n, [0n, 5n, 9n])).toEqual([0n, 3n, 4n]);
    expect(split(7n, [0n, 0n])).toEqual([0n, 0n]);
    expect(convert(1250n, "USD", "JPY", "149.31")).toBe(1866n);
    expect(convert(1250n, "USD", "KWD", "0.30715")).toBe(3839n);
    expect(includedRateOf({ shop: 11900n, presentment: 11900n }, 0.19)).toEqual({
      shop: 1900n,
      presentment: 1900n,
    });
  });

  it("stays exact where doubles would not", () => {
    expect(decimalOf(minorOf("90071992547409.93", "USD") * 3n, "USD")).toBe("270215977642229.79");
  });
});

describe("recorded: order-edit-money-math", () => {
  it("taking one of two taxed units off changes the current totals only", () => {
    const order = place({
      lines: [custom("100.00", 2)],
      taxes: [{ title: "Line tax", rate: 0.13 }],
      payment: "pending",
    });
    expect(
      shop(
        order,
        "subtotalPrice",
        "currentSubtotalPrice",
        "totalTax",
        "currentTotalTax",
        "totalPrice",
        "currentTotalPrice",
      ),
    ).toEqual(["200.00", "200.00", "26.00", "26.00", "226.00", "226.00"]);
    const edited = acts.editOrder(store, order.id, {
      quantities: [{ lineItemId: order.lines[0]?.id ?? "", quantity: 1 }],
    });
    expect(
      shop(
        edited,
        "subtotalPrice",
        "currentSubtotalPrice",
        "totalTax",
        "currentTotalTax",
        "totalPrice",
        "currentTotalPrice",
      ),
    ).toEqual(["200.00", "100.00", "26.00", "13.00", "226.00", "113.00"]);
    expect(totals(edited).currentTaxLines).toMatchObject([
      { title: "Line tax", rate: 0.13, price: { shop: "13.00" } },
    ]);
    expect(totals(edited).taxLines).toMatchObject([{ price: { shop: "26.00" } }]);
    expect(edited.lines[0] && lineTotals(edited, edited.lines[0])).toMatchObject({
      currentQuantity: 1,
      refundableQuantity: 1,
    });
    expect(edited.lines[0]?.quantity).toBe(2);
    expect(totals(edited).originalTotalPrice.shop).toBe("226.00");
  });

  it("order-edit-commit-derived-statuses: adding an unpaid line to a paid order", () => {
    const order = place({ lines: [custom("10.00", 1, { taxable: false })], gateway: "manual" });
    expect(financialStatus(order)).toBe("PAID");
    const edited = acts.editOrder(store, order.id, { add: [custom("5.00", 1)] });
    expect(financialStatus(edited)).toBe("PARTIALLY_PAID");
    expect(shop(edited, "totalOutstanding", "totalPrice", "currentTotalPrice", "originalTotalPrice")).toEqual(
      ["5.00", "15.00", "15.00", "10.00"],
    );
  });
});

describe("recorded: refunds and cancellation", () => {
  it("refund-create-partial-shipping-restock-parity", () => {
    const order = place({
      lines: [custom("10.00", 2)],
      shipping: { title: "Standard", price: "5.00" },
      gateway: "manual",
    });
    expect(shop(order, "totalPrice", "totalReceived")).toEqual(["25.00", "25.00"]);
    const lines = [{ lineItemId: order.lines[0]?.id ?? "", quantity: 1, restockType: "RETURN" as const }];
    const refund = acts.refundOrder(store, order.id, { lines, shipping: "5.00", amount: "15.00" });
    expect(refundTotal(again(order), refund).shop).toBe("15.00");
    expect(refund.lines[0]).toMatchObject({
      quantity: 1,
      restockType: "RETURN",
      restocked: true,
      subtotal: { shop: "10.00" },
    });
    expect(refund.adjustments).toEqual([]);
    expect(financialStatus(again(order))).toBe("PARTIALLY_REFUNDED");
    expect(fulfillmentStatus(again(order))).toBe("UNFULFILLED");
    expect(
      shop(again(order), "totalRefunded", "currentTotalPrice", "totalOutstanding", "netPayment"),
    ).toEqual(["15.00", "10.00", "0.00", "10.00"]);
  });

  it("refund-create-user-errors-and-quantities: neither more units nor more money than there were", () => {
    const order = place({
      lines: [custom("10.00", 2), custom("10.00", 2)],
      shipping: { title: "Standard", price: "5.00" },
    });
    const lineItemId = order.lines[0]?.id ?? "";
    acts.refundOrder(store, order.id, { lines: [{ lineItemId, quantity: 1 }] });
    expect(shop(again(order), "totalPrice", "currentTotalPrice", "totalRefunded")).toEqual([
      "45.00",
      "35.00",
      "10.00",
    ]);
    expect(() => acts.refundOrder(store, order.id, { lines: [{ lineItemId, quantity: 3 }] })).toThrow(
      "Quantity cannot refund more items than were purchased",
    );
    expect(() => acts.refundOrder(store, order.id, { amount: "999.00" })).toThrow(
      /greater than net payment received 35.00/,
    );
    expect(totals(again(order)).totalRefunded.shop).toBe("10.00");
  });

  it("orderCancel-restock-refundMethod-parity", () => {
    const order = place({ lines: [custom("10.00", 2)], gateway: "manual" });
    const cancelled = acts.cancelOrder(store, order.id, { reason: "OTHER", staffNote: "capture" });
    expect(
      shop(
        cancelled,
        "totalOutstanding",
        "currentTotalPrice",
        "netPayment",
        "totalReceived",
        "totalRefunded",
      ),
    ).toEqual(["0.00", "0.00", "0.00", "20.00", "20.00"]);
    expect(financialStatus(cancelled)).toBe("REFUNDED");
    expect(fulfillmentStatus(cancelled)).toBe("UNFULFILLED");
    expect(cancelled.closedAt).toBe(cancelled.cancelledAt);
    expect(cancelled.fulfillmentOrders[0]).toMatchObject({
      status: "CLOSED",
      lines: [{ totalQuantity: 0, remainingQuantity: 0 }],
    });
  });

  it("order_capture_validation: an authorization is not outstanding, and not captured beyond its amount", () => {
    const order = place({
      lines: [custom("16.99", 1)],
      payment: "authorized",
      presentmentCurrency: "USD",
      rate: "0.735727",
    });
    expect(totals(order)).toMatchObject({
      totalPrice: { shop: "16.99", presentment: "12.50" },
      totalCapturable: { shop: "16.99", presentment: "12.50" },
      totalOutstanding: { shop: "0.00", presentment: "0.00" },
      totalReceived: { shop: "0.00" },
    });
    expect(financialStatus(order)).toBe("AUTHORIZED");
    expect(() => acts.captureOrder(store, order.id, "99.99")).toThrow(
      /Cannot capture more than the authorized 12.50/,
    );
    expect(() => acts.captureOrder(store, order.id, "0.00")).toThrow(
      "Amount must be greater than zero for capture transactions",
    );
    acts.captureOrder(store, order.id, "1.00");
    expect(financialStatus(again(order))).toBe("PARTIALLY_PAID");
    expect(again(order).transactions[1]).toMatchObject({
      kind: "CAPTURE",
      amount: { shop: "1.36", presentment: "1.00" },
    });
    acts.captureOrder(store, order.id);
    expect(totals(again(order))).toMatchObject({
      netPayment: { shop: "16.99", presentment: "12.50" },
      totalOutstanding: { shop: "0.00" },
    });
    expect(financialStatus(again(order))).toBe("PAID");
  });

  it("orderMarkAsPaid-state-and-money", () => {
    const order = place({ lines: [custom("12.50", 1)], payment: "pending" });
    expect(financialStatus(order)).toBe("PENDING");
    expect(shop(order, "totalOutstanding", "currentTotalPrice")).toEqual(["12.50", "12.50"]);
    acts.markOrderPaid(store, order.id);
    expect(financialStatus(again(order))).toBe("PAID");
    expect(shop(again(order), "totalOutstanding")).toEqual(["0.00"]);
    expect(() => acts.markOrderPaid(store, order.id)).toThrow("Order cannot be marked as paid.");
  });
});

describe("computed by hand", () => {
  it("a discount over a cart, tax, shipping, in JPY and KWD", () => {
    begin({ currency: "JPY", enabledPresentmentCurrencies: ["JPY", "KWD"] });
    const order = place({
      lines: [custom("13498", 1), custom("2998", 3)],
      discounts: [{ kind: "code", name: "OFF", amount: "1000" }],
      shipping: { title: "Standard", price: "1500" },
      taxes: [{ title: "Tax", rate: 0.1 }],
      presentmentCurrency: "KWD",
      rate: "0.00204675",
    });
    // 13498 + 3 × 2998 = 22492; 1000 off split 600.1… : 399.8… → 600 and 400; tax 1289.8 → 1290, 859.4 → 859, 150.
    expect(totals(order)).toMatchObject({
      totalLineItemsPrice: { shop: "22492" },
      totalDiscounts: { shop: "1000" },
      subtotalPrice: { shop: "21492" },
      totalShippingPrice: { shop: "1500" },
      totalTax: { shop: "2299" },
      totalPrice: { shop: "25291" },
    });
    // In fils: 13498 → 27.627, 2998 → 6.136 (× 3 = 18.408); 1000 → 2.047; 1500 → 3.070.
    expect(order.lines.map((line) => line.unitPrice.presentment)).toEqual(["27.627", "6.136"]);
    expect(totals(order)).toMatchObject({
      totalLineItemsPrice: { presentment: "46.035" },
      totalDiscounts: { presentment: "2.047" },
      subtotalPrice: { presentment: "43.988" },
      totalShippingPrice: { presentment: "3.070" },
      // 26.399 × 0.1 = 2.640; 17.589 × 0.1 = 1.759; 0.307
      totalTax: { presentment: "4.706" },
      totalPrice: { presentment: "51.764" },
    });
    expect(order.lines.map((line) => line.discountAllocations[0]?.amount.shop)).toEqual(["600", "400"]);
    expect(discountCodes(order)).toEqual([{ code: "OFF", amount: "2.047", type: "fixed_amount" }]);
    expect(totals(order).cartDiscountAmount.shop).toBe("1000");
  });

  it("refunds unit by unit add up to exactly what the line cost", () => {
    const order = place({
      lines: [custom("9.99", 7)],
      discounts: [{ kind: "automatic", name: "Third off", percentage: 33.33 }],
      taxes: [{ title: "HST", rate: 0.13 }],
    });
    const lineItemId = order.lines[0]?.id ?? "";
    const parts = Array.from({ length: 7 }, () => {
      const refund = acts.refundOrder(store, order.id, { lines: [{ lineItemId, quantity: 1 }] });
      expect(brokenLaws(store)).toEqual([]);
      return Number(refundTotal(again(order), refund).shop.replace(".", ""));
    });
    expect(parts.reduce((total, part) => total + part, 0)).toBe(
      Number(totals(order).totalPrice.shop.replace(".", "")),
    );
    expect(shop(again(order), "currentTotalPrice", "totalOutstanding", "netPayment")).toEqual([
      "0.00",
      "0.00",
      "0.00",
    ]);
    expect(financialStatus(again(order))).toBe("REFUNDED");
  });

  it("an amount without lines is a discrepancy in the customer's favour; keeping some back, in the merchant's", () => {
    const order = place({ lines: [custom("50.00", 2)] });
    const goodwill = acts.refundOrder(store, order.id, { amount: "5.00" });
    expect(goodwill.adjustments).toMatchObject([{ reason: "REFUND_DISCREPANCY", amount: { shop: "-5.00" } }]);
    expect(shop(again(order), "refundDiscrepancy", "currentTotalPrice", "totalOutstanding")).toEqual([
      "-5.00",
      "95.00",
      "0.00",
    ]);
    acts.refundOrder(store, order.id, {
      lines: [{ lineItemId: order.lines[0]?.id ?? "", quantity: 1 }],
      amount: "42.00",
    });
    expect(
      shop(again(order), "refundDiscrepancy", "currentTotalPrice", "totalOutstanding", "netPayment"),
    ).toEqual(["3.00", "53.00", "0.00", "53.00"]);
  });

  it("never gives back more than is left, nor edits below nothing", () => {
    const order = place({ lines: [custom("50.00", 2)] });
    acts.refundOrder(store, order.id, { amount: "70.00" });
    const lineItemId = order.lines[0]?.id ?? "";
    expect(() => acts.editOrder(store, order.id, { quantities: [{ lineItemId, quantity: 0 }] })).toThrow(
      /less than 0/,
    );
    const rest = acts.refundOrder(store, order.id, { lines: [{ lineItemId, quantity: 2 }] });
    expect(refundTotal(again(order), rest).shop).toBe("30.00");
    expect(shop(again(order), "refundDiscrepancy", "currentTotalPrice", "netPayment")).toEqual([
      "0.00",
      "0.00",
      "0.00",
    ]);
  });

  it("taking units off a paid order leaves money owed to the customer", () => {
    const order = place({ lines: [custom("40.00", 3)], taxes: [{ title: "HST", rate: 0.13 }] });
    const edited = acts.editOrder(store, order.id, {
      quantities: [{ lineItemId: order.lines[0]?.id ?? "", quantity: 1 }],
    });
    expect(shop(edited, "currentTotalPrice", "totalOutstanding")).toEqual(["45.20", "-90.40"]);
    acts.refundOrder(store, order.id, { amount: "90.40" });
    expect(
      shop(
        again(order),
        "netPayment",
        "totalRefunded",
        "currentTotalPrice",
        "refundDiscrepancy",
        "totalOutstanding",
      ),
    ).toEqual(["45.20", "90.40", "45.20", "0.00", "0.00"]);
  });

  it("taxes already in the price are shown, not added", () => {
    begin({ currency: "EUR", enabledPresentmentCurrencies: ["EUR"], taxesIncluded: true });
    const order = place({ lines: [custom("119.00", 1)], taxes: [{ title: "MwSt", rate: 0.19 }] });
    expect(shop(order, "subtotalPrice", "totalTax", "totalPrice")).toEqual(["119.00", "19.00", "119.00"]);
    expect(order.lines[0] && lineTotals(order, order.lines[0]).priceAfterAllDiscountsBeforeTaxes.shop).toBe(
      "100.00",
    );
    acts.refundOrder(store, order.id, { lines: [{ lineItemId: order.lines[0]?.id ?? "", quantity: 1 }] });
    expect(shop(again(order), "totalRefunded", "currentTotalPrice", "currentTotalTax")).toEqual([
      "119.00",
      "0.00",
      "0.00",
    ]);
  });

  it("tips count to the total, not to the subtotal; free shipping is a discount", () => {
    const order = place({
      lines: [custom("20.00", 1), custom("3.50", 1, { isTip: true })],
      shipping: { title: "Standard", price: "6.90" },
      discounts: [{ kind: "code", name: "FREESHIP", percentage: 100, on: "shipping" }],
    });
    expect(
      shop(
        order,
        "subtotalPrice",
        "totalTipReceived",
        "totalShippingPrice",
        "currentShippingPrice",
        "totalDiscounts",
        "totalPrice",
      ),
    ).toEqual(["20.00", "3.50", "6.90", "0.00", "6.90", "23.50"]);
    expect(totals(order).subtotalLineItemsQuantity).toBe(1);
    expect(order.fulfillmentOrders.flatMap((part) => part.lines)).toHaveLength(1);
  });

  it("a discount on one line is that line's, not the cart's", () => {
    const order = place({
      lines: [custom("30.00", 2), custom("10.00", 1)],
      discounts: [{ kind: "automatic", name: "Bundle", percentage: 10, lines: [0] }],
    });
    const [first, second] = order.lines.map((line) => lineTotals(order, line));
    expect(first).toMatchObject({
      originalTotal: { shop: "60.00" },
      totalDiscount: { shop: "6.00" },
      discountedUnitPrice: { shop: "27.00" },
    });
    expect(second).toMatchObject({ totalDiscount: { shop: "0.00" } });
    expect(shop(order, "cartDiscountAmount", "totalDiscounts", "totalPrice")).toEqual([
      "0.00",
      "6.00",
      "64.00",
    ]);
  });

  it("an unpaid order that is cancelled owes nothing and gives nothing back", () => {
    const order = place({ lines: [custom("30.00", 2)], payment: "pending" });
    const cancelled = acts.cancelOrder(store, order.id);
    expect(shop(cancelled, "currentTotalPrice", "totalOutstanding", "totalRefunded")).toEqual([
      "0.00",
      "0.00",
      "0.00",
    ]);
    expect(financialStatus(cancelled)).toBe("VOIDED");
    expect(cancelled.refunds[0]?.transactionIds).toEqual([]);
  });

  it("cancelling voids what was authorized, and without a refund keeps what was paid", () => {
    const held = acts.cancelOrder(store, place({ lines: [custom("30.00", 1)], payment: "authorized" }).id);
    expect(held.transactions.map((transaction) => transaction.kind)).toEqual(["AUTHORIZATION", "VOID"]);
    expect(financialStatus(held)).toBe("VOIDED");
    const kept = acts.cancelOrder(store, place({ lines: [custom("30.00", 1)] }).id, { refund: false });
    expect(shop(kept, "netPayment", "currentTotalPrice", "totalOutstanding", "refundDiscrepancy")).toEqual([
      "30.00",
      "30.00",
      "0.00",
      "30.00",
    ]);
    expect(financialStatus(kept)).toBe("PAID");
  });
});
