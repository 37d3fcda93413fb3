// Subscriptions of one shop alone ask for the fields that its rules leave: what is left out is never even delivered, and
// what is delivered reads as the whole body would. Against a store that makes the bodies, and lists the subscriptions.
import { beforeAll, describe, expect, it } from "vitest";
import { BODY_FIELDS } from "#app/resources/body-fields.ts";
import { resourceOf, topics } from "#app/resources/index.ts";
import { fit } from "#sandbox/webhooks/subscription.ts";
import { bodyOf } from "#sandbox/webhooks/bodies/body.ts";
import { print } from "#sandbox/webhooks/bodies/json.ts";
import { useDatabase } from "#tests/database.ts";
import type { DomainEvent } from "#sandbox/store/events.ts";
import type { Notice, ResourceName } from "#app/resources/define.ts";
import type { Wanted } from "#tests/sync/ruled-shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { parseLossless } = await import("#app/shopify/json.ts");
const { rulesFrom, resourceUnder } = await import("#app/sync/rules.ts");
const { fieldsUnder } = await import("#app/sync/rules-subscriptions.ts");
const { watchSubscriptions } = await import("#app/sync/watch-subscriptions.ts");
const { openRuledShop } = await import("#tests/sync/ruled-shop.ts");
const { fixtureOf } = await import("#tests/sync/mirror.ts");

const NOW = new Date("2026-11-22T12:00:00Z");
const HERE = "https://counterfoil.test/webhooks";
const OWN: readonly [string, ResourceName][] = [
  ["orders/updated", "orders"],
  ["customers/update", "customers"],
  ["products/update", "products"],
];

type Body = Readonly<Record<string, unknown>>;
let bodies: { readonly topic: string; readonly name: ResourceName; readonly body: Body }[];

/** Of a store that has sold, shipped and refunded; and the fixtures, in which every field is filled. */
beforeAll(async () => {
  const shop = await openRuledShop({ orders: 30, products: 12 });
  const { store } = shop;
  const subjects = { orders: "order", customers: "customer", products: "product" } as const;
  bodies = OWN.flatMap(([topic, name]) => {
    const records = [...store.list(name as "orders" | "customers" | "products")].slice(0, 25);
    const type = subjects[name as keyof typeof subjects];
    const made = records.map((record) => {
      const event = { topic, subject: { type, record } } as unknown as DomainEvent;
      return parseLossless(print(bodyOf(store, event))) as Body;
    });
    return [...made, fixtureOf(name).body as Body].map((body) => ({ topic, name, body }));
  });
});

const rules = ({ resources, ...rest }: Wanted = {}) => rulesFrom({ ...rest, resources });
const without = (name: ResourceName, ...groups: string[]) =>
  rules({ resources: { [name]: { without: groups } } });
const subscription = (topic: string, includeFields: readonly string[]) =>
  ({ topic, filter: null, includeFields }) as unknown as Parameters<typeof fit>[0];
const cut = (topic: string, body: Body, fields: readonly string[]) =>
  fit(subscription(topic, fields), body as Parameters<typeof fit>[1]) as unknown as Body;

function readingOf(notice: Notice) {
  if (notice.says !== "changed") throw new Error(`the body says "${notice.says}"`);
  return notice.reading;
}

