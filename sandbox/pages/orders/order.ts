// One order: its lines, money, deliveries and history, and the way to everything that can be done with it.
import { html, type Html } from "#sandbox/pages/html.ts";
import { moneyCard, transactionsCard } from "#sandbox/pages/orders/money.ts";
import { timeline } from "#sandbox/pages/orders/timeline.ts";
import { customerName, orderBadges } from "#sandbox/pages/orders/words.ts";
import { badge, card, columns, facts, moment, money, table, words } from "#sandbox/pages/parts/blocks.ts";
import {
  act,
  button,
  checkbox,
  confirmAct,
  input,
  linkButton,
  select,
  textarea,
} from "#sandbox/pages/parts/controls.ts";
import { metafieldCard } from "#sandbox/pages/parts/metafields.ts";
import type { View, Visit } from "#sandbox/pages/visit.ts";
import { fulfillmentStatus, isRefundable, lineProductId } from "#sandbox/store/states.ts";
import { lineTotals, refundTotal } from "#sandbox/store/totals.ts";
import type { Address, CancelReason, Frozen, LineItem, Order } from "#sandbox/store/truth.ts";

export const CANCEL_REASONS: readonly CancelReason[] = [
  "CUSTOMER",
  "DECLINED",
  "FRAUD",
  "INVENTORY",
  "OTHER",
  "STAFF",
];

export function showOrder(visit: Visit): View | null {
  const { store, base, params } = visit;
  const order = store.get("orders", params.id ?? "");
  if (!order) return null;
  const path = `${base}/orders/${order.id}`;
  const { payment, fulfilment } = orderBadges(order);
  return {
    title: order.name,
    active: "orders",
    back: { href: `${base}/orders`, label: "Orders" },
    badges: html`${payment} ${fulfilment} ${order.cancelledAt && badge("Cancelled", "critical")}
    ${order.closedAt && badge("Closed")} ${order.test && badge("Test", "info")}`,
    subtitle: html`${moment(order.processedAt)} · ${words(order.sourceName)}`,
    actions: orderActs(order, path),
    body: columns(
      html`${linesCard(visit, order)} ${moneyCard(order, path)} ${transactionsCard(order)}
      ${fulfillmentsCard(visit, order, path)} ${refundsCard(order)} ${card("Timeline", timeline(order))}
      ${metafieldCard(visit, "ORDER", order.id, path)}`,
      html`${notesCard(visit, order, path)} ${customerCard(visit, order)} ${aboutCard(order)}`,
    ),
  };
}

function orderActs(order: Frozen<Order>, path: string): Html {
  const isOpen = order.cancelledAt === null;
  return html`${isOpen && linkButton("Edit", `${path}/edits/new`)}
  ${isRefundable(order) && linkButton("Refund", `${path}/refunds/new`)}
  ${isOpen && (order.closedAt ? act("Reopen", `${path}/reopening`) : act("Close", `${path}/closure`))}
  ${
    isOpen &&
    confirmAct({
      id: "cancel-order",
      label: "Cancel order",
      title: `Cancel order ${order.name}?`,
      text: "Nothing more will be sent. This cannot be undone.",
      action: `${path}/cancellation`,
      confirm: "Cancel order",
      body: html`${select({
        name: "reason",
        label: "Reason",
        value: "CUSTOMER",
        choices: CANCEL_REASONS.map((reason) => ({ value: reason, label: words(reason) })),
      })}
      ${checkbox({ name: "refund", label: "Refund what was paid", checked: true })}
      ${checkbox({ name: "restock", label: "Put the items back in stock", checked: true })}
      ${input({ name: "staffNote", label: "Note for staff" })}`,
    })
  }
  ${confirmAct({
    id: "delete-order",
    label: "Delete order",
    title: `Delete order ${order.name}?`,
    text: "The order and everything about it is gone for good. Shopify deletes only orders that were cancelled, or were not paid by card.",
    action: `${path}/deletion`,
    confirm: "Delete order",
  })}`;
}

function linesCard(visit: Visit, order: Frozen<Order>): Html {
  return card(
    "Items",
    table(
      "Items",
      [
        { label: "Item", kind: "wide" },
        { label: "Price", kind: "number" },
        { label: "Quantity", kind: "number" },
        { label: "To send", kind: "number" },
        { label: "Total", kind: "number" },
      ],
      order.lines.map((line) => {
        const all = lineTotals(order, line);
        return [
          lineName(visit, line),
          money(line.unitPrice.presentment, order.presentmentCurrency),
          all.currentQuantity === line.quantity
            ? line.quantity
            : html`<span title="Ordered ${line.quantity}">${all.currentQuantity} of ${line.quantity}</span>`,
          all.unfulfilledQuantity,
          money(all.discountedTotal.presentment, order.presentmentCurrency),
        ];
      }),
      "This order has no items.",
    ),
    { flush: true },
  );
}

function lineName(visit: Visit, line: Frozen<LineItem>): Html {
  const productId = lineProductId(visit.store, line);
  const details = [
    line.variantTitle,
    line.sku,
    line.isTip ? "Tip" : null,
    line.isGiftCard ? "Gift card" : null,
  ];
  return html`<div>
    ${
      productId
        ? html`<a href="${visit.base}/products/${productId}">${line.title}</a>`
        : html`<span class="strong">${line.title}</span>`
    }
    <small class="lines">${details.filter(Boolean).join(" · ")}</small>
    ${line.attributes.map((attribute) => html`<small class="lines">${attribute.key}: ${attribute.value}</small>`)}
  </div>`;
}

