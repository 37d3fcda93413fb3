// What asks before it acts, by keyboard and at both widths: the focus goes into it and comes back, Escape leaves everything
// as it was, axe finds nothing; and what can be undone is undone from its message.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { appFrame, axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = () => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 20, products: 10 });
  page = await openComplete(stack);
  // Nothing moves on by itself: what is asked about stays.
  await stack.mirror.query("INSERT INTO sync_holds SELECT id, 'runs', 'user:7', now() FROM shops");
});

afterAll(() => stack.stop());

const visit = (path: string) => visitPage(stack, page, path);
const focused = () => appFrame(page).evaluate(() => document.activeElement?.textContent ?? "");
const isInside = () =>
  appFrame(page).evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null);
const count = async (what: string) =>
  Number((await stack.mirror.query<{ n: string }>(`SELECT count(*) AS n FROM ${what}`)).rows[0]!.n);

async function queueRun(): Promise<void> {
  // A page of a run that is no more would say so.
  await page.goto("about:blank");
  await stack.mirror.query("DELETE FROM sync_runs WHERE kind = 'targeted'");
  await stack.mirror.query(
    `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by)
     SELECT id, 'products', 'targeted', '{"mode":"ids","ids":["1"]}', 'api' FROM shops`,
  );
}

async function park(): Promise<void> {
  await stack.mirror.query("DELETE FROM sync_deliveries WHERE state = 'parked'");
  await stack.mirror.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, settled_at)
     SELECT domain, gen_random_uuid()::text, 'products/update', 'no json', 'parked', 'BAD_BODY', now() FROM shops`,
  );
}

/** Each with what opens it, and what must be as before when it was left. */
const DIALOGS = [
  {
    name: "that a sync is cancelled",
    before: queueRun,
    path: "/app/queue",
    open: /^Cancel:/,
    untouched: () => count("sync_runs WHERE kind = 'targeted' AND state = 'queued'"),
  },
  {
    name: "that webhooks are replayed",
    before: park,
    path: "/app/webhooks/deliveries?state=parked",
    open: "Replay all of these",
    untouched: () => count("sync_deliveries WHERE state = 'parked'"),
  },
] as const;

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", (_, viewport) => {
  beforeEach(() => page.setViewportSize(viewport));

  it.each(DIALOGS)("the question $name is sound, and Escape leaves all as it was", async (dialog) => {
    await dialog.before();
    await visit(dialog.path);
    const opener = app().getByRole("button", { name: dialog.open }).first();
    await opener.waitFor();
    await opener.focus();
    const words = await focused();
    await page.keyboard.press("Enter");
    // At phone width the dialog's own box is empty: what it shows hangs on the lower edge.
    await app().getByRole("dialog").getByRole("heading").first().waitFor();
    await expect.poll(isInside).toBe(true);
    expect(await axeFaults(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    // Round and round, the keyboard does not leave it.
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press("Tab");
      expect(await isInside()).toBe(true);
    }
    await page.keyboard.press("Escape");
    await app().getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(focused).toBe(words);
    expect(await dialog.untouched()).toBe(1);
  });

  it("what trying all errors again would cost is sound while it is shown, and can be called off", async () => {
    await stack.mirror.query("DELETE FROM sync_errors");
    await stack.mirror.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail)
       SELECT s.id, 'orders', o.id::text, 'WRONG_TYPE', 'said so' FROM shops s, LATERAL (SELECT id FROM orders LIMIT 2) o`,
    );
    await visit("/app/errors");
    await app().getByRole("button", { name: "Try all of these again…" }).click();
    await app().getByText("2 records are read from Shopify again.").waitFor();
    expect(await axeFaults(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    await app().getByRole("button", { name: "Cancel", exact: true }).click();
    await app().getByText("2 records are read from Shopify again.").waitFor({ state: "hidden" });
    expect(await count("sync_errors WHERE resolved_at IS NULL")).toBe(2);
  });
});

