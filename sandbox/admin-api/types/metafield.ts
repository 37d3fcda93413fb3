/**
 * Metafields, and the two fields through which every owner shows them.
 */
import { createHash } from "node:crypto";
import { metafieldOf, metafieldsOf } from "../../store/lookups.ts";
import { gid, type Frozen, type Id, type Metafield, type OwnerType } from "../../store/truth.ts";
import type { ApiContext } from "../context.ts";
import {
  connection,
  page,
  source,
  typeFields,
  withArgs,
  type FieldResolver,
  type TypeFields,
} from "./fields.ts";
import { time } from "./values.ts";

type Owner = { readonly id: Id };

/** `metafield` and `metafields` of one kind of owner. */
export function metafieldFields<R extends Owner>(ownerType: OwnerType): Record<string, FieldResolver<R>> {
  return {
    metafield: withArgs(["namespace", "key"], (owner, args, context) => {
      const namespace = namespaceOf(args.namespace, context);
      const found = metafieldOf(context.store, ownerType, owner.id, namespace, String(args.key));
      return found ? source("Metafield", found) : null;
    }),
    metafields: connection(["namespace", "keys"], (owner, args, context) => {
      const keys = Array.isArray(args.keys)
        ? args.keys.map((key) => fullKey(String(key), args.namespace))
        : null;
      const all = metafieldsOf(context.store, ownerType, owner.id);
      return page(
        all.filter(
          (each) =>
            (keys === null || keys.includes(`${each.namespace}.${each.key}`)) &&
            (typeof args.namespace !== "string" || each.namespace === namespaceOf(args.namespace, context)),
        ),
        {
          idOf: (each) => each.id,
          toNode: (each) => source("Metafield", each),
        },
      );
    }),
  };
}

/** `$app:x` is the app's own namespace; without a namespace the app's default one is meant. */
export function namespaceOf(namespace: unknown, context: ApiContext): string {
  const own = `app--${context.install.appId}`;
  if (typeof namespace !== "string" || namespace === "$app") return own;
  return namespace.startsWith("$app:") ? `${own}--${namespace.slice("$app:".length)}` : namespace;
}

function fullKey(key: string, namespace: unknown): string {
  return key.includes(".") || typeof namespace !== "string" ? key : `${namespace}.${key}`;
}

/** What a writer sends back to prove that it saw this value. */
export function compareDigest(field: Frozen<Metafield>): string {
  return createHash("sha256").update(`${field.type}\n${field.value}`).digest("hex");
}

const OWNER_TYPES: Record<OwnerType, string> = {
  PRODUCT: "Product",
  PRODUCTVARIANT: "ProductVariant",
  ORDER: "Order",
  CUSTOMER: "Customer",
  COLLECTION: "Collection",
  LOCATION: "Location",
  SHOP: "Shop",
};

const OWNER_TABLES = {
  PRODUCT: "products",
  PRODUCTVARIANT: "variants",
  ORDER: "orders",
  CUSTOMER: "customers",
  COLLECTION: "collections",
  LOCATION: "locations",
  SHOP: "shop",
} as const satisfies Record<OwnerType, string>;

/** The kind of owner behind a gid's type; undefined for one that has no metafields here. */
export function ownerTypeOf(type: string): OwnerType | undefined {
  return (Object.keys(OWNER_TYPES) as OwnerType[]).find((each) => OWNER_TYPES[each] === type);
}
export const ownerTableOf = (ownerType: OwnerType) => OWNER_TABLES[ownerType];
export const ownerTypeName = (ownerType: OwnerType): string => OWNER_TYPES[ownerType];

/** Types whose `value` is JSON; the others are text, numbers or booleans. */
const JSON_TYPES = /^(list\.|json$|money$|rating$|dimension$|volume$|weight$|rich_text_field$|link$)/;

function jsonValue(field: Frozen<Metafield>): unknown {
  if (JSON_TYPES.test(field.type)) return JSON.parse(field.value);
  if (field.type === "number_integer")
    return Number.isSafeInteger(Number(field.value)) ? Number(field.value) : field.value;
  if (field.type === "boolean") return field.value === "true";
  return field.value;
}

export const metafieldTypes: Record<string, TypeFields> = {
  Metafield: typeFields<Frozen<Metafield>>({
    id: (field) => gid("Metafield", field.id),
    legacyResourceId: (field) => field.id,
    namespace: (field) => field.namespace,
    key: (field) => field.key,
    type: (field) => field.type,
    value: (field) => field.value,
    jsonValue: (field) => jsonValue(field),
    compareDigest: (field) => compareDigest(field),
    sizeInBytes: (field) => Buffer.byteLength(field.value),
    createdAt: (field) => time(field.createdAt),
    updatedAt: (field) => time(field.updatedAt),
    ownerType: (field) => field.ownerType,
    owner: (field, _args, { store }) =>
      source(OWNER_TYPES[field.ownerType], store.need(OWNER_TABLES[field.ownerType], field.ownerId)),
    // The store keeps values without definitions.
    definition: () => null,
  }),
};
