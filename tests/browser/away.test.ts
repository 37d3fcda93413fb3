// The database or Shopify away, on every page: what is known stays and says how old it is, what is not known is said, and
// all goes on by itself when they are back.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { placeOrder } from "#sandbox/store/acts.ts";
import { PHONE, startStack, type Stack } from "./stack.ts";
import { axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

let stack: Stack;
let page: Page;
let paths: readonly string[] = [];
const app = () => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 40, products: 60 });
  page = await openComplete(stack);
  const { store } = stack.sandbox;
  placeOrder(store, { lines: [{ variantId: store.list("variants")[0]!.id, quantity: 1 }] });
  await arrived("sync_deliveries WHERE state = 'applied'");
  await arrived("editions");
  await stack.mirror.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail)
     SELECT id, 'orders', '1', 'WRONG_TYPE', 'said so' FROM shops`,
  );
  paths = [
    ...["/app", "/app/activity", "/app/errors", "/app/webhooks", "/app/webhooks/deliveries", "/app/queue"],
    ...["/app/insights", "/app/editions", "/app/settings"],
    ...["/app/errors/group?source=records&subject=orders&code=WRONG_TYPE"],
    `/app/runs/${await one("SELECT max(id) AS id FROM sync_runs")}`,
    `/app/records/orders/${await one("SELECT max(id) AS id FROM orders")}`,
    `/app/editions/${await one("SELECT max(id) AS id FROM editions")}`,
    `/app/webhooks/deliveries/${await one("SELECT max(id) AS id FROM sync_deliveries WHERE state = 'applied'")}`,
  ];
});

/** Waits for a first row; polls by `expect` are for tests only. */
async function arrived(rows: string): Promise<void> {
  const anyRow = async () => (await one(`SELECT count(*) AS id FROM ${rows}`)) !== "0";
  await vi.waitUntil(anyRow, { timeout: 120_000, interval: 200 });
}

afterEach(() => {
  stack.door.open();
  stack.sandbox.dials.turn({ apiErrorPercent: 0, apiSlowMs: 0 });
});

afterAll(() => stack.stop());

describe("the database away", () => {
  it("leaves every open page with what it knew and how old that is, until it is back", async () => {
    const pages = await Promise.all(
      paths.map(async (path) => {
        const each = await stack.open();
        await visitPage(stack, each, path);
        return each;
      }),
    );
    // The Overview says it in its headline, all others in a notice.
    const said = (each: Page) =>
      each
        .frameLocator("iframe")
        .getByText(/The server cannot be reached\. What you see was true|Not reachable/)
        .first();
    const pathsThat = async (state: "visible" | "hidden") => {
      const still = await Promise.all(
        pages.map((each) =>
          said(each)
            .waitFor({ state })
            .then(
              () => true,
              () => false,
            ),
        ),
      );
      return paths.filter((_, at) => still[at]);
    };
    stack.door.shut();
    expect(await pathsThat("visible")).toEqual(paths);
    stack.door.open();
    expect(await pathsThat("hidden")).toEqual(paths);
    await Promise.all(pages.map((each) => each.context().close()));
  });

  it("leaves a record with what it shows, though its question to Shopify is lost on the way", async () => {
    await visitPage(
      stack,
      page,
      paths.find((path) => path.startsWith("/app/records/"))!,
    );
    await app().getByRole("button", { name: "Ask Shopify again" }).waitFor();
    stack.sandbox.dials.turn({ apiSlowMs: 2_000 });
    await app().getByRole("button", { name: "Ask Shopify again" }).click();
    stack.door.shut();
    await app()
      .getByText(/server cannot be reached at the moment/)
      .waitFor();
    await app()
      .getByText(/The server cannot be reached\. What you see was true/)
      .waitFor();
    expect(await app().getByRole("heading", { name: "Field by field" }).count()).toBe(1);
  });

  it("says on a page that is opened then what was last known of the mirror, and opens it by itself", async () => {
    await visitPage(stack, page, "/app");
    await app().getByText("Your mirror is", { exact: false }).first().waitFor();
    stack.door.shut();
    const address = `${stack.sandbox.urls.admin.replace(/\/$/, "")}/app/activity`;
    await page.goto(address);
    await app().getByRole("heading", { name: "Counterfoil cannot reach its database" }).waitFor();
    await app()
      .getByRole("heading", { name: /^Last known/ })
      .waitFor();
    await app().getByText("Your mirror is", { exact: false }).first().waitFor();
    await app().getByText("What has changed since then is not known.").waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    stack.door.open();
    await app().getByRole("heading", { level: 1, name: "Activity" }).waitFor();
  });

  it("is told in words when somebody acts meanwhile, and what was typed stays", async () => {
    await visitPage(stack, page, "/app/runs/new?resource=locations");
    await app().getByText("Records by id", { exact: true }).click();
    await app().getByLabel("Ids", { exact: true }).fill("12345");
    stack.door.shut();
    await app().getByRole("button", { name: "Preview" }).click();
    await app()
      .getByText(/cannot be reached|could not be reached/)
      .first()
      .waitFor();
    expect(await app().getByLabel("Ids", { exact: true }).inputValue()).toBe("12345");
    stack.door.open();
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByRole("heading", { name: "What it will take" }).waitFor();
  });
});

describe("Shopify away", () => {
  it("keeps no page from showing what the mirror knows", async () => {
    stack.sandbox.dials.turn({ apiErrorPercent: 100 });
    for (const path of paths) {
      await visitPage(stack, page, path);
      expect(await app().getByRole("heading", { name: "This page could not be shown" }).count()).toBe(0);
    }
  });

  it("is said where Shopify is asked: a record, a preview, the subscriptions, a filter", async () => {
    stack.sandbox.dials.turn({ apiErrorPercent: 100 });
    await visitPage(
      stack,
      page,
      paths.find((path) => path.startsWith("/app/records/"))!,
    );
    await app().getByText("Shopify could not be asked").first().waitFor();
    await app().getByText("What you see is the mirror's state.", { exact: false }).waitFor();
    expect(await axeFaults(page)).toEqual([]);

    await visitPage(stack, page, "/app/runs/new?resource=customers");
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByText("Shopify cannot be reached at the moment.", { exact: false }).first().waitFor();

    await visitPage(stack, page, "/app/webhooks");
    await app()
      .getByText("Shopify could not be asked for the subscriptions", { exact: false })
      .first()
      .waitFor();
    expect(await axeFaults(page)).toEqual([]);

    await visitPage(stack, page, "/app/settings");
    await app().getByRole("button", { name: "Rules: Orders", exact: true }).click();
    await app().getByLabel("Only records that match this search").fill("tag:trade");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await app()
      .getByText(/Shopify (cannot|could not) be/)
      .first()
      .waitFor();
    expect(await app().getByLabel("Only records that match this search").inputValue()).toBe("tag:trade");

    stack.sandbox.dials.turn({ apiErrorPercent: 0 });
    await visitPage(
      stack,
      page,
      paths.find((path) => path.startsWith("/app/records/"))!,
    );
    await app().getByText("The mirror and Shopify say the same").waitFor();
  });
});

async function one(sql: string): Promise<string> {
  return String((await stack.mirror.query<{ id: string | number }>(sql)).rows[0]!.id);
}
