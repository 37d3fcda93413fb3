// Limited editions as a merchant meets them: an order that is placed in the store has its number on the page within
// seconds; numbers are put right by hand; every page is sound at both widths, for eyes and for axe.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cancelOrder, placeOrder, setMetafield } from "#sandbox/store/acts.ts";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { appFrame, axeFaults, excessWidth, openComplete } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = () => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 120, products: 60 });
  page = await openComplete(stack);
});

afterAll(async () => {
  await stack.stop();
});

describe("editions", () => {
  it("are numbered from the store's whole history, in the order of the sale", async () => {
    await expect.poll(() => rowsOf("SELECT id FROM editions")).toHaveLength(20);
    const units = await rowsOf(
      `SELECT u.edition_id, u.number, u.order_id, u.unit_index FROM edition_units u WHERE number IS NOT NULL
       ORDER BY u.edition_id, u.sold_at, u.order_id, u.line_item_id, u.unit_index`,
    );
    const byEdition = Map.groupBy(units, ({ edition_id: id }) => id);
    for (const [, of] of byEdition) {
      expect(of.map(({ number }) => number)).toEqual(of.map((_, index) => index + 1));
    }
  });

  it("are listed in the admin's menu, and found by their title", async () => {
    await page.getByRole("link", { name: "Editions" }).click();
    await app().getByRole("heading", { name: "Editions", level: 1 }).waitFor();
    await expect.poll(() => app().getByRole("row").count()).toBe(21);
    const [{ title }] = await rowsOf("SELECT title FROM editions ORDER BY id LIMIT 1");
    await app().getByLabel("Title contains").fill(String(title));
    await app().getByLabel("Title contains").press("Enter");
    await expect.poll(() => app().getByRole("row").count()).toBe(2);
    await sound();
  });

  it("are sorted by a press, which the address keeps over pages and reloads", async () => {
    await open("/editions");
    const titles = () => app().getByRole("rowheader").getByRole("link").allTextContents();
    const titled = async (order: string) =>
      (await rowsOf(`SELECT title FROM editions ORDER BY ${order}`)).map(({ title }) => String(title));
    await expect.poll(titles).toEqual(await titled("created_at DESC, id DESC"));

    await app().getByRole("columnheader", { name: "Sold" }).getByRole("button").click();
    await expect.poll(titles).toEqual(await titled("sold DESC, id DESC"));
    expect(address()).toBe("?sort=sold-desc");
    await sound();

    await app().getByRole("button", { name: "Sort: Sold · Highest first" }).click();
    await app().getByRole("dialog", { name: "Sort by" }).waitFor();
    await sound();
    await app().getByRole("dialog", { name: "Sort by" }).getByText("Remaining", { exact: true }).click();
    await app().getByRole("button", { name: "Lowest first", exact: true }).click();
    await expect.poll(titles).toEqual(await titled("size - used, id"));
    expect(address()).toBe("?sort=remaining-asc");
    await page.keyboard.press("Escape");

    // A filter keeps it, and a saved view is offered with it.
    await app().getByLabel("State").selectOption("selling");
    await expect.poll(address).toBe("?state=selling&sort=remaining-asc");
    await app().getByRole("button", { name: "Save view" }).waitFor();
    await open("/editions?sort=remaining-asc");
    await expect.poll(titles).toEqual(await titled("size - used, id"));

    await open("/editions?sort=price-asc&after=sold-desc_3_1");
    await app().getByText("sort and after", { exact: false }).waitFor();
    expect(await titles()).toEqual(await titled("created_at DESC, id DESC"));
  });

  it("keep what they are sorted by from page to page", async () => {
    const [{ shop_id: shopId }] = await rowsOf("SELECT shop_id FROM editions LIMIT 1");
    // Two pages: ended ones, for no work of the store stands behind them.
    await stack.mirror.query(
      `INSERT INTO editions (shop_id, owner_type, owner_id, title, size, created_at, ended_at)
       SELECT $1, 'PRODUCT', n, 'Page ' || n, n, now(), now() FROM generate_series(1, 60) AS n`,
      [shopId],
    );
    await open("/editions?find=Page&sort=title-desc");
    await app().getByRole("link", { name: "Page 60" }).waitFor();
    await app().getByRole("link", { name: "Next page" }).click();
    await app().getByRole("link", { name: "Page 10", exact: true }).waitFor();
    expect(await app().getByRole("rowheader").getByRole("link").allTextContents()).toEqual(
      Array.from({ length: 10 }, (_, n) => `Page ${10 - n}`),
    );
    expect(address()).toMatch(/^\?find=Page&sort=title-desc&after=title-desc_page/);
    await app().getByRole("link", { name: "First page" }).click();
    await app().getByRole("link", { name: "Page 60" }).waitFor();
    await stack.mirror.query("DELETE FROM editions WHERE title LIKE 'Page %'");
  });

  it("give a placed order its number within seconds", async () => {
    const edition = await fewSales();
    await open(`/editions/${edition.id}`);
    await app().getByRole("heading", { name: "Numbers", exact: true }).waitFor();
    const order = place(edition.ownerId);
    const given = await expect
      .poll(() => rowsOf("SELECT number FROM edition_units WHERE order_id = $1", [order.id]))
      .toHaveLength(1)
      .then(() => rowsOf("SELECT number FROM edition_units WHERE order_id = $1", [order.id]));
    await open(`/editions/${edition.id}`);
    await app()
      .getByRole("row")
      .filter({ hasText: order.name })
      .filter({ hasText: "With its buyer" })
      .waitFor();
    await sound();

    cancelOrder(stack.sandbox.store, order.id, { restock: true, refund: true });
    await expect
      .poll(() => rowsOf("SELECT number, state FROM edition_units WHERE order_id = $1", [order.id]))
      .toEqual([{ number: given[0].number, state: "void" }]);
  });

  it("are corrected by hand, with a reason that stays", async () => {
    const edition = await fewSales();
    const order = place(edition.ownerId);
    await expect
      .poll(() => rowsOf("SELECT number FROM edition_units WHERE order_id = $1", [order.id]))
      .toHaveLength(1);
    const [{ number }] = await rowsOf("SELECT number FROM edition_units WHERE order_id = $1", [order.id]);
    await open(`/editions/${edition.id}`);
    await app().getByLabel("Number to make void").fill(String(number));
    await app().getByLabel("Why").fill("Torn in the press");
    await app().getByRole("button", { name: "Correct" }).click();
    await app().getByText("Torn in the press").waitFor();
    const after = await rowsOf("SELECT number FROM edition_units WHERE order_id = $1", [order.id]);
    expect(Number(after[0]!.number)).toBeGreaterThan(Number(number));

    await app().getByLabel("Number to make void").fill(String(number));
    await app().getByLabel("Why").fill("Once more");
    await app().getByRole("button", { name: "Correct" }).click();
    await app().getByRole("alert").getByText("It is so already.").waitFor();
    await sound();
  });

  it("say when a size is not understood, and never guess it", async () => {
    const [{ id, owner_id: ownerId }] = await rowsOf(
      "SELECT id, owner_id FROM editions WHERE text_type = 'single_line_text_field' ORDER BY id LIMIT 1",
    );
    setMetafield(stack.sandbox.store, {
      ownerType: "PRODUCT",
      ownerId: String(ownerId),
      namespace: "custom",
      key: "edition_size",
      type: "single_line_text_field",
      value: "25/100",
    });
    await expect
      .poll(() => rowsOf("SELECT problem FROM editions WHERE id = $1", [id]))
      .toEqual([{ problem: "FRACTION" }]);
    await open(`/editions/${String(id)}`);
    await app().getByText("“25/100”: not understood").waitFor();
    await sound();
    const [error] = await rowsOf("SELECT code, detail FROM sync_errors WHERE resource = 'editions'");
    expect(error).toEqual({ code: "EDITION_SIZE", detail: 'FRACTION: "25/100"' });
  });

  it("come as a file, with the session's token and not without", async () => {
    await open("/editions");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      app().getByRole("button", { name: "Export CSV" }).click(),
    ]);
    const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe(
      "id,ownerType,ownerId,title,text,size,proofs,problem,sold,returned,remaining,oversold,state,lastSoldAt",
    );
    expect((await fetch(`${stack.appUrl}/api/shopify/editions?format=csv`)).status).toBe(401);
  });

  it("take any address: what makes no sense is dropped and said, what is not there has a page", async () => {
    await open("/editions?state=nonsense&after=x");
    await app().getByText("state and after", { exact: false }).waitFor();
    await open("/editions/999999");
    await app().getByRole("heading", { name: "There is no such edition", level: 1 }).waitFor();
    await sound();
  });

  it("can be read and used at phone width", async () => {
    await page.setViewportSize(PHONE);
    const edition = await fewSales();
    for (const path of ["/editions", `/editions/${edition.id}`]) {
      await open(path);
      await app().getByRole("table").first().waitFor();
      await sound();
      expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize(DESKTOP);
    expect(stack.failures.filter((failure) => !failure.includes("404"))).toEqual([]);
  });
});

