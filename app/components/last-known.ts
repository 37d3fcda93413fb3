// When the server is away, an open page keeps showing what it knew instead of giving way to an error page.
import { isRouteErrorResponse } from "@remix-run/react";
import type { Headline } from "#app/status/headline.ts";

const SERVER_ERROR = 500;

/** What the whole mirror was last known to be. */
export interface KnownWord {
  readonly headline: Headline;
  readonly at: Date;
  readonly timeZone: string | null;
}

let word: KnownWord | null = null;

/** In the browser only: a server's memory is not one person's. */
export function rememberWord(known: KnownWord): void {
  word = known;
}

export const rememberedWord = (): KnownWord | null => word;

/** What a server without its database has told in its answer, if it has. Dates are text in it. */
export function wordIn(error: unknown): KnownWord | null {
  if (!isRouteErrorResponse(error) || error.status < SERVER_ERROR) return null;
  const data = error.data as { headline?: Headline; at?: string; timeZone?: string | null } | null;
  if (!data?.headline || !data.at) return null;
  return { headline: data.headline, at: new Date(data.at), timeZone: data.timeZone ?? null };
}

/**
 * Wraps a route's load in the browser: its last good answer is given again, marked `isAway`, while the server does not
 * answer. What the server says on purpose (a redirect, 401, 404) is passed on.
 * @returns of which the second argument says what is loaded: what is known of another record is no answer.
 */
export function keepLastKnown<T extends { readonly isAway: boolean }>(): (
  load: () => Promise<T>,
  address?: string,
) => Promise<T> {
  let lastKnown: { readonly loaded: T; readonly address: string | undefined } | undefined;
  return async (load, address) => {
    try {
      const loaded = await load();
      lastKnown = { loaded, address };
      return loaded;
    } catch (error) {
      if (!lastKnown || lastKnown.address !== address || isAnswer(error)) throw error;
      return { ...lastKnown.loaded, isAway: true };
    }
  };
}

/** A Response is a redirect; an ErrorResponse below 500 was meant. All else is a broken connection or a server in need. */
function isAnswer(error: unknown): boolean {
  return error instanceof Response || (isRouteErrorResponse(error) && error.status < SERVER_ERROR);
}

/** What a route asks of the server from the browser, or `instead` of an error page while the server is away. */
export async function orIfAway<T, U>(ask: () => Promise<T>, instead: () => U): Promise<T | U> {
  try {
    return await ask();
  } catch (error) {
    if (isAnswer(error)) throw error;
    return instead();
  }
}

/** The commonest answer to an act. */
export function orUnreachable<T>(act: () => Promise<T>): Promise<T | { readonly outcome: "unreachable" }> {
  return orIfAway(act, () => ({ outcome: "unreachable" }) as const);
}
