// Writes the GraphQL documents of a resource from its descriptor: a page of records, records by id, the rest of one
// record's children, a bulk query and counts. The selected fields are the descriptor's; paging belongs to here.
import { Kind, parse, print } from "graphql";
import { assertBulkLimits, inlineFragments } from "#app/shopify/bulk-document.ts";
import { remembering } from "#app/shopify/remember.ts";
import { allOf } from "#app/shopify/search.ts";
import type { Connection, List, Resource, SearchWay } from "#app/resources/define.ts";
import type { FragmentDefinitionNode } from "graphql";

/** What the documents need of a descriptor; tests can state just that. */
export type Listing = Pick<
  Resource,
  "type" | "fragment" | "connections" | "lists" | "apart" | "list" | "count" | "cursor" | "filter"
>;

/** Children are asked for in full pages once a record has more than its first page of them. */
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";

export interface PageOptions {
  /** Whether `$query` is given. */
  readonly isSearch?: boolean;
  /** Ordered by id instead of Shopify's default: no change moves a record, so pages neither miss nor repeat any. */
  readonly isById?: boolean;
}

/** `query ($first: Int!, $after: String[, $query: String!])`; one page of the root connection. */
export function pageDocument(
  resource: Listing,
  { isSearch = false, isById = false }: PageOptions = {},
): string {
  const { list } = resource;
  const args = [
    "first: $first",
    "after: $after",
    isSearch ? "query: $query" : "",
    isById && !list.isUnsorted ? "sortKey: ID" : "",
    list.args ?? "",
  ];
  const search = isSearch ? ", $query: String!" : "";
  return tidy(`query ${pascal(list.root)}Page($first: Int!, $after: String${search}) {
    ${list.root}(${joinArgs(args)}) { nodes { ${rootSelection(resource)} } ${PAGE_INFO} }
  } ${fragmentsOf(resource)}`);
}

/** `query ($ids: [ID!]!)`; missing records are null. */
export function nodesDocument(resource: Listing): string {
  return tidy(`query ${resource.type}Nodes($ids: [ID!]!) {
    nodes(ids: $ids) { __typename ... on ${resource.type} { ${recordSelection(resource)} } }
  } ${fragmentsOf(resource)}`);
}

/**
 * `query ($id: ID!, $first: Int!, $after: String)`; goes on with one connection of one record under `node`, whose
 * `updatedAt` tells whether it changed meanwhile (types that have none are read without).
 */
export function childPageDocument(resource: Listing, connection: Connection): string {
  return tidy(`query ${resource.type}${pascal(connection.field)}($id: ID!, $first: Int!, $after: String) {
    node(id: $id) { ... on ${resource.type} {
      id ${hasUpdatedAt(resource) ? "updatedAt" : ""} ${continued(connection)}
    } }
  } ${unique(...fragmentsIn(connection))}`);
}

/**
 * `query ($id: ID!, $at: String, $first: Int!, $after: String)`; the one node of a connection that follows `$at`, with a
 * page of what it holds inside.
 */
export function insidePageDocument(resource: Listing, connection: Connection): string {
  const { field, args, fragment, inside } = connection;
  if (!inside) throw new RangeError(`the nodes of ${resource.type}.${field} hold no connection`);
  const one = joinArgs(["first: 1", "after: $at", args ?? ""]);
  return tidy(`query ${resource.type}${pascal(field)}${pascal(inside.field)}(
    $id: ID!, $at: String, $first: Int!, $after: String
  ) {
    node(id: $id) { ... on ${resource.type} {
      id ${hasUpdatedAt(resource) ? "updatedAt" : ""}
      ${field}(${one}) { nodes { ${spread(fragment)} ${continued(inside)} } ${PAGE_INFO} }
    } }
  } ${unique(...fragmentsIn(connection))}`);
}

/** `query ($ids: [ID!]!)`; parents by id, each with its first records, for records that exist only within others. */
export function parentsDocument(resource: Listing): string {
  const { type, field } = withinOf(resource);
  return tidy(`query ${type}${pascal(field)}Of($ids: [ID!]!) {
    nodes(ids: $ids) { __typename ... on ${type} { ${rootSelection(resource)} } }
  } ${fragmentsOf(resource)}`);
}

