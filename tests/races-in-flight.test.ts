// Every read against everything that can happen while its answer is on the way: Shopify has answered (or has written the
// file), then the other thing happens from beginning to end, then the answer lands. A name reads "what was asked → what
// happens meanwhile → the answer lands". At the end the mirror holds of the order what the store says now. Orders of arrival
// below that, news against news, are in races.test.ts.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { bodyOf } from "#sandbox/webhooks/bodies/body.ts";
import { print } from "#sandbox/webhooks/bodies/json.ts";
import { useDatabase } from "#tests/database.ts";
import type { Frozen, Order } from "#sandbox/store/truth.ts";
import type { RunRequest } from "#app/sync/runs.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { confirm } = await import("#app/sync/confirm.ts");
const { drain, receive } = await import("#app/sync/inbox.ts");
const { replay } = await import("#app/sync/replay.ts");
const { createRun } = await import("#app/sync/runs.ts");
const { systemTopics } = await import("#app/shops/system-topics.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");
const { differences } = await import("#tests/oracle.ts");

const ORDERS = 30;

let shop: SearchedShop;
let domain: string;
let order: Frozen<Order>;
/** Webhooks that Shopify has sent so far; nothing is delivered by itself. */
let sent: { topic: string; triggeredAt: string; body: string }[];

beforeEach(async () => {
  await pool.query(
    "TRUNCATE orders, metafields, sync_confirmations, sync_deliveries, sync_tombstones, sync_redactions",
  );
  shop = await openSearchedShop(ORDERS);
  const { rows } = await pool.query<{ domain: string }>(
    "UPDATE shops SET installed_at = '2026-01-01Z', authorized_at = '2026-01-01Z' WHERE id = $1 RETURNING domain",
    [shop.id],
  );
  domain = rows[0]!.domain;
  sent = [];
  shop.store.on("event", (event) => {
    const { topic, triggeredAt } = event;
    sent.push({ topic, triggeredAt, body: print(bodyOf(shop.store, event)) });
  });
  // Some seconds ago, so that a catch-up finds it.
  shop.clock.set(new Date(Date.now() - 5_000));
  const customer = shop.store.list("customers").find(({ email }) => email !== null)!;
  // One that may be deleted: not paid online.
  order = acts.placeOrder(shop.store, {
    ...{ customerId: customer.id, payment: "pending", gateway: "manual", note: "as placed" },
    lines: [{ variantId: null, title: "Print", price: "12.00", quantity: 2, requiresShipping: true }],
  });
  await deliver("orders/create");
  tick();
  // Until Shopify has first said what its bucket holds, one query is asked at a time.
  await shop.client.query("query Learn { shop { id } }", {}, { lane: "targeted" });
});

/** The store's time is the real one, as at Shopify; most of what happens here is in one second. */
function tick(): void {
  shop.clock.set(new Date(Math.max(Date.now(), shop.now().getTime() + 1)));
}

/** The latest webhook of a topic, once more if it was delivered before. @returns its id. */
async function deliver(topic: string): Promise<bigint> {
  const news = sent.findLast((one) => one.topic === topic)!;
  return push(topic, news.body, news.triggeredAt);
}

async function push(topic: string, body: string, triggeredAt: string): Promise<bigint> {
  const webhookId = randomUUID();
  const envelope = {
    shopDomain: domain,
    webhookId,
    eventId: null,
    topic,
    apiVersion: "2026-10",
    triggeredAt,
  };
  expect(await receive({ ...envelope, body: Buffer.from(body) })).toBe("stored");
  while ((await drain(systemTopics)).taken > 0);
  const { rows } = await pool.query<{ id: string; state: string }>(
    "SELECT id, state FROM sync_deliveries WHERE webhook_id = $1",
    [webhookId],
  );
  expect(["applied", "superseded"]).toContain(rows[0]!.state);
  return BigInt(rows[0]!.id);
}

function change(note: string): void {
  tick();
  acts.updateOrder(shop.store, order.id, { note });
}

async function redact(secondsBehind: number): Promise<void> {
  tick();
  const body = { customer: { id: order.customerId }, orders_to_redact: [] };
  const at = new Date(shop.now().getTime() - secondsBehind * 1_000);
  await push("customers/redact", JSON.stringify(body), at.toISOString());
}

async function sync(request: RunRequest, resource: "orders" | "order_metafields" = "orders"): Promise<void> {
  const { run } = await requestSync(shop.id, resource, request, "test", new Date());
  expect(["verified", "incomplete"]).toContain((await shop.finish(run)).state);
}

async function catchUp(): Promise<void> {
  const since = new Date(Date.now() - 600_000).toISOString();
  const wanted = { resource: "orders", kind: "catch_up", request: { mode: "since", since } } as const;
  const run = await inTransaction((client) =>
    createRun(client, shop.id, { ...wanted, startedBy: "schedule" }, new Date()),
  );
  expect((await shop.finish(run.run)).state).toBe("verified");
}

async function confirmNow(resource: "orders" | "order_metafields" = "orders"): Promise<void> {
  await pool.query(
    `INSERT INTO sync_confirmations (shop_id, resource, record_key, urgent) VALUES ($1, $2, $3, true)
     ON CONFLICT DO NOTHING`,
    [shop.id, resource, order.id],
  );
  await confirmQueued();
}

async function confirmQueued(): Promise<void> {
  const context = {
    client: shop.client,
    signal: new AbortController().signal,
    now: () => new Date(Date.now() + 1_000),
  };
  while ((await confirm(shop.id, context)).taken > 0);
}

interface Read {
  /** The answer that is held back: part of its document, or a file. */
  readonly holds: string | null;
  readonly ask: () => Promise<void>;
}

