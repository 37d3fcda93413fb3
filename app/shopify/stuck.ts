// Records at which Shopify fails with an error of its own, however often it is asked. They are found by asking for fewer and
// fewer at once, until one stands alone, and passed over by readers that can go on without it. The rule by which one is
// held to be at fault is here and nowhere else: it failed alone while Shopify named its id, another of its kind was read
// after that, and then it failed alone once more. The first says which, the second that Shopify answers such questions, the
// third that the failure was no passing one. Where there is no other of its kind, the first and the third have to do.
import { bareListing, nodesDocument, pageDocument, searchWithin } from "#app/shopify/documents.ts";
import { Stumbled } from "#app/shopify/errors.ts";
import { ask, placeOf, readerOf } from "#app/shopify/reader.ts";
import type { Client, Variables } from "#app/shopify/client.ts";
import type { Listing, PageOptions } from "#app/shopify/documents.ts";
import type { Page } from "#app/shopify/pages.ts";
import type { RawConnection, RawNode, ReadOptions } from "#app/shopify/reader.ts";

export interface Stuck {
  /** Of the record; of the parent where records exist only within others. */
  readonly gid: string;
  /** Where it was asked for. */
  readonly name?: string;
  /** Shopify's. */
  readonly words: string;
}

/** So many wait for one judgement at most. */
const SUSPECTS_MAX = 5;
/** From the beginning of the list: as many others at least, should all suspects be among them. */
const LISTED = 2 * SUSPECTS_MAX;

export function isPassable(error: unknown, { passesOver = false }: ReadOptions): error is Stumbled {
  return passesOver && error instanceof Stumbled;
}

/** Yields the one record with this GraphQL id, or what is in it. */
type ReadAlone = (gid: string) => AsyncIterable<Page>;

/** Those that have failed alone since the last record that could be read. */
export class Suspects {
  readonly #others: () => Promise<readonly string[]>;
  readonly #readAlone: ReadAlone;
  #pages: Page[] = [];
  #failure: Stumbled | null = null;
  /** The last that could be read. */
  #shown: string | null = null;

  constructor(client: Client, resource: Listing, options: ReadOptions, readAlone: ReadAlone) {
    this.#others = () => firstIds(client, resource, options);
    this.#readAlone = readAlone;
  }

  /** Whether some have not been judged. */
  get areWaiting(): boolean {
    return this.#pages.length > 0;
  }

  /** @returns whether they can wait for what is read next. */
  add(page: Page, failure: Stumbled): boolean {
    this.#pages.push(page);
    this.#failure = failure;
    return this.#pages.length < SUSPECTS_MAX;
  }

  /**
   * What is read next, null at the end, together with what came of them.
   * @throws the latest failure, while no other record can be read: nobody is at fault but Shopify.
   */
  async settle(next: Page | null): Promise<Page> {
    const named = this.#pages;
    this.#pages = [];
    const shown = next && (next.parents.at(-1) ?? next.nodes.at(-1)?.id);
    const isAccused = named.some(({ stuck }) => stuck.length > 0);
    if (isAccused && !shown && !(await this.#isAnotherShown(named))) throw this.#failure!;
    this.#shown = shown ?? this.#shown;
    const judged: Page[] = [];
    for (const page of named) judged.push(await this.#askAgain(page));
    return joined(next ? [...judged, next] : judged);
  }

  async #isAnotherShown(named: readonly Page[]): Promise<boolean> {
    if (this.#shown !== null && (await this.#isShown(this.#shown))) return true;
    const suspects = new Set(named.flatMap(({ stuck }) => stuck.map(({ gid }) => gid)));
    const others = (await this.#others()).filter((gid) => !suspects.has(gid));
    for (const gid of others) if (await this.#isShown(gid)) return true;
    return others.length === 0;
  }

  async #isShown(gid: string): Promise<boolean> {
    try {
      for await (const { nodes, parents } of this.#readAlone(gid))
        if (nodes.length + parents.length > 0) return true;
    } catch (error) {
      if (!(error instanceof Stumbled)) throw error;
    }
    return false;
  }

  /** What it brings after all; else the page as it is. */
  async #askAgain(page: Page): Promise<Page> {
    const found: Page[] = [];
    try {
      for (const { gid } of page.stuck) for await (const alone of this.#readAlone(gid)) found.push(alone);
    } catch (error) {
      if (!(error instanceof Stumbled)) throw error;
      return page;
    }
    const { next, listed, last } = page;
    return { ...joined([{ ...page, stuck: [] }, ...found]), next, listed, last };
  }
}

/** As one, as old as the oldest of them. */
function joined(all: readonly Page[]): Page {
  if (all.length === 1) return all[0]!;
  return {
    nodes: all.flatMap(({ nodes }) => nodes),
    parents: all.flatMap(({ parents }) => parents),
    missing: all.flatMap(({ missing }) => missing),
    denied: all.flatMap(({ denied }) => denied),
    stuck: all.flatMap(({ stuck }) => stuck),
    cost: all.reduce((sum, { cost }) => sum + cost, 0),
    listed: all.reduce((sum, { listed }) => sum + listed, 0),
    sentAt: all[0]!.sentAt,
    next: all.at(-1)!.next,
    last: all.at(-1)!.last,
  };
}

const NOTHING = { nodes: [], parents: [], missing: [], denied: [] } as const;
const NOWHERE = { next: null, listed: 0, last: null } as const;

/** Of the first records of the list, or of what they are in. */
async function firstIds(client: Client, resource: Listing, options: ReadOptions): Promise<readonly string[]> {
  const bare = bareListing(resource);
  const query = searchWithin(bare, "list");
  const document = pageDocument(bare, { isSearch: query !== "" });
  const variables = { first: LISTED, after: null, ...(query === "" ? {} : { query }) };
  const { data } = await ask<Record<string, RawConnection>>(
    readerOf(client, bare, options),
    document,
    variables,
  );
  return data[bare.list.root]!.nodes.map(({ id }) => id);
}

/** The record that is next in the list and that Shopify fails to show. `naming` is a field by which it is told besides its id. */
export async function nameNext(
  client: Client,
  resource: Listing,
  variables: Variables,
  { naming, ...options }: ReadOptions & PageOptions & { readonly naming?: string },
  { message }: Error,
): Promise<Page> {
  const bare = bareListing(resource, naming);
  const reader = readerOf(client, bare, options);
  const document = pageDocument(bare, options);
  const { data, sentAt } = await ask<Record<string, RawConnection>>(reader, document, variables);
  const listed = data[bare.list.root]!;
  const stuck = listed.nodes.map(({ id: gid, ...node }): Stuck => {
    return { gid, words: message, ...(naming ? { name: String(node[naming]) } : {}) };
  });
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
