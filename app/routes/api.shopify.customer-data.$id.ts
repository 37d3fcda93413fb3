// Door: GET streams all that is stored of one customer, for a customers/data_request; that it was given out is recorded.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { refusal } from "#app/shops/caller.server.ts";
import { isId } from "#app/status/filters.ts";
import { exportPerson } from "#app/status/person-export.ts";
import { noteDataExported } from "#app/sync/acts.ts";

export const loader = apiDoor(async ({ shop, userId, params, now }) => {
  const id = params.id ?? "";
  if (!isId(id)) return refusal(400, "BAD_REQUEST", "The id must be a customer's number.");
  await noteDataExported(shop.id, id, `api:${userId}`, now);
  return new Response(exportPerson(shop, id, now), {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="customer-${id}.json"`,
      "Cache-Control": "no-store",
      "Access-Control-Allow-Origin": "*",
    },
  });
}, "GET");
export const action = notAllowed("GET");
