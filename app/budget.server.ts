// The ledger of the API budget, one row a shop, shared by all processes. It never says more than Shopify's bucket holds:
//
//   level ≤ bucket − what is in flight and not taken there yet
//
// Taking lowers both sides alike, time raises both alike until the bucket is full (hence the cap at maximum − in flight),
// and an answer returns what it did not use only after Shopify has. Shopify's own figure corrects it from below, less all
// that may have been taken since it was said. Time is the database's, so that processes need not agree on it.
import { pool, prepared } from "#app/db.server.ts";
import { createSharedBudget } from "#app/shopify/budget-shared.ts";
import type { Budget, ThrottleStatus } from "#app/shopify/budget.ts";
import type { Ledger, LedgerStatus, Taken } from "#app/shopify/budget-shared.ts";

/** The smallest plan's bucket: assumed until the first answer, with one query in flight at a time. */
const MAXIMUM = 2_000;
const RATE = 100;
/** Until the bucket is known, and while all of it is in flight: how soon to ask again. */
const UNKNOWN_WAIT_MS = 50;
/** Rounding in Shopify's whole-number figures. */
const MARGIN_POINTS = 1;

/** `shopId` null: the shop is not stored (yet), and its queries are few. */
interface Row extends Taken {
  readonly shopId: number | null;
  readonly settled: number;
  readonly minute: string;
  readonly takenAt: Date;
}

// What was sent two minutes ago or earlier has been answered or given up (client.ts waits one minute), or its process
// has died.
const MINUTE = "floor(extract(epoch FROM clock_timestamp()) / 60)::int8";
const FLYING = `(CASE b.minute WHEN ${MINUTE} THEN b.in_flight + b.in_flight_before WHEN ${MINUTE} - 1 THEN b.in_flight
  ELSE 0 END)`;
const AVAILABLE = `least(b.maximum - ${FLYING},
  b.level + greatest(0, extract(epoch FROM clock_timestamp() - b.level_at)::float8) * b.rate)`;
/** Nobody more urgent waits, here or elsewhere. */
const IS_FREE = "(b.wanted_rank IS NULL OR b.wanted_until < clock_timestamp() OR b.wanted_rank >= $3)";

// Expressions stand where they are used, not in a WITH: after a wait for the row's lock they are read again.
const TAKE = `
  UPDATE sync_budgets b SET
    level = ${AVAILABLE} - $2, level_at = clock_timestamp(), minute = ${MINUTE},
    in_flight = CASE b.minute WHEN ${MINUTE} THEN b.in_flight ELSE 0 END + $2,
    in_flight_before = CASE b.minute WHEN ${MINUTE} THEN b.in_flight_before WHEN ${MINUTE} - 1 THEN b.in_flight ELSE 0 END,
    wanted_rank = CASE WHEN b.wanted_rank = $3 THEN NULL ELSE b.wanted_rank END
  WHERE b.shop_id = $1 AND ${IS_FREE} AND (b.is_learned OR ${FLYING} = 0)
    AND ${AVAILABLE} >= least(b.maximum, $2::float8 + $4::float8 * b.maximum + ${MARGIN_POINTS})
  RETURNING settled, minute, level_at`;

/** Makes it known who waits. */
const WANT = `
  UPDATE sync_budgets b SET wanted_rank = $3, wanted_until = clock_timestamp() + interval '2 seconds'
  WHERE b.shop_id = $1 AND ${IS_FREE}
  RETURNING CASE WHEN NOT b.is_learned THEN ${UNKNOWN_WAIT_MS}::float8 ELSE
    1000 * (least(b.maximum, $2::float8 + $4::float8 * b.maximum + ${MARGIN_POINTS}) - ${AVAILABLE}) / b.rate END AS wait_ms`;

const OPEN = `
  INSERT INTO sync_budgets (shop_id, maximum, rate, level, level_at, minute, wanted_until)
  SELECT id, ${MAXIMUM}, ${RATE}, ${MAXIMUM}, clock_timestamp(), ${MINUTE}, clock_timestamp() FROM shops WHERE id = $1
  ON CONFLICT DO NOTHING`;

const STILL_FLYING = `greatest(0, b.in_flight + b.in_flight_before - $2::float8)`;
/** $6 maximum, $7 available, $8 rate, as Shopify said; null where it did not. */
const REST = `coalesce($6::float8, b.maximum) - ${STILL_FLYING}`;
const RECKONED = `least(${REST}, ${AVAILABLE} + $2::float8 - $5::float8)`;
const CERTAIN = `($7::float8 - ${STILL_FLYING} - (b.settled - $3::float8))`;
const HIGHEST = `($7::float8 + ${MARGIN_POINTS} + coalesce($8::float8, b.rate)
  * greatest(0, extract(epoch FROM clock_timestamp() - $9::timestamptz)::float8))`;
