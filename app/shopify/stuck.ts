// Records at which Shopify fails with an error of its own, however often it is asked. They are found by asking for fewer and
// fewer at once, until one stands alone, and passed over by readers that can go on without it.
import { bareListing, nodesDocument, pageDocument } from "#app/shopify/documents.ts";
import { Stumbled } from "#app/shopify/errors.ts";
import { ask, placeOf, readerOf } from "#app/shopify/reader.ts";
import type { Client, Variables } from "#app/shopify/client.ts";
import type { Listing, PageOptions } from "#app/shopify/documents.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { RawConnection, RawNode, ReadOptions } from "#app/shopify/reader.ts";

export interface Stuck {
  /** Of the record; of the parent where records exist only within others. */
  readonly gid: string;
  /** Shopify's. */
  readonly words: string;
}

/** So many without a good one between them are rather trouble of Shopify's with all of them. */
const PASSED_MAX = 5;

export function isPassable(error: unknown, { passesOver = false }: ReadOptions): error is Stumbled {
  return passesOver && error instanceof Stumbled;
}

/** Those that were passed over since the last record that could be read. They are told with the next one. */
export class Passed {
  #pages: Page[] = [];

  /**
   * Keeps it for the next page, unless there is none.
   * @throws the failure, when there have been too many.
   */
  holds(page: Page, isLast: boolean, failure: Stumbled): boolean {
    if (this.#pages.length === PASSED_MAX) throw failure;
    if (!isLast) this.#pages.push(page);
    return !isLast;
  }

  /** The page with what was passed over before it. */
  before(page: Page): Page {
    const all = [...this.#pages, page];
    this.#pages = [];
    return {
      ...page,
      stuck: all.flatMap(({ stuck }) => stuck),
      missing: all.flatMap(({ missing }) => missing),
      cost: all.reduce((sum, { cost }) => sum + cost, 0),
      listed: all.reduce((sum, { listed }) => sum + listed, 0),
    };
  }
}

const NOTHING = { nodes: [], parents: [], missing: [], denied: [] } as const;
const NOWHERE = { next: null, listed: 0, last: null } as const;

/** The record that is next in the list and that Shopify fails to show; that its id is shown proves that the rest works. */
export async function nameNext(
  client: Client,
  resource: Listing,
  variables: Variables,
  options: ReadOptions & PageOptions,
  { message }: Error,
): Promise<Page> {
  const bare = bareListing(resource);
  const reader = readerOf(client, bare, options);
  const document = pageDocument(bare, options);
  const { data, sentAt } = await ask<Record<string, RawConnection>>(reader, document, variables);
  const listed = data[bare.list.root]!;
  const stuck = listed.nodes.map(({ id }) => ({ gid: id, words: message }));
  return { ...NOTHING, ...placeOf(listed), sentAt, cost: reader.cost, stuck };
}

/** As nameNext, by its id; one that does not exist is `missing`. */
export async function nameById(
  client: Client,
  resource: Listing,
  ids: readonly string[],
  options: ReadOptions,
  { message }: Error,
): Promise<Page> {
  const bare = bareListing(resource);
  const reader = readerOf(client, bare, options);
  const { data, sentAt } = await ask<{ nodes: readonly (RawNode | null)[] }>(reader, nodesDocument(bare), {
    ids,
  });
  const stuck = data.nodes.flatMap((node) => (node ? [{ gid: node.id, words: message }] : []));
  const missing = stuck.length === 0 ? ids : [];
  return { ...NOTHING, ...NOWHERE, missing, sentAt, cost: reader.cost, stuck };
}
