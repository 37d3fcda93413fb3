// What Shopify's privacy webhooks demand. They come without a session, and some of them after the uninstall.
import type { PoolClient } from "pg";
import { z } from "zod";
import { log } from "#app/observe.server.ts";
import { recordAct } from "#app/sync/acts.ts";
import { erase } from "#app/sync/apply.ts";
import { forgetBodies, redactPerson } from "#app/sync/redact.ts";
import type { SystemDelivery } from "#app/sync/inbox.ts";
import type { Settlement } from "#app/sync/inbox-rows.ts";
import { bodyOf } from "#app/shops/system-bodies.ts";

/** Ids past 2^53 arrive as text. */
const id = z.union([z.int().nonnegative().transform(String), z.string().regex(/^\d{1,19}$/)]);
const customer = z.object({ id });

const redactBody = z.object({ customer, orders_to_redact: z.array(id).default([]) });
const requestBody = z.object({
  customer,
  orders_requested: z.array(id).default([]),
  data_request: z.object({ id }),
});

/**
 * customers/redact: the person's data goes from the mirror, from stored webhooks and from this order's own body.
 * Shopify sends it when its own copy is redacted already; what it had said before comes without the person (redact-late).
 */
export async function redactCustomer(
  client: PoolClient,
  delivery: SystemDelivery,
  now: Date,
): Promise<Settlement> {
  const { shop, shopDomain: domain, observedAt, body } = delivery;
  if (!shop) return { state: "ignored", reason: "NO_SUCH_SHOP", forgetBody: true };
  const { customer, orders_to_redact: named } = bodyOf(redactBody, body);
  const found = await redactPerson(client, shop.id, customer.id, named, observedAt);
  await forgetBodies(client, { id: shop.id, domain }, customer.id, [...new Set([...found, ...named])]);
  const detail = { customer: customer.id, delivery: String(delivery.id) };
  const act = { act: "customer_redacted", actor: "shopify", count: found.length, detail } as const;
  await recordAct(client, shop.id, act, now);
  log.info(
    { shopId: shop.id, orders: found.length, deliveryId: String(delivery.id) },
    "a customer was redacted",
  );
  return { state: "applied", resource: "customers", recordKey: customer.id, forgetBody: true };
}

/**
 * customers/data_request: the merchant must be given what is stored of a customer. The file is made on request, whenever it is
 * asked for (status/person-export.ts); giving it to the customer is a person's work, and stands among the open errors until
 * it is done.
 */
export async function noteDataRequest(
  client: PoolClient,
  delivery: SystemDelivery,
  now: Date,
): Promise<Settlement> {
  const { shop, body } = delivery;
  if (!shop) return { state: "ignored", reason: "NO_SUCH_SHOP", forgetBody: true };
  const { customer, orders_requested: orders, data_request: request } = bodyOf(requestBody, body);
  const detail = `data request ${request.id}; orders: ${orders.join(", ") || "none named"}`;
  await client.query(
    `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, delivery_id, occurred_at)
     VALUES ($1, 'customers', $2, 'CUSTOMER_DATA_REQUEST', $3, $4, $5)`,
    [shop.id, customer.id, detail, String(delivery.id), now],
  );
  return { state: "applied", resource: "customers", recordKey: customer.id, forgetBody: true };
}

/**
 * shop/redact: nothing of the shop outlives it (I8), this delivery's row included; the log keeps that it was done. Only
 * an order that is older than the last token is not obeyed: Shopify does not erase a store that is back. (Not than the
 * installation: where news of its end was lost, the one before goes on.)
 */
export async function eraseShop(client: PoolClient, delivery: SystemDelivery): Promise<Settlement> {
  const { shop, shopDomain, observedAt } = delivery;
  if (shop && shop.uninstalledAt === null && shop.grantedAt > observedAt) {
    return { state: "ignored", reason: "REINSTALLED" };
  }
  const rows = await eraseAll(client, shopDomain);
  log.info({ shopDomain, rows, deliveryId: String(delivery.id) }, "a shop was erased");
  return { state: "applied" };
}

/** The shop's row is locked first: whoever applies news of it has either committed before, or finds no shop. */
async function eraseAll(client: PoolClient, shopDomain: string): Promise<number> {
  let erased = 0;
  const { rows } = await client.query<{ id: number }>("SELECT id FROM shops WHERE domain = $1 FOR UPDATE", [
    shopDomain,
  ]);
  for (const { id } of rows) erased += await erase(client, id);
  for (const statement of [
    "DELETE FROM sync_deliveries WHERE shop_domain = $1",
    "DELETE FROM sync_counters WHERE shop_domain = $1",
    "DELETE FROM sessions WHERE shop = $1",
    "DELETE FROM shops WHERE domain = $1",
  ]) {
    erased += (await client.query(statement, [shopDomain])).rowCount ?? 0;
  }
  return erased;
}
