// The order and its parts. Everything about one order is one record, as it changes together.

import type { Address, Decimal, Id, MoneyBag, Saved, Time } from "./truth.ts";

export type TaxLine = {
  title: string;
  rate: number;
  price: MoneyBag;
  channelLiable: boolean;
  source: string | null;
};
export type DiscountApplication = {
  kind: "code" | "automatic" | "manual";
  /** The code, for `kind: "code"`. */
  code: string | null;
  title: string | null;
  description: string | null;
  targetType: "LINE_ITEM" | "SHIPPING_LINE";
  targetSelection: "ALL" | "ENTITLED" | "EXPLICIT";
  allocationMethod: "ACROSS" | "EACH" | "ONE";
  /** percentage: "10.0" means 10 %; fixed_amount: presentment currency. */
  valueType: "percentage" | "fixed_amount";
  value: Decimal;
};
/** `index` points into `order.discountApplications`. */
export type DiscountAllocation = { index: number; amount: MoneyBag };
export type Attribute = { key: string; value: string };

export type LineItem = {
  id: Id;
  title: string;
  variantTitle: string | null;
  /** "Title - Variant title" */
  name: string;
  sku: string | null;
  vendor: string | null;
  /** As sold. The product or variant may be gone since: see `lineProductId`, `lineVariantId`. */
  productId: Id | null;
  variantId: Id | null;
  /** Units ever ordered: grows when an edit adds units, never shrinks. */
  quantity: number;
  /** Units taken off by order edits (refunded units stand in `order.refunds`). */
  removedQuantity: number;
  unitPrice: MoneyBag;
  requiresShipping: boolean;
  taxable: boolean;
  isGiftCard: boolean;
  isTip: boolean;
  grams: number;
  attributes: Attribute[];
  /** Tax of all `quantity` units after discounts; shares for fewer units are derived. */
  taxLines: TaxLine[];
  discountAllocations: DiscountAllocation[];
  duties: {
    id: Id;
    countryCodeOfOrigin: string;
    harmonizedSystemCode: string;
    price: MoneyBag;
    taxLines: TaxLine[];
  }[];
  /** Where its stock was committed; null for untracked lines. */
  locationId: Id | null;
  /** Added by an edit after the order was placed. */
  addedByEdit: boolean;
};

export type ShippingLine = {
  id: Id;
  title: string;
  code: string | null;
  source: string | null;
  carrierIdentifier: string | null;
  phone: string | null;
  price: MoneyBag;
  taxLines: TaxLine[];
  discountAllocations: DiscountAllocation[];
  isRemoved: boolean;
};

/** What a law adds to the price. */
export type AdditionalFee = { id: Id; name: string; price: MoneyBag; taxLines: TaxLine[] };

export type TransactionKind = "AUTHORIZATION" | "CAPTURE" | "SALE" | "REFUND" | "VOID";
export type Transaction = {
  id: Id;
  kind: TransactionKind;
  status: "SUCCESS" | "PENDING" | "FAILURE" | "ERROR";
  gateway: string;
  amount: MoneyBag;
  createdAt: Time;
  processedAt: Time | null;
  authorization: string | null;
  authorizationExpiresAt: Time | null;
  errorCode: string | null;
  message: string | null;
  paymentId: string;
  parentId: Id | null;
  /** The refund it belongs to. */
  refundId: Id | null;
  test: boolean;
  card: { company: string; number: string } | null;
  /** What the gateway answered. */
  receipt: { [field: string]: string };
};

export type Tracking = { company: string | null; number: string | null; url: string | null };
export type FulfillmentStatus = "SUCCESS" | "CANCELLED" | "OPEN" | "PENDING" | "ERROR" | "FAILURE";
export type Fulfillment = {
  id: Id;
  /** "#1001-F1" */
  name: string;
  status: FulfillmentStatus;
  shipmentStatus: "LABEL_PRINTED" | "CONFIRMED" | "IN_TRANSIT" | "OUT_FOR_DELIVERY" | "DELIVERED" | null;
  createdAt: Time;
  updatedAt: Time;
  inTransitAt: Time | null;
  deliveredAt: Time | null;
  estimatedDeliveryAt: Time | null;
  locationId: Id | null;
  tracking: Tracking[];
  lines: { id: Id; lineItemId: Id; quantity: number }[];
};

export type HoldReason = "AWAITING_PAYMENT" | "HIGH_RISK_OF_FRAUD" | "INVENTORY_OUT_OF_STOCK" | "OTHER";
export type FulfillmentOrder = {
  id: Id;
  status: "OPEN" | "IN_PROGRESS" | "ON_HOLD" | "CLOSED" | "CANCELLED";
  holds: { id: Id; reason: HoldReason; notes: string | null; handle: string }[];
  createdAt: Time;
  updatedAt: Time;
  locationId: Id;
  locationName: string;
  lines: { id: Id; lineItemId: Id; totalQuantity: number; remainingQuantity: number }[];
};

