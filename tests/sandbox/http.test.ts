// The sandbox as a whole: command line, ports, who answers what, control API, and news that reaches the app.
import { execFile, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSandbox, type Sandbox, type SandboxOptions } from "#sandbox/sandbox.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const APP_TOML = join(ROOT, "shopify.app.toml");
const SMALL: Partial<SandboxOptions> = { port: 0, proxyPort: 0, orders: 12, products: 8, appToml: APP_TOML };

interface Received {
  readonly topic: string;
  readonly body: string;
  readonly hmac: string;
}

let folder: string;
let sandbox: Sandbox;
let received: Received[];
let appUrl: string;
let closeApp: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-http-"));
  const app = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      const header = (name: string): string => String(incoming.headers[name] ?? "");
      received.push({ topic: header("x-shopify-topic"), hmac: header("x-shopify-hmac-sha256"), body });
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>the app</h1>");
    });
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  closeApp = () => new Promise((resolve) => (app.closeAllConnections(), app.close(() => resolve())));
  sandbox = await startSandbox({ ...SMALL, appUrl });
});

afterAll(async () => {
  await sandbox.stop();
  await closeApp();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  received = [];
});

async function control(path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init =
    body === undefined
      ? {}
      : {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json", ...headers },
        };
  const answer = await fetch(`${sandbox.urls.sandbox}/_sandbox${path}`, init);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

/** fetch sets its own Host header, so this one is written by hand. */
function ask(path: string, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(sandbox.urls.sandbox);
    const sent = httpRequest({ host: "127.0.0.1", port, path, headers: { host } }, (answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

const CLIENT = `
  import "@shopify/shopify-api/adapters/node";
  import { RequestedTokenType, shopifyApi } from "@shopify/shopify-api";
  const api = shopifyApi({ apiKey: "sandbox-api-key", apiSecretKey: "sandbox-api-secret", apiVersion: "2026-10",
    isEmbeddedApp: true, hostName: "localhost", scopes: [], logger: { level: 0 } });
  const { session } = await api.auth.tokenExchange({ shop: "counterfoil-sandbox.myshopify.com", expiring: true,
    sessionToken: process.env.SESSION_TOKEN, requestedTokenType: RequestedTokenType.OfflineAccessToken });
  const answer = await new api.clients.Graphql({ session }).request("{ shop { name } }");
  console.log(JSON.stringify({ name: answer.data.shop.name, isExpiring: Boolean(session.refreshToken && session.expires) }));`;

describe("who answers what", () => {
  test("the root leads to the admin with the app open", async () => {
    const answer = await fetch(sandbox.urls.sandbox, { redirect: "manual" });
    expect(answer.headers.get("location")).toBe(new URL(sandbox.urls.admin).pathname);
    const page = await fetch(sandbox.urls.admin);
    expect(await page.text()).toContain(`data-src="${sandbox.urls.proxy}/`);
  });

  test("the shop's own name leads to the Admin API, which wants a token", async () => {
    const answer = await ask("/admin/api/2026-10/graphql.json", "counterfoil-sandbox.myshopify.com");
    expect([400, 401, 405]).toContain(answer.status);
  });

  test("another shop is not there", async () => {
    expect((await ask("/admin/api/2026-10/graphql.json", "other.myshopify.com")).status).toBe(404);
  });

  test("Shopify's own client exchanges a session token and reads the shop, by way of the preload", async () => {
    const { json } = await control("/app/counterfoil/session-token");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "./sandbox/redirect.ts", "--input-type=module", "--eval", CLIENT],
      {
        cwd: ROOT,
        env: { ...process.env, SANDBOX_URL: sandbox.urls.sandbox, SESSION_TOKEN: String(json.token) },
      },
    );
    expect(JSON.parse(stdout)).toMatchObject({ name: sandbox.store.shop.name, isExpiring: true });
    const { json: log } = await control("/calls");
    expect((log.calls as { operation: string }[]).map(({ operation }) => operation)).toContain("oauth");
  });

  test("a foreign name is refused", async () => {
    expect((await ask("/_sandbox/truth", "evil.example.com")).status).toBe(421);
    expect((await ask("//localhost/_sandbox/truth", "evil.example.com")).status).toBe(421);
    expect((await ask("/", "no host at all")).status).toBe(421);
  });

  test("the admin's pages, the app's page of another app, and nothing else", async () => {
    const at = async (path: string): Promise<number> => (await fetch(sandbox.urls.sandbox + path)).status;
    expect(await at("/store/counterfoil-sandbox/orders")).toBe(200);
    expect(await at("/store/counterfoil-sandbox/apps/other")).toBe(404);
    expect(await at("/store/other/orders")).toBe(404);
    expect(await at("/bulk/1.jsonl")).toBe(403);
    expect(await at("/bulk/x")).toBe(404);
  });

  test("App Bridge is a script that is not sent twice", async () => {
    const first = await fetch(`${sandbox.urls.sandbox}/app-bridge.js`);
    expect(first.headers.get("content-type")).toContain("text/javascript");
    expect(await first.text()).toContain("window.shopify");
    const again = await fetch(`${sandbox.urls.sandbox}/app-bridge.js`, {
      headers: { "if-none-match": first.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
  });

  test("an app that was opened outside is led in, but never elsewhere", async () => {
    const at = async (path: string): Promise<string | null> =>
      (
        await fetch(`${sandbox.urls.sandbox}/embed?path=${encodeURIComponent(path)}`, { redirect: "manual" })
      ).headers.get("location");
    const home = new URL(sandbox.urls.admin).pathname;
    expect(await at("/runs?page=2")).toBe(`${home}/runs?page=2`);
    expect(await at("//evil.example.com")).toBe(home);
    expect(await at("https://evil.example.com")).toBe(home);
  });

  test("the proxy shows the app", async () => {
    expect(await (await fetch(sandbox.urls.proxy)).text()).toBe("<h1>the app</h1>");
  });
});

describe("control API", () => {
  test("lists itself", async () => {
    const { json } = await control("/");
    expect((json.endpoints as { path: string }[]).map(({ path }) => path)).toContain("/_sandbox/truth");
  });

  test("shows the truth", async () => {
    const { json } = await control("/truth");
    expect(json.orders).toHaveLength(sandbox.store.list("orders").length);
    expect(json.products).toHaveLength(sandbox.store.list("products").length);
  });

  test("turns dials and refuses what is no dial", async () => {
    expect((await control("/dials", { delayMsMax: 7, dropPercent: 0 })).json).toMatchObject({
      delayMsMax: 7,
    });
    expect(sandbox.dials.read().delayMsMax).toBe(7);
    expect(await control("/dials", { dropPercent: "much" })).toMatchObject({ status: 400 });
    expect(await control("/dials", { volume: 11 })).toMatchObject({
      status: 400,
      json: { error: 'There is no dial "volume"' },
    });
    await control("/dials", { delayMsMax: 0 });
  });

  test("lets things happen, and says what the store objects to", async () => {
    const [product] = sandbox.store.list("products");
    const done = await control("/acts/updateProduct", { args: [product?.id, { title: "Renamed" }] });
    expect(done).toMatchObject({ status: 200, json: { result: { title: "Renamed" } } });
    expect(sandbox.store.get("products", product?.id ?? "")?.title).toBe("Renamed");
    expect(await control("/acts/updateProduct", { args: ["1", {}] })).toMatchObject({ status: 422 });
    expect(await control("/acts/explode", {})).toMatchObject({ status: 404 });
    expect(await control("/acts/toString", {})).toMatchObject({ status: 404 });
    expect(await control("/acts/updateProduct", { args: "no list" })).toMatchObject({ status: 400 });
  });

  test("refuses plain forms, other sites, other methods and what is not there", async () => {
    const post = (headers: Record<string, string>, body = "{}") =>
      fetch(`${sandbox.urls.sandbox}/_sandbox/dials`, { method: "POST", body, headers });
    expect((await post({ "content-type": "text/plain" })).status).toBe(415);
    expect((await post({ "content-type": "application/json" }, "{")).status).toBe(400);
    expect((await post({ "content-type": "application/json" }, "[]")).status).toBe(400);
    expect((await post({ "content-type": "application/json", "sec-fetch-site": "cross-site" })).status).toBe(
      403,
    );
    expect((await control("/nothing")).status).toBe(404);
    expect((await control("/truth", {})).status).toBe(405);
    expect((await control("/traffic", { orders: 0 })).status).toBe(400);
  });

  test("mints session tokens for the app that is there", async () => {
    const { json } = await control("/app/counterfoil/session-token");
    const [header = "", payload = "", signature] = String(json.token).split(".");
    expect(signature).toBe(
      createHmac("sha256", "sandbox-api-secret").update(`${header}.${payload}`).digest("base64url"),
    );
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      aud: "sandbox-api-key",
      dest: "https://counterfoil-sandbox.myshopify.com",
    });
    expect((await control("/app/other/session-token")).status).toBe(404);
  });
});

describe("news", () => {
  test("orders placed at once reach the app, signed", async () => {
    await control("/app/install", {});
    const { json } = await control("/traffic", { orders: 2 });
    expect(json.orders).toHaveLength(2);
    await sandbox.idle();
    const orders = received.filter(({ topic }) => topic === "orders/create");
    expect(orders.map(({ body }) => (JSON.parse(body) as { name: string }).name).toSorted()).toEqual(
      (json.orders as string[]).toSorted(),
    );
    for (const { body, hmac } of orders) {
      expect(hmac).toBe(createHmac("sha256", "sandbox-api-secret").update(body).digest("base64"));
    }
    const { json: log } = await control("/deliveries?topic=orders/create&state=delivered");
    expect(log.deliveries).toHaveLength(2);
  });

  test("an uninstall is told, then nothing more; opening the app installs it again", async () => {
    await control("/app/install", {});
    await control("/app/uninstall", {});
    await control("/traffic", { orders: 1 });
    await sandbox.idle();
    expect(received.map(({ topic }) => topic)).toEqual(["app/uninstalled"]);
    await fetch(sandbox.urls.admin);
    expect(sandbox.installs.current()?.scopes).toContain("read_orders");
    await control("/privacy/shop-redact", {});
    await sandbox.idle();
    expect(received.map(({ topic }) => topic)).toEqual(["app/uninstalled", "shop/redact"]);
  });
});

describe("starting and ending", () => {
  const running: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of running.splice(0)) await stop();
  });

  test("the store is kept between starts, and a folder of another store is refused", async () => {
    const data = join(folder, "kept");
    const first = await startSandbox({ ...SMALL, appUrl, data });
    first.installs.install();
    const before = first.store.list("orders").map(({ id, updatedAt }) => `${id} ${updatedAt}`);
    await first.stop();
    const second = await startSandbox({ ...SMALL, appUrl, data });
    running.push(() => second.stop());
    expect(second.store.list("orders").map(({ id, updatedAt }) => `${id} ${updatedAt}`)).toEqual(before);
    expect(second.installs.current()).not.toBeNull();
    await second.stop();
    await expect(startSandbox({ ...SMALL, appUrl, data, seed: "other" })).rejects.toThrow("seed");
    const third = await startSandbox({ ...SMALL, appUrl, data, seed: "other", reset: true });
    running.push(() => third.stop());
    expect(third.installs.current()).toBeNull();
  });

  test("a start is a deploy: an installation from before gets the scopes that are asked for now", async () => {
    const data = join(folder, "deployed");
    const first = await startSandbox({ ...SMALL, appUrl, data, scopes: ["read_orders"] });
    first.installs.install();
    await first.stop();
    const second = await startSandbox({ ...SMALL, appUrl, data, scopes: ["read_orders", "read_products"] });
    running.push(() => second.stop());
    expect([...(second.installs.current()?.scopes ?? [])]).toEqual(["read_orders", "read_products"]);
    await second.idle();
    expect(received.map(({ topic }) => topic)).toEqual(["app/scopes_update"]);
  });

  test("the command says where it listens and ends when told to", async () => {
    const { child, exited, errors } = runMain([
      "--port",
      "0",
      "--proxy-port",
      "0",
      "--orders",
      "3",
      "--products",
      "3",
    ]);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      void exited.then((code) => reject(new Error(`ended with ${code}: ${errors()}`)));
    });
    const ready = JSON.parse(line) as Record<string, string>;
    expect(ready).toMatchObject({ event: "ready", shop: "https://counterfoil-sandbox.myshopify.com" });
    expect((await fetch(ready.admin ?? "")).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(errors()).toBe("");
  });

  test.each([
    [["--port", "many"], "--port is a whole number"],
    [["--plan", "gold"], "--plan is one of standard, advanced, plus, enterprise"],
    [["--speed", "1"], "--speed"],
    [["--app-toml", "/nowhere.toml"], "/nowhere.toml cannot be read"],
    [["--shop", "example.com"], "--shop is a name like"],
  ])("%j is refused in one line", async (args, message) => {
    const { exited, errors } = runMain(args);
    expect(await exited).toBe(2);
    expect(errors()).toContain(message);
    expect(errors().trim().split("\n")).toHaveLength(1);
  });

  test("a taken port is named", async () => {
    const port = new URL(sandbox.urls.proxy).port;
    const { exited, errors } = runMain(["--port", port]);
    expect(await exited).toBe(2);
    expect(errors()).toContain(`Port ${port} is taken`);
  });
});

function runMain(args: string[]) {
  const child = spawn(process.execPath, ["sandbox/main.ts", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, exited, errors: () => text };
}
