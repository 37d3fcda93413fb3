// Sending what was ordered.

import type { FulfilInput } from "../inputs.ts";
import { unfulfilledUnits } from "../line-totals.ts";
import { fulfillmentStatus } from "../states.ts";
import type { Store } from "../store.ts";
import type { Fulfillment, Frozen, Id, LineItem, Order, Tracking } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { announceOrder, part, record } from "./announce.ts";
import { settleFulfillmentOrders, stockMoves } from "./order-lines.ts";
import { moveUnits } from "./stock.ts";
import { checkQuantity } from "./validate.ts";

/** Sends units; without lines, everything that is left (at the location, when one is named). */
export function fulfilOrder(store: Store, id: Id, input: FulfilInput = {}): Frozen<Fulfillment> {
  return store.act(() => {
    const before = store.need("orders", id);
    if (before.cancelledAt !== null) throw new UserError(["id"], "The order is cancelled", "INVALID");
    const wanted = input.lines ? checkLines(before, input.lines) : allLeft(before, input.locationId);
    if (wanted.length === 0) throw new UserError(["lines"], "There is nothing left to fulfill", "INVALID");
    const fresh = store.fresh("Fulfillment");
    const order = store.change("orders", id, (draft) => {
      draft.fulfillments.push({
        ...fresh,
        name: `${draft.name}-F${draft.fulfillments.length + 1}`,
        status: "SUCCESS",
        shipmentStatus: null,
        inTransitAt: null,
        deliveredAt: null,
        estimatedDeliveryAt: null,
        locationId: input.locationId ?? locationOf(draft, wanted[0]?.line),
        tracking: trackingOf(input.tracking),
        lines: wanted.map(({ line, units }) => ({
          id: store.ids.mint("FulfillmentLineItem"),
          lineItemId: line.id,
          quantity: units,
        })),
      });
      settleFulfillmentOrders(store, draft);
    });
    const complete = fulfillmentStatus(order) === "FULFILLED";
    store.announce("fulfillments/create", part(store, "fulfillment", id, fresh.id));
    store.announce(complete ? "orders/fulfilled" : "orders/partially_fulfilled", record(store, "order", id));
    announceOrder(store, order);
    moveUnits(
      store,
      wanted.flatMap(({ line, units }) => stockMoves(store, line, "committed", -units)),
    );
    return needFulfillment(order, fresh.id);
  });
}

export function updateTracking(
  store: Store,
  id: Id,
  fulfillmentId: Id,
  tracking: FulfilInput["tracking"],
): Frozen<Fulfillment> {
  return changeFulfillment(store, id, fulfillmentId, (draft) => {
    if (draft.status === "CANCELLED")
      throw new UserError(["fulfillmentId"], "The fulfillment is cancelled", "INVALID");
    draft.tracking = trackingOf(tracking);
  });
}

/** Moves a parcel on: "IN_TRANSIT", "DELIVERED", … */
export function updateShipment(
  store: Store,
  id: Id,
  fulfillmentId: Id,
  status: NonNullable<Fulfillment["shipmentStatus"]>,
): Frozen<Fulfillment> {
  return changeFulfillment(store, id, fulfillmentId, (draft) => {
    draft.shipmentStatus = status;
    if (status === "IN_TRANSIT") draft.inTransitAt = store.time();
    if (status === "DELIVERED") draft.deliveredAt = store.time();
  });
}

/** Calls a fulfilment back: its units are to be sent again, and held again. */
export function cancelFulfillment(store: Store, id: Id, fulfillmentId: Id): Frozen<Fulfillment> {
  return store.act(() => {
    const before = needFulfillment(store.need("orders", id), fulfillmentId);
    if (before.status === "CANCELLED")
      throw new UserError(["fulfillmentId"], "Fulfillment is already cancelled", "INVALID");
    const wasSent = new Map(
      store
        .need("orders", id)
        .lines.map((line) => [line.id, unfulfilledUnits(store.need("orders", id), line)]),
    );
    const cancelled = changeFulfillment(
      store,
      id,
      fulfillmentId,
      (draft) => void (draft.status = "CANCELLED"),
    );
    const order = store.need("orders", id);
    const moves = order.lines.flatMap((line) =>
      stockMoves(store, line, "committed", unfulfilledUnits(order, line) - (wasSent.get(line.id) ?? 0)),
    );
    moveUnits(store, moves);
    return cancelled;
  });
}

function changeFulfillment(
  store: Store,
  id: Id,
  fulfillmentId: Id,
  change: (draft: Fulfillment) => void,
): Frozen<Fulfillment> {
  return store.act(() => {
    needFulfillment(store.need("orders", id), fulfillmentId);
    const order = store.change("orders", id, (draft) => {
      for (const fulfillment of draft.fulfillments.filter((candidate) => candidate.id === fulfillmentId)) {
        change(fulfillment);
        fulfillment.updatedAt = store.time();
      }
      settleFulfillmentOrders(store, draft);
    });
    store.announce("fulfillments/update", part(store, "fulfillment", id, fulfillmentId));
    announceOrder(store, order);
    return needFulfillment(order, fulfillmentId);
  });
}

type Wanted = { line: Frozen<LineItem>; units: number };

function checkLines(order: Frozen<Order>, lines: NonNullable<FulfilInput["lines"]>): Wanted[] {
  const asked = new Map<Id, number>();
  return lines.map(({ lineItemId, quantity }, index) => {
    const path = ["lines", String(index), "quantity"];
    const line = order.lines.find((candidate) => candidate.id === lineItemId);
    if (!line)
      throw new UserError(["lines", String(index), "lineItemId"], "Line item does not exist", "NOT_FOUND");
    const units = checkQuantity(quantity, path);
    if (isHeld(order, line)) throw new UserError(path, "The fulfillment order is on hold.", "INVALID");
    asked.set(lineItemId, (asked.get(lineItemId) ?? 0) + units);
    if ((asked.get(lineItemId) ?? 0) > unfulfilledUnits(order, line)) {
      throw new UserError(path, "Invalid fulfillment order line item quantity requested.", "INVALID");
    }
    return { line, units };
  });
}

const allLeft = (order: Frozen<Order>, locationId: Id | undefined): Wanted[] =>
  order.lines
    .map((line) => ({ line, units: unfulfilledUnits(order, line) }))
    .filter(
      ({ line, units }) =>
        units > 0 &&
        !isHeld(order, line) &&
        (locationId === undefined || locationOf(order, line) === locationId),
    );

const isHeld = (order: Frozen<Order>, line: Frozen<LineItem>): boolean =>
  order.fulfillmentOrders.some(
    ({ holds, lines }) => holds.length > 0 && lines.some((slot) => slot.lineItemId === line.id),
  );

const locationOf = (order: Frozen<Order>, line: Frozen<LineItem> | undefined): Id | null =>
  order.fulfillmentOrders.find((part) => part.lines.some((slot) => slot.lineItemId === line?.id))
    ?.locationId ?? null;

const trackingOf = (tracking: FulfilInput["tracking"]): Tracking[] =>
  (tracking ?? []).map((one) => ({
    company: one.company ?? null,
    number: one.number ?? null,
    url: one.url ?? null,
  }));

function needFulfillment(order: Frozen<Order>, id: Id): Frozen<Fulfillment> {
  const found = order.fulfillments.find((fulfillment) => fulfillment.id === id);
  if (!found) throw new UserError(["fulfillmentId"], "Fulfillment does not exist", "NOT_FOUND");
  return found;
}
