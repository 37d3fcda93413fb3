// What must hold in any store after any acts: stock is conserved, money adds up, nothing points nowhere.

import { currentUnits, fulfilledUnits, unfulfilledUnits } from "#sandbox/store/line-totals.ts";
import { activeLocations, levelId, levelsOf, variantsOf } from "#sandbox/store/lookups.ts";
import { bagOf, minus, moneyOf, sum, type Bag } from "#sandbox/store/money.ts";
import { quantitiesOf } from "#sandbox/store/states.ts";
import type { Store } from "#sandbox/store/store.ts";
import { lineTotals, refundTotal, totals } from "#sandbox/store/totals.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";

/** Every broken law in words; an empty list is a sound store. */
export function brokenLaws(store: Store): string[] {
  return [...brokenStock(store), ...store.list("orders").flatMap(brokenMoney), ...brokenLinks(store)];
}

/** `committed` is exactly what open orders wait for, and `on_hand` what lies on the shelf. */
function brokenStock(store: Store): string[] {
  const waiting = new Map<string, number>();
  for (const order of store.list("orders")) {
    for (const line of order.lines) {
      const variant = line.variantId === null ? undefined : store.get("variants", line.variantId);
      if (!variant || line.locationId === null || order.cancelledAt !== null) continue;
      const id = levelId(variant.inventoryItemId, line.locationId);
      waiting.set(id, (waiting.get(id) ?? 0) + unfulfilledUnits(order, line));
    }
  }
  return store.list("inventoryLevels").flatMap((level) => {
    const { on_hand: onHand, committed, available, incoming } = quantitiesOf(level);
    const others = level.quantities.damaged + level.quantities.reserved + level.quantities.safety_stock;
    const shelf = available.quantity + committed.quantity + others + level.quantities.quality_control;
    const wrong: string[] = [];
    if (onHand.quantity !== shelf || incoming.quantity !== level.quantities.incoming)
      wrong.push(`${level.id}: on hand`);
    if (committed.quantity !== (waiting.get(level.id) ?? 0)) {
      wrong.push(`${level.id}: ${committed.quantity} committed, ${waiting.get(level.id) ?? 0} awaited`);
    }
    return wrong;
  });
}

function brokenMoney(order: Frozen<Order>): string[] {
  const all = totals(order);
  const bag = (
    name:
      | "netPayment"
      | "totalReceived"
      | "totalRefunded"
      | "totalOutstanding"
      | "totalCapturable"
      | "currentTotalPrice",
  ) => bagOf(all[name], order);
  const same = (a: Bag, b: Bag) => a.shop === b.shop && a.presentment === b.presentment;
  const wrong: string[] = [];
  const check = (isRight: boolean, what: string) => void (isRight || wrong.push(`${order.name}: ${what}`));
  for (const side of ["shop", "presentment"] as const) {
    check(bag("totalRefunded")[side] <= bag("totalReceived")[side], `more refunded than paid (${side})`);
    check(bag("currentTotalPrice")[side] >= 0n, `current total below zero (${side})`);
  }
  check(same(minus(bag("totalReceived"), bag("totalRefunded")), bag("netPayment")), "net payment");
  const owed = minus(bag("currentTotalPrice"), bag("netPayment"));
  if (same(bag("totalCapturable"), { shop: 0n, presentment: 0n }))
    check(same(owed, bag("totalOutstanding")), "outstanding");
  const refunds = order.refunds.map((refund) => bagOf(refundTotal(order, refund), order));
  check(same(sum({ shop: 0n, presentment: 0n }, ...refunds), bag("totalRefunded")), "refunds do not add up");
  const lines = order.lines.filter((line) => !line.isTip);
  const worth = lines.map((line) => bagOf(lineTotals(order, line).priceAfterAllDiscountsBeforeTaxes, order));
  check(
    order.taxesIncluded ||
      same(sum({ shop: 0n, presentment: 0n }, ...worth), bagOf(all.currentSubtotalPrice, order)),
    "lines do not add up to the subtotal",
  );
  if (order.presentmentCurrency === order.currency) {
    const flat = Object.values(all).filter(
      (value) => value !== null && typeof value === "object" && "shop" in value,
    );
    check(
      flat.every((value) => value.shop === value.presentment),
      "two amounts in one currency",
    );
  }
  const sold = order.agreements.flatMap(({ sales }) => sales.map(({ total }) => bagOf(total, order)));
  check(
    same(sum({ shop: 0n, presentment: 0n }, ...sold), bag("currentTotalPrice")),
    "sales do not add up to the current total",
  );
  if (order.cancelledAt !== null)
    check(
      lines.every((line) => currentUnits(order, line) === 0),
      "cancelled, but units are left",
    );
  check(
    lines.every((line) => currentUnits(order, line) >= 0 && fulfilledUnits(order, line) <= line.quantity),
    "units",
  );
  check(
    JSON.stringify(moneyOf(bagOf(all.totalPrice, order), order)) === JSON.stringify(all.totalPrice),
    "digits",
  );
  return wrong;
}

function brokenLinks(store: Store): string[] {
  const locations = new Set(store.list("locations").map((location) => location.id));
  const wrong: string[] = [];
  for (const product of store.list("products")) {
    const variants = variantsOf(store, product.id);
    if (variants.length === 0) wrong.push(`product ${product.id} has no variant`);
    if (variants.some((variant, index) => variant.position !== index + 1))
      wrong.push(`product ${product.id}: positions`);
    for (const variant of variants) {
      if (store.get("inventoryItems", variant.inventoryItemId)?.variantId !== variant.id)
        wrong.push(`variant ${variant.id}: item`);
      if (levelsOf(store, variant.inventoryItemId).some((level) => !locations.has(level.locationId)))
        wrong.push(`variant ${variant.id}: level`);
    }
  }
  for (const level of store.list("inventoryLevels")) {
    if (!store.get("inventoryItems", level.inventoryItemId)) wrong.push(`level ${level.id} of no item`);
  }
  for (const order of store.list("orders")) {
    if (order.customerId !== null && !store.get("customers", order.customerId))
      wrong.push(`${order.name}: customer`);
    const parts = order.fulfillmentOrders.flatMap((part) => part.lines);
    if (order.lines.some((line) => !line.isTip && !parts.some((part) => part.lineItemId === line.id)))
      wrong.push(`${order.name}: unassigned line`);
  }
  if (activeLocations(store).length === 0) wrong.push("no active location");
  return wrong;
}
