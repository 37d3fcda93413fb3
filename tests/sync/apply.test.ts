// apply() on a real PostgreSQL: versions, partial news, children, deletions, counters, lineage and bad records.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { apply, erase } = await import("#app/sync/apply.ts");
const { applyAll, location, mirroredOf, NOW, openShop, product, remove, rowsOf, upsert } =
  await import("./mirror.ts");

let shopId = 0;
beforeEach(async () => {
  shopId = await openShop();
});

const results = (outcomes: readonly { result: string }[]) => outcomes.map(({ result }) => result);

describe("versions (I2)", () => {
  it("keeps the newer of two states, whichever comes first", async () => {
    const older = location("1", { name: "old" }, { updated: "01", observed: "01" });
    const newer = location("1", { name: "new" }, { updated: "02", observed: "02" });
    expect(results(await applyAll(shopId, [newer]))).toEqual(["applied"]);
    expect(results(await applyAll(shopId, [older]))).toEqual(["superseded"]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "new" }]);
  });

  it("lets the later observed state win within one second of updatedAt", async () => {
    const first = location("1", { name: "first" }, { updated: "05", observed: "05.2" });
    const second = location("1", { name: "second" }, { updated: "05", observed: "05.7" });
    await applyAll(shopId, [second]);
    await applyAll(shopId, [first]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "second" }]);
    await applyAll(shopId, [location("1", { name: "third" }, { updated: "05", observed: "05.700001" })]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "third" }]);
  });

  it("places a state without updatedAt by its observation", async () => {
    await applyAll(shopId, [location("1", { name: "a" }, { updated: "05", observed: "05.2" })]);
    await applyAll(shopId, [location("1", { name: "unstated" }, { updated: null, observed: "06.5" })]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "unstated" }]);
    await applyAll(shopId, [location("1", { name: "b" }, { updated: "05", observed: "09" })]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "unstated" }]);
    await applyAll(shopId, [location("1", { name: "c" }, { updated: "06", observed: "06.6" })]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "c" }]);
  });

  it("writes only what is stated", async () => {
    await applyAll(shopId, [location("1", { name: "a", city: "Paris" }, { updated: "01", observed: "01" })]);
    await applyAll(shopId, [location("1", { name: "b" }, { updated: "02", observed: "02" })]);
    await applyAll(shopId, [
      location("1", { zip: null, country: "France" }, { updated: "03", observed: "03" }),
    ]);
    expect(await rowsOf("Location", shopId)).toMatchObject([
      { name: "b", city: "Paris", country: "France", zip: null },
    ]);
  });

  it.each(["bulk", "webhook"] as const)(
    "keeps the columns of a fuller %s when partial newer news is in its batch",
    async (by) => {
      const full = location("1", { name: "a", city: "Paris" }, { updated: "01", observed: "01", by });
      const partial = location("1", { name: "b" }, { updated: "02", observed: "02" });
      expect(results(await applyAll(shopId, [partial, full]))).toEqual(["applied", "applied"]);
      expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "b", city: "Paris" }]);
    },
  );

  it("passes over older news of a batch that newer news says again in full", async () => {
    const changes = ["03", "01", "02"].map((at) =>
      location("1", { name: at }, { updated: at, observed: at }),
    );
    expect(results(await applyAll(shopId, changes))).toEqual(["applied", "superseded", "superseded"]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "03" }]);
  });

  it("does not write older columns of a batch over a row that lies between", async () => {
    await applyAll(shopId, [location("1", { name: "m", city: "Lyon" }, { updated: "05", observed: "05" })]);
    await applyAll(shopId, [
      location("1", { name: "a", city: "Paris" }, { updated: "03", observed: "03" }),
      location("1", { name: "b" }, { updated: "07", observed: "07" }),
    ]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "b", city: "Lyon" }]);
  });
});

