// Webhook bodies that are not as the fixture's: truncated, sparse, of another kind, with values that cannot be mirrored.
import { describe, expect, it } from "vitest";
import { customers } from "#app/resources/customers.ts";
import { inventoryItems } from "#app/resources/inventory-items.ts";
import { inventoryLevels } from "#app/resources/inventory-levels.ts";
import { locations } from "#app/resources/locations.ts";
import { orders } from "#app/resources/orders.ts";
import { products } from "#app/resources/products.ts";
import type { Body, Notice, Resource } from "#app/resources/define.ts";

const ORDER: Body = {
  id: "820982911946154508",
  updated_at: "2026-11-02T10:00:00Z",
  line_items: [],
  shipping_lines: [],
};
const VARIANT = { id: 11, title: "Small", price: "19.99" };
const PRODUCT: Body = { id: 1, updated_at: "2026-11-02T10:00:00Z", title: "p", variants: [VARIANT] };

function changed(resource: Resource, body: Body, topic: string): Extract<Notice, { says: "changed" }> {
  const notice = resource.fromWebhook(body, topic);
  if (notice.says !== "changed") throw new Error(`says "${notice.says}"`);
  return notice;
}

describe("customers", () => {
  const gid = "gid://shopify/Customer/706405506930370084";
  it.each([
    [
      "customers_email_marketing_consent/update",
      { customer_id: "706405506930370084", email_address: "a@b.c" },
    ],
    ["customers_marketing_consent/update", { id: "706405506930370084", phone: null }],
    ["customer.tags_added", { customerId: gid, tags: ["vip"], occurredAt: "2026-11-02T10:00:00Z" }],
    ["customer.tags_removed", { customerId: gid, tags: ["vip"], occurredAt: "2026-11-02T10:00:00Z" }],
  ])("%s is news of its customer, who is looked at", (topic, body) => {
    expect(customers.fromWebhook(body, topic)).toEqual({ says: "look", key: "706405506930370084" });
  });
});

