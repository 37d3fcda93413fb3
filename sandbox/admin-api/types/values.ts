/**
 * Small values that many types share: money in two currencies, times, weights, ids. Pure.
 */
import { graphqlAmount } from "../../store/money.ts";
import {
  shownTime,
  type Decimal,
  type Frozen,
  type MoneyBag,
  type Order,
  type Time,
} from "../../store/truth.ts";
import { invalidId } from "../errors.ts";

export const money = (amount: Decimal, currencyCode: string) => ({
  __typename: "MoneyV2",
  amount: graphqlAmount(amount),
  currencyCode,
});

/** A MoneyBag in the order's two currencies. */
export const bag = (order: Frozen<Order>, amount: Frozen<MoneyBag>) => ({
  __typename: "MoneyBag",
  shopMoney: money(amount.shop, order.currency),
  presentmentMoney: money(amount.presentment, order.presentmentCurrency),
});

export const time = (value: Time | null): string | null => (value === null ? null : shownTime(value));

const GID = /^gid:\/\/shopify\/([A-Za-z]+)\/([^?]+)(?:\?(.*))?$/;

export interface GidParts {
  type: string;
  id: string;
  query: URLSearchParams;
}

/** The parts of a gid; undefined when it is none. */
export function readGid(gid: string): GidParts | undefined {
  const match = GID.exec(gid);
  if (!match?.[1] || !match[2]) return undefined;
  return { type: match[1], id: match[2], query: new URLSearchParams(match[3] ?? "") };
}

/** The id behind a gid of one type. Throws Shopify's error for another type. */
export function idOf(gid: unknown, type: string): string {
  const text = String(gid);
  const parts = readGid(text);
  if (!parts || parts.type !== type) throw invalidId(text);
  return parts.id;
}

/** Scalars that carry 64-bit numbers are strings in JSON. */
export const unsigned = (value: number | bigint | string): string => String(value);
