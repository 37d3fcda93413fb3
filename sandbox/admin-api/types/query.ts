/**
 * The roots that read: lists, single records, nodes, counts.
 */
import { variantsOf, totalInventory } from "../../store/lookups.ts";
import type { Deletion, Frozen, Order, Product, TableName, Tables, Variant } from "../../store/truth.ts";
import { gid } from "../../store/truth.ts";
import type { BulkOperation } from "../../bulk/operations.ts";
import type { ApiContext } from "../context.ts";
import { apiError, badRequest, inputTooLarge, invalidId } from "../errors.ts";
import { BY_ID, comparePositions, cursorTime, type SortKey } from "../connection.ts";
import type { SearchSpec } from "../search-match.ts";
import { SUBSCRIPTION_SEARCH } from "../subscriptions.ts";
import {
  connection,
  page,
  searchFilter,
  source,
  typeFields,
  withArgs,
  type FieldResolver,
  type TypeFields,
} from "./fields.ts";
import { nodeOf } from "./node.ts";
import {
  COLLECTION_SEARCH,
  COLLECTION_SORTS,
  CUSTOMER_COUNT_SEARCH,
  CUSTOMER_SEARCH,
  CUSTOMER_SORTS,
  ITEM_SEARCH,
  LOCATION_SEARCH,
  LOCATION_SORTS,
  ORDER_SEARCH,
  ORDER_SORTS,
  PRODUCT_SEARCH,
  PRODUCT_SORTS,
  ROOT_VARIANT_SORTS,
  VARIANT_SEARCH,
} from "./searches.ts";
import { readGid, time } from "./values.ts";

/** Array inputs take at most this many. */
const INPUT_SIZE_MAX = 250;
/** Without `read_all_orders` an app sees orders of the last 60 days. */
const ORDER_WINDOW_MS = 60 * 86_400_000;

type Root = FieldResolver<undefined>;

export function isOrderVisible(order: Frozen<Order>, context: Pick<ApiContext, "scopes" | "now">): boolean {
  return (
    context.scopes.has("read_all_orders") ||
    context.now.getTime() - Date.parse(order.createdAt) <= ORDER_WINDOW_MS
  );
}

/** Records as search sees them: behind by the dial. Sorted lists are cached while nothing lags. */
function recordsOf<K extends TableName>(
  context: ApiContext,
  table: K,
  sorts: Record<string, SortKey<Frozen<Tables[K]>>>,
  sortKey: string,
): { records: readonly Frozen<Tables[K]>[]; sortedAs?: string } {
  const lagMs = context.dials.searchLagMs;
  const sort = sorts[sortKey];
  if (lagMs > 0 || !sort) return { records: context.store.list(table, { lagMs }) };
  const position = (record: Frozen<Tables[K]>) => ({
    id: (record as { id: string }).id,
    value: sort.of(record),
  });
  const records = context.store.sorted(table, `api ${sortKey}`, (a, b) =>
    comparePositions(position(a), position(b)),
  );
  return { records, sortedAs: sortKey };
}

function list<K extends TableName>(
  table: K,
  type: string,
  sorts: Record<string, SortKey<Frozen<Tables[K]>>>,
  search: (context: ApiContext) => SearchSpec<Frozen<Tables[K]>>,
  keep?: (record: Frozen<Tables[K]>, context: ApiContext, args: Record<string, unknown>) => boolean,
  extra: readonly string[] = [],
): Root {
  return connection(extra, (_root, args, context) => {
    const { records, sortedAs } = recordsOf(
      context,
      table,
      sorts,
      typeof args.sortKey === "string" ? args.sortKey : "",
    );
    return page(keep ? records.filter((record) => keep(record, context, args)) : records, {
      idOf: (record) => (record as { id: string }).id,
      toNode: (record) => source(type, record),
      sorts,
      search: search(context),
      sortedAs,
    });
  });
}

/** Counts stop at `limit`, which defaults to 10,000; null means no limit. */
function count<K extends TableName>(
  table: K,
  search: (context: ApiContext) => SearchSpec<Frozen<Tables[K]>>,
  keep?: (record: Frozen<Tables[K]>, context: ApiContext) => boolean,
): Root {
  return withArgs(["query", "limit"], (_root, args, context, info) => {
    const query = typeof args.query === "string" ? args.query : "";
    const filter = searchFilter(search(context), query, context, info);
    const records = context.store.list(table, { lagMs: context.dials.searchLagMs });
    let found = 0;
    for (const record of records)
      if ((!keep || keep(record, context)) && (!filter || filter(record))) found += 1;
    const limit = typeof args.limit === "number" ? args.limit : Infinity;
    return found > limit
      ? { __typename: "Count", count: limit, precision: "AT_LEAST" }
      : { __typename: "Count", count: found, precision: "EXACT" };
  });
}

