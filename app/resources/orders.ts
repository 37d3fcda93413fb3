// Orders with their lines and shipping charges. Metafields, transactions, refunds and fulfillments are not part of it;
// news of them is news of the order, which is then fetched.
import { BadBody } from "#app/shopify/errors.ts";
import type {
  LineItemFieldsFragment,
  OrderFieldsFragment,
  ShippingLineFieldsFragment,
} from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { statedRow, wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import { LINE_ITEM_COLUMNS, LINE_ITEM_FIELDS, ORDER_COLUMNS, ORDER_FIELDS } from "./order-fields.ts";
import { SHIPPING_LINE_COLUMNS, SHIPPING_LINE_FIELDS } from "./order-fields.ts";
import * as rest from "./rest.ts";
import { fields, int8, nullable, time } from "./values.ts";

export const orders: Resource = {
  name: "orders",
  type: "Order",
  model: "Order",
  childModels: ["OrderLineItem", "OrderShippingLine"],
  // The order's customer is an object of its own scope, even for its id alone.
  scopes: ["read_orders", "read_customers"],
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
    ],
    deleted: ["orders/delete"],
  },
  fragment: ORDER_FIELDS,
  connections: [
    { field: "lineItems", type: "LineItem", fragment: LINE_ITEM_FIELDS, pageSize: 50 },
    {
      field: "shippingLines",
      type: "ShippingLine",
      args: "includeRemovals: true",
      fragment: SHIPPING_LINE_FIELDS,
      pageSize: 5,
    },
  ],
  list: { root: "orders" },
  count: "ordersCount",
  cursor: { filter: "updated_at", sortKey: "UPDATED_AT" },
  gid: (key) => rest.gidOf("Order", key),
  fromNode,
  fromWebhook,
  personal: {
    Order: ["email", "phone", "note", "clientIp", "shippingAddress", "billingAddress", "customAttributes"],
    OrderLineItem: ["customAttributes"],
    OrderShippingLine: ["phone"],
  },
};

function fromNode(node: Node): Reading {
  const row = wholeRow<OrderFieldsFragment>(ORDER_COLUMNS, node);
  const key = String(row.id);
  return {
    key,
    updatedAt: row.updatedAt as string,
    row,
    children: {
      OrderLineItem: wholeChildren<LineItemFieldsFragment>(LINE_ITEM_COLUMNS, node, "lineItems", key),
      OrderShippingLine: wholeChildren<ShippingLineFieldsFragment>(
        SHIPPING_LINE_COLUMNS,
        node,
        "shippingLines",
        key,
      ),
    },
  };
}

function wholeChildren<T>(columns: Columns<T>, node: Node, field: string, orderId: string): Children {
  const list = node[field];
  if (!Array.isArray(list)) throw new TypeError(`${field} must be a complete array`);
  const rows = list.map((child, index) => {
    const path = `${field}[${index}]`;
    return { ...wholeRow(columns, fields(child, path) as Stated<T>, path), orderId };
  });
  return { rows, complete: true };
}

/** Topics whose body names the order in a field of its own. */
const ORDER_ID_FIELD: Readonly<Record<string, string>> = {
  "orders/risk_assessment_changed": "order_id",
  "order_transactions/create": "order_id",
  "refunds/create": "order_id",
  "fulfillments/create": "order_id",
  "fulfillments/update": "order_id",
};

function fromWebhook(body: Body, topic: string): Notice {
  if (topic === "orders/delete") return { says: "deleted", key: rest.keyIn(body) };
  if (topic === "orders/edited") {
    if (!rest.isObject(body.order_edit)) throw new BadBody("no order_edit in the body");
    return { says: "look", key: rest.keyIn(body.order_edit, "order_id") };
  }
  const field = ORDER_ID_FIELD[topic];
  if (field) return { says: "look", key: rest.keyIn(body, field) };
  return changed(body);
}

function changed(body: Body): Notice {
  const key = rest.keyIn(body);
  const row = statedRow(ORDER_COLUMNS, orderIn(body, key));
  const lineItems = statedChildren(LINE_ITEM_COLUMNS, body.line_items, "line_items", key, lineItemIn);
  const shippingLines = statedChildren(
    SHIPPING_LINE_COLUMNS,
    body.shipping_lines,
    "shipping_lines",
    key,
    shippingLineIn,
  );
  return {
    says: "changed",
    // Fields that a body without its lists leaves out were taken away by `include_fields`.
    complete: lineItems !== null && shippingLines !== null,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row,
      children: {
        ...(lineItems && { OrderLineItem: lineItems }),
        ...(shippingLines && { OrderShippingLine: shippingLines }),
      },
    },
  };
}

function statedChildren<T>(
  columns: Columns<T>,
  list: unknown,
  name: string,
  orderId: string,
  nodeIn: (entry: Readonly<Record<string, unknown>>) => Stated<T>,
): Children | null {
  if (list === undefined) return null;
  if (!Array.isArray(list)) throw new BadBody(`${name} is not a list`);
  const rows = list.map((entry: unknown, index): Row => {
    const path = `${name}[${index}]`;
    return { ...statedRow(columns, nodeIn(fields(entry, path)), path), orderId };
  });
  return { rows, complete: true };
}

