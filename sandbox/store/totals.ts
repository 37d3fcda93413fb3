// An order's money and states, derived from its lines, shipping, transactions and refunds; never stored. Names follow
// the Admin API without "Set". `current…` follows edits and refunds, the others do not. Pure.

import {
  currentUnits,
  discountOf,
  lineDiscount,
  originalTotal,
  refundedShipping,
  shippingPrice,
  shippingTax,
  taxesOf,
  worth,
} from "./line-totals.ts";
import { atLeastZero, bagOf, isZero, minus, moneyOf, share, sum, ZERO, type Bag } from "./money.ts";
import type { Decimal, Frozen, LineItem, MoneyBag, Order, Refund, ShippingLine } from "./truth.ts";
import type { TaxLine, Transaction } from "./truth.ts";

export { lineTotals, shippingTotals, type LineTotals, type ShippingTotals } from "./parts-totals.ts";

export type OrderTotals = {
  subtotalPrice: MoneyBag;
  currentSubtotalPrice: MoneyBag;
  totalPrice: MoneyBag;
  currentTotalPrice: MoneyBag;
  originalTotalPrice: MoneyBag;
  totalTax: MoneyBag;
  currentTotalTax: MoneyBag;
  totalDiscounts: MoneyBag;
  currentTotalDiscounts: MoneyBag;
  cartDiscountAmount: MoneyBag;
  currentCartDiscountAmount: MoneyBag;
  /** Before discounts. */
  totalShippingPrice: MoneyBag;
  /** After discounts and refunds. */
  currentShippingPrice: MoneyBag;
  totalLineItemsPrice: MoneyBag;
  totalRefunded: MoneyBag;
  totalRefundedShipping: MoneyBag;
  refundDiscrepancy: MoneyBag;
  totalReceived: MoneyBag;
  totalOutstanding: MoneyBag;
  totalCapturable: MoneyBag;
  netPayment: MoneyBag;
  totalTipReceived: MoneyBag;
  /** Null when no line has duties. */
  originalTotalDuties: MoneyBag | null;
  currentTotalDuties: MoneyBag | null;
  /** Null when there are none. */
  originalTotalAdditionalFees: MoneyBag | null;
  currentTotalAdditionalFees: MoneyBag | null;
  taxLines: TaxLine[];
  currentTaxLines: TaxLine[];
  subtotalLineItemsQuantity: number;
  currentSubtotalLineItemsQuantity: number;
  /** Grams. */
  totalWeight: number;
  currentTotalWeight: number;
};

const known = new WeakMap<Frozen<Order>, OrderTotals>();

/** All totals of an order; computed once per frozen state. */
export function totals(order: Frozen<Order>): OrderTotals {
  const found = known.get(order);
  if (found) return found;
  const computed = computeTotals(order);
  if (Object.isFrozen(order)) known.set(order, computed);
  return computed;
}

