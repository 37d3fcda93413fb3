// Old news of people whose data was erased. Shopify asks for a redaction when its own copy is redacted already, so whatever
// it says from then on is clean; but what it said before may still be on its way: a page that was asked for earlier, a bulk
// file that is being applied, a webhook that waits or is sent once more. Such news is written without the personal part.
// A part of apply's room.
import type { PoolClient } from "pg";
import { prepared } from "#app/db.server.ts";
import { CONSENTS } from "#app/resources/customers.ts";
import { holderOf, resourceOf } from "#app/resources/index.ts";
import { instantOf } from "./apply-order.ts";
import { parentKeyOf } from "./apply-tables.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Change, Row, Upsert } from "./change.ts";

/** Columns that name nobody but point at the person, or tell of what they decided; they go with the personal ones. */
export const POINTERS: Readonly<Record<string, readonly string[]>> = {
  Order: ["customerId"],
  Customer: CONSENTS,
};

/** Old news comes some weeks late at most: a bulk file lives for seven days, a webhook is kept as long as the shop chose. */
export const REDACTIONS_DAYS = 400;

/**
 * Pages are dated by our clock, redactions by Shopify's: on a machine that is ahead, a page would seem to have been asked for
 * after one. What Shopify says so soon after is without the person anyway, so little is lost by taking it for older.
 */
const CLOCKS_APART_MICROSECONDS = 120_000_000n;

/** In the transaction that empties what is here. */
export async function noteRedactions(
  client: PoolClient,
  shopId: number,
  keys: readonly (readonly ["customers" | "orders", string])[],
  at: string,
): Promise<void> {
  await client.query(
    `INSERT INTO sync_redactions AS r (shop_id, resource, record_key, redacted_at)
     SELECT DISTINCT $1::int, resource, key, $4::timestamptz FROM unnest($2::text[], $3::text[]) AS t(resource, key)
     ON CONFLICT (shop_id, resource, record_key) DO UPDATE
     SET redacted_at = greatest(r.redacted_at, excluded.redacted_at)`,
    [shopId, keys.map(([resource]) => resource), keys.map(([, key]) => key), at],
  );
  await client.query("UPDATE shops SET redacted_at = greatest(redacted_at, $2) WHERE id = $1", [shopId, at]);
}

/** The same list where none of it is older than a redaction that it touches; see lockMirror() for `redactedAt`. */
export async function withoutRedacted(
  client: PoolClient,
  shopId: number,
  changes: readonly Change[],
  redactedAt: Date | null,
): Promise<readonly Change[]> {
  if (redactedAt === null) return changes;
  const latest = instantOf(redactedAt.toISOString()) + 1_000n;
  const persons = new Map<Change, readonly string[]>();
  for (const change of changes) {
    if (change.verb === "delete" || earliestOf(change) >= latest) continue;
    const named = personsIn(change);
    if (named.length > 0) persons.set(change, named);
  }
  if (persons.size === 0) return changes;
  const times = await readTimes(client, shopId, [...new Set([...persons.values()].flat())]);
  return changes.map((change) => {
    const observed = earliestOf(change);
    const isOld = persons.get(change)?.some((person) => observed < (times.get(person) ?? 0n));
    return isOld && change.verb === "upsert" ? blanked(change) : change;
  });
}

/** When Shopify may have said it: microseconds since 1970, by its clock. */
function earliestOf({ origin, version }: Change): bigint {
  const isOurs = origin.kind === "page" || origin.kind === "fetch";
  return instantOf(version.observedAt) - (isOurs ? CLOCKS_APART_MICROSECONDS : 0n);
}

/** "orders 17" and the like: under which of these a redaction would stand. */
function personsIn({ resource: name, key, row, ...rest }: Upsert): readonly string[] {
  const resource = resourceOf(name);
  if (Object.keys(resource.personal).length === 0) return [];
  const customer = name === "orders" && row.customerId ? [`customers ${String(row.customerId)}`] : [];
  if (name === "orders" || name === "customers") return [`${name} ${key}`, ...customer];
  const parent = holderOf(resource);
  return parent ? [`${parent.name} ${parentKeyOf(resource, { key, row, ...rest })}`] : [];
}

async function readTimes(
  client: PoolClient,
  shopId: number,
  persons: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await client.query<{ person: string; at: Date }>(
    prepared(
      `SELECT resource || ' ' || record_key AS person, redacted_at AS at FROM sync_redactions
       WHERE shop_id = $1
         AND (resource, record_key) IN (
           SELECT split_part(p, ' ', 1), split_part(p, ' ', 2) FROM unnest($2::text[]) AS p)`,
      [shopId, persons],
    ),
  );
  return new Map(rows.map(({ person, at }) => [person, instantOf(at.toISOString())]));
}

function blanked(upsert: Upsert): Upsert {
  const { model, personal } = resourceOf(upsert.resource as ResourceName);
  const fieldsOf = (name: string) => [...(personal[name] ?? []), ...(POINTERS[name] ?? [])];
  const children = Object.entries(upsert.children).map(
    ([name, of]) => [name, { ...of, rows: of.rows.map((row) => emptied(row, fieldsOf(name))) }] as const,
  );
  return { ...upsert, row: emptied(upsert.row, fieldsOf(model)), children: Object.fromEntries(children) };
}

function emptied(row: Row, fields: readonly string[]): Row {
  return {
    ...row,
    ...Object.fromEntries(fields.filter((field) => field in row).map((field) => [field, null])),
  };
}
