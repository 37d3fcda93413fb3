// What is read of an order's payments and refunds, and into which columns it goes.
import type {
  OrderAdjustmentFieldsFragment,
  OrderTransactionFieldsFragment,
  RefundFieldsFragment,
  RefundLineItemFieldsFragment,
  RefundShippingLineFieldsFragment,
  RefundTransactionFieldsFragment,
} from "#app/shopify/generated.ts";
import { always, currenciesOf, maybe, money, moneyPair, type Columns } from "./columns.ts";
import { AMOUNTS, MONEY } from "./fragments.ts";
import { linkToShippingLine } from "./order-line-fields.ts";
import { currency, decimal, fields, flag, idOf, int, linkTo, listOf, nullable } from "./values.ts";
import { partId, shape, text, time, type Reader } from "./values.ts";

export const TRANSACTION_FIELDS = /* GraphQL */ `
  fragment OrderTransactionFields on OrderTransaction {
    id
    kind
    status
    test
    gateway
    formattedGateway
    manualPaymentGateway
    createdAt
    processedAt
    authorizationExpiresAt
    errorCode
    paymentId
    receiptJson
    settlementCurrency
    settlementCurrencyRate
    parentTransaction {
      id
    }
    paymentDetails {
      __typename
      ... on CardPaymentDetails {
        company
        number
        wallet
      }
    }
    amountSet {
      ...Money
    }
    amountRoundingSet {
      ...Amounts
    }
    totalUnsettledSet {
      ...Amounts
    }
    currencyExchangeAdjustment {
      adjustment {
        amount
        currencyCode
      }
      originalAmountSet {
        amount
        currencyCode
      }
      finalAmountSet {
        amount
        currencyCode
      }
    }
    fees {
      id
      type
      rate
      rateName
      flatFeeName
      amount {
        amount
        currencyCode
      }
      flatFee {
        amount
        currencyCode
      }
      taxAmount {
        amount
        currencyCode
      }
    }
  }
  ${MONEY}
  ${AMOUNTS}
`;

export const REFUND_FIELDS = /* GraphQL */ `
  fragment RefundFields on Refund {
    id
    note
    createdAt
    processedAt
    updatedAt
    return {
      id
    }
    totalRefundedSet {
      ...Money
    }
    duties {
      amountSet {
        ...Money
      }
      originalDuty {
        id
      }
    }
  }
  ${MONEY}
`;

export const REFUND_LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment RefundLineItemFields on RefundLineItem {
    id
    quantity
    restockType
    restocked
    location {
      id
    }
    lineItem {
      id
    }
    priceSet {
      ...Amounts
    }
    subtotalSet {
      ...Money
    }
    totalTaxSet {
      ...Amounts
    }
  }
  ${MONEY}
  ${AMOUNTS}
`;

export const REFUND_SHIPPING_LINE_FIELDS = /* GraphQL */ `
  fragment RefundShippingLineFields on RefundShippingLine {
    id
    shippingLine {
      id
    }
    subtotalAmountSet {
      ...Money
    }
    taxAmountSet {
      ...Money
    }
  }
  ${MONEY}
`;

export const ORDER_ADJUSTMENT_FIELDS = /* GraphQL */ `
  fragment OrderAdjustmentFields on OrderAdjustment {
    id
    reason
    amountSet {
      ...Money
    }
    taxAmountSet {
      ...Money
    }
  }
  ${MONEY}
`;

export const REFUND_TRANSACTION_FIELDS = /* GraphQL */ `
  fragment RefundTransactionFields on OrderTransaction {
    id
  }
