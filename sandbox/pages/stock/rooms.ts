// Which path leads to which page and act of stock and locations.
import { changeStock, connect, disconnect, saveItem, showItem } from "#sandbox/pages/stock/item.ts";
import { listStock, saveStock } from "#sandbox/pages/stock/list.ts";
import {
  activate,
  addLocation,
  deactivate,
  listLocations,
  newLocation,
  removeLocation,
  saveLocation,
  showLocation,
} from "#sandbox/pages/stock/locations.ts";
import type { Rooms } from "#sandbox/pages/visit.ts";

export const STOCK_ROOMS: Rooms = {
  inventory: { show: listStock, act: saveStock },
  "inventory/:id": { show: showItem, act: saveItem },
  "inventory/:id/quantities": { act: changeStock, again: showItem, fields: { locationId: "location" } },
  "inventory/:id/connections": { act: connect, again: showItem },
  "inventory/:id/disconnections": { act: disconnect, again: showItem },
  locations: { show: listLocations, act: addLocation, again: newLocation },
  "locations/new": { show: newLocation },
  "locations/:id": { show: showLocation, act: saveLocation },
  "locations/:id/activation": { act: activate, again: showLocation },
  "locations/:id/deactivation": { act: deactivate, again: showLocation },
  "locations/:id/deletion": { act: removeLocation, again: showLocation },
};
