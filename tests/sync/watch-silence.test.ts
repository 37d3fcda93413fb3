// A topic that has gone silent is noticed, also one of several and whatever catch-up brings meanwhile; it is caught up and
// shown from when to when. What usually comes without news is no silence.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Permanent } from "#app/shopify/errors.ts";
import { isDisproved, usualShare, verdictOn } from "#app/sync/watch-verdict.ts";
import * as acts from "#sandbox/store/acts.ts";
import { useDatabase } from "#tests/database.ts";
import type { Client } from "#app/shopify/client.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { catchUpShop } = await import("#app/sync/catch-up-due.ts");
const { startCursor } = await import("#app/sync/cursors.ts");
const { GRACE_MS, watchSilence } = await import("#app/sync/watch-silence.ts");
const { openSearchedShop } = await import("#tests/sync/searched-shop.ts");

const MINUTE = 60_000;
const DAY = 24 * 60;
const SHOP = "test-shop.myshopify.com";
const START = new Date("2026-11-20T10:00:00Z");
const time = (minutes: number) => new Date(START.getTime() + minutes * MINUTE);
let shopId: number;

beforeEach(async () => {
  const { rows } = await pool.query("INSERT INTO shops (domain, installed_at) VALUES ($1, $2) RETURNING id", [
    SHOP,
    time(-30 * DAY),
  ]);
  shopId = rows[0].id;
});
afterEach(async () => {
  await pool.query(
    `TRUNCATE shops, sync_acts, sync_watches, sync_runs, sync_deliveries, sync_holds, sync_confirmations, orders, customers,
              sync_resources, sync_cursors`,
  );
});

/** Shopify counts so many changed records of the type in any period, and no other changes. */
const counting = (type: "orders" | "customers", count: number) =>
  ({
    async query(document: string) {
      const isMeant = document.includes(`${type}Count`);
      return {
        data: { it: { count: isMeant ? count : 0, precision: "EXACT" } },
        sentAt: new Date().toISOString(),
      };
    },
  }) as unknown as Client;

const watch = (client: Client, minutes: number) =>
  watchSilence(shopId, SHOP, {
    client,
    signal: new AbortController().signal,
    now: new Date(time(minutes).getTime() + GRACE_MS),
  });
const look = (orders: number, minutes: number) => watch(counting("orders", orders), minutes);

const state = async (resource = "orders") =>
  (
    await pool.query(
      `SELECT watched_to, silent_from, silent_to, missed, run_id IS NOT NULL AS runs FROM sync_watches
       WHERE resource = $1`,
      [resource],
    )
  ).rows[0];
const isSilent = async () => {
  const { silent_from, silent_to } = await state();
  return silent_from !== null && silent_to === null;
};
const recorded = async () => (await pool.query("SELECT act, count FROM sync_acts ORDER BY id")).rows;
const endRuns = () => pool.query("UPDATE sync_runs SET state = 'verified', ended_at = now()");

/** As a catch-up brings it, or a webhook: what wrote the row proves nothing. */
const mirror = (id: number, minutes: number, created = -20 * DAY, table = "orders") =>
  pool.query(
    `INSERT INTO ${table} (shop_id, id, gid, created_at, updated_at, observed_at, origin_kind, origin_id, applied_at)
     VALUES ($1, $2, 'gid', $3, $4, $4, 'page', 1, $4)
     ON CONFLICT (shop_id, id) DO UPDATE SET updated_at = excluded.updated_at`,
    [shopId, id, time(created), time(minutes)],
  );

