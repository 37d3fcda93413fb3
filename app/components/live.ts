// Keeps an open page fresh: hears of changes over a stream, and asks by the clock while the stream is broken. Knows no
// React and no page; use-live.ts gives it both. EventSource is not used, since it cannot carry a session token.

/**
 * connecting → live        the stream answered
 * connecting → polling     it did not, or said no
 * live → live              the server ended the stream in due course; it was opened again with a new session token
 * live → polling           the stream broke, or was silent for too long
 * polling → live           a later attempt was answered
 * any → paused             nobody looks: the tab is hidden
 * paused → connecting      somebody looks again
 */
export type LiveState = "connecting" | "live" | "polling" | "paused";

export interface LiveTimes {
  /** How often the page is refreshed while the stream is broken. */
  readonly pollMs: number;
  /** Longer than two of the server's heartbeats. */
  readonly silenceMsMax: number;
  readonly reconnectMsMin: number;
  /** 1 s, 2 s, 4 s … 30 s between attempts. */
  readonly reconnectMsMax: number;
}

export const LIVE_TIMES: LiveTimes = {
  pollMs: 5_000,
  silenceMsMax: 40_000,
  reconnectMsMin: 1_000,
  reconnectMsMax: 30_000,
};

export interface LiveParts {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** A fresh session token, or null where App Bridge adds it by itself. */
  readonly token: () => Promise<string | null>;
  readonly onChange: () => void;
  readonly onState: (state: LiveState) => void;
  readonly times?: LiveTimes;
}

export interface Live {
  /** Nobody looks: close the stream and ask nothing. */
  pause(): void;
  /** Somebody looks again: refresh at once, then listen. */
  resume(): void;
  stop(): void;
}

export function openLive({ url, fetch, token, onChange, onState, times = LIVE_TIMES }: LiveParts): Live {
  let attempt: AbortController | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waitMs = times.reconnectMsMin;
  let state: LiveState | undefined;

  function become(next: LiveState): void {
    if (next === state) return;
    state = next;
    clearInterval(poll);
    if (next === "polling") poll = setInterval(onChange, times.pollMs);
    onState(next);
  }

  async function connect(): Promise<void> {
    const mine = new AbortController();
    attempt = mine;
    const openedAt = Date.now();
    const end = await hear(mine).catch(() => "broken" as const);
    if (attempt !== mine) return;
    // A server that ends every stream at once must not be asked in a tight loop.
    if (end === "ended" && Date.now() - openedAt > times.reconnectMsMin) {
      void connect();
      return;
    }
    become("polling");
    retry = setTimeout(() => void connect(), waitMs);
    waitMs = Math.min(times.reconnectMsMax, waitMs * 2);
  }

  /** Resolves "ended" when a stream that worked was closed by the server; rejects when it broke or never worked. */
  async function hear(mine: AbortController): Promise<"ended"> {
    let silence = setTimeout(() => mine.abort(), times.silenceMsMax);
    try {
      const bearer = await Promise.race([token(), aborted(mine.signal)]);
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (bearer) headers.Authorization = `Bearer ${bearer}`;
      const response = await fetch(url, { headers, signal: mine.signal, cache: "no-store" });
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
      let isOpen = false;
      for await (const event of eventsIn(response.body)) {
        clearTimeout(silence);
        silence = setTimeout(() => mine.abort(), times.silenceMsMax);
        if (event === "open") {
          isOpen = true;
          waitMs = times.reconnectMsMin;
          // What changed since the page was read, or between two streams, would stay unseen until the next change.
          onChange();
          become("live");
        }
        if (event === "changed") onChange();
      }
      if (!isOpen) throw new Error("the stream ended before it began");
      return "ended";
    } finally {
      clearTimeout(silence);
    }
  }

  function quiet(): void {
    const mine = attempt;
    attempt = undefined;
    mine?.abort();
    clearTimeout(retry);
  }

  become("connecting");
  void connect();
  return {
    pause() {
      quiet();
      become("paused");
    },
    resume() {
      if (state !== "paused") return;
      become("connecting");
      onChange();
      void connect();
    },
    stop() {
      quiet();
      clearInterval(poll);
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("gave up")), { once: true });
  });
}

/** The names of the events in a body of `text/event-stream`; a comment yields "" (a sign of life). */
export async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) yield /^event: ?(.*)$/m.exec(block)?.[1] ?? "";
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
