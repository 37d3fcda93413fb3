// Products with their variants, their media and where they are published. Metafields are not part of it.
import { BadBody } from "#app/shopify/errors.ts";
import type { ProductFieldsFragment } from "#app/shopify/generated.ts";
import type { Children, Row } from "#app/sync/change.ts";
import { statedRow, wholeRow, type Stated } from "./columns.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import { PRODUCT_COLUMNS, PRODUCT_FIELDS, VARIANT_COLUMNS, VARIANT_FIELDS } from "./product-fields.ts";
import type { WholeVariant } from "./product-fields.ts";
import { MEDIA, MEDIA_COLUMNS, VARIANT_MEDIA, mediaByVariant } from "./product-media.ts";
import { mediaFromBody, mediaFromNode } from "./product-media.ts";
import {
  PUBLICATIONS,
  PUBLICATIONS_SCOPE,
  PUBLICATION_COLUMNS,
  publicationsFromNode,
} from "./product-publications.ts";
import * as rest from "./rest.ts";
import { entriesOf, fields, idOf, int8, nullable, time } from "./values.ts";

export const products: Resource = {
  name: "products",
  type: "Product",
  model: "Product",
  childModels: ["ProductVariant", "ProductMedia", "ProductPublication"],
  scopes: ["read_products"],
  after: [],
  topics: { changed: ["products/create", "products/update"], partial: [], deleted: ["products/delete"] },
  fragment: PRODUCT_FIELDS,
  connections: [
    {
      field: "variants",
      type: "ProductVariant",
      fragment: VARIANT_FIELDS,
      // The largest page that Shopify charges sevenfold; few products have more. With all of it a product costs 88 points.
      pageSize: 54,
      model: "ProductVariant",
      inside: VARIANT_MEDIA,
    },
    MEDIA,
    PUBLICATIONS,
  ],
  list: { root: "products" },
  count: "productsCount",
  cursor: { filter: "updated_at" },
  isDated: true,
  // Publication on a channel comes without news.
  isSilent: true,
  created: { list: "created_at", count: "created_at" },
  gid: (key) => rest.gidOf("Product", key),
  fromNode,
  fromWebhook,
  links: [
    { to: "Product", from: "OrderLineItem", field: "productId" },
    { to: "ProductVariant", from: "OrderLineItem", field: "variantId" },
    { to: "Product", from: "CollectionProduct", field: "productId", removes: true },
  ],
  columns: {
    Product: PRODUCT_COLUMNS,
    ProductVariant: VARIANT_COLUMNS,
    ProductMedia: MEDIA_COLUMNS,
    ProductPublication: PUBLICATION_COLUMNS,
  },
  groups: [
    { name: "media", parts: ["media"], columns: { ProductVariant: ["mediaId"] } },
    { name: "publications", parts: ["resourcePublicationsV2"], scope: PUBLICATIONS_SCOPE },
    { name: "descriptions", columns: { Product: ["descriptionHtml"] } },
    { name: "seo", columns: { Product: ["seoTitle", "seoDescription"] } },
    { name: "category", columns: { Product: ["categoryId", "categoryName"] } },
  ],
  personal: {},
};

function fromNode(node: Node): Reading {
  const row = wholeRow<ProductFieldsFragment>(PRODUCT_COLUMNS, node);
  const key = String(row.id);
  const media = entriesOf(node.media, "media");
  const publications = entriesOf(node.resourcePublicationsV2, "resourcePublicationsV2");
  const rows = entriesOf(node.variants, "variants").map((variant, index): Row => {
    const path = `variants[${index}]`;
    return {
      ...wholeRow<WholeVariant>(VARIANT_COLUMNS, fields(variant, path), path),
      productId: key,
    };
  });
  return {
    key,
    updatedAt: row.updatedAt as string,
    row,
    children: {
      ProductVariant: { rows, complete: true },
      ProductMedia: mediaFromNode(media, key),
      ProductPublication: publicationsFromNode(publications, key),
    },
  };
}

/** Bodies hold the full data of this many variants at most; the ids of all are in `variant_gids`. */
const BODY_VARIANTS_MAX = 100;

