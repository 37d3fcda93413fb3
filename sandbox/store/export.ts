// The truth, whole, as plain JSON: what a mirror of the store must equal. Everything Shopify would show is spelled out,
// derived values included; ids are decimal strings, money is decimal strings with the currency's digits as
// `{ shop, presentment }`, times (`…At`) are UTC in whole seconds, as Shopify shows them.

import type { Channel } from "./channels.ts";
import { lineTotals, refundTotal, shippingTotals, totals, discountCodes, type LineTotals } from "./totals.ts";
import type { OrderTotals, ShippingTotals } from "./totals.ts";
import {
  availableOf,
  collectionsOf,
  customerCounts,
  hasActiveInventory,
  isForSale,
  metafieldsOf,
  publicationsOf,
  totalInventory,
  variantsOf,
} from "./lookups.ts";
import {
  collectionRarities,
  customerRarities,
  fulfillmentOrderRarities,
  lineRarities,
  orderRarities,
  productRarities,
  returnRarities,
  shippingRarities,
  transactionRarities,
  variantRarities,
} from "./rarities.ts";
import {
  financialStatus,
  fulfillmentStatus,
  isFullyPaid,
  isUnpaid,
  lineProductId,
  lineVariantId,
  paymentSchedule,
  quantitiesOf,
  requiresShipping,
  returnStatus,
} from "./states.ts";
import type {
  FinancialStatus,
  FulfillmentStatusShown,
  PaymentScheduleShown,
  ReturnStatus,
} from "./states.ts";
import type { Store } from "./store.ts";
import { gid, levelGid, shownTime, TYPE_OF_TABLE } from "./truth.ts";
import type {
  Collection,
  Customer,
  Frozen,
  Id,
  InventoryItem,
  InventoryLevel,
  LineItem,
  Location,
} from "./truth.ts";
import type { Metafield, MoneyBag, Order, OwnerType, Product, QuantityName, Refund, Shop } from "./truth.ts";
import type { FulfillmentOrder, Return, ShippingLine, TableName, Transaction, Variant } from "./truth.ts";

type Exported<T> = Omit<T, "rev"> & { gid: string };

export type ExportedLine = LineItem & { rarities: ReturnType<typeof lineRarities> } & {
  /** As shown now: null when it was deleted since. */
  productId: Id | null;
  variantId: Id | null;
  position: number;
  totals: LineTotals;
};
export type ExportedTransaction = Transaction & { rarities: ReturnType<typeof transactionRarities> };
export type ExportedOrder = Exported<
  Omit<Order, "lines" | "shippingLines" | "refunds" | "returns" | "transactions" | "fulfillmentOrders">
> & {
  rarities: ReturnType<typeof orderRarities>;
  lines: ExportedLine[];
  shippingLines: (ShippingLine & { totals: ShippingTotals; rarities: ReturnType<typeof shippingRarities> })[];
  transactions: ExportedTransaction[];
  fulfillmentOrders: (FulfillmentOrder & { rarities: ReturnType<typeof fulfillmentOrderRarities> })[];
  refunds: (Refund & { totalRefunded: MoneyBag })[];
  returns: (Return & { rarities: ReturnType<typeof returnRarities> })[];
  totals: OrderTotals;
  financialStatus: FinancialStatus;
  fulfillmentStatus: FulfillmentStatusShown;
  returnStatus: ReturnStatus;
  isFullyPaid: boolean;
  isUnpaid: boolean;
  isClosed: boolean;
  paymentSchedule: PaymentScheduleShown | null;
  requiresShipping: boolean;
  discountCodes: { code: string; amount: string; type: string }[];
  metafields: Exported<Metafield>[];
};
export type ExportedProduct = Exported<Omit<Product, "publications">> & {
  rarities: ReturnType<typeof productRarities>;
  variantIds: Id[];
  collectionIds: Id[];
  publications: { channel: Channel; publishedAt: string }[];
  totalInventory: number;
  metafields: Exported<Metafield>[];
};
export type ExportedVariant = Exported<Variant> & {
  rarities: ReturnType<typeof variantRarities>;
  inventoryQuantity: number;
  isForSale: boolean;
  metafields: Exported<Metafield>[];
};
export type ExportedLevel = Exported<Omit<InventoryLevel, "quantities" | "changedAt">> & {
  quantities: Record<QuantityName, number>;
};
export type ExportedCustomer = Exported<Customer> & {
  rarities: ReturnType<typeof customerRarities>;
  numberOfOrders: number;
  metafields: Exported<Metafield>[];
};

export type TruthExport = {
  shop: Exported<Shop>;
  /** The number of the last act, and the store's time. */
  version: number;
  at: string;
  locations: (Exported<Location> & { hasActiveInventory: boolean })[];
  products: ExportedProduct[];
  variants: ExportedVariant[];
  inventoryItems: Exported<InventoryItem>[];
  inventoryLevels: ExportedLevel[];
  customers: ExportedCustomer[];
  collections: (Exported<Collection> & { rarities: ReturnType<typeof collectionRarities> })[];
  metafields: Exported<Metafield>[];
  orders: ExportedOrder[];
};

