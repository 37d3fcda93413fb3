// What is read of an order, its lines and its shipping charges, and into which columns it goes.
import type {
  LineItemFieldsFragment,
  OrderFieldsFragment,
  ShippingLineFieldsFragment,
} from "#app/shopify/generated.ts";
import { address, always, attributes, currenciesOf, discountAllocations, maybe, money } from "./columns.ts";
import { tags, taxLines, type Columns } from "./columns.ts";
import { ADDRESS, ALLOCATION, MONEY, TAX_LINE } from "./fragments.ts";
import { currency, flag, idOf, int, int8, linkTo, listOf, text, time } from "./values.ts";

export const ORDER_FIELDS = /* GraphQL */ `
  fragment OrderFields on Order {
    id
    name
    number
    confirmationNumber
    poNumber
    email
    phone
    note
    tags
    test
    confirmed
    closed
    edited
    createdAt
    updatedAt
    processedAt
    closedAt
    cancelledAt
    cancelReason
    sourceName
    sourceIdentifier
    clientIp
    customerLocale
    displayFinancialStatus
    displayFulfillmentStatus
    returnStatus
    fullyPaid
    unpaid
    requiresShipping
    taxesIncluded
    taxExempt
    estimatedTaxes
    dutiesIncluded
    totalWeight
    subtotalLineItemsQuantity
    currentSubtotalLineItemsQuantity
    discountCodes
    paymentGatewayNames
    currencyCode
    presentmentCurrencyCode
    app {
      id
    }
    customer {
      id
    }
    shippingAddress {
      ...Address
    }
    billingAddress {
      ...Address
    }
    customAttributes {
      key
      value
    }
    taxLines {
      ...TaxLine
    }
    subtotalPriceSet {
      ...Money
    }
    totalDiscountsSet {
      ...Money
    }
    totalShippingPriceSet {
      ...Money
    }
    totalTaxSet {
      ...Money
    }
    totalPriceSet {
      ...Money
    }
    totalTipReceivedSet {
      ...Money
    }
    originalTotalDutiesSet {
      ...Money
    }
    currentSubtotalPriceSet {
      ...Money
    }
    currentTotalDiscountsSet {
      ...Money
    }
    currentShippingPriceSet {
      ...Money
    }
    currentTotalTaxSet {
      ...Money
    }
    currentTotalDutiesSet {
      ...Money
    }
    currentTotalPriceSet {
      ...Money
    }
    totalReceivedSet {
      ...Money
    }
    totalRefundedSet {
      ...Money
    }
    totalOutstandingSet {
      ...Money
    }
    totalCapturableSet {
      ...Money
    }
    netPaymentSet {
      ...Money
    }
  }
  ${MONEY}
  ${TAX_LINE}
  ${ADDRESS}
`;

export const LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment LineItemFields on LineItem {
    id
    title
    variantTitle
    name
    sku
    vendor
    quantity
    currentQuantity
    refundableQuantity
    unfulfilledQuantity
    requiresShipping
    taxable
    isGiftCard
    product {
      id
    }
    variant {
      id
    }
    originalUnitPriceSet {
      ...Money
    }
    discountedUnitPriceSet {
      ...Money
    }
    discountedUnitPriceAfterAllDiscountsSet {
      ...Money
    }
    totalDiscountSet {
      ...Money
    }
    customAttributes {
      key
      value
    }
    discountAllocations {
      ...Allocation
    }
    taxLines {
      ...TaxLine
    }
  }
  ${MONEY}
  ${TAX_LINE}
  ${ALLOCATION}
`;

export const SHIPPING_LINE_FIELDS = /* GraphQL */ `
  fragment ShippingLineFields on ShippingLine {
    id
    title
    code
    source
    carrierIdentifier
    deliveryCategory
    phone
    custom
    isRemoved
    originalPriceSet {
      ...Money
    }
    discountedPriceSet {
      ...Money
    }
    currentDiscountedPriceSet {
      ...Money
    }
    discountAllocations {
      ...Allocation
    }
    taxLines {
      ...TaxLine
    }
  }
  ${MONEY}
  ${TAX_LINE}
  ${ALLOCATION}
