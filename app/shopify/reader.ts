// One batch of records in the making: what is asked for it, what that has cost so far, and what Shopify refused of it.
import { Permanent } from "#app/shopify/errors.ts";
import { pointsOf } from "#app/shopify/metered.ts";
import { denialWords } from "#app/shopify/refusals.ts";
import type { Lane } from "#app/shopify/budget.ts";
import type { Answer, Client } from "#app/shopify/client.ts";
import type { Listing } from "#app/shopify/documents.ts";
import type { GraphqlError } from "#app/shopify/refusals.ts";

export interface ReadOptions {
  readonly lane: Lane;
  readonly signal?: AbortSignal;
  /**
   * It failed before. Records at which Shopify fails are passed over, and named in `stuck`, and what finds no answer is
   * asked for in smaller pages; else the first failure ends the reading.
   */
  readonly passesOver?: boolean;
}

export interface Reader {
  readonly client: Client;
  readonly resource: Listing;
  readonly options: ReadOptions;
  cost: number;
  denied: GraphqlError[];
  missing: string[];
  parents: string[];
}

/** As Shopify answers. */
export interface RawConnection {
  readonly nodes: readonly RawNode[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
export type RawNode = Readonly<Record<string, unknown>> & {
  readonly __typename?: string;
  readonly id: string;
};

export function readerOf(client: Client, resource: Listing, { lane, signal }: ReadOptions): Reader {
  return { client, resource, options: { lane, signal }, cost: 0, denied: [], missing: [], parents: [] };
}

export async function ask<T>(
  reader: Reader,
  document: string,
  variables: Record<string, unknown>,
): Promise<Answer<T>> {
  const answer = await reader.client.query<T>(document, variables, reader.options);
  reader.cost += pointsOf(answer.cost);
  reader.denied.push(...answer.denied);
  return answer;
}

/** The connection in this field. @throws Permanent where Shopify refused it: empty, it would remove what is mirrored. */
export function connectionIn(reader: Reader, node: RawNode, field: string): RawConnection {
  const connection = node[field] as RawConnection | null;
  if (connection) return connection;
  const reason = reader.denied.find(({ path }) => path?.includes(field));
  const words = `${reader.resource.type}.${field} was refused`;
  throw new Permanent("ACCESS_DENIED", reason ? `${words}: ${denialWords(reason)}` : words);
}

/** Where the next page of a list begins, how many nodes this one showed, and the id of the last. */
export function placeOf({ nodes, pageInfo }: RawConnection) {
  const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  return { next, listed: nodes.length, last: nodes.at(-1)?.id ?? null };
}
