// The worker's watch over webhooks: every few minutes, for every shop, whether the subscriptions are right and whether
// what Shopify changes is announced; what then stands to be looked at is kept as alerts. One shop's trouble is its own.
import { pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { clientFor } from "#app/shops/token.server.ts";
import { WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import { askSubscriptionsLately } from "#app/shops/webhook-address.server.ts";
import { declaredTopics } from "#app/status/declared-topics.ts";
import { ASKED_FOR, isAlert, webhookStatus } from "#app/status/webhooks.ts";
import { keepAlerts } from "#app/sync/alerts.ts";
import { watchSilence } from "#app/sync/watch-silence.ts";
import { watchSubscriptions } from "#app/sync/watch-subscriptions.ts";
import { tellAlerts } from "#app/worker-alerts.server.ts";

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
    await lookForAlerts({ id, domain });
  }
  await tellAlerts(new Date(), signal);
}

/** Also while Shopify is away: what was set aside, waits or was refused is known without it. */
async function lookForAlerts(shop: { id: number; domain: string }): Promise<void> {
  try {
    const now = new Date();
    const asked = await askSubscriptionsLately(shop.domain, now);
    const { reasons } = await webhookStatus(shop, asked, WEBHOOK_ADDRESS, now);
    const standing = reasons.filter(({ code }) => isAlert(code));
    const alerts = standing.map(({ code, topics = [], count = 0, since = null }) => ({
      code,
      topics,
      count,
      since,
    }));
    await keepAlerts(shop.id, alerts, "failed" in asked ? ASKED_FOR : [], now);
  } catch (error) {
    log.warn({ err: error, shopId: shop.id }, "a shop's alerts could not be looked at");
  }
}