describe("lineage", () => {
  it("says which delivery or run wrote the row, and whether its state was read", async () => {
    await applyAll(shopId, [
      location("1", { name: "a" }, { updated: "01", observed: "01.25", by: "bulk", id: 77n }),
    ]);
    expect(await rowsOf("Location", shopId)).toMatchObject([
      { origin_kind: "bulk", origin_id: "77", confirmed_at: expect.stringContaining("10:00:01.25") },
    ]);
    await applyAll(shopId, [location("1", { name: "b" }, { updated: "02", observed: "02", id: 78n })]);
    expect(await rowsOf("Location", shopId)).toMatchObject([
      {
        origin_kind: "webhook",
        origin_id: "78",
        confirmed_at: null,
        seen_at: expect.stringContaining("10:00:01.25"),
      },
    ]);
    await applyAll(shopId, [location("1", { name: "b" }, { updated: "02", observed: "09", by: "fetch" })]);
    expect(await rowsOf("Location", shopId)).toMatchObject([
      { origin_kind: "fetch", origin_id: null, confirmed_at: expect.stringContaining("10:00:09") },
    ]);
  });

  it("counts the rows and dates the last webhook in the same transaction", async () => {
    const many = Array.from({ length: 20 }, (_, n) =>
      location(String(n + 1), { name: "x" }, { updated: "01", observed: "01" }),
    );
    await applyAll(shopId, many);
    await applyAll(shopId, [...many, location("1", { name: "y" }, { updated: "02", observed: "02" })]);
    await applyAll(shopId, [
      remove("locations", "3", "04"),
      remove("locations", "3", "05"),
      remove("locations", "99", "04"),
    ]);
    expect(await mirroredOf("locations", shopId)).toBe(19);
    const { rows } = await pool.query(
      "SELECT last_change_at, last_applied_at FROM sync_resources WHERE shop_id = $1",
      [shopId],
    );
    expect(rows).toEqual([{ last_change_at: new Date("2026-11-01T10:00:05Z"), last_applied_at: NOW }]);
  });

  it("dates what a look brought that nobody had told of: an earlier count knows nothing of it", async () => {
    const dates = async () => {
      const { rows } = await pool.query(
        "SELECT last_applied_at, moved_at FROM sync_resources WHERE shop_id = $1",
        [shopId],
      );
      return rows;
    };
    await applyAll(shopId, [product("1", {}, null, { updated: "01", observed: "01", by: "page" })]);
    expect(await dates()).toEqual([{ last_applied_at: null, moved_at: null }]);
    await applyAll(shopId, [product("2", {}, null, { updated: "01", observed: "01", by: "fetch" })]);
    // Not as a change that was told: how late it is nobody knows.
    expect(await dates()).toEqual([{ last_applied_at: null, moved_at: NOW }]);
  });

  it("rings once when something changed, and not at all when nothing did", async () => {
    const listener = await pool.connect();
    const rung: (string | undefined)[] = [];
    listener.on("notification", ({ payload }) => rung.push(payload));
    await listener.query("LISTEN counterfoil_changes");
    const change = location("1", { name: "a" }, { updated: "01", observed: "01" });
    await applyAll(shopId, [change, location("2", { name: "b" }, { updated: "01", observed: "01" })]);
    await applyAll(shopId, [change]);
    await listener.query("SELECT 1");
    await listener.query("UNLISTEN *");
    listener.release(true);
    expect(rung).toEqual([String(shopId)]);
  });
});

const variant = (id: string, productId: string, row = {}) => ({ id, productId, title: `v${id}`, ...row });

