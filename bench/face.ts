// How the pages feel in a shop with a past of 10,000 runs and a million deliveries: each page of the menu, opened in the
// admin's frame by a Chromium with an empty cache, and each page's loaders asked over HTTP.
import { chromium, type Browser, type Frame, type Page } from "playwright-core";
import { ensureChromium } from "#scripts/prepare.ts";
import { DELIVERIES, RUNS, seedPast } from "./face-seed.ts";
import { median, under, type Figure, type Goal, type Result } from "./figures.ts";
import { startStack, untilCalm, type Stack } from "./stack.ts";

/** Loads of each page; the figures are medians of them, but for the slowest answer to a press. */
const LOADS = 5;
const ASKS = 15;
const WARM_UPS = 3;
/** Live refreshes and late shifts come within this time. */
const SETTLE_MS = 800;
const GOALS = { lcpMs: 1_000, inpMs: 100, cls: 0.02, loaderMs: 50 };
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

interface Felt {
  readonly lcpMs: number;
  readonly inpMs: number;
  readonly cls: number;
  readonly scriptKb: number;
}

export async function bench(): Promise<Result> {
  const executablePath = ensureChromium(console.log);
  if (!executablePath) throw new Error("This benchmark needs Chromium: install it, or set CHROMIUM_PATH.");
  const stack = await startStack("face", { orders: 200, products: 60 });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    await untilCalm(stack.database);
    const began = performance.now();
    await seedPast(stack.database);
    console.log(
      `  seeded ${RUNS} runs and ${DELIVERIES} deliveries in ${Math.round((performance.now() - began) / 1_000)} s`,
    );
    const figures: Figure[] = [];
    const goals: Goal[] = [];
    for (const path of await pathsOf(stack, browser)) {
      const loads: Felt[] = [];
      for (let load = 0; load < LOADS; load += 1) loads.push(await feel(stack, browser, path));
      add(path, loads, await askLoaders(stack, path), figures, goals);
    }
    return { figures, goals };
  } finally {
    await browser.close();
    await stack.stop();
  }
}

function add(
  path: string,
  loads: readonly Felt[],
  asks: readonly number[],
  figures: Figure[],
  goals: Goal[],
) {
  const of = (name: keyof Felt) => loads.map((load) => load[name]);
  const lcp = median(of("lcpMs"));
  const inp = Math.max(...of("inpMs"));
  const cls = Math.max(...of("cls"));
  const loader = median(asks);
  figures.push(
    { label: `${path}: largest paint`, value: lcp, unit: "ms", of: of("lcpMs") },
    { label: `${path}: slowest answer to a press`, value: inp, unit: "ms" },
    { label: `${path}: layout shift, the worst`, value: cls, unit: "" },
    { label: `${path}: loaders`, value: loader, unit: "ms", of: asks },
    { label: `${path}: script, as sent`, value: median(of("scriptKb")), unit: "KB" },
  );
  goals.push(
    under(`${path}: largest paint`, lcp, GOALS.lcpMs, "ms"),
    under(`${path}: answer to a press`, inp, GOALS.inpMs, "ms"),
    under(`${path}: layout shift`, cls, GOALS.cls, ""),
    under(`${path}: loaders`, loader, GOALS.loaderMs, "ms"),
  );
}

/** The menu as the app gives it to the admin, and a page of each kind that a list leads to. */
async function pathsOf(stack: Stack, browser: Browser): Promise<readonly string[]> {
  const page = await open(stack, browser, "/app");
  const frame = await appOf(page);
  const menu = await frame.$$eval("ui-nav-menu a", (links) =>
    links.map((link) => link.getAttribute("href") ?? ""),
  );
  await page.context().close();
  if (menu.length < 6) throw new Error(`the app's menu has only ${menu.join(", ")}`);
  const { rows } = await stack.database.query<{ run: string; order: string; delivery: string }>(
    `SELECT (SELECT max(id) FROM sync_runs) AS run, (SELECT max(id) FROM orders) AS order,
            (SELECT max(id) FROM sync_deliveries) AS delivery`,
  );
  const { run, order, delivery } = rows[0]!;
  return [
    ...menu,
    "/app/webhooks/deliveries",
    `/app/webhooks/deliveries/${delivery}`,
    `/app/runs/${run}`,
    `/app/records/orders/${order}`,
    "/app/errors/group?source=records&subject=orders&code=WRONG_TYPE",
  ];
}

