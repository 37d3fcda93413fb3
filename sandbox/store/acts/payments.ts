// Receiving money: marking as paid, capturing, voiding.

import { bagOf, decimalOf, fromPresentment, isZero, minorOf, moneyOf, type Bag } from "../money.ts";
import { isFullyPaid } from "../states.ts";
import type { Store } from "../store.ts";
import { capturableOf, totals } from "../totals.ts";
import type { Decimal, Frozen, Id, Order, Transaction } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { announceOrder, part, record } from "./announce.ts";
import { newTransaction } from "./place-order.ts";

/** Takes what is outstanding: by capturing an authorization, or as money that came in another way. */
export function markOrderPaid(store: Store, id: Id): Frozen<Order> {
  return store.act(() => {
    const order = store.need("orders", id);
    const all = totals(order);
    const outstanding = bagOf(all.totalOutstanding, order);
    if (!isZero(bagOf(all.totalCapturable, order))) captureOrder(store, id);
    else if (order.cancelledAt !== null || outstanding.presentment <= 0n) {
      throw new UserError(["id"], "Order cannot be marked as paid.", "INVALID");
    }
    return outstanding.presentment > 0n ? receive(store, id, outstanding) : store.need("orders", id);
  });
}

function receive(store: Store, id: Id, amount: Bag): Frozen<Order> {
  const pending = store
    .need("orders", id)
    .transactions.find((transaction) => transaction.status === "PENDING");
  return addTransactions(store, id, (draft) => {
    if (!draft.paymentGateways.includes("manual")) draft.paymentGateways.push("manual");
    const money = moneyOf(amount, draft);
    return [
      newTransaction(store, draft, {
        kind: "SALE",
        gateway: "manual",
        amount: money,
        parentId: pending?.id ?? null,
      }),
    ];
  });
}

/** Captures of an authorization, in presentment currency; default: all that is left of every authorization. */
export function captureOrder(store: Store, id: Id, amount?: Decimal): Frozen<Order> {
  return store.act(() => {
    const order = store.need("orders", id);
    const authorizations = order.transactions.filter(
      (part) => part.kind === "AUTHORIZATION" && part.status === "SUCCESS",
    );
    const open = authorizations
      .map((parent) => ({ parent, left: capturableOf(order, parent) }))
      .filter(({ left }) => !isZero(left));
    const [first] = open;
    if (!first) throw new UserError(null, "Unable to find parent transaction", "INVALID");
    if (amount === undefined) {
      return addTransactions(store, id, (draft) =>
        open.map(({ parent, left }) => capture(store, draft, parent, left)),
      );
    }
    const wanted = minorOf(amount, order.presentmentCurrency);
    if (wanted <= 0n)
      throw new UserError(null, "Amount must be greater than zero for capture transactions", "INVALID");
    if (wanted > first.left.presentment) {
      const authorized = decimalOf(first.left.presentment, order.presentmentCurrency);
      throw new UserError(
        null,
        `Cannot capture more than the authorized ${authorized} for this payment`,
        "INVALID",
      );
    }
    const bag =
      wanted === first.left.presentment ? first.left : capped(fromPresentment(wanted, order), first.left);
    return addTransactions(store, id, (draft) => [capture(store, draft, first.parent, bag)]);
  });
}

const capped = (bag: Bag, most: Bag): Bag => ({ ...bag, shop: bag.shop > most.shop ? most.shop : bag.shop });

function capture(store: Store, order: Order, parent: Frozen<Transaction>, amount: Bag): Transaction {
  const { gateway, id: parentId } = parent;
  return newTransaction(store, order, { kind: "CAPTURE", gateway, amount: moneyOf(amount, order), parentId });
}

/** Lets go of every open authorization; part of cancelling. */
export function voidAuthorizations(store: Store, order: Order): Transaction[] {
  const open = order.transactions.filter(
    (part) => part.kind === "AUTHORIZATION" && !isZero(capturableOf(order, part)),
  );
  return open.map((parent) => {
    const amount = moneyOf(capturableOf(order, parent), order);
    return newTransaction(store, order, {
      kind: "VOID",
      gateway: parent.gateway,
      amount,
      parentId: parent.id,
    });
  });
}

function addTransactions(store: Store, id: Id, make: (draft: Order) => Transaction[]): Frozen<Order> {
  const before = store.need("orders", id);
  const order = store.change("orders", id, (draft) => void draft.transactions.push(...make(draft)));
  for (const transaction of order.transactions.slice(before.transactions.length)) {
    store.announce("order_transactions/create", part(store, "transaction", id, transaction.id));
  }
  if (isFullyPaid(order)) store.announce("orders/paid", record(store, "order", id));
  announceOrder(store, order);
  return order;
}
