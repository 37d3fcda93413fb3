// Door: GET tells topic by topic whether webhooks arrive, and one verdict with its reasons.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer } from "#app/shops/caller.server.ts";
import { askSubscriptions, WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import {
  alertSentence,
  healthSentence,
  reasonSentence,
  TOML_NOTE,
  topicSentence,
} from "#app/status/sentences.ts";
import { isAlert, webhookStatus } from "#app/status/webhooks.ts";

export const loader = apiDoor(async ({ shop, now }) => {
  const status = await webhookStatus(shop, await askSubscriptions(shop.domain), WEBHOOK_ADDRESS, now);
  return answer({
    at: status.at,
    health: status.health,
    message: healthSentence(status.health),
    reasons: status.reasons.map((reason) => ({
      ...reason,
      isAlert: isAlert(reason.code),
      message: reasonSentence(reason),
    })),
    pastAlerts: status.past.map(({ id: _id, ...alert }) => ({ ...alert, message: alertSentence(alert) })),
    address: WEBHOOK_ADDRESS,
    note: TOML_NOTE,
    topics: status.topics.map(({ code, ...topic }) => ({
      ...topic,
      state: code,
      message: topicSentence(code),
    })),
  });
}, "GET");
export const action = notAllowed("GET");
