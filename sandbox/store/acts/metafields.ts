// Metafields of any owner. Setting an unchanged value changes nothing and tells nobody, as in Shopify since 2025.

import type { MetafieldInput, MetafieldSetInput } from "../inputs.ts";
import { metafieldOf, metafieldsOf } from "../lookups.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, Metafield, OwnerType, TableName } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { record } from "./announce.ts";

const OWNER_TABLE: Record<OwnerType, TableName> = {
  PRODUCT: "products",
  PRODUCTVARIANT: "variants",
  ORDER: "orders",
  CUSTOMER: "customers",
  COLLECTION: "collections",
  LOCATION: "locations",
  SHOP: "shop",
};

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;

export function setMetafield(store: Store, input: MetafieldSetInput): Frozen<Metafield> {
  return store.act(() => {
    const before = metafieldOf(store, input.ownerType, input.ownerId, input.namespace, input.key);
    const field = writeMetafield(store, input.ownerType, input.ownerId, input);
    if (field !== before) touchOwner(store, input.ownerType, input.ownerId);
    return field;
  });
}

export function deleteMetafield(
  store: Store,
  owner: { ownerType: OwnerType; ownerId: Id; namespace: string; key: string },
): Id {
  return store.act(() => {
    const field = metafieldOf(store, owner.ownerType, owner.ownerId, owner.namespace, owner.key);
    if (!field) throw new UserError(["key"], "Metafield does not exist", "NOT_FOUND");
    store.remove("metafields", field.id);
    touchOwner(store, owner.ownerType, owner.ownerId);
    return field.id;
  });
}

/** Writes a metafield without touching its owner, for acts that write the owner themselves. */
export function writeMetafield(
  store: Store,
  ownerType: OwnerType,
  ownerId: Id,
  input: MetafieldInput,
): Frozen<Metafield> {
  store.need(OWNER_TABLE[ownerType], ownerId, "ownerId");
  const before = metafieldOf(store, ownerType, ownerId, input.namespace, input.key);
  const type = input.type ?? before?.type;
  if (type === undefined) throw new UserError(["type"], "Type can't be blank", "BLANK");
  if (before && before.type !== type) {
    throw new UserError(
      ["type"],
      `Type must be consistent with the existing type, ${before.type}`,
      "INVALID_TYPE",
    );
  }
  checkKey(input);
  checkValue(type, input.value);
  if (before?.value === input.value) return before;
  const { namespace, key, value } = input;
  return store.save("metafields", {
    ...(before ?? store.fresh("Metafield")),
    ownerType,
    ownerId,
    namespace,
    key,
    type,
    value,
  });
}

export function removeMetafields(store: Store, ownerType: OwnerType, ownerId: Id): void {
  for (const field of metafieldsOf(store, ownerType, ownerId)) store.remove("metafields", field.id);
}

function checkKey({ namespace, key }: MetafieldInput): void {
  if (!/^[\w$:-]{2,255}$/.test(namespace))
    throw new UserError(["namespace"], "Namespace is invalid", "INVALID");
  if (!/^[\w-]{2,64}$/.test(key)) throw new UserError(["key"], "Key is invalid", "INVALID");
}

function checkValue(type: string, value: string): void {
  const wrong = (what: string) => new UserError(["value"], `Value must be ${what}`, "INVALID_VALUE");
  if (value === "") throw new UserError(["value"], "Value can't be blank", "BLANK");
  if (type === "number_integer" && !INTEGER.test(value)) throw wrong("an integer");
  if (type === "number_decimal" && !DECIMAL.test(value)) throw wrong("a decimal");
  if (type === "boolean" && value !== "true" && value !== "false") throw wrong("true or false");
  if (type !== "json" && !type.startsWith("list.")) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw wrong("valid JSON");
  }
  if (type.startsWith("list.") && !Array.isArray(parsed)) throw wrong("an array");
}

/** Product edits are told; a variant's metafields are known to change without a webhook, so only the record is touched. */
function touchOwner(store: Store, ownerType: OwnerType, ownerId: Id): void {
  const touch = () => undefined;
  if (ownerType === "PRODUCT") {
    store.change("products", ownerId, touch);
    store.announce("products/update", record(store, "product", ownerId));
  } else if (ownerType === "PRODUCTVARIANT") {
    store.change("variants", ownerId, touch);
  } else if (ownerType === "ORDER") {
    store.change("orders", ownerId, touch);
    store.announce("orders/updated", record(store, "order", ownerId));
  } else if (ownerType === "CUSTOMER") {
    store.change("customers", ownerId, touch);
    store.announce("customers/update", record(store, "customer", ownerId));
  } else if (ownerType === "COLLECTION") {
    store.change("collections", ownerId, touch);
    store.announce("collections/update", record(store, "collection", ownerId));
  }
}
