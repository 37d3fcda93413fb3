// The inbox: receive() stores what Shopify pushed, drain() decides what became of it. A delivery's rows, its outcome
// and the confirmations it asks for are one transaction, so a crash at any time repeats harmlessly (I5, I6). Never
// writes a mirror row itself (I1): that is apply().
import type { PoolClient } from "pg";
import { inTransaction, isPassing } from "#app/db.server.ts";
import { note } from "#app/metrics.server.ts";
import { count, log } from "#app/observe.server.ts";
import { topicReaders } from "#app/resources/index.ts";
import type { Body } from "#app/resources/define.ts";
import { Permanent } from "#app/shopify/errors.ts";
import type { Envelope } from "#app/shopify/webhook.ts";
import { apply } from "#app/sync/apply.ts";
import { noteSettled } from "#app/sync/figures.ts";
import { storeDelivery } from "#app/sync/inbox-batches.ts";
import { looksOfParts, namedBy } from "#app/sync/inbox-parts.ts";
import { readBody, readDelivery, readersOf, type Look, type Told } from "#app/sync/inbox-reading.ts";
import { close } from "#app/sync/inbox-close.ts";
import { confirmations, lookAt, recordOf, settlementOf } from "#app/sync/inbox-outcomes.ts";
import { subjectOf } from "#app/sync/inbox-subject.ts";
import { claim, queueConfirmations } from "#app/sync/inbox-rows.ts";
import { pairTwins, settlementOfTwin, withTwins } from "#app/sync/inbox-twins.ts";
import type { Delivery, Settled, Settlement, ShopOfDelivery, Stored } from "#app/sync/inbox-rows.ts";

export type { Delivery, Settlement };

/**
 * From a webhook's arrival to its answer. Shopify gives up after 5 s, of which connecting takes up to 1 s; half of the rest
 * goes for the way here and back, and for an event loop that is late. Who is answered "later" in time sends again; a
 * subscription of the API whose answers come too late eight times is deleted.
 */
export const ANSWER_MS_MAX = 2_500;
/** What a body that was long on its way still gets: a commit takes some 10 ms. 3 s at most for one that took 2.5 s. */
const STORE_MS_MIN = 500;

/**
 * A topic of Counterfoil's own, sent by its webhook test through the public door: it runs the whole way and changes
 * nothing. Only who knows the app's secret can sign one.
 */
export const TEST_TOPIC = "counterfoil/test";

/** A delivery of a topic that concerns the shop and not a record. */
export interface SystemDelivery {
  readonly id: bigint;
  readonly shopDomain: string;
  readonly shop: ShopOfDelivery | null;
  /** When Shopify triggered it, else when it was received: ISO 8601, six decimals, UTC. */
  readonly observedAt: string;
  readonly body: Body;
}

/** Runs inside drain()'s transaction, in a savepoint. @throws Permanent to park the delivery. */
export type SystemAct = (client: PoolClient, delivery: SystemDelivery, now: Date) => Promise<Settlement>;

/** Topic → act. Handed in by the worker, so that sync and shops never import each other. */
export type SystemTopics = Readonly<Record<string, SystemAct>>;

/**
 * Stores one authentic webhook, durably (I5), and rings the bell. "unavailable": Shopify must send it again; it may
 * have been stored after all, and is then known by its webhook id.
 */
export async function receive(envelope: Envelope, arrivedAt = Date.now()): Promise<Stored | "unavailable"> {
  const { topic, shopDomain, webhookId } = envelope;
  const storeMsMax = Math.max(STORE_MS_MIN, arrivedAt + ANSWER_MS_MAX - Date.now());
  try {
    const result = await storeDelivery(envelope, storeMsMax);
    if (result === "stored") note(shopDomain, "received");
    log.debug({ topic, shopDomain, webhookId, result }, "webhook received");
    return result;
  } catch (error) {
    log.error({ err: error, topic, shopDomain, webhookId }, "webhook could not be stored");
    count("webhook_not_stored");
    return "unavailable";
  }
}

/**
 * Settles up to 300 due deliveries in one transaction. Call it again while `taken` is not 0.
 * @throws Transient when the database is away: nothing was taken.
 */
