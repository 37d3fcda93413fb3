import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delete, Upsert } from "#app/sync/change.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { useDatabase } from "#tests/database.ts";
import { item, key, order, product, times } from "#tests/shopify/records.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { apply, erase } = await import("#app/sync/apply.ts");
const { tablesOfShops } = await import("#app/sync/apply-tables.ts");
const { confirm, shopsToConfirm } = await import("#app/sync/confirm.ts");
const { recordFaults } = await import("#app/sync/faults.ts");
const { queueConfirmations } = await import("#app/sync/inbox-rows.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

const queue = (looks: Parameters<typeof queueConfirmations>[2]) =>
  inTransaction((client) => queueConfirmations(client, shop.id, looks));

const run = () => {
  // Rows are queued by the database's clock.
  const now = () => new Date(Math.max(shop.clock.now.getTime(), Date.now()) + 1);
  return confirm(shop.id, { client: shop.client, signal: new AbortController().signal, now });
};

async function waiting() {
  const { rows } = await pool.query<{ record_key: string; attempts: number }>(
    "SELECT record_key, attempts FROM sync_confirmations WHERE shop_id = $1 ORDER BY record_key",
    [shop.id],
  );
  return rows;
}

const look = (number: number, urgent = false) => ({ resource: "orders", key: key(number), urgent }) as const;

describe("confirm", () => {
  it("fetches what webhooks spoke of, whole, and stamps it", async () => {
    shop.store.data.Order = [order(1, 120)];
    await queue([look(1), look(1), look(1, true)]);
    expect(await run()).toEqual({ taken: 1 });
    const [row] = await rowsIn(shop.id, "orders");
    expect(row).toMatchObject({ id: key(1), origin_kind: "fetch" });
    expect(row?.confirmed_at).toBeInstanceOf(Date);
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(120);
    expect(await waiting()).toEqual([]);
    expect(await run()).toEqual({ taken: 0 });
  });

  it("has the last word on the news that led to it, also where Shopify's clock is ahead of ours", async () => {
    const told = { ...order(1, 2), note: "as it was told" };
    const version = {
      updatedAt: String(Reflect.get(told, "updatedAt")),
      observedAt: new Date(Date.now() + 30_000).toISOString(),
    };
    const news: Upsert = {
      ...{ verb: "upsert", resource: "orders", key: key(1), children: {}, version },
      row: { id: key(1), gid: told.id, name: "#1", note: told.note },
      origin: { kind: "webhook", id: 1n },
    };
    await inTransaction((client) => apply(client, shop.id, [news], new Date()));
    shop.store.data.Order = [{ ...told, note: "as it was read" }];
    await queue([look(1)]);
    await run();
    expect(await rowsIn(shop.id, "orders")).toMatchObject([{ note: "as it was read", origin_kind: "fetch" }]);
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(2);
  });

  it("takes the urgent ones first, and no more than 50 at once", async () => {
    shop.store.data.Order = times(80, (number) => order(number, 1));
    await queue(times(80, (number) => look(number, number >= 70)));
    await run();
    const kept = (await waiting()).map(({ record_key: kept }) => kept);
    expect(kept).toHaveLength(30);
    for (const urgent of times(10, (number) => key(70 + number))) expect(kept).not.toContain(urgent);
  });

  it("keeps a record queued of which newer news came while it was being fetched", async () => {
    shop.store.data.Order = [order(1), order(2)];
    await queue([look(1), look(2)]);
    let again: Promise<void> | undefined;
    shop.store.intercept = ({ document }) => {
      if (document.includes("nodes(ids")) again ??= queue([look(1)]);
      return null;
    };
    await run();
    await again;
    expect((await waiting()).map(({ record_key: kept }) => kept)).toEqual([key(1)]);
  });

  /** Mirrored, then asked for twice, a minute apart, while Shopify answers its id with nothing. */
  async function missTwice(record: ReturnType<typeof order>) {
    shop.store.data.Order = [record];
    await queue([look(1)]);
    await run();
    shop.store.data.Order = [];
    await queue([look(1)]);
    await run();
    expect(await waiting()).toEqual([{ record_key: key(1), attempts: 1 }]);
    expect(await shop.errors()).toEqual([]);
    expect(await rowsIn(shop.id, "orders")).toHaveLength(1);
    shop.clock.now = new Date(Date.now() + 61_000);
    await run();
    expect(await waiting()).toEqual([]);
  }
  const tombstones = () => rowsIn(shop.id, "sync_tombstones");
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

  it("takes a record for gone whose id Shopify answers with nothing twice, and for alive once it is shown again", async () => {
    const record = { ...order(1, 2), createdAt: daysAgo(58) };
    const before = Date.now();
    await missTwice(record);
    expect(await rowsIn(shop.id, "orders")).toEqual([]);
    expect(await shop.errors()).toEqual([]);
    const buried = await tombstones();
    expect(buried).toMatchObject([
      { resource: "orders", record_key: key(1), reason: "gone", origin_kind: "fetch", snapshot: { row: {} } },
    ]);
    expect((buried[0]!.deleted_at as Date).getTime()).toBeGreaterThanOrEqual(before);
    shop.store.data.Order = [record];
    shop.clock.now = new Date(Date.now() + 120_000);
    await queue([look(1)]);
    await run();
    expect(await rowsIn(shop.id, "orders")).toHaveLength(1);
    expect(await rowsIn(shop.id, "order_line_items")).toHaveLength(2);
    expect(await tombstones()).toEqual([]);
  });

  describe("of which a deletion was told, while a read still shows it,", () => {
    const deletedAt = () => new Date(Date.now() - 5_000).toISOString();
    const tellDeleted = (number: number) => {
      const version = { updatedAt: null, observedAt: deletedAt() };
      const origin = { kind: "webhook", id: 1n } as const;
      const change = { verb: "delete", resource: "products", key: key(number), reason: "webhook" } as const;
      return inTransaction((client) =>
        apply(client, shop.id, [{ ...change, version, origin }], shop.clock.now),
      );
    };
    const lookAtProduct = async () => {
      await queue([{ resource: "products", key: key(1), urgent: true }]);
      await run();
    };
    const minuteLater = async () => {
      shop.clock.now = new Date(Date.now() + 62_000);
      await run();
    };
    const ORDERS = {
      "the deletion first": async () => {
        await tellDeleted(1);
        await lookAtProduct();
      },
      "the read first": async () => {
        await lookAtProduct();
        await tellDeleted(1);
      },
    };

    beforeEach(() => void (shop.store.data.Product = [product(1)]));

    it.each(Object.entries(ORDERS))("it is looked at once more, and goes: %s", async (_order, meet) => {
      await meet();
      expect(await rowsIn(shop.id, "products")).toHaveLength(1);
      expect(await waiting()).toEqual([{ record_key: key(1), attempts: 1 }]);
      // The copy that was behind has caught up.
      shop.store.data.Product = [];
      await minuteLater();
      expect(await rowsIn(shop.id, "products")).toEqual([]);
      expect(await tombstones()).toMatchObject([{ record_key: key(1), reason: "gone" }]);
      expect(await waiting()).toEqual([]);
    });

    it.each(Object.entries(ORDERS))("it stays where it was restored: %s", async (_order, meet) => {
      await meet();
      await minuteLater();
      expect(await rowsIn(shop.id, "products")).toHaveLength(1);
      expect(await tombstones()).toEqual([]);
      expect(await waiting()).toEqual([]);
    });
  });

  it("removes no order that may only be too old for the app to see: it tells a person", async () => {
    await missTwice({ ...order(1), createdAt: daysAgo(60) });
    expect(await shop.errors()).toMatchObject([{ code: "NOT_SHOWN", record_key: key(1), resolved_at: null }]);
    expect(await rowsIn(shop.id, "orders")).toHaveLength(1);
    // The right to see it comes; the next look knows.
    await pool.query("UPDATE shops SET scopes = '{read_all_orders}' WHERE id = $1", [shop.id]);
    await queue([look(1)]);
    await run();
    shop.clock.now = new Date(shop.clock.now.getTime() + 122_000);
    await run();
    expect(await tombstones()).toMatchObject([{ record_key: key(1), reason: "gone" }]);
    expect(await rowsIn(shop.id, "orders")).toEqual([]);
    expect(await shop.errors()).toMatchObject([{ resolved_at: expect.any(Date) }]);
  });

  it("has no error of what a webhook spoke of and is gone again", async () => {
    await queue([{ resource: "products", key: key(1), urgent: true }, look(2)]);
    await run();
    shop.clock.now = new Date(Date.now() + 61_000);
    await run();
    expect(await tombstones()).toMatchObject([{ resource: "products", record_key: key(1), snapshot: null }]);
    // Of an order that was never here nobody knows how old it is.
    expect(await shop.errors()).toMatchObject([{ code: "NOT_SHOWN", record_key: key(2) }]);
  });

  it("says nothing of an absent record whose deletion has been recorded, and ends what was said of it", async () => {
    const fault = { resource: "orders", key: key(1), code: "WRONG_TYPE", detail: "" } as const;
    await inTransaction((client) => recordFaults(client, shop.id, [fault], null, shop.clock.now));
    await queue([look(1)]);
    await run();
    await pool.query(
      `INSERT INTO sync_tombstones (shop_id, resource, record_key, deleted_at, reason, origin_kind)
       VALUES ($1, 'orders', $2, now(), 'webhook', 'webhook')`,
      [shop.id, key(1)],
    );
    shop.clock.now = new Date(Date.now() + 61_000);
    await run();
    expect(await waiting()).toEqual([]);
    expect(await shop.errors()).toMatchObject([{ code: "WRONG_TYPE", resolved_at: expect.any(Date) }]);
  });

  it("does not wait with its second look at what was in a record once that is deleted", async () => {
    const level = `${key(1)}:${key(0)}`;
    await queue([{ resource: "inventory_levels", key: level, urgent: false }]);
    await run();
    expect(await waiting()).toEqual([{ record_key: level, attempts: 1 }]);
    expect(await run()).toEqual({ taken: 0 });
    const deletion: Delete = {
      ...{ verb: "delete", resource: "inventory_items", key: key(1), reason: "webhook" },
      version: { updatedAt: null, observedAt: new Date().toISOString() },
      origin: { kind: "webhook", id: null },
    };
    await inTransaction((client) => apply(client, shop.id, [deletion], new Date()));
    expect(await run()).toEqual({ taken: 1 });
    expect(await waiting()).toEqual([]);
    expect(await shop.errors()).toEqual([]);
  });

  it("finds inventory levels in their items", async () => {
    shop.store.data.InventoryItem = [item(1, 2)];
    await queue([{ resource: "inventory_levels", key: `${key(1)}:${key(0)}`, urgent: false }]);
    await run();
    expect((await rowsIn(shop.id, "inventory_levels")).some((row) => row.location_id === key(0))).toBe(true);
    expect(await waiting()).toEqual([]);
  });

  it("blocks a refused resource, puts its records off, and confirms the others", async () => {
    shop.store.data.Product = [product(1)];
    await queue([look(1), { resource: "products", key: key(1), urgent: false }]);
    const denied = { message: "not approved", path: ["nodes", 0], extensions: { code: "ACCESS_DENIED" } };
    shop.store.intercept = ({ document }) =>
      document.includes("OrderNodes") ? { body: { data: { nodes: [null] }, errors: [denied] } } : null;
    await run();
    expect(await rowsIn(shop.id, "products")).toHaveLength(1);
    expect(await waiting()).toEqual([{ record_key: key(1), attempts: 1 }]);
    expect(await shop.state("orders")).toMatchObject({ blocked_code: "ACCESS_DENIED" });
    expect(await run()).toEqual({ taken: 0 });
  });

  it.each([
    ["shows it", () => void (shop.store.data.Order = [order(1)])],
    ["shows nothing", () => {}],
    ["refuses it", () => Promise.reject(new Permanent("ACCESS_DENIED", "not approved"))],
  ])("leaves nothing of a shop that is erased while Shopify is asked and %s (I8)", async (_what, answer) => {
    await queue([look(1)]);
    const { client } = shop;
    const query: typeof client.query = async (...asked) => {
      await inTransaction(async (database) => {
        await database.query("SELECT FROM shops WHERE id = $1 FOR UPDATE", [shop.id]);
        await erase(database, shop.id);
        await database.query("DELETE FROM shops WHERE id = $1", [shop.id]);
      });
      await answer();
      return client.query(...asked);
    };
    const context = { client: { ...client, query }, signal: new AbortController().signal };
    await expect(confirm(shop.id, { ...context, now: () => new Date(Date.now() + 1_000) })).rejects.toThrow(
      Permanent,
    );
    const tables = await inTransaction((database) => tablesOfShops(database));
    const left = tables.map(async (table) => [table, (await rowsIn(shop.id, table)).length] as const);
    expect((await Promise.all(left)).filter(([, count]) => count > 0)).toEqual([]);
  });

  it("leaves everything queued when Shopify asks to wait", async () => {
    await queue([look(1)]);
    shop.store.intercept = () => ({ status: 429, body: { errors: "wait" } });
    await expect(run()).rejects.toBeInstanceOf(Throttled);
    expect(await waiting()).toEqual([{ record_key: key(1), attempts: 0 }]);
  });

  describe("where Shopify fails at one record", () => {
    const MINUTES = [1, 5, 15, 60, 180];
    const FAILURE = { message: "Internal error.", extensions: { code: "INTERNAL_SERVER_ERROR" } };
    /** Shopify fails whenever it is asked for one of these. */
    function failAt(...culprits: number[]): void {
      const keys = culprits.map(key);
      shop.store.intercept = ({ document, variables }) =>
        /nodes\(ids.*createdAt/s.test(document) &&
        (variables.ids as string[]).some((id) => keys.some((one) => id.endsWith(one)))
          ? { body: { data: null, errors: [FAILURE] } }
          : null;
    }

    it("confirms the others, and puts that one off, longer each time", async () => {
      shop.store.data.Order = times(20, (number) => order(number, 1));
      failAt(7, 13);
      await queue(times(20, (number) => look(number)));
      await run();
      expect(await rowsIn(shop.id, "orders")).toHaveLength(18);
      expect(await waiting()).toEqual([7, 13].map((number) => ({ record_key: key(number), attempts: 1 })));
      expect(await run()).toEqual({ taken: 0 });
      expect((await shop.errors()).map(({ record_key: of }) => of)).toEqual([7, 13].map(key));
    });

    it("reports it once, looks again, and forgets it when it is answered after all", async () => {
      shop.store.data.Order = [order(1, 1)];
      failAt(1);
      await queue([look(1)]);
      const failed = { code: "SHOPIFY_FAILED", record_key: key(1), detail: "Internal error." };
      for (const minutes of MINUTES) {
        expect(await run()).toEqual({ taken: 1 });
        expect(await shop.errors()).toMatchObject([{ ...failed, resolved_at: null }]);
        shop.clock.now = new Date(Math.max(shop.clock.now.getTime(), Date.now()) + minutes * 60_000 + 1_000);
      }
      expect(await waiting()).toEqual([{ record_key: key(1), attempts: MINUTES.length }]);
      await run();
      expect(await waiting()).toEqual([]);
      expect(await shop.errors()).toMatchObject([{ ...failed, resolved_at: null }]);
      shop.store.intercept = () => null;
      await queue([look(1)]);
      await run();
      expect((await shop.errors())[0]?.resolved_at).toBeInstanceOf(Date);
    });

    it("holds no record to blame while Shopify answers nothing at all", async () => {
      shop.store.data.Order = times(8, (number) => order(number, 1));
      shop.store.intercept = () => ({ body: { data: null, errors: [FAILURE] } });
      await queue(times(8, (number) => look(number)));
      await expect(run()).rejects.toBeInstanceOf(Transient);
      expect((await waiting()).every(({ attempts }) => attempts === 0)).toBe(true);
      // Eight, four, two and one, and no more than the last one's id.
      expect(shop.store.requests).toHaveLength(5);
    });

    it("takes failures at all of a kind for trouble of Shopify's, and goes on with what it does show", async () => {
      shop.store.data.Order = times(20, (number) => order(number, 1));
      shop.store.data.Product = [product(1)];
      failAt(...times(20, (number) => number));
      const fail = shop.store.intercept;
      shop.store.intercept = (asked) => (asked.document.includes("ProductNodes") ? null : fail(asked));
      await queue(times(20, (number) => look(number)));
      await queue([{ resource: "products", key: key(1), urgent: false }]);
      await expect(run()).rejects.toBeInstanceOf(Transient);
      expect(await waiting()).toEqual(times(20, (number) => ({ record_key: key(number), attempts: 0 })));
      expect(await rowsIn(shop.id, "products")).toHaveLength(1);
      expect(await shop.errors()).toEqual([]);
    });
  });

  it("puts a record aside that cannot be mirrored", async () => {
    shop.store.data.Order = [{ ...order(1), name: "a\u0000b" }];
    await queue([look(1)]);
    await run();
    expect(await waiting()).toEqual([]);
    expect(await shop.errors()).toMatchObject([{ code: "UNSTORABLE_TEXT", record_key: key(1) }]);
  });
});

describe("shopsToConfirm", () => {
  it("names installed shops with something due", async () => {
    await queue([look(1)]);
    expect(await shopsToConfirm(new Date(Date.now() + 1_000))).toContain(shop.id);
    await pool.query("UPDATE shops SET uninstalled_at = now() WHERE id = $1", [shop.id]);
    expect(await shopsToConfirm(new Date(Date.now() + 1_000))).not.toContain(shop.id);
  });
});
