// Metafields, by kind of owner. Shopify lists them inside their owners and tells of no change itself: news of an owner
// leads to a look at its metafields, a deleted one is known by a whole read of its owner that lacks it, and since
// variants' metafields change without any news, all are read whole once a day.
import type { MetafieldFieldsFragment } from "#app/shopify/generated.ts";
import type { Row } from "#app/sync/change.ts";
import { always, wholeRow, type Columns } from "./columns.ts";
import type { Body, MetafieldsName, Node, Notice, Reading, Resource, ResourceName } from "./define.ts";
import * as rest from "./rest.ts";
import { idOf, int8, text, time } from "./values.ts";

const METAFIELD_FIELDS = /* GraphQL */ `
  fragment MetafieldFields on Metafield {
    id
    namespace
    key
    type
    value
    compareDigest
    createdAt
    updatedAt
  }
`;

/** With the id of the node in which the transport found it. */
type MetafieldNode = MetafieldFieldsFragment & { readonly __parentId: string };

/** Which metafields are read, in Shopify's own terms; everything where neither is given. */
export interface MetafieldChoice {
  readonly namespace?: string;
  /** "namespace.key" each. */
  readonly keys?: readonly string[];
}

interface Owner {
  readonly name: MetafieldsName;
  /** Shopify's MetafieldOwnerType, as in the column. */
  readonly ownerType: string;
  readonly type: string;
  readonly model: string;
  readonly root: string;
  readonly args?: string;
  readonly scope: string;
  readonly after: ResourceName;
  /** Topics that are news of the owner. */
  readonly topics: readonly string[];
  /** Owners that the body of such a topic speaks of. */
  readonly named: (body: Body) => readonly string[];
  readonly isPersonal: boolean;
}

const ownIdOf = idOf("Metafield");

const own = (body: Body): readonly string[] => [rest.keyIn(body)];

const OWNERS: readonly Owner[] = [
  {
    name: "product_metafields",
    ownerType: "PRODUCT",
    type: "Product",
    model: "Product",
    root: "products",
    scope: "read_products",
    after: "products",
    topics: ["products/create", "products/update"],
    named: own,
    isPersonal: false,
  },
  {
    name: "variant_metafields",
    ownerType: "PRODUCTVARIANT",
    type: "ProductVariant",
    model: "ProductVariant",
    root: "productVariants",
    scope: "read_products",
    after: "products",
    topics: ["products/create", "products/update"],
    named: touchedVariants,
    isPersonal: false,
  },
  {
    name: "order_metafields",
    ownerType: "ORDER",
    type: "Order",
    model: "Order",
    root: "orders",
    scope: "read_orders",
    after: "orders",
    topics: ["orders/create", "orders/updated"],
    named: own,
    isPersonal: true,
  },
  {
    name: "customer_metafields",
    ownerType: "CUSTOMER",
    type: "Customer",
    model: "Customer",
    root: "customers",
    scope: "read_customers",
    after: "customers",
    topics: ["customers/create", "customers/update"],
    named: own,
    isPersonal: true,
  },
  {
    name: "collection_metafields",
    ownerType: "COLLECTION",
    type: "Collection",
    model: "Collection",
    root: "collections",
    scope: "read_products",
    after: "collections",
    topics: ["collections/create", "collections/update"],
    named: own,
    isPersonal: false,
  },
];

export const metafields: readonly Resource[] = OWNERS.map((owner) => metafieldsOf(owner));

/** The same metafields, but only those of the choice. */
export function chosenMetafields(name: MetafieldsName, choice: MetafieldChoice): Resource {
  return metafieldsOf(
    OWNERS.find((owner) => owner.name === name)!,
    choice,
  );
}

function metafieldsOf(owner: Owner, { namespace, keys }: MetafieldChoice = {}): Resource {
  const args = [
    namespace === undefined ? [] : [`namespace: ${JSON.stringify(namespace)}`],
    keys === undefined ? [] : [`keys: ${JSON.stringify(keys)}`],
  ].flat();
  return {
    name: owner.name,
    type: "Metafield",
    model: "Metafield",
    childModels: [],
    scopes: [owner.scope],
    after: [owner.after],
    topics: { changed: [], partial: owner.topics, deleted: [] },
    fragment: METAFIELD_FIELDS,
    connections: [],
    list: {
      root: owner.root,
      args: owner.args,
      within: {
        field: "metafields",
        args: args.length > 0 ? args.join(", ") : undefined,
        pageSize: 10,
        type: owner.type,
        model: owner.model,
        parentField: "ownerId",
        only: { ownerType: owner.ownerType },
        gid: (key) => rest.gidOf(owner.type, key.split(":")[0]),
      },
    },
    count: null,
    cursor: null,
    isSilent: true,
    gid: () => null,
    columns: { Metafield: columnsOf(owner) },
    keyOf: (node) => keyOf(node, owner),
    fromNode: (node) => readingOf(node, owner),
    fromWebhook: (body): Notice => ({ says: "looks", keys: owner.named(body) }),
    personal: owner.isPersonal ? { Metafield: ["value", "compareDigest"] } : {},
  };
}

function columnsOf({ type }: Owner): Columns<MetafieldNode> {
  return {
    id: always("id", ownIdOf),
    gid: always("id", text),
    ownerId: always("__parentId", idOf(type)),
    namespace: always("namespace", text),
    key: always("key", text),
    type: always("type", text),
    value: always("value", text),
    compareDigest: always("compareDigest", text),
    createdAt: always("createdAt", time),
    updatedAt: always("updatedAt", time),
  };
}

function keyOf({ id, __parentId }: Node, { type }: Owner): string {
  return `${idOf(type)(__parentId, "__parentId")}:${ownIdOf(id, "id")}`;
}

function readingOf(node: Node, owner: Owner): Reading {
  const row: Row = { ...wholeRow<MetafieldNode>(columnsOf(owner), node), ownerType: owner.ownerType };
  return { key: keyOf(node, owner), updatedAt: row.updatedAt as string, row, children: {} };
}

/** Where more variants changed at once (a new price of all 2,000), looking at each is left to the daily read. */
const LOOKED_VARIANTS_MAX = 100;

/** Products' bodies date their variants, the newest first: those as new as the product are what it is about. */
function touchedVariants(body: Body): readonly string[] {
  rest.keyIn(body);
  const { variant_gids: gids, variants, updated_at: updatedAt } = body;
  const told = Array.isArray(gids) ? gids : Array.isArray(variants) ? variants : [];
  const read = idOf("ProductVariant");
  const touched = told.flatMap((variant: unknown) => {
    if (!rest.isObject(variant)) return [];
    const { admin_graphql_api_id: gid, id, updated_at: at } = variant;
    if (isOlder(at, updatedAt)) return [];
    return [gid === undefined ? int8(id, "variants.id") : read(gid, "variant_gids.admin_graphql_api_id")];
  });
  return touched.slice(0, LOOKED_VARIANTS_MAX);
}

function isOlder(variant: unknown, product: unknown): boolean {
  return Date.parse(String(variant)) < Date.parse(String(product));
}
