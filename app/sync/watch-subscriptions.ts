// Repairs a shop's webhook subscriptions as far as the API can, and records what it did. What only a deploy can change
// is left to the page that explains it.
import { pool } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { COMPLIANCE_TOPICS, topics } from "#app/resources/index.ts";
import { Permanent } from "#app/shopify/errors.ts";
import { faultsOf, type SubscriptionFault } from "#app/shopify/subscription-faults.ts";
import { changeSubscription, listSubscriptions } from "#app/shopify/subscriptions.ts";
import { recordAct, type ActCode } from "#app/sync/acts.ts";
import { readProven } from "#app/sync/proven-topics.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { fieldsUnder, topicsUnder } from "#app/sync/rules-subscriptions.ts";
import type { Client } from "#app/shopify/client.ts";
import type { Subscription, SubscriptionChange } from "#app/shopify/subscriptions.ts";
import type { Rules } from "#app/sync/rules.ts";

/** A refusal that stays the same is recorded once a day, not at every look. */
const REFUSAL_EVERY_MS = 86_400_000;

export interface SubscriptionWatch {
  readonly client: Client;
  /** Topics in shopify.app.toml; null where it is not known. */
  readonly declared: ReadonlySet<string> | null;
  /** Where our subscriptions must lead. */
  readonly address: string;
  readonly now: Date;
}

const ACTS = {
  create: "subscription_created",
  update: "subscription_updated",
  delete: "subscription_deleted",
} as const;

/**
 * Looks at the shop's subscriptions and repairs them one by one; one that Shopify refuses does not keep the others.
 * @returns every fault that was found, repaired or not. @throws as Client.query.
 */
export async function watchSubscriptions(
  shopId: number,
  { client, declared, address, now }: SubscriptionWatch,
): Promise<SubscriptionFault[]> {
  const found = await listSubscriptions(client);
  const [rules, heard, proven] = await Promise.all([
    readRules(shopId),
    readHeard(shopId),
    readProven(shopId, { made: found, declared, now }),
  ]);
  const faults = faultsUnder(rules, found, { heard, declared, proven, address, now });
  for (const fault of faults) {
    if (fault.repair) await repair(shopId, client, fault, now);
  }
  return faults;
}

async function readHeard(shopId: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ topic: string }>("SELECT topic FROM sync_topics WHERE shop_id = $1", [
    shopId,
  ]);
  return rows.map(({ topic }) => topic);
}

export interface Intended {
  /** Topics that ever arrived. */
  readonly heard: readonly string[];
  readonly declared: ReadonlySet<string> | null;
  /** As readProven tells. */
  readonly proven: ReadonlySet<string>;
  readonly address: string;
  readonly now: Date;
}

/** What is wrong with the subscriptions of a shop with these rules. Pure. */
export function faultsUnder(
  rules: Rules,
  found: readonly Subscription[],
  { heard, declared, proven, address, now }: Intended,
): SubscriptionFault[] {
  const needed = topicsUnder(rules);
  const fieldsOf = (topic: string) => fieldsUnder(topic, rules, now);
  const off = topics().filter((topic) => !needed.includes(topic));
  const wanted = { needed, off, heard, declared, proven, address, fieldsOf };
  return faultsOf(found, { ...wanted, complianceTopics: COMPLIANCE_TOPICS });
}

async function repair(shopId: number, client: Client, fault: SubscriptionFault, now: Date): Promise<void> {
  const { code, topic, id, found, repair: change } = fault;
  if (!change) return;
  const detail = { fault: code, topic, subscription: id, found };
  try {
    await make(client, change);
    log.info({ shopId, ...detail, change: change.change }, "a webhook subscription was repaired");
    await recordAct(pool, shopId, { act: ACTS[change.change], actor: "watch", count: 1, detail }, now);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== "REFUSED") throw error;
    log.warn({ shopId, ...detail, err: error }, "Shopify refused to repair a webhook subscription");
    await recordRefusal(shopId, { ...detail, change: change.change, refusal: error.message }, now);
  }
}

/**
 * A subscription that Shopify refuses with these fields is made with all: news that does not come at all would be worse, and
 * what the shop leaves out is dropped here, too. Its fields are then asked for at each look, and the refusal is recorded.
 */
async function make(client: Client, change: SubscriptionChange): Promise<void> {
  try {
    await changeSubscription(client, change);
  } catch (error) {
    const isRefused = error instanceof Permanent && error.code === "REFUSED";
    if (!isRefused || change.change !== "create" || change.fields.length === 0) throw error;
    await changeSubscription(client, { ...change, fields: [] });
  }
}

async function recordRefusal(shopId: number, detail: Record<string, unknown>, now: Date): Promise<void> {
  const act: ActCode = "repair_refused";
  const { rowCount } = await pool.query(
    "SELECT FROM sync_acts WHERE shop_id = $1 AND act = $2 AND at > $3 AND detail = $4::jsonb LIMIT 1",
    [shopId, act, new Date(now.getTime() - REFUSAL_EVERY_MS), JSON.stringify(detail)],
  );
  if (rowCount === 0) await recordAct(pool, shopId, { act, actor: "watch", count: 1, detail }, now);
}
