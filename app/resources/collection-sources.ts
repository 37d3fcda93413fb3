// By what a collection gathers its products: its sources, each with conditions for what comes in and what stays out, or
// with other collections. What a person picked by hand stands in no condition; it is among the collection's products.
import type { ColumnValue } from "#app/sync/change.ts";
import { decimal, fields, flag, float, listOf, nullable, text, type Reader } from "./values.ts";

/**
 * Goes with the collection's own fragment. Each kind of condition has a type of its own, and fields of the same name and
 * of other types must not meet in one answer: hence the names before the colons. `values` are lists of text.
 */
export const COLLECTION_SOURCES = /* GraphQL */ `
  fragment CollectionSources on Collection {
    sources {
      __typename
      id
      title
      ... on CollectionSubCollectionsSource {
        collections {
          id
        }
      }
      ... on CollectionConditionsSource {
        targetType
        inclusion {
          matchType
          conditions {
            ...InclusionCondition
          }
        }
        exclusion {
          matchType
          conditions {
            ...ExclusionCondition
          }
        }
      }
    }
  }

  fragment InclusionCondition on CollectionSourceInclusionCondition {
    __typename
    ... on CollectionSourceInclusionConditionMetafield {
      definition {
        namespace
        key
      }
    }
    ... on CollectionSourceInclusionConditionMetafieldBoolean {
      booleanRelation: relation
      boolean: value
    }
    ... on CollectionSourceInclusionConditionMetafieldDecimal {
      decimalRelation: relation
      decimal: value
    }
    ... on CollectionSourceInclusionConditionMetafieldInteger {
      integerRelation: relation
      integer: value
    }
    ... on CollectionSourceInclusionConditionMetafieldMetaobject {
      metaobjectRelation: relation
      metaobject: value {
        id
      }
    }
    ... on CollectionSourceInclusionConditionMetafieldMetaobjectList {
      matchType
      metaobjectsRelation: relation
      metaobjects: values {
        id
      }
    }
    ... on CollectionSourceInclusionConditionMetafieldString {
      matchType
      stringRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionMetafieldStringList {
      matchType
      stringsRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionProductCategory {
      matchType
      categoryRelation: relation
      categories: values {
        includeDescendants
        category {
          id
        }
      }
    }
    ... on CollectionSourceInclusionConditionProductStatus {
      matchType
      statusRelation: relation
      statuses: values
    }
    ... on CollectionSourceInclusionConditionProductTag {
      matchType
      tagRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionProductTitle {
      matchType
      titleRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionProductType {
      matchType
      typeRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionProductVendor {
      matchType
      vendorRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionVariantCompareAtPrice {
      compareAtPriceRelation: relation
      compareAtPrice: value {
        amount
      }
    }
    ... on CollectionSourceInclusionConditionVariantInventory {
      inventoryRelation: relation
      inventory: value
    }
    ... on CollectionSourceInclusionConditionVariantPrice {
      priceRelation: relation
      price: value {
        amount
      }
    }
    ... on CollectionSourceInclusionConditionVariantTitle {
      matchType
      variantTitleRelation: relation
      values
    }
    ... on CollectionSourceInclusionConditionVariantWeight {
      weightRelation: relation
      weight: value {
        value
        unit
      }
    }
    ... on CollectionSourceInclusionConditionUnknown {
      unknownMatch: matchType
      unknownRelation: relation
      unknownValues: values
    }
  }

  fragment ExclusionCondition on CollectionSourceExclusionCondition {
    __typename
    ... on CollectionSourceExclusionConditionCollection {
      matchType
      collections: values {
        id
      }
    }
    ... on CollectionSourceExclusionConditionProductCategory {
      matchType
      categoryRelation: relation
      categories: values {
        includeDescendants
        category {
          id
        }
      }
    }
    ... on CollectionSourceExclusionConditionProductTag {
      matchType
      tagRelation: relation
      values
    }
    ... on CollectionSourceExclusionConditionProductType {
      matchType
      typeRelation: relation
      values
    }
    ... on CollectionSourceExclusionConditionProductVendor {
      matchType
      vendorRelation: relation
      values
    }
    ... on CollectionSourceExclusionConditionUnknown {
      unknownMatch: matchType
      unknownRelation: relation
      unknownValues: values
    }
  }
`;

/** [{ id, kind, title, target, inclusion, exclusion, collections }], kind being "conditions" or "subCollections". */
export const sources: Reader = listOf((value, path) => {
  const source = fields(value, path);
  return {
    id: text(source.id, `${path}.id`),
    kind: nameIn(source, path),
    title: text(source.title, `${path}.title`),
    target: nullable(text)(source.targetType ?? null, `${path}.targetType`),
    inclusion: nullable(conditions)(source.inclusion ?? null, `${path}.inclusion`),
    exclusion: nullable(conditions)(source.exclusion ?? null, `${path}.exclusion`),
    collections: nullable(listOf(plainValue))(source.collections ?? null, `${path}.collections`),
  };
});

/** { match, conditions: [{ on, metafield, relation, match, values }] } */
function conditions(value: unknown, path: string): ColumnValue {
  const told = fields(value, path);
  return {
    match: nullable(text)(told.matchType ?? null, `${path}.matchType`),
    conditions: listOf(condition)(told.conditions, `${path}.conditions`),
  };
}

/** One that the query does not know, as there may be a new kind tomorrow, has a name and nothing else. */
function condition(value: unknown, path: string): ColumnValue {
  const { __typename, definition, matchType, unknownMatch, ...told } = fields(value, path);
  const held = Object.entries(told);
  const isRelation = ([name]: readonly [string, unknown]) => name.endsWith("Relation");
  const metafield = definition ? fields(definition, `${path}.definition`) : null;
  const nameOf = (part: "namespace" | "key") => text(metafield?.[part], `${path}.definition.${part}`);
  return {
    on: nameIn({ __typename }, path),
    metafield: metafield && `${nameOf("namespace")}.${nameOf("key")}`,
    relation: nullable(text)(held.find(isRelation)?.[1] ?? null, `${path}.relation`),
    match: nullable(text)(matchType ?? unknownMatch ?? null, `${path}.matchType`),
    values: held
      .filter((field) => !isRelation(field))
      .flatMap(([name, inner]) => {
        const each = Array.isArray(inner) ? inner : inner === null ? [] : [inner];
        return listOf(plainValue)(each, `${path}.${name}`);
      }),
  };
}

/** A text, number or flag as it is, an amount, the id of what is meant; of weights and categories what goes with it. */
function plainValue(value: unknown, path: string): ColumnValue {
  if (typeof value === "string") return text(value, path);
  if (typeof value === "number" || typeof value === "boolean") return value;
  const told = fields(value, path);
  if (told.amount !== undefined) return decimal(told.amount, `${path}.amount`);
  if (told.unit !== undefined) return { value: float(told.value, path), unit: text(told.unit, path) };
  if (told.category === undefined) return text(told.id, `${path}.id`);
  const { id } = fields(told.category, `${path}.category`);
  return { id: text(id, `${path}.category.id`), includeDescendants: flag(told.includeDescendants, path) };
}

/** "CollectionSourceInclusionConditionProductTag" → "productTag", as Shopify's own inputs call it. */
function nameIn({ __typename: type }: Readonly<Record<string, unknown>>, path: string): string {
  const name = text(type, `${path}.__typename`);
  const short = name.replace(/^Collection(Source(In|Ex)clusionCondition)?|Source$/g, "");
  return `${short.charAt(0).toLowerCase()}${short.slice(1)}`;
}
