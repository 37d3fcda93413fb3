// The inbox's own rows: storing, claiming and settling deliveries, and queueing confirmations. SQL only; what a
// delivery means is decided in inbox.ts.
import type { PoolClient } from "pg";
import { isoTime, prepared, queryAndTell, sendLast } from "#app/db.server.ts";
import type { Envelope } from "#app/shopify/webhook.ts";
import { RULES_OF, rulesIn } from "#app/sync/rules-store.ts";
import { JOIN_TWIN } from "#app/sync/inbox-twins.ts";
import type { Look } from "#app/sync/inbox-reading.ts";
import type { Rules } from "#app/sync/rules.ts";

/** Deliveries claimed by one transaction. */
export const CLAIM_MAX = 300;
/** Their bodies are held in memory together; what is beyond it waits for the next transaction. */
const CLAIM_BYTES_MAX = 32 * 1024 * 1024;
/**
 * How long a batch waits for a row that somebody else holds; ordinary work holds none so long. What is then not to be had is
 * put off, so that one shop's long work holds up no other's news.
 */
const LOCK_MS_MAX = 2_000;

export interface ShopOfDelivery {
  readonly id: number;
  /** When Shopify last granted a token for it, by Shopify's clock. */
  readonly grantedAt: string;
  readonly uninstalledAt: string | null;
  /** As they are until the transaction ends: whoever changes them waits for it. The defaults where none are told. */
  readonly rules?: Rules;
}

/** A claimed delivery. Times are ISO 8601 with six decimals, UTC. */
export interface Delivery {
  readonly id: bigint;
  readonly shopDomain: string;
  /** Null for a store that has never opened the app, or has been erased. */
  readonly shop: ShopOfDelivery | null;
  readonly topic: string;
  /** Shared by all news of one act in Shopify; null where none was stated. */
  readonly eventId: string | null;
  readonly triggeredAt: string | null;
  readonly receivedAt: string;
  readonly attempts: number;
  /** How often people had it worked through again; `attempts` then starts over. */
  readonly replays: number;
  readonly body: Uint8Array;
  /** The record of an earlier delivery that says the very same (inbox-twins.ts), if there is one. */
  readonly twin?: Twin | null;
}

export interface Twin {
  readonly resource?: string;
  readonly recordKey?: string;
}

/** How a delivery ended, or when it is tried again. */
export type Settlement =
  | {
      readonly state: "applied" | "superseded" | "ignored" | "parked";
      readonly reason?: string;
      readonly detail?: string;
      readonly resource?: string;
      readonly recordKey?: string;
      /** Personal or foreign data that must not stay: the body is emptied. */
      readonly forgetBody?: boolean;
    }
  | {
      readonly state: "received";
      readonly reason: string;
      readonly detail: string;
      readonly retryAt: Date;
      readonly resource?: string;
      readonly recordKey?: string;
    };

export interface Settled {
  readonly delivery: Delivery;
  readonly settlement: Settlement;
}

export type Stored = "stored" | "repeated";

/**
 * Stores deliveries by one statement, which is one commit: the rows are durable before any answer, and the bell rings
 * after it. Results in the order of `envelopes`; the same webhook twice among them is one row and a repeat.
 */
export async function insertDeliveries(envelopes: readonly Envelope[]): Promise<Stored[]> {
  const rows = new Map<string, Omit<Envelope, "body"> & { start: number; length: number; repeats: number }>();
  const bodies: Uint8Array[] = [];
  const firsts = new Set<Envelope>();
  let start = 1;
  for (const envelope of envelopes) {
    const { body, ...stated } = envelope;
    const known = rows.get(keyOf(envelope));
    if (known) known.repeats += 1;
    else {
      rows.set(keyOf(envelope), { ...stated, start, length: body.length, repeats: 0 });
      firsts.add(envelope);
      bodies.push(body);
      start += body.length;
    }
  }
  const values = [
    JSON.stringify([...rows.values()]),
    bodies.length === 1 ? bodies[0] : Buffer.concat(bodies),
  ];
  const { rows: found } = await queryAndTell<{ known: string[] | null }>(
    { name: "insert_deliveries", text: INSERT_DELIVERIES, values },
    RING,
  );
  const known = new Set(found[0]?.known);
  return envelopes.map((envelope) =>
    firsts.has(envelope) && !known.has(keyOf(envelope)) ? "stored" : "repeated",
  );
}

