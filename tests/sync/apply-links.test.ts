// When a product or a variant is deleted, Shopify answers null for it in old orders and sends no news of them.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { applyAll, openShop, product, remove, rowsOf, upsert } = await import("./mirror.ts");

let shopId = 0;
beforeEach(async () => {
  shopId = await openShop();
});

const sold = { updated: "01", observed: "01" };

async function sellVariants(): Promise<void> {
  const variants = ["11", "12"].map((id) => ({ id, productId: "1", title: id }));
  const lines = variants.map(({ id }) => ({ id: `9${id}`, orderId: "5", productId: "1", variantId: id }));
  await applyAll(shopId, [
    product("1", { title: "Vase" }, { rows: variants, complete: true }, sold),
    upsert("orders", "5", { id: "5", gid: "gid://shopify/Order/5" }, sold, {
      OrderLineItem: { rows: lines, complete: true },
    }),
  ]);
}

const links = async () =>
  (await rowsOf("OrderLineItem", shopId)).map(({ product_id, variant_id }) => [product_id, variant_id]);

describe("links of order lines", () => {
  it("lose product and variant when the product is deleted, and only those of this shop", async () => {
    const other = await openShop();
    const mine = shopId;
    for (shopId of [other, mine]) await sellVariants();
    await applyAll(mine, [remove("products", "1", "03")]);
    expect(await links()).toEqual([
      [null, null],
      [null, null],
    ]);
    shopId = other;
    expect(await links()).toEqual([
      ["1", "11"],
      ["1", "12"],
    ]);
  });

  it("lose the one variant that a product no longer has", async () => {
    await sellVariants();
    const left = { rows: [{ id: "12", productId: "1", title: "12" }], complete: true };
    await applyAll(shopId, [product("1", { title: "Vase" }, left, { updated: "03", observed: "03" })]);
    expect(await links()).toEqual([
      ["1", null],
      ["1", "12"],
    ]);
  });

  it("stay when the deletion is older than a read that shows the product alive", async () => {
    await sellVariants();
    await applyAll(shopId, [
      product("1", { title: "Vase" }, null, { updated: "03", observed: "05", by: "fetch" }),
    ]);
    await applyAll(shopId, [remove("products", "1", "04")]);
    expect(await links()).toEqual([
      ["1", "11"],
      ["1", "12"],
    ]);
  });

  it("go with a product that was never here", async () => {
    await applyAll(shopId, [
      upsert("orders", "5", { id: "5", gid: "gid://shopify/Order/5" }, sold, {
        OrderLineItem: {
          rows: [{ id: "91", orderId: "5", productId: "1", variantId: null }],
          complete: true,
        },
      }),
    ]);
    await applyAll(shopId, [remove("products", "1", "03")]);
    expect(await links()).toEqual([[null, null]]);
  });
});

describe("what exists only inside a record", () => {
  const level = {
    inventoryItemId: "7",
    locationId: "8",
    gid: "gid://shopify/InventoryLevel/70?inventory_item_id=7",
    available: 3,
  };
  const counted = async () =>
    (await rowsOf("InventoryLevel", shopId)).map((row) => [row.inventory_item_id, row.location_id]);

  it("goes with it, though the record itself was never here", async () => {
    await applyAll(shopId, [upsert("inventory_levels", "7:8", level, sold)]);
    expect(await counted()).toEqual([["7", "8"]]);
    await applyAll(shopId, [remove("inventory_items", "7", "03")]);
    expect(await counted()).toEqual([]);
  });
});
