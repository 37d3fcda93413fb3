// Returns: their own topics, and inside orders.
import type { Topic } from "../../store/events.ts";
import { returnRarities } from "../../store/rarities.ts";
import type { Frozen, Order, Return } from "../../store/truth.ts";
import { gid, integer, moneySet, type Body, type Context } from "./json.ts";

/** Each topic tells of a return in its own shape. */
export function returnNews(topic: Topic, order: Frozen<Order>, one: Frozen<Return>): Body {
  switch (topic) {
    case "returns/request":
    case "returns/approve":
      return returnBody(order, one);
    case "returns/decline":
      return { ...headFields(one), order: orderHead(order), decline: declineOf(one) };
    case "returns/update":
      return returnUpdateBody(one);
    default:
      return returnStateBody(order, one);
  }
}

/** The only one without the order. What was taken off is told without its amount: the store keeps none. */
function returnUpdateBody(one: Frozen<Return>): Body {
  return {
    admin_graphql_api_id: gid("Return", one.id),
    return_line_items: { removals: [] },
    restocking_fees: { updates: [], removals: [] },
    return_shipping_fees: { updates: [], removals: [] },
  };
}

const declineOf = ({ decline }: Frozen<Return>) =>
  decline && { reason: decline.reason.toLowerCase(), note: decline.note };

const orderHead = (order: Frozen<Order>) => ({
  id: integer(order.id),
  admin_graphql_api_id: gid("Order", order.id),
});

function returnBody(order: Frozen<Order>, one: Frozen<Return>): Body {
  const { exchangeLines } = returnRarities(order, one);
  return {
    ...headFields(one),
    order: orderHead(order),
    total_return_line_items: one.lines.reduce((total, line) => total + line.quantity, 0),
    name: one.name,
    return_line_items: returnLines(one),
    return_shipping_fees: one.shippingFees.map((fee) => ({
      id: integer(fee.id),
      admin_graphql_api_id: gid("ReturnShippingFee", fee.id),
      price: moneySet(fee.amount, order),
    })),
    exchange_line_items: exchangeLines.map((line) => ({
      id: integer(line.id),
      admin_graphql_api_id: gid("ExchangeLineItem", line.id),
      line_item: line.lineItemIds.length === 0 ? null : lineReference(line.lineItemIds[0]!),
    })),
    total_exchange_line_items: exchangeLines.reduce((total, line) => total + line.quantity, 0),
  };
}

/** returns/close, returns/cancel, returns/reopen: hardly more than the state. */
function returnStateBody(order: Frozen<Order>, one: Frozen<Return>): Body {
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
    line_item: lineReference(line.lineItemId),
  }));
}

const lineReference = (id: string): Body => ({
  id: integer(id),
  admin_graphql_api_id: gid("LineItem", id),
});
