/**
 * What a search means for the records of one connection: the fields it knows, how each compares, and the warnings
 * that Shopify puts into `extensions.search`. A term with an unknown field filters nothing; an unaccepted value
 * matches nothing.
 */
import { compareIds } from "./connection.ts";
import { badRequest } from "./errors.ts";
import { parseSearch, type Comparator, type SearchTree, type Term } from "./search.ts";

/**
 * How a field compares. `words`: every word of the value begins a word of the field; `keyword`: the whole value, case
 * aside; both take `*` at the end. `id`: the number, with comparators. `enum`: one of `values`.
 */
export type SearchField<T> =
  | { kind: "words" | "keyword"; of: (record: T) => string | null | readonly (string | null)[] }
  | { kind: "id"; of: (record: T) => string | null | readonly string[] }
  | { kind: "number"; of: (record: T) => number | null | readonly number[] }
  | { kind: "time"; of: (record: T) => string | null }
  | { kind: "boolean"; of: (record: T) => boolean }
  | { kind: "enum"; of: (record: T) => string | readonly string[]; values: readonly string[] };

export interface SearchSpec<T> {
  fields: Record<string, SearchField<T>>;
  /** What a word without a field is looked for in; without it such a word is a `missing_named_field`. */
  words?: (record: T) => readonly (string | null)[];
  /** A time that cannot be read is an error instead of a warning, as for bulk operations. */
  isStrictAboutTimes?: boolean;
}

export interface SearchWarning {
  field: string;
  message: string;
  code: string;
}
export interface SearchReport {
  path: (string | number)[];
  query: string;
  parsed: unknown;
  warnings: SearchWarning[];
}

export interface SearchZone {
  /** Minutes that the shop's zone is ahead of UTC. */
  offsetMinutes: number;
  now: Date;
}

type Predicate<T> = (record: T) => boolean;

/** The filter (undefined: everything), and the report for `extensions.search` when there is something to warn of. */
export function compileSearch<T>(
  spec: SearchSpec<T>,
  query: string,
  zone: SearchZone,
): { matches?: Predicate<T>; report?: Omit<SearchReport, "path"> } {
  const tree = parseSearch(query);
  if (!tree) return {};
  const warnings: SearchWarning[] = [];
  const matches = compileTree(spec, tree, zone, warnings);
  if (warnings.length === 0) return { matches };
  return { matches, report: { query, parsed: describe(tree, zone), warnings } };
}

/** Undefined stands for "no filter". */
function compileTree<T>(
  spec: SearchSpec<T>,
  tree: SearchTree,
  zone: SearchZone,
  warnings: SearchWarning[],
): Predicate<T> | undefined {
  if (tree.kind === "term") return compileTerm(spec, tree, zone, warnings);
  if (tree.kind === "not") {
    const part = compileTree(spec, tree.part, zone, warnings);
    return part && ((record) => !part(record));
  }
  const parts = tree.parts
    .map((part) => compileTree(spec, part, zone, warnings))
    .filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return tree.kind === "and"
    ? (record) => parts.every((part) => part(record))
    : (record) => parts.some((part) => part(record));
}

function compileTerm<T>(
  spec: SearchSpec<T>,
  term: Term,
  zone: SearchZone,
  warnings: SearchWarning[],
): Predicate<T> | undefined {
  if (term.field === "default") {
    const words = spec.words;
    if (words) return (record) => matchesWords(words(record), term.value);
    warnings.push({
      field: "default",
      message: "Input must use named search fields in this query.",
      code: "missing_named_field",
    });
    return undefined;
  }
  const field = Object.hasOwn(spec.fields, term.field) ? spec.fields[term.field] : undefined;
  if (!field) {
    warnings.push({
      field: term.field,
      message: "Invalid search field for this query.",
      code: "invalid_field",
    });
    return undefined;
  }
  const values =
    term.isQuoted || term.comparator !== "="
      ? [term.value]
      : term.value.split(",").filter((value) => value !== "");
  const tests = values.map((value) => compileValue(field, { ...term, value }, zone, spec));
  const isUnaccepted = tests.length === 0 || tests.some((test) => test === undefined);
  if (isUnaccepted) {
    warnings.push({
      field: term.field,
      message: `Input \`${term.value}\` is not an accepted value.`,
      code: "invalid_value",
    });
  }
  const accepted = tests.filter((test) => test !== undefined);
  return (record) => accepted.some((test) => test(record));
}