const keyOf = ({ shopDomain, webhookId }: Envelope) => `${shopDomain} ${webhookId}`;

// The bodies come as one binary value that is cut here: an array of them would travel as text, twice as long, and be
// taken apart character by character. Answers with the keys that were stored before.
const INSERT_DELIVERIES = `
  WITH stored AS (
    INSERT INTO sync_deliveries AS d
      (shop_domain, webhook_id, event_id, topic, api_version, triggered_at, body, repeats)
    SELECT t."shopDomain", t."webhookId", t."eventId", t.topic, t."apiVersion", t."triggeredAt",
           substring($2::bytea FROM t.start FOR t.length), t.repeats
    FROM json_to_recordset($1) AS t("shopDomain" text, "webhookId" text, "eventId" text, topic text, "apiVersion" text,
                                    "triggeredAt" timestamptz, start int, length int, repeats int)
    ON CONFLICT (shop_domain, webhook_id) DO UPDATE SET repeats = d.repeats + 1 + excluded.repeats
    RETURNING shop_domain, webhook_id, xmax = 0 AS is_fresh
  )
  SELECT array_agg(shop_domain || ' ' || webhook_id) FILTER (WHERE NOT is_fresh) AS known FROM stored`;

// PostgreSQL lets transactions that notify commit one after the other. One that waits for the disk meanwhile would have all
// of them wait, so the bell is rung by itself, right after the commit, and does not wait for the disk.
const RING = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('counterfoil_inbox', '')";

/**
 * Locks up to CLAIM_MAX due deliveries until the transaction ends, so a dead worker's claim is free again by itself.
 * Every shop with work gets an equal share of the number and, by turns, of the bytes: one shop's flood does not delay the
 * others. Of more shops than CLAIM_MAX, so many get one each. A shop that is being erased elsewhere is left for later. Of
 * one that was told to wait (holds.ts) only the topics `neverHeld` are taken. Rings once more when it may have left
 * something that is due: else there is no need to look again.
 */
export async function claim(
  client: PoolClient,
  now: Date,
  neverHeld: readonly string[],
): Promise<Delivery[]> {
  const { rows: sizes } = await client.query<{ id: string; bytes: number; is_share_full: boolean }>(
    prepared(CLAIM, [now, CLAIM_MAX, `${LOCK_MS_MAX}ms`, neverHeld]),
  );
  let bytes = 0;
  const ids = sizes
    .filter((row, index) => (bytes += row.bytes) <= CLAIM_BYTES_MAX || index === 0)
    .map((row) => row.id);
  if (ids.length === 0) return [];
  const { rows } = await client.query<ClaimedRow>(prepared(READ_CLAIMED, [ids]));
  const free = rows.filter((row) => !row.is_held);
  const isHeldUp = free.length > 0 && free.length < rows.length;
  if (isHeldUp || ids.length < sizes.length || sizes.some((row) => row.is_share_full))
    await client.query("SELECT pg_notify('counterfoil_inbox', '')");
  return free.map(claimed);
}

function claimed(row: ClaimedRow): Delivery {
  return {
    id: BigInt(row.id),
    shopDomain: row.shop_domain,
    shop:
      row.shop_id === null
        ? null
        : {
            id: row.shop_id,
            grantedAt: row.granted_at,
            uninstalledAt: row.uninstalled_at,
            rules: rulesIn(row.rules),
          },
    topic: row.topic,
    eventId: row.event_id,
    triggeredAt: row.triggered_at,
    receivedAt: row.received_at,
    attempts: row.attempts,
    replays: row.replays,
    body: row.body,
    twin: row.has_twin ? twinIn(row) : null,
  };
}

