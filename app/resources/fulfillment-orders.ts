// Fulfillment orders: what is to be sent from where, with what is still left to send. A resource of their own, for they have
// scopes, a list and news of their own. Most of what happens to one is told by its order's news, which do not name it.
import { BadBody } from "#app/shopify/errors.ts";
import type {
  FulfillmentOrderFieldsFragment,
  FulfillmentOrderLineItemFieldsFragment,
} from "#app/shopify/generated.ts";
import type { Row } from "#app/sync/change.ts";
import { always, maybe, wholeRow, type Columns } from "./columns.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import * as rest from "./rest.ts";
import {
  at,
  entriesOf,
  fields,
  flag,
  idOf,
  int,
  linkTo,
  listOf,
  nullable,
  shape,
  text,
  time,
} from "./values.ts";

const FULFILLMENT_ORDER_FIELDS = /* GraphQL */ `
  fragment FulfillmentOrderFields on FulfillmentOrder {
    id
    orderId
    status
    requestStatus
    createdAt
    updatedAt
    fulfillAt
    fulfillBy
    assignedLocation {
      name
      location {
        id
      }
    }
    deliveryMethod {
      methodType
      presentedName
      serviceCode
      minDeliveryDateTime
      maxDeliveryDateTime
    }
    destination {
      firstName
      lastName
      company
      address1
      address2
      city
      province
      zip
      countryCode
      email
      phone
    }
    internationalDuties {
      incoterm
    }
    fulfillmentHolds {
      id
      reason
      reasonNotes
      handle
    }
  }
`;

const FULFILLMENT_ORDER_LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment FulfillmentOrderLineItemFields on FulfillmentOrderLineItem {
    id
    totalQuantity
    remainingQuantity
    requiresShipping
    sku
    lineItem {
      id
    }
  }
