// Topics that concern the shop and not a record, and what each does. The worker hands this table to drain().
import type { PoolClient } from "pg";
import { z } from "zod";
import { nudge } from "#app/sync/runs.ts";
import type { SystemAct, SystemDelivery, SystemTopics } from "#app/sync/inbox.ts";
import type { Settlement } from "#app/sync/inbox-rows.ts";
import { eraseShop, noteDataRequest, redactCustomer } from "#app/shops/privacy.ts";
import { bodyOf } from "#app/shops/system-bodies.ts";
import { uninstall } from "#app/shops/uninstall.ts";

export const systemTopics: SystemTopics = {
  "app/uninstalled": uninstall,
  "app/scopes_update": ofInstalled(updateScopes),
  "shop/update": ofInstalled(updateFacts),
  "bulk_operations/finish": ofInstalled(finishBulkOperation),
  "customers/data_request": noteDataRequest,
  "customers/redact": redactCustomer,
  "shop/redact": eraseShop,
};

/** These mean nothing for a shop that is not there, or no more. */
function ofInstalled(
  act: (client: PoolClient, delivery: SystemDelivery, shopId: number) => Promise<Settlement>,
): SystemAct {
  return async (client, delivery) => {
    const { shop } = delivery;
    if (!shop) return { state: "ignored", reason: "NO_SUCH_SHOP", forgetBody: true };
    if (shop.uninstalledAt !== null) return { state: "ignored", reason: "UNINSTALLED", forgetBody: true };
    return act(client, delivery, shop.id);
  };
}

const scopesBody = z.object({ current: z.array(z.string()) });

async function updateScopes(
  client: PoolClient,
  { body, observedAt }: SystemDelivery,
  shopId: number,
): Promise<Settlement> {
  const { current } = bodyOf(scopesBody, body);
  // A token tells them, too: news that is older than that would narrow what is read.
  const { rowCount } = await client.query(
    `UPDATE shops SET scopes = $2, scopes_told_at = $3
     WHERE id = $1 AND coalesce(scopes_told_at, authorized_at, $3) <= $3`,
    [shopId, current, observedAt],
  );
  return told(rowCount);
}

/** News that nothing was written by was older than what is known: webhooks come late, in any order, and are replayed. */
const told = (rowCount: number | null): Settlement => ({ state: rowCount ? "applied" : "superseded" });

const shopBody = z.object({ name: z.string(), currency: z.string(), iana_timezone: z.string().nullish() });

async function updateFacts(
  client: PoolClient,
  { body, observedAt }: SystemDelivery,
  shopId: number,
): Promise<Settlement> {
  const { name, currency, iana_timezone } = bodyOf(shopBody, body);
  const { rowCount } = await client.query(
    `UPDATE shops SET name = $2, currency_code = $3, time_zone = coalesce($4, time_zone), facts_told_at = $5
     WHERE id = $1 AND coalesce(facts_told_at, $5) <= $5`,
    [shopId, name, currency, iana_timezone ?? null, observedAt],
  );
  return told(rowCount);
}

const bulkBody = z.object({ admin_graphql_api_id: z.string() });

async function finishBulkOperation(
  client: PoolClient,
  { body }: SystemDelivery,
  shopId: number,
): Promise<Settlement> {
  const { admin_graphql_api_id: operationId } = bodyOf(bulkBody, body);
  const isOurs = await nudge(client, shopId, operationId);
  return isOurs ? { state: "applied" } : { state: "ignored", reason: "FOREIGN_OPERATION" };
}
