// Inventory items and levels, locations, collections.
import {
  levelGid,
  type Collection,
  type Frozen,
  type InventoryItem,
  type InventoryLevel,
  type Location,
} from "../../store/truth.ts";
import { decimalNumber, gid, integer, time, type Body, type Context } from "./json.ts";

const REST_WEIGHT_UNITS = { GRAMS: "g", KILOGRAMS: "kg", OUNCES: "oz", POUNDS: "lb" } as const;

export function inventoryItemBody(context: Context, item: Frozen<InventoryItem>): Body {
  return {
    id: integer(item.id),
    sku: item.sku,
    created_at: time(context, item.createdAt),
    updated_at: time(context, item.updatedAt),
    requires_shipping: item.requiresShipping,
    cost: item.cost,
    country_code_of_origin: item.countryCodeOfOrigin,
    province_code_of_origin: item.provinceCodeOfOrigin,
    harmonized_system_code: item.harmonizedSystemCode,
    tracked: item.tracked,
    country_harmonized_system_codes: countryCodes(item),
    weight_value: decimalNumber(String(item.weight.value)),
    weight_unit: REST_WEIGHT_UNITS[item.weight.unit],
    admin_graphql_api_id: gid("InventoryItem", item.id),
  };
}

function countryCodes({ countryHarmonizedSystemCodes: codes }: Frozen<InventoryItem>): Body[] {
  return Object.entries(codes).map(([country, code]) => ({
    harmonized_system_code: code,
    country_code: country,
  }));
}

export function deletedInventoryItem(item: Frozen<InventoryItem>): Body {
  return {
    id: integer(item.id),
    country_code_of_origin: item.countryCodeOfOrigin,
    province_code_of_origin: item.provinceCodeOfOrigin,
    harmonized_system_code: item.harmonizedSystemCode,
    country_harmonized_system_codes: countryCodes(item),
    admin_graphql_api_id: gid("InventoryItem", item.id),
  };
}

export function inventoryLevelBody(context: Context, level: Frozen<InventoryLevel>): Body {
  const item = context.store.get("inventoryItems", level.inventoryItemId);
  return {
    inventory_item_id: integer(level.inventoryItemId),
    location_id: integer(level.locationId),
    available: item?.tracked === false ? null : level.quantities.available,
    updated_at: time(context, level.updatedAt),
    admin_graphql_api_id: levelGid(level),
  };
}

export function disconnectedLevel(level: Frozen<InventoryLevel>): Body {
  return { inventory_item_id: integer(level.inventoryItemId), location_id: integer(level.locationId) };
}

export function locationBody(context: Context, location: Frozen<Location>): Body {
  const { address } = location;
  return {
    id: integer(location.id),
    name: location.name,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    zip: address.zip,
    province: address.province,
    country: address.countryCode,
    phone: address.phone,
    created_at: time(context, location.createdAt),
    updated_at: time(context, location.updatedAt),
    country_code: address.countryCode,
    country_name: address.country,
    province_code: address.provinceCode,
    legacy: location.isFulfillmentService,
    active: location.isActive,
    admin_graphql_api_id: gid("Location", location.id),
  };
}

const REST_SORT_ORDERS = {
  MANUAL: "manual",
  BEST_SELLING: "best-selling",
  ALPHA_ASC: "alpha-asc",
  CREATED_DESC: "created-desc",
} as const;

export function collectionBody(context: Context, collection: Frozen<Collection>): Body {
  return {
    id: integer(collection.id),
    handle: collection.handle,
    title: collection.title,
    updated_at: time(context, collection.updatedAt),
    body_html: collection.descriptionHtml,
    published_at: time(context, collection.publishedAt),
    sort_order: REST_SORT_ORDERS[collection.sortOrder],
    template_suffix: collection.templateSuffix,
    published_scope: "global",
    admin_graphql_api_id: gid("Collection", collection.id),
  };
}

export function deletedCollection(collection: Frozen<Collection>): Body {
  return {
    id: integer(collection.id),
    published_scope: "global",
    admin_graphql_api_id: gid("Collection", collection.id),
  };
}
