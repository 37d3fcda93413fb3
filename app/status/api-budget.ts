// The API budget of a shop as pages show it: what is in the bucket, what flies, and which lane waits. Reads the row that
// all processes share (budget.server.ts) and never takes from it.
import { pool } from "#app/db.server.ts";
import { HEADROOM, LANES, type Lane } from "#app/shopify/budget.ts";

export interface LaneView {
  readonly lane: Lane;
  /** Points that it leaves to the lanes above it. */
  readonly leaves: number;
}

export interface BudgetView {
  /** Points; `available` as of `at`, growing by `rate` a second up to `maximum`. */
  readonly maximum: number;
  readonly rate: number;
  readonly available: number;
  readonly inFlight: number;
  readonly at: Date;
  /** The most urgent lane that waits for points. */
  readonly waiting: Lane | null;
  readonly lanes: readonly LaneView[];
}

interface Row {
  readonly maximum: number;
  readonly rate: number;
  readonly available: number;
  readonly in_flight: number;
  readonly at: Date;
  readonly waiting_rank: number | null;
}

/** Null until Shopify has answered for the first time. */
export async function readBudget(shopId: number): Promise<BudgetView | null> {
  const { rows } = await pool.query<Row>(READ_BUDGET, [shopId]);
  const row = rows[0];
  if (!row) return null;
  return {
    maximum: row.maximum,
    rate: row.rate,
    available: Math.max(0, Math.floor(row.available)),
    inFlight: Math.round(row.in_flight),
    at: row.at,
    waiting: row.waiting_rank === null ? null : (LANES[row.waiting_rank] ?? null),
    lanes: LANES.map((lane) => ({ lane, leaves: Math.round(HEADROOM[lane] * row.maximum) })),
  };
}

// What flies is counted as in budget.server.ts: what was sent two minutes ago belonged to a process that died.
const READ_BUDGET = `
  SELECT b.maximum, b.rate, flying.points AS in_flight, clock_timestamp() AS at,
         CASE WHEN b.wanted_until > clock_timestamp() THEN b.wanted_rank END AS waiting_rank,
         least(b.maximum - flying.points,
               b.level + greatest(0, extract(epoch FROM clock_timestamp() - b.level_at)::float8) * b.rate) AS available
  FROM sync_budgets b, LATERAL (SELECT CASE b.minute
      WHEN floor(extract(epoch FROM clock_timestamp()) / 60)::int8 THEN b.in_flight + b.in_flight_before
      WHEN floor(extract(epoch FROM clock_timestamp()) / 60)::int8 - 1 THEN b.in_flight
      ELSE 0 END AS points) flying
  WHERE b.shop_id = $1 AND b.is_learned`;
