// A shop's offline access token for work without a visitor. Tokens expire; they are refreshed here, one refresh at a
// time per shop however many workers ask, since both tokens change with it and the loser of a race would hold dead ones.
import type { Session } from "@shopify/shopify-api";
import pg from "pg";
import { budgetOf } from "#app/budget.server.ts";
import { env } from "#app/env.server.ts";
import { note, noteDuration } from "#app/metrics.server.ts";
import { log } from "#app/observe.server.ts";
import { createClient } from "#app/shopify/client.ts";
import { Permanent, Transient } from "#app/shopify/errors.ts";
import { endSession, sessionStorage } from "#app/shops/sessions.server.ts";
import type { Client, Spent } from "#app/shopify/client.ts";

/** A token with less left is refreshed before it is used, as Shopify's library does. */
const LEFT_MS_MIN = 5 * 60_000;
const ANSWER_MS_MAX = 15_000;
/** How long a token is used without looking into the database whether another process has refreshed it. */
const CACHED_MS = 30_000;

interface Cached {
  readonly token: string;
  readonly until: number;
}

const cache = new Map<string, Cached>();
const refreshing = new Map<string, Promise<string>>();
const clients = new Map<string, Client>();

/** The shop's client in this process: one budget, and always the present token. */
export async function clientFor(shopDomain: string): Promise<Client> {
  const known = clients.get(shopDomain);
  if (known) return known;
  const client = createClient({
    shop: shopDomain,
    accessToken: (refused) => accessTokenFor(shopDomain, refused),
    budget: budgetOf(shopDomain),
    warn: (warning) => log.warn(warning, "Shopify's answer carries a warning"),
    spent: (spent) => noteSpent(shopDomain, spent),
  });
  clients.set(shopDomain, client);
  return client;
}

function noteSpent(shopDomain: string, { lane, points, waitedMs, isThrottled }: Spent): void {
  note(shopDomain, "api_points", lane, points ?? 0);
  noteDuration(shopDomain, "api_waits", lane, waitedMs);
  if (isThrottled) note(shopDomain, "api_throttles", lane);
}

/**
 * A valid token. `refused` is one that Shopify has just answered with 401.
 * @throws Permanent(NO_TOKEN | TOKEN_REFUSED) when only a visit of the merchant can bring a new one, Transient.
 */
export async function accessTokenFor(shopDomain: string, refused?: string): Promise<string> {
  const cached = cache.get(shopDomain);
  if (cached && cached.until > Date.now() && cached.token !== refused) return cached.token;
  cache.delete(shopDomain);
  const session = await load(shopDomain);
  const token = isFresh(session, refused) ? session.accessToken : await refreshOnce(shopDomain, refused);
  cache.set(shopDomain, { token, until: Date.now() + CACHED_MS });
  return token;
}

type Granted = Session & { readonly accessToken: string };

async function load(shopDomain: string): Promise<Granted> {
  const session = await sessionStorage.loadSession(`offline_${shopDomain}`);
  if (!session?.accessToken) throw new Permanent("NO_TOKEN", `${shopDomain} has granted no token`);
  return session as Granted;
}

/** Tokens without an end, of apps that are exempt, are fresh until they are refused; then they are all there is. */
function isFresh(session: Granted, refused?: string): boolean {
  if (!session.refreshToken) return true;
  if (session.accessToken === refused) return false;
  return !session.expires || session.expires.getTime() - Date.now() > LEFT_MS_MIN;
}

/** Within the process, those who ask meanwhile wait for the same refresh. */
function refreshOnce(shopDomain: string, refused?: string): Promise<string> {
  const running = refreshing.get(shopDomain);
  if (running) return running;
  const refresh = refreshLocked(shopDomain, refused).finally(() => refreshing.delete(shopDomain));
  refreshing.set(shopDomain, refresh);
  return refresh;
}

/**
 * Between processes, a lock in PostgreSQL. On a connection of its own: held on one of the pool's, many shops at once
 * would take all connections and then wait for one more to store their tokens with.
 */
async function refreshLocked(shopDomain: string, refused?: string): Promise<string> {
  const holder = new pg.Client({ connectionString: env.DATABASE_URL, application_name: "counterfoil token" });
  holder.on("error", (error) => log.warn({ err: error }, "the connection that holds a token's lock broke"));
  try {
    await holder.connect();
    await holder.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [`token ${shopDomain}`]);
  } catch (cause) {
    await holder.end().catch(() => {});
    throw new Transient("the database cannot be reached", { cause });
  }
  try {
    // Somebody else may have refreshed it while we waited for the lock.
    const session = await load(shopDomain);
    if (isFresh(session, refused)) return session.accessToken;
    return await refresh(session);
  } finally {
    // The lock goes with its connection.
    await holder.end().catch(() => {});
  }
}

interface Grant {
  readonly access_token: string;
  readonly scope?: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly refresh_token_expires_in: number;
}

/** The old pair stays stored until the new one is: should we crash between, Shopify still accepts the old one. */
async function refresh(session: Granted): Promise<string> {
  const sentAt = Date.now();
  let grant: Grant;
  try {
    grant = await ask(session);
  } catch (error) {
    if (error instanceof Permanent) await endSession(session, new Date(sentAt));
    const isUsable = session.expires !== undefined && session.expires.getTime() > Date.now();
    if (!(error instanceof Transient) || !isUsable) throw error;
    log.warn(
      { err: error, shop: session.shop },
      "a token could not be refreshed yet; the old one still holds",
    );
    return session.accessToken;
  }
  const library = await import("@shopify/shopify-api");
  const renewed = new library.Session({
    ...session.toObject(),
    accessToken: grant.access_token,
    scope: grant.scope ?? session.scope,
    expires: new Date(sentAt + grant.expires_in * 1_000),
    refreshToken: grant.refresh_token,
    refreshTokenExpires: new Date(sentAt + grant.refresh_token_expires_in * 1_000),
  });
  await sessionStorage.storeSession(renewed);
  log.info({ shop: session.shop, expires: renewed.expires }, "a token was refreshed");
  return grant.access_token;
}

async function ask({ shop, refreshToken }: Granted): Promise<Grant> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`https://${shop}/admin/oauth/access_token`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        client_id: env.SHOPIFY_API_KEY,
        client_secret: env.SHOPIFY_API_SECRET,
        grant_type: "refresh_token",
        refresh_token: refreshToken,
      }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    body = await response.json().catch(() => null);
  } catch (cause) {
    throw new Transient("the token could not be refreshed", { cause });
  }
  if (response.ok && isGrant(body)) return body;
  if (response.status >= 500 || response.status === 429 || response.ok) {
    throw new Transient(`the refresh of a token was answered ${response.status}`);
  }
  throw new Permanent("TOKEN_REFUSED", `Shopify refuses to refresh the token: status ${response.status}`);
}

function isGrant(body: unknown): body is Grant {
  const grant = body as Partial<Grant> | null;
  return (
    typeof grant?.access_token === "string" &&
    typeof grant.refresh_token === "string" &&
    typeof grant.expires_in === "number" &&
    typeof grant.refresh_token_expires_in === "number"
  );
}