describe("children", () => {
  it("are replaced with their root when they are complete", async () => {
    const when = { updated: "01", observed: "01" };
    await applyAll(shopId, [
      product("1", {}, { rows: [variant("11", "1"), variant("12", "1")], complete: true }, when),
      product("2", {}, { rows: [variant("21", "2")], complete: true }, when),
    ]);
    await applyAll(shopId, [
      product(
        "1",
        {},
        { rows: [variant("12", "1", { title: "new" }), variant("13", "1")], complete: true },
        { updated: "02", observed: "02" },
      ),
    ]);
    const rows = await rowsOf("ProductVariant", shopId);
    expect(rows.map(({ id, title }) => [id, title])).toEqual(
      expect.arrayContaining([
        ["12", "new"],
        ["13", "v13"],
        ["21", "v21"],
      ]),
    );
    expect(rows).toHaveLength(3);
  });

  it("are merged when the body was truncated, and those that are named no more go", async () => {
    const all = ["11", "12", "13"].map((id) => variant(id, "1", { sku: `sku-${id}` }));
    await applyAll(shopId, [
      product("1", {}, { rows: all, complete: true }, { updated: "01", observed: "01" }),
    ]);
    const some = { rows: [variant("11", "1", { title: "new" })], complete: false, knownIds: ["11", "12"] };
    await applyAll(shopId, [product("1", {}, some, { updated: "02", observed: "02" })]);
    const rows = await rowsOf("ProductVariant", shopId);
    expect(rows.map(({ id, title, sku }) => [id, title, sku]).sort()).toEqual([
      ["11", "new", "sku-11"],
      ["12", "v12", "sku-12"],
    ]);
    await applyAll(shopId, [
      product("1", {}, { rows: [], complete: false }, { updated: "03", observed: "03" }),
    ]);
    expect(await rowsOf("ProductVariant", shopId)).toHaveLength(2);
  });

  it("of an older root change nothing", async () => {
    const rows = [variant("11", "1")];
    await applyAll(shopId, [product("1", {}, { rows, complete: true }, { updated: "02", observed: "02" })]);
    await applyAll(shopId, [
      product("1", {}, { rows: [variant("12", "1")], complete: true }, { updated: "01", observed: "09" }),
    ]);
    expect(await rowsOf("ProductVariant", shopId)).toMatchObject([{ id: "11" }]);
  });

  it("with different columns in one batch are all written", async () => {
    const rows = [variant("11", "1", { sku: "a" }), variant("12", "1", { barcode: "b" })];
    await applyAll(shopId, [product("1", {}, { rows, complete: true }, { updated: "02", observed: "02" })]);
    expect(await rowsOf("ProductVariant", shopId)).toMatchObject([
      { id: "11", sku: "a", barcode: null },
      { id: "12", sku: null, barcode: "b" },
    ]);
  });
});

describe("deletions (I3)", () => {
  it("leave a tombstone with the last state, ids exact", async () => {
    const key = "9223372036854775807";
    const rows = [variant("9007199254740993", key)];
    await applyAll(shopId, [
      product(key, { title: "Last" }, { rows, complete: true }, { updated: "01", observed: "01" }),
    ]);
    expect(results(await applyAll(shopId, [remove("products", key, "02")]))).toEqual(["applied"]);
    expect(await rowsOf("Product", shopId)).toEqual([]);
    expect(await rowsOf("ProductVariant", shopId)).toEqual([]);
    const { rows: buried } = await pool.query(
      "SELECT reason, snapshot::text FROM sync_tombstones WHERE shop_id = $1",
      [shopId],
    );
    expect(buried[0].reason).toBe("webhook");
    expect(buried[0].snapshot).toContain(`"id": ${key}`);
    expect(buried[0].snapshot).toContain(`"id": 9007199254740993`);
    expect(buried[0].snapshot).toContain(`"title": "Last"`);
  });

  it("of a record never seen still stop its late creation", async () => {
    await applyAll(shopId, [remove("locations", "1", "05")]);
    const late = location("1", { name: "late" }, { updated: "04", observed: "04" });
    expect(results(await applyAll(shopId, [late]))).toEqual(["superseded"]);
    expect(await rowsOf("Location", shopId)).toEqual([]);
    expect(await mirroredOf("locations", shopId)).toBe(0);
  });

  it("are idempotent", async () => {
    await applyAll(shopId, [location("1", { name: "a" }, { updated: "01", observed: "01" })]);
    expect(results(await applyAll(shopId, [remove("locations", "1", "05")]))).toEqual(["applied"]);
    expect(results(await applyAll(shopId, [remove("locations", "1", "05")]))).toEqual(["superseded"]);
    expect(await mirroredOf("locations", shopId)).toBe(0);
  });
});

