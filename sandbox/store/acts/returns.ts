// Goods that come back: asked for by the buyer or opened by the merchant, approved or declined, changed, closed.

import type { ReturnInput } from "../inputs.ts";
import { currentUnits, fulfilledUnits, worth } from "../line-totals.ts";
import { minorOf, moneyOf, portion, fromPresentment } from "../money.ts";
import type { Store } from "../store.ts";
import type { Topic } from "../events.ts";
import type { Frozen, Id, Order, Return } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { agree } from "./agreements.ts";
import { announceOrder, part } from "./announce.ts";
import { checkPrice, checkQuantity } from "./validate.ts";

/** A return opened by the merchant: approved at once. Only what was sent can come back. */
export function openReturn(store: Store, id: Id, input: ReturnInput): Frozen<Return> {
  return addReturn(store, id, input, "OPEN", "returns/approve");
}

/** A return that the buyer asks for. */
export function requestReturn(store: Store, id: Id, input: ReturnInput): Frozen<Return> {
  return addReturn(store, id, input, "REQUESTED", "returns/request");
}

export function approveReturn(store: Store, id: Id, returnId: Id): Frozen<Return> {
  return changeReturn(store, id, returnId, ["REQUESTED"], "returns/approve", (draft, order) => {
    draft.status = "OPEN";
    draft.approvedAt = store.time();
    // Nothing is sold back before it is refunded.
    agree(store, order, order, { reason: "RETURN", refundId: null, returnId });
  });
}

export function declineReturn(
  store: Store,
  id: Id,
  returnId: Id,
  decline: NonNullable<Return["decline"]>,
): Frozen<Return> {
  return changeReturn(store, id, returnId, ["REQUESTED"], "returns/decline", (draft) => {
    draft.status = "DECLINED";
    draft.decline = decline;
  });
}

export function closeReturn(store: Store, id: Id, returnId: Id): Frozen<Return> {
  return changeReturn(store, id, returnId, ["OPEN"], "returns/close", (draft) => {
    draft.status = "CLOSED";
    draft.closedAt = store.time();
  });
}

export function reopenReturn(store: Store, id: Id, returnId: Id): Frozen<Return> {
  return changeReturn(store, id, returnId, ["CLOSED"], "returns/reopen", (draft) => {
    draft.status = "OPEN";
    draft.closedAt = null;
  });
}

/** Only a return of which nothing was refunded. */
export function cancelReturn(store: Store, id: Id, returnId: Id): Frozen<Return> {
  if (store.get("orders", id)?.refunds.some((refund) => refund.returnId === returnId))
    throw new UserError(["returnId"], "Return has been refunded.", "INVALID_STATE");
  return changeReturn(store, id, returnId, ["OPEN"], "returns/cancel", (draft) => {
    draft.status = "CANCELED";
    draft.closedAt = store.time();
  });
}

/** Takes units off a line; the last line stays. */
export function reduceReturn(
  store: Store,
  id: Id,
  returnId: Id,
  removal: { lineId: Id; quantity: number },
): Frozen<Return> {
  return changeReturn(store, id, returnId, ["OPEN"], "returns/update", (draft) => {
    const line = draft.lines.find((candidate) => candidate.id === removal.lineId);
    if (!line) throw new UserError(["lineId"], "Return line item does not exist", "NOT_FOUND");
    const units = checkQuantity(removal.quantity, ["quantity"]);
    if (units > line.quantity || (units === line.quantity && draft.lines.length === 1))
      throw new UserError(["quantity"], "Return line item has an invalid quantity.", "INVALID");
    line.quantity -= units;
    draft.lines = draft.lines.filter((candidate) => candidate.quantity > 0);
  });
}

function addReturn(
  store: Store,
  id: Id,
  input: ReturnInput,
  status: "OPEN" | "REQUESTED",
  topic: Topic,
): Frozen<Return> {
  return store.act(() => {
    const before = store.need("orders", id);
    const lines = input.lines.map((_, index) => newLine(store, before, input, index));
    if (lines.length === 0)
      throw new UserError(["lines"], "Return must have at least one line item", "BLANK");
    const { id: returnId, createdAt } = store.fresh("Return");
    const order = store.change("orders", id, (draft) => {
      const name = `${draft.name}-R${draft.returns.length + 1}`;
      const fee = input.shippingFee;
      draft.returns.push({
        ...{ id: returnId, name, status, createdAt, approvedAt: null, closedAt: null, decline: null, lines },
        shippingFees: fee === undefined ? [] : [newFee(store, draft, fee)],
      });
      // Nothing is sold back before it is refunded.
      if (status === "OPEN") agree(store, draft, draft, { reason: "RETURN", refundId: null, returnId });
    });
    store.announce(topic, part(store, "return", id, returnId));
    announceOrder(store, order);
    return needReturn(order, returnId);
  });
}

function newLine(
  store: Store,
  order: Frozen<Order>,
  { lines }: ReturnInput,
  index: number,
): Return["lines"][number] {
  const path = (field: string) => ["lines", String(index), field];
  const { lineItemId, quantity, reason, note, customerNote, restockingFee } = lines[index]!;
  const line = order.lines.find((candidate) => candidate.id === lineItemId);
  const sent = order.fulfillments
    .filter(({ status }) => status !== "CANCELLED")
    .flatMap((fulfillment) => fulfillment.lines)
    .find((slot) => slot.lineItemId === lineItemId);
  if (!line) throw new UserError(path("lineItemId"), "Line item does not exist", "NOT_FOUND");
  const most = Math.min(fulfilledUnits(order, line), currentUnits(order, line));
  if (!sent || checkQuantity(quantity, path("quantity")) > most)
    throw new UserError(path("quantity"), "Return line item has an invalid quantity.", "INVALID");
  const value = worth(order, line, quantity);
  const part = (minor: bigint) => portion(minor, BigInt(restockingFee ?? 0), 100n);
  const fee = { shop: part(value.shop), presentment: part(value.presentment) };
  return {
    id: store.ids.mint("ReturnLineItem"),
    lineItemId,
    fulfillmentLineId: sent.id,
    quantity,
    reason: reason ?? "OTHER",
    note: note ?? "",
    customerNote: customerNote ?? null,
    restockingFee:
      restockingFee === undefined ? null : { percentage: restockingFee, amount: moneyOf(fee, order) },
  };
}

function newFee(store: Store, order: Order, price: string): Return["shippingFees"][number] {
  const minor = minorOf(
    checkPrice(price, order.presentmentCurrency, ["shippingFee"]),
    order.presentmentCurrency,
  );
  return { id: store.ids.mint("ReturnShippingFee"), amount: moneyOf(fromPresentment(minor, order), order) };
}

function changeReturn(
  store: Store,
  id: Id,
  returnId: Id,
  from: readonly Return["status"][],
  topic: Topic,
  change: (draft: Return, order: Order) => void,
): Frozen<Return> {
  return store.act(() => {
    if (!from.includes(needReturn(store.need("orders", id), returnId).status))
      throw new UserError(["returnId"], "Return status is invalid.", "INVALID_STATE");
    const order = store.change("orders", id, (draft) => {
      for (const one of draft.returns.filter((candidate) => candidate.id === returnId)) change(one, draft);
    });
    store.announce(topic, part(store, "return", id, returnId));
    announceOrder(store, order);
    return needReturn(order, returnId);
  });
}

function needReturn(order: Frozen<Order>, returnId: Id): Frozen<Return> {
  const found = order.returns.find((one) => one.id === returnId);
  if (!found) throw new UserError(["returnId"], "Return does not exist", "NOT_FOUND");
  return found;
}
