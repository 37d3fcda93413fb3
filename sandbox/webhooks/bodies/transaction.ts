// Payments of an order: order_transactions/create, and inside refunds.
import { moneyOf, ZERO } from "../../store/money.ts";
import { transactionRarities } from "../../store/rarities.ts";
import { capturableOf } from "../../store/totals.ts";
import type { Frozen, Order, Transaction } from "../../store/truth.ts";
import { gid, integer, time, type Body, type Context } from "./json.ts";

/** Gateways where a person says that money has come; "manual" is Shopify's name for all of them. */
const MANUAL_GATEWAYS = ["manual", "cash", "bank_deposit", "money_order", "cash_on_delivery"];

export function transactionBody(
  context: Context,
  order: Frozen<Order>,
  transaction: Frozen<Transaction>,
): Body {
  const isOpen = transaction.kind === "AUTHORIZATION" && transaction.status === "SUCCESS";
  const unsettled = moneyOf(isOpen ? capturableOf(order, transaction) : ZERO, order);
  const card = transaction.card;
  return {
    id: integer(transaction.id),
    order_id: integer(order.id),
    kind: transaction.kind.toLowerCase(),
    gateway: transaction.gateway,
    status: transaction.status.toLowerCase(),
    message: transaction.message,
    created_at: time(context, transaction.createdAt),
    test: transaction.test,
    authorization: transaction.authorization,
    location_id: null,
    user_id: null,
    parent_id: integer(transaction.parentId),
    processed_at: time(context, transaction.processedAt),
    device_id: null,
    error_code: transaction.errorCode?.toLowerCase() ?? null,
    source_name: order.sourceName,
    ...(card ? { payment_details: paymentDetails(card, transaction.gateway) } : {}),
    receipt: transaction.receipt,
    amount: transaction.amount.presentment,
    currency: order.presentmentCurrency,
    payment_id: transaction.paymentId,
    total_unsettled_set: {
      presentment_money: { amount: unsettled.presentment, currency: order.presentmentCurrency },
      shop_money: { amount: unsettled.shop, currency: order.currency },
    },
    manual_payment_gateway: MANUAL_GATEWAYS.includes(transaction.gateway),
    amount_rounding: transactionRarities(order, transaction).amountRounding?.presentment ?? null,
    admin_graphql_api_id: gid("OrderTransaction", transaction.id),
  };
}

function paymentDetails(card: { readonly company: string; readonly number: string }, gateway: string): Body {
  return {
    credit_card_bin: null,
    avs_result_code: null,
    cvv_result_code: null,
    credit_card_number: card.number,
    credit_card_company: card.company,
    buyer_action_info: null,
    credit_card_name: null,
    credit_card_wallet: null,
    credit_card_expiration_month: null,
    credit_card_expiration_year: null,
    payment_method_name: gateway,
  };
}
