// A store small enough to hold in a test's hand: real HTTP, the official schema, data given by the test. It has dials
// for what a test wants to go wrong. What a whole store does (search, cost, traffic) is the sandbox's business.
import { execute, getNamedType, parse, validate, buildSchema } from "graphql";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { DocumentNode, GraphQLFieldResolver, GraphQLSchema } from "graphql";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Node } from "#app/resources/define.ts";

const ROOT = join(import.meta.dirname, "../..");
let cached: GraphQLSchema | undefined;

/** The official Admin API schema. */
export function adminSchema(): GraphQLSchema {
  cached ??= buildSchema(readFileSync(join(ROOT, "sandbox/schema/admin-2026-10.graphql"), "utf8"), {
    assumeValidSDL: true,
  });
  return cached;
}

export type Json = Record<string, unknown>;
export type StoredRecord = Json & { id: string };

export interface ReceivedQuery {
  readonly document: string;
  readonly variables: Json;
  readonly token: string | undefined;
}

export interface BulkDials {
  /** Ends FAILED with this code; the partial file holds so many lines. */
  fail?: { readonly errorCode: string; readonly partialLines: number | null };
  /** Added to the announced objectCount, and to the announced rootObjectCount. */
  miscount?: number;
  rootMiscount?: number;
  /** Rewrites the file's text. */
  rewrite?: (text: string) => string;
  /** Breaks the connection after so many bytes of an answer, this many times. */
  cut?: { readonly bytes: number; times: number };
  /** Looks until an operation has ended. */
  looks?: number;
  /** Until then it shows this, and what has been cancelled goes on showing it; by default it is RUNNING, and then CANCELED. */
  stuckAs?: string;
}

export interface SmallStore {
  readonly domain: string;
  readonly fetch: typeof fetch;
  /** By GraphQL type. A connection is an array under its field's name. */
  readonly data: Record<string, StoredRecord[]>;
  readonly requests: ReceivedQuery[];
  readonly ranges: (string | undefined)[];
  readonly bulk: BulkDials;
  /** Operations that somebody else runs: they hold slots. */
  foreignOperations: number;
  /** Answers instead of the store; null lets the store answer. */
  intercept: (
    request: ReceivedQuery,
  ) => { status?: number; headers?: Record<string, string>; body: unknown } | null;
  /** Ends the latest operation as Shopify would, whatever `looks` says. */
  finishBulk(): string;
  close(): Promise<void>;
}

interface Operation {
  id: string;
  query: string;
  status: string;
  looks: number;
  text: string;
  lines: number;
  roots: number;
  createdAt: string;
}

