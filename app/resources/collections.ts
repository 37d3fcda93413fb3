// Collections and which products are in them. Shopify tells of a membership that a person changed, but not of one that a
// rule changed; the daily whole read finds those, and a deleted product leaves its collections at once.
import type { CollectionFieldsFragment } from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { always, maybe, statedRow, wholeRow, type Columns, type Stated } from "./columns.ts";
import { COLLECTION_SOURCES, sources } from "./collection-sources.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import * as rest from "./rest.ts";
import { at, entriesOf, fields, idOf, int, nullable, shape, text, time } from "./values.ts";

const COLLECTION_FIELDS = /* GraphQL */ `
  fragment CollectionFields on Collection {
    id
    title
    handle
    descriptionHtml
    sortOrder
    templateSuffix
    seo {
      title
      description
    }
    image {
      url
      altText
      width
      height
    }
    updatedAt
    ...CollectionSources
  }
  ${COLLECTION_SOURCES}
`;

const MEMBER_FIELDS = /* GraphQL */ `
  fragment CollectionMember on Product {
    id
  }
`;

const image = shape({ url: text, altText: nullable(text), width: nullable(int), height: nullable(int) });

const COLUMNS: Columns<CollectionFieldsFragment> = {
  id: always("id", idOf("Collection")),
  gid: always("id", text),
  title: always("title", text),
  handle: always("handle", text),
  descriptionHtml: always("descriptionHtml", text),
  sortOrder: always("sortOrder", text),
  templateSuffix: maybe("templateSuffix", text),
  seoTitle: always("seo", at(["title"], nullable(text))),
  seoDescription: always("seo", at(["description"], nullable(text))),
  image: maybe("image", image),
  sources: always("sources", sources),
  updatedAt: always("updatedAt", time),
};

export const collections: Resource = {
  name: "collections",
  type: "Collection",
  model: "Collection",
  childModels: ["CollectionProduct"],
  scopes: ["read_products"],
  after: ["products"],
  topics: {
    changed: ["collections/create", "collections/update"],
    partial: [],
    deleted: ["collections/delete"],
  },
  fragment: COLLECTION_FIELDS,
  connections: [
    {
      field: "products",
      type: "Product",
      fragment: MEMBER_FIELDS,
      pageSize: 50,
      model: "CollectionProduct",
    },
  ],
  list: { root: "collections" },
  count: "collectionsCount",
  cursor: { filter: "updated_at" },
  isSilent: true,
  // What a rule puts into a collection is announced to nobody.
  isPartlyTold: true,
  gid: (key) => rest.gidOf("Collection", key),
  fromNode,
  fromWebhook,
  columns: { Collection: COLUMNS },
  groups: [
    { name: "descriptions", columns: { Collection: ["descriptionHtml"] } },
    { name: "seo", columns: { Collection: ["seoTitle", "seoDescription"] } },
    { name: "images", columns: { Collection: ["image"] } },
    { name: "members", parts: ["products"] },
  ],
  personal: {},
};

function fromNode(node: Node): Reading {
  const row = wholeRow<CollectionFieldsFragment>(COLUMNS, node);
  const key = String(row.id);
  const isManual = row.sortOrder === "MANUAL";
  const children = { CollectionProduct: membersIn(node.products, key, isManual) };
  return { key, updatedAt: row.updatedAt as string, row, children };
}

/** Only a person's order is kept: places by price or sales move without any news. */
function membersIn(list: unknown, collectionId: string, isManual: boolean): Children {
  const read = idOf("Product");
  const rows = entriesOf(list, "products").map((member, index): Row => {
    const path = `products[${index}]`;
    const productId = read(fields(member, path).id, `${path}.id`);
    return { collectionId, productId, position: isManual ? index + 1 : null };
  });
  return { rows, complete: true };
}

function fromWebhook(body: Body, topic: string): Notice {
  const key = rest.keyIn(body);
  if (topic === "collections/delete") return { says: "deleted", key };
  return {
    says: "changed",
    // The body does not say which products are in it.
    complete: false,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row: statedRow(COLUMNS, collectionIn(body, key)),
      children: {},
    },
  };
}

function collectionIn(body: Body, key: string): Stated<CollectionFieldsFragment> {
  const { body_html: html, sort_order: order } = body;
  return {
    id: rest.gidOf("Collection", key),
    title: body.title,
    handle: body.handle,
    // REST's null is GraphQL's empty text.
    descriptionHtml: html === null ? "" : html,
    // "best-selling" → BEST_SELLING; null where the sample of a test webhook has none.
    sortOrder: typeof order === "string" ? order.toUpperCase().replaceAll("-", "_") : undefined,
    templateSuffix: body.template_suffix,
    updatedAt: body.updated_at ?? undefined,
  };
}
