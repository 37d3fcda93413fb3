// Deliveries over real HTTP: what goes over the wire, and when Shopify gives up.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPoster } from "#tests/sandbox/life.ts";
import { ListeningApp, SECRET } from "#tests/sandbox/listening-app.ts";
import * as acts from "#sandbox/store/acts.ts";
import { RETRY_AFTER_MINUTES, retryDelayMs } from "#sandbox/webhooks/schedule.ts";
import type { Webhooks } from "#sandbox/webhooks/webhooks.ts";

let app: ListeningApp;
beforeEach(async () => {
  app = new ListeningApp();
  await app.listen();
});
afterEach(() => app.end());

describe("a delivery", () => {
  test("carries Shopify's headers and a signature over its raw bytes", async () => {
    const { store, webhooks } = app.open();
    const place = acts.createLocation(store, { name: "Zürich “Süd”" });
    await webhooks.idle();
    const [one] = app.received;
    expect(one?.path).toBe("/webhooks");
    expect(JSON.parse(one?.body ?? "")).toMatchObject({ id: Number(place.id), name: "Zürich “Süd”" });
    expect(one?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Shopify-Captain-Hook",
      "x-shopify-topic": "locations/create",
      "x-shopify-shop-domain": "counterfoil-sandbox.myshopify.com",
      "x-shopify-api-version": "2026-10",
      "x-shopify-hmac-sha256": createHmac("sha256", SECRET)
        .update(one?.body ?? "", "utf8")
        .digest("base64"),
    });
    expect(one?.headers["x-shopify-triggered-at"]).toMatch(/^2026-11-20T10:00:00\.123\d{6}Z$/);
    expect(one?.headers["x-shopify-webhook-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("has an id of its own per subscription and an event id shared by all of them", async () => {
    const { store, webhooks } = app.open();
    app.apiSubscriptions = [app.apiSubscription("locations/create")];
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(app.received.map(({ path }) => path).toSorted()).toEqual(["/api-made", "/webhooks"]);
    expect(new Set(app.received.map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(2);
    expect(new Set(app.received.map(({ headers }) => headers["x-shopify-event-id"])).size).toBe(1);
  });

  test("holds only the chosen fields, under the subscription's name, if the filter lets it pass", async () => {
    const { store, webhooks } = app.open();
    const place = acts.createLocation(store, { name: "A" });
    const product = createPoster(store, place.id);
    acts.createProduct(store, { title: "Poster, cheap", variants: [{ price: "1.00" }] });
    await webhooks.idle();
    const products = app.received.filter(({ path }) => path === "/hooks/products");
    expect(products).toHaveLength(1);
    expect(Object.keys(JSON.parse(products[0]?.body ?? "") as object)).toEqual([
      "id",
      "updated_at",
      "variants",
    ]);
    expect(JSON.parse(products[0]?.body ?? "")).toMatchObject({
      variants: [{ price: "40.00" }, { price: "40.00" }],
    });
    expect(products[0]?.headers).toMatchObject({
      "x-shopify-name": "posters",
      "x-shopify-product-id": product.id,
    });
  });

  test("carries the metafields that a subscription made through the API asks for", async () => {
    const { store, webhooks } = app.open();
    app.apiSubscriptions = [app.apiSubscription("products/create", { metafieldNamespaces: ["custom"] })];
    createPoster(store, acts.createLocation(store, { name: "A" }).id);
    await webhooks.idle();
    const one = app.received.find(({ path }) => path === "/api-made");
    expect(JSON.parse(one?.body ?? "")).toMatchObject({
      metafields: [{ namespace: "custom", key: "artist", value: "Ada" }],
    });
  });

  test("is not sent to a shop without the app, except the good-bye and the privacy topics", async () => {
    const { store, webhooks } = app.open();
    app.isInstalled = false;
    acts.createLocation(store, { name: "A" });
    const customer = acts.createCustomer(store, { email: "a@example.com" });
    webhooks.tellUninstalled();
    webhooks.requestData(customer.id, "7");
    webhooks.redactCustomer(customer.id);
    webhooks.redactShop();
    webhooks.tellBulkEnd({
      gid: "gid://shopify/BulkOperation/1",
      createdAt: store.time(),
      completedAt: store.time(),
      status: "COMPLETED",
      errorCode: null,
      type: "query",
    });
    await webhooks.idle();
    expect(app.received.map(({ headers }) => headers["x-shopify-topic"]).toSorted()).toEqual([
      "app/uninstalled",
      "customers/data_request",
      "customers/redact",
      "shop/redact",
    ]);
  });

  test("to a destination that is not HTTP is logged as failed", async () => {
    const { store, webhooks } = app.open();
    app.apiSubscriptions = [app.apiSubscription("locations/create", { address: "pubsub://project:topic" })];
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(webhooks.log.list({ state: "failed" })).toMatchObject([
      { address: "pubsub://project:topic", attempts: [] },
    ]);
  });
});

describe("failure", () => {
  test("is tried again 8 times over 4 hours with the same id and the same bytes", async () => {
    const { store, webhooks } = app.open();
    app.answerWith = () => 500;
    const place = acts.createLocation(store, { name: "A" });
    acts.updateLocation(store, place.id, { name: "B" });
    await webhooks.idle();
    const created = app.received.filter(({ headers }) => headers["x-shopify-topic"] === "locations/create");
    expect(created).toHaveLength(9);
    expect(new Set(created.map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(1);
    expect(new Set(created.map(({ headers }) => headers["x-shopify-triggered-at"])).size).toBe(1);
    expect(new Set(created.map(({ body }) => body)).size).toBe(1);
    expect(RETRY_AFTER_MINUTES.reduce((total, minutes) => total + minutes, 0)).toBe(240);
    expect(retryDelayMs(1, 1)).toBe(60_000);
    expect(retryDelayMs(9, 1)).toBeNull();
  });

  test("removes a subscription made through the API, never one of the TOML", async () => {
    const { store, webhooks } = app.open();
    app.answerWith = () => 503;
    app.apiSubscriptions = [app.apiSubscription("locations/create")];
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(app.apiSubscriptions).toEqual([]);
    expect(webhooks.subscriptions().map(({ topic }) => topic)).toContain("locations/create");
  });

  test("does not remove a subscription to which something got through meanwhile", async () => {
    const { store, webhooks } = app.open();
    app.apiSubscriptions = [app.apiSubscription("locations/create")];
    app.answerWith = ({ body }) => (body.includes("Bad") ? 500 : 200);
    acts.createLocation(store, { name: "Bad" });
    acts.createLocation(store, { name: "Good" });
    await webhooks.idle();
    expect(webhooks.log.list({ state: "failed" })).toHaveLength(2);
    expect(app.apiSubscriptions).toHaveLength(1);
  });

  test.each([301, 404, 500])("is any answer but 2xx: %i", async (status) => {
    const { store, webhooks } = app.open();
    let first = true;
    app.answerWith = () => (first ? ((first = false), status) : 204);
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(webhooks.log.list()).toMatchObject([
      { state: "delivered", attempts: [{ status }, { status: 204 }] },
    ]);
  });

  test("is an app that is not there, with the reason in the log; it gets the news when it is back", async () => {
    const { store, webhooks, dials } = app.open({ timeScale: 1 });
    await app.leave();
    acts.createLocation(store, { name: "A" });
    const [record] = webhooks.log.list();
    await changed(webhooks, () => record?.attempts.length === 1);
    expect(record?.attempts[0]).toMatchObject({
      status: null,
      error: expect.stringContaining("ECONNREFUSED") as string,
    });
    expect(record?.nextAttemptAt).not.toBeNull();
    await app.listen();
    webhooks.hurry();
    await webhooks.idle();
    expect(record?.state).toBe("delivered");
    expect(dials.read().timeScale).toBe(1);
  });
});

test("a burst goes out whole although few connections are open", async () => {
  const { store, webhooks } = app.open();
  const place = acts.createLocation(store, { name: "A" });
  for (let i = 1; i < 300; i++) acts.updateLocation(store, place.id, { name: `${i}` });
  await webhooks.idle();
  expect(app.received).toHaveLength(300);
  expect(webhooks.log.list({ state: "delivered", limit: 1000 })).toHaveLength(300);
});

function changed(webhooks: Webhooks, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isSo()) return;
      stop();
      resolve();
    };
    const stop = webhooks.log.watch(check);
    check();
  });
}
