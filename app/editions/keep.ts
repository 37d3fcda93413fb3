// Keeps a shop's editions up: reads their sizes, finds the sales that may have changed, and numbers them. Called whenever
// something changed and now and then; a call too many is harmless, a missed one is made good by the next.
import { pool, prepared } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { Transient } from "#app/shopify/errors.ts";
import { isOn } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { readChoice } from "./choice.ts";
import { numberEdition, type Numbering } from "./numbers.ts";
import { readSizes } from "./sizes.ts";

/** Where it is not told which orders may have changed: those that Shopify changed within this time. */
const RECENT_MS = 30_000;
/** All sales of an edition are looked at so often: finds what older news, or no news, has brought. */
const FULL_MS = 60_000;
/** With more orders to look at, looking at all is quicker. */
export const ORDERS_MAX = 5_000;
/** Enough for as many workers as can be meant to run. */
const ATTEMPTS_MAX = 8;

/** Before these have been read whole, numbers would be given in the order of arrival. */
const NEEDED = ["orders", "product_metafields", "variant_metafields"] as const;

export type Needed = (typeof NEEDED)[number];

export interface Lacking {
  /** Their first whole read is still to come; numbers are given as soon as there are none. */
  readonly waiting: readonly Needed[];
  /** Switched off by the shop's rules, so that nothing of them is waited for. */
  readonly off: readonly Needed[];
}

/** A record that was refused keeps nobody waiting: it stands among the errors, and comes late when it is put right. */
export async function lackingFor(shopId: number): Promise<Lacking> {
  const rules = await readRules(shopId);
  const [on, off] = [true, false].map((state) => NEEDED.filter((name) => isOn(rules, name) === state));
  const { rows } = await pool.query<{ resource: Needed }>(
    `SELECT r.resource FROM unnest($2::text[]) WITH ORDINALITY AS r(resource, n)
     LEFT JOIN sync_resources s ON s.shop_id = $1 AND s.resource = r.resource
     WHERE s.read_at IS NULL ORDER BY r.n`,
    [shopId, on],
  );
  return { waiting: rows.map(({ resource }) => resource), off: off! };
}

/** What metafields of these are about. */
const OWNERS = [
  { of: "product_metafields", type: "PRODUCT" },
  { of: "variant_metafields", type: "PRODUCTVARIANT" },
] as const;

export interface Looking {
  /** Decimal ids of the orders that may have changed since the last look. */
  readonly orders?: readonly string[];
  readonly signal?: AbortSignal;
}

/** @returns how many units have got a number. */
export async function keepEditions(
  shopId: number,
  now: Date,
  { orders, signal }: Looking = {},
): Promise<number> {
  const { waiting, off } = await lackingFor(shopId);
  if (waiting.length > 0) return 0;
  const { metafield, returned } = await readChoice(shopId);
  await readSizes(
    shopId,
    metafield,
    now,
    OWNERS.filter(({ of }) => !off.includes(of)).map(({ type }) => type),
  );
  const { rows } = await pool.query<{ edition_id: string; order_ids: string[] | null }>(
    prepared(orders ? DUE.named : DUE.recent, [
      shopId,
      orders ?? new Date(now.getTime() - RECENT_MS),
      new Date(now.getTime() - FULL_MS),
      ORDERS_MAX,
    ]),
  );
  let numbered = 0;
  for (const { edition_id: editionId, order_ids: orderIds } of rows) {
    if (signal?.aborted) break;
    numbered += await patiently({ shopId, editionId, orderIds, returned, now });
  }
  return numbered;
}

/** Shops that have editions, or metafields that may be one's. */
export async function shopsWithEditions(): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `SELECT id FROM shops s
     WHERE uninstalled_at IS NULL
       AND (EXISTS (SELECT FROM editions e WHERE e.shop_id = s.id)
         OR EXISTS (SELECT FROM metafields m WHERE m.shop_id = s.id AND m.owner_type IN ('PRODUCT', 'PRODUCTVARIANT')))
     ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Each edition that is due, with the orders to look at; null for all. Sales that stand as numbered need no look. `which`,
 * `buried`: conditions on orders, and on tombstones of orders, with $2.
 */
const due = (which: string, buried: string): string => `
  WITH recent AS (
    SELECT id, cancelled_at IS NOT NULL OR test IS TRUE AS is_off FROM orders WHERE shop_id = $1 AND ${which}
  ), touched AS (
    SELECT e.id AS edition_id, l.order_id
    FROM recent r
    JOIN order_line_items l ON l.shop_id = $1 AND l.order_id = r.id
    JOIN editions e ON e.shop_id = $1 AND e.ended_at IS NULL
      AND (e.owner_type, e.owner_id) IN (('PRODUCT', l.product_id), ('PRODUCTVARIANT', l.variant_id))
    WHERE NOT EXISTS (
      SELECT FROM edition_units u
      WHERE u.shop_id = $1 AND u.line_item_id = l.id AND u.unit_index = l.quantity - 1)
    UNION
    SELECT u.edition_id, u.order_id
    FROM recent r JOIN edition_units u ON u.shop_id = $1 AND u.order_id = r.id
    LEFT JOIN order_line_items l ON l.shop_id = $1 AND l.id = u.line_item_id
    WHERE r.is_off OR u.state <> 'sold' OR l.id IS NULL OR l.current_quantity < l.quantity
      OR EXISTS (SELECT FROM order_refund_lines f WHERE f.shop_id = $1 AND f.line_item_id = u.line_item_id)
    UNION
    SELECT u.edition_id, u.order_id
    FROM sync_tombstones t JOIN edition_units u ON u.shop_id = $1 AND u.order_id = t.record_key::int8
    WHERE t.shop_id = $1 AND t.resource = 'orders' AND t.reason <> 'filtered' AND u.state = 'sold'
      AND ${buried}
  )
  SELECT e.id AS edition_id,
    CASE WHEN e.checked_at >= $3 AND count(t.order_id) <= $4 THEN array_agg(t.order_id) END AS order_ids
  FROM editions e LEFT JOIN touched t ON t.edition_id = e.id
  WHERE e.shop_id = $1
  GROUP BY e.id
  HAVING e.checked_at IS NULL OR e.checked_at < $3 OR count(t.order_id) > 0
  ORDER BY e.id`;

const DUE = {
  named: due("id = ANY ($2::int8[])", "t.record_key = ANY ($2::int8[]::text[])"),
  // However long ago: it is what finds a deletion that nobody told of.
  recent: due("updated_at >= $2", "true"),
} as const;

async function patiently(numbering: Numbering): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await numberEdition(numbering)).numbered;
    } catch (error) {
      if (!(error instanceof Transient) || attempt === ATTEMPTS_MAX) throw error;
      log.info({ err: error, editionId: numbering.editionId }, "an edition is numbered once more");
    }
  }
}