async function open(stack: Stack, browser: Browser, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, userAgent: USER_AGENT });
  // Shopify's fonts are the one thing that comes from outside this machine.
  await context.route("https://cdn.shopify.com/**", (route) =>
    route.fulfill({ contentType: "text/css", body: "" }),
  );
  await context.addInitScript(OBSERVE);
  const page = await context.newPage();
  await page.goto(stack.sandbox.urls.admin + path);
  const frame = await appOf(page);
  await frame.getByRole("heading", { level: 1 }).first().waitFor();
  return page;
}

async function appOf(page: Page): Promise<Frame> {
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  if (!frame) throw new Error("the admin shows no app");
  await frame.waitForLoadState("load");
  return frame;
}

interface Seen {
  lcp: number;
  cls: number;
  presses: number[];
}

/** Runs in every frame before its own scripts. */
const OBSERVE = `
  window.seen = { lcp: 0, cls: 0, presses: [] };
  const watch = (type, see, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", ({ startTime }) => (window.seen.lcp = startTime));
  watch("layout-shift", ({ value, hadRecentInput }) => hadRecentInput || (window.seen.cls += value));
  watch("event", ({ duration, interactionId }) => interactionId && window.seen.presses.push(duration), { durationThreshold: 16 });`;

async function feel(stack: Stack, browser: Browser, path: string): Promise<Felt> {
  const page = await open(stack, browser, path);
  const frame = await appOf(page);
  await page.waitForTimeout(SETTLE_MS);
  // What was painted before the first press counts, as in the field.
  const { lcp, cls } = await frame.evaluate(() => (window as unknown as { seen: Seen }).seen);
  if (lcp === 0) throw new Error(`${path}: nothing was painted`);
  await press(page, frame);
  const scriptKb = await frame.evaluate(() => {
    const scripts = new Map<string, number>();
    for (const entry of performance.getEntriesByType("resource") as PerformanceResourceTiming[]) {
      if (/\.js(\?|$)/.test(entry.name)) scripts.set(entry.name, entry.encodedBodySize);
    }
    return [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0) / 1_024;
  });
  const { presses } = await frame.evaluate(() => (window as unknown as { seen: Seen }).seen);
  await page.context().close();
  return { lcpMs: lcp, cls, inpMs: Math.max(0, ...presses), scriptKb };
}

/** What a person does on any page: goes through it by keyboard, clicks into it, and turns the first filter. */
async function press(page: Page, frame: Frame): Promise<void> {
  await frame.getByRole("heading", { level: 1 }).first().click();
  for (let index = 0; index < 5; index += 1) await page.keyboard.press("Tab");
  const select = frame.locator("select").first();
  if ((await select.count()) > 0) {
    await select.focus();
    await page.keyboard.press("ArrowDown");
  }
  await page.waitForTimeout(SETTLE_MS);
}

/** From the request for a page's data to its last byte: session checked, every loader run, the answer written. */
async function askLoaders({ sandbox, appUrl }: Stack, path: string): Promise<readonly number[]> {
  const address = `${sandbox.urls.sandbox}/_sandbox/app/${sandbox.app.handle}/session-token`;
  const { token } = (await (await fetch(address)).json()) as { token: string };
  const [pathname = "", query = ""] = path.split("?");
  const url = `${appUrl}${pathname}.data?${query}`;
  const times: number[] = [];
  for (let ask = 0; ask < WARM_UPS + ASKS; ask += 1) {
    const began = performance.now();
    const answer = await fetch(url, {
      headers: { Authorization: `Bearer ${token}`, "user-agent": USER_AGENT },
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}`);
    if (ask >= WARM_UPS) times.push(performance.now() - began);
  }
  return times;
}
