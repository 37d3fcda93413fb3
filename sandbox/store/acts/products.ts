// Products with their media.

import { POINT_OF_SALE } from "../channels.ts";
import type { MediaInput, ProductCreateInput, ProductInput, VariantInput } from "../inputs.ts";
import { collectionsOf, variantsOf } from "../lookups.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, MediaImage, Product } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { gone, record } from "./announce.ts";
import { removeMetafields, writeMetafield } from "./metafields.ts";
import { checkTags, checkTitle, freeHandle, given, handleFrom } from "./validate.ts";
import { addVariant, removeVariant, showBy } from "./variants.ts";

const MEDIA_MAX = 250;
const MEDIA_SIDE_PX = 1600;

export function createProduct(store: Store, input: ProductCreateInput): Frozen<Product> {
  return store.act(() => {
    const { id } = saveNew(store, input);
    const firstValues = input.options?.map(({ name, values }) => ({ name, value: values[0] ?? "" }));
    const variants: VariantInput[] = input.variants ?? [firstValues ? { selectedOptions: firstValues } : {}];
    const made = variants.map((variant) => addVariant(store, id, variant).id);
    for (const { shows = [], ...media } of input.media ?? []) {
      pushMedia(store, id, { ...media, variantIds: shows.flatMap((place) => made[place] ?? []) });
    }
    for (const field of input.metafields ?? []) writeMetafield(store, "PRODUCT", id, field);
    for (const collectionId of input.collectionIds ?? []) {
      store.change("collections", collectionId, (draft) => void draft.productIds.push(id));
      store.announce("collections/update", record(store, "collection", collectionId));
    }
    store.announce("products/create", record(store, "product", id));
    return store.need("products", id);
  });
}

function saveNew(store: Store, input: ProductCreateInput): Frozen<Product> {
  const title = checkTitle(input.title);
  const fresh = store.fresh("Product");
  const status = input.status ?? "ACTIVE";
  return store.save("products", {
    ...fresh,
    title,
    handle: handleOf(store, input.handle ?? handleFrom(title), null),
    descriptionHtml: input.descriptionHtml ?? "",
    vendor: input.vendor ?? store.shop.name,
    productType: input.productType ?? "",
    tags: checkTags(input.tags ?? []),
    status,
    options: [],
    seo: input.seo ?? { title: null, description: null },
    category: input.category ?? null,
    media: [],
    templateSuffix: input.templateSuffix ?? null,
    publishedAt:
      input.publishedAt !== undefined ? input.publishedAt : status === "ACTIVE" ? fresh.createdAt : null,
    publications: status === "ACTIVE" ? [{ channelId: POINT_OF_SALE.id, publishedAt: fresh.createdAt }] : [],
    isGiftCard: input.isGiftCard ?? false,
    giftCardTemplateSuffix: input.giftCardTemplateSuffix ?? null,
    requiresSellingPlan: input.requiresSellingPlan ?? false,
  });
}

export function updateProduct(store: Store, id: Id, input: ProductInput): Frozen<Product> {
  return store.act(() => {
    store.need("products", id);
    const { metafields, ...fields } = input;
    if (fields.title !== undefined) fields.title = checkTitle(fields.title);
    if (fields.tags !== undefined) fields.tags = checkTags(fields.tags);
    if (fields.handle !== undefined) fields.handle = handleOf(store, fields.handle, id);
    const product = store.change("products", id, (draft) => void Object.assign(draft, given(fields)));
    for (const field of metafields ?? []) writeMetafield(store, "PRODUCT", id, field);
    store.announce("products/update", record(store, "product", id));
    return product;
  });
}

/** Removes the product with its variants, items, levels, metafields and memberships. Old orders stay as they are. */
export function deleteProduct(store: Store, id: Id): Id {
  return store.act(() => {
    const product = store.need("products", id);
    for (const variant of variantsOf(store, id)) removeVariant(store, variant);
    removeMetafields(store, "PRODUCT", id);
    for (const collection of collectionsOf(store, id)) {
      store.change("collections", collection.id, (draft) => {
        draft.productIds = draft.productIds.filter((member) => member !== id);
      });
    }
    store.remove("products", id);
    const deletion = { ...store.fresh("DeletionEvent"), table: "products" as const, recordId: id };
    store.save("deletions", { ...deletion, title: product.title, occurredAt: store.time() });
    store.announce("products/delete", gone({ type: "product", record: product }));
    return id;
  });
}

export function addMedia(store: Store, productId: Id, input: MediaInput): Frozen<MediaImage> {
  return store.act(() => {
    const media = pushMedia(store, productId, input);
    store.announce("products/update", record(store, "product", productId));
    return media;
  });
}

function pushMedia(store: Store, productId: Id, input: MediaInput): Frozen<MediaImage> {
  if (!URL.canParse(input.url)) throw new UserError(["url"], "Image URL is invalid", "INVALID");
  const product = store.change("products", productId, (draft) => {
    if (draft.media.length >= MEDIA_MAX)
      throw new UserError(null, `A product has at most ${MEDIA_MAX} media`, "LIMIT_EXCEEDED");
    const { id, createdAt, updatedAt } = store.fresh("MediaImage");
    draft.media.push({
      id,
      imageId: store.ids.mint("ProductImage"),
      alt: input.alt ?? null,
      url: input.url,
      width: input.width ?? MEDIA_SIDE_PX,
      height: input.height ?? MEDIA_SIDE_PX,
      mimeType: input.mimeType ?? "image/jpeg",
      position: draft.media.length + 1,
      variantIds: [],
      createdAt,
      updatedAt,
    });
    for (const variantId of input.variantIds ?? []) showBy(draft, variantId, id);
  });
  const media = product.media.at(-1);
  if (!media) throw new Error("The media was not kept.");
  return media;
}

const handleOf = (store: Store, wanted: string, ownId: Id | null): string =>
  freeHandle(handleFrom(wanted), (handle) =>
    store.where("products", "handle", handle).some((other) => other.id !== ownId),
  );