/** Undefined when the field does not accept the value. */
function compileValue<T>(
  field: SearchField<T>,
  term: Term,
  zone: SearchZone,
  spec: SearchSpec<T>,
): Predicate<T> | undefined {
  const { value, comparator } = term;
  switch (field.kind) {
    case "words":
      return (record) => matchesWords(listOf(field.of(record)), value);
    case "keyword":
      return (record) =>
        listOf(field.of(record)).some((each) => each !== null && matchesKeyword(each, value));
    case "enum":
      return compileEnum(field, value);
    case "boolean":
      return value === "true" || value === "false"
        ? (record) => field.of(record) === (value === "true")
        : undefined;
    case "number": {
      const number = Number(value);
      if (value === "" || Number.isNaN(number)) return undefined;
      return (record) =>
        listOf(field.of(record)).some((each) => each !== null && holds(comparator, each - number));
    }
    case "id": {
      const digits = /(\d+)$/.exec(value)?.[1];
      if (digits === undefined) return undefined;
      const wanted = String(BigInt(digits));
      return (record) =>
        listOf(field.of(record)).some((each) => each !== null && holds(comparator, compareIds(each, wanted)));
    }
    case "time":
      return compileTime(field.of, term, zone, spec.isStrictAboutTimes ?? false);
  }
}

function compileEnum<T>(field: SearchField<T> & { kind: "enum" }, value: string): Predicate<T> | undefined {
  const wanted = value.toLowerCase();
  if (wanted === "any" || wanted === "*") return () => true;
  if (!field.values.includes(wanted)) return undefined;
  return (record) => listOf(field.of(record)).some((each) => each?.toLowerCase() === wanted);
}

function compileTime<T>(
  of: (record: T) => string | null,
  term: Term,
  zone: SearchZone,
  isStrict: boolean,
): Predicate<T> | undefined {
  const span = spanOf(term, zone);
  if (!span) {
    if (isStrict) throw badRequest(`Invalid timestamp for query filter \`${term.field}\`.`);
    return undefined;
  }
  return (record) => {
    const time = of(record);
    if (time === null) return false;
    const at = Date.parse(time);
    if (term.comparator === "=") return at >= span.from && at < span.to;
    if (term.comparator === "<" && term.isCutTimestamp) return at <= span.from;
    return holds(term.comparator, at - span.from);
  };
}

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;

/** A date is its whole day in the shop's zone; a time without a zone is the shop's. */
function spanOf(term: Term, zone: SearchZone): { from: number; to: number } | undefined {
  const { value } = term;
  if (value === "now") return { from: zone.now.getTime(), to: zone.now.getTime() + SECOND_MS };
  if (/^\d{4}-\d\d-\d\d$/.test(value)) {
    const from = Date.parse(`${value}T00:00:00Z`) - zone.offsetMinutes * 60_000;
    return Number.isNaN(from) ? undefined : { from, to: from + DAY_MS };
  }
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return undefined;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(value);
  const from = hasZone
    ? Date.parse(value.replace(" ", "T"))
    : Date.parse(`${value.replace(" ", "T")}Z`) - zone.offsetMinutes * 60_000;
  return Number.isNaN(from) ? undefined : { from, to: from + SECOND_MS };
}

function holds(comparator: Comparator, difference: number): boolean {
  switch (comparator) {
    case "=":
      return difference === 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
  }
}

function matchesKeyword(field: string, value: string): boolean {
  const text = field.toLowerCase();
  const wanted = value.toLowerCase();
  return wanted.endsWith("*") ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
}

const WORD = /[\p{L}\p{N}]+/gu;

function matchesWords(fields: readonly (string | null)[], value: string): boolean {
  const have = fields.flatMap((field) => field?.toLowerCase().match(WORD) ?? []);
  const wanted = value.toLowerCase().match(WORD) ?? [];
  const isPrefix = value.endsWith("*");
  return wanted.every((word, index) =>
    have.some((each) => (isPrefix && index === wanted.length - 1 ? each.startsWith(word) : each === word)),
  );
}

function listOf<V>(value: V | readonly V[]): readonly V[] {
  return Array.isArray(value) ? (value as readonly V[]) : [value as V];
}

const RANGES: Record<Exclude<Comparator, "=">, string> = {
  ">": "range_gt",
  ">=": "range_gte",
  "<": "range_lt",
  "<=": "range_lte",
};

/** The tree as `extensions.search[].parsed` shows it: ranges first, the rest in order. */
function describe(tree: SearchTree, zone: SearchZone): unknown {
  if (tree.kind === "not") return { not: describe(tree.part, zone) };
  if (tree.kind !== "term") {
    const isRange = (part: SearchTree): boolean => part.kind === "term" && part.comparator !== "=";
    const parts =
      tree.kind === "and"
        ? [...tree.parts.filter(isRange), ...tree.parts.filter((part) => !isRange(part))]
        : tree.parts;
    return { [tree.kind]: parts.map((part) => describe(part, zone)) };
  }
  if (tree.comparator === "=")
    return { field: tree.field, [tree.isQuoted ? "match_phrase" : "match_all"]: tree.value };
  // Recorded: the day's start in the shop's zone, and "<" turned into "at most".
  if (tree.isCutTimestamp) {
    const range = tree.comparator === "<" ? "range_lte" : RANGES[tree.comparator];
    return { field: tree.field, [range]: `${tree.value}T00:00:00${zoneText(zone.offsetMinutes)}` };
  }
  return { field: tree.field, [RANGES[tree.comparator]]: tree.value };
}

function zoneText(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
