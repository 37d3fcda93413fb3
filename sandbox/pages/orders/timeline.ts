// An order's history, newest first, read from its own parts: nothing is recorded just to be shown here.
import { html, type Html } from "#sandbox/pages/html.ts";
import { moment, money, words } from "#sandbox/pages/parts/blocks.ts";
import { refundTotal } from "#sandbox/store/totals.ts";
import type { Frozen, Order, Time } from "#sandbox/store/truth.ts";

type Happening = { at: Time; said: string };

export function timeline(order: Frozen<Order>): Html {
  return html`<ol class="timeline">
    ${happenings(order).map(({ at, said }) => html`<li>${said} ${moment(at)}</li>`)}
  </ol>`;
}

function happenings(order: Frozen<Order>): Happening[] {
  const shown = (amount: string) => money(amount, order.presentmentCurrency);
  const all: Happening[] = [{ at: order.processedAt, said: "Order placed" }];
  for (const transaction of order.transactions) {
    const said = `${words(transaction.kind)} of ${shown(transaction.amount.presentment)}: ${words(transaction.status).toLowerCase()}`;
    all.push({ at: transaction.processedAt ?? transaction.createdAt, said });
  }
  for (const fulfillment of order.fulfillments) {
    const units = fulfillment.lines.reduce((sum, line) => sum + line.quantity, 0);
    all.push({
      at: fulfillment.createdAt,
      said: `${units} ${units === 1 ? "item" : "items"} sent (${fulfillment.name})`,
    });
    if (fulfillment.status === "CANCELLED")
      all.push({ at: fulfillment.updatedAt, said: `${fulfillment.name} cancelled` });
    if (fulfillment.deliveredAt)
      all.push({ at: fulfillment.deliveredAt, said: `${fulfillment.name} delivered` });
  }
  for (const refund of order.refunds) {
    all.push({ at: refund.createdAt, said: `Refund of ${shown(refundTotal(order, refund).presentment)}` });
  }
  for (const agreement of order.agreements) {
    if (agreement.reason === "ORDER_EDIT") all.push({ at: agreement.happenedAt, said: "Order edited" });
  }
  if (order.cancelledAt) {
    all.push({ at: order.cancelledAt, said: `Order cancelled (${words(order.cancelReason).toLowerCase()})` });
  }
  if (order.closedAt) all.push({ at: order.closedAt, said: "Order closed" });
  // What happened at the same moment is listed in the order in which it was found, newest first like the rest.
  return all.toReversed().toSorted((left, right) => right.at.localeCompare(left.at));
}
