// Giving back: lines, shipping, money, stock. A refund is worth what its lines and its shipping cost the buyer; when
// another amount is paid back, the difference is kept as an adjustment, so that totals still add up.

import type { RefundInput } from "../inputs.ts";
import { currentUnits, taxOf, unfulfilledUnits, worth } from "../line-totals.ts";
import {
  atLeastZero,
  bagOf,
  both,
  decimalOf,
  fromPresentment,
  isZero,
  minorOf,
  minus,
  moneyOf,
  portion,
  sum,
  ZERO,
  type Bag,
} from "../money.ts";
import type { Store } from "../store.ts";
import { refundableShipping, totals } from "../totals.ts";
import type { Frozen, Id, Order, Refund, RefundLine, Transaction } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { agree } from "./agreements.ts";
import { announceOrder, part } from "./announce.ts";
import { refundedDuties } from "./charges.ts";
import { settleFulfillmentOrders, stockMoves } from "./order-lines.ts";
import { newTransaction } from "./place-order.ts";
import { moveUnits, type UnitMove } from "./stock.ts";
import { checkPrice, checkQuantity } from "./validate.ts";

export function refundOrder(store: Store, id: Id, input: RefundInput): Frozen<Refund> {
  return store.act(() => {
    const { order, refund, moves } = writeRefund(store, id, input);
    announceRefund(store, order, refund);
    announceOrder(store, order);
    moveUnits(store, moves);
    return refund;
  });
}

export function announceRefund(store: Store, order: Frozen<Order>, refund: Frozen<Refund>): void {
  store.announce("refunds/create", part(store, "refund", order.id, refund.id));
  for (const transactionId of refund.transactionIds) {
    store.announce("order_transactions/create", part(store, "transaction", order.id, transactionId));
  }
}

type Written = { order: Frozen<Order>; refund: Frozen<Refund>; moves: UnitMove[] };

/** Writes the refund into the order; the caller tells about it and moves the stock. `allowEmpty`: for cancellations. */
export function writeRefund(store: Store, id: Id, input: RefundInput, allowEmpty = false): Written {
  const before = store.need("orders", id);
  const fresh = store.fresh("Refund");
  const moves: UnitMove[] = [];
  const lines = (input.lines ?? []).map((_, index) => refundLine(store, before, input, index, moves));
  const shippingLines = refundShipping(store, before, input.shipping);
  const duties = refundedDuties(before, lines);
  const value = sum(
    ...duties.map(({ amount }) => bagOf(amount, before)),
    ...[...lines, ...shippingLines].map(({ subtotal, tax }) =>
      before.taxesIncluded ? bagOf(subtotal, before) : sum(bagOf(subtotal, before), bagOf(tax, before)),
    ),
  );
  const fair = fairOf(before, value);
  const amount = amountOf(before, input.amount, fair);
  if (!allowEmpty && lines.length === 0 && shippingLines.length === 0 && isZero(amount)) {
    throw new UserError(null, "A refund must have lines, shipping or an amount", "INVALID");
  }
  const difference = both((side) => beside(amount[side], fair.least[side], fair.most[side]));
  const order = store.change("orders", id, (draft) => {
    const paid = payBack(store, draft, amount, fresh.id);
    draft.transactions.push(...paid);
    const adjustment = () => ({
      id: store.ids.mint("OrderAdjustment"),
      reason: "REFUND_DISCREPANCY" as const,
      amount: moneyOf(difference, draft),
      tax: moneyOf(ZERO, draft),
    });
    draft.refunds.push({
      ...fresh,
      processedAt: fresh.createdAt,
      note: input.note ?? null,
      lines,
      shippingLines,
      duties,
      adjustments: isZero(difference) ? [] : [adjustment()],
      transactionIds: paid.map((transaction) => transaction.id),
      returnId: input.returnId ?? null,
    });
    agree(store, draft, before, { reason: "REFUND", refundId: fresh.id, returnId: null });
    settleFulfillmentOrders(store, draft);
  });
  const refund = order.refunds.at(-1);
  if (!refund) throw new Error("The refund was not kept.");
  return { order, refund, moves };
}

type Fair = { least: Bag; most: Bag };

/**
 * What may be paid back without a discrepancy. What the buyer still owes is waived first; what the shop already owes
 * the buyer (after an edit) may be paid back along with it.
 */
function fairOf(order: Frozen<Order>, value: Bag): Fair {
  const all = totals(order);
  const open = minus(bagOf(all.currentTotalPrice, order), bagOf(all.netPayment, order));
  const least = atLeastZero(minus(value, atLeastZero(open)));
  return { least, most: sum(least, atLeastZero(minus(ZERO, open))) };
}

/** How far an amount lies outside of what is fair: positive when too little was paid back. */
const beside = (amount: bigint, least: bigint, most: bigint): bigint =>
  amount < least ? least - amount : amount > most ? most - amount : 0n;

