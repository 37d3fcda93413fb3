/**
 * What each searchable connection can be filtered and sorted by. Fields follow the schema's documentation, which
 * schema/*.searches.json holds and tests/sandbox/api.test.ts compares; what is not listed is answered with a warning, as
 * Shopify does.
 */
import { financialStatus, fulfillmentStatus, returnStatus } from "../../store/states.ts";
import { totals } from "../../store/totals.ts";
import type {
  Collection,
  Customer,
  Frozen,
  FulfillmentOrder,
  InventoryItem,
  InventoryLevel,
  Location,
  Order,
  Product,
  Variant,
} from "../../store/truth.ts";
import { BY_ID, cursorTime, type SortKey } from "../connection.ts";
import type { SearchField, SearchSpec } from "../search-match.ts";

type Timed = { readonly id: string; readonly createdAt: string; readonly updatedAt: string };

/** What every record can be searched by. */
function basics<T extends Omit<Timed, "createdAt">>(): Record<string, SearchField<T>> {
  return {
    id: { kind: "id", of: (record) => record.id },
    updated_at: { kind: "time", of: (record) => record.updatedAt },
  };
}

/** And nearly every one, too. */
function dated<T extends Timed>(): Record<string, SearchField<T>> {
  return { ...basics<T>(), created_at: { kind: "time", of: (record) => record.createdAt } };
}

const statusOf = (order: Frozen<Order>): string =>
  order.cancelledAt !== null ? "cancelled" : order.closedAt !== null ? "closed" : "open";

/** `status:open` and `status:closed` include cancelled orders by their own state; `not_closed` is everything not closed. */
const orderStatuses = (order: Frozen<Order>): string[] => {
  const closed = order.closedAt !== null;
  return [statusOf(order), closed ? "closed" : "not_closed"];
};

const FINANCIAL = [
  "paid",
  "pending",
  "authorized",
  "partially_paid",
  "partially_refunded",
  "refunded",
  "voided",
  "expired",
  "unpaid",
];
const FULFILLMENT = [
  "unshipped",
  "shipped",
  "fulfilled",
  "partial",
  "scheduled",
  "on_hold",
  "unfulfilled",
  "request_declined",
];

const financialStates = (order: Frozen<Order>): string[] => {
  const state = financialStatus(order).toLowerCase();
  return ["pending", "authorized", "partially_paid"].includes(state) ? [state, "unpaid"] : [state];
};
const fulfillmentStates = (order: Frozen<Order>): string[] => {
  switch (fulfillmentStatus(order)) {
    case "FULFILLED":
      return ["fulfilled", "shipped"];
    case "PARTIALLY_FULFILLED":
      return ["partial", "unfulfilled"];
    case "ON_HOLD":
      return ["on_hold", "unshipped", "unfulfilled"];
    case "UNFULFILLED":
      return ["unshipped", "unfulfilled"];
  }
};

