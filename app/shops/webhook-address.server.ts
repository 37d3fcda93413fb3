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

/** How long an answer serves pages that are looked at again and again, and how many shops' are kept. */
const KEPT_MS = 60_000;
const KEPT_MAX = 1_000;
const kept = new Map<string, { readonly at: number; readonly asked: Asked }>();

/** As askSubscriptions, at most once a minute; an answer that did not come is asked for again. */
export async function askSubscriptionsLately(shopDomain: string, now: Date): Promise<Asked> {
  const known = kept.get(shopDomain);
  if (known && now.getTime() - known.at < KEPT_MS) return known.asked;
  const asked = await askSubscriptions(shopDomain);
  kept.delete(shopDomain);
  if (kept.size >= KEPT_MAX) kept.clear();
  if ("subscriptions" in asked) kept.set(shopDomain, { at: now.getTime(), asked });
  return asked;
}
