// Which fields of a webhook's body are read, by resource: what a subscription of one shop alone asks for where that shop
// leaves something out. A field that is not asked for is not stated by the body, so its columns stay as they are until the
// record is read; a field can therefore always be left out, never be forgotten among those that identify a record.
// tests/sync/subscription-fields.test.ts holds this to what the descriptors read.
import type { ResourceName } from "./define.ts";

export interface BodyFields {
  /** Paths that are read whatever a shop leaves out; a dot leads into an object, or into the entries of a list. */
  readonly always: readonly string[];
  /** Path → "Model", or "Model.field": not asked for where any of them is left out. */
  readonly unless: Readonly<Record<string, readonly string[]>>;
}

/** Whose news it is and of when; `updated_at` keeps Shopify from taking two states for one. */
export const IDENTITY: readonly string[] = ["id", "admin_graphql_api_id", "updated_at"];

const ORDER_MONEY = [
  "subtotal_price_set",
  "total_discounts_set",
  "total_shipping_price_set",
  "total_tax_set",
  "total_price_set",
  "original_total_duties_set",
  "original_total_additional_fees_set",
  "current_subtotal_price_set",
  "current_total_discounts_set",
  "current_shipping_price_set",
  "current_total_tax_set",
  "current_total_duties_set",
  "current_total_additional_fees_set",
  "total_cash_rounding_payment_adjustment_set",
  "total_cash_rounding_refund_adjustment_set",
  "current_total_price_set",
] as const;

const entriesOf = (list: string, names: readonly string[]) => names.map((name) => `${list}.${name}`);

const ORDERS: BodyFields = {
  always: [
    ...IDENTITY,
    ...["name", "order_number", "confirmation_number", "po_number", "tags", "test", "confirmed"],
    ...["created_at", "processed_at", "closed_at", "cancelled_at", "cancel_reason"],
    ...["source_name", "source_identifier", "app_id", "location_id", "customer_locale"],
    "merchant_of_record_app_id",
    ...["financial_status", "fulfillment_status", "taxes_included", "tax_exempt", "estimated_taxes"],
    ...["duties_included", "total_weight", "buyer_accepts_marketing", "currency", "presentment_currency"],
    ...ORDER_MONEY,
    "customer.id",
    ...entriesOf("line_items", [
      ...["id", "title", "variant_title", "name", "sku", "vendor", "product_id", "variant_id", "quantity"],
      ...["current_quantity", "requires_shipping", "taxable", "gift_card", "price_set"],
    ]),
  ],
  unless: {
    email: ["Order.email"],
    phone: ["Order.phone"],
    note: ["Order.note"],
    note_attributes: ["Order.customAttributes"],
    browser_ip: ["Order.clientIp"],
    cart_token: ["Order.cartToken"],
    checkout_token: ["Order.checkoutToken"],
    shipping_address: ["Order.shippingAddress"],
    billing_address: ["Order.billingAddress"],
    payment_gateway_names: ["Order.paymentGatewayNames"],
    payment_terms: ["OrderPaymentTerms"],
    discount_codes: ["Order.discountCodes"],
    // Put together from the applications and from the allocations of all lines: it is stated whole or not at all.
    discount_applications: [
      "Order.discountApplications",
      "OrderLineItem.discountAllocations",
      "OrderShippingLine",
    ],
    tax_lines: ["Order.taxLines"],
    company: ["Order.companyId", "Order.companyLocationId"],
    "line_items.properties": ["OrderLineItem.customAttributes"],
    "line_items.discount_allocations": ["OrderLineItem.discountAllocations"],
    "line_items.tax_lines": ["OrderLineItem.taxLines"],
    "line_items.duties": ["OrderLineItem.duties"],
    ...Object.fromEntries(
      [
        ...["id", "title", "code", "source", "carrier_identifier", "is_removed"],
        ...["price_set", "discounted_price_set", "current_discounted_price_set"],
      ].map((name) => [`shipping_lines.${name}`, ["OrderShippingLine"]]),
    ),
    "shipping_lines.phone": ["OrderShippingLine", "OrderShippingLine.phone"],
    "shipping_lines.discount_allocations": ["OrderShippingLine", "OrderShippingLine.discountAllocations"],
    "shipping_lines.tax_lines": ["OrderShippingLine", "OrderShippingLine.taxLines"],
    // Whole lists with notes, properties and addresses inside: without those, they are left to the read that follows.
    refunds: ["OrderRefund.note", "OrderLineItem.customAttributes"],
    fulfillments: ["OrderFulfillment", "OrderFulfillment.tracking", "OrderLineItem.customAttributes"],
  },
};

const CUSTOMERS: BodyFields = {
  always: [...IDENTITY, "created_at", "state", "verified_email"],
  unless: {
    first_name: ["Customer.firstName"],
    last_name: ["Customer.lastName"],
    email: ["Customer.email"],
    phone: ["Customer.phone"],
    note: ["Customer.note"],
    tags: ["Customer.tags"],
    tax_exempt: ["Customer.taxExempt"],
    multipass_identifier: ["Customer.multipassIdentifier"],
  },
};

const PRODUCTS: BodyFields = {
  always: [
    ...IDENTITY,
    ...["title", "handle", "status", "vendor", "product_type", "tags", "template_suffix", "options"],
    ...["has_variants_that_requires_components", "published_at", "created_at", "variants", "variant_gids"],
  ],
  unless: {
    body_html: ["Product.descriptionHtml"],
    category: ["Product.categoryId", "Product.categoryName"],
    media: ["ProductMedia"],
  },
};

const OWNER: BodyFields = { always: IDENTITY, unless: {} };

/** Of the topics that tell of a record itself, and of its owner. A resource that is not here reads whole bodies. */
export const BODY_FIELDS: { readonly [name in ResourceName]?: BodyFields } = {
  orders: ORDERS,
  customers: CUSTOMERS,
  products: PRODUCTS,
  product_metafields: OWNER,
  order_metafields: OWNER,
  customer_metafields: OWNER,
  collection_metafields: OWNER,
  variant_metafields: { always: [...IDENTITY, "variants", "variant_gids"], unless: {} },
};
