// The pages of activity, errors and records as a merchant walks them: each at desktop and phone width without a fault
// that axe knows, and every act once.
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

let stack: Stack;
let page: Page;
let orderId = "";
let orderName = "";
const app = (): FrameLocator => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 60, products: 20 });
  page = await openComplete(stack);
  const order = stack.sandbox.store.list("orders")[0]!;
  orderId = order.id;
  const { rows } = await stack.mirror.query<{ name: string }>("SELECT name FROM orders WHERE id = $1", [
    orderId,
  ]);
  orderName = rows[0]!.name;
});

afterAll(async () => {
  await stack.stop();
});

const visit = (path: string) => visitPage(stack, page, path);

async function shopId(): Promise<number> {
  const { rows } = await stack.mirror.query<{ id: number }>("SELECT id FROM shops LIMIT 1");
  return rows[0]!.id;
}

async function insertError(code: string, recordKey: string | null): Promise<void> {
  await stack.mirror.query(
    "INSERT INTO sync_errors (shop_id, resource, record_key, code, detail) VALUES ($1, 'orders', $2, $3, 'said so')",
    [await shopId(), recordKey, code],
  );
}

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", (_, viewport) => {
  it.each([
    ["activity", () => "/app/activity"],
    ["a form", () => "/app/runs/new"],
    ["a run", () => "/app/runs/1"],
    ["a run that is not there", () => "/app/runs/999999"],
    ["errors", () => "/app/errors"],
    ["errors of a cause", () => "/app/errors/group?source=records&subject=orders&code=WRONG_TYPE"],
    ["a search", () => `/app/records?find=${encodeURIComponent(orderName)}`],
    ["a search for nothing", () => "/app/records?find=nowhere"],
    ["a record", () => `/app/records/orders/${orderId}`],
    ["a record that is not there", () => "/app/records/orders/77"],
    ["an address that names none", () => "/app/records/orders/abc"],
    ["the overview", () => "/app"],
  ])("%s has no fault and fits", async (_name, path) => {
    await insertError("WRONG_TYPE", orderId);
    await page.setViewportSize(viewport);
    await visit(path());
    expect(await axeFaults(page)).toEqual([]);
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
  });
});

