// What was last known of each shop's mirror, kept in this process: what a page can still tell, with its age, while the
// database is away. Given only to whom a session token says it belongs to, which needs no database to be checked.
import { shopOfToken } from "#app/shops/caller.server.ts";
import type { Headline } from "#app/status/headline.ts";

export interface LastWord {
  readonly headline: Headline;
  readonly at: Date;
  readonly timeZone: string | null;
}

/** Shops of one process; the longest unseen makes room. */
const SHOPS_MAX = 1_000;
const words = new Map<string, LastWord>();

export function keepWord(shopDomain: string, word: LastWord): void {
  words.delete(shopDomain);
  words.set(shopDomain, word);
  if (words.size > SHOPS_MAX) words.delete(words.keys().next().value!);
}

/** @returns null where nothing is known, or nobody proves whose it is. */
export async function lastWordFor(request: Request): Promise<LastWord | null> {
  const domain = await shopOfToken(request);
  return (domain && words.get(domain)) || null;
}
