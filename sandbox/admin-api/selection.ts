/**
 * Walking a query without running it: which fields a selection asks of a concrete type, fragments and skips resolved.
 * Shared by the cost estimate, the charge and the bulk validator. Pure.
 */
import {
  BREAK,
  isAbstractType,
  Kind,
  valueFromASTUntyped,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { once } from "./once.ts";

/** The fields that share a response key; never empty. */
export type FieldGroup = [FieldNode, ...FieldNode[]];

export interface Scope {
  schema: GraphQLSchema;
  fragments: Map<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
  /** What the walks have found out, by what selects: they come to the same selection once for every record. */
  known: WeakMap<SelectionSetNode, Known>;
}

interface Known {
  fields: Map<GraphQLObjectType, ReadonlyMap<string, FieldGroup>>;
  /** What the fields cost that can cost anything; see charge.ts. */
  prices: Map<
    GraphQLObjectType,
    readonly (readonly [key: string, price: (scope: Scope, value: unknown) => number])[]
  >;
  concrete: Map<GraphQLCompositeType, readonly GraphQLObjectType[]>;
}

/** Undefined where several selections meet, which is rare. */
export function knownOf({ known }: Scope, selections: readonly SelectionSetNode[]): Known | undefined {
  const [only, ...others] = selections;
  if (!only || others.length > 0) return undefined;
  return once(known, only, () => ({ fields: new Map(), prices: new Map(), concrete: new Map() }));
}

const fixed = new WeakMap<DocumentNode, boolean>();

/** Whether it asks for the same fields whatever its variables are: nothing is skipped or included. */
export const isFixed = (document: DocumentNode): boolean =>
  once(fixed, document, () => {
    let isConditional = false;
    visit(document, {
      Directive() {
        isConditional = true;
        return BREAK;
      },
    });
    return !isConditional;
  });

/** By document. */
const memories = new WeakMap<DocumentNode, Scope["known"]>();

function memoryOf(document: DocumentNode): Scope["known"] {
  return isFixed(document) ? once(memories, document, () => new WeakMap()) : new WeakMap();
}

/** One operation, and what walking through it needs. */
export interface Asked {
  scope: Scope;
  operation: OperationDefinitionNode;
  root: GraphQLObjectType;
}

/** Undefined when the document has no such operation. */
export function askedIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Record<string, unknown>,
  operationName?: string | null,
): Asked | undefined {
  const operation = findOperation(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) return undefined;
  return {
    scope: {
      schema,
      fragments: fragmentsOf(document),
      variables: withDefaults(operation, variables),
      known: memoryOf(document),
    },
    operation,
    root,
  };
}

/** What `first` or `last` says; 0 without either. */
export function pageSize(scope: Scope, node: FieldNode): number {
  for (const name of ["first", "last"]) {
    const argument = node.arguments?.find((each) => each.name.value === name);
    if (!argument) continue;
    const value = valueFromASTUntyped(argument.value, scope.variables);
    if (typeof value === "number") return value;
  }
  return 0;
}

/** The concrete types worth comparing: those a type condition names, and one that none names. */
export function concreteTypes(
  scope: Scope,
  parent: GraphQLCompositeType,
  selections: SelectionSetNode[],
): readonly GraphQLObjectType[] {
  if (!isAbstractType(parent)) return [parent];
  return once(knownOf(scope, selections)?.concrete, parent, () => compareWorthy(scope, parent, selections));
}

function compareWorthy(
  scope: Scope,
  parent: GraphQLAbstractType,
  selections: SelectionSetNode[],
): GraphQLObjectType[] {
  const named = new Set<string>();
  const look = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) continue;
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      if (fragment.typeCondition) named.add(fragment.typeCondition.name.value);
      look(fragment.selectionSet);
    }
  };
  selections.forEach(look);
  const possible = scope.schema.getPossibleTypes(parent);
  const chosen = possible.filter(
    (type) => named.has(type.name) || type.getInterfaces().some((each) => named.has(each.name)),
  );
  const other = possible.find((type) => !chosen.includes(type));
  return other ? [...chosen, other] : chosen;
}

/** Fields by response key, as execution would merge them for one concrete type. */
export function collectFields(
  scope: Scope,
  type: GraphQLObjectType,
  selections: SelectionSetNode[],
): ReadonlyMap<string, FieldGroup> {
  return once(knownOf(scope, selections)?.fields, type, () => addFields(scope, type, selections, new Map()));
}

function addFields(
  scope: Scope,
  type: GraphQLObjectType,
  selections: SelectionSetNode[],
  fields: Map<string, FieldGroup>,
): Map<string, FieldGroup> {
  for (const set of selections) {
    for (const selection of set.selections) {
      if (isSkipped(scope, selection.directives)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const group = fields.get(key);
        // A fragment that is spread twice asks once.
        if (group?.includes(selection)) continue;
        if (group) group.push(selection);
        else fields.set(key, [selection]);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(selection.name.value) : selection;
      if (fragment && applies(scope, fragment.typeCondition?.name.value, type)) {
        addFields(scope, type, [fragment.selectionSet], fields);
      }
    }
  }
  return fields;
}

function applies(scope: Scope, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (!condition || condition === type.name) return true;
  const named = scope.schema.getType(condition);
  return isAbstractType(named) && scope.schema.isSubType(named, type);
}

function isSkipped(scope: Scope, directives: FieldNode["directives"]): boolean {
  for (const directive of directives ?? []) {
    const condition = directive.arguments?.find((each) => each.name.value === "if");
    if (!condition) continue;
    const value = valueFromASTUntyped(condition.value, scope.variables);
    if (directive.name.value === "skip" && value === true) return true;
    if (directive.name.value === "include" && value === false) return true;
  }
  return false;
}

export function selectionsOf(nodes: readonly FieldNode[]): SelectionSetNode[] {
  return nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
}

export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  );
}

/** The operation to run: the named one, or the only one. */
export function findOperation(
  document: DocumentNode,
  name?: string | null,
): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  return name ? operations.find((each) => each.name?.value === name) : operations[0];
}

function withDefaults(
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...variables };
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (all[name] === undefined && defaultValue) all[name] = valueFromASTUntyped(defaultValue);
  }
  return all;
}
