// What every list page shares: a search, a page number from the URL, and the part of the rows that is shown.
// A page number or search that makes no sense shows the nearest list that does, never an error.
import { html, type Html } from "#sandbox/pages/html.ts";
import { pager } from "#sandbox/pages/parts/blocks.ts";
import { input } from "#sandbox/pages/parts/controls.ts";

const ROWS_PER_PAGE = 25;
const QUERY_CHARACTERS_MAX = 200;

export type Listing<Row> = {
  rows: readonly Row[];
  total: number;
  /** Ready to be put below the table. */
  pager: Html | null;
};

/** The rows of the page that the URL asks for. */
export function cut<Row>(all: readonly Row[], path: string, query: URLSearchParams): Listing<Row> {
  const last = Math.max(1, Math.ceil(all.length / ROWS_PER_PAGE));
  const asked = Number.parseInt(query.get("page") ?? "1", 10);
  const page = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), last) : 1;
  const start = (page - 1) * ROWS_PER_PAGE;
  return {
    rows: all.slice(start, start + ROWS_PER_PAGE),
    total: all.length,
    pager: pager({ page, perPage: ROWS_PER_PAGE, total: all.length }, (to) =>
      hrefWith(path, query, { page: String(to) }),
    ),
  };
}

/** The same address with some of its parameters changed; null or "" drops one. Changing a filter goes to page 1. */
export function hrefWith(
  path: string,
  query: URLSearchParams,
  changes: Record<string, string | null>,
): string {
  const next = new URLSearchParams(query);
  if (!("page" in changes)) next.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** What is searched for, in lower case; "" for nothing. */
export function sought(query: URLSearchParams): string {
  return (query.get("q") ?? "").trim().slice(0, QUERY_CHARACTERS_MAX).toLowerCase();
}

/** Whether every word that is searched for occurs in one of the texts. */
export function matches(words: string, texts: readonly (string | null | undefined)[]): boolean {
  if (words === "") return true;
  const hay = texts.filter(Boolean).join("\n").toLowerCase();
  return words.split(/\s+/).every((word) => hay.includes(word));
}

/** The search field above a list; the list's other filters travel along. */
export function searchbar(label: string, path: string, query: URLSearchParams): Html {
  const kept = [...query].filter(([name]) => name !== "q" && name !== "page");
  return html`<form method="get" action="${path}" class="searchbar" role="search">
    ${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    ${input({ name: "q", label, quiet: true, type: "search", value: query.get("q"), placeholder: label })}
    <button type="submit" class="button">Search</button>
  </form>`;
}
