// Every act: which topics it sends, what it does to stock, what it refuses.

import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { levelId, totalInventory } from "#sandbox/store/lookups.ts";
import { lineProductId, quantitiesOf } from "#sandbox/store/states.ts";
import { UserError } from "#sandbox/store/user-error.ts";
import {
  clock,
  customerId,
  here,
  itemId,
  level,
  lineOf,
  openBowlShop,
  productId,
  quietPlace,
  sent,
  store,
  there,
  variantId,
} from "#tests/sandbox/bowl-shop.ts";

beforeEach(openBowlShop);

describe("products", () => {
  it("are told when made, changed and deleted", () => {
    const { id } = acts.createProduct(store, { title: "Vase" });
    expect(sent()).toEqual(["inventory_items/create", "inventory_levels/connect", "products/create"]);
    acts.updateProduct(store, id, { status: "ARCHIVED", tags: ["b", "a", "A "] });
    expect(store.need("products", id)).toMatchObject({ status: "ARCHIVED", tags: ["A", "b"] });
    expect(sent()).toEqual(["products/update"]);
    acts.addMedia(store, id, { url: "https://cdn.example.com/vase.jpg", alt: "A vase" });
    expect(sent()).toEqual(["products/update"]);
    acts.deleteProduct(store, id);
    expect(sent()).toEqual(["inventory_items/delete", "products/delete"]);
    expect(store.where("variants", "productId", id)).toEqual([]);
    expect(store.list("deletions").at(-1)).toMatchObject({ table: "products", recordId: id, title: "Vase" });
  });

  it("keep old orders as they were when they are deleted", () => {
    const order = quietPlace();
    acts.deleteProduct(store, productId);
    const after = store.need("orders", order.id);
    expect(after).toBe(order);
    expect(after.lines[0] && lineProductId(store, after.lines[0])).toBeNull();
    expect(sent()).not.toContain("orders/updated");
    acts.refundOrder(store, order.id, { lines: [{ ...lineOf(order), quantity: 1, restockType: "CANCEL" }] });
    expect(sent()).toEqual(["refunds/create", "order_transactions/create", "orders/updated"]);
  });

  it("get a free handle and refuse an empty title", () => {
    expect(acts.createProduct(store, { title: "Bowl" }).handle).toBe("bowl-1");
    expect(acts.createProduct(store, { title: "Größe Ünïq №3" }).handle).toBe("große-uniq-no3");
    expect(() => acts.createProduct(store, { title: "  " })).toThrow(
      new UserError(["title"], "Title can't be blank", "BLANK"),
    );
    expect(() => acts.updateProduct(store, "1", {})).toThrow("Product does not exist");
  });

  it("change through their variants", () => {
    const red = acts.createVariant(store, productId, {
      selectedOptions: [{ name: "Title", value: "Red" }],
      price: "21.5",
    });
    expect(sent()).toEqual(["inventory_items/create", "inventory_levels/connect", "products/update"]);
    expect(red).toMatchObject({ price: "21.50", position: 2, title: "Red" });
    expect(() =>
      acts.createVariant(store, productId, { selectedOptions: [{ name: "Title", value: "Red" }] }),
    ).toThrow(/already exists/);
    acts.updateVariant(store, red.id, { price: "22", sku: "R1" });
    expect(sent()).toEqual(["inventory_items/update", "products/update"]);
    expect(store.need("inventoryItems", red.inventoryItemId).sku).toBe("R1");
    expect(() => acts.updateVariant(store, red.id, { price: "-1" })).toThrow(/greater than or equal to 0/);
    expect(() => acts.updateVariant(store, red.id, { price: "1.234" })).toThrow(/not a number/);
    acts.deleteVariant(store, variantId);
    expect(sent()).toEqual(["inventory_items/delete", "products/update"]);
    expect(store.need("variants", red.id).position).toBe(1);
    expect(() => acts.deleteVariant(store, red.id)).toThrow(/last variant/);
  });

  it("are shown by one of their product's media, or by none", () => {
    const [one, two] = ["one", "two"].map(
      (name) => acts.addMedia(store, productId, { url: `https://cdn.example.com/${name}.jpg` }).id,
    );
    const showing = () =>
      store
        .need("products", productId)
        .media.filter(({ variantIds }) => variantIds.includes(variantId))
        .map(({ id }) => id);
    sent();
    acts.updateVariant(store, variantId, { mediaId: one });
    expect([sent(), showing()]).toEqual([["products/update"], [one]]);
    acts.updateVariant(store, variantId, { mediaId: two });
    expect(showing()).toEqual([two]);
    acts.addMedia(store, productId, { url: "https://cdn.example.com/three.jpg", variantIds: [variantId] });
    expect(showing()).not.toContain(two);
    expect(showing()).toHaveLength(1);
    acts.updateVariant(store, variantId, { mediaId: null });
    expect(showing()).toEqual([]);
    expect(() => acts.updateVariant(store, variantId, { mediaId: "1" })).toThrow(/does not exist/);
  });

  it("tell of their items", () => {
    acts.updateInventoryItem(store, itemId, { cost: "7.5", harmonizedSystemCode: "691200" });
    expect(sent()).toEqual(["inventory_items/update"]);
    expect(store.need("inventoryItems", itemId)).toMatchObject({
      cost: "7.50",
      harmonizedSystemCode: "691200",
    });
    acts.updateInventoryItem(store, itemId, { sku: "B2" });
    expect(sent()).toEqual(["inventory_items/update", "products/update"]);
    expect(store.need("variants", variantId).sku).toBe("B2");
  });
});

