/**
 * POST /admin/oauth/access_token: token exchange, refresh, and the move from lasting to expiring tokens.
 */
import type { Store } from "../store/store.ts";
import type { Installs } from "./installs.ts";
import { readSessionToken } from "./session-token.ts";
import { ONLINE_LIFE_SECONDS, type TokenRecord } from "./tokens.ts";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
const OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token";
const ONLINE = "urn:shopify:params:oauth:token-type:online-access-token";

type Answer = { status: number; body: Record<string, unknown> };

const refuse = (error: string, description: string, status = 400): Answer => ({
  status,
  body: { error, error_description: description },
});

/** Answers in JSON, as Shopify does; 400 with `error` on anything wrong. */
export async function answerAccessToken(
  request: Request,
  installs: Installs,
  store: Store,
): Promise<Response> {
  const { status, body } = decide(await readForm(request), installs, store);
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

function decide(form: Record<string, string>, installs: Installs, store: Store): Answer {
  const { app } = installs;
  if (form.client_id !== app.apiKey)
    return refuse("application_cannot_be_found", "The application cannot be found");
  if (form.client_secret !== app.apiSecret)
    return refuse("invalid_client", "The client secret is not valid", 401);
  if (!installs.current()) return refuse("invalid_request", "The app is not installed on this shop");
  if (form.grant_type === "refresh_token") {
    const fresh = installs.tokens.refresh(form.refresh_token ?? "");
    return fresh ? offline(fresh, installs) : refuse("invalid_grant", "The refresh token is not valid");
  }
  if (form.grant_type === EXCHANGE) return exchange(form, installs, store);
  return refuse("unsupported_grant_type", "The grant type is not supported");
}

function exchange(form: Record<string, string>, installs: Installs, store: Store): Answer {
  const isExpiring = form.expiring === "1";
  if (form.subject_token_type === OFFLINE) {
    if (!installs.tokens.revoke(form.subject_token ?? ""))
      return refuse("invalid_subject_token", "The subject token is not valid");
    return offline(isExpiring ? installs.tokens.issueExpiring() : installs.tokens.issueLasting(), installs);
  }
  if (form.subject_token_type !== ID_TOKEN)
    return refuse("invalid_request", "The subject token type is not supported");
  const { app } = installs;
  const claims = readSessionToken(form.subject_token ?? "", {
    shop: store.shop.domain,
    apiKey: app.apiKey,
    apiSecret: app.apiSecret,
    now: store.now(),
  });
  if (!claims) return refuse("invalid_subject_token", "The subject token is not valid");
  if (form.requested_token_type === OFFLINE) {
    return offline(isExpiring ? installs.tokens.issueExpiring() : installs.tokens.issueLasting(), installs);
  }
  if (form.requested_token_type === ONLINE)
    return online(installs.tokens.issueOnline(), installs, store, claims.sub);
  return refuse("invalid_request", "The requested token type is not supported");
}

const scopeText = (installs: Installs): string => [...(installs.current()?.scopes ?? [])].join(",");

function offline(token: TokenRecord, installs: Installs): Answer {
  const { tokens } = installs;
  const lasting = { access_token: token.access, scope: scopeText(installs) };
  if (token.refresh === null) return { status: 200, body: lasting };
  const expiry = {
    expires_in: tokens.lifeSeconds,
    refresh_token: token.refresh,
    refresh_token_expires_in: tokens.refreshLifeSeconds,
  };
  return { status: 200, body: { ...lasting, ...expiry } };
}

function online(token: TokenRecord, installs: Installs, store: Store, user: string): Answer {
  const [firstName = "", ...rest] = store.shop.ownerName.split(" ");
  const associatedUser = {
    id: Number(user),
    first_name: firstName,
    last_name: rest.join(" "),
    email: store.shop.email,
    email_verified: true,
    account_owner: true,
    locale: "en",
    collaborator: false,
  };
  const scope = scopeText(installs);
  return {
    status: 200,
    body: {
      access_token: token.access,
      scope,
      expires_in: ONLINE_LIFE_SECONDS,
      associated_user_scope: scope,
      associated_user: associatedUser,
    },
  };
}

/** JSON or a form, as the libraries send either. */
async function readForm(request: Request): Promise<Record<string, string>> {
  const text = await request.text();
  const isForm = (request.headers.get("content-type") ?? "").includes("application/x-www-form-urlencoded");
  if (isForm) return Object.fromEntries(new URLSearchParams(text));
  try {
    const parsed: unknown = JSON.parse(text);
    if (!parsed || typeof parsed !== "object") return {};
    return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
  } catch {
    return {};
  }
}