export async function drain(system: SystemTopics, now = new Date()): Promise<{ taken: number }> {
  // Nearly always all goes well: then it takes half of the statements. Else nothing has happened yet, and it is done again
  // with care.
  const settled = await settleDue({ system, now, isBold: true }).catch((error: unknown) => {
    log.debug({ err: error }, "a batch is settled once more, part by part");
    return settleDue({ system, now, isBold: false });
  });
  noteSettled(settled);
  if (settled.length > 0) report(settled, now);
  return { taken: settled.length };
}

interface Draining {
  readonly system: SystemTopics;
  readonly now: Date;
  /** Without savepoints: whatever fails is thrown. */
  readonly isBold: boolean;
}

/** Deliveries that were settled by a commit that is lost are due again. */
const REDONE = { isRedone: true } as const;

function settleDue(draining: Draining): Promise<readonly Settled[]> {
  return inTransaction(async (client) => {
    const deliveries = await claim(client, draining.now, [...Object.keys(draining.system), TEST_TOPIC]);
    if (deliveries.length === 0) return [];
    const settled = (await settleBatch(client, deliveries, draining)).map(forgetPersonal);
    close(client, settled, draining.now);
    return settled;
  }, REDONE);
}

/**
 * Where a shop keeps no personal data, no body that may hold some outlives its settling. One that was set aside cannot be
 * replayed then; what it told of is read through the API.
 */
function forgetPersonal({ delivery, settlement }: Settled): Settled {
  const isPersonal = () =>
    topicReaders(delivery.topic).some(({ personal }) => Object.keys(personal).length > 0);
  if (settlement.state === "received" || !delivery.shop?.rules?.isPersonalOut || !isPersonal()) {
    return { delivery, settlement };
  }
  return { delivery, settlement: { ...settlement, forgetBody: true } };
}

/** Records first and shops last: an erasure must find the rows of the orders that came just before it. */
async function settleBatch(client: PoolClient, deliveries: readonly Delivery[], draining: Draining) {
  const settled: Settled[] = [];
  const byShop = new Map<number, Delivery[]>();
  const aboutShops: Delivery[] = [];
  for (const delivery of deliveries) {
    if (Object.hasOwn(draining.system, delivery.topic)) aboutShops.push(delivery);
    else {
      const settlement = settleUnread(delivery, draining.now);
      if (settlement) settled.push({ delivery, settlement });
      else if (delivery.shop)
        byShop.set(delivery.shop.id, [...(byShop.get(delivery.shop.id) ?? []), delivery]);
    }
  }
  for (const [shopId, ofShop] of byShop) {
    const paired = pairTwins(ofShop);
    settled.push(...withTwins(await settleRecords(client, shopId, paired.firsts, draining), paired));
  }
  for (const delivery of aboutShops) settled.push(await settleSystem(client, delivery, draining));
  return settled;
}

/** What can be told without looking into the body; null when it must be read. */
function settleUnread(delivery: Delivery, now: Date): Settlement | null {
  const { topic, shop } = delivery;
  if (topic === TEST_TOPIC) return { state: "ignored", reason: "TEST" };
  if (!shop) return { state: "ignored", reason: "NO_SUCH_SHOP", forgetBody: true };
  if (shop.uninstalledAt !== null) return { state: "ignored", reason: "UNINSTALLED", forgetBody: true };
  if (topicReaders(topic).length === 0) return { state: "parked", reason: "UNKNOWN_TOPIC" };
  if (readersOf(delivery, now).length === 0) {
    return { state: "ignored", reason: "RESOURCE_OFF", forgetBody: true };
  }
  return delivery.twin ? settlementOfTwin(delivery.twin) : null;
}

/** All of a shop at once; when that fails for no passing reason, one by one, so that the culprit stands alone. */
async function settleRecords(
  client: PoolClient,
  shopId: number,
  deliveries: readonly Delivery[],
  draining: Draining,
): Promise<Settled[]> {
  const { now, isBold } = draining;
  if (isBold) return settleTold(client, shopId, deliveries, draining);
  try {
    return await inSavepoint(client, () => settleTold(client, shopId, deliveries, draining));
  } catch (error) {
    if (isPassing(error) || deliveries.length === 1) return postpone(deliveries, error, now);
    const settled: Settled[] = [];
    for (const delivery of deliveries)
      settled.push(...(await settleRecords(client, shopId, [delivery], draining)));
    return settled;
  }
}

