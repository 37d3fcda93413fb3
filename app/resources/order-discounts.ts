// The discounts of an order. Shopify lists them in a connection that bulk queries refuse, but every allocation on a line
// names its discount in full: put together from there, those that took effect are all there, whichever way they came.
import type { ColumnValue } from "#app/sync/change.ts";
import { currency, decimal, fields, int, nullable, text } from "./values.ts";

type Fields = Readonly<Record<string, unknown>>;

/** GraphQL's type of a discount → kind; the same in REST's words. */
const KINDS: Readonly<Record<string, string>> = {
  DiscountCodeApplication: "CODE",
  AutomaticDiscountApplication: "AUTOMATIC",
  ManualDiscountApplication: "MANUAL",
  ScriptDiscountApplication: "SCRIPT",
  discount_code: "CODE",
  automatic: "AUTOMATIC",
  manual: "MANUAL",
  script: "SCRIPT",
};

interface Discount {
  readonly [field: string]: ColumnValue;
  readonly index: number;
}

/** From the lines' allocations: [{ index, kind, title, code, … }] in the order of their index. */
export function discountsOf(lines: readonly { readonly value: Fields; readonly path: string }[]): Discount[] {
  const byIndex = new Map<number, Discount>();
  for (const { value, path } of lines) {
    const allocations = value.discountAllocations;
    if (!Array.isArray(allocations)) continue;
    for (const [at, allocation] of (allocations as unknown[]).entries()) {
      const place = `${path}.discountAllocations[${at}]`;
      const discount = discountIn(
        fields(allocation, place).discountApplication,
        `${place}.discountApplication`,
      );
      byIndex.set(discount.index, discount);
    }
  }
  return inOrder(byIndex.values());
}

function discountIn(value: unknown, path: string): Discount {
  const source = fields(value, path);
  const worth = fields(source.value, `${path}.value`);
  return {
    index: int(source.index, `${path}.index`),
    kind: kindOf(source.__typename, `${path}.__typename`),
    title: nullable(text)(source.title ?? null, `${path}.title`),
    code: nullable(text)(source.code ?? null, `${path}.code`),
    description: nullable(text)(source.description ?? null, `${path}.description`),
    targetType: text(source.targetType, `${path}.targetType`),
    targetSelection: text(source.targetSelection, `${path}.targetSelection`),
    allocationMethod: text(source.allocationMethod, `${path}.allocationMethod`),
    ...worthIn(worth, `${path}.value`),
  };
}

/** Of a type that the query does not know there is only the name. */
function worthIn(worth: Fields, path: string) {
  const { __typename: type, percentage, amount, currencyCode } = worth;
  if (type === "PricingPercentageValue")
    return { valueType: "PERCENTAGE", value: decimal(percentage, path), currencyCode: null };
  if (type !== "MoneyV2")
    return { valueType: text(type, `${path}.__typename`), value: null, currencyCode: null };
  const code = currency(currencyCode, `${path}.currencyCode`);
  return { valueType: "FIXED_AMOUNT", value: decimal(amount, path), currencyCode: code };
}

/**
 * From a body's list, as far as lines' allocations refer to it. Undefined when the body does not state them all: a fixed
 * amount comes without its currency, which there is no doubt about where the order has only one.
 */
export function statedDiscounts(
  list: unknown,
  lines: readonly unknown[],
  onlyCurrency: string | undefined,
): Discount[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const inEffect = new Set(lines.flatMap(indexesIn));
  const discounts = (list as unknown[]).flatMap((entry, index) =>
    inEffect.has(index) ? [fields(entry, `discount_applications[${index}]`)] : [],
  );
  const told = onlyCurrency === undefined ? ["percentage"] : ["percentage", "fixed_amount"];
  if (discounts.some(({ value_type: type }) => !told.includes(type as string))) return undefined;
  return inOrder(
    [...inEffect].flatMap((index) => {
      const entry: unknown = (list as unknown[])[index];
      return entry === undefined ? [] : [statedDiscount(entry, index, onlyCurrency)];
    }),
  );
}

function indexesIn(line: unknown): number[] {
  const allocations: unknown = fields(line, "line").discount_allocations;
  if (!Array.isArray(allocations)) return [];
  return (allocations as unknown[]).map((allocation) =>
    int(fields(allocation, "discount_allocations").discount_application_index, "discount_application_index"),
  );
}

function statedDiscount(entry: unknown, index: number, onlyCurrency: string | undefined): Discount {
  const path = `discount_applications[${index}]`;
  const source = fields(entry, path);
  const capitals = (field: string) => text(source[field], `${path}.${field}`).toUpperCase();
  return {
    index,
    kind: kindOf(source.type, `${path}.type`),
    title: nullable(text)(source.title ?? null, `${path}.title`),
    code: nullable(text)(source.code ?? null, `${path}.code`),
    description: nullable(text)(source.description ?? null, `${path}.description`),
    targetType: capitals("target_type"),
    targetSelection: capitals("target_selection"),
    allocationMethod: capitals("allocation_method"),
    valueType: capitals("value_type"),
    value: decimal(source.value, `${path}.value`),
    currencyCode: source.value_type === "fixed_amount" ? currency(onlyCurrency, `${path}.currency`) : null,
  };
}

/** A kind that is not known yet keeps Shopify's word: an order is not refused for it. */
function kindOf(value: unknown, path: string): string {
  const word = text(value, path);
  return KINDS[word] ?? word;
}

function inOrder(discounts: Iterable<Discount>): Discount[] {
  return [...discounts].sort((a, b) => a.index - b.index);
}
