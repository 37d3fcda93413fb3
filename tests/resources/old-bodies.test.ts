// Webhook bodies as stores really send them where they are not as today's samples: of older API versions, of imported and
// old orders whose amounts have no currency sets, of orders without an e-mail address.
import { describe, expect, it } from "vitest";
import { inventoryItems } from "#app/resources/inventory-items.ts";
import { orders } from "#app/resources/orders.ts";
import { products } from "#app/resources/products.ts";
import type { Body, Notice, Resource } from "#app/resources/define.ts";

function readingOf(resource: Resource, body: Body, topic: string) {
  const notice: Notice = resource.fromWebhook(body, topic);
  if (notice.says !== "changed") throw new Error(`says "${notice.says}"`);
  return notice.reading;
}

const orderOf = (body: Body) =>
  readingOf(orders, { id: 1, updated_at: "2018-03-01T10:00:00-05:00", ...body }, "orders/updated");

/** Both sides of a bag of dollars. */
const both = (amount: string) => {
  const money = { amount, currencyCode: "USD" };
  return { shopMoney: money, presentmentMoney: money };
};

describe("an order whose amounts have no sets", () => {
  const taxLine = { title: "VAT", rate: 0.2, price: "2.00" };
  const line = {
    ...{ id: 9, title: "t", name: "t", quantity: 2, price: "12.50" },
    ...{ tax_lines: [taxLine], discount_allocations: [{ amount: "1.00", discount_application_index: 0 }] },
  };
  const refunded = {
    id: 31,
    line_item_id: 9,
    quantity: 1,
    restock_type: "return",
    subtotal: 11.5,
    total_tax: 1,
  };
  const old: Body = {
    ...{
      currency: "USD",
      total_price: "29.00",
      subtotal_price: "24.00",
      total_tax: "2.00",
      total_discounts: "1.00",
    },
    tax_lines: [taxLine],
    line_items: [line],
    shipping_lines: [{ id: 8, title: "post", price: "5.00", discounted_price: "4.00", tax_lines: [] }],
    refunds: [{ id: 3, refund_line_items: [refunded] }],
  };
  const tax = [{ title: "VAT", rate: 0.2, channelLiable: null, price: both("2") }];

  it.each([{}, { presentment_currency: "USD" }])("states them where it has one currency: %j", (more) => {
    const { row, children } = orderOf({ ...old, ...more });
    expect(row).toMatchObject({
      ...{ totalPrice: "29", totalPricePresentment: "29", subtotal: "24", subtotalPresentment: "24" },
      ...{ totalTax: "2", totalTaxPresentment: "2", totalDiscounts: "1", totalDiscountsPresentment: "1" },
      taxLines: tax,
    });
    expect(children.OrderLineItem!.rows[0]).toMatchObject({
      ...{ originalUnitPrice: "12.5", originalUnitPricePresentment: "12.5" },
      ...{ currencyCode: "USD", presentmentCurrencyCode: "USD" },
      taxLines: tax,
      discountAllocations: [{ application: 0, amount: both("1") }],
    });
    expect(children.OrderShippingLine!.rows[0]).toMatchObject({ originalPrice: "5", discountedPrice: "4" });
    expect(children.OrderRefundLine!.rows[0]).toMatchObject({
      ...{ subtotal: "11.5", subtotalPresentment: "11.5", totalTax: "1", totalTaxPresentment: "1" },
      currencyCode: "USD",
    });
  });

  it("states none of them where the buyer's currency is another one, and is mirrored all the same", () => {
    const { row, children } = orderOf({ ...old, presentment_currency: "EUR" });
    for (const name of ["totalPrice", "subtotal", "totalTax", "totalDiscounts", "taxLines"])
      expect(row).not.toHaveProperty(name);
    const [first] = children.OrderLineItem!.rows;
    expect(first).toMatchObject({ id: "9", quantity: 2 });
    for (const name of ["originalUnitPrice", "currencyCode", "taxLines", "discountAllocations"])
      expect(first).not.toHaveProperty(name);
  });

  it("states a set where there is one, whatever the plain amount says", () => {
    const set = {
      shop_money: { amount: "30.00", currency_code: "USD" },
      presentment_money: { amount: "27.00", currency_code: "EUR" },
    };
    const { row } = orderOf({ ...old, total_price_set: set, presentment_currency: "EUR" });
    expect(row).toMatchObject({ totalPrice: "30", totalPricePresentment: "27" });
  });
});

