// Where our webhooks come in, and what Shopify knows of it.
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { Permanent, Throttled, Transient } from "#app/shopify/errors.ts";
import { listSubscriptions, type Asked } from "#app/shopify/subscriptions.ts";
import { clientFor } from "#app/shops/token.server.ts";

/** The public address of the one door. */
export const WEBHOOK_ADDRESS = new URL("/webhooks", env.SHOPIFY_APP_URL).href;

/** The subscriptions made through the API, or the code of why Shopify could not be asked; the rest is known without. */
export async function askSubscriptions(shopDomain: string): Promise<Asked> {
  try {
    return { subscriptions: await listSubscriptions(await clientFor(shopDomain)) };
  } catch (error) {
    const isExpected = error instanceof Permanent || error instanceof Throttled || error instanceof Transient;
    if (!isExpected) throw error;
    log.warn({ err: error, shopDomain }, "webhook subscriptions could not be read");
    return { failed: error instanceof Permanent ? error.code : "UNAVAILABLE" };
  }
}
