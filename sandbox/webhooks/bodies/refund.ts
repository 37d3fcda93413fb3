// Refunds: refunds/create, and inside orders.
import { bagOf, moneyOf, sum } from "../../store/money.ts";
import type { Frozen, Order, Refund, RefundLine } from "../../store/truth.ts";
import { partLine } from "./line-item.ts";
import { decimalNumber, gid, integer, moneySet, time, type Body, type Context } from "./json.ts";
import { transactionBody } from "./transaction.ts";

export function refundBody(context: Context, order: Frozen<Order>, refund: Frozen<Refund>): Body {
  const transactions = order.transactions.filter((part) => refund.transactionIds.includes(part.id));
  return {
    id: integer(refund.id),
    order_id: integer(order.id),
    created_at: time(context, refund.createdAt),
    note: refund.note,
    user_id: null,
    processed_at: time(context, refund.processedAt),
    duties: refund.duties.map(({ dutyId, amount }) => ({
      duty_id: integer(dutyId),
      amount_set: moneySet(amount, order),
    })),
    total_duties_set: moneySet(moneyOf(dutiesOf(order, refund), order), order),
    return: refund.returnId === null ? null : returnReference(refund.returnId),
    refund_shipping_lines: refund.shippingLines.map((part) => shippingPart(order, part)),
    restock: refund.lines.some((line) => line.restocked),
    admin_graphql_api_id: gid("Refund", refund.id),
    order_adjustments: refund.adjustments.map((part) => adjustment(order, refund, part)),
    refund_line_items: refund.lines.map((part) => refundLine(context, order, part)),
    transactions: transactions.map((transaction) => transactionBody(context, order, transaction)),
  };
}

const dutiesOf = (order: Frozen<Order>, { duties }: Frozen<Refund>) =>
  sum(...duties.map(({ amount }) => bagOf(amount, order)));

function refundLine(context: Context, order: Frozen<Order>, part: Frozen<RefundLine>): Body {
  const line = order.lines.find((one) => one.id === part.lineItemId);
  if (!line)
    throw new Error(
      `Refund line ${part.id} names line ${part.lineItemId}, which order ${order.id} does not have`,
    );
  return {
    id: integer(part.id),
    quantity: part.quantity,
    line_item_id: integer(part.lineItemId),
    location_id: integer(part.locationId),
    restock_type: part.restockType.toLowerCase(),
    subtotal: decimalNumber(part.subtotal.shop),
    total_tax: decimalNumber(part.tax.shop),
    subtotal_set: moneySet(part.subtotal, order),
    total_tax_set: moneySet(part.tax, order),
    line_item: partLine(context, order, line, line.quantity),
  };
}

function shippingPart(order: Frozen<Order>, part: Frozen<Refund["shippingLines"][number]>): Body {
  const line = order.shippingLines.find((one) => one.id === part.shippingLineId);
  return {
    id: integer(part.id),
    shipping_line: line
      ? {
          id: integer(line.id),
          title: line.title,
          code: line.code,
          source: line.source,
          price: line.price.shop,
          price_set: moneySet(line.price, order),
        }
      : null,
    subtotal_amount_set: moneySet(part.subtotal, order),
    tax_amount_set: moneySet(part.tax, order),
  };
}

function adjustment(
  order: Frozen<Order>,
  refund: Frozen<Refund>,
  part: Frozen<Refund["adjustments"][number]>,
): Body {
  return {
    id: integer(part.id),
    order_id: integer(order.id),
    refund_id: integer(refund.id),
    amount: part.amount.shop,
    tax_amount: part.tax.shop,
    kind: "refund_discrepancy",
    reason: { REFUND_DISCREPANCY: "Refund discrepancy", RESTOCK: "Restock" }[part.reason],
    amount_set: moneySet(part.amount, order),
    tax_amount_set: moneySet(part.tax, order),
  };
}

function returnReference(id: string): Body {
  return { id: integer(id), admin_graphql_api_id: gid("Return", id) };
}