let webhooks = 0;
interface Arrival {
  readonly topic?: string;
  readonly state?: string;
  readonly attempts?: number;
  readonly key?: number | null;
}
async function arrive(id: number, minutes: number, given: Arrival = {}) {
  const { topic = "orders/updated", state = "applied", attempts = 1, key = id } = given;
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, attempts, resource, record_key, received_at)
     VALUES ($1, $2, $3, '{}', $4::delivery_state, $5, CASE WHEN $6::text IS NOT NULL THEN 'orders' END, $6, $7)`,
    [SHOP, `w${(webhooks += 1)}`, topic, state, attempts, key, time(minutes)],
  );
}
const tell = async (id: number, minutes: number, created?: number, topic?: string) => {
  await mirror(id, minutes, created);
  await arrive(id, minutes, topic ? { topic } : {});
};
/** So many changes of the day before, each of them told. */
async function goWell(count: number) {
  for (let id = 1_000; id < 1_000 + count; id += 1) await tell(id, -300);
}

describe("silence", () => {
  it("is found when Shopify changed records and not one delivery came; the gap is caught up", async () => {
    expect(await look(5, 0)).toEqual([]);
    expect(await look(5, 5)).toEqual([{ resource: "orders", missed: 5 }]);
    expect(await state()).toMatchObject({ silent_from: START, silent_to: null, missed: 5, runs: true });
    const { rows } = await pool.query("SELECT resource, kind, started_by, request FROM sync_runs");
    expect(rows).toEqual([
      {
        resource: "orders",
        kind: "catch_up",
        started_by: "watch",
        request: { mode: "since", since: time(-1).toISOString() },
      },
    ]);
    expect(await recorded()).toEqual([{ act: "silence_found", count: 5 }]);
  });

  it("is found when some deliveries came, but not of every record that changed", async () => {
    await look(0, 0);
    await tell(1, 2);
    await tell(2, 2);
    expect(await look(6, 5)).toEqual([{ resource: "orders", missed: 4 }]);
  });

  it("of changes is found while new records are announced, though catch-up brought them; and not over by new ones", async () => {
    await goWell(50);
    await look(0, 0);
    for (const id of [1, 2, 3]) await tell(id, 1, 1, "orders/create");
    for (const id of [4, 5, 6]) await mirror(id, 2);
    expect(await look(6, 5)).toEqual([{ resource: "orders", missed: 3 }]);
    await endRuns();

    for (const id of [11, 12, 13, 14]) await tell(id, 6, 6, "orders/create");
    expect(await look(4, 10)).toEqual([]);
    expect(await isSilent()).toBe(true);
    for (const id of [4, 5, 6]) await tell(id, 12);
    expect(await look(7, 15)).toEqual([]);
    expect(await state()).toMatchObject({ silent_from: START, silent_to: time(5) });
  });

  it("is not cried for a single change, but that is looked at again with what follows", async () => {
    await goWell(50);
    await look(0, 0);
    await mirror(1, 2);
    expect(await look(1, 5)).toEqual([]);
    expect(await state()).toMatchObject({ watched_to: START, silent_from: null });
    await mirror(2, 7);
    expect(await look(2, 10)).toEqual([{ resource: "orders", missed: 2 }]);
    expect(await state()).toMatchObject({ silent_from: START });
  });

  it("is not cried over one lost webhook among many", async () => {
    await goWell(50);
    await look(0, 0);
    await mirror(1, 2);
    for (let id = 2; id <= 12; id += 1) await tell(id, 3);
    expect(await look(12, 5)).toEqual([]);
    expect(await look(12, DAY)).toEqual([]);
    expect(await state()).toMatchObject({ silent_from: null, watched_to: time(DAY) });
  });

  it("is not cried where changes usually come without news", async () => {
    for (let id = 1_000; id < 1_040; id += 1) await (id % 2 ? mirror(id, -300) : tell(id, -300));
    await look(0, 0);
    for (const id of [1, 2, 3, 4, 5]) await mirror(id, 2);
    for (const id of [6, 7, 8]) await tell(id, 2);
    expect(await look(8, 5)).toEqual([]);
    expect(await state()).toMatchObject({ silent_from: null });
  });

  it("is not cried at once where Shopify has other topics for some of the changes", async () => {
    const customers = counting("customers", 30);
    await watch(customers, 0);
    for (let id = 1; id <= 30; id += 1) await mirror(id, 2, -DAY, "customers");
    expect(await watch(customers, 5)).toEqual([]);
    expect(await state("customers")).toMatchObject({ silent_from: null });
  });

  it("is not cried when every change was announced, nor in a quiet store", async () => {
    await look(0, 0);
    for (const id of [1, 2, 3, 4]) await tell(id, 2);
    expect(await look(4, 5)).toEqual([]);
    expect(await look(0, 10)).toEqual([]);
    expect(await state()).toMatchObject({ silent_from: null, watched_to: time(10) });
  });

  it("is looked at later, from where it stood, while deliveries of the period wait for their first try", async () => {
    await look(0, 0);
    await arrive(1, 2, { state: "received", attempts: 0, key: null });
    expect(await look(4, 5)).toEqual([]);
    await pool.query("DELETE FROM sync_deliveries");
    expect(await look(4, 10)).toEqual([{ resource: "orders", missed: 4 }]);
    expect(await state()).toMatchObject({ silent_from: START });
  });

  it("is found while a delivery waits for its next try, which counts as announced", async () => {
    await look(0, 0);
    await arrive(9, 2, { state: "received", attempts: 5 });
    await arrive(8, 6, { state: "received", attempts: 0, key: null });
    expect(await look(6, 5)).toEqual([{ resource: "orders", missed: 4 }]);
  });

  it("is found while a person has the deliveries wait", async () => {
    await pool.query("INSERT INTO sync_holds VALUES ($1, 'deliveries', 'user:1', $2)", [shopId, START]);
    await look(0, 0);
    await arrive(1, 2, { state: "received", attempts: 0, key: null });
    expect(await look(6, 5)).toEqual([{ resource: "orders", missed: 5 }]);
  });

  it("does not count what is set aside, or still to be read, as unannounced", async () => {
    await look(0, 0);
    for (const id of [1, 2, 3]) await arrive(id, 2, { state: "parked" });
    for (const id of [4, 5, 6]) {
      await arrive(id, 2, { topic: "refunds/create" });
      await pool.query("INSERT INTO sync_confirmations VALUES ($1, 'orders', $2)", [shopId, id]);
    }
    expect(await look(6, 5)).toEqual([]);
    expect(await state()).toMatchObject({ silent_from: null, watched_to: time(5) });
  });

  it("lasts through quiet periods, and is over when a change is announced again", async () => {
    await look(0, 0);
    await look(3, 5);
    await endRuns();
    await look(0, 10);
    expect(await state()).toMatchObject({ silent_to: null, watched_to: time(10) });
    await tell(1, 12);
    await look(1, 15);
    expect(await state()).toMatchObject({ silent_from: START, silent_to: time(10), missed: 3, runs: true });
    expect((await recorded()).map(({ act }) => act)).toEqual(["silence_found", "silence_over"]);
  });

  it("is not judged when Shopify refuses to count: the next look takes the whole period", async () => {
    await look(0, 0);
    const broken = {
      query: async () => {
        throw new Permanent("ACCESS_DENIED", "no");
      },
    } as unknown as Client;
    await expect(watch(broken, 5)).rejects.toThrow("no");
    expect(await look(3, 10)).toEqual([{ resource: "orders", missed: 3 }]);
  });
});

it("a topic that dies is found though a catch-up has read all that it did not announce", async () => {
  const shop = await openSearchedShop(20);
  const { rows } = await pool.query(
    "UPDATE shops SET installed_at = '2026-01-01Z' WHERE id = $1 RETURNING domain",
    [shop.id],
  );
  const domain: string = rows[0].domain;
  await inTransaction((client) => startCursor(client, shop.id, "orders", shop.now(), true, shop.now()));
  const watching = () =>
    watchSilence(shop.id, domain, {
      client: shop.client,
      signal: new AbortController().signal,
      now: shop.now(),
    });
  shop.clock.advance(10 * MINUTE);
  expect(await watching()).toEqual([]);
  shop.clock.advance(10 * MINUTE);
  const changed = [...shop.store.list("orders")].slice(0, 8).map(({ id }) => id);
  for (const id of changed) acts.updateOrder(shop.store, id, { note: "changed" });
  // Of three of them something else is announced.
  for (const id of changed.slice(0, 3)) {
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, resource, record_key, received_at)
       VALUES ($1, $2, 'orders/paid', '{}', 'applied', 'orders', $2, $3)`,
      [domain, String(id), shop.now()],
    );
  }
  shop.clock.advance(5 * MINUTE);
  await catchUpShop(shop.id, shop.client, shop.now());
  const runs = await pool.query("SELECT id FROM sync_runs WHERE shop_id = $1 AND state = 'queued'", [
    shop.id,
  ]);
  for (const { id } of runs.rows) await shop.finish({ id: BigInt(id) });
  const here = await pool.query("SELECT count(*)::int AS count FROM orders WHERE shop_id = $1", [shop.id]);
  expect(here.rows[0].count).toBe(8);
  expect(await watching()).toEqual([{ resource: "orders", missed: 5 }]);
});

