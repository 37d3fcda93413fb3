// Sync rules by every way in, against a store that searches, counts and sends webhooks as Shopify does.
import { beforeEach, describe, expect, it } from "vitest";
import { createCustomer, placeOrder, setMetafield, updateOrder, updateProduct } from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { RuledShop } from "./ruled-shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { catchUpShop } = await import("#app/sync/catch-up-due.ts");
const { refreshCounts } = await import("#app/sync/counts.ts");
const { startBackfills } = await import("#app/sync/runs.ts");
const { ResourceOff, requestSync } = await import("#app/sync/targeted.ts");
const { everythingOf, openRuledShop } = await import("./ruled-shop.ts");

/** With a bulk operation; fewer are read by pages. */
const ORDERS = 280;

let shop: RuledShop;
const tagged = (tag: string) =>
  shop.store
    .list("orders")
    .filter(({ tags }) => tags.includes(tag))
    .map(({ id }) => id)
    .sort();
const tag = (id: string, ...tags: string[]) => updateOrder(shop.store, id, { tags });
const orderIds = () => shop.store.list("orders").map(({ id }) => id);
const place = (tags: string[] = []) =>
  placeOrder(shop.store, { lines: [{ variantId: null, title: "Print", price: "10.00", quantity: 1 }], tags });
const backfill = async (resource: ResourceName = "orders") =>
  shop.finish((await requestSync(shop.id, resource, { mode: "full" }, "test", shop.now())).run);

async function stateOf(resource: ResourceName) {
  const { rows } = await pool.query<{
    mirrored: string;
    in_shopify: string | null;
    verified_at: Date | null;
  }>("SELECT mirrored, in_shopify, verified_at FROM sync_resources WHERE shop_id = $1 AND resource = $2", [
    shop.id,
    resource,
  ]);
  const [row] = rows;
  return {
    mirrored: Number(row?.mirrored ?? 0),
    inShopify: row?.in_shopify === null ? null : Number(row?.in_shopify),
    isVerified: row?.verified_at instanceof Date,
  };
}

async function catchUp(): Promise<void> {
  later(2_000);
  await pool.query("UPDATE sync_cursors SET due_at = $2 WHERE shop_id = $1", [shop.id, shop.now()]);
  await catchUpShop(shop.id, shop.client, shop.now());
  await shop.finishRuns();
}

async function tombstone(key: string) {
  const { rows } = await pool.query<{ reason: string; snapshot: unknown }>(
    "SELECT reason, snapshot FROM sync_tombstones WHERE shop_id = $1 AND resource = 'orders' AND record_key = $2",
    [shop.id, key],
  );
  return rows[0];
}

const later = (ms: number) => shop.clock.set(new Date(shop.now().getTime() + ms));

