// By when an order is to be paid: terms that the merchant gives, changes and takes back.

import type { Store } from "../store.ts";
import type { Frozen, Id, Order } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { announceOrder, gone, terms } from "./announce.ts";

const DAYS_MAX = 90;

/** `days` 0 means on receipt. */
export function setPaymentTerms(store: Store, id: Id, days: number): Frozen<Order> {
  return store.act(() => {
    const before = store.need("orders", id);
    if (!Number.isInteger(days) || days < 0 || days > DAYS_MAX)
      throw new UserError(["dueInDays"], "Payment terms are invalid.", "INVALID");
    if (before.cancelledAt !== null)
      throw new UserError(["referenceId"], "Cannot create payment terms on a cancelled order.", "INVALID");
    const ids = before.paymentTerms ?? {
      id: store.ids.mint("PaymentTerms"),
      scheduleId: store.ids.mint("PaymentSchedule"),
    };
    const order = store.change("orders", id, (draft) => {
      const type = days === 0 ? "RECEIPT" : "NET";
      const { id: termsId, scheduleId } = ids;
      draft.paymentTerms = { id: termsId, scheduleId, type, dueInDays: days, issuedAt: store.time() };
    });
    const topic = before.paymentTerms ? "payment_terms/update" : "payment_terms/create";
    store.announce(topic, terms(store, id, ids.id));
    announceOrder(store, order);
    return order;
  });
}

export function removePaymentTerms(store: Store, id: Id): Frozen<Order> {
  return store.act(() => {
    const before = store.need("orders", id);
    const { paymentTerms } = before;
    if (!paymentTerms) throw new UserError(["paymentTermsId"], "Payment terms do not exist.", "NOT_FOUND");
    const order = store.change("orders", id, (draft) => void (draft.paymentTerms = null));
    store.announce(
      "payment_terms/delete",
      gone({ type: "paymentTerms", record: paymentTerms, order: before }),
    );
    announceOrder(store, order);
    return order;
  });
}
