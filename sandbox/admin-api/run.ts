/**
 * Runs an operation. A query is planned once per document (which fields a selection asks of a type, who resolves and who
 * completes them), so that running it is resolvers and little else: graphql-js finds all of that out anew for every
 * record. What comes out is graphql-js's answer to the letter, errors included (tests/sandbox/run.test.ts holds the two
 * against each other). Resolvers answer at once, without promises. Mutations and introspection are left to graphql-js.
 */
import {
  execute,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  OperationTypeNode,
  responsePathAsArray,
  visit,
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { ApiContext } from "./context.ts";
import { resolutionOf, resolveField, type FieldResolution } from "./execute.ts";
import { once } from "./once.ts";
import { loadSchema } from "./schema.ts";
import { collectFields, findOperation, fragmentsOf, isFixed, selectionsOf, type Scope } from "./selection.ts";

type Data = Record<string, unknown>;
type Path = GraphQLResolveInfo["path"];
type Nodes = readonly FieldNode[];

/** One request. */
interface Run {
  readonly plan: Plan;
  readonly context: ApiContext;
  readonly variables: Data;
  readonly errors: GraphQLError[];
  /** Arguments of the fields that were found askable, by their number. */
  readonly args: (Data | undefined)[];
}

/** What a resolver's value becomes in the answer. Throws where there must be a value and is none. */
type Complete = (run: Run, value: unknown, path: Path) => unknown;

interface PlannedField extends FieldResolution {
  readonly number: number;
  readonly key: string;
  readonly parent: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: Nodes;
  readonly isNonNull: boolean;
  readonly complete: Complete;
}

/** A type's name stands for itself. */
type Planned = PlannedField | { readonly key: string; readonly typename: string };

const plans = new WeakMap<OperationDefinitionNode, Plan>();

/** The operation of the document that is named, or its only one. Validated before. */
export function run(
  document: DocumentNode,
  operationName: string | null,
  given: Data,
  context: ApiContext,
): ExecutionResult {
  const schema = loadSchema();
  const operation = findOperation(document, operationName)!;
  if (operation.operation !== OperationTypeNode.QUERY || asksOfSchema(document)) {
    return execute({
      ...{ schema, document, operationName, contextValue: context, variableValues: given },
      fieldResolver: resolveField,
    }) as ExecutionResult;
  }
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given, {
    maxErrors: 50,
  });
  if (!coerced) return { errors: errors! };
  const plan = isFixed(document)
    ? once(plans, operation, () => new Plan(schema, document, operation, {}))
    : new Plan(schema, document, operation, coerced);
  return plan.run(context, coerced);
}

const schemaAskers = new WeakMap<DocumentNode, boolean>();
const asksOfSchema = (document: DocumentNode): boolean =>
  once(schemaAskers, document, () => {
    let isAsked = false;
    visit(document, {
      Field({ name }) {
        isAsked = name.value === "__schema" || name.value === "__type";
        return isAsked ? BREAK : undefined;
      },
    });
    return isAsked;
  });

