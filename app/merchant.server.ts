// Who looks at a page inside Shopify's admin: the counterpart of callerOf() for documents and their data.
import { authenticate } from "#app/shopify.server.ts";
import { install } from "#app/shops/install.ts";
import { findShop, readShop } from "#app/status/shop.ts";
import type { ShopView } from "#app/status/shop.ts";

export interface Merchant {
  readonly shop: ShopView;
  /** Shopify's id of the person, decimal; null when Shopify does not say. */
  readonly userId: string | null;
  /** The same person as acts and runs name who did them: "user:7", or "user". */
  readonly actor: string;
}

/**
 * Authenticates, and knows the shop. On the very first page several loaders run at once: one exchanges the token, and
 * the others already find its session while that one's install is still under way. A session is proof enough, and
 * installing twice is harmless.
 * @throws Response whatever Shopify's library answers instead of a page.
 */
export async function merchantOf(request: Request): Promise<Merchant> {
  const { session, sessionToken } = await authenticate(request);
  const found = await findShop(session.shop);
  const scopes = session.scope?.split(",") ?? [];
  const at = sessionToken ? new Date(sessionToken.iat * 1_000) : new Date();
  const shop = found ?? (await readShop(await install({ domain: session.shop, scopes }, at)));
  const userId = sessionToken?.sub ?? null;
  return { shop, userId, actor: userId === null ? "user" : `user:${userId}` };
}
