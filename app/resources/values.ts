// How a single value from Shopify becomes a column's value, exactly or not at all: whatever PostgreSQL would refuse,
// round or alter is a BadField here. Both ways in (API nodes and webhook bodies) read through these functions, so a
// record looks the same in the mirror whichever way it came.
import { BadField } from "#app/shopify/errors.ts";
import type { ColumnValue } from "#app/sync/change.ts";

/** Turns a value found at `path` into a column's value. */
export type Reader = (value: unknown, path: string) => ColumnValue;

const INT4_MAX = 2_147_483_647;
const INT8_MAX = 9_223_372_036_854_775_807n;
/** numeric(20,6). */
const FRACTION_DIGITS_MAX = 6;
const INTEGER_DIGITS_MAX = 14;

/** The reader, but null stays null. */
export const nullable =
  (read: Reader): Reader =>
  (value, path) =>
    value === null ? null : read(value, path);

/** Text as it is. PostgreSQL has no NUL in text, and UTF-8 has no lone surrogates: neither can be kept, so it parks. */
export function text(value: unknown, path: string): string {
  if (typeof value !== "string") throw mistyped(value, path, "text");
  if (value.includes("\0")) throw new BadField("UNSTORABLE_TEXT", path, "contains a NUL character");
  if (!value.isWellFormed()) throw new BadField("UNSTORABLE_TEXT", path, "contains half of a surrogate pair");
  return value;
}

export function flag(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw mistyped(value, path, "true or false");
  return value;
}

/** A whole number that fits an int4 column. */
export function int(value: unknown, path: string): number {
  if (typeof value !== "number") throw mistyped(value, path, "a whole number");
  if (!Number.isInteger(value)) throw new BadField("NOT_A_NUMBER", path, `${value} is not whole`);
  if (Math.abs(value) > INT4_MAX) throw new BadField("OUT_OF_RANGE", path, `${value} exceeds 32 bits`);
  return value;
}

/** A float as Shopify's own type is (weights, coordinates, rates). */
export function float(value: unknown, path: string): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number") throw mistyped(value, path, "a number");
  if (!Number.isFinite(number)) throw new BadField("NOT_A_NUMBER", path, "is not a finite number");
  return number;
}

/** A non-negative int8 as a decimal string: numeric ids, and Shopify's UnsignedInt64. */
export function int8(value: unknown, path: string): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new BadField("NOT_AN_ID", path, "lost digits before it reached the mirror");
  }
  if (typeof value !== "number" && typeof value !== "string") throw mistyped(value, path, "an id");
  // Up to 18 digits fit without a look at their value.
  if (typeof value === "string" && /^[1-9]\d{0,17}$/.test(value)) return value;
  const digits = String(value);
  if (!/^\d{1,19}$/.test(digits)) throw new BadField("NOT_AN_ID", path, "is not a decimal id");
  const number = BigInt(digits);
  if (number > INT8_MAX) throw new BadField("OUT_OF_RANGE", path, "exceeds 63 bits");
  return number.toString();
}

/** The numeric id in `gid://shopify/<type>/<id>`, with the type checked. */
export function idOf(type: string): (value: unknown, path: string) => string {
  const prefix = `gid://shopify/${type}/`;
  return (value, path) => {
    if (typeof value !== "string") throw mistyped(value, path, `an id of ${type}`);
    if (!value.startsWith(prefix)) throw new BadField("NOT_AN_ID", path, `is not an id of ${type}`);
    const tail = value.slice(prefix.length);
    const end = tail.indexOf("?");
    return int8(end < 0 ? tail : tail.slice(0, end), path);
  };
}

/**
 * The numeric id of a part, whatever type stands in it: some have another name there than in the schema (a
 * ReturnShippingFee's is a Fee), and kinds of agreements, sales and media share one sequence.
 */
export function partId(value: unknown, path: string): string {
  if (typeof value !== "string") throw mistyped(value, path, "an id");
  const digits = /^gid:\/\/shopify\/\w+\/(\d+)(?:\?|$)/.exec(value)?.[1];
  if (digits === undefined) throw new BadField("NOT_AN_ID", path, "is not an id of Shopify's");
  return int8(digits, path);
}

/** The numeric id of a linked object `{ id }`. */
export function linkTo(type: string): Reader {
  const read = idOf(type);
  return (value, path) => read(fields(value, path).id, `${path}.id`);
}

/** Nearly all amounts: in their shortest form already, or whole as GraphQL writes them. */
const SHORTEST = /^(?:0|[1-9]\d{0,13})(?:\.\d{0,5}[1-9])?$/;
const WHOLE = /^(?:0|[1-9]\d{0,13})\.0$/;

