// A small store with its admin pages behind a real HTTP server, and a visitor who reads pages and sends forms as a
// browser would: redirects are not followed by themselves, cookies are kept.
import { createDials, type Dials } from "#sandbox/dials.ts";
import { serveAsset } from "#sandbox/http/assets.ts";
import { listen, serveFetch } from "#sandbox/http/listen.ts";
import { createPages } from "#sandbox/pages/pages.ts";
import type { CallRecord } from "#sandbox/admin-api/call-log.ts";
import type { Installation } from "#sandbox/pages/wiring.ts";
import {
  connectLevel,
  createCollection,
  createCustomer,
  createLocation,
  createProduct,
  placeOrder,
} from "#sandbox/store/acts.ts";
import { NOWHERE } from "#sandbox/store/acts/locations.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import { variantsOf } from "#sandbox/store/lookups.ts";
import { openStore, type Store } from "#sandbox/store/store.ts";
import { createDeliveryLog, type DeliveryLog } from "#sandbox/webhooks/log.ts";

export const START = "2026-11-02T09:30:00.000Z";

export type Reading = {
  status: number;
  text: string;
  location: string | null;
};

export type PagesStore = {
  store: Store;
  clock: ManualClock;
  dials: Dials;
  deliveries: DeliveryLog;
  calls: CallRecord[];
  installation: Installation & { bulkFailures: number };
  /** Sample orders wait for `gate`; `asked` counts the requests for them that have arrived. */
  traffic: { gate: Promise<void>; asked: number };
  url: string;
  /** Below /store/<handle>. */
  read(path: string): Promise<Reading>;
  send(
    path: string,
    fields: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<Reading>;
  close(): Promise<void>;
};

export async function openPages(): Promise<PagesStore> {
  const clock = new ManualClock(START);
  const store = openStore({ clock, seed: "pages" });
  furnish(store);
  const dials = createDials();
  const deliveries = createDeliveryLog();
  const calls: CallRecord[] = [];
  const installation = { installed: true, scopes: ["read_orders"], protectedData: true, bulkFailures: 0 };
  const traffic = { gate: Promise.resolve(), asked: 0 };
  const pages = createPages({
    store,
    dials,
    deliveries,
    callLog: { list: ({ limit = 100 } = {}) => calls.slice(0, limit) },
    traffic: {
      async placeOrders(count) {
        traffic.asked += 1;
        await traffic.gate;
        return Array.from({ length: count }, () => placeAny(store));
      },
    },
    installs: {
      appName: "Counterfoil",
      read: () => installation,
      install: () => void (installation.installed = true),
      uninstall: () => void (installation.installed = false),
      grant: (scopes) => void (installation.scopes = [...scopes]),
      approveProtectedData: (approved) => void (installation.protectedData = approved),
      failNextBulk: () => void (installation.bulkFailures += 1),
    },
  });
  const server = await listen(
    serveFetch(async (request) => serveAsset(request) ?? pages.handle(request)),
    0,
    "127.0.0.1",
  );
  const url = `http://127.0.0.1:${server.port}`;
  return {
    store,
    clock,
    dials,
    deliveries,
    calls,
    installation,
    traffic,
    url,
    ...visitor(`${url}/store/counterfoil-sandbox`),
    close: () => server.close(),
  };
}

function visitor(base: string): Pick<PagesStore, "read" | "send"> {
  let cookie = "";
  const visit = async (path: string, init: RequestInit): Promise<Reading> => {
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { Cookie: cookie } : {}) };
    const answer = await fetch(`${base}${path}`, { ...init, headers, redirect: "manual" });
    const set = answer.headers.get("Set-Cookie");
    if (set !== null) cookie = set.includes("Max-Age=0") ? "" : (set.split(";")[0] ?? "");
    return {
      status: answer.status,
      text: await answer.text(),
      location: answer.headers.get("Location")?.replace("/store/counterfoil-sandbox", "") ?? null,
    };
  };
  return {
    read: (path) => visit(path, {}),
    send(path, fields, headers = {}) {
      const body = new URLSearchParams();
      for (const [name, values] of Object.entries(fields)) {
        for (const value of [values].flat()) body.append(name, value);
      }
      return visit(path, { method: "POST", body, headers });
    },
  };
}

function furnish(store: Store): void {
  const address = { address1: "1 Kiln Lane", city: "Portland", countryCode: "US", country: "United States" };
  const [workshop, depot] = ["Workshop", "Depot"].map((name) =>
    createLocation(store, { name, address: { ...NOWHERE, ...address } }),
  );
  const bowl = createProduct(store, {
    title: "Celadon bowl",
    vendor: "Kiln",
    tags: ["stoneware"],
    options: [{ name: "Size", values: ["Small", "Large"] }],
    variants: ["Small", "Large"].map((size, index) => ({
      selectedOptions: [{ name: "Size", value: size }],
      sku: `BOWL-${size.charAt(0)}`,
      price: index === 0 ? "20.00" : "35.00",
      item: { tracked: true },
      stock: [{ locationId: workshop?.id ?? "", available: 40 }],
    })),
  });
  const [small] = variantsOf(store, bowl.id);
  connectLevel(store, small?.inventoryItemId ?? "", depot?.id ?? "", 5);
  createProduct(store, {
    title: "Signed print",
    variants: [
      {
        sku: "PRINT",
        price: "120.00",
        item: { tracked: true },
        stock: [{ locationId: workshop?.id ?? "", available: 20 }],
      },
    ],
    metafields: [{ namespace: "custom", key: "edition_size", type: "number_integer", value: "50" }],
  });
  createCustomer(store, { firstName: "Ada", lastName: "Berg", email: "ada@example.com" });
  createCollection(store, { title: "Stoneware", productIds: [bowl.id] });
}

function placeAny(store: Store): string {
  const [variant] = store.list("variants");
  return placeOrder(store, { lines: [{ variantId: variant?.id ?? null, quantity: 1 }] }).name;
}
