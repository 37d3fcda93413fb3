// Puts the rooms together: one store, one app, two ports. `main.ts` starts it from the command line, tests in-process.
import { readAppConfig, type AppConfig } from "./app-config.ts";
import { openAppSide, type AppSide } from "./app-side.ts";
import { CHAOS, createDials, type ChaosLevel, type Dials, type PlanName } from "./dials.ts";
import { openDoors } from "./http/doors.ts";
import { listen, serveFetch, type Listening } from "./http/listen.ts";
import { createProxy } from "./http/proxy.ts";
import type { Handle } from "./http/routes.ts";
import { openTraffic } from "./live-traffic.ts";
import type { Installs } from "./oauth/installs.ts";
import { openSeededStore } from "./store/seed.ts";
import type { Store } from "./store/store.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

export interface SandboxOptions {
  /** 0 = any free port. */
  readonly port: number;
  readonly proxyPort: number;
  readonly host: string;
  /** Where the app listens. */
  readonly appUrl: string;
  readonly appToml: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** "my-store.myshopify.com" */
  readonly shop: string;
  /** Folder that keeps the store between starts; without it, in memory only. */
  readonly data?: string;
  readonly reset?: boolean;
  readonly seed: string;
  /** Size of the history. */
  readonly orders?: number;
  readonly products?: number;
  /** Orders placed per minute. */
  readonly traffic: number;
  readonly plan: PlanName;
  readonly chaos: ChaosLevel;
  /** Instead of the TOML's. */
  readonly scopes?: readonly string[];
  readonly timeScale: number;
}

export const SANDBOX_DEFAULTS: SandboxOptions = {
  port: 4000,
  proxyPort: 4001,
  host: "127.0.0.1",
  appUrl: "http://127.0.0.1:3000",
  appToml: "shopify.app.toml",
  apiKey: "sandbox-api-key",
  apiSecret: "sandbox-api-secret",
  shop: "counterfoil-sandbox.myshopify.com",
  seed: "counterfoil",
  traffic: 0,
  plan: "standard",
  chaos: "off",
  timeScale: 1,
};

export interface SandboxUrls {
  /** SANDBOX_URL of the app's processes. */
  readonly sandbox: string;
  /** The app as the browser reaches it: the app's SHOPIFY_APP_URL. */
  readonly proxy: string;
  /** The admin with the app open: what a person opens. */
  readonly admin: string;
  /** What the app believes to talk to. */
  readonly shop: string;
}

export interface Sandbox {
  readonly urls: SandboxUrls;
  readonly store: Store;
  readonly app: AppConfig;
  readonly dials: Dials;
  readonly webhooks: Webhooks;
  readonly installs: Installs;
  /** Resolves when no delivery and no bulk operation is pending. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Rejects with `PortTaken`, `AppConfigError` or `JournalError`, which a caller can put right. */
export async function startSandbox(given: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const options: SandboxOptions = { ...SANDBOX_DEFAULTS, ...given };
  const config = await readAppConfig(options.appToml);
  const app = options.scopes ? { ...config, scopes: options.scopes } : config;
  // Ports first: a taken one should cost no seeding.
  let handle: Handle = () => new Response("Starting\n", { status: 503, headers: { "retry-after": "1" } });
  const server = await listen(
    serveFetch(async (request) => handle(request)),
    options.port,
    options.host,
  );
  const closers = [() => server.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const proxy = await openProxy(options, urlOf(server));
    closers.push(() => proxy.close());
    const urls = urlsOf(options, app, urlOf(server), urlOf(proxy));
    const rooms = openRooms(options, app, urls);
    closers.push(() => rooms.close());
    handle = rooms.handle;
    const { store, dials, side } = rooms;
    return {
      ...{ urls, app, store, dials, stop },
      webhooks: side.webhooks,
      installs: side.installs,
      idle: () => side.idle(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** By this name, not by number: libraries that insist on https make an exception for it. */
const urlOf = (listening: Listening): string => `http://localhost:${listening.port}`;

async function openProxy(options: SandboxOptions, sandboxUrl: string): Promise<Listening> {
  const proxy = createProxy({
    appUrl: new URL(options.appUrl),
    appBridgeUrl: `${sandboxUrl}/app-bridge.js`,
    frameAncestors: [sandboxUrl],
  });
  const listening = await listen(proxy.listener, options.proxyPort, options.host);
  listening.server.on("upgrade", proxy.upgrade);
  return listening;
}

function urlsOf(options: SandboxOptions, app: AppConfig, sandbox: string, proxy: string): SandboxUrls {
  const admin = `${sandbox}/store/${storeHandle(options.shop)}/apps/${app.handle}`;
  return { sandbox, proxy, admin, shop: `https://${options.shop}` };
}

/** "counterfoil-sandbox.myshopify.com" → "counterfoil-sandbox" */
function storeHandle(shop: string): string {
  return shop.split(".")[0] ?? shop;
}

interface OpenRooms {
  readonly store: Store;
  readonly dials: Dials;
  readonly side: AppSide;
  readonly handle: Handle;
  close(): Promise<void>;
}

function openRooms(options: SandboxOptions, app: AppConfig, urls: SandboxUrls): OpenRooms {
  const { apiKey, apiSecret, appUrl, data = null, reset = false } = options;
  const dials = createDials({
    ...CHAOS[options.chaos],
    ...{ ordersPerMinute: options.traffic, plan: options.plan, timeScale: options.timeScale },
  });
  const store = openStore(options);
  const side = openAppSide({
    ...{ store, dials, app, apiKey, apiSecret, appUrl, reset },
    ...{ sandboxUrl: urls.sandbox, directory: data },
  });
  const traffic = openTraffic(store, dials);
  const handle = openDoors({
    ...{ store, dials, app, side, traffic, secret: apiSecret },
    ...{
      storeHandle: storeHandle(options.shop),
      sandboxUrl: urls.sandbox,
      proxyUrl: urls.proxy,
      host: options.host,
    },
  });
  return {
    ...{ store, dials, side, handle },
    async close() {
      traffic.stop();
      await side.stop();
      store.close();
    },
  };
}

function openStore({ data, reset = false, seed, shop, orders, products }: SandboxOptions): Store {
  return openSeededStore({
    ...{ seed, reset, shop: { domain: shop } },
    ...(data === undefined ? {} : { directory: data }),
    sizes: { ...(orders === undefined ? {} : { orders }), ...(products === undefined ? {} : { products }) },
  });
}
