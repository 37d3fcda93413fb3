// Variants and their inventory items.

import type { InventoryItemInput, VariantInput } from "../inputs.ts";
import { activeLocations, levelsOf, variantsOf } from "../lookups.ts";
import type { Store } from "../store.ts";
import type { Frozen, Id, InventoryItem, Product, ProductOption, Variant } from "../truth.ts";
import { UserError } from "../user-error.ts";
import { gone, record } from "./announce.ts";
import { removeMetafields, writeMetafield } from "./metafields.ts";
import { writeLevel } from "./stock.ts";
import { checkPrice, given } from "./validate.ts";

/** Shopify's own limit. */
export const VARIANTS_MAX = 2048;
const OPTIONS_MAX = 3;
const DEFAULT_OPTIONS = [{ name: "Title", value: "Default Title" }];

export function createVariant(store: Store, productId: Id, input: VariantInput): Frozen<Variant> {
  return store.act(() => {
    store.need("products", productId, "productId");
    const variant = addVariant(store, productId, input);
    store.announce("products/update", record(store, "product", productId));
    return variant;
  });
}

/** The part of making a variant that product creation shares: everything but the product's own topic. */
export function addVariant(store: Store, productId: Id, input: VariantInput): Frozen<Variant> {
  const siblings = variantsOf(store, productId);
  if (siblings.length >= VARIANTS_MAX)
    throw new UserError(null, `A product has at most ${VARIANTS_MAX} variants`, "LIMIT_EXCEEDED");
  const selectedOptions = input.selectedOptions ?? DEFAULT_OPTIONS;
  checkOptions(siblings, selectedOptions);
  store.change("products", productId, (draft) => addValues(store, draft, selectedOptions));
  const currency = store.shop.currency;
  const item = newItem(store, input);
  const variant = store.save("variants", {
    ...store.fresh("ProductVariant"),
    productId,
    title: titleOf(selectedOptions),
    position: input.position ?? siblings.length + 1,
    sku: item.sku,
    barcode: input.barcode ?? null,
    price: checkPrice(input.price ?? "0", currency, ["price"]),
    compareAtPrice: priceOrNull(store, input.compareAtPrice, "compareAtPrice"),
    selectedOptions,
    inventoryItemId: item.id,
    taxable: input.taxable ?? true,
    taxCode: null,
    inventoryPolicy: input.inventoryPolicy ?? "DENY",
    requiresComponents: false,
  });
  store.save("inventoryItems", { ...item, variantId: variant.id });
  store.announce("inventory_items/create", record(store, "inventoryItem", item.id));
  stockVariant(store, item.id, input.stock);
  for (const field of input.metafields ?? []) writeMetafield(store, "PRODUCTVARIANT", variant.id, field);
  return variant;
}

export function updateVariant(store: Store, id: Id, input: VariantInput): Frozen<Variant> {
  return store.act(() => {
    const before = store.need("variants", id);
    const currency = store.shop.currency;
    if (input.selectedOptions) {
      const siblings = variantsOf(store, before.productId).filter((sibling) => sibling.id !== id);
      checkOptions(siblings, input.selectedOptions);
    }
    const sku = input.sku !== undefined ? input.sku : input.item?.sku;
    const variant = store.change("variants", id, (draft) => {
      if (input.price !== undefined) draft.price = checkPrice(input.price, currency, ["price"]);
      if (input.compareAtPrice !== undefined) {
        draft.compareAtPrice = priceOrNull(store, input.compareAtPrice, "compareAtPrice");
      }
      const { barcode, taxable, inventoryPolicy, position, selectedOptions } = input;
      Object.assign(draft, given({ barcode, taxable, inventoryPolicy, position, selectedOptions, sku }));
      draft.title = titleOf(draft.selectedOptions);
    });
    store.change("products", before.productId, (draft) => {
      addValues(store, draft, variant.selectedOptions);
      if (input.mediaId !== undefined) showBy(draft, id, input.mediaId);
    });
    if (input.item || sku !== undefined) changeItem(store, before.inventoryItemId, { ...input.item, sku });
    for (const field of input.metafields ?? []) writeMetafield(store, "PRODUCTVARIANT", id, field);
    store.announce("products/update", record(store, "product", before.productId));
    return variant;
  });
}

export function deleteVariant(store: Store, id: Id): Id {
  return store.act(() => {
    const variant = store.need("variants", id);
    if (variantsOf(store, variant.productId).length === 1) {
      throw new UserError(
        ["id"],
        "Cannot delete the last variant of a product",
        "CANNOT_DELETE_LAST_VARIANT",
      );
    }
    removeVariant(store, variant);
    variantsOf(store, variant.productId).forEach((sibling, index) => {
      if (sibling.position === index + 1) return;
      store.change("variants", sibling.id, (draft) => void (draft.position = index + 1));
    });
    store.change("products", variant.productId, (draft) => {
      for (const image of draft.media)
        image.variantIds = image.variantIds.filter((variantId) => variantId !== id);
    });
    store.announce("products/update", record(store, "product", variant.productId));
    return id;
  });
}

