/**
 * What Shopify refuses in a bulk query, in its own words and its order. Pure.
 */
import {
  getNamedType,
  isInterfaceType,
  isListType,
  isObjectType,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { loadSchema } from "../admin-api/schema.ts";
import { fragmentsOf } from "../admin-api/selection.ts";

export const CONNECTIONS_MAX = 5;
export const NESTING_DEPTH_MAX = 2;
const QUERY_BYTES_MAX = 65_535;

export interface BulkProblem {
  field: string[] | null;
  message: string;
  code: "INVALID";
}

interface FoundConnection {
  name: string;
  depth: number;
  usesNodes: boolean;
  /** Name of the connection around it, when that one's node lacks a plain `id`. */
  parentWithoutId: string | null;
  isInList: boolean;
}

/** The parsed query, or the reasons why it may not run. */
export function checkBulkQuery(query: string): { document: DocumentNode } | { problems: BulkProblem[] } {
  const bytes = Buffer.byteLength(query);
  if (bytes > QUERY_BYTES_MAX)
    return refuse(`Query is too large (${bytes} bytes; maximum is ${QUERY_BYTES_MAX} bytes)`);
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return refuse(`Invalid bulk query: ${syntaxText(query, error)}`);
  }
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (!operation) return refuse("Invalid bulk query: syntax error, unexpected end of file");
  if (operation.operation !== "query")
    return refuse("Invalid operation type. Only `query` operations are supported.");
  const [invalid] = validate(loadSchema(), document);
  if (invalid) return refuse(`Invalid bulk query: ${invalid.message}`);
  const problems = rulesBroken(document, operation);
  return problems.length > 0 ? { problems: problems.map(problem) } : { document };
}

const problem = (message: string): BulkProblem => ({ field: ["query"], message, code: "INVALID" });
const refuse = (message: string): { problems: BulkProblem[] } => ({ problems: [problem(message)] });

function syntaxText(query: string, error: unknown): string {
  if (query.trim() === "" || (error instanceof GraphQLError && error.message.includes("<EOF>"))) {
    return "syntax error, unexpected end of file";
  }
  return error instanceof Error ? error.message.replace(/^Syntax Error: /, "syntax error, ") : String(error);
}

function rulesBroken(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const found = connectionsOf(document, operation);
  const messages: string[] = [];
  if (hasTopLevelNode(operation)) messages.push("Bulk queries cannot contain a top level `node` field.");
  if (found.length === 0) messages.push("Bulk queries must contain at least one connection.");
  if (found.length > CONNECTIONS_MAX)
    messages.push(`Bulk queries cannot contain more than ${CONNECTIONS_MAX} connections.`);
  if (found.some((each) => each.depth > NESTING_DEPTH_MAX)) {
    messages.push(
      `Bulk queries cannot contain connections with a nesting depth greater than ${NESTING_DEPTH_MAX}.`,
    );
  }
  const byNodes = found.filter((each) => each.usesNodes).map((each) => each.name);
  if (byNodes[0] !== undefined) {
    messages.push(
      "All connection fields in a bulk query must select their contents using 'edges' > 'node', " +
        `e.g: '${byNodes[0]} { edges { node {'. Selecting via 'nodes' is not supported. ` +
        `Invalid connection fields: ${byNodes.map((name) => `'${name}'`).join(", ")}.`,
    );
  }
  const withoutId = [...new Set(found.map((each) => each.parentWithoutId).filter((name) => name !== null))];
  if (withoutId.length > 0) {
    messages.push(
      "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of " +
        `'ID' return type. Connection fields without 'id': ${withoutId.join(", ")}.`,
    );
  }
  if (found.some((each) => each.isInList)) {
    messages.push("Queries that contain a connection field within a list field are not currently supported.");
  }
  return messages;
}

function hasTopLevelNode(operation: OperationDefinitionNode): boolean {
  return operation.selectionSet.selections.some(
    (each) => each.kind === Kind.FIELD && ["node", "nodes"].includes(each.name.value),
  );
}

interface Place {
  depth: number;
  /** The connection whose node we are in, and whether that node selects a plain `id`. */
  connection: { name: string; hasId: boolean } | null;
  isInList: boolean;
}

function connectionsOf(document: DocumentNode, operation: OperationDefinitionNode): FoundConnection[] {
  const schema = loadSchema();
  const fragments = fragmentsOf(document);
  const found: FoundConnection[] = [];

  const visit = (set: SelectionSetNode, type: GraphQLNamedType | undefined, place: Place): void => {
    for (const selection of set.selections) {
      if (selection.kind !== Kind.FIELD) {
        const fragment =
          selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
        const on = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
        if (fragment) visit(fragment.selectionSet, on, place);
        continue;
      }
      const field = fieldOf(type, selection.name.value);
      if (!field || !selection.selectionSet) continue;
      const named = getNamedType(field.type);
      if (named.name.endsWith("Connection")) {
        visitConnection(selection.name.value, selection.selectionSet, named, place);
      } else {
        visit(selection.selectionSet, named, { ...place, isInList: place.isInList || isList(field.type) });
      }
    }
  };

  const visitConnection = (
    name: string,
    set: SelectionSetNode,
    type: GraphQLNamedType,
    place: Place,
  ): void => {
    const inner = innerSelections(set, type);
    found.push({
      name,
      depth: place.depth,
      usesNodes: inner.usesNodes,
      parentWithoutId: place.connection && !place.connection.hasId ? place.connection.name : null,
      isInList: place.isInList,
    });
    for (const { set: node, type: nodeType } of inner.nodes) {
      const hasId = selectsId(node);
      visit(node, nodeType, { depth: place.depth + 1, connection: { name, hasId }, isInList: false });
    }
  };

  visit(operation.selectionSet, schema.getQueryType() ?? undefined, {
    depth: 0,
    connection: null,
    isInList: false,
  });
  return found;
}

function fieldOf(type: GraphQLNamedType | undefined, name: string) {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function isList(type: unknown): boolean {
  let inner = type as { ofType?: unknown };
  for (;;) {
    if (isListType(inner)) return true;
    if (!inner.ofType) return false;
    inner = inner.ofType as { ofType?: unknown };
  }
}

/** The node selections below a connection, through `edges.node` and through `nodes`. */
function innerSelections(set: SelectionSetNode, connection: GraphQLNamedType) {
  const nodes: { set: SelectionSetNode; type: GraphQLNamedType | undefined }[] = [];
  let usesNodes = false;
  for (const selection of set.selections) {
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) continue;
    const field = fieldOf(connection, selection.name.value);
    const type = field && getNamedType(field.type);
    if (selection.name.value === "nodes") {
      usesNodes = true;
      nodes.push({ set: selection.selectionSet, type });
    }
    if (selection.name.value !== "edges") continue;
    for (const inner of selection.selectionSet.selections) {
      if (inner.kind !== Kind.FIELD || inner.name.value !== "node" || !inner.selectionSet) continue;
      const nodeField = fieldOf(type, "node");
      nodes.push({ set: inner.selectionSet, type: nodeField && getNamedType(nodeField.type) });
    }
  }
  return { usesNodes, nodes };
}

function selectsId(set: SelectionSetNode): boolean {
  return set.selections.some((each) => each.kind === Kind.FIELD && each.name.value === "id" && !each.alias);
}