export async function openStore(data: Record<string, StoredRecord[]> = {}): Promise<SmallStore> {
  const operations: Operation[] = [];
  const server = createServer((request, response) => {
    void (request.method === "POST" ? answerGraphql(request, response) : sendFile(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const store: SmallStore = {
    domain: "small.myshopify.com",
    fetch: (url, init) => {
      const { pathname, search } = new URL(String(url));
      return fetch(`${base}${pathname}${search}`, init);
    },
    data,
    requests: [],
    ranges: [],
    bulk: {},
    foreignOperations: 0,
    intercept: () => null,
    finishBulk() {
      const last = operations.at(-1)!;
      last.looks = 0;
      return last.id;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answerGraphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { query: document, variables = {} } = JSON.parse(text) as { query: string; variables?: Json };
    const asked = {
      document,
      variables,
      token: request.headers["x-shopify-access-token"] as string | undefined,
    };
    store.requests.push(asked);
    const {
      status = 200,
      headers = {},
      body,
    } = store.intercept(asked) ?? { body: await run(document, variables) };
    response.writeHead(status, {
      "content-type": "application/json",
      "x-shopify-api-version": "2026-10",
      ...headers,
    });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }

  async function run(document: string, variables: Json): Promise<unknown> {
    const { parsed, problems } = check(document);
    if (problems.length > 0) return { errors: problems.map((message) => ({ message })) };
    const result = await executeOn(parsed, variables, rootOf(store, operations, base), true);
    const cost = { requestedQueryCost: 10, actualQueryCost: 10, throttleStatus: BUCKET };
    return { ...result, extensions: { cost } };
  }

  async function sendFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const range = request.headers.range;
    store.ranges.push(range);
    const operation = operations.find(({ id }) => request.url === `/bulk/${id.split("/").at(-1)}.jsonl`);
    if (!operation) return void response.writeHead(404).end();
    const bytes = Buffer.from(operation.text);
    const from = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
    if (from > 0 && from >= bytes.length) return void response.writeHead(416).end();
    const rest = bytes.subarray(from);
    response.writeHead(range ? 206 : 200, {
      "content-type": "application/jsonl",
      "content-length": rest.length,
    });
    const { cut } = store.bulk;
    if (cut && cut.times > 0 && rest.length > cut.bytes) {
      cut.times -= 1;
      response.write(rest.subarray(0, cut.bytes), () => response.destroy());
    } else response.end(rest);
  }

  return store;
}

const checked = new Map<string, { parsed: DocumentNode; problems: string[] }>();

/** Once for each document: they are few, and asked again and again. */
function check(document: string) {
  const known = checked.get(document);
  if (known) return known;
  const parsed = parse(document);
  const result = { parsed, problems: validate(adminSchema(), parsed).map(({ message }) => message) };
  checked.set(document, result);
  return result;
}

const BUCKET = { maximumAvailable: 40_000, currentlyAvailable: 40_000, restoreRate: 2_000 };
const SLOTS = 5;

function rootOf(store: SmallStore, operations: Operation[], base: string): Json {
  function* all(): Generator<StoredRecord> {
    for (const records of Object.values(store.data)) yield* records;
    // What lies in a plain list of an order is a node of its own, too.
    for (const { refunds = [], fulfillments = [] } of store.data.Order ?? []) {
      yield* refunds as StoredRecord[];
      yield* fulfillments as StoredRecord[];
    }
  }
  const found = (ids: readonly string[]) => {
    const byId = new Map<string, StoredRecord | null>(ids.map((id) => [id, null]));
    for (const record of all()) if (byId.get(record.id) === null) byId.set(record.id, record);
    return ids.map((id) => byId.get(id));
  };
  const list = (type: string) => () => store.data[type] ?? [];
  const count = (type: string) => () => ({ count: (store.data[type] ?? []).length, precision: "EXACT" });
  const active = () => operations.filter(({ looks, status }) => looks > 0 && status !== "CANCELED").length;
  const shown = (operation: Operation) => show(operation, store, base);
  return {
    shop: { id: "gid://shopify/Shop/1" },
    orders: list("Order"),
    products: list("Product"),
    inventoryItems: list("InventoryItem"),
    locations: list("Location"),
    ordersCount: count("Order"),
    productsCount: count("Product"),
    node: ({ id }: { id: string }) => found([id])[0],
    nodes: ({ ids }: { ids: string[] }) => found(ids),
    bulkOperations: () => [
      ...operations.map(shown).reverse(),
      ...Array.from({ length: store.foreignOperations }, (_, at) => show(foreign(at), store, base)),
    ],
    bulkOperation: ({ id }: { id: string }) => {
      const operation = operations.find((each) => each.id === id);
      if (operation && operation.looks > 0) operation.looks -= 1;
      return operation ? shown(operation) : null;
    },
    bulkOperationCancel: ({ id }: { id: string }) => {
      const operation = operations.find((each) => each.id === id);
      if (operation) operation.status = store.bulk.stuckAs ? "CANCELING" : "CANCELED";
      return { bulkOperation: null, userErrors: [] };
    },
    bulkOperationRunQuery: async ({ query }: { query: string }) => {
      if (active() + store.foreignOperations >= SLOTS) {
        const message = "A bulk query operation for this app and shop is already in progress.";
        return { bulkOperation: null, userErrors: [{ code: "OPERATION_IN_PROGRESS", field: null, message }] };
      }
      const operation = await write(query, store, operations.length + 1);
      operations.push(operation);
      return { bulkOperation: shown(operation), userErrors: [] };
    },
  };
}

function foreign(at: number): Operation {
  return {
    id: `gid://shopify/BulkOperation/${900_001 + at}`,
    query: "{ shop { id } }",
    status: "RUNNING",
    looks: 1,
    text: "",
    lines: 0,
    roots: 0,
    createdAt: new Date().toISOString(),
  };
}

function show(operation: Operation, { bulk }: SmallStore, base: string): Json {
  const isOver = operation.looks === 0;
  const isFailed = isOver && bulk.fail !== undefined;
  const url = `${base.replace("http://127.0.0.1", "https://files.test")}/bulk/${operation.id.split("/").at(-1)}.jsonl`;
  const hasFile = isOver && operation.text !== "";
  return {
    __typename: "BulkOperation",
    id: operation.id,
    query: operation.query,
    type: "QUERY",
    status: operation.status.startsWith("CANCEL")
      ? operation.status
      : isFailed
        ? "FAILED"
        : isOver
          ? "COMPLETED"
          : (bulk.stuckAs ?? "RUNNING"),
    errorCode: isFailed ? bulk.fail!.errorCode : null,
    createdAt: operation.createdAt,
    completedAt: isOver ? operation.createdAt : null,
    objectCount: String(operation.lines + (isOver ? (bulk.miscount ?? 0) : 0)),
    rootObjectCount: String(operation.roots + (isOver ? (bulk.rootMiscount ?? 0) : 0)),
    fileSize: hasFile ? String(Buffer.byteLength(operation.text)) : null,
    url: hasFile && !isFailed ? url : null,
    partialDataUrl: hasFile && isFailed && bulk.fail!.partialLines !== null ? url : null,
  };
}

/** All roots first and all children after them: what Shopify promises at the least. */
async function write(query: string, store: SmallStore, number: number): Promise<Operation> {
  const source = parse(query);
  const problems = validate(adminSchema(), source).filter(({ message }) => !message.includes("first"));
  if (problems.length > 0) throw new Error(problems[0]!.message);
  const result = await executeOn(source, {}, rootOf(store, [], ""), false);
  if (result.errors) throw new Error(result.errors[0]!.message);
  const roots: Json[] = [];
  const children: Json[] = [];
  const walk = (object: Json, parent: string | null): void => {
    const line: Json = {};
    const below: Json[][] = [];
    for (const [key, value] of Object.entries(object)) {
      const edges = (value as { edges?: { node: Json }[] } | null)?.edges;
      if (edges) below.push(edges.map(({ node }) => node));
      else line[key] = value;
    }
    if (parent !== null) line.__parentId = parent;
    if (parent === null) roots.push(line);
    else children.push(line);
    for (const nodes of below) for (const node of nodes) walk(node, String(object.id));
  };
  for (const { edges } of Object.values(result.data as Record<string, { edges: { node: Json }[] }>)) {
    for (const { node } of edges) walk(node, null);
  }
  let lines = [...roots, ...children].map((line) => `${JSON.stringify(line)}\n`);
  const { fail, rewrite } = store.bulk;
  const total = lines.length;
  if (fail) lines = lines.slice(0, fail.partialLines ?? 0);
  return {
    id: `gid://shopify/BulkOperation/${number}`,
    query,
    status: "RUNNING",
    looks: store.bulk.looks ?? 1,
    text: rewrite ? rewrite(lines.join("")) : lines.join(""),
    lines: fail ? lines.length : total,
    roots: roots.length,
    createdAt: new Date().toISOString(),
  };
}

/** Arrays where the schema has a connection become one: a page of it, or all of it for bulk. */
function executeOn(document: DocumentNode, variableValues: Json, rootValue: Json, isPaged: boolean) {
  const connected = (all: Json[], args: Json): Json => {
    const start = args.after ? Number(args.after) : 0;
    const end = isPaged ? start + Number(args.first) : all.length;
    const nodes = all.slice(start, end);
    const pageInfo = { hasNextPage: end < all.length, hasPreviousPage: start > 0, endCursor: String(end) };
    return { nodes, edges: nodes.map((node) => ({ node, cursor: "" })), pageInfo };
  };
  const fieldResolver: GraphQLFieldResolver<Json, unknown, Json> = (source, args, _context, info) => {
    const value = source[info.fieldName];
    const resolved: unknown = typeof value === "function" ? (value as (args: Json) => unknown)(args) : value;
    const isConnection = Array.isArray(resolved) && getNamedType(info.returnType).name.endsWith("Connection");
    return isConnection ? connected(resolved as Json[], args) : resolved;
  };
  return execute({
    schema: adminSchema(),
    document,
    variableValues,
    rootValue,
    fieldResolver: fieldResolver as GraphQLFieldResolver<unknown, unknown>,
    typeResolver: (value, _context, { schema }, type) =>
      (value as { __typename?: string }).__typename ??
      typeOf(value as Node) ??
      schema.getPossibleTypes(type)[0]?.name,
  });
}

function typeOf({ id }: Partial<Node>): string | undefined {
  return /^gid:\/\/shopify\/(\w+)\//.exec(id ?? "")?.[1];
}
