// Records as people look for them and compare them: a real mirror, and a small store behind it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { key, order, product } from "#tests/shopify/records.ts";
import type { Delete } from "#app/sync/change.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { apply } = await import("#app/sync/apply.ts");
const { openShop } = await import("#tests/sync/shop.ts");
const { FIND, FOUND_MAX, findRecords } = await import("#app/status/record-search.ts");
const { readRecordDetail, recordNamed } = await import("#app/status/record-detail.ts");
const { compareRecord } = await import("#app/status/record-compare.ts");
const { confirm } = await import("#app/sync/confirm.ts");
const { readRecord, syncRecord } = await import("#app/sync/sync-record.ts");

let shop: Awaited<ReturnType<typeof openShop>>;
const now = () => new Date();
const domain = () => "any.myshopify.com";

beforeEach(async () => {
  shop = await openShop({ Order: [order(1), order(2)], Product: [product(5)] });
});
afterEach(() => shop.close());

const copy = (number: number) => syncRecord(shop.client, shop.id, "orders", key(number), now);
const compare = async (number: number) => {
  const live = await readRecord(shop.client, shop.id, "orders", key(number));
  return compareRecord({ id: shop.id, domain: shop.store.domain }, "orders", live!);
};

describe("a search", () => {
  beforeEach(async () => {
    await copy(1);
    await syncRecord(shop.client, shop.id, "products", key(5), now);
    await pool.query("UPDATE products SET title = '100% Cotton_Vase', handle = 'vase' WHERE shop_id = $1", [
      shop.id,
    ]);
    await pool.query("UPDATE product_variants SET sku = 'VASE-1' WHERE shop_id = $1", [shop.id]);
  });
  const kinds = async (term: string) => (await findRecords(shop.id, term)).records.map(({ kind }) => kind);

  it("finds by name, with and without its sign, by id, GraphQL id, SKU, handle and beginning of a title", async () => {
    expect(await kinds("#1")).toEqual(["orders"]);
    // So does the title.
    expect(await kinds("1")).toEqual(["orders", "products"]);
    expect(await kinds(key(1))).toEqual(["orders"]);
    expect(await kinds(`gid://shopify/Order/${key(1)}`)).toEqual(["orders"]);
    expect(await kinds("vase")).toEqual(["products"]);
    expect(await kinds("100% cotton_")).toEqual(["products"]);
    expect(new Set(await kinds("VASE-1"))).toEqual(new Set(["product_variants"]));
  });

  it("takes signs of patterns as they stand, and finds nothing of another shop", async () => {
    expect(await kinds("%")).toEqual([]);
    expect(await kinds("100_ cotton")).toEqual([]);
    const other = await openShop();
    expect((await findRecords(other.id, "#1")).records).toEqual([]);
    await other.close();
  });

  it("says what a GraphQL id names, though it is not here", async () => {
    expect(await findRecords(shop.id, "gid://shopify/Order/77")).toEqual({
      records: [],
      named: { resource: "orders", key: "77" },
    });
    expect((await findRecords(shop.id, "gid://shopify/Nonsense/77")).named).toBeNull();
  });

  it("goes along indexes among 20,000 orders and products", async () => {
    await pool.query(
      `INSERT INTO orders (shop_id, id, gid, name, tags, discount_codes, payment_gateway_names, observed_at, origin_kind, applied_at)
       SELECT $1, n, '', '#' || n, '{}', '{}', '{}', now(), 'bulk', now() FROM generate_series(1000, 21000) n`,
      [shop.id],
    );
    await pool.query(
      `INSERT INTO products (shop_id, id, gid, title, handle, tags, observed_at, origin_kind, applied_at)
       SELECT $1, n, '', 'Thing ' || n, 'thing-' || n, '{}', now(), 'bulk', now() FROM generate_series(1000, 21000) n`,
      [shop.id],
    );
    await pool.query("ANALYZE orders, products, product_variants, inventory_items");
    const values = [shop.id, "1500", ["1500", "#1500"], "1500", "1500%", FOUND_MAX];
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN ${FIND}`, values);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).not.toMatch(/Seq Scan on (orders|products)/);
  });
});

describe("a record", () => {
  it("is named only by what could be its key", () => {
    expect(recordNamed("orders", "12")).toEqual({ resource: "orders", key: "12" });
    expect(recordNamed("inventory_levels", "1:2")).toEqual({ resource: "inventory_levels", key: "1:2" });
    for (const [resource, bad] of [
      ["orders", "1:2"],
      ["orders", "abc"],
      ["orders", "99999999999999999999"],
      ["inventory_levels", "1"],
      ["nonsense", "1"],
      ["__proto__", "1"],
    ] as const) {
      expect(recordNamed(resource, bad)).toBeNull();
    }
  });

  it("equals Shopify's answer right after it was copied, children included", async () => {
    expect(await copy(1)).toBe("synced");
    const { isEqual, fields, children } = await compare(1);
    expect(fields.filter(({ differs }) => differs)).toEqual([]);
    expect(isEqual).toBe(true);
    expect(children.find(({ table }) => table === "order_line_items")).toMatchObject({
      inMirror: 2,
      inShopify: 2,
    });
  });

  it("shows each field and part that differs", async () => {
    await copy(1);
    await pool.query("UPDATE orders SET note = 'ours', total_price = total_price + 0.01 WHERE shop_id = $1", [
      shop.id,
    ]);
    await pool.query(
      "DELETE FROM order_line_items WHERE shop_id = $1 AND id = (SELECT min(id) FROM order_line_items WHERE shop_id = $1)",
      [shop.id],
    );
    await pool.query("UPDATE order_line_items SET quantity = 99 WHERE shop_id = $1", [shop.id]);
    const { isEqual, isMoving, fields, children } = await compare(1);
    expect({ isEqual, isMoving }).toEqual({ isEqual: false, isMoving: false });
    expect(
      fields
        .filter(({ differs }) => differs)
        .map(({ column }) => column)
        .sort(),
    ).toEqual(["note", "total_price"]);
    expect(fields[0]?.differs).toBe(true);
    const lines = children.find(({ table }) => table === "order_line_items");
    expect(lines).toMatchObject({ inMirror: 1, inShopify: 2, differing: 2 });
    expect(lines?.differences.map(({ side }) => side).sort()).toEqual(["both", "shopify_only"]);
  });

  describe("that differs is changing just now, and no difference is claimed,", () => {
    const moving = async () => {
      const { isEqual, isMoving } = await compare(1);
      expect(isEqual).toBe(false);
      return isMoving;
    };
    beforeEach(async () => {
      await copy(1);
      await pool.query("UPDATE orders SET note = 'ours' WHERE shop_id = $1", [shop.id]);
      expect(await moving()).toBe(false);
    });

    it("where Shopify's state is a later one, of so short a time ago that its news may be on its way", async () => {
      const changedAgo = async (seconds: number) => {
        const updatedAt = new Date(Date.now() - seconds * 1_000).toISOString();
        shop.store.data.Order = [{ ...order(1), updatedAt }];
        return moving();
      };
      expect(await changedAgo(5)).toBe(true);
      expect(await changedAgo(120)).toBe(false);
    });

    it("where the mirror has seen a later state than Shopify had answered", async () => {
      await pool.query("UPDATE orders SET observed_at = now() + interval '1 minute' WHERE shop_id = $1", [
        shop.id,
      ]);
      expect(await moving()).toBe(true);
    });

    it("where it waits to be read again, and not where another does", async () => {
      const wait = (record: string) =>
        pool.query(
          "INSERT INTO sync_confirmations (shop_id, resource, record_key) VALUES ($1, 'orders', $2)",
          [...[shop.id, record]],
        );
      await wait(key(2));
      expect(await moving()).toBe(false);
      await wait(key(1));
      expect(await moving()).toBe(true);
    });

    it("where stored news names it, until that is worked off", async () => {
      const store = (topic: string, body: string) =>
        pool.query(
          "INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body) VALUES ($1, gen_random_uuid()::text, $2, $3)",
          [shop.store.domain, topic, Buffer.from(body)],
        );
      await store("orders/updated", `{"id":${key(2)}}`);
      await store("products/update", `{"id":${key(1)}}`);
      expect(await moving()).toBe(false);
      await store("refunds/create", `{"id":5,"order_id":${key(1)}}`);
      expect(await moving()).toBe(true);
      await pool.query("UPDATE sync_deliveries SET state = 'applied' WHERE shop_domain = $1", [
        shop.store.domain,
      ]);
      expect(await moving()).toBe(false);
    });
  });

  it("is shown with where it came from, and as absent where it is not", async () => {
    await copy(1);
    const detail = await readRecordDetail(shop.id, domain(), "orders", key(1));
    expect(detail).toMatchObject({ title: "#1", tombstone: null, isQueued: false, errors: [] });
    expect(detail.mirrored).toMatchObject({ originKind: "fetch", originId: null });
    expect(detail.mirrored?.cells.id).toBe(key(1));
    // Nothing was asked for that it could differ from.
    expect(detail.mirrored?.fields.some(({ differs }) => differs)).toBe(false);
    expect((await readRecordDetail(shop.id, domain(), "orders", "77")).mirrored).toBeNull();
    expect(await copy(77)).toBe("missing");
    expect(await readRecord(shop.client, shop.id, "orders", "77")).toBeNull();
  });

  it("tells its fields in the descriptor's order, the same before and after Shopify was asked, without bookkeeping", async () => {
    await copy(1);
    const detail = await readRecordDetail(shop.id, domain(), "orders", key(1));
    const before = detail.mirrored!.fields.map(({ column }) => column);
    expect(before.slice(0, 4)).toEqual(["id", "gid", "name", "number"]);
    expect(before.indexOf("financial_status")).toBeLessThan(before.indexOf("subtotal"));
    for (const own of ["shop_id", "observed_at", "origin_kind", "origin_id", "applied_at", "seen_at"])
      expect(before).not.toContain(own);
    const { fields } = await compare(1);
    expect(fields.map(({ column }) => column)).toEqual(before);
  });

  it("names the currency of each amount, of a part's too, and of nothing else", async () => {
    await copy(1);
    await pool.query(
      "UPDATE orders SET currency_code = 'EUR', presentment_currency_code = 'JPY' WHERE shop_id = $1",
      [shop.id],
    );
    await pool.query(
      "UPDATE order_line_items SET original_unit_price = original_unit_price + 1 WHERE shop_id = $1",
      [shop.id],
    );
    const { fields, children } = await compare(1);
    const currency = (column: string) => fields.find((field) => field.column === column)?.currency?.mirror;
    expect(currency("total_price")).toBe("EUR");
    expect(currency("total_price_presentment")).toBe("JPY");
    expect(currency("number")).toBeUndefined();
    const line = children.find(({ table }) => table === "order_line_items")?.differences[0];
    expect(line?.fields[0]?.currency?.mirror).toMatch(/^[A-Z]{3}$/);
  });

  it("that a person asks for and Shopify does not show is looked for once more, and then stands as deleted", async () => {
    await pool.query("UPDATE shops SET scopes = '{read_all_orders}' WHERE id = $1", [shop.id]);
    await copy(2);
    shop.store.data.Order = [order(1)];
    expect(await copy(2)).toBe("doubted");
    const read = () => readRecordDetail(shop.id, domain(), "orders", key(2));
    expect(await read()).toMatchObject({ tombstone: null, isQueued: true });
    for (const seconds of [1, 62]) {
      const later = () => new Date(Date.now() + seconds * 1_000);
      await confirm(shop.id, { client: shop.client, signal: new AbortController().signal, now: later });
    }
    expect(await read()).toMatchObject({
      ...{ title: "#2", mirrored: null, isQueued: false, errors: [] },
      tombstone: { reason: "gone", deletedAt: expect.any(Date) },
    });
    const last = (await read()).tombstone!.fields;
    expect(last.find(({ column }) => column === "name")).toMatchObject({ mirror: "#2", differs: false });
    expect(last.some(({ differs }) => differs)).toBe(false);
    expect(await copy(2)).toBe("missing");
    shop.store.data.Order.push(order(2));
    expect(await copy(2)).toBe("synced");
    expect(await read()).toMatchObject({ tombstone: null, mirrored: {} });
  });

  it("at which Shopify fails is told so to the person who asks for it, and tried again", async () => {
    const failure = { message: "Internal error.", extensions: { code: "INTERNAL_SERVER_ERROR" } };
    shop.store.intercept = ({ document, variables }) =>
      document.includes("createdAt") && JSON.stringify(variables).includes(order(2).id)
        ? { body: { data: null, errors: [failure] } }
        : null;
    expect(await copy(2)).toBe("stuck");
    const detail = await readRecordDetail(shop.id, domain(), "orders", key(2));
    expect(detail).toMatchObject({ isQueued: true, errors: [{ code: "SHOPIFY_FAILED" }] });
  });

  it("that was deleted shows its last state", async () => {
    await copy(2);
    const before = await readRecordDetail(shop.id, domain(), "orders", key(2));
    const burial: Delete = {
      ...{ verb: "delete", resource: "orders", key: key(2), reason: "webhook" },
      ...{ version: { updatedAt: null, observedAt: new Date().toISOString() } },
      ...{ origin: { kind: "webhook", id: 1n } },
    };
    await inTransaction((client) => apply(client, shop.id, [burial], new Date()));
    const detail = await readRecordDetail(shop.id, domain(), "orders", key(2));
    expect(detail).toMatchObject({ title: "#2", mirrored: null });
    expect(detail.tombstone?.cells).toMatchObject({ total_price: before.mirrored?.cells.total_price });
    expect(detail.tombstone?.fields.map(({ column }) => column)).toEqual(
      before.mirrored?.fields.map(({ column }) => column),
    );
  });
});

describe("the timeline of a record", () => {
  const deliver = (topic: string, body: object | string, minute: number) =>
    pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, resource, record_key, received_at, settled_at)
       VALUES ($1, $2, $3, $4, 'applied', 'orders', $5, $6, $6)`,
      [
        domain(),
        `timeline-${minute}`,
        topic,
        Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
        key(1),
        new Date(Date.UTC(2026, 10, 23, 12, minute)),
      ],
    );
  beforeEach(() => pool.query("DELETE FROM sync_deliveries WHERE webhook_id LIKE 'timeline-%'"));

  it("says what each delivery said anew, against the one before that states the record", async () => {
    await copy(1);
    await deliver("orders/create", { id: 1, note: null, tags: "a", updated_at: "2026-11-23T12:01:00Z" }, 1);
    await deliver("orders/updated", { id: 1, note: "x", tags: "a", updated_at: "2026-11-23T12:02:00Z" }, 2);
    await deliver("refunds/create", { id: 9, order_id: 1 }, 3);
    await deliver("orders/updated", { id: 1, note: "x", tags: "a", updated_at: "2026-11-23T12:03:00Z" }, 4);
    await deliver("orders/updated", "", 5);
    const { timeline } = await readRecordDetail(shop.id, domain(), "orders", key(1));
    const told = timeline.flatMap((event) =>
      event.kind === "delivery" ? [[event.delivery.topic, event.changed]] : [],
    );
    expect(told).toEqual([
      ["orders/updated", null],
      ["orders/updated", []],
      ["refunds/create", null],
      ["orders/updated", ["note"]],
      ["orders/create", null],
    ]);
    expect(timeline.map(({ at }) => at.getTime())).toEqual(
      timeline.map(({ at }) => at.getTime()).toSorted((a, b) => b - a),
    );
    expect(timeline.some(({ kind }) => kind === "confirmed")).toBe(true);
  });
});
