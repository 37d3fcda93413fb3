// One delivery with all that is known of it: its headers, its body, what it came to at each attempt, and the other news
// of its record. Reads only.
import { inTransaction, pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { DELIVERY_COLUMNS, type DeliveryLine } from "#app/status/deliveries.ts";
import { readChanges, type DeliveryChanges } from "#app/status/delivery-changes.ts";
import { isId } from "#app/status/filters.ts";
import { printJson } from "#app/status/masked-json.ts";
import { mirrorOf } from "#app/sync/apply-tables.ts";

/** News of the same record that a delivery's page lists. */
const RELATED_MAX = 20;
/** A page shows no more of a body; the largest that Shopify sends are some ten times this. */
const BODY_CHARS_MAX = 200_000;

/** One thing that happened to a delivery, oldest first. */
export interface DeliveryEvent {
  readonly at: Date;
  /** A state, or "replayed". */
  readonly act: string;
  readonly reason: string | null;
  readonly detail: string | null;
  /** Who asked for the replay: "user:<id>", "api". */
  readonly by: string | null;
}

export type BodyView =
  | { readonly kind: "json"; readonly text: string; readonly covered: number; readonly isCut: boolean }
  /** Not JSON, or erased: nothing to read. */
  | { readonly kind: "unreadable" | "erased" };

export interface DeliveryDetail extends DeliveryLine {
  readonly shopDomain: string;
  readonly apiVersion: string | null;
  readonly detail: string | null;
  readonly nextAttemptAt: Date | null;
  readonly bytes: number;
  readonly events: readonly DeliveryEvent[];
  readonly body: BodyView;
  readonly changes: DeliveryChanges;
  /** The mirror's row as it is now was written by this delivery. */
  readonly isSource: boolean;
  readonly related: readonly (DeliveryLine & { readonly isSameEvent: boolean })[];
}

interface Row extends DeliveryLine {
  readonly apiVersion: string | null;
  readonly detail: string | null;
  readonly next_attempt_at: Date;
  readonly body: Uint8Array;
  readonly history: readonly Record<string, unknown>[] | null;
}

/** Null when the shop has no such delivery. @param id as it stands in the address. */
export async function readDeliveryDetail(
  shop: { readonly id: number; readonly domain: string },
  id: string,
): Promise<DeliveryDetail | null> {
  const row = await readRow(shop.domain, id);
  if (!row) return null;
  const { body, history, next_attempt_at: nextAttemptAt, ...line } = row;
  const [related, isSource, changes] = await Promise.all([
    readRelated(shop.domain, line),
    readIsSource(shop.id, line),
    readChanges(shop.domain, { ...line, body }),
  ]);
  return {
    ...line,
    shopDomain: shop.domain,
    nextAttemptAt: line.state === "received" ? nextAttemptAt : null,
    bytes: body.byteLength,
    events: eventsOf(line, history ?? []),
    body: bodyView(row, true),
    changes,
    isSource,
    related,
  };
}

/** The body with nothing covered. Null when the shop has no such delivery. */
export async function readWholeBody(shopDomain: string, id: string): Promise<BodyView | null> {
  const row = await readRow(shopDomain, id);
  return row ? bodyView(row, false) : null;
}

async function readRow(shopDomain: string, id: string): Promise<Row | undefined> {
  if (!isId(id)) return undefined;
  const { rows } = await pool.query<Row>(
    `SELECT ${DELIVERY_COLUMNS}, d.api_version AS "apiVersion", d.detail, d.next_attempt_at, d.body, d.history
     FROM sync_deliveries d WHERE d.id = $2 AND d.shop_domain = $1`,
    [shopDomain, id],
  );
  return rows[0];
}

function bodyView({ body, topic }: Pick<Row, "body" | "topic">, isMasked: boolean): BodyView {
  if (body.byteLength === 0) return { kind: "erased" };
  try {
    const json = new TextDecoder("utf-8", { fatal: true }).decode(body);
    const { text, covered } = printJson(json, { isMasked, topic });
    return {
      kind: "json",
      text: text.slice(0, BODY_CHARS_MAX),
      covered,
      isCut: text.length > BODY_CHARS_MAX,
    };
  } catch {
    return { kind: "unreadable" };
  }
}

/** A delivery that succeeded at once has no history: its own columns tell it all. */
function eventsOf(
  line: Omit<Row, "body" | "history" | "next_attempt_at">,
  history: Row["history"] & object,
): DeliveryEvent[] {
  if (history.length === 0) {
    if (!line.settledAt) return [];
    return [{ at: line.settledAt, act: line.state, reason: line.reason, detail: line.detail, by: null }];
  }
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return history.map(({ at, act, reason, detail, by }) => ({
    at: new Date(String(at)),
    act: String(act),
    reason: text(reason),
    detail: text(detail),
    by: text(by),
  }));
}

async function readRelated(shopDomain: string, { id, resource, recordKey, eventId }: DeliveryLine) {
  if (!resource || !recordKey) return [];
  const { rows } = await pool.query<DeliveryLine>(
    `SELECT ${DELIVERY_COLUMNS} FROM sync_deliveries d
     WHERE d.shop_domain = $1 AND d.resource = $2 AND d.record_key = $3 AND d.id <> $4
     ORDER BY d.received_at DESC, d.id DESC LIMIT $5`,
    [shopDomain, resource, recordKey, id, RELATED_MAX],
  );
  return rows.map((line) => ({ ...line, isSameEvent: eventId !== null && line.eventId === eventId }));
}

/** Of a record whose key is one id: whether the row as it stands names this delivery. */
async function readIsSource(shopId: number, { id, resource, recordKey }: DeliveryLine): Promise<boolean> {
  const known = resources.find(({ name }) => name === resource);
  if (!known || !recordKey || !/^\d+$/.test(recordKey)) return false;
  return inTransaction(async (client) => {
    const { root } = await mirrorOf(client, known.name);
    const { rowCount } = await client.query(
      `SELECT FROM "${root.name}" WHERE shop_id = $1 AND id = $2 AND origin_kind = 'webhook' AND origin_id = $3`,
      [shopId, recordKey, id],
    );
    return rowCount === 1;
  });
}
