// What the store tells the world: one event per topic that Shopify would send, all events of one act with one
// `eventId`. Events are emitted after the act is committed, in the order in which the act named them.

import type { Frozen, Id, Tables, Time } from "./truth.ts";
import type {
  Fulfillment,
  FulfillmentOrder,
  Order,
  PaymentTerms,
  Refund,
  Return,
  Transaction,
} from "./truth.ts";

export type Topic =
  | "app/uninstalled"
  | "shop/update"
  | "products/create"
  | "products/update"
  | "products/delete"
  | "variants/in_stock"
  | "variants/out_of_stock"
  | "inventory_items/create"
  | "inventory_items/update"
  | "inventory_items/delete"
  | "inventory_levels/connect"
  | "inventory_levels/update"
  | "inventory_levels/disconnect"
  | "locations/create"
  | "locations/update"
  | "locations/activate"
  | "locations/deactivate"
  | "locations/delete"
  | "collections/create"
  | "collections/update"
  | "collections/delete"
  | "customers/create"
  | "customers/update"
  | "customers/delete"
  | "customers_email_marketing_consent/update"
  | "customer.tags_added"
  | "customer.tags_removed"
  | "orders/create"
  | "orders/updated"
  | "orders/paid"
  | "orders/cancelled"
  | "orders/fulfilled"
  | "orders/partially_fulfilled"
  | "orders/edited"
  | "orders/delete"
  | "order_transactions/create"
  | "refunds/create"
  | "fulfillments/create"
  | "fulfillments/update"
  | "fulfillment_orders/order_routing_complete"
  | "fulfillment_orders/placed_on_hold"
  | "fulfillment_orders/hold_released"
  | "fulfillment_orders/moved"
  | "fulfillment_holds/added"
  | "fulfillment_holds/released"
  | "payment_terms/create"
  | "payment_terms/update"
  | "payment_terms/delete"
  | "returns/request"
  | "returns/approve"
  | "returns/decline"
  | "returns/update"
  | "returns/close"
  | "returns/reopen"
  | "returns/cancel";

/** What an edit changed, for the body of `orders/edited`. */
export type OrderEdit = {
  id: Id;
  orderId: Id;
  committedAt: Time;
  note: string | null;
  additions: { lineItemId: Id; delta: number }[];
  removals: { lineItemId: Id; delta: number }[];
};

/** What the topics of fulfilment orders tell besides the record. */
export type TaskNews = { hold?: FulfillmentOrder["holds"][number]; sourceLocationId?: Id };

/** Tags that a customer was given, or that were taken away. */
export type TagNews = { id: Id; tags: string[]; occurredAt: Time };

/** What an event is about. Parts of an order carry the order as well. All values are frozen, as of the act. */
export type Subject =
  | { type: "shop"; record: Frozen<Tables["shop"]> }
  | { type: "product"; record: Frozen<Tables["products"]> }
  | { type: "variant"; record: Frozen<Tables["variants"]> }
  | { type: "inventoryItem"; record: Frozen<Tables["inventoryItems"]> }
  | { type: "inventoryLevel"; record: Frozen<Tables["inventoryLevels"]> }
  | { type: "location"; record: Frozen<Tables["locations"]> }
  | { type: "collection"; record: Frozen<Tables["collections"]> }
  | { type: "customer"; record: Frozen<Tables["customers"]> }
  | { type: "customerTags"; record: Frozen<TagNews> }
  | { type: "order"; record: Frozen<Order> }
  | { type: "orderEdit"; record: Frozen<OrderEdit>; order: Frozen<Order> }
  | { type: "transaction"; record: Frozen<Transaction>; order: Frozen<Order> }
  | { type: "refund"; record: Frozen<Refund>; order: Frozen<Order> }
  | { type: "fulfillment"; record: Frozen<Fulfillment>; order: Frozen<Order> }
  | { type: "fulfillmentOrder"; record: Frozen<FulfillmentOrder>; order: Frozen<Order>; news: TaskNews }
  | { type: "paymentTerms"; record: Frozen<PaymentTerms>; order: Frozen<Order> }
  | { type: "return"; record: Frozen<Return>; order: Frozen<Order> };

/**
 * Listeners run synchronously right after the commit, so what a body needs besides `subject.record` (variants of a
 * product, customer of an order) may be read from the store then and there. For deletions the record is the last state.
 */
export type DomainEvent = {
  topic: Topic;
  /** Shared by all events of one act: X-Shopify-Event-Id. */
  eventId: string;
  triggeredAt: Time;
  /** "counterfoil-sandbox.myshopify.com" */
  shop: string;
  recordId: Id;
  subject: Subject;
};
