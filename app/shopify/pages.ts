// Reads records through ordinary queries: page after page of a list, or by id, each with all of its children. A record
// with more children than fit its page (an order with 500 lines, a product with 2,048 variants) is paged to its end.
import { pagesAfter, withAllChildren } from "#app/shopify/children.ts";
import { QUERY_COST_MAX, estimateCost } from "#app/shopify/cost.ts";
import {
  nodesDocument,
  pageDocument,
  parentsDocument,
  searchWithin,
  withinPageDocument,
} from "#app/shopify/documents.ts";
import { fillEntries } from "#app/shopify/entries.ts";
import { Transient } from "#app/shopify/errors.ts";
import { inOrder, mapInOrder } from "#app/shopify/in-order.ts";
import { PAGE_SIZE_MAX, isTooMuch, nextSize, pageSizeFor } from "#app/shopify/page-sizes.ts";
import { ask, connectionIn, placeOf, readerOf } from "#app/shopify/reader.ts";
import { Suspects, isPassable, nameById, nameNext } from "#app/shopify/stuck.ts";
import type { Client, Variables } from "#app/shopify/client.ts";
import type { Listing, PageOptions } from "#app/shopify/documents.ts";
import type { RawConnection, RawNode, ReadOptions, Reader } from "#app/shopify/reader.ts";
import type { GraphqlError } from "#app/shopify/refusals.ts";
import type { Stuck } from "#app/shopify/stuck.ts";
import type { Node } from "#app/resources/define.ts";

export type { ReadOptions };
export { PAGE_SIZE_MAX };
/** Questions about one page's records, or batches of ids, that are asked side by side; the budget holds back what is too much. */
const AT_ONCE = 10;
/** How often a record that changes while its children are being paged is read again before we give up for now. */
const REREADS_MAX = 3;

/** A batch of records that were read together. */
export interface Page {
  /** Each connection is a complete array. */
  readonly nodes: readonly Node[];
  /** Ids of the parents that were read with every record in them, for records that exist only within others. */
  readonly parents: readonly string[];
  /** Ids that Shopify answered with null; only for reads by id, and for records deleted while being read. */
  readonly missing: readonly string[];
  /** ISO 8601; when the first request for this batch left. */
  readonly sentAt: string;
  /** Points charged, children included. */
  readonly cost: number;
  /** Records at which Shopify failed, and of which nothing is known; only for readers that pass over them. */
  readonly stuck: readonly Stuck[];
  /** Where the next page begins; null after the last one and for reads by id. */
  readonly next: string | null;
  /** How many nodes the root list showed, those that were passed over included, and the id of the last one; null for reads by id. */
  readonly listed: number;
  readonly last: string | null;
  /** Fields that Shopify refused; null in the nodes. */
  readonly denied: readonly GraphqlError[];
}

export interface ListOptions extends ReadOptions {
  readonly search?: string;
  /** `next` of an earlier page. */
  readonly after?: string | null;
  /** See PageOptions. */
  readonly isById?: boolean;
  /** At most so many roots a page; less where a page of that size would cost too much. */
  readonly pageSize?: number;
  /** A field by which records that are passed over are told besides their ids. */
  readonly naming?: string;
}

/** Yields the list's pages in order, each as soon as all of its children are there. */
export async function* pages(client: Client, resource: Listing, options: ListOptions): AsyncGenerator<Page> {
  const search = searchWithin(resource, "list", options.search);
  const how: PageOptions = { isSearch: search !== "", isById: options.isById };
  const document = pageDocument(resource, how);
  const variables = search === "" ? {} : { query: search };
  let sizeMax = pageSizeFor(document, options.pageSize ?? PAGE_SIZE_MAX);
  let first = sizeMax;
  let after = options.after ?? null;
  const suspects = suspectsIn(client, resource, options);
  do {
    let page: Page;
    try {
      page = await readPage(readerOf(client, resource, options), document, { ...variables, first, after });
      // A small page was for the sake of one record.
      first = Math.min(sizeMax, first * 2);
    } catch (error) {
      const isPassed = isPassable(error, options);
      if (first > 1 && (isPassed || isTooMuch(error, options))) {
        first = Math.ceil(first / 2);
        if (!isPassed) sizeMax = first;
        continue;
      }
      if (!isPassed) throw error;
      page = await nameNext(client, resource, { ...variables, first, after }, { ...options, ...how }, error);
      after = page.next;
      const canWait = suspects.add(page, error);
      if (canWait && after !== null) continue;
      page = await suspects.settle(null);
    }
    yield await suspects.settle(page);
    after = page.next;
    if (after === null) return;
  } while (true);
}

