// Everything of the store that concerns the one app in it: its installation and tokens, the Admin API, bulk operations
// and webhooks, tied to each other. An uninstall tells the app, a finished bulk operation tells the app.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createAdminApi, type AdminApi } from "./admin-api/index.ts";
import type { AppConfig } from "./app-config.ts";
import type { BulkOperation } from "./bulk/operations.ts";
import type { Dials } from "./dials.ts";
import { Installs } from "./oauth/installs.ts";
import { hashHex } from "./store/chance.ts";
import type { Store } from "./store/store.ts";
import { gid } from "./store/truth.ts";
import { Webhooks } from "./webhooks/webhooks.ts";

export interface AppSideOptions {
  readonly store: Store;
  readonly dials: Dials;
  readonly app: AppConfig;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Where the app listens. */
  readonly appUrl: string;
  /** Base of bulk file addresses. */
  readonly sandboxUrl: string;
  /** Folder that keeps installation, tokens, subscriptions and bulk operations; without it, in memory only. */
  readonly directory: string | null;
  readonly reset: boolean;
}

export interface AppSide {
  readonly api: AdminApi;
  readonly installs: Installs;
  readonly webhooks: Webhooks;
  /** For the staff member who has the admin open. */
  mintToken(): string;
  /** Resolves when no delivery and no bulk operation is pending. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** The staff member whose session tokens are minted. */
const STAFF_USER = "902541635";

export function openAppSide(options: AppSideOptions): AppSide {
  const { store, dials, app, apiKey, apiSecret, appUrl, sandboxUrl, reset } = options;
  const directory = options.directory === null ? {} : { directory: join(options.directory, "app") };
  if (reset && directory.directory) rmSync(directory.directory, { recursive: true, force: true });
  const { clock, seed } = store;

  const installs = new Installs({
    ...{ app: { ...app, apiKey, apiSecret }, clock, seed, ...directory },
    onScopes: (change) => webhooks.tellScopes({ ...change, updatedAt: store.now().toISOString() }),
    onUninstalled() {
      webhooks.tellUninstalled();
      api.subscriptions.clear();
    },
  });
  const api = createAdminApi({
    ...{ store, dials, installs, ...directory },
    filesBase: () => sandboxUrl,
    onBulkEnd: (operation) => webhooks.tellBulkEnd(bulkEnd(operation)),
  });
  const webhooks = new Webhooks({
    ...{ store, dials, app, secret: apiSecret, appUrl },
    isInstalled: () => installs.current() !== null,
    apiSubscriptions: () => api.subscriptions.list(),
    removeApiSubscription: (id) => void api.subscriptions.remove(id),
  });
  deploy(installs, app);
  const session = hashHex(`${seed}/session`, 64);
  return {
    ...{ api, installs, webhooks },
    mintToken: () => api.mintSessionToken({ user: STAFF_USER, session }),
    async idle() {
      // The end of a bulk operation is itself a delivery.
      do await Promise.all([webhooks.idle(), api.bulk.idle()]);
      while (webhooks.pendingCount() > 0);
    },
    async stop() {
      await api.close();
      await webhooks.stop();
    },
  };
}

/** A start is a deploy: an installation kept from before gets the scopes that the TOML now asks for. */
function deploy(installs: Installs, app: AppConfig): void {
  const current = installs.current();
  if (!current) return;
  const isSame =
    current.scopes.size === app.scopes.length && app.scopes.every((scope) => current.scopes.has(scope));
  if (!isSame) installs.grant(app.scopes);
}

function bulkEnd(operation: BulkOperation) {
  const { id, createdAt, completedAt, status, errorCode } = operation;
  return { gid: gid("BulkOperation", id), createdAt, completedAt, status, errorCode, type: "query" as const };
}
