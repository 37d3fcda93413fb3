// What is read of an order's fulfillments, and into which columns it goes.
import type { FulfillmentFieldsFragment, FulfillmentLineItemFieldsFragment } from "#app/shopify/generated.ts";
import { always, currenciesOf, maybe, money, type Columns } from "./columns.ts";
import { AMOUNTS, MONEY } from "./fragments.ts";
import { at, flag, idOf, int, linkTo, listOf, nullable, shape, text, time } from "./values.ts";

export const FULFILLMENT_FIELDS = /* GraphQL */ `
  fragment FulfillmentFields on Fulfillment {
    id
    name
    status
    displayStatus
    createdAt
    updatedAt
    inTransitAt
    deliveredAt
    estimatedDeliveryAt
    requiresShipping
    totalQuantity
    location {
      id
    }
    service {
      handle
    }
    trackingInfo {
      company
      number
      url
    }
  }
`;

export const FULFILLMENT_LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment FulfillmentLineItemFields on FulfillmentLineItem {
    id
    quantity
    lineItem {
      id
    }
    originalTotalSet {
      ...Money
    }
    discountedTotalSet {
      ...Amounts
    }
  }
  ${MONEY}
  ${AMOUNTS}
`;

export const FULFILLMENT_COLUMNS: Columns<FulfillmentFieldsFragment> = {
  id: always("id", idOf("Fulfillment")),
  name: always("name", text),
  status: always("status", text),
  displayStatus: maybe("displayStatus", text),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
  inTransitAt: maybe("inTransitAt", time),
  deliveredAt: maybe("deliveredAt", time),
  estimatedDeliveryAt: maybe("estimatedDeliveryAt", time),
  requiresShipping: always("requiresShipping", flag),
  totalQuantity: always("totalQuantity", int),
  locationId: maybe("location", linkTo("Location")),
  serviceHandle: maybe("service", at(["handle"], text)),
  tracking: always(
    "trackingInfo",
    listOf(shape({ company: nullable(text), number: nullable(text), url: nullable(text) })),
  ),
};

export const FULFILLMENT_LINE_COLUMNS: Columns<FulfillmentLineItemFieldsFragment> = {
  id: always("id", idOf("FulfillmentLineItem")),
  lineItemId: always("lineItem", linkTo("LineItem")),
  quantity: maybe("quantity", int),
  ...currenciesOf("originalTotalSet"),
  ...money("originalTotal", "originalTotalSet"),
  ...money("discountedTotal", "discountedTotalSet"),
};
