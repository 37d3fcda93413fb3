// One record as the mirror has it: every column, where its state came from, what came of it lately, what is left of it
// when Shopify has deleted it. Values are PostgreSQL's own text, so that nothing is rounded on the way. Reads only.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { resourceOf, resources } from "#app/resources/index.ts";
import { isId } from "#app/status/filters.ts";
import { columnsInOrder, pairOf } from "#app/status/record-columns.ts";
import type { FieldPair } from "#app/status/record-columns.ts";
import { BODY_BYTES_MAX, timelineOf } from "#app/status/record-timeline.ts";
import type { TimelineEvent } from "#app/status/record-timeline.ts";
import { mirrorOf } from "#app/sync/apply-tables.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { ErrorView } from "#app/status/errors.ts";
import type { Table } from "#app/sync/apply-tables.ts";

/** Deliveries in the timeline, the latest. */
export const TIMELINE_MAX = 20;
const ERRORS_MAX = 20;

/** Column → value as text. */
export type Cells = Readonly<Record<string, string | null>>;

export interface DeliveryEvent {
  readonly id: string;
  readonly topic: string;
  readonly state: "received" | "applied" | "superseded" | "ignored" | "parked";
  readonly reason: string | null;
  readonly triggeredAt: Date | null;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
}

export interface RecordDetail {
  readonly resource: ResourceName;
  readonly key: string;
  /** What people call it; null where it has no name or is not here. */
  readonly title: string | null;
  /** Null when it is not in the mirror. */
  readonly mirrored: {
    readonly cells: Cells;
    /** What it says of the record, in the descriptor's order; Shopify's side is empty. */
    readonly fields: readonly FieldPair[];
    readonly children: readonly { readonly table: string; readonly count: number }[];
    readonly updatedAt: Date | null;
    readonly observedAt: Date;
    readonly appliedAt: Date;
    readonly confirmedAt: Date | null;
    readonly originKind: string;
    /** A delivery's id for "webhook", a run's for the others. */
    readonly originId: string | null;
  } | null;
  readonly tombstone: {
    readonly deletedAt: Date;
    readonly reason: string;
    readonly cells: Cells;
    /** Its last state, as those of a record that is here. */
    readonly fields: readonly FieldPair[];
  } | null;
  /** It waits to be read through the API. */
  readonly isQueued: boolean;
  readonly deliveries: readonly DeliveryEvent[];
  /** Newest first. */
  readonly timeline: readonly TimelineEvent[];
  /** Open ones. */
  readonly errors: readonly ErrorView[];
}

/** The resource and key that an address names; null when no record could have that key. */
export function recordNamed(
  resource: string,
  key: string,
): { readonly resource: ResourceName; readonly key: string } | null {
  const known = resources.find(({ name }) => name === resource);
  const parts = key.split(":");
  const isKey = parts.every(isId) && parts.length === (known?.name === "inventory_levels" ? 2 : 1);
  return known && isKey ? { resource: known.name, key } : null;
}

