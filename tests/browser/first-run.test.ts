// What a merchant sees on the first day: Counterfoil opens inside the admin, the first sync completes before their
// eyes, an order placed in the store arrives on the page and in PostgreSQL; and at the end the mirror is the store.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleteMetafield, deleteProduct, refundOrder, setMetafield, setStock } from "#sandbox/store/acts.ts";
import { updateCollection, updateCustomer, updateOrder, updateProduct } from "#sandbox/store/acts.ts";
import { metafieldsOf } from "#sandbox/store/lookups.ts";
import type { Store } from "#sandbox/store/store.ts";
import { differences } from "#tests/oracle.ts";
import { startStack, type Stack } from "./stack.ts";

/** From the click in the store to the committed row, in this run on this machine. The product's goal is a second. */
const ARRIVAL_MS_MAX = 1_000;

let stack: Stack;
let page: Page;
const app = () => page.frameLocator("iframe");

beforeAll(async () => {
  stack = await startStack({ orders: 400, products: 80 });
  giveMetafields(stack.sandbox.store);
  page = await stack.open();
});

afterAll(async () => {
  await stack.stop();
});

/** One to an owner of each kind, past 2^53; no size of an edition, which would be an error there, and the page says so. */
function giveMetafields(store: Store): void {
  const own = {
    namespace: "custom",
    key: "serial_number",
    type: "number_integer",
    value: "9007199254740993",
  };
  setMetafield(store, { ownerType: "PRODUCTVARIANT", ownerId: store.list("variants")[0]!.id, ...own });
  setMetafield(store, { ownerType: "ORDER", ownerId: store.list("orders")[0]!.id, ...own });
  setMetafield(store, { ownerType: "CUSTOMER", ownerId: store.list("customers")[0]!.id, ...own });
  setMetafield(store, { ownerType: "COLLECTION", ownerId: store.list("collections")[0]!.id, ...own });
}

