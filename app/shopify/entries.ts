// Fills in what a record's lists hold: the connections of their entries, read by the entries' ids. Refund and fulfillment
// lines are such: no bulk query can hold them, and no page has to pay for them where there are none.
import type { Connection, List, Node } from "#app/resources/define.ts";
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

type Holding = Pick<Listing, "lists" | "connections">;
/** Whatever holds entries that hold connections: a list, an object, a connection. */
type Holder = Pick<List, "field" | "type" | "connections" | "state">;

/** Whether a record has entries whose connections are still to be read. */
export function hasOpenEntries(resource: Holding, node: object): boolean {
  return holdersIn(resource).some((holder) => openEntries(holder, node).length > 0);
}

/** Whatever in a record holds entries, with connections of their own or without. */
export function holdersIn({ lists = [], connections }: Holding): Holder[] {
  const ofConnection = ({ field, type, entries }: Connection): Holder[] =>
    entries ? [{ field, type: String(type), ...entries }] : [];
  return [...lists, ...connections.flatMap(ofConnection)];
}

/** `read` yields the records of a listing with these ids, connections and all. */
export async function fillEntries(
  resource: Holding,
  nodes: readonly Node[],
  read: (listing: Listing, gids: readonly string[]) => AsyncIterable<EntryPage>,
): Promise<Filled> {
  const lists = holdersIn(resource);
  const found = new Map<string, Node>();
  let cost = 0;
  const denied: GraphqlError[] = [];
  for (const list of lists) {
    const gids = nodes.flatMap((node) => openEntries(list, node).map(({ id }) => id));
    if (gids.length === 0) continue;
    for await (const page of read(entryListing(list), gids)) {
      for (const entry of page.nodes) found.set(entry.id, entry);
      cost += page.cost;
      denied.push(...page.denied);
    }
  }
  const filled: Node[] = [];
  const stale: Node[] = [];
  for (const node of nodes) {
    const whole = withEntries(lists, node, found);
    if (whole) filled.push(whole);
    else stale.push(node);
  }
  return { nodes: filled, stale, cost, denied };
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
