// Queues and figures as a merchant meets them: what is paused waits and nothing is lost; who did it stands there; plots
// have their tables; both pages are sound at both widths, for eyes and for axe.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placeOrder } from "#sandbox/store/acts.ts";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { appFrame, axeFaults, excessWidth, openComplete } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = () => page.frameLocator("iframe");
const frame = () => appFrame(page);

beforeAll(async () => {
  stack = await startStack({ orders: 60, products: 20 });
  page = await openComplete(stack);
});

afterAll(async () => {
  await stack.stop();
});

describe("queues", () => {
  it("are in the admin's menu, with the worker that is alive and what comes next", async () => {
    await page.getByRole("link", { name: "Queue" }).click();
    await app().getByRole("heading", { name: "Queue", level: 1 }).waitFor();
    await app().getByText("Alive").waitFor();
    await app()
      .getByText(/^Catch-up of .*orders/)
      .first()
      .waitFor();
    await expect.poll(() => app().getByRole("row").count()).toBe(6);
    await sound();
  });

  it("that are paused wait, and go on where they were", async () => {
    await app().getByRole("button", { name: "Pause: Webhooks" }).click();
    await app().getByText("One queue is paused").waitFor();
    await app()
      .getByText(/^Webhooks: paused by staff member \d+$/)
      .waitFor();
    const order = place();
    await expect
      .poll(() => countOf("sync_deliveries WHERE state = 'received' AND topic = 'orders/create'"))
      .toBe(1);
    // The store's own test goes through meanwhile: the worker is at work, and passes by what is paused.
    expect(await countOf(`orders WHERE id = ${order.id}`)).toBe(0);
    await sound();

    await app().getByRole("button", { name: "Resume: Webhooks" }).click();
    await expect.poll(() => countOf(`orders WHERE id = ${order.id}`)).toBe(1);
    await app()
      .getByText(/^Webhooks: resumed by staff member \d+$/)
      .waitFor();
    const { rows } = await stack.mirror.query("SELECT act, actor FROM sync_acts ORDER BY id");
    expect(rows.map(({ act }) => act as string)).toEqual(["queue_paused", "queue_resumed"]);
    expect(rows.every(({ actor }) => /^user:\d+$/.test(String(actor)))).toBe(true);
  });

  it("take a pause back from the message that tells of it", async () => {
    await app().getByRole("button", { name: "Pause: Editions" }).click();
    // Earlier messages may still be there, each with its own.
    await page
      .locator("[data-toast]", { hasText: "Editions: paused" })
      .getByRole("button", { name: "Undo" })
      .click();
    await app()
      .getByText(/^Editions: resumed by staff member \d+$/)
      .waitFor();
    await expect.poll(() => countOf("sync_holds")).toBe(0);
  });

  it("cancel a sync only after asking", async () => {
    await app().getByRole("button", { name: "Pause: Syncs" }).click();
    await app().getByText("One queue is paused").waitFor();
    await stack.mirror.query(
      `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by)
       SELECT id, 'products', 'targeted', '{"mode":"ids","ids":["1"]}', 'api' FROM shops`,
    );
    await stack.mirror.query("SELECT pg_notify('counterfoil_changes', id::text) FROM shops");
    await app()
      .getByRole("button", { name: /^Cancel:/ })
      .click();
    await app().getByRole("dialog").getByRole("button", { name: "Go back" }).click();
    expect(await countOf("sync_runs WHERE state = 'cancelled'")).toBe(0);
    await app()
      .getByRole("button", { name: /^Cancel:/ })
      .click();
    await app().getByRole("dialog").getByRole("button", { name: "Cancel the sync" }).click();
    await expect.poll(() => countOf("sync_runs WHERE state = 'cancelled'")).toBe(1);
    await app().getByText("No sync is under way").waitFor();
    await app().getByRole("button", { name: "Resume: Syncs" }).click();
    await app().getByText("Everything moves").first().waitFor();
  });

  it("work off again what was set aside", async () => {
    await stack.mirror.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, settled_at)
       SELECT domain, 'parked-' || n, 'products/delete', '{"id":424242}', 'parked', 'BAD_BODY', now()
       FROM shops, generate_series(1, 3) n`,
    );
    await open("/queue");
    await app().getByText("3 webhooks were set aside").waitFor();
    await app().getByRole("button", { name: "Work off again" }).click();
    await expect.poll(() => countOf("sync_deliveries WHERE state = 'parked'")).toBe(0);
    await app().getByText("Nothing is set aside").waitFor();
  });
});

describe("insights", () => {
  it("show what happened, as plots that are read by keyboard and as tables", async () => {
    // Figures are written every ten seconds; the first sample of what waits, by the minute.
    await expect.poll(() => countOf("sync_metrics WHERE name = 'depth'")).toBeGreaterThan(0);
    await page.getByRole("link", { name: "Insights" }).click();
    await app().getByRole("heading", { name: "Insights", level: 1 }).waitFor();
    const plot = app().getByRole("slider", { name: /^Records written/ });
    await plot.waitFor();
    await plot.focus();
    await page.keyboard.press("End");
    await expect.poll(() => plot.getAttribute("aria-valuetext")).toContain("(so far): Webhook");
    await sound();
    await app().getByRole("button", { name: "Show table: Webhooks by topic" }).click();
    const table = app().getByRole("table", { name: "Webhooks by topic" });
    await table.getByRole("row").filter({ hasText: "orders/create" }).waitFor();
    await sound();
  });

  it("keep the window in the address, and drop one that makes no sense", async () => {
    await app().getByRole("link", { name: "Week" }).click();
    await app().getByText("One point an hour", { exact: false }).waitFor();
    expect(frame().url()).toContain("window=week");
    await open("/insights?window=century");
    await app().getByText("window", { exact: false }).first().waitFor();
    await app().getByText("One point every ten minutes", { exact: false }).waitFor();
  });

  it("are loaded by no other page", async () => {
    await open("/queue");
    await app().getByRole("heading", { name: "Queue", level: 1 }).waitFor();
    const loaded = await frame().evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1)!),
    );
    expect(loaded.filter((name) => /^plot/.test(name))).toEqual([]);
    await open("/insights?window=hour");
    await app().getByRole("slider").first().waitFor();
    const now = await frame().evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1)!),
    );
    expect(now.filter((name) => /^plot-/.test(name)).length).toBeGreaterThan(0);
  });
});

it("both pages can be read and used at phone width", async () => {
  await page.setViewportSize(PHONE);
  for (const path of ["/queue", "/insights?window=day"]) {
    await open(path);
    await app().getByRole("heading", { level: 2 }).first().waitFor();
    await sound();
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(DESKTOP);
  expect(stack.failures).toEqual([]);
});

async function countOf(what: string): Promise<number> {
  return Number((await stack.mirror.query(`SELECT count(*) AS count FROM ${what}`)).rows[0].count);
}

function place() {
  const { store } = stack.sandbox;
  return placeOrder(store, { lines: [{ variantId: store.list("variants")[0]!.id, quantity: 1 }] });
}

async function open(path: string): Promise<void> {
  await page.goto(`${stack.sandbox.urls.admin.replace(/\/$/, "")}/app${path}`);
  await app().getByRole("main").waitFor();
}

/** axe finds nothing in the real frame. */
async function sound(): Promise<void> {
  expect(await axeFaults(page)).toEqual([]);
}