describe("the first day", () => {
  it("opens Counterfoil inside the admin and completes the first sync by itself", async () => {
    // The sync must not be over before a slow browser has shown that it runs.
    stack.sandbox.dials.turn({ apiSlowMs: 2_000 });
    await page.goto(stack.sandbox.urls.admin);
    await app().getByRole("heading", { level: 1 }).waitFor();
    await app()
      .getByText(/Your first sync is (about to start|running)/)
      .first()
      .waitFor();
    await app().getByRole("progressbar").first().waitFor();
    stack.sandbox.dials.turn({ apiSlowMs: 0 });
    await app().getByText("Your mirror is complete", { exact: false }).first().waitFor();

    const { rows } = await stack.mirror.query(
      "SELECT resource, state, total, done FROM sync_runs ORDER BY resource",
    );
    expect(rows.map(({ resource, state }) => `${resource} ${state}`)).toEqual([
      "collection_metafields verified",
      "collections verified",
      "customer_metafields verified",
      "customers verified",
      "fulfillment_orders verified",
      "inventory_items verified",
      "inventory_levels verified",
      "locations verified",
      "order_metafields verified",
      "orders verified",
      "product_metafields verified",
      "products verified",
      "variant_metafields verified",
    ]);
    expect(rows.every(({ total, done }) => done > 0 && (total === null || done === total))).toBe(true);
    expect(await differences(stack.mirror, stack.sandbox.store)).toEqual([]);
  });

  it("brings an order that is placed in the store into PostgreSQL within a second, and onto the page", async () => {
    const shopPage = await page.context().newPage();
    const before = await countOrders();
    await expect.poll(() => app().getByText(before.toLocaleString("en")).count()).toBeGreaterThan(0);

    await shopPage.goto(new URL("/store/counterfoil-sandbox/orders", stack.sandbox.urls.sandbox).href);
    await shopPage.getByRole("button", { name: "Place a sample order" }).first().click();
    await shopPage.getByText(/Order #\d+ placed/).waitFor();
    const { id } = stack.sandbox.store.list("orders").at(-1)!;

    const { appliedAt, createdAt } = await arrival(id);
    expect(appliedAt - createdAt).toBeLessThan(ARRIVAL_MS_MAX);
    await page.bringToFront();
    await app()
      .getByText((before + 1).toLocaleString("en"))
      .first()
      .waitFor();
    await shopPage.close();
  });

  it("follows edits, refunds, stock and deletions, until mirror and store are equal field by field", async () => {
    const { store } = stack.sandbox;
    const paid = store
      .list("orders")
      .findLast(
        (order) =>
          order.transactions.some(({ kind, status }) => kind === "SALE" && status === "SUCCESS") &&
          order.refunds.length === 0,
      )!;
    updateOrder(store, paid.id, { note: "Call before delivery – ring twice", tags: ["vip", "gift"] });
    refundOrder(store, paid.id, {
      lines: [{ lineItemId: paid.lines[0]!.id, quantity: 1, restockType: "NO_RESTOCK" }],
    });
    const level = store.list("inventoryLevels").find(({ isActive }) => isActive)!;
    setStock(store, [{ inventoryItemId: level.inventoryItemId, locationId: level.locationId, quantity: 41 }]);
    const [collection] = store.list("collections");
    // The second one is in a collection: its place there goes with it.
    const [second, ...others] = collection!.productIds.map((id) => store.need("products", id));
    const first = others.find(({ id }) => metafieldsOf(store, "PRODUCT", id).length > 0);
    updateProduct(store, first!.id, { title: "Vase „Ära“ № 7" });
    const [field] = metafieldsOf(store, "PRODUCT", first!.id);
    deleteMetafield(store, field!);
    setMetafield(store, { ...field!, key: "added", type: "single_line_text_field", value: "50 + 5 AP" });
    updateCollection(store, collection!.id, { productIds: collection!.productIds.toReversed().slice(1) });
    const [customer] = store.list("customers");
    updateCustomer(store, customer!.id, { tags: ["z", "A"], note: "„Ring“ twice", acceptsMarketing: true });
    deleteProduct(store, second!.id);

    await settled();
    expect(await differences(stack.mirror, store)).toEqual([]);
    const { rows } = await stack.mirror.query(
      "SELECT record_key FROM sync_tombstones WHERE resource = 'products'",
    );
    expect(rows).toEqual([{ record_key: second!.id }]);
  });

  it("ends every delivery in a known state, with nothing on the page gone wrong", async () => {
    const { rows } = await stack.mirror.query(
      "SELECT topic, state, reason FROM sync_deliveries WHERE state IN ('received', 'parked')",
    );
    expect(rows).toEqual([]);
    expect(stack.failures).toEqual([]);
  });
});

async function countOrders(): Promise<number> {
  const { rows } = await stack.mirror.query<{ count: string }>("SELECT count(*) FROM orders");
  return Number(rows[0]!.count);
}

/** When the order was made in the store, and when its row was committed here (ms since the epoch). */
async function arrival(id: string): Promise<{ appliedAt: number; createdAt: number }> {
  const createdAt = Date.parse(stack.sandbox.store.need("orders", id).createdAt);
  const appliedAt = await expect
    .poll(async () => {
      const { rows } = await stack.mirror.query<{ at: Date }>(
        "SELECT min(settled_at) AS at FROM sync_deliveries WHERE resource = 'orders' AND record_key = $1 AND state = 'applied'",
        [id],
      );
      return rows[0]?.at?.getTime() ?? 0;
    })
    .toBeGreaterThan(0)
    .then(async () => {
      const { rows } = await stack.mirror.query<{ at: Date }>(
        "SELECT min(settled_at) AS at FROM sync_deliveries WHERE resource = 'orders' AND record_key = $1 AND state = 'applied'",
        [id],
      );
      return rows[0]!.at.getTime();
    });
  return { appliedAt, createdAt };
}

/** All webhooks delivered and worked off, all confirmations made: what Shopify did not show at once, a minute later. */
async function settled(): Promise<void> {
  await expect
    .poll(async () => {
      await stack.sandbox.idle();
      const { rows } = await stack.mirror.query<{ open: string }>(
        "SELECT (SELECT count(*) FROM sync_deliveries WHERE state = 'received') + (SELECT count(*) FROM sync_confirmations) AS open",
      );
      return Number(rows[0]!.open);
    })
    .toBe(0);
}
