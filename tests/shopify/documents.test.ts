import { parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { resources } from "#app/resources/index.ts";
import {
  bulkDocument,
  childPageDocument,
  countsDocument,
  nodesDocument,
  pageDocument,
  parentsDocument,
  withinPageDocument,
} from "#app/shopify/documents.ts";
import { QUERY_COST_MAX, estimateCost } from "#app/shopify/cost.ts";
import { adminSchema } from "#tests/shopify/small-store.ts";
import type { Listing } from "#app/shopify/documents.ts";

const problemsOf = (document: string) =>
  validate(adminSchema(), parse(document)).map(({ message }) => message);

describe.each(resources.map((resource) => [resource.name, resource] as const))(
  "documents of %s",
  (_name, resource) => {
    it("are valid against the official schema", () => {
      for (const isSearch of [true, false]) {
        for (const isById of [true, false]) {
          expect(problemsOf(pageDocument(resource, { isSearch, isById }))).toEqual([]);
        }
      }
      expect(problemsOf(nodesDocument(resource))).toEqual([]);
      for (const connection of resource.connections) {
        expect(problemsOf(childPageDocument(resource, connection))).toEqual([]);
      }
      if (resource.list.within) {
        expect(problemsOf(parentsDocument(resource))).toEqual([]);
        expect(problemsOf(withinPageDocument(resource))).toEqual([]);
      }
    });

    it("include a bulk query within Shopify's limits, valid and without fragments", () => {
      const search = `updated_at:>='2026-11-01T10:00:00Z'`;
      for (const document of [
        bulkDocument(resource),
        bulkDocument(resource, { search, tag: "counterfoil run 1.0" }),
      ]) {
        expect(problemsOf(document)).toEqual([]);
        expect(document).not.toMatch(/\.\.\.(?! on )|fragment|nodes/);
      }
      expect(bulkDocument(resource, { tag: "counterfoil run 1.0" }).split("\n")[0]).toBe(
        "# counterfoil run 1.0",
      );
    });

    it("can be asked for at least one record within the ceiling of a query", () => {
      expect(estimateCost(pageDocument(resource), { first: 1 })).toBeLessThanOrEqual(QUERY_COST_MAX);
      expect(estimateCost(nodesDocument(resource), { ids: ["x"] })).toBeLessThanOrEqual(QUERY_COST_MAX);
    });
  },
);

describe("countsDocument", () => {
  it("asks for exact counts, many at once", () => {
    const counted = resources.filter(({ count }) => count !== null);
    expect(counted.length).toBeGreaterThan(0);
    const document = countsDocument([
      ...counted.map((resource) => ({ alias: resource.name, resource })),
      { alias: "slice", resource: counted[0]!, search: `name:'a "quoted" name'` },
    ]);
    expect(problemsOf(document)).toEqual([]);
    expect(document.match(/limit: null/g)).toHaveLength(counted.length + 1);
    expect(estimateCost(document)).toBe(10 * (counted.length + 1));
  });
});

describe("a descriptor that breaks a rule of bulk queries", () => {
  const listing: Listing = {
    type: "Product",
    fragment: "fragment P on Product { id }",
    connections: [],
    list: { root: "products" },
    count: null,
    cursor: null,
  };
  const connection = (field: string, fragment: string) => ({ field, type: "X", fragment, pageSize: 1 });

  it.each([
    ["nodes", { ...listing, fragment: "fragment P on Product { id media(first: 1) { nodes { id } } }" }],
    [
      "nested",
      {
        ...listing,
        connections: [
          connection(
            "variants",
            "fragment V on ProductVariant { id media { edges { node { id events { edges { node { id } } } } } } }",
          ),
        ],
      },
    ],
    [
      "at most 5",
      {
        ...listing,
        connections: ["a", "b", "c", "d", "e"].map((field) =>
          connection(field, `fragment F${field} on X { id }`),
        ),
      },
    ],
  ])("is refused, naming the rule: %s", (rule, broken) => {
    expect(() => bulkDocument(broken)).toThrow(rule);
  });
});
