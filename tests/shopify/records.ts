// Records by the dozen for a small store, made from the samples of one each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, StoredRecord } from "#tests/shopify/small-store.ts";

function sample(name: string): StoredRecord {
  const file = join(import.meta.dirname, `../fixtures/records/${name}.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { node: StoredRecord }).node;
}

const SAMPLES = {
  order: sample("orders"),
  product: sample("products"),
  item: sample("inventory_items"),
  level: sample("inventory_levels"),
  location: sample("locations"),
};

/** Past 2^53, as Shopify's own samples are: whoever rounds them is found out. */
const BASE = 820_982_911_946_150_000n;

export function gid(type: string, number: number): string {
  return `gid://shopify/${type}/${BASE + BigInt(number)}`;
}

export function key(number: number): string {
  return String(BASE + BigInt(number));
}

export interface OrderParts {
  readonly refunds?: number;
  readonly fulfillments?: number;
  /** Lines inside each refund and each fulfillment. */
  readonly linesEach?: number;
  /** Sales inside each sales agreement. */
  readonly agreements?: readonly number[];
}

export function order(number: number, lines = 2, parts: OrderParts = {}): StoredRecord {
  const [line] = SAMPLES.order.lineItems as StoredRecord[];
  return {
    ...SAMPLES.order,
    transactions: [],
    returns: [],
    localizedFields: [],
    paymentTerms: null,
    ...partsOf(number, parts),
    __typename: "Order",
    id: gid("Order", number),
    name: `#${number}`,
    lineItems: times(lines, (index) => ({
      ...line,
      __typename: "LineItem",
      id: gid("LineItem", number * 1_000 + index),
    })),
    shippingLines: times(1, () => ({
      ...(SAMPLES.order.shippingLines as StoredRecord[])[0],
      __typename: "ShippingLine",
      id: gid("ShippingLine", number),
    })),
  };
}

function partsOf(
  number: number,
  { refunds = 0, fulfillments = 0, linesEach = 1, agreements = [] }: OrderParts,
): Json {
  const [agreement] = SAMPLES.order.agreements as StoredRecord[];
  const [refund] = SAMPLES.order.refunds as StoredRecord[];
  const [fulfillment] = SAMPLES.order.fulfillments as StoredRecord[];
  const linesOf = (holder: StoredRecord, field: string, type: string, from: number) =>
    times(linesEach, (index) => ({
      ...(holder[field] as StoredRecord[])[0],
      __typename: type,
      id: gid(type, from * 1_000 + index),
    }));
  return {
    agreements: agreements.map((sales, index) => ({
      ...agreement,
      id: gid("SalesAgreement", number * 100 + index),
      sales: times(sales, (at) => ({
        ...(agreement!.sales as StoredRecord[])[0],
        id: gid("ProductSale", (number * 100 + index) * 1_000 + at),
      })),
    })),
    refunds: times(refunds, (index) => ({
      ...refund,
      __typename: "Refund",
      id: gid("Refund", number * 100 + index),
      refundLineItems: linesOf(refund!, "refundLineItems", "RefundLineItem", number * 100 + index),
    })),
    fulfillments: times(fulfillments, (index) => ({
      ...fulfillment,
      __typename: "Fulfillment",
      id: gid("Fulfillment", number * 100 + index),
      fulfillmentLineItems: linesOf(
        fulfillment!,
        "fulfillmentLineItems",
        "FulfillmentLineItem",
        number * 100 + index,
      ),
    })),
  };
}

export function product(number: number, variants = 2): StoredRecord {
  const [variant] = SAMPLES.product.variants as StoredRecord[];
  return {
    ...SAMPLES.product,
    media: [],
    __typename: "Product",
    id: gid("Product", number),
    variants: times(variants, (index) => ({
      ...variant,
      __typename: "ProductVariant",
      id: gid("ProductVariant", number * 10_000 + index),
    })),
  };
}

export function location(number: number): StoredRecord {
  return { ...SAMPLES.location, __typename: "Location", id: gid("Location", number) };
}

/** An inventory item with its levels at so many locations. */
export function item(number: number, locations = 2): StoredRecord {
  const id = gid("InventoryItem", number);
  return {
    ...SAMPLES.item,
    __typename: "InventoryItem",
    id,
    inventoryLevels: times(locations, (index) => ({
      ...SAMPLES.level,
      __typename: "InventoryLevel",
      id: `gid://shopify/InventoryLevel/${index}?inventory_item_id=${key(number)}`,
      item: { __typename: "InventoryItem", id },
      location: location(index),
    })),
  };
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
