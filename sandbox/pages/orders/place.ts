// Placing an order by hand: the form, and what it means for the store. Sample orders come from the traffic generator.
import { html, type Html } from "#sandbox/pages/html.ts";
import { addressFields, hasAddress, readAddress } from "#sandbox/pages/parts/address.ts";
import { card, columns } from "#sandbox/pages/parts/blocks.ts";
import { act, button, checkbox, input, select, textarea } from "#sandbox/pages/parts/controls.ts";
import { customerSuggestions, picked, suggestions, variantSuggestions } from "#sandbox/pages/parts/picker.ts";
import type { Done, View, Visit } from "#sandbox/pages/visit.ts";
import { placeOrder } from "#sandbox/store/acts.ts";
import type { DiscountInput, OrderLineInput, OrderPlaceInput } from "#sandbox/store/inputs.ts";

/** Rows that are there without a script; more can be added with it. */
const LINE_ROWS = 3;
const LINES_MAX = 500;
const QUANTITY_MAX = 1_000_000;
const ATTRIBUTE_ROWS = 2;
const PAYMENTS = ["paid", "pending", "authorized"] as const;
const DISCOUNTS = ["none", "percentage", "amount"] as const;

export function newOrder(visit: Visit): View {
  const { base, store } = visit;
  return {
    title: "Create order",
    active: "orders",
    back: { href: `${base}/orders`, label: "Orders" },
    actions: act("Place a sample order", `${base}/orders/samples`, { testId: "place-sample-order" }),
    body: html`<form method="post" action="${base}/orders">
        ${columns(
          html`${card("Products", lineFields(visit))} ${card("Payment", paymentFields(visit))}
          ${card("Shipping", shippingFields(visit))}`,
          html`${card("Customer", customerFields(visit))} ${card("Notes", noteFields(visit))}`,
        )}
        <div class="form-foot">${button("Place order", { kind: "primary", testId: "place-order" })}</div>
      </form>
      ${suggestions("variants", variantSuggestions(store))}
      ${suggestions("customers", customerSuggestions(store))}`,
  };
}

export function place(visit: Visit): Done {
  const input = readOrder(visit);
  visit.form.check();
  const order = placeOrder(visit.store, input);
  return { to: `${visit.base}/orders/${order.id}`, said: `Order ${order.name} placed` };
}

function readOrder(visit: Visit): OrderPlaceInput {
  const { form, store } = visit;
  const customerId = picked(form, "customer", customerSuggestions(store), "customer");
  const email = form.text("email");
  const price = form.amount("shippingPrice");
  const currency = form.text("presentmentCurrency");
  const taxPercent = form.decimal("taxPercent", { min: 0, max: 100 });
  const rate = form.amount("rate");
  return {
    lines: readLines(visit),
    ...(customerId === null ? {} : { customerId }),
    ...(email === "" ? {} : { email }),
    ...(hasAddress(form, "address") ? { shippingAddress: readAddress(form, "address") } : {}),
    discounts: readDiscount(visit),
    ...(price === undefined ? {} : { shipping: { title: form.text("shippingTitle") || "Standard", price } }),
    payment: form.choice("payment", PAYMENTS, "paid"),
    ...(taxPercent === undefined || taxPercent === 0
      ? {}
      : { taxes: [{ title: form.text("taxTitle") || "Tax", rate: taxPercent / 100 }] }),
    ...(currency === "" ? {} : { presentmentCurrency: currency }),
    ...(rate === undefined ? {} : { rate }),
    note: form.text("note") || null,
    tags: form.list("tags"),
    attributes: form
      .indices("attribute")
      .map((index) => ({
        key: form.text(`attribute[${index}].key`),
        value: form.text(`attribute[${index}].value`),
      }))
      .filter(({ key }) => key !== ""),
    test: form.ticked("test"),
  };
}

function readLines(visit: Visit): OrderLineInput[] {
  const { form, store } = visit;
  const items = variantSuggestions(store);
  const lines: OrderLineInput[] = [];
  for (const index of form.indices("line").slice(0, LINES_MAX)) {
    const variantId = picked(form, `line[${index}].item`, items, "product");
    const quantity = form.whole(`line[${index}].quantity`, { min: 1, max: QUANTITY_MAX }) ?? 1;
    const price = form.amount(`line[${index}].price`);
    if (variantId === null) continue;
    form.alias(`lines.${lines.length}`, `line[${index}]`);
    lines.push({ variantId, quantity, ...(price === undefined ? {} : { price }) });
  }
  if (lines.length === 0 && !form.problems.found)
    form.problems.add("line[0].item", "Add at least one product.");
  return lines;
}

function readDiscount(visit: Visit): DiscountInput[] {
  const { form } = visit;
  const kind = form.choice("discountKind", DISCOUNTS, "none");
  if (kind === "none") return [];
  const name = form.text("discountName");
  const common = { kind: name === "" ? "manual" : "code", name: name || "Custom discount" } as const;
  if (kind === "percentage") {
    const percentage = form.decimal("discountValue", { min: 0, max: 100 });
    if (percentage === undefined && !form.problems.at("discountValue")) {
      form.problems.add("discountValue", "Enter the percentage to take off.");
    }
    return [{ ...common, percentage: percentage ?? 0 }];
  }
  const amount = form.amount("discountValue");
  if (amount === undefined && !form.problems.at("discountValue")) {
    form.problems.add("discountValue", "Enter the amount to take off.");
  }
  return [{ ...common, amount: amount ?? "0" }];
}

