// Finds the body of a store event: which record, in which shape. One place knows all topics.
import type { DomainEvent, Subject } from "../../store/events.ts";
import type { Store } from "../../store/store.ts";
import { customerBody, deletedCustomer, emailConsentBody, tagsBody } from "./customer.ts";
import { fulfillmentBody } from "./fulfillment.ts";
import { taskNews } from "./fulfillment-order.ts";
import { integer, type Body, type Context } from "./json.ts";
import { orderBody, orderEditBody } from "./order.ts";
import { productBody, variantBody } from "./product.ts";
import { refundBody } from "./refund.ts";
import { returnNews } from "./return.ts";
import { shopBody } from "./shop.ts";
import {
  collectionBody,
  deletedCollection,
  deletedInventoryItem,
  disconnectedLevel,
  inventoryItemBody,
  inventoryLevelBody,
  locationBody,
} from "./stock.ts";
import { termsBody } from "./terms.ts";
import { transactionBody } from "./transaction.ts";

/** Must be called while the event is being emitted: what belongs to the record is read from the store as it is now. */
export function bodyOf(store: Store, event: DomainEvent): Body {
  const context: Context = { store, shop: store.shop };
  if (event.topic.endsWith("/delete")) return deletedBody(event.subject);
  return changedBody(context, event);
}

/** Topics that announce a deletion say little more than the id. */
function deletedBody(subject: Subject): Body {
  switch (subject.type) {
    case "inventoryItem":
      return deletedInventoryItem(subject.record);
    case "collection":
      return deletedCollection(subject.record);
    case "customer":
      return deletedCustomer(subject.record);
    default:
      return { id: integer(subject.record.id) };
  }
}

function changedBody(context: Context, { topic, subject }: DomainEvent): Body {
  switch (subject.type) {
    case "shop":
      return shopBody(context);
    case "product":
      return productBody(context, subject.record);
    case "variant":
      return variantBody(context, subject.record);
    case "inventoryItem":
      return inventoryItemBody(context, subject.record);
    case "inventoryLevel":
      return topic === "inventory_levels/disconnect"
        ? disconnectedLevel(subject.record)
        : inventoryLevelBody(context, subject.record);
    case "location":
      return locationBody(context, subject.record);
    case "collection":
      return collectionBody(context, subject.record);
    case "customer":
      return topic === "customers_email_marketing_consent/update"
        ? emailConsentBody(context, subject.record)
        : customerBody(context, subject.record);
    case "customerTags":
      return tagsBody(subject.record);
    case "order":
      return orderBody(context, subject.record);
    case "orderEdit":
      return orderEditBody(context, subject.record);
    case "transaction":
      return transactionBody(context, subject.order, subject.record);
    case "refund":
      return refundBody(context, subject.order, subject.record);
    case "fulfillment":
      return fulfillmentBody(context, subject.order, subject.record);
    case "paymentTerms":
      return termsBody(context, subject.order, subject.record);
    case "fulfillmentOrder":
      return taskNews(topic, subject);
    case "return":
      return returnNews(topic, subject.order, subject.record);
  }
}
