// One cheap query that asks of many resources whether anything changed in a window: a count where Shopify has one, else
// whether a list's first page is empty.
import { searchWithin } from "#app/shopify/documents.ts";
import { Permanent } from "#app/shopify/errors.ts";
import type { Listing } from "#app/shopify/documents.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Client } from "#app/shopify/client.ts";

export interface Look {
  readonly resource: Pick<Listing, "list" | "count" | "filter"> & { readonly name: string };
  /** Shopify's search for the window. */
  readonly search: string;
}

interface Seen {
  readonly count?: number;
  readonly precision?: string;
  readonly nodes?: readonly unknown[];
}

interface LookOptions {
  readonly lane: Lane;
  readonly signal?: AbortSignal;
}

/** By name: false where nothing changed, null where Shopify refused to say. */
type Changes = ReadonlyMap<string, boolean | null>;

/** @throws Transient, Throttled, Permanent. */
export async function lookForChanges(
  client: Client,
  looks: readonly Look[],
  options: LookOptions,
): Promise<Changes> {
  try {
    return await lookAtOnce(client, looks, options);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== "ACCESS_DENIED") throw error;
  }
  // A list that is refused takes the whole answer with it, since it may not be null.
  const [only, ...others] = looks;
  if (others.length === 0) return new Map([[only!.resource.name, null]]);
  const each: [string, boolean | null][] = [];
  for (const look of looks) each.push(...(await lookForChanges(client, [look], options)));
  return new Map(each);
}

async function lookAtOnce(client: Client, looks: readonly Look[], options: LookOptions): Promise<Changes> {
  const document = `query Changes { ${looks.map(fieldOf).join("\n")} }`;
  // One missing scope must not hide the others.
  const asked = { ...options, rootsApart: true };
  const { data } = await client.query<Record<string, Seen | null>>(document, {}, asked);
  return new Map(looks.map(({ resource: { name } }) => [name, hasAny(data[name])]));
}

function fieldOf({ resource, search }: Look): string {
  const { name, list, count } = resource;
  const way = count === null ? "list" : "count";
  const query = `query: ${JSON.stringify(searchWithin(resource, way, search))}`;
  // What the list shows only when asked for (closed fulfillment orders) changes, too.
  const args = list.args === undefined ? query : `${query}, ${list.args}`;
  return count === null
    ? `${name}: ${list.root}(first: 1, ${args}) { nodes { id } }`
    : `${name}: ${count}(limit: null, ${query}) { count precision }`;
}

function hasAny(seen: Seen | null | undefined): boolean | null {
  if (!seen) return null;
  return seen.nodes ? seen.nodes.length > 0 : seen.count !== 0;
}
