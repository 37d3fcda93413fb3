/**
 * Result files over HTTP: an address that is signed and runs out, as the real ones at storage.googleapis.com, with
 * Range for downloads that go on where they broke.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import type { Clock } from "../store/clock.ts";
import type { BulkOperations } from "./operations.ts";

/** Shopify keeps results for seven days. */
export const FILE_LIFE_MS = 7 * 86_400_000;

/** /bulk/<id>.jsonl */
export const FILE_PATH = /^\/bulk\/(\d+)\.jsonl$/;

export function fileUrl(base: string, id: string, expiresAt: Date, secret: string): string {
  const expires = Math.floor(expiresAt.getTime() / 1000);
  const url = new URL(`/bulk/${id}.jsonl`, base);
  url.searchParams.set("Expires", String(expires));
  url.searchParams.set("Signature", sign(id, expires, secret));
  return url.href;
}

const sign = (id: string, expires: number, secret: string): string =>
  createHmac("sha256", secret).update(`${id}\n${expires}`).digest("base64url");

/** 200 or 206 with the file, 403 for a wrong or expired address, 404 for a file that is gone, 416 for a wrong range. */
export function serveFile(id: string, request: Request, operations: BulkOperations, clock: Clock): Response {
  const { searchParams } = new URL(request.url);
  const expires = Number(searchParams.get("Expires"));
  if (!isSigned(id, expires, searchParams.get("Signature") ?? "", operations.fileSecret))
    return refuse(403, "SignatureDoesNotMatch");
  if (expires * 1000 <= clock.now().getTime()) return refuse(403, "ExpiredToken");
  const path = operations.pathOf(id);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return refuse(404, "NoSuchKey");
  const headers = new Headers({
    "content-type": "application/jsonl",
    "content-disposition": `attachment; filename="bulk-${id}.jsonl"; filename*=UTF-8''bulk-${id}.jsonl`,
    "accept-ranges": "bytes",
  });
  const range = request.headers.get("range");
  const part = range === null ? { from: 0, to: size - 1 } : readRange(range, size);
  if (!part) return new Response(null, { status: 416, headers: { "content-range": `bytes */${size}` } });
  headers.set("content-length", String(part.to - part.from + 1));
  if (range !== null) headers.set("content-range", `bytes ${part.from}-${part.to}/${size}`);
  const stream = createReadStream(path, { start: part.from, end: part.to });
  return new Response(request.method === "HEAD" ? null : (Readable.toWeb(stream) as ReadableStream), {
    status: range === null ? 200 : 206,
    headers,
  });
}

function isSigned(id: string, expires: number, signature: string, secret: string): boolean {
  const wanted = Buffer.from(sign(id, expires, secret));
  const given = Buffer.from(signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function readRange(range: string, size: number): { from: number; to: number } | undefined {
  const [, start = "", end = ""] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (start === "" && end === "") return undefined;
  const from = start === "" ? Math.max(0, size - Number(end)) : Number(start);
  const to = start === "" || end === "" ? size - 1 : Math.min(Number(end), size - 1);
  return from > to || from >= size ? undefined : { from, to };
}

const refuse = (status: number, code: string): Response =>
  new Response(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code></Error>`, {
    status,
    headers: { "content-type": "application/xml; charset=UTF-8" },
  });
