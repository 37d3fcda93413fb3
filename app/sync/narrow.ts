// Derives a descriptor from a descriptor: what a shop's rules leave out is taken out of the queries, of the rows and of
// what webhooks tell, so that everything downstream simply uses another descriptor. Pure.
import { UNASKED } from "#app/resources/columns.ts";
import { pruned } from "#app/sync/narrow-fields.ts";
import type { Apart, ChildModel, Connection, List, Node, Notice } from "#app/resources/define.ts";
import type { Reading, RecordFilter, Resource, Source } from "#app/resources/define.ts";
import type { Children, Row } from "#app/sync/change.ts";

export interface Narrowing {
  /** Names of field groups that are left out. */
  readonly without: readonly string[];
  readonly isPersonalOut: boolean;
  readonly filter: RecordFilter | null;
  /** Shopify's count understands the filter; otherwise the records are not counted. */
  readonly isCounted: boolean;
  readonly takes: ((node: Node) => boolean) | null;
  /** What the records that these go with are narrowed to; null where all of those are mirrored, or where there are none. */
  readonly holderSearch: string | null;
}

/** What of a resource's rows is left out. */
export interface Omitted {
  /** Model → fields. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Models of which there are no rows at all. */
  readonly models: ReadonlySet<string>;
}

type Columns = Omitted["columns"];

/** The same descriptor when nothing is left out. */
export function narrow(resource: Resource, narrowing: Narrowing): Resource {
  const { filter, isCounted, takes, holderSearch } = narrowing;
  const omitted = omittedBy(resource, narrowing);
  const isWhole = omitted.columns.size === 0 && omitted.models.size === 0;
  if (isWhole && filter === null && takes === null && holderSearch === null) return resource;
  const parts = partsOf(resource, narrowing);
  const { columns } = omitted;
  const connections = keptConnections(resource.connections, resource, omitted, parts);
  const lists = resource.lists?.flatMap((list) =>
    parts.has(list.field) ? [] : keptList(list, resource, omitted),
  );
  const apart = resource.apart && keptConnections<Apart>(resource.apart, resource, omitted, parts);
  const prepare = isWhole ? (node: Node) => node : preparer(resource, omitted, parts);
  return {
    ...resource,
    childModels: resource.childModels.filter((model) => !omitted.models.has(model)),
    fragment: pruneFor(resource, resource.model, resource.fragment, columns),
    connections,
    ...(lists && { lists }),
    ...(apart && { apart }),
    ...(filter && { filter, count: isCounted ? resource.count : null }),
    ...(takes && { takes }),
    ...(holderSearch !== null && { isHeldOnly: true as const }),
    fromNode: (node) => strip(resource.fromNode(prepare(node)), resource, omitted),
    fromWebhook: (body, topic) => told(resource.fromWebhook(body, topic), resource, omitted, filter),
  };
}

/** What is left out by its groups, and for being personal. */
export function omittedBy(
  resource: Resource,
  { without, isPersonalOut }: Pick<Narrowing, "without" | "isPersonalOut">,
): Omitted {
  const columns = new Map<string, Set<string>>();
  const leaveOut = (from: { readonly [model: string]: readonly string[] }) => {
    for (const [model, fields] of Object.entries(from)) {
      if (fields.length > 0) columns.set(model, new Set([...(columns.get(model) ?? []), ...fields]));
    }
  };
  for (const { name, columns: grouped = {} } of resource.groups ?? []) {
    if (without.includes(name)) leaveOut(grouped);
  }
  if (isPersonalOut) leaveOut(resource.personal);
  const parts = partsOf(resource, { without });
  const left = partsIn(resource).filter(({ field }) => parts.has(field));
  for (const part of left) {
    if ("fills" in part && part.fills) leaveOut({ [resource.model]: part.fills });
  }
  const models = left.flatMap((part) => [part, ...innerOf(part)]).flatMap(({ model }) => model ?? []);
  for (const model of models) columns.delete(model);
  return { columns, models: new Set(models) };
}

function partsIn({ connections, lists = [], apart = [] }: Resource): readonly Part[] {
  return [...connections, ...lists, ...apart];
}

/** Connections inside the entries or nodes. */
function innerOf(part: Part): readonly Connection[] {
  if ("connections" in part) return part.connections;
  return part.entries?.connections ?? (part.inside ? [part.inside] : []);
}

function partsOf({ groups = [] }: Resource, { without }: Pick<Narrowing, "without">): ReadonlySet<string> {
  return new Set(groups.filter(({ name }) => without.includes(name)).flatMap(({ parts = [] }) => parts));
}

