/**
 * The parts of an order: lines, shipping, payments, fulfilments, refunds, returns. Each travels with its order, whose
 * currencies and states it needs.
 */
import {
  capturableOf,
  lineTotals,
  refundTotal,
  shippingTotals,
  type LineTotals,
} from "../../store/totals.ts";
import { lineProductId, lineVariantId } from "../../store/states.ts";
import { bagOf, moneyOf, share } from "../../store/money.ts";
import {
  gid,
  type Frozen,
  type Fulfillment,
  type FulfillmentOrder,
  type LineItem,
  type Order,
  type Refund,
  type RefundLine,
  type Return,
  type ShippingLine,
  type Transaction,
} from "../../store/truth.ts";
import type { ApiContext } from "../context.ts";
import {
  connection,
  page,
  source,
  typeFields,
  withArgs,
  type FieldResolver,
  type TypeFields,
} from "./fields.ts";
import { head } from "./order.ts";
import { allocationsOf, attributesOf, taxLinesOf } from "./order-values.ts";
import { bag, time } from "./values.ts";

type Line = { order: Frozen<Order>; line: Frozen<LineItem> };
type Shipping = { order: Frozen<Order>; line: Frozen<ShippingLine> };
type Payment = { order: Frozen<Order>; transaction: Frozen<Transaction> };
type Parcel = { order: Frozen<Order>; fulfillment: Frozen<Fulfillment> };
type Task = { order: Frozen<Order>; part: Frozen<FulfillmentOrder> };
type GivenBack = { order: Frozen<Order>; refund: Frozen<Refund> };
type GivenBackLine = { order: Frozen<Order>; line: Frozen<RefundLine> };
type SentBack = { order: Frozen<Order>; return: Frozen<Return> };

const lineMoney =
  (key: keyof LineTotals): FieldResolver<Line> =>
  ({ order, line }) => {
    const amount = lineTotals(order, line)[key];
    return typeof amount === "number" ? amount : bag(order, amount);
  };

const LineItemFields = typeFields<Line>({
  id: ({ line }) => gid("LineItem", line.id),
  name: ({ line }) => line.name,
  title: ({ line }) => line.title,
  variantTitle: ({ line }) => line.variantTitle,
  sku: ({ line }) => line.sku,
  vendor: ({ line }) => line.vendor,
  quantity: ({ line }) => line.quantity,
  currentQuantity: lineMoney("currentQuantity"),
  refundableQuantity: lineMoney("refundableQuantity"),
  unfulfilledQuantity: lineMoney("unfulfilledQuantity"),
  nonFulfillableQuantity: lineMoney("nonFulfillableQuantity"),
  requiresShipping: ({ line }) => line.requiresShipping,
  taxable: ({ line }) => line.taxable,
  isGiftCard: ({ line }) => line.isGiftCard,
  restockable: ({ line }) => line.locationId !== null,
  merchantEditable: ({ order }) => order.cancelledAt === null,
  weight: ({ line }) => ({ __typename: "Weight", unit: "GRAMS", value: line.grams }),
  product: ({ line }, _args, { store }) => {
    const id = lineProductId(store, line);
    return id === null ? null : source("Product", store.need("products", id));
  },
  variant: ({ line }, _args, { store }) => {
    const id = lineVariantId(store, line);
    return id === null ? null : source("ProductVariant", store.need("variants", id));
  },
  sellingPlan: () => null,
  lineItemGroup: () => null,
  contract: () => null,
  customAttributes: ({ line }) => attributesOf(line.attributes),
  image: ({ line }, _args, { store }) => lineImage(store, line),
  originalUnitPriceSet: lineMoney("originalUnitPrice"),
  discountedUnitPriceSet: lineMoney("discountedUnitPrice"),
  discountedUnitPriceAfterAllDiscountsSet: lineMoney("discountedUnitPriceAfterAllDiscounts"),
  originalTotalSet: lineMoney("originalTotal"),
  discountedTotalSet: lineMoney("discountedTotal"),
  totalDiscountSet: lineMoney("totalDiscount"),
  priceAfterAllDiscountsBeforeTaxesSet: lineMoney("priceAfterAllDiscountsBeforeTaxes"),
  unfulfilledOriginalTotalSet: lineMoney("unfulfilledOriginalTotal"),
  unfulfilledDiscountedTotalSet: lineMoney("unfulfilledDiscountedTotal"),
  discountAllocations: ({ order, line }) => allocationsOf(order, line.discountAllocations),
  taxLines: withArgs(["first"], ({ order, line }, args) =>
    head(taxLinesOf(order, line.taxLines), args.first),
  ),
  duties: ({ order, line }) =>
    line.duties.map((duty) => ({
      __typename: "Duty",
      id: gid("Duty", duty.id),
      countryCodeOfOrigin: duty.countryCodeOfOrigin,
      harmonizedSystemCode: duty.harmonizedSystemCode,
      price: bag(order, duty.price),
      taxLines: taxLinesOf(order, duty.taxLines),
    })),
});

