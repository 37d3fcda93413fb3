// Shopify's search language, written so that nothing is silently ignored: every value is quoted. Unquoted, the colon
// in a time of day would start a field "00", which Shopify drops with no more than a warning.

/** `field:'value'`, whatever the value contains. */
export function equals(field: string, value: string): string {
  return `${field}:${quote(value)}`;
}

/** Half-open: from ≤ field < until. Either end may be left out; without both it is the empty search. */
export function during(field: string, window: { readonly from?: Date; readonly until?: Date }): string {
  const { from, until } = window;
  return allOf(from ? `${field}:>=${time(from)}` : "", until ? `${field}:<${time(until)}` : "");
}

/** `(field:'a' OR field:'b')`; for no values the empty search, which would match everything, is refused. */
export function anyOf(field: string, values: readonly string[]): string {
  if (values.length === 0) throw new RangeError(`a search for none of ${field}`);
  return `(${values.map((value) => equals(field, value)).join(" OR ")})`;
}

/** A person's search as one term, so that an OR in it does not reach past what is added to it. */
export function group(search: string): string {
  return `(${search.trim()})`;
}

/** Quotes and parentheses close: an open one would swallow what is added to the search. */
export function isBalanced(search: string): boolean {
  let depth = 0;
  let quote: string | null = null;
  for (let at = 0; at < search.length; at += 1) {
    const char = search[at]!;
    if (char === "\\") at += 1;
    else if (quote !== null) quote = char === quote ? null : quote;
    // An apostrophe inside a word is none.
    else if ((char === "'" || char === '"') && /[\s(:=<>]|^$/.test(search[at - 1] ?? "")) quote = char;
    else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && quote === null;
}

/** Joins searches; empty ones count as "no condition". */
export function allOf(...searches: readonly string[]): string {
  return searches.filter((search) => search !== "").join(" AND ");
}

/** Shopify keeps times by the second, so a fraction would only look exact. */
function time(moment: Date): string {
  return quote(`${moment.toISOString().slice(0, 19)}Z`);
}

function quote(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
