// What a list is sorted by and which way, as one word of its address: "sold-desc". Pure: the browser's half reads it too.

/** asc: A first, the least first, the oldest first. */
export const WAYS = ["asc", "desc"] as const;
export type Way = (typeof WAYS)[number];
export type Sort<Key extends string = string> = `${Key}-${Way}`;

/** Each key both ways. */
export function sortsBy<Key extends string>(keys: readonly Key[]): readonly Sort<Key>[] {
  return keys.flatMap((key) => WAYS.map((way): Sort<Key> => `${key}-${way}`));
}

export function partsOf<Key extends string>(sort: Sort<Key>): { readonly key: Key; readonly way: Way } {
  const dash = sort.lastIndexOf("-");
  return { key: sort.slice(0, dash) as Key, way: sort.endsWith("-asc") ? "asc" : "desc" };
}

export const EDITION_SORT_KEYS = ["added", "title", "size", "sold", "remaining", "sale"] as const;
export type EditionSort = Sort<(typeof EDITION_SORT_KEYS)[number]>;
export const EDITION_SORT: EditionSort = "added-desc";

export const ERROR_SORT_KEYS = ["last", "first", "records"] as const;
export type ErrorSort = Sort<(typeof ERROR_SORT_KEYS)[number]>;
export const ERROR_SORT: ErrorSort = "last-desc";

export const RUN_SORT_KEYS = ["asked"] as const;
export type RunSort = Sort<(typeof RUN_SORT_KEYS)[number]>;
export const RUN_SORT: RunSort = "asked-desc";

export const DELIVERY_SORT_KEYS = ["received"] as const;
export type DeliverySort = Sort<(typeof DELIVERY_SORT_KEYS)[number]>;
export const DELIVERY_SORT: DeliverySort = "received-desc";

/**
 * How a list's address is written. What is not set is not said, and neither is how the list is sorted by itself (`usual`).
 */
export function listQuery<
  Filters extends { readonly [Name in keyof Filters]: string | null },
  S extends Sort,
>(usual: S): (filters: Partial<Filters>, sort: S, after?: string | null) => URLSearchParams {
  return (filters, sort, after = null) => {
    const given = Object.entries({ ...filters, sort: sort === usual ? null : sort, after });
    return new URLSearchParams(
      given.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  };
}
