// The page in which the app stands: opening it installs the app, mints a session token and frames the app. Also what the
// shell around the frame asks for while the app runs.
import type { AppConfig } from "../app-config.ts";
import { renderEmbed } from "../shell/embed.ts";
import { hashHex } from "../store/chance.ts";
import type { Store } from "../store/store.ts";
import { ControlError, type Endpoint } from "./control.ts";

export interface AppRoomOptions {
  readonly store: Store;
  readonly app: AppConfig;
  readonly secret: string;
  readonly storeHandle: string;
  /** Where the browser reaches sandbox and app: the shell and the frame only talk if both are called by these names. */
  readonly sandboxUrl: string;
  readonly proxyUrl: string;
  /** Managed installation: happens when the app is opened, without asking the app. */
  readonly install: () => void;
  readonly mintSessionToken: () => string;
  readonly grantedScopes: () => readonly string[];
}

export interface AppRoom {
  serve(request: Request, appHandle: string, path: string): Response;
  readonly endpoints: readonly Endpoint[];
}

export function createAppRoom(options: AppRoomOptions): AppRoom {
  const { app, sandboxUrl } = options;
  const needApp = (handle: string | undefined): void => {
    if (handle !== app.handle)
      throw new ControlError(`There is no app "${handle}", only "${app.handle}"`, 404);
  };
  return {
    serve(request, appHandle, path) {
      const url = new URL(request.url);
      if (appHandle !== app.handle) return new Response(`There is no app "${appHandle}"\n`, { status: 404 });
      if (url.origin !== sandboxUrl) {
        return new Response(null, {
          status: 302,
          headers: { location: sandboxUrl + url.pathname + url.search },
        });
      }
      options.install();
      return new Response(embed(options, path), {
        headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
      });
    },
    endpoints: [
      {
        method: "GET",
        path: "/app/:handle/session-token",
        says: "A fresh session token (JWT) as App Bridge hands it to the app: {token}",
        run({ params }) {
          needApp(params.handle);
          options.install();
          return { token: options.mintSessionToken() };
        },
      },
      {
        method: "GET",
        path: "/app/:handle/scopes",
        says: "The app's scopes: {granted, required, optional}",
        run({ params }) {
          needApp(params.handle);
          return { granted: options.grantedScopes(), required: app.scopes, optional: app.optionalScopes };
        },
      },
    ],
  };
}

function embed(
  { store, app, secret, storeHandle, proxyUrl, mintSessionToken }: AppRoomOptions,
  path: string,
): string {
  // The landing page may lie below the app's origin (application_url = "https://…/app").
  const homePath = URL.canParse(app.applicationUrl) ? new URL(app.applicationUrl).pathname : "/";
  return renderEmbed({
    store: { name: store.shop.name, handle: storeHandle },
    shop: store.shop.domain,
    app: { name: app.name, handle: app.handle, secret },
    appOrigin: proxyUrl,
    homePath,
    path: path === "/" ? "" : path,
    idToken: mintSessionToken(),
    session: hashHex(`${store.seed}/session`, 64),
    now: new Date(),
  });
}
