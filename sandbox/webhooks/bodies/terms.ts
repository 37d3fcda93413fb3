// Payment terms: their own topics, and inside orders.
import { paymentSchedule, termsName } from "../../store/states.ts";
import type { Frozen, Order, PaymentTerms } from "../../store/truth.ts";
import { gid, integer, time, type Body, type Context } from "./json.ts";

export function termsBody(context: Context, order: Frozen<Order>, terms: Frozen<PaymentTerms>): Body {
  const issuedAt = time(context, terms.issuedAt);
  return {
    id: integer(terms.id),
    payment_terms_name: termsName(terms),
    payment_terms_type: terms.type.toLowerCase(),
    due_in_days: terms.type === "NET" ? terms.dueInDays : null,
    created_at: issuedAt,
    updated_at: issuedAt,
    payment_schedules: schedulesOf(context, order, terms),
    admin_graphql_api_id: gid("PaymentsPaymentFlexibilityPaymentTermsPaymentTerms", terms.id),
  };
}

/** `order.payment_terms` */
export function termsInOrder(context: Context, order: Frozen<Order>): Body | null {
  if (!order.paymentTerms) return null;
  const { admin_graphql_api_id: _gid, ...body } = termsBody(context, order, order.paymentTerms);
  return body;
}

function schedulesOf(context: Context, order: Frozen<Order>, terms: Frozen<PaymentTerms>): Body[] {
  const shown = paymentSchedule(order);
  if (!shown) return [];
  const issuedAt = time(context, shown.issuedAt);
  return [
    {
      amount: shown.totalBalance,
      balance_due: shown.balanceDue,
      completed_at: time(context, shown.completedAt),
      created_at: issuedAt,
      currency: order.presentmentCurrency,
      due_at: time(context, shown.dueAt),
      id: integer(shown.id),
      issued_at: issuedAt,
      payment_terms_id: integer(terms.id),
      presentment_currency: order.presentmentCurrency,
      total_balance: shown.totalBalance,
      total_price: shown.totalBalance,
      updated_at: issuedAt,
      admin_graphql_api_id: gid("PaymentSchedule", shown.id),
    },
  ];
}