export type RestockType = "NO_RESTOCK" | "CANCEL" | "RETURN" | "LEGACY_RESTOCK";
export type RefundLine = {
  id: Id;
  lineItemId: Id;
  quantity: number;
  /** How many of them had not been sent when they were refunded. */
  unsentQuantity: number;
  restockType: RestockType;
  restocked: boolean;
  locationId: Id | null;
  /** After discounts, before tax unless taxes are included. */
  subtotal: MoneyBag;
  tax: MoneyBag;
};
export type Refund = {
  id: Id;
  createdAt: Time;
  processedAt: Time;
  updatedAt: Time;
  note: string | null;
  lines: RefundLine[];
  shippingLines: { id: Id; shippingLineId: Id; subtotal: MoneyBag; tax: MoneyBag }[];
  duties: { dutyId: Id; amount: MoneyBag }[];
  /** What should have been paid back minus what was: negative when the customer got more. */
  adjustments: { id: Id; reason: "REFUND_DISCREPANCY" | "RESTOCK"; amount: MoneyBag; tax: MoneyBag }[];
  /** Ids of `order.transactions`. */
  transactionIds: Id[];
  returnId: Id | null;
};

export type Return = {
  id: Id;
  name: string;
  status: "REQUESTED" | "OPEN" | "CLOSED" | "CANCELED" | "DECLINED";
  createdAt: Time;
  /** Of a return that the buyer asked for. */
  approvedAt: Time | null;
  closedAt: Time | null;
  decline: { reason: "FINAL_SALE" | "OTHER" | "RETURN_PERIOD_ENDED"; note: string | null } | null;
  shippingFees: { id: Id; amount: MoneyBag }[];
  lines: {
    id: Id;
    lineItemId: Id;
    /** The sent units that they are of. */
    fulfillmentLineId: Id;
    quantity: number;
    /** "UNWANTED" */
    reason: string;
    note: string;
    customerNote: string | null;
    restockingFee: { percentage: number; amount: MoneyBag } | null;
  }[];
};

/** One entry of an agreement: by how much a line of the bill became more or less. */
export type Sale = {
  id: Id;
  kind: "PRODUCT" | "TIP" | "GIFT_CARD" | "SHIPPING" | "DUTY" | "ADDITIONAL_FEE" | "ADJUSTMENT";
  action: "ORDER" | "RETURN" | "UPDATE";
  quantity: number | null;
  /** Of a line item; for `SHIPPING` of a shipping line, for `ADDITIONAL_FEE` of a fee. */
  lineId: Id | null;
  dutyId: Id | null;
  /** After discounts, with tax. */
  total: MoneyBag;
  discount: MoneyBag;
  tax: MoneyBag;
  taxes: { id: Id; line: TaxLine; amount: MoneyBag }[];
};
export type Agreement = {
  id: Id;
  reason: "ORDER" | "ORDER_EDIT" | "REFUND" | "RETURN";
  happenedAt: Time;
  refundId: Id | null;
  returnId: Id | null;
  sales: Sale[];
};

export type PaymentTerms = {
  id: Id;
  scheduleId: Id;
  type: "NET" | "RECEIPT";
  /** 0 for "due on receipt". */
  dueInDays: number;
  issuedAt: Time;
};

/** As much of a company as its orders show: the store keeps no companies of their own. */
export type PurchasingCompany = {
  id: Id;
  name: string;
  locationId: Id;
  locationName: string;
  contactId: Id | null;
};

export type CancelReason = "CUSTOMER" | "DECLINED" | "FRAUD" | "INVENTORY" | "OTHER" | "STAFF";
export type Order = Saved & {
  /** "#1001" */
  name: string;
  number: number;
  confirmationNumber: string;
  /** Hex, in the status page's address. */
  token: string;
  cartToken: string | null;
  checkoutToken: string | null;
  checkoutId: Id | null;
  email: string | null;
  phone: string | null;
  note: string | null;
  poNumber: string | null;
  tags: string[];
  attributes: Attribute[];
  test: boolean;
  edited: boolean;
  sourceName: string;
  sourceIdentifier: string | null;
  appId: Id | null;
  retailLocationId: Id | null;
  clientIp: string | null;
  userAgent: string | null;
  landingSite: string | null;
  referringSite: string | null;
  customerLocale: string | null;
  processedAt: Time;
  cancelledAt: Time | null;
  cancelReason: CancelReason | null;
  cancelNote: string | null;
  closedAt: Time | null;
  currency: string;
  presentmentCurrency: string;
  /** Presentment units per shop unit at the time of sale ("1" when the currencies are the same). */
  rate: Decimal;
  taxesIncluded: boolean;
  taxExempt: boolean;
  customerAcceptsMarketing: boolean;
  customerId: Id | null;
  /** For which the customer bought. */
  company: PurchasingCompany | null;
  billingAddress: Address | null;
  shippingAddress: Address | null;
  paymentGateways: string[];
  discountApplications: DiscountApplication[];
  lines: LineItem[];
  shippingLines: ShippingLine[];
  additionalFees: AdditionalFee[];
  transactions: Transaction[];
  fulfillments: Fulfillment[];
  fulfillmentOrders: FulfillmentOrder[];
  refunds: Refund[];
  returns: Return[];
  agreements: Agreement[];
  paymentTerms: PaymentTerms | null;
  /** What the order cost when it was placed (lines change under edits, so this cannot be derived). */
  originalTotal: MoneyBag;
};
