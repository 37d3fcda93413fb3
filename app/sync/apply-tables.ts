// What apply() knows of the mirror's tables: names from Prisma's model metadata, column types and primary keys from
// the database's own catalogue (Prisma's client carries neither), so nothing is written down twice.
import prismaClient from "@prisma/client";
import type { PoolClient } from "pg";
import { resourceOf, resources } from "#app/resources/index.ts";
import type { ChildModel, Resource, ResourceName, Within } from "#app/resources/define.ts";
import type { Upsert } from "#app/sync/change.ts";

export interface Table {
  readonly model: string;
  /** As in SQL. */
  readonly name: string;
  /** Prisma field → column. */
  readonly columns: ReadonlyMap<string, string>;
  /** Column → SQL type, with its precision: `numeric(20,6)`. */
  readonly types: ReadonlyMap<string, string>;
  /** Columns of the primary key but shop_id, in order. */
  readonly key: readonly string[];
}

export interface ChildTable extends Table {
  readonly model: ChildModel;
  /** Column that holds the id of the root. */
  readonly parent: string;
  /** Column, and Prisma field, that tells the rows of one root apart. */
  readonly own: string;
  readonly ownField: string;
}

/** A column that names rows of `to`. When these go, it is emptied, or its row goes with them. */
export interface LinkColumn {
  /** Model. */
  readonly to: string;
  readonly table: Table;
  readonly column: string;
  readonly removes: boolean;
  /** Column → value: rows of the table that are meant, where it holds others as well. */
  readonly only: ReadonlyMap<string, string>;
  /** The resource whose records the rows are, where they are records of their own. */
  readonly resource: ResourceName | null;
  /** The resource whose children they are, and the column of its key, where they are a part of others. */
  readonly holder: { readonly resource: ResourceName; readonly column: string } | null;
}

export interface Mirror {
  readonly root: Table;
  readonly children: readonly ChildTable[];
  readonly links: readonly LinkColumn[];
}

interface CatalogueRow {
  readonly table_name: string;
  readonly column_name: string;
  readonly type: string;
  readonly key_position: number | null;
}

type Catalogue = ReadonlyMap<string, readonly CatalogueRow[]>;

const CATALOGUE = `
  SELECT c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS type,
         array_position(i.indkey::int2[], a.attnum) AS key_position
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace(current_schema())`;

let catalogue: Promise<Catalogue> | undefined;
const mirrors = new Map<ResourceName, Mirror>();

/** The tables of a resource. The catalogue is read once per process: a migration comes with a restart. */
export async function mirrorOf(client: PoolClient, name: ResourceName): Promise<Mirror> {
  const known = mirrors.get(name);
  if (known) return known;
  const byTable = await readCatalogue(client);
  const resource = resourceOf(name);
  const { model, childModels } = resource;
  const parentField = parentFieldOf(resource);
  const children = childModels.map((child): ChildTable => {
    const table = tableOf(child, byTable);
    const parent = columnOf(table, parentField);
    const own = table.key.find((column) => column !== parent) ?? "id";
    const ownField = [...table.columns].find(([, column]) => column === own)![0];
    return { ...table, model: child, parent, own, ownField };
  });
  const mirror = { root: tableOf(model, byTable), children, links: linksOf(resource, byTable) };
  mirrors.set(name, mirror);
  return mirror;
}

/** Prisma field of a child that holds the id of its root. */
function parentFieldOf({ model }: Pick<Resource, "model">): string {
  return `${model.charAt(0).toLowerCase()}${model.slice(1)}Id`;
}

/** The id of the record in which, or with which, one of this resource's is; see holderOf. */
export function parentKeyOf({ goesWith }: Resource, { key, row }: Pick<Upsert, "key" | "row">): string {
  return goesWith ? String(row[goesWith.field]) : key.split(":")[0]!;
}

/** Resources whose records go with one of this model, and what of their rows names it. */
export function goersWith(
  models: readonly string[],
): { resource: Resource; field: string; within?: Within }[] {
  return resources.flatMap((resource) => {
    const { goesWith, list } = resource;
    const { within } = list;
    if (within && models.includes(within.model)) return [{ resource, field: within.parentField, within }];
    return goesWith && models.includes(goesWith.model) ? [{ resource, field: goesWith.field }] : [];
  });
}