describe("a filter", () => {
  beforeEach(async () => {
    shop = await openRuledShop({ orders: 40, products: 10 });
    for (const id of orderIds().slice(0, 12)) tag(id, "trade");
    shop.miss();
    await shop.save({ resources: { orders: { filter: "tag:trade" } } });
    await shop.finishRuns();
  });

  it("lets in what matches, by pages, and the counts compare like with like", async () => {
    expect(await shop.keys("orders")).toEqual(tagged("trade"));
    await refreshCounts(shop.id, shop.client);
    expect(await stateOf("orders")).toEqual({ mirrored: 12, inShopify: 12, isVerified: true });
  });

  it("holds for catch-up", async () => {
    later(600_000);
    const [inside, outside] = [place(["trade"]), place(["retail"])];
    shop.miss();
    await catchUp();
    expect(await shop.keys("orders")).toEqual(tagged("trade"));
    expect(await shop.keys("orders")).toContain(inside.id);
    expect(await shop.keys("orders")).not.toContain(outside.id);
  });

  it("holds for fulfillment orders: only those of orders that are here come, by reads and by news", async () => {
    const ordersOf = async () => {
      const { rows } = await pool.query<{ id: string }>(
        "SELECT DISTINCT order_id::text AS id FROM fulfillment_orders WHERE shop_id = $1",
        [shop.id],
      );
      return rows.map(({ id }) => id);
    };
    const inFilter = async () => (await ordersOf()).filter((id) => !tagged("trade").includes(id));
    expect((await ordersOf()).length).toBeGreaterThan(0);
    expect(await inFilter()).toEqual([]);
    expect(await stateOf("fulfillment_orders")).toMatchObject({ isVerified: true, inShopify: null });
    const [inside] = [place(["trade"]), place(["retail"])];
    await shop.hear();
    later(180_000);
    await shop.hear(1);
    await catchUp();
    expect(await ordersOf()).toContain(inside.id);
    expect(await inFilter()).toEqual([]);
    // An order that comes to match brings its own with the next whole read; one that leaves takes them along.
    const late = orderIds().find((id) => !tagged("trade").includes(id))!;
    tag(late, "trade");
    await shop.hear();
    await backfill("fulfillment_orders");
    expect(await inFilter()).toEqual([]);
    await shop.save({ resources: { orders: { isOn: false } } });
    await shop.upkeep();
    expect(await ordersOf()).toEqual([]);
    await shop.hear();
    await shop.finishRuns();
    expect(await ordersOf()).toEqual([]);
  });

  it("holds for webhooks: Shopify is asked which of their records match", async () => {
    const [inside, outside] = [place(["trade"]), place(["retail"])];
    await shop.hear();
    expect(await shop.keys("orders")).toContain(inside.id);
    expect(await shop.keys("orders")).not.toContain(outside.id);
    const { rows } = await pool.query(
      "SELECT FROM sync_confirmations WHERE shop_id = $1 AND resource = 'orders'",
      [shop.id],
    );
    expect(rows).toEqual([]);
  });

  it("holds for runs by id, which say what was left out", async () => {
    const outside = place().id;
    shop.miss();
    const [inside] = tagged("trade");
    const request = { mode: "ids", ids: [inside!, outside] } as const;
    const run = await shop.finish((await requestSync(shop.id, "orders", request, "test", shop.now())).run);
    expect(run).toMatchObject({ state: "incomplete", errorCode: "NOT_FOUND", done: 1 });
    expect(await shop.keys("orders")).not.toContain(outside);
  });

  it("removes what leaves it at the second look, with a word why, and takes it back when it matches again", async () => {
    const [leaver] = tagged("trade");
    tag(leaver!, "retail");
    await shop.hear(1);
    expect(await shop.keys("orders")).toContain(leaver);
    await shop.hear();
    expect(await shop.keys("orders")).not.toContain(leaver);
    expect(await tombstone(leaver!)).toEqual({ reason: "filtered", snapshot: null });
    const { rows } = await pool.query("SELECT FROM order_line_items WHERE shop_id = $1 AND order_id = $2", [
      shop.id,
      leaver,
    ]);
    expect(rows).toEqual([]);
    expect((await stateOf("orders")).mirrored).toBe(11);

    later(2_000);
    tag(leaver!, "trade");
    await shop.hear();
    expect(await shop.keys("orders")).toContain(leaver);
    expect(await tombstone(leaver!)).toBeUndefined();
  });

  it("keeps what leaves it where that was chosen, and keeps it up to date", async () => {
    await shop.save({ resources: { orders: { leaving: "keep" } } });
    const [leaver] = tagged("trade");
    tag(leaver!, "retail");
    await shop.hear();
    const { rows } = await pool.query("SELECT tags FROM orders WHERE shop_id = $1 AND id = $2", [
      shop.id,
      leaver,
    ]);
    expect(rows).toEqual([{ tags: ["retail"] }]);
  });

  it("finds those who left without any news, by the counts", async () => {
    const [leaver] = tagged("trade");
    await shop.upkeep();
    later(3_700_000);
    tag(leaver!, "retail");
    shop.miss();
    await refreshCounts(shop.id, shop.client);
    await pool.query("UPDATE sync_resources SET counted_at = $2 WHERE shop_id = $1", [shop.id, shop.now()]);
    await shop.upkeep();
    expect(await shop.keys("orders")).toEqual(tagged("trade"));
  });

  it("widened again, lets everything in", async () => {
    await shop.save({ resources: { orders: { filter: "" } } });
    expect((await stateOf("orders")).isVerified).toBe(false);
    const [run] = await shop.finishRuns();
    expect(run).toMatchObject({ resource: "orders", state: "verified", startedBy: "user:7" });
    expect(await shop.keys("orders")).toHaveLength(40);
  });

  it("on products leaves alone what orders say of those that are left out", async () => {
    await shop.save({ resources: { orders: { filter: "" } } });
    await backfill("products");
    await shop.finishRuns();
    const { rows } = await pool.query<{ id: string }>(
      "SELECT DISTINCT product_id AS id FROM order_line_items WHERE shop_id = $1 AND product_id IS NOT NULL",
      [shop.id],
    );
    const sold = rows[0]!.id;
    updateProduct(shop.store, sold, { tags: ["stays_out"] });
    await shop.hear();
    await shop.save({ resources: { products: { filter: "-tag:stays_out" } } });
    await shop.finishRuns();
    await shop.upkeep();
    expect(await shop.keys("products")).not.toContain(sold);
    expect(await shop.keys("products")).toHaveLength(9);
    const { rowCount } = await pool.query(
      "SELECT FROM order_line_items WHERE shop_id = $1 AND product_id = $2",
      [shop.id, sold],
    );
    expect(rowCount).toBeGreaterThan(0);
  });
});

