// One node:http server, spoken to in Fetch's Request and Response; bodies stream both ways. Knows nothing of routes.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

export class PortTaken extends Error {
  override name = "PortTaken";
  readonly port: number;
  constructor(port: number) {
    super(`Port ${port} is taken: stop what listens there or choose another one`);
    this.port = port;
  }
}

export interface Listening {
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** Listens on `port` (0 = any free one). Rejects with `PortTaken`. */
export async function listen(listener: RequestListener, port: number, host: string): Promise<Listening> {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTaken(port) : error);
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Event streams, kept and upgraded connections never end by themselves.
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A `RequestListener` out of a Fetch handler. What the handler throws becomes a 500 with its stack in the log. */
export function serveFetch(handle: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    const aborted = new AbortController();
    outgoing.on("close", () => aborted.abort());
    void (async () => {
      const response = await handle(toRequest(incoming, aborted.signal));
      await send(response, outgoing);
    })().catch((error: unknown) => {
      if (aborted.signal.aborted) return;
      console.error(`${incoming.method} ${incoming.url}`, error);
      if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      outgoing.end(`The sandbox failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
}

export function toRequest(incoming: IncomingMessage, signal?: AbortSignal): Request {
  const headers = new Headers();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    headers.append(String(incoming.rawHeaders[i]), String(incoming.rawHeaders[i + 1]));
  }
  const method = incoming.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(addressOf(incoming), {
    method,
    headers,
    ...(signal ? { signal } : {}),
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" } : {}),
  });
}

/** Joined as text: resolved as a reference, the path "//elsewhere/x" would take the place of the host. */
function addressOf({ url = "/", headers: { host = "localhost" } }: IncomingMessage): string {
  const address = `http://${host}${url.startsWith("/") ? url : "/"}`;
  return URL.canParse(address) ? address : "http://unreadable.invalid/";
}

export async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) headers[name] = value;
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  outgoing.writeHead(response.status, headers);
  if (!response.body) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  await pipeline(Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>), outgoing);
}
