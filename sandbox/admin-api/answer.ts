/**
 * One GraphQL request from body to answer: parse, validate, cost, bucket, execute, charge.
 */
import { randomUUID } from "node:crypto";
import { GraphQLError, Kind, parse, type DocumentNode, type OperationDefinitionNode } from "graphql";
import type { Bucket } from "./bucket.ts";
import { chargeCost } from "./charge.ts";
import type { ApiContext } from "./context.ts";
import { estimateCost, MAX_QUERY_COST } from "./cost.ts";
import { costExceeded, throttled } from "./errors.ts";
import { once } from "./once.ts";
import { run } from "./run.ts";
import { loadSchema } from "./schema.ts";
import { askedIn, findOperation } from "./selection.ts";
import { findProblems, parseProblem, type ShownProblem } from "./validation.ts";
import { findOversized, readVariables } from "./variables.ts";

export interface GraphqlRequest {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | null;
}

export interface GraphqlAnswer {
  body: Record<string, unknown>;
  /** Name of the operation, or its first root field. */
  operation: string;
  requestedCost: number | null;
  actualCost: number | null;
  errors: readonly string[];
}

/** Documents are parsed and validated once; an app sends the same few. */
const KNOWN_DOCUMENTS_MAX = 500;
const known = new Map<string, Known>();

interface Known {
  readonly document?: DocumentNode;
  readonly problems: ShownProblem[];
  /** Points asked for, by the variables that they depend on. */
  readonly costs: Map<string, number>;
}

export function answerGraphql(
  request: GraphqlRequest,
  context: ApiContext,
  bucket: Bucket,
  onBug: (error: Error) => void,
): GraphqlAnswer {
  const { document, problems, costs } = readDocument(request.query);
  if (!document || problems.length > 0) return refusal("invalid query", problems);
  const chosen = chooseOperation(document, request.operationName);
  if ("message" in chosen) return refusal("invalid query", [{ message: chosen.message, extensions: {} }]);
  const { operation } = chosen;
  const name = operation.name?.value ?? firstField(operation);
  const schema = loadSchema();
  const variables = readVariables(schema, operation, request.variables);
  if ("problems" in variables) return refusal(name, variables.problems);

  const asked = askedIn(schema, document, variables.values, request.operationName);
  const requestedCost = once(costs, sizesIn(request, variables.values), () => estimateCost(asked));
  if (requestedCost > MAX_QUERY_COST)
    return refusal(name, [show(costExceeded(requestedCost, MAX_QUERY_COST))], requestedCost);
  const oversized = findOversized(operation, variables.values);
  const cost = (actualQueryCost: number | null) => ({
    requestedQueryCost: requestedCost,
    actualQueryCost,
    throttleStatus: bucket.status(),
  });
  if (oversized)
    return {
      ...refusal(name, [oversized], requestedCost),
      body: { errors: [oversized], extensions: { cost: cost(null) } },
    };
  if (!bucket.take(requestedCost)) {
    const errors = [show(throttled())];
    return { ...refusal(name, errors, requestedCost), body: { errors, extensions: { cost: cost(null) } } };
  }

  const result = run(document, request.operationName, request.variables, context);
  const actualCost = Math.min(requestedCost, chargeCost(asked, result.data));
  bucket.giveBack(requestedCost - actualCost);
  const errors = (result.errors ?? []).map((error) => show(disguise(error, onBug)));
  const body = {
    ...(errors.length > 0 ? { errors } : {}),
    data: result.data ?? null,
    extensions: {
      cost: cost(actualCost),
      ...(context.searches.length > 0 ? { search: context.searches } : {}),
    },
  };
  return { body, operation: name, requestedCost, actualCost, errors: codesOf(errors) };
}

/** Page sizes, and what is skipped or included. */
function sizesIn({ operationName }: GraphqlRequest, variables: Record<string, unknown>): string {
  const told = Object.entries(variables).filter(([, value]) => /number|boolean/.test(typeof value));
  return JSON.stringify([operationName, told]);
}

function readDocument(query: string): Known {
  const found = known.get(query);
  if (found) return found;
  let read: Known;
  try {
    const document = parse(query);
    read = { document, problems: findProblems(loadSchema(), document), costs: new Map() };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    read = { problems: [parseProblem(error, query)], costs: new Map() };
  }
  if (known.size >= KNOWN_DOCUMENTS_MAX) known.clear();
  known.set(query, read);
  return read;
}

function chooseOperation(
  document: DocumentNode,
  name: string | null,
): { operation: OperationDefinitionNode } | { message: string } {
  const operation = findOperation(document, name);
  const count = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION).length;
  if (name !== null && !operation) return { message: `No operation named "${name}"` };
  if (!operation || (name === null && count > 1)) return { message: "An operation name is required" };
  return { operation };
}

function firstField(operation: OperationDefinitionNode): string {
  const field = operation.selectionSet.selections.find((each) => each.kind === Kind.FIELD);
  return field?.kind === Kind.FIELD ? field.name.value : operation.operation;
}

function refusal(
  operation: string,
  errors: ShownProblem[],
  requestedCost: number | null = null,
): GraphqlAnswer {
  return { body: { errors }, operation, requestedCost, actualCost: null, errors: codesOf(errors) };
}

const codesOf = (errors: readonly ShownProblem[]): string[] =>
  errors.map((each) => String(each.extensions.code ?? "ERROR"));

function show(error: GraphQLError): ShownProblem {
  return {
    message: error.message,
    ...(error.locations ? { locations: error.locations } : {}),
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...error.extensions },
  };
}

/** A bug of the sandbox looks like one of Shopify's, and is told to whoever runs it. */
function disguise(error: GraphQLError, onBug: (error: Error) => void): GraphQLError {
  if (error.extensions.code !== undefined) return error;
  onBug(error.originalError ?? error);
  const requestId = `${randomUUID()}-${Math.floor(Date.now() / 1000)}`;
  const message = `Internal error. Looks like something went wrong on our end.\nRequest ID: ${requestId} (include this in support requests).`;
  return new GraphQLError(message, { extensions: { requestId, code: "INTERNAL_SERVER_ERROR" } });
}