const READS: Readonly<Record<string, Read>> = {
  confirm: { holds: "query OrderNodes", ask: () => confirmNow() },
  targeted: { holds: "query OrderNodes", ask: () => sync({ mode: "ids", ids: [order.id] }) },
  "backfill page": { holds: "query OrdersPage", ask: () => sync({ mode: "full", way: "pages" }) },
  "backfill bulk": { holds: null, ask: () => sync({ mode: "full", way: "bulk" }) },
  "catch-up": { holds: "query OrdersPage", ask: catchUp },
};

type End = "as the store says" | "gone" | "without the person";

interface Meanwhile {
  readonly happens: () => Promise<unknown>;
  readonly end: End;
  /** Reads of the same kind, of which there is one at a time (I7), or that would wait for each other. */
  readonly not?: readonly string[];
}

/** One run of a resource and kind at a time. */
const MEANWHILE: Readonly<Record<string, Meanwhile>> = {
  webhook: {
    end: "as the store says",
    happens: async () => {
      change("by webhook");
      await deliver("orders/updated");
    },
  },
  "delete webhook": {
    end: "gone",
    happens: async () => {
      tick();
      acts.deleteOrder(shop.store, order.id);
      await deliver("orders/delete");
    },
  },
  "webhook, and its double after the next one": {
    end: "as the store says",
    happens: async () => {
      change("first");
      const first = sent.findLast(({ topic }) => topic === "orders/updated")!;
      await deliver("orders/updated");
      change("second");
      await deliver("orders/updated");
      await push(first.topic, first.body, first.triggeredAt);
    },
  },
  "replay of an old webhook": {
    end: "as the store says",
    happens: async () => {
      change("first");
      const id = await deliver("orders/updated");
      change("second");
      await deliver("orders/updated");
      await replay(
        { shopId: shop.id, shopDomain: domain, actor: "user:1" },
        { ids: [String(id)] },
        new Date(),
      );
      while ((await drain(systemTopics)).taken > 0);
    },
  },
  confirm: {
    end: "as the store says",
    happens: async () => {
      change("by confirm");
      await confirmNow();
    },
  },
  targeted: {
    end: "as the store says",
    not: ["targeted"],
    happens: async () => {
      change("by its id");
      await sync({ mode: "ids", ids: [order.id] });
    },
  },
  "backfill page": {
    end: "as the store says",
    not: ["backfill page", "backfill bulk"],
    happens: async () => {
      change("by page");
      await sync({ mode: "full", way: "pages" });
    },
  },
  "backfill bulk": {
    end: "as the store says",
    not: ["backfill page", "backfill bulk"],
    happens: async () => {
      // Shopify dates an operation to the second: which of two states of one second it saw, nobody can tell. There the
      // webhook decides, or the overlap of the next catch-up.
      shop.clock.advance(1_000);
      change("by file");
      await sync({ mode: "full", way: "bulk" });
    },
  },
  "catch-up": {
    end: "as the store says",
    not: ["catch-up"],
    happens: async () => {
      change("by catch-up");
      // What is of this second is not looked at before it is over.
      shop.clock.advance(2_000);
      await catchUp();
    },
  },
  "a look at what belongs to it": {
    end: "as the store says",
    happens: async () => {
      tick();
      const field = { ownerType: "ORDER", ownerId: order.id, namespace: "custom", key: "engraving" } as const;
      acts.setMetafield(shop.store, { ...field, type: "single_line_text_field", value: "For Zoe" });
      await confirmNow("order_metafields");
      await deliver("orders/updated");
    },
  },
  redaction: { end: "without the person", happens: () => redact(0) },
  "redaction, by a clock behind ours": {
    end: "without the person",
    // Shopify's clock dates files and redactions alike.
    not: ["backfill bulk"],
    happens: () => redact(60),
  },
};

const pairs = Object.entries(READS).flatMap(([read, { holds, ask }]) =>
  Object.entries(MEANWHILE)
    .filter(([, { not = [] }]) => !not.includes(read))
    .map(([event, { happens, end }]) => ({
      name: `${read} → ${event} → the answer lands`,
      holds,
      ask,
      happens,
      end,
    })),
);

async function expectEnd(end: End): Promise<void> {
  const { rows } = await pool.query("SELECT * FROM orders WHERE shop_id = $1 AND id = $2", [
    shop.id,
    order.id,
  ]);
  if (end === "gone") return expect(rows).toEqual([]);
  if (end === "without the person") {
    const none = {
      email: null,
      customer_id: null,
      shipping_address: null,
      billing_address: null,
      note: null,
    };
    expect(rows).toMatchObject([{ ...none, name: order.name }]);
    const { rows: copies } = await pool.query("SELECT body FROM sync_deliveries WHERE resource = 'orders'");
    return expect(copies.filter(({ body }) => body.length > 0)).toEqual([]);
  }
  // The newest state is there at once; what a webhook does not state comes with the look that follows each.
  const note = shop.store.need("orders", order.id).note;
  expect(rows).toMatchObject([{ note }]);
  // A look is dated by the real clock. Waiting for a file has moved the store's ahead of it, and so the webhook's.
  await pause(Math.max(0, shop.now().getTime() - Date.now() + 1));
  await confirmQueued();
  expect((await differences(pool, shop.store)).filter((line) => line.includes(order.id))).toEqual([]);
}

describe("while an answer is on its way", () => {
  it.each(pairs)("$name", async ({ holds, ask, happens, end }) => {
    let isOver = false;
    shop.after = async (document) => {
      if (isOver || (holds === null ? document !== null : !document?.includes(holds))) return;
      isOver = true;
      await happens();
    };
    await ask();
    expect(isOver).toBe(true);
    await expectEnd(end);
  });
});
