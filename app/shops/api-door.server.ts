// What all doors of the JSON API share: who calls, what a failure looks like. A door says only what it does.
import { isPassing } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { callerOf, refusal, type Caller } from "#app/shops/caller.server.ts";

export interface ApiCall extends Caller {
  readonly request: Request;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
}

type Door = (args: {
  request: Request;
  params: Readonly<Record<string, string | undefined>>;
}) => Promise<Response>;

const PREFLIGHT_SECONDS = 7_200;

type Method = "GET" | "POST" | "PATCH";

/**
 * Lets `work` answer for an authenticated shop. Whatever it throws becomes a JSON error; nothing internal is told.
 * @param besides what the other half of the door answers to
 */
export function apiDoor(
  work: (call: ApiCall) => Promise<Response>,
  method: Method,
  besides: readonly Method[] = [],
): Door {
  return async ({ request, params }) => {
    if (request.method === "OPTIONS") return preflight();
    // Remix sends every method that writes to one action, and HEAD to the loader.
    if (request.method !== method && request.method !== "HEAD") return methodNotAllowed([...besides, method]);
    try {
      return await work({ ...(await callerOf(request)), request, params, now: new Date() });
    } catch (error) {
      return failure(error, new URL(request.url).pathname);
    }
  };
}

/** For the method that a door does not have. */
export function notAllowed(allow: Method): Door {
  return async ({ request }) => {
    if (request.method === "OPTIONS") return preflight();
    return methodNotAllowed([allow]);
  };
}

/** For an address that no door has. */
export const noSuchDoor: Door = async ({ request }) => {
  if (request.method === "OPTIONS") return preflight();
  return refusal(404, "NOT_FOUND", "There is nothing at this address.");
};

function methodNotAllowed(allow: readonly Method[]): Response {
  return refusal(405, "METHOD_NOT_ALLOWED", `Use ${allow.join(" or ")}.`, { Allow: allow.join(", ") });
}

/**
 * Null where the address of a file asks for nothing but what is `known`, each once, and all of it was understood. A page drops
 * the rest and says so; a file must not hold more than was asked for.
 * @param dropped what was not understood of what is known
 */
export function refuseUnknown(
  { url }: Request,
  known: readonly string[],
  dropped: readonly string[],
): Response | null {
  const given = [...new URL(url).searchParams.keys()];
  const odd = given.filter((name, at) => !known.includes(name) || given.indexOf(name) !== at);
  const names = [...new Set([...dropped, ...odd])];
  return names.length === 0 ? null : refusal(400, "BAD_REQUEST", `not understood: ${names.join(", ")}`);
}

function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET, POST, PATCH",
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": String(PREFLIGHT_SECONDS),
    },
  });
}

function failure(error: unknown, path: string): Response {
  if (error instanceof Response) return error;
  log.error({ err: error, path }, "an API call failed");
  if (error instanceof Throttled) {
    const seconds = Math.max(1, Math.ceil((error.retryAt.getTime() - Date.now()) / 1_000));
    return refusal(503, "SHOPIFY_BUSY", "Shopify asks to wait. Try again later.", {
      "Retry-After": String(seconds),
    });
  }
  if (error instanceof Transient || isPassing(error)) {
    return refusal(503, "UNAVAILABLE", "The database or Shopify is away for a moment. Try again.", {
      "Retry-After": "10",
    });
  }
  if (error instanceof Permanent) {
    return refusal(502, error.code, "Shopify refused what this needs. The dashboard says more.");
  }
  return refusal(500, "FAILED", "Something went wrong on our side. It has been logged.");
}
