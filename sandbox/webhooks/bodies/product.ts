// Products with their first 100 variants and the ids of all, and variants for the stock topics.
import { availableOf, variantsOf } from "../../store/lookups.ts";
import type { Frozen, MediaImage, Product, Variant } from "../../store/truth.ts";
import { gid, integer, list, time, type Body, type Context } from "./json.ts";

/** Shopify sends "the full variants payload for the first 100 records"; `variant_gids` names all of them. */
const FULL_VARIANTS_MAX = 100;

export function productBody(context: Context, product: Frozen<Product>): Body {
  const variants = variantsOf(context.store, product.id);
  const images = product.media.map((media) => image(context, product, media));
  const newestFirst = variants.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  return {
    admin_graphql_api_id: gid("Product", product.id),
    body_html: product.descriptionHtml,
    created_at: time(context, product.createdAt),
    handle: product.handle,
    id: integer(product.id),
    product_type: product.productType,
    published_at: time(context, product.publishedAt),
    template_suffix: product.templateSuffix,
    title: product.title,
    updated_at: time(context, product.updatedAt),
    vendor: product.vendor,
    status: product.status.toLowerCase(),
    published_scope: "global",
    tags: list(product.tags),
    variants: variants
      .slice(0, FULL_VARIANTS_MAX)
      .map((variant) => productVariant(context, product, variant)),
    options: product.options.map((option) => ({
      name: option.name,
      id: integer(option.id),
      product_id: integer(product.id),
      position: option.position,
      values: option.values.map((value) => value.name),
    })),
    images,
    image: images[0] ?? null,
    media: product.media.map((media) => mediaItem(context, product, media)),
    variant_gids: newestFirst.map((variant) => ({
      admin_graphql_api_id: gid("ProductVariant", variant.id),
      updated_at: variant.updatedAt,
    })),
    has_variants_that_requires_components: variants.some((variant) => variant.requiresComponents),
    category: product.category && {
      admin_graphql_api_id: product.category.id,
      name: product.category.name,
      full_name: product.category.fullName,
    },
  };
}

function productVariant(context: Context, product: Frozen<Product>, variant: Frozen<Variant>): Body {
  const { id, product_id, inventory_quantity, old_inventory_quantity, image_id, ...rest } = variantFields(
    context,
    product,
    variant,
  );
  return {
    ...rest,
    id: id ?? null,
    product_id: product_id ?? null,
    image_id: image_id ?? null,
    inventory_item_id: integer(variant.inventoryItemId),
    inventory_quantity: inventory_quantity ?? null,
    old_inventory_quantity: old_inventory_quantity ?? null,
  };
}

/** variants/in_stock, variants/out_of_stock: without the inventory item's id. */
export function variantBody(context: Context, variant: Frozen<Variant>): Body {
  const product = context.store.get("products", variant.productId);
  return product ? variantFields(context, product, variant) : { id: integer(variant.id) };
}

function variantFields(context: Context, product: Frozen<Product>, variant: Frozen<Variant>): Body {
  const available = availableOf(context.store, variant);
  const [option1 = null, option2 = null, option3 = null] = variant.selectedOptions.map(
    (option) => option.value,
  );
  return {
    admin_graphql_api_id: gid("ProductVariant", variant.id),
    barcode: variant.barcode,
    compare_at_price: variant.compareAtPrice,
    created_at: time(context, variant.createdAt),
    id: integer(variant.id),
    inventory_policy: variant.inventoryPolicy.toLowerCase(),
    position: variant.position,
    price: variant.price,
    product_id: integer(variant.productId),
    sku: variant.sku,
    taxable: variant.taxable,
    title: variant.title,
    updated_at: time(context, variant.updatedAt),
    option1,
    option2,
    option3,
    image_id: integer(product.media.find((media) => media.variantIds.includes(variant.id))?.imageId ?? null),
    inventory_quantity: available,
    // Deprecated by Shopify, which fills both with the same number.
    old_inventory_quantity: available,
  };
}

function image(context: Context, product: Frozen<Product>, media: Frozen<MediaImage>): Body {
  return {
    id: integer(media.imageId),
    product_id: integer(product.id),
    position: media.position,
    created_at: time(context, media.createdAt),
    updated_at: time(context, media.updatedAt),
    alt: media.alt,
    width: media.width,
    height: media.height,
    src: media.url,
    variant_ids: media.variantIds.map((id) => integer(id)),
    admin_graphql_api_id: gid("ProductImage", media.imageId),
  };
}

function mediaItem(context: Context, product: Frozen<Product>, media: Frozen<MediaImage>): Body {
  return {
    id: integer(media.id),
    product_id: integer(product.id),
    position: media.position,
    created_at: time(context, media.createdAt),
    updated_at: time(context, media.updatedAt),
    alt: media.alt ?? "",
    status: "READY",
    media_content_type: "IMAGE",
    preview_image: { width: media.width, height: media.height, src: media.url, status: "READY" },
    variant_ids: media.variantIds.map((id) => integer(id)),
    admin_graphql_api_id: gid("MediaImage", media.id),
  };
}
