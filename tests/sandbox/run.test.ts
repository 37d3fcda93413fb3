// Queries are run by a plan of their own. graphql-js is the reference: whatever is asked, both say the same, errors included.
import { execute, parse, type DocumentNode, type ExecutionResult } from "graphql";
import { afterAll, describe, expect, it } from "vitest";
import { resources } from "#app/resources/index.ts";
import { countsDocument, nodesDocument, pageDocument } from "#app/shopify/documents.ts";
import { PROTECTED_SUBJECTS } from "#sandbox/admin-api/access.ts";
import { resolveField } from "#sandbox/admin-api/execute.ts";
import { run } from "#sandbox/admin-api/run.ts";
import { loadSchema } from "#sandbox/admin-api/schema.ts";
import { createDials } from "#sandbox/dials.ts";
import * as acts from "#sandbox/store/acts.ts";
import { gid } from "#sandbox/store/truth.ts";
import { SCOPES, openShop } from "#tests/sandbox/api-shop.ts";
import type { ApiContext } from "#sandbox/admin-api/context.ts";

const ALL_SCOPES = [
  ...SCOPES,
  "read_publications",
  "read_returns",
  "read_assigned_fulfillment_orders",
  "read_merchant_managed_fulfillment_orders",
];
const shop = openShop({ sizes: { orders: 60, products: 12 } });
afterAll(() => shop.api.close());

function contextOf(more: Partial<ApiContext> = {}): ApiContext {
  const { store, api, installs } = shop;
  return {
    ...{ store, now: shop.clock.now(), dials: createDials().read() },
    ...{ install: installs.current()!, subscriptions: api.subscriptions, bulk: api.bulk },
    ...{ scopes: new Set(ALL_SCOPES), approved: new Set(PROTECTED_SUBJECTS) },
    ...{ verdicts: new Map(), searches: [], uninstall: () => {} },
    ...more,
  };
}

/** As it goes out. */
function shown({ data, errors = [] }: ExecutionResult, { searches }: ApiContext) {
  const told = errors.map(({ message, path, locations, extensions }) => ({
    ...{ message, path, locations, extensions },
  }));
  return JSON.stringify({ data, errors: told, searches });
}

function both(
  document: DocumentNode,
  variables: Record<string, unknown> = {},
  more: Partial<ApiContext> = {},
) {
  const ours = contextOf(more);
  const theirs = contextOf(more);
  const planned = run(document, null, variables, ours);
  const reference = execute({
    ...{ schema: loadSchema(), document, contextValue: theirs, variableValues: variables },
    fieldResolver: resolveField,
  }) as ExecutionResult;
  expect(shown(planned, ours)).toBe(shown(reference, theirs));
  return planned;
}

const idsIn = (type: string) => {
  const { store } = shop;
  const orders = store.list("orders");
  const ids: Record<string, string[]> = {
    Order: orders.map(({ id }) => id),
    Product: store.list("products").map(({ id }) => id),
    Customer: store.list("customers").map(({ id }) => id),
    FulfillmentOrder: orders.flatMap(({ fulfillmentOrders }) => fulfillmentOrders.map(({ id }) => id)),
  };
  return (ids[type] ?? []).slice(0, 20).map((id) => gid(type, id));
};

describe("a planned query", () => {
  it.each(resources.map((resource) => [resource.name, resource] as const))(
    "answers pages and nodes of %s as graphql-js does",
    (_name, resource) => {
      const page = both(parse(pageDocument(resource)), { first: 25, after: null });
      expect(page.data).toBeTruthy();
      both(parse(nodesDocument(resource)), { ids: [...idsIn(resource.type), gid(resource.type, "1")] });
      if (resource.count === null) return;
      both(parse(countsDocument([{ alias: "all", resource, search: "bananas:1" }])));
    },
  );

  it("is made once, and answers each request by its own variables, scopes and store", () => {
    const orders = resources.find(({ name }) => name === "orders")!;
    const document = parse(pageDocument(orders, { isSearch: true }));
    const few = both(document, { first: 3, after: null, query: "" });
    const [{ id }] = (few.data!.orders as { nodes: { id: string }[] }).nodes as [{ id: string }];
    expect(
      (both(document, { first: 5, after: null, query: "" }).data!.orders as { nodes: [] }).nodes,
    ).toHaveLength(5);
    acts.updateOrder(shop.store, id.split("/").at(-1)!, { note: "planned" });
    expect(JSON.stringify(both(document, { first: 50, after: null, query: "" }))).toContain('"planned"');
    const denied = both(document, { first: 3, after: null, query: "" }, { scopes: new Set() });
    expect(denied.errors).not.toEqual([]);
  });

  it.each([
    ["a type that is not approved", "{ orders(first: 1) { nodes { id } } }", { approved: new Set<never>() }],
    [
      "a protected field",
      "{ orders(first: 2) { nodes { id email } } }",
      { approved: new Set(["customer_data"] as const) },
    ],
  ] satisfies [string, string, Partial<ApiContext>][])("refuses %s alike", (_what, query, more) => {
    expect(both(parse(query), {}, more).errors?.length).toBeGreaterThan(0);
  });

  it.each([
    [
      "what is not modelled, in a place that may be null",
      "{ orders(first: 2) { nodes { id staffMember { id } } } }",
    ],
    [
      "what is not modelled, where there must be a value",
      "{ orders(first: 2) { nodes { id fulfillable canNotifyCustomer } } }",
    ],
    ["a cursor that is none", '{ orders(first: 1, after: "x") { nodes { id } } shop { name } }'],
    ["an id of another type", '{ order(id: "gid://shopify/Product/1") { id } shop { name } }'],
    [
      "an argument that is not modelled",
      '{ orders(first: 1, savedSearchId: "gid://shopify/SavedSearch/1") { nodes { id } } }',
    ],
    [
      "two errors in one list",
      "{ a: orders(first: 2) { nodes { merchantEditableErrors capturable } } shop { id } }",
    ],
  ])("fails alike at %s", (_what, query) => {
    expect(both(parse(query)).errors?.length).toBeGreaterThan(0);
  });

  it("merges, names and skips fields alike", () => {
    const document = parse(`query Q($with: Boolean!, $first: Int = 2) {
      __typename
      orders(first: $first) { nodes { id total: totalPriceSet { shopMoney { amount } } ...Money ...Money } }
      again: orders(first: 1) { edges { cursor node { name @include(if: $with) note @skip(if: $with) } } pageInfo { hasNextPage endCursor } }
      orders(first: $first) { nodes { name ... on LegacyInteroperability { legacyResourceId } ... @include(if: $with) { tags } } }
    } fragment Money on Order { total: totalPriceSet { presentmentMoney { currencyCode } __typename } }`);
    const full = both(document, { with: true });
    const bare = both(document, { with: false, first: 1 });
    expect(JSON.stringify(full)).toContain('"tags"');
    expect(JSON.stringify(bare)).not.toContain('"tags"');
  });

  it("refuses variables, and answers questions about the schema, alike", () => {
    const asked = parse("query Q($first: Int!) { orders(first: $first) { nodes { id } } }");
    expect(both(asked, { first: "many" }).errors).toHaveLength(1);
    expect(both(asked).errors).toHaveLength(1);
    both(parse('{ __type(name: "Order") { name kind } orders(first: 1) { nodes { __typename } } }'));
  });
});
