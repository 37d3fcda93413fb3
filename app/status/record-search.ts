// Finds records in the mirror by what people have in hand: a number, a GraphQL id, an order's name, a SKU, the
// beginning of a product's title, its handle. Every way is an index. Reads only.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { isId } from "#app/status/filters.ts";
import type { ResourceName } from "#app/resources/define.ts";

/** Of each kind. */
export const FOUND_MAX = 20;

export interface FoundRecord {
  readonly kind: "orders" | "products" | "product_variants" | "inventory_items";
  /** Where its page is: a variant's is its product's. */
  readonly resource: ResourceName;
  readonly key: string;
  /** Of the record itself. */
  readonly id: string;
  readonly title: string;
  readonly sku: string | null;
  readonly updatedAt: Date | null;
}

export interface Found {
  readonly records: readonly FoundRecord[];
  /** What the term names by itself, be it in the mirror or not: the target of "look at it anyway". */
  readonly named: { readonly resource: ResourceName; readonly key: string } | null;
}

/** @param term as typed; null finds nothing. */
export async function findRecords(shopId: number, term: string): Promise<Found> {
  const named = namedBy(term);
  const id = named?.key ?? (isId(term) ? term : null);
  const { rows } = await pool.query<FoundRecord>(FIND, [
    shopId,
    id !== null && isId(id) ? id : null,
    [term, term.startsWith("#") ? term : `#${term}`],
    term,
    `${escapeLike(term.toLowerCase())}%`,
    FOUND_MAX,
  ]);
  const records = named ? rows.filter(({ resource }) => resource === named.resource) : rows;
  return { records, named };
}

/** `gid://shopify/Order/123`, as APIs and exports write it; a level's has its location beside it and is not taken. */
function namedBy(term: string): Found["named"] {
  const [, type, key] = /^gid:\/\/shopify\/(\w+)\/(\d{1,19})$/.exec(term) ?? [];
  const resource = resources.find((each) => each.type === type && each.gid(key ?? "") !== null);
  return resource && key && isId(key) ? { resource: resource.name, key } : null;
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (char) => `\\${char}`);
}

export const FIND = `
  (SELECT 'orders' AS kind, 'orders' AS resource, id::text AS key, id::text AS id, coalesce(name, id::text) AS title,
          NULL AS sku, updated_at AS "updatedAt"
   FROM orders WHERE shop_id = $1 AND (id = $2::int8 OR name = ANY($3::text[])) LIMIT $6)
  UNION ALL
  (SELECT 'products', 'products', id::text, id::text, coalesce(title, id::text), NULL, updated_at
   FROM products WHERE shop_id = $1 AND (id = $2::int8 OR handle = $4 OR lower(title) LIKE $5)
   ORDER BY updated_at DESC NULLS LAST LIMIT $6)
  UNION ALL
  (SELECT 'product_variants', 'products', v.product_id::text, v.id::text,
          coalesce(v.display_name, concat_ws(' - ', p.title, v.title), v.id::text), v.sku, v.updated_at
   FROM product_variants v LEFT JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id
   WHERE v.shop_id = $1 AND (v.id = $2::int8 OR v.sku = $4) LIMIT $6)
  UNION ALL
  (SELECT 'inventory_items', 'inventory_items', id::text, id::text, coalesce(nullif(sku, ''), id::text), sku, updated_at
   FROM inventory_items WHERE shop_id = $1 AND (id = $2::int8 OR sku = $4) LIMIT $6)`;
