// The settings as a merchant meets them: a change is previewed with counts before it is kept, what makes no sense is said at
// its field, and the mirror follows; sound at both widths, for eyes and for axe.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateOrder } from "#sandbox/store/acts.ts";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { axeFaults, excessWidth, openComplete } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = () => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 60, products: 20 });
  for (const { id } of stack.sandbox.store.list("orders").slice(0, 7)) {
    updateOrder(stack.sandbox.store, id, { tags: ["trade"] });
  }
  page = await openComplete(stack);
});

afterAll(async () => {
  await stack.stop();
});

describe("settings", () => {
  it("are in the admin's menu, and say what is mirrored", async () => {
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await app().getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    expect(await app().getByLabel("Orders", { exact: true }).isChecked()).toBe(true);
    await app().getByText("60 records here").waitFor();
    await sound();
  });

  it("say at the field what Shopify does not understand", async () => {
    await app().getByRole("button", { name: "Rules: Orders", exact: true }).click();
    await app().getByLabel("Only records that match this search").fill("colour:red");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await app().getByText("Shopify does not understand this search", { exact: false }).waitFor();
    expect(await settingsKept()).toEqual({});
    await sound();
  });

  it("show what a filter would do, and nothing is kept before it is confirmed", async () => {
    await app().getByLabel("Only records that match this search").fill("tag:trade");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await app().getByText("Before it is saved: what will happen").waitFor();
    await app()
      .getByText("Shopify has 7 records that match. About 53 records leave the mirror.", { exact: false })
      .waitFor();
    expect(await settingsKept()).toEqual({});
    await sound();
    await app().getByRole("button", { name: "Save these settings" }).click();
    await app().getByText("The settings are saved").waitFor();
    // The button is gone; the keyboard goes on from the answer.
    await expect
      .poll(() => app().locator(".cf-landing:focus").getByText("The settings are saved").count())
      .toBe(1);
    await expect.poll(() => count("orders")).toBe(7);
    const [act] = await rowsOf("SELECT actor, detail FROM sync_acts WHERE act = 'rules_changed'");
    expect(act!.actor).toMatch(/^user/);
    expect(act!.detail).toEqual({
      changed: [{ field: "resources.orders.filter", from: "", to: "tag:trade" }],
    });
  });

  it("empty personal data here when it is switched off", async () => {
    expect(await rowsOf("SELECT id FROM customers WHERE email IS NOT NULL LIMIT 1")).toHaveLength(1);
    await app().getByLabel("Mirror names, addresses", { exact: false }).uncheck();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await app().getByText("Fields of up to", { exact: false }).first().waitFor();
    await app().getByRole("button", { name: "Save these settings" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).waitFor({ state: "hidden" });
    await expect
      .poll(() => rowsOf("SELECT id FROM customers WHERE email IS NOT NULL OR last_name IS NOT NULL"))
      .toEqual([]);
  });

  it("hold what editions need, and put back what is discarded", async () => {
    await app().getByLabel("Nearly sold out at").fill("99");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await app().getByText("A whole number from 1 to 50.").waitFor();
    await app().getByLabel("Nearly sold out at").fill("25");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await app().getByText("An edition is nearly sold out at 25 percent.").waitFor();
    await app().getByRole("button", { name: "Save these settings" }).click();
    await expect
      .poll(async () => (await rowsOf("SELECT settings->'editions' AS e FROM shops"))[0]!.e)
      .toMatchObject({ nearlyPercent: 25 });
  });

  it("can be read and used at phone width", async () => {
    await page.setViewportSize(PHONE);
    await page.goto(`${stack.sandbox.urls.admin.replace(/\/$/, "")}/app/settings`);
    await app().getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    await app().getByRole("button", { name: "Rules: Orders", exact: true }).click();
    await sound();
    await page.setViewportSize(DESKTOP);
  });

  it("leave no error behind on any page", () => {
    expect(stack.failures).toEqual([]);
  });
});

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await stack.mirror.query<Record<string, unknown>>(sql)).rows;
}

async function count(table: string): Promise<number> {
  return Number((await rowsOf(`SELECT count(*) AS count FROM ${table}`))[0]!.count);
}

async function settingsKept(): Promise<unknown> {
  return (await rowsOf("SELECT coalesce(settings->'rules', '{}') AS rules FROM shops"))[0]!.rules;
}

/** Nothing lies outside of the page's width, and axe finds nothing. */
async function sound(): Promise<void> {
  expect(await axeFaults(page)).toEqual([]);
  expect(await excessWidth(page)).toBeLessThanOrEqual(0);
}
