// Faults: records and fields that could not be mirrored, the sync_errors rows that the engine writes. A fault is open until
// its record lands, is gone, or is none of the mirror's any more. What people say of faults is error-life.ts's.
import type { PoolClient } from "pg";
import { afterCommit, prepared, sendLast } from "#app/db.server.ts";
import { note } from "#app/metrics.server.ts";
import { denialWords } from "#app/shopify/refusals.ts";
import { storable } from "#app/sync/stored-forms.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { GraphqlError } from "#app/shopify/refusals.ts";

/** Longer particulars say nothing more to a person. */
export const DETAIL_CHARS_MAX = 1_000;

/** A record, or a whole resource where `key` is null, that could not be mirrored. */
export interface Fault {
  readonly resource: ResourceName;
  readonly key: string | null;
  readonly code: string;
  readonly detail: string;
}

/** Adds to the list of what could not be mirrored; what is on it already, for the same reason, is only dated anew. */
export async function recordFaults(
  client: PoolClient,
  shopId: number,
  faults: readonly Fault[],
  runId: bigint | null,
  now: Date,
): Promise<void> {
  if (faults.length === 0) return;
  afterCommit(client, () => faults.forEach(({ code }) => note(shopId, "errors", code)));
  const rows = faults.map((fault) => ({ ...fault, detail: storable(fault.detail, DETAIL_CHARS_MAX) }));
  await client.query(RECORD_FAULTS, [
    shopId,
    JSON.stringify(rows),
    runId === null ? null : String(runId),
    now,
  ]);
}

const RECORD_FAULTS = `
  WITH given AS (
    SELECT DISTINCT ON (resource, key, code) resource, key, code, detail
    FROM json_to_recordset($2) AS t(resource text, key text, code text, detail text)
  ), known AS (
    UPDATE sync_errors e SET occurred_at = $4, detail = g.detail, run_id = coalesce($3, e.run_id)
    FROM given g
    WHERE e.shop_id = $1 AND e.resolved_at IS NULL AND e.resource = g.resource AND e.code = g.code
      AND e.record_key IS NOT DISTINCT FROM g.key
    RETURNING g.resource, g.key, g.code
  )
  INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, run_id, occurred_at, first_at)
  SELECT $1, g.resource, g.key, g.code, g.detail, $3, $4, $4 FROM given g
  WHERE NOT EXISTS (
    SELECT FROM known k WHERE k.resource = g.resource AND k.code = g.code AND k.key IS NOT DISTINCT FROM g.key
  )`;

/**
 * Whether a run, `r`, met a fault, `e`. Whoever meets an open one again signs for it, so one that another run has signed
 * for since is known by its times: there before the run ended, and met after it began.
 */
export const MET_BY_RUN = `(e.run_id = r.id OR e.run_id IS NOT NULL AND e.resolved_at IS NULL AND e.resource = r.resource
  AND e.first_at <= r.ended_at AND e.occurred_at >= r.started_at)`;

/** What has landed is no longer an error, nor is what the shop does not want. Not for work in a savepoint. */
export function resolveFaults(
  client: PoolClient,
  shopId: number,
  resource: ResourceName,
  keys: readonly string[],
  now: Date,
): void {
  if (keys.length === 0) return;
  sendLast(client, prepared(`${RESOLVE} AND ${WITH_KEY}`, [shopId, resource, now, keys]));
}

/** Of records that are gone nobody needs to look after anything. @param condition on sync_errors, its values from $4 on */
export async function endFaults(
  client: PoolClient,
  { shopId, resource }: { readonly shopId: number; readonly resource: ResourceName },
  condition: string,
  values: readonly unknown[],
  now: Date,
): Promise<void> {
  await client.query(prepared(`${RESOLVE} AND ${condition}`, [shopId, resource, now, ...values]));
}

/** Keys of open faults, older than this, of records that lie in these parents, or of parents that could not be read. */
export async function openInside(
  client: PoolClient,
  { shopId, resource }: { readonly shopId: number; readonly resource: ResourceName },
  parents: readonly string[],
  before: string,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ record_key: string }>(
    prepared(
      `SELECT record_key FROM sync_errors
       WHERE shop_id = $1 AND resource = $2 AND resolved_at IS NULL AND occurred_at < $3 AND ${INSIDE}`,
      [shopId, resource, before, parents],
    ),
  );
  return rows.map(({ record_key: key }) => key);
}

/** What a customer asks for stays open until a person has done it. */
const RESOLVE = `
  UPDATE sync_errors SET resolved_at = $3
   WHERE shop_id = $1 AND resource = $2 AND resolved_at IS NULL AND code <> 'CUSTOMER_DATA_REQUEST'`;

/** The record itself, or that in which it lies. */
export const WITH_KEY = "record_key = ANY($4)";
export const INSIDE = "split_part(record_key, ':', 1) = ANY($4)";

/** Of a file, not of a record: a later file, or pages, brought what it lacked, also within the same read. */
const OF_A_FILE = "code IN ('BULK_FAILED', 'MALFORMED_LINE')";

/**
 * A read of the whole resource, to its end, settles the faults that were none of a single record's: what it has met itself,
 * fields that are still refused or a record without a readable key, stays. Reading one record anew settles nothing of them:
 * the others still lack what was withheld.
 * @param began when the reading began, by an earlier run where this one went on
 */
export function resolveWhole(
  client: PoolClient,
  { shopId, resource }: { readonly shopId: number; readonly resource: ResourceName },
  began: Date,
  now: Date,
): Promise<void> {
  const condition = `record_key IS NULL AND (${OF_A_FILE} OR occurred_at < $4)`;
  return endFaults(client, { shopId, resource }, condition, [began], now);
}

/**
 * A catch-up that came to its end without a hole settles that the resource was refused as a whole, and how earlier ones
 * failed: nothing was taken for read meanwhile, so that the cursor stood before all that changed. Single fields that were
 * refused are still missing in what was read without them.
 */
export function resolveFailures(
  client: PoolClient,
  { shopId, resource }: { readonly shopId: number; readonly resource: ResourceName },
  began: Date,
  now: Date,
): Promise<void> {
  const condition = `record_key IS NULL AND occurred_at < $4 AND (code = 'ACCESS_DENIED' OR EXISTS (
    SELECT FROM sync_runs r WHERE r.id = sync_errors.run_id AND r.kind = 'catch_up' AND r.error_code = sync_errors.code))`;
  return endFaults(client, { shopId, resource }, condition, [began], now);
}

/** Fields that Shopify refused one by one, as faults of the resource: one per field, not one per record. */
export function faultsOfDenials(resource: ResourceName, denied: readonly GraphqlError[]): Fault[] {
  const byField = new Map<string, Fault>();
  for (const denial of denied) {
    const field = (denial.path ?? []).filter((part) => typeof part === "string").join(".");
    byField.set(field, {
      resource,
      key: null,
      code: "FIELD_DENIED",
      detail: `${field}: ${denialWords(denial)}`,
    });
  }
  return [...byField.values()];
}
