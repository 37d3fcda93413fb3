// Every page of the admin by its path. More specific patterns come first where two could fit ("orders/new").
import { HOME_ROOMS } from "#sandbox/pages/home.ts";
import { ORDER_ROOMS } from "#sandbox/pages/orders/rooms.ts";
import { CUSTOMER_ROOMS } from "#sandbox/pages/people/customers.ts";
import { COLLECTION_ROOMS } from "#sandbox/pages/products/collections.ts";
import { PRODUCT_ROOMS } from "#sandbox/pages/products/rooms.ts";
import { DIAL_ROOMS } from "#sandbox/pages/settings/dials.ts";
import { LOG_ROOMS } from "#sandbox/pages/settings/log.ts";
import { STOCK_ROOMS } from "#sandbox/pages/stock/rooms.ts";
import type { Rooms } from "#sandbox/pages/visit.ts";

export const ROOMS: Rooms = {
  ...HOME_ROOMS,
  ...ORDER_ROOMS,
  ...PRODUCT_ROOMS,
  ...COLLECTION_ROOMS,
  ...STOCK_ROOMS,
  ...CUSTOMER_ROOMS,
  ...DIAL_ROOMS,
  ...LOG_ROOMS,
};
