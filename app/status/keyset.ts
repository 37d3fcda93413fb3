// Pages of a sorted list as SQL: by a key, equals by the id, and on from the last row that was shown, so that what arrives
// meanwhile moves nothing. Values only travel as parameters. Pure.
import type { Way } from "#app/status/sorts.ts";

export interface SortKey {
  /** SQL, as its index has it. */
  readonly sql: string;
  readonly type: "timestamptz" | "int8" | "text";
  /** Rows without a value come last, whichever way. */
  readonly isNullable?: true;
}

/** The last row that was shown. */
export interface Place {
  /** As text; a time in ISO 8601 with microseconds, UTC. Null: the row had no value. */
  readonly key: string | null;
  readonly id: string;
}

/** `key` and `id` in SQL. The other way is the same index read backwards. */
export function orderOf(key: SortKey, id: string, way: Way): string {
  const word = way === "asc" ? "ASC" : "DESC";
  return `${key.sql} ${word}, ${id} ${word}`;
}

/** A condition on the rows that come after the place. @param put adds a value and returns its name. */
export function beyond(
  key: SortKey,
  id: string,
  way: Way,
  place: Place,
  put: (value: unknown) => string,
): string {
  const sign = way === "asc" ? ">" : "<";
  if (place.key === null) return `${id} ${sign} ${put(place.id)}::int8`;
  return `(${key.sql}, ${id}) ${sign} (${put(place.key)}::${key.type}, ${put(place.id)}::int8)`;
}