/** What the descriptor names, and the records of other resources that go with this one's. */
function linksOf({ model, childModels, links = [] }: Resource, byTable: Catalogue): LinkColumn[] {
  const stated = links.map(({ to, from, field, removes = false }): LinkColumn => {
    const table = tableOf(from, byTable);
    const holder = resources.find((resource) => resource.childModels.some((child) => child === from));
    return {
      to,
      table,
      column: columnOf(table, field),
      removes,
      only: new Map(),
      resource: null,
      holder: holder ? { resource: holder.name, column: columnOf(table, parentFieldOf(holder)) } : null,
    };
  });
  const inside = goersWith([model, ...childModels]).map(({ resource, field, within }): LinkColumn => {
    const table = tableOf(resource.model, byTable);
    const column = columnOf(table, field);
    const only = within ? onlyOf(table, within) : new Map<string, string>();
    const to = within?.model ?? resource.goesWith!.model;
    return { to, table, column, removes: true, only, resource: resource.name, holder: null };
  });
  return [...stated, ...inside];
}

/** Column → value of the rows that are of a resource which shares its table. */
export function onlyOf(table: Table, { only = {} }: Within): ReadonlyMap<string, string> {
  return new Map(Object.entries(only).map(([field, value]) => [columnOf(table, field), value]));
}

/** As in SQL. */
export async function tableNamed(client: PoolClient, model: string): Promise<string> {
  return tableOf(model, await readCatalogue(client)).name;
}

/** Which of these ids the mirror holds, of a model with an id of its own. */
export async function mirroredAmong(
  client: PoolClient,
  shopId: number,
  model: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${await tableNamed(client, model)} WHERE shop_id = $1 AND id = ANY ($2::int8[])`,
    [shopId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Every table that holds rows of a shop, Counterfoil's own included. */
export async function tablesOfShops(client: PoolClient): Promise<readonly string[]> {
  const byTable = await readCatalogue(client);
  return [...byTable]
    .filter(([, columns]) => columns.some(({ column_name }) => column_name === "shop_id"))
    .map(([table]) => table)
    .sort();
}

/** @throws RangeError when the model has no such field: the descriptor and the schema do not belong together. */
export function columnOf(table: Table, field: string): string {
  const column = table.columns.get(field);
  if (column === undefined) throw new RangeError(`${table.model} has no field ${field}`);
  return column;
}

async function readCatalogue(client: PoolClient): Promise<Catalogue> {
  catalogue ??= client
    .query<CatalogueRow>(CATALOGUE)
    .then(({ rows }) => Map.groupBy(rows, ({ table_name }) => table_name));
  try {
    return await catalogue;
  } catch (error) {
    catalogue = undefined;
    throw error;
  }
}

function tableOf(model: string, byTable: Catalogue): Table {
  const { models } = prismaClient.Prisma.dmmf.datamodel;
  const found = models.find(({ name }) => name === model);
  if (!found) throw new RangeError(`there is no Prisma model ${model}`);
  const name = found.dbName ?? found.name;
  const rows = byTable.get(name);
  if (!rows) throw new RangeError(`the database has no table ${name}; is it migrated?`);
  return {
    model,
    name,
    columns: new Map(found.fields.map((field) => [field.name, field.dbName ?? field.name])),
    types: new Map(rows.map(({ column_name, type }) => [column_name, type])),
    key: rows
      .filter(({ key_position, column_name }) => key_position !== null && column_name !== "shop_id")
      .sort((a, b) => a.key_position! - b.key_position!)
      .map(({ column_name }) => column_name),
  };
}

/** The record key of a row: its id, or its ids with a colon between. */
export function keyOf(table: Table, row: string): string {
  return table.key.map((column) => `${row}.${column}::text`).join(" || ':' || ");
}

/** Whether a row is the one with this key; written so that the primary key's index serves. */
export function keyMatch(table: Table, row: string, key: string): string {
  return table.key
    .map((column, index) => `${row}.${column} = split_part(${key}, ':', ${index + 1})::int8`)
    .join(" AND ");
}
