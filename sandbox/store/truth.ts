// The record types of the store's one truth: plain JSON values, from which both the GraphQL answers and the
// REST-shaped webhook bodies are made. Nothing that follows from something else is kept here: totals, statuses and
// remaining quantities are derived in money.ts and derived.ts. Records are deep-frozen once saved; change them through
// `store.change` or an act. An order's parts stand in order-truth.ts.

import type { Order } from "./order-truth.ts";

export type * from "./order-truth.ts";

/** A Shopify id as a decimal string ("6129841405952"); may lie past 2^53. */
export type Id = string;
/** An ISO 8601 time in UTC with milliseconds. Shopify shows whole seconds (see `shownTime`). */
export type Time = string;
/** An exact decimal with the digits of its currency: "12.50" (USD), "1200" (JPY), "3.125" (KWD). */
export type Decimal = string;
/** The same money in the shop's and in the buyer's currency; the codes stand on the order. */
export type MoneyBag = { shop: Decimal; presentment: Decimal };

/** What every record has: its id, and `rev`, the store-wide number of its last write (orders equal `updatedAt`s). */
export type Saved = { id: Id; rev: number; createdAt: Time; updatedAt: Time };

export type Address = {
  id: Id;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  address1: string | null;
  address2: string | null;
  city: string | null;
  province: string | null;
  provinceCode: string | null;
  country: string | null;
  countryCode: string | null;
  zip: string | null;
  phone: string | null;
  latitude: number | null;
  longitude: number | null;
};

export type Shop = Saved & {
  name: string;
  /** "counterfoil-sandbox.myshopify.com" */
  domain: string;
  email: string;
  currency: string;
  enabledPresentmentCurrencies: string[];
  timezone: string;
  timezoneOffsetMinutes: number;
  weightUnit: WeightUnit;
  taxesIncluded: boolean;
  plan: Plan;
  ownerName: string;
  phone: string | null;
  address: Address;
};

export type Plan = "basic" | "grow" | "advanced" | "plus";
export type WeightUnit = "GRAMS" | "KILOGRAMS" | "OUNCES" | "POUNDS";

export type Location = Saved & {
  name: string;
  address: Omit<Address, "id" | "firstName" | "lastName" | "company">;
  isActive: boolean;
  deactivatedAt: Time | null;
  fulfillsOnlineOrders: boolean;
  shipsInventory: boolean;
  isFulfillmentService: boolean;
};

export type ProductStatus = "ACTIVE" | "ARCHIVED" | "DRAFT" | "UNLISTED";
export type ProductOption = { id: Id; name: string; position: number; values: { id: Id; name: string }[] };
export type MediaImage = {
  id: Id;
  /** Id of the REST image (`images[].id`), which differs from the media id. */
  imageId: Id;
  alt: string | null;
  url: string;
  width: number;
  height: number;
  mimeType: string;
  position: number;
  variantIds: Id[];
  createdAt: Time;
  updatedAt: Time;
};

export type Product = Saved & {
  title: string;
  handle: string;
  descriptionHtml: string;
  vendor: string;
  productType: string;
  tags: string[];
  status: ProductStatus;
  options: ProductOption[];
  seo: { title: string | null; description: string | null };
  category: { id: string; name: string; fullName: string } | null;
  media: MediaImage[];
  templateSuffix: string | null;
  /** On the Online Store. */
  publishedAt: Time | null;
  /** On the other channels. */
  publications: { channelId: Id; publishedAt: Time }[];
  isGiftCard: boolean;
  giftCardTemplateSuffix: string | null;
  requiresSellingPlan: boolean;
};

export type Variant = Saved & {
  productId: Id;
  title: string;
  position: number;
  sku: string | null;
  barcode: string | null;
  price: Decimal;
  compareAtPrice: Decimal | null;
  selectedOptions: { name: string; value: string }[];
  inventoryItemId: Id;
  taxable: boolean;
  taxCode: string | null;
  inventoryPolicy: "DENY" | "CONTINUE";
  requiresComponents: boolean;
};

export type InventoryItem = Saved & {
  variantId: Id;
  sku: string | null;
  tracked: boolean;
  /** Cost per unit in the shop's currency. */
  cost: Decimal | null;
  requiresShipping: boolean;
  weight: { value: number; unit: WeightUnit };
  harmonizedSystemCode: string | null;
  /** Country → the code that it wants instead. */
  countryHarmonizedSystemCodes: Record<string, string>;
  countryCodeOfOrigin: string | null;
  provinceCodeOfOrigin: string | null;
};