function twinIn({ twin_resource: resource, twin_key: recordKey }: ClaimedRow): Twin {
  return resource !== null && recordKey !== null ? { resource, recordKey } : {};
}

interface ClaimedRow {
  id: string;
  shop_domain: string;
  shop_id: number | null;
  /** The shop is there, but somebody is erasing or uninstalling it. */
  is_held: boolean;
  granted_at: string;
  uninstalled_at: string | null;
  rules: string;
  topic: string;
  event_id: string | null;
  triggered_at: string | null;
  received_at: string;
  attempts: number;
  replays: number;
  body: Uint8Array;
  has_twin: boolean;
  twin_resource: string | null;
  twin_key: string | null;
}

// A loose index scan finds the shops that have work without reading their backlogs. A delivery that was never tried is
// always due: the clocks of the web machine and of this one need not agree. The first of each shop come first, then the
// second of each, so that a limit further down the list falls on all alike.
export const CLAIM = `
  WITH RECURSIVE waiting AS (
    (SELECT shop_domain FROM sync_deliveries WHERE state = 'received' ORDER BY shop_domain LIMIT 1)
    UNION ALL
    SELECT (SELECT d.shop_domain FROM sync_deliveries d
            WHERE d.state = 'received' AND d.shop_domain > w.shop_domain ORDER BY d.shop_domain LIMIT 1)
    FROM waiting w WHERE w.shop_domain IS NOT NULL
  ),
  held AS MATERIALIZED (
    SELECT s.domain FROM sync_holds h JOIN shops s ON s.id = h.shop_id WHERE h.queue = 'deliveries'
  ),
  shop AS (SELECT shop_domain FROM waiting
           WHERE shop_domain IS NOT NULL AND shop_domain NOT IN (SELECT domain FROM held) ORDER BY random() LIMIT $2::int),
  due AS (
    SELECT shop.shop_domain, taken.id, octet_length(taken.body) AS bytes
    FROM shop CROSS JOIN LATERAL (
      SELECT d.id, d.body FROM sync_deliveries d
      WHERE d.state = 'received' AND d.shop_domain = shop.shop_domain AND (d.attempts = 0 OR d.next_attempt_at <= $1)
      ORDER BY d.id
      LIMIT (SELECT greatest(1, $2::int / count(*)) FROM shop)
      FOR UPDATE SKIP LOCKED
    ) taken
    UNION ALL
    SELECT held.domain, taken.id, octet_length(taken.body)
    FROM held CROSS JOIN unnest($4::text[]) AS t(topic) CROSS JOIN LATERAL (
      SELECT d.id, d.body FROM sync_deliveries d
      WHERE d.state = 'received' AND d.shop_domain = held.domain AND d.topic = t.topic
        AND (d.attempts = 0 OR d.next_attempt_at <= $1)
      ORDER BY d.received_at
      LIMIT $2::int
      FOR UPDATE SKIP LOCKED
    ) taken
  )
  SELECT due.id, due.bytes,
         row_number() OVER (PARTITION BY due.shop_domain ORDER BY due.id)
           >= (SELECT greatest(1, $2::int / greatest(1, count(*))) FROM shop) AS is_share_full,
         (SELECT set_config('lock_timeout', $3, true)) AS patience
  FROM due
  ORDER BY row_number() OVER (PARTITION BY due.shop_domain ORDER BY due.id), due.id`;