/** Removes a variant with its item, levels and metafields. */
export function removeVariant(store: Store, variant: Frozen<Variant>): void {
  removeMetafields(store, "PRODUCTVARIANT", variant.id);
  for (const level of levelsOf(store, variant.inventoryItemId, { inactive: true }))
    store.remove("inventoryLevels", level.id);
  const item = store.remove("inventoryItems", variant.inventoryItemId);
  store.remove("variants", variant.id);
  store.announce("inventory_items/delete", gone({ type: "inventoryItem", record: item }));
}

export function updateInventoryItem(store: Store, id: Id, input: InventoryItemInput): Frozen<InventoryItem> {
  return store.act(() => {
    const before = store.need("inventoryItems", id);
    const item = changeItem(store, id, input);
    if (input.sku !== undefined || (input.tracked !== undefined && input.tracked !== before.tracked)) {
      const variant = store.change("variants", before.variantId, (draft) => void (draft.sku = item.sku));
      store.change("products", variant.productId, () => undefined);
      store.announce("products/update", record(store, "product", variant.productId));
    }
    return item;
  });
}

function changeItem(store: Store, id: Id, input: InventoryItemInput): Frozen<InventoryItem> {
  const item = store.change("inventoryItems", id, (draft) => {
    Object.assign(draft, given(input));
    if (input.cost !== undefined) draft.cost = priceOrNull(store, input.cost, "cost");
  });
  store.announce("inventory_items/update", record(store, "inventoryItem", id));
  return item;
}

/** An item as it is saved with its variant; `variantId` follows. */
function newItem(store: Store, input: VariantInput): Omit<InventoryItem, "rev"> {
  const item = input.item ?? {};
  return {
    ...store.fresh("InventoryItem"),
    variantId: "",
    sku: input.sku ?? item.sku ?? null,
    tracked: item.tracked ?? false,
    cost: priceOrNull(store, item.cost, "cost"),
    requiresShipping: item.requiresShipping ?? true,
    weight: item.weight ?? { value: 0, unit: store.shop.weightUnit },
    harmonizedSystemCode: item.harmonizedSystemCode ?? null,
    countryHarmonizedSystemCodes: item.countryHarmonizedSystemCodes ?? {},
    countryCodeOfOrigin: item.countryCodeOfOrigin ?? null,
    provinceCodeOfOrigin: item.provinceCodeOfOrigin ?? null,
  };
}

const priceOrNull = (store: Store, price: string | null | undefined, field: string): string | null =>
  price === null || price === undefined ? null : checkPrice(price, store.shop.currency, [field]);

/** Without word of stock, an item is stocked at the first location with nothing, as in Shopify. */
function stockVariant(store: Store, itemId: Id, stock: VariantInput["stock"]): void {
  const first = activeLocations(store)[0];
  const wanted = stock ?? (first ? [{ locationId: first.id, available: 0 }] : []);
  for (const { locationId, available } of wanted) {
    store.need("locations", locationId, "locationId");
    const level = writeLevel(store, itemId, locationId, available);
    store.announce("inventory_levels/connect", record(store, "inventoryLevel", level.id));
    if (available !== 0) store.announce("inventory_levels/update", record(store, "inventoryLevel", level.id));
  }
}

const titleOf = (options: readonly { readonly value: string }[]): string =>
  options.map((option) => option.value).join(" / ");

function checkOptions(
  siblings: readonly Frozen<Variant>[],
  options: { name: string; value: string }[],
): void {
  if (options.length === 0 || options.length > OPTIONS_MAX) {
    throw new UserError(["selectedOptions"], `A variant has 1 to ${OPTIONS_MAX} options`, "INVALID");
  }
  for (const { name, value } of options) {
    if (name.trim() === "" || value.trim() === "")
      throw new UserError(["selectedOptions"], "Option can't be blank", "BLANK");
  }
  const title = titleOf(options);
  if (siblings.some((sibling) => sibling.title === title)) {
    throw new UserError(
      ["selectedOptions"],
      `The variant '${title}' already exists. Please change at least one option value.`,
      "VARIANT_ALREADY_EXISTS",
    );
  }
}

/** One of the media shows a variant, or none. */
export function showBy({ media }: Product, variantId: Id, mediaId: Id | null): void {
  if (mediaId !== null && !media.some(({ id }) => id === mediaId))
    throw new UserError(
      ["mediaId"],
      "Media does not exist on the given product.",
      "MEDIA_DOES_NOT_EXIST_ON_PRODUCT",
    );
  for (const medium of media) {
    const others = medium.variantIds.filter((other) => other !== variantId);
    medium.variantIds = medium.id === mediaId ? [...others, variantId] : others;
  }
}

/** Adds options and values that the product does not have yet. */
function addValues(
  store: Store,
  product: Product,
  options: readonly { readonly name: string; readonly value: string }[],
): void {
  for (const { name, value } of options) {
    let option: ProductOption | undefined = product.options.find((candidate) => candidate.name === name);
    if (!option) {
      option = {
        id: store.ids.mint("ProductOption"),
        name,
        position: product.options.length + 1,
        values: [],
      };
      product.options.push(option);
    }
    if (!option.values.some((candidate) => candidate.name === value)) {
      option.values.push({ id: store.ids.mint("ProductOptionValue"), name: value });
    }
  }
}
