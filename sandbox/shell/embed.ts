// The page that embeds the app the way Shopify's admin does: title bar, frame, and the query parameters that Shopify
// adds to the app's address.
import { createHmac } from "node:crypto";
import { icon } from "./icons.ts";
import { escape, renderShell } from "./shell.ts";

export interface EmbedOptions {
  readonly store: { readonly name: string; readonly handle: string };
  readonly shop: string;
  readonly app: { readonly name: string; readonly handle: string; readonly secret: string };
  /** Where the browser reaches the app: origin, and the path of its landing page. */
  readonly appOrigin: string;
  readonly homePath: string;
  /** Path, search and hash below the app's place in the admin; "" is the landing page. */
  readonly path: string;
  readonly idToken: string;
  /** Of the staff member's login; the same while it lasts. */
  readonly session: string;
  readonly now: Date;
}

/** A whole HTML document. */
export function renderEmbed(options: EmbedOptions): string {
  const { store, app, appOrigin, homePath } = options;
  const place = {
    appOrigin,
    homePath,
    base: `/store/${store.handle}`,
    appBase: `/store/${store.handle}/apps/${app.handle}`,
    appHandle: app.handle,
    appName: app.name,
  };
  const data = JSON.stringify(place).replaceAll("<", "\\u003c");
  return renderShell({
    store,
    active: `app:${app.handle}`,
    title: app.name,
    layout: "app",
    head: `<script type="application/json" id="place">${data}</script>\n<script type="module" src="/assets/host.js"></script>`,
    content: `<div class="loading-bar"></div>
<div class="title-bar"><span class="title-bar-name">${icon("app")}<span id="app-title">${escape(app.name)}</span></span><span id="app-actions" class="title-bar-actions"></span></div>
<iframe class="app-frame" name="app-iframe" title="${escape(app.name)}" allow="clipboard-write; fullscreen" data-src="${escape(embeddedAddress(options))}"></iframe>`,
  });
}

/** The app's address with what Shopify adds, signed as Shopify signs it. */
export function embeddedAddress(options: EmbedOptions): string {
  const { shop, store, app, now } = options;
  const url = new URL(options.path === "" ? options.homePath : options.path, options.appOrigin);
  const added = {
    embedded: "1",
    host: Buffer.from(`admin.shopify.com/store/${store.handle}`).toString("base64").replace(/=+$/, ""),
    id_token: options.idToken,
    locale: "en-US",
    session: options.session,
    shop,
    timestamp: String(Math.floor(now.getTime() / 1000)),
  };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  url.searchParams.set("hmac", signQuery(url.searchParams, app.secret));
  return url.href;
}

/** Hex HMAC-SHA256 over the sorted parameters, without `hmac` itself. */
export function signQuery(parameters: URLSearchParams, secret: string): string {
  const sorted = new URLSearchParams([...parameters].filter(([name]) => name !== "hmac"));
  sorted.sort();
  return createHmac("sha256", secret).update(sorted.toString()).digest("hex");
}
