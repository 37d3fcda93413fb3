/**
 * Roots about what happened: of everything that happens in a store, deletions are kept as events.
 */
import { gid, type Deletion, type Frozen, type TableName } from "../../store/truth.ts";
import { BY_ID, cursorTime, type SortKey } from "../connection.ts";
import type { ApiContext } from "../context.ts";
import type { SearchSpec } from "../search-match.ts";
import { connection, page, type FieldResolver } from "./fields.ts";
import { time } from "./values.ts";

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

export const historyFields: Record<string, FieldResolver<undefined>> = {
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
