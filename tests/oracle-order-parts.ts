// What the mirror must hold of orders' payments, refunds, fulfillments and returns, from the store's truth export.
import type { ExportedOrder, TruthExport } from "#sandbox/store/export.ts";
import { bagOf, decimalOf, minorOf, moneyOf, share } from "#sandbox/store/money.ts";
import { lineTotals } from "#sandbox/store/totals.ts";
import type { Frozen, MoneyBag, Order, Transaction } from "#sandbox/store/truth.ts";
import type { Expected } from "./oracle.ts";
import { moneySetOf, pair } from "./oracle-orders.ts";

export function expectedTransactions({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.transactions.map((transaction) => ({
      id: transaction.id,
      order_id: order.id,
      parent_id: transaction.parentId,
      kind: transaction.kind,
      status: transaction.status,
      test: transaction.test,
      gateway: transaction.gateway,
      gateway_name: gatewayName(transaction.gateway),
      is_manual: transaction.gateway === "manual",
      created_at: transaction.createdAt,
      processed_at: transaction.processedAt,
      authorization_expires_at: transaction.authorizationExpiresAt,
      error_code: transaction.errorCode,
      payment_id: transaction.paymentId,
      payment_details: transaction.card && { type: "CardPaymentDetails", ...transaction.card, wallet: null },
      // Nobody has asked for it.
      receipt: null,
      ...currenciesOf(order),
      ...pair("amount", transaction.amount),
      ...pair("amount_rounding", transaction.rarities.amountRounding),
      ...pair("unsettled", unsettledOf(order, transaction)),
      settlement_currency: transaction.rarities.settlementCurrency,
      settlement_rate: transaction.rarities.settlementRate,
      exchange_adjustment: transaction.rarities.exchangeAdjustment,
      fees: transaction.rarities.fees,
    })),
  );
}

