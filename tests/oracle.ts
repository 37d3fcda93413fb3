// Says whether the mirror is the store: every column of every mirrored row against the store's truth export, through a
// mapping of its own that shares nothing with the app's descriptors. A column that this file does not know is itself a
// difference, so a new one cannot go unchecked.
import type pg from "pg";
import { exportTruth } from "#sandbox/store/export.ts";
import type { TruthExport } from "#sandbox/store/export.ts";
import type { Store } from "#sandbox/store/store.ts";
import {
  expectedLevels,
  expectedItems,
  expectedLocations,
  expectedMedia,
  expectedProducts,
  expectedPublications,
  expectedVariants,
} from "./oracle-goods.ts";
import { expectedAgreements, expectedSales } from "./oracle-agreements.ts";
import {
  expectedFulfillmentLines,
  expectedFulfillmentOrderLines,
  expectedFulfillmentOrders,
  expectedFulfillments,
  expectedPaymentSchedules,
  expectedPaymentTerms,
  expectedRefundLines,
  expectedRefunds,
  expectedReturnLines,
  expectedReturns,
  expectedTransactions,
} from "./oracle-order-parts.ts";
import {
  expectedCollections,
  expectedCustomers,
  expectedMembers,
  expectedMetafields,
} from "./oracle-people.ts";
import { expectedLines, expectedOrders, expectedShippingLines } from "./oracle-orders.ts";

export type Expected = Record<string, unknown>;

interface Table {
  name: string;
  key: readonly string[];
  rows(truth: TruthExport): Expected[];
}

const TABLES: readonly Table[] = [
  { name: "orders", key: ["id"], rows: expectedOrders },
  { name: "order_line_items", key: ["id"], rows: expectedLines },
  { name: "order_shipping_lines", key: ["id"], rows: expectedShippingLines },
  { name: "order_transactions", key: ["id"], rows: expectedTransactions },
  { name: "order_refunds", key: ["id"], rows: expectedRefunds },
  { name: "order_refund_lines", key: ["id"], rows: expectedRefundLines },
  { name: "order_fulfillments", key: ["id"], rows: expectedFulfillments },
  { name: "order_fulfillment_lines", key: ["id"], rows: expectedFulfillmentLines },
  { name: "order_returns", key: ["id"], rows: expectedReturns },
  { name: "order_return_lines", key: ["id"], rows: expectedReturnLines },
  { name: "order_payment_terms", key: ["id"], rows: expectedPaymentTerms },
  { name: "order_payment_schedules", key: ["id"], rows: expectedPaymentSchedules },
  { name: "order_agreements", key: ["id"], rows: expectedAgreements },
  { name: "order_sales", key: ["id"], rows: expectedSales },
  { name: "fulfillment_orders", key: ["id"], rows: expectedFulfillmentOrders },
  { name: "fulfillment_order_lines", key: ["id"], rows: expectedFulfillmentOrderLines },
  { name: "products", key: ["id"], rows: expectedProducts },
  { name: "product_variants", key: ["id"], rows: expectedVariants },
  { name: "product_media", key: ["product_id", "id"], rows: expectedMedia },
  { name: "product_publications", key: ["product_id", "publication_id"], rows: expectedPublications },
  { name: "inventory_items", key: ["id"], rows: expectedItems },
  { name: "inventory_levels", key: ["inventory_item_id", "location_id"], rows: expectedLevels },
  { name: "locations", key: ["id"], rows: expectedLocations },
  { name: "customers", key: ["id"], rows: expectedCustomers },
  { name: "collections", key: ["id"], rows: expectedCollections },
  { name: "collection_products", key: ["collection_id", "product_id"], rows: expectedMembers },
  { name: "metafields", key: ["id"], rows: expectedMetafields },
];

/** About the mirroring, not about the record. */
const BOOKKEEPING = new Set([
  "shop_id",
  "observed_at",
  "origin_kind",
  "origin_id",
  "applied_at",
  "confirmed_at",
  "seen_at",
]);
const DIFFERENCES_MAX = 50;

/** One line per difference, such as `orders 6129: total_price is "10", the store says "12.5"`. Empty: mirror = store. */
export async function differences(mirror: pg.Pool, store: Store): Promise<string[]> {
  const truth = exportTruth(store);
  const found: string[] = [];
  for (const table of TABLES) found.push(...(await differencesOf(mirror, table, table.rows(truth))));
  return found.slice(0, DIFFERENCES_MAX);
}

async function differencesOf(mirror: pg.Pool, { name, key }: Table, expected: Expected[]): Promise<string[]> {
  const keyOf = (row: Expected) => key.map((column) => String(row[column])).join(":");
  const { rows, fields } = await mirror.query<Expected>(`SELECT * FROM ${name}`);
  const there = new Map(rows.map((row) => [keyOf(row), row]));
  const known = new Set(Object.keys(expected[0] ?? {}));
  const found = fields
    .filter((field) => !BOOKKEEPING.has(field.name) && expected.length > 0 && !known.has(field.name))
    .map((field) => `${name}: the oracle does not know the column ${field.name}`);
  for (const wanted of expected) {
    const row = there.get(keyOf(wanted));
    there.delete(keyOf(wanted));
    if (row) found.push(...unequal(`${name} ${keyOf(wanted)}`, row, wanted));
    else found.push(`${name} ${keyOf(wanted)} is missing`);
  }
  return [...found, ...[...there.keys()].map((left) => `${name} ${left} is not in the store`)];
}

function unequal(place: string, row: Expected, wanted: Expected): string[] {
  return Object.entries(wanted).flatMap(([column, value]) => {
    // Most are the very same; to bring both into one form is what takes the time.
    if (row[column] === value) return [];
    const [mine, theirs] = [JSON.stringify(plain(row[column])), JSON.stringify(plain(value))];
    return mine === theirs ? [] : [`${place}: ${column} is ${mine}, the store says ${theirs}`];
  });
}

/** Values that mean the same look the same: "12.50" and "12.5", a Date and its ISO text, keys in any order. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (typeof value === "number" || typeof value === "bigint") return plain(String(value));
  if (typeof value === "string") return /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, "") : value;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, plain(part)]),
  );
}
