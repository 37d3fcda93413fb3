// Door: GET tells whether one order is in the mirror, how late, and since when it is known to be right.
import { recordMessage } from "#app/components/record-words.ts";
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer, refusal } from "#app/shops/caller.server.ts";
import { orderStatus } from "#app/status/records.ts";
import { isId } from "#app/sync/stored-forms.ts";

export const loader = apiDoor(async ({ shop, params: { id = "" } }) => {
  if (!isId(id))
    return refusal(400, "BAD_REQUEST", "The id must be a number, as in Shopify's address of the order.");
  const { code, ...record } = await orderStatus(shop.id, shop.domain, id);
  return answer({ id, state: code, message: recordMessage(code), ...record });
}, "GET");
export const action = notAllowed("GET");
