// The whole product for one test file: its own database, the sandbox store in this process, Counterfoil's built web
// server (worker inside) as a child, and a Chromium that looks like a person's.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import pg from "pg";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { openDoor, type Door } from "#scripts/door.ts";
import { ROOT, freePort, scopesWithAllOrders } from "#scripts/prepare.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "#sandbox/sandbox.ts";
import { afterEach } from "vitest";
import { createDatabase } from "#tests/database.ts";

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

const API_KEY = "sandbox-api-key";
const API_SECRET = "sandbox-api-secret";
/** Shopify's library answers 410 to headless user agents. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const OUTSIDE = "cdn.shopify.com";
/** For the web server to come up, and for anything that a page is to show, a first sync included. */
const WAIT_MS_MAX = 120_000;

const opened = new Set<Page>();

// A page that did not come to show what was waited for says with the failure what it showed instead.
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const page of opened) console.log(`${page.url()} shows:\n${await textOf(page)}`);
});

async function textOf(page: Page): Promise<string> {
  const texts = await Promise.all(
    page.frames().map((frame) => frame.locator("body").innerText({ timeout: 5_000 }).catch(String)),
  );
  return texts.join("\n--\n");
}

export interface Stack {
  sandbox: Sandbox;
  browser: Browser;
  /** The mirror, as a merchant's own tools would read it. */
  mirror: pg.Pool;
  /** Between the app and its database; `mirror` does not go through it. */
  door: Door;
  /** Where the app listens, past the sandbox's proxy. */
  appUrl: string;
  /** A page in a fresh profile. Errors on the page fail the test through `failures`. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** What went wrong in any page so far: uncaught errors and console errors. */
  failures: string[];
  stop(): Promise<void>;
}

export async function startStack(options: Partial<SandboxOptions> = {}): Promise<Stack> {
  const database = await createDatabase();
  const appPort = (await freePort(0))!;
  const appUrl = `http://127.0.0.1:${appPort}`;
  const sandbox = await startSandbox({
    port: 0,
    proxyPort: 0,
    appUrl,
    appToml: `${ROOT}/shopify.app.toml`,
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    scopes: scopesWithAllOrders(),
    ...options,
  });
  const door = await openDoor(database.url);
  const web = await startWeb(appPort, door.url, sandbox);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Shopify's font stylesheet is the one thing that pages take from outside; tests must not depend on the network. It
      // is not routed by hand, since a browser whose requests are caught keeps no cache: each page would compile all anew.
      `--host-resolver-rules=MAP ${OUTSIDE} ~NOTFOUND`,
    ],
  });
  const mirror = new pg.Pool({ connectionString: database.url, max: 4 });
  // A pool has ended before its connections have; the end of the database may meet one that is still closing.
  mirror.on("error", () => {});
  const failures: string[] = [];
  return {
    sandbox,
    browser,
    mirror,
    door,
    appUrl,
    failures,
    open: (contextOptions) => open(browser, failures, contextOptions),
    async stop() {
      await browser.close();
      door.open();
      await stopChild(web);
      await door.close();
      await sandbox.stop();
      await mirror.end();
      await database.drop();
    },
  };
}

async function open(
  browser: Browser,
  failures: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, userAgent: USER_AGENT, ...options });
  const page = await context.newPage();
  opened.add(page);
  page.on("close", () => opened.delete(page));
  page.setDefaultTimeout(WAIT_MS_MAX);
  page.on("pageerror", (error) => failures.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (URL.parse(message.location().url)?.host === OUTSIDE) return;
    // Remix tells of a load that it abandoned for a newer one; nothing went wrong.
    if (message.type() === "error" && !message.text().startsWith("AbortError"))
      failures.push(`${message.text()} (${message.location().url})`);
  });
  return page;
}

async function startWeb(port: number, databaseUrl: string, sandbox: Sandbox): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "./sandbox/redirect.ts", "server/web.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      SANDBOX_URL: sandbox.urls.sandbox,
      SHOPIFY_API_KEY: API_KEY,
      SHOPIFY_API_SECRET: API_SECRET,
      SHOPIFY_APP_URL: sandbox.urls.proxy,
      LOG_LEVEL: "warn",
    },
  });
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error("the web server did not say that it listens")),
      WAIT_MS_MAX,
    );
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (!line.includes('"listening"')) return console.log(`web: ${line}`);
      clearTimeout(late);
      resolve();
    });
    child.once("exit", (code) => reject(new Error(`the web server ended with ${code}`)));
  });
  return child;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}
