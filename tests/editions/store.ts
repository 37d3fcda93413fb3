// A shop whose mirror is written row by row: orders and metafields as apply() would leave them, and the editions that
// come of them. Import it dynamically, after useDatabase().
import { pool } from "#app/db.server.ts";
import { keepEditions } from "#app/editions/keep.ts";
import { readChoiceWish } from "#app/editions/choice.ts";
import { saveRules } from "#app/sync/rules-change.ts";
import type { ResourceName } from "#app/resources/define.ts";
import { readRules } from "#app/sync/rules-store.ts";

/** Later than every sale of the tests, so that all are settled. */
export const NOW = new Date("2026-11-22T12:00:00Z");
export const PRODUCT = "7001";
export const VARIANT = "8001";

export interface Line {
  readonly id: number;
  readonly quantity: number;
  /** Of those, with the buyer; all where it is not said. */
  readonly current?: number;
  readonly refunded?: number;
  readonly product?: string | null;
  readonly variant?: string | null;
}

export interface Sale {
  readonly id: number;
  /** Second of the sale. */
  readonly at: number;
  readonly lines: readonly Line[];
  readonly test?: boolean;
  readonly isCancelled?: boolean;
}

let shops = 0;

/** A shop whose first syncs are complete. */
export async function openShop({ isComplete = true } = {}): Promise<number> {
  shops += 1;
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    `editions-${shops}.myshopify.com`,
  ]);
  const { id } = rows[0]!;
  if (isComplete) await completeSyncs(id);
  return id;
}

export async function completeSyncs(shopId: number): Promise<void> {
  await pool.query(
    `INSERT INTO sync_resources (shop_id, resource, read_at)
     SELECT $1, r, $2 FROM unnest('{orders,product_metafields,variant_metafields}'::text[]) AS r`,
    [shopId, NOW],
  );
}

export const momentOf = (second: number) => new Date(Date.UTC(2026, 10, 1, 10, 0, second));

const BOOKED = "observed_at, origin_kind, applied_at";