function lineImage(store: ApiContext["store"], line: Frozen<LineItem>) {
  const id = lineProductId(store, line);
  const media = id === null ? [] : store.need("products", id).media;
  const image =
    media.find((each) => line.variantId !== null && each.variantIds.includes(line.variantId)) ?? media[0];
  return image
    ? {
        __typename: "Image",
        id: gid("ProductImage", image.imageId),
        url: image.url,
        altText: image.alt,
        width: image.width,
        height: image.height,
      }
    : null;
}

const ShippingLineFields = typeFields<Shipping>({
  id: ({ line }) => gid("ShippingLine", line.id),
  title: ({ line }) => line.title,
  code: ({ line }) => line.code,
  source: ({ line }) => line.source,
  carrierIdentifier: ({ line }) => line.carrierIdentifier,
  deliveryCategory: () => null,
  shippingRateHandle: () => null,
  custom: ({ line }) => line.code === null,
  isRemoved: ({ line }) => line.isRemoved,
  phone: ({ line }) => line.phone,
  originalPriceSet: ({ order, line }) => bag(order, shippingTotals(order, line).originalPrice),
  discountedPriceSet: ({ order, line }) => bag(order, shippingTotals(order, line).discountedPrice),
  currentDiscountedPriceSet: ({ order, line }) =>
    bag(order, shippingTotals(order, line).currentDiscountedPrice),
  discountAllocations: ({ order, line }) => allocationsOf(order, line.discountAllocations),
  taxLines: ({ order, line }) => taxLinesOf(order, line.taxLines),
});

const OrderTransactionFields = typeFields<Payment>({
  id: ({ transaction }) => gid("OrderTransaction", transaction.id),
  kind: ({ transaction }) => transaction.kind,
  status: ({ transaction }) => transaction.status,
  test: ({ transaction }) => transaction.test,
  gateway: ({ transaction }) => transaction.gateway,
  formattedGateway: ({ transaction }) =>
    transaction.gateway.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase()),
  manualPaymentGateway: ({ transaction }) => transaction.gateway === "manual",
  amountSet: ({ order, transaction }) => bag(order, transaction.amount),
  amountRoundingSet: () => null,
  totalUnsettledSet: ({ order, transaction }) =>
    transaction.kind === "AUTHORIZATION"
      ? bag(order, moneyOf(capturableOf(order, transaction), order))
      : null,
  authorizationExpiresAt: ({ transaction }) => time(transaction.authorizationExpiresAt),
  createdAt: ({ transaction }) => time(transaction.createdAt),
  processedAt: ({ transaction }) => time(transaction.processedAt),
  errorCode: ({ transaction }) => transaction.errorCode,
  paymentId: ({ transaction }) => transaction.paymentId,
  order: ({ order }) => source("Order", order),
  parentTransaction: ({ order, transaction }) => {
    const parent = order.transactions.find((each) => each.id === transaction.parentId);
    return parent ? source("OrderTransaction", { order, transaction: parent }) : null;
  },
  receiptJson: ({ transaction }) =>
    transaction.authorization === null ? "{}" : JSON.stringify({ authorization: transaction.authorization }),
  settlementCurrency: () => null,
  settlementCurrencyRate: () => null,
  shopifyPaymentsSet: () => null,
  fees: () => [],
  paymentDetails: ({ transaction }) =>
    transaction.card && {
      __typename: "CardPaymentDetails",
      company: transaction.card.company,
      number: transaction.card.number,
      wallet: null,
    },
});

