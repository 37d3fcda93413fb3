// Fills in what pages and bulk files leave open of a record: what its lists hold (the connections of their entries, read by
// the entries' ids: refund and fulfillment lines), and what stands apart, read by its own id. No bulk query can hold these,
// and no page has to pay for them where there are none.
import type { Apart, Connection, List, Node } from "#app/resources/define.ts";
import type { Listing } from "#app/shopify/documents.ts";
import { entryListing, stateFields } from "#app/shopify/documents.ts";
import type { GraphqlError } from "#app/shopify/refusals.ts";

/** What of a page (pages.ts) is needed here. */
interface EntryPage {
  readonly nodes: readonly Node[];
  readonly cost: number;
  readonly denied: readonly GraphqlError[];
}

export interface Filled {
  /** Records whose entries are whole now. */
  readonly nodes: readonly Node[];
  /** Records of which an entry has changed or gone since they were read: to be read again. */
  readonly stale: readonly Node[];
  /** Points charged. */
  readonly cost: number;
  readonly denied: readonly GraphqlError[];
}

type Holding = Pick<Listing, "type" | "lists" | "connections" | "apart">;
/** Whatever holds entries that hold connections: a list, an object, a connection. */
type Holder = Pick<List, "field" | "type" | "connections" | "state">;

/** Whether a record has entries whose connections are still to be read, or something apart. */
export function hasOpenEntries(resource: Holding, node: Node): boolean {
  const { apart = [] } = resource;
  return (
    holdersIn(resource).some((holder) => openEntries(holder, node).length > 0) ||
    apart.some((connection) => isOpen(connection, node))
  );
}

function isOpen({ field, isThere }: Apart, node: Node): boolean {
  return node[field] === undefined && isThere(node);
}

/** What stands apart, as a listing of its own: the records with nothing but that, and what tells their state. */
export function apartListing({ type }: Pick<Listing, "type">, connection: Connection): Listing {
  return entryListing({ type, connections: [connection] });
}

/** Whatever in a record holds entries, with connections of their own or without. */
export function holdersIn({ lists = [], connections }: Holding): Holder[] {
  const ofConnection = ({ field, type, entries }: Connection): Holder[] =>
    entries ? [{ field, type: String(type), ...entries }] : [];
  return [...lists, ...connections.flatMap(ofConnection)];
}

type Read = (listing: Listing, gids: readonly string[]) => AsyncIterable<EntryPage>;

/** `read` yields the records of a listing with these ids, connections and all. */
export async function fillEntries(resource: Holding, nodes: readonly Node[], read: Read): Promise<Filled> {
  const { apart = [] } = resource;
  const lists = holdersIn(resource);
  const asked = [
    ...lists.map((list) => ({
      listing: () => entryListing(list),
      gids: nodes.flatMap((node) => openEntries(list, node).map(({ id }) => id)),
    })),
    ...apart.map((connection) => ({
      listing: () => apartListing(resource, connection),
      gids: nodes.filter((node) => isOpen(connection, node)).map(({ id }) => id),
    })),
  ];
  const found = new Map<string, Node>();
  let cost = 0;
  const denied: GraphqlError[] = [];
  await Promise.all(
    asked.map(async ({ listing, gids }) => {
      if (gids.length === 0) return;
      for await (const page of read(listing(), gids)) {
        for (const entry of page.nodes) found.set(entry.id, { ...found.get(entry.id), ...entry });
        cost += page.cost;
        denied.push(...page.denied);
      }
    }),
  );
  const filled: Node[] = [];
  const stale: Node[] = [];
  for (const node of nodes) {
    const listed = withEntries(lists, node, found);
    const whole = listed && withApart(apart, listed, found);
    if (whole) filled.push(whole);
    else stale.push(node);
  }
  return { nodes: filled, stale, cost, denied };
}

/** Null when the record was in another state when this was read. */
function withApart(apart: readonly Apart[], node: Node, found: ReadonlyMap<string, Node>): Node | null {
  const whole: Record<string, unknown> & { id: string } = { ...node };
  for (const connection of apart) {
    if (!isOpen(connection, node)) continue;
    const read = found.get(node.id);
    if (!read || read.updatedAt !== node.updatedAt) return null;
    whole[connection.field] = read[connection.field];
  }
  return whole;
}

/** Null when an entry that was read by its id is not in the state in which the record showed it. */
function withEntries(lists: readonly Holder[], node: Node, found: ReadonlyMap<string, Node>): Node | null {
  const whole: Record<string, unknown> & { id: string } = { ...node };
  for (const list of lists) {
    const open = new Set(openEntries(list, node));
    if (open.size === 0) continue;
    const state = stateFields(list);
    const entries: Node[] = [];
    for (const entry of entriesIn(list, node)) {
      const read = open.has(entry) ? found.get(entry.id) : entry;
      if (!read || state.some((field) => read[field] !== entry[field])) return null;
      entries.push({ ...entry, ...read });
    }
    whole[list.field] = Array.isArray(node[list.field]) ? entries : entries[0];
  }
  return whole;
}

function openEntries({ field, connections }: Holder, node: object): readonly Node[] {
  const [connection] = connections;
  if (!connection) return [];
  return entriesIn({ field }, node).filter((entry) => entry[connection.field] === undefined);
}

/** Of an object that is there, the one. */
function entriesIn({ field }: Pick<Holder, "field">, node: object): readonly Node[] {
  const held: unknown = Reflect.get(node, field);
  if (held === undefined || held === null) return [];
  return (Array.isArray(held) ? held : [held]) as readonly Node[];
}
