// The states Shopify shows for an order, derived from its parts; and who of a line's product still exists. Pure.

import { currentUnits, fulfilledUnits, unfulfilledUnits } from "./line-totals.ts";
import { bagOf, moneyOf, ZERO } from "./money.ts";
import type { Store } from "./store.ts";
import { totals } from "./totals.ts";
import type {
  Frozen,
  Id,
  InventoryLevel,
  LineItem,
  Order,
  PaymentTerms,
  QuantityName,
  StockName,
  Time,
} from "./truth.ts";

export type FinancialStatus =
  "PENDING" | "AUTHORIZED" | "PARTIALLY_PAID" | "PAID" | "PARTIALLY_REFUNDED" | "REFUNDED" | "VOIDED";
export type FulfillmentStatusShown = "UNFULFILLED" | "ON_HOLD" | "PARTIALLY_FULFILLED" | "FULFILLED";
export type ReturnStatus =
  "NO_RETURN" | "RETURN_REQUESTED" | "IN_PROGRESS" | "RETURNED" | "RETURN_FAILED" | "INSPECTION_COMPLETE";

/** `displayFinancialStatus`. */
export function financialStatus(order: Frozen<Order>): FinancialStatus {
  const all = totals(order);
  const minor = (bag: { shop: string; presentment: string }) => bagOf(bag, order).presentment;
  const received = minor(all.totalReceived);
  const refunded = minor(all.totalRefunded);
  if (received > 0n) {
    if (refunded >= received) return "REFUNDED";
    if (refunded > 0n) return "PARTIALLY_REFUNDED";
    return minor(all.totalOutstanding) > 0n || minor(all.totalCapturable) > 0n ? "PARTIALLY_PAID" : "PAID";
  }
  if (minor(all.totalCapturable) > 0n) return "AUTHORIZED";
  const wasVoided = order.transactions.some((part) => part.kind === "VOID" && part.status === "SUCCESS");
  if (wasVoided || (order.cancelledAt !== null && minor(all.totalPrice) > 0n)) return "VOIDED";
  return minor(all.currentTotalPrice) > 0n ? "PENDING" : "PAID";
}

/** All that is left to send waits for something. */
function isHeld({ fulfillmentOrders }: Frozen<Order>): boolean {
  const open = fulfillmentOrders.filter(({ lines }) => lines.some((slot) => slot.remainingQuantity > 0));
  return open.length > 0 && open.every(({ status }) => status === "ON_HOLD");
}

/** `displayFulfillmentStatus`. REST shows the same as "fulfilled", "partial" and null. */
export function fulfillmentStatus(order: Frozen<Order>): FulfillmentStatusShown {
  const toSend = order.lines.reduce((total, line) => total + unfulfilledUnits(order, line), 0);
  const sent = order.lines.reduce((total, line) => total + fulfilledUnits(order, line), 0);
  if (sent === 0) return isHeld(order) ? "ON_HOLD" : "UNFULFILLED";
  return toSend === 0 ? "FULFILLED" : "PARTIALLY_FULFILLED";
}

export function returnStatus(order: Frozen<Order>): ReturnStatus {
  if (order.returns.some((part) => part.status === "OPEN")) return "IN_PROGRESS";
  if (order.returns.some((part) => part.status === "REQUESTED")) return "RETURN_REQUESTED";
  if (order.returns.some((part) => part.status === "CLOSED")) return "RETURNED";
  return "NO_RETURN";
}

export function isFullyPaid(order: Frozen<Order>): boolean {
  const all = totals(order);
  return (
    bagOf(all.totalOutstanding, order).presentment <= 0n &&
    bagOf(all.totalCapturable, order).presentment === 0n
  );
}

export type PaymentScheduleShown = {
  id: Id;
  issuedAt: Time;
  dueAt: Time;
  completedAt: Time | null;
  balanceDue: string;
  totalBalance: string;
};

const DAY_MS = 86_400_000;

/** What the order's terms ask for and what is left of it, in the buyer's currency; null without terms. */
export function paymentSchedule(order: Frozen<Order>): PaymentScheduleShown | null {
  const { paymentTerms: terms } = order;
  if (!terms) return null;
  const all = totals(order);
  const owed = bagOf(all.totalOutstanding, order).presentment;
  const payments = order.transactions.filter(
    ({ kind, status }) => (kind === "SALE" || kind === "CAPTURE") && status === "SUCCESS",
  );
  return {
    id: terms.scheduleId,
    issuedAt: terms.issuedAt,
    dueAt: new Date(Date.parse(terms.issuedAt) + terms.dueInDays * DAY_MS).toISOString(),
    completedAt: isFullyPaid(order) ? (payments.at(-1)?.processedAt ?? null) : null,
    balanceDue: owed > 0n ? all.totalOutstanding.presentment : moneyOf(ZERO, order).presentment,
    totalBalance: all.currentTotalPrice.presentment,
  };
}

export const termsName = ({ type, dueInDays }: Frozen<PaymentTerms>): string =>
  type === "RECEIPT" ? "Due on receipt" : `Net ${dueInDays}`;

/** No payment has been made. */
export const isUnpaid = (order: Frozen<Order>): boolean =>
  bagOf(totals(order).totalReceived, order).presentment === 0n;

export const isRefundable = (order: Frozen<Order>): boolean =>
  bagOf(totals(order).netPayment, order).presentment > 0n ||
  (order.cancelledAt === null && order.lines.some((line) => currentUnits(order, line) > 0));

export const requiresShipping = (order: Frozen<Order>): boolean =>
  order.lines.some((line) => line.requiresShipping);

/** The line's product, null when it was deleted since: deleting a product does not touch its old orders. */
export const lineProductId = (store: Store, line: Frozen<LineItem>): Id | null =>
  line.productId !== null && store.get("products", line.productId) ? line.productId : null;

export const lineVariantId = (store: Store, line: Frozen<LineItem>): Id | null =>
  line.variantId !== null && store.get("variants", line.variantId) ? line.variantId : null;

/** What makes up `on_hand`. */
export const ON_HAND: readonly StockName[] = [
  "available",
  "committed",
  "reserved",
  "damaged",
  "safety_stock",
  "quality_control",
];

/** All named quantities of a level with the time of their last change. */
export function quantitiesOf(
  level: Frozen<InventoryLevel>,
): Record<QuantityName, { quantity: number; updatedAt: string | null }> {
  const at = (name: StockName) => ({ quantity: level.quantities[name], updatedAt: level.changedAt[name] });
  const onHandTimes = ON_HAND.map((name) => level.changedAt[name]).filter((time) => time !== null);
  return {
    available: at("available"),
    committed: at("committed"),
    reserved: at("reserved"),
    damaged: at("damaged"),
    safety_stock: at("safety_stock"),
    quality_control: at("quality_control"),
    incoming: at("incoming"),
    on_hand: {
      quantity: ON_HAND.reduce((total, name) => total + level.quantities[name], 0),
      updatedAt: onHandTimes.toSorted().at(-1) ?? null,
    },
  };
}
