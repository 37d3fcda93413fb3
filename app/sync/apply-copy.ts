// Rows as COPY reads them: a line each, tabs between values, \N for null. They are written letter by letter into bytes:
// one pass, where strings would be put together, looked through for what must be escaped, and then encoded.
import type { Table } from "./apply-tables.ts";

/** One row's values in the order of its columns. */
export type Tuple = readonly unknown[];

/**
 * `more`: what every row has besides, behind its own values.
 * @returns null where a text holds half a surrogate pair: it would be replaced on its way.
 */
export function linesOf(
  table: Table,
  columns: readonly string[],
  tuples: readonly Tuple[],
  more: Tuple = [],
): Buffer | null {
  const types = columns.map((column) => table.types.get(column) ?? "text");
  let bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  for (const tuple of tuples) {
    for (let index = 0; index < types.length; index += 1) {
      const text = textOf(types[index]!, index < tuple.length ? tuple[index] : more[index - tuple.length]);
      const needed = length + (text?.length ?? 0) * UNIT_BYTES_MAX + ROOM_BYTES;
      if (needed > bytes.length) bytes = grown(bytes, length, needed);
      if (text !== null) length = written(bytes, length, text);
      else {
        bytes[length++] = BACKSLASH;
        bytes[length++] = NULL;
      }
      if (length === BROKEN) return null;
      bytes[length++] = TAB;
    }
    // In place of the last tab.
    bytes[length - 1] = NEWLINE;
  }
  return bytes.subarray(0, length);
}

const FIRST_BYTES = 64 * 1024;
/** Of one unit of a string's length: beyond ASCII it takes three at most, escaped two. */
const UNIT_BYTES_MAX = 3;
/** What stands for null, and a tab. */
const ROOM_BYTES = 3;
const BROKEN = -1;
const [TAB, NEWLINE, RETURN, BACKSLASH, NULL, ASCII_END] = [0x09, 0x0a, 0x0d, 0x5c, 0x4e, 0x80];

function grown(bytes: Buffer, length: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, 2 * bytes.length));
  bytes.copy(larger, 0, 0, length);
  return larger;
}

/** Writes a text at `from`. @returns where it ends, or BROKEN. */
function written(bytes: Buffer, from: number, text: string): number {
  let to = from;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= ASCII_END) {
      const rest = text.slice(index);
      return rest.isWellFormed() ? to + bytes.write(rest.replace(SPECIAL, escape), to) : BROKEN;
    }
    if (code === BACKSLASH || code === TAB || code === NEWLINE || code === RETURN) {
      bytes[to++] = BACKSLASH;
      bytes[to++] = code === BACKSLASH ? code : code === TAB ? 0x74 : code === NEWLINE ? 0x6e : 0x72;
    } else bytes[to++] = code;
  }
  return to;
}

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escape = (letter: string) => ESCAPES[letter]!;

/** Null for null. */
function textOf(type: string, value: unknown): string | null {
  if (typeof value === "string" && type !== "jsonb" && type !== "json") return value;
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) && type.endsWith("[]") ? arrayOf(value) : JSON.stringify(value);
}

/** An array as PostgreSQL writes it. */
function arrayOf(values: readonly unknown[]): string {
  const parts = values.map((value) => {
    if (value === null || value === undefined) return "NULL";
    if (Array.isArray(value)) return arrayOf(value);
    const text =
      typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
    return `"${text.replace(/[\\"]/g, "\\$&")}"`;
  });
  return `{${parts.join()}}`;
}
