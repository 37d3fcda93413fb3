// The statements of numbers.ts. In all of them $1 is the shop and $2 the edition, whose row is locked; in those that look
// at sales, $3 are ids of orders, or null for all. Those come in two texts, for one plan cannot serve both well.

/** Which sales a statement looks at. */
type Scope = "all" | "some";

function within(scope: Scope, orderId: string): string {
  return scope === "all" ? "$3::int8[] IS NULL" : `${orderId} = ANY ($3::int8[])`;
}

const inScope = (statement: (scope: Scope) => string): Readonly<Record<Scope, string>> => ({
  all: statement("all"),
  some: statement("some"),
});

/** More units in one line than any edition has: a slip, or an attack. The rest of such a line is left alone. */
const LINE_UNITS_MAX = 10_000;

/**
 * New units of lines that belong to the edition ($4, $5: what owns it): a line that is numbered already stays with the edition
 * that did it; else it is its variant's own edition's, or its product's. Test orders are no sales. A sale is
 * left alone until $6; one that was here before that has waited, whatever its own clock says.
 */
export const INSERT_UNITS = inScope(
  (scope) => `
  INSERT INTO edition_units
    (shop_id, edition_id, order_id, order_name, line_item_id, unit_index, state, sold_at, changed_at)
  SELECT $1, $2, o.id, o.name, l.id, g.i, 'sold', coalesce(o.processed_at, o.created_at, o.applied_at), $7
  FROM order_line_items l
  JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS n, count(*) FILTER (WHERE u.edition_id = $2) AS here
    FROM edition_units u WHERE u.shop_id = l.shop_id AND u.line_item_id = l.id
  ) AS have
  CROSS JOIN LATERAL generate_series(have.n, least(l.quantity, ${LINE_UNITS_MAX}) - 1) AS g(i)
  WHERE l.shop_id = $1 AND ${within(scope, "l.order_id")}
    AND CASE $4::text WHEN 'PRODUCT' THEN l.product_id ELSE l.variant_id END = $5::int8
    AND have.n < l.quantity AND o.test IS NOT TRUE
    AND (coalesce(o.processed_at, o.created_at) <= $6 OR o.applied_at <= $6)
    AND (have.here > 0 OR have.n = 0 AND ($4 <> 'PRODUCT' OR NOT EXISTS (
      SELECT FROM editions e WHERE e.shop_id = $1 AND e.owner_type = 'PRODUCTVARIANT' AND e.owner_id = l.variant_id
        AND e.ended_at IS NULL)))`,
);

/**
 * How many units of each numbered line are with their buyer, and why the others are not. Null: nothing is known of the
 * order, which is no reason to take anything back; only Shopify's own deletion is.
 */
const targets = (scope: Scope) => `
  SELECT u.line_item_id, coalesce(r.quantity, 0) AS refunded,
    CASE WHEN o.id IS NULL THEN CASE WHEN t.record_key IS NOT NULL THEN 0 END
         WHEN o.cancelled_at IS NOT NULL OR o.test OR l.id IS NULL THEN 0
         ELSE greatest(0, least(l.current_quantity, coalesce(l.quantity, 0) - coalesce(r.quantity, 0))) END AS living,
    CASE WHEN o.id IS NULL THEN 'deleted' WHEN o.test THEN 'test' WHEN o.cancelled_at IS NOT NULL THEN 'cancelled'
         ELSE 'removed' END AS why
  FROM (
    SELECT DISTINCT order_id, line_item_id FROM edition_units
    WHERE shop_id = $1 AND edition_id = $2 AND line_item_id IS NOT NULL
      AND ${within(scope, "order_id")}
  ) AS u
  LEFT JOIN orders o ON o.shop_id = $1 AND o.id = u.order_id
  LEFT JOIN order_line_items l ON l.shop_id = $1 AND l.id = u.line_item_id AND l.order_id = u.order_id
  LEFT JOIN LATERAL (
    SELECT sum(quantity)::int AS quantity FROM order_refund_lines
    WHERE shop_id = $1 AND line_item_id = u.line_item_id
  ) AS r ON true
  LEFT JOIN sync_tombstones t
    ON o.id IS NULL AND t.shop_id = $1 AND t.resource = 'orders' AND t.record_key = u.order_id::text
      AND t.reason <> 'filtered'`;

