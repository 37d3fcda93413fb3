// Door: POST has chosen deliveries worked through again, or counts them.
import { apiDoor, notAllowed } from "#app/shops/api-door.server.ts";
import { startReplay } from "#app/shops/replay-request.server.ts";

export const action = apiDoor(startReplay, "POST");
export const loader = notAllowed("POST");
