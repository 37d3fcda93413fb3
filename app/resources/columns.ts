// A record's columns as a table: which field of the GraphQL node each one comes from and how it is read. Webhook bodies
// are first renamed into the node's shape, so both ways in share one table and cannot disagree on a value's form.
import { BadField } from "#app/shopify/errors.ts";
import type { Row } from "#app/sync/change.ts";
import { at, currency, decimal, fields, flag, float, int, listOf, nullable, partId } from "./values.ts";
import { shape, shortDecimal, text, type Reader } from "./values.ts";

export interface Column<T> {
  readonly from: keyof T & string;
  /** Where inside the field, if other columns are read from other places in it. */
  readonly within?: readonly string[];
  readonly read: Reader;
}

export type Columns<T> = Readonly<Record<string, Column<T>>>;

/** A node's shape with nothing promised: what a webhook body states of it, or what arrived in place of it. */
export type Stated<T> = { readonly [K in keyof T]?: unknown };

/** A field that Shopify promises never to be null. */
export const always = <T>(from: keyof T & string, read: Reader): Column<T> => ({ from, read });

/** A field that may be null. */
export const maybe = <T>(from: keyof T & string, read: Reader): Column<T> => ({ from, read: nullable(read) });

/** As maybe(), of a place inside the field from which other columns are read, too: each can be left out alone. */
export const inside = <T>(
  from: keyof T & string,
  within: readonly string[],
  read: Reader = text,
): Column<T> => ({
  from,
  within,
  read: nullable(at(within, nullable(read))),
});

/** On a node: names of columns that a shop's rules leave out, and so were not asked for. */
export const UNASKED = Symbol("unasked");

/**
 * The row of a node that was read whole, but for what was not asked for; `more` goes into it besides.
 * @throws BadField also when a field is missing: then the query and the table do not belong together.
 */
export function wholeRow<T>(columns: Columns<T>, node: Stated<T>, path = "", more?: Row): Row {
  const { entries, empty } = layoutOf(columns);
  const unasked = (node as { readonly [UNASKED]?: ReadonlySet<string> })[UNASKED];
  const row: Record<string, Row[string]> = Object.assign({}, unasked ? null : empty, more);
  for (const { name, from, read } of entries) {
    if (unasked?.has(name)) continue;
    const place = path === "" ? from : `${path}.${from}`;
    const value = node[from as keyof T & string];
    if (value === undefined) throw new BadField("MISSING", place, "was not in the answer");
    row[name] = read(value, place);
  }
  return row;
}

interface Layout {
  readonly entries: readonly { readonly name: string; readonly from: string; readonly read: Reader }[];
  /**
   * A row of nulls: copies of it are filled several times sooner than a hundred fields are added one by one. Spreading it
   * makes them ten times as dear as Object.assign() where one place spreads many kinds of objects.
   */
  readonly empty: Record<string, Row[string]>;
}

const layouts = new WeakMap<object, Layout>();

function layoutOf<T>(columns: Columns<T>): Layout {
  const known = layouts.get(columns);
  if (known) return known;
  const entries = Object.entries(columns).map(([name, { from, read }]) => ({ name, from, read }));
  const empty = Object.fromEntries(entries.map(({ name }) => [name, null]));
  const layout = { entries, empty };
  layouts.set(columns, layout);
  return layout;
}

/** The row of what a body states; columns of fields that it does not state are absent. */
export function statedRow<T>(columns: Columns<T>, node: Stated<T>, path = ""): Row {
  const row: Record<string, Row[string]> = {};
  for (const [name, { from, read }] of Object.entries(columns)) {
    if (node[from] === undefined) continue;
    row[name] = read(node[from], path === "" ? from : `${path}.${from}`);
  }
  return row;
}

/** Two columns of one MoneyBag: `name` in the shop's currency and `namePresentment` in the buyer's. */
export function money<T>(name: string, from: keyof T & string, optional?: "nullable"): Columns<T> {
  return bagColumns(name, from, [], optional);
}

/** As money(), for a MoneyBag that lies inside the field's object. */
export function moneyIn<T>(name: string, from: keyof T & string, within: string): Columns<T> {
  return bagColumns(name, from, [within]);
}

interface Bag {
  readonly shopMoney?: { readonly amount?: unknown } | null;
  readonly presentmentMoney?: { readonly amount?: unknown } | null;
}

