// Records are made up from Shopify's schema alone, and read: whole, with everything empty that may be empty, with one such
// field empty at a time, and with every enum's and every union's next member. Nobody's idea of a store stands in between.
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from "graphql";
import { parse, type FieldNode, type GraphQLOutputType, type SelectionSetNode } from "graphql";
import type { DocumentNode, FragmentDefinitionNode, GraphQLObjectType } from "graphql";
import { expect, it } from "vitest";
import { resources } from "#app/resources/index.ts";
import { entryListing, nodesDocument } from "#app/shopify/documents.ts";
import { apartListing, holdersIn } from "#app/shopify/entries.ts";
import { loadSchema } from "#sandbox/admin-api/schema.ts";
import type { Node, Resource } from "#app/resources/define.ts";
import type { Listing } from "#app/shopify/documents.ts";

const schema = loadSchema();
/** More than any union of the schema that is read has members. */
const MEMBERS_MAX = 12;

const SCALARS: Readonly<Record<string, unknown>> = {
  ...{ String: "x", Int: 1, Float: 1.5, Boolean: true, Decimal: "1.5", Money: "1.5", UnsignedInt64: "7" },
  ...{ DateTime: "2026-01-02T03:04:05Z", URL: "https://x.example/", HTML: "<p>", JSON: "{}" },
};
/** Fields of the type ID that name a record of another type, and a time that is typed as text. */
const FIELDS: Readonly<Record<string, string>> = {
  orderId: "gid://shopify/Order/123",
  productId: "gid://shopify/Product/123",
  variantId: "gid://shopify/ProductVariant/123",
  sellingPlanId: "gid://shopify/SellingPlan/123",
  deactivatedAt: "2026-01-02T03:04:05Z",
};
/** Types whose ids bear another name, as recorded. */
const NAMES_IN_IDS: Readonly<Record<string, string>> = { OrderApp: "App", ReturnShippingFee: "Fee" };

/** Text → what it defines: the same few documents, read thousands of times. */
const parsed = new Map<string, DocumentNode["definitions"]>();

function definitionsOf(document: string): DocumentNode["definitions"] {
  if (!parsed.has(document)) parsed.set(document, parse(document).definitions);
  return parsed.get(document)!;
}

interface Making {
  /** Which member of each enum and union. */
  readonly member: number;
  /** Instead of them, such as the schema does not have yet. */
  readonly isOfTomorrow?: boolean;
  readonly isNull: (path: string) => boolean;
  /** Told of every field that may be null. */
  readonly met: (path: string) => void;
}

function madeNode(resource: Resource, making: Making): Node {
  const { type, list, apart = [] } = resource;
  const node = read(resource, type, resource.name, making);
  for (const holder of holdersIn(resource).filter(({ connections }) => connections.length > 0)) {
    const place = `${resource.name}.${holder.field}`;
    const more = read(entryListing(holder), holder.type, place, making);
    const held = node[holder.field] ?? [];
    for (const entry of Array.isArray(held) ? held : [held]) Object.assign(entry, { ...more, ...entry });
  }
  for (const connection of apart)
    Object.assign(node, read(apartListing(resource, connection), type, resource.name, making), { ...node });
  if (list.within) node.__parentId = `gid://shopify/${list.within.type}/456`;
  if (type === "InventoryLevel") node.id = "gid://shopify/InventoryLevel/9?inventory_item_id=123";
  return node as Node;
}

