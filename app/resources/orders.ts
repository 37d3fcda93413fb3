// Orders with all that belongs to them: lines, shipping charges, payments, refunds, fulfillments and returns. News of a part
// is news of its order, which is then fetched. How webhook bodies tell of it is in order-bodies.ts.
import type {
  FulfillmentFieldsFragment,
  FulfillmentLineItemFieldsFragment,
  LineItemFieldsFragment,
  OrderFieldsFragment,
  OrderTransactionFieldsFragment,
  RefundFieldsFragment,
  RefundLineItemFieldsFragment,
  ReturnFieldsFragment,
  ShippingLineFieldsFragment,
} from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Node, Reading, Resource } from "./define.ts";
import { fromWebhook } from "./order-bodies.ts";
import * as delivery from "./order-delivery-fields.ts";
import { discountsOf } from "./order-discounts.ts";
import { ORDER_COLUMNS, ORDER_FIELDS } from "./order-fields.ts";
import * as line from "./order-line-fields.ts";
import * as payment from "./order-payment-fields.ts";
import * as rest from "./rest.ts";
import { fields } from "./values.ts";

export const orders: Resource = {
  name: "orders",
  type: "Order",
  model: "Order",
  childModels: [
    "OrderLineItem",
    "OrderShippingLine",
    "OrderTransaction",
    "OrderRefund",
    "OrderRefundLine",
    "OrderFulfillment",
    "OrderFulfillmentLine",
    "OrderReturn",
  ],
  // The order's customer and returns are objects of scopes of their own, even for an id alone; so is a location.
  scopes: ["read_orders", "read_customers", "read_locations", "read_returns"],
  after: ["products"],
  topics: {
    changed: [
      "orders/create",
      "orders/updated",
      "orders/paid",
      "orders/cancelled",
      "orders/fulfilled",
      "orders/partially_fulfilled",
    ],
    partial: [
      "orders/edited",
      "orders/risk_assessment_changed",
      "order_transactions/create",
      "refunds/create",
      "fulfillments/create",
      "fulfillments/update",
      "returns/request",
      "returns/approve",
      "returns/decline",
      "returns/close",
      "returns/reopen",
      "returns/cancel",
    ],
    deleted: ["orders/delete"],
  },
  fragment: ORDER_FIELDS,
  connections: [
    // The largest pages that Shopify charges threefold and twofold; few orders have more.
    {
      field: "lineItems",
      type: "LineItem",
      fragment: line.LINE_ITEM_FIELDS,
      pageSize: 7,
      model: "OrderLineItem",
    },
    {
      field: "shippingLines",
      type: "ShippingLine",
      args: "includeRemovals: true",
      fragment: line.SHIPPING_LINE_FIELDS,
      pageSize: 4,
      model: "OrderShippingLine",
    },
    { field: "returns", type: "Return", fragment: delivery.RETURN_FIELDS, pageSize: 4, model: "OrderReturn" },
  ],
  lists: [
    {
      field: "transactions",
      type: "OrderTransaction",
      model: "OrderTransaction",
      fragment: payment.TRANSACTION_FIELDS,
      connections: [],
    },
    {
      field: "refunds",
      type: "Refund",
      model: "OrderRefund",
      fragment: payment.REFUND_FIELDS,
      connections: [
        {
          field: "refundLineItems",
          type: "RefundLineItem",
          fragment: payment.REFUND_LINE_ITEM_FIELDS,
          pageSize: 10,
          model: "OrderRefundLine",
        },
        {
          field: "refundShippingLines",
          type: "RefundShippingLine",
          fragment: payment.REFUND_SHIPPING_LINE_FIELDS,
          pageSize: 5,
          fills: ["shippingLines"],
        },
        {
          field: "orderAdjustments",
          type: "OrderAdjustment",
          fragment: payment.ORDER_ADJUSTMENT_FIELDS,
          pageSize: 5,
          fills: ["adjustments"],
        },
        {
          field: "transactions",
          type: "OrderTransaction",
          fragment: payment.REFUND_TRANSACTION_FIELDS,
          pageSize: 5,
          fills: ["transactionIds"],
        },
      ],
    },
    {
      field: "fulfillments",
      type: "Fulfillment",
      model: "OrderFulfillment",
      fragment: delivery.FULFILLMENT_FIELDS,
      connections: [
        {
          field: "fulfillmentLineItems",
          type: "FulfillmentLineItem",
          fragment: delivery.FULFILLMENT_LINE_ITEM_FIELDS,
          pageSize: 10,
          model: "OrderFulfillmentLine",
        },
      ],
    },
  ],
  list: { root: "orders" },
  count: "ordersCount",
  cursor: { filter: "updated_at", sortKey: "UPDATED_AT" },
  isDated: true,
  gid: (key) => rest.gidOf("Order", key),
  fromNode,
  fromWebhook,
  columns: {
    Order: ORDER_COLUMNS,
    OrderLineItem: line.LINE_ITEM_COLUMNS,
    OrderShippingLine: line.SHIPPING_LINE_COLUMNS,
    OrderTransaction: payment.TRANSACTION_COLUMNS,
    OrderRefund: payment.REFUND_COLUMNS,
    OrderRefundLine: payment.REFUND_LINE_COLUMNS,
    OrderFulfillment: delivery.FULFILLMENT_COLUMNS,
    OrderFulfillmentLine: delivery.FULFILLMENT_LINE_COLUMNS,
    OrderReturn: delivery.RETURN_COLUMNS,
  },
  // Lines and refunds are none of them: totals, and the numbers of limited editions, would not add up without.
  groups: [
    { name: "addresses", columns: { Order: ["shippingAddress", "billingAddress"] } },
    {
      name: "notes",
      columns: {
        Order: ["note", "cancelNote", "customAttributes"],
        OrderLineItem: ["customAttributes"],
        OrderRefund: ["note"],
      },
    },
    { name: "payments", parts: ["transactions"], columns: { Order: ["paymentGatewayNames"] } },
    { name: "fulfillments", parts: ["fulfillments"] },
    { name: "returns", parts: ["returns"], columns: { Order: ["returnStatus"] } },
    { name: "shipping", parts: ["shippingLines"] },
    {
      name: "discounts",
      columns: {
        Order: ["discountApplications", "discountCodes"],
        OrderLineItem: ["discountAllocations"],
        OrderShippingLine: ["discountAllocations"],
      },
    },
    {
      name: "taxes",
      columns: {
        Order: ["taxLines", "currentTaxLines"],
        OrderLineItem: ["taxLines", "duties"],
        OrderShippingLine: ["taxLines"],
      },
    },
    { name: "company", columns: { Order: ["companyId", "companyLocationId", "companyContactId"] } },
    { name: "risk", columns: { Order: ["riskRecommendation"] } },
  ],
  personal: {
    Order: [
      "email",
      "phone",
      "note",
      "cancelNote",
      "clientIp",
      "cartToken",
      "checkoutToken",
      "shippingAddress",
      "billingAddress",
      "customAttributes",
    ],
    OrderLineItem: ["customAttributes"],
    OrderShippingLine: ["phone"],
    OrderTransaction: ["paymentId", "paymentDetails"],
    OrderRefund: ["note"],
    // A carrier's page shows the address.
    OrderFulfillment: ["tracking"],
  },
};

