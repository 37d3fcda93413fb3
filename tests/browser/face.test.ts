// What people do on the Overview, with saved views and with many errors at once, in the admin as a merchant does it; and
// that the pages in these states have no fault that axe knows, at desktop and at phone width.
import { readFileSync } from "node:fs";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = (): FrameLocator => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 40, products: 10 });
  page = await openComplete(stack);
});
afterAll(() => stack.stop());

const visit = (path: string) => visitPage(stack, page, path);

async function failOrders(code: string, keys: readonly string[]): Promise<void> {
  await stack.mirror.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail)
     SELECT s.id, 'orders', key, $1, 'said so' FROM shops s, unnest($2::text[]) key`,
    [code, keys],
  );
}

describe("the guide", () => {
  it("ends in a verified first sync, is put away, and can be taken back", async () => {
    await visit("/app");
    await app().getByText("All 13 resources are verified.").waitFor();
    await app().getByRole("link", { name: "Test the webhooks" }).waitFor();
    await app().getByRole("button", { name: "Hide this guide" }).click();
    await page.getByText("The guide is hidden").waitFor();
    await app().getByText("Getting started").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Undo" }).click();
    await app().getByText("Getting started").waitFor();
    await app().getByRole("button", { name: "Hide this guide" }).click();
    await app().getByText("Getting started").waitFor({ state: "hidden" });
    // Its button is gone; the keyboard goes on from what stands in its place.
    await expect.poll(() => app().locator(".cf-landing:focus").getByText("For you today").count()).toBe(1);
    await visit("/app");
    expect(await app().getByText("Getting started").count()).toBe(0);
  });
});

describe("the Overview", () => {
  it("says what needs a person and leads to where it is mended", async () => {
    await visit("/app");
    await app().getByRole("heading", { name: "For you today" }).waitFor();
    await failOrders("WRONG_TYPE", ["1"]);
    await stack.mirror.query("SELECT pg_notify('counterfoil_changes', id::text) FROM shops");
    await app().getByText("1 open error that nobody has acknowledged.").waitFor();
    await app().getByRole("link", { name: "See the causes and what to do" }).click();
    await app().getByRole("heading", { level: 1, name: "Errors" }).waitFor();
    await stack.mirror.query("DELETE FROM sync_errors");
  });

  it("shows the API budget that Shopify has told, and every check of access", async () => {
    await visit("/app");
    const meter = app().getByRole("meter", { name: "Points that Shopify would accept now" });
    expect(Number(await meter.getAttribute("aria-valuemax"))).toBeGreaterThan(1_000);
    expect(await app().locator("#access h3").count()).toBe(5);
    await app().getByText("The whole history may be read.", { exact: false }).waitFor();
  });
});

describe("a saved view", () => {
  it("is saved, shown, renamed, deleted and taken back", async () => {
    await visit("/app/activity?kind=backfill");
    await app().getByRole("button", { name: "Save view" }).click();
    await app().getByLabel("Name").fill("Whole syncs");
    await app().getByRole("button", { name: "Save", exact: true }).click();
    const tab = app().getByRole("link", { name: "Whole syncs" });
    await tab.waitFor();
    expect(await tab.getAttribute("aria-current")).toBe("page");

    await app().getByRole("link", { name: "All", exact: true }).click();
    await app().getByRole("button", { name: "Edit view" }).waitFor({ state: "hidden" });
    await tab.click();
    await app().getByRole("button", { name: "Edit view" }).click();
    await app().getByLabel("Name").fill("Full copies");
    await app().getByRole("button", { name: "Save", exact: true }).click();
    await app().getByRole("link", { name: "Full copies" }).waitFor();

    await app().getByRole("button", { name: "Edit view" }).click();
    await app().getByRole("button", { name: "Delete view" }).click();
    await page.getByText("View “Full copies” deleted").waitFor();
    await app().getByRole("link", { name: "Full copies" }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Undo" }).click();
    await app().getByRole("link", { name: "Full copies" }).waitFor();
  });

  it.each([
    "/app/errors?show=ignored",
    "/app/webhooks/deliveries?state=applied",
    "/app/editions?state=selling",
    "/app/records?find=1",
  ])("can be made of %s", async (address) => {
    await visit(address);
    await app().getByRole("button", { name: "Save view" }).waitFor();
  });
});

describe("many errors", () => {
  it("are counted before they are tried again, all that are shown, and land", async () => {
    const keys = stack.sandbox.store
      .list("orders")
      .slice(0, 3)
      .map(({ id }) => id);
    await failOrders("WRONG_TYPE", keys.slice(0, 2));
    await failOrders("NOT_A_CURRENCY", keys.slice(2));
    await visit("/app/errors");
    await app().getByRole("button", { name: "Try all of these again…" }).click();
    await app().getByText("3 records are read from Shopify again.").waitFor();
    await app().getByRole("button", { name: "Try all again" }).click();
    await page.getByText("The errors of 2 causes are being tried again").waitFor();
    await app().getByText("Nothing needs you").waitFor();
  });

  it("are given out as filtered", async () => {
    await failOrders("OUT_OF_RANGE", ["5", "6"]);
    await visit("/app/errors?source=records&subject=orders");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      app().getByRole("button", { name: "Export CSV" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines[0]).toBe("source,subject,code,id,resource,recordKey,detail,firstAt,lastAt,state,runId");
    expect(lines.slice(1).map((line) => line.split(",").slice(0, 3).join(" "))).toEqual([
      "records orders OUT_OF_RANGE",
      "records orders OUT_OF_RANGE",
    ]);
  });
});

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", (_, viewport) => {
  it.each([
    ["the Overview that needs somebody", "/app"],
    ["errors of several causes", "/app/errors"],
    ["activity with views", "/app/activity?kind=backfill"],
    ["editions", "/app/editions"],
    ["records", "/app/records"],
  ])("%s has no fault and fits", async (_name, path) => {
    await page.setViewportSize(viewport);
    await visit(path);
    expect(await axeFaults(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
  });

  it("the form of a view has no fault and can be used", async () => {
    await page.setViewportSize(viewport);
    await visit("/app/activity?kind=targeted");
    await app().getByRole("button", { name: "Save view" }).click();
    await app().getByLabel("Name").fill(`By hand ${viewport.width}`);
    expect(await axeFaults(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    await app().getByRole("button", { name: "Save", exact: true }).click();
    await app()
      .getByRole("link", { name: `By hand ${viewport.width}` })
      .waitFor();
    await stack.mirror.query("DELETE FROM saved_views WHERE name LIKE 'By hand%'");
  });
});

it("leaves nothing gone wrong on the pages", () => {
  expect(stack.failures).toEqual([]);
});
