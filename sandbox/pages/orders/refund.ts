// Giving money back: which items, whether they return to stock, the shipping, another amount than they are worth.
import { html } from "#sandbox/pages/html.ts";
import { card, columns, facts, money, table } from "#sandbox/pages/parts/blocks.ts";
import { button, checkbox, input, select, textarea } from "#sandbox/pages/parts/controls.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { refundOrder } from "#sandbox/store/acts.ts";
import { activeLocations } from "#sandbox/store/lookups.ts";
import { lineTotals, totals } from "#sandbox/store/totals.ts";
import type { Frozen, LineItem, Order, RestockType } from "#sandbox/store/truth.ts";

export function newRefund(visit: Visit): View | null {
  const { store, base, params, form } = visit;
  const order = store.get("orders", params.id ?? "");
  if (!order) return null;
  const { problems } = form;
  const path = `${base}/orders/${order.id}`;
  const all = totals(order);
  const shown = (amount: string) => money(amount, order.presentmentCurrency);
  return {
    title: "Refund",
    active: "orders",
    back: { href: path, label: order.name },
    subtitle: `Order ${order.name}`,
    body: html`<form method="post" action="${path}/refunds">
      ${columns(
        html`${card("Items to refund", linesTable(visit, order), { flush: true })}
        ${card(
          "Stock",
          html`${checkbox({ name: "restock", label: "Put the items back in stock", checked: form.tickedOr("restock", true) })}
          ${select({
            name: "location",
            label: "At",
            value: form.or("location", ""),
            problems,
            choices: [
              { value: "", label: "Where they came from" },
              ...activeLocations(store).map((location) => ({ value: location.id, label: location.name })),
            ],
          })}`,
        )}`,
        card(
          "Money",
          html`${facts([
            ["Paid", shown(all.totalReceived.presentment)],
            ["Refunded so far", shown(all.totalRefunded.presentment)],
          ])}
          ${input({
            name: "amount",
            label: "Amount",
            value: form.or("amount", ""),
            problems,
            suffix: order.presentmentCurrency,
            hint: "Leave empty to give back what the items and the shipping are worth.",
          })}
          ${input({
            name: "shipping",
            label: "Shipping",
            value: form.or("shipping", ""),
            problems,
            suffix: order.presentmentCurrency,
            placeholder: "0.00",
          })}
          ${textarea({ name: "note", label: "Reason", value: form.or("note", ""), problems, rows: 2 })}`,
          { footer: button("Refund", { kind: "primary" }) },
        ),
      )}
    </form>`,
  };
}

export function refund(visit: Visit): Done {
  const { store, form, params, base } = visit;
  const order = store.need("orders", params.id ?? "");
  const restock = form.ticked("restock");
  const locationId = form.text("location");
  const lines = form.keys("refund").flatMap((lineItemId) => {
    const quantity = form.whole(`refund.${lineItemId}`, { min: 0 }) ?? 0;
    if (quantity === 0) return [];
    const restockType = restock ? restockOf(order, lineItemId) : "NO_RESTOCK";
    return [{ lineItemId, quantity, restockType, ...(locationId === "" ? {} : { locationId }) }];
  });
  lines.forEach((line, index) => form.alias(`lines.${index}`, `refund.${line.lineItemId}`));
  const shipping = form.amount("shipping");
  const amount = form.amount("amount");
  const note = form.text("note");
  if (lines.length === 0 && shipping === undefined && amount === undefined && !form.problems.found) {
    form.problems.add("", "Choose items, shipping or an amount to refund.");
  }
  form.check();
  refundOrder(store, order.id, {
    lines,
    ...(shipping === undefined ? {} : { shipping }),
    ...(amount === undefined ? {} : { amount }),
    ...(note === "" ? {} : { note }),
  });
  return { to: `${base}/orders/${order.id}`, said: `Order ${order.name} refunded` };
}

/** What has been sent comes back as a return; what has not is cancelled. */
function restockOf(order: Frozen<Order>, lineItemId: string): RestockType {
  const line = order.lines.find((candidate) => candidate.id === lineItemId);
  return line && lineTotals(order, line).fulfilledQuantity > 0 ? "RETURN" : "CANCEL";
}

function linesTable(visit: Visit, order: Frozen<Order>) {
  const { form } = visit;
  const refundable = (line: Frozen<LineItem>) => lineTotals(order, line).refundableQuantity;
  return table(
    "Items to refund",
    [
      { label: "Item", kind: "wide" },
      { label: "Each", kind: "number" },
      { label: "Refundable", kind: "number" },
      { label: "Refund", kind: "number" },
    ],
    order.lines
      .filter((line) => refundable(line) > 0)
      .map((line) => [
        html`<span class="strong">${line.name}</span> <small class="lines">${line.sku}</small>`,
        money(
          lineTotals(order, line).discountedUnitPriceAfterAllDiscounts.presentment,
          order.presentmentCurrency,
        ),
        refundable(line),
        input({
          name: `refund.${line.id}`,
          label: `Refund: ${line.name}`,
          quiet: true,
          type: "number",
          min: 0,
          max: refundable(line),
          value: form.or(`refund.${line.id}`, 0),
          problems: form.problems,
        }),
      ]),
    "All items have been refunded.",
  );
}
