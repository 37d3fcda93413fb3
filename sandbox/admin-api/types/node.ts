/**
 * From a gid to the record behind it, for `node`, `nodes` and the single roots. Parts of an order are found through an
 * index of the orders, since a gid does not say which order it belongs to.
 */
import { levelId } from "../../store/lookups.ts";
import type { Store } from "../../store/store.ts";
import type { Frozen, Order, TableName } from "../../store/truth.ts";
import { isOrderVisible } from "../access.ts";
import type { ApiContext } from "../context.ts";
import { source, type Source } from "./fields.ts";
import { readGid, type GidParts } from "./values.ts";

const TABLES: Record<string, TableName> = {
  Order: "orders",
  Product: "products",
  ProductVariant: "variants",
  InventoryItem: "inventoryItems",
  Location: "locations",
  Customer: "customers",
  Collection: "collections",
  Metafield: "metafields",
  Shop: "shop",
};

/** Undefined for an id that names nothing (any more), or nothing that this app may see. */
export function nodeOf(gid: string, context: ApiContext): Source | undefined {
  const parts = readGid(gid);
  if (!parts) return undefined;
  const table = Object.hasOwn(TABLES, parts.type) ? TABLES[parts.type] : undefined;
  if (table) {
    const record = context.store.get(table, parts.id);
    if (!record || (table === "orders" && !isOrderVisible(record as Frozen<Order>, context)))
      return undefined;
    return source(parts.type, record);
  }
  if (parts.type === "InventoryLevel") return levelNode(parts, context.store);
  if (parts.type === "WebhookSubscription") return wrap(parts.type, context.subscriptions.get(parts.id));
  if (parts.type === "BulkOperation") return wrap(parts.type, context.bulk.get(parts.id));
  if (parts.type === "AppInstallation")
    return context.install.id === parts.id ? source(parts.type, context.install) : undefined;
  return orderPart(parts, context);
}

const wrap = (type: string, record: unknown): Source | undefined =>
  record === undefined ? undefined : source(type, record);

function levelNode(parts: GidParts, store: Store): Source | undefined {
  const itemId = parts.query.get("inventory_item_id");
  if (itemId === null) return undefined;
  const level = store
    .where("inventoryLevels", "inventoryItemId", itemId)
    .find((each) => each.number === parts.id);
  return level && source("InventoryLevel", store.need("inventoryLevels", levelId(itemId, level.locationId)));
}

type Parts = (order: Frozen<Order>) => { id: string; record: unknown }[];

const ORDER_PARTS: Record<string, Parts> = {
  LineItem: (order) => order.lines.map((line) => ({ id: line.id, record: { order, line } })),
  OrderTransaction: (order) =>
    order.transactions.map((transaction) => ({ id: transaction.id, record: { order, transaction } })),
  Fulfillment: (order) =>
    order.fulfillments.map((fulfillment) => ({ id: fulfillment.id, record: { order, fulfillment } })),
  FulfillmentOrder: (order) =>
    order.fulfillmentOrders.map((part) => ({ id: part.id, record: { order, part } })),
  PaymentTerms: (order) =>
    order.paymentTerms ? [{ id: order.paymentTerms.id, record: { order, terms: order.paymentTerms } }] : [],
  Refund: (order) => order.refunds.map((refund) => ({ id: refund.id, record: { order, refund } })),
  Return: (order) => order.returns.map((each) => ({ id: each.id, record: { order, return: each } })),
};

/**
 * Order of each part by "Type id", made anew when a part is not in it and the store has changed since. A part never moves
 * to another order, and one that is gone is looked for in vain there.
 */
const indexes = new WeakMap<Store, { version: number; orders: Map<string, string> }>();

function orderPart({ type, id }: GidParts, context: ApiContext): Source | undefined {
  const partsOf = Object.hasOwn(ORDER_PARTS, type) ? ORDER_PARTS[type] : undefined;
  const orderId = partsOf && orderOf(context.store, `${type} ${id}`);
  const order = orderId === undefined ? undefined : context.store.get("orders", orderId);
  if (!partsOf || !order || !isOrderVisible(order, context)) return undefined;
  return wrap(type, partsOf(order).find((part) => part.id === id)?.record);
}

function orderOf(store: Store, part: string): string | undefined {
  const known = indexes.get(store);
  const found = known?.orders.get(part);
  if (found !== undefined || known?.version === store.version) return found;
  const orders = new Map<string, string>();
  for (const order of store.list("orders")) {
    for (const [type, partsOf] of Object.entries(ORDER_PARTS)) {
      for (const { id } of partsOf(order)) orders.set(`${type} ${id}`, order.id);
    }
  }
  indexes.set(store, { version: store.version, orders });
  return orders.get(part);
}
