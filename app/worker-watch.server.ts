// The worker's watch over webhooks: every few minutes, for every shop, whether the subscriptions are right and whether
// what Shopify changes is announced. One shop's trouble is its own.
import { pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import { declaredTopics } from "#app/status/declared-topics.ts";
import { watchSilence } from "#app/sync/watch-silence.ts";
import { watchSubscriptions } from "#app/sync/watch-subscriptions.ts";

export async function watchShops(signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ id: number; domain: string }>(
    "SELECT id, domain FROM shops WHERE uninstalled_at IS NULL ORDER BY id",
  );
  const declared = declaredTopics();
  for (const { id, domain } of rows) {
    if (signal.aborted) return;
    try {
      const client = await clientFor(domain);
      const now = new Date();
      await watchSubscriptions(id, { client, declared, address: WEBHOOK_ADDRESS, now });
      await watchSilence(id, domain, { client, signal, now });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, shopId: id }, "a shop's webhooks could not be watched");
    }
  }
}
