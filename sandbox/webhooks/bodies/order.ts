// Orders: all topics that carry a whole order, and orders/edited, which does not.
import type { OrderEdit } from "../../store/events.ts";
import { orderRarities } from "../../store/rarities.ts";
import { financialStatus, fulfillmentStatus } from "../../store/states.ts";
import { discountCodes, shippingTotals, totals, type OrderTotals } from "../../store/totals.ts";
import type { DiscountApplication, Frozen, Order, ShippingLine } from "../../store/truth.ts";
import { orderAddress } from "./address.ts";
import { orderCustomer } from "./customer.ts";
import { orderFulfillment } from "./fulfillment.ts";
import { gid, integer, list, moneySet, time, type Body, type Context } from "./json.ts";
import { allocation, orderLine, taxLine } from "./line-item.ts";
import { refundBody } from "./refund.ts";
import { returnInOrder } from "./return.ts";
import { termsInOrder } from "./terms.ts";

export function orderBody(context: Context, order: Frozen<Order>): Body {
  const customer = order.customerId === null ? undefined : context.store.get("customers", order.customerId);
  return {
    ...identity(context, order),
    ...currentMoney(order, totals(order)),
    ...statusFields(context, order),
    ...originalMoney(order, totals(order)),
    updated_at: time(context, order.updatedAt),
    user_id: null,
    // Orders without a customer or address lack the key altogether.
    ...(order.billingAddress ? { billing_address: orderAddress(order.billingAddress) } : {}),
    ...(customer ? { customer: orderCustomer(context, customer) } : {}),
    discount_applications: order.discountApplications.map(discountApplication),
    fulfillments: order.fulfillments.map((fulfillment) => orderFulfillment(context, order, fulfillment)),
    line_items: order.lines.map((line) => orderLine(context, order, line)),
    payment_terms: termsInOrder(context, order),
    refunds: order.refunds.map((refund) => refundBody(context, order, refund)),
    ...(order.shippingAddress ? { shipping_address: orderAddress(order.shippingAddress) } : {}),
    shipping_lines: order.shippingLines.map((line) => shippingLine(order, line)),
    returns: order.returns.map((one) => returnInOrder(context, order, one)),
    line_item_groups: [],
  };
}

function identity(context: Context, order: Frozen<Order>): Body {
  return {
    id: integer(order.id),
    admin_graphql_api_id: gid("Order", order.id),
    app_id: integer(order.appId),
    browser_ip: order.clientIp,
    buyer_accepts_marketing: order.customerAcceptsMarketing,
    cancel_reason: order.cancelReason?.toLowerCase() ?? null,
    cancelled_at: time(context, order.cancelledAt),
    cart_token: order.cartToken,
    checkout_token: order.checkoutToken,
    client_details: clientDetails(order),
    closed_at: time(context, order.closedAt),
    company: order.company && {
      id: integer(order.company.id),
      location_id: integer(order.company.locationId),
    },
    confirmation_number: order.confirmationNumber,
    confirmed: true,
    contact_email: order.email,
    created_at: time(context, order.createdAt),
    currency: order.currency,
  };
}

function clientDetails(order: Frozen<Order>): Body | null {
  if (order.clientIp === null || order.userAgent === null) return null;
  return {
    accept_language: order.customerLocale,
    browser_height: null,
    browser_ip: order.clientIp,
    browser_width: null,
    session_hash: null,
    user_agent: order.userAgent,
  };
}

function currentMoney(order: Frozen<Order>, all: OrderTotals): Body {
  return {
    current_shipping_price_set: moneySet(all.currentShippingPrice, order),
    current_subtotal_price: all.currentSubtotalPrice.shop,
    current_subtotal_price_set: moneySet(all.currentSubtotalPrice, order),
    current_total_additional_fees_set:
      all.currentTotalAdditionalFees && moneySet(all.currentTotalAdditionalFees, order),
    current_total_discounts: all.currentTotalDiscounts.shop,
    current_total_discounts_set: moneySet(all.currentTotalDiscounts, order),
    current_total_duties_set: all.currentTotalDuties && moneySet(all.currentTotalDuties, order),
    current_total_price: all.currentTotalPrice.shop,
    current_total_price_set: moneySet(all.currentTotalPrice, order),
    current_total_tax: all.currentTotalTax.shop,
    current_total_tax_set: moneySet(all.currentTotalTax, order),
  };
}

