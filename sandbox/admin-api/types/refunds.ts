/**
 * What came back: refunds with their lines, and returns.
 */
import { bagOf, moneyOf, share } from "../../store/money.ts";
import { worth } from "../../store/line-totals.ts";
import { returnRarities } from "../../store/rarities.ts";
import { refundTotal } from "../../store/totals.ts";
import {
  gid,
  type Frozen,
  type Order,
  type Refund,
  type RefundLine,
  type Return,
} from "../../store/truth.ts";
import { connection, page, source, typeFields, type TypeFields } from "./fields.ts";
import { lineOf } from "./order-lines.ts";
import { locationOf } from "./order-parts.ts";
import { bag, time } from "./values.ts";

type GivenBack = { order: Frozen<Order>; refund: Frozen<Refund> };
type GivenBackLine = { order: Frozen<Order>; line: Frozen<RefundLine> };
type SentBack = { order: Frozen<Order>; return: Frozen<Return> };
type SentBackLine = SentBack & { line: Frozen<Return>["lines"][number] };

const RefundFields = typeFields<GivenBack>({
  id: ({ refund }) => gid("Refund", refund.id),
  legacyResourceId: ({ refund }) => refund.id,
  note: ({ refund }) => refund.note,
  createdAt: ({ refund }) => time(refund.createdAt),
  processedAt: ({ refund }) => time(refund.processedAt),
  updatedAt: ({ refund }) => time(refund.updatedAt),
  order: ({ order }) => source("Order", order),
  duties: ({ order, refund }) =>
    refund.duties.map(({ dutyId, amount }) => ({
      __typename: "RefundDuty",
      amountSet: bag(order, amount),
      originalDuty: { __typename: "Duty", id: gid("Duty", dutyId) },
    })),
  return: ({ order, refund }) => {
    const found = order.returns.find((each) => each.id === refund.returnId);
    return found ? source("Return", { order, return: found }) : null;
  },
  totalRefundedSet: ({ order, refund }) => bag(order, refundTotal(order, refund)),
  orderAdjustments: connection([], ({ order, refund }) =>
    page(refund.adjustments, {
      idOf: (each) => each.id,
      toNode: (each) => ({
        __typename: "OrderAdjustment",
        id: gid("OrderAdjustment", each.id),
        reason: each.reason,
        amountSet: bag(order, each.amount),
        taxAmountSet: bag(order, each.tax),
      }),
    }),
  ),
  refundShippingLines: connection([], ({ order, refund }) =>
    page(refund.shippingLines, {
      idOf: (each) => each.id,
      toNode: (each) => {
        const line = order.shippingLines.find(({ id }) => id === each.shippingLineId);
        return {
          __typename: "RefundShippingLine",
          id: gid("RefundShippingLine", each.id),
          subtotalAmountSet: bag(order, each.subtotal),
          taxAmountSet: bag(order, each.tax),
          shippingLine: line ? source("ShippingLine", { order, line }) : null,
        };
      },
    }),
  ),
  transactions: connection([], ({ order, refund }) =>
    page(
      order.transactions.filter((each) => refund.transactionIds.includes(each.id)),
      {
        idOf: (each) => each.id,
        toNode: (transaction) => source("OrderTransaction", { order, transaction }),
      },
    ),
  ),
  refundLineItems: connection([], ({ order, refund }) =>
    page(refund.lines, {
      idOf: (line) => line.id,
      toNode: (line) => source("RefundLineItem", { order, line }),
    }),
  ),
});

const RefundLineItemFields = typeFields<GivenBackLine>({
  id: ({ line }) => gid("RefundLineItem", line.id),
  quantity: ({ line }) => line.quantity,
  restockType: ({ line }) => line.restockType,
  restocked: ({ line }) => line.restocked,
  location: ({ line }, _args, { store }) => locationOf(store, line.locationId),
  lineItem: ({ order, line }) => lineOf(order, line.lineItemId),
  priceSet: ({ order, line }) =>
    bag(order, moneyOf(share(bagOf(line.subtotal, order), 1, line.quantity), order)),
  subtotalSet: ({ order, line }) => bag(order, line.subtotal),
  totalTaxSet: ({ order, line }) => bag(order, line.tax),
});

