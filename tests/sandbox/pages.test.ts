// The admin's doors: what every page has in common. Real HTTP, no browser.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html } from "#sandbox/pages/html.ts";
import { readable } from "#sandbox/pages/settings/log.ts";
import { createProduct, createCustomer, placeOrder } from "#sandbox/store/acts.ts";
import { openPages, type PagesStore } from "#tests/sandbox/pages-store.ts";

const HOSTILE = `<script>alert("x")</script>'"&`;
const ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&quot;&amp;";

let pages: PagesStore;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());

describe("html", () => {
  it("escapes every value and leaves nested markup as it is", () => {
    expect(
      html`<p title="${HOSTILE}">${[HOSTILE, html`<b>${1n}</b>`, null, false, undefined]}</p>`.toString(),
    ).toBe(`<p title="${ESCAPED}">${ESCAPED}<b>1</b></p>`);
  });
});

describe("doors", () => {
  it.each([
    "",
    "/orders",
    "/orders/new",
    "/products",
    "/inventory",
    "/locations",
    "/customers",
    "/collections",
    "/dials",
    "/log",
  ])("shows %s", async (path) => {
    const { status, text } = await pages.read(path);
    expect(status).toBe(200);
    expect(text).toContain("<h1>");
  });

  it.each([
    "/nope",
    "/orders/1",
    "/products/x/variants/new",
    "/variants/%E0%A4%A",
    "/log/webhooks/none",
    "/orders/1/refunds/new",
  ])("says that there is no %s", async (path) => {
    const { status, text } = await pages.read(path);
    expect(status).toBe(404);
    expect(text).toContain("There is no such page");
  });

  it("answers a form for a record that is gone with a page", async () => {
    expect((await pages.send("/orders/1/payments", {})).status).toBe(404);
    expect((await pages.send("/products/1", { title: "x" })).status).toBe(404);
  });

  it("refuses forms from other sites, of other types and of absurd size", async () => {
    const sent = await pages.send("/locations", { name: "Elsewhere" }, { "Sec-Fetch-Site": "cross-site" });
    expect(sent.status).toBe(403);
    const json = await pages.send(
      "/locations",
      { name: "Elsewhere" },
      { "Content-Type": "application/json" },
    );
    expect(json.status).toBe(415);
    expect((await pages.send("/locations", { name: "x".repeat(3_000_000) })).status).toBe(413);
    expect((await pages.send("/log", {})).status).toBe(405);
    expect(pages.store.list("locations").map((location) => location.name)).not.toContain("Elsewhere");
  });

  it("says what was done once, on the next page only", async () => {
    const done = await pages.send("/locations", { name: "Kiosk" });
    expect(done).toMatchObject({ status: 303 });
    expect((await pages.read(done.location ?? "")).text).toContain("Kiosk added");
    expect((await pages.read(done.location ?? "")).text).not.toContain("Kiosk added");
  });

  it("shows nonsense in the address as the nearest list that makes sense", async () => {
    for (const query of [
      "?page=-4",
      "?page=999999",
      "?page=abc",
      "?tab=nope",
      "?status=nope&q=%00",
      "?view=nope",
    ]) {
      expect((await pages.read(`/orders${query}`)).status).toBe(200);
      expect((await pages.read(`/log${query}`)).status).toBe(200);
    }
  });
});

describe("hostile text", () => {
  it("is escaped wherever it is shown", async () => {
    const { store } = pages;
    const product = createProduct(store, {
      title: HOSTILE,
      vendor: HOSTILE,
      variants: [{ sku: HOSTILE, price: "1.00" }],
    });
    const customer = createCustomer(store, { firstName: HOSTILE, email: "evil@example.com" });
    const [variant] = store.where("variants", "productId", product.id);
    const order = placeOrder(store, {
      lines: [{ variantId: variant?.id ?? null, quantity: 1 }],
      customerId: customer.id,
      note: HOSTILE,
      tags: [HOSTILE.replaceAll(",", "")],
      attributes: [{ key: HOSTILE, value: HOSTILE }],
    });
    pages.deliveries.add({
      webhookId: "evil",
      eventId: "evil",
      topic: HOSTILE,
      shop: "s",
      triggeredAt: "2026-11-02T09:30:00.000Z",
      address: HOSTILE,
      subscriptionId: HOSTILE,
      body: JSON.stringify({ title: HOSTILE }),
      state: "delivered",
      attempts: [],
      nextAttemptAt: null,
    });
    pages.calls.push({
      at: "2026-11-02T09:30:00.000Z",
      operation: HOSTILE,
      status: 200,
      durationMs: 1,
      requestedCost: null,
      actualCost: null,
      bucketLeft: null,
      errors: [HOSTILE],
    });
    const item = variant?.inventoryItemId ?? "";
    const paths = [
      "",
      "/orders",
      `/orders/${order.id}`,
      `/orders/${order.id}/fulfillments/new`,
      `/orders/${order.id}/refunds/new`,
      `/orders/${order.id}/edits/new`,
      "/orders/new",
      "/products",
      `/products/${product.id}`,
      `/variants/${variant?.id}`,
      "/inventory",
      `/inventory/${item}`,
      "/customers",
      `/customers/${customer.id}`,
      "/log",
      "/log?view=webhooks",
      "/log/webhooks/evil",
      `/orders?q=${encodeURIComponent(HOSTILE)}`,
    ];
    for (const path of paths) {
      const { status, text } = await pages.read(path);
      expect(status, path).toBe(200);
      expect(text, path).not.toContain("<script>alert");
      expect(text, path).toContain("&lt;script&gt;alert(");
    }
  });

  it("is escaped when a refused form is shown again", async () => {
    const { status, text } = await pages.send("/products", { title: "", vendor: HOSTILE, status: HOSTILE });
    expect(status).toBe(422);
    expect(text).not.toContain("<script>alert");
    expect(text).toContain(`value="${ESCAPED}"`);
  });
});

describe("a webhook's body", () => {
  it("is indented without touching its numbers or its strings", () => {
    const body = `{"id":820982911946154508,"title":"a, b: {c} \\" [d]","list":[],"deep":{"x":[1,2]}}`;
    const shown = readable(body);
    expect(shown).toContain(`\n  "id": 820982911946154508,\n`);
    expect(shown).toContain(`"a, b: {c} \\" [d]"`);
    expect(shown.replace(/\n */g, "").replaceAll(`": `, `":`)).toBe(body);
  });
});