/** Units that came back, the highest first. $4 is the shop's choice; $5 now. Returns the numbers that they had. */
export const TAKE_BACK = inScope(
  (scope) => `
  WITH target AS (${targets(scope)}), ranked AS (
    SELECT u.id, t.living, t.why, t.refunded - known.refunded AS refunds_left, known.sold,
      row_number() OVER (PARTITION BY u.line_item_id ORDER BY u.unit_index DESC) AS rank
    FROM target t
    JOIN edition_units u ON u.shop_id = $1 AND u.line_item_id = t.line_item_id AND u.state = 'sold'
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state = 'sold') AS sold, count(*) FILTER (WHERE reason = 'refunded') AS refunded
      FROM edition_units WHERE shop_id = $1 AND line_item_id = t.line_item_id
    ) AS known
  )
  UPDATE edition_units u
  SET state = CASE $4::text WHEN 'free' THEN 'freed' ELSE 'void' END::edition_unit_state,
    reason = CASE WHEN r.rank <= r.refunds_left THEN 'refunded' ELSE r.why END,
    former_number = CASE WHEN $4 = 'free' THEN coalesce(u.number, u.former_number) ELSE u.former_number END,
    number = CASE WHEN $4 = 'free' THEN NULL ELSE u.number END,
    changed_at = $5
  FROM ranked r, edition_units before
  WHERE u.id = r.id AND before.id = r.id AND r.rank <= r.sold - r.living
  RETURNING before.number AS former_number`,
);

/**
 * Units that are sold after all, the lowest first: each with its number, freed or not, unless somebody else has got it
 * meanwhile; then with the next one. Returns the numbers that were taken up again.
 */
export const BRING_BACK = inScope(
  (scope) => `
  WITH target AS (${targets(scope)}), ranked AS (
    SELECT u.id, u.number, u.former_number, u.changed_at, t.living, known.sold,
      row_number() OVER (PARTITION BY u.line_item_id ORDER BY u.unit_index) AS rank
    FROM target t
    JOIN edition_units u ON u.shop_id = $1 AND u.line_item_id = t.line_item_id AND u.state <> 'sold'
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state = 'sold') AS sold
      FROM edition_units WHERE shop_id = $1 AND line_item_id = t.line_item_id
    ) AS known
  ), back AS (
    SELECT r.id, CASE
      WHEN r.number IS NULL AND row_number() OVER (PARTITION BY r.former_number ORDER BY r.changed_at DESC, r.id) = 1
        AND NOT EXISTS (SELECT FROM edition_units h WHERE h.shop_id = $1 AND h.edition_id = $2 AND h.number = r.former_number)
      THEN r.former_number END AS again
    FROM ranked r WHERE r.rank <= r.living - r.sold
  )
  UPDATE edition_units u
  SET state = 'sold', reason = NULL, changed_at = $4, number = coalesce(u.number, b.again),
    former_number = CASE WHEN b.again IS NULL THEN u.former_number END
  FROM back b WHERE u.id = b.id
  RETURNING b.again`,
);

/**
 * $3: no number below is free; $4: now; $5: the highest number that was given in turn. A number up to that is reused,
 * and a unit is late when a later sale has its number already.
 */
export const NUMBER_UNITS = `
  WITH pending AS (
    SELECT id, sold_at, order_id, line_item_id, unit_index,
      row_number() OVER (ORDER BY sold_at, order_id, line_item_id, unit_index) AS n
    FROM edition_units
    WHERE shop_id = $1 AND edition_id = $2 AND number IS NULL AND state <> 'freed'
  ), held AS MATERIALIZED (
    SELECT number FROM edition_units WHERE shop_id = $1 AND edition_id = $2 AND number >= $3
  ), free AS (
    SELECT g.number, row_number() OVER (ORDER BY g.number) AS n
    FROM generate_series($3::int, $3 + (SELECT count(*) FROM pending)::int + (SELECT count(*) FROM held)::int - 1) AS g(number)
    WHERE NOT EXISTS (SELECT FROM held WHERE held.number = g.number)
  ), latest AS (
    SELECT sold_at, order_id, line_item_id, unit_index FROM edition_units
    WHERE shop_id = $1 AND edition_id = $2 AND number IS NOT NULL AND sold_at IS NOT NULL
    ORDER BY sold_at DESC, order_id DESC, line_item_id DESC, unit_index DESC LIMIT 1
  )
  UPDATE edition_units u
  SET number = f.number, numbered_at = $4, changed_at = $4,
    out_of_order = CASE
      WHEN f.number <= $5 THEN 'reused'
      WHEN (p.sold_at, p.order_id, p.line_item_id, p.unit_index) < (
        SELECT sold_at, order_id, line_item_id, unit_index FROM latest) THEN 'late' END
  FROM pending p JOIN free f USING (n)
  WHERE u.id = p.id
  RETURNING u.number`;

/** The sums of the edition from its units, and when it was looked at ($3). */
export const RECOUNT = `
  UPDATE editions e SET sold = c.sold, returned = c.returned, used = c.used, last_sold_at = c.last_sold_at, checked_at = $3
  FROM (
    SELECT count(line_item_id)::int AS sold, count(line_item_id) FILTER (WHERE state <> 'sold')::int AS returned,
      count(number)::int AS used, max(sold_at) AS last_sold_at
    FROM edition_units WHERE shop_id = $1 AND edition_id = $2
  ) AS c
  WHERE e.id = $2 AND e.shop_id = $1`;