/** The whole store, records in the order of their making. Large: about 10 MB as JSON for 2,000 orders. */
export function exportTruth(store: Store): TruthExport {
  const plain = <T extends { id: Id }>(table: TableName, record: T) =>
    plainRecord(TYPE_OF_TABLE[table], record);
  const truth = {
    shop: plain("shop", store.shop),
    version: store.version,
    at: shownTime(store.now().toISOString()),
    locations: store.list("locations").map((record) => ({
      ...plain("locations", record),
      hasActiveInventory: hasActiveInventory(store, record.id),
    })),
    products: store.list("products").map((record) => exportProduct(store, record)),
    variants: store.list("variants").map((record) => ({
      ...plain("variants", record),
      rarities: variantRarities(record),
      inventoryQuantity: availableOf(store, record),
      isForSale: isForSale(store, record),
      metafields: exportMetafields(store, "PRODUCTVARIANT", record.id),
    })),
    inventoryItems: store.list("inventoryItems").map((record) => plain("inventoryItems", record)),
    inventoryLevels: store.list("inventoryLevels").map(exportLevel),
    customers: store.list("customers").map((record) => ({
      ...plain("customers", record),
      rarities: customerRarities(record),
      numberOfOrders: customerCounts(store, record).numberOfOrders,
      metafields: exportMetafields(store, "CUSTOMER", record.id),
    })),
    collections: store.list("collections").map((record) => ({
      ...plain("collections", record),
      rarities: collectionRarities(record),
    })),
    metafields: store.list("metafields").map((record) => plain("metafields", record)),
    orders: store.list("orders").map((record) => exportOrder(store, record)),
  };
  return showTimes(truth) as TruthExport;
}

function exportProduct(store: Store, product: Frozen<Product>) {
  return {
    ...plainRecord("Product", product),
    rarities: productRarities(product),
    variantIds: variantsOf(store, product.id).map((variant) => variant.id),
    collectionIds: collectionsOf(store, product.id).map((collection) => collection.id),
    publications: publicationsOf(product),
    totalInventory: totalInventory(store, product),
    metafields: exportMetafields(store, "PRODUCT", product.id),
  };
}

function exportLevel(level: Frozen<InventoryLevel>) {
  const { rev: _rev, quantities: _stored, changedAt: _times, ...rest } = level;
  const quantities = Object.fromEntries(
    Object.entries(quantitiesOf(level)).map(([name, value]) => [name, value.quantity]),
  );
  return { ...rest, gid: levelGid(level), quantities };
}

/** One order as it stands in `exportTruth`. */
export function exportOrder(store: Store, order: Frozen<Order>) {
  return {
    ...plainRecord("Order", order),
    rarities: orderRarities(order),
    lines: order.lines.map((line, index) => ({
      ...line,
      rarities: lineRarities(line),
      productId: lineProductId(store, line),
      variantId: lineVariantId(store, line),
      position: index + 1,
      totals: lineTotals(order, line),
    })),
    shippingLines: order.shippingLines.map((line) => ({
      ...line,
      totals: shippingTotals(order, line),
      rarities: shippingRarities(line),
    })),
    transactions: order.transactions.map((transaction) => ({
      ...transaction,
      rarities: transactionRarities(order, transaction),
    })),
    fulfillmentOrders: order.fulfillmentOrders.map((task) => ({
      ...task,
      rarities: fulfillmentOrderRarities(order, task),
    })),
    refunds: order.refunds.map((refund) => ({ ...refund, totalRefunded: refundTotal(order, refund) })),
    returns: order.returns.map((one) => ({ ...one, rarities: returnRarities(order, one) })),
    totals: totals(order),
    financialStatus: financialStatus(order),
    fulfillmentStatus: fulfillmentStatus(order),
    returnStatus: returnStatus(order),
    isFullyPaid: isFullyPaid(order),
    isUnpaid: isUnpaid(order),
    isClosed: order.closedAt !== null,
    paymentSchedule: paymentSchedule(order),
    requiresShipping: requiresShipping(order),
    discountCodes: discountCodes(order),
    metafields: exportMetafields(store, "ORDER", order.id),
  };
}

const exportMetafields = (store: Store, ownerType: OwnerType, ownerId: Id) =>
  metafieldsOf(store, ownerType, ownerId).map((field) => plainRecord("Metafield", field));

function plainRecord<T extends { id: Id }>(type: string, record: T) {
  const { rev: _rev, ...rest } = record as T & { rev?: number };
  return { ...rest, gid: gid(type, record.id) };
}

function showTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showTimes);
  if (value === null || typeof value !== "object") return value;
  const shown = Object.entries(value).map(([key, part]) => [
    key,
    key.endsWith("At") && typeof part === "string" ? shownTime(part) : showTimes(part),
  ]);
  return Object.fromEntries(shown);
}
