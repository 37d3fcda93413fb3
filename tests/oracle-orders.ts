// What the mirror must hold of orders, said in the columns' names, from the store's truth export.
import type { ExportedLine, ExportedOrder, TruthExport } from "#sandbox/store/export.ts";
import type { Address, DiscountAllocation, Frozen, MoneyBag, TaxLine } from "#sandbox/store/truth.ts";
import type { Expected } from "./oracle.ts";

type Currencies = Pick<ExportedOrder, "currency" | "presentmentCurrency">;

export function expectedOrders({ orders }: TruthExport): Expected[] {
  return orders.map((order) => ({ ...identityOf(order), ...stateOf(order), ...moneyOf(order) }));
}

function identityOf(order: ExportedOrder): Expected {
  return {
    id: order.id,
    gid: order.gid,
    name: order.name,
    number: order.number,
    confirmation_number: order.confirmationNumber,
    po_number: order.poNumber,
    email: order.email,
    phone: order.phone,
    note: order.note,
    tags: [...order.tags].sort(),
    test: order.test,
    edited: order.edited,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    processed_at: order.processedAt,
    closed_at: order.closedAt,
    cancelled_at: order.cancelledAt,
    cancel_reason: order.cancelReason,
    source_name: order.sourceName,
    source_identifier: order.sourceIdentifier,
    app_id: order.appId,
    client_ip: order.clientIp,
    customer_locale: order.customerLocale,
    customer_id: order.customerId,
    shipping_address: addressOf(order.shippingAddress),
    billing_address: addressOf(order.billingAddress),
    custom_attributes: order.attributes,
    discount_codes: order.discountCodes.map(({ code }) => code),
    payment_gateway_names: order.paymentGateways,
  };
}

function stateOf(order: ExportedOrder): Expected {
  const { totals } = order;
  return {
    // The store knows no order that was placed and is not confirmed.
    confirmed: true,
    closed: order.isClosed,
    financial_status: order.financialStatus,
    fulfillment_status: order.fulfillmentStatus,
    return_status: order.returnStatus,
    fully_paid: order.isFullyPaid,
    unpaid: order.isUnpaid,
    requires_shipping: order.requiresShipping,
    taxes_included: order.taxesIncluded,
    tax_exempt: order.taxExempt,
    estimated_taxes: false,
    duties_included: false,
    total_weight: totals.totalWeight,
    items_quantity: totals.subtotalLineItemsQuantity,
    current_items_quantity: totals.currentSubtotalLineItemsQuantity,
    tax_lines: totals.taxLines.map((line) => taxLineOf(line, order)),
    currency_code: order.currency,
    presentment_currency_code: order.presentmentCurrency,
  };
}

function moneyOf(order: ExportedOrder): Expected {
  const { totals } = order;
  return {
    ...pair("subtotal", totals.subtotalPrice),
    ...pair("total_discounts", totals.totalDiscounts),
    ...pair("total_shipping", totals.totalShippingPrice),
    ...pair("total_tax", totals.totalTax),
    ...pair("total_price", totals.totalPrice),
    ...pair("total_tip", totals.totalTipReceived),
    ...pair("total_duties", totals.originalTotalDuties),
    ...pair("current_subtotal", totals.currentSubtotalPrice),
    ...pair("current_discounts", totals.currentTotalDiscounts),
    ...pair("current_shipping", totals.currentShippingPrice),
    ...pair("current_tax", totals.currentTotalTax),
    ...pair("current_duties", totals.currentTotalDuties),
    ...pair("current_total", totals.currentTotalPrice),
    ...pair("total_received", totals.totalReceived),
    ...pair("total_refunded", totals.totalRefunded),
    ...pair("total_outstanding", totals.totalOutstanding),
    ...pair("total_capturable", totals.totalCapturable),
    ...pair("net_payment", totals.netPayment),
  };
}

export function expectedLines({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) => order.lines.map((line) => lineOf(line, order)));
}

function lineOf(line: ExportedLine, order: ExportedOrder): Expected {
  const { totals } = line;
  return {
    id: line.id,
    order_id: order.id,
    title: line.title,
    variant_title: line.variantTitle,
    name: line.name,
    sku: line.sku,
    vendor: line.vendor,
    product_id: line.productId,
    variant_id: line.variantId,
    quantity: line.quantity,
    current_quantity: totals.currentQuantity,
    refundable_quantity: totals.refundableQuantity,
    unfulfilled_quantity: totals.unfulfilledQuantity,
    requires_shipping: line.requiresShipping,
    taxable: line.taxable,
    is_gift_card: line.isGiftCard,
    currency_code: order.currency,
    presentment_currency_code: order.presentmentCurrency,
    ...pair("original_unit_price", totals.originalUnitPrice),
    ...pair("discounted_unit_price", totals.discountedUnitPrice),
    ...pair("final_unit_price", totals.discountedUnitPriceAfterAllDiscounts),
    ...pair("total_discount", totals.totalDiscount),
    custom_attributes: line.attributes,
    discount_allocations: line.discountAllocations.map((part) => allocationOf(part, order)),
    tax_lines: line.taxLines.map((part) => taxLineOf(part, order)),
  };
}

export function expectedShippingLines({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.shippingLines.map((line) => ({
      id: line.id,
      order_id: order.id,
      title: line.title,
      code: line.code,
      source: line.source,
      carrier_identifier: line.carrierIdentifier,
      delivery_category: null,
      phone: line.phone,
      custom: line.source === null,
      is_removed: line.isRemoved,
      currency_code: order.currency,
      presentment_currency_code: order.presentmentCurrency,
      ...pair("original_price", line.totals.originalPrice),
      ...pair("discounted_price", line.totals.discountedPrice),
      ...pair("current_price", line.totals.currentDiscountedPrice),
      discount_allocations: line.discountAllocations.map((part) => allocationOf(part, order)),
      tax_lines: line.taxLines.map((part) => taxLineOf(part, order)),
    })),
  );
}

function pair(column: string, bag: MoneyBag | null): Expected {
  return { [column]: bag?.shop ?? null, [`${column}_presentment`]: bag?.presentment ?? null };
}

function moneySetOf(bag: Frozen<MoneyBag>, of: Currencies) {
  return {
    shopMoney: { amount: bag.shop, currencyCode: of.currency },
    presentmentMoney: { amount: bag.presentment, currencyCode: of.presentmentCurrency },
  };
}

function taxLineOf(line: TaxLine, of: Currencies) {
  return {
    title: line.title,
    rate: line.rate,
    channelLiable: line.channelLiable,
    price: moneySetOf(line.price, of),
  };
}

function allocationOf({ index, amount }: DiscountAllocation, of: Currencies) {
  return { application: index, amount: moneySetOf(amount, of) };
}

function addressOf(address: Address | null) {
  if (!address) return null;
  const { id: _id, countryCode, ...rest } = address;
  const name = [rest.firstName, rest.lastName].filter(Boolean).join(" ");
  return { ...rest, name: name === "" ? null : name, countryCodeV2: countryCode };
}
