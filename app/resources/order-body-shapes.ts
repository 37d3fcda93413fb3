// Webhook bodies of orders and of their parts, renamed into the shape of the API's node, field by field. What is not here, a
// body does not state or means otherwise. Judges no value: that is done by the column tables. `only` is the order's currency
// if it has no second one.
import type {
  FulfillmentFieldsFragment,
  LineItemFieldsFragment,
  OrderFieldsFragment,
  RefundFieldsFragment,
  RefundLineItemFieldsFragment,
  ShippingLineFieldsFragment,
} from "#app/shopify/generated.ts";
import type { Stated } from "./columns.ts";
import type { Body } from "./define.ts";
import * as rest from "./rest.ts";
import { int8 } from "./values.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The body in the node's shape. What is not here, REST does not state or means otherwise. */
export function orderIn(body: Body, key: string): Stated<OrderFieldsFragment> {
  const { customer, closed_at: closedAt, email } = body;
  return {
    id: rest.gidOf("Order", key),
    name: body.name,
    // REST's `number` counts from 1; `order_number` is the one in the name.
    number: body.order_number,
    confirmationNumber: body.confirmation_number,
    poNumber: body.po_number,
    // An order without one has an empty one here, and null in the API.
    email: email === "" ? null : email,
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
    merchantOfRecordApp: rest.link("App", body.merchant_of_record_app_id),
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
    taxLines: rest.taxLineList(body.tax_lines, rest.onlyCurrency(body)),
    currencyCode: body.currency,
    presentmentCurrencyCode: body.presentment_currency,
    ...totalsIn(body),
  };
}

function totalsIn(body: Body): Stated<OrderFieldsFragment> {
  const only = rest.onlyCurrency(body);
  return {
    subtotalPriceSet: rest.amountBag(body, "subtotal_price", only),
    totalDiscountsSet: rest.amountBag(body, "total_discounts", only),
    totalShippingPriceSet: rest.amountBag(body, "total_shipping_price", only),
    totalTaxSet: rest.amountBag(body, "total_tax", only),
    totalPriceSet: rest.amountBag(body, "total_price", only),
    originalTotalDutiesSet: rest.amountBag(body, "original_total_duties", only),
    originalTotalAdditionalFeesSet: rest.amountBag(body, "original_total_additional_fees", only),
    currentSubtotalPriceSet: rest.amountBag(body, "current_subtotal_price", only),
    currentTotalDiscountsSet: rest.amountBag(body, "current_total_discounts", only),
    currentShippingPriceSet: rest.amountBag(body, "current_shipping_price", only),
    currentTotalTaxSet: rest.amountBag(body, "current_total_tax", only),
    currentTotalDutiesSet: rest.amountBag(body, "current_total_duties", only),
    currentTotalAdditionalFeesSet: rest.amountBag(body, "current_total_additional_fees", only),
    totalCashRoundingAdjustment: cashRoundingIn(body),
    currentTotalPriceSet: rest.amountBag(body, "current_total_price", only),
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

export function lineItemIn(line: Fields, only: string | undefined): Stated<LineItemFieldsFragment> {
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
    originalUnitPriceSet: rest.amountBag(line, "price", only),
    // Duties are told in another shape; that there are none is told clearly.
    duties: Array.isArray(line.duties) && line.duties.length === 0 ? [] : undefined,
    customAttributes: rest.attributeList(line.properties),
    discountAllocations: rest.allocationList(line.discount_allocations, only),
    taxLines: rest.taxLineList(line.tax_lines, only),
  };
}

export function shippingLineIn(line: Fields, only: string | undefined): Stated<ShippingLineFieldsFragment> {
  return {
    id: idOrNone("ShippingLine", line.id, "shipping_lines.id"),
    title: line.title,
    code: line.code,
    source: line.source,
    carrierIdentifier: line.carrier_identifier,
    phone: line.phone,
    isRemoved: line.is_removed,
    originalPriceSet: rest.amountBag(line, "price", only),
    discountedPriceSet: rest.amountBag(line, "discounted_price", only),
    currentDiscountedPriceSet: rest.moneyBag(line.current_discounted_price_set),
    discountAllocations: rest.allocationList(line.discount_allocations, only),
    taxLines: rest.taxLineList(line.tax_lines, only),
  };
}

/** Of a line that may be without an id. */
function idOrNone(type: string, id: unknown, path: string): string | null {
  return (id ?? null) === null ? null : rest.gidOf(type, int8(id, path));
}

export function refundIn(refund: Fields): Stated<RefundFieldsFragment> {
  const { return: returned } = refund;
  return {
    id: rest.gidOf("Refund", int8(refund.id, "refunds.id")),
    note: refund.note,
    createdAt: refund.created_at,
    processedAt: refund.processed_at ?? undefined,
    return: rest.isObject(returned) ? rest.link("Return", returned.id) : returned,
  };
}

export function refundShippingLineIn(line: unknown): unknown {
  if (!rest.isObject(line)) return line;
  const { shipping_line: shipping } = line;
  return {
    id: rest.gidOf("RefundShippingLine", line.id),
    shippingLine: rest.isObject(shipping) ? rest.link("ShippingLine", shipping.id) : shipping,
    subtotalAmountSet: rest.moneyBag(line.subtotal_amount_set),
    taxAmountSet: rest.moneyBag(line.tax_amount_set),
  };
}

export function refundLineIn(line: Fields, only: string | undefined): Stated<RefundLineItemFieldsFragment> {
  return {
    id: idOrNone("RefundLineItem", line.id, "refund_line_items.id"),
    lineItem: rest.link("LineItem", line.line_item_id),
    quantity: line.quantity,
    restockType: rest.capitals(line.restock_type ?? undefined),
    location: rest.link("Location", line.location_id),
    subtotalSet: rest.amountBag(line, "subtotal", only),
    totalTaxSet: rest.amountBag(line, "total_tax", only),
  };
}

/** Its lines are told by the order's lines, without ids of their own, and its status at the carrier in other words. */
export function fulfillmentIn(fulfillment: Fields): Stated<FulfillmentFieldsFragment> {
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
function trackingIn(fulfillment: Fields): unknown {
  const { tracking_company: company, tracking_numbers: numbers, tracking_urls: urls } = fulfillment;
  if (!Array.isArray(numbers) || !Array.isArray(urls) || numbers.length !== 1 || urls.length !== 1)
    return undefined;
  return [{ company, number: numbers[0] as unknown, url: urls[0] as unknown }];
}
