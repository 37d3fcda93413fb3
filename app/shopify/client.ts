// One shop's Admin GraphQL API: sends a query when the budget lets it, and turns every way in which Shopify can refuse
// into Transient, Throttled or Permanent. Knows no database and no resource.
import { QUERY_COST_MAX, estimateCost } from "#app/shopify/cost.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { refusalOfBody, refusalOfStatus } from "#app/shopify/refusals.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import type { Budget, Lane, ThrottleStatus } from "#app/shopify/budget.ts";
import type { GraphqlBody, GraphqlError } from "#app/shopify/refusals.ts";

/** Shopify gives up on a query well before; this bounds a connection that died without a word. */
const ANSWER_MS_MAX = 60_000;
/** Distinct (document, page size) whose real cost is remembered. */
const LEARNED_COSTS_MAX = 500;

export type Variables = Readonly<Record<string, unknown>>;

/**
 * Yields the token to send. `refused` is a token that Shopify has just answered with 401: a source that knows a newer
 * one gives it, one that does not gives the same again.
 */
export type TokenSource = (refused?: string) => Promise<string>;

export interface ClientOptions {
  /** `x.myshopify.com` */
  readonly shop: string;
  readonly accessToken: string | TokenSource;
  readonly budget: Budget;
  readonly fetch?: typeof fetch;
  /** Told of what is no failure but should be known: another API version served, deprecated fields used. */
  readonly warn?: (warning: ClientWarning) => void;
  /** Told of each query that was let through, when it is over. */
  readonly spent?: (spent: Spent) => void;
}

export interface Spent {
  readonly lane: Lane;
  /** What it cost, points; null where Shopify did not say. */
  readonly points: number | null;
  /** Until the budget let it go, milliseconds. */
  readonly waitedMs: number;
  /** Shopify answered that it was too much. */
  readonly isThrottled: boolean;
}

export interface ClientWarning {
  readonly code: "API_VERSION" | "DEPRECATED";
  readonly shop: string;
  readonly detail: string;
}

export interface QueryOptions {
  readonly lane: Lane;
  /** Points that the query will ask for, where the caller knows better than the estimate. */
  readonly cost?: number;
  readonly signal?: AbortSignal;
  /** Root fields stand for themselves: one that is refused is null in `data`, and the others are kept. */
  readonly rootsApart?: boolean;
}

export interface Cost {
  /** Null where Shopify stated none. */
  readonly requested: number | null;
  readonly actual: number | null;
}

export interface Answer<T> {
  readonly data: T;
  readonly cost: Cost;
  /** When the request left, ISO 8601: nothing in `data` can be older than the state at this time. */
  readonly sentAt: string;
  /** Version that Shopify served, which is not the one asked for once that has expired ("fall forward"). */
  readonly apiVersion: string | null;
  /** Fields that were refused while the rest was answered: their values in `data` are null. */
  readonly denied: readonly GraphqlError[];
}

export interface Client {
  readonly shop: string;
  readonly budget: Budget;
  readonly fetch: typeof fetch;
  /**
   * @throws Throttled when Shopify says so in spite of the pacing; Transient for network, timeouts and 5xx;
   * Permanent with Shopify's code, or `SEARCH_WARNING` when a search term was not understood and so ignored.
   */
  query<T>(document: string, variables: Variables, options: QueryOptions): Promise<Answer<T>>;
}

export function createClient(options: ClientOptions): Client {
  const { shop, budget, warn = () => {}, spent = () => {} } = options;
  const learned = new Map<string, number>();
  const sender = senderOf(options);

  async function query<T>(
    document: string,
    variables: Variables,
    queryOptions: QueryOptions,
  ): Promise<Answer<T>> {
    const { lane, signal, rootsApart = false } = queryOptions;
    const shape = shapeOf(document, variables);
    const expected = queryOptions.cost ?? learned.get(shape) ?? estimateCost(document, variables);
    const askedAt = performance.now();
    const reservation = await budget.reserve(Math.min(expected, QUERY_COST_MAX), lane, signal);
    const waitedMs = performance.now() - askedAt;
    let status: ThrottleStatus | null = null;
    let charged: number | null = null;
    let isThrottled = false;
    try {
      const sentAt = new Date().toISOString();
      const limit = AbortSignal.timeout(ANSWER_MS_MAX);
      const bounded = signal ? AbortSignal.any([signal, limit]) : limit;
      const response = await post(sender, JSON.stringify({ query: document, variables }), bounded);
      const body = await bodyOf(response, bounded);
      const { requestedQueryCost: requested = null, actualQueryCost: actual = null } =
        body?.extensions?.cost ?? {};
      status = body?.extensions?.cost?.throttleStatus ?? null;
      charged = actual;
      if (requested !== null) remember(learned, shape, requested);
      if (!response.ok || !body) throw refusalOfStatus(response, body, new Date());
      const refusal = refusalOfBody(body, rootsApart, new Date());
      if (refusal) throw refusal;
      for (const warning of warningsIn(response, shop)) warn(warning);
      const apiVersion = response.headers.get("x-shopify-api-version");
      return {
        data: body.data as T,
        cost: { requested, actual },
        sentAt,
        apiVersion,
        denied: body.errors ?? [],
      };
    } catch (error) {
      isThrottled = error instanceof Throttled;
      throw error;
    } finally {
      reservation.settle(status, charged);
      spent({ lane, points: charged, waitedMs, isThrottled });
    }
  }

  return { shop, budget, fetch: sender.send, query };
}

