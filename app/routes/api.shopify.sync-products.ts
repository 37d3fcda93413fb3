// Door: POST starts a sync of products with their variants.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { startSync } from "#app/shops/sync-request.server.ts";

export const action = apiDoor((call) => startSync(call, "products"), "POST");
export const loader = notAllowed("POST");
