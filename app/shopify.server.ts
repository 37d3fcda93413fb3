// The app's one configured Shopify object: embedded authentication by token exchange, expiring offline tokens, document
// headers. Nobody else constructs one.
import "@shopify/shopify-app-remix/adapters/node";
import { ApiVersion, AppDistribution, LogSeverity, shopifyApp } from "@shopify/shopify-app-remix/server";
import { AsyncLocalStorage } from "node:async_hooks";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { scopes } from "#app/resources/index.ts";
import { issuedAtOf } from "#app/shops/caller.server.ts";
import { install } from "#app/shops/install.ts";
import { sessionStorage } from "#app/shops/sessions.server.ts";

/** The library's own levels, in words of ours. */
const LEVELS = {
  [LogSeverity.Error]: "error",
  [LogSeverity.Warning]: "warn",
  [LogSeverity.Info]: "debug",
  [LogSeverity.Debug]: "trace",
} as const;

/** Session tokens (JWT) and access tokens, as they may stand in a message of the library's. */
const TOKENS = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bshp[a-z]{2,3}_\w+/g;

/** The request that is being authenticated: the library's hook is not told of it. */
const asking = new AsyncLocalStorage<Request>();

const shopify = shopifyApp({
  apiKey: env.SHOPIFY_API_KEY,
  apiSecretKey: env.SHOPIFY_API_SECRET,
  apiVersion: ApiVersion.October26,
  appUrl: env.SHOPIFY_APP_URL,
  authPathPrefix: "/auth",
  scopes: env.SCOPES?.split(",").map((scope) => scope.trim()) ?? [...scopes()],
  distribution: AppDistribution.AppStore,
  sessionStorage,
  future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
  logger: {
    level: LogSeverity.Info,
    log: async (severity, message) =>
      log[LEVELS[severity]]({ from: "shopify" }, message.replace(TOKENS, "[token]")),
  },
  hooks: {
    /**
     * Runs whenever a token was exchanged: on install and, as tokens expire, again and again. Dated by Shopify's clock, as
     * the webhooks are that it is compared with.
     */
    afterAuth: async ({ session }) => {
      const request = asking.getStore();
      const at = (request && (await issuedAtOf(request))) ?? new Date();
      await install({ domain: session.shop, scopes: session.scope?.split(",") ?? [] }, at);
    },
  },
});

export default shopify;
export const { unauthenticated, login, addDocumentResponseHeaders } = shopify;

/** @throws Response whatever the library answers instead of a page. */
export function authenticate(request: Request) {
  return asking.run(request, () => shopify.authenticate.admin(request));
}
export { sessionStorage };
