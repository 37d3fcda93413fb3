// Renders pages as a stream, with the headers that let Shopify's admin embed them. The server entries find the worker
// and the webhook door here too, so that all of it is one build.
import { createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { RemixServer, isRouteErrorResponse } from "@remix-run/react";
import { isbot } from "isbot";
import { PassThrough } from "node:stream";
import { renderToPipeableStream } from "react-dom/server";
import { isPassing } from "#app/db.server.ts";
import { startMetrics } from "#app/metrics.server.ts";
import { log } from "#app/observe.server.ts";
import { Transient } from "#app/shopify/errors.ts";
import { addDocumentResponseHeaders } from "#app/shopify.server.ts";

export { startWorker } from "#app/worker.server.ts";
export { webhookDoor } from "#app/webhook-door.server.ts";
export { stopMetrics } from "#app/metrics.server.ts";

// A process without a worker takes webhooks in and asks Shopify, too.
startMetrics();

/** How long deferred data may keep a page's stream open. */
export const streamTimeout = 5_000;

/** Requests that failed because the database is away: 503 says that it is worth asking again, 500 would not. */
const turnedAway = new WeakSet<Request>();

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
): Promise<Response> {
  const answered = status === 500 && turnedAway.has(request) ? 503 : status;
  addDocumentResponseHeaders(request, headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  // A crawler gets the whole page at once; a browser its frame first.
  const isWhole = isbot(request.headers.get("user-agent") ?? "");
  return new Promise((resolve, reject) => {
    let hasShell = false;
    const { pipe, abort } = renderToPipeableStream(<RemixServer context={remixContext} url={request.url} />, {
      [isWhole ? "onAllReady" : "onShellReady"]() {
        hasShell = true;
        const body = new PassThrough();
        resolve(new Response(createReadableStreamFromReadable(body), { status: answered, headers }));
        pipe(body);
      },
      onShellError: reject,
      onError(error: unknown) {
        // Errors before the shell are rejected above, and so logged once, by handleError.
        if (hasShell)
          log.error(
            { err: error, path: new URL(request.url).pathname },
            "a page broke while it was streamed",
          );
      },
    });
    setTimeout(abort, streamTimeout + 1_000).unref();
  });
}

/** Remix tells of what a loader or action threw; a Response is an answer and no error. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (request.signal.aborted || error instanceof Response) return;
  const path = new URL(request.url).pathname;
  // Whoever tries out addresses on the web is no fault of ours.
  if (isRouteErrorResponse(error) && error.status === 404) log.debug({ path }, "no such page");
  else if (error instanceof Transient || isPassing(error))
    log.warn({ err: error, path }, "a page could not reach the database");
  else log.error({ err: error, path }, "a page failed");
}
