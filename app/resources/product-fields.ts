// What is read of a product and of its variants, and into which columns it goes.
import type { ProductFieldsFragment, VariantFieldsFragment } from "#app/shopify/generated.ts";
import { always, maybe, tags, type Columns } from "./columns.ts";
import { firstMediaId } from "./product-media.ts";
import { at, currency, decimal, flag, float, idOf, int, linkTo, listOf, nullable } from "./values.ts";
import { shape, text, time } from "./values.ts";

export const PRODUCT_FIELDS = /* GraphQL */ `
  fragment ProductFields on Product {
    id
    title
    handle
    status
    vendor
    productType
    tags
    descriptionHtml
    seo {
      title
      description
    }
    options {
      id
      name
      position
      values
    }
    templateSuffix
    isGiftCard
    giftCardTemplateSuffix
    onlineStoreUrl
    combinedListingRole
    hasOnlyDefaultVariant
    category {
      id
      fullName
    }
    totalInventory
    tracksInventory
    variantsCount {
      count
    }
    priceRangeV2 {
      minVariantPrice {
        amount
        currencyCode
      }
      maxVariantPrice {
        amount
      }
    }
    requiresSellingPlan
    hasVariantsThatRequiresComponents
    publishedAt
    createdAt
    updatedAt
  }
`;

export const VARIANT_FIELDS = /* GraphQL */ `
  fragment VariantFields on ProductVariant {
    id
    title
    displayName
    sku
    barcode
    position
    price
    compareAtPrice
    taxable
    inventoryPolicy
    inventoryQuantity
    sellableOnlineQuantity
    availableForSale
    requiresComponents
    showUnitPrice
    unitPrice {
      amount
    }
    unitPriceMeasurement {
      measuredType
      quantityUnit
      quantityValue
      referenceUnit
      referenceValue
    }
    selectedOptions {
      name
      value
    }
    inventoryItem {
      id
    }
    createdAt
    updatedAt
  }
`;

export const PRODUCT_COLUMNS: Columns<ProductFieldsFragment> = {
  id: always("id", idOf("Product")),
  gid: always("id", text),
  title: always("title", text),
  handle: always("handle", text),
  status: always("status", text),
  vendor: always("vendor", text),
  productType: always("productType", text),
  tags: always("tags", tags),
  descriptionHtml: always("descriptionHtml", text),
  seoTitle: always("seo", at(["title"], nullable(text))),
  seoDescription: always("seo", at(["description"], nullable(text))),
  options: always("options", listOf(shape({ id: text, name: text, position: int, values: listOf(text) }))),
  templateSuffix: maybe("templateSuffix", text),
  isGiftCard: always("isGiftCard", flag),
  giftCardTemplateSuffix: maybe("giftCardTemplateSuffix", text),
  onlineStoreUrl: maybe("onlineStoreUrl", text),
  combinedListingRole: maybe("combinedListingRole", text),
  hasOnlyDefaultVariant: always("hasOnlyDefaultVariant", flag),
  categoryId: maybe("category", at(["id"], text)),
  categoryName: maybe("category", at(["fullName"], text)),
  totalInventory: always("totalInventory", int),
  tracksInventory: always("tracksInventory", flag),
  variantsCount: maybe("variantsCount", at(["count"], int)),
  currencyCode: always("priceRangeV2", at(["minVariantPrice", "currencyCode"], currency)),
  minVariantPrice: always("priceRangeV2", at(["minVariantPrice", "amount"], decimal)),
  maxVariantPrice: always("priceRangeV2", at(["maxVariantPrice", "amount"], decimal)),
  requiresSellingPlan: always("requiresSellingPlan", flag),
  hasBundleVariants: always("hasVariantsThatRequiresComponents", flag),
  publishedAt: maybe("publishedAt", time),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};

const measurement = shape({
  measuredType: nullable(text),
  quantityUnit: nullable(text),
  quantityValue: float,
  referenceUnit: nullable(text),
  referenceValue: int,
});

/** A variant once what shows it was read. */
export type WholeVariant = VariantFieldsFragment & { readonly media: readonly unknown[] };

export const VARIANT_COLUMNS: Columns<WholeVariant> = {
  id: always("id", idOf("ProductVariant")),
  inventoryItemId: always("inventoryItem", linkTo("InventoryItem")),
  mediaId: always("media", firstMediaId),
  title: always("title", text),
  displayName: always("displayName", text),
  sku: maybe("sku", text),
  barcode: maybe("barcode", text),
  position: always("position", int),
  price: always("price", decimal),
  compareAtPrice: maybe("compareAtPrice", decimal),
  taxable: always("taxable", flag),
  inventoryPolicy: always("inventoryPolicy", text),
  inventoryQuantity: maybe("inventoryQuantity", int),
  sellableOnlineQuantity: always("sellableOnlineQuantity", int),
  availableForSale: always("availableForSale", flag),
  requiresComponents: always("requiresComponents", flag),
  showUnitPrice: always("showUnitPrice", flag),
  unitPrice: maybe("unitPrice", at(["amount"], decimal)),
  unitPriceMeasurement: maybe("unitPriceMeasurement", measurement),
  selectedOptions: always("selectedOptions", listOf(shape({ name: text, value: text }))),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};
