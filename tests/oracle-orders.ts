// What the mirror must hold of orders, said in the columns' names, from the store's truth export.
import type { ExportedLine, ExportedOrder, TruthExport } from "#sandbox/store/export.ts";
import type { Address, DiscountAllocation, Frozen, MoneyBag, TaxLine } from "#sandbox/store/truth.ts";
import type { Expected } from "./oracle.ts";

type Currencies = Pick<ExportedOrder, "currency" | "presentmentCurrency">;

export function expectedOrders({ orders, locations, shop }: TruthExport): Expected[] {
  const known = new Set(locations.map(({ id }) => id));
  return orders.map((order) => ({
    ...identityOf(order),
    ...buyerOf(order),
    business_entity_id: `gid://shopify/BusinessEntity/${shop.id}`,
    retail_location_id:
      order.retailLocationId !== null && known.has(order.retailLocationId) ? order.retailLocationId : null,
    ...stateOf(order),
    ...moneyOf(order),
  }));
}

function buyerOf(order: ExportedOrder): Expected {
  return {
    customer_id: order.customerId,
    accepts_marketing: order.customerAcceptsMarketing,
    company_id: order.company?.id ?? null,
    company_name: order.company?.name ?? null,
    company_location_id: order.company?.locationId ?? null,
    company_location_name: order.company?.locationName ?? null,
    company_contact_id: order.company?.contactId ?? null,
    channel_handle: order.rarities.channelHandle,
    cart_token: order.cartToken,
    checkout_token: order.checkoutToken,
  };
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
    cancel_note: order.cancelledAt === null ? null : order.cancelNote,
    source_name: order.sourceName,
    source_identifier: order.sourceIdentifier,
    app_id: order.appId,
    merchant_of_record_app_id: order.rarities.merchantOfRecordAppId,
    client_ip: order.clientIp,
    customer_locale: order.customerLocale,
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
    risk_recommendation: order.rarities.risk.recommendation,
    risk_assessments: order.rarities.risk.assessments,
    disputes: order.rarities.disputes,
    localized_fields: order.rarities.localizedFields,
    publication_id: order.rarities.publicationId,
    source_url: order.rarities.sourceUrl,
    requires_shipping: order.requiresShipping,
    taxes_included: order.taxesIncluded,
    tax_exempt: order.taxExempt,
    estimated_taxes: order.rarities.estimatedTaxes,
    duties_included: false,
    total_weight: totals.totalWeight,
    current_weight: totals.currentTotalWeight,
    items_quantity: totals.subtotalLineItemsQuantity,
    current_items_quantity: totals.currentSubtotalLineItemsQuantity,
    tax_lines: totals.taxLines.map((line) => taxLineOf(line, order)),
    current_tax_lines: totals.currentTaxLines.map((line) => taxLineOf(line, order)),
    discount_applications: discountsOf(order),
    additional_fees: order.additionalFees.map(({ id, name, price, taxLines }) => ({
      id,
      name,
      price: moneySetOf(price, order),
      taxLines: taxLines.map((line) => taxLineOf(line, order)),
    })),
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
    ...pair("total_fees", totals.originalTotalAdditionalFees),
    ...pair("original_total", totals.originalTotalPrice),
    ...pair("cart_discount", totals.cartDiscountAmount),
    ...pair("current_subtotal", totals.currentSubtotalPrice),
    ...pair("current_discounts", totals.currentTotalDiscounts),
    ...pair("current_shipping", totals.currentShippingPrice),
    ...pair("current_tax", totals.currentTotalTax),
    ...pair("current_duties", totals.currentTotalDuties),
    ...pair("current_fees", totals.currentTotalAdditionalFees),
    ...pair("current_cart_discount", totals.currentCartDiscountAmount),
    ...pair("current_total", totals.currentTotalPrice),
    ...pair("total_received", totals.totalReceived),
    ...pair("total_refunded", totals.totalRefunded),
    ...pair("total_refunded_shipping", totals.totalRefundedShipping),
    ...pair("refund_discrepancy", totals.refundDiscrepancy),
    ...pair("cash_rounding_payment", order.rarities.cashRounding.payment),
    ...pair("cash_rounding_refund", order.rarities.cashRounding.refund),
    ...pair("total_outstanding", totals.totalOutstanding),
    ...pair("total_capturable", totals.totalCapturable),
    ...pair("net_payment", totals.netPayment),
  };
}

/** Those that some line or shipping charge has a share of. */
function discountsOf(order: ExportedOrder) {
  const inEffect = new Set(
    [...order.lines, ...order.shippingLines].flatMap((line) =>
      line.discountAllocations.map(({ index }) => index),
    ),
  );
  return order.discountApplications.flatMap((discount, index) => {
    if (!inEffect.has(index)) return [];
    const isPercentage = discount.valueType === "percentage";
    return {
      index,
      kind: discount.kind.toUpperCase(),
      // A code has no other title.
      title: discount.kind === "code" ? null : (discount.title ?? ""),
      code: discount.kind === "code" ? discount.code : null,
      description: discount.kind === "manual" ? discount.description : null,
      targetType: discount.targetType,
      targetSelection: discount.targetSelection,
      allocationMethod: discount.allocationMethod,
      valueType: isPercentage ? "PERCENTAGE" : "FIXED_AMOUNT",
      value: isPercentage ? String(Number(discount.value)) : discount.value,
      currencyCode: isPercentage ? null : order.presentmentCurrency,
    };
  });
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
    non_fulfillable_quantity: totals.nonFulfillableQuantity,
    requires_shipping: line.requiresShipping,
    taxable: line.taxable,
    is_gift_card: line.isGiftCard,
    weight: line.grams,
    weight_unit: "GRAMS",
    currency_code: order.currency,
    presentment_currency_code: order.presentmentCurrency,
    ...pair("original_unit_price", totals.originalUnitPrice),
    ...pair("discounted_unit_price", totals.discountedUnitPrice),
    ...pair("final_unit_price", totals.discountedUnitPriceAfterAllDiscounts),
    ...pair("original_total", totals.originalTotal),
    ...pair("net_total", totals.priceAfterAllDiscountsBeforeTaxes),
    ...pair("total_discount", totals.totalDiscount),
    ...pair("discounted_total", totals.discountedTotal),
    selling_plan_id: line.rarities.sellingPlan?.id ?? null,
    selling_plan_name: line.rarities.sellingPlan?.name ?? null,
    line_group: line.rarities.group,
    duties: line.duties.map((duty) => ({
      id: duty.id,
      countryCodeOfOrigin: duty.countryCodeOfOrigin,
      harmonizedSystemCode: duty.harmonizedSystemCode,
      price: moneySetOf(duty.price, order),
      taxLines: duty.taxLines.map((part) => taxLineOf(part, order)),
    })),
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
      rate_handle: line.rarities.rateHandle,
      delivery_category: line.rarities.deliveryCategory,
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

export function pair(column: string, bag: MoneyBag | null): Expected {
  return { [column]: bag?.shop ?? null, [`${column}_presentment`]: bag?.presentment ?? null };
}

export function moneySetOf(bag: Frozen<MoneyBag>, of: Currencies) {
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