/** Fields that look through a product at its variants. */
function productSearch({ store }: ApiContext): SearchSpec<Frozen<Product>> {
  const variants = (product: Frozen<Product>): Frozen<Variant>[] => variantsOf(store, product.id);
  return {
    fields: {
      ...PRODUCT_SEARCH.fields,
      sku: { kind: "keyword", of: (product) => variants(product).map((variant) => variant.sku) },
      barcode: { kind: "keyword", of: (product) => variants(product).map((variant) => variant.barcode) },
      variant_id: { kind: "id", of: (product) => variants(product).map((variant) => variant.id) },
      variant_title: { kind: "words", of: (product) => variants(product).map((variant) => variant.title) },
      price: { kind: "number", of: (product) => variants(product).map((variant) => Number(variant.price)) },
      inventory_total: { kind: "number", of: (product) => totalInventory(store, product) },
      out_of_stock_somewhere: { kind: "boolean", of: (product) => totalInventory(store, product) <= 0 },
    },
    words: (product) => [
      ...(PRODUCT_SEARCH.words?.(product) ?? []),
      ...variants(product).map((variant) => variant.sku),
    ],
  };
}

function variantSearch({ store }: ApiContext): SearchSpec<Frozen<Variant>> {
  const product = (variant: Frozen<Variant>): Frozen<Product> => store.need("products", variant.productId);
  return {
    fields: {
      ...VARIANT_SEARCH.fields,
      product_status: {
        kind: "enum",
        of: (variant) => product(variant).status,
        values: ["active", "archived", "draft", "unlisted"],
      },
      product_type: { kind: "keyword", of: (variant) => product(variant).productType },
      vendor: { kind: "keyword", of: (variant) => product(variant).vendor },
      tag: { kind: "keyword", of: (variant) => product(variant).tags },
      inventory_quantity: {
        kind: "number",
        of: (variant) =>
          store
            .where("inventoryLevels", "inventoryItemId", variant.inventoryItemId)
            .reduce((total, level) => total + (level.isActive ? level.quantities.available : 0), 0),
      },
    },
    words: (variant) => [...(VARIANT_SEARCH.words?.(variant) ?? []), product(variant).title],
  };
}

function productSorts(context: ApiContext): Record<string, SortKey<Frozen<Product>>> {
  return { ...PRODUCT_SORTS, INVENTORY_TOTAL: { of: (product) => totalInventory(context.store, product) } };
}

const one = (type: string): Root =>
  withArgs(["id"], (_root, args, context) => {
    const text = String(args.id);
    if (readGid(text)?.type !== type) throw invalidId(text);
    return nodeOf(text, context) ?? null;
  });

const products: Root = connection([], (_root, args, context) => {
  const sorts = productSorts(context);
  const sortKey = typeof args.sortKey === "string" ? args.sortKey : "";
  // Stock is not a column of the product: its order is made afresh each time.
  const { records, sortedAs } = recordsOf(context, "products", PRODUCT_SORTS, sortKey);
  return page(records, {
    idOf: (product) => product.id,
    toNode: (product) => source("Product", product),
    sorts,
    search: productSearch(context),
    sortedAs,
  });
});

const isLocationShown = (
  location: Frozen<Tables["locations"]>,
  _context: ApiContext,
  args: Record<string, unknown>,
): boolean =>
  (location.isActive || args.includeInactive === true) &&
  (!location.isFulfillmentService || args.includeLegacy === true);

