// Which path leads to which page and act of orders.
import {
  cancel,
  cancelShipment,
  capture,
  close,
  pay,
  placeSamples,
  removeOrder,
  reopen,
  saveNotes,
} from "#sandbox/pages/orders/acts.ts";
import { edit, newEdit } from "#sandbox/pages/orders/edit.ts";
import { fulfil, newFulfilment } from "#sandbox/pages/orders/fulfil.ts";
import { listOrders } from "#sandbox/pages/orders/list.ts";
import { showOrder } from "#sandbox/pages/orders/order.ts";
import { newOrder, place } from "#sandbox/pages/orders/place.ts";
import { newRefund, refund } from "#sandbox/pages/orders/refund.ts";
import { metafieldRoom } from "#sandbox/pages/parts/metafields.ts";
import type { Rooms } from "#sandbox/pages/visit.ts";

export const ORDER_ROOMS: Rooms = {
  orders: {
    show: listOrders,
    act: place,
    again: newOrder,
    fields: { lines: "line[0].item", customerId: "customer" },
  },
  "orders/new": { show: newOrder },
  "orders/samples": { act: placeSamples, again: listOrders },
  "orders/:id": { show: showOrder, act: saveNotes },
  "orders/:id/payments": { act: pay, again: showOrder },
  "orders/:id/captures": { act: capture, again: showOrder },
  "orders/:id/closure": { act: close, again: showOrder },
  "orders/:id/reopening": { act: reopen, again: showOrder },
  "orders/:id/cancellation": { act: cancel, again: showOrder },
  "orders/:id/deletion": { act: removeOrder, again: showOrder },
  "orders/:id/fulfillments": { act: fulfil, again: newFulfilment },
  "orders/:id/fulfillments/new": { show: newFulfilment },
  "orders/:id/fulfillments/:fulfillment/cancellation": { act: cancelShipment, again: showOrder },
  "orders/:id/refunds": { act: refund, again: newRefund },
  "orders/:id/refunds/new": { show: newRefund },
  "orders/:id/edits": { act: edit, again: newEdit },
  "orders/:id/edits/new": { show: newEdit },
  "orders/:id/metafields": metafieldRoom(
    "ORDER",
    (visit) => `${visit.base}/orders/${visit.params.id}`,
    showOrder,
  ),
};
