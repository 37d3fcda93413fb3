// What the acts take. Fields left out stay as they are (update) or get Shopify's default (create). Ids are plain decimal
// strings, never gids. Decimals are in the shop's currency unless said otherwise.

import type {
  Address,
  Attribute,
  CancelReason,
  Collection,
  Customer,
  Decimal,
  Id,
  InventoryItem,
  Location,
  MediaImage,
  MoneyBag,
  Order,
  OwnerType,
  Product,
  PurchasingCompany,
  RestockType,
  QuantityName,
  Tracking,
  TransactionKind,
} from "./truth.ts";

export type AddressInput = Partial<Omit<Address, "id">>;

export type MetafieldInput = { namespace: string; key: string; type?: string; value: string };

export type VariantInput = {
  selectedOptions?: { name: string; value: string }[];
  sku?: string | null;
  barcode?: string | null;
  price?: Decimal;
  compareAtPrice?: Decimal | null;
  taxable?: boolean;
  inventoryPolicy?: "DENY" | "CONTINUE";
  position?: number;
  /** Of the product's media, the one that shows it; null for none. */
  mediaId?: Id | null;
  item?: InventoryItemInput;
  metafields?: MetafieldInput[];
  /** Starting stock: available units per location. */
  stock?: { locationId: Id; available: number }[];
};

export type InventoryItemInput = Partial<
  Pick<
    InventoryItem,
    | "tracked"
    | "cost"
    | "requiresShipping"
    | "weight"
    | "harmonizedSystemCode"
    | "countryHarmonizedSystemCodes"
    | "countryCodeOfOrigin"
    | "provinceCodeOfOrigin"
  >
> & { sku?: string | null };

export type MediaInput = Pick<MediaImage, "url"> &
  Partial<Pick<MediaImage, "alt" | "width" | "height" | "mimeType" | "variantIds">>;

export type ProductInput = Partial<
  Pick<
    Product,
    | "title"
    | "handle"
    | "descriptionHtml"
    | "vendor"
    | "productType"
    | "tags"
    | "status"
    | "seo"
    | "category"
    | "templateSuffix"
    | "publishedAt"
    | "isGiftCard"
    | "giftCardTemplateSuffix"
    | "requiresSellingPlan"
  >
> & { metafields?: MetafieldInput[] };
/** Without `variants` a product gets the one "Default Title" variant. */
export type ProductCreateInput = ProductInput & {
  title: string;
  options?: { name: string; values: string[] }[];
  variants?: VariantInput[];
  /** `shows`: which of the variants, by their place from 0. */
  media?: (Omit<MediaInput, "variantIds"> & { shows?: number[] })[];
  collectionIds?: Id[];
};

export type MetafieldSetInput = MetafieldInput & { ownerType: OwnerType; ownerId: Id };

export type LocationInput = Partial<
  Pick<Location, "name" | "address" | "fulfillsOnlineOrders" | "shipsInventory">
>;

export type CustomerInput = Partial<
  Pick<Customer, "firstName" | "lastName" | "email" | "phone" | "note" | "tags" | "locale" | "taxExempt">
> & { addresses?: AddressInput[]; acceptsMarketing?: boolean; metafields?: MetafieldInput[] };

export type CollectionInput = Partial<
  Pick<
    Collection,
    | "title"
    | "handle"
    | "descriptionHtml"
    | "sortOrder"
    | "templateSuffix"
    | "publishedAt"
    | "conditions"
    | "matchType"
    | "productIds"
  >
>;

export type OrderLineInput = {
  /** A variant of the store; or null for a custom line, which then needs title and price. */
  variantId: Id | null;
  quantity: number;
  title?: string;
  /** Overrides the variant's price. Shop currency. */
  price?: Decimal;
  attributes?: Attribute[];
  requiresShipping?: boolean;
  taxable?: boolean;
  isTip?: boolean;
  sku?: string | null;
  /** Of the line's price before discounts: a rate of 0.05 is 5 %. */
  duty?: { rate: number; countryCodeOfOrigin: string; harmonizedSystemCode: string };
};

/** On the whole cart, on shipping, or (with `lines`, indexes into the order's lines) on single lines. */
export type DiscountInput = {
  kind: "code" | "automatic" | "manual";
  /** The code or the title. */
  name: string;
  on?: "lines" | "shipping";
  lines?: number[];
} & ({ percentage: number } | { amount: Decimal });

export type OrderPlaceInput = {
  lines: OrderLineInput[];
  customerId?: Id | null;
  company?: PurchasingCompany | null;
  email?: string | null;
  phone?: string | null;
  shippingAddress?: AddressInput | null;
  billingAddress?: AddressInput | null;
  discounts?: DiscountInput[];
  /** Default: free of charge "Standard" when something needs shipping; null: none. */
  shipping?: { title: string; code?: string; price: Decimal } | null;
  /** In the shop's currency. */
  additionalFees?: { name: string; price: Decimal }[];
  /** Default "paid" (a successful SALE). "pending" leaves a pending sale, "authorized" an authorization to capture. */
  payment?: "paid" | "pending" | "authorized";
  gateway?: string;
  /** Default 0.00: share of the price, e.g. { title: "VAT", rate: 0.19 }. */
  taxes?: { title: string; rate: number }[];
  presentmentCurrency?: string;
  /** Presentment units per shop unit; needed when the presentment currency differs. */
  rate?: Decimal;
  note?: string | null;
  tags?: string[];
  attributes?: Attribute[];
  poNumber?: string | null;
  test?: boolean;
  sourceName?: string;
  sourceIdentifier?: string | null;
  customerLocale?: string;
  retailLocationId?: Id | null;
  processedAt?: string;
  metafields?: MetafieldInput[];
};

export type OrderUpdateInput = Partial<
  Pick<Order, "note" | "tags" | "attributes" | "email" | "phone" | "poNumber">
> & {
  shippingAddress?: AddressInput;
  metafields?: MetafieldInput[];
};

export type OrderEditInput = {
  /** New lines. */
  add?: OrderLineInput[];
  /** New current quantity per existing line; 0 removes it. */
  quantities?: { lineItemId: Id; quantity: number; restock?: boolean }[];
  note?: string | null;
};

export type FulfilInput = {
  /** Default: everything that is left. */
  lines?: { lineItemId: Id; quantity: number }[];
  tracking?: Partial<Tracking>[];
  locationId?: Id;
};

export type RefundInput = {
  lines?: { lineItemId: Id; quantity: number; restockType?: RestockType; locationId?: Id }[];
  /** Shipping to give back: all that is left, or an amount in presentment currency (before tax). */
  shipping?: "full" | Decimal;
  /** Money to pay back, in presentment currency; default: what the lines and the shipping are worth. */
  amount?: Decimal;
  note?: string | null;
  returnId?: Id | null;
};

export type CancelInput = {
  reason?: CancelReason;
  restock?: boolean;
  refund?: boolean;
  staffNote?: string | null;
};

export type ReturnInput = {
  lines: {
    lineItemId: Id;
    quantity: number;
    reason?: string;
    note?: string;
    customerNote?: string;
    /** Whole percent of what the units cost. */
    restockingFee?: number;
  }[];
  /** What sending it back costs the buyer, in presentment currency. */
  shippingFee?: Decimal;
};

export type StockChange = { inventoryItemId: Id; locationId: Id; name?: QuantityName; quantity: number };

/** A transaction as tests may need to write it by hand. */
export type TransactionInput = { kind: TransactionKind; amount: MoneyBag; parentId?: Id | null };
