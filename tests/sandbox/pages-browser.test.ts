// The admin in a real browser: every page at desktop and phone width with axe, the keyboard, and what the script adds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placeOrder } from "#sandbox/store/acts.ts";
import { openPages, type PagesStore } from "#tests/sandbox/pages-store.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1280, 390];
/** Some thirty pages, each loaded and searched by axe, on a busy machine. */
/** A background request that never ends keeps a headless browser busy for seconds at each launch. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
];

type AxeResult = { violations: { id: string; nodes: { html: string }[] }[] };

let pages: PagesStore;
let browser: Browser;
let paths: string[];

beforeAll(async () => {
  pages = await openPages();
  const { store } = pages;
  const [variant] = store.list("variants");
  const order = placeOrder(store, {
    lines: [{ variantId: variant?.id ?? null, quantity: 2 }],
    customerId: store.list("customers")[0]?.id ?? null,
    payment: "authorized",
    note: "An-extraordinarily-long-word-".repeat(8),
  });
  pages.deliveries.add({
    webhookId: "one",
    eventId: "e",
    topic: "orders/create",
    shop: "s",
    triggeredAt: order.createdAt,
    address: "http://127.0.0.1/webhooks",
    subscriptionId: "7",
    body: `{"id":1}`,
    state: "failed",
    attempts: [{ at: order.createdAt, status: null, durationMs: 3, error: "ECONNREFUSED" }],
    nextAttemptAt: null,
  });
  const ofOrder = `/orders/${order.id}`;
  paths = [
    ...[
      "",
      "/orders",
      "/orders/new",
      ofOrder,
      `${ofOrder}/fulfillments/new`,
      `${ofOrder}/refunds/new`,
      `${ofOrder}/edits/new`,
    ],
    ...[
      "/products",
      "/products/new",
      `/products/${variant?.productId}`,
      `/products/${variant?.productId}/variants/new`,
    ],
    ...[
      `/variants/${variant?.id}`,
      "/collections",
      "/collections/new",
      `/collections/${store.list("collections")[0]?.id}`,
    ],
    ...["/inventory", `/inventory/${variant?.inventoryItemId}`, "/locations", "/locations/new"],
    ...[`/locations/${store.list("locations")[0]?.id}`, "/customers", "/customers/new"],
    ...[
      `/customers/${store.list("customers")[0]?.id}`,
      "/dials",
      "/log",
      "/log?view=webhooks",
      "/log/webhooks/one",
    ],
  ];
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: FLAGS,
  });
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});

async function open(path: string, width = 1280): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 850 } });
  page.on("pageerror", (error) => console.error(error));
  await page.goto(`${pages.url}/store/counterfoil-sandbox${path}`);
  return page;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}

describe("every page", () => {
  it.each(WIDTHS)("passes axe and fits a width of %i", async (width) => {
    const page = await open("", width);
    for (const path of paths) {
      await page.goto(`${pages.url}/store/counterfoil-sandbox${path}`);
      expect(await violations(page), path).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${path} is too wide`).toBeLessThanOrEqual(0);
    }
    await page.close();
  });

  it("shows a refused form accessibly, with the summary focused", async () => {
    const page = await open("/products/new");
    await page.getByRole("button", { name: "Save product" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("Title can't be blank.").waitFor();
    expect(await alert.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.getByLabel("Title").getAttribute("aria-invalid")).toBe("true");
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});

describe("by keyboard", () => {
  it("places an order without a mouse", async () => {
    const page = await open("/orders/new");
    await page.getByLabel("Product or SKU").first().focus();
    await page.keyboard.type("BOWL-L");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("3");
    await page.keyboard.press("Enter");
    await page
      .getByRole("status")
      .filter({ hasText: /^\s*Order #\d+ placed/ })
      .waitFor();
    const order = pages.store.list("orders").at(-1);
    expect(order?.lines.map((line) => [line.sku, line.quantity])).toEqual([["BOWL-L", 3]]);
    await page.close();
  });

  it("opens a confirmation, lands on the harmless answer and closes it with Escape", async () => {
    const order = pages.store.list("orders")[0];
    const page = await open(`/orders/${order?.id}`);
    await page.getByRole("button", { name: "Cancel order" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: `Cancel order ${order?.name}?` });
    await dialog.waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Keep it");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(pages.store.get("orders", order?.id ?? "")?.cancelledAt).toBeNull();
    await page.close();
  });
});

describe("the script", () => {
  it("places one order when the button is pressed again while the first is under way", async () => {
    const { traffic, store } = pages;
    const before = store.list("orders").length;
    const gate = Promise.withResolvers<void>();
    traffic.gate = gate.promise;
    traffic.asked = 0;
    const page = await open("/orders");
    let presses = 0;
    page.on("console", (message) => void (presses += message.text() === "pressed" ? 1 : 0));
    // Pressed from within: the driver itself waits for the navigation that is being held.
    await page.evaluate(() => {
      setInterval(() => {
        document.querySelector<HTMLElement>("[data-testid=place-sample-order]")?.click();
        console.log("pressed");
      }, 50);
    });
    await expect.poll(() => traffic.asked).toBe(1);
    const pressesBefore = presses;
    await expect.poll(() => presses).toBeGreaterThan(pressesBefore + 3);
    gate.resolve();
    await page.getByRole("status").filter({ hasText: "placed" }).waitFor();
    expect(traffic.asked).toBe(1);
    expect(store.list("orders").length).toBe(before + 1);
    await page.close();
  });

  it("adds rows for more products", async () => {
    const page = await open("/orders/new");
    const rows = await page.getByLabel("Product or SKU").count();
    await page.getByRole("button", { name: "Add another product" }).click();
    await page.getByLabel("Product or SKU").last().fill("PRINT");
    expect(await page.getByLabel("Product or SKU").count()).toBe(rows + 1);
    await page.getByRole("button", { name: "Place order" }).click();
    await page
      .getByRole("status")
      .filter({ hasText: /^\s*Order #\d+ placed/ })
      .waitFor();
    expect(
      pages.store
        .list("orders")
        .at(-1)
        ?.lines.map((line) => line.sku),
    ).toEqual(["PRINT"]);
    await page.close();
  });

  it("refreshes the log by itself", async () => {
    const page = await open("/log");
    pages.calls.unshift({
      at: "2026-11-02T09:30:00.000Z",
      operation: "AfterThePageWasOpened",
      status: 200,
      durationMs: 1,
      requestedCost: 10,
      actualCost: 10,
      bucketLeft: 1990,
      errors: [],
    });
    await page.getByText("AfterThePageWasOpened").waitFor();
    await page.close();
  });
});
