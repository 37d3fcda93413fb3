// The shop's side of the simulated world: a small store of the sandbox, its Admin API behind a line that is slow and
// breaks, its bulk files, and a person's hand that lets things happen in it.
import { AsyncLocalStorage } from "node:async_hooks";
import { Chance } from "#sandbox/store/chance.ts";
import { createAdminApi, type AdminApi } from "#sandbox/admin-api/index.ts";
import type { AppConfig } from "#sandbox/app-config.ts";
import { createDials, type PlanName } from "#sandbox/dials.ts";
import { Installs } from "#sandbox/oauth/installs.ts";
import type { BulkOperation } from "#sandbox/bulk/operations.ts";
import { openSeededStore } from "#sandbox/store/seed.ts";
import type { Store } from "#sandbox/store/store.ts";
import type { Weather } from "./weather.ts";
import type { Scheduler } from "./scheduler.ts";

export const SHOP = "counterfoil-sandbox.myshopify.com";
const FILES = "https://files.test";
const LATENCY_MS = [15, 400] as const;
/** What a slow answer takes longer. */
const STALL_MS = [1_000, 15_000] as const;

export interface StoreSizes {
  readonly orders: number;
  readonly products: number;
  /** Whether one product has hundreds of variants: its items and levels are enough for bulk operations. */
  readonly giant: boolean;
}

export interface ShopSide {
  readonly store: Store;
  readonly api: AdminApi;
  readonly accessToken: string;
  readonly fetch: typeof fetch;
  /** A timer of the store's own, such as a bulk operation's. */
  timer(callback: () => void, ms: number): () => void;
  /** True while code of the store runs. */
  isAtWork(): boolean;
  close(): Promise<void>;
}

export interface ShopOptions {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly sizes: StoreSizes;
  readonly plan: PlanName;
  readonly app: AppConfig;
  readonly trace: (line: string) => void;
  readonly onBulkEnd: (operation: BulkOperation) => void;
  /** Called when the answer that shows this order is as of now, and `ms` on its way. */
  readonly onLateAnswer: (orderId: string, ms: number) => void;
}

export function openShop(options: ShopOptions): ShopSide {
  const { seed, scheduler, weather, sizes, app, trace } = options;
  const clock = { now: () => new Date(scheduler.nowMs) };
  const { orders, products, giant } = sizes;
  const store = openSeededStore({
    seed,
    clock,
    shop: { domain: SHOP },
    // The store's seed makes a giant as soon as there is room for two products that are no editions.
    sizes: { orders, products, locations: 2, editions: giant ? 1 : products - 1, days: 30 },
  });
  const installs = new Installs({ app: { ...app, apiKey: "key", apiSecret: "secret" }, clock, seed });
  let moved = Promise.withResolvers<void>();
  const api = createAdminApi({
    ...{ store, dials: createDials({ plan: options.plan }), installs },
    filesBase: () => FILES,
    bulkObjectsPerSecond: 100,
    onBulkEnd(operation) {
      trace(`shop: bulk ${operation.id} ${operation.status} ${operation.objectCount}`);
      options.onBulkEnd(operation);
      moved.resolve();
    },
    onBug: (error) => {
      throw error;
    },
  });
  installs.install();
  const accessToken = installs.tokens.issueLasting().access;
  /** A bulk operation writes its file in real time: each stretch between two of its waits is let run to its end. */
  function timer(callback: () => void, ms: number): () => void {
    moved.resolve();
    return scheduler.later(ms, async () => {
      moved = Promise.withResolvers();
      inside(scheduler, callback);
      await moved.promise;
    });
  }

  const chance = new Chance(`${seed}/line`);
  const pause = () => scheduler.sleep(chance.whole(...LATENCY_MS));

  async function answer(url: string, init: RequestInit): Promise<Response> {
    if (url.startsWith(FILES)) return sendFile(url, init);
    const request = new Request(url, init);
    if (chance.happens(weather.share("bulkFailure"))) api.bulk.failNext();
    // Another client of the same shop empties the bucket.
    if (chance.happens(weather.share("throttle"))) api.bucket.take(api.bucket.status().currentlyAvailable);
    return inside(scheduler, () => api.handle(request));
  }

  async function sendFile(url: string, init: RequestInit): Promise<Response> {
    const response = inside(scheduler, () => api.serveFile(new Request(url, init)))!;
    const bytes = new Uint8Array(await scheduler.stopFor(response.arrayBuffer()));
    const isCut = bytes.length > 0 && chance.happens(weather.share("cut"));
    const end = isCut ? chance.whole(0, bytes.length - 1) : bytes.length;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        if (end > 0) controller.enqueue(bytes.subarray(0, end));
        if (!isCut) controller.close();
      },
      // Only once what came has been read: an error empties the stream's queue.
      pull: (controller) => controller.error(new TypeError("terminated")),
    });
    return new Response(response.status === 416 ? null : body, { status: response.status });
  }

  const send: typeof fetch = async (input, init = {}) => {
    const url = String(input);
    await pause();
    const fault = weather.pick(chance, ["refuse", "serverError", "tooMany", "loseAnswer", "forbid", "stall"]);
    if (fault !== null) trace(`line: ${fault}`);
    if (fault === "refuse") throw new TypeError("fetch failed");
    if (fault === "serverError") return Response.json({ errors: "Service Unavailable" }, { status: 503 });
    if (fault === "forbid") return Response.json({ errors: "Forbidden" }, { status: 403 });
    if (fault === "tooMany") return new Response("", { status: 429, headers: { "retry-after": "2.0" } });
    const response = await answer(url, { ...init, signal: undefined });
    await pause();
    if (fault === "stall") {
      const lateMs = chance.whole(...STALL_MS);
      const orderId = /gid:\/\/shopify\/Order\/(\d+)/.exec(String(init.body))?.[1];
      if (orderId !== undefined) options.onLateAnswer(orderId, lateMs);
      await scheduler.sleep(lateMs);
    }
    if (fault === "loseAnswer") throw new TypeError("fetch failed");
    return response;
  };

  return {
    ...{ store, api, accessToken, timer },
    fetch: send,
    isAtWork: () => atWork.getStore() === true,
    close: async () => {
      await api.close();
      store.close();
    },
  };
}

const atWork = new AsyncLocalStorage<true>();

/** Runs the store's own code: its timers are told from the app's by this. */
function inside<T>(scheduler: Scheduler, work: () => T): T {
  return scheduler.outside(() => atWork.run(true, work));
}