describe("metafields", () => {
  const field = { ownerType: "PRODUCT" as const, namespace: "custom", key: "edition_size" };

  it("are told through their owner, and only when they change", () => {
    acts.setMetafield(store, { ...field, ownerId: productId, type: "number_integer", value: "50" });
    expect(sent()).toEqual(["products/update"]);
    acts.setMetafield(store, { ...field, ownerId: productId, value: "50" });
    expect(sent()).toEqual([]);
    acts.deleteMetafield(store, { ...field, ownerId: productId });
    expect(sent()).toEqual(["products/update"]);
    acts.setMetafield(store, {
      ...field,
      ownerType: "PRODUCTVARIANT",
      ownerId: variantId,
      type: "number_integer",
      value: "5",
    });
    expect(sent()).toEqual([]);
  });

  it("hold values of their type", () => {
    const set = (type: string, value: string) =>
      acts.setMetafield(store, { ...field, ownerId: productId, type, value });
    expect(() => set("number_integer", "50 + 5 AP")).toThrow(/integer/);
    expect(() => set("json", "{")).toThrow(/JSON/);
    expect(() => set("single_line_text_field", "")).toThrow(/blank/);
    set("single_line_text_field", "50 + 5 AP");
    expect(() => set("number_integer", "50")).toThrow(/consistent with the existing type/);
  });
});