describe("an order's discount by a fixed amount", () => {
  const amount_set = {
    shop_money: { amount: "5.00", currency_code: "USD" },
    presentment_money: { amount: "5.00", currency_code: "USD" },
  };
  const discounted = (currencies: Body) =>
    orderOf({
      ...currencies,
      line_items: [{ id: 9, discount_allocations: [{ amount_set, discount_application_index: 0 }] }],
      discount_applications: [
        {
          ...{ type: "discount_code", code: "OFF", value: "5.0", value_type: "fixed_amount" },
          ...{ target_type: "line_item", target_selection: "all", allocation_method: "across" },
        },
      ],
    }).row.discountApplications;

  it("is in the only currency that the order has", () => {
    expect(discounted({ currency: "USD", presentment_currency: "USD" })).toMatchObject([
      { index: 0, kind: "CODE", code: "OFF", valueType: "FIXED_AMOUNT", value: "5", currencyCode: "USD" },
    ]);
  });

  it.each([{ currency: "USD", presentment_currency: "EUR" }, {}])(
    "is left to the read that follows where there may be two: %j",
    (currencies) => {
      expect(discounted(currencies)).toBeUndefined();
    },
  );
});

describe("other words of older bodies", () => {
  it("an order's amounts may lie one level deeper, as Shopify's documents show them", () => {
    const set = {
      shop_money: { amount: "164.86", currency_code: "CAD" },
      presentment_money: { amount: "105.31", currency_code: "EUR" },
    };
    const none = { current_total_duties_set: null };
    const told = { totalDuties: "164.86", totalDutiesPresentment: "105.31", currentDuties: null };
    expect(orderOf({ ...none, original_total_duties_set: set }).row).toMatchObject(told);
    const deeper = { original_total_duties_set: set };
    expect(orderOf({ ...none, original_total_duties_set: deeper }).row).toMatchObject(told);
  });

  it("shipping charges and lines of refunds may lack their ids, and how the goods were put back", () => {
    const { children } = orderOf({
      shipping_lines: [{ title: "post" }],
      refunds: [{ id: 3, refund_line_items: [{ line_item_id: 9, quantity: 1, restock_type: null }] }],
    });
    expect(children.OrderShippingLine!.rows).toMatchObject([{ id: "-1", title: "post" }]);
    expect(children.OrderRefundLine!.rows).toMatchObject([{ id: "-1", lineItemId: "9", refundId: "3" }]);
    expect(children.OrderRefundLine!.rows[0]).not.toHaveProperty("restockType");
  });

  it("an order without an e-mail address has an empty one, where the API has null", () => {
    expect(orderOf({ email: "" }).row.email).toBeNull();
    expect(orderOf({ email: "a@example.com" }).row.email).toBe("a@example.com");
  });

  it("returns/decline without its order is news of whoever holds the return", () => {
    const body = { id: 35, admin_graphql_api_id: "gid://shopify/Return/35", status: "declined" };
    const part = { model: "OrderReturn", field: "id", values: ["35"] };
    expect(orders.fromWebhook(body, "returns/decline")).toEqual({ says: "lookWith", part });
  });

  it("a product's options without their values or places are left to a read", () => {
    const optionsIn = (option: Body) =>
      readingOf(products, { id: 1, options: [{ id: 2, name: "Size", ...option }] }, "products/update").row;
    expect(optionsIn({ position: 1 })).not.toHaveProperty("options");
    expect(optionsIn({ values: ["S"] })).not.toHaveProperty("options");
    expect(optionsIn({ position: 1, values: ["S"] })).toMatchObject({
      options: [{ id: "gid://shopify/ProductOption/2", name: "Size", position: 1, values: ["S"] }],
    });
  });

  it("a variant's place may be null, and is then left to a read", () => {
    const variants = [{ id: 2, title: "Default Title", price: "100.00", position: null }];
    const { children } = readingOf(products, { id: 1, variants }, "products/create");
    expect(children.ProductVariant!.rows).toMatchObject([{ id: "2", price: "100" }]);
    expect(children.ProductVariant!.rows[0]).not.toHaveProperty("position");
  });

  it("a harmonized code that is a number is the same code", () => {
    const body = { id: 1, harmonized_system_code: 490700 };
    expect(readingOf(inventoryItems, body, "inventory_items/update").row).toMatchObject({
      harmonizedSystemCode: "490700",
    });
  });
});
