// The pages of webhooks as a merchant walks them: each state at desktop and phone width without a fault that axe knows, the
// webhook test through the real store, replay, and the file that a customer may ask for.
import { readFileSync } from "node:fs";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DESKTOP, PHONE, startStack, type Stack } from "./stack.ts";
import { axeFaults, excessWidth, openComplete, visitPage } from "./walk.ts";

let stack: Stack;
let page: Page;
const app = (): FrameLocator => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 60, products: 20 });
  page = await openComplete(stack);
});

afterAll(async () => {
  await stack.stop();
});

const visit = (path: string) => visitPage(stack, page, path);

async function atBothWidths(name: string): Promise<void> {
  for (const [width, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(viewport);
    expect(await axeFaults(page), `${name} at ${width} width`).toEqual([]);
    expect(await excessWidth(page), `${name} at ${width} width`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(DESKTOP);
}

const shopId = async () => (await stack.mirror.query<{ id: number }>("SELECT id FROM shops")).rows[0]!.id;

/** Through the app's own door, signed as Shopify's. */
async function send(topic: string, body: object): Promise<void> {
  const { createHmac, randomUUID } = await import("node:crypto");
  const bytes = JSON.stringify(body);
  const response = await fetch(`${stack.appUrl}/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": topic,
      "x-shopify-hmac-sha256": createHmac("sha256", "sandbox-api-secret").update(bytes).digest("base64"),
      "x-shopify-shop-domain": stack.sandbox.store.shop.domain,
      "x-shopify-webhook-id": randomUUID(),
      "x-shopify-api-version": "2026-10",
      "x-shopify-triggered-at": new Date().toISOString(),
    },
    body: bytes,
  });
  expect(response.status).toBe(200);
}

async function settled(topic: string): Promise<string> {
  let id = "";
  await expect
    .poll(async () => {
      const { rows } = await stack.mirror.query<{ id: string }>(
        "SELECT id FROM sync_deliveries WHERE topic = $1 AND state <> 'received' ORDER BY id DESC LIMIT 1",
        [topic],
      );
      id = rows[0]?.id ?? "";
      return id;
    })
    .not.toBe("");
  return id;
}

describe("coverage", () => {
  it("of a store that is well says so, and tests the way in by a real change", async () => {
    await visit("/app/webhooks");
    await app().getByText("Whether changes reach your mirror is not proven yet").waitFor();
    await app().getByRole("button", { name: "Test the webhooks" }).click();
    await app().getByText("The way in is open.").waitFor();
    await app().getByText("Webhooks arrive, and all that came are settled").waitFor();
    const trip = app().getByRole("region", { name: "A real change, delivered by Shopify" });
    for (const hop of ["Shopify accepted the change", "Arrived here", "Stored", "Settled"])
      await trip.getByText(hop, { exact: true }).waitFor();
    await atBothWidths("healthy");
  });

  it("tells of what was set aside, what has gone silent and since when, and of what is over", async () => {
    const id = await shopId();
    await send("orders/updated", { id: "no number" });
    await settled("orders/updated");
    await stack.mirror.query(
      `INSERT INTO sync_watches (shop_id, resource, watched_to, silent_from, missed) VALUES ($1, 'products', now(), now() - interval '2 hours', 7)
       ON CONFLICT (shop_id, resource) DO UPDATE SET silent_from = excluded.silent_from, silent_to = NULL, missed = 7`,
      [id],
    );
    await stack.mirror.query(
      `INSERT INTO sync_alerts (shop_id, code, since, ended_at, detail)
       VALUES ($1, 'backlog', now() - interval '3 hours', now() - interval '2 hours', '{"topics": [], "count": 0}')`,
      [id],
    );
    await visit("/app/webhooks");
    await app().getByText("Changes are being missed").waitFor();
    await app().getByText("1 delivery was set aside", { exact: false }).waitFor();
    await app().getByText("Deliveries waited longer than they should").waitFor();
    await atBothWidths("in trouble");
    await stack.mirror.query("UPDATE sync_watches SET silent_from = NULL WHERE shop_id = $1", [id]);
  });
});

describe("deliveries", () => {
  it("are listed, filtered by what was set aside, and replayed", async () => {
    await visit("/app/webhooks/deliveries?state=parked");
    await app().getByRole("link", { name: "orders/updated" }).waitFor();
    await atBothWidths("the log");
    await app().getByRole("button", { name: "Replay all of these" }).click();
    await app().getByText("1 delivery will be worked through again.").waitFor();
    await app().getByRole("dialog").getByRole("button", { name: "Replay" }).click();
    await expect
      .poll(async () => (await stack.mirror.query("SELECT FROM sync_deliveries WHERE replays = 1")).rowCount)
      .toBe(1);
  });

  it("each say what they changed", async () => {
    const { updateOrder } = await import("#sandbox/store/acts/orders.ts");
    const order = stack.sandbox.store.list("orders")[0]!;
    const applied = async () => {
      const { rows } = await stack.mirror.query<{ id: string }>(
        `SELECT id FROM sync_deliveries WHERE topic = 'orders/updated' AND record_key = $1 AND state = 'applied'
           AND NOT EXISTS (SELECT FROM sync_confirmations WHERE resource = 'orders' AND record_key = $1)
         ORDER BY id DESC`,
        [order.id],
      );
      return rows.map(({ id }) => id);
    };
    updateOrder(stack.sandbox.store, order.id, { tags: ["first"] });
    // A second change in the same batch, or one that the first one's look at Shopify already saw, would be superseded.
    await expect.poll(applied).toHaveLength(1);
    updateOrder(stack.sandbox.store, order.id, { tags: ["second"] });
    await expect.poll(applied).toHaveLength(2);
    const [id] = await applied();
    await visit(`/app/webhooks/deliveries/${id}`);
    const row = app().getByRole("row", { name: /^Tags/ });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/first.*second/);
    await atBothWidths("a delivery");
  });

  it("of a customer's request lead to the file with all that is stored of the customer", async () => {
    const customer = stack.sandbox.store.list("customers")[0]!;
    stack.sandbox.webhooks.requestData(customer.id, "9999");
    const id = await settled("customers/data_request");
    await visit(`/app/webhooks/deliveries/${id}`);
    await atBothWidths("a data request");
    const download = page.waitForEvent("download");
    await app().getByRole("button", { name: "Download as JSON" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`customer-${customer.id}.json`);
    const { rows } = JSON.parse(readFileSync(await file.path(), "utf8")) as { rows: { table: string }[] };
    expect(rows.some(({ table }) => table === "customers")).toBe(true);
    await visit("/app/webhooks");
    await app()
      .getByText(`All that is stored of customer ${customer.id} was downloaded`, { exact: false })
      .waitFor();
  });
});

it("no page met an error meanwhile", () => {
  expect(stack.failures).toEqual([]);
});
