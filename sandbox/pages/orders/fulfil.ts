// Sending items of an order: which, how many, from where, with which tracking.
import { html } from "#sandbox/pages/html.ts";
import { card, columns, table } from "#sandbox/pages/parts/blocks.ts";
import { button, input, select } from "#sandbox/pages/parts/controls.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { fulfilOrder } from "#sandbox/store/acts.ts";
import { activeLocations } from "#sandbox/store/lookups.ts";
import { lineTotals } from "#sandbox/store/totals.ts";

export function newFulfilment(visit: Visit): View | null {
  const { store, base, params, form } = visit;
  const order = store.get("orders", params.id ?? "");
  if (!order) return null;
  const { problems } = form;
  const path = `${base}/orders/${order.id}`;
  const toSend = order.lines.filter((line) => lineTotals(order, line).unfulfilledQuantity > 0);
  const text = (name: string, label: string, placeholder: string) =>
    input({ name, label, value: form.or(name, ""), problems, placeholder });
  return {
    title: "Fulfil items",
    active: "orders",
    back: { href: path, label: order.name },
    subtitle: `Order ${order.name}`,
    body: html`<form method="post" action="${path}/fulfillments">
      ${columns(
        card(
          "Items to send",
          table(
            "Items to send",
            [
              { label: "Item", kind: "wide" },
              { label: "Left", kind: "number" },
              { label: "Send", kind: "number" },
            ],
            toSend.map((line) => {
              const left = lineTotals(order, line).unfulfilledQuantity;
              return [
                html`<span class="strong">${line.name}</span> <small class="lines">${line.sku}</small>`,
                left,
                input({
                  name: `send.${line.id}`,
                  label: `Send: ${line.name}`,
                  quiet: true,
                  type: "number",
                  min: 0,
                  max: left,
                  value: form.or(`send.${line.id}`, left),
                  problems,
                }),
              ];
            }),
            "Everything has been sent.",
          ),
          { flush: true },
        ),
        html`${card(
          "Shipment",
          html`${select({
            name: "location",
            label: "From",
            value: form.or("location", ""),
            problems,
            choices: [
              { value: "", label: "Where it is committed" },
              ...activeLocations(store).map((location) => ({ value: location.id, label: location.name })),
            ],
          })}
          ${text("company", "Carrier", "DHL")} ${text("number", "Tracking number", "JD014600003828")}
          ${text("url", "Tracking link", "https://")}`,
          { footer: button("Fulfil items", { kind: "primary" }) },
        )}`,
      )}
    </form>`,
  };
}

export function fulfil(visit: Visit): Done {
  const { store, form, params, base } = visit;
  const lines = form.keys("send").flatMap((lineItemId) => {
    const quantity = form.whole(`send.${lineItemId}`, { min: 0 }) ?? 0;
    return quantity > 0 ? [{ lineItemId, quantity }] : [];
  });
  lines.forEach((line, index) => form.alias(`lines.${index}`, `send.${line.lineItemId}`));
  const tracking = {
    company: form.text("company") || null,
    number: form.text("number") || null,
    url: form.text("url") || null,
  };
  if (lines.length === 0 && !form.problems.found) form.problems.add("", "Choose at least one item to send.");
  form.check();
  const locationId = form.text("location");
  const { name } = fulfilOrder(store, params.id ?? "", {
    lines,
    ...(locationId === "" ? {} : { locationId }),
    ...(Object.values(tracking).some(Boolean) ? { tracking: [tracking] } : {}),
  });
  return { to: `${base}/orders/${params.id}`, said: `Fulfilment ${name} made` };
}
