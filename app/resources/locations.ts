// Locations: places that hold stock or sell, inactive and legacy ones included.
import type { LocationFieldsFragment } from "#app/shopify/generated.ts";
import { always, maybe, statedRow, wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import * as rest from "./rest.ts";
import { at, flag, float, idOf, nullable, text, time, type Reader } from "./values.ts";

const LOCATION_FIELDS = /* GraphQL */ `
  fragment LocationFields on Location {
    id
    name
    isActive
    isFulfillmentService
    fulfillsOnlineOrders
    shipsInventory
    hasActiveInventory
    address {
      address1
      address2
      city
      zip
      province
      provinceCode
      country
      countryCode
      phone
      latitude
      longitude
    }
    deactivatedAt
    createdAt
    updatedAt
  }
`;

const inAddress = (field: string, read: Reader = text) =>
  always<LocationFieldsFragment>("address", at([field], nullable(read)));

const COLUMNS: Columns<LocationFieldsFragment> = {
  id: always("id", idOf("Location")),
  gid: always("id", text),
  name: always("name", text),
  isActive: always("isActive", flag),
  isFulfillmentService: always("isFulfillmentService", flag),
  fulfillsOnlineOrders: always("fulfillsOnlineOrders", flag),
  shipsInventory: always("shipsInventory", flag),
  hasActiveInventory: always("hasActiveInventory", flag),
  address1: inAddress("address1"),
  address2: inAddress("address2"),
  city: inAddress("city"),
  zip: inAddress("zip"),
  province: inAddress("province"),
  provinceCode: inAddress("provinceCode"),
  country: inAddress("country"),
  countryCode: inAddress("countryCode"),
  phone: inAddress("phone"),
  latitude: inAddress("latitude", float),
  longitude: inAddress("longitude", float),
  deactivatedAt: maybe("deactivatedAt", time),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};

/** Column → the body's field; a body has neither the coordinates nor what the location is used for. */
const REST_ADDRESS: Readonly<Record<string, string>> = {
  address1: "address1",
  address2: "address2",
  city: "city",
  zip: "zip",
  province: "province",
  provinceCode: "province_code",
  country: "country_name",
  countryCode: "country_code",
  phone: "phone",
};

export const locations: Resource = {
  name: "locations",
  type: "Location",
  model: "Location",
  childModels: [],
  scopes: ["read_locations"],
  after: [],
  topics: {
    changed: ["locations/create", "locations/update", "locations/activate", "locations/deactivate"],
    partial: [],
    deleted: ["locations/delete"],
  },
  fragment: LOCATION_FIELDS,
  connections: [],
  list: { root: "locations", args: "includeInactive: true, includeLegacy: true" },
  // Shopify's locationsCount leaves out inactive ones, which the mirror has.
  count: null,
  cursor: null,
  gid: (key) => rest.gidOf("Location", key),
  links: [
    { to: "Location", from: "Order", field: "retailLocationId" },
    { to: "Location", from: "OrderFulfillment", field: "locationId" },
    { to: "Location", from: "FulfillmentOrder", field: "locationId" },
    { to: "Location", from: "OrderRefundLine", field: "locationId" },
    { to: "Location", from: "Customer", field: "emailMarketingLocationId" },
    { to: "Location", from: "Customer", field: "smsMarketingLocationId" },
    { to: "Location", from: "Customer", field: "whatsAppMarketingLocationId" },
  ],
  fromNode,
  fromWebhook,
  columns: { Location: COLUMNS },
  personal: {},
};

function fromNode(node: Node): Reading {
  const row = wholeRow<LocationFieldsFragment>(COLUMNS, node);
  return { key: String(row.id), updatedAt: row.updatedAt as string, row, children: {} };
}

function fromWebhook(body: Body, topic: string): Notice {
  const key = rest.keyIn(body);
  if (topic === "locations/delete") return { says: "deleted", key };
  const location: Stated<LocationFieldsFragment> = {
    id: rest.gidOf("Location", key),
    name: body.name,
    isActive: body.active,
    createdAt: body.created_at ?? undefined,
    updatedAt: body.updated_at ?? undefined,
  };
  const address = Object.entries(REST_ADDRESS)
    .filter(([, field]) => body[field] !== undefined)
    .map(([column, field]) => [column, nullable(text)(body[field], field)] as const);
  return {
    says: "changed",
    complete: true,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row: { ...statedRow(COLUMNS, location), ...Object.fromEntries(address) },
      children: {},
    },
  };
}
