// Making the parts of an order: lines, shipping, fulfilment orders; and holding stock for them.

import type { OrderLineInput, OrderPlaceInput } from "../inputs.ts";
import { fulfilledUnits, hasDiscount, unfulfilledUnits } from "../line-totals.ts";
import { activeLocations, availableOf, itemOf, levelsOf } from "../lookups.ts";
import { fromShop, minorOf, moneyOf } from "../money.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, InventoryItem, LineItem, Order, ShippingLine, Variant } from "../truth.ts";
import { UserError } from "../user-error.ts";
import type { UnitMove } from "./stock.ts";
import { task } from "./announce.ts";
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
      part = { id, status: "OPEN", holds: [], createdAt, updatedAt, locationId, locationName, lines: [] };
      store.announce("fulfillment_orders/order_routing_complete", task(store, order.id, id));
      order.fulfillmentOrders.push(part);
    }
    part.updatedAt = store.time();
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
    const isHeld = part.holds.length > 0;
    part.status = !left ? "CLOSED" : isHeld ? "ON_HOLD" : sent ? "IN_PROGRESS" : "OPEN";
    if (JSON.stringify(part) !== before) part.updatedAt = store.time();
  }
}

/** A line can simply grow when nothing was taken off its price or its units; otherwise an edit adds a line beside it. */
export const canGrow = (order: Frozen<Order>, line: Frozen<LineItem>): boolean =>
  !hasDiscount(order, line) &&
  line.removedQuantity === 0 &&
  !order.refunds.some((refund) => refund.lines.some((part) => part.lineItemId === line.id));
