// The web entry: serves the Remix build over HTTP and, unless WORKER=off, runs the worker in the same process.
// `--dev` serves through Vite instead, as `shopify app dev` expects.
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import compression from "compression";
import express from "express";
import { createServer as createHttpServer } from "node:http";
import { loadBuild, onStop, type Build, type Worker } from "./build.ts";
import { adoptTunnel } from "./tunnel.ts";

adoptTunnel(process.env);
const isDev = process.argv.includes("--dev");
const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "0.0.0.0";
/** How long open responses may take to end after a stop was asked for; live streams never end by themselves. */
const DRAIN_MS_MAX = 2_000;
/** The webhook door holds 4,000 requests; by Node's own queue of 511 a flood would be broken off before it reached it. */
const CONNECTIONS_WAITING_MAX = 4_096;
/** From a request's first byte to its last: bodies are small, and one that trickles in holds memory. */
const REQUEST_MS_MAX = 30_000;
/** Longer than proxies keep an idle connection (60 s is common): a request on one that has just been closed is lost. */
const IDLE_MS_MAX = 75_000;

const app = express();
app.disable("x-powered-by");
app.set("trust proxy", true);
app.use(
  compression({
    filter: (request, response) => !isStream(response) && compression.filter(request, response),
  }),
);
app.get("/healthz", (_request, response) => void response.type("text").send("ok"));

const server = createHttpServer();
const build = isDev ? await serveThroughVite() : await serveBuilt();
// An address that cannot be decoded comes to nobody above. Express would print its stack for each, and answer with a page.
app.use(
  (error: unknown, _request: express.Request, response: express.Response, next: express.NextFunction) => {
    if (error instanceof URIError)
      response.status(400).json({ error: "BAD_REQUEST", message: "The address cannot be read." });
    else next(error);
  },
);
const worker: Worker | null = process.env.WORKER === "off" ? null : await build.startWorker();

// Webhooks come by the thousand a second and need nothing of what stands between a request and its page.
server.on("request", (request, response) => {
  if (build.webhookDoor && request.method === "POST" && /^\/webhooks(\?|$)/.test(request.url ?? ""))
    build.webhookDoor(request, response);
  else app(request, response);
});
server.requestTimeout = REQUEST_MS_MAX;
server.keepAliveTimeout = IDLE_MS_MAX;
server.listen({ port, host, backlog: CONNECTIONS_WAITING_MAX }, () => {
  console.log(JSON.stringify({ event: "listening", port, worker: worker ? "inline" : "off" }));
});
server.on("error", (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === "EADDRINUSE" ? `Port ${port} is taken. Set PORT to another one.` : error.message,
  );
  process.exit(1);
});

onStop(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX).unref();
  await Promise.all([closed, worker?.stop()]);
  await build.stopMetrics();
});

async function serveBuilt(): Promise<Build> {
  const built = await loadBuild();
  app.use("/assets", express.static("build/client/assets", { immutable: true, maxAge: "1y" }));
  app.use(express.static("build/client", { maxAge: "1h" }));
  answerPagesWith(createRequestHandler({ build: built.remix, mode: "production" }));
  return built;
}

async function serveThroughVite(): Promise<Build> {
  const { createServer } = await import("vite");
  // Its socket goes through the same port, the only one that a tunnel leads to.
  const vite = await createServer({ server: { middlewareMode: true, hmr: { server } } });
  const remix = () => vite.ssrLoadModule("virtual:remix/server-build") as Promise<ServerBuild>;
  app.use(vite.middlewares);
  answerPagesWith(createRequestHandler({ build: remix, mode: "development" }));
  const entry = (await remix()).entry.module as unknown as Pick<Build, "startWorker" | "stopMetrics">;
  // Modules are reloaded as they are edited, so webhooks take the framework's route to the newest.
  const { startWorker, stopMetrics } = entry;
  return { remix: await remix(), startWorker, stopMetrics, webhookDoor: null };
}

/** The handler hands its failures to `next` itself. */
function answerPagesWith(handler: ReturnType<typeof createRequestHandler>): void {
  app.all("*", (request, response, next) => void handler(request, response, next));
}

function isStream(response: express.Response): boolean {
  return String(response.getHeader("content-type") ?? "").startsWith("text/event-stream");
}
