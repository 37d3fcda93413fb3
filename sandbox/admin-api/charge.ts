/**
 * What a query is charged once its answer is known (actualQueryCost). Missing records cost no children, and a page
 * that is not full costs its share; an empty page is charged as if it were full, as recorded traffic shows.
 * Shopify's own rounding is not published: this fits two thirds of the recorded answers that were cheaper than asked.
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
import { CONNECTION_COST, costOfField, costOfSelection, MUTATION_COST, ownCost, pageFactor } from "./cost.ts";
import { once } from "./once.ts";
import {
  collectFields,
  concreteTypes,
  knownOf,
  pageSize,
  selectionsOf,
  type Asked,
  type FieldGroup,
  type Scope,
} from "./selection.ts";

type Value = Record<string, unknown>;

/** Points charged for an answer; never more than was asked. */
export function chargeCost(asked: Asked | undefined, data: unknown): number {
  if (!asked) return 0;
  const { scope, operation, root } = asked;
  return Math.max(
    1,
    costOfRecord(scope, root, [operation.selectionSet], asRecord(data) ?? {}, operation.operation),
  );
}

function costOfRecord(
  scope: Scope,
  declared: GraphQLCompositeType,
  selections: SelectionSetNode[],
  value: Value,
  root: string | null = null,
): number {
  const named = typeof value.__typename === "string" ? scope.schema.getType(value.__typename) : undefined;
  const type = isObjectType(named) ? named : concreteTypes(scope, declared, selections)[0];
  if (!type) return 0;
  let cost = 0;
  for (const [key, priceOf] of pricesOf(scope, type, selections, root)) cost += priceOf(scope, value[key]);
  return cost;
}

/** What the value of a field costs. It is kept for all requests of a document, so each brings its own variables. */
type Price = (scope: Scope, value: unknown) => number;

/**
 * Of the fields that can cost anything. What was estimated at nothing is charged nothing, whatever it holds: most of what a
 * record has, its money above all.
 */
function pricesOf(
  scope: Scope,
  type: GraphQLObjectType,
  selections: SelectionSetNode[],
  root: string | null,
): readonly (readonly [key: string, price: Price])[] {
  const fields = () => [...collectFields(scope, type, selections)];
  const priced = (all: ReturnType<typeof fields>) =>
    all.map(([key, group]) => [key, priceOf(scope, type, group, root)] as const);
  if (root !== null) return priced(fields());
  return once(knownOf(scope, selections)?.prices, type, () =>
    priced(fields().filter(([, group]) => costOfField(scope, type, group, null) > 0)),
  );
}

function priceOf(scope: Scope, parent: GraphQLObjectType, nodes: FieldGroup, root: string | null): Price {
  const name = nodes[0].name.value;
  const definition = parent.getFields()[name];
  if (!definition) return () => (name.startsWith("__") && name !== "__typename" ? 1 : 0);
  const type = getNamedType(definition.type);
  if (!isCompositeType(type) || type.name === "Count") {
    const cost = costOfField(scope, parent, nodes, root);
    return () => cost;
  }
  const children = selectionsOf(nodes);
  if (type.name.endsWith("Connection") && isObjectType(type))
    return (asking, value) => costOfPage(asking, nodes[0], type, children, value);
  const own = root === "mutation" ? MUTATION_COST : ownCost(parent, name, type, root);
  const below = root === "mutation" ? "payload" : null;
  return (asking, value) => {
    let dearest = 0;
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const record = asRecord(each);
      if (record) dearest = Math.max(dearest, costOfRecord(asking, type, children, record, below));
    }
    return own + dearest;
  };
}

function costOfPage(
  scope: Scope,
  node: FieldNode,
  type: GraphQLObjectType,
  children: SelectionSetNode[],
  value: unknown,
): number {
  const size = pageSize(scope, node);
  let cost = CONNECTION_COST;
  for (const [key, group] of collectFields(scope, type, children)) {
    const items = asRecord(value)?.[key];
    const list = listOf(scope, type, group, Array.isArray(items) ? items : []);
    if (!list) continue;
    const factor = pageFactor(size);
    if (list.items.length === 0) {
      cost += factor * (1 + costOfSelection(scope, list.type, list.selections));
      continue;
    }
    const costs = list.items.map((item) =>
      costOfRecord(scope, list.type, list.selections, asRecord(item) ?? {}),
    );
    const mean = costs.reduce((sum, each) => sum + each, 0) / costs.length;
    const share = Math.min(1, list.items.length / Math.max(1, size));
    cost += Math.ceil(factor * share * (1 + mean) - ROUNDING);
  }
  return cost;
}

/** Keeps 3.0000000001 from counting as 4. */
const ROUNDING = 1e-9;

/** The items of `nodes`, or of `edges.node`, with what was asked of each. */
function listOf(scope: Scope, type: GraphQLObjectType, group: FieldGroup, items: unknown[]) {
  const field = type.getFields()[group[0].name.value];
  const itemType = field && getNamedType(field.type);
  if (!itemType || !isCompositeType(itemType)) return undefined;
  if (field.name === "nodes") return { items, type: itemType, selections: selectionsOf(group) };
  if (field.name !== "edges" || !isObjectType(itemType)) return undefined;
  for (const [key, nodes] of collectFields(scope, itemType, selectionsOf(group))) {
    const nodeType = getNamedType(itemType.getFields()[nodes[0].name.value]?.type);
    if (!nodeType || !isCompositeType(nodeType)) continue;
    return {
      items: items.map((edge) => asRecord(edge)?.[key]),
      type: nodeType,
      selections: selectionsOf(nodes),
    };
  }
  return undefined;
}

function asRecord(value: unknown): Value | undefined {
  return value && typeof value === "object" ? (value as Value) : undefined;
}
