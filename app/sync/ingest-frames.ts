// Frames: how the lines of a bulk file lie in the spool, some hundred records at a time in one compressed piece (to a
// twentieth: every line repeats the names of its fields). A child that stands near its parent lies in its frame; one that
// comes later is a stray, which the spool keeps by itself. Knows lines and frames, not the database.
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import { promisify } from "node:util";
import { Permanent } from "#app/shopify/errors.ts";
import { readLine } from "#app/shopify/lines.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Line } from "#app/shopify/lines.ts";

const NEWLINE = Buffer.from("\n");
/** Pieces in which compressed or plain bytes come back; by those of Node's default unpacking takes four times as long. */
const PIECE_BYTES = 256 * 1024;
/** The quickest level: higher ones take half as long again for a hundredth of the size. */
const ZSTD = { chunkSize: PIECE_BYTES, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** What of a line decides where it belongs. */
export interface Head {
  readonly type: unknown;
  readonly gid: string | null;
  readonly parentGid: string | null;
}

/** A line that cannot be read. */
export interface BrokenLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

export interface Stray {
  readonly line: number;
  readonly parentGid: string;
  readonly body: string;
}

export interface Frame {
  readonly lastLine: number;
  readonly lines: number;
  /** Ids of the records in it, and of whatever else can be a parent. */
  readonly gids: readonly string[];
  readonly others: readonly string[];
  /** Parents that its lines name and that are elsewhere, once for each line. */
  readonly awaited: readonly string[];
  readonly body: Buffer;
}

export interface Packed {
  readonly frame: Frame;
  readonly strays: readonly Stray[];
  readonly broken: readonly BrokenLine[];
  /** Lines of the root connection. */
  readonly rootLines: number;
}

/** Packs lines that follow each other, the first of them with number `first`. Broken ones keep their number, not their content. */
export async function pack(first: number, lines: readonly Line[], resource: Resource): Promise<Packed> {
  const heads = lines.map(headOf);
  const holders = typesThatHold(resource);
  const here = new Set<string>();
  const gids: string[] = [];
  const others: string[] = [];
  let rootLines = 0;
  for (const head of heads) {
    if ("problem" in head) continue;
    if (head.parentGid === null) rootLines += 1;
    if (head.gid === null) continue;
    if (isRecord(head, resource)) gids.push(head.gid);
    // What is listed within others may have grandparents in its file; elsewhere few children have children.
    else if (head.parentGid === null || resource.list.within || holders.has(String(head.type)))
      others.push(head.gid);
    else continue;
    here.add(head.gid);
  }
  // What a stray holds strays with it.
  const astray = new Set<string>();
  for (const head of heads) {
    if ("problem" in head || !head.gid || !holders.has(String(head.type))) continue;
    if (head.parentGid !== null && !here.has(head.parentGid)) astray.add(head.gid);
  }
  const awaited: string[] = [];
  const strays: Stray[] = [];
  const broken: BrokenLine[] = [];
  const parts: Buffer[] = [];
  for (const [index, head] of heads.entries()) {
    const { bytes } = lines[index]!;
    const line = first + index;
    if ("problem" in head) broken.push({ line, problem: head.problem });
    else {
      const { parentGid } = head;
      const isFar = parentGid !== null && (!here.has(parentGid) || astray.has(parentGid));
      if (isFar) awaited.push(parentGid);
      if (isFar && !isRecord(head, resource)) {
        const text = textOf(lines[index]!);
        if (typeof text === "string") strays.push({ line, parentGid, body: text });
        else broken.push({ line, ...text });
      } else parts.push(bytes!);
    }
    parts.push(NEWLINE);
  }
  const body = await compress(Buffer.concat(parts), ZSTD);
  const frame = { lastLine: first + lines.length - 1, lines: lines.length, gids, others, awaited, body };
  return { frame, strays, broken, rootLines };
}

/** A line of an unpacked frame. */
export interface FrameLine {
  readonly line: number;
  readonly bytes: Buffer;
  readonly head: Head;
}

/** Its lines but the broken and the stray ones. @throws Permanent when it is not what was packed. */
export async function unpack({
  lastLine,
  lines,
  body,
}: Pick<Frame, "lastLine" | "lines" | "body">): Promise<FrameLine[]> {
  const bytes = await decompress(body, { chunkSize: PIECE_BYTES });
  const found: FrameLine[] = [];
  let line = lastLine - lines + 1;
  let start = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start), line += 1) {
    if (at > start) {
      const one = bytes.subarray(start, at);
      const head = headOf({ bytes: one, length: one.length });
      if (!("problem" in head)) found.push({ line, bytes: one, head });
    }
    start = at + 1;
  }
  if (line !== lastLine + 1)
    throw new Permanent("SPOOL_BROKEN", `a frame of ${lines} lines ends at ${line - 1}, not ${lastLine}`);
  return found;
}

export function isRecord({ type, gid }: Head, resource: Resource): boolean {
  return type === resource.type && gid !== null;
}

/** Types of children that have children of their own. */
export function typesThatHold({ connections }: Resource): ReadonlySet<string> {
  return new Set(connections.flatMap(({ type, inside }) => (inside ? type : [])));
}

/** Enough for a type and an id, and for a parent's id, even of records whose ids carry a query. */
const HEAD_BYTES = 240;
const START = /^\{"__typename":"([A-Za-z]+)","id":"([^"\\]+)"/;
const PARENT = /"__parentId":"([^"\\]+)"\}$/;
/** Without its quotes: a search stops at every letter like the first one. */
const PARENT_NAME = "__parentId";

/**
 * Shopify writes fields in the order of the query, and a line's parent last: so a look at both ends tells where a line
 * belongs, for a thirtieth of what reading it costs. Any other line is read.
 */
export function headOf({
  bytes,
  length,
}: Pick<Line, "bytes" | "length">): Head | { readonly problem: string } {
  if (bytes) {
    const [, type, gid] = START.exec(bytes.toString("latin1", 0, HEAD_BYTES)) ?? [];
    if (type && gid) {
      const [, parentGid] =
        PARENT.exec(bytes.toString("latin1", Math.max(0, length - HEAD_BYTES), length)) ?? [];
      if (parentGid) return { type, gid, parentGid };
      if (bytes.at(-1) === 0x7d && !bytes.includes(PARENT_NAME)) return { type, gid, parentGid: null };
    }
  }
  const reading = readLine({ bytes, length });
  if (!reading.object) return { problem: (reading as { problem: string }).problem };
  const { id, __parentId: parentId, __typename: type } = reading.object;
  return {
    type,
    gid: typeof id === "string" ? id : null,
    parentGid: typeof parentId === "string" ? parentId : null,
  };
}

/** PostgreSQL's text takes no broken UTF-8. */
function textOf({ bytes, length }: Line): string | { readonly problem: string } {
  const reading = readLine({ bytes, length });
  return reading.object ? bytes!.toString("utf8") : { problem: (reading as { problem: string }).problem };
}