const ReturnFields = typeFields<SentBack>({
  id: ({ return: each }) => gid("Return", each.id),
  name: ({ return: each }) => each.name,
  status: ({ return: each }) => each.status,
  createdAt: ({ return: each }) => time(each.createdAt),
  closedAt: ({ return: each }) => time(each.closedAt),
  order: ({ order }) => source("Order", order),
  totalQuantity: ({ return: each }) => each.lines.reduce((total, line) => total + line.quantity, 0),
  requestApprovedAt: ({ return: each }) => time(each.approvedAt),
  decline: ({ return: each }) => each.decline && { __typename: "ReturnDecline", ...each.decline },
  returnShippingFees: ({ order, return: each }) =>
    each.shippingFees.map((fee) => ({
      __typename: "ReturnShippingFee",
      // Shopify's own name of it, as recorded.
      id: gid("Fee", fee.id),
      amountSet: bag(order, fee.amount),
    })),
  returnLineItems: connection([], ({ order, return: each }) =>
    page(each.lines, {
      idOf: (line) => line.id,
      toNode: (line) => source("ReturnLineItem", { order, return: each, line }),
    }),
  ),
  exchangeLineItems: connection([], ({ order, return: each }) =>
    page(returnRarities(order, each).exchangeLines, {
      idOf: (line) => line.id,
      toNode: ({ id, sku, productId, variantId, lineItemIds, ...line }) => ({
        __typename: "ExchangeLineItem",
        ...line,
        id: gid("ExchangeLineItem", id),
        productId: productId && gid("Product", productId),
        variantId: variantId && gid("ProductVariant", variantId),
        variantSku: sku,
        lineItems: lineItemIds.map((lineId) => lineOf(order, lineId)),
      }),
    }),
  ),
});

const ReturnLineItemFields = typeFields<SentBackLine>({
  id: ({ line }) => gid("ReturnLineItem", line.id),
  quantity: ({ line }) => line.quantity,
  processedQuantity: ({ return: each, line }) => (each.status === "CLOSED" ? line.quantity : 0),
  refundableQuantity: (part) => Math.max(0, part.line.quantity - refundedOf(part)),
  refundedQuantity: (part) => refundedOf(part),
  returnReasonDefinition: ({ line }) => ({
    __typename: "ReturnReasonDefinition",
    handle: line.reason.toLowerCase().replaceAll("_", "-"),
    name: `${line.reason.charAt(0)}${line.reason.slice(1).toLowerCase().replaceAll("_", " ")}`,
  }),
  returnReasonNote: ({ line }) => line.note,
  customerNote: ({ line }) => line.customerNote,
  fulfillmentLineItem: ({ order, line }) => ({
    __typename: "FulfillmentLineItem",
    id: gid("FulfillmentLineItem", line.fulfillmentLineId),
    lineItem: lineOf(order, line.lineItemId),
  }),
  restockingFee: ({ order, line }) =>
    line.restockingFee && {
      __typename: "RestockingFee",
      percentage: line.restockingFee.percentage,
      amountSet: bag(order, line.restockingFee.amount),
    },
  withCodeDiscountedTotalPriceSet: ({ order, line }) => {
    const sold = order.lines.find(({ id }) => id === line.lineItemId);
    if (!sold) throw new Error(`Order ${order.id} has no line ${line.lineItemId}.`);
    return bag(order, moneyOf(worth(order, sold, line.quantity), order));
  },
});

/** Units of the line that refunds of this return gave back. */
function refundedOf({ order, return: each, line }: SentBackLine): number {
  const lines = order.refunds
    .filter((refund) => refund.returnId === each.id)
    .flatMap((refund) => refund.lines);
  return lines.reduce((total, one) => total + (one.lineItemId === line.lineItemId ? one.quantity : 0), 0);
}

export const moneyBackTypes: Record<string, TypeFields> = {
  Refund: RefundFields,
  RefundLineItem: RefundLineItemFields,
  Return: ReturnFields,
  ReturnLineItem: ReturnLineItemFields,
};