`;

const COLUMNS: Columns<FulfillmentOrderFieldsFragment> = {
  id: always("id", idOf("FulfillmentOrder")),
  gid: always("id", text),
  orderId: always("orderId", idOf("Order")),
  status: always("status", text),
  requestStatus: always("requestStatus", text),
  locationId: always("assignedLocation", at(["location"], nullable(linkTo("Location")))),
  locationName: always("assignedLocation", at(["name"], text)),
  deliveryMethod: maybe("deliveryMethod", at(["methodType"], text)),
  deliveryName: maybe("deliveryMethod", at(["presentedName"], nullable(text))),
  deliveryService: maybe("deliveryMethod", at(["serviceCode"], nullable(text))),
  deliverFrom: maybe("deliveryMethod", at(["minDeliveryDateTime"], nullable(time))),
  deliverUntil: maybe("deliveryMethod", at(["maxDeliveryDateTime"], nullable(time))),
  incoterm: maybe("internationalDuties", at(["incoterm"], text)),
  destination: maybe(
    "destination",
    shape({
      firstName: nullable(text),
      lastName: nullable(text),
      company: nullable(text),
      email: nullable(text),
      address1: nullable(text),
      address2: nullable(text),
      city: nullable(text),
      province: nullable(text),
      zip: nullable(text),
      countryCode: nullable(text),
      phone: nullable(text),
    }),
  ),
  holds: always(
    "fulfillmentHolds",
    listOf((hold, place) => {
      const source = fields(hold, place);
      return {
        id: idOf("FulfillmentHold")(source.id, `${place}.id`),
        reason: text(source.reason, `${place}.reason`),
        notes: nullable(text)(source.reasonNotes ?? null, `${place}.reasonNotes`),
        handle: nullable(text)(source.handle ?? null, `${place}.handle`),
      };
    }),
  ),
  fulfillAt: maybe("fulfillAt", time),
  fulfillBy: maybe("fulfillBy", time),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};

const LINE_COLUMNS: Columns<FulfillmentOrderLineItemFieldsFragment> = {
  id: always("id", idOf("FulfillmentOrderLineItem")),
  lineItemId: always("lineItem", linkTo("LineItem")),
  sku: maybe("sku", text),
  requiresShipping: always("requiresShipping", flag),
  totalQuantity: always("totalQuantity", int),
  remainingQuantity: always("remainingQuantity", int),
};

/** News of an order by which the quantities that are left to send change; the body names the order in this field. */
const ORDER_TOPICS: Readonly<Record<string, string>> = {
  "fulfillments/create": "order_id",
  "fulfillments/update": "order_id",
  "refunds/create": "order_id",
  "orders/cancelled": "id",
};

const TOPICS = [
  "cancelled",
  "cancellation_request_accepted",
  "cancellation_request_rejected",
  "cancellation_request_submitted",
  "fulfillment_request_accepted",
  "fulfillment_request_rejected",
  "fulfillment_request_submitted",
  "fulfillment_service_failed_to_complete",
  "hold_released",
  "line_items_prepared_for_local_delivery",
  "line_items_prepared_for_pickup",
  "manually_reported_progress_stopped",
  "merged",
  "moved",
  "order_routing_complete",
  "placed_on_hold",
  "progress_reported",
  "rescheduled",
  "scheduled_fulfillment_order_ready",
  "split",
].map((event) => `fulfillment_orders/${event}`);

export const fulfillmentOrders: Resource = {
  name: "fulfillment_orders",
  type: "FulfillmentOrder",
  model: "FulfillmentOrder",
  childModels: ["FulfillmentOrderLine"],
  scopes: ["read_merchant_managed_fulfillment_orders", "read_third_party_fulfillment_orders"],
  after: ["orders"],
  topics: {
    changed: [],
    partial: [
      ...TOPICS,
      "fulfillment_holds/added",
      "fulfillment_holds/released",
      "orders/edited",
      ...Object.keys(ORDER_TOPICS),
    ],
    deleted: [],
  },
  fragment: FULFILLMENT_ORDER_FIELDS,
  connections: [
    {
      field: "lineItems",
      type: "FulfillmentOrderLineItem",
      fragment: FULFILLMENT_ORDER_LINE_ITEM_FIELDS,
      pageSize: 7,
      model: "FulfillmentOrderLine",
    },
  ],
  list: { root: "fulfillmentOrders", args: "includeClosed: true" },
  count: null,
  cursor: { filter: "updated_at" },
  gid: (key) => rest.gidOf("FulfillmentOrder", key),
  fromNode,
  fromWebhook,
  columns: { FulfillmentOrder: COLUMNS, FulfillmentOrderLine: LINE_COLUMNS },
  groups: [{ name: "addresses", columns: { FulfillmentOrder: ["destination"] } }],
  goesWith: { model: "Order", field: "orderId" },
  personal: { FulfillmentOrder: ["destination"] },
};

function fromNode(node: Node): Reading {
  const row = wholeRow<FulfillmentOrderFieldsFragment>(COLUMNS, node);
  const key = String(row.id);
  const rows = entriesOf(node.lineItems, "lineItems").map((line, index): Row => {
    const path = `lineItems[${index}]`;
    const own = wholeRow<FulfillmentOrderLineItemFieldsFragment>(LINE_COLUMNS, fields(line, path), path);
    return { ...own, fulfillmentOrderId: key };
  });
  return {
    key,
    updatedAt: row.updatedAt as string,
    row,
    children: { FulfillmentOrderLine: { rows, complete: true } },
  };
}

function fromWebhook(body: Body, topic: string): Notice {
  const field = ORDER_TOPICS[topic];
  if (field) return ofOrder(rest.keyIn(body, field));
  if (topic === "orders/edited") {
    if (!rest.isObject(body.order_edit)) throw new BadBody("no order_edit in the body");
    return ofOrder(rest.keyIn(body.order_edit, "order_id"));
  }
  const keys = namedIn(body);
  if (keys.length === 0) throw new BadBody("no fulfillment order in the body");
  return { says: "looks", keys };
}

/** New ones are told by a topic of their own. */
function ofOrder(orderId: string): Notice {
  return { says: "lookWith", part: { model: "FulfillmentOrder", field: "orderId", values: [orderId] } };
}

/** Each topic names those that it is about in places of its own; all of them are looked at. */
function namedIn(value: unknown): string[] {
  const prefix = rest.gidOf("FulfillmentOrder", "");
  const keys = new Set<string>();
  const look = (part: unknown): void => {
    if (typeof part === "string" && part.startsWith(prefix)) keys.add(rest.keyOfGid(part, "id"));
    else if (Array.isArray(part)) part.forEach(look);
    else if (rest.isObject(part)) Object.values(part).forEach(look);
  };
  look(value);
  return [...keys];
}