describe("the fields that are read", () => {
  it.each(OWN)("%s: reads from all of them what it reads from the whole body", (topic, name) => {
    const { always, unless } = BODY_FIELDS[name]!;
    const resource = resourceOf(name);
    const ofName = bodies.filter((each) => each.name === name);
    expect(ofName.length).toBeGreaterThan(5);
    for (const { body } of ofName) {
      const part = cut(topic, body, [...always, ...Object.keys(unless)]);
      expect(resource.fromWebhook(part, topic)).toEqual(resource.fromWebhook(body, topic));
    }
  });

  it("name columns and models that there are", () => {
    for (const [name, fields] of Object.entries(BODY_FIELDS)) {
      for (const place of Object.values(fields.unless).flat()) {
        const [model = "", field] = place.split(".");
        const columns = resourceOf(name).columns[model];
        expect(columns, place).toBeDefined();
        const { connections, personal, groups = [] } = resourceOf(name);
        const known = [
          ...Object.keys(columns!),
          ...connections.flatMap(({ fills = [] }) => fills),
          ...(personal[model] ?? []),
          ...groups.flatMap(({ columns: grouped = {} }) => grouped[model] ?? []),
        ];
        if (field !== undefined) expect(known, place).toContain(field);
      }
    }
  });
});

describe("what a shop leaves out", () => {
  it("nothing: bodies come whole, as the TOML's do", () => {
    for (const topic of topics()) expect(fieldsUnder(topic, rules(), NOW), topic).toBeNull();
  });

  const CASES: readonly [string, string, ResourceName, Wanted][] = [
    ["personal data", "orders/updated", "orders", { isPersonalOut: true }],
    ["personal data", "customers/update", "customers", { isPersonalOut: true }],
    ...["addresses", "notes", "payments", "discounts", "taxes", "shipping", "fulfillments", "terms"].map(
      (group) =>
        [group, "orders/updated", "orders", { resources: { orders: { without: [group] } } }] as [
          string,
          string,
          ResourceName,
          Wanted,
        ],
    ),
    [
      "descriptions",
      "products/update",
      "products",
      { resources: { products: { without: ["descriptions"] } } },
    ],
    ["media", "products/update", "products", { resources: { products: { without: ["media"] } } }],
    ["category", "products/update", "products", { resources: { products: { without: ["category"] } } }],
    ["notes", "customers/update", "customers", { resources: { customers: { without: ["customer_notes"] } } }],
  ];
  it.each(CASES)("%s (%s): the rest reads as it would from the whole body", (_, topic, name, wanted) => {
    const chosen = rules(wanted);
    const fields = fieldsUnder(topic, chosen, NOW)!;
    expect(fields).not.toBeNull();
    expect(fields).toEqual(expect.arrayContaining(["id", "updated_at"]));
    const resource = resourceUnder(chosen, name, NOW);
    for (const { body } of bodies.filter((each) => each.name === name)) {
      const whole = readingOf(resource.fromWebhook(body, topic));
      const part = readingOf(resource.fromWebhook(cut(topic, body, fields), topic));
      // A column, or a list, that the part does not state is left to the read that follows; what it states is the same.
      expect(whole).toMatchObject(part);
      expect(part.key).toBe(whole.key);
      expect(part.updatedAt).toBe(whole.updatedAt);
    }
  });

  it("personal data: not a name, address, number or note of a person is delivered", () => {
    const chosen = rules({ isPersonalOut: true });
    const told = (value: unknown): string[] => {
      if (typeof value === "string") return [value];
      return typeof value === "object" && value !== null ? Object.values(value).flatMap(told) : [];
    };
    for (const { topic, body } of bodies.filter(({ name }) => name !== "products")) {
      const person = topic.startsWith("customers") ? body : (body.customer as Body | null);
      const secrets = [body.email, body.phone, body.note, body.browser_ip, person?.email, person?.first_name]
        .concat(person?.last_name, told(body.shipping_address), told(body.billing_address))
        .filter((each): each is string => typeof each === "string" && each.length > 3)
        // A country and a province are names of places that a currency or a tax names, too.
        .filter((each) => each.includes("@") || /\d{4}/.test(each) || each === person?.last_name);
      const delivered = JSON.stringify(cut(topic, body, fieldsUnder(topic, chosen, NOW)!));
      for (const secret of secrets) expect(delivered).not.toContain(JSON.stringify(secret));
    }
  });

  it("records by a filter: only whose news it is, for that is all that is read of it", () => {
    const filtered = rules({
      resources: { orders: { filter: "tag:wholesale" }, order_metafields: { isOn: false } },
    });
    expect(fieldsUnder("orders/paid", filtered, NOW)).toEqual(["admin_graphql_api_id", "id", "updated_at"]);
    const resource = resourceUnder(filtered, "orders", NOW);
    for (const { topic, body } of bodies.filter(({ name }) => name === "orders")) {
      const part = cut(topic, body, fieldsUnder(topic, filtered, NOW)!);
      expect(resource.fromWebhook(part, topic)).toEqual(resource.fromWebhook(body, topic));
    }
  });

  it("a description: what another resource reads of the same topic is asked for all the same", () => {
    const fields = fieldsUnder("products/update", without("products", "descriptions"), NOW)!;
    expect(fields).toContain("variants");
    expect(fields).not.toContain("body_html");
    const body = bodies.find(({ name }) => name === "products")!.body;
    for (const name of ["product_metafields", "variant_metafields"] as const) {
      const resource = resourceOf(name);
      const part = cut("products/update", body, fields);
      expect(resource.fromWebhook(part, "products/update")).toEqual(
        resource.fromWebhook(body, "products/update"),
      );
    }
  });

  it("is not left out of bodies that only name a record: those come whole", () => {
    expect(fieldsUnder("refunds/create", rules({ isPersonalOut: true }), NOW)).toBeNull();
    expect(fieldsUnder("orders/delete", rules({ isPersonalOut: true }), NOW)).toBeNull();
  });
});