async function settleTold(
  client: PoolClient,
  shopId: number,
  deliveries: readonly Delivery[],
  { now, isBold }: Draining,
) {
  const settled: Settled[] = [];
  const told: Told[] = [];
  const unread: Look[] = [];
  for (const delivery of deliveries) {
    const reading = readDelivery(delivery, now);
    if ("changes" in reading) told.push(reading);
    else {
      const { code: reason, detail } = reading;
      const subject = subjectOf(delivery.topic, delivery.body);
      settled.push({ delivery, settlement: { state: "parked", reason, detail, ...subject } });
      unread.push(...lookAt(subject));
    }
  }
  // Several news of one record are apply()'s business: the newest wins, and what it covers comes back as superseded.
  const outcomes = await apply(
    client,
    shopId,
    told.flatMap(({ changes }) => changes),
    now,
    isBold,
  );
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.change, outcome]));
  const named = await looksOfParts(
    client,
    shopId,
    told.flatMap(({ partLooks }) => partLooks),
  );
  const looks = [...confirmations(told, outcomes), ...named, ...unread];
  await queueConfirmations(client, shopId, looks, isBold);
  for (const { delivery, changes, looks: asked, partLooks } of told) {
    const results = changes.map(
      (change) => outcomeOf.get(change) ?? ({ change, result: "superseded" } as const),
    );
    const record = recordOf(changes, [...asked, ...namedBy(partLooks, named)]);
    settled.push({ delivery, settlement: { ...settlementOf(results, record), ...record } });
  }
  return settled;
}

async function settleSystem(
  client: PoolClient,
  delivery: Delivery,
  { system, now }: Draining,
): Promise<Settled> {
  const { id, shopDomain, shop, triggeredAt, receivedAt } = delivery;
  try {
    const settlement = await inSavepoint(client, async () => {
      const body = readBody(delivery.body);
      return system[delivery.topic]!(
        client,
        { id, shopDomain, shop, observedAt: triggeredAt ?? receivedAt, body },
        now,
      );
    });
    return { delivery, settlement };
  } catch (error) {
    if (!(error instanceof Permanent)) return postpone([delivery], error, now)[0]!;
    return { delivery, settlement: { state: "parked", reason: error.code, detail: error.message } };
  }
}

/**
 * Waits before the next attempt, seconds; each is lengthened by up to a quarter, so that a batch does not come back as
 * one. attempt:    1    2     3      4       5        6
 * cumulative:     2s  12s  1m12  11m12  1h11m12  7h11m12   then parked for a person.
 */
const RETRY_SECONDS = [2, 10, 60, 600, 3_600, 21_600] as const;

function postpone(deliveries: readonly Delivery[], error: unknown, now: Date): Settled[] {
  const detail = error instanceof Error ? error.message : String(error);
  const reason = isPassing(error) ? "DATABASE_BUSY" : "FAILED";
  return deliveries.map((delivery) => {
    log.error(
      { err: error, deliveryId: String(delivery.id), topic: delivery.topic },
      "delivery could not be settled",
    );
    const wait = RETRY_SECONDS[delivery.attempts];
    const subject = subjectOf(delivery.topic, delivery.body);
    if (wait === undefined) return { delivery, settlement: { state: "parked", reason, detail, ...subject } };
    const retryAt = new Date(now.getTime() + wait * 1_000 * (1 + Math.random() / 4));
    return { delivery, settlement: { state: "received", reason, detail, retryAt, ...subject } };
  });
}

/** @throws what `work` throws, with its writes undone and the transaction still usable. */
async function inSavepoint<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query("SAVEPOINT part");
  try {
    const result = await work();
    await client.query("RELEASE SAVEPOINT part");
    return result;
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT part");
    throw error;
  }
}

function report(settled: readonly Settled[], now: Date): void {
  const states: Record<string, number> = {};
  for (const { settlement } of settled) states[settlement.state] = (states[settlement.state] ?? 0) + 1;
  const oldest = Math.min(...settled.map(({ delivery }) => Date.parse(delivery.receivedAt)));
  const slowestMs = Date.now() - oldest;
  log.info(
    { taken: settled.length, ...states, slowestMs, tookMs: Date.now() - now.getTime() },
    "inbox drained",
  );
}
