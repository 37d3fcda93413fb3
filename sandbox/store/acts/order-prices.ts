// What comes on top of an order's prices: discounts and taxes, in both currencies separately, to the last minor unit.

import type { DiscountInput } from "../inputs.ts";
import { lineDiscount, originalTotal, shippingPrice, worth } from "../line-totals.ts";
import {
  both,
  convert,
  includedRateOf,
  minorOf,
  minus,
  moneyOf,
  portion,
  rateOf,
  split,
  type Bag,
} from "../money.ts";
import type { DiscountAllocation, DiscountApplication, Frozen, LineItem, Order } from "../truth.ts";
import type { ShippingLine, TaxLine } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { checkPrice } from "./validate.ts";

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
