/**
 * What a query costs: the estimate Shopify makes before it runs one (requestedQueryCost) and, with the answer
 * in hand, what it charges (actualQueryCost: charge.ts). Pure; the bucket that is charged lives in bucket.ts.
 *
 * The rules are a fit to recorded traffic (tests/sandbox/cost.test.ts holds them against it):
 *   scalar, enum 0 · object 1 · money, page info and edges 0 · plain list: as one object, `first` does not multiply
 *   connection 2 + factor(first) · (1 + children of a node) · root count 10 · mutation field 10
 */
import {
  getNamedType,
  isCompositeType,
  isObjectType,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type SelectionSetNode,
} from "graphql";
import {
  collectFields,
  concreteTypes,
  pageSize,
  selectionsOf,
  type Asked,
  type FieldGroup,
  type Scope,
} from "./selection.ts";

export const MAX_QUERY_COST = 1000;
const COUNT_COST = 10;
export const MUTATION_COST = 10;
export const CONNECTION_COST = 2;
const INTROSPECTION_COST = 2;

/** Types that come for free with their parent. */
const FREE_TYPES = new Set([
  "MoneyBag",
  "MoneyV2",
  "PageInfo",
  "ShopAddress",
  "LocationAddress",
  "CollectionRuleSet",
  "CollectionRule",
  "InventoryItemMeasurement",
  "Weight",
  "CustomerEmailMarketingConsentState",
  "CustomerSmsMarketingConsentState",
]);
/** The same, for one place only. */
const FREE_FIELDS = new Set(["Customer.defaultAddress"]);
/** Scalars that are computed at a price. */
const DEAR_SCALARS = new Set(["Location.hasUnfulfilledOrders"]);
/** Counts inside a record cost 1, except those recorded at the price of a root count. */
const DEAR_COUNTS = new Set([
  "Blog.articlesCount",
  "DeliveryProfile.productVariantsCount",
  "Publication.includedProductsCount",
  "Article.commentsCount",
]);

/** Points a query asks for, before it runs. */
export function estimateCost(asked: Asked | undefined): number {
  if (!asked) return 0;
  const { scope, operation, root } = asked;
  return Math.max(1, costOfSelection(scope, root, [operation.selectionSet], operation.operation));
}

/** Points of one selection; on an abstract type the dearest concrete type counts. */
export function costOfSelection(
  scope: Scope,
  parent: GraphQLCompositeType,
  selections: SelectionSetNode[],
  root: string | null = null,
): number {
  let dearest = 0;
  for (const type of concreteTypes(scope, parent, selections)) {
    let cost = 0;
    for (const group of collectFields(scope, type, selections).values()) {
      cost += costOfField(scope, type, group, root);
    }
    dearest = Math.max(dearest, cost);
  }
  return dearest;
}

export function costOfField(
  scope: Scope,
  parent: GraphQLObjectType,
  nodes: FieldGroup,
  root: string | null,
): number {
  const name = nodes[0].name.value;
  const definition = parent.getFields()[name];
  if (!definition) return name.startsWith("__") && name !== "__typename" ? INTROSPECTION_COST : 0;
  const type = getNamedType(definition.type);
  if (!isCompositeType(type)) return DEAR_SCALARS.has(`${parent.name}.${name}`) ? 1 : 0;
  const children = selectionsOf(nodes);
  if (type.name.endsWith("Connection")) return costOfConnection(scope, nodes[0], type, children);
  if (type.name === "Count")
    return root === "query" || DEAR_COUNTS.has(`${parent.name}.${name}`) ? COUNT_COST : 1;
  const inner = costOfSelection(scope, type, children, root === "mutation" ? "payload" : null);
  if (root === "mutation") return MUTATION_COST + inner;
  return ownCost(parent, name, type, root) + inner;
}

/** What an object costs by itself. What a mutation hands back directly comes with the mutation's price. */
export function ownCost(
  parent: GraphQLObjectType,
  field: string,
  type: GraphQLCompositeType,
  root: string | null,
): number {
  const isFree =
    FREE_TYPES.has(type.name) || FREE_FIELDS.has(`${parent.name}.${field}`) || root === "payload";
  return isFree ? 0 : 1;
}

function costOfConnection(
  scope: Scope,
  node: FieldNode,
  type: GraphQLCompositeType,
  children: SelectionSetNode[],
): number {
  const size = pageSize(scope, node);
  const factor = pageFactor(size);
  let cost = CONNECTION_COST;
  if (!isObjectType(type)) return cost;
  for (const [, group] of collectFields(scope, type, children)) {
    const field = type.getFields()[group[0].name.value];
    if (!field) continue;
    const fieldType = getNamedType(field.type);
    if (!isCompositeType(fieldType)) continue;
    const inner = selectionsOf(group);
    if (field.name === "nodes") cost += factor * (1 + costOfSelection(scope, fieldType, inner));
    else if (field.name === "edges") cost += costOfEdges(scope, fieldType, inner, factor);
    else if (!FREE_TYPES.has(fieldType.name)) cost += 1 + costOfSelection(scope, fieldType, inner);
  }
  return cost;
}

function costOfEdges(
  scope: Scope,
  edge: GraphQLCompositeType,
  selections: SelectionSetNode[],
  factor: number,
): number {
  if (!isObjectType(edge)) return 0;
  let cost = 0;
  for (const group of collectFields(scope, edge, selections).values()) {
    const field = edge.getFields()[group[0].name.value];
    const type = field && getNamedType(field.type);
    if (type && isCompositeType(type))
      cost += factor * (1 + costOfSelection(scope, type, selectionsOf(group)));
  }
  return cost;
}

/** How often a page of `size` nodes is charged: 1 for 1, 4 for 10, 7 for 50, 11 for 250. */
export function pageFactor(size: number): number {
  return size < 1 ? 0 : Math.max(1, Math.floor(2 * Math.log(size)));
}