/** As childPageDocument, for records that exist only within others. */
export function withinPageDocument(resource: Listing): string {
  const { type, field, args } = withinOf(resource);
  const all = joinArgs(["first: $first", "after: $after", args ?? ""]);
  return tidy(`query ${type}${pascal(field)}($id: ID!, $first: Int!, $after: String) {
    node(id: $id) { ... on ${type} {
      id ${field}(${all}) { nodes { ${recordSelection(resource)} } ${PAGE_INFO} }
    } }
  } ${fragmentsOf(resource)}`);
}

/**
 * A bulk query: `edges { node }` all the way, fragments written out, `__typename` and `id` on every node.
 * `tag` is put into a comment, so that an operation whose id was lost in a crash can be told from others.
 * @throws RangeError when it breaks one of Shopify's rules for bulk queries: a bug in the descriptor.
 */
export function bulkDocument(
  resource: Listing,
  options: { readonly search?: string; readonly tag?: string } = {},
): string {
  const { list } = resource;
  const wanted = searchWithin(resource, "list", options.search);
  const search = wanted === "" ? "" : `query: ${JSON.stringify(wanted)}`;
  const below = ({ field, args, fragment, inside }: Connection): string =>
    `${field}${wrapArgs([args ?? ""])} { edges { node { ${own(fragment)} ${inside ? below(inside) : ""} } } }`;
  const children = resource.connections.map(below);
  const record = `${own(resource.fragment)} ${listSelections(resource)} ${children.join(" ")}`;
  const node = list.within
    ? `__typename id ${list.within.field}${wrapArgs([list.within.args ?? ""])} { edges { node { ${record} } } }`
    : record;
  const source = `{ ${list.root}${wrapArgs([search, list.args ?? ""])} { edges { node { ${node} } } } } ${fragmentsOf(resource)}`;
  const document = inlineFragments(parse(source));
  assertBulkLimits(document);
  return `${options.tag ? `# ${options.tag}\n` : ""}${print(document)}`;
}

/**
 * The entries of a list as records of their own, with which their connections are read by id. Nothing of their own
 * fields but what tells one state from another.
 */
export function entryListing(list: Pick<List, "type" | "connections" | "state">): Listing {
  const { type, connections } = list;
  const fragment = `fragment ${type}State on ${type} { id ${stateFields(list).join(" ")} }`;
  return { type, fragment, connections, list: { root: "" }, count: null, cursor: null };
}

/** The root list with nothing but ids, and one more field where it is asked for. */
export function bareListing({ type, list: { within, ...list }, filter }: Listing, field = ""): Listing {
  const listed = within?.type ?? type;
  const fragment = `fragment ${listed}Id on ${listed} { id ${field} }`;
  return {
    type: listed,
    fragment,
    connections: [],
    list,
    count: null,
    cursor: null,
    ...(filter ? { filter } : {}),
  };
}

export function stateFields({ state = ["updatedAt"] }: Pick<List, "state">): readonly string[] {
  return state;
}

export interface Counting {
  /** Name under which the answer carries the count. */
  readonly alias: string;
  readonly resource: Pick<Listing, "count" | "filter">;
  readonly search?: string;
}

/** The search among those records that belong to the shop's mirror; empty for all of them. */
export function searchWithin({ filter }: Pick<Listing, "filter">, way: SearchWay, search = ""): string {
  const within = way === "list" ? filter?.search : filter?.counted;
  return allOf(within ?? "", search);
}

/** Many counts in one query (10 points each), unlimited and so exact: `{ alias: { count, precision } }`. */
export function countsDocument(countings: readonly Counting[]): string {
  const fields = countings.map(({ alias, resource, search }) => {
    if (resource.count === null) throw new RangeError(`Shopify does not count ${alias}`);
    const wanted = searchWithin(resource, "count", search);
    const args = joinArgs(["limit: null", wanted === "" ? "" : `query: ${JSON.stringify(wanted)}`]);
    return `${alias}: ${resource.count}(${args}) { count precision }`;
  });
  return tidy(`query Counts { ${fields.join("\n")} }`);
}

