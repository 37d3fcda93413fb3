// Inventory items: what a variant is in the warehouse.
import type { InventoryItemFieldsFragment } from "#app/shopify/generated.ts";
import { always, maybe, statedRow, wholeRow, type Columns, type Stated } from "./columns.ts";
import type { Row } from "#app/sync/change.ts";
import type { Body, Node, Notice, Reading, Resource } from "./define.ts";
import * as rest from "./rest.ts";
import { at, currency, decimal, fields, flag, float, idOf, listOf } from "./values.ts";
import { nullable, text, time, type Reader } from "./values.ts";

const INVENTORY_ITEM_FIELDS = /* GraphQL */ `
  fragment InventoryItemFields on InventoryItem {
    id
    sku
    tracked
    requiresShipping
    unitCost {
      amount
      currencyCode
    }
    countryCodeOfOrigin
    provinceCodeOfOrigin
    harmonizedSystemCode
    measurement {
      weight {
        value
        unit
      }
    }
    createdAt
    updatedAt
  }
`;

const COUNTRY_CODE_FIELDS = /* GraphQL */ `
  fragment CountryCodeFields on CountryHarmonizedSystemCode {
    countryCode
    harmonizedSystemCode
  }
`;

const COLUMNS: Columns<InventoryItemFieldsFragment> = {
  id: always("id", idOf("InventoryItem")),
  gid: always("id", text),
  sku: maybe("sku", text),
  tracked: always("tracked", flag),
  requiresShipping: always("requiresShipping", flag),
  unitCost: maybe("unitCost", at(["amount"], decimal)),
  unitCostCurrencyCode: maybe("unitCost", at(["currencyCode"], currency)),
  countryCodeOfOrigin: maybe("countryCodeOfOrigin", text),
  provinceCodeOfOrigin: maybe("provinceCodeOfOrigin", text),
  harmonizedSystemCode: maybe("harmonizedSystemCode", text),
  weight: always("measurement", at(["weight", "value"], nullable(float))),
  weightUnit: always("measurement", at(["weight", "unit"], nullable(text))),
  createdAt: always("createdAt", time),
  updatedAt: always("updatedAt", time),
};

export const inventoryItems: Resource = {
  name: "inventory_items",
  type: "InventoryItem",
  model: "InventoryItem",
  childModels: [],
  scopes: ["read_inventory"],
  after: ["products"],
  topics: {
    changed: ["inventory_items/create", "inventory_items/update"],
    partial: [],
    deleted: ["inventory_items/delete"],
  },
  fragment: INVENTORY_ITEM_FIELDS,
  connections: [
    {
      field: "countryHarmonizedSystemCodes",
      type: "CountryHarmonizedSystemCode",
      fragment: COUNTRY_CODE_FIELDS,
      // The largest page that Shopify charges twofold; few items have codes for single countries.
      pageSize: 4,
      fills: ["countryHarmonizedSystemCodes"],
    },
  ],
  list: { root: "inventoryItems", isUnsorted: true },
  count: null,
  cursor: { filter: "updated_at" },
  created: { list: "created_at", count: "created_at" },
  gid: (key) => rest.gidOf("InventoryItem", key),
  fromNode,
  fromWebhook,
  columns: { InventoryItem: COLUMNS },
  groups: [
    { name: "costs", columns: { InventoryItem: ["unitCost", "unitCostCurrencyCode"] } },
    {
      name: "customs",
      columns: {
        InventoryItem: [
          "countryCodeOfOrigin",
          "provinceCodeOfOrigin",
          "harmonizedSystemCode",
          "countryHarmonizedSystemCodes",
        ],
      },
    },
  ],
  personal: {},
};

function fromNode(node: Node): Reading {
  const row: Row = {
    ...wholeRow<InventoryItemFieldsFragment>(COLUMNS, node),
    countryHarmonizedSystemCodes: countryCodes(
      node.countryHarmonizedSystemCodes,
      "countryHarmonizedSystemCodes",
    ),
  };
  return { key: String(row.id), updatedAt: row.updatedAt as string, row, children: {} };
}

/** { country: code } */
const countryCodes: Reader = (value, path) => {
  const pairs = listOf((entry, place): [string, string] => {
    const { countryCode, harmonizedSystemCode } = fields(entry, place);
    return [
      text(countryCode, `${place}.countryCode`),
      text(harmonizedSystemCode, `${place}.harmonizedSystemCode`),
    ];
  })(value, path);
  return Object.fromEntries(pairs);
};

function fromWebhook(body: Body, topic: string): Notice {
  const key = rest.keyIn(body);
  if (topic === "inventory_items/delete") return { says: "deleted", key };
  const row = {
    ...statedRow(COLUMNS, itemIn(body, key)),
    ...costIn(body),
    ...countryCodesIn(body),
  };
  const updatedAt = nullable(time)(body.updated_at ?? null, "updated_at") as string | null;
  return { says: "changed", complete: true, reading: { key, updatedAt, row, children: {} } };
}

const WEIGHT_UNIT: Readonly<Record<string, string>> = {
  g: "GRAMS",
  kg: "KILOGRAMS",
  lb: "POUNDS",
  oz: "OUNCES",
};

function itemIn(body: Body, key: string): Stated<InventoryItemFieldsFragment> {
  const { weight_value: value, weight_unit: unit, harmonized_system_code: code } = body;
  return {
    id: rest.gidOf("InventoryItem", key),
    sku: body.sku,
    tracked: body.tracked,
    requiresShipping: body.requires_shipping,
    countryCodeOfOrigin: body.country_code_of_origin,
    provinceCodeOfOrigin: body.province_code_of_origin,
    // A number in some versions.
    harmonizedSystemCode: typeof code === "number" ? String(code) : code,
    measurement:
      value === undefined || typeof unit !== "string"
        ? undefined
        : { weight: { value, unit: WEIGHT_UNIT[unit] ?? unit.toUpperCase() } },
    createdAt: body.created_at ?? undefined,
    updatedAt: body.updated_at ?? undefined,
  };
}

/** A body tells the cost without its currency, which is then left as it is. */
function costIn({ cost }: Body): Row {
  if (cost === undefined) return {};
  return cost === null ? { unitCost: null, unitCostCurrencyCode: null } : { unitCost: decimal(cost, "cost") };
}

function countryCodesIn({ country_harmonized_system_codes: codes }: Body): Row {
  if (codes === undefined) return {};
  const nodes = rest.each(codes, (code) =>
    rest.renamed(code, { country_code: "countryCode", harmonized_system_code: "harmonizedSystemCode" }),
  );
  return { countryHarmonizedSystemCodes: countryCodes(nodes, "country_harmonized_system_codes") };
}
