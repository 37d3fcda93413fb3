// What people do about errors of one cause: say what they think of them, and have them tried again. An error's own rows
// tell whether it came back; a mark is only what a person said, and when.
import type { PoolClient } from "pg";
import { inTransaction, pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { queueConfirmations } from "#app/sync/inbox-rows.ts";
import { askSync } from "#app/sync/interval.ts";
import { countReplay, replay } from "#app/sync/replay.ts";
import { RUNS_CHANNEL, announce } from "#app/sync/runs.ts";
import { NAME_NOT_FOUND } from "#app/sync/targeted-reading.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { DeliveryChoice } from "#app/sync/delivery-choice.ts";
import type { Asker } from "#app/sync/replay.ts";
import type { Asked } from "#app/sync/interval.ts";

/** Records, or deliveries, of one cause. */
export interface Cause {
  readonly source: "records" | "deliveries";
  /** Resource for records, topic for deliveries. */
  readonly subject: string;
  readonly code: string;
}

export type Mark = "acknowledged" | "resolved" | "ignored";

/** A customer has asked for their data (shops/privacy.ts): a person's work, which no reading does. */
export const DATA_REQUEST = "CUSTOMER_DATA_REQUEST";

/** At most so many records are tried again by one act. */
export const RETRIES_MAX = 10_000;

/**
 * Says of a cause what a person thinks; null takes it back. Resolved errors of records are off the list at once, until that
 * is taken back.
 * @param before with null: what had been said until then, and holds again.
 */
export async function markCause(
  shopId: number,
  cause: Cause,
  mark: Mark | null,
  markedBy: string,
  now: Date,
  before: Mark | null = null,
): Promise<void> {
  await inTransaction(async (client) => {
    if (mark === null) await takeBack(client, shopId, cause);
    const said = mark ?? before;
    if (said !== null) await say(client, shopId, cause, said, markedBy, now);
    await announce(client, shopId);
  });
}

async function takeBack(client: PoolClient, shopId: number, cause: Cause): Promise<void> {
  const { source, subject, code } = cause;
  const { rows } = await client.query<{ mark: Mark; marked_at: Date }>(
    `DELETE FROM sync_error_marks WHERE shop_id = $1 AND source = $2 AND subject = $3 AND code = $4
     RETURNING mark, marked_at`,
    [shopId, source, subject, code],
  );
  const [taken] = rows;
  if (taken?.mark !== "resolved" || source !== "records") return;
  await client.query(
    `UPDATE sync_errors SET resolved_at = NULL
     WHERE shop_id = $1 AND resource = $2 AND code = $3 AND resolved_at = $4`,
    [shopId, subject, code, taken.marked_at],
  );
}

async function say(
  client: PoolClient,
  shopId: number,
  { source, subject, code }: Cause,
  mark: Mark,
  markedBy: string,
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO sync_error_marks (shop_id, source, subject, code, mark, marked_by, marked_at)
     VALUES ($1, $2, $3, $4, $5::error_word, $6, $7)
     ON CONFLICT (shop_id, source, subject, code)
     DO UPDATE SET mark = excluded.mark, marked_by = excluded.marked_by, marked_at = excluded.marked_at`,
    [shopId, source, subject, code, mark, markedBy, now],
  );
  if (mark !== "resolved" || source !== "records") return;
  await client.query(
    `UPDATE sync_errors SET resolved_at = $4
     WHERE shop_id = $1 AND resource = $2 AND code = $3 AND resolved_at IS NULL`,
    [shopId, subject, code, now],
  );
}

/** What trying again would do. */
export type RetryPlan =
  /** Fetches so many records. */
  | { readonly how: "fetch"; readonly count: number }
  /** Reads the whole resource, since no single record is at fault. */
  | { readonly how: "sync" }
  /** Works so many stored webhooks off again. */
  | { readonly how: "replay"; readonly count: number }
  /** There is nothing that could be tried: it is a person's work, or it is done. */
  | { readonly how: "none" };

export interface RetryScope {
  readonly cause: Cause;
  /** Of one record only. */
  readonly recordKey?: string;
}

/** The dry run of retryCause(): counts, changes nothing. */
export async function planRetry(shopId: number, shopDomain: string, scope: RetryScope): Promise<RetryPlan> {
  const { source } = scope.cause;
  if (source === "deliveries") {
    const { count } = await countReplay(shopDomain, parkedOf(scope.cause));
    return count === 0 ? { how: "none" } : { how: "replay", count };
  }
  if (!resourceOfCause(scope.cause)) return { how: "none" };
  const { keys, hasWhole } = await openOf(shopId, scope);
  if (keys.length > 0) return { how: "fetch", count: keys.length };
  return hasWhole ? { how: "sync" } : { how: "none" };
}

export type Retried =
  { readonly outcome: "queued"; readonly count: number } | { readonly outcome: "nothing" } | Asked;

/** Has the errors of a cause tried again, as planRetry() says. What lands is resolved by itself. */
export async function retryCause(
  shopId: number,
  shopDomain: string,
  scope: RetryScope,
  startedBy: string,
  now: Date,
): Promise<Retried> {
  const { cause } = scope;
  if (cause.source === "deliveries")
    return replayParked({ shopId, shopDomain, actor: startedBy }, cause, now);
  const name = resourceOfCause(cause);
  if (!name) return { outcome: "nothing" };
  const { keys, hasWhole } = await openOf(shopId, scope);
  if (keys.length === 0) {
    return hasWhole ? askSync(shopId, name, { mode: "full" }, startedBy, now) : { outcome: "nothing" };
  }
  // Their keys are names, which only a run can look for.
  if (cause.code === NAME_NOT_FOUND)
    return askSync(shopId, name, { mode: "names", names: keys }, startedBy, now);
  await inTransaction(async (client) => {
    const looks = keys.map((key) => ({ resource: name, key, urgent: true }));
    await queueConfirmations(client, shopId, looks);
    // Without a run's id: the worker looks for everything that is due.
    await client.query("SELECT pg_notify($1, '')", [RUNS_CHANNEL]);
    await announce(client, shopId);
  });
  return { outcome: "queued", count: keys.length };
}

/** What trying several causes again would do, all together. */
export interface RetryAllPlan {
  /** Causes that can be tried again. */
  readonly causes: number;
  /** Records that would be fetched. */
  readonly records: number;
  /** Stored webhooks that would be worked off again. */
  readonly deliveries: number;
  /** Resources that would be read whole. */
  readonly resources: readonly string[];
}

/** The dry run of retryCauses(): counts, changes nothing. */
export async function planRetries(
  shopId: number,
  shopDomain: string,
  causes: readonly Cause[],
): Promise<RetryAllPlan> {
  const plan = { causes: 0, records: 0, deliveries: 0, resources: [] as string[] };
  for (const cause of causes) {
    const one = await planRetry(shopId, shopDomain, { cause });
    if (one.how === "none") continue;
    plan.causes += 1;
    if (one.how === "fetch") plan.records += one.count;
    if (one.how === "replay") plan.deliveries += one.count;
    if (one.how === "sync" && !plan.resources.includes(cause.subject)) plan.resources.push(cause.subject);
  }
  return plan;
}

/**
 * Has several causes tried again, one after the other.
 * @returns how many were; a resource whose interval says wait, that is switched off, or where another run is
 * active, is not.
 */
export async function retryCauses(
  shopId: number,
  shopDomain: string,
  causes: readonly Cause[],
  startedBy: string,
  now: Date,
): Promise<number> {
  let retried = 0;
  for (const cause of causes) {
    const { outcome } = await retryCause(shopId, shopDomain, { cause }, startedBy, now);
    if (outcome === "queued" || outcome === "started" || outcome === "already") retried += 1;
  }
  return retried;
}

async function replayParked(asker: Asker, cause: Cause, now: Date): Promise<Retried> {
  const count = await replay(asker, parkedOf(cause), now);
  await inTransaction((client) => announce(client, asker.shopId));
  return count === 0 ? { outcome: "nothing" } : { outcome: "queued", count };
}

async function openOf(
  shopId: number,
  { cause, recordKey }: RetryScope,
): Promise<{ keys: readonly string[]; hasWhole: boolean }> {
  const { rows } = await pool.query<{ record_key: string | null }>(
    `SELECT DISTINCT record_key FROM sync_errors
     WHERE shop_id = $1 AND resource = $2 AND code = $3 AND resolved_at IS NULL
       AND ($4::text IS NULL OR record_key = $4) ORDER BY 1 LIMIT $5`,
    [shopId, cause.subject, cause.code, recordKey ?? null, RETRIES_MAX],
  );
  return {
    keys: rows.flatMap(({ record_key: key }) => key ?? []),
    hasWhole: rows.some(({ record_key: key }) => key === null),
  };
}

function parkedOf({ subject, code }: Cause): DeliveryChoice {
  return { topic: subject, reason: code, state: "parked" };
}

/** What could be read again because of it. */
function resourceOfCause({ subject, code }: Cause): ResourceName | undefined {
  return code === DATA_REQUEST ? undefined : resources.find(({ name }) => name === subject)?.name;
}
