/**
 * What a resolver may know: the store, the install that asks, and a few collectors that end up in the answer's
 * extensions. One context per request, or per bulk operation.
 */
import type { BulkOperations } from "../bulk/operations.ts";
import type { DialValues } from "../dials.ts";
import type { Install } from "../oauth/installs.ts";
import type { Store } from "../store/store.ts";
import type { Grants } from "./access.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { SearchReport } from "./search-match.ts";

export interface ApiContext extends Grants {
  store: Store;
  dials: Readonly<DialValues>;
  now: Date;
  install: Install;
  subscriptions: Subscriptions;
  bulk: BulkOperations;
  uninstall: (install: Install) => void;
  /** Collected for `extensions.search`. */
  searches: SearchReport[];
  /** Set while a bulk operation reads: connections are whole, and the root one is read window by window. */
  whole?: WholeRead;
}

export interface WholeRead {
  /** The root connection's records in order, as they were when the operation began. */
  roots: Map<string, readonly unknown[]>;
  from: number;
  to: number;
}
