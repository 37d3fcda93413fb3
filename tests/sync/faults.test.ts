// Errors of records end with their records, whichever way those leave the mirror, and never open after that.
import { beforeEach, describe, expect, it } from "vitest";
import { resourceOf } from "#app/resources/index.ts";
import { useDatabase } from "#tests/database.ts";
import type { Node, ResourceName } from "#app/resources/define.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { DETAIL_CHARS_MAX, recordFaults } = await import("#app/sync/faults.ts");
const { removeAbsent } = await import("#app/sync/ingest-absent.ts");
const { removeFiltered } = await import("#app/sync/ingest-filtered.ts");
const { ingest } = await import("#app/sync/ingest.ts");
const { NOW, applyAll, location, openShop, product, remove, second, upsert } = await import("./mirror.ts");

/** When errors are met here, and a read that is sent after that. */
const MET = new Date(second("15"));
const LATER = second("30");

let shopId = 0;
beforeEach(async () => void (shopId = await openShop()));

const meet = (resource: ResourceName, ...keys: string[]) =>
  inTransaction((client) => {
    const faults = keys.map((key) => ({ resource, key, code: "WRONG_TYPE", detail: "" }));
    return recordFaults(client, shopId, faults, null, MET);
  });

async function open(): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `SELECT resource || ' ' || record_key AS text FROM sync_errors
     WHERE shop_id = $1 AND resolved_at IS NULL ORDER BY id`,
    [shopId],
  );
  return rows.map(({ text }) => text);
}

describe("an error of a record", () => {
  it("is told in words that PostgreSQL takes, also where they are cut off within a letter", async () => {
    const detail = `${"x".repeat(DETAIL_CHARS_MAX - 1)}\u{1f600}`;
    const fault = { resource: "products", key: "1", code: "WRONG_TYPE", detail } as const;
    await inTransaction((client) => recordFaults(client, shopId, [fault], null, MET));
    expect(await open()).toEqual(["products 1"]);
  });

  it.each(["webhook", "absent", "filtered"])(
    "ends when that leaves as %s, and no other does",
    async (reason) => {
      await applyAll(shopId, [location("1", { name: "here" }, { updated: "10", observed: "10" })]);
      await meet("locations", "1", "2", "3");
      await meet("products", "1");
      // The second one was never here: it was refused from the first.
      const leaving = ["1", "2"].map((key) => ({ ...remove("locations", key, "20"), reason }) as const);
      await applyAll(shopId, leaving as Parameters<typeof applyAll>[1]);
      expect(await open()).toEqual(["locations 3", "products 1"]);
    },
  );

  it("stays when a read has shown the record alive since its deletion", async () => {
    await applyAll(shopId, [location("1", {}, { updated: "10", observed: "30", by: "page" })]);
    await meet("locations", "1");
    await applyAll(shopId, [remove("locations", "1", "20")]);
    expect(await open()).toEqual(["locations 1"]);
  });

  it("ends with what the record lies in, or goes with", async () => {
    const variants = { rows: [{ id: "11", productId: "1", title: "v" }], complete: true };
    await applyAll(shopId, [product("1", { title: "p" }, variants, { updated: "10", observed: "10" })]);
    await meet("product_metafields", "1:5", "2:5");
    await meet("variant_metafields", "11:7", "12:7");
    await applyAll(shopId, [remove("products", "1", "20")]);
    expect(await open()).toEqual(["product_metafields 2:5", "variant_metafields 12:7"]);

    const held = (id: string) =>
      upsert("fulfillment_orders", id, { id, gid: id, orderId: "8" }, { updated: "10", observed: "10" });
    await applyAll(shopId, [held("81")]);
    await meet("fulfillment_orders", "81", "91");
    await applyAll(shopId, [remove("orders", "8", "20")]);
    expect((await open()).slice(2)).toEqual(["fulfillment_orders 91"]);
  });

  it("stays while a customer waits for an answer", async () => {
    await pool.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail)
       VALUES ($1, 'customers', '1', 'CUSTOMER_DATA_REQUEST', '')`,
      [shopId],
    );
    await applyAll(shopId, [remove("customers", "1", "20")]);
    expect(await open()).toEqual(["customers 1"]);
  });

  it("ends when the record is left out by the rules, though it never came in", async () => {
    await meet("orders", "1", "2");
    const filtered = { shopId, resource: resourceOf("orders"), keys: ["1"], askedAt: LATER };
    await inTransaction((client) => removeFiltered(client, filtered, NOW));
    expect(await open()).toEqual(["orders 2"]);
  });

  it("ends when a whole read of what it was in lacks it, or when that can be read again", async () => {
    await meet("product_metafields", "1:5", "1:6", "1", "2:5");
    const nodes = [{ id: "gid://shopify/Metafield/6", __parentId: "gid://shopify/Product/1" }];
    const absent = async (observedAt: string) => {
      const origin = { kind: "page", id: 1n } as const;
      const batch = { shopId, resource: resourceOf("product_metafields"), nodes, origin, observedAt };
      await inTransaction((client) => removeAbsent(client, batch, ["gid://shopify/Product/1"], NOW));
    };
    // Sent before the errors were met.
    await absent(second("12"));
    expect(await open()).toHaveLength(4);
    await absent(LATER);
    expect(await open()).toEqual(["product_metafields 1:6", "product_metafields 2:5"]);
  });
});

it("a read that was sent before the deletion opens no error of what it could not read", async () => {
  await applyAll(shopId, [remove("locations", "1", "20")]);
  const resource = resourceOf("locations");
  const read = async (id: string, observed: string) => {
    const node = { id: `gid://shopify/Location/${id}`, name: null } as Node;
    const origin = { kind: "page", id: 1n } as const;
    const batch = { shopId, resource, nodes: [node], origin, observedAt: second(observed) };
    return inTransaction((client) => ingest(client, batch, NOW));
  };
  // It was deleted since: neither is it wanted, nor is it missing.
  expect(await read("1", "15")).toMatchObject({ landed: 1, rejected: 0, keys: ["1"] });
  expect(await open()).toEqual([]);
  expect(await read("1", "25")).toMatchObject({ landed: 0, rejected: 1, rejectedKeys: ["1"] });
  expect(await open()).toEqual(["locations 1"]);
});
