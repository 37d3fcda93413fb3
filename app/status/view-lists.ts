// The lists whose filters can be kept under a name, and how a list's address is told from another. Pure: the browser's
// half reads it too.

export const VIEW_LISTS = ["activity", "errors", "deliveries", "records", "editions"] as const;
export type ViewList = (typeof VIEW_LISTS)[number];

export const VIEW_NAME_CHARS_MAX = 40;
/** Of one list, those of one person and the shared ones together: more than fit in sight are no help. */
export const VIEWS_MAX = 20;
/** Filters of the longest address that a page writes, with room. */
export const VIEW_QUERY_CHARS_MAX = 2_000;

export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Filters as in the list's address. */
  readonly query: string;
  /** Everybody in the shop sees it. */
  readonly isShared: boolean;
}

/** Not filters: where the list goes on, and what Shopify's admin puts into the address of its frame. */
const NO_FILTERS: ReadonlySet<string> = new Set([
  ...[
    "after",
    "embedded",
    "hmac",
    "host",
    "id_token",
    "link_source",
    "locale",
    "session",
    "shop",
    "timestamp",
  ],
]);

/** Filters in one order, so that two addresses of the same view are equal texts. */
export function viewQuery(query: string | URLSearchParams): string {
  const given = [...new URLSearchParams(query)].filter(
    ([name, value]) => value !== "" && !NO_FILTERS.has(name),
  );
  return new URLSearchParams(given.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))).toString();
}