describe("a filter over many", () => {
  it("is read by bulk operation, and what was here before and does not match goes", async () => {
    shop = await openRuledShop({ orders: ORDERS, products: 10 });
    for (const id of orderIds().slice(10)) tag(id, "trade");
    shop.miss();
    expect(await backfill()).toMatchObject({ state: "verified", done: ORDERS });
    await shop.save({ resources: { orders: { filter: "tag:trade OR tag:vip" } } });
    await shop.finishRuns();
    const byFile = { mode: "full", way: "bulk" } as const;
    const run = await shop.finish((await requestSync(shop.id, "orders", byFile, "test", shop.now())).run);
    expect(run).toMatchObject({ state: "verified", done: ORDERS - 10 });
    expect(run.progress.bulk).toBeDefined();
    expect(await shop.keys("orders")).toHaveLength(ORDERS);
    await shop.upkeep();
    expect(await shop.keys("orders")).toEqual(tagged("trade"));
    await refreshCounts(shop.id, shop.client);
    expect(await stateOf("orders")).toEqual({
      mirrored: ORDERS - 10,
      inShopify: ORDERS - 10,
      isVerified: true,
    });
  });
});

describe("what a change leaves to do", () => {
  it("is done though the rules change once more before it is", async () => {
    shop = await openRuledShop({ orders: 20, products: 5 });
    for (const id of orderIds().slice(10)) tag(id, "trade");
    shop.miss();
    for (const resource of ["orders", "customers"] as const) await backfill(resource);
    await shop.save({ resources: { orders: { filter: "tag:trade" }, customers: { isOn: false } } });
    await shop.finishRuns();
    await shop.save({ resources: { orders: { everyMinutes: 30 }, customers: { everyMinutes: 30 } } });
    await shop.save({ resources: { orders: { without: ["payments"] } } });
    expect(await shop.keys("orders")).toHaveLength(20);
    expect(await shop.keys("customers")).not.toEqual([]);
    await shop.upkeep();
    expect(await shop.keys("orders")).toEqual(tagged("trade"));
    expect(await shop.keys("order_transactions")).toEqual([]);
    expect(await shop.keys("customers")).toEqual([]);
  });

  it("is given up where the person wants it otherwise by then", async () => {
    shop = await openRuledShop({ orders: 20, products: 5 });
    await backfill();
    await shop.save({ resources: { orders: { isOn: false } } });
    await shop.save({ resources: { orders: { isOn: true } } });
    await shop.save({ resources: { orders: { isOn: false, leaving: "keep" } } });
    await shop.upkeep();
    expect(await shop.keys("orders")).toHaveLength(20);
  });
});

