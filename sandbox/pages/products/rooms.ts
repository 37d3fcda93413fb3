// Which path leads to which page and act of products and variants.
import { metafieldRoom } from "#sandbox/pages/parts/metafields.ts";
import { listProducts } from "#sandbox/pages/products/list.ts";
import {
  addProduct,
  archiveProduct,
  newProduct,
  removeProduct,
  saveProduct,
  showProduct,
} from "#sandbox/pages/products/product.ts";
import {
  addVariant,
  newVariant,
  removeVariant,
  saveVariant,
  showVariant,
  VARIANT_FIELDS,
} from "#sandbox/pages/products/variant.ts";
import type { Rooms, Visit } from "#sandbox/pages/visit.ts";

const productPath = (visit: Visit): string => `${visit.base}/products/${visit.params.id}`;
const variantPath = (visit: Visit): string => `${visit.base}/variants/${visit.params.id}`;

export const PRODUCT_ROOMS: Rooms = {
  products: { show: listProducts, act: addProduct, again: newProduct, fields: { variants: "price" } },
  "products/new": { show: newProduct },
  "products/:id": { show: showProduct, act: saveProduct },
  "products/:id/archive": { act: archiveProduct, again: showProduct },
  "products/:id/deletion": { act: removeProduct, again: showProduct },
  "products/:id/metafields": metafieldRoom("PRODUCT", productPath, showProduct),
  "products/:id/variants": { act: addVariant, again: newVariant, fields: VARIANT_FIELDS },
  "products/:id/variants/new": { show: newVariant },
  "variants/:id": { show: showVariant, act: saveVariant, fields: VARIANT_FIELDS },
  "variants/:id/deletion": { act: removeVariant, again: showVariant },
  "variants/:id/metafields": metafieldRoom("PRODUCTVARIANT", variantPath, showVariant),
};
