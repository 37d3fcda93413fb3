// The page's ear over real HTTP: hears, falls back to asking, comes back, rests while nobody looks.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openLive } from "#app/components/live.ts";
import type { Live, LiveState, LiveTimes } from "#app/components/live.ts";

const TIMES: LiveTimes = { pollMs: 20, silenceMsMax: 5_000, reconnectMsMin: 10, reconnectMsMax: 40 };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const streamed: Answer = (response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("event: open\ndata: {}\n\n");
};
const refused: Answer = (response) => void response.writeHead(503).end();

async function serve(answers: readonly Answer[]) {
  const open: ServerResponse[] = [];
  const tokens: (string | undefined)[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    open.push(response);
    tokens.push(request.headers.authorization);
    answers[Math.min(asked, answers.length - 1)]?.(response, request);
    asked += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/events`, open, tokens };
}

/** Opens, and lets a test wait for the next change or for a state, instead of for time. */
function listen(url: string, given: Partial<LiveTimes> = {}, token: string | null = "t") {
  const states: LiveState[] = [];
  const waiting: { readonly what: string; readonly resolve: () => void }[] = [];
  let changes = 0;
  const tell = (what: string): void => {
    for (const one of waiting.splice(0).filter((each) => each.what === what || !waiting.push(each)))
      one.resolve();
  };
  const live: Live = openLive({
    url,
    fetch: globalThis.fetch,
    token: () => Promise.resolve(token),
    onChange: () => {
      changes += 1;
      tell("change");
    },
    onState: (state) => {
      states.push(state);
      tell(state);
    },
    times: { ...TIMES, ...given },
  });
  closers.push(() => live.stop());
  const next = (what: LiveState | "change") =>
    new Promise<void>((resolve) => waiting.push({ what, resolve }));
  return { live, states, next, count: () => changes };
}

describe("a page", () => {
  it("is live once the stream answers, shows its token, and hears of changes", async () => {
    const { url, open, tokens } = await serve([streamed]);
    const { next, states } = listen(url);
    await next("live");
    expect(tokens).toEqual(["Bearer t"]);
    open[0]?.write("event: changed\ndata: {}\n\n");
    await next("change");
    expect(states).toEqual(["connecting", "live"]);
  });

  it("is refreshed when the stream opens: what changed since it was read told nobody", async () => {
    const { url } = await serve([streamed]);
    const { next, count } = listen(url);
    await next("live");
    expect(count()).toBe(1);
  });

  it("sends no token of its own where App Bridge adds it", async () => {
    const { url, tokens } = await serve([streamed]);
    await listen(url, {}, null).next("live");
    expect(tokens).toEqual([undefined]);
  });

  it("asks by the clock while the stream is refused, and stops asking once it hears", async () => {
    const { url } = await serve([refused, refused, streamed]);
    const { next, states, count } = listen(url, { pollMs: 5 });
    await next("polling");
    await next("change");
    await next("live");
    expect(states).toEqual(["connecting", "polling", "live"]);
    const heard = count();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(count()).toBe(heard);
  });

  it("falls back when the stream breaks, and catches up on what it missed when it is back", async () => {
    const { url, open } = await serve([streamed, streamed]);
    const { next, states } = listen(url, { pollMs: 60_000 });
    await next("live");
    const [broken, missed] = [next("polling"), next("change")];
    open[0]?.destroy();
    await broken;
    const back = next("live");
    await Promise.all([missed, back]);
    expect(states).toEqual(["connecting", "live", "polling", "live"]);
  });

  it("takes silence for a broken stream", async () => {
    const { url } = await serve([streamed, refused]);
    // Long enough for a busy machine to open the stream at all.
    const { next } = listen(url, { silenceMsMax: 1_000 });
    await next("live");
    await next("polling");
  });

  it("opens the stream anew when the server ends it in due course, without a word to the reader", async () => {
    const { url, open } = await serve([streamed, streamed]);
    const { next, states } = listen(url, { reconnectMsMin: 0 });
    await next("live");
    await new Promise((resolve) => setTimeout(resolve, 5));
    const caughtUp = next("change");
    open[0]?.end();
    await caughtUp;
    expect(open).toHaveLength(2);
    expect(states).toEqual(["connecting", "live"]);
  });

  it("rests while nobody looks, and refreshes at once when somebody does", async () => {
    const { url, open } = await serve([streamed]);
    const { live, next, states, count } = listen(url);
    await next("live");
    const closed = new Promise((resolve) => open[0]?.once("close", resolve));
    live.pause();
    await closed;
    const before = count();
    live.resume();
    expect(count()).toBe(before + 1);
    await next("live");
    expect(states).toEqual(["connecting", "live", "paused", "connecting", "live"]);
  });

  it("does not wait for a token for ever", async () => {
    const { url } = await serve([streamed]);
    const states: LiveState[] = [];
    await new Promise<void>((resolve) => {
      const live = openLive({
        url,
        fetch: globalThis.fetch,
        token: () => new Promise(() => {}),
        onChange: () => {},
        onState: (state) => {
          states.push(state);
          if (state === "polling") resolve();
        },
        times: { ...TIMES, silenceMsMax: 20 },
      });
      closers.push(() => live.stop());
    });
    expect(states).toEqual(["connecting", "polling"]);
  });
});
