// The end of an installation: no token, no work. The mirror stays until Shopify orders its erasure (shop/redact, at the
// earliest 48 hours later), so that a merchant who comes back finds it.
import type { PoolClient } from "pg";
import { callOffRuns } from "#app/sync/runs.ts";
import type { SystemDelivery } from "#app/sync/inbox.ts";
import type { Settlement } from "#app/sync/inbox-rows.ts";

/**
 * app/uninstalled. Webhooks come late and repeated: one that was triggered before Shopify last granted a token is about an
 * earlier installation and must not end this one.
 */
export async function uninstall(
  client: PoolClient,
  { shop, shopDomain, observedAt }: SystemDelivery,
  now: Date,
): Promise<Settlement> {
  if (!shop) return { state: "ignored", reason: "NO_SUCH_SHOP", forgetBody: true };
  const { rows } = await client.query<{ is_ended: boolean; was_ended: boolean }>(END_INSTALLATION, [
    shop.id,
    observedAt,
  ]);
  const { is_ended, was_ended } = rows[0] ?? { is_ended: false, was_ended: true };
  if (!is_ended) return { state: "ignored", reason: was_ended ? "UNINSTALLED" : "REINSTALLED" };
  await client.query("DELETE FROM sessions WHERE shop = $1", [shopDomain]);
  await client.query("DELETE FROM sync_confirmations WHERE shop_id = $1", [shop.id]);
  await callOffRuns(client, shop.id, null, "UNINSTALLED", now);
  return { state: "applied" };
}

const END_INSTALLATION = `
  WITH shop AS (
    SELECT id, uninstalled_at, greatest(installed_at, authorized_at) AS granted_at FROM shops WHERE id = $1 FOR UPDATE
  ),
  ended AS (
    UPDATE shops s SET uninstalled_at = $2 FROM shop
    WHERE s.id = shop.id AND shop.uninstalled_at IS NULL AND shop.granted_at <= $2
    RETURNING s.id
  )
  SELECT EXISTS (SELECT FROM ended) AS is_ended, uninstalled_at IS NOT NULL AS was_ended FROM shop`;
