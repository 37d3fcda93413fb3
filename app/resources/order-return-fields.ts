// What is read of an order's returns and the lines in them, and into which columns it goes.
import type {
  ExchangeLineItemFieldsFragment,
  ReturnFieldsFragment,
  ReturnLineItemFieldsFragment,
} from "#app/shopify/generated.ts";
import { inside, always, maybe, money, moneyPair, type Columns } from "./columns.ts";
import { AMOUNTS, MONEY } from "./fragments.ts";
import { at, decimal, fields, float, idOf, int, linkTo, listOf, nullable, text, time } from "./values.ts";
import { partId, type Reader } from "./values.ts";

export const RETURN_FIELDS = /* GraphQL */ `
  fragment ReturnFields on Return {
    id
    name
    status
    createdAt
    requestApprovedAt
    closedAt
    totalQuantity
    decline {
      reason
      note
    }
    returnShippingFees {
      id
      amountSet {
        ...Money
      }
    }
  }
  ${MONEY}
`;

/** Of all lines, those that the buyer only claims to have sent back included. */
export const RETURN_LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment ReturnLineItemFields on ReturnLineItemType {
    __typename
    id
    quantity
    processedQuantity
    refundableQuantity
    refundedQuantity
    returnReasonDefinition {
      handle
      name
    }
    returnReasonNote
    customerNote
    ... on ReturnLineItem {
      fulfillmentLineItem {
        id
        lineItem {
          id
        }
      }
      restockingFee {
        percentage
        amountSet {
          ...Amounts
        }
      }
      withCodeDiscountedTotalPriceSet {
        ...Money
      }
    }
  }
  ${MONEY}
  ${AMOUNTS}
`;

export const EXCHANGE_LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment ExchangeLineItemFields on ExchangeLineItem {
    id
    quantity
    processedQuantity
    title
    variantTitle
    productId
    variantId
    variantSku
    lineItems {
      id
    }
  }
`;

/** A return once its connections were read. */
export type WholeReturn = ReturnFieldsFragment & {
  readonly exchangeLineItems: readonly ExchangeLineItemFieldsFragment[];
};

export const RETURN_COLUMNS: Columns<ReturnFieldsFragment> = {
  id: always("id", idOf("Return")),
  name: always("name", text),
  status: always("status", text),
  createdAt: always("createdAt", time),
  approvedAt: maybe("requestApprovedAt", time),
  closedAt: maybe("closedAt", time),
  totalQuantity: always("totalQuantity", int),
  // Apart, so that the note can be left out alone.
  declineReason: inside("decline", ["reason"]),
  declineNote: inside("decline", ["note"]),
  shippingFees: always(
    "returnShippingFees",
    listOf((fee, place) => ({
      id: partId(fields(fee, place).id, `${place}.id`),
      amount: moneyPair(fields(fee, place).amountSet, `${place}.amountSet`),
    })),
  ),
};

/** Columns of what only a return's connections tell. */
export const RETURN_PART_COLUMNS: Columns<WholeReturn> = {
  exchangeLines: always(
    "exchangeLineItems",
    listOf((line, place) => {
      const source = fields(line, place);
      const lineId = (each: unknown, where: string) =>
        idOf("LineItem")(fields(each, where).id, `${where}.id`);
      return {
        id: partId(source.id, `${place}.id`),
        quantity: int(source.quantity, `${place}.quantity`),
        processedQuantity: int(source.processedQuantity, `${place}.processedQuantity`),
        title: nullable(text)(source.title ?? null, `${place}.title`),
        variantTitle: nullable(text)(source.variantTitle ?? null, `${place}.variantTitle`),
        productId: nullable(idOf("Product"))(source.productId ?? null, `${place}.productId`),
        variantId: nullable(idOf("ProductVariant"))(source.variantId ?? null, `${place}.variantId`),
        sku: nullable(text)(source.variantSku ?? null, `${place}.variantSku`),
        lineItemIds: listOf(lineId)(source.lineItems ?? [], `${place}.lineItems`),
      };
    }),
  ),
};

/** A line that is verified has more fields; of the other kind they are null. */
type ReturnLine = Extract<ReturnLineItemFieldsFragment, { fulfillmentLineItem: unknown }> & {
  readonly __typename: string;
};

const UNVERIFIED = { fulfillmentLineItem: null, restockingFee: null, withCodeDiscountedTotalPriceSet: null };

export function returnLineIn(line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...UNVERIFIED, ...line };
}

const feeSide = (money: string): Reader => at(["amountSet", money, "amount"], nullable(decimal));

export const RETURN_LINE_COLUMNS: Columns<ReturnLine> = {
  // Shopify has two types of lines, with ids of one sequence.
  id: always("id", partId),
  isVerified: always("__typename", (value) => value === "ReturnLineItem"),
  lineItemId: maybe("fulfillmentLineItem", at(["lineItem"], nullable(linkTo("LineItem")))),
  fulfillmentLineId: maybe("fulfillmentLineItem", linkTo("FulfillmentLineItem")),
  quantity: always("quantity", int),
  processedQuantity: always("processedQuantity", int),
  refundableQuantity: always("refundableQuantity", int),
  refundedQuantity: always("refundedQuantity", int),
  reason: maybe("returnReasonDefinition", at(["handle"], text)),
  reasonName: maybe("returnReasonDefinition", at(["name"], text)),
  reasonNote: always("returnReasonNote", text),
  customerNote: maybe("customerNote", text),
  currencyCode: maybe("withCodeDiscountedTotalPriceSet", at(["shopMoney", "currencyCode"], text)),
  presentmentCurrencyCode: maybe(
    "withCodeDiscountedTotalPriceSet",
    at(["presentmentMoney", "currencyCode"], text),
  ),
  ...money("total", "withCodeDiscountedTotalPriceSet", "nullable"),
  restockingFeePercentage: maybe("restockingFee", at(["percentage"], float)),
  restockingFee: maybe("restockingFee", feeSide("shopMoney")),
  restockingFeePresentment: maybe("restockingFee", feeSide("presentmentMoney")),
};