function computeTotals(order: Frozen<Order>): OrderTotals {
  const goods = order.lines.filter((line) => !line.isTip);
  const left = (line: Frozen<LineItem>) => currentUnits(order, line);
  const money = (bag: Bag) => moneyOf(bag, order);
  const price = priceOf(order, (line) => line.quantity, false);
  const current = priceOf(order, left, true);
  const discrepancy = refundDiscrepancy(order);
  const currentTotal = sum(current.total, discrepancy);
  const payments = paymentsOf(order);
  const cartPart = (line: Frozen<LineItem>) =>
    minus(lineDiscount(order, line), lineDiscount(order, line, false));
  const currentCartPart = (line: Frozen<LineItem>) =>
    minus(discountOf(order, line, left(line)), discountOf(order, line, left(line), false));
  const hasFees = order.additionalFees.length > 0;
  const hasDuties = order.lines.some((line) => line.duties.length > 0);
  return {
    subtotalPrice: money(price.subtotal),
    currentSubtotalPrice: money(current.subtotal),
    totalPrice: money(price.total),
    currentTotalPrice: money(currentTotal),
    originalTotalPrice: { ...order.originalTotal },
    totalTax: money(price.tax),
    currentTotalTax: money(current.tax),
    totalDiscounts: money(price.discounts),
    currentTotalDiscounts: money(current.discounts),
    cartDiscountAmount: money(add(order.lines, cartPart)),
    currentCartDiscountAmount: money(add(order.lines, currentCartPart)),
    totalShippingPrice: money(add(order.shippingLines, (line) => bagOf(line.price, order))),
    currentShippingPrice: money(current.shipping),
    totalLineItemsPrice: money(add(goods, (line) => originalTotal(order, line))),
    totalRefunded: money(payments.refunded),
    totalRefundedShipping: money(
      add(order.shippingLines, (line) =>
        sum(refundedShipping(order, line).subtotal, refundedShipping(order, line).tax),
      ),
    ),
    refundDiscrepancy: money(discrepancy),
    totalReceived: money(payments.received),
    totalOutstanding: money(outstandingOf(currentTotal, payments)),
    totalCapturable: money(payments.capturable),
    netPayment: money(minus(payments.received, payments.refunded)),
    totalTipReceived: money(price.tips),
    originalTotalDuties: hasDuties ? money(price.duties) : null,
    currentTotalDuties: hasDuties ? money(current.duties) : null,
    originalTotalAdditionalFees: hasFees ? money(price.fees) : null,
    currentTotalAdditionalFees: hasFees ? money(current.fees) : null,
    taxLines: taxLinesOf(order, (line) => line.quantity, false),
    currentTaxLines: taxLinesOf(order, left, true),
    subtotalLineItemsQuantity: count(goods, (line) => line.quantity),
    currentSubtotalLineItemsQuantity: count(goods, left),
    totalWeight: count(goods, (line) => line.grams * line.quantity),
    currentTotalWeight: count(goods, (line) => line.grams * left(line)),
  };
}

type Units = (line: Frozen<LineItem>) => number;
type Price = Record<
  "subtotal" | "tax" | "shipping" | "discounts" | "tips" | "duties" | "fees" | "total",
  Bag
>;

const add = <T>(items: readonly T[], value: (item: T) => Bag): Bag => sum(ZERO, ...items.map(value));
const count = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);

/** What the order costs for so many units per line; `now` leaves out removed and refunded shipping. */
function priceOf(order: Frozen<Order>, units: Units, now: boolean): Price {
  const goods = order.lines.filter((line) => !line.isTip);
  const subtotal = add(goods, (line) => worth(order, line, units(line)));
  const tips = add(
    order.lines.filter((line) => line.isTip),
    (line) => worth(order, line, units(line)),
  );
  const duties = add(order.lines, (line) => dutiesOf(order, line, units(line)));
  const shippingLines = now ? order.shippingLines.filter((line) => !line.isRemoved) : order.shippingLines;
  const shipping = add(shippingLines, (line) =>
    now
      ? minus(shippingPrice(order, line), refundedShipping(order, line).subtotal)
      : shippingPrice(order, line),
  );
  const tax = add(taxLinesOf(order, units, now), (line) => bagOf(line.price, order));
  const discounts = sum(
    add(order.lines, (line) => discountOf(order, line, units(line))),
    add(shippingLines, (line) => lineDiscount(order, line)),
  );
  const fees = add(order.additionalFees, (fee) => bagOf(fee.price, order));
  const total = sum(subtotal, shipping, tips, duties, fees, order.taxesIncluded ? ZERO : tax);
  return { subtotal, tax, shipping, discounts, tips, duties, fees, total };
}

const dutiesOf = (order: Frozen<Order>, line: Frozen<LineItem>, units: number): Bag =>
  share(
    add(line.duties, (duty) => bagOf(duty.price, order)),
    units,
    line.quantity,
  );