`;

/** A refund once its connections were read. */
export type WholeRefund = RefundFieldsFragment & {
  readonly refundShippingLines: readonly RefundShippingLineFieldsFragment[];
  readonly orderAdjustments: readonly OrderAdjustmentFieldsFragment[];
  readonly transactions: readonly RefundTransactionFieldsFragment[];
};

const amount: Reader = shape({ amount: decimal, currencyCode: currency });

export const TRANSACTION_COLUMNS: Columns<OrderTransactionFieldsFragment> = {
  id: always("id", idOf("OrderTransaction")),
  parentId: maybe("parentTransaction", linkTo("OrderTransaction")),
  kind: always("kind", text),
  status: always("status", text),
  test: always("test", flag),
  gateway: maybe("gateway", text),
  gatewayName: maybe("formattedGateway", text),
  isManual: always("manualPaymentGateway", flag),
  createdAt: always("createdAt", time),
  processedAt: maybe("processedAt", time),
  authorizationExpiresAt: maybe("authorizationExpiresAt", time),
  errorCode: maybe("errorCode", text),
  paymentId: maybe("paymentId", text),
  paymentDetails: maybe("paymentDetails", paymentDetails),
  receipt: maybe("receiptJson", receipt),
  ...currenciesOf("amountSet"),
  ...money("amount", "amountSet"),
  ...money("amountRounding", "amountRoundingSet", "nullable"),
  ...money("unsettled", "totalUnsettledSet", "nullable"),
  settlementCurrency: maybe("settlementCurrency", currency),
  settlementRate: maybe("settlementCurrencyRate", text),
  exchangeAdjustment: maybe("currencyExchangeAdjustment", exchangeAdjustment),
  fees: always(
    "fees",
    listOf(
      shape({
        id: partId,
        type: text,
        rate: text,
        rateName: nullable(text),
        flatFeeName: nullable(text),
        amount,
        flatFee: amount,
        taxAmount: amount,
      }),
    ),
  ),
};

/** { type, company, number, wallet }; the last three of cards only. */
function paymentDetails(value: unknown, path: string) {
  const { __typename: type, company, number, wallet } = fields(value, path);
  return {
    type: text(type, `${path}.__typename`),
    company: nullable(text)(company ?? null, `${path}.company`),
    number: nullable(text)(number ?? null, `${path}.number`),
    wallet: nullable(text)(wallet ?? null, `${path}.wallet`),
  };
}

/** { adjustment, original, final }: what a rate that moved between two payments made of the later one. */
function exchangeAdjustment(value: unknown, path: string) {
  const { adjustment, originalAmountSet, finalAmountSet } = fields(value, path);
  return {
    adjustment: amount(adjustment, `${path}.adjustment`),
    original: amount(originalAmountSet, `${path}.originalAmountSet`),
    final: amount(finalAmountSet, `${path}.finalAmountSet`),
  };
}

/** What the gateway answered, in a shape of its own: JSON that Shopify hands over as text, and that is kept as it is. */
function receipt(value: unknown, path: string): string {
  return text(typeof value === "object" ? JSON.stringify(value) : value, path);
}

export const REFUND_COLUMNS: Columns<RefundFieldsFragment> = {
  id: always("id", idOf("Refund")),
  note: maybe("note", text),
  createdAt: maybe("createdAt", time),
  processedAt: always("processedAt", time),
  updatedAt: always("updatedAt", time),
  returnId: maybe("return", linkTo("Return")),
  ...currenciesOf("totalRefundedSet"),
  ...money("totalRefunded", "totalRefundedSet"),
  duties: maybe(
    "duties",
    listOf((duty, place) => ({
      dutyId: nullable(linkTo("Duty"))(fields(duty, place).originalDuty ?? null, `${place}.originalDuty`),
      amount: moneyPair(fields(duty, place).amountSet, `${place}.amountSet`),
    })),
  ),
};

/** Columns of what only a refund's connections tell. */
export const REFUND_PART_COLUMNS: Columns<WholeRefund> = {
  shippingLines: always(
    "refundShippingLines",
    listOf((line, place) => {
      const source = fields(line, place);
      return {
        id: partId(source.id, `${place}.id`),
        shippingLineId: linkToShippingLine(source.shippingLine ?? null, `${place}.shippingLine`),
        subtotal: moneyPair(source.subtotalAmountSet, `${place}.subtotalAmountSet`),
        tax: moneyPair(source.taxAmountSet, `${place}.taxAmountSet`),
      };
    }),
  ),
  adjustments: always(
    "orderAdjustments",
    listOf((adjustment, place) => {
      const source = fields(adjustment, place);
      return {
        id: partId(source.id, `${place}.id`),
        reason: nullable(text)(source.reason ?? null, `${place}.reason`),
        amount: moneyPair(source.amountSet, `${place}.amountSet`),
        tax: moneyPair(source.taxAmountSet, `${place}.taxAmountSet`),
      };
    }),
  ),
  transactionIds: always(
    "transactions",
    listOf((transaction, place) => idOf("OrderTransaction")(fields(transaction, place).id, `${place}.id`)),
  ),
};

export const REFUND_LINE_COLUMNS: Columns<RefundLineItemFieldsFragment> = {
  id: maybe("id", idOf("RefundLineItem")),
  lineItemId: always("lineItem", linkTo("LineItem")),
  quantity: always("quantity", int),
  restockType: always("restockType", text),
  restocked: always("restocked", flag),
  locationId: maybe("location", linkTo("Location")),
  ...currenciesOf("subtotalSet"),
  ...money("price", "priceSet"),
  ...money("subtotal", "subtotalSet"),
  ...money("totalTax", "totalTaxSet"),
};
