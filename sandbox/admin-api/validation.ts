/**
 * A query that does not fit the schema, refused in Shopify's words: the same findings as graphql-js, with the paths,
 * codes and sentences of recorded answers. Also the checks that graphql-js does not make (global ids, list sizes).
 */
import type { GraphQLError } from "graphql";
import {
  getNamedType,
  Kind,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  type ValueNode,
} from "graphql";

export interface ShownProblem {
  message: string;
  locations?: readonly { line: number; column: number }[];
  path?: readonly (string | number)[];
  extensions: Record<string, unknown>;
}

const GLOBAL_ID = /^gid:\/\/[^/]+\/[^/]+\/.+$/;
export const isGlobalId = (text: string): boolean => GLOBAL_ID.test(text);

/** Empty when the document may run. */
export function findProblems(schema: GraphQLSchema, document: DocumentNode): ShownProblem[] {
  const paths = pathsOf(document);
  const errors = validate(schema, document);
  if (errors.length === 0) return globalIdProblems(schema, document, paths);
  const problems = errors.map((error) => translate(schema, error, paths));
  return mergeMissingArguments(problems);
}

export function parseProblem(error: GraphQLError, query: string): ShownProblem {
  const isEnd = error.message.includes("<EOF>") || query.trim() === "";
  const [location] = error.locations ?? [];
  const at = location ? ` at [${location.line}, ${location.column}]` : "";
  const what = isEnd ? "unexpected end of file" : error.message.replace(/^Syntax Error: /, "");
  return {
    message: `syntax error, ${what}${at}`,
    locations: error.locations,
    extensions: { code: "PARSE_ERROR" },
  };
}

type Path = (string | number)[];

/** Where each node stands, as Shopify writes it: operation, response keys, fragments, argument names, list indexes. */
function pathsOf(document: DocumentNode): Map<ASTNode, Path> {
  const paths = new Map<ASTNode, Path>();
  const walk = (node: ASTNode, path: Path): void => {
    paths.set(node, path);
    for (const [key, value] of Object.entries(node)) {
      if (key === "loc" || key === "name" || key === "alias") continue;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (child && typeof child === "object" && "kind" in child) {
          walk(child as ASTNode, [
            ...path,
            ...segmentOf(
              child as ASTNode,
              Array.isArray(value) && key === "values" ? value.indexOf(child) : undefined,
            ),
          ]);
        }
      }
    }
  };
  walk(document, []);
  return paths;
}

function segmentOf(node: ASTNode, index: number | undefined): Path {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return [node.name ? `${node.operation} ${node.name.value}` : node.operation];
    case Kind.FRAGMENT_DEFINITION:
      return [`fragment ${node.name.value}`];
    case Kind.FIELD:
      return [node.alias?.value ?? node.name.value];
    case Kind.INLINE_FRAGMENT:
      return [node.typeCondition ? `... on ${node.typeCondition.name.value}` : "..."];
    case Kind.ARGUMENT:
    case Kind.OBJECT_FIELD:
      return [node.name.value];
    default:
      return index === undefined ? [] : [index];
  }
}

type Match = RegExpExecArray;
type Translation = [
  pattern: RegExp,
  translate: (match: Match, node: ASTNode, schema: GraphQLSchema) => Omit<ShownProblem, "locations" | "path">,
];

const TRANSLATIONS: readonly Translation[] = [
  [
    /^Cannot query field "(\w+)" on type "(\w+)"/,
    ([, field, type]) => ({
      message: `Field '${field}' doesn't exist on type '${type}'`,
      extensions: { code: "undefinedField", typeName: type, fieldName: field },
    }),
  ],
  [
    /^Field "(\w+)" of type "([^"]+)" must have a selection of subfields/,
    ([, field, type = ""]) => {
      const name = type.replace(/[[\]!]/g, "");
      return {
        message: `Field must have selections (field '${field}' returns ${name} but has no selections. Did you mean '${field} { ... }'?)`,
        extensions: { code: "selectionMismatch", nodeName: `field '${field}'`, typeName: name },
      };
    },
  ],
  [
    /^Unknown argument "(\w+)" on field "\w+\.(\w+)"/,
    ([, argument, field]) => ({
      message: `Field '${field}' doesn't accept argument '${argument}'`,
      extensions: { code: "argumentNotAccepted", name: field, typeName: "Field", argumentName: argument },
    }),
  ],
  [
    /^Field "(\w+)" argument "(\w+)" of type "[^"]+" is required/,
    ([, field, argument]) => ({
      message: `Field '${field}' is missing required arguments: ${argument}`,
      extensions: { code: "missingRequiredArguments", className: "Field", name: field, arguments: argument },
    }),
  ],
  [
    /^Variable "\$(\w+)" is never used in operation "(\w+)"/,
    ([, variable, operation]) => ({
      message: `Variable $${variable} is declared by ${operation} but not used`,
      extensions: { code: "variableNotUsed", variableName: variable },
    }),
  ],
  [
    /^Unknown type "(\w+)"/,
    ([, type]) => ({
      message: `No such type ${type}, so it can't be a fragment condition`,
      extensions: { code: "undefinedType", typeName: type },
    }),
  ],
  [
    /^Unknown directive "@(\w+)"/,
    ([, directive]) => ({
      message: `Directive @${directive} is not defined`,
      extensions: { code: "undefinedDirective", directiveName: directive },
    }),
  ],
];

