// Hands the parts of the sandbox to the rooms that answer requests, and the rooms to the routes.
import type { AppConfig } from "../app-config.ts";
import type { AppSide } from "../app-side.ts";
import type { Dials } from "../dials.ts";
import type { LiveTraffic } from "../live-traffic.ts";
import { createPages } from "../pages/pages.ts";
import { showApps } from "../shell/shell.ts";
import { exportTruth } from "../store/export.ts";
import type { Store } from "../store/store.ts";
import { createAppRoom } from "./app-room.ts";
import { createControl } from "./control.ts";
import { createEndpoints } from "./endpoints.ts";
import { createRoutes, type Handle } from "./routes.ts";

export interface DoorOptions {
  readonly store: Store;
  readonly dials: Dials;
  readonly app: AppConfig;
  readonly side: AppSide;
  readonly traffic: LiveTraffic;
  /** The app's client secret. */
  readonly secret: string;
  readonly storeHandle: string;
  readonly sandboxUrl: string;
  readonly proxyUrl: string;
  /** The address that the server is bound to. */
  readonly host: string;
}

export function openDoors(options: DoorOptions): Handle {
  const { store, dials, app, side, traffic, secret, storeHandle, sandboxUrl, proxyUrl, host } = options;
  const { api, installs, webhooks } = side;
  showApps([{ name: app.name, handle: app.handle }]);
  const appRoom = createAppRoom({
    ...{ store, app, secret, storeHandle, sandboxUrl, proxyUrl },
    install: () => installs.install(),
    mintSessionToken: () => side.mintToken(),
    grantedScopes: () => installs.read().scopes,
  });
  const endpoints = createEndpoints({
    ...{ store, dials, webhooks },
    exportTruth: () => exportTruth(store),
    calls: (limit) => api.callLog.list({ limit }),
    placeOrders: (count) => traffic.placeOrders(count),
    install: () => installs.install(),
    uninstall: () => installs.uninstall(),
    idle: () => side.idle(),
  });
  const pages = createPages({
    ...{ store, dials, traffic },
    callLog: api.callLog,
    deliveries: webhooks.log,
    installs: {
      appName: app.name,
      read: () => installs.read(),
      install: () => installs.install(),
      uninstall: () => installs.uninstall(),
      grant: (scopes) => installs.grant(scopes),
      approveProtectedData: (approved) => installs.approveProtectedData(approved),
      failNextBulk: () => api.bulk.failNext(),
    },
  });
  return createRoutes(
    {
      shop: (request) => api.handle(request),
      pages: (request) => pages.handle(request),
      app: (request, appHandle, path) => appRoom.serve(request, appHandle, path),
      control: createControl([...appRoom.endpoints, ...endpoints]),
      bulk: (request) => api.serveFile(request) ?? new Response(null, { status: 404 }),
    },
    {
      shop: store.shop.domain,
      storeHandle,
      appHandle: app.handle,
      hosts: host === "127.0.0.1" ? [] : [host],
    },
  );
}
