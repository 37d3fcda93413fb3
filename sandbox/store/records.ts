// How records are held in memory: frozen for good once saved, copied to be changed, found by id or by one of a few
// indexed fields.

import type { Frozen, Id, TableName, Tables } from "./truth.ts";

/** A deep copy of plain data; several times faster than structuredClone, which matters when thousands are written. */
export function copy<T>(value: Frozen<T> | T): T {
  if (Array.isArray(value)) return value.map((part) => copy(part as unknown)) as T;
  if (value === null || typeof value !== "object") return value as T;
  const result: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) result[key] = copy(part as unknown);
  return result as T;
}

export function freeze<T>(value: T): Frozen<T> {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value as Frozen<T>;
}

type Row = { readonly id: Id };
type IndexKey = { [K in TableName]: readonly (keyof Tables[K] & string)[] };

/** The fields that records are looked up by. */
export const INDEXED = {
  shop: [],
  locations: [],
  products: ["handle"],
  variants: ["productId", "inventoryItemId"],
  inventoryItems: ["variantId"],
  inventoryLevels: ["inventoryItemId", "locationId"],
  customers: ["email"],
  collections: ["handle"],
  metafields: ["ownerId"],
  orders: ["customerId"],
  deletions: ["table"],
} as const satisfies IndexKey;
export type IndexOf<K extends TableName> = (typeof INDEXED)[K][number];

/** One table. `version` grows with every write, so that sorted views can be cached. */
export class Table<R extends Row> {
  readonly rows = new Map<Id, R>();
  version = 0;
  readonly #fields: readonly string[];
  readonly #indexes = new Map<string, Map<unknown, Set<Id>>>();
  #list: { version: number; rows: readonly R[] } = { version: -1, rows: [] };
  readonly #sorted = new Map<string, { version: number; rows: readonly R[] }>();

  constructor(fields: readonly string[]) {
    this.#fields = fields;
    for (const field of fields) this.#indexes.set(field, new Map());
  }

  put(row: R): void {
    const before = this.rows.get(row.id);
    this.rows.set(row.id, row);
    this.version += 1;
    for (const field of this.#fields) this.#reindex(field, before, row);
  }

  remove(id: Id): void {
    const before = this.rows.get(id);
    if (!before) return;
    this.rows.delete(id);
    this.version += 1;
    for (const field of this.#fields) this.#reindex(field, before, undefined);
  }

  list(): readonly R[] {
    if (this.#list.version !== this.version)
      this.#list = { version: this.version, rows: [...this.rows.values()] };
    return this.#list.rows;
  }

  sorted(name: string, compare: (a: R, b: R) => number): readonly R[] {
    const cached = this.#sorted.get(name);
    if (cached?.version === this.version) return cached.rows;
    const rows = this.list().toSorted(compare);
    this.#sorted.set(name, { version: this.version, rows });
    return rows;
  }

  where(field: string, value: unknown): R[] {
    const found: R[] = [];
    for (const id of this.#indexes.get(field)?.get(value) ?? []) {
      const row = this.rows.get(id);
      if (row) found.push(row);
    }
    return found;
  }

  #reindex(field: string, before: R | undefined, after: R | undefined): void {
    const index = this.#indexes.get(field);
    const old = before && (before as Record<string, unknown>)[field];
    const fresh = after && (after as Record<string, unknown>)[field];
    if (!index || (before && after && old === fresh)) return;
    if (before) index.get(old)?.delete(before.id);
    if (!after) return;
    const ids = index.get(fresh);
    if (ids) ids.add(after.id);
    else index.set(fresh, new Set([after.id]));
  }
}