// The shop's row is held against erasure: news applied here is either committed before the erasure or finds no shop. A row
// that is erased while this statement runs counts as held: whether it is gone for good, the next look tells.
const READ_CLAIMED = `
  WITH shop AS MATERIALIZED (
    SELECT id, domain, greatest(installed_at, authorized_at) AS granted_at, uninstalled_at, ${RULES_OF("shops")} AS rules FROM shops
    WHERE domain IN (SELECT shop_domain FROM sync_deliveries WHERE id = ANY ($1::int8[]))
    FOR KEY SHARE SKIP LOCKED
  )
  SELECT d.id, d.shop_domain, s.id AS shop_id,
         s.id IS NULL AND EXISTS (SELECT FROM shops WHERE domain = d.shop_domain) AS is_held, ${isoTime("s.granted_at")} AS granted_at,
         ${isoTime("s.uninstalled_at")} AS uninstalled_at, s.rules, d.topic, d.event_id, ${isoTime("d.triggered_at")} AS triggered_at,
         ${isoTime("d.received_at")} AS received_at, d.attempts, d.replays, d.body,
         twin.id IS NOT NULL AS has_twin, twin.resource AS twin_resource, twin.record_key AS twin_key
  FROM sync_deliveries d LEFT JOIN shop s ON s.domain = d.shop_domain ${JOIN_TWIN}
  WHERE d.id = ANY ($1::int8[])
  ORDER BY d.id`;

/** What SETTLE takes. */
export function settlementValues(settled: readonly Settled[], now: Date): [string, Date] {
  const rows = settled.map(({ delivery, settlement }) => {
    const isOver = settlement.state !== "received";
    return {
      id: String(delivery.id),
      state: settlement.state,
      reason: settlement.reason,
      detail: settlement.detail,
      resource: settlement.resource,
      record_key: settlement.recordKey,
      forget_body: isOver && settlement.forgetBody === true,
      next_attempt_at: isOver ? now : settlement.retryAt,
      settled_at: isOver ? now : null,
    };
  });
  return [JSON.stringify(rows), now];
}

/** Entries of one delivery's history; the oldest go. Attempts end after seven, so only replays can lead here. */
const HISTORY_MAX = 50;

// The one good attempt of nearly every delivery is told by its own columns; only more than that has a history.
export const SETTLE = `
  UPDATE sync_deliveries d
  SET state = t.state::delivery_state, reason = t.reason, detail = t.detail, resource = t.resource,
      record_key = t.record_key, attempts = d.attempts + 1, next_attempt_at = t.next_attempt_at,
      settled_at = t.settled_at, body = CASE WHEN t.forget_body THEN ''::bytea ELSE d.body END,
      history = CASE
        WHEN t.state IN ('received', 'parked') OR d.history IS NOT NULL THEN
          CASE WHEN jsonb_array_length(coalesce(d.history, '[]')) >= ${HISTORY_MAX} THEN d.history - 0
               ELSE coalesce(d.history, '[]') END
          || jsonb_build_array(jsonb_build_object('at', $2::timestamptz, 'act', t.state, 'reason', t.reason, 'detail', t.detail))
      END
  FROM json_to_recordset($1) AS t(id int8, state text, reason text, detail text, resource text, record_key text,
                                  forget_body bool, next_attempt_at timestamptz, settled_at timestamptz)
  WHERE d.id = t.id`;

/**
 * A record waits once, however many deliveries spoke of it; urgency is never lost. `isBold`: the whole transaction is given
 * up where this fails.
 */
export async function queueConfirmations(
  client: PoolClient,
  shopId: number,
  looks: readonly Look[],
  isBold = false,
): Promise<void> {
  if (looks.length === 0) return;
  const statement = prepared(QUEUE_CONFIRMATIONS, [shopId, JSON.stringify(looks)]);
  if (isBold) sendLast(client, statement);
  else await client.query(statement);
}

// Sorted, so that two workers take their row locks in one order.
const QUEUE_CONFIRMATIONS = `
  INSERT INTO sync_confirmations AS c (shop_id, resource, record_key, urgent)
  SELECT $1, resource, key, bool_or(urgent) FROM json_to_recordset($2) AS t(resource text, key text, urgent bool)
  GROUP BY resource, key ORDER BY resource, key
  ON CONFLICT (shop_id, resource, record_key) DO UPDATE
  SET urgent = c.urgent OR excluded.urgent, queued_at = now(), attempts = 0, next_attempt_at = now()`;
