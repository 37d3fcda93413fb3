// When the server is away, an open page keeps showing what it knew instead of giving way to an error page.
import { isRouteErrorResponse } from "@remix-run/react";

const SERVER_ERROR = 500;

/**
 * Wraps a route's load in the browser: its last good answer is given again, marked `isAway`, while the server does not
 * answer. What the server says on purpose (a redirect, 401, 404) is passed on.
 */
export function keepLastKnown<T extends { readonly isAway: boolean }>(): (
  load: () => Promise<T>,
) => Promise<T> {
  let lastKnown: T | undefined;
  return async (load) => {
    try {
      lastKnown = await load();
      return lastKnown;
    } catch (error) {
      if (!lastKnown || isAnswer(error)) throw error;
      return { ...lastKnown, isAway: true };
    }
  };
}

/** A Response is a redirect; an ErrorResponse below 500 was meant. All else is a broken connection or a server in need. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Response || (isRouteErrorResponse(error) && error.status < SERVER_ERROR);
}
