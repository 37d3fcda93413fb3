// Making the parts of an order: lines, discounts, taxes, shipping, fulfilment orders; and holding stock for them.

import type { DiscountInput, OrderLineInput, OrderPlaceInput } from "../inputs.ts";
import {
  hasDiscount,
  originalTotal,
  unfulfilledUnits,
  fulfilledUnits,
  lineDiscount,
  worth,
} from "../line-totals.ts";
import { activeLocations, availableOf, itemOf, levelsOf } from "../lookups.ts";
import {
  both,
  convert,
  fromShop,
  includedRateOf,
  minorOf,
  minus,
  moneyOf,
  portion,
  rateOf,
  split,
  type Bag,
} from "../money.ts";
import type { Store } from "../store.ts";
import { shippingPrice } from "../line-totals.ts";
import type {
  DiscountAllocation,
  DiscountApplication,
  Frozen,
  Id,
  InventoryItem,
  LineItem,
  Order,
} from "../truth.ts";
import type { ShippingLine, TaxLine, Variant } from "../truth.ts";
import { UserError } from "../user-error.ts";
import type { UnitMove } from "./stock.ts";
import { checkPrice, checkQuantity, checkTitle } from "./validate.ts";

const GRAMS: Record<InventoryItem["weight"]["unit"], number> = {
  GRAMS: 1,
  KILOGRAMS: 1000,
  OUNCES: 28.349523125,
  POUNDS: 453.59237,
};

export const gramsOf = (item: Frozen<InventoryItem>): number =>
  Math.round(item.weight.value * GRAMS[item.weight.unit]);

/** A new line, without discounts and taxes yet. */
export function newLine(
  store: Store,
  order: Order,
  input: OrderLineInput,
  index: number,
  addedByEdit: boolean,
): LineItem {
  const path = (field: string) => ["lines", String(index), field];
  const quantity = checkQuantity(input.quantity, path("quantity"));
  const shared = {
    id: store.ids.mint("LineItem"),
    quantity,
    removedQuantity: 0,
    attributes: input.attributes ?? [],
    taxLines: [],
    discountAllocations: [],
    duties: [],
    isTip: input.isTip ?? false,
    addedByEdit,
  };
  const unit = (price: string) => moneyOf(fromShop(minorOf(price, order.currency), order), order);
  if (input.variantId === null) {
    const title = checkTitle(input.title ?? "");
    return {
      ...shared,
      title,
      variantTitle: null,
      name: title,
      sku: input.sku ?? null,
      vendor: null,
      productId: null,
      variantId: null,
      unitPrice: unit(checkPrice(input.price ?? "", order.currency, path("price"))),
      requiresShipping: !shared.isTip && (input.requiresShipping ?? true),
      taxable: !shared.isTip && (input.taxable ?? true),
      isGiftCard: false,
      grams: 0,
      locationId: null,
    };
  }
  const variant = store.need("variants", input.variantId, "variantId");
  const product = store.need("products", variant.productId);
  const item = itemOf(store, variant);
  const variantTitle = variant.title === "Default Title" ? null : variant.title;
  return {
    ...shared,
    title: product.title,
    variantTitle,
    name: variantTitle === null ? product.title : `${product.title} - ${variantTitle}`,
    sku: variant.sku,
    vendor: product.vendor,
    productId: product.id,
    variantId: variant.id,
    unitPrice: unit(checkPrice(input.price ?? variant.price, order.currency, path("price"))),
    requiresShipping: input.requiresShipping ?? (item.requiresShipping && !product.isGiftCard),
    taxable: input.taxable ?? (variant.taxable && !product.isGiftCard),
    isGiftCard: product.isGiftCard,
    grams: gramsOf(item),
    locationId: item.tracked
      ? stockingLocation(store, variant, quantity, order.retailLocationId, path("quantity"))
      : null,
  };
}

