// The proxy in front of the app. It changes the two things by which Shopify's own admin is built into an app's pages:
// the address of App Bridge, and who may frame the page. All else passes through as it is, streaming both ways.
import {
  request as sendRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import type { RequestListener, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Transform } from "node:stream";

export const APP_BRIDGE_ON_CDN = "https://cdn.shopify.com/shopifycloud/app-bridge.js";

export interface ProxyOptions {
  /** Where the app listens. */
  readonly appUrl: URL;
  /** Replaces `APP_BRIDGE_ON_CDN`. */
  readonly appBridgeUrl: string;
  /** Origins that may frame the app besides Shopify's. */
  readonly frameAncestors: readonly string[];
}

export interface Proxy {
  readonly listener: RequestListener;
  /** For the server's "upgrade" event: WebSockets of development servers. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function createProxy(options: ProxyOptions): Proxy {
  const { appUrl } = options;
  const target = { protocol: appUrl.protocol, hostname: appUrl.hostname, port: appUrl.port };

  const listener: RequestListener = (incoming, outgoing) => {
    const forwarded = sendRequest({
      ...target,
      method: incoming.method,
      path: incoming.url,
      headers: forwardedHeaders(incoming),
    });
    forwarded.on("response", (answer) => relay(answer, outgoing, options));
    forwarded.on("error", (error) => refuse(incoming, outgoing, appUrl, error));
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  };

  return {
    listener,
    upgrade(incoming, socket, head) {
      const forwarded = sendRequest({ ...target, path: incoming.url, headers: incoming.headers });
      forwarded.on("upgrade", (answer, appSocket, appHead) => {
        socket.write(rawHead(answer));
        if (appHead.length > 0) socket.write(appHead);
        if (head.length > 0) appSocket.write(head);
        appSocket.pipe(socket).pipe(appSocket);
        for (const [one, other] of [
          [appSocket, socket],
          [socket, appSocket],
        ] as const) {
          one.on("error", () => other.destroy());
          one.on("close", () => other.destroy());
        }
      });
      forwarded.on("response", (answer) => {
        socket.end(rawHead(answer));
        answer.resume();
      });
      forwarded.on("error", () => socket.destroy());
      forwarded.end();
    },
  };
}

function forwardedHeaders(incoming: IncomingMessage): IncomingHttpHeaders {
  const { host = "" } = incoming.headers;
  return {
    ...incoming.headers,
    // A compressed body could not be searched for the App Bridge address.
    "accept-encoding": "identity",
    "x-forwarded-host": host,
    "x-forwarded-proto": "http",
    "x-forwarded-for": incoming.socket.remoteAddress ?? "",
  };
}

function relay(answer: IncomingMessage, outgoing: ServerResponse, options: ProxyOptions): void {
  const headers = rewrittenHeaders(answer.headers, options);
  // The client bundle holds the address too: hydration must agree with the HTML.
  const rewritten = /^(text\/html|text\/javascript|application\/javascript)/.test(
    answer.headers["content-type"] ?? "",
  );
  if (rewritten) {
    for (const stale of ["content-length", "etag", "last-modified"]) delete headers[stale];
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  outgoing.flushHeaders();
  answer.on("error", () => outgoing.destroy());
  if (rewritten) answer.pipe(replaceText(APP_BRIDGE_ON_CDN, options.appBridgeUrl)).pipe(outgoing);
  else answer.pipe(outgoing);
}

function rewrittenHeaders(headers: IncomingHttpHeaders, options: ProxyOptions): OutgoingHttpHeaders {
  const { connection: _hopByHop, "transfer-encoding": _framing, ...rest } = headers;
  const result: OutgoingHttpHeaders = { ...rest };
  if (typeof result.link === "string")
    result.link = result.link.replaceAll(APP_BRIDGE_ON_CDN, options.appBridgeUrl);
  const policy = headers["content-security-policy"];
  if (typeof policy === "string")
    result["content-security-policy"] = admitFrames(policy, options.frameAncestors);
  return result;
}

/** Adds origins to `frame-ancestors`; a policy without that directive already lets everyone frame the page. */
export function admitFrames(policy: string, origins: readonly string[]): string {
  return policy.replace(/frame-ancestors([^;,]*)/g, (_whole, sources: string) => {
    const kept = sources
      .trim()
      .split(/\s+/)
      .filter((source) => source !== "'none'" && source !== "");
    return `frame-ancestors ${[...kept, ...origins].join(" ")}`;
  });
}

/** Replaces text in a stream of bytes, holding back only what may be the beginning of a match. */
export function replaceText(from: string, to: string): Transform {
  let held = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // latin1 keeps every byte as it is, whatever the page's encoding, and the address is ASCII.
      const text = (held + chunk.toString("latin1")).replaceAll(from, to);
      const keep = overlap(text, from);
      held = text.slice(text.length - keep);
      done(null, Buffer.from(text.slice(0, text.length - keep), "latin1"));
    },
    flush(done) {
      done(null, Buffer.from(held, "latin1"));
    },
  });
}

/** Length of the longest end of `text` with which `needle` begins. */
function overlap(text: string, needle: string): number {
  for (let length = Math.min(needle.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(needle.slice(0, length))) return length;
  }
  return 0;
}

function rawHead(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The app does not answer: a page that tries again by itself, or one line for whoever is not a browser. */
function refuse(incoming: IncomingMessage, outgoing: ServerResponse, appUrl: URL, error: Error): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  const wantsPage = (incoming.headers.accept ?? "").includes("text/html");
  outgoing.writeHead(502, {
    "content-type": wantsPage ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...(wantsPage ? {} : { "retry-after": "1" }),
  });
  outgoing.end(
    wantsPage ? unreachablePage(appUrl) : `The app at ${appUrl.origin} does not answer: ${error.message}\n`,
  );
}

function unreachablePage(appUrl: URL): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Waiting for the app</title><script>setTimeout(() => location.reload(), 1500)</script>
<style>body{font:14px/20px system-ui,sans-serif;color:#303030;background:#f1f1f1;display:grid;place-content:center;height:90vh;text-align:center;gap:8px}h1{font-size:18px;margin:0}p{margin:0;color:#616161}</style>
</head><body><h1>Waiting for the app</h1><p>Nothing answers at ${appUrl.origin} yet. This page tries again by itself.</p></body></html>`;
}
