// An address of the API that no door has: programs get the same JSON as from those that there are.
import { noSuchDoor } from "#app/shops/api-door.server.ts";

export const loader = noSuchDoor;
export const action = noSuchDoor;