type Cells = Readonly<Record<string, unknown>>;

async function rowsOf(sql: string, values: unknown[] = []): Promise<[Cells, ...Cells[]]> {
  return (await stack.mirror.query<Cells>(sql, values)).rows as [Cells, ...Cells[]];
}

/** Of all editions, the one that sold least. */
async function fewSales(): Promise<{ readonly id: string; readonly ownerId: string }> {
  const [{ id, owner_id: ownerId }] = await rowsOf(
    "SELECT id, owner_id FROM editions ORDER BY used, id LIMIT 1",
  );
  return { id: String(id), ownerId: String(ownerId) };
}

function place(productId: string) {
  const { store } = stack.sandbox;
  const variant = store.list("variants").find((each) => each.productId === productId)!;
  return placeOrder(store, { lines: [{ variantId: variant.id, quantity: 1 }] });
}

/** What stands behind the path of the frame's address, without what Shopify's admin puts there. */
function address(): string {
  return new URL(appFrame(page).url()).search;
}

async function open(path: string): Promise<void> {
  await page.goto(`${stack.sandbox.urls.admin.replace(/\/$/, "")}/app${path}`);
  await app().getByRole("main").waitFor();
}

/** axe finds nothing in the real frame. */
async function sound(): Promise<void> {
  expect(await axeFaults(page)).toEqual([]);
}