describe("stock", () => {
  it("is set and adjusted at a location, and touches the product", () => {
    const before = store.need("products", productId).updatedAt;
    clock.advance(5_000);
    acts.setStock(store, [{ inventoryItemId: itemId, locationId: here, quantity: 7 }]);
    expect(sent()).toEqual(["inventory_levels/update", "products/update"]);
    expect(level()).toMatchObject({ available: 7, committed: 0 });
    expect(store.need("products", productId).updatedAt > before).toBe(true);
    acts.adjustStock(store, [{ inventoryItemId: itemId, locationId: here, name: "damaged", quantity: 2 }]);
    expect(sent()).toEqual(["inventory_levels/update"]);
    expect(quantitiesOf(store.need("inventoryLevels", levelId(itemId, here))).on_hand.quantity).toBe(9);
    acts.setStock(store, [{ inventoryItemId: itemId, locationId: here, name: "on_hand", quantity: 12 }]);
    expect(level()).toMatchObject({ available: 10, damaged: 2 });
    acts.setStock(store, [{ inventoryItemId: itemId, locationId: here, quantity: 10 }]);
    expect(sent()).toEqual(["inventory_levels/update", "products/update"]);
  });

  it("tells when a variant runs out and when it is back", () => {
    acts.setStock(store, [
      { inventoryItemId: itemId, locationId: here, quantity: 0 },
      { inventoryItemId: itemId, locationId: there, quantity: 0 },
    ]);
    expect(sent()).toEqual([
      "inventory_levels/update",
      "inventory_levels/update",
      "products/update",
      "variants/out_of_stock",
    ]);
    acts.adjustStock(store, [{ inventoryItemId: itemId, locationId: there, quantity: 1 }]);
    expect(sent()).toContain("variants/in_stock");
  });

  it("moves between locations without changing the sum", () => {
    const move = {
      from: { locationId: here, name: "available" as const },
      to: { locationId: there, name: "available" as const },
    };
    acts.moveStock(store, { inventoryItemId: itemId, quantity: 3, ...move });
    expect([level(here).available, level(there).available]).toEqual([7, 7]);
    expect(totalInventory(store, store.need("products", productId))).toBe(14);
    expect(sent()).toEqual(["inventory_levels/update", "inventory_levels/update"]);
    expect(() => acts.moveStock(store, { inventoryItemId: itemId, quantity: 0, ...move })).toThrow(
      /greater than 0/,
    );
  });

  it("refuses what nobody may set", () => {
    const change = { inventoryItemId: itemId, locationId: here, quantity: 1 };
    expect(() => acts.setStock(store, [{ ...change, name: "committed" }])).toThrow(/can't be set/);
    expect(() => acts.setStock(store, [{ ...change, quantity: 1.5 }])).toThrow(/whole number/);
    expect(() => acts.setStock(store, [{ ...change, name: "damaged", quantity: -1 }])).toThrow(
      /can't be negative/,
    );
    expect(() => acts.setStock(store, [{ ...change, locationId: "1" }])).toThrow(/not stocked/);
  });

  it("is connected and disconnected", () => {
    const loft = acts.createLocation(store, { name: "Loft" }).id;
    sent();
    acts.connectLevel(store, itemId, loft, 3);
    expect(sent()).toEqual(["inventory_levels/connect", "inventory_levels/update", "products/update"]);
    acts.disconnectLevel(store, itemId, loft);
    expect(sent()).toEqual(["inventory_levels/disconnect", "products/update"]);
    expect(store.need("inventoryLevels", levelId(itemId, loft))).toMatchObject({ isActive: false });
    quietPlace();
    expect(() => acts.disconnectLevel(store, itemId, here)).toThrow(/committed/);
  });
});

describe("locations, customers, collections", () => {
  it("locations are told; full or busy ones stay", () => {
    const { id } = acts.createLocation(store, { name: "Loft" });
    acts.updateLocation(store, id, { name: "Attic", address: { city: "Portland" } as never });
    acts.deactivateLocation(store, id);
    acts.activateLocation(store, id);
    expect(sent()).toEqual([
      "locations/create",
      "locations/update",
      "locations/deactivate",
      "locations/update",
      "locations/activate",
      "locations/update",
    ]);
    expect(() => acts.createLocation(store, { name: "attic" })).toThrow(/already have/);
    expect(() => acts.deactivateLocation(store, here)).toThrow(/holds stock/);
    expect(() => acts.deleteLocation(store, id)).toThrow(/active/);
    acts.deactivateLocation(store, id);
    sent();
    acts.deleteLocation(store, id);
    expect(sent()).toEqual(["locations/delete"]);
  });

  it("customers are told; those with orders stay", () => {
    const { id } = acts.createCustomer(store, {
      firstName: "Åse",
      email: "ase@example.com",
      addresses: [{ city: "Bergen" }],
    });
    acts.updateCustomer(store, id, { tags: ["vip", "loud"] });
    acts.updateCustomer(store, id, { tags: ["vip", "kind"], acceptsMarketing: true });
    acts.updateCustomer(store, id, { tags: ["vip", "kind"], acceptsMarketing: true });
    acts.deleteCustomer(store, id);
    expect(sent()).toEqual([
      ...["customers/create", "customers/update", "customer.tags_added"],
      ...["customers/update", "customers_email_marketing_consent/update"],
      ...["customer.tags_added", "customer.tags_removed"],
      ...["customers/update", "customers/delete"],
    ]);
    expect(() => acts.createCustomer(store, { email: "Mira@Example.com" })).toThrow(/already been taken/);
    expect(() => acts.createCustomer(store, { email: "nobody" })).toThrow(/invalid/);
    expect(() => acts.createCustomer(store, {})).toThrow(/must be present/);
    quietPlace();
    expect(() => acts.deleteCustomer(store, customerId)).toThrow(/associated orders/);
  });

  it("collections take in what meets their conditions when they are saved, beside what was picked", () => {
    const [ware, print] = [
      acts.createProduct(store, { title: "Plate", productType: "Ceramics", tags: ["Blue"] }).id,
      acts.createProduct(store, { title: "Sea", productType: "Print", tags: ["blue"] }).id,
    ];
    const isCeramic = { on: "productType" as const, values: ["ceramics"] };
    const isBlue = { on: "productTag" as const, values: ["blue", "green"] };
    const members = (input: Parameters<typeof acts.updateCollection>[2]) => {
      const { id } = acts.createCollection(store, { title: "Blue", productIds: [productId], ...input });
      return store.need("collections", id).productIds;
    };
    expect(members({ conditions: [isCeramic, isBlue] })).toEqual([productId, ware]);
    expect(members({ conditions: [isCeramic, isBlue], matchType: "ANY" })).toEqual([productId, ware, print]);
    expect(members({})).toEqual([productId]);
  });

  it("collections are told, and lose deleted products silently", () => {
    const { id } = acts.createCollection(store, { title: "Bowls", productIds: [productId] });
    acts.updateCollection(store, id, { title: "All bowls" });
    expect(sent()).toEqual(["collections/create", "collections/update"]);
    acts.deleteProduct(store, productId);
    expect(sent()).not.toContain("collections/update");
    expect(store.need("collections", id).productIds).toEqual([]);
    acts.deleteCollection(store, id);
    expect(sent()).toEqual(["collections/delete"]);
  });
});