/** The location that has enough, else the fullest; refused when the variant may not be oversold. */
function stockingLocation(
  store: Store,
  variant: Frozen<Variant>,
  quantity: number,
  at: Id | null,
  path: string[],
): Id {
  const open = new Set(activeLocations(store).map((location) => location.id));
  const levels = levelsOf(store, variant.inventoryItemId).filter((level) => open.has(level.locationId));
  const enough = levels.filter((level) => level.quantities.available >= quantity);
  const fullest = levels.toSorted((a, b) => b.quantities.available - a.quantities.available)[0];
  const chosen = enough.find((level) => level.locationId === at) ?? enough[0] ?? fullest;
  if (!chosen) throw new UserError(path, "The item is not stocked at any location", "NOT_STOCKED");
  if (variant.inventoryPolicy === "DENY" && enough.length === 0) {
    const left = Math.max(0, availableOf(store, variant));
    throw new UserError(
      path,
      `Only ${left} of ${variant.sku ?? variant.title} are left`,
      "INSUFFICIENT_INVENTORY",
    );
  }
  return chosen.locationId;
}

/** Holds (or, negative, lets go of) units for a line. */
export function commitMoves(store: Store, line: Frozen<LineItem>, units: number): UnitMove[] {
  return [...stockMoves(store, line, "available", -units), ...stockMoves(store, line, "committed", units)];
}

/** Nothing for lines without tracked stock, or whose variant is gone. */
export function stockMoves(
  store: Store,
  line: Frozen<LineItem>,
  name: "available" | "committed",
  delta: number,
  locationId: Id | null = line.locationId,
): UnitMove[] {
  const variant = line.variantId === null ? undefined : store.get("variants", line.variantId);
  if (!variant || locationId === null || delta === 0 || !itemOf(store, variant).tracked) return [];
  return [{ inventoryItemId: variant.inventoryItemId, locationId, name, delta }];
}

/** Adds a discount to the order and allocates it, in both currencies separately, to the last minor unit. */
export function applyDiscount(order: Order, input: DiscountInput): void {
  const index = order.discountApplications.length;
  const onShipping = input.on === "shipping";
  const chosen = input.lines;
  const lines = order.lines.filter(
    (line, at) => !line.isTip && !line.isGiftCard && (chosen?.includes(at) ?? true),
  );
  order.discountApplications.push(applicationOf(input));
  const targets: (LineItem | ShippingLine)[] = onShipping ? order.shippingLines : lines;
  const left = targets.map((target) =>
    "quantity" in target
      ? minus(originalTotal(order, target), lineDiscount(order, target))
      : shippingPrice(order, target),
  );
  const parts =
    "percentage" in input ? percentageParts(left, input.percentage) : amountParts(order, left, input.amount);
  targets.forEach((target, at) => {
    const part = parts[at];
    if (!part || (part.shop === 0n && part.presentment === 0n)) return;
    const allocation: DiscountAllocation = { index, amount: moneyOf(part, order) };
    target.discountAllocations.push(allocation);
  });
}

function applicationOf(input: DiscountInput): DiscountApplication {
  const percentage = "percentage" in input;
  if (percentage && !(input.percentage > 0 && input.percentage <= 100)) {
    throw new UserError(["discounts", "percentage"], "Percentage must be between 0 and 100", "INVALID");
  }
  return {
    kind: input.kind,
    code: input.kind === "code" ? input.name : null,
    title: input.kind === "code" ? null : input.name,
    description: input.kind === "manual" ? input.name : null,
    targetType: input.on === "shipping" ? "SHIPPING_LINE" : "LINE_ITEM",
    targetSelection: input.lines ? "ENTITLED" : "ALL",
    allocationMethod: input.on === "shipping" || input.lines ? "EACH" : "ACROSS",
    valueType: percentage ? "percentage" : "fixed_amount",
    value: percentage ? input.percentage.toFixed(1) : input.amount,
  };
}

/** Percent with two digits as a whole number of hundredths. */
const percentageParts = (left: readonly Bag[], percentage: number): Bag[] =>
  left.map((bag) => both((side) => portion(bag[side], BigInt(Math.round(percentage * 100)), 10_000n)));

function amountParts(order: Order, left: readonly Bag[], amount: string): Bag[] {
  const shop = minorOf(checkPrice(amount, order.currency, ["discounts", "amount"]), order.currency);
  const presentment = convert(shop, order.currency, order.presentmentCurrency, order.rate);
  const on = (side: "shop" | "presentment", whole: bigint): bigint[] => {
    const weights = left.map((bag) => bag[side]);
    const all = weights.reduce((total, weight) => total + weight, 0n);
    return split(whole < all ? whole : all, weights);
  };
  const inShop = on("shop", shop);
  const inPresentment = on("presentment", presentment);
  return left.map((_, index) => ({ shop: inShop[index] ?? 0n, presentment: inPresentment[index] ?? 0n }));
}