function fromWebhook(body: Body, topic: string): Notice {
  const key = rest.keyIn(body);
  if (topic === "products/delete") return { says: "deleted", key };
  const row = statedRow(PRODUCT_COLUMNS, productIn(body, key));
  const variants = variantsIn(body, key);
  const media = mediaFromBody(body, key);
  return {
    says: "changed",
    complete: variants?.complete === true && media !== null,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row,
      children: { ...(variants && { ProductVariant: variants }), ...(media && { ProductMedia: media }) },
    },
  };
}

function variantsIn(body: Body, productId: string): Children | null {
  const { variants, variant_gids: gids } = body;
  if (variants === undefined) return null;
  if (!Array.isArray(variants)) throw new BadBody("variants is not a list");
  const optionNames = namesOfOptions(body.options);
  const shown = mediaByVariant(body);
  const rows = variants.map((variant: unknown, index): Row => {
    const path = `variants[${index}]`;
    const told = fields(variant, path);
    const media = shown ? (shown.get(String(told.id)) ?? []) : undefined;
    const node = { ...variantIn(told, optionNames), media };
    return { ...statedRow(VARIANT_COLUMNS, node, path), productId };
  });
  if (!Array.isArray(gids)) return { rows, complete: variants.length < BODY_VARIANTS_MAX };
  const read = idOf("ProductVariant");
  const knownIds = gids.map((entry: unknown, index) => {
    const path = `variant_gids[${index}]`;
    return read(fields(entry, path).admin_graphql_api_id, path);
  });
  return { rows, complete: knownIds.length <= rows.length, knownIds };
}

function namesOfOptions(options: unknown): unknown[] {
  return Array.isArray(options)
    ? options.map((option) => (rest.isObject(option) ? option.name : undefined))
    : [];
}

function productIn(body: Body, key: string): Stated<ProductFieldsFragment> {
  const { category, variant_gids: gids, options } = body;
  return {
    id: rest.gidOf("Product", key),
    title: body.title,
    handle: body.handle,
    status: rest.capitals(body.status),
    // REST's null is GraphQL's empty text in these three.
    vendor: body.vendor === null ? "" : body.vendor,
    productType: body.product_type === null ? "" : body.product_type,
    descriptionHtml: body.body_html === null ? "" : body.body_html,
    tags: rest.tagList(body.tags),
    templateSuffix: body.template_suffix,
    options: Array.isArray(options) && options.length > 0 ? optionsIn(options) : undefined,
    category: rest.renamed(category, { admin_graphql_api_id: "id", full_name: "fullName" }),
    variantsCount: Array.isArray(gids) ? { count: gids.length } : undefined,
    hasVariantsThatRequiresComponents: body.has_variants_that_requires_components,
    publishedAt: body.published_at,
    createdAt: body.created_at ?? undefined,
    updatedAt: body.updated_at ?? undefined,
  };
}

/** Older bodies leave out the options' values and places. */
function optionsIn(options: readonly unknown[]): unknown {
  const isTold = (option: unknown) =>
    !rest.isObject(option) || (option.position !== undefined && option.values !== undefined);
  return options.every(isTold) ? options.map(optionIn) : undefined;
}

function optionIn(option: unknown): unknown {
  if (!rest.isObject(option)) return option;
  const { id, name, position, values } = option;
  return { id: rest.gidOf("ProductOption", id), name, position, values };
}

function variantIn(
  variant: Readonly<Record<string, unknown>>,
  optionNames: readonly unknown[],
): Stated<WholeVariant> {
  const values = [variant.option1, variant.option2, variant.option3].filter(
    (value) => value !== null && value !== undefined,
  );
  return {
    id: rest.gidOf("ProductVariant", int8(variant.id, "variants.id")),
    title: variant.title,
    sku: variant.sku,
    barcode: variant.barcode,
    position: variant.position ?? undefined,
    price: variant.price,
    compareAtPrice: variant.compare_at_price,
    taxable: variant.taxable,
    inventoryPolicy: rest.capitals(variant.inventory_policy),
    inventoryQuantity: variant.inventory_quantity,
    inventoryItem: rest.link("InventoryItem", variant.inventory_item_id ?? undefined),
    // Without the options' names, or with more of them than the three that REST has, it is not the whole selection.
    selectedOptions:
      optionNames.length > 0 && optionNames.length === values.length
        ? values.map((value, index) => ({ name: optionNames[index], value }))
        : undefined,
    createdAt: variant.created_at ?? undefined,
    updatedAt: variant.updated_at ?? undefined,
  };
}
