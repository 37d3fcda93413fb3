// The sales channels that every store has. Each is a catalog with a publication, to which products are published.

import type { Id } from "./truth.ts";

/** `source` is the `sourceName` of its orders. */
export type Channel = { id: Id; catalogId: Id; name: string; source: string };

export const ONLINE_STORE: Channel = {
  id: "118210000001",
  catalogId: "52310000001",
  name: "Online Store",
  source: "web",
};
export const POINT_OF_SALE: Channel = {
  id: "118210000002",
  catalogId: "52310000002",
  name: "Point of Sale",
  source: "pos",
};
export const SHOP_APP: Channel = {
  id: "118210000003",
  catalogId: "52310000003",
  name: "Shop",
  source: "shop_app",
};

export const CHANNELS: readonly Channel[] = [ONLINE_STORE, POINT_OF_SALE, SHOP_APP];
