// What follows from one line of an order: units left, prices after discounts, taxes. Pure. Shares for fewer units than
// were ordered are always "share of what is left before minus share of what is left after", so that refunds of a line in
// any steps add up to exactly what the line is worth.

import { bagOf, isZero, minus, share, sum, times, ZERO, type Bag } from "./money.ts";
import type { Frozen, LineItem, Order, ShippingLine, TaxLine } from "./truth.ts";

export const refundedUnits = (order: Frozen<Order>, line: Frozen<LineItem>): number =>
  unitsIn(
    order.refunds.flatMap((refund) => refund.lines),
    line,
  );

const unitsIn = (
  parts: readonly { readonly lineItemId: string; readonly quantity: number }[],
  line: Frozen<LineItem>,
) => parts.reduce((total, part) => (part.lineItemId === line.id ? total + part.quantity : total), 0);

/** Units ordered without those refunded or taken off by an edit. */
export const currentUnits = (order: Frozen<Order>, line: Frozen<LineItem>): number =>
  line.quantity - line.removedQuantity - refundedUnits(order, line);

/** Units sent and not called back. */
export const fulfilledUnits = (order: Frozen<Order>, line: Frozen<LineItem>): number =>
  unitsIn(
    order.fulfillments
      .filter((fulfillment) => fulfillment.status !== "CANCELLED")
      .flatMap((fulfillment) => fulfillment.lines),
    line,
  );

/** Units still to be sent. Tips are never sent; units that came back are not sent again. */
export function unfulfilledUnits(order: Frozen<Order>, line: Frozen<LineItem>): number {
  if (line.isTip) return 0;
  const refunds = order.refunds
    .flatMap((refund) => refund.lines)
    .filter((part) => part.lineItemId === line.id);
  const takenBack = refunds.reduce((total, part) => total + part.unsentQuantity, 0);
  const left = line.quantity - line.removedQuantity - takenBack - fulfilledUnits(order, line);
  return Math.max(0, Math.min(left, currentUnits(order, line)));
}

export const unitPrice = (order: Frozen<Order>, line: Frozen<LineItem>): Bag => bagOf(line.unitPrice, order);

export const originalTotal = (order: Frozen<Order>, line: Frozen<LineItem>): Bag =>
  times(unitPrice(order, line), line.quantity);

/** Discounts on the line; `cart: false` leaves out those spread over the whole cart. */
export function lineDiscount(
  order: Frozen<Order>,
  line: Frozen<LineItem> | Frozen<ShippingLine>,
  cart = true,
): Bag {
  const counted = line.discountAllocations.filter((part) => cart || !isCartDiscount(order, part.index));
  return sum(ZERO, ...counted.map((part) => bagOf(part.amount, order)));
}

export const isCartDiscount = (order: Frozen<Order>, index: number): boolean => {
  const application = order.discountApplications[index];
  return application?.targetType === "LINE_ITEM" && application.targetSelection === "ALL";
};

/** Duty and tip lines aside, what `units` of the line cost after all discounts. */
export function worth(order: Frozen<Order>, line: Frozen<LineItem>, units: number): Bag {
  return share(minus(originalTotal(order, line), lineDiscount(order, line)), units, line.quantity);
}

export function discountOf(order: Frozen<Order>, line: Frozen<LineItem>, units: number, cart = true): Bag {
  return share(lineDiscount(order, line, cart), units, line.quantity);
}

/** The line's taxes for `units`, one bag per tax line. */
export function taxesOf(
  order: Frozen<Order>,
  line: Frozen<LineItem>,
  units: number,
): { line: Frozen<TaxLine>; tax: Bag }[] {
  return line.taxLines.map((tax) => ({
    line: tax,
    tax: share(bagOf(tax.price, order), units, line.quantity),
  }));
}

export const taxOf = (order: Frozen<Order>, line: Frozen<LineItem>, units: number): Bag =>
  sum(ZERO, ...taxesOf(order, line, units).map((part) => part.tax));

export const shippingPrice = (order: Frozen<Order>, line: Frozen<ShippingLine>): Bag =>
  minus(bagOf(line.price, order), lineDiscount(order, line));

/** What refunds gave back of a shipping line. */
export function refundedShipping(
  order: Frozen<Order>,
  line: Frozen<ShippingLine>,
): { subtotal: Bag; tax: Bag } {
  const parts = order.refunds
    .flatMap((refund) => refund.shippingLines)
    .filter((part) => part.shippingLineId === line.id);
  return {
    subtotal: sum(ZERO, ...parts.map((part) => bagOf(part.subtotal, order))),
    tax: sum(ZERO, ...parts.map((part) => bagOf(part.tax, order))),
  };
}

export function shippingTax(order: Frozen<Order>, line: Frozen<ShippingLine>): Bag {
  return sum(ZERO, ...line.taxLines.map((tax) => bagOf(tax.price, order)));
}

export const hasDiscount = (order: Frozen<Order>, line: Frozen<LineItem>): boolean =>
  !isZero(lineDiscount(order, line));

/** What so many units cost in each of the line's duties: each takes what the ones up to it make more, so they add up. */
export function dutyShares(
  order: Frozen<Order>,
  line: Frozen<LineItem>,
  units: number,
): { dutyId: string; price: Bag }[] {
  let told = ZERO;
  let whole = ZERO;
  return line.duties.map((duty) => {
    whole = sum(whole, bagOf(duty.price, order));
    const upTo = share(whole, units, line.quantity);
    const price = minus(upTo, told);
    told = upTo;
    return { dutyId: duty.id, price };
  });
}