/** Taxes of lines and shipping, merged by title and rate, in order of appearance. */
function taxLinesOf(order: Frozen<Order>, units: Units, now: boolean): TaxLine[] {
  const merged = new Map<string, { line: Frozen<TaxLine>; tax: Bag }>();
  const take = (line: Frozen<TaxLine>, tax: Bag) => {
    const key = `${line.title} ${line.rate}`;
    merged.set(key, { line: merged.get(key)?.line ?? line, tax: sum(merged.get(key)?.tax ?? ZERO, tax) });
  };
  for (const line of order.lines)
    for (const part of taxesOf(order, line, units(line))) take(part.line, part.tax);
  for (const line of order.shippingLines) {
    if (now && line.isRemoved) continue;
    // A shipping line has at most a few tax lines; what was refunded of its tax is taken off the first ones.
    let given = now ? refundedShipping(order, line).tax : ZERO;
    for (const tax of line.taxLines) {
      const price = bagOf(tax.price, order);
      const rest = atLeastZero(minus(price, given));
      given = atLeastZero(minus(given, price));
      take(tax, rest);
    }
  }
  const lines = [...merged.values()].map(({ line, tax }) => ({ ...line, price: moneyOf(tax, order) }));
  return now ? lines.filter((line) => !isZero(bagOf(line.price, order))) : lines;
}

const refundDiscrepancy = (order: Frozen<Order>): Bag =>
  add(order.refunds, (refund) =>
    add(refund.adjustments, (part) => sum(bagOf(part.amount, order), bagOf(part.tax, order))),
  );

type Payments = Record<"received" | "refunded" | "capturable", Bag>;

function paymentsOf(order: Frozen<Order>): Payments {
  const done = order.transactions.filter((transaction) => transaction.status === "SUCCESS");
  const of = (...kinds: Transaction["kind"][]) =>
    add(
      done.filter((transaction) => kinds.includes(transaction.kind)),
      (transaction) => bagOf(transaction.amount, order),
    );
  const capturable = add(
    done.filter((transaction) => transaction.kind === "AUTHORIZATION"),
    (authorization) => capturableOf(order, authorization),
  );
  return { received: of("SALE", "CAPTURE"), refunded: of("REFUND"), capturable };
}

/** What is left of an authorization: nothing once it is voided. */
export function capturableOf(order: Frozen<Order>, authorization: Frozen<Transaction>): Bag {
  const children = order.transactions.filter(
    (part) => part.parentId === authorization.id && part.status === "SUCCESS",
  );
  if (children.some((part) => part.kind === "VOID")) return ZERO;
  const captured = children.filter((part) => part.kind === "CAPTURE");
  return atLeastZero(
    minus(
      bagOf(authorization.amount, order),
      add(captured, (part) => bagOf(part.amount, order)),
    ),
  );
}

/** What is not yet transacted: an authorization counts as transacted, and is never counted beyond what is owed. */
function outstandingOf(currentTotal: Bag, payments: Payments): Bag {
  const owed = minus(currentTotal, minus(payments.received, payments.refunded));
  const open = minus(owed, payments.capturable);
  return { shop: cover(owed.shop, open.shop), presentment: cover(owed.presentment, open.presentment) };
}

const cover = (owed: bigint, open: bigint): bigint => (owed <= 0n ? owed : open > 0n ? open : 0n);

export const refundTotal = (order: Frozen<Order>, refund: Frozen<Refund>): MoneyBag =>
  moneyOf(
    add(
      order.transactions.filter(
        (part) => part.refundId === refund.id && part.kind === "REFUND" && part.status === "SUCCESS",
      ),
      (part) => bagOf(part.amount, order),
    ),
    order,
  );

/** What is left to give back of a shipping line, in minor units. */
export function refundableShipping(
  order: Frozen<Order>,
  line: Frozen<ShippingLine>,
): { subtotal: Bag; tax: Bag } {
  if (line.isRemoved) return { subtotal: ZERO, tax: ZERO };
  const given = refundedShipping(order, line);
  return {
    subtotal: minus(shippingPrice(order, line), given.subtotal),
    tax: minus(shippingTax(order, line), given.tax),
  };
}

/** Discount codes as REST shows them: what each code took off, in the presentment currency. */
export function discountCodes(order: Frozen<Order>): { code: string; amount: Decimal; type: string }[] {
  return order.discountApplications.flatMap((application, index) => {
    if (application.kind !== "code" || application.code === null) return [];
    const allocations = [...order.lines, ...order.shippingLines].flatMap((line) => line.discountAllocations);
    const amount = add(
      allocations.filter((part) => part.index === index),
      (part) => bagOf(part.amount, order),
    );
    const type = application.targetType === "SHIPPING_LINE" ? "shipping" : application.valueType;
    return [{ code: application.code, amount: moneyOf(amount, order).presentment, type }];
  });
}
