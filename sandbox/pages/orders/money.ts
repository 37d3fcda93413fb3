// An order's money: what it comes to, what has been paid, and every transaction.
import { html, type Html } from "#sandbox/pages/html.ts";
import { badge, card, facts, moment, money, table, words } from "#sandbox/pages/parts/blocks.ts";
import { act } from "#sandbox/pages/parts/controls.ts";
import { bagOf } from "#sandbox/store/money.ts";
import { totals } from "#sandbox/store/totals.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";

export function moneyCard(order: Frozen<Order>, path: string): Html {
  const all = totals(order);
  const shown = (bag: { presentment: string }) => money(bag.presentment, order.presentmentCurrency);
  const codes = order.discountApplications.map((part) => part.code ?? part.title).filter(Boolean);
  const owed = bagOf(all.totalOutstanding, order).presentment > 0n;
  const capturable = bagOf(all.totalCapturable, order).presentment > 0n;
  const pays =
    order.cancelledAt === null &&
    html`${capturable && act("Capture payment", `${path}/captures`, { kind: "primary" })}
    ${owed && act("Mark as paid", `${path}/payments`, { kind: capturable ? undefined : "primary" })}`;
  return card(
    "Payment",
    facts(
      [
        ["Subtotal", shown(all.currentSubtotalPrice)],
        [
          `Discounts${codes.length > 0 ? ` (${codes.join(", ")})` : ""}`,
          `−${shown(all.currentTotalDiscounts)}`,
        ],
        [
          `Shipping${order.shippingLines[0] ? ` (${order.shippingLines[0].title})` : ""}`,
          shown(all.currentShippingPrice),
        ],
        ...(all.currentTotalDuties ? [["Duties", shown(all.currentTotalDuties)] as const] : []),
        ...order.additionalFees.map(({ name, price }) => [name, shown(price)] as const),
        [order.taxesIncluded ? "Tax, included" : "Tax", shown(all.currentTotalTax)],
        ["Total", html`<span class="strong">${shown(all.currentTotalPrice)}</span>`],
        ...(order.presentmentCurrency === order.currency
          ? []
          : [["In the store's currency", money(all.currentTotalPrice.shop, order.currency)] as const]),
        ["Paid", shown(all.totalReceived)],
        ...(order.refunds.length > 0 ? [["Refunded", `−${shown(all.totalRefunded)}`] as const] : []),
        ...(capturable ? [["Authorized, to capture", shown(all.totalCapturable)] as const] : []),
      ],
      ["Outstanding", shown(all.totalOutstanding)],
    ),
    owed || capturable ? { footer: pays } : {},
  );
}

export function transactionsCard(order: Frozen<Order>): Html | null {
  if (order.transactions.length === 0) return null;
  return card(
    "Transactions",
    table(
      "Transactions",
      [
        { label: "Kind", kind: "wide" },
        { label: "State" },
        { label: "Gateway" },
        { label: "When" },
        { label: "Amount", kind: "number" },
      ],
      order.transactions.map((transaction) => [
        html`<span class="strong">${words(transaction.kind)}</span>`,
        badge(words(transaction.status), transaction.status === "SUCCESS" ? "success" : "warning"),
        transaction.gateway,
        moment(transaction.processedAt ?? transaction.createdAt),
        money(transaction.amount.presentment, order.presentmentCurrency),
      ]),
      "",
    ),
    { flush: true },
  );
}