const SETTLE = `
  UPDATE sync_budgets b SET
    level = CASE WHEN $7::float8 IS NULL THEN ${RECKONED}
                 WHEN NOT b.is_learned OR ${RECKONED} > ${HIGHEST} THEN ${CERTAIN}
                 ELSE greatest(${RECKONED}, ${CERTAIN}) END,
    level_at = clock_timestamp(),
    maximum = coalesce($6::float8, b.maximum), rate = coalesce($8::float8, b.rate),
    is_learned = b.is_learned OR $7::float8 IS NOT NULL,
    settled = b.settled + $5::float8,
    in_flight = CASE WHEN b.minute = $4::int8 THEN greatest(0, b.in_flight - $2::float8) ELSE b.in_flight END,
    in_flight_before = CASE WHEN b.minute = $4::int8 + 1 THEN greatest(0, b.in_flight_before - $2::float8)
                            ELSE b.in_flight_before END
  WHERE b.shop_id = $1
  RETURNING maximum, rate, level, is_learned`;

class DatabaseLedger implements Ledger<Row> {
  readonly #shopDomain: string;
  #shopId: number | null = null;

  constructor(shopDomain: string) {
    this.#shopDomain = shopDomain;
  }

  async take({ cost, rank, headroom }: { cost: number; rank: number; headroom: number }) {
    const shopId = (this.#shopId ??= await this.#findShop());
    const free: Row = { cost, shopId: null, settled: 0, minute: "0", takenAt: new Date() };
    if (shopId === null) return { taken: free };
    const values = [shopId, cost, rank, headroom];
    const { rows } = await pool.query<{ settled: number; minute: string; level_at: Date }>(
      prepared(TAKE, values),
    );
    const [row] = rows;
    if (row)
      return { taken: { cost, shopId, settled: row.settled, minute: row.minute, takenAt: row.level_at } };
    const waiting = await pool.query<{ wait_ms: number }>(WANT, values);
    if (waiting.rows[0]) return { waitMs: Math.max(waiting.rows[0].wait_ms, 1) };
    const opened = await pool.query(OPEN, [shopId]);
    // Erased in the meantime, and maybe installed anew.
    if (opened.rowCount === 0 && !(await this.#isThere(shopId))) this.#shopId = null;
    return { waitMs: opened.rowCount ? 1 : UNKNOWN_WAIT_MS };
  }

  async settle(
    taken: Row,
    status: ThrottleStatus | null,
    actual: number | null,
  ): Promise<LedgerStatus | null> {
    if (taken.shopId === null) return null;
    const { rows } = await pool.query<{ maximum: number; rate: number; level: number; is_learned: boolean }>(
      prepared(SETTLE, [
        taken.shopId,
        taken.cost,
        taken.settled,
        taken.minute,
        actual ?? taken.cost,
        status?.maximumAvailable ?? null,
        status?.currentlyAvailable ?? null,
        status?.restoreRate ?? null,
        taken.takenAt,
      ]),
    );
    const [row] = rows;
    return row
      ? {
          maximumAvailable: row.maximum,
          currentlyAvailable: Math.max(0, Math.floor(row.level)),
          restoreRate: row.rate,
          isLearned: row.is_learned,
        }
      : null;
  }

  async #findShop(): Promise<number | null> {
    const { rows } = await pool.query<{ id: number }>("SELECT id FROM shops WHERE domain = $1", [
      this.#shopDomain,
    ]);
    return rows[0]?.id ?? null;
  }

  async #isThere(shopId: number): Promise<boolean> {
    const { rowCount } = await pool.query("SELECT FROM shops WHERE id = $1", [shopId]);
    return rowCount === 1;
  }
}

const budgets = new Map<string, Budget>();

/** The one budget of a shop, whichever process asks: all its clients everywhere pace each other. */
export function budgetOf(shopDomain: string): Budget {
  const known = budgets.get(shopDomain);
  if (known) return known;
  const created = openBudget(shopDomain);
  budgets.set(shopDomain, created);
  return created;
}

/** A budget with a queue of its own, as another process has it. */
export function openBudget(shopDomain: string): Budget {
  return createSharedBudget(new DatabaseLedger(shopDomain));
}
