// A small seeded shop with the app installed, spoken to as an app speaks: over requests, with a token.
import type { AdminApi } from "#sandbox/admin-api/index.ts";
import { createAdminApi, type AdminApiOptions } from "#sandbox/admin-api/index.ts";
import { createDials, type DialValues } from "#sandbox/dials.ts";
import { Installs, type InstallsOptions } from "#sandbox/oauth/installs.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import { seed } from "#sandbox/store/seed.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";

export const SHOP = "counterfoil-sandbox.myshopify.com";
export const KEY = "key";
export const SECRET = "secret";
export const SCOPES = [
  "read_orders",
  "read_all_orders",
  "write_orders",
  "write_products",
  "write_inventory",
  "read_locations",
  "read_customers",
];

export const EXCHANGE = {
  client_id: KEY,
  client_secret: SECRET,
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
  expiring: "1",
};

/** Renewed before it ends. */
const TOKEN_LIFE_MS = 50 * 60_000;

export interface ApiAnswer {
  data: Record<string, Json> | null | undefined;
  errors: { message: string; path?: unknown[]; locations?: unknown[]; extensions: Record<string, unknown> }[];
  extensions: {
    cost: {
      requestedQueryCost: number;
      actualQueryCost: number | null;
      throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
    };
    search?: unknown[];
  };
}
/** An object of an answer; values are cast where they are read. */
export interface Json {
  readonly [key: string]: Json;
}

export interface Shop {
  readonly api: AdminApi;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly installs: Installs;
  readonly told: string[];
  readonly bugs: Error[];
  turn(dials: Partial<DialValues>): void;
  token(): Promise<string>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  ask(query: string, variables?: Record<string, unknown>, operationName?: string): Promise<ApiAnswer>;
}

export interface ShopOptions {
  readonly api?: Partial<AdminApiOptions>;
  readonly installs?: Partial<InstallsOptions>;
  readonly scopes?: readonly string[];
  readonly sizes?: { orders: number; products: number };
  readonly directory?: string;
}

export function openShop(options: ShopOptions = {}): Shop {
  const clock = new ManualClock("2026-11-20T10:00:00.000Z");
  const store = openStore({ seed: "api", clock });
  if (options.sizes) seed(store, { ...options.sizes, locations: 2, editions: 2, days: 120 });
  const dials = createDials();
  const told: string[] = [];
  const bugs: Error[] = [];
  const installs = new Installs({
    app: {
      name: "Counterfoil",
      handle: "counterfoil",
      applicationUrl: "https://counterfoil.test",
      embedded: true,
      scopes: options.scopes ?? SCOPES,
      webhookApiVersion: "2026-10",
      apiKey: KEY,
      apiSecret: SECRET,
    },
    clock,
    seed: "api",
    directory: options.directory,
    onUninstalled: () => told.push("app/uninstalled"),
    onScopes: ({ previous, current }) => told.push(`scopes ${previous.length} → ${current.length}`),
    ...options.installs,
  });
  const api = createAdminApi({
    store,
    dials,
    installs,
    directory: options.directory,
    filesBase: () => "http://127.0.0.1:4000",
    onBulkEnd: (operation) => told.push(`bulk ${operation.status}`),
    onBug: (error) => bugs.push(error),
    ...options.api,
  });
  let known: { token: string; until: number } | undefined;

  const shop: Shop = {
    ...{ api, store, clock, installs, told, bugs },
    turn: (changes) => void dials.turn(changes),
    async token() {
      const nowMs = clock.now().getTime();
      if (known === undefined || known.until <= nowMs) {
        const answer = await shop.post("/admin/oauth/access_token", {
          ...EXCHANGE,
          subject_token: api.openApp(),
        });
        const { access_token: token } = (await answer.json()) as { access_token: string };
        known = { token, until: nowMs + TOKEN_LIFE_MS };
      }
      return known.token;
    },
    post: (path, body, headers = {}) =>
      api.handle(
        new Request(`https://${SHOP}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
    async ask(query, variables = {}, operationName) {
      const headers = { "x-shopify-access-token": await shop.token() };
      const answer = await shop.post(
        "/admin/api/2026-10/graphql.json",
        { query, variables, operationName },
        headers,
      );
      const body = (await answer.json()) as Partial<ApiAnswer>;
      return { data: body.data, errors: body.errors ?? [], extensions: body.extensions } as ApiAnswer;
    },
  };
  return shop;
}
