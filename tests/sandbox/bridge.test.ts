// App Bridge and the shell in a real browser: an app page through the proxy, framed by the admin.
import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { chromium, type Browser, type FrameLocator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { parseAppConfig } from "#sandbox/app-config.ts";
import { createAppRoom } from "#sandbox/http/app-room.ts";
import { createControl } from "#sandbox/http/control.ts";
import { listen, serveFetch, type Listening } from "#sandbox/http/listen.ts";
import { APP_BRIDGE_ON_CDN, createProxy } from "#sandbox/http/proxy.ts";
import { createRoutes } from "#sandbox/http/routes.ts";
import { signQuery } from "#sandbox/shell/embed.ts";
import { renderShell, showApps } from "#sandbox/shell/shell.ts";
import { openStore } from "#sandbox/store/store.ts";

const SECRET = "hush";
const PHONE = { width: 390, height: 844 };
const TOML = `
name = "Counterfoil"
application_url = "https://app.example.com/app"
embedded = true
[access_scopes]
scopes = "read_orders"
[webhooks]
api_version = "2026-10"`;

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
}

let browser: Browser;
let page: Page;
let errors: string[];
let asked: Asked[];
let appBody: (url: URL) => string;
let answerApi: (request: Asked, response: ServerResponse) => void;
let sandboxUrl: string;
let proxyUrl: string;
let installs: number;
const open: (() => unknown)[] = [];

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  await startServers();
});

afterAll(async () => {
  await browser.close();
  for (const close of open) await close();
});

