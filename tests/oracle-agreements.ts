// What the mirror must hold of orders' sales agreements, from the store's truth export: those of orders that something has
// happened to since they were placed.
import type { ExportedOrder, TruthExport } from "#sandbox/store/export.ts";
import type { Agreement } from "#sandbox/store/truth.ts";
import { moneySetOf, pair } from "./oracle-orders.ts";
import type { Expected } from "./oracle.ts";

function agreementsOf({ orders }: TruthExport): { order: ExportedOrder; agreement: Agreement }[] {
  const isTold = (order: ExportedOrder) =>
    order.edited || order.cancelledAt !== null || order.refunds.length > 0 || order.returns.length > 0;
  return orders
    .filter(isTold)
    .flatMap((order) => order.agreements.map((agreement) => ({ order, agreement })));
}

export function expectedAgreements(truth: TruthExport): Expected[] {
  return agreementsOf(truth).map(({ order, agreement }) => ({
    id: agreement.id,
    order_id: order.id,
    reason: agreement.reason,
    happened_at: agreement.happenedAt,
    refund_id: agreement.refundId,
    return_id: agreement.returnId,
  }));
}

export function expectedSales(truth: TruthExport): Expected[] {
  return agreementsOf(truth).flatMap(({ order, agreement }) =>
    agreement.sales.map((sale) => ({
      id: sale.id,
      order_id: order.id,
      agreement_id: agreement.id,
      action: sale.action,
      line_type: sale.kind,
      quantity: sale.quantity,
      line_item_id: ["PRODUCT", "TIP", "GIFT_CARD"].includes(sale.kind) ? sale.lineId : null,
      shipping_line_id: sale.kind === "SHIPPING" ? sale.lineId : null,
      duty_id: sale.dutyId,
      additional_fee_id: sale.kind === "ADDITIONAL_FEE" ? sale.lineId : null,
      fee_id: null,
      currency_code: order.currency,
      presentment_currency_code: order.presentmentCurrency,
      ...pair("total", sale.total),
      ...pair("total_tax", sale.tax),
      ...pair("discount_before_taxes", sale.discount),
      ...pair("discount_after_taxes", sale.discount),
      taxes: sale.taxes.map(({ id, line, amount }) => ({
        id,
        title: line.title,
        rate: line.rate,
        channelLiable: line.channelLiable,
        amount: moneySetOf(amount, order),
      })),
    })),
  );
}
