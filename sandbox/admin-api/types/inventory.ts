/**
 * Inventory items, their levels, and locations.
 */
import {
  hasActiveInventory,
  hasUnfulfilledOrders,
  levelId,
  levelsAt,
  levelsOf,
  variantOfItem,
} from "../../store/lookups.ts";
import { quantitiesOf } from "../../store/states.ts";
import {
  gid,
  levelGid,
  type Frozen,
  type InventoryItem,
  type InventoryLevel,
  type Location,
  type QuantityName,
} from "../../store/truth.ts";
import { badRequest } from "../errors.ts";
import { connection, page, source, typeFields, withArgs, type TypeFields } from "./fields.ts";
import { metafieldFields } from "./metafield.ts";
import { exactly } from "./order.ts";
import { LEVEL_SEARCH } from "./searches.ts";
import { idOf, money, time } from "./values.ts";

const levelSource = (level: Frozen<InventoryLevel>) => source("InventoryLevel", level);

const ItemFields = typeFields<Frozen<InventoryItem>>({
  id: (item) => gid("InventoryItem", item.id),
  legacyResourceId: (item) => item.id,
  sku: (item) => item.sku,
  tracked: (item) => item.tracked,
  requiresShipping: (item) => item.requiresShipping,
  countryCodeOfOrigin: (item) => item.countryCodeOfOrigin,
  provinceCodeOfOrigin: (item) => item.provinceCodeOfOrigin,
  harmonizedSystemCode: (item) => item.harmonizedSystemCode,
  countryHarmonizedSystemCodes: connection([], (item) =>
    page(Object.entries(item.countryHarmonizedSystemCodes), {
      idOf: ([country]) => country,
      toNode: ([countryCode, harmonizedSystemCode]) => ({
        __typename: "CountryHarmonizedSystemCode",
        countryCode,
        harmonizedSystemCode,
      }),
    }),
  ),
  unitCost: (item, _args, { store }) => (item.cost === null ? null : money(item.cost, store.shop.currency)),
  measurement: (item) => ({
    __typename: "InventoryItemMeasurement",
    id: gid("InventoryItemMeasurement", item.id),
    weight: { __typename: "Weight", ...item.weight },
  }),
  duplicateSkuCount: (item, _args, { store }) =>
    item.sku === null
      ? 0
      : store.list("inventoryItems").filter((each) => each.sku === item.sku && each.id !== item.id).length,
  createdAt: (item) => time(item.createdAt),
  updatedAt: (item) => time(item.updatedAt),
  locationsCount: (item, _args, { store }) => exactly(levelsOf(store, item.id).length),
  variant: (item, _args, { store }) => {
    const variant = variantOfItem(store, item.id);
    return variant ? source("ProductVariant", variant) : null;
  },
  variants: connection([], (item, _args, { store }) =>
    page(
      [variantOfItem(store, item.id)].filter((variant) => variant !== undefined),
      {
        idOf: (variant) => variant.id,
        toNode: (variant) => source("ProductVariant", variant),
      },
    ),
  ),
  inventoryLevel: withArgs(["locationId", "includeInactive"], (item, args, { store }) => {
    const level = store.get("inventoryLevels", levelId(item.id, idOf(args.locationId, "Location")));
    return level && (level.isActive || args.includeInactive) ? levelSource(level) : null;
  }),
  inventoryLevels: connection(["includeInactive"], (item, args, { store }) =>
    page(levelsOf(store, item.id, { inactive: args.includeInactive === true }), {
      idOf: (level) => level.number,
      toNode: levelSource,
      search: LEVEL_SEARCH,
    }),
  ),
});

const LevelFields = typeFields<Frozen<InventoryLevel>>({
  id: (level) => levelGid(level),
  isActive: (level) => level.isActive,
  createdAt: (level) => time(level.createdAt),
  updatedAt: (level) => time(level.updatedAt),
  item: (level, _args, { store }) =>
    source("InventoryItem", store.need("inventoryItems", level.inventoryItemId)),
  location: (level, _args, { store }) => source("Location", store.need("locations", level.locationId)),
  quantities: withArgs(["names"], (level, args) => {
    const all = quantitiesOf(level);
    return (args.names as string[]).map((name) => {
      const found = all[name as QuantityName] as { quantity: number; updatedAt: string | null } | undefined;
      if (!found) throw badRequest(`The quantity name ${name} is not valid.`);
      return {
        __typename: "InventoryQuantity",
        id: `gid://shopify/InventoryQuantity/${level.number}?inventory_item_id=${level.inventoryItemId}&name=${name}`,
        name,
        quantity: found.quantity,
        updatedAt: time(found.updatedAt),
      };
    });
  }),
});

const LocationFields = typeFields<Frozen<Location>>({
  id: (location) => gid("Location", location.id),
  legacyResourceId: (location) => location.id,
  name: (location) => location.name,
  isActive: (location) => location.isActive,
  isPrimary: (location, _args, { store }) => store.list("locations")[0]?.id === location.id,
  isFulfillmentService: (location) => location.isFulfillmentService,
  fulfillsOnlineOrders: (location) => location.fulfillsOnlineOrders,
  shipsInventory: (location) => location.shipsInventory,
  hasActiveInventory: (location, _args, { store }) => hasActiveInventory(store, location.id),
  hasUnfulfilledOrders: (location, _args, { store }) => hasUnfulfilledOrders(store, location.id),
  activatable: (location) => !location.isActive,
  deactivatable: (location, _args, { store }) => location.isActive && !hasActiveInventory(store, location.id),
  deletable: (location, _args, { store }) => !location.isActive && !hasActiveInventory(store, location.id),
  deactivatedAt: (location) => time(location.deactivatedAt),
  createdAt: (location) => time(location.createdAt),
  updatedAt: (location) => time(location.updatedAt),
  fulfillmentService: () => null,
  suggestedAddresses: () => [],
  address: (location) => ({
    __typename: "LocationAddress",
    ...location.address,
    formatted: [
      location.address.address1,
      location.address.address2,
      location.address.city,
      location.address.zip,
      location.address.country,
    ].filter((part) => part !== null && part !== ""),
  }),
  inventoryLevel: withArgs(["inventoryItemId", "includeInactive"], (location, args, { store }) => {
    const level = store.get(
      "inventoryLevels",
      levelId(idOf(args.inventoryItemId, "InventoryItem"), location.id),
    );
    return level && (level.isActive || args.includeInactive) ? levelSource(level) : null;
  }),
  inventoryLevels: connection(["includeInactive"], (location, args, { store }) =>
    page(levelsAt(store, location.id, { inactive: args.includeInactive === true }), {
      idOf: (level) => level.inventoryItemId,
      toNode: levelSource,
      search: LEVEL_SEARCH,
    }),
  ),
  ...metafieldFields("LOCATION"),
});

export const inventoryTypes: Record<string, TypeFields> = {
  InventoryItem: ItemFields,
  InventoryLevel: LevelFields,
  Location: LocationFields,
};
