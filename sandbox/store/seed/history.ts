// The seeded past: what happens to the shop's orders over the days, in the order in which it happened. Each step is an
// act at a moment; steps may plan later steps, which are left out when they would fall into the future.

import { UserError } from "../user-error.ts";
import * as acts from "../acts.ts";
import type { Chance } from "../chance.ts";
import type { ManualClock } from "../clock.ts";
import { currentUnits, fulfilledUnits, unfulfilledUnits } from "../line-totals.ts";
import { levelsOf, variantsOf } from "../lookups.ts";
import { decimalOf, minorOf } from "../money.ts";
import { isUnpaid } from "../states.ts";
import type { Store } from "../store.ts";
import { totals } from "../totals.ts";
import type { Frozen, Id, Order, Return } from "../truth.ts";
import { cart, someLines } from "./shopping.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** Below this a location's shelf is filled again, except for limited editions. */
const LOW = 6;
const REFILL = 48;
/** The order with more lines than a person would page through. */
export const LONG_ORDER_LINES = 160;

type Step = { at: number; order: number; run: () => void };

/** A queue of steps by time, earliest first; equal times in the order of planning. */
export class Plan {
  readonly #clock: ManualClock;
  readonly #end: number;
  #steps: Step[] = [];
  #count = 0;

  constructor(clock: ManualClock, end: number) {
    this.#clock = clock;
    this.#end = end;
  }

  /** Plans a step; nothing happens after the end. */
  add(at: number, run: () => void): void {
    if (at >= this.#end) return;
    const step = { at, order: this.#count++, run };
    // Binary insertion: later steps stand first, so that the next one is taken from the end.
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#steps[middle];
      if (other && (other.at > step.at || (other.at === step.at && other.order > step.order)))
        low = middle + 1;
      else high = middle;
    }
    this.#steps.splice(low, 0, step);
  }

  run(): void {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      this.#clock.set(step.at);
      step.run();
    }
  }
}

/** Every third is asked for by the buyer, every ninth of all is declined. Follows from the order, not from chance. */
function openedReturn(store: Store, order: Frozen<Order>, lineItemId: Id): Frozen<Return> {
  const reason = ["UNWANTED", "DEFECTIVE", "WRONG_ITEM"][order.number % 3];
  const lines = [{ lineItemId, quantity: 1, reason, note: reason === "DEFECTIVE" ? "Chipped edge" : "" }];
  if (order.number % 3 !== 0) return acts.openReturn(store, order.id, { lines });
  const customerNote = "It does not fit our wall";
  const asked = acts.requestReturn(store, order.id, {
    lines: lines.map((line) => ({ ...line, customerNote, restockingFee: 10 })),
    shippingFee: "6",
  });
  if (order.number % 9 !== 0) return acts.approveReturn(store, order.id, asked.id);
  return acts.declineReturn(store, order.id, asked.id, { reason: "FINAL_SALE", note: "It was on sale." });
}

export class History {
  readonly #store: Store;
  readonly #chance: Chance;
  readonly #plan: Plan;
  readonly #limited: ReadonlySet<Id>;

  constructor(store: Store, chance: Chance, plan: Plan, limited: ReadonlySet<Id>) {
    this.#store = store;
    this.#chance = chance;
    this.#plan = plan;
    this.#limited = limited;
  }