const reads: Record<string, Root> = {
  orders: list("orders", "Order", ORDER_SORTS, () => ORDER_SEARCH, isOrderVisible),
  products,
  productVariants: list("variants", "ProductVariant", ROOT_VARIANT_SORTS, variantSearch),
  inventoryItems: list("inventoryItems", "InventoryItem", { "": BY_ID }, () => ITEM_SEARCH),
  locations: list("locations", "Location", LOCATION_SORTS, () => LOCATION_SEARCH, isLocationShown, [
    "includeInactive",
    "includeLegacy",
  ]),
  customers: list("customers", "Customer", CUSTOMER_SORTS, () => CUSTOMER_SEARCH),
  collections: list("collections", "Collection", COLLECTION_SORTS, () => COLLECTION_SEARCH),
  order: one("Order"),
  product: one("Product"),
  productVariant: one("ProductVariant"),
  inventoryItem: one("InventoryItem"),
  inventoryLevel: one("InventoryLevel"),
  customer: one("Customer"),
  collection: one("Collection"),
  location: withArgs(["id"], (_root, args, context) => {
    const id = args.id ?? gid("Location", context.store.list("locations")[0]?.id ?? "0");
    if (readGid(String(id))?.type !== "Location") throw invalidId(String(id));
    return nodeOf(String(id), context) ?? null;
  }),
  node: withArgs(["id"], (_root, args, context) => nodeOf(String(args.id), context) ?? null),
  nodes: withArgs(["ids"], (_root, args, context) => {
    const ids = args.ids as string[];
    if (ids.length > INPUT_SIZE_MAX) throw inputTooLarge(ids.length, INPUT_SIZE_MAX);
    return ids.map((id) => nodeOf(id, context) ?? null);
  }),
  ordersCount: count("orders", () => ORDER_SEARCH, isOrderVisible),
  productsCount: count("products", productSearch),
  productVariantsCount: count("variants", variantSearch),
  customersCount: count("customers", () => CUSTOMER_COUNT_SEARCH),
  collectionsCount: count("collections", () => COLLECTION_SEARCH),
  locationsCount: count(
    "locations",
    () => LOCATION_SEARCH,
    (location) => location.isActive,
  ),
};

const DELETION_SUBJECTS: Partial<Record<TableName, string>> = {
  products: "PRODUCT",
  collections: "COLLECTION",
  orders: "ORDER",
  variants: "PRODUCT_VARIANT",
  customers: "CUSTOMER",
};
const DELETED_TYPES: Partial<Record<TableName, string>> = {
  products: "Product",
  collections: "Collection",
  orders: "Order",
  variants: "ProductVariant",
  customers: "Customer",
};

const EVENT_SEARCH: SearchSpec<Frozen<Deletion>> = {
  fields: {
    id: { kind: "id", of: (event) => event.id },
    created_at: { kind: "time", of: (event) => event.occurredAt },
    action: { kind: "keyword", of: () => "destroy" },
    subject_type: { kind: "keyword", of: (event) => DELETION_SUBJECTS[event.table] ?? null },
    subject_id: { kind: "id", of: (event) => event.recordId },
  },
};
const EVENT_SORTS: Record<string, SortKey<Frozen<Deletion>>> = {
  "": BY_ID,
  ID: BY_ID,
  CREATED_AT: { of: (event) => cursorTime(event.occurredAt) },
};

const subjectOf = (event: Frozen<Deletion>): string =>
  gid(DELETED_TYPES[event.table] ?? "Node", event.recordId);
const deletions = (context: ApiContext): readonly Frozen<Deletion>[] =>
  context.store.list("deletions").filter((event) => DELETION_SUBJECTS[event.table] !== undefined);

/** Of all that happens in a store, deletions are kept as events. */
const histories: Record<string, Root> = {
  events: connection([], (_root, _args, context) =>
    page(deletions(context), {
      idOf: (event) => event.id,
      toNode: (event) => ({
        __typename: "BasicEvent",
        id: gid("BasicEvent", event.id),
        action: "destroy",
        createdAt: time(event.occurredAt),
        subjectId: subjectOf(event),
        subjectType: DELETION_SUBJECTS[event.table],
        message: `${event.title} was deleted.`,
        appTitle: null,
        attributeToApp: false,
        attributeToUser: true,
        criticalAlert: false,
        hasAdditionalContent: false,
      }),
      sorts: EVENT_SORTS,
      search: EVENT_SEARCH,
    }),
  ),
  deletionEvents: connection(["subjectTypes"], (_root, args, context) => {
    const types = Array.isArray(args.subjectTypes) ? args.subjectTypes : ["PRODUCT", "COLLECTION"];
    return page(
      deletions(context).filter((event) => types.includes(DELETION_SUBJECTS[event.table])),
      {
        idOf: (event) => event.id,
        toNode: (event) => ({
          __typename: "DeletionEvent",
          occurredAt: time(event.occurredAt),
          subjectId: subjectOf(event),
          subjectType: DELETION_SUBJECTS[event.table],
        }),
        sorts: EVENT_SORTS,
        search: EVENT_SEARCH,
      },
    );
  }),
};

/** Name, what is in use, what it is made of: fixed by Shopify. */
const QUANTITY_NAMES: readonly [
  name: string,
  displayName: string,
  belongsTo: string[],
  comprises: string[],
][] = [
  ["available", "Available", ["on_hand"], []],
  ["committed", "Committed", ["on_hand"], []],
  ["damaged", "Damaged", ["on_hand"], []],
  ["incoming", "Incoming", [], []],
  [
    "on_hand",
    "On hand",
    [],
    ["available", "committed", "damaged", "quality_control", "reserved", "safety_stock"],
  ],
  ["quality_control", "Quality control", ["on_hand"], []],
  ["reserved", "Reserved", ["on_hand"], []],
  ["safety_stock", "Safety stock", ["on_hand"], []],
];