export type Tax = { title: string; rate: number };

/** Taxes of one line for all its units, after discounts. */
export function taxLine(order: Order, line: LineItem, taxes: readonly Tax[]): void {
  line.taxLines =
    line.taxable && !order.taxExempt ? taxesOn(order, worth(order, line, line.quantity), taxes) : [];
}

export function taxShipping(order: Order, line: ShippingLine, taxes: readonly Tax[]): void {
  line.taxLines = order.taxExempt ? [] : taxesOn(order, shippingPrice(order, line), taxes);
}

function taxesOn(order: Order, price: Bag, taxes: readonly Tax[]): TaxLine[] {
  return taxes.map(({ title, rate }) => ({
    title,
    rate,
    price: moneyOf(order.taxesIncluded ? includedRateOf(price, rate) : rateOf(price, rate), order),
    channelLiable: false,
    source: null,
  }));
}

/** The taxes an order was placed with, for lines that are added later. */
export function taxesOfOrder(order: Frozen<Order>): Tax[] {
  const lines = [...order.lines, ...order.shippingLines].flatMap((line) => line.taxLines);
  return [...new Map(lines.map(({ title, rate }) => [`${title} ${rate}`, { title, rate }])).values()];
}

export function newShippingLine(
  store: Store,
  order: Order,
  input: NonNullable<OrderPlaceInput["shipping"]>,
): ShippingLine {
  const price = checkPrice(input.price, order.currency, ["shipping", "price"]);
  return {
    id: store.ids.mint("ShippingLine"),
    title: checkTitle(input.title),
    code: input.code ?? input.title,
    source: "shopify",
    carrierIdentifier: null,
    phone: null,
    price: moneyOf(fromShop(minorOf(price, order.currency), order), order),
    taxLines: [],
    discountAllocations: [],
    isRemoved: false,
  };
}

/** Puts lines on the fulfilment order of their location, making it where there is none. */
export function assignLines(store: Store, order: Order, lines: readonly LineItem[]): void {
  const home = activeLocations(store)[0];
  for (const line of lines.filter((candidate) => !candidate.isTip)) {
    const locationId = line.locationId ?? order.retailLocationId ?? home?.id;
    if (locationId === undefined)
      throw new UserError(["lines"], "The shop has no active location", "NO_LOCATION");
    let part = order.fulfillmentOrders.find(
      (candidate) => candidate.locationId === locationId && candidate.status !== "CLOSED",
    );
    if (!part) {
      const { id, createdAt, updatedAt } = store.fresh("FulfillmentOrder");
      const locationName = store.need("locations", locationId).name;
      part = { id, status: "OPEN", createdAt, updatedAt, locationId, locationName, lines: [] };
      order.fulfillmentOrders.push(part);
    }
    const id = store.ids.mint("FulfillmentOrderLineItem");
    part.lines.push({
      id,
      lineItemId: line.id,
      totalQuantity: line.quantity,
      remainingQuantity: line.quantity,
    });
  }
}

/** Brings the fulfilment orders in line with what was sent, refunded or removed. Call after any such change. */
export function settleFulfillmentOrders(store: Store, order: Order): void {
  for (const part of order.fulfillmentOrders) {
    const before = JSON.stringify(part);
    for (const slot of part.lines) {
      const line = order.lines.find((candidate) => candidate.id === slot.lineItemId);
      if (!line) continue;
      slot.remainingQuantity = unfulfilledUnits(order, line);
      slot.totalQuantity = slot.remainingQuantity + fulfilledUnits(order, line);
    }
    const left = part.lines.some((slot) => slot.remainingQuantity > 0);
    const sent = part.lines.some((slot) => slot.remainingQuantity < slot.totalQuantity);
    part.status = !left ? "CLOSED" : sent ? "IN_PROGRESS" : "OPEN";
    if (JSON.stringify(part) !== before) part.updatedAt = store.time();
  }
}

/** A line can simply grow when nothing was taken off its price or its units; otherwise an edit adds a line beside it. */
export const canGrow = (order: Frozen<Order>, line: Frozen<LineItem>): boolean =>
  !hasDiscount(order, line) &&
  line.removedQuantity === 0 &&
  !order.refunds.some((refund) => refund.lines.some((part) => part.lineItemId === line.id));
