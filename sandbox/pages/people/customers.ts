// The people who buy: listed, created, changed, deleted.
import { html, type Html } from "#sandbox/pages/html.ts";
import { cut, matches, searchbar, sought } from "#sandbox/pages/listing.ts";
import { briefOrders } from "#sandbox/pages/orders/list.ts";
import { nameOfCustomer } from "#sandbox/pages/orders/words.ts";
import { addressFields, hasAddress, readAddress } from "#sandbox/pages/parts/address.ts";
import { badge, card, columns, count, facts, moment, table } from "#sandbox/pages/parts/blocks.ts";
import { button, checkbox, confirmAct, input, linkButton, textarea } from "#sandbox/pages/parts/controls.ts";
import { metafieldCard, metafieldRoom } from "#sandbox/pages/parts/metafields.ts";
import type { Done, Rooms, View, Visit } from "#sandbox/pages/visit.ts";
import { createCustomer, deleteCustomer, updateCustomer } from "#sandbox/store/acts.ts";
import type { CustomerInput } from "#sandbox/store/inputs.ts";
import { ordersOf } from "#sandbox/store/lookups.ts";
import type { Customer, Frozen } from "#sandbox/store/truth.ts";

/** The latest orders on a customer's page; the order list finds the others by e-mail. */
const ORDERS_SHOWN = 10;

function listCustomers(visit: Visit): View {
  const { store, base, path, query } = visit;
  const asked = sought(query);
  const found = store
    .list("customers")
    .filter((customer) =>
      matches(asked, [nameOfCustomer(customer), customer.email, customer.phone, ...customer.tags]),
    )
    .toReversed();
  const listing = cut(found, path, query);
  return {
    title: "Customers",
    active: "customers",
    actions: linkButton("Add customer", `${base}/customers/new`, "primary"),
    body: card(
      null,
      html`${searchbar("Search name, e-mail, phone or tag", path, query)}
      ${table(
        "Customers",
        [
          { label: "Customer", kind: "wide" },
          { label: "E-mail" },
          { label: "Marketing" },
          { label: "Place" },
          { label: "Orders", kind: "number" },
        ],
        listing.rows.map((customer) => [
          html`<a href="${base}/customers/${customer.id}">${nameOfCustomer(customer)}</a>`,
          customer.email ?? "–",
          customer.emailMarketing.state === "SUBSCRIBED"
            ? badge("Subscribed", "success")
            : badge("Not subscribed"),
          placeOf(customer),
          count(ordersOf(store, customer.id).length),
        ]),
        "No customer matches.",
      )}
      ${listing.pager}`,
      { flush: true },
    ),
  };
}

function placeOf(customer: Frozen<Customer>): string {
  const [address] = customer.addresses;
  return [address?.city, address?.country].filter(Boolean).join(", ") || "–";
}

function newCustomer(visit: Visit): View {
  const { base } = visit;
  return {
    title: "Add customer",
    active: "customers",
    back: { href: `${base}/customers`, label: "Customers" },
    body: html`<form method="post" action="${base}/customers">
      ${fields(visit, null)}
      <div class="form-foot">${button("Save customer", { kind: "primary" })}</div>
    </form>`,
  };
}

function showCustomer(visit: Visit): View | null {
  const { store, base, params } = visit;
  const customer = store.get("customers", params.id ?? "");
  if (!customer) return null;
  const path = `${base}/customers/${customer.id}`;
  const orders = ordersOf(store, customer.id).toReversed();
  return {
    title: nameOfCustomer(customer),
    active: "customers",
    back: { href: `${base}/customers`, label: "Customers" },
    actions: confirmAct({
      id: "delete-customer",
      label: "Delete customer",
      title: `Delete ${nameOfCustomer(customer)}?`,
      text: "A customer with orders cannot be deleted. This cannot be undone.",
      action: `${path}/deletion`,
      confirm: "Delete customer",
    }),
    body: columns(
      html`${card(
          "Latest orders",
          briefOrders(
            visit,
            "Latest orders",
            orders.slice(0, ORDERS_SHOWN),
            "This customer has not ordered yet.",
          ),
          { flush: true },
        )}
        <form method="post" action="${path}" class="gap-below">
          ${fields(visit, customer)}
          <div class="form-foot">${button("Save customer", { kind: "primary" })}</div>
        </form>
        ${metafieldCard(visit, "CUSTOMER", customer.id, path)}`,
      card(
        "About",
        facts([
          ["Id", customer.id],
          ["State", customer.state.toLowerCase()],
          ["Orders", count(orders.length)],
          ["Created", moment(customer.createdAt)],
          ["Updated", moment(customer.updatedAt)],
        ]),
      ),
    ),
  };
}

