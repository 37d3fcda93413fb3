// Inventory levels: how many of an item a location has. Shopify lists them only inside their item, and the number in
// their own id is opaque, so the key is "<item id>:<location id>".
import type { InventoryLevelFieldsFragment } from "#app/shopify/generated.ts";
import type { Row } from "#app/sync/change.ts";
import { always, statedRow, wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import * as rest from "./rest.ts";
import { fields, flag, int, linkTo, listOf, nullable, text, time } from "./values.ts";

const INVENTORY_LEVEL_FIELDS = /* GraphQL */ `
  fragment InventoryLevelFields on InventoryLevel {
    id
    isActive
    item {
      id
    }
    location {
      id
    }
    quantities(
      names: [
        "available"
        "on_hand"
        "committed"
        "incoming"
        "reserved"
        "damaged"
        "safety_stock"
        "quality_control"
      ]
    ) {
      name
      quantity
    }
    createdAt
    updatedAt
  }
`;

const itemIn = linkTo("InventoryItem");
const locationIn = linkTo("Location");

const COLUMNS: Columns<InventoryLevelFieldsFragment> = {
  gid: always("id", text),
  inventoryItemId: always("item", itemIn),
  locationId: always("location", locationIn),
  isActive: always("isActive", flag),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};

/** Shopify's name of a quantity → its column. */
const QUANTITIES: Readonly<Record<string, string>> = {
  available: "available",
  on_hand: "onHand",
  committed: "committed",
  incoming: "incoming",
  reserved: "reserved",
  damaged: "damaged",
  safety_stock: "safetyStock",
  quality_control: "qualityControl",
};

export const inventoryLevels: Resource = {
  name: "inventory_levels",
  type: "InventoryLevel",
  model: "InventoryLevel",
  childModels: [],
  // A level's location is an object of its own scope.
  scopes: ["read_inventory", "read_locations"],
  after: ["inventory_items", "locations"],
  topics: {
    changed: ["inventory_levels/update"],
    // A location may be connected again after it was disconnected, and a disconnected level lives on as inactive:
    // neither body tells the level's state, so both lead to a look.
    partial: ["inventory_levels/connect", "inventory_levels/disconnect"],
    deleted: [],
  },
  fragment: INVENTORY_LEVEL_FIELDS,
  connections: [],
  list: {
    root: "inventoryItems",
    isUnsorted: true,
    within: {
      field: "inventoryLevels",
      args: "includeInactive: true",
      // Few stores have more locations.
      pageSize: 10,
      type: "InventoryItem",
      model: "InventoryItem",
      parentField: "inventoryItemId",
      gid: (key) => rest.gidOf("InventoryItem", key.split(":")[0]),
    },
  },
  count: null,
  cursor: null,
  gid: () => null,
  keyOf,
  keyInBody,
  fromNode,
  fromWebhook,
  columns: { InventoryLevel: COLUMNS },
  personal: {},
};

function keyOf({ item, location }: Node): string {
  return `${String(itemIn(item, "item"))}:${String(locationIn(location, "location"))}`;
}

function keyInBody(body: Body): string {
  return `${rest.keyIn(body, "inventory_item_id")}:${rest.keyIn(body, "location_id")}`;
}

function fromNode(node: Node): Reading {
  const row: Row = {
    ...wholeRow<InventoryLevelFieldsFragment>(COLUMNS, node),
    ...quantitiesIn(node.quantities),
  };
  return { key: keyOf(node), updatedAt: row.updatedAt as string, row, children: {} };
}

/** A quantity that Shopify does not name is unknown, hence null. */
function quantitiesIn(list: unknown): Row {
  const row: Record<string, number | null> = Object.fromEntries(
    Object.values(QUANTITIES).map((column) => [column, null]),
  );
  listOf((entry, path) => {
    const { name, quantity } = fields(entry, path);
    const column = QUANTITIES[text(name, `${path}.name`)];
    if (column) row[column] = int(quantity, `${path}.quantity`);
    return null;
  })(list, "quantities");
  return row;
}

function fromWebhook(body: Body, topic: string): Notice {
  const key = keyInBody(body);
  if (topic !== "inventory_levels/update") return { says: "look", key };
  const level: Stated<InventoryLevelFieldsFragment> = {
    item: rest.link("InventoryItem", body.inventory_item_id),
    location: rest.link("Location", body.location_id),
    id: body.admin_graphql_api_id,
    updatedAt: body.updated_at ?? undefined,
  };
  const stated = statedRow(COLUMNS, level);
  const available: Row =
    body.available === undefined ? {} : { available: nullable(int)(body.available, "available") };
  return {
    says: "changed",
    complete: true,
    reading: {
      key,
      updatedAt: nullable(time)(body.updated_at ?? null, "updated_at") as string | null,
      row: { ...stated, ...available },
      children: {},
    },
  };
}
