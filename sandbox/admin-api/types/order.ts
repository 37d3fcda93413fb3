/**
 * Order and its money. What the sandbox's store never has is answered as Shopify answers for an order without it: null or
 * an empty list.
 */
import {
  financialStatus,
  fulfillmentStatus,
  isFullyPaid,
  isRefundable,
  isUnpaid,
  requiresShipping,
  returnStatus,
} from "../../store/states.ts";
import { totals, type OrderTotals } from "../../store/totals.ts";
import { gid, type Frozen, type MoneyBag, type Order, type PurchasingCompany } from "../../store/truth.ts";
import { notModelled } from "../errors.ts";
import { agreementType } from "./agreements.ts";
import {
  connection,
  page,
  source,
  typeFields,
  withArgs,
  type FieldResolver,
  type TypeFields,
} from "./fields.ts";
import { metafieldFields } from "./metafield.ts";
import { rareOrderFields } from "./order-rarities.ts";
import { addressOf, attributesOf, applicationOf, taxLinesOf } from "./order-values.ts";
import { bag, time, unsigned } from "./values.ts";

type Resolve = FieldResolver<Frozen<Order>>;

/** The same in every shop: Shopify's own sales channel. */
const ONLINE_STORE_APP_ID = "580111";

/** `totalPriceSet` and its like: one entry of the derived totals. */
const MONEY_SETS: Record<string, keyof OrderTotals> = {
  cartDiscountAmountSet: "cartDiscountAmount",
  currentCartDiscountAmountSet: "currentCartDiscountAmount",
  currentShippingPriceSet: "currentShippingPrice",
  currentSubtotalPriceSet: "currentSubtotalPrice",
  currentTotalDiscountsSet: "currentTotalDiscounts",
  currentTotalAdditionalFeesSet: "currentTotalAdditionalFees",
  currentTotalDutiesSet: "currentTotalDuties",
  currentTotalPriceSet: "currentTotalPrice",
  currentTotalTaxSet: "currentTotalTax",
  netPaymentSet: "netPayment",
  originalTotalAdditionalFeesSet: "originalTotalAdditionalFees",
  originalTotalDutiesSet: "originalTotalDuties",
  originalTotalPriceSet: "originalTotalPrice",
  refundDiscrepancySet: "refundDiscrepancy",
  subtotalPriceSet: "subtotalPrice",
  totalCapturableSet: "totalCapturable",
  totalDiscountsSet: "totalDiscounts",
  totalOutstandingSet: "totalOutstanding",
  totalPriceSet: "totalPrice",
  totalReceivedSet: "totalReceived",
  totalRefundedSet: "totalRefunded",
  totalRefundedShippingSet: "totalRefundedShipping",
  totalShippingPriceSet: "totalShippingPrice",
  totalTaxSet: "totalTax",
  totalTipReceivedSet: "totalTipReceived",
};

const moneySets: Record<string, Resolve> = Object.fromEntries(
  Object.entries(MONEY_SETS).map(([field, key]) => [
    field,
    (order: Frozen<Order>) => {
      const amount = totals(order)[key] as MoneyBag | null;
      return amount && bag(order, amount);
    },
  ]),
);

const states: Record<string, Resolve> = {
  closed: (order) => order.closedAt !== null,
  confirmed: () => true,
  displayFinancialStatus: (order) => financialStatus(order),
  displayFulfillmentStatus: (order) => fulfillmentStatus(order),
  fullyPaid: (order) => isFullyPaid(order),
  refundable: (order) => isRefundable(order),
  requiresShipping: (order) => requiresShipping(order),
  returnStatus: (order) => returnStatus(order),
  unpaid: (order) => isUnpaid(order),
  cancelledAt: (order) => time(order.cancelledAt),
  closedAt: (order) => time(order.closedAt),
  createdAt: (order) => time(order.createdAt),
  processedAt: (order) => time(order.processedAt),
  updatedAt: (order) => time(order.updatedAt),
  cancellation: (order) =>
    order.cancelledAt === null ? null : { __typename: "OrderCancellation", staffNote: order.cancelNote },
  currentSubtotalLineItemsQuantity: (order) => totals(order).currentSubtotalLineItemsQuantity,
  subtotalLineItemsQuantity: (order) => totals(order).subtotalLineItemsQuantity,
  totalWeight: (order) => unsigned(totals(order).totalWeight),
  currentTotalWeight: (order) => unsigned(totals(order).currentTotalWeight),
};

const plain = [
  "cancelReason",
  "cartToken",
  "checkoutToken",
  "clientIp",
  "confirmationNumber",
  "customerAcceptsMarketing",
  "customerLocale",
  "edited",
  "email",
  "name",
  "note",
  "number",
  "phone",
  "poNumber",
  "sourceIdentifier",
  "sourceName",
  "tags",
  "taxExempt",
  "taxesIncluded",
  "test",
] as const satisfies readonly (keyof Order)[];

const plainFields: Record<string, Resolve> = Object.fromEntries(
  plain.map((field) => [field, (order: Frozen<Order>) => order[field]]),
);

/** What no order of this store has. */
const absent: Record<string, Resolve> = {
  alerts: () => [],
  shopifyProtect: () => null,
  dutiesIncluded: () => false,
  productNetwork: () => false,
  hasTimelineComment: () => false,
};

