// Tells the operator's own address of alerts, when one is set: each beginning and each end, signed as the Standard Webhooks
// describe it, until it is accepted. Nothing waits for it, and nothing depends on it.
import { createHmac } from "node:crypto";
import { alertMessage } from "#app/components/webhooks/status-body.ts";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { noteTold, untoldAlerts, type AlertNews } from "#app/sync/alerts.ts";

const ANSWER_MS_MAX = 5_000;
/** Of one round; the next round goes on. */
const NEWS_MAX = 100;
/** Each round of the watch tries again; after a day nobody wants the news any more. */
const GIVE_UP_MS = 86_400_000;

/** Sends what was not accepted yet, oldest first; ends with the first refusal, since the next would meet it, too. */
export async function tellAlerts(now: Date, signal: AbortSignal): Promise<void> {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = env;
  if (!url) return;
  for (const news of await untoldAlerts(new Date(now.getTime() - GIVE_UP_MS), NEWS_MAX)) {
    if (signal.aborted) return;
    if (!(await send(url, secret, news, now, signal))) return;
    await noteTold(news, now);
  }
}

async function send(
  url: string,
  secret: string | undefined,
  news: AlertNews,
  now: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const { event, shopDomain: shop, code, since, endedAt, topics, count } = news;
  const message = alertMessage({ code, topics, count }, now);
  const body = JSON.stringify({ type: `alert.${event}`, shop, code, message, since, endedAt, topics, count });
  const id = `alert_${news.id}_${event}`;
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "Counterfoil",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    ...(secret ? { "webhook-signature": `v1,${sign(secret, `${id}.${timestamp}.${body}`)}` } : {}),
  };
  try {
    const response = await fetch(url, {
      ...{ method: "POST", headers, body, redirect: "manual" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    await response.body?.cancel();
    if (response.ok) return true;
    log.warn({ status: response.status, id }, "the operator's address did not accept an alert; trying again");
  } catch (error) {
    if (!signal.aborted)
      log.warn({ err: error, id }, "the operator's address cannot be reached; trying again");
  }
  return false;
}

function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64");
}
