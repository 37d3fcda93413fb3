// The metafield of a size may be moved from a product to its variant, or back, while the works stay the same: the edition
// goes with it, and so do its numbers. Begun anew, it would give each of them to a second buyer.
import type { PoolClient } from "pg";

interface Owner {
  readonly shopId: number;
  /** "PRODUCT" or "PRODUCTVARIANT". */
  readonly type: string;
  /** Decimal. */
  readonly id: string;
  /** Namespace and key of the metafield. */
  readonly metafield: readonly [string, string];
}

/**
 * Gives an owner that has the metafield now, and has sold nothing under it, the edition that its works were sold in: a variant
 * that of its product, unless other variants were sold in it, too; a product the one of its variants that has ended.
 * @param owner a variant without the metafield stands for its product.
 * @returns whose the edition was; null where none has moved.
 */
export async function followMove(
  client: PoolClient,
  { shopId, type, id, metafield }: Owner,
): Promise<{ readonly type: string; readonly id: string } | null> {
  const { rows } = await client.query<Found>(FIND, [shopId, type, id, ...metafield]);
  const [found] = rows;
  if (!found || rows.length > 1) return null;
  // What has sold nothing has nothing to tell.
  await client.query(
    `WITH empty AS (
       DELETE FROM editions WHERE shop_id = $1 AND owner_type = $2 AND owner_id = $3 RETURNING id
     ) DELETE FROM edition_sizes s USING empty WHERE s.shop_id = $1 AND s.edition_id = empty.id`,
    [shopId, found.to_type, found.to_id],
  );
  // Without a text, so that the one of its new owner is news.
  await client.query("UPDATE editions SET owner_type = $2, owner_id = $3, text = NULL WHERE id = $1", [
    found.id,
    found.to_type,
    found.to_id,
  ]);
  return { type: found.from_type, id: found.from_id };
}

interface Found {
  readonly id: string;
  readonly from_type: string;
  readonly from_id: string;
  readonly to_type: string;
  readonly to_id: string;
}

const has = (type: string, id: string): string => `EXISTS (
  SELECT FROM metafields WHERE shop_id = $1 AND owner_type = ${type} AND owner_id = ${id}
    AND namespace = $4 AND key = $5 AND value IS NOT NULL)`;

const FIND = `
  WITH variant AS (
    SELECT id, product_id FROM product_variants
    WHERE shop_id = $1 AND CASE $2::text WHEN 'PRODUCT' THEN product_id ELSE id END = $3::int8
  ), target AS (
    SELECT $2::text AS type, $3::int8 AS id WHERE ${has("$2", "$3")}
    UNION ALL
    SELECT 'PRODUCT', product_id FROM variant
    WHERE $2 = 'PRODUCTVARIANT' AND NOT ${has("$2", "$3")} AND ${has("'PRODUCT'", "product_id")}
  )
  SELECT e.id, e.owner_type AS from_type, e.owner_id AS from_id, t.type AS to_type, t.id AS to_id
  FROM target t
  JOIN editions e ON e.shop_id = $1 AND e.sold > 0 AND (
    t.type = 'PRODUCTVARIANT' AND e.owner_type = 'PRODUCT' AND e.owner_id IN (SELECT product_id FROM variant)
      AND NOT EXISTS (
        SELECT FROM edition_units u JOIN order_line_items l ON l.shop_id = $1 AND l.id = u.line_item_id
        WHERE u.shop_id = $1 AND u.edition_id = e.id AND l.variant_id <> t.id)
    OR t.type = 'PRODUCT' AND e.owner_type = 'PRODUCTVARIANT'
      AND e.owner_id IN (SELECT id FROM product_variants WHERE shop_id = $1 AND product_id = t.id)
      AND NOT ${has("e.owner_type", "e.owner_id")})
  WHERE NOT EXISTS (
    SELECT FROM editions x
    WHERE x.shop_id = $1 AND (x.owner_type, x.owner_id) = (t.type, t.id) AND (x.sold > 0 OR x.used > 0))`;
