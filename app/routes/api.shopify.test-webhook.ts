// Door: POST sends a test delivery through the public address and reports each hop.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer } from "#app/shops/caller.server.ts";
import { testWebhook } from "#app/shops/webhook-test.server.ts";
import { checkSentence, roundTripSentence } from "#app/status/sentences.ts";

export const action = apiDoor(async ({ shop, request }) => {
  const { checks, roundTrip, ...test } = await testWebhook(shop.domain, request.signal);
  return answer({
    ...test,
    roundTrip: { ...roundTrip, message: roundTripSentence(roundTrip.way, roundTrip.result) },
    checks: checks.map((check) => ({ ...check, message: checkSentence(check) })),
  });
}, "POST");
export const loader = notAllowed("POST");