describe("retention", () => {
  it("takes old records out day by day, and does not read them again", async () => {
    shop = await openRuledShop({ orders: 30, products: 5 });
    await backfill();
    const old = shop.now();
    later(40 * 86_400_000);
    const fresh = place();
    await shop.hear();
    await shop.save({ resources: { orders: { monthsKept: 1 } } });
    await shop.upkeep();
    expect(await shop.keys("orders")).toEqual([fresh.id]);
    const runs = await shop.finishRuns();
    expect(runs.find(({ resource }) => resource === "orders")).toMatchObject({ state: "verified", done: 1 });
    expect(await shop.keys("orders")).toEqual([fresh.id]);
    expect(old < shop.now()).toBe(true);
  });
});

describe("a resource that is off", () => {
  beforeEach(async () => {
    shop = await openRuledShop({ orders: 20, products: 5 });
    await startBackfills(shop.id, "install", shop.now());
    await shop.finishRuns();
  });

  it("has no runs and no schedule, and its webhooks are ignored with a reason", async () => {
    await shop.save({ resources: { orders: { isOn: false, leaving: "keep" } } });
    await shop.upkeep();
    place();
    await shop.hear();
    expect(await shop.keys("orders")).toHaveLength(20);
    const { rows } = await pool.query(
      "SELECT state, reason, octet_length(body) AS size FROM sync_deliveries WHERE shop_domain = $1 AND topic = 'orders/create'",
      [shop.domain],
    );
    expect(rows).toEqual([{ state: "ignored", reason: "RESOURCE_OFF", size: 0 }]);
    await expect(requestSync(shop.id, "orders", { mode: "full" }, "test", shop.now())).rejects.toThrow(
      ResourceOff,
    );
    await expect(requestSync(shop.id, "order_metafields", { mode: "full" }, "test")).rejects.toThrow(
      ResourceOff,
    );
    const { rows: cursors } = await pool.query(
      "SELECT FROM sync_cursors WHERE shop_id = $1 AND resource = 'orders'",
      [shop.id],
    );
    expect(cursors).toEqual([]);
  });

  it("loses its rows where that was chosen, and is read whole when it is on again", async () => {
    await shop.save({ resources: { orders: { isOn: false } } });
    await shop.upkeep();
    expect(await shop.keys("orders")).toEqual([]);
    expect(await shop.keys("order_line_items")).toEqual([]);
    expect(await stateOf("orders")).toEqual({ mirrored: 0, inShopify: null, isVerified: false });
    place();
    await shop.hear();
    await shop.save({ resources: { orders: { isOn: true } } });
    const runs = await shop.finishRuns();
    expect(runs.find(({ resource }) => resource === "orders")).toMatchObject({ state: "verified", done: 21 });
    expect(await shop.keys("orders")).toHaveLength(21);
  });
});

