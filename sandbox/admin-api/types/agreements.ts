/**
 * What shop and buyer agreed on, and the sales in it. Shopify has a type for each kind of both; ids of agreements share one
 * name, those of sales have their type's.
 */
import { gid, type Agreement, type Frozen, type Order, type Sale } from "../../store/truth.ts";
import { connection, page, source, typeFields, type TypeFields } from "./fields.ts";
import { lineOf } from "./order-lines.ts";
import { taxLinesOf } from "./order-values.ts";
import { bag, time } from "./values.ts";

type Agreed = { order: Frozen<Order>; agreement: Frozen<Agreement> };
type Sold = { order: Frozen<Order>; sale: Frozen<Sale> };

const AGREEMENT_TYPES = {
  ORDER: "OrderAgreement",
  ORDER_EDIT: "OrderEditAgreement",
  REFUND: "RefundAgreement",
  RETURN: "ReturnAgreement",
} as const;

const SALE_TYPES = {
  PRODUCT: "ProductSale",
  TIP: "TipSale",
  GIFT_CARD: "GiftCardSale",
  SHIPPING: "ShippingLineSale",
  DUTY: "DutySale",
  ADDITIONAL_FEE: "AdditionalFeeSale",
  ADJUSTMENT: "AdjustmentSale",
} as const;

export const agreementType = ({ reason }: Pick<Agreement, "reason">) => AGREEMENT_TYPES[reason];

const AgreementFields = typeFields<Agreed>({
  id: ({ agreement }) => gid("SalesAgreement", agreement.id),
  reason: ({ agreement }) => agreement.reason,
  happenedAt: ({ agreement }) => time(agreement.happenedAt),
  order: ({ order }) => source("Order", order),
  refund: ({ order, agreement }) =>
    source("Refund", { order, refund: order.refunds.find(({ id }) => id === agreement.refundId) }),
  return: ({ order, agreement }) =>
    source("Return", { order, return: order.returns.find(({ id }) => id === agreement.returnId) }),
  sales: connection([], ({ order, agreement }) =>
    page(agreement.sales, {
      idOf: (sale) => sale.id,
      toNode: (sale) => source(SALE_TYPES[sale.kind], { order, sale }),
    }),
  ),
});

const SaleFields = typeFields<Sold>({
  id: ({ sale }) => gid(SALE_TYPES[sale.kind], sale.id),
  actionType: ({ sale }) => sale.action,
  lineType: ({ sale }) => sale.kind,
  quantity: ({ sale }) => sale.quantity,
  totalAmount: ({ order, sale }) => bag(order, sale.total),
  totalTaxAmount: ({ order, sale }) => bag(order, sale.tax),
  // The store takes discounts off before tax.
  totalDiscountAmountBeforeTaxes: ({ order, sale }) => bag(order, sale.discount),
  totalDiscountAmountAfterTaxes: ({ order, sale }) => bag(order, sale.discount),
  taxes: ({ order, sale }) =>
    sale.taxes.map(({ id, line, amount }) => ({
      __typename: "SaleTax",
      id: gid("SaleTax", id),
      amount: bag(order, amount),
      taxLine: taxLinesOf(order, [line])[0],
    })),
  lineItem: ({ order, sale }) => lineOf(order, String(sale.lineId)),
  shippingLine: ({ order, sale }) => {
    const line = order.shippingLines.find(({ id }) => id === sale.lineId);
    return line ? source("ShippingLine", { order, line }) : null;
  },
  duty: ({ order, sale }) => {
    const duties = order.lines.flatMap((line) => line.duties);
    const duty = duties.find(({ id }) => id === sale.dutyId)!;
    return { __typename: "Duty", id: gid("Duty", duty.id), price: bag(order, duty.price) };
  },
  additionalFee: ({ order, sale }) => {
    const { id, name, price } = order.additionalFees.find((fee) => fee.id === sale.lineId)!;
    return {
      __typename: "SaleAdditionalFee",
      id: gid("SaleAdditionalFee", id),
      name,
      price: bag(order, price),
    };
  },
});

export const agreementTypes: Record<string, TypeFields> = Object.fromEntries([
  ...Object.values(AGREEMENT_TYPES).map((type) => [type, AgreementFields] as const),
  ...Object.values(SALE_TYPES).map((type) => [type, SaleFields] as const),
]);