function translate(schema: GraphQLSchema, error: GraphQLError, paths: Map<ASTNode, Path>): ShownProblem {
  const node = error.nodes?.[0];
  const shown = { locations: error.locations, path: node && paths.get(node) };
  for (const [pattern, toProblem] of TRANSLATIONS) {
    const match = pattern.exec(error.message);
    if (match && node) return { ...toProblem(match, node, schema), ...shown };
  }
  const literal = node && literalProblem(error, node, paths);
  return literal ?? { message: error.message, ...shown, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } };
}

/** A literal of the wrong kind: `sortKey: BANANAS`. The argument around it is what Shopify names. */
function literalProblem(
  error: GraphQLError,
  node: ASTNode,
  paths: Map<ASTNode, Path>,
): ShownProblem | undefined {
  const isValue =
    /^(Value "|Enum "|Expected value of type|Int cannot|Boolean cannot|String cannot|ID cannot|Float cannot)/.test(
      error.message,
    );
  const path = paths.get(node);
  const field = parentField(node, paths);
  if (!isValue || !path || !field) return undefined;
  const type = /(?:in "|of type "|Enum ")([^"]+)"/.exec(error.message)?.[1] ?? error.message.split(" ")[0];
  return {
    message: `Argument '${path.at(-1)}' on Field '${field.name.value}' has an invalid value (${textOf(node as ValueNode)}). Expected type '${type}'.`,
    locations: field.loc && [{ line: field.loc.startToken.line, column: field.loc.startToken.column }],
    path,
    extensions: {
      code: "argumentLiteralsIncompatible",
      typeName: "Field",
      argumentName: String(path.at(-1)),
    },
  };
}

function parentField(node: ASTNode, paths: Map<ASTNode, Path>) {
  let found: Extract<ASTNode, { kind: Kind.FIELD }> | undefined;
  for (const candidate of paths.keys()) {
    if (candidate.kind !== Kind.FIELD || !candidate.loc || !node.loc) continue;
    if (candidate.loc.start <= node.loc.start && node.loc.end <= candidate.loc.end) found = candidate;
  }
  return found;
}

const textOf = (node: ValueNode): string =>
  node.kind === Kind.NULL
    ? "null"
    : "value" in node
      ? String(node.value)
      : (node.loc?.source.body.slice(node.loc.start, node.loc.end) ?? "");

/** Shopify names all missing arguments of a field in one error. */
function mergeMissingArguments(problems: ShownProblem[]): ShownProblem[] {
  const merged: ShownProblem[] = [];
  for (const problem of problems) {
    const before = merged.find(
      (each) =>
        each.extensions.code === "missingRequiredArguments" && String(each.path) === String(problem.path),
    );
    if (problem.extensions.code !== "missingRequiredArguments" || !before) {
      merged.push(problem);
      continue;
    }
    const names = `${String(before.extensions.arguments)}, ${String(problem.extensions.arguments)}`;
    before.extensions.arguments = names;
    before.message = `Field '${String(before.extensions.name)}' is missing required arguments: ${names}`;
  }
  return merged;
}

function globalIdProblems(
  schema: GraphQLSchema,
  document: DocumentNode,
  paths: Map<ASTNode, Path>,
): ShownProblem[] {
  const problems: ShownProblem[] = [];
  const types = new TypeInfo(schema);
  const check = visitWithTypeInfo(types, {
    StringValue(node) {
      const type = types.getInputType();
      if (!type || getNamedType(type).name !== "ID" || isGlobalId(node.value)) return;
      const field = parentField(node, paths);
      problems.push({
        message: `Invalid global id '${node.value}'`,
        locations: field?.loc && [{ line: field.loc.startToken.line, column: field.loc.startToken.column }],
        path: paths.get(node),
        extensions: { code: "argumentLiteralsIncompatible", typeName: "CoercionError" },
      });
    },
  });
  visit(document, check);
  return problems;
}
