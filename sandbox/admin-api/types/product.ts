/**
 * Products, variants, their options and media, and collections.
 */
import {
  availableOf,
  collectionsOf,
  isForSale,
  itemOf,
  totalInventory,
  variantsOf,
} from "../../store/lookups.ts";
import { collectionRarities, productRarities, variantRarities } from "../../store/rarities.ts";
import {
  gid,
  type Collection,
  type Frozen,
  type MediaImage,
  type Product,
  type ProductOption,
  type Variant,
} from "../../store/truth.ts";
import type { ApiContext } from "../context.ts";
import { cursorTime, BY_ID, type SortKey } from "../connection.ts";
import { connection, page, source, typeFields, withArgs, type TypeFields } from "./fields.ts";
import { metafieldFields } from "./metafield.ts";
import { resourcePublicationsV2 } from "./publications.ts";
import { exactly, head } from "./order.ts";
import { idOf, money, time } from "./values.ts";

const VARIANT_SORTS: Record<string, SortKey<Frozen<Variant>>> = {
  "": { of: (variant) => variant.position },
  POSITION: { of: (variant) => variant.position },
  ID: BY_ID,
  SKU: { of: (variant) => variant.sku?.toLowerCase() ?? null },
  TITLE: { of: (variant) => variant.title.toLowerCase() },
};
const MEDIA_SORTS: Record<string, SortKey<Frozen<MediaImage>>> = {
  "": { of: (media) => media.position },
  POSITION: { of: (media) => media.position },
  ID: BY_ID,
};

const ProductFields = typeFields<Frozen<Product>>({
  id: (product) => gid("Product", product.id),
  legacyResourceId: (product) => product.id,
  handle: (product) => product.handle,
  title: (product) => product.title,
  descriptionHtml: (product) => product.descriptionHtml,
  description: (product) =>
    product.descriptionHtml
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim(),
  vendor: (product) => product.vendor,
  productType: (product) => product.productType,
  status: (product) => product.status,
  tags: (product) => product.tags,
  templateSuffix: (product) => product.templateSuffix,
  isGiftCard: (product) => product.isGiftCard,
  giftCardTemplateSuffix: (product) => product.giftCardTemplateSuffix,
  requiresSellingPlan: (product) => product.requiresSellingPlan,
  tracksInventory: (product, _args, { store }) =>
    variantsOf(store, product.id).some((variant) => itemOf(store, variant).tracked),
  totalInventory: (product, _args, { store }) => totalInventory(store, product),
  hasOnlyDefaultVariant: (product, _args, { store }) => {
    const variants = variantsOf(store, product.id);
    return variants.length === 1 && variants[0]?.title === "Default Title";
  },
  hasOutOfStockVariants: (product, _args, { store }) =>
    variantsOf(store, product.id).some(
      (variant) => itemOf(store, variant).tracked && availableOf(store, variant) <= 0,
    ),
  hasVariantsThatRequiresComponents: (product, _args, { store }) =>
    variantsOf(store, product.id).some((variant) => variant.requiresComponents),
  combinedListingRole: (product) => productRarities(product).combinedListingRole,
  createdAt: (product) => time(product.createdAt),
  updatedAt: (product) => time(product.updatedAt),
  publishedAt: (product) => time(product.publishedAt),
  onlineStoreUrl: (product, _args, { store }) =>
    product.publishedAt !== null && product.status === "ACTIVE"
      ? `https://${store.shop.domain}/products/${product.handle}`
      : null,
  onlineStorePreviewUrl: (product, _args, { store }) =>
    `https://${store.shop.domain}/products/${product.handle}`,
  seo: (product) => ({ __typename: "SEO", ...product.seo }),
  category: (product) => product.category && { __typename: "TaxonomyCategory", ...product.category },
  priceRangeV2: (product, _args, { store }) => priceRange(store, product),
  variantsCount: (product, _args, { store }) => exactly(variantsOf(store, product.id).length),
  mediaCount: (product) => exactly(product.media.length),
  options: withArgs(["first"], (product, args) =>
    head(product.options, args.first).map((option) => source("ProductOption", { product, option })),
  ),
  featuredMedia: (product) => mediaSource(product.media.toSorted((a, b) => a.position - b.position)[0]),
  media: connection([], (product) =>
    page(product.media, {
      idOf: (media) => media.id,
      toNode: mediaSource,
      sorts: MEDIA_SORTS,
    }),
  ),
  resourcePublicationsV2,
  variants: connection([], (product, _args, { store }) =>
    page(variantsOf(store, product.id), {
      idOf: (variant) => variant.id,
      toNode: (variant) => source("ProductVariant", variant),
      sorts: VARIANT_SORTS,
    }),
  ),
  collections: connection([], (product, _args, { store }) =>
    page(collectionsOf(store, product.id), {
      idOf: (collection) => collection.id,
      toNode: (collection) => source("Collection", collection),
    }),
  ),
  inCollection: withArgs(["id"], (product, args, { store }) =>
    collectionsOf(store, product.id).some((each) => each.id === idOf(args.id, "Collection")),
  ),
  ...metafieldFields("PRODUCT"),
});

