// Exact money. Amounts are counted in minor units (cents, yen, fils) as bigints; decimals are only how they are written.
// A `Bag` is the same amount in the shop's and in the buyer's currency; every sum is made in both, separately, as Shopify
// does, so the two never have to be converted into each other after the fact.

import type { Decimal, MoneyBag } from "./truth.ts";

/** Minor units in both currencies. */
export type Bag = { readonly shop: bigint; readonly presentment: bigint };
/** The currency codes of a bag: an order has them. */
export type Currencies = { readonly currency: string; readonly presentmentCurrency: string };

export const ZERO: Bag = { shop: 0n, presentment: 0n };

const digitsKnown = new Map<string, number>();

/** Digits after the point: 0 for JPY, 2 for USD, 3 for KWD (ISO 4217 as the runtime knows it). */
export function digitsOf(currency: string): number {
  let digits = digitsKnown.get(currency);
  if (digits === undefined) {
    const options = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    digits = options.maximumFractionDigits ?? 2;
    digitsKnown.set(currency, digits);
  }
  return digits;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** "12.5" USD → 1250n. Digits past the currency's are refused unless they are zeros. Throws RangeError. */
export function minorOf(amount: Decimal, currency: string): bigint {
  const match = DECIMAL.exec(amount);
  const digits = digitsOf(currency);
  const fraction = match?.[3] ?? "";
  if (!match || /[^0]/.test(fraction.slice(digits)))
    throw new RangeError(`${amount} is not an amount in ${currency}`);
  const minor = BigInt((match[2] ?? "0") + fraction.slice(0, digits).padEnd(digits, "0"));
  return match[1] ? -minor : minor;
}

/** 1250n USD → "12.50". */
export function decimalOf(minor: bigint, currency: string): Decimal {
  const digits = digitsOf(currency);
  const sign = minor < 0n ? "-" : "";
  const text = String(minor < 0n ? -minor : minor).padStart(digits + 1, "0");
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export const bagOf = (bag: MoneyBag, of: Currencies): Bag => ({
  shop: minorOf(bag.shop, of.currency),
  presentment: minorOf(bag.presentment, of.presentmentCurrency),
});

export const moneyOf = (bag: Bag, of: Currencies): MoneyBag => ({
  shop: decimalOf(bag.shop, of.currency),
  presentment: decimalOf(bag.presentment, of.presentmentCurrency),
});

/** Applies the same exact arithmetic to both currencies. */
export const both = (compute: (side: "shop" | "presentment") => bigint): Bag => ({
  shop: compute("shop"),
  presentment: compute("presentment"),
});

export function sum(...bags: readonly Bag[]): Bag {
  let [shop, presentment] = [0n, 0n];
  for (const bag of bags) {
    shop += bag.shop;
    presentment += bag.presentment;
  }
  return { shop, presentment };
}
export const minus = (a: Bag, b: Bag): Bag => both((side) => a[side] - b[side]);
export const times = (bag: Bag, factor: number): Bag => both((side) => bag[side] * BigInt(factor));
export const negate = (bag: Bag): Bag => both((side) => -bag[side]);
export const isZero = (bag: Bag): boolean => bag.shop === 0n && bag.presentment === 0n;
/** Never below zero, in either currency. */
export const atLeastZero = (bag: Bag): Bag => both((side) => (bag[side] < 0n ? 0n : bag[side]));

/** amount × part / whole, half rounded away from zero. */
export function portion(amount: bigint, part: bigint, whole: bigint): bigint {
  if (whole === 0n) return 0n;
  const product = amount * part;
  const negative = product < 0n !== whole < 0n;
  const top = product < 0n ? -product : product;
  const bottom = whole < 0n ? -whole : whole;
  const rounded = (2n * top + bottom) / (2n * bottom);
  return negative ? -rounded : rounded;
}

export const share = (bag: Bag, part: number, whole: number): Bag =>
  both((side) => portion(bag[side], BigInt(part), BigInt(whole)));

const RATE_DIGITS = 12;

/** A rate like 0.0875 or "149.231" as a whole number of 10^-12. */
function scaled(rate: number | Decimal): bigint {
  const [whole = "0", fraction = ""] = (typeof rate === "number" ? rate.toFixed(RATE_DIGITS) : rate).split(
    ".",
  );
  return BigInt(whole + fraction.slice(0, RATE_DIGITS).padEnd(RATE_DIGITS, "0"));
}

const SCALE = 10n ** BigInt(RATE_DIGITS);

export const rateOf = (bag: Bag, rate: number): Bag =>
  both((side) => portion(bag[side], scaled(rate), SCALE));

/** The part of a gross amount that is tax: gross × rate / (1 + rate). */
export const includedRateOf = (bag: Bag, rate: number): Bag =>
  both((side) => portion(bag[side], scaled(rate), SCALE + scaled(rate)));

/** Converts minor units of one currency into minor units of the other; `rate` = units of `to` per unit of `from`. */
export function convert(minor: bigint, from: string, to: string, rate: Decimal): bigint {
  const up = 10n ** BigInt(digitsOf(to));
  const down = 10n ** BigInt(digitsOf(from));
  return portion(minor, scaled(rate) * up, SCALE * down);
}

/** An amount of shop currency as a bag. */
export const fromShop = (minor: bigint, of: Currencies & { readonly rate: Decimal }): Bag => ({
  shop: minor,
  presentment: convert(minor, of.currency, of.presentmentCurrency, of.rate),
});

/** An amount of presentment currency as a bag. */
export function fromPresentment(minor: bigint, of: Currencies & { readonly rate: Decimal }): Bag {
  const up = 10n ** BigInt(digitsOf(of.currency));
  const down = 10n ** BigInt(digitsOf(of.presentmentCurrency));
  return { shop: portion(minor, SCALE * up, scaled(of.rate) * down), presentment: minor };
}

/** Splits an amount over weights so that the parts add up exactly: the rest goes to the largest remainders. */
export function split(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((total, weight) => total + weight, 0n);
  if (whole === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (amount * weight) / whole);
  let rest = amount - parts.reduce((total, part) => total + part, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % whole }))
    .toSorted((a, b) =>
      a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
    );
  for (const { index } of byRemainder) {
    if (rest <= 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    rest -= 1n;
  }
  return parts;
}

/** As GraphQL shows it: "12.5", "10.0", "1200.0". */
export function graphqlAmount(amount: Decimal): string {
  const point = amount.indexOf(".");
  if (point === -1) return `${amount}.0`;
  let end = amount.length;
  while (end > point + 2 && amount[end - 1] === "0") end -= 1;
  return amount.slice(0, end);
}