  placeOrder(customerId: Id | null): void {
    const customer = customerId === null ? null : this.#store.need("customers", customerId);
    const order = acts.placeOrder(this.#store, cart(this.#store, this.#chance, customer));
    this.#refill(order);
    this.#planLife(order);
  }

  /** Every variant of the largest product once: 160 lines in one order. */
  placeLongOrder(customerId: Id, productId: Id): void {
    const variants = variantsOf(this.#store, productId).slice(0, LONG_ORDER_LINES);
    const lines = variants.map((variant) => ({ variantId: variant.id, quantity: 1 }));
    acts.placeOrder(this.#store, {
      lines,
      customerId,
      shipping: { title: "Freight", price: "240" },
      tags: ["wholesale"],
    });
  }

  /** Shelves are filled within the day, so that the shop does not run empty over the year. */
  #refill(order: Frozen<Order>): void {
    for (const line of order.lines) {
      const variant = line.variantId === null ? undefined : this.#store.get("variants", line.variantId);
      if (!variant || this.#limited.has(variant.productId)) continue;
      const level = levelsOf(this.#store, variant.inventoryItemId).find(
        (one) => one.locationId === line.locationId,
      );
      if (!level || level.quantities.available > LOW) continue;
      const { inventoryItemId, locationId } = level;
      acts.adjustStock(this.#store, [{ inventoryItemId, locationId, quantity: REFILL }]);
    }
  }

  #planLife(order: Frozen<Order>): void {
    const chance = this.#chance;
    const placed = Date.parse(order.createdAt);
    const later = (days: number, run: (order: Frozen<Order>) => void) =>
      this.#later(placed + days * DAY, order.id, run);
    if (chance.happens(0.03)) later(chance.next(), (one) => void this.#cancel(one));
    if (chance.happens(0.03)) later(0.1 + chance.next() / 2, (one) => this.#edit(one));
    if (chance.happens(0.05))
      later(
        0.2 + chance.next(),
        (one) => void acts.updateOrder(this.#store, one.id, { note: "Checked by phone." }),
      );
    // Not by chance: what else happens stays as it was. Who has not paid yet is told by when, in two shops of three.
    if (order.number % 3 !== 0)
      later(0.01, (one) => {
        if (isUnpaid(one)) acts.setPaymentTerms(this.#store, one.id, order.number % 2 === 0 ? 30 : 14);
      });
    if (order.number % 40 === 7) {
      later(0.05, (one) => this.#hold(one));
      if (order.number % 80 === 7) later(0.7, (one) => this.#release(one));
    }
    later(0.8 + chance.next() * 2, (one) => this.#settle(one));
    if (chance.happens(0.08)) {
      later(1 + chance.next(), (one) => this.#sendOne(one));
      if (chance.happens(0.4)) return;
    }
    const sent = 1 + chance.next() * 4;
    later(sent, (one) => this.#sendAll(one));
    if (chance.happens(0.07)) later(sent + 2 + chance.next() * 15, (one) => this.#refund(one));
    if (chance.happens(0.02)) later(sent + 3 + chance.next() * 8, (one) => this.#takeBack(one));
    if (chance.happens(0.8))
      later(sent + 30 * chance.next(), (one) => void acts.closeOrder(this.#store, one.id));
  }

  /** Runs on the order as it is then; skipped when it is gone or cancelled. What the shop refuses does not happen. */
  #later(at: number, id: Id, run: (order: Frozen<Order>) => void): void {
    this.#plan.add(at, () => {
      const order = this.#store.get("orders", id);
      if (!order || order.cancelledAt !== null) return;
      try {
        run(order);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    });
  }

  #cancel(order: Frozen<Order>): Frozen<Order> {
    const reason = this.#chance.pick(["CUSTOMER", "FRAUD", "INVENTORY", "OTHER"] as const);
    return acts.cancelOrder(this.#store, order.id, {
      reason,
      staffNote: reason === "FRAUD" ? "Card reported." : null,
    });
  }

  #edit(order: Frozen<Order>): void {
    const line = order.lines.find((one) => !one.isTip && unfulfilledUnits(order, one) > 1);
    if (line && this.#chance.happens(0.5)) {
      acts.editOrder(this.#store, order.id, {
        quantities: [{ lineItemId: line.id, quantity: currentUnits(order, line) - 1 }],
      });
    } else {
      acts.editOrder(this.#store, order.id, { add: someLines(this.#store, this.#chance, 1) });
    }
  }

  #hold(order: Frozen<Order>): void {
    const [task] = order.fulfillmentOrders;
    if (!task || task.status === "CLOSED") return;
    acts.holdFulfillmentOrder(this.#store, order.id, task.id, {
      reason: "HIGH_RISK_OF_FRAUD",
      notes: "Call first",
    });
  }

  #release(order: Frozen<Order>): void {
    const [task] = order.fulfillmentOrders;
    if (task) acts.releaseFulfillmentOrder(this.#store, order.id, task.id);
  }

  /** Money that is still owed comes in, mostly. */
  #settle(order: Frozen<Order>): void {
    const all = totals(order);
    const owed = minorOf(all.totalOutstanding.presentment, order.presentmentCurrency);
    const capturable = minorOf(all.totalCapturable.presentment, order.presentmentCurrency);
    if (capturable > 0n && this.#chance.happens(0.9)) acts.captureOrder(this.#store, order.id);
    else if (owed > 0n && this.#chance.happens(0.7)) acts.markOrderPaid(this.#store, order.id);
  }

  #sendOne(order: Frozen<Order>): void {
    const line = order.lines.find((one) => unfulfilledUnits(order, one) > 0);
    if (line)
      acts.fulfilOrder(this.#store, order.id, {
        lines: [{ lineItemId: line.id, quantity: 1 }],
        tracking: this.#tracking(),
      });
  }

  #sendAll(order: Frozen<Order>): void {
    if (!order.lines.some((line) => unfulfilledUnits(order, line) > 0)) return;
    acts.fulfilOrder(this.#store, order.id, { tracking: this.#tracking() });
  }

  #tracking(): { company: string; number: string; url: string }[] {
    if (this.#chance.happens(0.15)) return [];
    const number = `LK${this.#chance.whole(100_000_000, 999_999_999)}`;
    return [{ company: "UPS", number, url: `https://track.example.com/${number}` }];
  }

  #refund(order: Frozen<Order>): void {
    const chance = this.#chance;
    const net = minorOf(totals(order).netPayment.presentment, order.presentmentCurrency);
    if (net <= 0n) return;
    if (chance.happens(0.3)) {
      const amount = decimalOf(net / BigInt(chance.whole(4, 12)), order.presentmentCurrency);
      acts.refundOrder(this.#store, order.id, { amount, note: "Goodwill" });
      return;
    }
    const line = order.lines.find((one) => currentUnits(order, one) > 0);
    if (!line) return;
    const quantity = chance.whole(1, currentUnits(order, line));
    const restockType = fulfilledUnits(order, line) > 0 ? ("RETURN" as const) : ("CANCEL" as const);
    const shipping = chance.happens(0.3) ? ("full" as const) : undefined;
    const note = chance.happens(0.5) ? "Arrived chipped" : null;
    acts.refundOrder(this.#store, order.id, {
      lines: [{ lineItemId: line.id, quantity, restockType }],
      shipping,
      note,
    });
  }

  /** A return; half of them are closed with a refund. */
  #takeBack(order: Frozen<Order>): void {
    const line = order.lines.find(
      (one) => Math.min(fulfilledUnits(order, one), currentUnits(order, one)) > 0,
    );
    if (!line) return;
    const back = openedReturn(this.#store, order, line.id);
    if (back.status !== "OPEN") return;
    if (!this.#chance.happens(0.5)) return;
    acts.refundOrder(this.#store, order.id, {
      lines: [{ lineItemId: line.id, quantity: 1, restockType: "RETURN" }],
      returnId: back.id,
    });
    acts.closeReturn(this.#store, order.id, back.id);
  }
}
