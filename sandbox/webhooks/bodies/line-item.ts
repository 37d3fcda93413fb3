// Lines of an order, as orders, fulfillments and refunds show them, and the taxes and discounts on them.
import { fulfilledUnits, unfulfilledUnits } from "../../store/line-totals.ts";
import { lineProductId, lineVariantId } from "../../store/states.ts";
import { lineTotals } from "../../store/totals.ts";
import type { DiscountAllocation, Frozen, LineItem, Order, TaxLine } from "../../store/truth.ts";
import { gid, integer, moneySet, type Body, type Context } from "./json.ts";

/** `order.line_items[]` */
export function orderLine(context: Context, order: Frozen<Order>, line: Frozen<LineItem>): Body {
  return {
    id: integer(line.id),
    admin_graphql_api_id: gid("LineItem", line.id),
    attributed_staffs: [],
    current_quantity: lineTotals(order, line).currentQuantity,
    ...plainFields(context, order, line),
    sales_line_item_group_id: null,
    tax_lines: line.taxLines.map((tax) => taxLine(order, tax)),
    duties: duties(order, line),
    discount_allocations: line.discountAllocations.map((part) => allocation(order, part)),
  };
}

/** `line_items[]` of a fulfillment and `refund_line_items[].line_item`: no current quantity, other units. */
export function partLine(
  context: Context,
  order: Frozen<Order>,
  line: Frozen<LineItem>,
  units: number,
): Body {
  return {
    id: integer(line.id),
    ...plainFields(context, order, line),
    quantity: units,
    discount_allocations: line.discountAllocations.map((part) => allocation(order, part)),
    duties: duties(order, line),
    admin_graphql_api_id: gid("LineItem", line.id),
    tax_lines: line.taxLines.map((tax) => taxLine(order, tax)),
  };
}

function plainFields({ store }: Context, order: Frozen<Order>, line: Frozen<LineItem>): Body {
  const { totalDiscount } = lineTotals(order, line);
  const variantId = lineVariantId(store, line);
  const productId = lineProductId(store, line);
  const item = variantId === null ? undefined : store.where("inventoryItems", "variantId", variantId)[0];
  return {
    fulfillable_quantity: unfulfilledUnits(order, line),
    fulfillment_service: "manual",
    fulfillment_status: lineStatus(order, line),
    gift_card: line.isGiftCard,
    grams: line.grams,
    name: line.name,
    price: line.unitPrice.shop,
    price_set: moneySet(line.unitPrice, order),
    product_exists: productId !== null,
    product_id: integer(productId),
    properties: line.attributes.map(({ key, value }) => ({ name: key, value })),
    quantity: line.quantity,
    requires_shipping: line.requiresShipping,
    sku: line.sku,
    taxable: line.taxable,
    title: line.title,
    total_discount: totalDiscount.shop,
    total_discount_set: moneySet(totalDiscount, order),
    variant_id: integer(variantId),
    variant_inventory_management: item?.tracked ? "shopify" : null,
    variant_title: line.variantTitle,
    vendor: line.vendor,
  };
}

function lineStatus(order: Frozen<Order>, line: Frozen<LineItem>): string | null {
  if (fulfilledUnits(order, line) === 0) return null;
  return unfulfilledUnits(order, line) === 0 ? "fulfilled" : "partial";
}

export function taxLine(order: Frozen<Order>, tax: Frozen<TaxLine>): Body {
  return {
    channel_liable: tax.channelLiable,
    price: tax.price.shop,
    price_set: moneySet(tax.price, order),
    rate: tax.rate,
    title: tax.title,
  };
}

export function allocation(order: Frozen<Order>, part: Frozen<DiscountAllocation>): Body {
  return {
    amount: part.amount.shop,
    amount_set: moneySet(part.amount, order),
    discount_application_index: part.index,
  };
}

function duties(order: Frozen<Order>, line: Frozen<LineItem>): Body[] {
  return line.duties.map((duty) => ({
    id: integer(duty.id),
    harmonized_system_code: duty.harmonizedSystemCode,
    country_code_of_origin: duty.countryCodeOfOrigin,
    ...moneySet(duty.price, order),
    tax_lines: duty.taxLines.map((tax) => taxLine(order, tax)),
    admin_graphql_api_id: gid("Duty", duty.id),
  }));
}