describe("personal data", () => {
  const PERSON = /zyxperson/i;

  let people = 0;

  function personal() {
    people += 1;
    const email = `zyxperson${people}@example.test`;
    const address = {
      firstName: "Zyxperson",
      lastName: "Zyxperson",
      address1: "Zyxperson Street 1",
      city: "Zyxpersontown",
      country: "Austria",
      countryCode: "AT",
      zip: "1010",
    };
    const customer = createCustomer(shop.store, {
      firstName: "Zyxperson",
      lastName: "Zyxperson",
      email,
      note: "zyxperson's note",
      addresses: [address],
    });
    const order = placeOrder(shop.store, {
      lines: [{ variantId: null, title: "Print", price: "10.00", quantity: 1 }],
      email,
      customerId: customer.id,
      note: "for zyxperson",
      shippingAddress: address,
    });
    setMetafield(shop.store, {
      ...{ ownerType: "ORDER", ownerId: order.id, namespace: "custom", key: "gift_for" },
      ...{ type: "single_line_text_field", value: "zyxperson" },
    });
  }

  it("that is switched off is neither fetched nor stored, and what is here of it goes", async () => {
    shop = await openRuledShop({ orders: 10, products: 5 });
    personal();
    await startBackfills(shop.id, "install", shop.now());
    await shop.finishRuns();
    await shop.hear();
    expect(await everythingOf(shop)).toMatch(PERSON);

    await shop.save({ isPersonalOut: true });
    await shop.upkeep();
    expect(await everythingOf(shop)).not.toMatch(PERSON);

    shop.asked.length = 0;
    personal();
    await shop.hear();
    await backfill("customers");
    await backfill("orders");
    await backfill("order_metafields");
    later(600_000);
    personal();
    shop.miss();
    await catchUp();
    expect(await shop.keys("orders")).toHaveLength(13);
    expect(await everythingOf(shop)).not.toMatch(PERSON);
    const asked = shop.asked
      .map(({ document, variables }) => document + JSON.stringify(variables))
      .join("\n");
    expect(asked).toContain("marketingState");
    expect(asked).not.toMatch(
      /\b(email|emailAddress|phone|phoneNumber|firstName|shippingAddress|clientIp|note)\b/,
    );
  });

  it("comes back when it is switched on again", async () => {
    shop = await openRuledShop({ orders: 5, products: 5 });
    personal();
    shop.miss();
    await shop.save({ isPersonalOut: true });
    await startBackfills(shop.id, "install", shop.now());
    await shop.finishRuns();
    expect(await everythingOf(shop)).not.toMatch(PERSON);
    await shop.save({ isPersonalOut: false });
    await shop.finishRuns();
    const { rows } = await pool.query(
      "SELECT email FROM orders WHERE shop_id = $1 AND email LIKE 'zyxperson%'",
      [shop.id],
    );
    expect(rows).toHaveLength(1);
  });
});

