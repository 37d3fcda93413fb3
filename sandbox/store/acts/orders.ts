// An order's life after it was placed, other than money and parcels: notes, cancelling, archiving, deleting.

import type { CancelInput, OrderUpdateInput } from "../inputs.ts";
import { currentUnits, fulfilledUnits } from "../line-totals.ts";
import { decimalOf, bagOf } from "../money.ts";
import type { Store } from "../store.ts";
import { totals } from "../totals.ts";
import type { Frozen, Id, Order } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { announceOrder, gone, part, record } from "./announce.ts";
import { newAddress } from "./customers.ts";
import { removeMetafields, writeMetafield } from "./metafields.ts";
import { commitMoves } from "./order-lines.ts";
import { voidAuthorizations } from "./payments.ts";
import { announceRefund, writeRefund } from "./refunds.ts";
import { moveUnits } from "./stock.ts";
import { checkEmail, checkTags, given } from "./validate.ts";

export function updateOrder(store: Store, id: Id, input: OrderUpdateInput): Frozen<Order> {
  return store.act(() => {
    store.need("orders", id);
    const { metafields, shippingAddress, ...fields } = input;
    if (fields.tags !== undefined) fields.tags = checkTags(fields.tags);
    if (fields.email !== undefined) fields.email = checkEmail(fields.email);
    const order = store.change("orders", id, (draft) => {
      Object.assign(draft, given(fields));
      if (shippingAddress)
        draft.shippingAddress = newAddress(store, { ...draft.shippingAddress, ...shippingAddress });
      // Where it goes is a part of what is to be sent.
      if (shippingAddress || fields.email !== undefined)
        for (const task of draft.fulfillmentOrders) task.updatedAt = store.time();
    });
    for (const field of metafields ?? []) writeMetafield(store, "ORDER", id, field);
    announceOrder(store, order);
    return order;
  });
}

/** Takes everything off the order; gives back money and stock unless told not to. Sent orders cannot be cancelled. */
export function cancelOrder(store: Store, id: Id, input: CancelInput = {}): Frozen<Order> {
  return store.act(() => {
    const before = store.need("orders", id);
    if (before.cancelledAt !== null)
      throw new UserError(["id"], "Order has already been cancelled", "INVALID");
    if (before.lines.some((line) => fulfilledUnits(before, line) > 0)) {
      throw new UserError(["id"], "Cannot cancel an order that has fulfillments", "INVALID");
    }
    voidAll(store, id);
    const restockType = (input.restock ?? true) ? "CANCEL" : "NO_RESTOCK";
    const lines = before.lines
      .map((line) => ({ lineItemId: line.id, quantity: currentUnits(before, line), restockType }) as const)
      .filter((line) => line.quantity > 0);
    const net = decimalOf(bagOf(totals(before).netPayment, before).presentment, before.presentmentCurrency);
    const amount = (input.refund ?? true) ? net : "0";
    const { refund, moves } = writeRefund(store, id, { lines, shipping: "full", amount }, true);
    const order = store.change("orders", id, (draft) => {
      draft.cancelledAt = store.time();
      draft.closedAt ??= store.time();
      draft.cancelReason = input.reason ?? "OTHER";
      draft.cancelNote = input.staffNote ?? null;
    });
    store.announce("orders/cancelled", record(store, "order", id));
    announceRefund(store, order, refund);
    announceOrder(store, order);
    moveUnits(store, moves);
    return order;
  });
}

function voidAll(store: Store, id: Id): void {
  const before = store.need("orders", id);
  const order = store.change(
    "orders",
    id,
    (draft) => void draft.transactions.push(...voidAuthorizations(store, draft)),
  );
  for (const transaction of order.transactions.slice(before.transactions.length)) {
    store.announce("order_transactions/create", part(store, "transaction", id, transaction.id));
  }
}

/** Archives. */
export function closeOrder(store: Store, id: Id): Frozen<Order> {
  return setClosed(store, id, true);
}

export function reopenOrder(store: Store, id: Id): Frozen<Order> {
  return setClosed(store, id, false);
}

function setClosed(store: Store, id: Id, closed: boolean): Frozen<Order> {
  return store.act(() => {
    const before = store.need("orders", id);
    if ((before.closedAt !== null) === closed) return before;
    const order = store.change("orders", id, (draft) => void (draft.closedAt = closed ? store.time() : null));
    announceOrder(store, order);
    return order;
  });
}

/** Only cancelled orders and orders without an online payment; stock still held for it is let go. */
export function deleteOrder(store: Store, id: Id): Id {
  return store.act(() => {
    const order = store.need("orders", id);
    const online = order.transactions.some((transaction) => transaction.gateway !== "manual");
    if (order.cancelledAt === null && online)
      throw new UserError(["orderId"], "Order cannot be deleted", "INVALID");
    const held = order.fulfillmentOrders
      .flatMap((one) => one.lines)
      .filter((slot) => slot.remainingQuantity > 0);
    removeMetafields(store, "ORDER", id);
    store.remove("orders", id);
    const deletion = { ...store.fresh("DeletionEvent"), table: "orders" as const, recordId: id };
    store.save("deletions", { ...deletion, title: order.name, occurredAt: store.time() });
    store.announce("orders/delete", gone({ type: "order", record: order }));
    moveUnits(
      store,
      held.flatMap((slot) => {
        const line = order.lines.find((candidate) => candidate.id === slot.lineItemId);
        return line ? commitMoves(store, line, -slot.remainingQuantity) : [];
      }),
    );
    if (order.customerId !== null && store.get("customers", order.customerId)) {
      store.change("customers", order.customerId, () => undefined);
      store.announce("customers/update", record(store, "customer", order.customerId));
    }
    return id;
  });
}
