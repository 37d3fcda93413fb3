// What an order costs beside its goods and their way: duties of the country that it goes to, and fees by law. Both are part
// of its total; duties go back with the units that they are of, fees do not.

import type { OrderPlaceInput } from "../inputs.ts";
import { dutyShares, originalTotal, currentUnits } from "../line-totals.ts";
import { fromShop, minorOf, minus, moneyOf, rateOf } from "../money.ts";
import type { Store } from "../store.ts";
import type { Frozen, Order, Refund, RefundLine } from "../truth.ts";
import { checkPrice } from "./validate.ts";

export function addCharges(store: Store, order: Order, input: OrderPlaceInput): void {
  for (const [index, { duty }] of input.lines.entries()) {
    const line = order.lines[index]!;
    if (!duty) continue;
    const { rate, ...codes } = duty;
    const price = moneyOf(rateOf(originalTotal(order, line), rate), order);
    line.duties.push({ id: store.ids.mint("Duty"), ...codes, price, taxLines: [] });
  }
  for (const [index, { name, price }] of (input.additionalFees ?? []).entries()) {
    const minor = minorOf(
      checkPrice(price, order.currency, ["additionalFees", String(index)]),
      order.currency,
    );
    const id = store.ids.mint("AdditionalFee");
    order.additionalFees.push({ id, name, price: moneyOf(fromShop(minor, order), order), taxLines: [] });
  }
}

/** What goes back of the duties with these lines; `order` as it was before. */
export function refundedDuties(order: Frozen<Order>, lines: readonly RefundLine[]): Refund["duties"] {
  return lines.flatMap(({ lineItemId, quantity }) => {
    const line = order.lines.find(({ id }) => id === lineItemId)!;
    const left = currentUnits(order, line);
    const rest = dutyShares(order, line, left - quantity);
    return dutyShares(order, line, left).map(({ dutyId, price }, index) => ({
      dutyId,
      amount: moneyOf(minus(price, rest[index]!.price), order),
    }));
  });
}