/** As `nodes(ids:)` would answer, with connections as the transport hands them over. */
function read(listing: Listing, type: string, place: string, making: Making): Record<string, unknown> {
  const definitions = definitionsOf(nodesDocument(listing));
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  const member = <T>(of: readonly T[]) => of[making.member % of.length]!;

  const object = (named: string, { selections }: SelectionSetNode, path: string): Record<string, unknown> => {
    const found = schema.getType(named)!;
    const of = isAbstractType(found) ? member(schema.getPossibleTypes(found)) : (found as GraphQLObjectType);
    const shown = making.isOfTomorrow && isAbstractType(found) ? "SomethingNew" : of.name;
    const made: Record<string, unknown> = {};
    const put = (sets: SelectionSetNode["selections"]): void => {
      for (const each of sets) {
        if (each.kind === Kind.FIELD) {
          if (each.name.value === "__typename") made.__typename = shown;
          else made[each.name.value] = fieldOf(of, shown, each, `${path}.${each.name.value}`);
          continue;
        }
        const part = each.kind === Kind.INLINE_FRAGMENT ? each : fragments.get(each.name.value)!;
        const on = schema.getType(part.typeCondition!.name.value)!;
        // Of a type that the query does not name it gets what all of them have.
        const isTold = on === of && shown === of.name;
        if (isTold || (isAbstractType(on) && schema.isSubType(on, of))) put(part.selectionSet.selections);
      }
    };
    put(selections);
    return made;
  };

  const fieldOf = (of: GraphQLObjectType, shown: string, node: FieldNode, path: string): unknown => {
    const name = node.name.value;
    const value = (declared: GraphQLOutputType): unknown => {
      if (isNonNullType(declared)) return present(declared.ofType);
      making.met(path);
      return making.isNull(path) ? null : present(declared);
    };
    const present = (declared: GraphQLOutputType): unknown => {
      if (isListType(declared)) return [value(declared.ofType)];
      const inner = getNamedType(declared);
      if (inner.name === "CurrencyCode") return making.isOfTomorrow ? "XTS" : "USD";
      if (isEnumType(inner)) return making.isOfTomorrow ? "A_NEW_ONE" : member(inner.getValues()).name;
      if (name in FIELDS) return FIELDS[name];
      if (inner.name === "ID") return `gid://shopify/${NAMES_IN_IDS[shown] ?? shown}/123`;
      if (!node.selectionSet) return SCALARS[inner.name];
      const nodes = node.selectionSet.selections.find(
        (each) => each.kind === Kind.FIELD && each.name.value === "nodes",
      );
      if (!nodes || !isObjectType(inner)) return object(inner.name, node.selectionSet, path);
      const listed = getNamedType(inner.getFields().nodes!.type).name;
      return [object(listed, (nodes as FieldNode).selectionSet!, path)];
    };
    return value(of.getFields()[name]!.type);
  };

  const [query] = definitions;
  if (query?.kind !== Kind.OPERATION_DEFINITION) throw new Error("a document begins with its query");
  const [nodes] = query.selectionSet.selections;
  return object(type, (nodes as FieldNode).selectionSet!, place);
}

it.each(resources.map((resource) => [resource.name, resource] as const))("reads %s", (name, resource) => {
  const nullable = new Set<string>();
  const tryWith = (isNull: Making["isNull"], members: number) => {
    for (let member = 0; member < members; member += 1) {
      const node = madeNode(resource, { member, isNull, met: (path) => nullable.add(path) });
      expect(resource.fromNode(node).key, `${name}, member ${member}`).toMatch(/^\d+(:\d+)?$/);
    }
  };
  tryWith(() => false, MEMBERS_MAX);
  // Metafields and stock levels have no such field.
  if (!resource.list.within) expect(nullable.size).toBeGreaterThan(0);
  tryWith(() => true, MEMBERS_MAX);
  for (const one of nullable) tryWith((path) => path === one, MEMBERS_MAX);
});

it.each(resources.map((resource) => [resource.name, resource] as const))(
  "reads %s with members of enums and unions that Shopify is still to make",
  (_name, resource) => {
    for (let member = 0; member < MEMBERS_MAX; member += 1) {
      const making = { member, isOfTomorrow: true, isNull: () => false, met: () => {} };
      const node = madeNode(resource, making);
      const { row, children } = resource.fromNode(node);
      // Shopify's own word stands there, as it came.
      const has = (word: string, value: unknown) => JSON.stringify(value).includes(word);
      expect(has("A_NEW_ONE", [row, children])).toBe(has("A_NEW_ONE", node));
      expect(has("XTS", [row, children])).toBe(has("XTS", node));
    }
  },
);
