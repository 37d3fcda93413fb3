// What is derived from the descriptors.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Resource } from "#app/resources/define.ts";
import {
  backfillOrder,
  resourceForTopic,
  resourceOf,
  resources,
  scopes,
  topicReaders,
  topics,
} from "#app/resources/index.ts";
import { scopesOfTopic } from "#sandbox/webhooks/topics.ts";

it("backfills every resource once, after what it names", () => {
  const order = backfillOrder();
  expect(order.toSorted()).toEqual(resources.map(({ name }) => name).toSorted());
  for (const { name, after } of resources) {
    for (const earlier of after) expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(name));
  }
});

it("refuses a cycle and names it", () => {
  const [first, second] = [resources[0]!, resources[1]!];
  const cycle: Resource[] = [
    { ...first, after: [second.name] },
    { ...second, after: [first.name] },
  ];
  expect(() => backfillOrder(cycle)).toThrow(`${first.name} → ${second.name} → ${first.name}`);
});

it("knows who reads a topic", () => {
  expect(resourceForTopic("refunds/create")?.name).toBe("orders");
  expect(topicReaders("app/uninstalled")).toEqual([]);
  expect(resourceForTopic("nobody/knows")).toBeNull();
  expect(() => resourceOf("nobody")).toThrow(RangeError);
});

it("asks for every topic and scope once", () => {
  expect(new Set(topics()).size).toBe(topics().length);
  expect(topics()).toEqual(
    expect.arrayContaining(["orders/create", "app/uninstalled", "shop/redact", "bulk_operations/finish"]),
  );
  expect(scopes()).toEqual([
    "read_customer_merge",
    "read_customers",
    "read_fulfillments",
    "read_inventory",
    "read_locations",
    "read_merchant_managed_fulfillment_orders",
    "read_orders",
    "read_payment_terms",
    "read_products",
    "read_publications",
    "read_returns",
    "read_third_party_fulfillment_orders",
  ]);
});

it("asks for a scope of those that Shopify wants for the news of each topic", () => {
  const held = scopes();
  const unheard = topics().filter((topic) => {
    const needed = scopesOfTopic(topic) ?? [];
    return needed.length > 0 && !needed.some((scope) => held.includes(scope));
  });
  expect(unheard).toEqual([]);
  expect(scopesOfTopic("fulfillments/create")).toEqual(["read_fulfillments", "read_marketplace_orders"]);
});

it("searches lists and counts by fields that Shopify's own schema names for them", () => {
  const official = JSON.parse(
    readFileSync(new URL("../../sandbox/schema/admin-2026-10.searches.json", import.meta.url), "utf8"),
  ) as Record<string, string>;
  const knows = (root: string) => (official[root] ?? "").split(" ");
  for (const { name, list, count, cursor, created } of resources) {
    const inList = ["id", cursor?.filter ?? [], created?.list ?? []].flat();
    const inCount = count === null ? [] : [cursor?.filter ?? [], created?.count ?? []].flat();
    expect(knows(list.root), name).toEqual(expect.arrayContaining(inList));
    if (count !== null) expect(knows(count), name).toEqual(expect.arrayContaining(inCount));
  }
  // What this is about: one and the same field has two names.
  expect(knows("customers")).not.toContain("created_at");
  expect(knows("customersCount")).not.toContain("customer_date");
});