/** The stored quantities. `on_hand` is their sum without `incoming` (see `quantitiesOf`), so it cannot disagree. */
export type StockName =
  "available" | "committed" | "reserved" | "damaged" | "safety_stock" | "quality_control" | "incoming";
export type QuantityName = StockName | "on_hand";

/** id = "<inventoryItemId>:<locationId>". */
export type InventoryLevel = Saved & {
  inventoryItemId: Id;
  locationId: Id;
  /** The opaque number in `gid://shopify/InventoryLevel/<number>?inventory_item_id=…`; one per location, not its id. */
  number: Id;
  isActive: boolean;
  quantities: Record<StockName, number>;
  /** When each quantity last changed; null = never since the level was made. */
  changedAt: Record<StockName, Time | null>;
};

export type Customer = Saved & {
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  phone: string | null;
  note: string | null;
  tags: string[];
  locale: string;
  state: "DISABLED" | "INVITED" | "ENABLED" | "DECLINED";
  verifiedEmail: boolean;
  taxExempt: boolean;
  emailMarketing: { state: "SUBSCRIBED" | "NOT_SUBSCRIBED" | "UNSUBSCRIBED"; updatedAt: Time | null };
  /** Where the customer was asked for consents, if it was in a shop. */
  askedLocationId: Id | null;
  addresses: Address[];
  defaultAddressId: Id | null;
};

export type Collection = Saved & {
  title: string;
  handle: string;
  descriptionHtml: string;
  sortOrder: "MANUAL" | "BEST_SELLING" | "ALPHA_ASC" | "CREATED_DESC";
  templateSuffix: string | null;
  publishedAt: Time | null;
  /** What brings products in by itself; empty where all are picked by hand. */
  conditions: CollectionCondition[];
  matchType: "ALL" | "ANY";
  /** Its members in their order: picked by hand, and those that matched when it was saved. */
  productIds: Id[];
};
export type CollectionCondition = {
  on: "productTag" | "productType" | "productVendor";
  values: string[];
};

export type OwnerType =
  "PRODUCT" | "PRODUCTVARIANT" | "ORDER" | "CUSTOMER" | "COLLECTION" | "LOCATION" | "SHOP";
export type Metafield = Saved & {
  ownerType: OwnerType;
  ownerId: Id;
  namespace: string;
  key: string;
  /** "number_integer", "single_line_text_field", "json", "list.single_line_text_field", … */
  type: string;
  value: string;
};

/** A record that was deleted, for `deletionEvents` and `events`. */
export type Deletion = Saved & { table: TableName; recordId: Id; title: string; occurredAt: Time };

/** The tables and what they hold. */
export type Tables = {
  shop: Shop;
  locations: Location;
  products: Product;
  variants: Variant;
  inventoryItems: InventoryItem;
  inventoryLevels: InventoryLevel;
  customers: Customer;
  collections: Collection;
  metafields: Metafield;
  orders: Order;
  deletions: Deletion;
};
export type TableName = keyof Tables;
export const TABLE_NAMES: readonly TableName[] = [
  "shop",
  "locations",
  "products",
  "variants",
  "inventoryItems",
  "inventoryLevels",
  "customers",
  "collections",
  "metafields",
  "orders",
  "deletions",
];

/** GraphQL type names for gids. Parts of an order (line items, refunds, …) are named where they are made. */
export const TYPE_OF_TABLE = {
  shop: "Shop",
  locations: "Location",
  products: "Product",
  variants: "ProductVariant",
  inventoryItems: "InventoryItem",
  inventoryLevels: "InventoryLevel",
  customers: "Customer",
  collections: "Collection",
  metafields: "Metafield",
  orders: "Order",
  deletions: "DeletionEvent",
} as const satisfies Record<TableName, string>;

/** `gid://shopify/<type>/<id>`. Inventory levels have their own form: `levelGid`. */
export const gid = (type: string, id: Id): string => `gid://shopify/${type}/${id}`;
export const levelGid = (level: Pick<InventoryLevel, "number" | "inventoryItemId">): string =>
  `gid://shopify/InventoryLevel/${level.number}?inventory_item_id=${level.inventoryItemId}`;

/** A time as Shopify's GraphQL shows it: whole seconds, "2026-11-01T10:00:00Z". */
export const shownTime = (time: Time): string => `${time.slice(0, 19)}Z`;

/** The record types with every part read-only, as the store hands them out. */
export type Frozen<T> = T extends (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
