/**
 * The roots that read: lists, single records, nodes, counts.
 */
import { variantsOf, totalInventory } from "../../store/lookups.ts";
import type { Frozen, Product, TableName, Tables, Variant } from "../../store/truth.ts";
import { gid } from "../../store/truth.ts";
import { isOrderVisible } from "../access.ts";
import type { ApiContext } from "../context.ts";
import { inputTooLarge, invalidId } from "../errors.ts";
import { BY_ID, comparePositions, cursorTime, type SortKey } from "../connection.ts";
import type { SearchSpec } from "../search-match.ts";
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
import { historyFields } from "./query-history.ts";
import { standingFields } from "./query-standing.ts";
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
  TASK_SEARCH,
  VARIANT_SEARCH,
} from "./searches.ts";
import { readGid } from "./values.ts";

/** Array inputs take at most this many. */
const INPUT_SIZE_MAX = 250;
type Root = FieldResolver<undefined>;

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

/** Fulfilment orders live in their orders; closed ones are shown only when asked for. */
const fulfillmentOrders: Root = connection(["includeClosed"], (_root, args, context) => {
  const orders = context.store.list("orders", { lagMs: context.dials.searchLagMs });
  const tasks = orders
    .filter((order) => isOrderVisible(order, context))
    .flatMap((order) => order.fulfillmentOrders.map((part) => ({ id: part.id, order, part })))
    .filter(({ part }) => args.includeClosed === true || part.status !== "CLOSED");
  return page(tasks, {
    idOf: ({ id }) => id,
    toNode: ({ id, order }) => {
      // What is searched may lag; what is shown does not.
      const current = context.store.get("orders", order.id) ?? order;
      const part = current.fulfillmentOrders.find((one) => one.id === id);
      return source("FulfillmentOrder", { order: current, part });
    },
    sorts: { "": BY_ID, ID: BY_ID, UPDATED_AT: { of: ({ part }) => cursorTime(part.updatedAt) } },
    search: TASK_SEARCH,
  });
});

const reads: Record<string, Root> = {
  fulfillmentOrders,
  fulfillmentOrder: one("FulfillmentOrder"),
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

export const queryFields: TypeFields = typeFields<undefined>({
  ...reads,
  ...historyFields,
  ...standingFields,
});
