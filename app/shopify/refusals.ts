// How Shopify says no: HTTP status, GraphQL error codes and search warnings, each turned into what to do about it.
// Codes only; message texts are kept for people and never matched.
import { Permanent, Stumbled, Throttled, Transient, Unanswered } from "#app/shopify/errors.ts";
import type { ThrottleStatus } from "#app/shopify/budget.ts";

/** When Shopify asks to wait and does not say how long. */
const WAIT_MS_DEFAULT = 2_000;
const WAIT_MS_MAX = 5 * 60_000;

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  /** Where in the query. */
  readonly locations?: readonly unknown[];
  readonly extensions?: { readonly code?: string; readonly requiredAccess?: string };
}

interface SearchReport {
  readonly path?: readonly string[];
  readonly query?: string;
  readonly warnings?: readonly {
    readonly field?: string;
    readonly message?: string;
    readonly code?: string;
  }[];
}

export interface GraphqlBody {
  readonly data?: unknown;
  /** Shopify answers 401, 402, 404 and 423 with a plain text here. */
  readonly errors?: readonly GraphqlError[];
  readonly extensions?: {
    readonly cost?: {
      readonly requestedQueryCost?: number | null;
      readonly actualQueryCost?: number | null;
      readonly throttleStatus?: ThrottleStatus;
    };
    readonly search?: readonly SearchReport[];
  };
}

/** Statuses that no repetition changes, and the code that people see. */
const STATUS_CODES: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  402: "SHOP_FROZEN",
  403: "FORBIDDEN",
  404: "SHOP_NOT_FOUND",
  406: "BAD_REQUEST",
  414: "BAD_REQUEST",
  423: "SHOP_LOCKED",
};

/** GraphQL codes of failures within Shopify. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  "INTERNAL_SERVER_ERROR",
  "TIMEOUT",
  "SERVICE_UNAVAILABLE",
]);

/** Of a gateway that waited for an answer, or of a server that broke under the question. */
const UNANSWERED_STATUSES: ReadonlySet<number> = new Set([500, 502, 504]);

/** For an answer without a usable body. */
export function refusalOfStatus(response: Response, body: GraphqlBody | null, now: Date): Error {
  const { status } = response;
  const words = wordsOf(body) || response.statusText || `status ${status}`;
  if (status === 429 || status === 430) {
    return new Throttled(new Date(now.getTime() + retryAfterMs(response.headers)), words);
  }
  const code = STATUS_CODES[status];
  if (code) return new Permanent(code, words);
  const said = `Shopify answered ${status}: ${words}`;
  if (UNANSWERED_STATUSES.has(status)) return new Unanswered(said);
  if (status >= 500 || status === 408 || response.ok) return new Transient(said);
  return new Permanent(`HTTP_${status}`, words);
}

/** Null when `data` can be used; then `errors`, if any, name only fields that were refused one by one. */
export function refusalOfBody(body: GraphqlBody, rootsApart: boolean, now: Date): Error | null {
  const errors = Array.isArray(body.errors) ? (body.errors as readonly GraphqlError[]) : [];
  const throttled = errors.find(({ extensions }) => extensions?.code === "THROTTLED");
  if (throttled) return new Throttled(new Date(now.getTime() + refillMs(body)), throttled.message);
  const passing = errors.find(isOfShopify);
  if (passing) return new Stumbled(passing.message);
  const other = errors.find(({ extensions }) => extensions?.code !== "ACCESS_DENIED");
  if (other) return new Permanent(other.extensions?.code ?? "GRAPHQL", other.message);
  const [denied] = errors;
  if (denied && isUseless(body, errors, rootsApart))
    return new Permanent("ACCESS_DENIED", denialWords(denied));
  if (body.data === undefined || body.data === null) {
    return new Permanent("GRAPHQL", wordsOf(body) || "an answer without data");
  }
  return warningOf(body);
}

/** Whatever is wrong with a query has a code and its place; "Timeout" came with neither. */
function isOfShopify({ extensions, path, locations }: GraphqlError): boolean {
  if (extensions?.code !== undefined) return PASSING_CODES.has(extensions.code);
  return path === undefined && locations === undefined;
}

/** A refused root field leaves nothing to use, and an element of `nodes(ids:)` refused would pass for a missing one. */
function isUseless(body: GraphqlBody, errors: readonly GraphqlError[], rootsApart: boolean): boolean {
  if (body.data === null || body.data === undefined) return true;
  return errors.some(({ path }) => {
    if (path === undefined || path.length === 0) return true;
    if (path.length === 1) return !rootsApart;
    return path.length === 2 && typeof path[1] === "number";
  });
}

/** Shopify's words for a refusal, with what would be needed where it says so. */
export function denialWords({ message, extensions }: GraphqlError): string {
  return extensions?.requiredAccess ? `${message} Required access: ${extensions.requiredAccess}` : message;
}

/** A search term that Shopify did not understand is ignored by it: rows come unfiltered, so the job must not go on. */
function warningOf({ extensions }: GraphqlBody): Permanent | null {
  for (const { query, warnings = [] } of extensions?.search ?? []) {
    const [warning] = warnings;
    if (!warning) continue;
    const words = `${warning.code ?? "warning"} in "${query ?? ""}": ${warning.field ?? ""} ${warning.message ?? ""}`;
    return new Permanent("SEARCH_WARNING", words.trim());
  }
  return null;
}

/** Retry-After is in seconds. */
function retryAfterMs(headers: Headers): number {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, WAIT_MS_MAX) : WAIT_MS_DEFAULT;
}

/** Time until the bucket holds what the query asked for. */
function refillMs({ extensions }: GraphqlBody): number {
  const { requestedQueryCost = null, throttleStatus } = extensions?.cost ?? {};
  if (requestedQueryCost === null || !throttleStatus || throttleStatus.restoreRate <= 0)
    return WAIT_MS_DEFAULT;
  const missing = Math.max(0, requestedQueryCost - throttleStatus.currentlyAvailable);
  return Math.min(Math.ceil((missing / throttleStatus.restoreRate) * 1_000), WAIT_MS_MAX);
}

function wordsOf(body: GraphqlBody | null): string {
  const errors: unknown = body?.errors;
  if (typeof errors === "string") return errors;
  if (Array.isArray(errors)) return errors.map((error: GraphqlError) => error.message).join("; ");
  return "";
}
