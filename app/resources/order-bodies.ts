// How webhook bodies tell of orders: renamed into the shape of the API's node, field by field. What is not here, a body
// does not state or means otherwise; the confirming read fills it in.
import { BadBody } from "#app/shopify/errors.ts";
import type {
  FulfillmentFieldsFragment,
  LineItemFieldsFragment,
  OrderFieldsFragment,
  RefundFieldsFragment,
  RefundLineItemFieldsFragment,
  ShippingLineFieldsFragment,
} from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { statedRow, type Columns, type Stated } from "./columns.ts";
import type { Body, Notice } from "./define.ts";
import { FULFILLMENT_COLUMNS } from "./order-delivery-fields.ts";
import { ORDER_COLUMNS } from "./order-fields.ts";
import { LINE_ITEM_COLUMNS, SHIPPING_LINE_COLUMNS } from "./order-line-fields.ts";
import { REFUND_COLUMNS, REFUND_LINE_COLUMNS, REFUND_PART_COLUMNS } from "./order-payment-fields.ts";
import type { WholeRefund } from "./order-payment-fields.ts";
import { statedDiscounts } from "./order-discounts.ts";
import * as rest from "./rest.ts";
import { fields, int8, nullable, time } from "./values.ts";

/** Topics whose body names the order in a field of its own. */
const ORDER_ID_FIELD: Readonly<Record<string, string>> = {
  "orders/risk_assessment_changed": "order_id",
  "order_transactions/create": "order_id",
  "refunds/create": "order_id",
  "fulfillments/create": "order_id",
  "fulfillments/update": "order_id",
  "returns/close": "order_id",
  "returns/reopen": "order_id",
  "returns/cancel": "order_id",
};

/** Topics whose body names a part of the order only. */
const PART_OF_TOPIC: Readonly<Record<string, { readonly model: string }>> = {
  "payment_terms/update": { model: "OrderPaymentTerms" },
  "payment_terms/delete": { model: "OrderPaymentTerms" },
  "payment_schedules/due": { model: "OrderPaymentSchedule" },
};

/** Topics whose body holds a stump of the order. */
const ORDER_IN_BODY: ReadonlySet<string> = new Set(["returns/request", "returns/approve", "returns/decline"]);

export function fromWebhook(body: Body, topic: string): Notice {
  if (topic === "orders/delete") return { says: "deleted", key: rest.keyIn(body) };
  if (topic === "orders/edited") {
    if (!rest.isObject(body.order_edit)) throw new BadBody("no order_edit in the body");
    return { says: "look", key: rest.keyIn(body.order_edit, "order_id") };
  }
  if (topic === "returns/update") {
    // The one topic of returns that does not say whose it is.
    const values = [rest.keyOfGidIn(body, "admin_graphql_api_id")];
    return { says: "lookWith", part: { model: "OrderReturn", field: "id", values } };
  }
  const part = PART_OF_TOPIC[topic];
  if (part) return { says: "lookWith", part: { ...part, field: "id", values: [rest.keyIn(body)] } };
  if (ORDER_IN_BODY.has(topic)) {
    if (!rest.isObject(body.order)) throw new BadBody("no order in the body");
    return { says: "look", key: rest.keyIn(body.order) };
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
  const refunds = statedChildren(REFUND_COLUMNS, body.refunds, "refunds", key, refundIn);
  const fulfillments = statedChildren(
    FULFILLMENT_COLUMNS,
    body.fulfillments,
    "fulfillments",
    key,
    fulfillmentIn,
  );
  const discounts = statedDiscounts(body.discount_applications, linesOf(body));
  return {
    says: "changed",
    // No body holds the order's payments and returns, or the lines of its fulfillments.
    complete: false,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row: discounts === undefined ? row : { ...row, discountApplications: discounts },
      children: {
        ...(lineItems && { OrderLineItem: lineItems }),
        ...(shippingLines && { OrderShippingLine: shippingLines }),
        ...(refunds && { OrderRefund: refundsWithParts(refunds, body.refunds) }),
        ...(refunds && { OrderRefundLine: refundLinesIn(body.refunds as readonly unknown[], key) }),
        ...(fulfillments && { OrderFulfillment: fulfillments }),
        ...(body.payment_terms === null && { OrderPaymentTerms: NONE, OrderPaymentSchedule: NONE }),
      },
    },
  };
}

const NONE: Children = { rows: [], complete: true };

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

function linesOf({ line_items: lines, shipping_lines: shipping }: Body): unknown[] {
  return [lines, shipping].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
}

/** What the API tells in a refund's connections, where the body states it beyond doubt. */
function refundsWithParts({ rows, complete }: Children, refunds: unknown): Children {
  const parts = (refunds as readonly unknown[]).map((entry, index) => {
    const path = `refunds[${index}]`;
    const refund = fields(entry, path);
    const stated: Stated<WholeRefund> = {
      refundShippingLines: rest.each(refund.refund_shipping_lines, refundShippingLineIn),
      transactions: rest.each(refund.transactions, (each) =>
        rest.isObject(each) ? rest.link("OrderTransaction", each.id) : each,
      ),
    };
    return statedRow(REFUND_PART_COLUMNS, stated, path);
  });
  return { rows: rows.map((row, index) => ({ ...row, ...parts[index] })), complete };
}