describe("orders", () => {
  const line = {
    id: 9,
    title: "t",
    name: "t",
    price_set: {
      shop_money: { amount: "1.00", currency_code: "USD" },
      presentment_money: { amount: "1.00", currency_code: "USD" },
    },
  };

  it.each([
    ["orders/edited", { order_edit: { id: 1, order_id: 5 } }, "5"],
    ["refunds/create", { id: 1, order_id: "820982911946154508" }, "820982911946154508"],
    ["order_transactions/create", { id: 1, order_id: 5 }, "5"],
    ["fulfillments/update", { id: 1, order_id: 5 }, "5"],
    ["orders/risk_assessment_changed", { order_id: 5 }, "5"],
    ["returns/process", { id: 1, order: { id: 5 } }, "5"],
    ["returns/process", { id: 1, order_id: 5 }, "5"],
  ])("%s is news of its order, which is looked at", (topic, body, key) => {
    expect(orders.fromWebhook(body, topic)).toEqual({ says: "look", key });
  });

  it("returns/process is news of whoever holds the return, where it names no order", () => {
    const body = { admin_graphql_api_id: "gid://shopify/Return/35" };
    const part = { model: "OrderReturn", field: "id", values: ["35"] };
    expect(orders.fromWebhook(body, "returns/process")).toEqual({ says: "lookWith", part });
  });

  it("orders/delete is a deletion", () => {
    expect(orders.fromWebhook({ id: 5 }, "orders/delete")).toEqual({ says: "deleted", key: "5" });
  });

  it("state nothing that the body does not", () => {
    const { reading } = changed(orders, ORDER, "orders/updated");
    expect(Object.keys(reading.row).sort()).toEqual(["gid", "id", "updatedAt"]);
  });

  it("leave the fulfillment status alone when REST says null, which may mean four things", () => {
    expect(
      changed(orders, { ...ORDER, fulfillment_status: null }, "orders/updated").reading.row,
    ).not.toHaveProperty("fulfillmentStatus");
    expect(
      changed(orders, { ...ORDER, fulfillment_status: "partial" }, "orders/updated").reading.row,
    ).toMatchObject({
      fulfillmentStatus: "PARTIALLY_FULFILLED",
    });
  });

  it("without their lists are not the whole story, and touch no child", () => {
    const { complete, reading } = changed(
      orders,
      { id: 5, updated_at: "2026-11-02T10:00:00Z" },
      "orders/updated",
    );
    expect([complete, reading.children]).toEqual([false, {}]);
  });

  it("without a customer, with a redacted one, or with one", () => {
    const customerOf = (customer: unknown) =>
      changed(orders, { ...ORDER, customer }, "orders/create").reading.row.customerId;
    expect(customerOf(null)).toBeNull();
    expect(customerOf({ id: 7 })).toBe("7");
    expect(customerOf(undefined)).toBeUndefined();
  });

  it("of a company say which one it is and at which of its locations, but none of their names", () => {
    const companyOf = (company: unknown) => {
      const { row } = changed(orders, { ...ORDER, company }, "orders/create").reading;
      return Object.fromEntries(Object.entries(row).filter(([name]) => name.startsWith("company")));
    };
    expect(companyOf({ id: 1234567, location_id: 7654321 })).toEqual({
      companyId: "1234567",
      companyLocationId: "7654321",
    });
    const none = { companyId: null, companyName: null, companyContactId: null };
    expect(companyOf(null)).toEqual({ ...none, companyLocationId: null, companyLocationName: null });
    expect(companyOf(undefined)).toEqual({});
  });

  it("count down the lines that have no id", () => {
    const charge = { title: "by air", price_set: line.price_set };
    const returned = { line_item_id: 9, quantity: 1, restock_type: "return", subtotal_set: line.price_set };
    const refund = (id: number, ids: readonly (number | null)[]) => ({
      id,
      refund_line_items: ids.map((own) => ({ ...returned, id: own })),
    });
    const body = {
      ...ORDER,
      shipping_lines: [null, 8, null].map((id) => ({ ...charge, id })),
      refunds: [refund(1, [null, 21]), refund(2, [null])],
    };
    const { OrderShippingLine, OrderRefundLine } = changed(orders, body, "orders/updated").reading.children;
    expect(OrderShippingLine!.rows.map(({ id }) => id)).toEqual(["-1", "8", "-2"]);
    expect(OrderRefundLine!.rows).toMatchObject([
      { id: "-1", refundId: "1" },
      { id: "21", refundId: "1" },
      { id: "-2", refundId: "2" },
    ]);
  });

  it("sort their tags, for Shopify's are a set", () => {
    const tagsOf = (tags: string) => changed(orders, { ...ORDER, tags }, "orders/create").reading.row.tags;
    expect([tagsOf(""), tagsOf("b, a,c")]).toEqual([[], ["a", "b", "c"]]);
  });

  it.each([
    ["a NUL in the note", { note: "a\0" }, "UNSTORABLE_TEXT", "note"],
    ["half of an emoji in the name", { name: "#1\uD83D" }, "UNSTORABLE_TEXT", "name"],
    ["a number as currency", { currency: 5 }, "WRONG_TYPE", "currencyCode"],
    [
      "an id past 63 bits",
      { line_items: [{ ...line, id: "92233720368547758070" }] },
      "NOT_AN_ID",
      "line_items.id",
    ],
    [
      "an empty price",
      { total_price_set: { shop_money: { amount: "", currency_code: "USD" } } },
      "NOT_A_NUMBER",
      "totalPriceSet.shopMoney.amount",
    ],
    [
      "a seventh decimal",
      { total_price_set: { shop_money: { amount: "1.0000001", currency_code: "USD" } } },
      "OUT_OF_RANGE",
      "totalPriceSet.shopMoney.amount",
    ],
    ["a null where Shopify promises none", { name: null }, "UNEXPECTED_NULL", "name"],
    ["a line that is no object", { line_items: ["x"] }, "WRONG_TYPE", "line_items[0]"],
    ["30 February", { created_at: "2026-02-30T00:00:00Z" }, "NOT_A_TIME", "createdAt"],
  ])("with %s park", (_what, fields, code, place) => {
    const read = () => orders.fromWebhook({ ...ORDER, ...fields }, "orders/updated");
    expect(read).toThrow(expect.objectContaining({ name: "BadField", code, path: place }));
  });

  it.each([{ line_items: "none" }, { id: null }, { id: {} }])(
    "of another shape are called so: %j",
    (fields) => {
      expect(() => orders.fromWebhook({ ...ORDER, ...fields }, "orders/updated")).toThrow(
        expect.objectContaining({ code: "BAD_BODY" }),
      );
    },
  );
});