describe("the watch", () => {
  it("makes a subscription with the fields of the rules, renews it when they change, and then lets it be", async () => {
    const shop = await openRuledShop({ orders: 3, products: 3 });
    const declared = new Set(topics().filter((topic) => topic !== "customers/update"));
    const look = () =>
      watchSubscriptions(shop.id, { client: shop.client, declared, address: HERE, now: shop.now() });
    const list = () =>
      shop.sandbox.api.subscriptions.list().map(({ topic, includeFields }) => ({ topic, includeFields }));
    const acts = async () =>
      (
        await pool.query(
          "SELECT act, detail->>'fault' AS fault FROM sync_acts WHERE shop_id = $1 AND actor = 'watch' ORDER BY id",
          [shop.id],
        )
      ).rows;
    await look();
    expect(list()).toEqual([{ topic: "customers/update", includeFields: [] }]);
    await shop.save({ isPersonalOut: true });
    await look();
    const fields = list()[0]!.includeFields;
    expect(fields).toEqual(expect.arrayContaining(["id", "updated_at", "state"]));
    for (const personal of ["email", "phone", "first_name", "last_name", "note", "tags"])
      expect(fields).not.toContain(personal);
    await look();
    expect(await acts()).toEqual([
      { act: "subscription_created", fault: "missing" },
      { act: "subscription_updated", fault: "other_fields" },
    ]);
    await shop.save({ isPersonalOut: false });
    await look();
    expect(list()).toEqual([{ topic: "customers/update", includeFields: [] }]);
    expect(await look()).toEqual([]);
  });

  it("whose subscription is yet as it was: a field that does not come changes nothing until the record is read", async () => {
    const shop = await openRuledShop({ orders: 3, products: 3 });
    const customer = [...shop.store.list("customers")][0]!;
    const resource = resourceOf("customers");
    const event = { topic: "customers/update", subject: { type: "customer", record: customer } };
    const body = parseLossless(print(bodyOf(shop.store, event as unknown as DomainEvent))) as Body;
    const narrowed = cut(
      "customers/update",
      body,
      fieldsUnder("customers/update", rules({ isPersonalOut: true }), NOW)!,
    );
    const { row } = readingOf(resource.fromWebhook(narrowed, "customers/update"));
    expect(row).not.toHaveProperty("email");
    expect(row).not.toHaveProperty("firstName");
    expect(row).toHaveProperty("state");
  });
});
