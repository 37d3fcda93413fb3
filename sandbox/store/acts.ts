// Everything that can happen in the store. Every act is one `store.act`: it validates (UserError, see inputs.ts for what
// it takes), writes, and announces the topics that Shopify would send. All take the store first; none is asynchronous.

export { createCollection, deleteCollection, updateCollection } from "./acts/collections.ts";
export { createCustomer, deleteCustomer, updateCustomer } from "./acts/customers.ts";
export { editOrder } from "./acts/edit-order.ts";
export {
  holdFulfillmentOrder,
  moveFulfillmentOrder,
  releaseFulfillmentOrder,
} from "./acts/fulfillment-orders.ts";
export { cancelFulfillment, fulfilOrder, updateShipment, updateTracking } from "./acts/fulfillments.ts";
export {
  activateLocation,
  createLocation,
  deactivateLocation,
  deleteLocation,
  updateLocation,
} from "./acts/locations.ts";
export { deleteMetafield, setMetafield } from "./acts/metafields.ts";
export { cancelOrder, closeOrder, deleteOrder, reopenOrder, updateOrder } from "./acts/orders.ts";
export { captureOrder, markOrderPaid } from "./acts/payments.ts";
export { placeOrder } from "./acts/place-order.ts";
export { addMedia, createProduct, deleteProduct, updateProduct } from "./acts/products.ts";
export { publishProduct, unpublishProduct } from "./acts/publications.ts";
export { refundOrder } from "./acts/refunds.ts";
export {
  approveReturn,
  cancelReturn,
  closeReturn,
  declineReturn,
  openReturn,
  reduceReturn,
  reopenReturn,
  requestReturn,
} from "./acts/returns.ts";
export { removePaymentTerms, setPaymentTerms } from "./acts/terms.ts";
export { adjustStock, connectLevel, disconnectLevel, moveStock, setStock } from "./acts/stock.ts";
export { createVariant, deleteVariant, updateInventoryItem, updateVariant } from "./acts/variants.ts";
