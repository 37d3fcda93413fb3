// A tenant as pages look at it. Reads only.
import { pool } from "#app/db.server.ts";

export interface ShopView {
  readonly id: number;
  /** `my-store.myshopify.com` */
  readonly domain: string;
  readonly name: string | null;
  /** IANA name; null until Shopify was asked. */
  readonly timeZone: string | null;
  readonly currencyCode: string | null;
  /** Granted by the merchant. */
  readonly scopes: readonly string[];
}

const COLUMNS = `id, domain, name, time_zone AS "timeZone", currency_code AS "currencyCode",
  coalesce(scopes, '{}') AS scopes`;

/** The shop of an authenticated session, or null when the app is not installed there (any more). */
export async function findShop(domain: string): Promise<ShopView | null> {
  const { rows } = await pool.query<ShopView>(
    `SELECT ${COLUMNS} FROM shops WHERE domain = $1 AND uninstalled_at IS NULL`,
    [domain],
  );
  return rows[0] ?? null;
}

/** @throws Error when there is no such shop. */
export async function readShop(shopId: number): Promise<ShopView> {
  const { rows } = await pool.query<ShopView>(`SELECT ${COLUMNS} FROM shops WHERE id = $1`, [shopId]);
  const shop = rows[0];
  if (!shop) throw new Error(`there is no shop ${shopId}`);
  return shop;
}
