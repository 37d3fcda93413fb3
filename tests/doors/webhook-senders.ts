// The ways to the webhook door: the framework's route, and the door in front of it over real HTTP.
import { Agent, createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** Sends a request by one of the ways; the answer as Fetch states it. */
export interface Sender {
  send(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Through the Remix route's action and loader, without a socket. */
export async function openRoute(): Promise<Sender> {
  const { action, loader } = await import("#app/routes/webhooks.ts");
  return {
    send: (request) =>
      request.method === "GET" ? Promise.resolve(loader()) : action({ request, params: {}, context: {} }),
    close: () => Promise.resolve(),
  };
}

/** More than any test has at a time: a connection that finds the queue full is broken off where the machine is busy. */
const CONNECTIONS_MAX = 4_096;

/** Through a socket, to the listener that stands in front of the framework. */
export async function openDoor(): Promise<Sender & { readonly port: number }> {
  const { webhookDoor } = await import("#app/webhook-door.server.ts");
  const server = createServer(webhookDoor);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", CONNECTIONS_MAX, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    send: (request) => sendBySocket(port, request),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * By node:http, which sends headers as they are: Fetch would correct a wrong Content-Length. Each by a connection of its
 * own: the server gives up an idle one after 5 s, and whoever takes it up again at that moment is broken off.
 */
async function sendBySocket(port: number, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const headers = Object.fromEntries(request.headers);
  const body = Buffer.from(await request.arrayBuffer());
  const agent = new Agent({ keepAlive: true });
  const outgoing = httpRequest({
    host: "127.0.0.1",
    port,
    path: pathname,
    method: request.method,
    headers,
    agent,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve).once("error", reject);
  });
  // Written before it is ended, so that a body without a Content-Length goes out in chunks.
  if (body.length > 0) outgoing.write(body);
  const isWhole = !headers["content-length"] || Number(headers["content-length"]) === body.length;
  if (isWhole) outgoing.end();
  const message = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  outgoing.destroy();
  agent.destroy();
  return new Response(Buffer.concat(chunks), {
    status: message.statusCode,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
  });
}
