// Deliveries over real HTTP: what goes over the wire, what the dials do to it, and when Shopify gives up.
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPoster, openLife } from "#tests/sandbox/life.ts";
import { AppConfigError, parseAppConfig } from "#sandbox/app-config.ts";
import { createDials, DialError, type DialValues } from "#sandbox/dials.ts";
import * as acts from "#sandbox/store/acts.ts";
import { parseFilter } from "#sandbox/webhooks/filter.ts";
import { RETRY_AFTER_MINUTES, retryDelayMs } from "#sandbox/webhooks/schedule.ts";
import { reach, type Subscription } from "#sandbox/webhooks/subscription.ts";
import { Webhooks } from "#sandbox/webhooks/webhooks.ts";

const SECRET = "hush";
/** Four hours in about 14 ms. */
const FAST = 1_000_000 / 10;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

let received: Received[];
let answerWith: (request: Received) => number;
let appUrl: string;
let closeApp: () => Promise<void>;
let apiSubscriptions: Subscription[];
let isInstalled: boolean;
let opened: Webhooks[];

beforeEach(async () => {
  received = [];
  apiSubscriptions = [];
  opened = [];
  isInstalled = true;
  answerWith = () => 200;
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      const one = { headers: incoming.headers, body, path: incoming.url ?? "" };
      received.push(one);
      response.writeHead(answerWith(one)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closeApp = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
});

afterEach(async () => {
  for (const webhooks of opened) await webhooks.stop();
  await closeApp();
});

const TOML = `
name = "Test"
application_url = "https://app.example.com"
embedded = true
[access_scopes]
scopes = "read_locations, write_products"
[webhooks]
api_version = "2026-10"
[[webhooks.subscriptions]]
topics = ["locations/create", "locations/update", "app/uninstalled", "bulk_operations/finish"]
uri = "/webhooks"
[[webhooks.subscriptions]]
topics = ["products/create"]
uri = "https://app.example.com/hooks/products"
name = "posters"
include_fields = ["id", "variants.price", "updated_at"]
filter = "variants.price:>=40 AND title:Post*"
[[webhooks.subscriptions]]
compliance_topics = ["customers/data_request", "customers/redact", "shop/redact"]
uri = "/webhooks/privacy"
`;

function open(dialValues: Partial<DialValues> = {}) {
  const { store, clock } = openLife();
  const dials = createDials({ timeScale: FAST, ...dialValues });
  const webhooks = new Webhooks({
    ...{ store, dials, secret: SECRET, appUrl },
    app: parseAppConfig(TOML),
    isInstalled: () => isInstalled,
    apiSubscriptions: () => apiSubscriptions,
    removeApiSubscription: (id) => (apiSubscriptions = apiSubscriptions.filter((one) => one.id !== id)),
  });
  opened.push(webhooks);
  return { store, clock, dials, webhooks };
}

function apiSubscription(topic: string, changes: Partial<Subscription> = {}): Subscription {
  return {
    ...{
      id: "api-1",
      origin: "api" as const,
      topic,
      address: `${appUrl}/api-made`,
      filter: null,
      name: null,
    },
    ...{ includeFields: [], metafieldNamespaces: [], metafields: [] },
    ...changes,
  };
}

describe("a delivery", () => {
  test("carries Shopify's headers and a signature over its raw bytes", async () => {
    const { store, webhooks } = open();
    const place = acts.createLocation(store, { name: "Zürich “Süd”" });
    await webhooks.idle();
    const [one] = received;
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
    const { store, webhooks } = open();
    apiSubscriptions = [apiSubscription("locations/create")];
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(received.map(({ path }) => path).toSorted()).toEqual(["/api-made", "/webhooks"]);
    expect(new Set(received.map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(2);
    expect(new Set(received.map(({ headers }) => headers["x-shopify-event-id"])).size).toBe(1);
  });

  test("holds only the chosen fields, under the subscription's name, if the filter lets it pass", async () => {
    const { store, webhooks } = open();
    const place = acts.createLocation(store, { name: "A" });
    const product = createPoster(store, place.id);
    acts.createProduct(store, { title: "Poster, cheap", variants: [{ price: "1.00" }] });
    await webhooks.idle();
    const products = received.filter(({ path }) => path === "/hooks/products");
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
    const { store, webhooks } = open();
    apiSubscriptions = [apiSubscription("products/create", { metafieldNamespaces: ["custom"] })];
    createPoster(store, acts.createLocation(store, { name: "A" }).id);
    await webhooks.idle();
    const one = received.find(({ path }) => path === "/api-made");
    expect(JSON.parse(one?.body ?? "")).toMatchObject({
      metafields: [{ namespace: "custom", key: "artist", value: "Ada" }],
    });
  });

  test("is not sent to a shop without the app, except the good-bye and the privacy topics", async () => {
    const { store, webhooks } = open();
    isInstalled = false;
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
    expect(received.map(({ headers }) => headers["x-shopify-topic"]).toSorted()).toEqual([
      "app/uninstalled",
      "customers/data_request",
      "customers/redact",
      "shop/redact",
    ]);
  });

  test("to a destination that is not HTTP is logged as failed", async () => {
    const { store, webhooks } = open();
    apiSubscriptions = [apiSubscription("locations/create", { address: "pubsub://project:topic" })];
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(webhooks.log.list({ state: "failed" })).toMatchObject([
      { address: "pubsub://project:topic", attempts: [] },
    ]);
  });
});

describe("failure", () => {
  test("is tried again 8 times over 4 hours with the same id and the same bytes", async () => {
    const { store, webhooks } = open();
    answerWith = () => 500;
    const place = acts.createLocation(store, { name: "A" });
    acts.updateLocation(store, place.id, { name: "B" });
    await webhooks.idle();
    const created = received.filter(({ headers }) => headers["x-shopify-topic"] === "locations/create");
    expect(created).toHaveLength(9);
    expect(new Set(created.map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(1);
    expect(new Set(created.map(({ headers }) => headers["x-shopify-triggered-at"])).size).toBe(1);
    expect(new Set(created.map(({ body }) => body)).size).toBe(1);
    expect(RETRY_AFTER_MINUTES.reduce((total, minutes) => total + minutes, 0)).toBe(240);
    expect(retryDelayMs(1, 1)).toBe(60_000);
    expect(retryDelayMs(9, 1)).toBeNull();
  });

  test("removes a subscription made through the API, never one of the TOML", async () => {
    const { store, webhooks } = open();
    answerWith = () => 503;
    apiSubscriptions = [apiSubscription("locations/create")];
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(apiSubscriptions).toEqual([]);
    expect(webhooks.subscriptions().map(({ topic }) => topic)).toContain("locations/create");
  });

  test("does not remove a subscription to which something got through meanwhile", async () => {
    const { store, webhooks } = open();
    apiSubscriptions = [apiSubscription("locations/create")];
    answerWith = ({ body }) => (body.includes("Bad") ? 500 : 200);
    acts.createLocation(store, { name: "Bad" });
    acts.createLocation(store, { name: "Good" });
    await webhooks.idle();
    expect(webhooks.log.list({ state: "failed" })).toHaveLength(2);
    expect(apiSubscriptions).toHaveLength(1);
  });

  test.each([301, 404, 500])("is any answer but 2xx: %i", async (status) => {
    const { store, webhooks } = open();
    let first = true;
    answerWith = () => (first ? ((first = false), status) : 204);
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(webhooks.log.list()).toMatchObject([
      { state: "delivered", attempts: [{ status }, { status: 204 }] },
    ]);
  });

  test("is an app that is not there, with the reason in the log; it gets the news when it is back", async () => {
    const { store, webhooks, dials } = open({ timeScale: 1 });
    const gone = appUrl;
    await closeApp();
    acts.createLocation(store, { name: "A" });
    const [record] = webhooks.log.list();
    await changed(webhooks, () => record?.attempts.length === 1);
    expect(record?.attempts[0]).toMatchObject({
      status: null,
      error: expect.stringContaining("ECONNREFUSED") as string,
    });
    expect(record?.nextAttemptAt).not.toBeNull();
    const back = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => back.listen(Number(new URL(gone).port), "127.0.0.1", resolve));
    closeApp = () => new Promise((resolve) => (back.closeAllConnections(), back.close(() => resolve())));
    webhooks.hurry();
    await webhooks.idle();
    expect(record?.state).toBe("delivered");
    expect(dials.read().timeScale).toBe(1);
  });
});

describe("dials", () => {
  test("drop: nothing is sent, the log says so", async () => {
    const { store, webhooks } = open({ dropPercent: 100 });
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(received).toEqual([]);
    expect(webhooks.log.list()).toMatchObject([{ state: "dropped" }]);
  });

  test("duplicate: the same delivery twice", async () => {
    const { store, webhooks } = open({ duplicatePercent: 100 });
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(received).toHaveLength(2);
    expect(received[0]?.body).toBe(received[1]?.body);
    expect(received[0]?.headers["x-shopify-webhook-id"]).toBe(received[1]?.headers["x-shopify-webhook-id"]);
  });

  test("fail: the app has answered 200 and is asked again", async () => {
    const { store, webhooks, dials } = open({ failPercent: 100 });
    answerWith = () => (received.length === 2 && dials.turn({ failPercent: 0 }), 200);
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(received).toHaveLength(2);
    expect(webhooks.log.list()[0]?.attempts).toMatchObject([{ status: 503 }, { status: 200 }]);
  });

  test("reorder: later news overtakes", async () => {
    const { store, webhooks } = open({ reorderPercent: 100 });
    const place = acts.createLocation(store, { name: "A" });
    for (let i = 0; i < 12; i++) acts.updateLocation(store, place.id, { name: `${i}` });
    await webhooks.idle();
    const order = received.map(({ body }) => (JSON.parse(body) as { name: string }).name);
    expect(order).toHaveLength(13);
    expect(order).not.toEqual(["A", ...Array.from({ length: 12 }, (_, index) => `${index}`)]);
  });

  test("outage: nothing leaves until it is over", async () => {
    const { store, webhooks, dials } = open({ outage: true });
    acts.createLocation(store, { name: "A" });
    expect(webhooks.pendingCount()).toBe(1);
    dials.turn({ outage: false });
    await webhooks.idle();
    expect(received).toHaveLength(1);
  });

  test("the same seed spoils the same deliveries", async () => {
    const states = async (): Promise<string[]> => {
      const { store, webhooks } = open({ dropPercent: 50 });
      for (let i = 0; i < 20; i++) acts.createLocation(store, { name: `${i}` });
      await webhooks.idle();
      return webhooks.log.list().map(({ webhookId, state }) => `${webhookId} ${state}`);
    };
    const first = await states();
    expect(new Set(first.map((line) => line.split(" ")[1]))).toEqual(new Set(["dropped", "delivered"]));
    expect(await states()).toEqual(first);
  });

  test("refuse what they do not know", () => {
    const dials = createDials();
    expect(() => dials.turn({ dropPercent: 101 })).toThrow(DialError);
    expect(() => dials.turn({ plan: "gold" })).toThrow("plan is one of standard");
    expect(() => createDials({ volume: 11 } as never)).toThrow('There is no dial "volume"');
    expect(dials.read().dropPercent).toBe(0);
  });
});

test("a burst goes out whole although few connections are open", async () => {
  const { store, webhooks } = open();
  const place = acts.createLocation(store, { name: "A" });
  for (let i = 1; i < 300; i++) acts.updateLocation(store, place.id, { name: `${i}` });
  await webhooks.idle();
  expect(received).toHaveLength(300);
  expect(webhooks.log.list({ state: "delivered", limit: 1000 })).toHaveLength(300);
});

test("addresses of the app are reached where it listens, others where they are", () => {
  expect(reach("/webhooks", "https://app.example.com", "http://127.0.0.1:3000")).toBe(
    "http://127.0.0.1:3000/webhooks",
  );
  expect(reach("https://app.example.com/a?b=1", "https://app.example.com", "http://127.0.0.1:3000")).toBe(
    "http://127.0.0.1:3000/a?b=1",
  );
  expect(reach("https://else.example.com/a", "https://app.example.com", "http://127.0.0.1:3000")).toBe(
    "https://else.example.com/a",
  );
});

describe("filters", () => {
  const body = {
    id: 5,
    title: "Blue shirt",
    status: "active",
    tags: "a, b",
    variants: [{ price: "9.50" }, { price: "20.00" }],
    vendor: null,
  };
  test.each([
    ["variants.price:>=20", true],
    ["variants.price:>20.00", false],
    ["status:active AND variants.price:<10", true],
    ["status:draft OR title:'Blue shirt'", true],
    ["status:active -title:Blue*", false],
    ["NOT status:draft", true],
    ["(status:draft OR status:active) AND id:5", true],
    ["vendor:*", false],
    ["missing:1", false],
  ])("%s", (text, passes) => {
    expect(parseFilter(text)(body)).toBe(passes);
  });
  test.each(["", "status", "(status:active", "status:active OR", "status:active )"])(
    "%j is refused",
    (text) => {
      expect(() => parseFilter(text)).toThrow("");
    },
  );
});

describe("an app's TOML", () => {
  test("gives topics, addresses and scopes", () => {
    const config = parseAppConfig(TOML);
    expect(config.scopes).toEqual(["read_locations", "write_products"]);
    expect(config.handle).toBe("test");
    expect(config.subscriptions.map(({ topic }) => topic)).toContain("shop/redact");
  });
  test.each([
    ["name = 1", /name/],
    [`${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"`, /needs topics or compliance_topics/],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/webhooks"\ntopics = ["locations/create"]`,
      /subscribed to twice/,
    ],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"\ncompliance_topics = ["shop/redact"]`,
      /subscribed to twice/,
    ],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"\ntopics = ["fulfillments/create"]`,
      /Missing scope for webhook topic: fulfillments\/create \(read_fulfillments or read_marketplace_orders\)/,
    ],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"\ntopics = ["variants/create"]`,
      /there is no webhook topic variants\/create/,
    ],
    ["not toml", /shopify.app.toml/],
  ])("is refused where Shopify's deploy would refuse it", (text, message) => {
    expect(() => parseAppConfig(text)).toThrow(AppConfigError);
    expect(() => parseAppConfig(text)).toThrow(message);
  });
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
