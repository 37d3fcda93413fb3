// Returns: their own topics, and inside orders.
import type { Frozen, Order, Return } from "../../store/truth.ts";
import { gid, integer, type Body, type Context } from "./json.ts";

export function returnBody(order: Frozen<Order>, one: Frozen<Return>): Body {
  return {
    ...headFields(one),
    order: { id: integer(order.id), admin_graphql_api_id: gid("Order", order.id) },
    total_return_line_items: one.lines.reduce((total, line) => total + line.quantity, 0),
    name: one.name,
    return_line_items: returnLines(one),
    return_shipping_fees: [],
    exchange_line_items: [],
    total_exchange_line_items: 0,
  };
}

/** returns/close, returns/cancel, returns/reopen, returns/decline: hardly more than the state. */
export function returnStateBody(order: Frozen<Order>, one: Frozen<Return>): Body {
  const { id, admin_graphql_api_id, status } = headFields(one);
  return { id, admin_graphql_api_id, order_id: integer(order.id), status };
}

/** `order.returns[]` */
export function returnInOrder(_context: Context, _order: Frozen<Order>, one: Frozen<Return>): Body {
  return { ...headFields(one), name: one.name, return_line_items: returnLines(one) };
}

function headFields(one: Frozen<Return>) {
  return {
    id: integer(one.id),
    admin_graphql_api_id: gid("Return", one.id),
    status: one.status.toLowerCase(),
  };
}

function returnLines(one: Frozen<Return>): Body[] {
  return one.lines.map((line) => ({
    id: integer(line.id),
    admin_graphql_api_id: gid("ReturnLineItem", line.id),
    quantity: line.quantity,
    return_reason: line.reason.toLowerCase(),
    return_reason_note: line.note,
    line_item: { id: integer(line.lineItemId), admin_graphql_api_id: gid("LineItem", line.lineItemId) },
  }));
}
