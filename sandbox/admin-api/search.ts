/**
 * Shopify's search syntax: text → tree. AND binds before OR, terms side by side are ANDed, "-" and NOT negate.
 * Knows nothing of records; search-match.ts decides what a term means for one connection.
 *
 * An unquoted timestamp is read as Shopify reads it: `updated_at:>=2026-01-01T10:30:00Z` becomes the start of that day
 * in the shop's zone, and what follows the first colon of the time becomes a term of its own (`30:00Z`) with a field
 * that does not exist.
 */
export type Comparator = "=" | ">" | ">=" | "<" | "<=";

export interface Term {
  kind: "term";
  /** "default" for a word without a field. */
  field: string;
  comparator: Comparator;
  value: string;
  isQuoted: boolean;
  /** An unquoted timestamp of which only the date counts. */
  isCutTimestamp?: boolean;
}

export type SearchTree =
  Term | { kind: "and" | "or"; parts: SearchTree[] } | { kind: "not"; part: SearchTree };

type Token = { kind: "(" | ")" | "and" | "or" | "not" } | Term;

const FIELD = /^([A-Za-z0-9_.$-]+):/;
const COMPARATOR = /^(>=|<=|>|<|=)/;
const CUT_TIMESTAMP = /^(\d{4}-\d\d-\d\d)T\d\d:(\d\d):(.+)$/;

/** The tree, or undefined for a query without terms. Unbalanced parentheses and quotes are closed at the end. */
export function parseSearch(query: string): SearchTree | undefined {
  const tokens = tokenize(query);
  let at = 0;

  const parseOr = (): SearchTree | undefined => {
    const parts: SearchTree[] = [];
    for (;;) {
      const part = parseAnd();
      if (part) parts.push(part);
      if (tokens[at]?.kind !== "or") break;
      at += 1;
    }
    return parts.length > 1 ? { kind: "or", parts } : parts[0];
  };
  const parseAnd = (): SearchTree | undefined => {
    const parts: SearchTree[] = [];
    for (;;) {
      const token = tokens[at];
      if (!token || token.kind === "or" || token.kind === ")") break;
      if (token.kind === "and") {
        at += 1;
        continue;
      }
      const part = parseOne();
      if (part) parts.push(part);
    }
    return parts.length > 1 ? { kind: "and", parts } : parts[0];
  };
  const parseOne = (): SearchTree | undefined => {
    const token = tokens[at];
    at += 1;
    if (!token) return undefined;
    if (token.kind === "not") {
      const part = parseOne();
      return part && { kind: "not", part };
    }
    if (token.kind === "(") {
      const inner = parseOr();
      if (tokens[at]?.kind === ")") at += 1;
      return inner;
    }
    return token.kind === "term" ? token : undefined;
  };

  const parts: SearchTree[] = [];
  while (at < tokens.length) {
    const part = parseOr();
    if (part) parts.push(part);
    // A closing parenthesis that nothing opened.
    if (tokens[at]?.kind === ")") at += 1;
  }
  return parts.length > 1 ? { kind: "and", parts } : parts[0];
}

function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let rest = query;
  for (;;) {
    rest = rest.trimStart();
    if (rest === "") return tokens;
    const symbol = rest[0];
    if (symbol === "(" || symbol === ")") {
      tokens.push({ kind: symbol });
      rest = rest.slice(1);
      continue;
    }
    if (symbol === "-" && rest.length > 1) {
      tokens.push({ kind: "not" });
      rest = rest.slice(1);
      continue;
    }
    const word = /^(AND|OR|NOT)(?=[\s()]|$)/.exec(rest)?.[1];
    if (word !== undefined) {
      tokens.push({ kind: word.toLowerCase() as "and" | "or" | "not" });
      rest = rest.slice(word.length);
      continue;
    }
    rest = readTerm(rest, tokens);
  }
}

/** Reads `field:>=value` off the front of `text` and returns what is left. */
function readTerm(text: string, tokens: Token[]): string {
  let rest = text;
  const field = FIELD.exec(rest)?.[1];
  if (field !== undefined) rest = rest.slice(field.length + 1);
  const comparator = (field === undefined ? undefined : COMPARATOR.exec(rest)?.[1]) as Comparator | undefined;
  if (comparator) rest = rest.slice(comparator.length);
  const { value, isQuoted, left } = readValue(rest);
  const term = { kind: "term" as const, field: field ?? "default", comparator: comparator ?? "=" };
  const cut = field === undefined || isQuoted ? null : CUT_TIMESTAMP.exec(value);
  if (cut) {
    const [, date = "", minutes = "", seconds = ""] = cut;
    tokens.push({ ...term, value: date, isQuoted: false, isCutTimestamp: true });
    tokens.push({ kind: "term", field: minutes, comparator: "=", value: seconds, isQuoted: false });
  } else if (value !== "" || isQuoted) {
    tokens.push({ ...term, value, isQuoted });
  }
  return left;
}

function readValue(text: string): { value: string; isQuoted: boolean; left: string } {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') {
    const value = /^[^\s()]*/.exec(text)?.[0] ?? "";
    return { value, isQuoted: false, left: text.slice(value.length) };
  }
  let value = "";
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === "\\" && at + 1 < text.length) {
      at += 1;
      value += text[at];
    } else if (text[at] === quote) {
      return { value, isQuoted: true, left: text.slice(at + 1) };
    } else {
      value += text[at];
    }
  }
  return { value, isQuoted: true, left: "" };
}
