// Orders with all that belongs to them: lines, shipping charges, payments, refunds, fulfillments and returns. News of a part
// is news of its order, which is then fetched. How webhook bodies tell of it is in order-bodies.ts.
import type {
  FulfillmentFieldsFragment,
  FulfillmentLineItemFieldsFragment,
  LineItemFieldsFragment,
  OrderFieldsFragment,
  OrderTransactionFieldsFragment,
  PaymentScheduleFieldsFragment,
  PaymentTermsFieldsFragment,
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
import { LOCALIZED_FIELDS, ORDER_COLUMNS, ORDER_FIELDS, localizedFieldsIn } from "./order-fields.ts";
import * as line from "./order-line-fields.ts";
import * as payment from "./order-payment-fields.ts";
import * as returned from "./order-return-fields.ts";
import * as terms from "./order-terms-fields.ts";
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
    "OrderReturnLine",
    "OrderPaymentTerms",
    "OrderPaymentSchedule",
  ],
  // The order's customer, returns and payment terms are objects of scopes of their own, even for an id alone; so is a
  // location, and the publication that it was sold on.
  scopes: [
    "read_orders",
    "read_customers",
    "read_locations",
    "read_payment_terms",
    "read_publications",
    "read_returns",
  ],
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
      "returns/update",
      "payment_terms/update",
      "payment_terms/delete",
      "payment_schedules/due",
    ],
    deleted: ["orders/delete"],
  },
  fragment: ORDER_FIELDS,
  connections: [
    // The largest pages that Shopify charges threefold, twofold and once; few orders have more. With all of it an order
    // costs 99 points at most: ten fit one query, or a page of 244.
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
    {
      field: "returns",
      type: "Return",
      fragment: returned.RETURN_FIELDS,
      pageSize: 2,
      model: "OrderReturn",
      entries: {
        // A return says nothing of when it changed.
        state: ["status", "totalQuantity", "closedAt"],
        connections: [
          {
            field: "returnLineItems",
            type: ["ReturnLineItem", "UnverifiedReturnLineItem"],
            fragment: returned.RETURN_LINE_ITEM_FIELDS,
            pageSize: 12,
            model: "OrderReturnLine",
          },
          {
            field: "exchangeLineItems",
            type: "ExchangeLineItem",
            fragment: returned.EXCHANGE_LINE_ITEM_FIELDS,
            pageSize: 4,
            fills: ["exchangeLines"],
          },
        ],
      },
    },
    {
      field: "localizedFields",
      type: "LocalizedField",
      fragment: LOCALIZED_FIELDS,
      pageSize: 2,
      fills: ["localizedFields"],
    },
  ],
  lists: [
    terms.PAYMENT_TERMS,
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
  created: "created_at",
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
    OrderReturn: returned.RETURN_COLUMNS,
    OrderReturnLine: returned.RETURN_LINE_COLUMNS,
    OrderPaymentTerms: terms.PAYMENT_TERMS_COLUMNS,
    OrderPaymentSchedule: terms.PAYMENT_SCHEDULE_COLUMNS,
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
    { name: "terms", parts: ["paymentTerms"] },
    { name: "taxIds", parts: ["localizedFields"] },
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
    { name: "risk", columns: { Order: ["riskRecommendation", "riskAssessments"] } },
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
      "localizedFields",
    ],
    OrderLineItem: ["customAttributes"],
    OrderShippingLine: ["phone"],
    OrderTransaction: ["paymentId", "paymentDetails"],
    OrderRefund: ["note"],
    OrderReturn: ["declineNote"],
    OrderReturnLine: ["reasonNote", "customerNote"],
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
  const returns = entriesIn(node, "returns");
  const agreed = entriesIn({ paymentTerms: oneIn(node.paymentTerms) }, "paymentTerms");
  const rowsOf = <T>(columns: Columns<T>, entries: readonly Entry[]) => ({
    rows: entries.map((entry) => ({ ...rowOf(columns, entry), orderId: key })),
    complete: true,
  });
  return {
    key,
    updatedAt: order.updatedAt as string,
    row: {
      ...order,
      discountApplications: discountsOf([...lineItems, ...shippingLines]),
      localizedFields: localizedFieldsIn(node.localizedFields),
    },
    children: {
      OrderLineItem: rowsOf<LineItemFieldsFragment>(line.LINE_ITEM_COLUMNS, lineItems),
      OrderShippingLine: rowsOf<ShippingLineFieldsFragment>(line.SHIPPING_LINE_COLUMNS, shippingLines),
      OrderTransaction: rowsOf<OrderTransactionFieldsFragment>(
        payment.TRANSACTION_COLUMNS,
        entriesIn(node, "transactions"),
      ),
      OrderRefund: withParts<RefundFieldsFragment, payment.WholeRefund>(refunds, key, {
        columns: payment.REFUND_COLUMNS,
        whole: "refundLineItems",
        parts: payment.REFUND_PART_COLUMNS,
      }),
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
      OrderReturn: withParts<ReturnFieldsFragment, returned.WholeReturn>(returns, key, {
        columns: returned.RETURN_COLUMNS,
        whole: "returnLineItems",
        parts: returned.RETURN_PART_COLUMNS,
      }),
      ...linesWithin("OrderReturnLine", returns, key, {
        field: "returnLineItems",
        columns: returned.RETURN_LINE_COLUMNS,
        parentField: "returnId",
        nodeIn: returned.returnLineIn,
      }),
      OrderPaymentTerms: rowsOf<PaymentTermsFieldsFragment>(terms.PAYMENT_TERMS_COLUMNS, agreed),
      ...linesWithin<PaymentScheduleFieldsFragment>("OrderPaymentSchedule", agreed, key, {
        field: "paymentSchedules",
        columns: terms.PAYMENT_SCHEDULE_COLUMNS,
        parentField: "paymentTermsId",
      }),
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

/** An object of which there is one at most, as a list; where a shop leaves it out, the list is empty already. */
function oneIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  return value === null ? [] : [value];
}

function rowOf<T>(columns: Columns<T>, { value, path }: Entry): Row {
  return wholeRow(columns, value as Stated<T>, path);
}

interface Parted<T, W> {
  readonly columns: Columns<T>;
  /** Connection that is there once all of the entry's are, and what they tell of it. */
  readonly whole: string;
  readonly parts: Columns<W>;
}

/** Entries with what their connections tell of them, as far as those were read. */
function withParts<T, W>(
  entries: readonly Entry[],
  orderId: string,
  { columns, whole, parts }: Parted<T, W>,
): Children {
  const rows = entries.map((entry): Row => {
    const isWhole = entry.value[whole] !== undefined;
    return { ...rowOf(columns, entry), ...(isWhole && rowOf(parts, entry)), orderId };
  });
  return { rows, complete: true };
}

interface Within<T> {
  readonly field: string;
  readonly columns: Columns<T>;
  readonly parentField: string;
  /** Makes lines of different types alike. */
  readonly nodeIn?: (line: Entry["value"]) => Entry["value"];
}

/** Lines inside the entries of a list. A bulk file shows none of them: then nothing is said of them. */
function linesWithin<T>(
  model: "OrderRefundLine" | "OrderFulfillmentLine" | "OrderReturnLine" | "OrderPaymentSchedule",
  entries: readonly Entry[],
  orderId: string,
  { field, columns, parentField, nodeIn = (line) => line }: Within<T>,
): { readonly [name in typeof model]?: Children } {
  if (entries.some(({ value }) => value[field] === undefined)) return {};
  const rows = entries.flatMap(({ value, path }) => {
    const parentId = rest.keyOfGid(value.id, `${path}.id`);
    return entriesIn(value, field, path).map((entry) => ({
      ...rowOf(columns, { ...entry, value: nodeIn(entry.value) }),
      orderId,
      [parentField]: parentId,
    }));
  });
  return { [model]: { rows, complete: true } };
}