export function shortDecimal(written: unknown): string | null {
  if (typeof written !== "string") return null;
  // Half of all amounts.
  if (written === "0.0") return "0";
  if (SHORTEST.test(written)) return written;
  return WHOLE.test(written) ? written.slice(0, -2) : null;
}

/** An exact decimal in its shortest form: REST's "10.00" and GraphQL's "10.0" are both "10". */
export function decimal(value: unknown, path: string): string {
  const written = typeof value === "number" ? String(value) : value;
  if (typeof written !== "string") throw mistyped(value, path, "a decimal number");
  const short = shortDecimal(written);
  if (short !== null) return short;
  const parts = /^([+-]?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(written);
  if (!parts) throw new BadField("NOT_A_NUMBER", path, "is not a decimal number");
  const [, sign, integer = "0", fraction = ""] = parts;
  if (fraction.length > FRACTION_DIGITS_MAX || integer.length > INTEGER_DIGITS_MAX) {
    throw new BadField("OUT_OF_RANGE", path, `${written.slice(0, 60)} would be rounded`);
  }
  const plain = fraction === "" ? integer : `${integer}.${fraction}`;
  return sign === "-" && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

/** Three letters; which of them exist is Shopify's business. */
export function currency(value: unknown, path: string): string {
  if (typeof value !== "string") throw mistyped(value, path, "a currency code");
  if (!/^[A-Z]{3}$/.test(value)) throw new BadField("NOT_A_CURRENCY", path, "is not a currency code");
  return value;
}

/** As Shopify writes it, on days that every month has: then it is what it becomes. */
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+?)0*)?(Z|[+-]\d\d:?\d\d)$/;

/** A time with its zone, as ISO 8601 in UTC: without a fraction if there is none, else with up to six digits. */
export function time(value: unknown, path: string): string {
  if (typeof value !== "string") throw mistyped(value, path, "a time");
  if (PLAIN_TIME.test(value)) return value;
  const parts = TIME.exec(value);
  if (!parts) throw new BadField("NOT_A_TIME", path, "is not a time with a zone");
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = parts;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const wall = Date.parse(`${written}Z`);
  // Date.parse rolls 30 February over to March; a time that does not exist is refused instead.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== written) {
    throw new BadField("NOT_A_TIME", path, "does not exist in the calendar");
  }
  if (fraction.length > 6) throw new BadField("OUT_OF_RANGE", path, "is finer than a microsecond");
  const utc = new Date(wall - offsetMs(zone)).toISOString().slice(0, 19);
  return /^0+$|^$/.test(fraction) ? `${utc}Z` : `${utc}.${fraction}Z`;
}

function offsetMs(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** Of a connection, as the transport hands it over, or of a plain list. */
export function entriesOf(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw mistyped(value, path, "a list");
  return value;
}

/** Each entry through `read`. */
export function listOf<T extends ColumnValue>(read: (value: unknown, path: string) => T) {
  return (value: unknown, path: string): readonly T[] =>
    entriesOf(value, path).map((entry, index) => read(entry, `${path}[${index}]`));
}

/** A JSON object with exactly these fields, each through its reader; null where the source has none. */
export function shape(readers: Readonly<Record<string, Reader>>): Reader {
  const entries = Object.entries(readers);
  const empty: Record<string, ColumnValue> = Object.fromEntries(entries.map(([name]) => [name, null]));
  return (value, path) => {
    const source = fields(value, path);
    // A copy that is filled is several times sooner there than an object made of pairs (see Layout in columns.ts).
    const read = Object.assign({}, empty);
    for (const [name, reader] of entries) read[name] = reader(source[name] ?? null, `${path}.${name}`);
    return read;
  };
}

export function fields(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw mistyped(value, path, "an object");
  return value as Readonly<Record<string, unknown>>;
}

/** Through `read`, but only the part of the value that lies at these field names. */
export function at(names: readonly string[], read: Reader): Reader {
  return (value, path) => {
    let part = value;
    let place = path;
    for (const name of names) {
      if (part === null) return read(null, place);
      part = fields(part, place)[name] ?? null;
      place = `${place}.${name}`;
    }
    return read(part, place);
  };
}

function mistyped(value: unknown, path: string, wanted: string): BadField {
  if (value === undefined) return new BadField("MISSING", path, `is missing; it should be ${wanted}`);
  if (value === null) return new BadField("UNEXPECTED_NULL", path, `is null; it should be ${wanted}`);
  return new BadField(
    "WRONG_TYPE",
    path,
    `is ${Array.isArray(value) ? "a list" : typeof value}; it should be ${wanted}`,
  );
}
