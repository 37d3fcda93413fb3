// Fulfilment orders and what holds them: hardly more than ids and states.
import type { DomainEvent } from "../../store/events.ts";
import { gid, type Body } from "./json.ts";

type TaskEvent = Extract<DomainEvent["subject"], { type: "fulfillmentOrder" }>;

export function taskNews(topic: DomainEvent["topic"], { record, news }: TaskEvent): Body {
  const id = gid("FulfillmentOrder", record.id);
  const head = { id, status: record.status.toLowerCase() };
  const hold = news.hold ? holdBody(news.hold) : null;
  switch (topic) {
    case "fulfillment_holds/added":
    case "fulfillment_holds/released":
      return { fulfillment_order: { id }, fulfillment_hold: hold };
    case "fulfillment_orders/placed_on_hold":
      return {
        fulfillment_order: { ...head, fulfillment_holds: record.holds.map(holdBody) },
        remaining_fulfillment_order: null,
        held_fulfillment_order_line_items: record.lines.map((line) => ({
          id: gid("FulfillmentOrderLineItem", line.id),
          quantity: line.remainingQuantity,
        })),
        created_fulfillment_hold: hold,
      };
    case "fulfillment_orders/moved": {
      const moved = { ...head, assigned_location_id: gid("Location", record.locationId) };
      return {
        original_fulfillment_order: moved,
        moved_fulfillment_order: moved,
        destination_location_id: gid("Location", record.locationId),
        fulfillment_order_line_items_requested: [],
        source_location: { id: gid("Location", news.sourceLocationId ?? record.locationId) },
      };
    }
    default:
      return { fulfillment_order: head };
  }
}

function holdBody(hold: TaskEvent["record"]["holds"][number]): Body {
  return {
    id: gid("FulfillmentHold", hold.id),
    reason: hold.reason.toLowerCase(),
    reason_notes: hold.notes,
    held_by_requesting_app: false,
    handle: hold.handle,
    held_by_app: null,
  };
}