interface Sender {
  readonly url: string;
  readonly tokenFor: TokenSource;
  readonly send: typeof fetch;
}

function senderOf({ shop, accessToken, fetch: given }: ClientOptions): Sender {
  return {
    url: `https://${shop}/admin/api/${API_VERSION}/graphql.json`,
    tokenFor: typeof accessToken === "string" ? async () => accessToken : accessToken,
    // The global one is looked up at each call: a dispatcher may be set after this module was loaded.
    send: given ?? ((...call) => fetch(...call)),
  };
}

/** Sends with the present token and, where that one is refused and there is a newer one, once more. */
async function post(sender: Sender, body: string, signal: AbortSignal): Promise<Response> {
  const token = await sender.tokenFor();
  const first = await sendWith(sender, token, body, signal);
  if (first.status !== 401) return first;
  const newer = await sender.tokenFor(token);
  if (newer === token) return first;
  await first.body?.cancel();
  return sendWith(sender, newer, body, signal);
}

async function sendWith(
  { url, send }: Sender,
  token: string,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    accept: "application/json",
    "x-shopify-access-token": token,
  };
  try {
    return await send(url, { method: "POST", headers, body, signal });
  } catch (cause) {
    throw lostBy(cause, signal);
  }
}

function warningsIn({ headers }: Response, shop: string): ClientWarning[] {
  const warnings: ClientWarning[] = [];
  const served = headers.get("x-shopify-api-version");
  if (served !== null && served !== API_VERSION) {
    const detail = headers.get("x-shopify-api-version-warning") ?? "the requested version is not served";
    warnings.push({
      code: "API_VERSION",
      shop,
      detail: `asked ${API_VERSION}, answered by ${served}: ${detail}`,
    });
  }
  const deprecated = headers.get("x-shopify-api-deprecated-reason");
  if (deprecated !== null) warnings.push({ code: "DEPRECATED", shop, detail: deprecated });
  return warnings;
}

async function bodyOf(response: Response, signal: AbortSignal): Promise<GraphqlBody | null> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw lostBy(cause, signal);
  }
  try {
    // Ids are strings in GraphQL, and so are the 64-bit counts: nothing to lose in JSON.parse.
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch (cause) {
    // A page of HTML in front of an outage. With an error status that status tells the story.
    if (!response.ok) return null;
    throw new Transient("Shopify answered with something that is no JSON", { cause });
  }
}

/** The caller's abort stays what it is; everything else that breaks a request is passing. */
function lostBy(cause: unknown, signal: AbortSignal): unknown {
  if (cause instanceof Permanent || cause instanceof Throttled || cause instanceof Transient) return cause;
  const isTimeout = cause instanceof DOMException && cause.name === "TimeoutError";
  if (isTimeout) return new Transient(`Shopify did not answer within ${ANSWER_MS_MAX / 1_000} s`, { cause });
  if (signal.aborted) return signal.reason;
  return new Transient("the connection to Shopify broke", { cause });
}

/** What a query's cost depends on: its text, page size and number of ids. */
function shapeOf(document: string, { first, ids }: Variables): string {
  return `${String(first)}|${Array.isArray(ids) ? ids.length : ""}|${document}`;
}

function remember(learned: Map<string, number>, shape: string, cost: number): void {
  if (learned.size >= LEARNED_COSTS_MAX && !learned.has(shape)) learned.clear();
  learned.set(shape, cost);
}