describe("activity", () => {
  it("filters by its address, and says what of it was not understood", async () => {
    await page.setViewportSize(DESKTOP);
    await visit("/app/activity?resource=orders&state=nonsense&from=2026-02-31");
    await app().getByText("These parts of it were left out: state and from.").waitFor();
    await app().getByText("Full sync of orders").waitFor();
    expect(await app().getByText("Full sync of products").count()).toBe(0);
    await app().getByLabel("State").selectOption("failed");
    await app().getByText("No run matches these filters.").waitFor();
    await app().getByRole("button", { name: "Clear filters" }).click();
    await app().getByText("Full sync of products").waitFor();
  });

  it("previews a sync, starts it and leads to its run", async () => {
    await visit("/app/runs/new");
    await app().getByText("Orders by name", { exact: true }).click();
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByText("Give at least one name.").waitFor();
    await app().getByLabel("Names").fill(orderName);
    await app().getByRole("button", { name: "Preview" }).click();
    await app().getByRole("cell", { name: "One by one, in batches" }).waitFor();
    await app().getByRole("button", { name: "Start" }).dblclick();
    await app().getByText("Done: everything that was asked for is in the mirror.").waitFor();
    const { rows } = await stack.mirror.query("SELECT state FROM sync_runs WHERE kind = 'targeted'");
    expect(rows).toEqual([{ state: "verified" }]);
  });

  it("says when the next full sync may start", async () => {
    await visit("/app/runs/new?resource=orders");
    await app()
      .getByText(/The next full sync of orders can start at/)
      .waitFor();
    expect(await app().getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
  });

  it("counts what a search finds, and refuses one that Shopify does not understand", async () => {
    await visit("/app/runs/new");
    await app().getByText("What a search finds", { exact: true }).click();
    await app().getByLabel("Search", { exact: true }).fill("financial_status:paid");
    await app().getByRole("button", { name: "Preview" }).click();
    await app()
      .getByText(/What it will take/)
      .waitFor();
  });

  it("pauses, resumes, cancels and starts a run again", async () => {
    // A run whose worker waits for its bulk operation, as a long one does; nothing moves it on meanwhile.
    const { rows } = await stack.mirror.query<{ id: string }>(
      `INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, request)
       VALUES ($1, 'locations', 'backfill', 'paused', 'api', '{"mode":"full"}') RETURNING id`,
      [await shopId()],
    );
    const id = rows[0]!.id;
    const state = async () => {
      const found = await stack.mirror.query<{ state: string }>("SELECT state FROM sync_runs WHERE id = $1", [
        id,
      ]);
      return found.rows[0]!.state;
    };
    await visit(`/app/runs/${id}`);
    await app().getByRole("button", { name: "Resume" }).click();
    await app().getByText("Done: everything that was asked for is in the mirror.").waitFor();
    expect(await state()).toBe("verified");

    await stack.mirror.query("UPDATE sync_runs SET state = 'paused', ended_at = NULL WHERE id = $1", [id]);
    await visit(`/app/runs/${id}`);
    // It cannot be taken back, so it is asked for first.
    await app().getByRole("button", { name: "Cancel" }).click();
    await app().getByRole("dialog").getByRole("button", { name: "Go back" }).click();
    await app().getByRole("dialog").waitFor({ state: "detached" });
    expect(await state()).toBe("paused");
    await app().getByRole("button", { name: "Cancel", exact: true }).click();
    await app().getByRole("dialog").getByRole("button", { name: "Cancel the sync" }).click();
    await app().getByText("It was cancelled. What had been copied stays.").waitFor();
    expect(await state()).toBe("cancelled");

    await stack.mirror.query(
      `UPDATE sync_runs SET created_at = created_at - interval '1 hour' WHERE resource = 'locations'`,
    );
    await app().getByRole("button", { name: "Try again what is missing" }).click();
    await app().getByText("Done: everything that was asked for is in the mirror.").waitFor();
    await app().getByText(`It goes on where run ${id} stopped.`).waitFor();
    const acts = await stack.mirror.query<{ act: string }>(
      "SELECT act FROM sync_acts WHERE detail->>'run' = $1 ORDER BY id",
      [id],
    );
    expect(acts.rows.map(({ act }) => act)).toEqual(["run_resumed", "run_cancelled", "run_retried"]);
  });

  it("tells that there is no such run", async () => {
    await visit("/app/runs/999999");
    await app().getByRole("heading", { name: "There is no such run" }).first().waitFor();
    await visit("/app/runs/abc");
    await app().getByRole("heading", { name: "There is no such run" }).first().waitFor();
  });
});

describe("errors", () => {
  it("are acknowledged, happen again, and are tried again until they are resolved", async () => {
    await insertError("WRONG_TYPE", orderId);
    await visit("/app/errors");
    await app().getByRole("link", { name: "A value was of another kind than Shopify promises." }).click();
    await app().getByRole("button", { name: "Acknowledge" }).click();
    await app().getByText("Acknowledged", { exact: true }).first().waitFor();

    await insertError("WRONG_TYPE", orderId);
    await visit("/app/errors");
    await app().getByText("Happened again").waitFor();
    await app().getByRole("link", { name: "A value was of another kind than Shopify promises." }).click();
    await app().getByText("1 record is read from Shopify again.", { exact: false }).waitFor();
    await app().getByRole("button", { name: "Try again", exact: true }).first().click();
    await app().getByRole("button", { name: "Do it" }).click();
    await expect
      .poll(async () => {
        const { rows } = await stack.mirror.query(
          "SELECT FROM sync_errors WHERE code = 'WRONG_TYPE' AND resolved_at IS NULL",
        );
        return rows.length;
      })
      .toBe(0);
  });

  it("are ignored, taken back and resolved by hand", async () => {
    await insertError("CUSTOMER_DATA_REQUEST", null);
    await visit("/app/errors/group?source=records&subject=orders&code=CUSTOMER_DATA_REQUEST");
    await app().getByRole("button", { name: "Ignore" }).click();
    await app().getByRole("button", { name: "Take it back" }).click();
    await app().getByRole("button", { name: "Mark as resolved" }).click();
    await app().getByText("Resolved", { exact: true }).first().waitFor();
    const { rows } = await stack.mirror.query(
      "SELECT marked_by FROM sync_error_marks WHERE code = 'CUSTOMER_DATA_REQUEST' AND mark = 'resolved'",
    );
    expect(rows).toHaveLength(1);
  });
});

describe("records", () => {
  it("are found by name, compared with Shopify, and copied when they differ", async () => {
    await visit("/app/records");
    await app().getByLabel("Find a record").fill(orderName);
    await app().getByRole("button", { name: "Find" }).click();
    await app().getByRole("link", { name: orderName }).click();
    await app().getByText("The mirror and Shopify say the same").waitFor();

    await stack.mirror.query(
      "UPDATE orders SET note = 'wrong', updated_at = updated_at - interval '1 day' WHERE id = $1",
      [orderId],
    );
    await app().getByRole("button", { name: "Ask Shopify again" }).click();
    await app()
      .getByText(/fields? differ/)
      .first()
      .waitFor();
    await app().getByRole("button", { name: "Sync now" }).click();
    await app().getByText("The mirror and Shopify say the same").waitFor();
    const { rows } = await stack.mirror.query("SELECT note FROM orders WHERE id = $1", [orderId]);
    expect(rows[0]).not.toEqual({ note: "wrong" });
  });

  it("keep a title that is one long word inside the phone's width", async () => {
    const { rows } = await stack.mirror.query<{ id: string }>(
      "UPDATE products SET title = repeat('Gesellschaft', 20) WHERE id = (SELECT min(id) FROM products) RETURNING id",
    );
    await page.setViewportSize(PHONE);
    await visit(`/app/records/products/${rows[0]!.id}`);
    await app().getByRole("heading", { level: 1, name: "Gesellschaft" }).waitFor();
    expect(await excessWidth(page)).toBeLessThanOrEqual(0);
    await page.setViewportSize(DESKTOP);
  });

  it("say what is the case when they are nowhere", async () => {
    await visit("/app/records/orders/77");
    await app().getByText("Neither the mirror nor Shopify has this record").waitFor();
  });
});

it("leaves nothing gone wrong on the pages", () => {
  // A page that is not there is answered 404, which the browser notes.
  expect(stack.failures.filter((failure) => !failure.includes("404"))).toEqual([]);
});
