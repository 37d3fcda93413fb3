// Door: POST sends a test delivery through the public address and reports each hop.
import { webhookTestBody } from "#app/components/webhooks/status-body.ts";
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer } from "#app/shops/caller.server.ts";
import { testWebhook } from "#app/shops/webhook-test.server.ts";

export const action = apiDoor(async ({ shop, request }) => {
  return answer(webhookTestBody(await testWebhook(shop.domain, request.signal)));
}, "POST");
export const loader = notAllowed("POST");
