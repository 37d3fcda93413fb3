// Who calls the API: the shop that a session token speaks for. Shopify's library answers a missing token with a redirect
// and unknown user agents with 410, which is right for documents and wrong for an API; here both get a JSON error.
import "@shopify/shopify-api/adapters/node";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { isPassing, pool } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";

export interface Caller {
  readonly shop: { readonly id: number; readonly domain: string };
  /** Shopify's id of the person, decimal. */
  readonly userId: string;
}

export interface ApiError {
  /** Code for programs. */
  readonly error: string;
  /** Sentence for people. */
  readonly message: string;
}

const api = shopifyApi({
  apiKey: env.SHOPIFY_API_KEY,
  apiSecretKey: env.SHOPIFY_API_SECRET,
  apiVersion: ApiVersion.October26,
  hostName: new URL(env.SHOPIFY_APP_URL).host,
  isEmbeddedApp: true,
  logger: { level: LogSeverity.Error },
});

/**
 * The shop of the request's `Authorization: Bearer <session token>`: signed with our secret, for our app, not expired.
 * @throws Response 401 without a valid token, 403 when the shop has not installed the app, 503 while the database is
 * away. The token goes nowhere.
 */
export async function callerOf(request: Request): Promise<Caller> {
  const token = bearerOf(request);
  if (!token) {
    throw refusal(401, "NO_SESSION_TOKEN", "Send a session token: Authorization: Bearer <token>.");
  }
  const { domain, userId } = await readToken(token);
  const shop = await installedShop(domain);
  if (!shop) {
    throw refusal(403, "NOT_INSTALLED", "This store has not opened Counterfoil yet, or has uninstalled it.");
  }
  return { shop, userId };
}

async function installedShop(domain: string): Promise<Caller["shop"] | undefined> {
  try {
    const { rows } = await pool.query<Caller["shop"]>(
      "SELECT id, domain FROM shops WHERE domain = $1 AND uninstalled_at IS NULL",
      [domain],
    );
    return rows[0];
  } catch (error) {
    if (!isPassing(error)) throw error;
    throw refusal(503, "UNAVAILABLE", "The database is away for a moment. Try again.", {
      "Retry-After": "10",
    });
  }
}

/**
 * The shop that a page's own session token names, in its header or, as a document gets it, in its address. Asks no
 * database. Null without a valid one.
 */
export async function shopOfToken(request: Request): Promise<string | null> {
  return (await tokenOfPage(request))?.domain ?? null;
}

/** When Shopify issued a page's own session token, by Shopify's clock: the store had the app then. Null without a valid one. */
export async function issuedAtOf(request: Request): Promise<Date | null> {
  return (await tokenOfPage(request))?.issuedAt ?? null;
}

async function tokenOfPage(request: Request): Promise<Token | null> {
  const token = bearerOf(request) ?? new URL(request.url).searchParams.get("id_token");
  return token ? readToken(token).catch(() => null) : null;
}

function bearerOf(request: Request): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

/** An API answer for any page of Shopify's: extensions call from an origin of their own, with a token, never a cookie. */
export function answer(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: HeadersInit } = {},
) {
  const response = Response.json(body, { status, headers });
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Access-Control-Allow-Origin", "*");
  return response;
}

export function refusal(status: number, error: string, message: string, headers: HeadersInit = {}): Response {
  return answer({ error, message } satisfies ApiError, { status, headers });
}

interface Token {
  readonly domain: string;
  readonly userId: string;
  readonly issuedAt: Date;
}

async function readToken(token: string): Promise<Token> {
  try {
    const { dest, sub, iat } = await api.session.decodeSessionToken(token);
    return { domain: new URL(dest).hostname, userId: sub, issuedAt: new Date(iat * 1_000) };
  } catch {
    // The library's error repeats the token, so it is not even looked at. The header lets App Bridge try a fresh one.
    throw refusal(
      401,
      "INVALID_SESSION_TOKEN",
      "The session token is not valid or has expired. Get a new one.",
      {
        "X-Shopify-Retry-Invalid-Session-Request": "1",
        "Access-Control-Expose-Headers": "X-Shopify-Retry-Invalid-Session-Request",
      },
    );
  }
}
