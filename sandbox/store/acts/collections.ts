// Collections with manual membership.

import type { CollectionInput } from "../inputs.ts";
import type { Store } from "../store.ts";
import type { Collection, Frozen, Id } from "../truth.ts";
import { gone, record } from "./announce.ts";
import { removeMetafields } from "./metafields.ts";
import { checkTitle, freeHandle, given, handleFrom } from "./validate.ts";

export function createCollection(
  store: Store,
  input: CollectionInput & { title: string },
): Frozen<Collection> {
  return store.act(() => {
    const title = checkTitle(input.title);
    const fresh = store.fresh("Collection");
    const collection = store.save("collections", {
      ...fresh,
      title,
      handle: handleOf(store, input.handle ?? title, null),
      descriptionHtml: input.descriptionHtml ?? "",
      sortOrder: input.sortOrder ?? "MANUAL",
      templateSuffix: input.templateSuffix ?? null,
      publishedAt: input.publishedAt !== undefined ? input.publishedAt : fresh.createdAt,
      productIds: checkMembers(store, input.productIds ?? []),
    });
    store.announce("collections/create", record(store, "collection", collection.id));
    return collection;
  });
}

export function updateCollection(store: Store, id: Id, input: CollectionInput): Frozen<Collection> {
  return store.act(() => {
    store.need("collections", id);
    const fields = { ...input };
    if (fields.title !== undefined) fields.title = checkTitle(fields.title);
    if (fields.handle !== undefined) fields.handle = handleOf(store, fields.handle, id);
    if (fields.productIds !== undefined) fields.productIds = checkMembers(store, fields.productIds);
    const collection = store.change("collections", id, (draft) => void Object.assign(draft, given(fields)));
    store.announce("collections/update", record(store, "collection", id));
    return collection;
  });
}

export function deleteCollection(store: Store, id: Id): Id {
  return store.act(() => {
    removeMetafields(store, "COLLECTION", id);
    const collection = store.remove("collections", id);
    store.announce("collections/delete", gone({ type: "collection", record: collection }));
    return id;
  });
}

function checkMembers(store: Store, productIds: readonly Id[]): Id[] {
  for (const productId of productIds) store.need("products", productId, "productIds");
  return [...new Set(productIds)];
}

const handleOf = (store: Store, wanted: string, ownId: Id | null): string =>
  freeHandle(handleFrom(wanted), (handle) =>
    store.where("collections", "handle", handle).some((other) => other.id !== ownId),
  );
