// What is read of an order's lines and shipping charges, and into which columns it goes.
import type { LineItemFieldsFragment, ShippingLineFieldsFragment } from "#app/shopify/generated.ts";
import { always, attributes, currenciesOf, discountAllocations, duties, maybe, money } from "./columns.ts";
import { taxLines, type Columns } from "./columns.ts";
import { ALLOCATION, AMOUNTS, MONEY, TAX_LINE } from "./fragments.ts";
import type { Row } from "#app/sync/change.ts";
import { at, flag, float, idOf, int, linkTo, nullable, partId, shape, text } from "./values.ts";

export const LINE_ITEM_FIELDS = /* GraphQL */ `
  fragment LineItemFields on LineItem {
    id
    title
    variantTitle
    name
    sku
    vendor
    quantity
    currentQuantity
    refundableQuantity
    unfulfilledQuantity
    nonFulfillableQuantity
    requiresShipping
    taxable
    isGiftCard
    weight {
      value
      unit
    }
    product {
      id
    }
    variant {
      id
    }
    originalUnitPriceSet {
      ...Money
    }
    discountedUnitPriceSet {
      ...Amounts
    }
    discountedUnitPriceAfterAllDiscountsSet {
      ...Amounts
    }
    originalTotalSet {
      ...Amounts
    }
    priceAfterAllDiscountsBeforeTaxesSet {
      ...Amounts
    }
    totalDiscountSet {
      ...Amounts
    }
    discountedTotalSet {
      ...Amounts
    }
    sellingPlan {
      sellingPlanId
      name
    }
    lineItemGroup {
      id
      title
      quantity
      productId
      variantId
    }
    duties {
      id
      countryCodeOfOrigin
      harmonizedSystemCode
      price {
        ...Money
      }
      taxLines {
        ...TaxLine
      }
    }
    customAttributes {
      key
      value
    }
    discountAllocations {
      ...Allocation
    }
    taxLines {
      ...TaxLine
    }
  }
  ${MONEY}
  ${AMOUNTS}
  ${TAX_LINE}
  ${ALLOCATION}
`;

export const SHIPPING_LINE_FIELDS = /* GraphQL */ `
  fragment ShippingLineFields on ShippingLine {
    id
    title
    code
    source
    carrierIdentifier
    shippingRateHandle
    deliveryCategory
    phone
    custom
    isRemoved
    originalPriceSet {
      ...Money
    }
    discountedPriceSet {
      ...Amounts
    }
    currentDiscountedPriceSet {
      ...Amounts
    }
    discountAllocations {
      ...Allocation
    }
    taxLines {
      ...TaxLine
    }
  }
  ${MONEY}
  ${AMOUNTS}
  ${TAX_LINE}
  ${ALLOCATION}
`;

export const LINE_ITEM_COLUMNS: Columns<LineItemFieldsFragment> = {
  id: always("id", idOf("LineItem")),
  title: always("title", text),
  variantTitle: maybe("variantTitle", text),
  name: always("name", text),
  sku: maybe("sku", text),
  vendor: maybe("vendor", text),
  productId: maybe("product", linkTo("Product")),
  variantId: maybe("variant", linkTo("ProductVariant")),
  quantity: always("quantity", int),
  currentQuantity: always("currentQuantity", int),
  refundableQuantity: always("refundableQuantity", int),
  unfulfilledQuantity: always("unfulfilledQuantity", int),
  nonFulfillableQuantity: always("nonFulfillableQuantity", int),
  requiresShipping: always("requiresShipping", flag),
  taxable: always("taxable", flag),
  isGiftCard: always("isGiftCard", flag),
  // A webhook tells grams, whatever the line's unit is: only a read fills these two.
  weight: maybe("weight", at(["value"], float)),
  weightUnit: maybe("weight", at(["unit"], text)),
  ...currenciesOf("originalUnitPriceSet"),
  ...money("originalUnitPrice", "originalUnitPriceSet"),
  ...money("discountedUnitPrice", "discountedUnitPriceSet"),
  ...money("finalUnitPrice", "discountedUnitPriceAfterAllDiscountsSet"),
  ...money("originalTotal", "originalTotalSet"),
  ...money("netTotal", "priceAfterAllDiscountsBeforeTaxesSet"),
  ...money("totalDiscount", "totalDiscountSet"),
  ...money("discountedTotal", "discountedTotalSet"),
  sellingPlanId: maybe("sellingPlan", at(["sellingPlanId"], nullable(idOf("SellingPlan")))),
  sellingPlanName: maybe("sellingPlan", at(["name"], text)),
  lineGroup: maybe(
    "lineItemGroup",
    shape({
      id: partId,
      title: text,
      quantity: int,
      productId: nullable(idOf("Product")),
      variantId: nullable(idOf("ProductVariant")),
    }),
  ),
  duties: always("duties", duties),
  customAttributes: always("customAttributes", attributes),
  discountAllocations: always("discountAllocations", discountAllocations),
  taxLines: always("taxLines", taxLines),
};

export const SHIPPING_LINE_COLUMNS: Columns<ShippingLineFieldsFragment> = {
  id: maybe("id", idOf("ShippingLine")),
  title: always("title", text),
  code: maybe("code", text),
  source: maybe("source", text),
  carrierIdentifier: maybe("carrierIdentifier", text),
  rateHandle: maybe("shippingRateHandle", text),
  deliveryCategory: maybe("deliveryCategory", text),
  phone: maybe("phone", text),
  custom: always("custom", flag),
  isRemoved: always("isRemoved", flag),
  ...currenciesOf("originalPriceSet"),
  ...money("originalPrice", "originalPriceSet"),
  ...money("discountedPrice", "discountedPriceSet"),
  ...money("currentPrice", "currentDiscountedPriceSet"),
  discountAllocations: always("discountAllocations", discountAllocations),
  taxLines: always("taxLines", taxLines),
};

/** A link to a shipping line; null where that has no id. */
export const linkToShippingLine = at(["id"], nullable(idOf("ShippingLine")));

/**
 * Shopify's types let a shipping line and a refund's line be without an id. Such a row is known by its place among the
 * order's others of that kind, counted downward, where no id of Shopify's can be: -1, -2, …
 */
export function withIds(rows: readonly Row[]): readonly Row[] {
  let unnamed = 0;
  return rows.map((row) => (row.id === null ? { ...row, id: String((unnamed -= 1)) } : row));
}
