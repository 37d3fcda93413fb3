// What is read of an order's sales agreements, and into which columns it goes: one agreement for each time that shop and
// buyer agreed on something (the order, an edit, a refund, a return), with a sale for each line that it made more or less.
// They are the order's ledger: their totals add up to what it costs now. Of an order that is as it was placed there is one
// only, which the order's own lines tell as well, so it is not read.
import type { SaleFieldsFragment, SalesAgreementFieldsFragment } from "#app/shopify/generated.ts";
import { always, currenciesOf, maybe, money, moneyPair, type Columns } from "./columns.ts";
import type { Apart, Node } from "./define.ts";
import { linkToShippingLine } from "./order-line-fields.ts";
import { fields, flag, float, int, linkTo, listOf, nullable, partId } from "./values.ts";
import { text, time, type Reader } from "./values.ts";
import { AMOUNTS, MONEY } from "./fragments.ts";

const AGREEMENT_FIELDS = /* GraphQL */ `
  fragment SalesAgreementFields on SalesAgreement {
    __typename
    id
    reason
    happenedAt
    ... on RefundAgreement {
      refund {
        id
      }
    }
    ... on ReturnAgreement {
      return {
        id
      }
    }
  }
`;

const SALE_FIELDS = /* GraphQL */ `
  fragment SaleFields on Sale {
    __typename
    id
    actionType
    lineType
    quantity
    totalAmount {
      ...Money
    }
    totalTaxAmount {
      ...Amounts
    }
    totalDiscountAmountBeforeTaxes {
      ...Amounts
    }
    totalDiscountAmountAfterTaxes {
      ...Amounts
    }
    taxes {
      id
      amount {
        ...Money
      }
      taxLine {
        title
        rate
        channelLiable
      }
    }
    ... on ProductSale {
      lineItem {
        id
      }
    }
    ... on TipSale {
      lineItem {
        id
      }
    }
    ... on GiftCardSale {
      lineItem {
        id
      }
    }
    ... on ShippingLineSale {
      shippingLine {
        id
      }
    }
    ... on DutySale {
      duty {
        id
      }
    }
    ... on AdditionalFeeSale {
      additionalFee {
        id
      }
    }
    ... on FeeSale {
      fee {
        id
      }
    }
  }
  ${MONEY}
  ${AMOUNTS}
`;

export const AGREEMENTS: Apart = {
  field: "agreements",
  type: ["OrderAgreement", "OrderEditAgreement", "RefundAgreement", "ReturnAgreement"],
  fragment: AGREEMENT_FIELDS,
  pageSize: 4,
  model: "OrderAgreement",
  // An agreement cannot be asked for by its id.
  inside: { field: "sales", type: "Sale", fragment: SALE_FIELDS, pageSize: 7, model: "OrderSale" },
  isThere: hasChanged,
};

/** Whether there was more to agree on than the order itself. */
export function hasChanged({ edited, cancelledAt, refunds, returns }: Readonly<Partial<Node>>): boolean {
  const isAny = (list: unknown) => Array.isArray(list) && list.length > 0;
  return edited === true || (cancelledAt ?? null) !== null || isAny(refunds) || isAny(returns);
}

/** All that some kind has; what one has not is null. */
type Agreement = Pick<SalesAgreementFieldsFragment, "id" | "reason" | "happenedAt"> & {
  readonly refund: unknown;
  readonly return: unknown;
};
type Sale = Omit<SaleFieldsFragment, "lineItem" | "shippingLine"> & {
  readonly lineItem: unknown;
  readonly shippingLine: unknown;
  readonly duty: unknown;
  readonly additionalFee: unknown;
  readonly fee: unknown;
};

const NOTHING = { refund: null, return: null };
const NO_LINE = { lineItem: null, shippingLine: null, duty: null, additionalFee: null, fee: null };

export const agreementIn = (agreement: Readonly<Record<string, unknown>>) => ({ ...NOTHING, ...agreement });
export const saleIn = (sale: Readonly<Record<string, unknown>>) => ({ ...NO_LINE, ...sale });

const linkToPart: Reader = (value, path) => partId(fields(value, path).id, `${path}.id`);

export const AGREEMENT_COLUMNS: Columns<Agreement> = {
  id: always("id", partId),
  reason: always("reason", text),
  happenedAt: always("happenedAt", time),
  refundId: maybe("refund", linkTo("Refund")),
  returnId: maybe("return", linkTo("Return")),
};

export const SALE_COLUMNS: Columns<Sale> = {
  id: always("id", partId),
  action: always("actionType", text),
  lineType: always("lineType", text),
  quantity: maybe("quantity", int),
  lineItemId: maybe("lineItem", linkTo("LineItem")),
  shippingLineId: maybe("shippingLine", linkToShippingLine),
  dutyId: maybe("duty", linkTo("Duty")),
  additionalFeeId: maybe("additionalFee", linkToPart),
  feeId: maybe("fee", linkToPart),
  ...currenciesOf("totalAmount"),
  ...money("total", "totalAmount"),
  ...money("totalTax", "totalTaxAmount"),
  ...money("discountBeforeTaxes", "totalDiscountAmountBeforeTaxes"),
  ...money("discountAfterTaxes", "totalDiscountAmountAfterTaxes"),
  taxes: always(
    "taxes",
    listOf((tax, place) => {
      const { id, amount, taxLine } = fields(tax, place);
      const { title, rate, channelLiable } = fields(taxLine, `${place}.taxLine`);
      return {
        id: partId(id, `${place}.id`),
        title: text(title, `${place}.taxLine.title`),
        rate: nullable(float)(rate ?? null, `${place}.taxLine.rate`),
        channelLiable: nullable(flag)(channelLiable ?? null, `${place}.taxLine.channelLiable`),
        amount: moneyPair(amount, `${place}.amount`),
      };
    }),
  ),
};