function bagColumns<T>(
  name: string,
  from: keyof T & string,
  within: readonly string[],
  optional?: "nullable",
): Columns<T> {
  const side = (money: "shopMoney" | "presentmentMoney"): Reader => {
    const read = at([...within, money, "amount"], decimal);
    return (value, path) => {
      if (value === null && optional) return null;
      // A hundred amounts an order: where nothing is wrong nobody needs to know its path.
      const short = within.length === 0 ? shortDecimal((value as Bag | null)?.[money]?.amount) : null;
      return short ?? read(value, path);
    };
  };
  return {
    [name]: { from, read: side("shopMoney") },
    [`${name}Presentment`]: { from, read: side("presentmentMoney") },
  };
}

/** The currency codes of a MoneyBag, for rows that are read without their order. */
export function currenciesOf<T>(from: keyof T & string): Columns<T> {
  return {
    currencyCode: { from, read: at(["shopMoney", "currencyCode"], currency) },
    presentmentCurrencyCode: { from, read: at(["presentmentMoney", "currencyCode"], currency) },
  };
}

/** Shopify's tags are a set: sorted by code unit, so that the same set is the same value. */
export const tags: Reader = (value, path) => [...listOf(text)(value, path)].sort();

/** [{ key, value }] in Shopify's order. */
export const attributes: Reader = listOf(shape({ key: text, value: nullable(text) }));

/** { shopMoney, presentmentMoney }, each { amount, currencyCode }. */
export const moneyPair: Reader = shape({
  shopMoney: shape({ amount: decimal, currencyCode: currency }),
  presentmentMoney: shape({ amount: decimal, currencyCode: currency }),
});

/** [{ title, rate, channelLiable, price: { shopMoney, presentmentMoney } }] */
export const taxLines: Reader = (value, path) =>
  listOf((line, place) => {
    const source = fields(line, place);
    return {
      title: text(source.title, `${place}.title`),
      rate: nullable(float)(source.rate ?? null, `${place}.rate`),
      channelLiable: nullable(flag)(source.channelLiable ?? null, `${place}.channelLiable`),
      price: moneyPair(source.priceSet, `${place}.priceSet`),
    };
  })(value, path);

/** [{ id, name, price, taxLines }] */
export const additionalFees: Reader = (value, path) =>
  listOf((fee, place) => {
    const source = fields(fee, place);
    return {
      id: partId(source.id, `${place}.id`),
      name: text(source.name, `${place}.name`),
      price: moneyPair(source.price, `${place}.price`),
      taxLines: taxLines(source.taxLines, `${place}.taxLines`),
    };
  })(value, path);

/** [{ id, countryCodeOfOrigin, harmonizedSystemCode, price, taxLines }] */
export const duties: Reader = (value, path) =>
  listOf((duty, place) => {
    const source = fields(duty, place);
    return {
      id: partId(source.id, `${place}.id`),
      countryCodeOfOrigin: nullable(text)(source.countryCodeOfOrigin ?? null, `${place}.countryCodeOfOrigin`),
      harmonizedSystemCode: nullable(text)(
        source.harmonizedSystemCode ?? null,
        `${place}.harmonizedSystemCode`,
      ),
      price: moneyPair(source.price, `${place}.price`),
      taxLines: taxLines(source.taxLines, `${place}.taxLines`),
    };
  })(value, path);

/** [{ application, amount: { shopMoney, presentmentMoney } }]; `application` is the index among the order's discounts. */
export const discountAllocations: Reader = (value, path) =>
  listOf((allocation, place) => {
    const source = fields(allocation, place);
    return {
      application: at(["index"], int)(source.discountApplication, `${place}.discountApplication`),
      amount: moneyPair(source.allocatedAmountSet, `${place}.allocatedAmountSet`),
    };
  })(value, path);

/** A postal address under GraphQL's names; Shopify's id of it is left out, for webhook bodies have none. */
export const address: Reader = shape({
  firstName: nullable(text),
  lastName: nullable(text),
  name: nullable(text),
  company: nullable(text),
  address1: nullable(text),
  address2: nullable(text),
  city: nullable(text),
  province: nullable(text),
  provinceCode: nullable(text),
  country: nullable(text),
  countryCodeV2: nullable(text),
  zip: nullable(text),
  phone: nullable(text),
  latitude: nullable(float),
  longitude: nullable(float),
});