describe("the verdict", () => {
  const of = (changed: number, untold: number) => ({ changed, untold });

  it("needs less the more was seen, and never takes one lost webhook for a silence", () => {
    const cautious = usualShare(of(0, 0), false);
    expect(verdictOn(of(2, 2), cautious)).toBe("unclear");
    expect(verdictOn(of(3, 3), cautious)).toBe("silent");
    const sure = usualShare(of(1_000, 0), false);
    expect(verdictOn(of(1, 1), sure)).toBe("unclear");
    expect(verdictOn(of(2, 2), sure)).toBe("silent");
    expect(verdictOn(of(100, 1), sure)).toBe("usual");
  });

  it("takes what is usual for usual, whatever its number", () => {
    const usual = usualShare(of(1_000, 400), true);
    expect(verdictOn(of(500, 190), usual)).toBe("usual");
    expect(verdictOn(of(500, 300), usual)).toBe("silent");
  });

  it("ends a total silence by the first news, one of a part by more of it", () => {
    expect(isDisproved(of(1, 0), of(40, 40))).toBe(true);
    expect(isDisproved(of(3, 0), of(40, 10))).toBe(false);
    expect(isDisproved(of(20, 0), of(40, 10))).toBe(true);
    expect(isDisproved(of(20, 6), of(40, 10))).toBe(false);
  });
});

it("is none of what changed before the installation: nobody was to be told of it", async () => {
  const shop = await openSearchedShop(20);
  const watching = async () => {
    const { rows } = await pool.query("SELECT domain FROM shops WHERE id = $1", [shop.id]);
    const given = { client: shop.client, signal: new AbortController().signal, now: shop.now() };
    return watchSilence(shop.id, rows[0].domain, given);
  };
  const change = () => {
    for (const { id } of [...shop.store.list("orders")].slice(0, 8))
      acts.updateOrder(shop.store, id, { note: `changed ${shop.now().toISOString()}` });
  };
  shop.clock.advance(MINUTE);
  change();
  shop.clock.advance(MINUTE);
  await pool.query("UPDATE shops SET installed_at = $2 WHERE id = $1", [shop.id, shop.now()]);
  // This look, the first, begins three minutes back.
  expect(await watching()).toEqual([]);
  shop.clock.advance(5 * MINUTE);
  expect(await watching()).toEqual([]);
  change();
  shop.clock.advance(5 * MINUTE);
  expect(await watching()).toEqual([{ resource: "orders", missed: 8 }]);
});