function statusFields(context: Context, order: Frozen<Order>): Body {
  const { shop } = context;
  const all = totals(order);
  const shown = fulfillmentStatus(order);
  return {
    customer_locale: order.customerLocale,
    device_id: null,
    discount_codes: discountCodes(order).map(({ code, amount, type }) => ({ code, amount, type })),
    duties_included: false,
    // Empty where there is none, as Shopify writes it here.
    email: order.email ?? "",
    estimated_taxes: orderRarities(order).estimatedTaxes,
    financial_status: financialStatus(order).toLowerCase(),
    fulfillment_status: {
      FULFILLED: "fulfilled",
      PARTIALLY_FULFILLED: "partial",
      UNFULFILLED: null,
      ON_HOLD: null,
    }[shown],
    landing_site: order.landingSite,
    landing_site_ref: null,
    location_id: integer(order.retailLocationId),
    merchant_business_entity_id: Buffer.from(`1${shop.id}`).toString("base64url"),
    merchant_of_record_app_id: integer(orderRarities(order).merchantOfRecordAppId),
    name: order.name,
    note: order.note,
    note_attributes: order.attributes.map(({ key, value }) => ({ name: key, value })),
    // Shopify counts from 1, the number people see from 1001.
    number: order.number - 1000,
    order_number: order.number,
    order_status_url: `https://${shop.domain}/${shop.id}/orders/${order.token}/authenticate?key=${order.token.slice(0, 16)}`,
    original_total_additional_fees_set:
      all.originalTotalAdditionalFees && moneySet(all.originalTotalAdditionalFees, order),
    original_total_duties_set: all.originalTotalDuties && moneySet(all.originalTotalDuties, order),
    payment_gateway_names: order.paymentGateways,
    phone: order.phone,
    po_number: order.poNumber,
    presentment_currency: order.presentmentCurrency,
    processed_at: time(context, order.processedAt),
    reference: order.sourceIdentifier,
    referring_site: order.referringSite,
    source_identifier: order.sourceIdentifier,
    source_name: order.sourceName,
    source_url: orderRarities(order).sourceUrl,
  };
}

function originalMoney(order: Frozen<Order>, all: OrderTotals): Body {
  const { payment, refund } = orderRarities(order).cashRounding;
  return {
    subtotal_price: all.subtotalPrice.shop,
    subtotal_price_set: moneySet(all.subtotalPrice, order),
    tags: list(order.tags),
    tax_exempt: order.taxExempt,
    tax_lines: all.taxLines.map((tax) => taxLine(order, tax)),
    taxes_included: order.taxesIncluded,
    test: order.test,
    token: order.token,
    total_cash_rounding_payment_adjustment_set: moneySet(payment, order),
    total_cash_rounding_refund_adjustment_set: moneySet(refund, order),
    total_discounts: all.totalDiscounts.shop,
    total_discounts_set: moneySet(all.totalDiscounts, order),
    total_line_items_price: all.totalLineItemsPrice.shop,
    total_line_items_price_set: moneySet(all.totalLineItemsPrice, order),
    total_outstanding: all.totalOutstanding.shop,
    total_price: all.totalPrice.shop,
    total_price_set: moneySet(all.totalPrice, order),
    total_shipping_price_set: moneySet(all.totalShippingPrice, order),
    total_tax: all.totalTax.shop,
    total_tax_set: moneySet(all.totalTax, order),
    total_tip_received: all.totalTipReceived.shop,
    total_weight: all.totalWeight,
  };
}

function discountApplication(application: Frozen<DiscountApplication>): Body {
  return {
    target_type: application.targetType.toLowerCase(),
    type: application.kind === "code" ? "discount_code" : application.kind,
    value: application.value,
    value_type: application.valueType,
    allocation_method: application.allocationMethod.toLowerCase(),
    target_selection: application.targetSelection.toLowerCase(),
    ...(application.kind === "code" ? { code: application.code } : { title: application.title }),
    ...(application.kind === "manual" ? { description: application.description } : {}),
  };
}

function shippingLine(order: Frozen<Order>, line: Frozen<ShippingLine>): Body {
  const all = shippingTotals(order, line);
  return {
    id: integer(line.id),
    carrier_identifier: line.carrierIdentifier,
    code: line.code,
    current_discounted_price_set: moneySet(all.currentDiscountedPrice, order),
    discounted_price: all.discountedPrice.shop,
    discounted_price_set: moneySet(all.discountedPrice, order),
    is_removed: line.isRemoved,
    phone: line.phone,
    price: line.price.shop,
    price_set: moneySet(line.price, order),
    requested_fulfillment_service_id: null,
    source: line.source,
    title: line.title,
    tax_lines: line.taxLines.map((tax) => taxLine(order, tax)),
    discount_allocations: line.discountAllocations.map((part) => allocation(order, part)),
  };
}

/** orders/edited: what the edit did, not what the order is. */
export function orderEditBody(context: Context, edit: Frozen<OrderEdit>): Body {
  const changed = (parts: Frozen<OrderEdit["additions"]>): Body[] =>
    parts.map((part) => ({ id: integer(part.lineItemId), delta: part.delta }));
  return {
    order_edit: {
      id: integer(edit.id),
      app_id: null,
      created_at: time(context, edit.committedAt),
      committed_at: time(context, edit.committedAt),
      notify_customer: false,
      order_id: integer(edit.orderId),
      staff_note: edit.note ?? "",
      user_id: null,
      line_items: { additions: changed(edit.additions), removals: changed(edit.removals) },
      discounts: { line_item: { additions: [], removals: [] } },
      shipping_lines: { additions: [], removals: [] },
    },
  };
}
