// What queries cost, and the bucket they are paid from.
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { Bucket } from "#sandbox/admin-api/bucket.ts";
import { chargeCost } from "#sandbox/admin-api/charge.ts";
import { estimateCost, pageFactor } from "#sandbox/admin-api/cost.ts";
import { loadSchema } from "#sandbox/admin-api/schema.ts";
import { askedIn } from "#sandbox/admin-api/selection.ts";
import { ManualClock } from "#sandbox/store/clock.ts";

const asked = (query: string, variables: Record<string, unknown> = {}) =>
  askedIn(loadSchema(), parse(query), variables);
const cost = (query: string, variables: Record<string, unknown> = {}) =>
  estimateCost(asked(query, variables));

describe("requested cost", () => {
  it.each([
    ["{ shop { id } }", 1],
    ["{ products(first: 250) { nodes { id } } }", 13],
    ["{ products(first: 10) { edges { node { id } } pageInfo { hasNextPage } } }", 6],
    ["{ orders(first: 50) { nodes { id totalPriceSet { shopMoney { amount } } customer { id } } } }", 16],
    ["{ ordersCount { count } }", 10],
    ['{ product(id: "gid://shopify/Product/1") { variantsCount { count } } }', 2],
    [
      'mutation { productDelete(input: { id: "gid://shopify/Product/1" }) { deletedProductId userErrors { message } } }',
      10,
    ],
    ["{ a: shop { id } b: shop { id } }", 2],
    ["{ __typename }", 1],
  ])("%s → %i", (query, points) => {
    expect(cost(query)).toBe(points);
  });

  it("reads page sizes from variables and their defaults", () => {
    expect(cost("query Q($first: Int!) { products(first: $first) { nodes { id } } }", { first: 250 })).toBe(
      13,
    );
    expect(cost("query Q($first: Int = 1) { products(first: $first) { nodes { id } } }")).toBe(3);
  });

  it("counts a field once when fragments repeat it, and the dearest of several types", () => {
    expect(cost("{ shop { id } ...F } fragment F on QueryRoot { shop { id name } }")).toBe(1);
    const node =
      '{ node(id: "gid://shopify/Product/1") { ... on Product { id variants(first: 1) { nodes { id } } } ... on Order { id } } }';
    expect(cost(node)).toBe(4);
  });

  it("skips what directives skip", () => {
    expect(
      cost("query Q($with: Boolean!) { shop { id } b: shop @include(if: $with) { id } }", { with: false }),
    ).toBe(1);
  });

  it("multiplies pages by the logarithm of their size", () => {
    expect([0, 1, 2, 10, 50, 250].map(pageFactor)).toEqual([0, 1, 1, 4, 7, 11]);
  });
});

describe("actual cost", () => {
  const query = "{ products(first: 10) { nodes { id } } }";
  const charge = (count: number) =>
    chargeCost(asked(query), { products: { nodes: Array.from({ length: count }, () => ({ id: "1" })) } });

  it("charges a page by how full it is, and an empty one as full", () => {
    expect([1, 3, 6, 10].map(charge)).toEqual([3, 4, 5, 6]);
    expect(charge(0)).toBe(6);
  });

  it("charges each request of a document by its own page sizes", () => {
    const document = parse(
      'query Q($first: Int!) { product(id: "gid://shopify/Product/1") { variants(first: $first) { nodes { id } } } }',
    );
    const chargeFor = (first: number) =>
      chargeCost(askedIn(loadSchema(), document, { first }), { product: { variants: { nodes: [] } } });
    expect([250, 1, 250].map(chargeFor)).toEqual([14, 4, 14]);
  });

  it("charges no children of what is not there", () => {
    const missing = '{ order(id: "gid://shopify/Order/1") { id customer { id } } }';
    expect(chargeCost(asked(missing), { order: null })).toBe(1);
  });
});

describe("bucket", () => {
  it("refuses what is not there, and fills again with time", () => {
    const clock = new ManualClock("2026-11-20T10:00:00Z");
    const bucket = new Bucket(clock, () => "standard");
    expect(bucket.take(1_950)).toBe(true);
    expect(bucket.take(51)).toBe(false);
    expect(bucket.status()).toEqual({ maximumAvailable: 2_000, currentlyAvailable: 50, restoreRate: 100 });
    clock.advance(10);
    expect(bucket.take(51)).toBe(true);
    clock.advance(3_600_000);
    expect(bucket.status().currentlyAvailable).toBe(2_000);
  });

  it("has the plan's size, also when the plan changes", () => {
    let plan: "standard" | "plus" = "standard";
    const clock = new ManualClock("2026-11-20T10:00:00Z");
    const bucket = new Bucket(clock, () => plan);
    plan = "plus";
    clock.advance(1_000);
    expect(bucket.status()).toEqual({
      maximumAvailable: 20_000,
      currentlyAvailable: 3_000,
      restoreRate: 1_000,
    });
  });
});
