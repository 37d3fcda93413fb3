// Questions about records that belong together, answered in the order in which Shopify shows them. Never writes.

import { CHANNELS, ONLINE_STORE, type Channel } from "./channels.ts";
import type { Store } from "./store.ts";
import { ON_HAND } from "./states.ts";
import type {
  Collection,
  Customer,
  Frozen,
  Id,
  InventoryItem,
  InventoryLevel,
  Metafield,
  Order,
} from "./truth.ts";
import type { Location, OwnerType, Product, Variant } from "./truth.ts";

export const variantsOf = (store: Store, productId: Id): Frozen<Variant>[] =>
  store.where("variants", "productId", productId).toSorted((a, b) => a.position - b.position);

/** Channels on which it is or is to be published. */
export function publicationsOf(product: Frozen<Product>): { channel: Channel; publishedAt: string }[] {
  return CHANNELS.flatMap((channel) => {
    const placed = product.publications.find(({ channelId }) => channelId === channel.id);
    const publishedAt = channel === ONLINE_STORE ? product.publishedAt : (placed?.publishedAt ?? null);
    return publishedAt === null ? [] : [{ channel, publishedAt }];
  });
}

export const itemOf = (store: Store, variant: Frozen<Variant>): Frozen<InventoryItem> =>
  store.need("inventoryItems", variant.inventoryItemId);

export const variantOfItem = (store: Store, inventoryItemId: Id): Frozen<Variant> | undefined =>
  store.where("variants", "inventoryItemId", inventoryItemId)[0];

export const levelId = (inventoryItemId: Id, locationId: Id): Id => `${inventoryItemId}:${locationId}`;

/** Levels of an item by location; inactive ones (disconnected) only when asked for. */
export const levelsOf = (
  store: Store,
  inventoryItemId: Id,
  options: { inactive?: boolean } = {},
): Frozen<InventoryLevel>[] =>
  store
    .where("inventoryLevels", "inventoryItemId", inventoryItemId)
    .filter((level) => options.inactive || level.isActive);

export const levelsAt = (
  store: Store,
  locationId: Id,
  options: { inactive?: boolean } = {},
): Frozen<InventoryLevel>[] =>
  store
    .where("inventoryLevels", "locationId", locationId)
    .filter((level) => options.inactive || level.isActive);

export const metafieldsOf = (store: Store, ownerType: OwnerType, ownerId: Id): Frozen<Metafield>[] =>
  store.where("metafields", "ownerId", ownerId).filter((field) => field.ownerType === ownerType);

export const metafieldOf = (
  store: Store,
  ownerType: OwnerType,
  ownerId: Id,
  namespace: string,
  key: string,
): Frozen<Metafield> | undefined =>
  metafieldsOf(store, ownerType, ownerId).find((field) => field.namespace === namespace && field.key === key);

export const ordersOf = (store: Store, customerId: Id): Frozen<Order>[] =>
  store.where("orders", "customerId", customerId);

export const collectionsOf = (store: Store, productId: Id): Frozen<Collection>[] =>
  store.list("collections").filter((collection) => collection.productIds.includes(productId));

/** Sum of `available` at active levels; what Shopify calls a variant's `inventoryQuantity`. 0 when not tracked. */
export function availableOf(store: Store, variant: Frozen<Variant>): number {
  if (!itemOf(store, variant).tracked) return 0;
  return levelsOf(store, variant.inventoryItemId).reduce(
    (total, level) => total + level.quantities.available,
    0,
  );
}

/** Sum over the tracked variants; what Shopify calls `totalInventory`. */
export const totalInventory = (store: Store, product: Frozen<Product>): number =>
  variantsOf(store, product.id).reduce((total, variant) => total + availableOf(store, variant), 0);

export const isForSale = (store: Store, variant: Frozen<Variant>): boolean =>
  variant.inventoryPolicy === "CONTINUE" ||
  !itemOf(store, variant).tracked ||
  availableOf(store, variant) > 0;

export const activeLocations = (store: Store): Frozen<Location>[] =>
  store.list("locations").filter((location) => location.isActive);

export const hasActiveInventory = (store: Store, locationId: Id): boolean =>
  levelsAt(store, locationId).some((level) => ON_HAND.some((name) => level.quantities[name] !== 0));

export const hasUnfulfilledOrders = (store: Store, locationId: Id): boolean =>
  store
    .list("orders")
    .some((order) =>
      order.fulfillmentOrders.some(
        (part) => part.locationId === locationId && (part.status === "OPEN" || part.status === "IN_PROGRESS"),
      ),
    );

/** A customer's orders as Shopify counts them: test orders and cancelled ones included, deleted ones not. */
export function customerCounts(
  store: Store,
  customer: Frozen<Customer>,
): { numberOfOrders: number; lastOrderId: Id | null } {
  const orders = ordersOf(store, customer.id);
  return { numberOfOrders: orders.length, lastOrderId: orders.at(-1)?.id ?? null };
}
