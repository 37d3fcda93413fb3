// Records that exist only inside others: they go when their owner goes, and when a whole read of it lacks them.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { resourceOf } = await import("#app/resources/index.ts");
const { ingest } = await import("#app/sync/ingest.ts");
const { removeAbsent } = await import("#app/sync/ingest-absent.ts");
const { applyAll, fixtureOf, mirroredOf, NOW, openShop, product, remove, rowsOf, second, upsert } =
  await import("./mirror.ts");

const OWNER = "788032119674292922";
const sample = fixtureOf("product_metafields").node;

const metafield = (number: number, owner = OWNER) => ({
  ...sample,
  id: `gid://shopify/Metafield/${number}`,
  __parentId: `gid://shopify/Product/${owner}`,
});

let shopId: number;

beforeEach(async () => {
  shopId = await openShop();
});

const batchOf = (at: string, numbers: readonly number[], kind: "fetch" | "page" = "fetch") => ({
  shopId,
  resource: resourceOf("product_metafields"),
  nodes: numbers.map((number) => metafield(number)),
  origin: { kind, id: null },
  observedAt: second(at),
});

/** A whole read of the product at this second, with these metafields in it. */
async function read(at: string, numbers: readonly number[]): Promise<number> {
  const batch = batchOf(at, numbers);
  return inTransaction(async (client) => {
    await ingest(client, batch, NOW);
    return removeAbsent(client, batch, [`gid://shopify/Product/${OWNER}`], NOW);
  });
}

const ids = async () => (await rowsOf("Metafield", shopId)).map(({ id }) => Number(id));

async function movedAt(): Promise<Date | null> {
  const { rows } = await pool.query<{ moved_at: Date | null }>(
    "SELECT moved_at FROM sync_resources WHERE shop_id = $1 AND resource = 'product_metafields'",
    [shopId],
  );
  return rows[0]!.moved_at;
}

describe("metafields", () => {
  it("that a whole read of their owner lacks are gone, and can be told from what was", async () => {
    await read("01", [1, 2, 3]);
    expect(await read("02", [1, 3])).toBe(1);
    expect(await ids()).toEqual([1, 3]);
    expect(await mirroredOf("product_metafields", shopId)).toBe(2);
    const { rows } = await pool.query("SELECT record_key, reason FROM sync_tombstones WHERE shop_id = $1", [
      shopId,
    ]);
    expect(rows).toEqual([{ record_key: `${OWNER}:2`, reason: "absent" }]);
  });

  it("are not held against an older count, by whatever way they come: Shopify counts none", async () => {
    await inTransaction((client) => ingest(client, batchOf("01", [1], "page"), NOW));
    expect(await movedAt()).toEqual(NOW);
  });

  it("stay when an older read lacks them, and when another owner is read", async () => {
    await read("05", [1]);
    expect(await read("04", [])).toBe(0);
    await inTransaction((client) => {
      const resource = resourceOf("product_metafields");
      const origin = { kind: "fetch", id: null } as const;
      const batch = { shopId, resource, nodes: [], origin, observedAt: second("09") };
      return removeAbsent(client, batch, ["gid://shopify/Product/5"], NOW);
    });
    expect(await ids()).toEqual([1]);
  });

  it("of another kind of owner with the same number stay", async () => {
    await read("01", [1]);
    const order = { ...fixtureOf("order_metafields").node, __parentId: `gid://shopify/Order/${OWNER}` };
    const { key, row, updatedAt } = resourceOf("order_metafields").fromNode(order);
    await applyAll(shopId, [
      {
        ...upsert("order_metafields", key, row, { updated: "01", observed: "01", by: "bulk" }),
        version: { updatedAt, observedAt: second("01") },
      },
    ]);
    await read("02", []);
    expect(await mirroredOf("order_metafields", shopId)).toBe(1);
    await applyAll(shopId, [
      product(OWNER, {}, null, { updated: "02", observed: "02" }),
      remove("products", OWNER, "03"),
    ]);
    expect(await rowsOf("Metafield", shopId)).toMatchObject([{ owner_type: "ORDER" }]);
    expect(await mirroredOf("order_metafields", shopId)).toBe(1);
  });

  it("go with their owner, are counted, and late news does not bring them back", async () => {
    await applyAll(shopId, [product(OWNER, {}, null, { updated: "00", observed: "00" })]);
    await read("01", [1, 2]);
    await pool.query("UPDATE sync_resources SET moved_at = NULL");
    await applyAll(shopId, [remove("products", OWNER, "05")]);
    expect(await ids()).toEqual([]);
    expect(await mirroredOf("product_metafields", shopId)).toBe(0);
    // An earlier count of them says nothing any more.
    expect(await movedAt()).toEqual(NOW);
    await read("04", [1, 2]);
    expect(await ids()).toEqual([]);
  });
});

describe("a product's places in collections", () => {
  it("go with it, and the collections are read again", async () => {
    const { key, updatedAt, row, children } = resourceOf("collections").fromNode(
      fixtureOf("collections").node,
    );
    const when = { updated: "00", observed: "00", by: "bulk" } as const;
    await applyAll(shopId, [
      {
        ...upsert("collections", key, row, when, children),
        version: { updatedAt, observedAt: second("00") },
      },
      product(OWNER, {}, null, when),
    ]);
    await applyAll(shopId, [remove("products", OWNER, "05")]);
    const members = await rowsOf("CollectionProduct", shopId);
    expect(members.map((member) => member.product_id)).not.toContain(OWNER);
    expect(members).toHaveLength(2);
    const { rows } = await pool.query(
      "SELECT resource, record_key FROM sync_confirmations WHERE shop_id = $1",
      [shopId],
    );
    expect(rows).toEqual([{ resource: "collections", record_key: key }]);
  });

  it("follow the collection's own list, each collection for itself", async () => {
    const when = (at: string) => ({ updated: at, observed: at, by: "bulk" }) as const;
    const collection = (key: string, at: string, products: readonly string[]) =>
      upsert("collections", key, { id: key, gid: `gid://shopify/Collection/${key}` }, when(at), {
        CollectionProduct: {
          rows: products.map((productId, index) => ({ collectionId: key, productId, position: index + 1 })),
          complete: true,
        },
      });
    await applyAll(shopId, [collection("1", "01", ["7", "8"]), collection("2", "01", ["7", "9"])]);
    await applyAll(shopId, [collection("1", "02", ["8"]), collection("2", "02", ["9", "7"])]);
    const members = await rowsOf("CollectionProduct", shopId);
    expect(
      members.map((member) => [member.collection_id, member.product_id, member.position]).sort(),
    ).toEqual([
      ["1", "8", "1"],
      ["2", "7", "2"],
      ["2", "9", "1"],
    ]);
  });
});
