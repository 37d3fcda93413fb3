// Shared by the tests of apply(): a shop, changes in short form, and the mirror as plain rows. Import it dynamically,
// after useDatabase().
import { readFileSync } from "node:fs";
import path from "node:path";
import { inTransaction, pool } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import type { Body, Node, ResourceName } from "#app/resources/define.ts";
import { parseLossless } from "#app/shopify/json.ts";
import { apply } from "#app/sync/apply.ts";
import type { Change, Children, OriginKind, Row, Upsert } from "#app/sync/change.ts";

export const NOW = new Date("2026-11-22T12:00:00Z");

export interface Fixture {
  readonly topic: string;
  readonly node: Node;
  readonly body: Body;
}

/** One record as the API and as a webhook tell it. */
export function fixtureOf(resource: ResourceName): Fixture {
  const file = path.join(import.meta.dirname, `../fixtures/records/${resource}.json`);
  return parseLossless(readFileSync(file, "utf8")) as Fixture;
}

let shops = 0;

export async function openShop(): Promise<number> {
  shops += 1;
  const { rows } = await pool.query<{ id: number }>("INSERT INTO shops (domain) VALUES ($1) RETURNING id", [
    `shop-${shops}.myshopify.com`,
  ]);
  return rows[0]!.id;
}

export function applyAll(shopId: number, changes: readonly Change[]) {
  return inTransaction((client) => apply(client, shopId, changes, NOW));
}

/** "05.5" → 2026-11-01T10:00:05.5Z. */
export const second = (text: string) => `2026-11-01T10:00:${text.padStart(2, "0")}Z`;

export interface When {
  /** Second of updatedAt; null where Shopify states none. */
  readonly updated: string | null;
  /** Second, with decimals, of the observation. */
  readonly observed: string;
  readonly by?: OriginKind;
  readonly id?: bigint;
}

export function versioned({ updated, observed, by = "webhook", id = 1n }: When) {
  return {
    version: { updatedAt: updated === null ? null : second(updated), observedAt: second(observed) },
    origin: { kind: by, id: by === "fetch" ? null : id },
  } as const;
}

export function upsert(
  resource: ResourceName,
  key: string,
  row: Row,
  when: When,
  children: Upsert["children"] = {},
): Upsert {
  return { verb: "upsert", resource, key, row, children, ...versioned(when) };
}

/** A location that is told whole; `name` is what tests look at. */
export function location(key: string, row: Row, when: When): Upsert {
  return upsert("locations", key, { id: key, gid: `gid://shopify/Location/${key}`, ...row }, when);
}

export function product(key: string, row: Row, variants: Children | null, when: When): Upsert {
  const root = { id: key, gid: `gid://shopify/Product/${key}`, ...row };
  return upsert("products", key, root, when, variants === null ? {} : { ProductVariant: variants });
}

export function remove(
  resource: ResourceName,
  key: string,
  observed: string,
  by: OriginKind = "webhook",
): Change {
  return { verb: "delete", resource, key, reason: by, ...versioned({ updated: null, observed, by }) };
}

const TABLES = {
  Order: "orders",
  OrderLineItem: "order_line_items",
  OrderShippingLine: "order_shipping_lines",
  OrderTransaction: "order_transactions",
  OrderRefund: "order_refunds",
  OrderRefundLine: "order_refund_lines",
  OrderFulfillment: "order_fulfillments",
  OrderFulfillmentLine: "order_fulfillment_lines",
  OrderPaymentTerms: "order_payment_terms",
  OrderPaymentSchedule: "order_payment_schedules",
  OrderAgreement: "order_agreements",
  OrderSale: "order_sales",
  OrderReturn: "order_returns",
  OrderReturnLine: "order_return_lines",
  FulfillmentOrder: "fulfillment_orders",
  FulfillmentOrderLine: "fulfillment_order_lines",
  Product: "products",
  ProductVariant: "product_variants",
  ProductMedia: "product_media",
  ProductPublication: "product_publications",
  InventoryItem: "inventory_items",
  InventoryLevel: "inventory_levels",
  Location: "locations",
  Customer: "customers",
  Collection: "collections",
  CollectionProduct: "collection_products",
  Metafield: "metafields",
} as const;

export type Model = keyof typeof TABLES;

/** Rows as PostgreSQL prints them, ordered; ids and decimals are exact text. */
export async function rowsOf(model: Model, shopId: number): Promise<Record<string, string | null>[]> {
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT r.* FROM ${TABLES[model]} AS t,
       LATERAL (SELECT jsonb_object_agg(key, value) AS cells FROM jsonb_each_text(to_jsonb(t))) AS r
     WHERE t.shop_id = $1 ORDER BY t::text`,
    [shopId],
  );
  return rows.map(({ cells }) => cells as unknown as Record<string, string | null>);
}

/** All that is mirrored of a resource, without when it was written. */
export async function stateOf(resource: ResourceName, shopId: number) {
  const { model, childModels } = resourceOf(resource);
  const state: Record<string, unknown> = {};
  for (const name of [model, ...childModels] as Model[]) {
    state[name] = (await rowsOf(name, shopId)).map(({ applied_at: _, ...row }) => row);
  }
  const { rows } = await pool.query(
    "SELECT record_key, deleted_at FROM sync_tombstones WHERE shop_id = $1 AND resource = $2 ORDER BY 1",
    [shopId, resource],
  );
  return { ...state, tombstones: rows };
}

export async function mirroredOf(resource: ResourceName, shopId: number): Promise<number> {
  const { rows } = await pool.query<{ mirrored: string }>(
    "SELECT mirrored FROM sync_resources WHERE shop_id = $1 AND resource = $2",
    [shopId, resource],
  );
  return Number(rows[0]?.mirrored ?? 0);
}