/** The body in the node's shape. What is not here, REST does not state or means otherwise. */
function orderIn(body: Body, key: string): Stated<OrderFieldsFragment> {
  const { customer, closed_at: closedAt } = body;
  return {
    id: rest.gidOf("Order", key),
    name: body.name,
    // REST's `number` counts from 1; `order_number` is the one in the name.
    number: body.order_number,
    confirmationNumber: body.confirmation_number,
    poNumber: body.po_number,
    email: body.email,
    phone: body.phone,
    note: body.note,
    tags: rest.tagList(body.tags),
    test: body.test,
    confirmed: body.confirmed,
    closed: closedAt === undefined ? undefined : closedAt !== null,
    createdAt: body.created_at ?? undefined,
    updatedAt: body.updated_at ?? undefined,
    processedAt: body.processed_at ?? undefined,
    closedAt,
    cancelledAt: body.cancelled_at,
    cancelReason: rest.capitals(body.cancel_reason),
    sourceName: body.source_name,
    sourceIdentifier: body.source_identifier,
    app: rest.link("App", body.app_id),
    clientIp: body.browser_ip,
    customerLocale: body.customer_locale,
    displayFinancialStatus: rest.capitals(body.financial_status),
    displayFulfillmentStatus: fulfillmentStatus(body.fulfillment_status),
    taxesIncluded: body.taxes_included,
    taxExempt: body.tax_exempt,
    estimatedTaxes: body.estimated_taxes,
    dutiesIncluded: body.duties_included,
    totalWeight: body.total_weight,
    customer: rest.isObject(customer) ? rest.link("Customer", customer.id) : customer,
    shippingAddress: rest.postalAddress(body.shipping_address),
    billingAddress: rest.postalAddress(body.billing_address),
    customAttributes: rest.attributeList(body.note_attributes),
    discountCodes: rest.each(body.discount_codes, (entry) => (rest.isObject(entry) ? entry.code : entry)),
    paymentGatewayNames: body.payment_gateway_names,
    taxLines: rest.taxLineList(body.tax_lines),
    currencyCode: body.currency,
    presentmentCurrencyCode: body.presentment_currency,
    ...totalsIn(body),
  };
}

function totalsIn(body: Body): Stated<OrderFieldsFragment> {
  return {
    subtotalPriceSet: rest.moneyBag(body.subtotal_price_set),
    totalDiscountsSet: rest.moneyBag(body.total_discounts_set),
    totalShippingPriceSet: rest.moneyBag(body.total_shipping_price_set),
    totalTaxSet: rest.moneyBag(body.total_tax_set),
    totalPriceSet: rest.moneyBag(body.total_price_set),
    originalTotalDutiesSet: rest.moneyBag(body.original_total_duties_set),
    currentSubtotalPriceSet: rest.moneyBag(body.current_subtotal_price_set),
    currentTotalDiscountsSet: rest.moneyBag(body.current_total_discounts_set),
    currentShippingPriceSet: rest.moneyBag(body.current_shipping_price_set),
    currentTotalTaxSet: rest.moneyBag(body.current_total_tax_set),
    currentTotalDutiesSet: rest.moneyBag(body.current_total_duties_set),
    currentTotalPriceSet: rest.moneyBag(body.current_total_price_set),
  };
}

const FULFILLMENT_STATUS: Readonly<Record<string, string>> = {
  fulfilled: "FULFILLED",
  partial: "PARTIALLY_FULFILLED",
  restocked: "RESTOCKED",
};

/** REST's null covers unfulfilled, on hold, scheduled and in progress alike: it states none of them. */
function fulfillmentStatus(value: unknown): string | undefined {
  return typeof value === "string" ? FULFILLMENT_STATUS[value] : undefined;
}

function lineItemIn(line: Readonly<Record<string, unknown>>): Stated<LineItemFieldsFragment> {
  return {
    id: rest.gidOf("LineItem", int8(line.id, "line_items.id")),
    title: line.title,
    variantTitle: line.variant_title,
    name: line.name,
    sku: line.sku,
    vendor: line.vendor,
    product: rest.link("Product", line.product_id),
    variant: rest.link("ProductVariant", line.variant_id),
    quantity: line.quantity,
    currentQuantity: line.current_quantity,
    requiresShipping: line.requires_shipping,
    taxable: line.taxable,
    isGiftCard: line.gift_card,
    originalUnitPriceSet: rest.moneyBag(line.price_set),
    customAttributes: rest.attributeList(line.properties),
    discountAllocations: rest.allocationList(line.discount_allocations),
    taxLines: rest.taxLineList(line.tax_lines),
  };
}

function shippingLineIn(line: Readonly<Record<string, unknown>>): Stated<ShippingLineFieldsFragment> {
  return {
    id: rest.gidOf("ShippingLine", int8(line.id, "shipping_lines.id")),
    title: line.title,
    code: line.code,
    source: line.source,
    carrierIdentifier: line.carrier_identifier,
    phone: line.phone,
    isRemoved: line.is_removed,
    originalPriceSet: rest.moneyBag(line.price_set),
    discountedPriceSet: rest.moneyBag(line.discounted_price_set),
    currentDiscountedPriceSet: rest.moneyBag(line.current_discounted_price_set),
    discountAllocations: rest.allocationList(line.discount_allocations),
    taxLines: rest.taxLineList(line.tax_lines),
  };
}