const ProductOptionFields = typeFields<{ product: Frozen<Product>; option: Frozen<ProductOption> }>({
  id: ({ option }) => gid("ProductOption", option.id),
  name: ({ option }) => option.name,
  position: ({ option }) => option.position,
  values: ({ option }) => option.values.map((value) => value.name),
  linkedMetafield: () => null,
  optionValues: ({ product, option }, _args, { store }) =>
    option.values.map((value) => ({
      __typename: "ProductOptionValue",
      id: gid("ProductOptionValue", value.id),
      name: value.name,
      linkedMetafieldValue: null,
      swatch: null,
      hasVariants: variantsOf(store, product.id).some((variant) =>
        variant.selectedOptions.some((each) => each.name === option.name && each.value === value.name),
      ),
    })),
});

const VariantFields = typeFields<Frozen<Variant>>({
  id: (variant) => gid("ProductVariant", variant.id),
  legacyResourceId: (variant) => variant.id,
  title: (variant) => variant.title,
  displayName: (variant, _args, { store }) =>
    `${store.need("products", variant.productId).title} - ${variant.title}`,
  sku: (variant) => variant.sku,
  barcode: (variant) => variant.barcode,
  position: (variant) => variant.position,
  price: (variant) => variant.price,
  compareAtPrice: (variant) => variant.compareAtPrice,
  taxable: (variant) => variant.taxable,
  taxCode: (variant) => variant.taxCode,
  inventoryPolicy: (variant) => variant.inventoryPolicy,
  inventoryQuantity: (variant, _args, { store }) => availableOf(store, variant),
  sellableOnlineQuantity: (variant, _args, { store }) => availableOf(store, variant),
  availableForSale: (variant, _args, { store }) => isForSale(store, variant),
  requiresComponents: (variant) => variant.requiresComponents,
  showUnitPrice: (variant) => variantRarities(variant).showUnitPrice,
  unitPriceMeasurement: (variant) => {
    const { unitPriceMeasurement: measure } = variantRarities(variant);
    return measure && { __typename: "UnitPriceMeasurement", ...measure };
  },
  unitPrice: (variant, _args, { store }) => {
    const { unitPrice } = variantRarities(variant);
    return unitPrice && money(unitPrice, store.shop.currency);
  },
  createdAt: (variant) => time(variant.createdAt),
  updatedAt: (variant) => time(variant.updatedAt),
  product: (variant, _args, { store }) => source("Product", store.need("products", variant.productId)),
  inventoryItem: (variant, _args, { store }) => source("InventoryItem", itemOf(store, variant)),
  selectedOptions: (variant, _args, { store }) => {
    const { options } = store.need("products", variant.productId);
    return variant.selectedOptions.map(({ name, value }) => {
      const found = options
        .find((option) => option.name === name)
        ?.values.find((each) => each.name === value);
      return {
        __typename: "SelectedOption",
        name,
        value,
        optionValue: found
          ? {
              __typename: "ProductOptionValue",
              id: gid("ProductOptionValue", found.id),
              name: found.name,
              hasVariants: true,
              swatch: null,
              linkedMetafieldValue: null,
            }
          : null,
      };
    });
  },
  media: connection([], (variant, _args, { store }) =>
    page(
      store
        .need("products", variant.productId)
        .media.filter((media) => media.variantIds.includes(variant.id)),
      {
        idOf: (media) => media.id,
        toNode: mediaSource,
        sorts: MEDIA_SORTS,
      },
    ),
  ),
  ...metafieldFields("PRODUCTVARIANT"),
});

