// Counts of things that have no row of their own.
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { count, flushCounts } = await import("#app/observe.server.ts");

const MINUTE = new Date("2026-11-22T12:00:00Z");
const at = (second: number) => new Date(MINUTE.getTime() + second * 1_000);

it("are added up by name, shop and minute, over several flushes", async () => {
  count("webhook_refused", "a.myshopify.com", at(1));
  count("webhook_refused", "a.myshopify.com", at(59));
  count("webhook_refused", "b.myshopify.com", at(1));
  await flushCounts();
  count("webhook_refused", "a.myshopify.com", at(2));
  count("webhook_refused", "a.myshopify.com", at(60));
  await flushCounts();
  const { rows } = await pool.query("SELECT shop_domain, minute, count FROM sync_counters ORDER BY 1, 2");
  expect(rows).toEqual([
    { shop_domain: "a.myshopify.com", minute: MINUTE, count: "3" },
    { shop_domain: "a.myshopify.com", minute: at(60), count: "1" },
    { shop_domain: "b.myshopify.com", minute: MINUTE, count: "1" },
  ]);
});

it("of a flood of invented shops stay within bounds, and none is lost", async () => {
  await pool.query("DELETE FROM sync_counters");
  for (let n = 0; n < 6_000; n += 1) count("webhook_refused", `${n}.myshopify.com`, MINUTE);
  await flushCounts();
  const { rows } = await pool.query(
    "SELECT count(*)::int AS shops, sum(count)::int AS total FROM sync_counters",
  );
  expect(rows[0].total).toBe(6_000);
  expect(rows[0].shops).toBeLessThanOrEqual(5_001);
});
