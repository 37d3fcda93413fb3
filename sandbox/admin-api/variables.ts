/**
 * Variables against their declared types, refused in Shopify's words; and the size of lists in a request.
 */
import {
  coerceInputValue,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  print,
  typeFromAST,
  valueFromAST,
  Kind,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { isGlobalId, type ShownProblem } from "./validation.ts";

export const INPUT_SIZE_MAX = 250;

interface Problem {
  path: (string | number)[];
  explanation: string;
  message?: string;
}

/** Variables with their defaults, or the errors to answer with. */
export function readVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): { values: Record<string, unknown> } | { problems: ShownProblem[] } {
  const values: Record<string, unknown> = {};
  const problems: ShownProblem[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;
    const value = given[name];
    if (value === undefined && definition.defaultValue) {
      values[name] = valueFromAST(definition.defaultValue, type);
      continue;
    }
    const found = problemsOf(type, value);
    if (found.length > 0) problems.push(toShown(definition, value ?? null, found));
    else if (value !== undefined) values[name] = value;
  }
  return problems.length > 0 ? { problems } : { values };
}

function problemsOf(type: GraphQLInputType, value: unknown): Problem[] {
  if (value === undefined || value === null) {
    return isNonNullType(type) ? [{ path: [], explanation: "Expected value to not be null" }] : [];
  }
  const problems: Problem[] = [];
  coerceInputValue(value, type, (path, invalid, error) => {
    problems.push(...explain(type, [...path], invalid, error));
  });
  return problems.length > 0 ? problems : idProblems(type, value, []);
}

function explain(
  type: GraphQLInputType,
  path: (string | number)[],
  invalid: unknown,
  error: GraphQLError,
): Problem[] {
  const missing = /^Field "(\w+)" of required type/.exec(error.message)?.[1];
  if (missing !== undefined)
    return [{ path: [...path, missing], explanation: "Expected value to not be null" }];
  const unknown = /^Field "(\w+)" is not defined by type "(\w+)"/.exec(error.message);
  if (unknown?.[1])
    return [{ path: [...path, unknown[1]], explanation: `Field is not defined on ${unknown[2]}` }];
  if (invalid === null || invalid === undefined)
    return [{ path, explanation: "Expected value to not be null" }];
  const inner = typeAt(type, path);
  const named = inner && getNamedType(inner);
  if (isEnumType(named)) {
    const names = named.getValues().map((each) => each.name);
    return [{ path, explanation: `Expected ${JSON.stringify(invalid)} to be one of: ${names.join(", ")}` }];
  }
  return [
    {
      path,
      explanation: `Could not coerce value ${JSON.stringify(invalid)} to ${named?.name ?? "the expected type"}`,
    },
  ];
}

function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType | undefined {
  let at: GraphQLInputType | undefined = type;
  for (const key of path) {
    if (isNonNullType(at)) at = at.ofType as GraphQLInputType;
    if (isListType(at)) at = at.ofType as GraphQLInputType;
    else if (isInputObjectType(at)) at = at.getFields()[String(key)]?.type;
  }
  return at;
}

/** Every ID is a global id. */
function idProblems(type: GraphQLInputType, value: unknown, path: (string | number)[]): Problem[] {
  if (value === null || value === undefined) return [];
  if (isNonNullType(type)) return idProblems(type.ofType as GraphQLInputType, value, path);
  if (isListType(type)) {
    const items = Array.isArray(value) ? value : [value];
    return items.flatMap((item, index) =>
      idProblems(type.ofType as GraphQLInputType, item, [...path, index]),
    );
  }
  if (isInputObjectType(type)) {
    return Object.entries(value).flatMap(([key, inner]) => {
      const field = type.getFields()[key];
      return field ? idProblems(field.type, inner, [...path, key]) : [];
    });
  }
  if (getNamedType(type).name !== "ID" || isGlobalId(String(value))) return [];
  const message = `Invalid global id '${String(value)}'`;
  return [{ path, explanation: message, message }];
}

function toShown(definition: VariableDefinitionNode, value: unknown, problems: Problem[]): ShownProblem {
  const name = definition.variable.name.value;
  const nested = problems.filter((each) => each.path.length > 0);
  const details = nested.map((each) => `${each.path.join(".")} (${each.explanation})`).join(", ");
  const start = definition.loc?.startToken;
  return {
    message: `Variable $${name} of type ${print(definition.type)} was provided invalid value${details === "" ? "" : ` for ${details}`}`,
    locations: start && [{ line: start.line, column: start.column }],
    extensions: { code: "INVALID_VARIABLE", value, problems },
  };
}

/** The first list in the arguments of a root field that is too long. */
export function findOversized(
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): ShownProblem | undefined {
  for (const field of operation.selectionSet.selections) {
    if (field.kind !== Kind.FIELD) continue;
    for (const argument of field.arguments ?? []) {
      const value =
        argument.value.kind === Kind.VARIABLE
          ? variables[argument.value.name.value]
          : literal(argument.value);
      const found = longList(value, [argument.name.value]);
      if (!found) continue;
      const start = field.loc?.startToken;
      return {
        message: `The input array size of ${found.size} is greater than the maximum allowed of ${INPUT_SIZE_MAX}.`,
        locations: start && [{ line: start.line, column: start.column }],
        path: [field.alias?.value ?? field.name.value, ...found.path],
        extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" },
      };
    }
  }
  return undefined;
}

/** Only sizes matter here: list items are not read. */
function literal(node: { kind: Kind; values?: readonly unknown[] }): unknown {
  return node.kind === Kind.LIST ? (node.values ?? []).map(() => null) : null;
}

function longList(
  value: unknown,
  path: (string | number)[],
): { size: number; path: (string | number)[] } | undefined {
  if (!value || typeof value !== "object") return undefined;
  if (Array.isArray(value) && value.length > INPUT_SIZE_MAX) return { size: value.length, path };
  for (const [key, inner] of Object.entries(value)) {
    const found = longList(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found) return found;
  }
  return undefined;
}
