// What the pages need from the rest of the sandbox, as narrow as they use it. The server hands the real parts in; a
// test may hand in less.
import type { CallRecord } from "#sandbox/admin-api/call-log.ts";
import type { Dials } from "#sandbox/dials.ts";
import type { Store } from "#sandbox/store/store.ts";
import type { DeliveryLog } from "#sandbox/webhooks/log.ts";

export type CallLog = {
  /** Newest first, at most `limit`. */
  list(options?: { readonly limit?: number }): readonly CallRecord[];
};

/** The seeded traffic generator. */
export type Traffic = {
  /** Places orders at once and names them ("#1001"); fewer than asked for when the shelves are empty. */
  placeOrders(count: number): readonly string[] | Promise<readonly string[]>;
};

/** The app's standing in this store. */
export type Installation = {
  readonly installed: boolean;
  readonly scopes: readonly string[];
  /** Whether Shopify has approved the app for protected customer data. */
  readonly protectedData: boolean;
};

export type Installs = {
  /** The app's name, as the store's owner sees it. */
  readonly appName: string;
  read(): Installation;
  uninstall(): void | Promise<void>;
  install(): void | Promise<void>;
  /** Throws for what is not the name of a scope. */
  grant(scopes: readonly string[]): void | Promise<void>;
  approveProtectedData(approved: boolean): void | Promise<void>;
  /** Makes the next bulk operation end FAILED. */
  failNextBulk(): void | Promise<void>;
};

export type PagesOptions = {
  readonly store: Store;
  readonly dials: Dials;
  readonly callLog: CallLog;
  readonly deliveries: DeliveryLog;
  readonly traffic: Traffic;
  readonly installs: Installs;
};