export async function readRecordDetail(
  shopId: number,
  shopDomain: string,
  resource: ResourceName,
  key: string,
): Promise<RecordDetail> {
  return inTransaction(async (client) => {
    const { root, children } = await mirrorOf(client, resource);
    const columns = columnsInOrder(resourceOf(resource), root);
    // Shopify has not been asked, so nothing differs yet.
    const said = (cells: Cells) =>
      columns
        .filter((column) => column in cells)
        .map((column) => ({ ...pairOf(root, column, cells, {}), differs: false }));
    const mirrored = await readRow(client, root, shopId, key);
    const tombstone = mirrored ? null : await readTombstone(client, shopId, resource, key);
    const counted = [];
    if (mirrored) {
      for (const { name, parent } of children) {
        const { rows } = await client.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM ${name} WHERE shop_id = $1 AND ${parent} = $2::int8`,
          [shopId, key],
        );
        counted.push({ table: name, count: rows[0]?.count ?? 0 });
      }
    }
    const detail = {
      mirrored: mirrored && { ...mirrored, fields: said(mirrored.cells), children: counted },
      tombstone: tombstone && { ...tombstone, fields: said(tombstone.cells) },
      deliveries: await readDeliveries(client, shopDomain, resource, key),
    };
    const bodies = await readBodies(
      client,
      detail.deliveries.map(({ id }) => id),
    );
    return {
      ...detail,
      timeline: timelineOf(detail, bodies, resourceOf(resource)),
      resource,
      key,
      title: titleOf((mirrored ?? tombstone)?.cells ?? {}),
      isQueued: await isQueued(client, shopId, resource, key),
      errors: await readErrorsOf(client, shopId, resource, key),
    };
  });
}

function titleOf(cells: Cells): string | null {
  return cells.name || cells.title || cells.sku || null;
}

interface BookkeepingRow {
  readonly updated_at: Date | null;
  readonly observed_at: Date;
  readonly applied_at: Date;
  readonly confirmed_at: Date | null;
  readonly origin_kind: string;
  readonly origin_id: string | null;
  readonly cells: Cells;
}

async function readRow(client: PoolClient, root: Table, shopId: number, key: string) {
  const { rows } = await client.query<BookkeepingRow>(
    `SELECT t.updated_at, t.observed_at, t.applied_at, t.confirmed_at, t.origin_kind, t.origin_id,
            ${cellsOf("t")} AS cells
     FROM ${root.name} t WHERE t.shop_id = $1 AND ${keyIs(root, "t")}`,
    [shopId, key.split(":")],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    cells: row.cells,
    updatedAt: row.updated_at,
    observedAt: row.observed_at,
    appliedAt: row.applied_at,
    confirmedAt: row.confirmed_at,
    originKind: row.origin_kind,
    originId: row.origin_id,
  };
}

/** SQL: a row as an object of texts. */
export function cellsOf(row: string): string {
  return `(SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each_text(to_jsonb(${row})) e)`;
}

/** SQL: the row's key is the parts in `$2`. */
export function keyIs({ key }: Table, row: string): string {
  return key.map((column, index) => `${row}.${column} = ($2::text[])[${index + 1}]::int8`).join(" AND ");
}

async function readTombstone(client: PoolClient, shopId: number, resource: ResourceName, key: string) {
  const { rows } = await client.query<{ deletedAt: Date; reason: string; cells: Cells | null }>(
    `SELECT t.deleted_at AS "deletedAt", t.reason,
            (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each_text(t.snapshot->'row') e
             WHERE jsonb_typeof(t.snapshot->'row') = 'object') AS cells
     FROM sync_tombstones t WHERE t.shop_id = $1 AND t.resource = $2 AND t.record_key = $3`,
    [shopId, resource, key],
  );
  const row = rows[0];
  return row ? { ...row, cells: row.cells ?? {} } : null;
}

/** It waits to be read through the API. */
export async function isQueued(client: PoolClient, shopId: number, resource: ResourceName, key: string) {
  const { rowCount } = await client.query(
    "SELECT FROM sync_confirmations WHERE shop_id = $1 AND resource = $2 AND record_key = $3",
    [shopId, resource, key],
  );
  return rowCount === 1;
}

async function readDeliveries(client: PoolClient, shopDomain: string, resource: ResourceName, key: string) {
  const { rows } = await client.query<DeliveryEvent>(
    `SELECT id, topic, state, reason, triggered_at AS "triggeredAt", received_at AS "receivedAt",
            settled_at AS "settledAt"
     FROM sync_deliveries WHERE shop_domain = $1 AND resource = $2 AND record_key = $3
     ORDER BY id DESC LIMIT $4`,
    [shopDomain, resource, key, TIMELINE_MAX],
  );
  return rows;
}

async function readBodies(client: PoolClient, ids: readonly string[]) {
  const { rows } = await client.query<{ id: string; body: Uint8Array | null }>(
    `SELECT id, CASE WHEN octet_length(body) <= ${BODY_BYTES_MAX} THEN body END AS body
     FROM sync_deliveries WHERE id = ANY($1::int8[])`,
    [ids],
  );
  return new Map(rows.map(({ id, body }) => [id, body]));
}

async function readErrorsOf(client: PoolClient, shopId: number, resource: ResourceName, key: string) {
  const { rows } = await client.query<ErrorView>(
    `SELECT id, resource, record_key AS "recordKey", code, detail, occurred_at AS "occurredAt"
     FROM sync_errors WHERE shop_id = $1 AND resource = $2 AND record_key = $3 AND resolved_at IS NULL
     ORDER BY id DESC LIMIT $4`,
    [shopId, resource, key, ERRORS_MAX],
  );
  return rows;
}

/** Whether the resource's records stand for themselves at Shopify, and can be asked for one by one. */
export function canBeAsked(resource: ResourceName, key: string): boolean {
  const { gid, list } = resourceOf(resource);
  return gid(key) !== null || (list.within?.gid(key) ?? null) !== null;
}