const nameOf = (order: Frozen<Order>): string[] => [order.name, order.name.replace(/^#/, "")];

export const ORDER_SEARCH: SearchSpec<Frozen<Order>> = {
  fields: {
    ...dated<Frozen<Order>>(),
    processed_at: { kind: "time", of: (order) => order.processedAt },
    status: { kind: "enum", of: orderStatuses, values: ["open", "closed", "cancelled", "not_closed"] },
    financial_status: { kind: "enum", of: financialStates, values: FINANCIAL },
    fulfillment_status: { kind: "enum", of: fulfillmentStates, values: FULFILLMENT },
    return_status: {
      kind: "enum",
      of: (order) => returnStatus(order),
      values: [
        "return_requested",
        "in_progress",
        "inspection_complete",
        "returned",
        "return_failed",
        "no_return",
      ],
    },
    tag: { kind: "keyword", of: (order) => order.tags },
    name: { kind: "keyword", of: nameOf },
    email: { kind: "keyword", of: (order) => order.email },
    confirmation_number: { kind: "keyword", of: (order) => order.confirmationNumber },
    po_number: { kind: "keyword", of: (order) => order.poNumber },
    source_name: { kind: "keyword", of: (order) => order.sourceName },
    source_identifier: { kind: "keyword", of: (order) => order.sourceIdentifier },
    discount_code: { kind: "keyword", of: (order) => order.discountApplications.map((each) => each.code) },
    gateway: { kind: "keyword", of: (order) => order.paymentGateways },
    sku: { kind: "keyword", of: (order) => order.lines.map((line) => line.sku) },
    customer_id: { kind: "id", of: (order) => order.customerId },
    location_id: { kind: "id", of: (order) => order.retailLocationId },
    test: { kind: "boolean", of: (order) => order.test },
    current_total_price: { kind: "number", of: (order) => Number(totals(order).currentTotalPrice.shop) },
  },
  words: (order) => [
    ...nameOf(order),
    order.email,
    order.shippingAddress &&
      `${order.shippingAddress.firstName ?? ""} ${order.shippingAddress.lastName ?? ""}`,
    ...order.lines.flatMap((line) => [line.title, line.sku]),
  ],
};

export const PRODUCT_SEARCH: SearchSpec<Frozen<Product>> = {
  fields: {
    ...dated<Frozen<Product>>(),
    published_at: { kind: "time", of: (product) => product.publishedAt },
    title: { kind: "words", of: (product) => product.title },
    handle: { kind: "keyword", of: (product) => product.handle },
    vendor: { kind: "keyword", of: (product) => product.vendor },
    product_type: { kind: "keyword", of: (product) => product.productType },
    tag: { kind: "keyword", of: (product) => product.tags },
    status: {
      kind: "enum",
      of: (product) => product.status,
      values: ["active", "archived", "draft", "unlisted"],
    },
    published_status: {
      kind: "enum",
      of: (product) => (product.publishedAt === null ? "unpublished" : "published"),
      values: ["published", "unpublished", "visible", "unset", "approved", "pending"],
    },
    category_id: { kind: "keyword", of: (product) => product.category?.id.split("/").at(-1) ?? null },
    gift_card: { kind: "boolean", of: (product) => product.isGiftCard },
  },
  words: (product) => [product.title, product.vendor, product.productType, ...product.tags],
};

/** Fields of a product's variants need the store; see `productSearch` in roots. */
export const VARIANT_SEARCH: SearchSpec<Frozen<Variant>> = {
  fields: {
    ...basics<Frozen<Variant>>(),
    product_id: { kind: "id", of: (variant) => variant.productId },
    sku: { kind: "keyword", of: (variant) => variant.sku },
    barcode: { kind: "keyword", of: (variant) => variant.barcode },
    title: { kind: "words", of: (variant) => variant.title },
    option1: { kind: "keyword", of: (variant) => variant.selectedOptions[0]?.value ?? null },
    option2: { kind: "keyword", of: (variant) => variant.selectedOptions[1]?.value ?? null },
    option3: { kind: "keyword", of: (variant) => variant.selectedOptions[2]?.value ?? null },
    taxable: { kind: "boolean", of: (variant) => variant.taxable },
  },
  words: (variant) => [variant.title, variant.sku, variant.barcode],
};

export const ITEM_SEARCH: SearchSpec<Frozen<InventoryItem>> = {
  fields: { ...dated<Frozen<InventoryItem>>(), sku: { kind: "keyword", of: (item) => item.sku } },
  words: (item) => [item.sku],
};

export const LEVEL_SEARCH: SearchSpec<Frozen<InventoryLevel>> = {
  fields: {
    id: { kind: "id", of: (level) => level.number },
    created_at: { kind: "time", of: (level) => level.createdAt },
    updated_at: { kind: "time", of: (level) => level.updatedAt },
    inventory_item_id: { kind: "id", of: (level) => level.inventoryItemId },
    item_id: { kind: "id", of: (level) => level.inventoryItemId },
  },
};

export const LOCATION_SEARCH: SearchSpec<Frozen<Location>> = {
  fields: {
    id: { kind: "id", of: (location) => location.id },
    location_id: { kind: "id", of: (location) => location.id },
    created_at: { kind: "time", of: (location) => location.createdAt },
    name: { kind: "words", of: (location) => location.name },
    address1: { kind: "words", of: (location) => location.address.address1 },
    city: { kind: "words", of: (location) => location.address.city },
    country: { kind: "words", of: (location) => location.address.country },
    province: { kind: "words", of: (location) => location.address.province },
    zip: { kind: "keyword", of: (location) => location.address.zip },
    active: { kind: "boolean", of: (location) => location.isActive },
  },
  words: (location) => [location.name, location.address.city],
};

export const CUSTOMER_SEARCH: SearchSpec<Frozen<Customer>> = {
  fields: {
    ...basics<Frozen<Customer>>(),
    customer_date: { kind: "time", of: (customer) => customer.createdAt },
    email: { kind: "keyword", of: (customer) => customer.email },
    phone: { kind: "keyword", of: (customer) => customer.phone },
    first_name: { kind: "words", of: (customer) => customer.firstName },
    last_name: { kind: "words", of: (customer) => customer.lastName },
    tag: { kind: "keyword", of: (customer) => customer.tags },
    state: {
      kind: "enum",
      of: (customer) => customer.state,
      values: ["disabled", "invited", "enabled", "declined"],
    },
    accepts_marketing: { kind: "boolean", of: (customer) => customer.emailMarketing.state === "SUBSCRIBED" },
    country: { kind: "words", of: (customer) => customer.addresses.map((address) => address.country) },
  },
  words: (customer) => [customer.firstName, customer.lastName, customer.email, customer.phone],
};
/** Recorded: the count knows fewer fields than the list. */
export const CUSTOMER_COUNT_SEARCH: SearchSpec<Frozen<Customer>> = { fields: dated<Frozen<Customer>>() };

export const COLLECTION_SEARCH: SearchSpec<Frozen<Collection>> = {
  fields: {
    ...basics<Frozen<Collection>>(),
    title: { kind: "words", of: (collection) => collection.title },
    handle: { kind: "keyword", of: (collection) => collection.handle },
    collection_type: { kind: "enum", of: () => "custom", values: ["custom", "smart"] },
    product_id: { kind: "id", of: (collection) => collection.productIds },
  },
  words: (collection) => [collection.title],
};

const times = <T extends Timed>() => ({
  CREATED_AT: { of: (record: T) => cursorTime(record.createdAt) },
  UPDATED_AT: { of: (record: T) => cursorTime(record.updatedAt) },
});

export const TASK_SEARCH: SearchSpec<{ id: string; order: Frozen<Order>; part: Frozen<FulfillmentOrder> }> = {
  fields: {
    id: { kind: "id", of: ({ id }) => id },
    updated_at: { kind: "time", of: ({ part }) => part.updatedAt },
    status: {
      kind: "enum",
      of: ({ part }) => part.status,
      values: ["open", "in_progress", "on_hold", "closed", "cancelled", "scheduled", "incomplete"],
    },
    assigned_location_id: { kind: "id", of: ({ part }) => part.locationId },
  },
};

export const ORDER_SORTS: Record<string, SortKey<Frozen<Order>>> = {
  "": BY_ID,
  ID: BY_ID,
  ...times<Frozen<Order>>(),
  PROCESSED_AT: { of: (order) => cursorTime(order.processedAt) },
  ORDER_NUMBER: { of: (order) => order.number },
  PO_NUMBER: { of: (order) => order.poNumber },
  TOTAL_PRICE: { of: (order) => Number(totals(order).totalPrice.shop) },
  CURRENT_TOTAL_PRICE: { of: (order) => Number(totals(order).currentTotalPrice.shop) },
  FINANCIAL_STATUS: { of: (order) => financialStatus(order) },
  FULFILLMENT_STATUS: { of: (order) => fulfillmentStatus(order) },
};

export const PRODUCT_SORTS: Record<string, SortKey<Frozen<Product>>> = {
  "": BY_ID,
  ID: BY_ID,
  ...times<Frozen<Product>>(),
  PUBLISHED_AT: { of: (product) => cursorTime(product.publishedAt) },
  TITLE: { of: (product) => product.title.toLowerCase() },
  VENDOR: { of: (product) => product.vendor.toLowerCase() },
  PRODUCT_TYPE: { of: (product) => product.productType.toLowerCase() },
};

export const CUSTOMER_SORTS: Record<string, SortKey<Frozen<Customer>>> = {
  "": BY_ID,
  ID: BY_ID,
  ...times<Frozen<Customer>>(),
  NAME: { of: (customer) => `${customer.lastName ?? ""}, ${customer.firstName ?? ""}`.toLowerCase() },
};

export const COLLECTION_SORTS: Record<string, SortKey<Frozen<Collection>>> = {
  "": BY_ID,
  ID: BY_ID,
  UPDATED_AT: { of: (collection) => cursorTime(collection.updatedAt) },
  TITLE: { of: (collection) => collection.title.toLowerCase() },
};

export const LOCATION_SORTS: Record<string, SortKey<Frozen<Location>>> = {
  "": { of: (location) => location.name.toLowerCase() },
  NAME: { of: (location) => location.name.toLowerCase() },
  ID: BY_ID,
};

export const ROOT_VARIANT_SORTS: Record<string, SortKey<Frozen<Variant>>> = {
  "": BY_ID,
  ID: BY_ID,
  SKU: { of: (variant) => variant.sku?.toLowerCase() ?? null },
  TITLE: { of: (variant) => variant.title.toLowerCase() },
  POSITION: { of: (variant) => variant.position },
};
