// JSON from Shopify without losing integers: ids go past 2^53 (Shopify's own samples do), where a JavaScript number
// silently becomes its neighbour. Such integers come back as their decimal text.

/** An integer of 16 digits or more outside of a string can be unsafe; everything else takes the native path. */
const MAYBE_UNSAFE = /[:[,\s]-?\d{16}/;
const INTEGER = /^-?\d+$/;

type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Parses JSON; integers past ±(2^53 − 1) come back as decimal strings, all else as JSON.parse gives it.
 * @throws SyntaxError when it is no JSON, TypeError when the bytes are no UTF-8.
 */
export function parseLossless(source: string | Uint8Array): unknown {
  const text = typeof source === "string" ? source : utf8.decode(source);
  return MAYBE_UNSAFE.test(text) ? parseWithSource(text, keepUnsafe) : JSON.parse(text);
}

const keepUnsafe: SourceReviver = (_key, value, { source }) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return source !== undefined && INTEGER.test(source) ? source : value;
};
