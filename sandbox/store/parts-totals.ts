// The prices and quantities that Shopify shows for one line and for one shipping line of an order. Pure.

import {
  currentUnits,
  fulfilledUnits,
  lineDiscount,
  originalTotal,
  refundedShipping,
  shippingPrice,
  taxOf,
  unfulfilledUnits,
  unitPrice,
  worth,
} from "./line-totals.ts";
import { minus, moneyOf, share, times, ZERO, type Bag } from "./money.ts";
import type { Frozen, LineItem, MoneyBag, Order, ShippingLine } from "./truth.ts";

export type LineTotals = {
  originalUnitPrice: MoneyBag;
  /** With line-level discounts, without cart-level ones; rounded. */
  discountedUnitPrice: MoneyBag;
  discountedUnitPriceAfterAllDiscounts: MoneyBag;
  originalTotal: MoneyBag;
  discountedTotal: MoneyBag;
  /** Line-level discounts only. */
  totalDiscount: MoneyBag;
  /** For the units that are left. */
  priceAfterAllDiscountsBeforeTaxes: MoneyBag;
  unfulfilledOriginalTotal: MoneyBag;
  unfulfilledDiscountedTotal: MoneyBag;
  currentQuantity: number;
  refundableQuantity: number;
  unfulfilledQuantity: number;
  nonFulfillableQuantity: number;
  fulfilledQuantity: number;
};

const known = new WeakMap<Frozen<Order>, Map<Frozen<LineItem>, LineTotals>>();

/** Computed once per line of a frozen state: every field of a line asks for them, and an order has up to 500 lines. */
export function lineTotals(order: Frozen<Order>, line: Frozen<LineItem>): LineTotals {
  if (!Object.isFrozen(order)) return computeLineTotals(order, line);
  let ofOrder = known.get(order);
  if (!ofOrder) known.set(order, (ofOrder = new Map()));
  let found = ofOrder.get(line);
  if (!found) ofOrder.set(line, (found = computeLineTotals(order, line)));
  return found;
}

function computeLineTotals(order: Frozen<Order>, line: Frozen<LineItem>): LineTotals {
  const money = (bag: Bag) => moneyOf(bag, order);
  const original = originalTotal(order, line);
  const direct = lineDiscount(order, line, false);
  const left = currentUnits(order, line);
  const toSend = unfulfilledUnits(order, line);
  const sent = fulfilledUnits(order, line);
  const taxInside = order.taxesIncluded ? taxOf(order, line, left) : ZERO;
  return {
    originalUnitPrice: { ...line.unitPrice },
    discountedUnitPrice: money(share(minus(original, direct), 1, line.quantity)),
    discountedUnitPriceAfterAllDiscounts: money(worth(order, line, 1)),
    originalTotal: money(original),
    discountedTotal: money(minus(original, direct)),
    totalDiscount: money(direct),
    priceAfterAllDiscountsBeforeTaxes: money(minus(worth(order, line, left), taxInside)),
    unfulfilledOriginalTotal: money(times(unitPrice(order, line), toSend)),
    unfulfilledDiscountedTotal: money(share(minus(original, direct), toSend, line.quantity)),
    currentQuantity: left,
    refundableQuantity: left,
    unfulfilledQuantity: toSend,
    nonFulfillableQuantity: line.quantity - toSend - sent < 0 ? 0 : line.quantity - toSend - sent,
    fulfilledQuantity: sent,
  };
}

export type ShippingTotals = {
  originalPrice: MoneyBag;
  discountedPrice: MoneyBag;
  currentDiscountedPrice: MoneyBag;
};

export function shippingTotals(order: Frozen<Order>, line: Frozen<ShippingLine>): ShippingTotals {
  const discounted = shippingPrice(order, line);
  const current = line.isRemoved ? ZERO : minus(discounted, refundedShipping(order, line).subtotal);
  return {
    originalPrice: { ...line.price },
    discountedPrice: moneyOf(discounted, order),
    currentDiscountedPrice: moneyOf(current, order),
  };
}