describe("what can be undone", () => {
  const undo = () => page.locator("[data-toast]").getByRole("button", { name: "Undo" }).last().click();

  it("is: that a cause was acknowledged", async () => {
    await page.setViewportSize(DESKTOP);
    await visit("/app/errors/group?source=records&subject=orders&code=WRONG_TYPE");
    await app().getByRole("button", { name: "Acknowledge" }).click();
    await app().getByText("Acknowledged", { exact: true }).first().waitFor();
    await undo();
    await expect.poll(() => count("sync_error_marks")).toBe(0);
    await app().getByRole("button", { name: "Acknowledge" }).waitFor();
  });

  it("is: the second word on a cause, and the first one holds again", async () => {
    await app().getByRole("button", { name: "Acknowledge" }).click();
    await app().getByText("Acknowledged", { exact: true }).first().waitFor();
    await app().getByRole("button", { name: "Ignore" }).click();
    await app().getByText("Ignored", { exact: true }).first().waitFor();
    await undo();
    await app().getByText("Acknowledged", { exact: true }).first().waitFor();
    expect(await count("sync_error_marks WHERE mark = 'acknowledged'")).toBe(1);
  });

  it("is, from another page, too: it was that cause of which something was said", async () => {
    await stack.mirror.query("DELETE FROM sync_error_marks");
    await visit("/app/errors/group?source=records&subject=orders&code=WRONG_TYPE");
    await app().getByRole("button", { name: "Ignore" }).click();
    await app().getByText("Ignored", { exact: true }).first().waitFor();
    await app().getByRole("link", { name: "Errors" }).first().click();
    await app().getByRole("heading", { name: "Errors" }).first().waitFor();
    await undo();
    await expect.poll(() => count("sync_error_marks")).toBe(0);
  });

  it("is: that a run was paused", async () => {
    await queueRun();
    const { rows } = await stack.mirror.query<{ id: string }>(
      "SELECT id FROM sync_runs WHERE kind = 'targeted'",
    );
    await visit(`/app/runs/${rows[0]!.id}`);
    await app().getByRole("button", { name: "Pause" }).click();
    await expect.poll(() => count("sync_runs WHERE state = 'paused'")).toBe(1);
    await undo();
    await expect.poll(() => count("sync_runs WHERE state = 'paused'")).toBe(0);
    expect(await count("sync_runs WHERE kind = 'targeted' AND state = 'queued'")).toBe(1);
  });
});

describe("the keyboard goes on", () => {
  const landed = () => app().locator(".cf-landing:focus").count();

  it("on the button that takes back what it did, and where a button is gone on what became of it", async () => {
    await queueRun();
    const { rows } = await stack.mirror.query<{ id: string }>(
      "SELECT id FROM sync_runs WHERE kind = 'targeted'",
    );
    await visit(`/app/runs/${rows[0]!.id}`);
    await app().getByRole("button", { name: "Pause" }).press("Enter");
    await app().getByRole("button", { name: "Resume" }).waitFor();
    expect(await focused()).toBe("Resume");
    await app().getByRole("button", { name: "Cancel" }).press("Enter");
    await app().getByRole("button", { name: "Cancel the sync" }).press("Enter");
    await app().getByText("It was cancelled.", { exact: false }).waitFor();
    await expect.poll(landed).toBe(1);
    expect(await focused()).toMatch(/^It was cancelled/);
  });

  it("on what is to be done about a cause that somebody has marked", async () => {
    await stack.mirror.query("DELETE FROM sync_error_marks");
    await visit("/app/errors/group?source=records&subject=orders&code=WRONG_TYPE");
    await app().getByRole("button", { name: "Acknowledge" }).press("Enter");
    await app().getByText("Acknowledged", { exact: true }).first().waitFor();
    await expect.poll(landed).toBe(1);
  });
});

it("leaves nothing gone wrong on the pages", () => {
  expect(stack.failures).toEqual([]);
});