const CollectionFields = typeFields<Frozen<Collection>>({
  id: (collection) => gid("Collection", collection.id),
  legacyResourceId: (collection) => collection.id,
  title: (collection) => collection.title,
  handle: (collection) => collection.handle,
  descriptionHtml: (collection) => collection.descriptionHtml,
  description: (collection) =>
    collection.descriptionHtml
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim(),
  sortOrder: (collection) => collection.sortOrder,
  templateSuffix: (collection) => collection.templateSuffix,
  updatedAt: (collection) => time(collection.updatedAt),
  sources: (collection) => [sourceOf(collection)],
  seo: (collection) => ({ __typename: "SEO", ...collectionRarities(collection).seo }),
  image: (collection) => {
    const { image } = collectionRarities(collection);
    return image && { __typename: "Image", id: gid("CollectionImage", collection.id), ...image };
  },
  productsCount: (collection) => exactly(collection.productIds.length),
  hasProduct: withArgs(["id"], (collection, args) =>
    collection.productIds.includes(idOf(args.id, "Product")),
  ),
  products: connection([], (collection, _args, { store }) =>
    page(
      collection.productIds.flatMap((id, index) => {
        const product = store.get("products", id);
        return product ? [{ product, index }] : [];
      }),
      {
        idOf: ({ product }) => product.id,
        toNode: ({ product }) => source("Product", product),
        sorts: {
          "": { of: ({ index }) => index },
          COLLECTION_DEFAULT: { of: ({ index }) => index },
          MANUAL: { of: ({ index }) => index },
          ID: BY_ID,
          TITLE: { of: ({ product }) => product.title.toLowerCase() },
          CREATED: { of: ({ product }) => cursorTime(product.createdAt) },
        },
      },
    ),
  ),
  ...metafieldFields("COLLECTION"),
});

/** Every collection has one, also where all is picked by hand. */
function sourceOf({ id, title, matchType, conditions }: Frozen<Collection>) {
  return {
    __typename: "CollectionConditionsSource",
    id: gid("CollectionConditionsSource", id),
    title,
    description: null,
    shareable: false,
    targetType: "PRODUCTS",
    inclusion: {
      __typename: "CollectionSourceInclusion",
      matchType: conditions.length === 0 ? null : matchType,
      conditions: conditions.map(({ on, values }, index) => ({
        __typename: `CollectionSourceInclusionCondition${on.replace(/^p/, "P")}`,
        id: gid("CollectionSourceCondition", `${id}${index}`),
        matchType: "ANY",
        relation: on === "productTag" ? "TAGGED_WITH" : "EQUALS",
        values,
      })),
    },
    exclusion: null,
  };
}

function mediaSource(media: Frozen<MediaImage> | undefined) {
  if (!media) return null;
  const image = {
    __typename: "Image",
    id: gid("ImageSource", media.imageId),
    url: media.url,
    altText: media.alt,
    width: media.width,
    height: media.height,
  };
  return {
    __typename: "MediaImage",
    id: gid("MediaImage", media.id),
    alt: media.alt,
    mediaContentType: "IMAGE",
    status: "READY",
    fileStatus: "READY",
    mediaErrors: [],
    mediaWarnings: [],
    mimeType: media.mimeType,
    createdAt: time(media.createdAt),
    updatedAt: time(media.updatedAt),
    image,
    preview: { __typename: "MediaPreviewImage", image, status: "READY" },
  };
}

function priceRange(store: ApiContext["store"], product: Frozen<Product>) {
  const prices = variantsOf(store, product.id)
    .map((variant) => variant.price)
    .toSorted((a, b) => Number(a) - Number(b));
  const { currency } = store.shop;
  return {
    __typename: "ProductPriceRangeV2",
    minVariantPrice: money(prices[0] ?? "0", currency),
    maxVariantPrice: money(prices.at(-1) ?? "0", currency),
  };
}

export const productTypes: Record<string, TypeFields> = {
  Product: ProductFields,
  ProductOption: ProductOptionFields,
  ProductVariant: VariantFields,
  Collection: CollectionFields,
};
