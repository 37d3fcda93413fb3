import { createServer, request, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { listen, type Listening } from "#sandbox/http/listen.ts";
import { admitFrames, APP_BRIDGE_ON_CDN, createProxy } from "#sandbox/http/proxy.ts";

const BRIDGE = "http://127.0.0.1:4000/app-bridge.js";
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function startApp(listener: RequestListener): Promise<{ url: URL; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), server };
}

async function startProxy(appUrl: URL): Promise<Listening & { url: string }> {
  const proxy = createProxy({ appUrl, appBridgeUrl: BRIDGE, frameAncestors: ["http://127.0.0.1:4000"] });
  const listening = await listen(proxy.listener, 0, "127.0.0.1");
  listening.server.on("upgrade", proxy.upgrade);
  open.push(listening);
  return { ...listening, url: `http://127.0.0.1:${listening.port}` };
}

test("the App Bridge address is swapped in HTML even when it is cut between two chunks", async () => {
  const { url } = await startApp((_request, response) => {
    response.writeHead(200, {
      "content-type": "text/html",
      etag: '"1"',
      "content-length": APP_BRIDGE_ON_CDN.length + 9,
    });
    response.write(`<p>é${APP_BRIDGE_ON_CDN.slice(0, 20)}`);
    setImmediate(() => response.end(`${APP_BRIDGE_ON_CDN.slice(20)}</p>`));
  });
  const proxy = await startProxy(url);
  const answer = await fetch(proxy.url);
  expect(await answer.text()).toBe(`<p>é${BRIDGE}</p>`);
  expect(answer.headers.get("etag")).toBeNull();
});

test("the preload header and frame-ancestors are changed, other headers and cookies are not", async () => {
  const { url } = await startApp((_request, response) => {
    response.writeHead(201, {
      "content-type": "text/html",
      link: `<${APP_BRIDGE_ON_CDN}>; rel="preload"; as="script";`,
      "content-security-policy":
        "default-src 'self'; frame-ancestors https://x.myshopify.com https://admin.shopify.com;",
      "set-cookie": ["a=1", "b=2"],
      "x-own": "kept",
    });
    response.end();
  });
  const proxy = await startProxy(url);
  const answer = await fetch(proxy.url);
  expect(answer.status).toBe(201);
  expect(answer.headers.get("link")).toBe(`<${BRIDGE}>; rel="preload"; as="script";`);
  expect(answer.headers.get("content-security-policy")).toBe(
    "default-src 'self'; frame-ancestors https://x.myshopify.com https://admin.shopify.com http://127.0.0.1:4000;",
  );
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(answer.headers.get("x-own")).toBe("kept");
});

test("frame-ancestors 'none' gives way, a policy without it stays as it is", () => {
  expect(admitFrames("frame-ancestors 'none';", ["http://a"])).toBe("frame-ancestors http://a;");
  expect(admitFrames("default-src 'self'", ["http://a"])).toBe("default-src 'self'");
});

test("binary bodies and request bodies pass unchanged", async () => {
  const bytes = Buffer.from([0, 255, 128, 10, 13, 200]);
  const { url } = await startApp((incoming, response) => {
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "x-host": incoming.headers.host ?? "",
    });
    incoming.pipe(response);
  });
  const proxy = await startProxy(url);
  const answer = await fetch(proxy.url, { method: "POST", body: bytes });
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  expect(answer.headers.get("x-host")).toBe(new URL(proxy.url).host);
});

test("an event stream arrives event by event, and its end at the browser ends it at the app", async () => {
  const closed = Promise.withResolvers<void>();
  const next = Promise.withResolvers<() => void>();
  const { url } = await startApp((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    next.resolve(() => response.write("data: 2\n\n"));
    response.on("close", () => closed.resolve());
  });
  const proxy = await startProxy(url);
  const stop = new AbortController();
  const answer = await fetch(proxy.url, { signal: stop.signal });
  const reader = answer.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
  (await next.promise)();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 2\n\n");
  stop.abort();
  await closed.promise;
});

test("a WebSocket upgrade passes through both ways", async () => {
  const { url, server } = await startApp((_request, response) => response.end());
  server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
    socket.pipe(socket);
  });
  const proxy = await startProxy(url);
  const socket = connect(proxy.port, "127.0.0.1");
  open.push({ close: () => socket.destroy() });
  socket.write("GET /hmr HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
  expect(await heard(socket, "\r\n\r\n")).toContain("101 Switching Protocols");
  socket.write("ping");
  expect(await heard(socket, "ping")).toContain("ping");
});

test("an app that is not there gives a page that tries again, and one line to others", async () => {
  const { url, server } = await startApp((_request, response) => response.end());
  await new Promise((resolve) => server.close(resolve));
  const proxy = await startProxy(url);
  const page = await fetch(proxy.url, { headers: { accept: "text/html" } });
  expect(page.status).toBe(502);
  expect(await page.text()).toContain("location.reload()");
  const line = await fetch(proxy.url, { method: "POST", body: "{}" });
  expect(line.status).toBe(502);
  expect(line.headers.get("content-type")).toContain("text/plain");
});

test("a taken port is refused by name", async () => {
  const { url } = await startApp((_request, response) => response.end());
  await expect(listen(() => undefined, Number(url.port), "127.0.0.1")).rejects.toThrow(
    `Port ${url.port} is taken`,
  );
});

function heard(stream: NodeJS.ReadableStream, until: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!text.includes(until)) return;
      stream.off("data", take);
      resolve(text);
    };
    stream.on("data", take);
  });
}

// Keeps the imports of types honest: a raw request sees the same status line as fetch does.
test("HEAD requests end without a body", async () => {
  const { url } = await startApp((_request, response) => response.writeHead(204).end());
  const proxy = await startProxy(url);
  const answer = await new Promise<IncomingMessage>((resolve) =>
    request(proxy.url, { method: "HEAD" }, resolve).end(),
  );
  expect(answer.statusCode).toBe(204);
});
