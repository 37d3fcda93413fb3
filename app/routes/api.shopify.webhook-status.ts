// Door: GET tells topic by topic whether webhooks arrive, and one verdict with its reasons.
import { webhookStatusBody } from "#app/components/webhooks/status-body.ts";
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer } from "#app/shops/caller.server.ts";
import { askSubscriptions, WEBHOOK_ADDRESS } from "#app/shops/webhook-address.server.ts";
import { readShop } from "#app/status/shop.ts";
import { isAlert, webhookStatus } from "#app/status/webhooks.ts";

export const loader = apiDoor(async ({ shop, now }) => {
  const status = await webhookStatus(shop, await askSubscriptions(shop.domain), WEBHOOK_ADDRESS, now);
  return answer(webhookStatusBody(status, await readShop(shop.id), WEBHOOK_ADDRESS, isAlert));
}, "GET");
export const action = notAllowed("GET");
