/**
 * How resolvers are written: a type is a map from field to a pure function of its record. A record travels as
 * `{ __typename, record }`; small values (money, counts, page info) travel as plain objects and need no map.
 */
import type { GraphQLResolveInfo } from "graphql";
import type { ApiContext } from "../context.ts";
import { notModelled } from "../errors.ts";
import { BY_ID, pageOf, type Connection, type PageArguments, type SortKey } from "../connection.ts";
import { compileSearch, type SearchSpec } from "../search-match.ts";

export type Arguments = Record<string, unknown>;

export interface FieldResolver<R> {
  (record: R, args: Arguments, context: ApiContext, info: GraphQLResolveInfo): unknown;
  /** Names of the arguments it honours. */
  args?: readonly string[];
}
export type TypeFields = Record<string, FieldResolver<unknown>>;

export interface Source<R = unknown> {
  __typename: string;
  record: R;
}

export const source = <R>(__typename: string, record: R): Source<R> => ({ __typename, record });

/** Gives a map its record type; the types are erased once, here, because graphql-js hands records over as unknown. */
export function typeFields<R>(fields: Record<string, FieldResolver<R>>): TypeFields {
  return fields as unknown as TypeFields;
}

export function withArgs<R>(args: readonly string[], resolve: FieldResolver<R>): FieldResolver<R> {
  return Object.assign((...parameters: Parameters<FieldResolver<R>>) => resolve(...parameters), { args });
}

export interface ConnectionPlan<T> {
  records: readonly T[];
  idOf: (record: T) => string;
  toNode: (record: T) => unknown;
  /** By the `sortKey` argument; "" is the order without one. Default: by id. */
  sorts?: Record<string, SortKey<T>>;
  search?: SearchSpec<T>;
  /** `records` are in this order already. */
  sortedAs?: string;
}

const PAGE_ARGUMENTS = ["first", "last", "after", "before", "reverse"];

/** A plan, with the type of its records behind it: resolvers only need to know that it is one. */
export type AnyPlan = ConnectionPlan<unknown>;

export function page<T>(records: readonly T[], options: Omit<ConnectionPlan<T>, "records">): AnyPlan {
  return { ...options, records } as unknown as AnyPlan;
}

/** A field that is a connection. `extra` names arguments that `plan` honours itself. */
export function connection<R>(
  extra: readonly string[],
  plan: (record: R, args: Arguments, context: ApiContext) => AnyPlan,
): FieldResolver<R> {
  return withArgs([...PAGE_ARGUMENTS, "sortKey", "query", ...extra], (record, args, context, info) =>
    connect(plan(record, args, context), args, context, info),
  );
}

export function connect<T>(
  plan: ConnectionPlan<T>,
  args: Arguments,
  context: ApiContext,
  info: GraphQLResolveInfo,
): Connection {
  const sortKey = typeof args.sortKey === "string" ? args.sortKey : "";
  const sorts: Record<string, SortKey<T>> = plan.sorts ?? { "": BY_ID, ID: BY_ID };
  const sort = sorts[sortKey];
  if (!sort) throw notModelled(`the sort key ${sortKey} of ${info.parentType.name}.${info.fieldName}`);
  const search = typeof args.query === "string" ? args.query : "";
  if (search.trim() !== "" && !plan.search)
    throw notModelled(`the argument query of ${info.parentType.name}.${info.fieldName}`);
  const filter = plan.search && searchFilter(plan.search, search, context, info);
  const options = { idOf: plan.idOf, toNode: plan.toNode, sort, isSorted: plan.sortedAs === sortKey };
  const filtered = (): readonly T[] => (filter ? plan.records.filter(filter) : plan.records);
  if (!context.whole) return pageOf(filtered(), args as PageArguments, options);
  const reverse = args.reverse === true;
  if (info.path.prev) return pageOf(filtered(), { reverse }, { ...options, isWhole: true });
  return windowOfRoot(context, info, () => pageOrder(filtered(), reverse, options), options);
}

function pageOrder<T>(
  records: readonly T[],
  reverse: boolean,
  options: Parameters<typeof pageOf<T>>[2],
): readonly T[] {
  return pageOf(records, { reverse }, { ...options, toNode: (record) => record, isWhole: true }).nodes as T[];
}

/** The part of a bulk operation's root connection that is being read now. */
function windowOfRoot<T>(
  context: ApiContext,
  info: GraphQLResolveInfo,
  order: () => readonly T[],
  options: Parameters<typeof pageOf<T>>[2],
): Connection {
  const { whole } = context;
  if (!whole) throw new Error("Only a bulk operation reads its root window by window.");
  const key = String(info.path.key);
  const records = (whole.roots.get(key) as readonly T[] | undefined) ?? order();
  whole.roots.set(key, records);
  return pageOf(records.slice(whole.from, whole.to), {}, { ...options, isSorted: true, isWhole: true });
}

/** The filter of a search, whose warnings go into the answer. */
export function searchFilter<T>(
  spec: SearchSpec<T>,
  query: string,
  context: ApiContext,
  info: GraphQLResolveInfo,
): ((record: T) => boolean) | undefined {
  const zone = { offsetMinutes: context.store.shop.timezoneOffsetMinutes, now: context.now };
  const { matches, report } = compileSearch(spec, query, zone);
  if (report) context.searches.push({ path: pathOf(info), ...report });
  return matches;
}

function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: GraphQLResolveInfo["path"] | undefined = info.path; at; at = at.prev) path.unshift(at.key);
  return path;
}
