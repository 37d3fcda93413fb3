// When a product or a variant is deleted, Shopify answers null for it in old orders and sends no news of them.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
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

  it("go with a product that was never here, and its variants with it", async () => {
    await applyAll(shopId, [
      upsert("orders", "5", { id: "5", gid: "gid://shopify/Order/5" }, sold, {
        OrderLineItem: {
          rows: [{ id: "91", orderId: "5", productId: "1", variantId: "11" }],
          complete: true,
        },
      }),
    ]);
    await applyAll(shopId, [remove("products", "1", "03")]);
    expect(await links()).toEqual([[null, null]]);
  });
});

describe("a read that names what is gone when it lands", () => {
  const naming = (observed: string, by: "bulk" | "page" | "fetch" | "webhook" = "bulk") =>
    upsert(
      "orders",
      "5",
      { id: "5", gid: "gid://shopify/Order/5" },
      { updated: "01", observed, by },
      {
        OrderLineItem: {
          rows: [{ id: "91", orderId: "5", productId: "1", variantId: "11" }],
          complete: true,
        },
      },
    );
  const having = (ids: readonly string[], observed: string, by: "page" | "webhook" = "page") => {
    const variants = ids.map((id) => ({ id, productId: "1", title: id }));
    const when = { updated: "01", observed, by } as const;
    return product("1", { title: "Vase" }, { rows: variants, complete: true }, when);
  };
  const looks = async () => {
    const { rows } = await pool.query<{ look: string }>(
      "SELECT resource || ' ' || record_key AS look FROM sync_confirmations WHERE shop_id = $1",
      [shopId],
    );
    return rows.map(({ look }) => look);
  };
  const land = async (...changes: Parameters<typeof applyAll>[1][number][]) => {
    for (const change of changes) await applyAll(shopId, [change]);
    return looks();
  };

  it("is read again: the order was sent for, its product deleted, the order landed", async () => {
    expect(await land(remove("products", "1", "03"), naming("02"))).toEqual(["orders 5"]);
  });

  it("is read again: the order was read, its variant deleted, the product read, the order landed", async () => {
    expect(await land(having(["12"], "03"), naming("02"))).toEqual(["orders 5"]);
  });

  it("is read again: the order landed, its variant was deleted, the product was first read then", async () => {
    expect(await land(naming("02"), having(["12"], "03"))).toEqual(["orders 5"]);
  });

  it("is left alone where the name is newer than what is known", async () => {
    expect(await land(having(["12"], "02"), naming("03"))).toEqual([]);
    expect(await land(having(["12"], "02.5"))).toEqual([]);
    expect(await land(naming("05"), remove("products", "1", "04"))).toEqual([]);
  });

  it("is left alone where the variant is there, or only a webhook says that it is not", async () => {
    expect(await land(having(["11", "12"], "03"), naming("02"))).toEqual([]);
    expect(await land(having(["12"], "04", "webhook"), naming("03"))).toEqual([]);
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
