// How an order's states and people are put in words and colours.
import { badge, words, type Tone } from "#sandbox/pages/parts/blocks.ts";
import type { Html } from "#sandbox/pages/html.ts";
import type { Visit } from "#sandbox/pages/visit.ts";
import {
  financialStatus,
  fulfillmentStatus,
  type FinancialStatus,
  type FulfillmentStatusShown,
} from "#sandbox/store/states.ts";
import type { Customer, Frozen, Order } from "#sandbox/store/truth.ts";

const PAYMENT: Record<FinancialStatus, { label: string; tone: Tone }> = {
  PENDING: { label: "Payment pending", tone: "warning" },
  AUTHORIZED: { label: "Authorized", tone: "info" },
  PARTIALLY_PAID: { label: "Partially paid", tone: "warning" },
  PAID: { label: "Paid", tone: "neutral" },
  PARTIALLY_REFUNDED: { label: "Partially refunded", tone: "neutral" },
  REFUNDED: { label: "Refunded", tone: "neutral" },
  VOIDED: { label: "Voided", tone: "neutral" },
};

const FULFILMENT: Record<FulfillmentStatusShown, Tone> = {
  UNFULFILLED: "warning",
  ON_HOLD: "warning",
  PARTIALLY_FULFILLED: "info",
  FULFILLED: "success",
};

export function orderBadges(order: Frozen<Order>): { payment: Html; fulfilment: Html } {
  const { label, tone } = PAYMENT[financialStatus(order)];
  const shown = fulfillmentStatus(order);
  return { payment: badge(label, tone), fulfilment: badge(words(shown), FULFILMENT[shown]) };
}

export function customerName(visit: Visit, order: Frozen<Order>): string {
  const customer = order.customerId ? visit.store.get("customers", order.customerId) : undefined;
  return customer ? nameOfCustomer(customer) : (order.email ?? "No customer");
}

export function nameOfCustomer(customer: Frozen<Customer>): string {
  const name = [customer.firstName, customer.lastName].filter(Boolean).join(" ");
  return name || customer.email || `Customer ${customer.id}`;
}
