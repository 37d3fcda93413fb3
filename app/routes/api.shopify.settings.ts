// Door: GET and PATCH /api/shopify/settings, as docs/api.md states them.
import { apiDoor } from "#app/shops/api-door.server.ts";
import { patchSettings, tellSettings } from "#app/shops/settings-request.server.ts";

export const loader = apiDoor(tellSettings, "GET");
export const action = apiDoor(patchSettings, "PATCH", ["GET"]);
