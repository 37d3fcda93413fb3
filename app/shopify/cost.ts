// What a query will cost before Shopify has said so, so that the budget can hold it back in time and a page is not
// asked for above the ceiling of one query. A fit to recorded costs that knows no schema: it takes every field with
// fields of its own for an object, so it errs upwards. Once Shopify has answered, its figure is used (client.ts).
import { Kind, parse, valueFromASTUntyped } from "graphql";
import { remembering } from "#app/shopify/remember.ts";
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from "graphql";

/** A query that asks for more points is refused before it runs (MAX_COST_EXCEEDED). */
export const QUERY_COST_MAX = 1_000;
const ROOT_COUNT_COST = 10;
const MUTATION_COST = 10;
const CONNECTION_COST = 2;

/** Fields whose types (MoneyBag, MoneyV2, PageInfo, edges, Weight and what holds it) come free with their parent. */
const FREE =
  /^(edges|node|nodes|pageInfo|shopMoney|presentmentMoney|unitCost|amount|adjustment|flatFee|taxAmount|weight|measurement|[a-zA-Z]*(Money|Price|Set))$/;

const parsed = remembering(parse);

type Variables = Readonly<Record<string, unknown>>;

/** Points that a query asks for, at most. */
export function estimateCost(source: string | DocumentNode, variables: Variables = {}): number {
  const document = typeof source === "string" ? parsed(source) : source;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }

  const costOfSelections = (set: SelectionSetNode): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + costOfField(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + costOfSelections(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      return sum + (fragment ? costOfSelections(fragment.selectionSet) : 0);
    }, 0);

  function costOfField(field: FieldNode): number {
    if (!field.selectionSet) return 0;
    const within = costOfSelections(field.selectionSet);
    const first = numberOf(field, "first", variables);
    if (first !== null) return CONNECTION_COST + multiplier(first) * (1 + within);
    const ids = listOf(field, "ids", variables);
    if (ids !== null) return ids * (1 + within);
    return (FREE.test(field.name.value) ? 0 : 1) + within;
  }

  let total = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      if (definition.operation === "mutation") total += MUTATION_COST;
      else if (selection.name.value.endsWith("Count")) total += ROOT_COUNT_COST;
      else total += costOfField(selection);
    }
  }
  return total;
}

/** `first: 250` multiplies by 11, 50 by 7, 10 by 4. */
function multiplier(first: number): number {
  return first < 1 ? 1 : Math.max(1, Math.floor(2 * Math.log(first)));
}

function argument(field: FieldNode, name: string, variables: Variables): unknown {
  const found = field.arguments?.find((candidate) => candidate.name.value === name);
  return found && valueFromASTUntyped(found.value, variables);
}

function numberOf(field: FieldNode, name: string, variables: Variables): number | null {
  const value = argument(field, name, variables);
  return typeof value === "number" ? value : null;
}

function listOf(field: FieldNode, name: string, variables: Variables): number | null {
  const value = argument(field, name, variables);
  return Array.isArray(value) ? value.length : null;
}