/** "shopify_payments" → "Shopify payments" */
function gatewayName(gateway: string): string {
  const words = gateway.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What of an authorization can still be captured; nothing once it is void or the order is cancelled. */
function unsettledOf(order: ExportedOrder, transaction: Transaction): MoneyBag | null {
  if (transaction.kind !== "AUTHORIZATION") return null;
  const children = order.transactions.filter(
    ({ parentId, status }) => parentId === transaction.id && status === "SUCCESS",
  );
  const isOver = transaction.status !== "SUCCESS" || children.some(({ kind }) => kind === "VOID");
  const left = (side: "shop" | "presentment", currency: string) => {
    const captured = children.filter(({ kind }) => kind === "CAPTURE");
    const taken = captured.reduce((sum, { amount }) => sum + minorOf(amount[side], currency), 0n);
    const rest = minorOf(transaction.amount[side], currency) - taken;
    return decimalOf(isOver || rest < 0n ? 0n : rest, currency);
  };
  return { shop: left("shop", order.currency), presentment: left("presentment", order.presentmentCurrency) };
}

export function expectedRefunds({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.refunds.map((refund) => ({
      id: refund.id,
      order_id: order.id,
      note: refund.note,
      created_at: refund.createdAt,
      processed_at: refund.processedAt,
      updated_at: refund.updatedAt,
      return_id: refund.returnId,
      transaction_ids: order.transactions
        .filter(({ id }) => refund.transactionIds.includes(id))
        .map(({ id }) => id),
      ...currenciesOf(order),
      ...pair("total_refunded", refund.totalRefunded),
      shipping_lines: refund.shippingLines.map(({ id, shippingLineId, subtotal, tax }) => {
        return { id, shippingLineId, subtotal: moneySetOf(subtotal, order), tax: moneySetOf(tax, order) };
      }),
      adjustments: refund.adjustments.map(({ id, reason, amount, tax }) => {
        return { id, reason, amount: moneySetOf(amount, order), tax: moneySetOf(tax, order) };
      }),
      duties: refund.duties.map(({ dutyId, amount }) => ({ dutyId, amount: moneySetOf(amount, order) })),
    })),
  );
}

export function expectedRefundLines({ orders, locations }: TruthExport): Expected[] {
  const known = new Set(locations.map(({ id }) => id));
  return orders.flatMap((order) =>
    order.refunds.flatMap((refund) =>
      refund.lines.map((line) => ({
        id: line.id,
        order_id: order.id,
        refund_id: refund.id,
        line_item_id: line.lineItemId,
        quantity: line.quantity,
        restock_type: line.restockType,
        restocked: line.restocked,
        location_id: line.locationId !== null && known.has(line.locationId) ? line.locationId : null,
        ...currenciesOf(order),
        ...pair("price", moneyOf(share(bagOf(line.subtotal, order), 1, line.quantity), order)),
        ...pair("subtotal", line.subtotal),
        ...pair("total_tax", line.tax),
      })),
    ),
  );
}

export function expectedFulfillments({ orders, locations }: TruthExport): Expected[] {
  const known = new Set(locations.map(({ id }) => id));
  return orders.flatMap((order) =>
    order.fulfillments.map((fulfillment) => {
      const lineOf = (id: string) => order.lines.find((line) => line.id === id);
      const isCancelled = fulfillment.status === "CANCELLED";
      return {
        id: fulfillment.id,
        order_id: order.id,
        name: fulfillment.name,
        status: fulfillment.status,
        display_status: isCancelled ? "CANCELED" : (fulfillment.shipmentStatus ?? "FULFILLED"),
        created_at: fulfillment.createdAt,
        updated_at: fulfillment.updatedAt,
        in_transit_at: fulfillment.inTransitAt,
        delivered_at: fulfillment.deliveredAt,
        estimated_delivery_at: fulfillment.estimatedDeliveryAt,
        requires_shipping: fulfillment.lines.some(({ lineItemId }) => lineOf(lineItemId)?.requiresShipping),
        total_quantity: fulfillment.lines.reduce((sum, { quantity }) => sum + quantity, 0),
        location_id:
          fulfillment.locationId !== null && known.has(fulfillment.locationId)
            ? fulfillment.locationId
            : null,
        service_handle: "manual",
        tracking: fulfillment.tracking,
      };
    }),
  );
}

export function expectedFulfillmentLines({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.fulfillments.flatMap((fulfillment) =>
      fulfillment.lines.map((part) => {
        const line = order.lines.find(({ id }) => id === part.lineItemId)!;
        const whole = lineTotals(order as unknown as Frozen<Order>, line);
        const partOf = (amount: MoneyBag) =>
          moneyOf(share(bagOf(amount, order), part.quantity, line.quantity), order);
        return {
          id: part.id,
          order_id: order.id,
          fulfillment_id: fulfillment.id,
          line_item_id: part.lineItemId,
          quantity: part.quantity,
          ...currenciesOf(order),
          ...pair("original_total", partOf(whole.originalTotal)),
          ...pair("discounted_total", partOf(whole.discountedTotal)),
        };
      }),
    ),
  );
}

export function expectedReturns({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.returns.map(
      ({ id, name, status, createdAt, approvedAt, closedAt, lines, decline, shippingFees, rarities }) => ({
        id,
        order_id: order.id,
        name,
        status,
        created_at: createdAt,
        approved_at: approvedAt,
        closed_at: closedAt,
        total_quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
        decline_reason: decline?.reason ?? null,
        decline_note: decline?.note ?? null,
        shipping_fees: shippingFees.map((fee) => ({ id: fee.id, amount: moneySetOf(fee.amount, order) })),
        exchange_lines: rarities.exchangeLines,
      }),
    ),
  );
}

export function expectedReturnLines({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.returns.flatMap((back) =>
      back.lines.map((line) => {
        const sold = order.lines.find(({ id }) => id === line.lineItemId)!;
        const refunded = order.refunds
          .filter(({ returnId }) => returnId === back.id)
          .flatMap(({ lines }) => lines.filter(({ lineItemId }) => lineItemId === line.lineItemId))
          .reduce((sum, { quantity }) => sum + quantity, 0);
        const words = line.reason.toLowerCase();
        return {
          id: line.id,
          order_id: order.id,
          return_id: back.id,
          is_verified: true,
          line_item_id: line.lineItemId,
          fulfillment_line_id: line.fulfillmentLineId,
          quantity: line.quantity,
          processed_quantity: back.status === "CLOSED" ? line.quantity : 0,
          refundable_quantity: Math.max(0, line.quantity - refunded),
          refunded_quantity: refunded,
          reason: words.replaceAll("_", "-"),
          reason_name: line.reason.charAt(0) + words.slice(1).replaceAll("_", " "),
          reason_note: line.note,
          customer_note: line.customerNote,
          ...currenciesOf(order),
          ...pair("total", afterDiscounts(order, sold, line.quantity)),
          restocking_fee_percentage: line.restockingFee?.percentage ?? null,
          ...pair("restocking_fee", line.restockingFee?.amount ?? null),
        };
      }),
    ),
  );
}

/** What so many units of a line cost, after all discounts. */
function afterDiscounts(order: ExportedOrder, line: ExportedOrder["lines"][number], units: number): MoneyBag {
  const side = (of: "shop" | "presentment", currency: string) => {
    const off = line.discountAllocations.reduce((sum, { amount }) => sum + minorOf(amount[of], currency), 0n);
    return minorOf(line.unitPrice[of], currency) * BigInt(line.quantity) - off;
  };
  const whole = {
    shop: side("shop", order.currency),
    presentment: side("presentment", order.presentmentCurrency),
  };
  return moneyOf(share(whole, units, line.quantity), order);
}

function currenciesOf({ currency, presentmentCurrency }: ExportedOrder): Expected {
  return { currency_code: currency, presentment_currency_code: presentmentCurrency };
}

export function expectedFulfillmentOrders({ orders, locations }: TruthExport): Expected[] {
  const known = new Set(locations.map(({ id }) => id));
  return orders.flatMap((order) =>
    order.fulfillmentOrders.map((task) => ({
      id: task.id,
      gid: `gid://shopify/FulfillmentOrder/${task.id}`,
      order_id: order.id,
      status: task.status,
      request_status: "UNSUBMITTED",
      location_id: known.has(task.locationId) ? task.locationId : null,
      location_name: task.locationName,
      delivery_method: order.shippingAddress ? "SHIPPING" : null,
      delivery_name: order.shippingAddress && (order.shippingLines[0]?.title ?? null),
      delivery_service: order.shippingAddress && (order.shippingLines[0]?.code ?? null),
      deliver_from: task.rarities.deliverFromAt,
      deliver_until: task.rarities.deliverUntilAt,
      incoterm: order.lines.some(({ duties }) => duties.length > 0) ? "DDP" : null,
      destination: destinationOf(order),
      holds: task.holds,
      fulfill_at: task.createdAt,
      fulfill_by: task.rarities.fulfillByAt,
      created_at: task.createdAt,
      updated_at: task.updatedAt,
    })),
  );
}

function destinationOf({ shippingAddress, email }: ExportedOrder) {
  if (!shippingAddress) return null;
  const { firstName, lastName, company, address1, address2, city, province, zip, countryCode, phone } =
    shippingAddress;
  const place = { address1, address2, city, province, zip, countryCode, phone };
  return { firstName, lastName, company, email, ...place };
}

export function expectedFulfillmentOrderLines({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) =>
    order.fulfillmentOrders.flatMap((task) =>
      task.lines.map((slot) => {
        const line = order.lines.find(({ id }) => id === slot.lineItemId);
        return {
          id: slot.id,
          fulfillment_order_id: task.id,
          line_item_id: slot.lineItemId,
          sku: line?.sku ?? null,
          requires_shipping: line?.requiresShipping ?? false,
          total_quantity: slot.totalQuantity,
          remaining_quantity: slot.remainingQuantity,
        };
      }),
    ),
  );
}

export function expectedPaymentTerms({ orders }: TruthExport): Expected[] {
  return orders.flatMap(({ id: orderId, paymentTerms: terms }) => {
    if (!terms) return [];
    const isNet = terms.type === "NET";
    const name = isNet ? `Net ${terms.dueInDays}` : "Due on receipt";
    const days = isNet ? terms.dueInDays : null;
    return { id: terms.id, order_id: orderId, name, type: terms.type, due_in_days: days };
  });
}

export function expectedPaymentSchedules({ orders }: TruthExport): Expected[] {
  return orders.flatMap((order) => {
    const { paymentTerms: terms, paymentSchedule: shown } = order;
    if (!terms || !shown) return [];
    return {
      id: shown.id,
      order_id: order.id,
      payment_terms_id: terms.id,
      issued_at: shown.issuedAt,
      due_at: shown.dueAt,
      completed_at: shown.completedAt,
      currency_code: order.presentmentCurrency,
      balance_due: shown.balanceDue,
      total_balance: shown.totalBalance,
    };
  });
}
