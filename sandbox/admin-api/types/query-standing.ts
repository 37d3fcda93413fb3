/**
 * Roots about the shop and the app's standing in it: installation, webhook subscriptions, bulk operations.
 */
import type { BulkOperation } from "../../bulk/operations.ts";
import { BY_ID, cursorTime, type SortKey } from "../connection.ts";
import { apiError, badRequest, invalidId } from "../errors.ts";
import type { SearchSpec } from "../search-match.ts";
import { SUBSCRIPTION_SEARCH } from "../subscriptions.ts";
import { connection, page, searchFilter, source, withArgs, type FieldResolver } from "./fields.ts";
import { readGid } from "./values.ts";

type Root = FieldResolver<undefined>;

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

export const standingFields: Record<string, Root> = {
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
