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

/** Lets `work` answer for an authenticated shop. Whatever it throws becomes a JSON error; nothing internal is told. */
export function apiDoor(work: (call: ApiCall) => Promise<Response>, method: "GET" | "POST" | "PATCH"): Door {
  return async ({ request, params }) => {
    if (request.method === "OPTIONS") return preflight();
    // Remix sends every method that writes to one action, and HEAD to the loader.
    if (request.method !== method && request.method !== "HEAD") return methodNotAllowed(method);
    try {
      return await work({ ...(await callerOf(request)), request, params, now: new Date() });
    } catch (error) {
      return failure(error, new URL(request.url).pathname);
    }
  };
}

/** For the method that a door does not have. */
export function notAllowed(allow: "GET" | "POST" | "PATCH"): Door {
  return async ({ request }) => {
    if (request.method === "OPTIONS") return preflight();
    return methodNotAllowed(allow);
  };
}

function methodNotAllowed(allow: string): Response {
  return refusal(405, "METHOD_NOT_ALLOWED", `Use ${allow}.`, { Allow: allow });
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