function fromNode(node: Node): Reading {
  const order = wholeRow<OrderFieldsFragment>(ORDER_COLUMNS, node);
  const key = String(order.id);
  const lineItems = entriesIn(node, "lineItems");
  const shippingLines = entriesIn(node, "shippingLines");
  const refunds = entriesIn(node, "refunds");
  const fulfillments = entriesIn(node, "fulfillments");
  const rowsOf = <T>(columns: Columns<T>, entries: readonly Entry[]) => ({
    rows: entries.map((entry) => ({ ...rowOf(columns, entry), orderId: key })),
    complete: true,
  });
  return {
    key,
    updatedAt: order.updatedAt as string,
    row: { ...order, discountApplications: discountsOf([...lineItems, ...shippingLines]) },
    children: {
      OrderLineItem: rowsOf<LineItemFieldsFragment>(line.LINE_ITEM_COLUMNS, lineItems),
      OrderShippingLine: rowsOf<ShippingLineFieldsFragment>(line.SHIPPING_LINE_COLUMNS, shippingLines),
      OrderTransaction: rowsOf<OrderTransactionFieldsFragment>(
        payment.TRANSACTION_COLUMNS,
        entriesIn(node, "transactions"),
      ),
      OrderRefund: refundsIn(refunds, key),
      ...linesWithin<RefundLineItemFieldsFragment>("OrderRefundLine", refunds, key, {
        field: "refundLineItems",
        columns: payment.REFUND_LINE_COLUMNS,
        parentField: "refundId",
      }),
      OrderFulfillment: rowsOf<FulfillmentFieldsFragment>(delivery.FULFILLMENT_COLUMNS, fulfillments),
      ...linesWithin<FulfillmentLineItemFieldsFragment>("OrderFulfillmentLine", fulfillments, key, {
        field: "fulfillmentLineItems",
        columns: delivery.FULFILLMENT_LINE_COLUMNS,
        parentField: "fulfillmentId",
      }),
      OrderReturn: rowsOf<ReturnFieldsFragment>(delivery.RETURN_COLUMNS, entriesIn(node, "returns")),
    },
  };
}

/** One entry of a list or connection, and where it stands. */
interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

function entriesIn(value: Readonly<Record<string, unknown>>, field: string, within = ""): Entry[] {
  const list = value[field];
  const place = within === "" ? field : `${within}.${field}`;
  if (!Array.isArray(list)) throw new TypeError(`${place} must be a complete array`);
  return list.map((entry, index) => {
    const path = `${place}[${index}]`;
    return { value: fields(entry, path), path };
  });
}

function rowOf<T>(columns: Columns<T>, { value, path }: Entry): Row {
  return wholeRow(columns, value as Stated<T>, path);
}

function refundsIn(refunds: readonly Entry[], orderId: string): Children {
  const rows = refunds.map((refund): Row => {
    const own = rowOf<RefundFieldsFragment>(payment.REFUND_COLUMNS, refund);
    const isWhole = refund.value.refundLineItems !== undefined;
    const parts = isWhole ? rowOf<payment.WholeRefund>(payment.REFUND_PART_COLUMNS, refund) : {};
    return { ...own, ...parts, orderId };
  });
  return { rows, complete: true };
}

interface Within<T> {
  readonly field: string;
  readonly columns: Columns<T>;
  readonly parentField: string;
}

/** Lines inside the entries of a list. A bulk file shows none of them: then nothing is said of them. */
function linesWithin<T>(
  model: "OrderRefundLine" | "OrderFulfillmentLine",
  entries: readonly Entry[],
  orderId: string,
  { field, columns, parentField }: Within<T>,
): { readonly [name in typeof model]?: Children } {
  if (entries.some(({ value }) => value[field] === undefined)) return {};
  const rows = entries.flatMap(({ value, path }) => {
    const parentId = rest.keyOfGid(value.id, `${path}.id`);
    return entriesIn(value, field, path).map((entry) => ({
      ...rowOf(columns, entry),
      orderId,
      [parentField]: parentId,
    }));
  });
  return { [model]: { rows, complete: true } };
}
