// Editing an order after it was placed: other quantities, lines taken off, lines added.
import { html } from "#sandbox/pages/html.ts";
import { card, columns, money, table } from "#sandbox/pages/parts/blocks.ts";
import { button, checkbox, input, textarea } from "#sandbox/pages/parts/controls.ts";
import { picked, suggestions, variantSuggestions } from "#sandbox/pages/parts/picker.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { editOrder } from "#sandbox/store/acts.ts";
import type { OrderLineInput } from "#sandbox/store/inputs.ts";
import { lineTotals } from "#sandbox/store/totals.ts";

const ROWS_TO_ADD = 2;
const QUANTITY_MAX = 1_000_000;

export function newEdit(visit: Visit): View | null {
  const { store, base, params, form } = visit;
  const order = store.get("orders", params.id ?? "");
  if (!order) return null;
  const { problems } = form;
  const path = `${base}/orders/${order.id}`;
  const lines = order.lines.filter((line) => !line.isTip && lineTotals(order, line).currentQuantity > 0);
  return {
    title: "Edit order",
    active: "orders",
    back: { href: path, label: order.name },
    subtitle: `Order ${order.name}`,
    body: html`<form method="post" action="${path}/edits">
      ${columns(
        html`${card(
          "Items",
          table(
            "Items",
            [
              { label: "Item", kind: "wide" },
              { label: "Price", kind: "number" },
              { label: "Quantity", kind: "number" },
            ],
            lines.map((line) => [
              html`<span class="strong">${line.name}</span> <small class="lines">${line.sku}</small>`,
              money(line.unitPrice.presentment, order.presentmentCurrency),
              input({
                name: `quantity.${line.id}`,
                label: `Quantity: ${line.name}`,
                quiet: true,
                type: "number",
                min: 0,
                value: form.or(`quantity.${line.id}`, lineTotals(order, line).currentQuantity),
                problems,
              }),
            ]),
            "This order has no items left.",
          ),
          { flush: true },
        )}
        ${card(
          "Add items",
          Array.from({ length: ROWS_TO_ADD }, (_, index) => index).map(
            (index) =>
              html`<div class="repeat-row">
                ${input({
                  name: `add[${index}].item`,
                  label: "Product or SKU",
                  value: form.or(`add[${index}].item`, ""),
                  problems,
                  list: "variants",
                  placeholder: "Type to search",
                })}
                ${input({
                  name: `add[${index}].quantity`,
                  label: "Quantity",
                  type: "number",
                  min: 1,
                  value: form.or(`add[${index}].quantity`, 1),
                  problems,
                })}
              </div>`,
          ),
        )}`,
        card(
          "Edit",
          html`<p class="soft">A quantity of 0 takes the item off the order.</p>
            ${checkbox({ name: "restock", label: "Put removed items back in stock", checked: form.tickedOr("restock", true) })}
            ${textarea({ name: "note", label: "Reason", value: form.or("note", ""), problems, rows: 2 })}`,
          { footer: button("Save edit", { kind: "primary" }) },
        ),
      )}
      ${suggestions("variants", variantSuggestions(store))}
    </form>`,
  };
}

export function edit(visit: Visit): Done {
  const { store, form, params, base } = visit;
  const order = store.need("orders", params.id ?? "");
  const restock = form.ticked("restock");
  const quantities = order.lines.flatMap((line) => {
    const quantity = form.whole(`quantity.${line.id}`, { min: 0, max: QUANTITY_MAX });
    if (quantity === undefined || quantity === lineTotals(order, line).currentQuantity) return [];
    return [{ lineItemId: line.id, quantity, restock }];
  });
  quantities.forEach((line, index) => form.alias(`quantities.${index}`, `quantity.${line.lineItemId}`));
  const items = variantSuggestions(store);
  const add: OrderLineInput[] = [];
  for (const index of form.indices("add")) {
    const variantId = picked(form, `add[${index}].item`, items, "product");
    const quantity = form.whole(`add[${index}].quantity`, { min: 1, max: QUANTITY_MAX }) ?? 1;
    if (variantId === null) continue;
    form.alias(`lines.${add.length}`, `add[${index}]`);
    add.push({ variantId, quantity });
  }
  if (quantities.length === 0 && add.length === 0 && !form.problems.found) {
    form.problems.add("", "Change a quantity or add an item.");
  }
  form.check();
  editOrder(store, order.id, { quantities, add, note: form.text("note") || null });
  return { to: `${base}/orders/${order.id}`, said: `Order ${order.name} edited` };
}
