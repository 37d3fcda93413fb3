// What is asked before many errors are tried again is sound at both widths; what can be undone is undone from its message.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

const PATIENCE = { timeout: 60_000 };

let stack: Stack;
let page: Page;
const app = () => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 20, products: 10 });
  page = await openComplete(stack);
  // Nothing moves on by itself: what is asked about stays.
  await stack.mirror.query("INSERT INTO sync_holds SELECT id, 'runs', 'user:7', now() FROM shops");
}, 240_000);

afterAll(() => stack.stop());

const visit = (path: string) => visitPage(stack, page, path);
const count = async (what: string) =>
  Number((await stack.mirror.query<{ n: string }>(`SELECT count(*) AS n FROM ${what}`)).rows[0]!.n);

async function queueRun(): Promise<void> {
  await stack.mirror.query("DELETE FROM sync_runs WHERE kind = 'targeted'");
  await stack.mirror.query(
    `INSERT INTO sync_runs (shop_id, resource, kind, request, started_by)
     SELECT id, 'products', 'targeted', '{"mode":"ids","ids":["1"]}', 'api' FROM shops`,
  );
}

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", { timeout: 180_000 }, (_, viewport) => {
  beforeEach(() => page.setViewportSize(viewport));

  it("what trying all errors again would cost is sound while it is shown, and can be called off", async () => {
    await stack.mirror.query("DELETE FROM sync_errors");
    await stack.mirror.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail)
       SELECT s.id, 'orders', o.id::text, 'WRONG_TYPE', 'said so' FROM shops s, LATERAL (SELECT id FROM orders LIMIT 2) o`,
    );
    await visit("/app/errors");
    await app().getByRole("button", { name: "Try all of these again…" }).click();
    await app().getByText("2 records are read from Shopify again.").waitFor(PATIENCE);
    expect(await axeFaults(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    await app().getByRole("button", { name: "Cancel", exact: true }).click();
    await app().getByText("2 records are read from Shopify again.").waitFor({ state: "hidden" });
    expect(await count("sync_errors WHERE resolved_at IS NULL")).toBe(2);
  });
});

describe("what can be undone", { timeout: 180_000 }, () => {
  const undo = (said: string) =>
    page.locator("[data-toast]", { hasText: said }).getByRole("button", { name: "Undo" }).last().click();

  it("is: that a cause was acknowledged", async () => {
    await page.setViewportSize(DESKTOP);
    await visit("/app/errors/group?source=records&subject=orders&code=WRONG_TYPE");
    await app().getByRole("button", { name: "Acknowledge" }).click();
    await app().getByText("Acknowledged", { exact: true }).first().waitFor(PATIENCE);
    await undo("");
    await expect.poll(() => count("sync_error_marks"), PATIENCE).toBe(0);
    await app().getByRole("button", { name: "Acknowledge" }).waitFor(PATIENCE);
  });

  it("is: that a run was paused", async () => {
    await queueRun();
    const { rows } = await stack.mirror.query<{ id: string }>(
      "SELECT id FROM sync_runs WHERE kind = 'targeted'",
    );
    await visit(`/app/runs/${rows[0]!.id}`);
    await app().getByRole("button", { name: "Pause" }).click();
    await expect.poll(() => count("sync_runs WHERE state = 'paused'"), PATIENCE).toBe(1);
    await undo("");
    await expect.poll(() => count("sync_runs WHERE state = 'paused'"), PATIENCE).toBe(0);
    expect(await count("sync_runs WHERE kind = 'targeted' AND state = 'queued'")).toBe(1);
  });
});

it("leaves nothing gone wrong on the pages", () => {
  expect(stack.failures).toEqual([]);
});