function lineFields(visit: Visit): Html {
  const { form } = visit;
  const rows = Math.max(LINE_ROWS, ...form.indices("line").map((index) => index + 1));
  const row = (index: number | string) =>
    html`<div class="repeat-row order-line">
      ${input({
        name: `line[${index}].item`,
        label: "Product or SKU",
        value: form.or(`line[${index}].item`, ""),
        problems: form.problems,
        list: "variants",
        placeholder: "Type to search",
      })}
      ${input({
        name: `line[${index}].quantity`,
        label: "Quantity",
        type: "number",
        min: 1,
        value: form.or(`line[${index}].quantity`, "1"),
        problems: form.problems,
      })}
      ${input({
        name: `line[${index}].price`,
        label: "Own price",
        value: form.or(`line[${index}].price`, ""),
        problems: form.problems,
        placeholder: "As listed",
      })}
    </div>`;
  return html`<div class="repeat" id="order-lines" data-next="${rows}">
      ${Array.from({ length: rows }, (_, index) => row(index))}
      <template>${row("__INDEX__")}</template>
    </div>
    <div>
      <button type="button" class="button" data-add="order-lines" hidden>Add another product</button>
    </div>`;
}

function paymentFields(visit: Visit): Html {
  const { form, store } = visit;
  const { problems } = form;
  const text = (name: string, label: string, extra: { placeholder?: string; suffix?: string } = {}) =>
    input({ name, label, value: form.or(name, ""), problems, ...extra });
  return html`<div class="split">
      ${select({
        name: "payment",
        label: "Payment",
        value: form.or("payment", "paid"),
        problems,
        choices: [
          { value: "paid", label: "Paid" },
          { value: "pending", label: "Pending" },
          { value: "authorized", label: "Authorized only" },
        ],
      })}
      ${text("taxTitle", "Tax name", { placeholder: "Tax" })}
      ${text("taxPercent", "Tax", { suffix: "%", placeholder: "0" })}
    </div>
    <div class="split">
      ${select({
        name: "discountKind",
        label: "Discount",
        value: form.or("discountKind", "none"),
        problems,
        choices: [
          { value: "none", label: "None" },
          { value: "percentage", label: "Percentage" },
          { value: "amount", label: "Amount" },
        ],
      })}
      ${text("discountValue", "Discount value", { placeholder: "10" })}
      ${text("discountName", "Discount code", { placeholder: "SPRING10" })}
    </div>
    <div class="split">
      ${select({
        name: "presentmentCurrency",
        label: "Customer pays in",
        value: form.or("presentmentCurrency", store.shop.currency),
        problems,
        choices: [...new Set([store.shop.currency, ...store.shop.enabledPresentmentCurrencies])].map(
          (currency) => ({
            value: currency,
            label: currency,
          }),
        ),
      })}
      ${text("rate", `Units per ${store.shop.currency}`, { placeholder: "1" })}
      ${checkbox({ name: "test", label: "Test order", checked: form.tickedOr("test", false) })}
    </div>`;
}

function shippingFields(visit: Visit): Html {
  const { form, store } = visit;
  return html`<div class="split">
      ${input({
        name: "shippingTitle",
        label: "Shipping method",
        value: form.or("shippingTitle", ""),
        problems: form.problems,
        placeholder: "Standard",
      })}
      ${input({
        name: "shippingPrice",
        label: "Shipping price",
        value: form.or("shippingPrice", ""),
        problems: form.problems,
        suffix: store.shop.currency,
        placeholder: "Free",
      })}
    </div>
    <details class="disclosure" ${hasAddress(form, "address") && html`open`}>
      <summary>Shipping address</summary>
      ${addressFields(form, "address", null, { person: true })}
    </details>`;
}

function customerFields(visit: Visit): Html {
  const { form } = visit;
  return html`${input({
    name: "customer",
    label: "Customer",
    value: form.or("customer", ""),
    problems: form.problems,
    list: "customers",
    placeholder: "Type a name or e-mail",
  })}
  ${input({
    name: "email",
    label: "E-mail",
    type: "email",
    value: form.or("email", ""),
    problems: form.problems,
    hint: "For an order without a customer, or to use another address.",
  })}`;
}

function noteFields(visit: Visit): Html {
  const { form } = visit;
  const { problems } = form;
  return html`${textarea({ name: "note", label: "Note", value: form.or("note", ""), problems, rows: 2 })}
  ${input({ name: "tags", label: "Tags", value: form.or("tags", ""), problems, hint: "Commas between tags" })}
  ${Array.from({ length: ATTRIBUTE_ROWS }, (_, index) => index).map(
    (index) =>
      html`<div class="split">
        ${input({
          name: `attribute[${index}].key`,
          label: `Attribute ${index + 1}`,
          value: form.or(`attribute[${index}].key`, ""),
          problems,
          placeholder: index === 0 ? "gift" : "",
        })}
        ${input({
          name: `attribute[${index}].value`,
          label: `Value ${index + 1}`,
          value: form.or(`attribute[${index}].value`, ""),
          problems,
          placeholder: index === 0 ? "yes" : "",
        })}
      </div>`,
  )}`;
}