const FulfillmentFields = typeFields<Parcel>({
  id: ({ fulfillment }) => gid("Fulfillment", fulfillment.id),
  legacyResourceId: ({ fulfillment }) => fulfillment.id,
  name: ({ fulfillment }) => fulfillment.name,
  status: ({ fulfillment }) => fulfillment.status,
  displayStatus: ({ fulfillment }) =>
    fulfillment.status === "CANCELLED" ? "CANCELED" : (fulfillment.shipmentStatus ?? "FULFILLED"),
  createdAt: ({ fulfillment }) => time(fulfillment.createdAt),
  updatedAt: ({ fulfillment }) => time(fulfillment.updatedAt),
  deliveredAt: ({ fulfillment }) => time(fulfillment.deliveredAt),
  estimatedDeliveryAt: ({ fulfillment }) => time(fulfillment.estimatedDeliveryAt),
  inTransitAt: ({ fulfillment }) => time(fulfillment.inTransitAt),
  order: ({ order }) => source("Order", order),
  requiresShipping: ({ order, fulfillment }) =>
    fulfillment.lines.some(
      ({ lineItemId }) => order.lines.find((line) => line.id === lineItemId)?.requiresShipping,
    ),
  totalQuantity: ({ fulfillment }) => fulfillment.lines.reduce((total, line) => total + line.quantity, 0),
  location: ({ fulfillment }, _args, { store }) => locationOf(store, fulfillment.locationId),
  service: () => ({ __typename: "FulfillmentService", handle: "manual", serviceName: "Manual" }),
  trackingInfo: withArgs(["first"], ({ fulfillment }, args) =>
    head(fulfillment.tracking, args.first).map((each) => ({
      __typename: "FulfillmentTrackingInfo",
      ...each,
    })),
  ),
  originAddress: ({ fulfillment }, _args, { store }) => {
    const location =
      fulfillment.locationId === null ? undefined : store.get("locations", fulfillment.locationId);
    return location ? { __typename: "FulfillmentOriginAddress", ...location.address } : null;
  },
  fulfillmentLineItems: connection([], ({ order, fulfillment }) =>
    page(fulfillment.lines, {
      idOf: (line) => line.id,
      toNode: (line) => ({
        __typename: "FulfillmentLineItem",
        id: gid("FulfillmentLineItem", line.id),
        quantity: line.quantity,
        lineItem: lineOf(order, line.lineItemId),
        ...shareOfLine(order, line.lineItemId, line.quantity),
      }),
    }),
  ),
});

function shareOfLine(order: Frozen<Order>, lineItemId: string, quantity: number) {
  const line = order.lines.find((each) => each.id === lineItemId);
  if (!line) throw new Error(`Order ${order.id} has no line ${lineItemId}.`);
  const whole = lineTotals(order, line);
  const part = (amount: { shop: string; presentment: string }) =>
    bag(order, moneyOf(share(bagOf(amount, order), quantity, line.quantity), order));
  return { originalTotalSet: part(whole.originalTotal), discountedTotalSet: part(whole.discountedTotal) };
}

const FulfillmentOrderFields = typeFields<Task>({
  id: ({ part }) => gid("FulfillmentOrder", part.id),
  status: ({ part }) => part.status,
  requestStatus: () => "UNSUBMITTED",
  createdAt: ({ part }) => time(part.createdAt),
  updatedAt: ({ part }) => time(part.updatedAt),
  fulfillAt: ({ part }) => time(part.createdAt),
  fulfillBy: () => null,
  fulfillmentHolds: () => [],
  deliveryMethod: ({ order }) =>
    order.shippingAddress ? { __typename: "DeliveryMethod", methodType: "SHIPPING" } : null,
  order: ({ order }) => source("Order", order),
  orderId: ({ order }) => gid("Order", order.id),
  orderName: ({ order }) => order.name,
  orderProcessedAt: ({ order }) => time(order.processedAt),
  assignedLocation: ({ part }, _args, { store }) => ({
    __typename: "FulfillmentOrderAssignedLocation",
    name: part.locationName,
    location: locationOf(store, part.locationId),
  }),
  lineItems: connection([], ({ order, part }) =>
    page(part.lines, {
      idOf: (line) => line.id,
      toNode: (line) => ({
        __typename: "FulfillmentOrderLineItem",
        id: gid("FulfillmentOrderLineItem", line.id),
        totalQuantity: line.totalQuantity,
        remainingQuantity: line.remainingQuantity,
        lineItem: lineOf(order, line.lineItemId),
      }),
    }),
  ),
});

const RefundFields = typeFields<GivenBack>({
  id: ({ refund }) => gid("Refund", refund.id),
  legacyResourceId: ({ refund }) => refund.id,
  note: ({ refund }) => refund.note,
  createdAt: ({ refund }) => time(refund.createdAt),
  processedAt: ({ refund }) => time(refund.processedAt),
  updatedAt: ({ refund }) => time(refund.updatedAt),
  order: ({ order }) => source("Order", order),
  duties: () => [],
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
});

function lineOf(order: Frozen<Order>, id: string) {
  const line = order.lines.find((each) => each.id === id);
  return line ? source("LineItem", { order, line }) : null;
}

function locationOf(store: ApiContext["store"], id: string | null) {
  const location = id === null ? undefined : store.get("locations", id);
  return location ? source("Location", location) : null;
}

export const orderPartTypes: Record<string, TypeFields> = {
  LineItem: LineItemFields,
  ShippingLine: ShippingLineFields,
  OrderTransaction: OrderTransactionFields,
  Fulfillment: FulfillmentFields,
  FulfillmentOrder: FulfillmentOrderFields,
  Refund: RefundFields,
  RefundLineItem: RefundLineItemFields,
  Return: ReturnFields,
};
