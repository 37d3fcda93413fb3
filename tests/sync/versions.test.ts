// Two versions on one database, as during a deploy and after a step back: rows of a resource that only the newer one has must
// not keep the older one from its work, and wait for their own.
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { catchUpShop, shopsToCatchUp } = await import("#app/sync/catch-up-due.ts");
const { confirm, shopsToConfirm } = await import("#app/sync/confirm.ts");
const { startCursor } = await import("#app/sync/cursors.ts");
const { queueConfirmations } = await import("#app/sync/inbox-rows.ts");
const { runsToStep, stepRun } = await import("#app/sync/schedule.ts");
const { upkeepShop } = await import("#app/sync/upkeep.ts");
const { shopsWithUpkeep } = await import("#app/sync/upkeep-rows.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");
const { rowsIn } = await import("#tests/sync/shop.ts");

const NEWER = "gift_cards";
const signal = new AbortController().signal;
let shop: SearchedShop;
let context: { client: SearchedShop["client"]; signal: AbortSignal; now: () => Date };

beforeEach(async () => {
  shop = await openSearchedShop(5);
  shop.clock.set(new Date());
  context = { client: shop.client, signal, now: () => new Date(Date.now() + 1_000) };
});

const insert = (text: string) => pool.query(text, [shop.id, NEWER]);
const resourcesIn = async (table: string) => (await rowsIn(shop.id, table)).map(({ resource }) => resource);

it("leaves its runs alone", async () => {
  await insert(
    "INSERT INTO sync_runs (shop_id, resource, kind, request, started_by) VALUES ($1, $2, 'backfill', '{}', 'install')",
  );
  const [run] = await rowsIn(shop.id, "sync_runs");
  expect(await runsToStep(new Date())).toEqual([]);
  expect(
    await stepRun(BigInt(run!.id as string), { ...context, clientFor: async () => shop.client }),
  ).toBeNull();
  expect(await rowsIn(shop.id, "sync_runs")).toEqual([run]);
});

it("confirms the others, and leaves it waiting", async () => {
  await insert(
    "INSERT INTO sync_confirmations (shop_id, resource, record_key, urgent) VALUES ($1, $2, '1', true)",
  );
  expect(await shopsToConfirm(context.now())).not.toContain(shop.id);
  const [order] = shop.store.list("orders");
  const look = { resource: "orders", key: order!.id, urgent: false } as const;
  await inTransaction((client) => queueConfirmations(client, shop.id, [look]));
  expect(await confirm(shop.id, context)).toEqual({ taken: 1 });
  expect(await rowsIn(shop.id, "orders")).toHaveLength(1);
  expect(await resourcesIn("sync_confirmations")).toEqual([NEWER]);
});

it("catches up with the others", async () => {
  const before = new Date(Date.now() - 3_600_000);
  await insert(
    "INSERT INTO sync_cursors (shop_id, resource, until, due_at) VALUES ($1, $2, now(), '2026-01-01Z')",
  );
  await insert(
    `INSERT INTO sync_holes (shop_id, resource, to_at, reason, run_id, opened_at, next_attempt_at)
     VALUES ($1, $2, now(), 'BUG', 1, now(), '2026-01-01Z')`,
  );
  expect(await shopsToCatchUp(context.now())).not.toContain(shop.id);
  await inTransaction((client) => startCursor(client, shop.id, "orders", before, true, before));
  await catchUpShop(shop.id, shop.client, new Date());
  const [cursor] = (await rowsIn(shop.id, "sync_cursors")).filter(({ resource }) => resource === "orders");
  expect(cursor).toMatchObject({ due_at: expect.any(Date) });
  expect((cursor!.due_at as Date).getTime()).toBeGreaterThan(Date.now());
});

it("keeps the rules of the others", async () => {
  await insert(
    "INSERT INTO sync_upkeep (shop_id, resource, work, asked_at) VALUES ($1, $2, 'remove_all', now())",
  );
  expect(await shopsWithUpkeep()).not.toContain(shop.id);
  await pool.query(
    "INSERT INTO sync_upkeep (shop_id, resource, work, asked_at) VALUES ($1, 'orders', 'remove_unmatched', '2026-01-01Z')",
    [shop.id],
  );
  await upkeepShop(shop.id, { ...context, clientFor: async () => shop.client });
  const done = (await rowsIn(shop.id, "sync_upkeep")).map(({ resource, done_at }) => [
    resource,
    done_at !== null,
  ]);
  expect(Object.fromEntries(done)).toEqual({ [NEWER]: false, orders: true });
});