describe("products", () => {
  it("with more variants than the body holds are merged and looked at", () => {
    const gids = [11, 12, 13].map((id) => ({ admin_graphql_api_id: `gid://shopify/ProductVariant/${id}` }));
    const { complete, reading } = changed(products, { ...PRODUCT, variant_gids: gids }, "products/update");
    expect(complete).toBe(false);
    expect(reading.children.ProductVariant).toMatchObject({ complete: false, knownIds: ["11", "12", "13"] });
    expect(reading.row).toMatchObject({ variantsCount: 3 });
  });

  it("of exactly 100 variants without the list of ids may be truncated", () => {
    const variants = Array.from({ length: 100 }, (_, n) => ({ ...VARIANT, id: n + 1 }));
    expect(changed(products, { ...PRODUCT, media: [], variants }, "products/update").complete).toBe(false);
    expect(
      changed(products, { ...PRODUCT, media: [], variants: variants.slice(1) }, "products/update").complete,
    ).toBe(true);
  });

  it("name the options of a variant only when they know them all", () => {
    const variants = [{ ...VARIANT, option1: "S", option2: "Red", option3: null }];
    const selected = (options: unknown) =>
      changed(products, { ...PRODUCT, variants, options }, "products/update").reading.children.ProductVariant!
        .rows[0];
    expect(selected([])).not.toHaveProperty("selectedOptions");
    expect(selected([{ id: 1, name: "Size", position: 1, values: ["S"] }])).not.toHaveProperty(
      "selectedOptions",
    );
  });

  it("tell which picture shows a variant, or that none does, where they tell the media with their variants", () => {
    const pictureIn = (media: unknown) =>
      changed(products, { ...PRODUCT, media }, "products/update").reading.children.ProductVariant!.rows[0]!
        .mediaId;
    const medium = {
      ...{ admin_graphql_api_id: "gid://shopify/MediaImage/4", media_content_type: "IMAGE", alt: "" },
      ...{ status: "READY", created_at: "2026-11-02T10:00:00Z", updated_at: "2026-11-02T10:00:00Z" },
    };
    expect(pictureIn([{ ...medium, variant_ids: [12, 11] }])).toBe("4");
    expect(pictureIn([{ ...medium, variant_ids: [12] }])).toBeNull();
    expect(pictureIn([])).toBeNull();
    expect(pictureIn([medium])).toBeUndefined();
    expect(pictureIn(undefined)).toBeUndefined();
  });

  it("with an empty price park", () => {
    const read = () =>
      products.fromWebhook({ ...PRODUCT, variants: [{ ...VARIANT, price: "" }] }, "products/update");
    expect(read).toThrow(expect.objectContaining({ code: "NOT_A_NUMBER", path: "variants[0].price" }));
  });
});

describe("inventory", () => {
  it("levels are keyed by item and location, not by the number in their own id", () => {
    const body = {
      inventory_item_id: "271878346596884015",
      location_id: 24826418,
      available: null,
      updated_at: "2026-11-02T10:00:00Z",
    };
    const { reading } = changed(inventoryLevels, body, "inventory_levels/update");
    expect(reading).toMatchObject({ key: "271878346596884015:24826418", row: { available: null } });
  });

  it.each(["inventory_levels/connect", "inventory_levels/disconnect"])("%s leads to a look", (topic) => {
    expect(inventoryLevels.fromWebhook({ inventory_item_id: 1, location_id: 2 }, topic)).toEqual({
      says: "look",
      key: "1:2",
    });
  });

  it("a level is found inside its item", () => {
    expect(inventoryLevels.list.within?.gid("271878346596884015:24826418")).toBe(
      "gid://shopify/InventoryItem/271878346596884015",
    );
  });

  it("an item's cost comes without its currency, which stays", () => {
    const rowOf = (cost: unknown) =>
      changed(inventoryItems, { id: 1, cost }, "inventory_items/update").reading.row;
    expect(rowOf("7.250")).toMatchObject({ unitCost: "7.25" });
    expect(rowOf("7.250")).not.toHaveProperty("unitCostCurrencyCode");
    expect(rowOf(null)).toMatchObject({ unitCost: null, unitCostCurrencyCode: null });
  });

  it("an item's codes of single countries are told whole or not at all", () => {
    const codesIn = (codes: unknown) =>
      changed(inventoryItems, { id: 1, country_harmonized_system_codes: codes }, "inventory_items/update")
        .reading.row.countryHarmonizedSystemCodes;
    expect(codesIn([{ country_code: "CA", harmonized_system_code: "4911" }])).toEqual({ CA: "4911" });
    expect(codesIn([])).toEqual({});
    expect(codesIn(undefined)).toBeUndefined();
    expect(() => codesIn([{ country_code: "CA" }])).toThrow(
      expect.objectContaining({
        code: "MISSING",
        path: "country_harmonized_system_codes[0].harmonizedSystemCode",
      }),
    );
  });

  it("deletions of items and locations need nothing but the id", () => {
    expect(inventoryItems.fromWebhook({ id: 3 }, "inventory_items/delete")).toEqual({
      says: "deleted",
      key: "3",
    });
    expect(locations.fromWebhook({ id: 3 }, "locations/delete")).toEqual({ says: "deleted", key: "3" });
  });
});
