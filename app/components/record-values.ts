// A column's value in words: money in its currency, moments in the shop's zone, Shopify's constants as words, JSON as lines.
// The exact value stands beside it, for the hover. Pure; a value that it does not know stands as it is.
import { columnWords, fieldWords, snakeOf } from "./activity-words.ts";
import type { Reading } from "./words.ts";

export interface ValueWords {
  readonly text: string;
  /** What the mirror holds, where the text is not just that. */
  readonly exact: string | null;
}

type Words = Pick<Reading, "t" | "formats">;

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/;
const CONSTANT = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** Names of columns, and of fields inside JSON, that hold Shopify's constants; a SKU or a country may look like one, too. */
const OF_CONSTANTS =
  /(^|_)(status|state|reason|type|kind|policy|action|role|host|level|recommendation|exemptions|error_code|sort_order|weight_unit|collected_from|initiated_as|allocation_method|target_selection)$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const CURRENCY = /^[A-Z]{3}$/;
/** Shopify's weights of orders are whole grams; those of a piece have their unit in a column of its own. */
const OF_GRAMS = /^(total|current)_weight$/;
/**
 * Names first, then as an address is written. PostgreSQL keeps the fields of JSON by the length of their names, which is
 * no order for people; what is not named here follows as it came.
 */
const READING_ORDER = [
  ...["title", "name", "firstName", "lastName", "company", "address1", "address2", "zip", "city"],
  ...["province", "provinceCode", "country", "countryCode", "countryCodeV2", "phone"],
];
/** Longer JSON is no easier to read as lines. */
const JSON_CHARS_MAX = 2_000;

/** As PostgreSQL writes nothing: of a column, a text, a list. */
export function isBlank(text: string | null): text is null | "" | "[]" | "{}" {
  return text === null || text === "" || text === "[]" || text === "{}";
}

export function isMoment(value: string): boolean {
  return MOMENT.test(value);
}

/** `currency` of an amount; null where it is none, or where nobody names it. */
export function valueWords(column: string, value: string, currency: string | null, words: Words): ValueWords {
  if (currency !== null && CURRENCY.test(currency) && DECIMAL.test(value)) {
    return { text: words.formats.money(value, currency), exact: `${value} ${currency}` };
  }
  const text = textOf(column, value, words);
  return { text, exact: text === value ? null : value };
}

/** "NO_RETURN" → "No return" */
export function constantWords(value: string): string {
  return columnWords(value.toLowerCase());
}

function textOf(column: string, value: string, { t, formats }: Words): string {
  if (value === "true" || value === "false") return t(`records.${value === "true" ? "yes" : "no"}`);
  if (MOMENT.test(value)) return formats.exactTime(new Date(value));
  if (OF_GRAMS.test(column) && /^\d+$/.test(value))
    return t("records.grams", { n: formats.number(Number(value)) });
  if (OF_CONSTANTS.test(column) && CONSTANT.test(value)) return constantWords(value);
  if (!/^[[{]/.test(value) || value.length > JSON_CHARS_MAX) return value;
  try {
    return linesOf(column, JSON.parse(value), { t, formats });
  } catch {
    return value;
  }
}

/** A list of objects a line each, an object a line for each of its fields. */
function linesOf(column: string, value: unknown, words: Words): string {
  if (Array.isArray(value)) {
    const isPlain = value.every((each) => typeof each !== "object");
    return value.map((each) => inlineOf(column, each, words)).join(isPlain ? ", " : "\n");
  }
  if (!isObject(value) || moneyOf(value, words) !== null) return inlineOf(column, value, words);
  return partsOf(value, words).join("\n");
}

function inlineOf(name: string, value: unknown, words: Words): string {
  if (Array.isArray(value)) return value.map((each) => inlineOf(name, each, words)).join("; ");
  if (isObject(value)) return moneyOf(value, words) ?? partsOf(value, words).join(", ");
  return textOf(snakeOf(name), String(value), words);
}

/** "First name: Ada"; what is empty goes without saying. An attribute is called by its own name. */
function partsOf(value: Readonly<Record<string, unknown>>, words: Words): string[] {
  const entries = Object.entries(value).filter(
    ([, each]) => each !== null && each !== "" && !isEmptyList(each),
  );
  const keys = entries.map(([key]) => key).join(" ");
  if (keys === "key value" || keys === "name value") {
    return [`${String(value.key ?? value.name)}: ${inlineOf("value", value.value, words)}`];
  }
  entries.sort(([one], [other]) => placeOf(one) - placeOf(other));
  return entries.map(([name, each]) => {
    const text = inlineOf(name, each, words);
    return `${fieldWords(name)}: ${isObject(each) && moneyOf(each, words) === null ? `(${text})` : text}`;
  });
}

function placeOf(name: string): number {
  const place = READING_ORDER.indexOf(name);
  return place < 0 ? READING_ORDER.length : place;
}

/** Of { amount, currencyCode }, or of a pair of those in the shop's and the buyer's currency; null of all else. */
function moneyOf(value: Readonly<Record<string, unknown>>, words: Words): string | null {
  const { amount, currencyCode, shopMoney, presentmentMoney } = value;
  if (isObject(shopMoney) && isObject(presentmentMoney)) {
    const [shop, buyer] = [moneyOf(shopMoney, words), moneyOf(presentmentMoney, words)];
    return shop === null || buyer === null || shop === buyer ? shop : `${shop} (${buyer})`;
  }
  if (typeof amount !== "string" || typeof currencyCode !== "string") return null;
  return DECIMAL.test(amount) && CURRENCY.test(currencyCode)
    ? words.formats.money(amount, currencyCode)
    : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
