// References to what an event is about: read when the act is done, so the event carries the final state.

import type { OrderEdit, Subject } from "../events.ts";
import type { Reference, Store } from "../store.ts";
import type { TagNews, TaskNews } from "../events.ts";
import type { Frozen, Id, Order } from "../truth.ts";

const SUBJECTS = {
  product: "products",
  variant: "variants",
  inventoryItem: "inventoryItems",
  inventoryLevel: "inventoryLevels",
  location: "locations",
  collection: "collections",
  customer: "customers",
  order: "orders",
} as const;

/** A record as it stands when the act is done; no event when it is gone by then. */
export function record(store: Store, type: keyof typeof SUBJECTS, id: Id): Reference {
  return {
    id,
    read: () => {
      const found = store.get(SUBJECTS[type], id);
      return found ? ({ type, record: found } as Subject) : null;
    },
  };
}

/** A record that the act removes, as it was. */
export const gone = (subject: Subject & { record: { readonly id: Id } }): Reference => ({
  id: subject.record.id,
  read: () => subject,
});

type Part = {
  transaction: "transactions";
  refund: "refunds";
  fulfillment: "fulfillments";
  return: "returns";
};
const PARTS: Part = {
  transaction: "transactions",
  refund: "refunds",
  fulfillment: "fulfillments",
  return: "returns",
};

export const tagNews = (news: Frozen<TagNews>): Reference => ({
  id: news.id,
  read: () => ({ type: "customerTags", record: news }),
});

/** A part of an order, with the order as it stands when the act is done. */
export function part(store: Store, type: keyof Part, orderId: Id, id: Id): Reference {
  return {
    id,
    read: () => {
      const order = store.get("orders", orderId);
      const parts: readonly { readonly id: Id }[] = order?.[PARTS[type]] ?? [];
      const found = parts.find((candidate) => candidate.id === id);
      return order && found ? ({ type, record: found, order } as Subject) : null;
    },
  };
}

/** A fulfilment order as it stands when the act is done, and what else its topic tells. */
export function task(store: Store, orderId: Id, id: Id, news: TaskNews = {}): Reference {
  return {
    id,
    read: () => {
      const order = store.get("orders", orderId);
      const found = order?.fulfillmentOrders.find((candidate) => candidate.id === id);
      return order && found ? { type: "fulfillmentOrder", record: found, order, news } : null;
    },
  };
}

/** An order's payment terms as they stand when the act is done. */
export function terms(store: Store, orderId: Id, id: Id): Reference {
  return {
    id,
    read: () => {
      const order = store.get("orders", orderId);
      return order?.paymentTerms ? { type: "paymentTerms", record: order.paymentTerms, order } : null;
    },
  };
}

export function edit(store: Store, orderEdit: Frozen<OrderEdit>): Reference {
  return {
    id: orderEdit.id,
    read: () => ({ type: "orderEdit", record: orderEdit, order: store.need("orders", orderEdit.orderId) }),
  };
}

/** `orders/updated`, which comes with everything that happens to an order. */
export const announceOrder = (store: Store, order: Frozen<Order>): void =>
  store.announce("orders/updated", record(store, "order", order.id));
