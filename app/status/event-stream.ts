// A stream of server-sent events that says "changed" when something of a shop changed. It carries no data: the page
// asks its loader, so there is one way to read and one place that checks who may. Knows no database and no framework.
import type { Watcher } from "#app/status/changes.server.ts";

/** At most four events a second, however fast the rows change: a page cannot be read faster. */
export const EVENT_INTERVAL_MS = 250;
/** Comments that keep proxies from closing a silent stream, and tell the page that it still hears. */
export const HEARTBEAT_MS = 15_000;
/** A stream is opened with a session token that lives one minute; this bounds how long its word is taken. */
export const STREAM_MS_MAX = 5 * 60_000;

/** Subscribes to a shop's changes; returns how to stop. */
export type Watch = (watcher: Watcher) => () => void;

export interface StreamTimes {
  readonly intervalMs: number;
  readonly heartbeatMs: number;
  readonly lifeMs: number;
}

const TIMES: StreamTimes = {
  intervalMs: EVENT_INTERVAL_MS,
  heartbeatMs: HEARTBEAT_MS,
  lifeMs: STREAM_MS_MAX,
};

/**
 * Ends when its life is over and when changes cannot be heard any more: the page then asks for another one, and learns
 * from the answer how things stand.
 * @param signal aborts when the page is gone.
 */
export function eventStream(watch: Watch, signal: AbortSignal, times = TIMES): Response {
  let stop = (): void => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      stop = feed(controller, watch, times);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", () => stop(), { once: true });
    },
    cancel() {
      stop();
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream; charset=utf-8",
      // no-transform keeps compression from holding events back; the last header says the same to nginx.
      "Cache-Control": "no-cache, no-store, no-transform",
      "X-Accel-Buffering": "no",
    },
  });
}

function feed(
  controller: ReadableStreamDefaultController<Uint8Array>,
  watch: Watch,
  { intervalMs, heartbeatMs, lifeMs }: StreamTimes,
): () => void {
  const encoder = new TextEncoder();
  const write = (text: string): void => controller.enqueue(encoder.encode(text));
  let isOpen = true;
  let isResting = false;
  let hasNews = false;
  let rest: NodeJS.Timeout | undefined;

  // The first change of a burst is told at once, the rest of it together when the interval is over.
  function ring(): void {
    if (!isOpen) return;
    if (isResting) {
      hasNews = true;
      return;
    }
    write("event: changed\ndata: {}\n\n");
    isResting = true;
    rest = setTimeout(() => {
      isResting = false;
      if (!hasNews) return;
      hasNews = false;
      ring();
    }, intervalMs);
  }

  const heartbeat = setInterval(() => write(": still here\n\n"), heartbeatMs);
  const end = setTimeout(() => stop(), lifeMs);
  const unwatch = watch({ changed: ring, lost: () => stop() });
  write("event: open\ndata: {}\n\n");

  function stop(): void {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(rest);
    clearInterval(heartbeat);
    clearTimeout(end);
    unwatch();
    try {
      controller.close();
    } catch {
      // The reader has already cancelled it.
    }
  }
  return stop;
}