beforeEach(async () => {
  [asked, errors, installs] = [[], [], 0];
  appBody = () => "";
  answerApi = (_request, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on("pageerror", (error) => errors.push(error.message));
});

afterEach(async () => {
  await page.context().close();
  expect(errors).toEqual([]);
});

async function startServers(): Promise<void> {
  const app = createServer((incoming, response) => {
    const request = {
      method: incoming.method ?? "",
      url: new URL(incoming.url ?? "", "http://app"),
      headers: incoming.headers,
    };
    asked.push(request);
    if (request.url.pathname.startsWith("/api/")) return answerApi(request, response);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><html><head><title>app</title><script data-api-key="key-1" src="${APP_BRIDGE_ON_CDN}"></script></head>
<body><h1>${request.url.pathname}</h1>${appBody(request.url)}</body></html>`);
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  open.push(() => (app.closeAllConnections(), app.close()));
  const appUrl = new URL(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);

  let handle: (request: Request) => Response | Promise<Response> = () => new Response();
  const sandbox: Listening = await listen(
    serveFetch(async (request) => handle(request)),
    0,
    "127.0.0.1",
  );
  open.push(() => sandbox.close());
  sandboxUrl = `http://localhost:${sandbox.port}`;
  const proxy = createProxy({
    appUrl,
    appBridgeUrl: `${sandboxUrl}/app-bridge.js`,
    frameAncestors: [sandboxUrl],
  });
  const proxied = await listen(proxy.listener, 0, "127.0.0.1");
  open.push(() => proxied.close());
  proxyUrl = `http://localhost:${proxied.port}`;

  const store = openStore({ seed: "bridge" });
  const config = parseAppConfig(TOML);
  const room = createAppRoom({
    ...{ store, app: config, secret: SECRET, storeHandle: "counterfoil-sandbox", sandboxUrl, proxyUrl },
    install: () => (installs += 1),
    mintSessionToken: () => mintToken(60),
    grantedScopes: () => ["read_orders"],
  });
  showApps([{ name: "Counterfoil", handle: "counterfoil" }]);
  const pages = (request: Request): Response =>
    new Response(
      renderShell({
        store: { name: store.shop.name, handle: "counterfoil-sandbox" },
        active: "orders",
        title: "Orders",
        content: `<h1>${new URL(request.url).pathname}</h1>`,
      }),
      { headers: { "content-type": "text/html" } },
    );
  const nothing = (): Response => new Response(null, { status: 404 });
  handle = createRoutes(
    { shop: nothing, bulk: nothing, pages, app: room.serve, control: createControl(room.endpoints) },
    {
      shop: "counterfoil-sandbox.myshopify.com",
      storeHandle: "counterfoil-sandbox",
      appHandle: "counterfoil",
      hosts: [],
    },
  );
}

function mintToken(seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: "HS256", typ: "JWT" },
    { exp: now + seconds, iat: now, aud: "key-1", jti: randomUUID() },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

async function openApp(path = ""): Promise<FrameLocator> {
  await page.goto(`${sandboxUrl}/store/counterfoil-sandbox/apps/counterfoil${path}`);
  const frame = page.frameLocator("iframe.app-frame");
  await frame.locator("h1").waitFor();
  return frame;
}

/** Runs in the app's page. */
async function inApp<T>(code: string): Promise<T> {
  const frame = page.frame({ name: "app-iframe" });
  if (!frame) throw new Error("The app is not framed");
  return frame.evaluate<T>(code);
}

test("the app is framed with Shopify's parameters, signed, and installed by being opened", async () => {
  await openApp("/app/orders?tab=late");
  const { url } = asked.find(({ url: one }) => one.pathname === "/app/orders") ?? {};
  const query = Object.fromEntries(url?.searchParams ?? []);
  expect(query).toMatchObject({
    tab: "late",
    embedded: "1",
    shop: "counterfoil-sandbox.myshopify.com",
    locale: "en-US",
  });
  expect(Buffer.from(query.host ?? "", "base64").toString()).toBe(
    "admin.shopify.com/store/counterfoil-sandbox",
  );
  expect(query.hmac).toBe(signQuery(url?.searchParams ?? new URLSearchParams(), SECRET));
  expect(query.id_token?.split(".")).toHaveLength(3);
  expect(Number(query.timestamp)).toBeGreaterThan(1_700_000_000);
  expect(installs).toBe(1);
});

test("the landing page is the path of the application url", async () => {
  await openApp();
  expect(asked[0]?.url.pathname).toBe("/app");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/store/counterfoil-sandbox/apps/counterfoil");
});

test("window.shopify has the configuration and answers who is there", async () => {
  await openApp();
  expect(await inApp("({...shopify.config})")).toMatchObject({
    apiKey: "key-1",
    shop: "counterfoil-sandbox.myshopify.com",
  });
  expect(await inApp("shopify.user()")).toEqual({ accountAccess: "Account owner" });
  expect(await inApp("shopify.scopes.query()")).toEqual({
    granted: ["read_orders"],
    required: ["read_orders"],
    optional: [],
  });
  expect(await inApp("shopify.environment.embedded")).toBe(true);
  expect(
    await inApp("shopify.resourcePicker({ type: 'product' }).catch((error) => error.message)"),
  ).toContain("provides no resource picker");
});

test("fetch carries a session token to the app's server, and nowhere else", async () => {
  await openApp();
  await inApp("fetch('/api/a').then((answer) => answer.text())");
  expect(asked.at(-1)?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  expect(asked.at(-1)?.headers["x-requested-with"]).toBe("XMLHttpRequest");
  await inApp("fetch('/api/b', { headers: { Authorization: 'Basic x' } }).then((answer) => answer.text())");
  expect(asked.at(-1)?.headers.authorization).toBe("Basic x");
  const elsewhere = page.waitForRequest(`${sandboxUrl}/nowhere`);
  await inApp(`fetch("${sandboxUrl}/nowhere", { mode: "no-cors" }).catch(() => null).then(() => null)`);
  expect((await elsewhere).headers().authorization).toBeUndefined();
});

test("a refused token is replaced by a fresh one, once, with the same body", async () => {
  await openApp();
  const bodies: (string | undefined)[] = [];
  answerApi = (request, response) => {
    bodies.push(request.headers.authorization);
    const retry = bodies.length === 1;
    response
      .writeHead(retry ? 401 : 200, retry ? { "X-Shopify-Retry-Invalid-Session-Request": "1" } : {})
      .end();
  };
  expect(await inApp("fetch('/api/a', { method: 'POST', body: 'x' }).then((answer) => answer.status)")).toBe(
    200,
  );
  expect(new Set(bodies).size).toBe(2);
});

test("a page without a token is sent to fetch one and comes back", async () => {
  appBody = (url) =>
    url.pathname === "/bounce"
      ? ""
      : url.searchParams.get("id_token")
        ? "<p id=in>in</p>"
        : `<script>location = "/bounce?shopify-reload=" + encodeURIComponent(location.origin + "/app/late?x=1")</script>`;
  await openApp("/app/late?x=1");
  await inApp("location.assign('/app/late?x=1')");
  await page.frameLocator("iframe.app-frame").locator("#in").waitFor();
  expect(asked.some(({ url }) => url.pathname === "/bounce")).toBe(true);
  expect(asked.at(-1)?.url.searchParams.get("shop")).toBe("counterfoil-sandbox.myshopify.com");
});

test("the navigation menu stands below the app's name; its links are the app's own", async () => {
  appBody =
    () => `<ui-nav-menu><a href="/app" rel="home">Home</a><a href="/app/runs" id="runs">Runs</a><a href="/app/plain">Plain</a></ui-nav-menu>
    <script>document.querySelector("#runs").addEventListener("click", (event) => { event.preventDefault(); history.pushState(null, "", "/app/runs?page=2"); document.querySelector("h1").textContent = "runs by router"; });</script>`;
  const frame = await openApp();
  const sidebar = page.getByRole("navigation", { name: "Store" });
  await sidebar.getByRole("link", { name: "Runs" }).click();
  await expect.poll(() => frame.locator("h1").textContent()).toBe("runs by router");
  await expect
    .poll(() => page.url())
    .toBe(`${sandboxUrl}/store/counterfoil-sandbox/apps/counterfoil/app/runs?page=2`);
  expect(await sidebar.locator('[aria-current="page"]').allTextContents()).toEqual(["Runs"]);
  expect(await sidebar.getByRole("link", { name: "Home" }).count()).toBe(1);
  await sidebar.getByRole("link", { name: "Plain" }).click();
  await expect.poll(() => frame.locator("h1").textContent()).toBe("/app/plain");
  expect(asked.at(-1)?.url.searchParams.get("embedded")).toBe("1");
  await expect
    .poll(() => new URL(page.url()).pathname)
    .toBe("/store/counterfoil-sandbox/apps/counterfoil/app/plain");
});

test("reloading the admin opens the page the app was on", async () => {
  const frame = await openApp();
  await inApp("history.pushState(null, '', '/app/deep')");
  await expect
    .poll(() => new URL(page.url()).pathname)
    .toBe("/store/counterfoil-sandbox/apps/counterfoil/app/deep");
  await page.reload();
  await expect.poll(() => frame.locator("h1").textContent()).toBe("/app/deep");
});

test("something moves until the app's first document is there", async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  await page.route(`${proxyUrl}/**`, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${sandboxUrl}/store/counterfoil-sandbox/apps/counterfoil`, { waitUntil: "commit" });
  await page.locator(".loading-bar").waitFor({ state: "visible" });
  letGo();
  await page.locator(".loading-bar").waitFor({ state: "hidden" });
});

test("toasts, title bar, save bar and loading are drawn by the admin", async () => {
  appBody =
    () => `<ui-title-bar title="Runs"><button variant="primary" onclick="document.querySelector('h1').textContent = 'pressed'">Sync now</button></ui-title-bar>
    <ui-save-bar id="bar"><button variant="primary" onclick="document.querySelector('h1').textContent = 'saved'"></button><button onclick="document.querySelector('h1').textContent = 'discarded'"></button></ui-save-bar>`;
  const frame = await openApp();
  await expect.poll(() => page.locator("#app-title").textContent()).toBe("Runs");
  await page.getByRole("button", { name: "Sync now" }).click();
  await expect.poll(() => frame.locator("h1").textContent()).toBe("pressed");

  await inApp(
    "void (window.acted = 0, shopify.toast.show('Done', { action: 'Undo', onAction: () => (window.acted += 1), duration: 60000 }))",
  );
  await page.locator(".toast", { hasText: "Done" }).getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => inApp("window.acted")).toBe(1);
  await page.getByRole("button", { name: "Dismiss" }).click();
  expect(await page.locator(".toast").count()).toBe(0);

  await inApp("shopify.saveBar.show('bar')");
  await page.locator(".save-bar").getByRole("button", { name: "Save" }).click();
  await expect.poll(() => frame.locator("h1").textContent()).toBe("saved");
  await inApp("shopify.saveBar.hide('bar')");
  await expect.poll(() => page.locator(".save-bar").count()).toBe(0);

  await inApp("shopify.loading(true)");
  await page.locator(".loading-bar").waitFor({ state: "visible" });
  await inApp("shopify.loading(false)");
  await page.locator(".loading-bar").waitFor({ state: "hidden" });
});

test("a link to the admin and window.open lead out of the frame", async () => {
  appBody = () => `<a href="shopify://admin/products/12" id="out">Product</a>`;
  const frame = await openApp();
  await frame.locator("#out").click();
  await page.waitForURL(`${sandboxUrl}/store/counterfoil-sandbox/products/12`);
  await openApp();
  await inApp("void window.open('https://admin.shopify.com/store/counterfoil-sandbox/orders/7', '_top')");
  await page.waitForURL(`${sandboxUrl}/store/counterfoil-sandbox/orders/7`);
});

test("Shopify's React components work with it", async () => {
  const bundle = await build({
    stdin: { contents: REACT_APP, resolveDir: new URL("../..", import.meta.url).pathname, loader: "tsx" },
    ...{ bundle: true, write: false, format: "iife", jsx: "automatic", logLevel: "silent" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  answerApi = (_request, response) =>
    response.writeHead(200, { "content-type": "text/javascript" }).end(bundle.outputFiles[0]?.text);
  appBody = () => `<div id="root"></div><script src="/api/bundle.js"></script>`;
  const frame = await openApp();
  await expect.poll(() => page.locator("#app-title").textContent()).toBe("React title");
  await page.getByRole("link", { name: "Second" }).waitFor();
  await page.getByRole("button", { name: "Open modal" }).click();
  await frame.getByText("Inside the modal: 0").waitFor();
  await frame.getByRole("button", { name: "Count" }).click();
  await frame.getByText("Inside the modal: 1").waitFor();
  await frame.getByRole("dialog").getByRole("button", { name: "Close now" }).click();
  await expect.poll(() => frame.getByRole("dialog").count()).toBe(0);
  await expect.poll(() => page.locator(".toast").textContent()).toContain("hidden");
});

const REACT_APP = `
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { Modal, NavMenu, SaveBar, TitleBar, useAppBridge } from "@shopify/app-bridge-react";
function App() {
  const shopify = useAppBridge();
  const [open, setOpen] = useState(false);
  const [count, setCount] = useState(0);
  return <>
    <NavMenu><a href="/app" rel="home">Home</a><a href="/app/second">Second</a></NavMenu>
    <TitleBar title="React title"><button onClick={() => setOpen(true)}>Open modal</button></TitleBar>
    <SaveBar id="s"><button variant="primary">Save</button><button>Discard</button></SaveBar>
    <Modal open={open} onHide={() => { setOpen(false); shopify.toast.show("hidden"); }}>
      <p>Inside the modal: {count}</p><button onClick={() => setCount(count + 1)}>Count</button>
      <TitleBar title="Modal"><button variant="primary" onClick={() => setOpen(false)}>Close now</button></TitleBar>
    </Modal>
  </>;
}
createRoot(document.querySelector("#root")).render(<App />);`;

test("the menu is behind a button on a phone, and nothing is wider than the screen", async () => {
  await page.setViewportSize(PHONE);
  await openApp();
  const sidebar = page.getByRole("navigation", { name: "Store" });
  expect(await sidebar.isVisible()).toBe(false);
  await page.getByRole("button", { name: "Menu" }).click();
  await sidebar.getByRole("link", { name: "Orders" }).waitFor();
  await page.keyboard.press("Escape");
  await sidebar.waitFor({ state: "hidden" });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
});

test("the shell answers only by the name the frame expects, and only from its own site", async () => {
  const other = sandboxUrl.replace("localhost", "127.0.0.1");
  const answer = await fetch(`${other}/store/counterfoil-sandbox/apps/counterfoil/app/x?y=1`, {
    redirect: "manual",
  });
  expect(answer.headers.get("location")).toBe(
    `${sandboxUrl}/store/counterfoil-sandbox/apps/counterfoil/app/x?y=1`,
  );
  const foreign = await fetch(`${sandboxUrl}/_sandbox/app/counterfoil/session-token`, {
    headers: { "sec-fetch-site": "cross-site" },
  });
  expect(foreign.status).toBe(403);
});