class Plan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly #scope: Scope;
  readonly #fields: readonly Planned[];
  #count = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Data,
  ) {
    this.schema = schema;
    this.operation = operation;
    const fragments = fragmentsOf(document);
    this.fragments = Object.fromEntries(fragments);
    this.#scope = { schema, fragments, variables, known: new WeakMap() };
    const root = schema.getRootType(operation.operation)!;
    this.#fields = this.#planAll(root, collectFields(this.#scope, root, [operation.selectionSet]));
  }

  run(context: ApiContext, variables: Data): ExecutionResult {
    const run: Run = { plan: this, context, variables, errors: [], args: [] };
    const { errors } = run;
    try {
      const data = runFields(run, this.#fields, undefined, undefined);
      return errors.length > 0 ? { errors, data } : { data };
    } catch (error) {
      return { errors: [...errors, error as GraphQLError], data: null };
    }
  }

  #planAll(type: GraphQLObjectType, fields: ReadonlyMap<string, Nodes>): Planned[] {
    return [...fields].flatMap(([key, nodes]) => this.#plan(type, key, nodes) ?? []);
  }

  #plan(parent: GraphQLObjectType, key: string, nodes: Nodes): Planned | null {
    const name = nodes[0]!.name.value;
    if (name === "__typename") return { key, typename: parent.name };
    const definition = parent.getFields()[name];
    if (!definition) return null;
    this.#count += 1;
    return {
      number: this.#count,
      ...{ key, parent, definition, nodes },
      isNonNull: isNonNullType(definition.type),
      complete: this.#completeOf(definition.type, nodes, `${parent.name}.${name}`),
      ...resolutionOf(parent.name, name, getNamedType(definition.type).name, nodes[0]!),
    };
  }

  #completeOf(type: GraphQLOutputType, nodes: Nodes, field: string): Complete {
    if (isNonNullType(type)) {
      const complete = this.#completeOf(type.ofType, nodes, field);
      return (run, value, path) => {
        const completed = complete(run, value, path);
        if (completed === null) throw new Error(`Cannot return null for non-nullable field ${field}.`);
        return completed;
      };
    }
    const complete = this.#completeThere(type, nodes, field);
    return (run, value, path) => {
      if (value === null || value === undefined) return null;
      if (value instanceof Error) throw value;
      return complete(run, value, path);
    };
  }

  /** Of a value that is there. */
  #completeThere(type: GraphQLOutputType, nodes: Nodes, field: string): Complete {
    if (isListType(type)) return this.#completeList(type.ofType as GraphQLOutputType, nodes, field);
    if (isLeafType(type)) {
      return (_run, value) => {
        const serialized: unknown = type.serialize(value);
        if (serialized === null || serialized === undefined)
          throw new Error(`${field}: ${type.name} made nothing of ${JSON.stringify(value)}`);
        return serialized;
      };
    }
    if (isAbstractType(type)) return this.#completeAbstract(type, nodes, field);
    return this.#completeObject(type as GraphQLObjectType, nodes);
  }

  #completeList(of: GraphQLOutputType, nodes: Nodes, field: string): Complete {
    const complete = this.#completeOf(of, nodes, field);
    const isItemNonNull = isNonNullType(of);
    return (run, value, path) => {
      if (!Array.isArray(value))
        throw new GraphQLError(`Expected Iterable, but did not find one for field "${field}".`);
      return value.map((item: unknown, index) => {
        const at: Path = { prev: path, key: index, typename: undefined };
        try {
          return complete(run, item, at);
        } catch (error) {
          return fail(run, error, nodes, at, isItemNonNull);
        }
      });
    };
  }

  #completeAbstract(type: GraphQLAbstractType, nodes: Nodes, field: string): Complete {
    const byName = new Map<unknown, Complete>();
    return (run, value, path) => {
      const { __typename: name } = value as { __typename?: unknown };
      const complete = once(byName, name, () => {
        const concrete = typeof name === "string" ? this.schema.getType(name) : undefined;
        if (!isObjectType(concrete) || !this.schema.isSubType(type, concrete))
          throw new Error(`${field}: ${String(name)} is no ${type.name}`);
        return this.#completeObject(concrete, nodes);
      });
      return complete(run, value, path);
    };
  }

  /** Planned when the first such record comes: of the many types that a node can be a document names few. */
  #completeObject(type: GraphQLObjectType, nodes: Nodes): Complete {
    let fields: readonly Planned[] | undefined;
    return (run, value, path) => {
      fields ??= this.#planAll(type, collectFields(this.#scope, type, selectionsOf(nodes)));
      return runFields(run, fields, value, path);
    };
  }
}

function runFields(run: Run, fields: readonly Planned[], source: unknown, path: Path | undefined): Data {
  const data: Data = {};
  for (const field of fields) {
    data[field.key] = "typename" in field ? field.typename : runField(run, field, source, path);
  }
  return data;
}

function runField(run: Run, field: PlannedField, source: unknown, prev: Path | undefined): unknown {
  const path: Path = { prev, key: field.key, typename: field.parent.name };
  try {
    const args = run.args[field.number] ?? askableArgs(run, field);
    const value = field.valueOf(source, args, run.context, infoOf(run, field, path));
    return field.complete(run, value, path);
  } catch (error) {
    return fail(run, error, field.nodes, path, field.isNonNull);
  }
}

/** The field's arguments, the same for every record. */
function askableArgs(run: Run, field: PlannedField): Data {
  const args = getArgumentValues(field.definition, field.nodes[0]!, run.variables);
  field.assertAskable(run.context, args);
  run.args[field.number] = args;
  return args;
}

/** Null and an error; where null must not be, it is the error of what is around. */
function fail(run: Run, error: unknown, nodes: Nodes, path: Path, isNonNull: boolean): null {
  const located = locatedError(error, nodes, responsePathAsArray(path));
  if (isNonNull) throw located;
  run.errors.push(located);
  return null;
}

function infoOf({ plan, variables }: Run, { parent, definition, nodes }: PlannedField, path: Path) {
  const { schema, fragments, operation } = plan;
  return {
    ...{ schema, fragments, operation, variableValues: variables, rootValue: undefined },
    ...{
      fieldName: definition.name,
      fieldNodes: nodes,
      returnType: definition.type,
      parentType: parent,
      path,
    },
  };
}
