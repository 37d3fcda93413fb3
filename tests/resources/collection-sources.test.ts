// By what a collection gathers its products: each kind of condition in its own words, and one that nobody knows yet.
import { buildSchema, isInterfaceType, isObjectType } from "graphql";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { COLLECTION_SOURCES, sources } from "#app/resources/collection-sources.ts";

const schemaFile = path.join(import.meta.dirname, "../../sandbox/schema/admin-2026-10.graphql");
const schema = buildSchema(readFileSync(schemaFile, "utf8"), { assumeValidSDL: true });

function sourceWith(condition: object, side: "inclusion" | "exclusion" = "inclusion") {
  const conditions = { matchType: "ALL", conditions: [condition] };
  const told = { __typename: "CollectionConditionsSource", id: "gid://shopify/CollectionConditionsSource/1" };
  const [read] = sources(
    [
      {
        ...told,
        title: "Prints",
        targetType: "PRODUCTS",
        inclusion: null,
        exclusion: null,
        [side]: conditions,
      },
    ],
    "sources",
  ) as unknown as Record<string, { match: string; conditions: unknown[] }>[];
  return read![side]!.conditions[0];
}

describe("the conditions of a collection", () => {
  it("are asked for in all the kinds that the official schema has", () => {
    for (const name of ["CollectionSourceInclusionCondition", "CollectionSourceExclusionCondition"]) {
      const kind = schema.getType(name);
      if (!isInterfaceType(kind)) throw new Error(`${name} is no interface`);
      for (const { name: type } of schema.getPossibleTypes(kind))
        expect(COLLECTION_SOURCES, type).toContain(`... on ${type} {`);
    }
  });

  it("have no list in which a connection would lie: Shopify refuses those in bulk", () => {
    const types = [...COLLECTION_SOURCES.matchAll(/ on (\w+) \{/g)].map(([, name]) => schema.getType(name!));
    expect(types.every((type) => isInterfaceType(type) || isObjectType(type))).toBe(true);
    expect(COLLECTION_SOURCES).not.toMatch(/selections|products/);
  });

  it.each([
    ["ProductTag", { matchType: "ANY", tagRelation: "TAGGED_WITH", values: ["a", "b"] }, ["a", "b"]],
    ["ProductStatus", { matchType: "ANY", statusRelation: "EQUALS", statuses: ["ACTIVE"] }, ["ACTIVE"]],
    ["VariantInventory", { inventoryRelation: "LESS_THAN", inventory: 5 }, [5]],
    ["VariantPrice", { priceRelation: "EQUALS", price: { amount: "19.90" } }, ["19.9"]],
    ["VariantCompareAtPrice", { compareAtPriceRelation: "IS_SET", compareAtPrice: null }, []],
    [
      "VariantWeight",
      { weightRelation: "EQUALS", weight: { value: 1.5, unit: "KILOGRAMS" } },
      [{ value: 1.5, unit: "KILOGRAMS" }],
    ],
    [
      "ProductCategory",
      {
        categoryRelation: "EQUALS",
        categories: [{ includeDescendants: false, category: { id: "gid://x/1" } }],
      },
      [{ id: "gid://x/1", includeDescendants: false }],
    ],
    ["Unknown", { unknownMatch: null, unknownRelation: "SHINES", unknownValues: null }, []],
  ])("of %s", (kind, told, values) => {
    const read = sourceWith({ __typename: `CollectionSourceInclusionCondition${kind}`, ...told });
    const on = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
    const relation = Object.entries(told).find(([name]) => name.endsWith("Relation"))?.[1];
    expect(read).toMatchObject({ on, relation, metafield: null, values });
  });

  it("of a metafield name it", () => {
    const definition = { namespace: "custom", key: "artist" };
    const told = { definition, matchType: "ANY", stringRelation: "EQUALS", values: ["Ada"] };
    expect(sourceWith({ __typename: "CollectionSourceInclusionConditionMetafieldString", ...told })).toEqual({
      ...{ on: "metafieldString", metafield: "custom.artist", relation: "EQUALS", match: "ANY" },
      values: ["Ada"],
    });
  });

  it("of other collections tell their ids, and of a kind that is new tomorrow its name", () => {
    const collections = [{ id: "gid://shopify/Collection/5" }];
    const told = {
      __typename: "CollectionSourceExclusionConditionCollection",
      matchType: "ANY",
      collections,
    };
    expect(sourceWith(told, "exclusion")).toMatchObject({
      on: "collection",
      values: ["gid://shopify/Collection/5"],
    });
    expect(sourceWith({ __typename: "CollectionSourceInclusionConditionOfTomorrow" })).toEqual({
      ...{ on: "ofTomorrow", metafield: null, relation: null, match: null, values: [] },
    });
  });
});
