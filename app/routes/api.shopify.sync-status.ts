// Door: GET tells the state of every resource and of the mirror as a whole.
import { syncStatus } from "#app/components/sync-status.ts";
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { answer } from "#app/shops/caller.server.ts";
import { overview } from "#app/status/overview.ts";

export const loader = apiDoor(
  async ({ shop, now }) => answer(syncStatus(await overview(shop.id, now))),
  "GET",
);
export const action = notAllowed("GET");
