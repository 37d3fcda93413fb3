// Rows that several workers take at once beside the mirror's own: whoever takes more than one takes them in one order, or two
// of them wait for each other until PostgreSQL breaks one off. Each race is forced: the order of the waits is given.
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { SearchedShop } from "#tests/sync/searched-shop.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { doubt, postpone, remove } = await import("#app/sync/confirm-rows.ts");
const { refreshCounts } = await import("#app/sync/counts.ts");
const { queueConfirmations } = await import("#app/sync/inbox-rows.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");
const { waitingForLocks } = await import("#tests/locks.ts");
type Database = Parameters<typeof queueConfirmations>[0];

let shop: SearchedShop;
beforeEach(async () => void (shop = await openSearchedShop(5)));

const KEYS = ["1", "2"];
const NEWS = KEYS.map((key) => ({ resource: "orders", key, urgent: false }) as const);

/** Both records wait among many others, the later key first in the table and in the list. */
async function waitingRecords() {
  await pool.query(
    `INSERT INTO sync_confirmations (shop_id, resource, record_key)
     SELECT $1, 'orders', n::text FROM generate_series(1000, 9000) AS n`,
    [shop.id],
  );
  for (const look of NEWS.toReversed())
    await inTransaction((client) => queueConfirmations(client, shop.id, [look]));
  const { rows } = await pool.query<{ key: string; queuedAt: string }>(
    `SELECT record_key AS key, queued_at::text AS "queuedAt" FROM sync_confirmations
     WHERE shop_id = $1 AND record_key = ANY ($2) ORDER BY 1 DESC`,
    [shop.id, KEYS],
  );
  await pool.query("ANALYZE sync_confirmations");
  return rows.map((row) => ({ ...row, attempts: 0 }));
}

const TAKERS = {
  "are confirmed": remove,
  "are put off": (
    client: Database,
    shopId: number,
    resource: "orders",
    records: Awaited<ReturnType<typeof waitingRecords>>,
  ) => postpone(client, shopId, resource, records, new Date()),
  "are doubted": (
    client: Database,
    shopId: number,
    resource: "orders",
    records: Awaited<ReturnType<typeof waitingRecords>>,
  ) =>
    doubt(
      client,
      shopId,
      records.map(({ key }) => ({ resource, key })),
      new Date(),
    ),
};

it.each(Object.entries(TAKERS))("records that %s, while news of the same comes", async (_what, take) => {
  const records = await waitingRecords();
  const others: Promise<unknown>[] = [];
  await inTransaction(async (client) => {
    await client.query("SELECT FROM sync_confirmations WHERE shop_id = $1 AND record_key = '2' FOR UPDATE", [
      shop.id,
    ]);
    others.push(inTransaction((other) => take(other, shop.id, "orders", records)));
    await waitingForLocks(1);
    others.push(inTransaction((other) => queueConfirmations(other, shop.id, NEWS)));
    await waitingForLocks(2);
  });
  await expect(Promise.all(others)).resolves.toHaveLength(2);
});

it("Shopify's counts, while news of several resources is counted here", async () => {
  await refreshCounts(shop.id, shop.client);
  let counting: Promise<unknown> | undefined;
  const count = (client: Database, resource: string) =>
    client.query("UPDATE sync_resources SET mirrored = mirrored + 1 WHERE shop_id = $1 AND resource = $2", [
      shop.id,
      resource,
    ]);
  await inTransaction(async (client) => {
    await count(client, "customers");
    counting = refreshCounts(shop.id, shop.client);
    await waitingForLocks(1);
    await count(client, "orders");
  });
  await expect(counting).resolves.toBeUndefined();
});