function refundLinesIn(refunds: readonly unknown[], orderId: string): Children {
  const rows = refunds.flatMap((entry, index) => {
    const path = `refunds[${index}]`;
    const refund = fields(entry, path);
    const refundId = int8(refund.id, `${path}.id`);
    const lines = refund.refund_line_items;
    if (!Array.isArray(lines)) throw new BadBody(`${path}.refund_line_items is not a list`);
    return lines.map((line: unknown, at): Row => {
      const place = `${path}.refund_line_items[${at}]`;
      const row = statedRow(REFUND_LINE_COLUMNS, refundLineIn(fields(line, place)), place);
      return { ...row, orderId, refundId };
    });
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
    retailLocation: rest.link("Location", body.location_id),
    cartToken: body.cart_token,
    checkoutToken: body.checkout_token,
    clientIp: body.browser_ip,
    customerLocale: body.customer_locale,
    displayFinancialStatus: rest.capitals(body.financial_status),
    displayFulfillmentStatus: fulfillmentStatus(body.fulfillment_status),
    taxesIncluded: body.taxes_included,
    taxExempt: body.tax_exempt,
    estimatedTaxes: body.estimated_taxes,
    dutiesIncluded: body.duties_included,
    totalWeight: body.total_weight,
    customerAcceptsMarketing: body.buyer_accepts_marketing,
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
    originalTotalAdditionalFeesSet: rest.moneyBag(body.original_total_additional_fees_set),
    currentSubtotalPriceSet: rest.moneyBag(body.current_subtotal_price_set),
    currentTotalDiscountsSet: rest.moneyBag(body.current_total_discounts_set),
    currentShippingPriceSet: rest.moneyBag(body.current_shipping_price_set),
    currentTotalTaxSet: rest.moneyBag(body.current_total_tax_set),
    currentTotalDutiesSet: rest.moneyBag(body.current_total_duties_set),
    currentTotalAdditionalFeesSet: rest.moneyBag(body.current_total_additional_fees_set),
    totalCashRoundingAdjustment: cashRoundingIn(body),
    currentTotalPriceSet: rest.moneyBag(body.current_total_price_set),
  };
}

function cashRoundingIn(body: Body): unknown {
  const {
    total_cash_rounding_payment_adjustment_set: payment,
    total_cash_rounding_refund_adjustment_set: refund,
  } = body;
  if (payment === undefined || refund === undefined) return undefined;
  return { paymentSet: rest.moneyBag(payment), refundSet: rest.moneyBag(refund) };
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
    // Duties are told in another shape; that there are none is told clearly.
    duties: Array.isArray(line.duties) && line.duties.length === 0 ? [] : undefined,
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

function refundIn(refund: Readonly<Record<string, unknown>>): Stated<RefundFieldsFragment> {
  const { return: returned } = refund;
  return {
    id: rest.gidOf("Refund", int8(refund.id, "refunds.id")),
    note: refund.note,
    createdAt: refund.created_at,
    processedAt: refund.processed_at ?? undefined,
    return: rest.isObject(returned) ? rest.link("Return", returned.id) : returned,
  };
}

function refundShippingLineIn(line: unknown): unknown {
  if (!rest.isObject(line)) return line;
  const { shipping_line: shipping } = line;
  return {
    id: rest.gidOf("RefundShippingLine", line.id),
    shippingLine: rest.isObject(shipping) ? rest.link("ShippingLine", shipping.id) : shipping,
    subtotalAmountSet: rest.moneyBag(line.subtotal_amount_set),
    taxAmountSet: rest.moneyBag(line.tax_amount_set),
  };
}

function refundLineIn(line: Readonly<Record<string, unknown>>): Stated<RefundLineItemFieldsFragment> {
  return {
    id: rest.gidOf("RefundLineItem", int8(line.id, "refund_line_items.id")),
    lineItem: rest.link("LineItem", line.line_item_id),
    quantity: line.quantity,
    restockType: rest.capitals(line.restock_type),
    location: rest.link("Location", line.location_id),
    subtotalSet: rest.moneyBag(line.subtotal_set),
    totalTaxSet: rest.moneyBag(line.total_tax_set),
  };
}

/** Its lines are told by the order's lines, without ids of their own, and its status at the carrier in other words. */
function fulfillmentIn(fulfillment: Readonly<Record<string, unknown>>): Stated<FulfillmentFieldsFragment> {
  const { service } = fulfillment;
  return {
    id: rest.gidOf("Fulfillment", int8(fulfillment.id, "fulfillments.id")),
    name: fulfillment.name,
    status: rest.capitals(fulfillment.status),
    createdAt: fulfillment.created_at,
    updatedAt: fulfillment.updated_at,
    location: rest.link("Location", fulfillment.location_id),
    service: typeof service === "string" ? { handle: service } : service,
    trackingInfo: trackingIn(fulfillment),
  };
}

/** Numbers and addresses come in two lists that need not go together; with one of each there is no doubt. */
function trackingIn(fulfillment: Readonly<Record<string, unknown>>): unknown {
  const { tracking_company: company, tracking_numbers: numbers, tracking_urls: urls } = fulfillment;
  if (!Array.isArray(numbers) || !Array.isArray(urls) || numbers.length !== 1 || urls.length !== 1)
    return undefined;
  return [{ company, number: numbers[0] as unknown, url: urls[0] as unknown }];
}