function keptConnections<T extends Connection>(
  connections: readonly T[],
  resource: Resource,
  omitted: Omitted,
  parts: ReadonlySet<string>,
): T[] {
  return connections.flatMap((connection) => {
    if (parts.has(connection.field) || isUseless(connection, resource.model, omitted)) return [];
    const { model, fragment, entries, inside } = connection;
    if (!model) return connection;
    const holder = { ...resource, model };
    const kept = (held: readonly Connection[]) => keptConnections(held, holder, omitted, new Set());
    const inner = {
      ...(entries && { entries: { ...entries, connections: kept(entries.connections) } }),
      ...(inside && { inside: kept([inside])[0] }),
    };
    return { ...connection, ...inner, fragment: pruneFor(resource, model, fragment, omitted.columns) };
  });
}

/** All that is put together from its nodes is left out. */
function isUseless({ model: own, fills }: Connection, model: string, { columns }: Omitted): boolean {
  return own === undefined && fills !== undefined && fills.every((field) => columns.get(model)?.has(field));
}

function keptList(list: List, resource: Resource, omitted: Omitted): List {
  const holder = { ...resource, model: list.model };
  return {
    ...list,
    fragment: pruneFor(resource, list.model, list.fragment, omitted.columns),
    connections: keptConnections(list.connections, holder, omitted, new Set()),
  };
}

function pruneFor(resource: Resource, model: string, fragment: string, columns: Columns): string {
  const out = columns.get(model);
  const sources = resource.columns[model];
  return out && sources ? pruned(fragment, uselessPaths(sources, out)) : fragment;
}

/** Places in the node that no column is read from any more. A place that holds, or lies in, one that is read stays. */
function uselessPaths(sources: Readonly<Record<string, Source>>, out: ReadonlySet<string>): string[][] {
  const paths = (isOut: boolean) =>
    Object.entries(sources).flatMap(([name, { from, within = [] }]) =>
      out.has(name) === isOut ? [[from, ...within]] : [],
    );
  const kept = paths(false);
  const touches = (a: readonly string[], b: readonly string[]) =>
    a.slice(0, b.length).join("/") === b.slice(0, a.length).join("/");
  return paths(true).filter((path) => !kept.some((other) => touches(path, other)));
}

type Part = Connection | List;

/** Tells the descriptor's reader what was not asked for: columns by a mark, lists as empty ones. */
function preparer(resource: Resource, omitted: Omitted, parts: ReadonlySet<string>): (node: Node) => Node {
  const isOut = (part: Part, model: string) => !("connections" in part) && isUseless(part, model, omitted);
  const prepare = (holder: object, held: readonly Part[], model: string): Record<string, unknown> => {
    const copy: Record<string | symbol, unknown> = { ...holder };
    const names = omitted.columns.get(model);
    if (names) copy[UNASKED] = names;
    for (const part of held) {
      const list = copy[part.field];
      if (isOut(part, model)) copy[part.field] = [];
      else if (part.model && Array.isArray(list)) copy[part.field] = prepareAll(list, part, part.model);
    }
    return copy;
  };
  const prepareAll = (list: readonly unknown[], part: Part, model: string) =>
    list.map((entry) => {
      if (typeof entry !== "object" || entry === null) return entry;
      // What a bulk file cannot hold of an entry is absent, and stays so.
      const there = innerOf(part).filter(({ field }) => field in entry);
      return prepare(entry, there, model);
    });
  // Of what is left as it is no copy is made: all records of most shops come through here.
  const isTouched = (part: Part, model: string): boolean =>
    isOut(part, model) ||
    (part.model !== undefined &&
      (omitted.columns.has(part.model) || innerOf(part).some((inner) => isTouched(inner, part.model!))));
  const all = partsIn(resource);
  const left = all.filter(({ field }) => parts.has(field));
  const read = all.filter((part) => !parts.has(part.field) && isTouched(part, resource.model));
  const nothing = Object.fromEntries(left.map(({ field }) => [field, []]));
  return (node) => Object.assign(prepare(node, read, resource.model), nothing) as unknown as Node;
}

function strip(reading: Reading, { model }: Resource, { columns, models }: Omitted): Reading {
  const children = Object.entries(reading.children).filter(([name]) => !models.has(name));
  return {
    ...reading,
    row: rowWithout(reading.row, columns.get(model)),
    children: Object.fromEntries(
      children.map(([name, of]) => [name, childrenWithout(of, columns.get(name))] as const),
    ) as { [name in ChildModel]?: Children },
  };
}

function childrenWithout(children: Children, out: ReadonlySet<string> | undefined): Children {
  return out ? { ...children, rows: children.rows.map((row) => rowWithout(row, out)) } : children;
}

/** The same row when it has none of these fields. */
export function rowWithout(row: Row, out: ReadonlySet<string> | undefined): Row {
  if (!out || ![...out].some((name) => name in row)) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !out.has(name)));
}

/** Whether a changed record matches a search, only Shopify can say: its news is then no more than a reason to ask. */
function told(notice: Notice, resource: Resource, omitted: Omitted, filter: RecordFilter | null): Notice {
  if (notice.says !== "changed") return notice;
  if (filter) return { says: "look", key: notice.reading.key };
  return { ...notice, reading: strip(notice.reading, resource, omitted) };
}
