// What is sampled and not counted: how much waits in each queue of a shop, once a minute, and how much room its rows take,
// once an hour. Every count stops at DEPTH_MAX, and sizes come from the planner's statistics: no table is ever read
// through.
import { pool } from "#app/db.server.ts";
import { note } from "#app/metrics.server.ts";

/** What waits is counted up to here. */
export const DEPTH_MAX = 10_000;
const HOUR_MS = 60 * 60_000;

/** Once a minute, of all shops. One row without a label says that somebody looked; queues that are empty have none. */
export async function sampleQueues(now: Date): Promise<void> {
  const { rows: shops } = await pool.query<{ id: number; domain: string }>(
    "SELECT id, domain FROM shops WHERE uninstalled_at IS NULL ORDER BY id",
  );
  const at = now.getTime();
  for (const { id, domain } of shops) {
    const { rows } = await pool.query<{ queue: string; depth: number; oldest: Date | null }>(DEPTHS, [
      id,
      domain,
      DEPTH_MAX,
      now,
    ]);
    note(
      id,
      "depth",
      "",
      rows.reduce((sum, { depth }) => sum + depth, 0),
      at,
    );
    for (const { queue, depth, oldest } of rows) {
      if (depth === 0) continue;
      note(id, "depth", queue, depth, at);
      if (oldest) note(id, "age", queue, Math.max(0, at - oldest.getTime()), at);
    }
  }
}

/** Oldest first along their indexes, so that the oldest is right however long a queue is. */
export const DEPTHS = `
  SELECT 'deliveries' AS queue, count(*)::int AS depth, min(received_at) AS oldest
  FROM (SELECT received_at FROM sync_deliveries WHERE shop_domain = $2 AND state = 'received' ORDER BY id LIMIT $3) d
  UNION ALL
  SELECT 'confirmations', count(*)::int, min(queued_at)
  FROM (SELECT queued_at FROM sync_confirmations WHERE shop_id = $1 LIMIT $3) c
  UNION ALL
  SELECT 'runs', count(*)::int, min(created_at)
  FROM (SELECT created_at FROM sync_runs WHERE shop_id = $1 AND state IN ('queued', 'running', 'paused') LIMIT $3) r
  UNION ALL
  SELECT 'catch_up', count(*)::int, min(due_at) FROM sync_cursors WHERE shop_id = $1 AND due_at <= $4`;

/** Once an hour, of the shops that have no sample of this hour yet. */
export async function sampleStorage(now: Date): Promise<void> {
  const hour = new Date(now.getTime() - (now.getTime() % HOUR_MS));
  const { rows: shops } = await pool.query<{ id: number; domain: string; is_alone: boolean }>(
    `SELECT id, domain, (SELECT count(*) = 1 FROM shops) AS is_alone FROM shops s
     WHERE uninstalled_at IS NULL AND NOT EXISTS (
       SELECT FROM sync_metrics m WHERE m.shop_id = s.id AND m.step = 3600 AND m.name = 'bytes' AND m.at = $1)
     ORDER BY id`,
    [hour],
  );
  if (shops.length === 0) return;
  const { rows: tables } = await pool.query<TableSize>(TABLES);
  for (const shop of shops) {
    for (const table of tables) {
      const { bytes, rows } = await partOf(shop, table);
      if (rows === 0 && bytes === 0) continue;
      note(shop.id, "bytes", table.name, bytes, now.getTime());
      note(shop.id, "rows", table.name, rows, now.getTime());
    }
  }
}

interface TableSize {
  readonly name: string;
  /** The column that says whose a row is. */
  readonly owner: "shop_id" | "shop_domain";
  /** With its indexes and what is stored out of line. */
  readonly bytes: number;
  readonly rows: number;
}

// A table that was never analyzed says -1 rows.
const TABLES = `
  SELECT c.relname AS name, a.attname AS owner, pg_total_relation_size(c.oid)::float8 AS bytes,
         greatest(c.reltuples, 0)::float8 AS rows
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('shop_id', 'shop_domain')
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace(current_schema()) AND c.relname <> 'sessions'
  ORDER BY c.relname`;

/** The only shop has the whole table; of several, each has the share of rows that PostgreSQL's planner expects of it. */
async function partOf(
  shop: { readonly id: number; readonly domain: string; readonly is_alone: boolean },
  { name, owner, bytes, rows }: TableSize,
): Promise<{ readonly bytes: number; readonly rows: number }> {
  if (shop.is_alone) return { bytes, rows };
  if (rows === 0) return { bytes: 0, rows: 0 };
  const value = owner === "shop_id" ? `${shop.id}` : `'${shop.domain.replaceAll("'", "''")}'`;
  const { rows: plans } = await pool.query<{
    "QUERY PLAN": readonly [{ readonly Plan: { "Plan Rows": number } }];
  }>(`EXPLAIN (FORMAT JSON) SELECT FROM "${name}" WHERE ${owner} = ${value}`);
  const expected = Math.min(rows, plans[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0);
  return { bytes: Math.round((bytes * expected) / rows), rows: expected };
}
