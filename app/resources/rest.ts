// Webhook bodies are REST-shaped. These functions rename their common parts into the shape of the GraphQL node, without
// judging the values: that is done once, by the column table. Undefined stays undefined: the body does not state it.
import { BadBody } from "#app/shopify/errors.ts";
import type { Body } from "./define.ts";
import { int8 } from "./values.ts";

type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The record's id as a key. @throws BadBody when there is none: the body is of another shape than the topic's. */
export function keyIn(body: Body, field = "id"): string {
  const value = body[field];
  if (value === undefined || value === null || typeof value === "object")
    throw new BadBody(`no ${field} in the body`);
  return int8(value, field);
}

/** The number at the end of a body's gid. @throws BadBody when there is none. */
export function keyOfGidIn(body: Body, field: string): string {
  const gid = body[field];
  if (typeof gid !== "string") throw new BadBody(`no ${field} in the body`);
  return keyOfGid(gid, field);
}

/** `{ a: … }` → `{ A: … }` under GraphQL's names; anything but an object is left for the reader to refuse. */
export function renamed(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(names).map(([from, to]) => [to, value[from]]));
}

/** Each entry of a list through `change`; anything but a list is left for the reader to refuse. */
export function each(value: unknown, change: (entry: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : value;
}

const MONEY = { amount: "amount", currency_code: "currencyCode" };

export function moneyBag(value: unknown): unknown {
  if (!isObject(value)) return value;
  return {
    shopMoney: renamed(value.shop_money, MONEY),
    presentmentMoney: renamed(value.presentment_money, MONEY),
  };
}

/** The currency of an order that has only one: a buyer who pays in another one than the shop's has two. */
export function onlyCurrency({ currency, presentment_currency: presentment }: Body): string | undefined {
  const isOnly = (presentment ?? currency) === currency;
  return isOnly && typeof currency === "string" ? currency : undefined;
}

/**
 * The bag that a body has beside an amount, as `price_set` beside `price`; Shopify's documents also show it inside an object
 * of its own name. Of an order from before there were such sets, the amount itself, where the order has only one currency;
 * else it is not stated.
 */
export function amountBag(fields: Fields, name: string, only: string | undefined): unknown {
  const { [`${name}_set`]: set } = fields;
  if (set !== undefined) return moneyBag(isObject(set) ? (set[`${name}_set`] ?? set) : set);
  const amount = fields[name] ?? undefined;
  if (amount === undefined || only === undefined) return undefined;
  const money = { amount, currencyCode: only };
  return { shopMoney: money, presentmentMoney: money };
}

/** A REST enum in GraphQL's capitals. */
export function capitals(value: unknown): unknown {
  return typeof value === "string" ? value.toUpperCase() : value;
}

/** "a, b" → ["a", "b"]. */
export function tagList(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value === "" ? [] : value.split(",").map((tag) => tag.trim());
}

/** A numeric id → `{ id: gid }`; null stays null. */
export function link(type: string, value: unknown): unknown {
  return value === null || value === undefined ? value : { id: gidOf(type, value) };
}

/** The number at the end of `gid://shopify/<any type>/<number>`. */
export function keyOfGid(gid: unknown, path: string): string {
  return int8(typeof gid === "string" ? gid.slice(gid.lastIndexOf("/") + 1) : gid, path);
}

export function gidOf(type: string, id: unknown): string {
  return `gid://shopify/${type}/${String(id)}`;
}

/** [{ name, value }] → [{ key, value }]; REST may send numbers where GraphQL has text. */
export function attributeList(value: unknown): unknown {
  return each(value, (entry) => {
    if (!isObject(entry)) return entry;
    const { name, value: held } = entry;
    const written = typeof held === "number" || typeof held === "boolean" ? String(held) : held;
    return { key: name, value: written };
  });
}

export function taxLineList(value: unknown, only: string | undefined): unknown {
  return eachWithMoney(value, "priceSet", (line) => ({
    title: line.title,
    rate: line.rate,
    channelLiable: line.channel_liable,
    priceSet: amountBag(line, "price", only),
  }));
}

export function allocationList(value: unknown, only: string | undefined): unknown {
  return eachWithMoney(value, "allocatedAmountSet", (entry) => ({
    allocatedAmountSet: amountBag(entry, "amount", only),
    discountApplication: { index: entry.discount_application_index },
  }));
}

/** As each(); a list in which an amount is not stated is not stated itself. */
function eachWithMoney(value: unknown, money: string, change: (entry: Fields) => Fields): unknown {
  const changed = each(value, (entry) => (isObject(entry) ? change(entry) : entry));
  const isUnstated = (entry: unknown) => isObject(entry) && entry[money] === undefined;
  return Array.isArray(changed) && changed.some(isUnstated) ? undefined : changed;
}

export function postalAddress(value: unknown): unknown {
  return renamed(value, {
    first_name: "firstName",
    last_name: "lastName",
    name: "name",
    company: "company",
    address1: "address1",
    address2: "address2",
    city: "city",
    province: "province",
    province_code: "provinceCode",
    country: "country",
    country_code: "countryCodeV2",
    zip: "zip",
    phone: "phone",
    latitude: "latitude",
    longitude: "longitude",
  });
}
