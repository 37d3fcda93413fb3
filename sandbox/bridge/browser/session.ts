// Who the app is and for whom it is open: configuration from the page and its address, session tokens, and the fetch
// that carries them to the app's own server.
import type { ShopifyGlobal } from "@shopify/app-bridge-types";
import { ask, isEmbedded, script, shellOrigin } from "./channel.ts";
import { openOutside } from "./navigation.ts";

/** What the admin adds to the app's address; not part of the app's own path. */
export const ADMIN_PARAMETERS = [
  "embedded",
  "shop",
  "host",
  "id_token",
  "locale",
  "hmac",
  "timestamp",
  "session",
];
/** A token this close to its end is not sent any more. */
const TOKEN_RESERVE_MS = 5_000;
const REMEMBERED = "app-bridge-config";

const parameters = new URLSearchParams(location.search);
export const config: ShopifyGlobal["config"] = readConfig();

let token: { readonly text: string; readonly expiresAtMs: number } | null = readToken(
  parameters.get("id_token") ?? "",
);
let asked: Promise<string> | null = null;

function readConfig(): ShopifyGlobal["config"] {
  const remembered = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "{}") as Record<string, string>;
  const meta = (name: string): string =>
    document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
  const found = {
    shop: parameters.get("shop") ?? remembered.shop ?? "",
    host: parameters.get("host") ?? remembered.host ?? "",
    locale: parameters.get("locale") ?? remembered.locale ?? "en-US",
  };
  sessionStorage.setItem(REMEMBERED, JSON.stringify(found));
  const list = (text: string | undefined): string[] =>
    (text ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean);
  return {
    ...found,
    apiKey: script?.dataset.apiKey ?? meta("shopify-api-key"),
    appOrigins: list(script?.dataset.appOrigins ?? meta("shopify-app-origins")),
    disabledFeatures: list(script?.dataset.disabledFeatures ?? meta("shopify-disabled-features")),
  };
}

/** A session token, a fresh one if the last is about to end. */
export function idToken(options: { readonly fresh?: boolean } = {}): Promise<string> {
  if (!options.fresh && token && token.expiresAtMs - Date.now() > TOKEN_RESERVE_MS)
    return Promise.resolve(token.text);
  asked ??= ask("id-token")
    .then((text) => {
      token = readToken(text);
      return text;
    })
    .finally(() => (asked = null));
  return asked;
}

function readToken(text: string): typeof token {
  const [, payload] = text.split(".");
  if (!payload) return null;
  try {
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as { exp: number };
    return { text, expiresAtMs: claims.exp * 1000 };
  } catch {
    return null;
  }
}

/** Puts the session token on requests to the app's server, and does what the answer's headers ask of App Bridge. */
export function patchFetch(): void {
  if (config.disabledFeatures?.includes("fetch")) return;
  const plainFetch = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!belongsToApp(new URL(request.url)) || request.headers.has("Authorization"))
      return plainFetch(input, init);
    const again = request.clone();
    const answer = await plainFetch(await authorize(request, false));
    const retry =
      answer.status === 401 && answer.headers.get("X-Shopify-Retry-Invalid-Session-Request") === "1";
    const final = retry ? await plainFetch(await authorize(again, true)) : answer;
    const reauthorize = final.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
    if (reauthorize) openOutside(new URL(reauthorize, location.href).href, "_top");
    return final;
  };
}

async function authorize(request: Request, fresh: boolean): Promise<Request> {
  request.headers.set("Authorization", `Bearer ${await idToken({ fresh })}`);
  if (!request.headers.has("Accept-Language"))
    request.headers.set("Accept-Language", config.locale ?? "en-US");
  if (!request.headers.has("X-Requested-With")) request.headers.set("X-Requested-With", "XMLHttpRequest");
  return request;
}

function belongsToApp(url: URL): boolean {
  if (url.origin === location.origin || config.appOrigins?.includes(url.origin)) return true;
  return url.protocol === location.protocol && url.hostname.endsWith(`.${location.hostname}`);
}

/** The address with what the admin would have added, for whole-page loads inside the frame. */
export async function embeddedUrl(href: string): Promise<string> {
  const url = new URL(href, location.href);
  if (url.origin !== location.origin) return url.href;
  url.searchParams.set("embedded", "1");
  if (config.shop) url.searchParams.set("shop", config.shop);
  if (config.host) url.searchParams.set("host", config.host);
  url.searchParams.set("id_token", await idToken({ fresh: true }));
  return url.href;
}

/** The app's page without a token in its address sends the browser here to fetch one and come back. */
export async function answerBounce(): Promise<void> {
  const reload = parameters.get("shopify-reload");
  if (!reload || !isEmbedded) return;
  location.replace(await embeddedUrl(reload));
}

/** Opened outside of the admin: go into it. */
export function enterAdmin(): void {
  if (isEmbedded || !config.host || config.disabledFeatures?.includes("auto-redirect")) return;
  const path = new URL(location.href);
  for (const name of ADMIN_PARAMETERS) path.searchParams.delete(name);
  location.replace(
    `${shellOrigin}/embed?${new URLSearchParams({ host: config.host, path: path.pathname + path.search })}`,
  );
}
