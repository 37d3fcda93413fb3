// What can be done with an order without a page of its own: pay, capture, note, cancel, close, reopen, delete.
import { CANCEL_REASONS } from "#sandbox/pages/orders/order.ts";
import type { Done, Visit } from "#sandbox/pages/visit.ts";
import {
  cancelFulfillment,
  cancelOrder,
  captureOrder,
  closeOrder,
  deleteOrder,
  markOrderPaid,
  reopenOrder,
  updateOrder,
} from "#sandbox/store/acts.ts";
import type { Attribute } from "#sandbox/store/truth.ts";

/** As many as the button on the home page asks for at most. */
const SAMPLES_MAX = 500;

export async function placeSamples(visit: Visit): Promise<Done> {
  const { form, base } = visit;
  const count = form.whole("count", { min: 1, max: SAMPLES_MAX }) ?? 1;
  const from = form.choice("from", ["orders", "home"], "orders");
  form.check();
  const names = await visit.traffic.placeOrders(count);
  if (names.length === 0) form.problems.add("", "Nothing is left to sell. Bring in some stock first.");
  form.check();
  const said = names.length === 1 ? `Order ${names[0]} placed` : `${names.length} orders placed`;
  return { to: from === "home" ? base : `${base}/orders`, said };
}

export function pay(visit: Visit): Done {
  return done(visit, markOrderPaid(visit.store, visit.params.id ?? "").name, "marked as paid");
}

export function capture(visit: Visit): Done {
  return done(visit, captureOrder(visit.store, visit.params.id ?? "").name, "captured");
}

export function close(visit: Visit): Done {
  return done(visit, closeOrder(visit.store, visit.params.id ?? "").name, "closed");
}

export function reopen(visit: Visit): Done {
  return done(visit, reopenOrder(visit.store, visit.params.id ?? "").name, "reopened");
}

export function cancel(visit: Visit): Done {
  const { form, store, params } = visit;
  const input = {
    reason: form.choice("reason", CANCEL_REASONS, "CUSTOMER"),
    refund: form.ticked("refund"),
    restock: form.ticked("restock"),
    staffNote: form.text("staffNote") || null,
  };
  form.check();
  return done(visit, cancelOrder(store, params.id ?? "", input).name, "cancelled");
}

export function cancelShipment(visit: Visit): Done {
  const { store, params, base } = visit;
  const { name } = cancelFulfillment(store, params.id ?? "", params.fulfillment ?? "");
  return { to: `${base}/orders/${params.id}`, said: `Fulfilment ${name} cancelled` };
}

export function removeOrder(visit: Visit): Done {
  const { name } = visit.store.need("orders", visit.params.id ?? "");
  deleteOrder(visit.store, visit.params.id ?? "");
  return { to: `${visit.base}/orders`, said: `Order ${name} deleted` };
}

export function saveNotes(visit: Visit): Done {
  const { form, store, params, base } = visit;
  const input = {
    note: form.text("note") || null,
    tags: form.list("tags"),
    email: form.text("email") || null,
    poNumber: form.text("poNumber") || null,
    attributes: readAttributes(visit),
  };
  form.check();
  updateOrder(store, params.id ?? "", input);
  return { to: `${base}/orders/${params.id}`, said: "Notes saved" };
}

function readAttributes(visit: Visit): Attribute[] {
  const { form } = visit;
  const lines = form
    .text("attributes")
    .split("\n")
    .map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const colon = line.indexOf(":");
      if (colon < 1) form.problems.add("attributes", `Write “${line}” as name: value.`);
      return { key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
    });
}

function done(visit: Visit, name: string, what: string): Done {
  return { to: `${visit.base}/orders/${visit.params.id}`, said: `Order ${name} ${what}` };
}