async function readPage(reader: Reader, document: string, variables: Variables): Promise<Page> {
  const { root, within } = reader.resource.list;
  const { data, sentAt } = await ask<Record<string, RawConnection>>(reader, document, variables);
  const listed = data[root]!;
  const nodes = await (within ? recordsWithin : completeAll)(reader, listed.nodes);
  return { ...batchOf(reader, nodes, sentAt), ...placeOf(listed) };
}

/** Yields the records with these GraphQL ids in batches sized by cost; those that do not exist are `missing`. */
export function nodesById(
  client: Client,
  resource: Listing,
  gids: readonly string[],
  options: ReadOptions,
): AsyncGenerator<Page> {
  const { type } = resource;
  return byId(
    client,
    resource,
    { gids, type, document: nodesDocument(resource), complete: completeAll },
    options,
  );
}

/**
 * Yields all records inside the parents with these GraphQL ids, for records that exist only within others; parents that
 * do not exist are `missing`.
 */
export function nodesByParent(
  client: Client,
  resource: Listing,
  parentGids: readonly string[],
  options: ReadOptions,
): AsyncGenerator<Page> {
  const { type } = resource.list.within!;
  const document = parentsDocument(resource);
  return byId(client, resource, { gids: parentGids, type, document, complete: recordsWithin }, options);
}

interface Lookup {
  readonly gids: readonly string[];
  readonly type: string;
  readonly document: string;
  readonly complete: (reader: Reader, found: readonly RawNode[]) => Promise<Node[]>;
}

async function* byId(
  client: Client,
  resource: Listing,
  { gids, type, document, complete: completeFound }: Lookup,
  options: ReadOptions,
): AsyncGenerator<Page> {
  const costOfOne = estimateCost(document, { ids: [""] });
  let size = Math.max(1, Math.min(PAGE_SIZE_MAX, Math.floor(QUERY_COST_MAX / costOfOne)));
  const suspects = suspectsIn(client, resource, options);

  async function read(ids: readonly string[]): Promise<Page> {
    const reader = readerOf(client, resource, options);
    const answer = await ask<{ nodes: readonly (RawNode | null)[] }>(reader, document, { ids });
    size = nextSize(size, ids.length, answer.cost.requested);
    const found = answer.data.nodes.filter((node) => node?.__typename === type) as RawNode[];
    const foundIds = new Set(found.map(({ id }) => id));
    reader.missing.push(...ids.filter((id) => !foundIds.has(id)));
    const nodes = await completeFound(reader, found);
    return { ...batchOf(reader, nodes, answer.sentAt), next: null, listed: found.length, last: null };
  }

  /** A failure is looked into in its turn. */
  const attempt = (ids: readonly string[]): Promise<Attempt> =>
    read(ids).then(
      (page) => ({ ids, page }),
      (error: unknown) => ({ ids, error }),
    );

  async function* batches() {
    for (let at = 0; at < gids.length;) {
      const ids = gids.slice(at, at + size);
      at += ids.length;
      yield () => attempt(ids);
    }
  }

  async function* settled(tried: Attempt): AsyncGenerator<Page> {
    if ("page" in tried) {
      yield await suspects.settle(tried.page);
      return;
    }
    const { ids, error } = tried;
    const isPassed = isPassable(error, options);
    if (ids.length > 1 && (isPassed || isTooMuch(error, options))) {
      const half = Math.ceil(ids.length / 2);
      if (!isPassed) size = Math.min(size, half);
      yield* settled(await attempt(ids.slice(0, half)));
      yield* settled(await attempt(ids.slice(half)));
      return;
    }
    if (!isPassed) throw error;
    const canWait = suspects.add(await nameById(client, resource, ids, options, error), error);
    if (!canWait) yield await suspects.settle(null);
  }

  for await (const tried of inOrder(batches(), AT_ONCE)) yield* settled(tried);
  if (suspects.areWaiting) yield await suspects.settle(null);
}

