// Which orders a worker's next look at the editions is for.
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import type { Upsert } from "#app/sync/change.ts";

await useDatabase();
const { createAgenda } = await import("#app/worker-editions.server.ts");
const { ORDERS_MAX } = await import("#app/editions/keep.ts");
const { SETTLE_MS } = await import("#app/editions/numbers.ts");
const { apply } = await import("#app/sync/apply.ts");
const { inTransaction, pool } = await import("#app/db.server.ts");
const { hearWritten } = await import("#app/sync/written.ts");

it("has each order once at once, and once more when its sale has settled", () => {
  const agenda = createAgenda();
  agenda.note(1, ["7", "8"], 0);
  agenda.note(2, ["9"], 0);
  expect(agenda.take(1, 10)).toEqual(["7", "8"]);
  expect(agenda.take(1, 10 + SETTLE_MS)).toEqual([]);
  expect(agenda.take(1, 2_000 + SETTLE_MS)).toEqual(["7", "8"]);
  expect(agenda.take(1, 1e9)).toEqual([]);
  expect(agenda.take(2, 10)).toEqual(["9"]);
});

it("begins anew with an order that is written again", () => {
  const agenda = createAgenda();
  agenda.note(1, ["7"], 0);
  agenda.take(1, 0);
  agenda.note(1, ["7"], 100);
  expect(agenda.take(1, 100)).toEqual(["7"]);
  expect(agenda.take(1, 200 + SETTLE_MS)).toEqual([]);
});

it("holds so many of a shop and no more", () => {
  const agenda = createAgenda();
  agenda.note(
    1,
    Array.from({ length: ORDERS_MAX + 5 }, (_, n) => String(n)),
    0,
  );
  expect(agenda.take(1, 0)).toHaveLength(ORDERS_MAX);
});

it("hears what was committed, and nothing of what was rolled back", async () => {
  const heard: [number, readonly string[]][] = [];
  const deafen = hearWritten("locations", (shopId, keys) => heard.push([shopId, keys]));
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ('written.myshopify.com') RETURNING id",
  );
  const { id } = rows[0]!;
  const news = (key: string): Upsert => ({
    verb: "upsert",
    resource: "locations",
    key,
    row: { id: key, gid: `gid://shopify/Location/${key}`, name: "Pier" },
    children: {},
    version: { updatedAt: null, observedAt: "2026-11-20T10:00:00.000000Z" },
    origin: { kind: "fetch", id: null },
  });
  const lost = inTransaction(async (client) => {
    await apply(client, id, [news("1")], new Date());
    throw new Error("given up");
  });
  await expect(lost).rejects.toThrow("given up");
  await inTransaction((client) => apply(client, id, [news("2")], new Date()));
  deafen();
  await inTransaction((client) => apply(client, id, [news("3")], new Date()));
  expect(heard).toEqual([[id, ["2"]]]);
});
