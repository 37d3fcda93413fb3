// Orders with all that belongs to them: lines, shipping charges, payments, refunds, fulfillments and returns. News of a part
// is news of its order, which is then fetched. How nodes are read is in order-nodes.ts, how webhook bodies are in
// order-bodies.ts.
import type { Resource } from "./define.ts";
import * as agreed from "./order-agreement-fields.ts";
import { fromWebhook } from "./order-bodies.ts";
import * as delivery from "./order-delivery-fields.ts";
import { LOCALIZED_FIELDS, ORDER_COLUMNS, ORDER_FIELDS } from "./order-fields.ts";
import * as line from "./order-line-fields.ts";
import { fromNode } from "./order-nodes.ts";
import * as payment from "./order-payment-fields.ts";
import * as returned from "./order-return-fields.ts";
import * as terms from "./order-terms-fields.ts";
import * as rest from "./rest.ts";

export const WHOLE_HISTORY = "read_all_orders";

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
    "OrderAgreement",
    "OrderSale",
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
  sight: { days: 60, unless: WHOLE_HISTORY },
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
      "returns/process",
      // payment_terms/create names terms that no mirror holds yet, and no order: orders/updated tells of those.
      "payment_terms/update",
      "payment_terms/delete",
      "payment_schedules/due",
    ],
    deleted: ["orders/delete"],
  },
  topicScopes: { "fulfillments/create": "read_fulfillments", "fulfillments/update": "read_fulfillments" },
  fragment: ORDER_FIELDS,
  connections: [
    // The largest pages that Shopify charges threefold and once; few orders have more. With all of it an order costs 96
    // points at most: ten fit one query, or a page of 244.
    {
      field: "lineItems",
      type: "LineItem",
      fragment: line.LINE_ITEM_FIELDS,
      pageSize: 7,
      model: "OrderLineItem",
      // From the lines' allocations.
      fills: ["discountApplications"],
    },
    {
      field: "shippingLines",
      type: "ShippingLine",
      args: "includeRemovals: true",
      fragment: line.SHIPPING_LINE_FIELDS,
      pageSize: 2,
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
      identify: ({ key }) => key,
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
  apart: [agreed.AGREEMENTS],
  list: { root: "orders" },
  count: "ordersCount",
  cursor: { filter: "updated_at" },
  isDated: true,
  created: { list: "created_at", count: "created_at" },
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
    OrderAgreement: agreed.AGREEMENT_COLUMNS,
    OrderSale: agreed.SALE_COLUMNS,
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
    // Each gateway's own words, some KB a payment, with what it knows of the card and its holder: few need them.
    { name: "receipts", columns: { OrderTransaction: ["receipt"] }, isOptIn: true },
    { name: "fulfillments", parts: ["fulfillments"] },
    { name: "terms", parts: ["paymentTerms"] },
    { name: "agreements", parts: ["agreements"] },
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
        OrderSale: ["taxes"],
      },
    },
    {
      name: "company",
      columns: {
        Order: ["companyId", "companyName", "companyLocationId", "companyLocationName", "companyContactId"],
      },
    },
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
    OrderTransaction: ["paymentId", "paymentDetails", "receipt"],
    OrderRefund: ["note"],
    OrderReturn: ["declineNote"],
    OrderReturnLine: ["reasonNote", "customerNote"],
    // A carrier's page shows the address.
    OrderFulfillment: ["tracking"],
  },
};
