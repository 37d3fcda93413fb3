// Every document that the app writes, run in a shop with history: nothing it asks for is refused or unknown here, with
// the scopes that it asks for.
import { parse, print } from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { resources, scopes } from "#app/resources/index.ts";
import {
  bulkDocument,
  childPageDocument,
  countsDocument,
  nodesDocument,
  pageDocument,
  parentsDocument,
  withinPageDocument,
} from "#app/shopify/documents.ts";
import { INSTALLATION } from "#app/shopify/installation.ts";
import { checkBulkQuery } from "#sandbox/bulk/validate.ts";
import { openShop, type Json, type Shop } from "#tests/sandbox/api-shop.ts";

let shop: Shop;
beforeAll(() => {
  shop = openShop({ sizes: { orders: 60, products: 12 }, scopes: scopes() });
});
afterAll(async () => {
  await shop.api.close();
  expect(shop.bugs).toEqual([]);
});
afterEach(() => {
  shop.clock.advance(60_000);
});

const nodesOf = (connection: Json | undefined): Json[] => connection?.nodes as unknown as Json[];

async function ask(query: string, variables: Record<string, unknown> = {}): Promise<Json> {
  const answer = await shop.ask(query, variables);
  expect(answer.errors).toEqual([]);
  expect(answer.extensions.search).toBeUndefined();
  shop.clock.advance(20_000);
  return answer.data as unknown as Json;
}

it("the installation is read", async () => {
  await ask(INSTALLATION);
});

describe.each(resources.map((resource) => [resource.name, resource] as const))("%s", (_name, resource) => {
  const firstIds = async (): Promise<string[]> => {
    const page = await ask(pageDocument(resource), { first: 5, after: null });
    return nodesOf(page[resource.list.root]).map((node) => String(node.id));
  };

  it("comes in pages, also searched and sorted", async () => {
    expect((await firstIds()).length).toBeGreaterThan(0);
    const query = "updated_at:>='2020-01-01T00:00:00Z' AND updated_at:<'2030-01-01T00:00:00Z'";
    if (resource.cursor) {
      const page = await ask(pageDocument(resource, { isSearch: true, isById: true }), {
        first: 5,
        after: null,
        query,
      });
      expect(nodesOf(page[resource.list.root]).length).toBeGreaterThan(0);
    }
  });

  it("comes by id, with its children", async () => {
    const ids = await firstIds();
    if (resource.list.within) {
      const parents = await ask(parentsDocument(resource), { ids });
      expect(parents.nodes).toHaveLength(ids.length);
      await ask(withinPageDocument(resource), { id: ids[0], first: 10, after: null });
      return;
    }
    const answer = await ask(nodesDocument(resource), { ids });
    expect((answer.nodes as unknown as Json[]).map((node) => String(node.id))).toEqual(ids);
    for (const connection of resource.connections) {
      await ask(childPageDocument(resource, connection), { id: ids[0], first: 10, after: null });
    }
  });

  it("comes in bulk, as many as there are", async () => {
    const query = bulkDocument(resource, { tag: "a-tag" });
    const checked = checkBulkQuery(query);
    // By their text: each token of a parsed document leads to the next, and to compare them all takes longer than all else.
    expect("document" in checked ? print(checked.document) : checked).toBe(print(parse(query)));
    const run =
      "mutation R($query: String!) { bulkOperationRunQuery(query: $query) { bulkOperation { id } userErrors { message } } }";
    const started = await ask(run, { query });
    expect(started.bulkOperationRunQuery?.userErrors).toEqual([]);
    await shop.api.bulk.idle();
    const operation = shop.api.bulk.list().at(-1);
    expect(operation).toMatchObject({ status: "COMPLETED", errorCode: null });
    expect(operation?.rootObjectCount).toBeGreaterThan(0);
    expect(operation?.query).toBe(query);
  });

  it("is counted where Shopify counts it", async () => {
    if (resource.count === null) {
      expect(() => countsDocument([{ alias: "all", resource }])).toThrow(RangeError);
      return;
    }
    const answer = await ask(countsDocument([{ alias: "all", resource }]));
    expect(answer.all).toMatchObject({ precision: "EXACT" });
  });
});
