// Everything that can happen in the store. Every act is one `store.act`: it validates (UserError), writes and announces
// its topics. `import { placeOrder } from "#sandbox/store/acts.ts"`; the rooms in acts/ are not imported directly.

import type { Store } from "./store.ts";
import type * as I from "./inputs.ts";
import type { Collection, Customer, Decimal, Fulfillment, Frozen, Id, InventoryItem, InventoryLevel } from "./truth.ts";
import type { Location, MediaImage, Metafield, Order, OwnerType, Product, Refund, Return, Variant } from "./truth.ts";

/** The signatures, in one place to read. */
export type Acts = {
  createProduct(store: Store, input: I.ProductCreateInput): Frozen<Product>;
  updateProduct(store: Store, id: Id, input: I.ProductInput): Frozen<Product>;
  deleteProduct(store: Store, id: Id): Id;
  createVariant(store: Store, productId: Id, input: I.VariantInput): Frozen<Variant>;
  updateVariant(store: Store, id: Id, input: I.VariantInput): Frozen<Variant>;
  deleteVariant(store: Store, id: Id): Id;
  addMedia(store: Store, productId: Id, input: I.MediaInput): Frozen<MediaImage>;
  updateInventoryItem(store: Store, id: Id, input: I.InventoryItemInput): Frozen<InventoryItem>;

  setMetafield(store: Store, input: I.MetafieldSetInput): Frozen<Metafield>;
  deleteMetafield(store: Store, owner: { ownerType: OwnerType; ownerId: Id; namespace: string; key: string }): Id;

  /** `name` defaults to "available"; "on_hand" moves available by the difference. */
  setStock(store: Store, changes: I.StockChange[]): Frozen<InventoryLevel>[];
  adjustStock(store: Store, changes: I.StockChange[]): Frozen<InventoryLevel>[];
  moveStock(
    store: Store,
    move: {
      inventoryItemId: Id;
      quantity: number;
      from: { locationId: Id; name: I.StockChange["name"] };
      to: { locationId: Id; name: I.StockChange["name"] };
    },
  ): Frozen<InventoryLevel>[];
  connectLevel(store: Store, inventoryItemId: Id, locationId: Id, available?: number): Frozen<InventoryLevel>;
  disconnectLevel(store: Store, inventoryItemId: Id, locationId: Id): Id;

  createLocation(store: Store, input: I.LocationInput & { name: string }): Frozen<Location>;
  updateLocation(store: Store, id: Id, input: I.LocationInput): Frozen<Location>;
  activateLocation(store: Store, id: Id): Frozen<Location>;
  deactivateLocation(store: Store, id: Id): Frozen<Location>;
  deleteLocation(store: Store, id: Id): Id;

  createCustomer(store: Store, input: I.CustomerInput): Frozen<Customer>;
  updateCustomer(store: Store, id: Id, input: I.CustomerInput): Frozen<Customer>;
  deleteCustomer(store: Store, id: Id): Id;

  createCollection(store: Store, input: I.CollectionInput & { title: string }): Frozen<Collection>;
  updateCollection(store: Store, id: Id, input: I.CollectionInput): Frozen<Collection>;
  deleteCollection(store: Store, id: Id): Id;

  placeOrder(store: Store, input: I.OrderPlaceInput): Frozen<Order>;
  updateOrder(store: Store, id: Id, input: I.OrderUpdateInput): Frozen<Order>;
  markOrderPaid(store: Store, id: Id): Frozen<Order>;
  /** In presentment currency; default: everything that is authorized. */
  captureOrder(store: Store, id: Id, amount?: Decimal): Frozen<Order>;
  editOrder(store: Store, id: Id, input: I.OrderEditInput): Frozen<Order>;
  fulfilOrder(store: Store, id: Id, input?: I.FulfilInput): Frozen<Fulfillment>;
  updateTracking(store: Store, id: Id, fulfillmentId: Id, tracking: I.FulfilInput["tracking"]): Frozen<Fulfillment>;
  cancelFulfillment(store: Store, id: Id, fulfillmentId: Id): Frozen<Fulfillment>;
  refundOrder(store: Store, id: Id, input: I.RefundInput): Frozen<Refund>;
  cancelOrder(store: Store, id: Id, input?: I.CancelInput): Frozen<Order>;
  closeOrder(store: Store, id: Id): Frozen<Order>;
  reopenOrder(store: Store, id: Id): Frozen<Order>;
  /** Only cancelled orders, or such without a payment by card, as in Shopify. */
  deleteOrder(store: Store, id: Id): Id;
  openReturn(store: Store, id: Id, input: I.ReturnInput): Frozen<Return>;
  closeReturn(store: Store, id: Id, returnId: Id): Frozen<Return>;
};
