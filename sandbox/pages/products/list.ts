// The list of products, with its search and its status tabs.
import { html } from "#sandbox/pages/html.ts";
import { cut, hrefWith, matches, searchbar, sought } from "#sandbox/pages/listing.ts";
import { badge, card, count, table, tabs, words, type Tone } from "#sandbox/pages/parts/blocks.ts";
import { linkButton } from "#sandbox/pages/parts/controls.ts";
import type { View, Visit } from "#sandbox/pages/visit.ts";
import { totalInventory, variantsOf } from "#sandbox/store/lookups.ts";
import type { Frozen, Product, ProductStatus } from "#sandbox/store/truth.ts";

const TABS: readonly { status: ProductStatus | null; label: string }[] = [
  { status: null, label: "All" },
  { status: "ACTIVE", label: "Active" },
  { status: "DRAFT", label: "Draft" },
  { status: "ARCHIVED", label: "Archived" },
  { status: "UNLISTED", label: "Unlisted" },
];

export const PRODUCT_TONES: Record<ProductStatus, Tone> = {
  ACTIVE: "success",
  DRAFT: "info",
  ARCHIVED: "neutral",
  UNLISTED: "neutral",
};

export function listProducts(visit: Visit): View {
  const { store, base, path, query } = visit;
  const status =
    TABS.find((tab) => tab.status !== null && tab.status === query.get("status"))?.status ?? null;
  const asked = sought(query);
  const found = store
    .list("products")
    .filter((product) => status === null || product.status === status)
    .filter((product) => asked === "" || matches(asked, searchedTexts(visit, product)))
    .toReversed();
  const listing = cut(found, path, query);
  return {
    title: "Products",
    active: "products",
    actions: linkButton("Add product", `${base}/products/new`, "primary"),
    body: card(
      null,
      html`${tabs(
        "Status",
        TABS.map((tab) => ({
          href: hrefWith(path, query, { status: tab.status }),
          label: tab.label,
          current: tab.status === status,
        })),
      )}
      ${searchbar("Search title, vendor, tag or SKU", path, query)}
      ${table(
        "Products",
        [
          { label: "Product", kind: "wide" },
          { label: "Status" },
          { label: "Inventory" },
          { label: "Type" },
          { label: "Vendor" },
        ],
        listing.rows.map((product) => [
          html`<a href="${base}/products/${product.id}">${product.title}</a>`,
          badge(words(product.status), PRODUCT_TONES[product.status]),
          stockOf(visit, product),
          product.productType || "–",
          product.vendor || "–",
        ]),
        "No product matches.",
      )}
      ${listing.pager}`,
      { flush: true },
    ),
  };
}

function searchedTexts(visit: Visit, product: Frozen<Product>): (string | null)[] {
  const skus = variantsOf(visit.store, product.id).map((variant) => variant.sku);
  return [product.title, product.vendor, product.productType, product.id, ...product.tags, ...skus];
}

/** "32 in stock for 3 variants" */
function stockOf(visit: Visit, product: Frozen<Product>): string {
  const variants = variantsOf(visit.store, product.id);
  const of = variants.length > 1 ? ` for ${count(variants.length)} variants` : "";
  return `${count(totalInventory(visit.store, product))} in stock${of}`;
}
