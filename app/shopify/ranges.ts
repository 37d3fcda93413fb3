// Where the pages of a long list begin, found out ahead by a list of nothing but ids, so that the pages can be asked for side
// by side. Borders are ids and not cursors: whatever leaves the list or enters it meanwhile moves no record across one.
import { keyOfGid } from "#app/resources/rest.ts";
import { bareListing, pageDocument, searchWithin } from "#app/shopify/documents.ts";
import { placeOf } from "#app/shopify/reader.ts";
import { allOf } from "#app/shopify/search.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Listing } from "#app/shopify/documents.ts";
import type { RawConnection } from "#app/shopify/reader.ts";

/** Keys: after the one and up to the other, null where the list begins and ends. */
export interface Range {
  readonly afterKey: string | null;
  readonly untilKey: string | null;
}

export interface RangeOptions {
  readonly lane: Lane;
  readonly signal?: AbortSignal;
  readonly search: string;
  /** Where the first one begins. */
  readonly afterKey: string | null;
  /** Records in each, when it is found. */
  readonly size: number;
}

/** Yields the ranges of what matches the search, one after the other and without a gap, at 13 points for 250 records. */
export async function* readRanges(
  client: Client,
  resource: Listing,
  { lane, signal, search, afterKey, size }: RangeOptions,
): AsyncGenerator<Range, void> {
  const bare = bareListing(resource);
  const document = pageDocument(bare, { isSearch: true, isById: true });
  for (let begin = afterKey; ;) {
    const query = searchWithin(bare, "list", inRange(search, { afterKey: begin, untilKey: null }));
    const variables = { first: size, after: null, query };
    const { data } = await client.query<Record<string, RawConnection>>(document, variables, { lane, signal });
    const { next, last } = placeOf(data[bare.list.root]!);
    const untilKey = next === null || last === null ? null : keyOfGid(last, "id");
    yield { afterKey: begin, untilKey };
    if (untilKey === null) return;
    begin = untilKey;
  }
}

/** The search for what of a search lies in the range. */
export function inRange(search: string, { afterKey, untilKey }: Range): string {
  return allOf(
    search,
    afterKey === null ? "" : `id:>${afterKey}`,
    untilKey === null ? "" : `id:<=${untilKey}`,
  );
}