/** One batch of ids. */
type Attempt = { readonly ids: readonly string[] } & ({ readonly page: Page } | { readonly error: unknown });

function suspectsIn(client: Client, resource: Listing, { lane, signal }: ReadOptions): Suspects {
  const byOne = resource.list.within ? nodesByParent : nodesById;
  return new Suspects(client, resource, { lane, signal }, (gid) =>
    byOne(client, resource, [gid], { lane, signal }),
  );
}

/** Every record of a page, with all that belongs to it. Records that vanished meanwhile go to `missing`. */
async function completeAll(reader: Reader, raws: readonly RawNode[]): Promise<Node[]> {
  const nodes: Node[] = [];
  let open = raws;
  for (let reread = 0; open.length > 0; reread += 1) {
    const read = await mapInOrder(open, AT_ONCE, (raw) => complete(reader, raw));
    reader.missing.push(...open.filter((_, at) => !read[at]).map(({ id }) => id));
    const found = read.filter((node) => node !== null);
    const filled = await fillEntries(reader.resource, found, (listing, gids) =>
      nodesById(reader.client, listing, gids, reader.options),
    );
    reader.cost += filled.cost;
    reader.denied.push(...filled.denied);
    nodes.push(...filled.nodes);
    if (filled.stale.length > 0 && reread === REREADS_MAX)
      throw new Transient(`${filled.stale[0]!.id} keeps changing while it is being read`);
    open = await readAllAgain(reader, filled.stale);
  }
  return nodes;
}

/** Records of which a part has changed since they were read, as they are now. */
async function readAllAgain(reader: Reader, stale: readonly Node[]): Promise<RawNode[]> {
  const fresh = await mapInOrder(stale, AT_ONCE, ({ id }) => readAgain(reader, id));
  reader.missing.push(...stale.filter((_, at) => !fresh[at]).map(({ id }) => id));
  return fresh.filter((node) => node !== null);
}

async function readAgain(reader: Reader, id: string): Promise<RawNode | null> {
  const { data } = await ask<{ nodes: readonly (RawNode | null)[] }>(reader, nodesDocument(reader.resource), {
    ids: [id],
  });
  return data.nodes[0] ?? null;
}

/** Null when the record was deleted while its children were being paged. */
async function complete(reader: Reader, raw: RawNode): Promise<Node | null> {
  let current: RawNode = raw;
  for (let reread = 0; reread <= REREADS_MAX; reread += 1) {
    const outcome = await withAllChildren(reader, current);
    if (outcome === "gone") return null;
    if (outcome !== "changed") return outcome;
    // Its first and its later children belong to two different states: read it whole again.
    const fresh = await readAgain(reader, raw.id);
    if (!fresh) return null;
    current = fresh;
  }
  throw new Transient(`${raw.id} keeps changing while it is being read`);
}

/** Records that exist only inside the nodes of another list, such as inventory levels inside inventory items. */
async function recordsWithin(reader: Reader, parents: readonly RawNode[]): Promise<Node[]> {
  const { field } = reader.resource.list.within!;
  const document = withinPageDocument(reader.resource);
  const records = await mapInOrder(parents, AT_ONCE, async (parent) => {
    const start = connectionIn(reader, parent, field);
    const inside = [...start.nodes];
    let isWhole = true;
    for await (const node of pagesAfter(reader, document, parent.id, field, start)) {
      inside.push(...((node?.[field] as RawConnection | undefined)?.nodes ?? []));
      isWhole &&= node !== null;
    }
    if (isWhole) reader.parents.push(parent.id);
    // As a bulk file names it: many records do not say in what they are.
    return inside.map((record) => ({ ...record, __parentId: parent.id }));
  });
  return completeAll(reader, records.flat());
}

function batchOf(
  reader: Reader,
  nodes: readonly Node[],
  sentAt: string,
): Omit<Page, "next" | "listed" | "last"> {
  const { missing, parents, cost, denied } = reader;
  return { nodes, missing, parents, sentAt, cost, denied, stuck: [] };
}
