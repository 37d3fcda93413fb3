// Deletions: the row and its children go, a tombstone with their last state stays. Also what tombstones mean for news
// that comes later (rule I3). Runs under the exclusive lock of its resource, so no row can slip in beside it.
import { isoTime, prepared } from "#app/db.server.ts";
import { attempt } from "./apply-attempt.ts";
import { goersWith } from "./apply-tables.ts";
import { instantOf, isRead, isoOf, rankOf } from "./apply-order.ts";
import { sever, severInside } from "./apply-links.ts";
import { keyMatch, keyOf } from "./apply-tables.ts";
import { FILTERED } from "./change.ts";
import { doubt } from "./confirm-rows.ts";
import { WITH_KEY, endFaults } from "./faults.ts";
import type { Work } from "./apply-upserts.ts";
import type { Delete, OriginKind, Outcome, Upsert } from "./change.ts";

/** Record key → when it was deleted, microseconds since 1970. */
export type Tombstones = ReadonlyMap<string, bigint>;

export async function readTombstones(
  { client, shopId }: Pick<Work, "client" | "shopId">,
  resource: string,
  keys: ReadonlySet<string>,
): Promise<Tombstones> {
  if (keys.size === 0) return new Map();
  const { rows } = await client.query<{ record_key: string; deleted_at: string }>(
    prepared(
      `SELECT record_key, ${isoTime("deleted_at")} AS deleted_at
     FROM sync_tombstones WHERE shop_id = $1 AND resource = $2 AND record_key = ANY ($3::text[])`,
      [shopId, resource, [...keys]],
    ),
  );
  return new Map(rows.map((row) => [row.record_key, instantOf(row.deleted_at)]));
}

/** Only a read that was sent after the deletion shows that the record is alive again; a webhook may just be late. */
export function isLate(upsert: Pick<Upsert, "key" | "version" | "origin">, tombstones: Tombstones): boolean {
  const deletedAt = tombstones.get(upsert.key);
  if (deletedAt === undefined) return false;
  return !isRead(upsert.origin) || rankOf(upsert).observed <= deletedAt;
}

/** They are alive after all. What Shopify had said is deleted is looked at once more. */
export async function liftTombstones(
  { client, shopId, now }: Work,
  resource: string,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  const { rows } = await client.query<{ resource: string; key: string; kind: OriginKind }>(
    `DELETE FROM sync_tombstones WHERE shop_id = $1 AND resource = $2 AND record_key = ANY ($3::text[])
     RETURNING resource, record_key AS key, origin_kind AS kind`,
    [shopId, resource, keys],
  );
  const told = rows.filter(({ kind }) => kind === "webhook");
  await doubt(client, shopId, told, now);
}

export interface Deleted {
  readonly outcomes: readonly Outcome[];
  /** Root rows that were there and are gone. */
  readonly removed: number;
}

/** Each record is deleted by the latest of its deletions; earlier ones in the batch are superseded. */
export async function deleteAll(work: Work, deletes: readonly Delete[]): Promise<Deleted> {
  const outcomes: Outcome[] = [];
  const latest: Delete[] = [];
  for (const ofRecord of Map.groupBy(deletes, ({ key }) => key).values()) {
    const [newest, ...older] = ofRecord.toSorted((a, b) => {
      const difference = rankOf(b).observed - rankOf(a).observed;
      return difference > 0n ? 1 : difference < 0n ? -1 : 0;
    });
    latest.push(newest!);
    outcomes.push(...older.map((change): Outcome => ({ change, result: "superseded" })));
  }
  let removed = 0;
  const filtered = new Set(latest.filter(({ reason }) => reason === FILTERED).map(({ key }) => key));
  const applied = await attempt(work, latest, async (records) => {
    const states = await removeRoots(work, records);
    const alive = await livingAmong(work, records);
    const dead = records.filter(({ key }) => !alive.has(key));
    // Also of a record that was never here: what names it, or exists inside it, may have come before it.
    const [leaving, deleted] = [true, false].map((isFiltered) =>
      dead.map(({ key }) => key).filter((key) => filtered.has(key) === isFiltered),
    ) as [string[], string[]];
    await sever(work, work.mirror.root.model, deleted);
    await severInside(work, work.mirror.root.model, leaving);
    const snapshots = await withChildren(work, dead, states, filtered);
    const buried = await bury(work, dead, snapshots);
    await endWaits(work, dead);
    await endErrors(work, dead);
    const denied = records.filter(({ key, origin }) => alive.has(key) && !isRead(origin));
    await doubt(work.client, work.shopId, denied, work.now);
    removed += states.size;
    return records.map((change): Outcome => {
      const isNews = states.has(change.key) || buried.has(change.key);
      return { change, result: isNews ? "applied" : "superseded" };
    });
  });
  return { outcomes: [...outcomes, ...applied], removed };
}

function asJson(records: readonly Delete[]): string {
  return JSON.stringify(
    records.map((change) => ({ key: change.key, deleted_at: isoOf(rankOf(change).observed) })),
  );
}

/** Removes the rows that no read has shown alive since. @returns key → last state as JSON text (ids stay exact). */
async function removeRoots({ client, shopId, mirror }: Work, records: readonly Delete[]) {
  const { root } = mirror;
  const { rows } = await client.query<{ key: string; state: string }>(
    `DELETE FROM ${root.name} AS t USING json_to_recordset($2) AS r(key text, deleted_at timestamptz)
     WHERE t.shop_id = $1 AND ${keyMatch(root, "t", "r.key")} AND (t.seen_at IS NULL OR t.seen_at <= r.deleted_at)
     RETURNING r.key, (to_jsonb(t) - 'shop_id')::text AS state`,
    [shopId, asJson(records)],
  );
  return new Map(rows.map(({ key, state }) => [key, state]));
}

