// Collections. Products are picked by hand, or come in by conditions when the collection is saved: later changes of products
// are not followed.

import type { CollectionInput } from "../inputs.ts";
import type { Store } from "../store.ts";
import type { Collection, CollectionCondition, Frozen, Id, Product } from "../truth.ts";
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
      conditions: input.conditions ?? [],
      matchType: input.matchType ?? "ALL",
      productIds: membersOf(store, input),
    });
    store.announce("collections/create", record(store, "collection", collection.id));
    return collection;
  });
}

export function updateCollection(store: Store, id: Id, input: CollectionInput): Frozen<Collection> {
  return store.act(() => {
    const before = store.need("collections", id);
    const fields = { ...input };
    if (fields.title !== undefined) fields.title = checkTitle(fields.title);
    if (fields.handle !== undefined) fields.handle = handleOf(store, fields.handle, id);
    if (fields.productIds !== undefined || fields.conditions !== undefined)
      fields.productIds = membersOf(store, { ...before, ...given(fields) });
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

type Choice = Partial<Pick<Frozen<Collection>, "productIds" | "conditions" | "matchType">>;

function membersOf(store: Store, { productIds = [], conditions = [], matchType }: Choice): Id[] {
  for (const productId of productIds) store.need("products", productId, "productIds");
  const matches = (product: Frozen<Product>) => {
    const met = conditions.map((condition) => isMet(condition, product));
    return matchType === "ANY" ? met.includes(true) : met.length > 0 && !met.includes(false);
  };
  const matching = conditions.length > 0 ? store.list("products").filter(matches) : [];
  return [...new Set([...productIds, ...matching.map(({ id }) => id)])];
}

function isMet({ on, values }: Frozen<CollectionCondition>, product: Frozen<Product>): boolean {
  const has = {
    productTag: product.tags,
    productType: [product.productType],
    productVendor: [product.vendor],
  };
  return values.some((value) => has[on].some((each) => each.toLowerCase() === value.toLowerCase()));
}

const handleOf = (store: Store, wanted: string, ownId: Id | null): string =>
  freeHandle(handleFrom(wanted), (handle) =>
    store.where("collections", "handle", handle).some((other) => other.id !== ownId),
  );