describe("bad records", () => {
  it("are put aside alone, with a reason, and the batch goes on", async () => {
    const good = Array.from({ length: 50 }, (_, n) =>
      location(String(n + 1), { name: "ok" }, { updated: "01", observed: "01" }),
    );
    const bad = location("7000", { name: "a\u0000b" }, { updated: "01", observed: "01" });
    const outcomes = await applyAll(shopId, [...good.slice(0, 20), bad, ...good.slice(20)]);
    expect(outcomes[20]).toMatchObject({
      result: "rejected",
      code: "REFUSED_BY_DATABASE",
      detail: expect.stringContaining("22P05"),
    });
    expect(outcomes.filter(({ result }) => result === "applied")).toHaveLength(50);
    expect(await mirroredOf("locations", shopId)).toBe(50);
  });

  it("leave nothing of themselves when a child is refused", async () => {
    const rows = [variant("11", "1"), variant("11", "1")];
    const outcomes = await applyAll(shopId, [
      product("1", {}, { rows, complete: true }, { updated: "01", observed: "01" }),
      product("2", {}, { rows: [variant("21", "2")], complete: true }, { updated: "01", observed: "01" }),
    ]);
    expect(results(outcomes)).toEqual(["rejected", "applied"]);
    expect(await rowsOf("Product", shopId)).toMatchObject([{ id: "2" }]);
    expect(await mirroredOf("products", shopId)).toBe(1);
  });

  it("do not take older good news of the record with them", async () => {
    const good = location("1", { name: "good" }, { updated: "01", observed: "01" });
    const bad = location("1", { name: "bad\u0000" }, { updated: "02", observed: "02" });
    expect(results(await applyAll(shopId, [bad, good]))).toEqual(["rejected", "applied"]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "good" }]);
  });
});

describe("shops", () => {
  it("do not touch each other (I9)", async () => {
    const other = await openShop();
    await applyAll(shopId, [location("1", { name: "mine" }, { updated: "01", observed: "01" })]);
    await applyAll(other, [location("1", { name: "theirs" }, { updated: "02", observed: "02" })]);
    await applyAll(other, [remove("locations", "1", "03")]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "mine" }]);
  });

  it("leave nothing behind (I8), and nothing can be written for them any more", async () => {
    const other = await openShop();
    const when = { updated: "01", observed: "01" };
    for (const shop of [shopId, other]) {
      await applyAll(shop, [
        product("1", {}, { rows: [variant("11", "1")], complete: true }, when),
        upsert("inventory_levels", "5:6", { inventoryItemId: "5", locationId: "6", available: 3 }, when),
        remove("locations", "8", "02"),
      ]);
    }
    await inTransaction(async (client) => {
      await erase(client, shopId);
      await client.query("DELETE FROM shops WHERE id = $1", [shopId]);
    });
    const { rows: tables } = await pool.query<{ table_name: string }>(
      "SELECT table_name FROM information_schema.columns WHERE column_name = 'shop_id' AND table_schema = 'public'",
    );
    expect(tables.length).toBeGreaterThan(12);
    for (const { table_name: table } of tables) {
      const { rows } = await pool.query(`SELECT count(*)::int AS n FROM "${table}" WHERE shop_id = $1`, [
        shopId,
      ]);
      expect([table, rows[0].n]).toEqual([table, 0]);
    }
    expect(await rowsOf("ProductVariant", other)).toHaveLength(1);
    const late = applyAll(shopId, [location("1", { name: "late" }, when)]);
    await expect(late).rejects.toMatchObject({ code: "SHOP_GONE" });
  });

  it("hold one active run per resource and kind (I7)", async () => {
    const insert =
      "INSERT INTO sync_runs (shop_id, resource, kind, state, started_by) VALUES ($1, 'orders', 'backfill', $2::run_state, 'test')";
    await pool.query(insert, [shopId, "verified"]);
    await pool.query(insert, [shopId, "running"]);
    await expect(pool.query(insert, [shopId, "queued"])).rejects.toMatchObject({ code: "23505" });
    await pool.query(insert, [await openShop(), "queued"]);
  });
});

it("applies what it is given inside the caller's transaction", async () => {
  const change = location("1", { name: "a" }, { updated: "01", observed: "01" });
  const undone = inTransaction(async (client) => {
    await apply(client, shopId, [change], NOW);
    throw new Error("the caller changed its mind");
  });
  await expect(undone).rejects.toThrow("changed its mind");
  expect(await rowsOf("Location", shopId)).toEqual([]);
  expect(await mirroredOf("locations", shopId)).toBe(0);
});