function fulfillmentsCard(visit: Visit, order: Frozen<Order>, path: string): Html {
  const openToSend = order.cancelledAt === null && fulfillmentStatus(order) !== "FULFILLED";
  const names = new Map(order.lines.map((line) => [line.id, line.name]));
  const sent = order.fulfillments.map(
    (fulfillment) =>
      html`<div class="stack">
        <div class="row between">
          <h3>${fulfillment.name}</h3>
          ${badge(words(fulfillment.status), fulfillment.status === "SUCCESS" ? "success" : "neutral")}
        </div>
        <ul class="plain">
          ${fulfillment.lines.map((line) => html`<li>${line.quantity} × ${names.get(line.lineItemId)}</li>`)}
        </ul>
        ${fulfillment.tracking.map(
          (tracking) =>
            html`<p class="soft">${[tracking.company, tracking.number].filter(Boolean).join(" ")}</p>`,
        )}
        <p class="soft">
          ${moment(fulfillment.createdAt)}
          ${fulfillment.locationId && html`from ${visit.store.get("locations", fulfillment.locationId)?.name}`}
        </p>
        ${
          fulfillment.status === "SUCCESS" &&
          html`<div>
            ${act("Cancel fulfilment", `${path}/fulfillments/${fulfillment.id}/cancellation`, {
              says: `Cancel fulfilment ${fulfillment.name}`,
            })}
          </div>`
        }
      </div>`,
  );
  return card("Fulfilments", sent.length > 0 ? sent : html`<p class="soft">Nothing has been sent yet.</p>`, {
    actions: openToSend && linkButton("Fulfil items", `${path}/fulfillments/new`, "primary"),
  });
}

function refundsCard(order: Frozen<Order>): Html | null {
  if (order.refunds.length === 0) return null;
  const names = new Map(order.lines.map((line) => [line.id, line.name]));
  return card(
    "Refunds",
    order.refunds.map(
      (refund) =>
        html`<div class="stack">
          <div class="row between">
            <h3>${moment(refund.createdAt)}</h3>
            <span class="strong"
              >${money(refundTotal(order, refund).presentment, order.presentmentCurrency)}</span
            >
          </div>
          <ul class="plain">
            ${refund.lines.map(
              (line) =>
                html`<li>
                  ${line.quantity} × ${names.get(line.lineItemId)}${line.restocked && " (restocked)"}
                </li>`,
            )}
          </ul>
          ${refund.note && html`<p class="soft">${refund.note}</p>`}
        </div>`,
    ),
  );
}

function notesCard(visit: Visit, order: Frozen<Order>, path: string): Html {
  const { form } = visit;
  const { problems } = form;
  return html`<form method="post" action="${path}">
    ${card(
      "Notes and tags",
      html`${textarea({ name: "note", label: "Note", value: form.or("note", order.note), problems })}
      ${input({ name: "tags", label: "Tags", value: form.or("tags", order.tags.join(", ")), problems, hint: "Commas between tags" })}
      ${input({ name: "email", label: "E-mail", type: "email", value: form.or("email", order.email), problems })}
      ${input({ name: "poNumber", label: "PO number", value: form.or("poNumber", order.poNumber), problems })}
      ${textarea({
        name: "attributes",
        label: "Attributes",
        hint: "One per line, as name: value",
        rows: 2,
        value: form.or("attributes", order.attributes.map(({ key, value }) => `${key}: ${value}`).join("\n")),
        problems,
      })}`,
      { footer: button("Save notes") },
    )}
  </form>`;
}

function customerCard(visit: Visit, order: Frozen<Order>): Html {
  const customer = order.customerId ? visit.store.get("customers", order.customerId) : undefined;
  return card(
    "Customer",
    html`<p>
        ${
          customer
            ? html`<a href="${visit.base}/customers/${customer.id}">${customerName(visit, order)}</a>`
            : customerName(visit, order)
        }
      </p>
      ${order.phone && html`<p>${order.phone}</p>`} ${addressBlock("Shipping address", order.shippingAddress)}
      ${addressBlock("Billing address", order.billingAddress)}`,
  );
}

function addressBlock(title: string, address: Frozen<Address> | null): Html | null {
  if (!address) return null;
  const lines = [
    [address.firstName, address.lastName].filter(Boolean).join(" "),
    address.company,
    address.address1,
    address.address2,
    [address.zip, address.city].filter(Boolean).join(" "),
    [address.province, address.country].filter(Boolean).join(", "),
  ];
  return html`<div>
    <h3>${title}</h3>
    <address>${lines.filter(Boolean).map((line) => html`<span class="lines">${line}</span>`)}</address>
  </div>`;
}

function aboutCard(order: Frozen<Order>): Html {
  return card(
    "About",
    facts([
      ["Id", order.id],
      ["Confirmation", order.confirmationNumber],
      ["Created", moment(order.createdAt)],
      ["Updated", moment(order.updatedAt)],
      ["Source", order.sourceName],
    ]),
  );
}