describe("metafields", () => {
  it("that are not on the allow-list leave, and are not taken in again; what editions need stays", async () => {
    shop = await openRuledShop({ orders: 5, products: 10 });
    const [product] = shop.store.list("products");
    const owner = {
      ownerType: "PRODUCT",
      ownerId: product!.id,
      type: "single_line_text_field",
      value: "x",
    } as const;
    for (const [namespace, key] of [
      ["specs", "paper"],
      ["specs", "ink"],
      ["other", "paper"],
      ["custom", "edition_size"],
    ] as const) {
      setMetafield(shop.store, { ...owner, namespace, key });
    }
    shop.miss();
    await backfill("product_metafields");
    await shop.save({ metafields: ["specs.p*"] });
    await shop.upkeep();
    const names = async () => {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT namespace || '.' || key AS name FROM metafields
         WHERE shop_id = $1 AND owner_type = 'PRODUCT' AND owner_id = $2 ORDER BY 1`,
        [shop.id, product!.id],
      );
      return rows.map(({ name }) => name);
    };
    expect(await names()).toEqual(["custom.edition_size", "specs.paper"]);
    await shop.finishRuns();
    updateProduct(shop.store, product!.id, { title: "Renamed" });
    await shop.hear();
    expect(await names()).toEqual(["custom.edition_size", "specs.paper"]);
    await shop.save({ metafields: ["other", "specs.ink"] });
    await shop.upkeep();
    await shop.finishRuns();
    expect(await names()).toEqual(["custom.edition_size", "other.paper", "specs.ink"]);
  });
});

describe("saving", () => {
  beforeEach(async () => void (shop = await openRuledShop({ orders: 5, products: 5 })));

  it("is recorded with who, when, and from what to what", async () => {
    await shop.save({ resources: { orders: { filter: "tag:vip", everyMinutes: 30 } } });
    const { rows } = await pool.query("SELECT actor, act, detail FROM sync_acts WHERE shop_id = $1", [
      shop.id,
    ]);
    expect(rows).toEqual([
      {
        actor: "user:7",
        act: "rules_changed",
        detail: {
          changed: [
            { field: "resources.orders.filter", from: "", to: "tag:vip" },
            { field: "resources.orders.everyMinutes", from: null, to: 30 },
          ],
        },
      },
    ]);
  });

  it("does nothing for the same rules, and tells the second of two people", async () => {
    const { saveRules } = await import("#app/sync/rules-change.ts");
    const { readRules } = await import("#app/sync/rules-store.ts");
    const rules = await readRules(shop.id);
    expect(await saveRules(shop.id, 0, rules, "user:1", shop.now())).toMatchObject({ outcome: "same" });
    await shop.save({ isPersonalOut: true });
    expect(
      await saveRules(shop.id, 0, { ...rules, metafields: ["x_y"] }, "user:2", shop.now()),
    ).toMatchObject({
      outcome: "moved",
      rules: { isPersonalOut: true, metafields: [] },
    });
  });

  it("brings receipts of payments to a shop that asks for them, and to no other", async () => {
    const receipts = async () => {
      const { rows } = await pool.query<{ id: string; receipt: string | null }>(
        "SELECT id, receipt FROM order_transactions WHERE shop_id = $1 ORDER BY id",
        [shop.id],
      );
      return rows.map(({ id, receipt }) => [id, receipt]);
    };
    const payments = shop.store
      .list("orders")
      .flatMap(({ transactions }) => transactions)
      .toSorted((a, b) => Number(a.id) - Number(b.id));
    expect(payments.length).toBeGreaterThan(0);
    await backfill();
    expect(await receipts()).toEqual(payments.map(({ id }) => [id, null]));
    expect(shop.asked.filter(({ document }) => document.includes("receiptJson"))).toEqual([]);

    await shop.save({ resources: { orders: { with: ["receipts"] } } });
    await shop.finishRuns();
    expect(await receipts()).toEqual(payments.map(({ id, receipt }) => [id, JSON.stringify(receipt)]));

    await shop.save({ resources: { orders: { with: [] } } });
    await shop.upkeep();
    expect(await receipts()).toEqual(payments.map(({ id }) => [id, null]));
  });

  it("calls off what reads by the old rules, and begins it anew", async () => {
    const { run } = await requestSync(shop.id, "orders", { mode: "full" }, "user:3", shop.now());
    await shop.save({ resources: { orders: { without: ["payments"] } } });
    expect(await shop.finish(run)).toMatchObject({ state: "cancelled", errorCode: "RULES_CHANGED" });
    const [again] = await shop.finishRuns();
    expect(again).toMatchObject({ resource: "orders", state: "verified", startedBy: "user:3" });
    expect(await shop.keys("order_transactions")).toEqual([]);
  });

  it("sets how often each resource is looked at, never more often than the operator allows", async () => {
    await startBackfills(shop.id, "install", shop.now());
    await shop.save({ resources: { orders: { everyMinutes: 60 }, products: { everyMinutes: 1 } } });
    await shop.finishRuns();
    const { rows } = await pool.query<{ resource: string; minutes: number }>(
      `SELECT c.resource, round(extract(epoch FROM c.due_at - r.ended_at) / 60)::int AS minutes
       FROM sync_cursors c JOIN sync_runs r USING (shop_id, resource)
       WHERE shop_id = $1 AND r.kind = 'backfill' AND resource IN ('orders', 'products') ORDER BY 1`,
      [shop.id],
    );
    expect(rows).toEqual([
      { resource: "orders", minutes: 60 },
      { resource: "products", minutes: 5 },
    ]);
  });
});

describe("a wish", () => {
  beforeEach(async () => void (shop = await openRuledShop({ orders: 40, products: 5 })));

  const wish = async (wished: unknown, isPreview = true) => {
    const { answerSettings } = await import("#app/shops/settings-request.server.ts");
    const { readRules } = await import("#app/sync/rules-store.ts");
    const { version: base } = await readRules(shop.id);
    const clientFor = async () => shop.client;
    const asked = { shopId: shop.id, clientFor, wished, base, actor: "user:7", now: shop.now() };
    return answerSettings(asked, isPreview);
  };

  it("is previewed by Shopify's counts beside what is here, and nothing is kept", async () => {
    await backfill();
    for (const id of orderIds().slice(0, 12)) tag(id, "trade");
    shop.miss();
    const said = await wish({ resources: { orders: { filter: "tag:trade", without: ["payments"] } } });
    expect(
      said.answer === "preview" && said.preview.find(({ resource }) => resource === "orders"),
    ).toMatchObject({
      ...{ isFilterMoved: true, isReadAgain: true, isEmptied: true, isSwitched: null },
      ...{ here: 40, inShopify: 12, leaving: 28, coming: 0 },
    });
    const { rows } = await pool.query("SELECT settings FROM shops WHERE id = $1", [shop.id]);
    expect(rows).toEqual([{ settings: {} }]);
  });

  it.each([
    [{ resources: { orders: { filter: "colour:red" } } }, "resources.orders.filter", "not_understood"],
    [{ resources: { orders: { filter: "(tag:a" } } }, "resources.orders.filter", "unbalanced"],
    [{ resources: { orders: { filter: "tag:a) OR (id:1" } } }, "resources.orders.filter", "unbalanced"],
    [{ resources: { orders: { everyMinutes: 1 } } }, "resources.orders.everyMinutes", "minutes"],
    [{ resources: { orders: { createdSince: "2026-02-30" } } }, "resources.orders.createdSince", "not_a_day"],
    [{ resources: { orders: { createdSince: "0000-02-01" } } }, "resources.orders.createdSince", "not_a_day"],
    [{ resources: { orders: { filter: "tag:a\0" } } }, "resources.orders.filter", "type"],
    [
      { resources: { orders: { createdSince: "2999-01-01" } } },
      "resources.orders.createdSince",
      "in_the_future",
    ],
    [{ resources: { locations: { monthsKept: 3 } } }, "resources.locations.monthsKept", "not_dated"],
    [
      { resources: { inventory_levels: { filter: "id:1" } } },
      "resources.inventory_levels.filter",
      "no_search",
    ],
    [{ resources: { orders: { without: ["lines"] } } }, "resources.orders.without", "group"],
    [{ resources: { orders: { without: ["receipts"] } } }, "resources.orders.without", "group"],
    [{ resources: { orders: { with: ["payments"] } } }, "resources.orders.with", "group"],
    [{ resources: { carts: {} } }, "resources.carts", "unknown"],
    [{ metafields: ["two words"] }, "metafields", "pattern"],
    [{ kept: { runs: 0 } }, "kept.runs", "days"],
    [{ colour: "red" }, "colour", "unknown"],
    ["nonsense", "", "type"],
  ])("that makes no sense is named by its field: %j", async (wished, field, code) => {
    const said = await wish(wished, false);
    expect(said).toMatchObject({ answer: "wrong", wrong: [{ field, code }] });
    const { rows } = await pool.query("SELECT settings FROM shops WHERE id = $1", [shop.id]);
    expect(rows).toEqual([{ settings: {} }]);
  });

  it("for a filter that Shopify's count does not understand is kept, without counts", async () => {
    const said = await wish({ resources: { customers: { filter: "tag:vip" } } }, false);
    expect(said).toEqual({ answer: "saved", version: 1 });
    await shop.finishRuns();
    expect((await stateOf("customers")).isVerified).toBe(true);
  });
});
