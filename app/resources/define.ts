// What a resource descriptor says: data plus pure functions, no effects. A resource is added by one descriptor, one
// Prisma file and one line in index.ts; topics, scopes and backfill order are derived from here.
import type { Children, Row, Version } from "#app/sync/change.ts";

export type ResourceName =
  | "orders"
  | "fulfillment_orders"
  | "customers"
  | "products"
  | "collections"
  | "inventory_items"
  | "inventory_levels"
  | "locations"
  | MetafieldsName;

/** Metafields are one resource per kind of owner, all in one table: each kind is listed, refused and counted apart. */
export type MetafieldsName =
  | "product_metafields"
  | "variant_metafields"
  | "order_metafields"
  | "customer_metafields"
  | "collection_metafields";

/** Prisma models that are replaced together with their root. */
export type ChildModel =
  | "OrderLineItem"
  | "OrderShippingLine"
  | "OrderTransaction"
  | "OrderRefund"
  | "OrderRefundLine"
  | "OrderFulfillment"
  | "OrderFulfillmentLine"
  | "OrderPaymentTerms"
  | "OrderPaymentSchedule"
  | "OrderReturn"
  | "OrderReturnLine"
  | "OrderAgreement"
  | "OrderSale"
  | "FulfillmentOrderLine"
  | "ProductVariant"
  | "ProductMedia"
  | "ProductPublication"
  | "CollectionProduct";

/**
 * A node as the transport hands it over: its fields, and every connection as a plain, complete array. The connections
 * inside a list's entries are such arrays, too, or absent in all entries: a line of a bulk file cannot hold them.
 */
export type Node = Readonly<Record<string, unknown>> & { readonly id: string };

/** A webhook body with integers past 2^53 kept as decimal strings. */
export type Body = Readonly<Record<string, unknown>>;

/** One record read from Shopify, not yet tied to a version's observedAt or an origin. */
export interface Reading {
  readonly key: string;
  readonly updatedAt: string | null;
  readonly row: Row;
  readonly children: { readonly [model in ChildModel]?: Children };
}

/** What a webhook body says: a reading and whether it was the whole story, a deletion, or only whose news it is. */
export type Notice =
  | { readonly says: "changed"; readonly reading: Reading; readonly complete: boolean }
  | { readonly says: "deleted"; readonly key: string }
  /** The body is no record of this resource but names one that must be fetched (refunds/create → its order). */
  | { readonly says: "look"; readonly key: string }
  /** Records that may have changed, none included; nothing is known to be behind. */
  | { readonly says: "looks"; readonly keys: readonly string[] }
  /** The body names only a part: whichever record the mirror holds with it has changed, if it holds any. */
  | { readonly says: "lookWith"; readonly part: Part };

/** Rows of a model of the resource whose field has one of these values. */
export interface Part {
  readonly model: string;
  /** Prisma field that holds an id. */
  readonly field: string;
  readonly values: readonly string[];
}

/** Field of a node, and where inside it, as far as that is told apart. */
export interface Source {
  readonly from: string;
  readonly within?: readonly string[];
}

export interface Connection {
  /** GraphQL field on the node, also the name under which the transport puts the array. */
  readonly field: string;
  /** GraphQL type of the connection's nodes, or types where they differ; bulk lines are told apart by it. */
  readonly type: string | readonly string[];
  /** Further arguments, without paging: `includeRemovals: true`. */
  readonly args?: string;
  /** Name of the fragment with the selected fields, and its document. */
  readonly fragment: string;
  /** `first:` when read inside a page of roots or nodes(); the rest is paged by the transport. */
  readonly pageSize: number;
  /** Model of the rows that its nodes become, and the fields of the holder's row that are put together from them. */
  readonly model?: ChildModel;
  readonly fills?: readonly string[];
  /** What tells its nodes apart, where they have no id. */
  readonly identify?: (node: Readonly<Record<string, unknown>>) => unknown;
  /** Where its nodes hold connections that are read by the nodes' ids, for the few records that have any (see List). */
  readonly entries?: Pick<List, "connections" | "state">;
  /** A connection that its nodes hold and that is read along with them, also in a bulk file. */
  readonly inside?: Connection;
}

/**
 * A connection of the record's own that only few records have anything in worth reading. It is in no page and in no bulk
 * file, but read by the record's id; an equal `updatedAt` says that both show one state.
 */
export interface Apart extends Connection {
  /** Judged by what pages and bulk files show of the record. */
  readonly isThere: (node: Node) => boolean;
}

export interface Link {
  /** Model of what is named. */
  readonly to: string;
  /** Model and field that name it. */
  readonly from: string;
  readonly field: string;
  /** The row that names it goes with it; without this, only the field is emptied. */
  readonly removes?: true;
}

/** Records that are listed inside others. They go when their parent does, or when a whole read of it lacks them. */
export interface Within {
  readonly field: string;
  readonly args?: string;
  /** `first:` of the connection inside a page of parents; the rest is paged by the transport. */
  readonly pageSize: number;
  /** GraphQL type of the node that holds the connection, and Prisma model of its row. */
  readonly type: string;
  readonly model: string;
  /** Prisma field of the record's row that holds the parent's id. */
  readonly parentField: string;
  /** What tells this resource's rows from others in the same table. */
  readonly only?: Readonly<Record<string, string>>;
  /** GraphQL id of the node in which the record with this key, or with a key that is the parent's id, is found. */
  readonly gid: (key: string) => string;
}

/**
 * A plain list on the node, or an object where there is one at most. Where its entries hold connections of their own,
 * Shopify refuses to read those in a bulk query: the transport reads the entries' own fields with the record, and their
 * connections by the entries' ids. Such an entry is a Node with fields by which the transport sees that both belong to
 * one state.
 */