/** Writes the order whole, in place of what was there. */
export async function putSale(shopId: number, sale: Sale): Promise<void> {
  const { id, at, lines } = sale;
  await pool.query(
    `INSERT INTO orders (shop_id, id, gid, name, processed_at, updated_at, test, cancelled_at, ${BOOKED})
     VALUES ($1, $2, 'gid', $3, $4, $5, $6, $7, $5, 'webhook', $5)
     ON CONFLICT (shop_id, id) DO UPDATE SET test = excluded.test, cancelled_at = excluded.cancelled_at`,
    [shopId, id, `#${id}`, momentOf(at), NOW, sale.test ?? false, sale.isCancelled ? NOW : null],
  );
  await pool.query("DELETE FROM order_line_items WHERE shop_id = $1 AND order_id = $2", [shopId, id]);
  await pool.query("DELETE FROM order_refund_lines WHERE shop_id = $1 AND order_id = $2", [shopId, id]);
  for (const line of lines) {
    const refunded = line.refunded ?? 0;
    await pool.query(
      `INSERT INTO order_line_items (shop_id, id, order_id, quantity, current_quantity, product_id, variant_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        shopId,
        line.id,
        id,
        line.quantity,
        line.current ?? line.quantity - refunded,
        line.product === undefined ? PRODUCT : line.product,
        line.variant === undefined ? VARIANT : line.variant,
      ],
    );
    if (refunded === 0) continue;
    await pool.query(
      "INSERT INTO order_refund_lines (shop_id, id, order_id, line_item_id, quantity) VALUES ($1, $2, $3, $2, $4)",
      [shopId, line.id, id, refunded],
    );
  }
}

/** As apply() buries an order that Shopify deleted. */
export async function deleteSale(shopId: number, id: number): Promise<void> {
  await removeSale(shopId, id);
  await pool.query(
    `INSERT INTO sync_tombstones (shop_id, resource, record_key, deleted_at, reason, origin_kind)
     VALUES ($1, 'orders', $2, $3, 'webhook', 'webhook') ON CONFLICT DO NOTHING`,
    [shopId, String(id), NOW],
  );
}

/** Not here (any more), though Shopify has it. */
export async function removeSale(shopId: number, id: number): Promise<void> {
  for (const [table, key] of [
    ["orders", "id"],
    ["order_line_items", "order_id"],
    ["order_refund_lines", "order_id"],
  ] as const) {
    await pool.query(`DELETE FROM ${table} WHERE shop_id = $1 AND ${key} = $2`, [shopId, id]);
  }
}

interface Field {
  readonly owner?: "PRODUCT" | "PRODUCTVARIANT";
  readonly ownerId?: string;
  readonly type?: string;
  readonly key?: string;
}

/** @param value null removes the metafield. */
export async function putSize(shopId: number, value: string | null, field: Field = {}): Promise<void> {
  const {
    owner = "PRODUCT",
    ownerId = PRODUCT,
    type = "single_line_text_field",
    key = "edition_size",
  } = field;
  await pool.query("DELETE FROM metafields WHERE shop_id = $1 AND owner_type = $2 AND owner_id = $3", [
    shopId,
    owner,
    ownerId,
  ]);
  if (value === null) return;
  await pool.query(
    `INSERT INTO metafields (shop_id, id, gid, owner_type, owner_id, namespace, key, type, value, ${BOOKED})
     VALUES ($1, $2, 'gid', $3, $2, 'custom', $4, $5, $6, $7, 'run', $7)`,
    [shopId, ownerId, owner, key, type, value, NOW],
  );
}

export async function choose(
  shopId: number,
  returned: "void" | "free",
  metafield = "custom.edition_size",
): Promise<void> {
  const wish = await readChoiceWish(shopId, { metafield, returned, nearlyPercent: 10 });
  if (!wish || "wrong" in wish) throw new Error(`no such choice: ${JSON.stringify(wish)}`);
  const rules = await readRules(shopId);
  await saveRules(shopId, rules.version, rules, "user:1", NOW, wish);
}

/** Switches resources off, or on again. */
export async function switchTo(isOn: boolean, shopId: number, names: readonly ResourceName[]): Promise<void> {
  const rules = await readRules(shopId);
  const switched = names.map((name) => [name, { ...rules.resources[name], isOn }] as const);
  const resources = { ...rules.resources, ...Object.fromEntries(switched) };
  await saveRules(shopId, rules.version, { ...rules, resources }, "user:1", NOW);
}

/** @param minutes after NOW: what is older than the look before it is looked at again. */
export function keep(shopId: number, minutes = 0): Promise<number> {
  return keepEditions(shopId, new Date(NOW.getTime() + minutes * 60_000));
}

export interface UnitRow {
  readonly order: string | null;
  readonly line: string | null;
  readonly unit: number | null;
  readonly number: number | null;
  readonly state: string;
  readonly reason: string | null;
  readonly mark: string | null;
}

export async function unitsOf(shopId: number): Promise<UnitRow[]> {
  const { rows } = await pool.query<UnitRow>(
    `SELECT order_id AS "order", line_item_id AS line, unit_index AS unit, number, state, reason, out_of_order AS mark
     FROM edition_units WHERE shop_id = $1 ORDER BY number NULLS LAST, id`,
    [shopId],
  );
  return rows;
}

/** "order/unit=number", short enough to read a whole edition; "×" for void, "–" for no number. */
export async function numbersOf(shopId: number): Promise<string[]> {
  return (await unitsOf(shopId)).map(
    ({ order, unit, number, state }) =>
      `${order === null ? "" : `${order}/${unit}`}=${number ?? "–"}${state === "void" ? "×" : ""}`,
  );
}

export async function lastSalesOf(shopId: number): Promise<readonly (Date | null)[]> {
  const { rows } = await pool.query<{ at: Date | null }>(
    "SELECT last_sold_at AS at FROM editions WHERE shop_id = $1 ORDER BY id",
    [shopId],
  );
  return rows.map(({ at }) => at);
}

export interface EditionRow {
  readonly id: string;
  readonly size: number | null;
  readonly proofs: number;
  readonly problem: string | null;
  readonly sold: number;
  readonly returned: number;
  readonly used: number;
  readonly isEnded: boolean;
}

export async function editionsOf(shopId: number): Promise<EditionRow[]> {
  const { rows } = await pool.query<EditionRow>(
    `SELECT id, size, proofs, problem, sold, returned, used, ended_at IS NOT NULL AS "isEnded"
     FROM editions WHERE shop_id = $1 ORDER BY id`,
    [shopId],
  );
  return rows;
}
