// Which room answers a request. The shop's own host belongs to the Admin API and OAuth; every other host is the
// sandbox's: admin pages, the embedded app, scripts, control API and bulk files.
import { serveAsset } from "./assets.ts";
import { CONTROL_BASE } from "./control.ts";

export type Handle = (request: Request) => Response | Promise<Response>;

export interface Rooms {
  /** Admin API and OAuth, on the shop's own host. */
  readonly shop: Handle;
  /** /store/<handle>/… without apps. */
  readonly pages: Handle;
  /** /store/<handle>/apps/<app handle>/…; `path` is the rest with search. */
  readonly app: (request: Request, appHandle: string, path: string) => Response | Promise<Response>;
  readonly control: Handle;
  /** /bulk/… */
  readonly bulk: Handle;
}

export interface RouteOptions {
  /** "counterfoil-sandbox.myshopify.com" */
  readonly shop: string;
  /** "counterfoil-sandbox" */
  readonly storeHandle: string;
  readonly appHandle: string;
  /** Names under which the sandbox itself may be called, besides the loopback ones. */
  readonly hosts: readonly string[];
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

export function createRoutes(rooms: Rooms, options: RouteOptions): Handle {
  const store = `/store/${options.storeHandle}`;
  const appPlace = new RegExp(`^${store}/apps/([^/]+)(/.*)?$`);
  return (request) => {
    const url = new URL(request.url);
    if (url.hostname === options.shop) return rooms.shop(request);
    if (url.hostname.endsWith(".myshopify.com"))
      return text(404, `There is no shop ${url.hostname}, only ${options.shop}`);
    // A page elsewhere could point its own name at this address and then read the answers.
    if (!LOOPBACK.includes(url.hostname) && !options.hosts.includes(url.hostname)) {
      return text(421, `The sandbox is not called ${url.hostname}`);
    }
    const asset = serveAsset(request);
    if (asset) return asset;
    const { pathname } = url;
    if (pathname === CONTROL_BASE || pathname.startsWith(`${CONTROL_BASE}/`)) {
      if (request.headers.get("sec-fetch-site") === "cross-site") return text(403, "Not from another site");
      return rooms.control(request);
    }
    if (pathname.startsWith("/bulk/")) return rooms.bulk(request);
    const app = appPlace.exec(pathname);
    if (app?.[1]) return rooms.app(request, app[1], (app[2] ?? "") + url.search);
    if (pathname === store || pathname.startsWith(`${store}/`)) return rooms.pages(request);
    if (pathname === "/" || pathname === "/store") return redirect(`${store}/apps/${options.appHandle}`);
    // App Bridge sends an app here that was opened outside of the admin.
    if (pathname === "/embed")
      return redirect(`${store}/apps/${options.appHandle}${ownPath(url.searchParams.get("path"))}`);
    return text(404, "There is no such page");
  };
}

/** Only paths of this server: "//elsewhere" would lead away. */
function ownPath(path: string | null): string {
  return path && /^\/(?![/\\])/.test(path) && path !== "/" ? path : "";
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

function text(status: number, message: string): Response {
  return new Response(`${message}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