`;

export const ORDER_COLUMNS: Columns<OrderFieldsFragment> = {
  id: always("id", idOf("Order")),
  gid: always("id", text),
  name: always("name", text),
  number: always("number", int),
  confirmationNumber: maybe("confirmationNumber", text),
  poNumber: maybe("poNumber", text),
  email: maybe("email", text),
  phone: maybe("phone", text),
  note: maybe("note", text),
  tags: always("tags", tags),
  test: always("test", flag),
  confirmed: always("confirmed", flag),
  closed: always("closed", flag),
  edited: always("edited", flag),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
  processedAt: always("processedAt", time),
  closedAt: maybe("closedAt", time),
  cancelledAt: maybe("cancelledAt", time),
  cancelReason: maybe("cancelReason", text),
  sourceName: maybe("sourceName", text),
  sourceIdentifier: maybe("sourceIdentifier", text),
  appId: maybe("app", linkTo("App")),
  clientIp: maybe("clientIp", text),
  customerLocale: maybe("customerLocale", text),
  financialStatus: maybe("displayFinancialStatus", text),
  fulfillmentStatus: always("displayFulfillmentStatus", text),
  returnStatus: always("returnStatus", text),
  fullyPaid: always("fullyPaid", flag),
  unpaid: always("unpaid", flag),
  requiresShipping: always("requiresShipping", flag),
  taxesIncluded: always("taxesIncluded", flag),
  taxExempt: always("taxExempt", flag),
  estimatedTaxes: always("estimatedTaxes", flag),
  dutiesIncluded: always("dutiesIncluded", flag),
  totalWeight: maybe("totalWeight", int8),
  itemsQuantity: always("subtotalLineItemsQuantity", int),
  currentItemsQuantity: always("currentSubtotalLineItemsQuantity", int),
  customerId: maybe("customer", linkTo("Customer")),
  shippingAddress: maybe("shippingAddress", address),
  billingAddress: maybe("billingAddress", address),
  customAttributes: always("customAttributes", attributes),
  discountCodes: always("discountCodes", listOf(text)),
  paymentGatewayNames: always("paymentGatewayNames", listOf(text)),
  taxLines: always("taxLines", taxLines),
  currencyCode: always("currencyCode", currency),
  presentmentCurrencyCode: always("presentmentCurrencyCode", currency),
  ...money("subtotal", "subtotalPriceSet", "nullable"),
  ...money("totalDiscounts", "totalDiscountsSet", "nullable"),
  ...money("totalShipping", "totalShippingPriceSet"),
  ...money("totalTax", "totalTaxSet", "nullable"),
  ...money("totalPrice", "totalPriceSet"),
  ...money("totalTip", "totalTipReceivedSet"),
  ...money("totalDuties", "originalTotalDutiesSet", "nullable"),
  ...money("currentSubtotal", "currentSubtotalPriceSet"),
  ...money("currentDiscounts", "currentTotalDiscountsSet"),
  ...money("currentShipping", "currentShippingPriceSet"),
  ...money("currentTax", "currentTotalTaxSet"),
  ...money("currentDuties", "currentTotalDutiesSet", "nullable"),
  ...money("currentTotal", "currentTotalPriceSet"),
  ...money("totalReceived", "totalReceivedSet"),
  ...money("totalRefunded", "totalRefundedSet"),
  ...money("totalOutstanding", "totalOutstandingSet"),
  ...money("totalCapturable", "totalCapturableSet"),
  ...money("netPayment", "netPaymentSet"),
};

export const LINE_ITEM_COLUMNS: Columns<LineItemFieldsFragment> = {
  id: always("id", idOf("LineItem")),
  title: always("title", text),
  variantTitle: maybe("variantTitle", text),
  name: always("name", text),
  sku: maybe("sku", text),
  vendor: maybe("vendor", text),
  productId: maybe("product", linkTo("Product")),
  variantId: maybe("variant", linkTo("ProductVariant")),
  quantity: always("quantity", int),
  currentQuantity: always("currentQuantity", int),
  refundableQuantity: always("refundableQuantity", int),
  unfulfilledQuantity: always("unfulfilledQuantity", int),
  requiresShipping: always("requiresShipping", flag),
  taxable: always("taxable", flag),
  isGiftCard: always("isGiftCard", flag),
  ...currenciesOf("originalUnitPriceSet"),
  ...money("originalUnitPrice", "originalUnitPriceSet"),
  ...money("discountedUnitPrice", "discountedUnitPriceSet"),
  ...money("finalUnitPrice", "discountedUnitPriceAfterAllDiscountsSet"),
  ...money("totalDiscount", "totalDiscountSet"),
  customAttributes: always("customAttributes", attributes),
  discountAllocations: always("discountAllocations", discountAllocations),
  taxLines: always("taxLines", taxLines),
};

export const SHIPPING_LINE_COLUMNS: Columns<ShippingLineFieldsFragment> = {
  id: always("id", idOf("ShippingLine")),
  title: always("title", text),
  code: maybe("code", text),
  source: maybe("source", text),
  carrierIdentifier: maybe("carrierIdentifier", text),
  deliveryCategory: maybe("deliveryCategory", text),
  phone: maybe("phone", text),
  custom: always("custom", flag),
  isRemoved: always("isRemoved", flag),
  ...currenciesOf("originalPriceSet"),
  ...money("originalPrice", "originalPriceSet"),
  ...money("discountedPrice", "discountedPriceSet"),
  ...money("currentPrice", "currentDiscountedPriceSet"),
  discountAllocations: always("discountAllocations", discountAllocations),
  taxLines: always("taxLines", taxLines),
};