const BULK_SEARCH: SearchSpec<BulkOperation> = {
  isStrictAboutTimes: true,
  fields: {
    id: { kind: "id", of: (operation) => operation.id },
    status: {
      kind: "enum",
      of: (operation) => operation.status,
      values: ["created", "running", "completed", "failed", "canceling", "canceled"],
    },
    operation_type: { kind: "enum", of: () => "query", values: ["query", "mutation"] },
    created_at: { kind: "time", of: (operation) => operation.createdAt },
  },
};
const BULK_SORTS: Record<string, SortKey<BulkOperation>> = {
  "": { of: (operation) => cursorTime(operation.createdAt) },
  CREATED_AT: { of: (operation) => cursorTime(operation.createdAt) },
  COMPLETED_AT: { of: (operation) => cursorTime(operation.completedAt) },
};

const apps: Record<string, Root> = {
  shop: (_root, _args, { store }) => source("Shop", store.shop),
  currentAppInstallation: (_root, _args, { install }) => source("AppInstallation", install),
  inventoryProperties: () => ({
    __typename: "InventoryProperties",
    quantityNames: QUANTITY_NAMES.map(([name, displayName, belongsTo, comprises]) => ({
      __typename: "InventoryQuantityName",
      name,
      displayName,
      isInUse: true,
      belongsTo,
      comprises,
    })),
  }),
  webhookSubscriptions: connection(
    ["topics", "uri", "format", "callbackUrl"],
    (_root, args, { subscriptions }) =>
      page(
        subscriptions.list().filter((each) => subscriptions.passes(each, args)),
        {
          idOf: (each) => each.id,
          toNode: (each) => source("WebhookSubscription", each),
          sorts: { "": BY_ID, ID: BY_ID, CREATED_AT: { of: (each) => cursorTime(each.createdAt) } },
          search: SUBSCRIPTION_SEARCH,
        },
      ),
  ),
  webhookSubscriptionsCount: withArgs(["limit", "query"], (_root, args, context, info) => {
    const filter = searchFilter(
      SUBSCRIPTION_SEARCH,
      typeof args.query === "string" ? args.query : "",
      context,
      info,
    );
    const found = context.subscriptions.list().filter((each) => !filter || filter(each)).length;
    const limit = typeof args.limit === "number" ? args.limit : Infinity;
    return {
      __typename: "Count",
      count: Math.min(found, limit),
      precision: found > limit ? "AT_LEAST" : "EXACT",
    };
  }),
  webhookSubscription: withArgs(["id"], (_root, args, { subscriptions }) => {
    const found = subscriptions.get(idIn(args.id, "WebhookSubscription"));
    return found ? source("WebhookSubscription", found) : null;
  }),
  bulkOperation: withArgs(["id"], (_root, args, { bulk }) => {
    const found = bulk.get(idIn(args.id, "BulkOperation"));
    return found ? source("BulkOperation", found) : null;
  }),
  // Newest first, unless reversed: the other way round from all other connections (as recorded).
  bulkOperations: withArgs(
    ["first", "last", "after", "before", "reverse", "sortKey", "query"],
    (root, args, context, info) =>
      bulkOperations(root, { ...args, reverse: args.reverse !== true }, context, info),
  ),
  currentBulkOperation: withArgs(["type"], (_root, args, { bulk }) => {
    const latest = args.type === "MUTATION" ? undefined : bulk.list().at(-1);
    return latest ? source("BulkOperation", latest) : null;
  }),
};

const bulkOperations: Root = connection([], (_root, args, { bulk }) => {
  if (args.query !== undefined && typeof args.query !== "string") throw badRequest("query must be a string");
  return page(bulk.list(), {
    idOf: (operation) => operation.id,
    toNode: (operation) => source("BulkOperation", operation),
    sorts: BULK_SORTS,
    search: BULK_SEARCH,
  });
});

function idIn(value: unknown, type: string): string {
  const text = String(value);
  const parts = readGid(text);
  if (!parts) throw apiError(`Invalid global id '${text}'`, "argumentLiteralsIncompatible");
  if (parts.type !== type) throw invalidId(text);
  return parts.id;
}

export const queryFields: TypeFields = typeFields<undefined>({ ...reads, ...histories, ...apps });
