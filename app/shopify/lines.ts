// Streams a JSONL file over HTTP line by line: flat memory, from any byte on, surviving broken connections. Lines come as
// bytes: most are only passed on, and what is in them is read by readLine() when it is needed. Shopify writes each slash as
// \/, four of them in every id; here they become plain, so that whoever looks at bytes meets ids as they are.
import { isAscii } from "node:buffer";
import { Permanent, Transient } from "#app/shopify/errors.ts";
import { parseLossless } from "#app/shopify/json.ts";

/** A connection on which nothing arrives for so long is taken for dead. */
const SILENCE_MS_MAX = 30_000;
/** A record with its plain lists; Shopify's largest are a few hundred KB. Longer lines are skipped, not held. */
const LINE_BYTES_MAX = 32 * 1024 * 1024;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Line {
  /** The byte after the line's newline: where to go on once this line is safe. */
  readonly end: number;
  /** Of its content, which is left out where it is too long to be held. */
  readonly length: number;
  readonly bytes: Buffer | null;
}

/** What a line says, or why it cannot be read: one bad line must not lose the rest of the file. */
export type Reading = { readonly object: JsonObject } | { readonly object: null; readonly problem: string };

export function readLine({ bytes, length }: Pick<Line, "bytes" | "length">): Reading {
  if (!bytes) return { object: null, problem: `a line of ${length} bytes` };
  try {
    const value = parseLossless(isAscii(bytes) ? bytes.toString("latin1") : bytes);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { object: value as JsonObject };
    }
    return { object: null, problem: "not a JSON object" };
  } catch (error) {
    return { object: null, problem: (error as Error).message };
  }
}

export interface StreamOptions {
  /** First byte to read; must be the start of a line. */
  readonly offset?: number;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  readonly silenceMsMax?: number;
}

/**
 * Yields each line. Empty lines are passed over.
 * @throws Transient when the connection breaks (go on from the last `end`), Permanent(RESULT_GONE) when the signed
 * URL is no longer honoured.
 */
export async function* streamLines(url: string, options: StreamOptions = {}): AsyncGenerator<Line> {
  const { offset = 0 } = options;
  let end = offset;
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of bytesFrom(url, offset, options)) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      const length = heldBytes + at - start;
      end += length + 1;
      if (length > 0) yield lineOf(held, chunk.subarray(start, at), length, end);
      held = [];
      heldBytes = 0;
      start = at + 1;
    }
    const rest = chunk.subarray(start);
    heldBytes += rest.length;
    if (heldBytes <= LINE_BYTES_MAX) held.push(rest);
    else held = [];
  }
  // A last line without newline is either whole or shows by its broken JSON that the file was cut.
  if (heldBytes > 0) yield lineOf(held, Buffer.alloc(0), heldBytes, end + heldBytes);
}

function lineOf(held: readonly Buffer[], last: Buffer, length: number, end: number): Line {
  if (length > LINE_BYTES_MAX) return { end, length, bytes: null };
  const bytes = withPlainSlashes(held.length === 0 ? last : Buffer.concat([...held, last]));
  return { end, length: bytes.length, bytes };
}

/** The same JSON; other escapes stay, and so does a slash behind an escaped backslash. */
function withPlainSlashes(bytes: Buffer): Buffer {
  let at = bytes.indexOf(BACKSLASH);
  if (at === -1) return bytes;
  const plain = Buffer.allocUnsafe(bytes.length);
  let [from, to] = [0, 0];
  for (; at !== -1; at = bytes.indexOf(BACKSLASH, at + 2)) {
    if (bytes[at + 1] !== SLASH) continue;
    to += bytes.copy(plain, to, from, at);
    from = at + 1;
  }
  to += bytes.copy(plain, to, from);
  return plain.subarray(0, to);
}

async function* bytesFrom(url: string, offset: number, options: StreamOptions): AsyncGenerator<Buffer> {
  const silence = new AbortController();
  const limit = options.silenceMsMax ?? SILENCE_MS_MAX;
  const dead = () => silence.abort(new Transient(`nothing arrived for ${limit / 1_000} s`));
  let timer = setTimeout(dead, limit);
  const signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
  try {
    const response = await open(url, offset, options.fetch ?? fetch, signal);
    if (!response?.body) return;
    // A server that ignores Range begins at the beginning.
    let skip = response.status === 206 ? 0 : offset;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      // The reader may take its time with a chunk; only the server's silence counts.
      clearTimeout(timer);
      const useful = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - useful.length;
      if (useful.length > 0) yield Buffer.from(useful.buffer, useful.byteOffset, useful.byteLength);
      timer = setTimeout(dead, limit);
    }
  } catch (cause) {
    if (cause instanceof Permanent || cause instanceof Transient) throw cause;
    if (signal.aborted) throw signal.reason;
    throw new Transient("the download broke off", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Null when `offset` is the end of the file. */
async function open(
  url: string,
  offset: number,
  send: typeof fetch,
  signal: AbortSignal,
): Promise<Response | null> {
  // Compressed, the byte offsets would not be those of the lines.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (offset > 0) headers.range = `bytes=${offset}-`;
  const response = await send(url, { headers, signal });
  if (response.status === 416 && offset > 0) {
    await response.body?.cancel();
    return null;
  }
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    throw new Transient(`the result file answered ${response.status}`);
  }
  throw new Permanent("RESULT_GONE", `the result file answered ${response.status}`);
}
