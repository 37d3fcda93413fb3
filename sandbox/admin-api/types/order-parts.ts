/**
 * How an order was paid and sent: transactions, fulfilments and what is left to fulfil. Each travels with its order.
 */
import { bagOf, moneyOf, share } from "../../store/money.ts";
import { fulfillmentOrderRarities, transactionRarities } from "../../store/rarities.ts";
import { capturableOf, lineTotals } from "../../store/totals.ts";
import {
  gid,
  type Address,
  type Frozen,
  type Fulfillment,
  type FulfillmentOrder,
  type Order,
  type Transaction,
} from "../../store/truth.ts";
import type { ApiContext } from "../context.ts";
import { connection, page, source, typeFields, withArgs, type TypeFields } from "./fields.ts";
import { head } from "./order.ts";
import { lineOf } from "./order-lines.ts";
import { bag, money, time } from "./values.ts";

type Payment = { order: Frozen<Order>; transaction: Frozen<Transaction> };
type Parcel = { order: Frozen<Order>; fulfillment: Frozen<Fulfillment> };
type Task = { order: Frozen<Order>; part: Frozen<FulfillmentOrder> };

const moneyV2 = ({ amount, currencyCode }: { amount: string; currencyCode: string }) =>
  money(amount, currencyCode);

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
  amountRoundingSet: ({ order, transaction }) => {
    const { amountRounding } = transactionRarities(order, transaction);
    return amountRounding && bag(order, amountRounding);
  },
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
  receiptJson: ({ transaction }) => JSON.stringify(transaction.receipt),
  settlementCurrency: ({ order, transaction }) => transactionRarities(order, transaction).settlementCurrency,
  settlementCurrencyRate: ({ order, transaction }) => transactionRarities(order, transaction).settlementRate,
  currencyExchangeAdjustment: ({ order, transaction }) => {
    const { exchangeAdjustment: moved } = transactionRarities(order, transaction);
    return (
      moved && {
        __typename: "CurrencyExchangeAdjustment",
        id: gid("CurrencyExchangeAdjustment", transaction.id),
        adjustment: moneyV2(moved.adjustment),
        originalAmountSet: moneyV2(moved.original),
        finalAmountSet: moneyV2(moved.final),
      }
    );
  },
  shopifyPaymentsSet: () => null,
  fees: ({ order, transaction }) =>
    transactionRarities(order, transaction).fees.map((fee) => ({
      __typename: "TransactionFee",
      ...fee,
      id: gid("TransactionFee", fee.id),
      amount: moneyV2(fee.amount),
      flatFee: moneyV2(fee.flatFee),
      taxAmount: moneyV2(fee.taxAmount),
    })),
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
  fulfillBy: ({ order, part }) => time(fulfillmentOrderRarities(order, part).fulfillByAt),
  fulfillmentHolds: ({ part }) =>
    part.holds.map((hold) => ({
      __typename: "FulfillmentHold",
      id: gid("FulfillmentHold", hold.id),
      reason: hold.reason,
      reasonNotes: hold.notes,
      handle: hold.handle,
      heldByApp: null,
      heldByRequestingApp: false,
    })),
  deliveryMethod: ({ order, part }) => order.shippingAddress && deliveryOf(order, part),
  destination: ({ order }) => order.shippingAddress && destinationOf(order, order.shippingAddress),
  internationalDuties: ({ order }) =>
    order.lines.some(({ duties }) => duties.length > 0)
      ? { __typename: "FulfillmentOrderInternationalDuties", incoterm: "DDP" }
      : null,
  order: ({ order }) => source("Order", order),
  orderId: ({ order }) => gid("Order", order.id),
  orderName: ({ order }) => order.name,
  orderProcessedAt: ({ order }) => time(order.processedAt),
  assignedLocation: ({ part }, _args, { store }) => ({
    __typename: "FulfillmentOrderAssignedLocation",
    ...NO_ADDRESS,
    ...store.get("locations", part.locationId)?.address,
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
        ...soldAs(order, line.lineItemId),
      }),
    }),
  ),
});

/** Of a location that is gone. */
const NO_ADDRESS = {
  address1: null,
  address2: null,
  city: null,
  province: null,
  zip: null,
  countryCode: "US",
  phone: null,
};

const deliveryOf = (order: Frozen<Order>, part: Frozen<FulfillmentOrder>) => ({
  __typename: "DeliveryMethod",
  id: gid("DeliveryMethod", order.id),
  methodType: "SHIPPING",
  presentedName: order.shippingLines[0]?.title ?? null,
  serviceCode: order.shippingLines[0]?.code ?? null,
  minDeliveryDateTime: time(fulfillmentOrderRarities(order, part).deliverFromAt),
  maxDeliveryDateTime: time(fulfillmentOrderRarities(order, part).deliverUntilAt),
});

const destinationOf = (order: Frozen<Order>, address: Frozen<Address>) => ({
  __typename: "FulfillmentOrderDestination",
  ...address,
  id: gid("FulfillmentOrderDestination", order.id),
  email: order.email,
});

function soldAs(order: Frozen<Order>, lineItemId: string) {
  const line = order.lines.find(({ id }) => id === lineItemId);
  return { sku: line?.sku ?? null, requiresShipping: line?.requiresShipping ?? false };
}

/** A location by its id, null when it is gone. */
export function locationOf(store: ApiContext["store"], id: string | null) {
  const location = id === null ? undefined : store.get("locations", id);
  return location ? source("Location", location) : null;
}

export const orderPartTypes: Record<string, TypeFields> = {
  OrderTransaction: OrderTransactionFields,
  Fulfillment: FulfillmentFields,
  FulfillmentOrder: FulfillmentOrderFields,
};
