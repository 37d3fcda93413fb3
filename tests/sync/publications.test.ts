// Where products are published: a part of them that Shopify shows with a scope of its own. And what follows when more is
// asked for than the last whole read did.
import { beforeEach, describe, expect, it } from "vitest";
import { SHOP_APP, ONLINE_STORE, POINT_OF_SALE } from "#sandbox/store/channels.ts";
import { publishProduct, unpublishProduct } from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { RuledShop } from "./ruled-shop.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { scopes } = await import("#app/resources/index.ts");
const { rereadSilent } = await import("#app/sync/reread.ts");
const { STEP_MS_MAX } = await import("#app/sync/runs-step.ts");
const { stepRun } = await import("#app/sync/schedule.ts");
const { rereadGrown } = await import("#app/sync/selections.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openRuledShop } = await import("./ruled-shop.ts");

const WITHOUT = scopes().filter((scope) => scope !== "read_publications");
const DAY_MS = 86_400_000;

let shop: RuledShop;
beforeEach(async () => {
  shop = await openRuledShop({ orders: 1, products: 6 });
});

const grant = (granted: readonly string[]) => {
  shop.sandbox.installs.grant([...granted, "read_all_orders"]);
  return pool.query("UPDATE shops SET scopes = $2 WHERE id = $1", [shop.id, granted]);
};

async function readWhole(way: "bulk" | "pages") {
  const { run } = await requestSync(shop.id, "products", { mode: "full", way }, "user:7", shop.now());
  return shop.finish(run);
}

let skippedMs = 0;

/** Its time is up as soon as something is stored. */
function stepBriefly({ id }: { id: bigint }) {
  const now = () => new Date(shop.now().getTime() + (skippedMs += STEP_MS_MAX));
  const signal = new AbortController().signal;
  return stepRun(id, { clientFor: async () => shop.client, signal, now });
}

async function placesOf(productId: string) {
  const { rows } = await pool.query<{ name: string; is_published: boolean }>(
    `SELECT name, is_published FROM product_publications WHERE shop_id = $1 AND product_id = $2
     ORDER BY publication_id`,
    [shop.id, productId],
  );
  return rows.map((row) => `${row.name} ${row.is_published ? "now" : "later"}`);
}

const titles = async () => (await shop.keys("products")).length;

describe.each(["bulk", "pages"] as const)("read by %s", (way) => {
  it("a product is on the channels on which it is, or is to be", async () => {
    const [one, two] = shop.store.list("products").map(({ id }) => id) as [string, string];
    unpublishProduct(shop.store, one, ONLINE_STORE.id);
    publishProduct(shop.store, one, POINT_OF_SALE.id);
    publishProduct(shop.store, one, SHOP_APP.id, new Date(shop.now().getTime() + DAY_MS).toISOString());
    for (const { id } of [ONLINE_STORE, POINT_OF_SALE, SHOP_APP]) unpublishProduct(shop.store, two, id);
    expect(await readWhole(way)).toMatchObject({ state: "verified" });
    expect(await placesOf(one)).toEqual(["Point of Sale now", "Shop later"]);
    expect(await placesOf(two)).toEqual([]);
  });

  it("products are mirrored without them where the scope was not granted", async () => {
    await grant(WITHOUT);
    expect(await readWhole(way)).toMatchObject({ state: "verified" });
    expect(await titles()).toBe(6);
    expect(
      (await pool.query("SELECT FROM product_publications WHERE shop_id = $1", [shop.id])).rowCount,
    ).toBe(0);
    expect(shop.asked.filter(({ document }) => document.includes("resourcePublications"))).toEqual([]);
  });
});

it("what happens on a channel without any news is found by the daily reading", async () => {
  const { id } = shop.store.list("products")[0]!;
  publishProduct(shop.store, id, ONLINE_STORE.id);
  await readWhole("pages");
  unpublishProduct(shop.store, id, POINT_OF_SALE.id);
  publishProduct(shop.store, id, SHOP_APP.id);
  shop.clock.set(new Date(shop.now().getTime() + DAY_MS));
  expect(await rereadSilent(shop.id, shop.now())).toEqual(["products"]);
  await shop.finishRuns();
  expect(await placesOf(id)).toEqual(["Online Store now", "Shop now"]);
});

describe("when more is asked for than the last whole read did", () => {
  const startedBy = async () => {
    const { rows } = await pool.query<{ started_by: string; state: string }>(
      "SELECT started_by, state FROM sync_runs WHERE shop_id = $1 AND resource = 'products' ORDER BY id",
      [shop.id],
    );
    return rows.map((row) => `${row.started_by} ${row.state}`);
  };

  it("the resource is read again, once: after a grant of a scope", async () => {
    const { id } = shop.store.list("products")[0]!;
    publishProduct(shop.store, id, ONLINE_STORE.id);
    await grant(WITHOUT);
    await readWhole("pages");
    expect(await rereadGrown(shop.id, shop.now())).toEqual([]);
    await grant(scopes());
    expect(await rereadGrown(shop.id, shop.now())).toEqual(["products"]);
    expect(await rereadGrown(shop.id, shop.now())).toEqual([]);
    await shop.finishRuns();
    expect(await placesOf(id)).toContain("Online Store now");
    expect(await rereadGrown(shop.id, shop.now())).toEqual([]);
    expect(await startedBy()).toEqual(["user:7 verified", "schedule verified"]);
  });

  it("when one of its steps asked for less than it had begun with, as an older worker's does", async () => {
    const request = { mode: "full", way: "pages" } as const;
    const { run } = await requestSync(shop.id, "products", request, "user:7", shop.now());
    await stepBriefly(run);
    await grant(WITHOUT);
    await stepBriefly(run);
    await grant(scopes());
    shop.clock.advance(skippedMs);
    expect(await shop.finish(run)).toMatchObject({ state: "verified", done: 6 });
    expect(await rereadGrown(shop.id, shop.now())).toEqual(["products"]);
  });

  it("after an update that mirrors one field more", async () => {
    await readWhole("pages");
    await pool.query(
      "UPDATE sync_selections SET fields = array_remove(fields, 'seo.title') WHERE shop_id = $1",
      [shop.id],
    );
    expect(await rereadGrown(shop.id, shop.now())).toEqual(["products"]);
  });

  it("where the last whole read was before any of this was noted", async () => {
    await readWhole("pages");
    await pool.query("DELETE FROM sync_selections WHERE shop_id = $1", [shop.id]);
    expect(await rereadGrown(shop.id, shop.now())).toEqual(["products"]);
  });

  it("not where nothing was read whole yet, nor while it is being read", async () => {
    expect(await rereadGrown(shop.id, shop.now())).toEqual([]);
    await readWhole("pages");
    await pool.query("DELETE FROM sync_selections WHERE shop_id = $1", [shop.id]);
    await requestSync(shop.id, "products", { mode: "full" }, "user:7", shop.now());
    expect(await rereadGrown(shop.id, shop.now())).toEqual([]);
    expect(await startedBy()).toEqual(["user:7 verified", "user:7 queued"]);
  });

  it("and what is left out for a while is new afterwards, what is left out for good is not", async () => {
    await readWhole("pages");
    await grant(WITHOUT);
    expect(await rereadGrown(shop.id, shop.now())).toEqual([]);
    await grant(scopes());
    expect(await rereadGrown(shop.id, shop.now())).toEqual(["products"]);
  });
});