export interface List {
  readonly field: string;
  /** GraphQL type of the entries. */
  readonly type: string;
  /** Name of the fragment with the entries' own fields, and its document. */
  readonly fragment: string;
  readonly connections: readonly Connection[];
  /** Model of the rows that the entries become. */
  readonly model: ChildModel;
  /** Fields, selected by the fragment, that tell one state of an entry from another; `updatedAt` unless it has none. */
  readonly state?: readonly string[];
}

/** Fields that belong together in a merchant's eyes, and that a shop can leave out by its rules. */
export interface FieldGroup {
  /** Has its words in app/texts. */
  readonly name: string;
  /** Model → fields of its rows. */
  readonly columns?: { readonly [model: string]: readonly string[] };
  /** Lists and connections that are not read at all, with the rows that come of them. */
  readonly parts?: readonly string[];
  /** Left out unless a shop asks for it. */
  readonly isOptIn?: true;
  /** Shopify shows it with this scope only: a shop that has not granted it goes without, and the rest goes on. */
  readonly scope?: string;
}

/** A field of Shopify's searches: lists and counts know some by different names. */
export interface SearchField {
  readonly list: string;
  readonly count: string;
}

/** What a search is for. */
export type SearchWay = keyof SearchField;

/** The part of a resource's records that a shop wants, as a Shopify search. */
export interface RecordFilter {
  /** As Shopify's list understands it; in parentheses where it must be. */
  readonly search: string;
  /** The same as its count understands it. */
  readonly counted: string;
  /** What becomes of a record that is here and does not match (any more). */
  readonly leaving: "keep" | "remove";
}

export interface Resource {
  readonly name: ResourceName;
  /** GraphQL type of the record. */
  readonly type: string;
  /** Prisma model of the root row. */
  readonly model: string;
  readonly childModels: readonly ChildModel[];
  readonly scopes: readonly string[];
  /** Resources whose backfill comes first. */
  readonly after: readonly ResourceName[];
  readonly topics: {
    readonly changed: readonly string[];
    /** Their body is not the record; they lead to a fetch. */
    readonly partial: readonly string[];
    readonly deleted: readonly string[];
  };
  /** Topics of which Shopify sends news to those only who have a further scope, which no read needs. */
  readonly topicScopes?: Readonly<Record<string, string>>;
  /** Fragment document (`fragment X on Type { … }`) with the record's own fields. */
  readonly fragment: string;
  readonly connections: readonly Connection[];
  readonly lists?: readonly List[];
  readonly apart?: readonly Apart[];
  /**
   * Where Shopify lists the records: a root connection, or a connection inside the nodes of a root connection
   * (inventory levels exist only inside inventory items).
   */
  readonly list: {
    readonly root: string;
    readonly args?: string;
    /** It takes no sort key, and shows its records by id. */
    readonly isUnsorted?: true;
    readonly within?: Within;
  };
  /** Root field that counts the records (`ordersCount`), or null where Shopify has none. */
  readonly count: string | null;
  /** Search filter for changes since a time. */
  readonly cursor: { readonly filter: string } | null;
  /** Shopify can search by when its records were created, and their rows say it. */
  readonly isDated?: true;
  /** Set by a shop's rules: only records that match belong to its mirror. */
  readonly filter?: RecordFilter;
  /** Set by a shop's rules: which of the records that Shopify lists belong to its mirror. */
  readonly takes?: (node: Node) => boolean;
  /** Set by a shop's rules: only records whose record that they go with (goesWith) is in its mirror belong there, too. */
  readonly isHeldOnly?: true;
  /** Search filter for when a record came to be, which never changes, or absent where Shopify has none. */
  readonly created?: SearchField;
  /** Changes of it come without any news and without a new updatedAt, so it is read whole once a day. */
  readonly isSilent?: true;
  /** Without this scope Shopify shows records for so many days after they were created, and nothing of older ones. */
  readonly sight?: { readonly days: number; readonly unless: string };
  /** Moves its updatedAt by changes for which Shopify has other topics, or none: such a change without news is no loss. */
  readonly isPartlyTold?: true;
  /** GraphQL id that `nodes(ids:)` understands for a key, or null where the key alone does not give it. */
  readonly gid: (key: string) => string | null;
  /**
   * Key of the record that a node is, where that is not the node's own id; told of a node that is no good otherwise, too.
   * Throws BadField when the node does not say it.
   */
  readonly keyOf?: (node: Node) => string;
  /** Likewise of a body of the topics that tell of the record itself, where its key is not the body's `id`. */
  readonly keyInBody?: (body: Body) => string;
  /** Pure. Throws BadField (errors.ts) when a value cannot be mirrored exactly. */
  readonly fromNode: (node: Node) => Reading;
  /** Pure. `topic` is one of `topics`. Throws BadField, or BadBody when the body is of another shape. */
  readonly fromWebhook: (body: Body, topic: string) => Notice;
  /**
   * Fields of other records that name a record of this resource, or a child of it, and that Shopify empties when that is
   * deleted, without news of the records that hold them.
   */
  readonly links?: readonly Link[];
  /** Model → field of its rows → where in the node it is read. What can be left out is left out of the query by this. */
  readonly columns: { readonly [model: string]: Readonly<Record<string, Source>> };
  readonly groups?: readonly FieldGroup[];
  /** The record that it belongs to: it goes with that, without any news of its own end. */
  readonly goesWith?: {
    readonly model: string;
    /** Prisma field of the row that holds that record's id. */
    readonly field: string;
  };
  /** What privacy must erase: prisma fields of the root and children that hold personal data. */
  readonly personal: { readonly [model: string]: readonly string[] };
}

export type { Version };
