// What happens to the tasks of sending before anything is sent: they wait, go on, and move to another location.

import type { Store } from "../store.ts";
import { unfulfilledUnits } from "../line-totals.ts";
import { itemOf, levelsOf } from "../lookups.ts";
import type { FulfillmentOrder, Frozen, HoldReason, Id, Order } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { announceOrder, task } from "./announce.ts";
import { commitMoves, settleFulfillmentOrders } from "./order-lines.ts";
import { moveUnits } from "./stock.ts";

export function holdFulfillmentOrder(
  store: Store,
  id: Id,
  taskId: Id,
  input: { reason: HoldReason; notes?: string | null },
): Frozen<FulfillmentOrder> {
  return store.act(() => {
    const before = needOpen(store, id, taskId);
    if (before.holds.length > 0)
      throw new UserError(["fulfillmentOrderId"], "The fulfillment order is on hold already.", "INVALID");
    const hold = {
      id: store.ids.mint("FulfillmentHold"),
      reason: input.reason,
      notes: input.notes ?? null,
      handle: "staff",
    };
    const order = changeTask(store, id, taskId, (draft) => void draft.holds.push(hold));
    store.announce("fulfillment_holds/added", task(store, id, taskId, { hold }));
    store.announce("fulfillment_orders/placed_on_hold", task(store, id, taskId, { hold }));
    announceOrder(store, order);
    return needTask(order, taskId);
  });
}

export function releaseFulfillmentOrder(store: Store, id: Id, taskId: Id): Frozen<FulfillmentOrder> {
  return store.act(() => {
    const [hold] = needTask(store.need("orders", id), taskId).holds;
    if (!hold)
      throw new UserError(["fulfillmentOrderId"], "The fulfillment order is not on hold.", "INVALID");
    const order = changeTask(store, id, taskId, (draft) => void (draft.holds = []));
    store.announce("fulfillment_holds/released", task(store, id, taskId, { hold }));
    store.announce("fulfillment_orders/hold_released", task(store, id, taskId));
    announceOrder(store, order);
    return needTask(order, taskId);
  });
}

/** Only as long as nothing of it was sent, and where all of its tracked items are stocked. */
export function moveFulfillmentOrder(
  store: Store,
  id: Id,
  taskId: Id,
  locationId: Id,
): Frozen<FulfillmentOrder> {
  return store.act(() => {
    const before = needOpen(store, id, taskId);
    const old = store.need("orders", id);
    const location = store.need("locations", locationId, "newLocationId");
    const lines = old.lines.filter((line) => before.lines.some((slot) => slot.lineItemId === line.id));
    const isStocked = lines.every(({ variantId, locationId: from }) => {
      const variant = variantId === null ? undefined : store.get("variants", variantId);
      if (!variant || from === null || !itemOf(store, variant).tracked) return true;
      return levelsOf(store, variant.inventoryItemId).some((level) => level.locationId === locationId);
    });
    if (
      !location.isActive ||
      !isStocked ||
      before.status === "IN_PROGRESS" ||
      locationId === before.locationId
    )
      throw new UserError(["newLocationId"], "The fulfillment order cannot be moved there.", "INVALID");
    const order = changeTask(store, id, taskId, (draft, whole) => {
      draft.locationId = locationId;
      draft.locationName = location.name;
      for (const line of whole.lines)
        if (line.locationId !== null && lines.some((one) => one.id === line.id)) line.locationId = locationId;
    });
    store.announce(
      "fulfillment_orders/moved",
      task(store, id, taskId, { sourceLocationId: before.locationId }),
    );
    announceOrder(store, order);
    const held = (whole: Frozen<Order>, sign: number) =>
      whole.lines
        .filter((line) => lines.some((one) => one.id === line.id))
        .flatMap((line) => commitMoves(store, line, sign * unfulfilledUnits(whole, line)));
    moveUnits(store, [...held(old, -1), ...held(order, 1)]);
    return needTask(order, taskId);
  });
}

function changeTask(
  store: Store,
  id: Id,
  taskId: Id,
  change: (draft: FulfillmentOrder, order: Order) => void,
): Frozen<Order> {
  return store.change("orders", id, (draft) => {
    for (const one of draft.fulfillmentOrders.filter((candidate) => candidate.id === taskId)) {
      change(one, draft);
      one.updatedAt = store.time();
    }
    settleFulfillmentOrders(store, draft);
  });
}

function needOpen(store: Store, id: Id, taskId: Id): Frozen<FulfillmentOrder> {
  const found = needTask(store.need("orders", id), taskId);
  if (found.status === "CLOSED" || found.status === "CANCELLED")
    throw new UserError(["fulfillmentOrderId"], "The fulfillment order is closed.", "INVALID");
  return found;
}

function needTask(order: Frozen<Order>, taskId: Id): Frozen<FulfillmentOrder> {
  const found = order.fulfillmentOrders.find((one) => one.id === taskId);
  if (!found) throw new UserError(["fulfillmentOrderId"], "Fulfillment order does not exist.", "NOT_FOUND");
  return found;
}