/** What is paid back: as asked, or the least that is fair as far as there is money to give. */
function amountOf(order: Frozen<Order>, wanted: string | undefined, { least, most }: Fair): Bag {
  const currency = order.presentmentCurrency;
  const net = bagOf(totals(order).netPayment, order);
  const usual = least.presentment < net.presentment ? least.presentment : net.presentment;
  const minor = wanted === undefined ? usual : minorOf(checkPrice(wanted, currency, ["amount"]), currency);
  if (minor > net.presentment) {
    const [asked, left] = [decimalOf(minor, currency), decimalOf(net.presentment, currency)];
    const message = `Refund amount ${asked} ${currency} is greater than net payment received ${left} ${currency}`;
    throw new UserError(null, message, "INVALID");
  }
  if (minor === 0n) return ZERO;
  const known = [net, least, most].find((bag) => bag.presentment === minor) ?? fromPresentment(minor, order);
  return { ...known, shop: known.shop > net.shop ? net.shop : known.shop };
}

function refundLine(
  store: Store,
  order: Frozen<Order>,
  input: RefundInput,
  index: number,
  moves: UnitMove[],
): RefundLine {
  const wanted = input.lines?.[index];
  const line = order.lines.find((candidate) => candidate.id === wanted?.lineItemId);
  const path = ["lines", String(index)];
  if (!wanted || !line) throw new UserError([...path, "lineItemId"], "Line item does not exist", "NOT_FOUND");
  const units = checkQuantity(wanted.quantity, [...path, "quantity"]);
  const left = currentUnits(order, line);
  if (units > left || input.lines?.some((other, at) => at < index && other.lineItemId === line.id)) {
    throw new UserError(
      [...path, "quantity"],
      "Quantity cannot refund more items than were purchased",
      "INVALID",
    );
  }
  const restockType = wanted.restockType ?? "NO_RESTOCK";
  const restocked = restockType !== "NO_RESTOCK";
  const locationId = wanted.locationId ?? line.locationId;
  // Units that were not sent yet are no longer held for the order, whether they go back on the shelf or not.
  const toSend = unfulfilledUnits(order, line);
  const unsent = restockType === "RETURN" ? Math.max(0, units - (left - toSend)) : Math.min(units, toSend);
  moves.push(...stockMoves(store, line, "committed", -unsent));
  if (restocked) moves.push(...stockMoves(store, line, "available", units, locationId));
  return {
    id: store.ids.mint("RefundLineItem"),
    lineItemId: line.id,
    quantity: units,
    unsentQuantity: unsent,
    restockType,
    restocked,
    locationId: restocked ? locationId : null,
    subtotal: moneyOf(minus(worth(order, line, left), worth(order, line, left - units)), order),
    tax: moneyOf(minus(taxOf(order, line, left), taxOf(order, line, left - units)), order),
  };
}

/** Shipping goes back line by line, the first lines first; tax goes with it in proportion. */
function refundShipping(
  store: Store,
  order: Frozen<Order>,
  wanted: RefundInput["shipping"],
): Refund["shippingLines"] {
  if (wanted === undefined) return [];
  const currency = order.presentmentCurrency;
  let rest = wanted === "full" ? null : minorOf(checkPrice(wanted, currency, ["shipping"]), currency);
  const parts: Refund["shippingLines"] = [];
  for (const line of order.shippingLines) {
    const most = refundableShipping(order, line);
    const presentment = rest === null || rest > most.subtotal.presentment ? most.subtotal.presentment : rest;
    if (presentment === 0n) continue;
    if (rest !== null) rest -= presentment;
    const part = (bag: Bag): Bag => ({
      shop: portion(bag.shop, presentment, most.subtotal.presentment),
      presentment: portion(bag.presentment, presentment, most.subtotal.presentment),
    });
    const subtotal = moneyOf(part(most.subtotal), order);
    parts.push({
      id: store.ids.mint("RefundShippingLine"),
      shippingLineId: line.id,
      subtotal,
      tax: moneyOf(part(most.tax), order),
    });
  }
  if (rest !== null && rest > 0n) {
    throw new UserError(
      ["shipping"],
      "Shipping refund is greater than what is left of the shipping",
      "INVALID",
    );
  }
  return parts;
}

/** One refund transaction per payment that still has money to give. */
function payBack(store: Store, order: Order, amount: Bag, refundId: Id): Transaction[] {
  let rest = amount;
  const paid: Transaction[] = [];
  const payments = order.transactions.filter(
    (one) => (one.kind === "SALE" || one.kind === "CAPTURE") && one.status === "SUCCESS",
  );
  for (const payment of payments) {
    if (rest.presentment <= 0n) break;
    const given = order.transactions.filter(
      (one) => one.parentId === payment.id && one.kind === "REFUND" && one.status === "SUCCESS",
    );
    const left = minus(
      bagOf(payment.amount, order),
      sum(ZERO, ...given.map((one) => bagOf(one.amount, order))),
    );
    if (left.presentment <= 0n) continue;
    const all = rest.presentment <= left.presentment;
    const part = all ? rest : left;
    rest = all ? ZERO : minus(rest, part);
    const { gateway, id: parentId } = payment;
    paid.push(
      newTransaction(store, order, {
        kind: "REFUND",
        gateway,
        amount: moneyOf(part, order),
        parentId,
        refundId,
      }),
    );
  }
  return paid;
}
