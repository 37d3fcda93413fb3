// `npm run screenshots`: starts a store of its own, opens every page of the app in the admin at desktop and phone width,
// and writes the pictures to docs/screenshots/. Look at each before committing it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type FrameLocator, type Page } from "playwright-core";
import { ROOT, ensureChromium } from "./prepare.ts";

const TARGET = join(ROOT, "docs/screenshots");
/** Shopify's library answers 410 to headless user agents. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const READY_MS_MAX = 120_000;

interface Shot {
  name: string;
  /** Below the app's address in the admin. */
  path: string;
  /** Resolves when the page shows what the picture is of. */
  until: (app: FrameLocator, page: Page) => Promise<unknown>;
}

const hasHeading = (app: FrameLocator) => app.getByRole("heading").first().waitFor();

const SHOTS: readonly Shot[] = [
  {
    name: "overview",
    path: "",
    until: (app) => app.getByText("Your mirror is", { exact: false }).first().waitFor(),
  },
  { name: "activity", path: "/app/activity", until: hasHeading },
  { name: "editions", path: "/app/editions", until: hasHeading },
  { name: "webhooks", path: "/app/webhooks", until: hasHeading },
];

mkdirSync(TARGET, { recursive: true });
const data = mkdtempSync(join(ROOT, ".data/screenshots-"));
const store = spawn(process.execPath, ["scripts/start.ts", "--data", data, "--traffic", "20"], {
  cwd: ROOT,
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await takeAll(await addressOf(store));
} finally {
  store.kill("SIGTERM");
  await new Promise((resolve) => store.once("exit", resolve));
  rmSync(data, { recursive: true, force: true });
}

async function takeAll(admin: string): Promise<void> {
  const executablePath = ensureChromium(console.log);
  if (!executablePath) throw new Error("Screenshots need Chromium: install it, or set CHROMIUM_PATH.");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    await takeFirstSync(browser, admin);
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const shot of SHOTS) await take(browser, admin, shot, size, viewport);
    }
  } finally {
    await browser.close();
  }
}

/** The one state that does not last: it is caught while it happens. */
async function takeFirstSync(browser: Browser, admin: string): Promise<void> {
  const page = await open(browser, admin, SIZES.desktop);
  const app = page.frameLocator("iframe");
  await app
    .getByText(/Your first sync is running: [1-9]\d?%/)
    .first()
    .waitFor();
  await page.screenshot({ path: join(TARGET, "first-sync-desktop.png") });
  await app.getByText("Your mirror is", { exact: false }).first().waitFor({ timeout: READY_MS_MAX });
  await page.context().close();
}

async function take(
  browser: Browser,
  admin: string,
  { name, path, until }: Shot,
  size: string,
  viewport: { width: number; height: number },
): Promise<void> {
  const page = await open(browser, admin + path, viewport);
  await until(page.frameLocator("iframe"), page);
  // Charts and counters settle with the first live update.
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(TARGET, `${name}-${size}.png`) });
  await page.context().close();
}

async function open(
  browser: Browser,
  url: string,
  viewport: { width: number; height: number },
): Promise<Page> {
  const context = await browser.newContext({ viewport, userAgent: USER_AGENT });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const address = /^Open {2}(\S+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
    child.once("exit", (code) => reject(new Error(`the store ended with ${code}`)));
  });
}