const relations: Record<string, Resolve> = {
  paymentTerms: (order) => order.paymentTerms && source("PaymentTerms", { order, terms: order.paymentTerms }),
  id: (order) => gid("Order", order.id),
  legacyResourceId: (order) => order.id,
  currencyCode: (order) => order.currency,
  presentmentCurrencyCode: (order) => order.presentmentCurrency,
  app: (order) => {
    if (order.appId === null) return null;
    if (order.appId !== ONLINE_STORE_APP_ID) throw notModelled(`Order.app of app ${order.appId}`);
    return { __typename: "OrderApp", id: gid("App", order.appId), name: "Online Store" };
  },
  billingAddress: (order) => addressOf(order.billingAddress),
  shippingAddress: (order) => addressOf(order.shippingAddress),
  displayAddress: (order) => addressOf(order.shippingAddress ?? order.billingAddress),
  billingAddressMatchesShippingAddress: (order) => sameAddress(order),
  customAttributes: (order) => attributesOf(order.attributes),
  customer: (order, _args, { store }) => {
    const customer = order.customerId === null ? undefined : store.get("customers", order.customerId);
    return customer ? source("Customer", customer) : null;
  },
  purchasingEntity: (order, _args, { store }) => {
    if (order.company) return companyOf(order.company);
    const customer = order.customerId === null ? undefined : store.get("customers", order.customerId);
    return customer ? source("Customer", customer) : null;
  },
  retailLocation: (order, _args, { store }) => {
    const location =
      order.retailLocationId === null ? undefined : store.get("locations", order.retailLocationId);
    return location ? source("Location", location) : null;
  },
  merchantBusinessEntity: (_order, _args, { store }) => ({
    __typename: "BusinessEntity",
    id: gid("BusinessEntity", store.shop.id),
    displayName: store.shop.name,
    primary: true,
  }),
  discountCode: (order) => codesOf(order)[0] ?? null,
  discountCodes: (order) => codesOf(order),
  paymentGatewayNames: (order) => order.paymentGateways,
  statusPageUrl: (order, _args, { store }) =>
    `https://${store.shop.domain}/${store.shop.id}/orders/${order.token}/authenticate`,
  taxLines: (order) => taxLinesOf(order, totals(order).taxLines),
  currentTaxLines: (order) => taxLinesOf(order, totals(order).currentTaxLines),
};

const lists: Record<string, Resolve> = {
  lineItems: connection([], (order) =>
    page(order.lines, {
      idOf: (line) => line.id,
      toNode: (line) => source("LineItem", { order, line }),
    }),
  ),
  shippingLines: connection(["includeRemovals"], (order, args) =>
    page(args.includeRemovals ? order.shippingLines : order.shippingLines.filter((line) => !line.isRemoved), {
      idOf: (line) => line.id,
      toNode: (line) => source("ShippingLine", { order, line }),
    }),
  ),
  shippingLine: (order) => {
    const line = order.shippingLines.find((each) => !each.isRemoved);
    return line ? source("ShippingLine", { order, line }) : null;
  },
  discountApplications: connection([], (order) =>
    page(
      order.discountApplications.map((application, index) => ({ application, index })),
      {
        idOf: ({ index }) => String(index),
        toNode: ({ index }) => applicationOf(order, index),
      },
    ),
  ),
  transactions: withArgs(["first"], (order, args) =>
    head(order.transactions, args.first).map((transaction) =>
      source("OrderTransaction", { order, transaction }),
    ),
  ),
  transactionsCount: (order) => exactly(order.transactions.length),
  fulfillments: withArgs(["first"], (order, args) =>
    head(order.fulfillments, args.first).map((fulfillment) => source("Fulfillment", { order, fulfillment })),
  ),
  fulfillmentsCount: (order) => exactly(order.fulfillments.length),
  fulfillmentOrders: connection([], (order) =>
    page(order.fulfillmentOrders, {
      idOf: (part) => part.id,
      toNode: (part) => source("FulfillmentOrder", { order, part }),
    }),
  ),
  refunds: withArgs(["first"], (order, args) =>
    head(order.refunds, args.first).map((refund) => source("Refund", { order, refund })),
  ),
  returns: connection([], (order) =>
    page(order.returns, {
      idOf: (each) => each.id,
      toNode: (each) => source("Return", { order, return: each }),
    }),
  ),
  agreements: connection([], (order) =>
    page(order.agreements, {
      idOf: (each) => each.id,
      toNode: (agreement) => source(agreementType(agreement), { order, agreement }),
    }),
  ),
};

export const orderTypes: Record<string, TypeFields> = {
  Order: typeFields<Frozen<Order>>({
    ...plainFields,
    ...moneySets,
    ...states,
    ...absent,
    ...rareOrderFields,
    ...relations,
    ...lists,
    ...metafieldFields("ORDER"),
  }),
};

export const exactly = (count: number) => ({ __typename: "Count", count, precision: "EXACT" });

/** The first so many of a plain list. */
export function head<T>(items: readonly T[], first: unknown): readonly T[] {
  return typeof first === "number" ? items.slice(0, first) : items;
}

function companyOf({ id, name, locationId, locationName, contactId }: Frozen<PurchasingCompany>) {
  return {
    __typename: "PurchasingCompany",
    company: { __typename: "Company", id: gid("Company", id), name },
    location: { __typename: "CompanyLocation", id: gid("CompanyLocation", locationId), name: locationName },
    contact:
      contactId === null ? null : { __typename: "CompanyContact", id: gid("CompanyContact", contactId) },
  };
}

function codesOf(order: Frozen<Order>): string[] {
  return order.discountApplications.flatMap((each) =>
    each.kind === "code" && each.code !== null ? [each.code] : [],
  );
}

function sameAddress(order: Frozen<Order>): boolean {
  const { billingAddress, shippingAddress } = order;
  if (!billingAddress || !shippingAddress) return billingAddress === shippingAddress;
  return (Object.keys(billingAddress) as (keyof typeof billingAddress)[]).every(
    (key) => key === "id" || billingAddress[key] === shippingAddress[key],
  );
}
