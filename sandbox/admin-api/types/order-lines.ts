/**
 * The lines of an order and of its shipping. Each travels with its order, whose currencies and states it needs.
 */
import { lineRarities, shippingRarities } from "../../store/rarities.ts";
import { lineTotals, shippingTotals, type LineTotals } from "../../store/totals.ts";
import { lineProductId, lineVariantId } from "../../store/states.ts";
import { gid, type Frozen, type LineItem, type Order, type ShippingLine } from "../../store/truth.ts";
import type { ApiContext } from "../context.ts";
import { source, typeFields, withArgs, type FieldResolver, type TypeFields } from "./fields.ts";
import { head } from "./order.ts";
import { allocationsOf, attributesOf, taxLinesOf } from "./order-values.ts";
import { bag } from "./values.ts";

type Line = { order: Frozen<Order>; line: Frozen<LineItem> };
type Shipping = { order: Frozen<Order>; line: Frozen<ShippingLine> };

const lineMoney =
  (key: keyof LineTotals): FieldResolver<Line> =>
  ({ order, line }) => {
    const amount = lineTotals(order, line)[key];
    return typeof amount === "number" ? amount : bag(order, amount);
  };

const LineItemFields = typeFields<Line>({
  id: ({ line }) => gid("LineItem", line.id),
  name: ({ line }) => line.name,
  title: ({ line }) => line.title,
  variantTitle: ({ line }) => line.variantTitle,
  sku: ({ line }) => line.sku,
  vendor: ({ line }) => line.vendor,
  quantity: ({ line }) => line.quantity,
  currentQuantity: lineMoney("currentQuantity"),
  refundableQuantity: lineMoney("refundableQuantity"),
  unfulfilledQuantity: lineMoney("unfulfilledQuantity"),
  nonFulfillableQuantity: lineMoney("nonFulfillableQuantity"),
  requiresShipping: ({ line }) => line.requiresShipping,
  taxable: ({ line }) => line.taxable,
  isGiftCard: ({ line }) => line.isGiftCard,
  restockable: ({ line }) => line.locationId !== null,
  merchantEditable: ({ order }) => order.cancelledAt === null,
  weight: ({ line }) => ({ __typename: "Weight", unit: "GRAMS", value: line.grams }),
  product: ({ line }, _args, { store }) => {
    const id = lineProductId(store, line);
    return id === null ? null : source("Product", store.need("products", id));
  },
  variant: ({ line }, _args, { store }) => {
    const id = lineVariantId(store, line);
    return id === null ? null : source("ProductVariant", store.need("variants", id));
  },
  sellingPlan: ({ line }) => {
    const { sellingPlan: plan } = lineRarities(line);
    return (
      plan && {
        __typename: "LineItemSellingPlan",
        sellingPlanId: gid("SellingPlan", plan.id),
        name: plan.name,
      }
    );
  },
  lineItemGroup: ({ line }) => {
    const { group } = lineRarities(line);
    return group && { __typename: "LineItemGroup", ...group, id: gid("LineItemGroup", group.id) };
  },
  contract: () => null,
  customAttributes: ({ line }) => attributesOf(line.attributes),
  image: ({ line }, _args, { store }) => lineImage(store, line),
  originalUnitPriceSet: lineMoney("originalUnitPrice"),
  discountedUnitPriceSet: lineMoney("discountedUnitPrice"),
  discountedUnitPriceAfterAllDiscountsSet: lineMoney("discountedUnitPriceAfterAllDiscounts"),
  originalTotalSet: lineMoney("originalTotal"),
  discountedTotalSet: lineMoney("discountedTotal"),
  totalDiscountSet: lineMoney("totalDiscount"),
  priceAfterAllDiscountsBeforeTaxesSet: lineMoney("priceAfterAllDiscountsBeforeTaxes"),
  unfulfilledOriginalTotalSet: lineMoney("unfulfilledOriginalTotal"),
  unfulfilledDiscountedTotalSet: lineMoney("unfulfilledDiscountedTotal"),
  discountAllocations: ({ order, line }) => allocationsOf(order, line.discountAllocations),
  taxLines: withArgs(["first"], ({ order, line }, args) =>
    head(taxLinesOf(order, line.taxLines), args.first),
  ),
  duties: ({ order, line }) =>
    line.duties.map((duty) => ({
      __typename: "Duty",
      id: gid("Duty", duty.id),
      countryCodeOfOrigin: duty.countryCodeOfOrigin,
      harmonizedSystemCode: duty.harmonizedSystemCode,
      price: bag(order, duty.price),
      taxLines: taxLinesOf(order, duty.taxLines),
    })),
});

function lineImage(store: ApiContext["store"], line: Frozen<LineItem>) {
  const id = lineProductId(store, line);
  const media = id === null ? [] : store.need("products", id).media;
  const image =
    media.find((each) => line.variantId !== null && each.variantIds.includes(line.variantId)) ?? media[0];
  return image
    ? {
        __typename: "Image",
        id: gid("ProductImage", image.imageId),
        url: image.url,
        altText: image.alt,
        width: image.width,
        height: image.height,
      }
    : null;
}

const ShippingLineFields = typeFields<Shipping>({
  id: ({ line }) => gid("ShippingLine", line.id),
  title: ({ line }) => line.title,
  code: ({ line }) => line.code,
  source: ({ line }) => line.source,
  carrierIdentifier: ({ line }) => line.carrierIdentifier,
  deliveryCategory: ({ line }) => shippingRarities(line).deliveryCategory,
  shippingRateHandle: ({ line }) => shippingRarities(line).rateHandle,
  custom: ({ line }) => line.code === null,
  isRemoved: ({ line }) => line.isRemoved,
  phone: ({ line }) => line.phone,
  originalPriceSet: ({ order, line }) => bag(order, shippingTotals(order, line).originalPrice),
  discountedPriceSet: ({ order, line }) => bag(order, shippingTotals(order, line).discountedPrice),
  currentDiscountedPriceSet: ({ order, line }) =>
    bag(order, shippingTotals(order, line).currentDiscountedPrice),
  discountAllocations: ({ order, line }) => allocationsOf(order, line.discountAllocations),
  taxLines: ({ order, line }) => taxLinesOf(order, line.taxLines),
});

/** A line of an order by its id, to hand out. */
export function lineOf(order: Frozen<Order>, id: string) {
  const line = order.lines.find((each) => each.id === id);
  return line ? source("LineItem", { order, line }) : null;
}

export const orderLineTypes: Record<string, TypeFields> = {
  LineItem: LineItemFields,
  ShippingLine: ShippingLineFields,
};
