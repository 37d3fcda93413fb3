// The one shape in which news of a record reaches apply(), whichever way it came: a webhook body, a page of the API,
// a line of a bulk file, a fetch by id. Types, a word and a size.
import type { ChildModel, ResourceName } from "#app/resources/define.ts";

/** A column's value, ready for JSON: decimals, int8 and timestamps are strings, never floats. */
export type ColumnValue =
  string | number | boolean | null | readonly ColumnValue[] | { readonly [key: string]: ColumnValue };

/** Prisma field name → value. A field that is absent is left as it is in the mirror; null overwrites. */
export type Row = Readonly<Record<string, ColumnValue>>;

/** How news reached us. `webhook` states what Shopify pushed; the others are reads that Shopify answered. */
export type OriginKind = "webhook" | "bulk" | "page" | "fetch";

export interface Origin {
  readonly kind: OriginKind;
  /** Delivery id for a webhook, run id for bulk and page, null for a confirming fetch. */
  readonly id: bigint | null;
}

/** Orders news of one record: Shopify's `updatedAt` first (seconds), then when that state was observed. */
export interface Version {
  /** ISO 8601, UTC. Null where Shopify states none (a delete, a body without updated_at): then observedAt alone decides. */
  readonly updatedAt: string | null;
  /** ISO 8601, up to microseconds: webhook triggered, request sent, or bulk operation created. */
  readonly observedAt: string;
}

export interface Children {
  readonly rows: readonly Row[];
  /** True when `rows` are all there are: what is not among them is removed. */
  readonly complete: boolean;
  /** All child ids that exist, where the source names them without their data (variant_gids); others are removed. */
  readonly knownIds?: readonly string[];
}

export interface Upsert {
  readonly verb: "upsert";
  readonly resource: ResourceName;
  readonly key: string;
  readonly version: Version;
  readonly row: Row;
  readonly children: { readonly [model in ChildModel]?: Children };
  readonly origin: Origin;
}

/** Records given to one apply(). */
export const BATCH_MAX = 500;

/** Reason of a removal that is no deletion: Shopify has the record, and the shop's rules leave it out. */
export const FILTERED = "filtered";

export interface Delete {
  readonly verb: "delete";
  readonly resource: ResourceName;
  readonly key: string;
  readonly version: Version;
  /** Code, such as "webhook" or "audit"; becomes the tombstone's reason. */
  readonly reason: string;
  readonly origin: Origin;
}

export type Change = Upsert | Delete;

/** `superseded`: the mirror already held newer news. `rejected`: the database refused this record; the batch went on. */
export type Outcome =
  | { readonly change: Change; readonly result: "applied" | "superseded" }
  | { readonly change: Change; readonly result: "rejected"; readonly code: string; readonly detail: string };
