// The record types of the store's one truth: plain JSON values, from which both the GraphQL answers and the
// REST-shaped webhook bodies are made. Nothing that follows from something else is kept here: totals, statuses and
// remaining quantities are derived in money.ts and derived.ts. Records are deep-frozen once saved; change them through
// `store.change` or an act.

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
  publishedAt: Time | null;
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
  /** Manual membership in its order. */
  productIds: Id[];
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

export type FulfillmentOrder = {
  id: Id;
  status: "OPEN" | "IN_PROGRESS" | "CLOSED" | "CANCELLED";
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
  closedAt: Time | null;
  lines: { id: Id; lineItemId: Id; quantity: number; reason: string; note: string }[];
};

export type Agreement = { id: Id; reason: "ORDER" | "ORDER_EDIT" | "REFUND" | "RETURN"; happenedAt: Time };

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
  billingAddress: Address | null;
  shippingAddress: Address | null;
  paymentGateways: string[];
  discountApplications: DiscountApplication[];
  lines: LineItem[];
  shippingLines: ShippingLine[];
  transactions: Transaction[];
  fulfillments: Fulfillment[];
  fulfillmentOrders: FulfillmentOrder[];
  refunds: Refund[];
  returns: Return[];
  agreements: Agreement[];
  /** What the order cost when it was placed (lines change under edits, so this cannot be derived). */
  originalTotal: MoneyBag;
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
