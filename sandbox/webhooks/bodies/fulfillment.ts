// Fulfillments: fulfillments/create and fulfillments/update, and the shorter form inside orders.
import type { Frozen, Fulfillment, Order } from "../../store/truth.ts";
import { orderAddress } from "./address.ts";
import { partLine } from "./line-item.ts";
import { gid, integer, time, type Body, type Context } from "./json.ts";

export function fulfillmentBody(
  context: Context,
  order: Frozen<Order>,
  fulfillment: Frozen<Fulfillment>,
): Body {
  return {
    ...headFields(context, order, fulfillment),
    origin_address: null,
    email: order.email,
    destination: orderAddress(order.shippingAddress),
    ...tailFields(context, order, fulfillment),
  };
}

/** `order.fulfillments[]` */
export function orderFulfillment(
  context: Context,
  order: Frozen<Order>,
  fulfillment: Frozen<Fulfillment>,
): Body {
  return {
    ...headFields(context, order, fulfillment),
    origin_address: {},
    ...tailFields(context, order, fulfillment),
  };
}

function headFields(context: Context, order: Frozen<Order>, fulfillment: Frozen<Fulfillment>): Body {
  return {
    id: integer(fulfillment.id),
    order_id: integer(order.id),
    status: fulfillment.status.toLowerCase(),
    created_at: time(context, fulfillment.createdAt),
    service: "manual",
    updated_at: time(context, fulfillment.updatedAt),
    tracking_company: fulfillment.tracking[0]?.company ?? null,
    shipment_status: fulfillment.shipmentStatus?.toLowerCase() ?? null,
    location_id: integer(fulfillment.locationId),
  };
}

function tailFields(context: Context, order: Frozen<Order>, fulfillment: Frozen<Fulfillment>): Body {
  const lines = fulfillment.lines.flatMap((part) => {
    const line = order.lines.find((one) => one.id === part.lineItemId);
    return line ? [partLine(context, order, line, part.quantity)] : [];
  });
  const numbers = fulfillment.tracking.flatMap((one) => (one.number === null ? [] : [one.number]));
  const urls = fulfillment.tracking.flatMap((one) => (one.url === null ? [] : [one.url]));
  return {
    line_items: lines,
    tracking_number: numbers[0] ?? null,
    tracking_numbers: numbers,
    tracking_url: urls[0] ?? null,
    tracking_urls: urls,
    receipt: {},
    name: fulfillment.name,
    admin_graphql_api_id: gid("Fulfillment", fulfillment.id),
  };
}