function addCustomer(visit: Visit): Done {
  const input = readCustomer(visit);
  visit.form.check();
  const customer = createCustomer(visit.store, input);
  return { to: `${visit.base}/customers/${customer.id}`, said: `${nameOfCustomer(customer)} added` };
}

function saveCustomer(visit: Visit): Done {
  const input = readCustomer(visit);
  visit.form.check();
  const customer = updateCustomer(visit.store, visit.params.id ?? "", input);
  return { to: `${visit.base}/customers/${customer.id}`, said: "Customer saved" };
}

function removeCustomer(visit: Visit): Done {
  const name = nameOfCustomer(visit.store.need("customers", visit.params.id ?? ""));
  deleteCustomer(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/customers`, said: `${name} deleted` };
}

function readCustomer(visit: Visit): CustomerInput {
  const { form, store, params } = visit;
  const known = params.id === undefined ? undefined : store.get("customers", params.id);
  // The form shows the first address only; the others stay as they are.
  const others = known?.addresses.slice(1) ?? [];
  const first = hasAddress(form, "address")
    ? [{ ...known?.addresses[0], ...readAddress(form, "address") }]
    : [];
  return {
    firstName: form.text("firstName") || null,
    lastName: form.text("lastName") || null,
    email: form.text("email") || null,
    phone: form.text("phone") || null,
    note: form.text("note") || null,
    tags: form.list("tags"),
    taxExempt: form.ticked("taxExempt"),
    acceptsMarketing: form.ticked("acceptsMarketing"),
    addresses: [...first, ...others],
  };
}

function fields(visit: Visit, customer: Frozen<Customer> | null): Html {
  const { form } = visit;
  const { problems } = form;
  const text = (
    name: string,
    label: string,
    record: string | null | undefined,
    type: "text" | "email" | "tel" = "text",
  ) => input({ name, label, type, value: form.or(name, record), problems });
  return html`${card(
    "Customer",
    html`<div class="split">
        ${text("firstName", "First name", customer?.firstName)}
        ${text("lastName", "Last name", customer?.lastName)}
        ${text("email", "E-mail", customer?.email, "email")} ${text("phone", "Phone", customer?.phone, "tel")}
      </div>
      ${checkbox({
        name: "acceptsMarketing",
        label: "Agreed to marketing e-mails",
        checked: form.tickedOr("acceptsMarketing", customer?.emailMarketing.state === "SUBSCRIBED"),
      })}
      ${checkbox({ name: "taxExempt", label: "Pays no tax", checked: form.tickedOr("taxExempt", customer?.taxExempt ?? false) })}
      ${text("tags", "Tags (commas between them)", customer?.tags.join(", "))}
      ${textarea({ name: "note", label: "Note", value: form.or("note", customer?.note), problems, rows: 2 })}`,
  )}
  ${card("Address", addressFields(form, "address", customer?.addresses[0] ?? null, { person: true }))}`;
}

export const CUSTOMER_ROOMS: Rooms = {
  customers: { show: listCustomers, act: addCustomer, again: newCustomer },
  "customers/new": { show: newCustomer },
  "customers/:id": { show: showCustomer, act: saveCustomer },
  "customers/:id/deletion": { act: removeCustomer, again: showCustomer },
  "customers/:id/metafields": metafieldRoom(
    "CUSTOMER",
    (visit) => `${visit.base}/customers/${visit.params.id}`,
    showCustomer,
  ),
};
