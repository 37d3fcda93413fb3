// Door: GET tells all that is known of one run.
import { runBody } from "#app/components/run-body.ts";
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer, refusal } from "#app/shops/caller.server.ts";
import { readRunDetail } from "#app/status/run-detail.ts";
import { readShop } from "#app/status/shop.ts";

export const loader = apiDoor(async ({ shop, params, now }) => {
  const detail = await readRunDetail(shop.id, params.id ?? "");
  if (!detail) return refusal(404, "NOT_FOUND", "There is no such run.");
  return answer(runBody(detail, (await readShop(shop.id)).timeZone ?? "UTC", now));
}, "GET");
export const action = notAllowed("GET");
