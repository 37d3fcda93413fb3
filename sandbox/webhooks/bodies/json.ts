// The JSON of webhook bodies: Shopify's older REST shapes. Ids are integers of up to 64 bits, which JavaScript's numbers
// would round, so they are written digit by digit.
import { gid, type Frozen, type Id, type MoneyBag, type Shop, type Time } from "../../store/truth.ts";
import type { Store } from "../../store/store.ts";

declare const rawBrand: unique symbol;
/** A number given by its digits. */
export type RawNumber = { readonly [rawBrand]: true };

export type Json =
  string | number | boolean | null | RawNumber | readonly Json[] | { readonly [key: string]: Json };
export type Body = { readonly [key: string]: Json };

// Node 22+ has JSON.rawJSON; TypeScript's library does not list it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): RawNumber };

export function integer(id: Id): RawNumber;
export function integer(id: Id | null): RawNumber | null;
export function integer(id: Id | null): RawNumber | null {
  if (id === null) return null;
  if (!/^-?\d+$/.test(id)) throw new RangeError(`${id} is not a whole number`);
  return rawJSON(id);
}

/** An exact decimal as a JSON number: "89.99" → 89.99. REST does that in few places only. */
export function decimalNumber(amount: string): RawNumber {
  if (!/^-?\d+(\.\d+)?$/.test(amount)) throw new RangeError(`${amount} is not a decimal`);
  return rawJSON(amount.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));
}

export function print(body: Body): string {
  return JSON.stringify(body);
}

/** What bodies need besides their record: the store as it is right after the act, and the shop for zone and currency. */
export interface Context {
  readonly store: Store;
  readonly shop: Frozen<Shop>;
}

/** "2026-11-01T06:00:00-04:00": the shop's clock, whole seconds. */
export function time({ shop }: Context, at: Time): string;
export function time({ shop }: Context, at: Time | null): string | null;
export function time({ shop }: Context, at: Time | null): string | null {
  if (at === null) return null;
  const minutes = shop.timezoneOffsetMinutes;
  const local = new Date(Date.parse(at) + minutes * 60_000).toISOString().slice(0, 19);
  const away = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}

interface Currencies {
  readonly currency: string;
  readonly presentmentCurrency: string;
}

/** `{shop_money, presentment_money}`. */
export function moneySet(bag: Frozen<MoneyBag>, of: Currencies): Body {
  return {
    shop_money: { amount: bag.shop, currency_code: of.currency },
    presentment_money: { amount: bag.presentment, currency_code: of.presentmentCurrency },
  };
}

/** "tag1, tag2" */
export function list(items: readonly string[]): string {
  return items.join(", ");
}

export { gid };