async function livingAmong({ client, shopId, mirror }: Work, records: readonly Delete[]) {
  const { root } = mirror;
  const { rows } = await client.query<{ key: string }>(
    `SELECT ${keyOf(root, "t")} AS key FROM ${root.name} AS t
     JOIN unnest($2::text[]) AS r(key) ON ${keyMatch(root, "t", "r.key")} WHERE t.shop_id = $1`,
    [shopId, records.map(({ key }) => key)],
  );
  return new Set(rows.map(({ key }) => key));
}

/** @returns key → `{"row": …, "children": {"<model>": […]}}` as JSON text. */
async function withChildren(
  work: Work,
  dead: readonly Delete[],
  states: Map<string, string>,
  filtered: ReadonlySet<string>,
) {
  const children = new Map<string, string[]>();
  for (const table of work.mirror.children) {
    const { rows } = await work.client.query<{ parent: string; ids: string[]; states: string }>(
      `WITH gone AS (
         DELETE FROM ${table.name} AS t WHERE t.shop_id = $1 AND t.${table.parent} = ANY ($2::int8[])
         RETURNING t.${table.parent} AS parent, t.${table.own} AS id, to_jsonb(t) - 'shop_id' AS state
       ) SELECT parent::text, array_agg(id::text) AS ids, json_agg(state ORDER BY id)::text AS states
         FROM gone GROUP BY parent`,
      [work.shopId, dead.map(({ key }) => key)],
    );
    const idsOf = (isFiltered: boolean) =>
      rows.flatMap(({ parent, ids }) => (filtered.has(parent) === isFiltered ? ids : []));
    await sever(work, table.model, idsOf(false));
    await severInside(work, table.model, idsOf(true));
    for (const { parent, states: list } of rows) {
      children.set(parent, [...(children.get(parent) ?? []), `${JSON.stringify(table.model)}:${list}`]);
    }
  }
  // What a person chose not to keep is not kept in another place.
  const snapshots = [...states].filter(([key]) => !filtered.has(key));
  return new Map(
    snapshots.map(([key, row]) => [key, `{"row":${row},"children":{${(children.get(key) ?? []).join()}}}`]),
  );
}

/** @returns the keys whose tombstone is new or later than the one that was there. */
async function bury({ client, shopId }: Work, dead: readonly Delete[], snapshots: Map<string, string>) {
  if (dead.length === 0) return new Set<string>();
  const rows = dead.map((change) => ({
    resource: change.resource,
    key: change.key,
    deleted_at: isoOf(rankOf(change).observed),
    reason: change.reason,
    origin_kind: change.origin.kind,
    origin_id: change.origin.id === null ? null : String(change.origin.id),
    snapshot: snapshots.get(change.key) ?? null,
  }));
  const result = await client.query<{ record_key: string }>(BURY, [shopId, JSON.stringify(rows)]);
  return new Set(result.rows.map((row) => row.record_key));
}

/**
 * What Shopify did not show is looked for a second time a minute later. That it is deleted, or what it was in, explains
 * the first time, so the second one need not wait.
 */
async function endWaits({ client, shopId, mirror }: Work, dead: readonly Delete[]): Promise<void> {
  if (dead.length === 0) return;
  const inside = goersWith([mirror.root.model]).filter(({ within }) => within);
  const resources = [dead[0]!.resource, ...inside.map(({ resource }) => resource.name)];
  await client.query(
    `UPDATE sync_confirmations c SET next_attempt_at = c.queued_at
     FROM (SELECT resource, record_key FROM sync_confirmations
           WHERE shop_id = $1 AND attempts > 0 AND resource = ANY ($2) AND split_part(record_key, ':', 1) = ANY ($3)
           ORDER BY resource, record_key FOR UPDATE SKIP LOCKED) AS o
     WHERE c.shop_id = $1 AND c.resource = o.resource AND c.record_key = o.record_key`,
    [shopId, resources, dead.map(({ key }) => key)],
  );
}

/** Whatever the way out, the tombstone tells why: what could not be mirrored of such a record is nobody's care any more. */
async function endErrors({ client, shopId, now }: Work, dead: readonly Delete[]): Promise<void> {
  if (dead.length === 0) return;
  const { resource } = dead[0]!;
  await endFaults(client, { shopId, resource }, WITH_KEY, [dead.map(({ key }) => key)], now);
}

const BURY = `
  INSERT INTO sync_tombstones AS t
    (shop_id, resource, record_key, deleted_at, reason, origin_kind, origin_id, snapshot)
  SELECT $1, resource, key, deleted_at, reason, origin_kind, origin_id, snapshot::jsonb
  FROM json_to_recordset($2) AS r(resource text, key text, deleted_at timestamptz, reason text, origin_kind text,
                                  origin_id int8, snapshot text)
  ORDER BY key
  ON CONFLICT (shop_id, resource, record_key) DO UPDATE
  SET deleted_at = excluded.deleted_at, reason = excluded.reason, origin_kind = excluded.origin_kind,
      origin_id = excluded.origin_id, snapshot = coalesce(excluded.snapshot, t.snapshot)
  WHERE excluded.deleted_at > t.deleted_at
  RETURNING record_key`;
