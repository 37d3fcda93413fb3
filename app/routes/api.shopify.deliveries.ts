// Door: GET streams the delivery log as NDJSON or CSV, filtered and sorted as its page.
import { apiDoor, notAllowed, refuseUnknown } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { choiceOf, deliveryQueryOf } from "#app/status/deliveries.ts";
import { EXPORT_FORMATS, EXPORT_TYPES, exportDeliveries } from "#app/status/delivery-export.ts";
import { readShop } from "#app/status/shop.ts";

const KNOWN = ["topic", "state", "reason", "resource", "record", "from", "until", "sort", "format"];

export const loader = apiDoor(async ({ shop, request }) => {
  const { filters, sort, dropped } = deliveryQueryOf(request.url);
  const asked = new URL(request.url).searchParams.get("format") ?? "ndjson";
  const format = EXPORT_FORMATS.find((each) => each === asked);
  if (!format) return refusal(400, "BAD_REQUEST", `format: one of ${EXPORT_FORMATS.join(", ")}`);
  const refused = refuseUnknown(request, KNOWN, dropped);
  if (refused) return refused;
  const choice = choiceOf(filters, (await readShop(shop.id)).timeZone ?? "UTC");
  return new Response(exportDeliveries(shop.domain, choice, format, sort), {
    headers: {
      "Content-Type": EXPORT_TYPES[format],
      "Content-Disposition": `attachment; filename="deliveries.${format}"`,
      "Cache-Control": "no-store",
      "Access-Control-Allow-Origin": "*",
    },
  });
}, "GET");
export const action = notAllowed("GET");