/** Whether the record itself says when it changed. */
export function hasUpdatedAt(resource: Listing): boolean {
  return definitionsOf(resource.fragment)[0]!.definition.selectionSet.selections.some(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === "updatedAt" && !selection.alias,
  );
}

function withinOf({ type, list }: Listing): NonNullable<Resource["list"]["within"]> {
  if (!list.within) throw new RangeError(`${type} is listed at the root`);
  return list.within;
}

function rootSelection(resource: Listing): string {
  if (!resource.list.within) return recordSelection(resource);
  const { field, args, pageSize } = resource.list.within;
  const all = joinArgs([`first: ${pageSize}`, args ?? ""]);
  return `__typename id ${field}(${all}) { nodes { ${recordSelection(resource)} } ${PAGE_INFO} }`;
}

function recordSelection(resource: Listing): string {
  const children = resource.connections.map((connection) => begun(connection));
  return `${own(resource.fragment)} ${listSelections(resource)} ${children.join(" ")}`;
}

/** The first page of a connection, and of what its nodes hold. */
function begun({ field, args, fragment, pageSize, inside }: Connection): string {
  const all = joinArgs([`first: ${pageSize}`, args ?? ""]);
  return `${field}(${all}) { nodes { ${spread(fragment)} ${inside ? begun(inside) : ""} } ${PAGE_INFO} }`;
}

/** A node's own fields. Those that lie inside others need not have an id: where the fragment asks for none, none is read. */
function own(fragment: string): string {
  const hasId = definitionsOf(fragment)[0]!.definition.selectionSet.selections.some(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === "id",
  );
  return `__typename ${hasId ? "id" : ""} ${spread(fragment)}`;
}

/** Without their connections, so that pages, reads by id and bulk files show entries alike. */
function listSelections({ lists = [] }: Listing): string {
  return lists.map(({ field, fragment }) => `${field} { id ${spread(fragment)} }`).join(" ");
}

function continued({ field, args, fragment, inside }: Connection): string {
  const all = joinArgs(["first: $first", "after: $after", args ?? ""]);
  return `${field}(${all}) { nodes { ${spread(fragment)} ${inside ? begun(inside) : ""} } ${PAGE_INFO} }`;
}

/** The first fragment of a document is the record's; further ones are its parts. */
function spread(fragment: string): string {
  return `...${definitionsOf(fragment)[0]!.name}`;
}

interface Fragment {
  readonly name: string;
  readonly text: string;
  readonly definition: FragmentDefinitionNode;
}

const definitionsOf = remembering((source: string): readonly Fragment[] => {
  const fragments = parse(source).definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  if (fragments.length === 0) throw new RangeError("a descriptor's fragment document holds no fragment");
  return (fragments as FragmentDefinitionNode[]).map((definition) => ({
    name: definition.name.value,
    text: print(definition),
    definition,
  }));
});

function fragmentsOf({ fragment, connections, lists = [] }: Listing): string {
  return unique(fragment, ...connections.flatMap(fragmentsIn), ...lists.map((list) => list.fragment));
}

function fragmentsIn({ fragment, inside }: Connection): string[] {
  return [fragment, ...(inside ? fragmentsIn(inside) : [])];
}

/** Each fragment once: records and their children share parts such as the money bag. */
function unique(...sources: string[]): string {
  const byName = new Map(sources.flatMap(definitionsOf).map(({ name, text }) => [name, text]));
  return [...byName.values()].join("\n");
}

function joinArgs(args: readonly string[]): string {
  return args.filter((arg) => arg !== "").join(", ");
}

function wrapArgs(args: readonly string[]): string {
  const joined = joinArgs(args);
  return joined === "" ? "" : `(${joined})`;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const tidy = remembering((source: string) => print(parse(source)));
