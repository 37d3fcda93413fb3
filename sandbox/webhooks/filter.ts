// Decides whether a body passes a subscription's filter, in Shopify's search syntax: `field:value`, `field:>=10`,
// AND, OR, NOT, parentheses; terms side by side are joined by AND. Dotted fields reach into objects, and into every
// member of a list. What cannot be parsed is an error for whoever creates the subscription.
import type { Body, Json } from "./bodies/json.ts";

export type Filter = (body: Body) => boolean;

export class FilterError extends Error {
  override name = "FilterError";
}

const TOKEN =
  /\s*(\(|\)|-(?=\w+[\w.]*:)|[\w.]+:(?:>=|<=|>|<|=)?(?:"[^"]*"|'[^']*'|[^\s()]+)|AND\b|OR\b|NOT\b)/y;

/** Throws `FilterError`. */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let at = 0;
  const next = (): string | undefined => tokens[at];

  function either(): Filter {
    let left = all();
    while (next() === "OR") {
      at += 1;
      const [a, b] = [left, all()];
      left = (body) => a(body) || b(body);
    }
    return left;
  }
  function all(): Filter {
    let left = one();
    while (next() !== undefined && next() !== "OR" && next() !== ")") {
      if (next() === "AND") at += 1;
      const [a, b] = [left, one()];
      left = (body) => a(body) && b(body);
    }
    return left;
  }
  function one(): Filter {
    const token = tokens[at++];
    if (token === "NOT" || token === "-") {
      const inner = one();
      return (body) => !inner(body);
    }
    if (token === "(") {
      const inner = either();
      if (tokens[at++] !== ")") throw new FilterError(`A parenthesis is not closed in: ${text}`);
      return inner;
    }
    if (token === undefined || !token.includes(":"))
      throw new FilterError(`A condition is missing in: ${text}`);
    return condition(token);
  }

  const filter = either();
  if (at < tokens.length) throw new FilterError(`"${next()}" is out of place in: ${text}`);
  return filter;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new FilterError(`Not understood: ${text.slice(from).trim()}`);
    tokens.push(token);
  }
  return tokens;
}

function condition(token: string): Filter {
  const [, field = "", operator = "", quoted = ""] = /^([\w.]+):(>=|<=|>|<|=)?(.*)$/s.exec(token) ?? [];
  const wanted = quoted.replace(/^(["'])(.*)\1$/s, "$2");
  return (body) => valuesAt(body, field.split(".")).some((value) => compare(value, operator, wanted));
}

/** All values that a dotted field leads to; ids come as their digits. */
function valuesAt(value: Json, path: readonly string[]): (string | number | boolean | null)[] {
  if (Array.isArray(value)) return value.flatMap((member: Json) => valuesAt(member, path));
  if (path.length === 0) return [typeof value === "object" && value !== null ? JSON.stringify(value) : value];
  if (typeof value !== "object" || value === null) return [];
  const [key = "", ...rest] = path;
  const inner = (value as Body)[key];
  return inner === undefined ? [] : valuesAt(inner, rest);
}

function compare(value: string | number | boolean | null, operator: string, wanted: string): boolean {
  if (wanted === "*") return value !== null && value !== "";
  if (value === null) return false;
  const order = orderOf(String(value), wanted);
  switch (operator) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    default:
      return (
        order === 0 ||
        (wanted.endsWith("*") && String(value).toLowerCase().startsWith(wanted.slice(0, -1).toLowerCase()))
      );
  }
}

/** Numbers by value, times by moment, all else as text without regard to case. */
function orderOf(value: string, wanted: string): number {
  const numeric = /^-?\d+(\.\d+)?$/;
  if (numeric.test(value) && numeric.test(wanted)) {
    if (/^-?\d+$/.test(value) && /^-?\d+$/.test(wanted))
      return Number(BigInt(value) > BigInt(wanted)) - Number(BigInt(value) < BigInt(wanted));
    return Number(value) - Number(wanted);
  }
  const isTime = /^\d{4}-\d\d-\d\d/;
  if (isTime.test(value) && isTime.test(wanted)) return Date.parse(value) - Date.parse(wanted);
  return value.toLowerCase().localeCompare(wanted.toLowerCase());
}
