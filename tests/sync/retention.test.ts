// How long each shop keeps what Counterfoil keeps for itself: as it chose, and the usual time where it did not choose.
import { beforeEach, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { prune } = await import("#app/sync/retention.ts");
const { DEFAULT_RULES } = await import("#app/sync/rules.ts");
const { openShop } = await import("./mirror.ts");

const NOW = new Date("2026-11-22T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

let brief = 0;
let usual = 0;

beforeEach(async () => {
  await pool.query("TRUNCATE sync_runs, sync_run_notes, sync_errors, sync_holes, sync_deliveries");
  [brief, usual] = [await openShop(), await openShop()];
  const kept = { runs: 10, errors: 5, deliveries: 3, parked: 7 };
  await pool.query("UPDATE shops SET settings = $2 WHERE id = $1", [brief, { rules: { kept } }]);
});

async function run(shopId: number, days: number, state = "incomplete"): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO sync_runs (shop_id, resource, kind, state, started_by, created_at, ended_at)
     VALUES ($1, 'orders', 'backfill', $2::text::run_state, 'install', $3::timestamptz,
       CASE WHEN $2 = 'running' THEN NULL ELSE $3::timestamptz END)
     RETURNING id`,
    [shopId, state, daysAgo(days)],
  );
  return rows[0]!.id;
}

const runsOf = async (shopId: number) =>
  (
    await pool.query<{ id: string }>("SELECT id FROM sync_runs WHERE shop_id = $1 ORDER BY id", [shopId])
  ).rows.map(({ id }) => id);
const clean = () => prune(NOW, new AbortController().signal);

it("runs go with their notes after the shop's own days, but never what the mirror's completeness rests on", async () => {
  const verified = await run(brief, 400, "verified");
  const old = await run(brief, 11);
  const open = await run(brief, 12);
  const young = await run(brief, 9);
  const active = await run(brief, 30, "running");
  await pool.query(
    `INSERT INTO sync_run_notes (shop_id, run_id, seq, code, detail, at, last_at)
     SELECT $1, id, 1, 'planned', '{}', $2, $2 FROM unnest($3::int8[]) AS id`,
    [brief, daysAgo(11), [old, young]],
  );
  await pool.query(
    `INSERT INTO sync_holes (shop_id, resource, to_at, reason, run_id, opened_at, next_attempt_at)
     VALUES ($1, 'orders', $2, 'COUNT_MISMATCH', $3, $2, $2)`,
    [brief, daysAgo(12), open],
  );
  const elsewhere = [await run(usual, 11), await run(usual, DEFAULT_RULES.kept.runs - 1)];
  const beyond = await run(usual, DEFAULT_RULES.kept.runs + 1);

  expect(await clean()).toMatchObject({ runs: 2 });
  expect(await runsOf(brief)).toEqual([verified, open, young, active]);
  expect(await runsOf(usual)).toEqual(elsewhere);
  expect(elsewhere).not.toContain(beyond);
  const { rows: notes } = await pool.query("SELECT run_id FROM sync_run_notes WHERE shop_id = $1", [brief]);
  expect(notes).toEqual([{ run_id: young }]);
});

it("solved errors and settled deliveries go after the shop's own days; open errors stay", async () => {
  for (const shopId of [brief, usual]) {
    await pool.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at, first_at, resolved_at)
       VALUES ($1, 'orders', '1', 'A', '', $2, $2, $2), ($1, 'orders', '2', 'A', '', $2, $2, NULL)`,
      [shopId, daysAgo(6)],
    );
    await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, received_at, settled_at)
       SELECT domain, domain || state || days, 'orders/updated', '{}', state::delivery_state, at, at
       FROM shops, (VALUES ('applied', 4, $2::timestamptz), ('parked', 4, $2), ('parked', 8, $3)) AS v(state, days, at)
       WHERE id = $1`,
      [shopId, daysAgo(4), daysAgo(8)],
    );
  }
  await clean();
  const { rows: errors } = await pool.query("SELECT shop_id, record_key FROM sync_errors ORDER BY 1, 2");
  expect(errors.map(({ shop_id: id, record_key: key }) => [id, key])).toEqual([
    [brief, "2"],
    [usual, "1"],
    [usual, "2"],
  ]);
  const { rows: deliveries } = await pool.query<{ id: number; left: number }>(
    `SELECT s.id, count(d.id)::int AS left FROM shops s LEFT JOIN sync_deliveries d ON d.shop_domain = s.domain
     WHERE s.id = ANY ($1) GROUP BY s.id ORDER BY s.id`,
    [[brief, usual]],
  );
  expect(deliveries).toEqual([
    { id: brief, left: 1 },
    { id: usual, left: 3 },
  ]);
});
