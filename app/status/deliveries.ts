// The delivery log: stored webhooks, filtered, newest first, page by page, and as a stream for export. Reads only, and
// always along an index: a page costs the same with a million deliveries as with a hundred.
import { isoTime, pool } from "#app/db.server.ts";
import { resources, topics as neededTopics } from "#app/resources/index.ts";
import { Filters, placeText } from "#app/status/filters.ts";
import { beyond, orderOf, type Place, type SortKey } from "#app/status/keyset.ts";
import { DELIVERY_SORT, DELIVERY_SORT_KEYS, partsOf, type DeliverySort } from "#app/status/sorts.ts";
import { startOfDay } from "#app/sync/days.ts";
import {
  conditionsOf,
  DELIVERY_STATES,
  type DeliveryChoice,
  type DeliveryState,
} from "#app/sync/delivery-choice.ts";

export type { DeliveryState };

export const DELIVERIES_PER_PAGE = 50;
/** Rows that an export reads at a time. */
const EXPORT_ROWS = 1_000;

/** `orders/create`, `customer.tags_added`. */
export const TOPIC = /^[a-z_]+[./][a-z_]+$/;

/** As they stand in the page's address; null where nothing is asked. */
export interface DeliveryFilters {
  readonly topic: string | null;
  readonly state: DeliveryState | null;
  readonly reason: string | null;
  readonly resource: string | null;
  /** Shopify's id of the record. */
  readonly record: string | null;
  /** Calendar days in the shop's zone, both included. */
  readonly from: string | null;
  readonly until: string | null;
}

export interface DeliveryQuery {
  readonly filters: DeliveryFilters;
  readonly sort: DeliverySort;
  readonly after: Place | null;
  /** Names of parameters that were not understood. */
  readonly dropped: readonly string[];
}

/** Also the names of tables that are no resource: customers, of privacy requests. */
const RESOURCES: readonly string[] = [
  ...new Set([...resources.map(({ name }): string => name), "customers"]),
];

const RECEIVED: SortKey = { sql: "d.received_at", type: "timestamptz" };

/** What a page's address asks for. */
export function deliveryQueryOf(url: string): DeliveryQuery {
  const given = new Filters(url);
  const filters: DeliveryFilters = {
    topic: shaped(given, "topic", TOPIC),
    state: given.oneOf("state", DELIVERY_STATES),
    reason: shaped(given, "reason", /^[A-Z_]+$/),
    resource: given.oneOf("resource", RESOURCES),
    record: shaped(given, "record", /^\d{1,19}(:\d{1,19})?$/),
    from: given.day("from"),
    until: given.day("until"),
  };
  const sort = given.sort(DELIVERY_SORT_KEYS, DELIVERY_SORT);
  return { filters, sort, after: given.place(sort, RECEIVED), dropped: given.dropped };
}

function shaped(given: Filters, name: string, shape: RegExp): string | null {
  const text = given.text(name);
  if (text !== null && !shape.test(text)) given.dropped.push(name);
  return text !== null && shape.test(text) ? text : null;
}

export function choiceOf(filters: DeliveryFilters, timeZone: string): DeliveryChoice {
  const { topic, state, reason, resource, record, from, until } = filters;
  return {
    topic: topic ?? undefined,
    state: state ?? undefined,
    reason: reason ?? undefined,
    resource: resource ?? undefined,
    recordKey: record ?? undefined,
    from: from === null ? undefined : startOfDay(from, timeZone),
    until: until === null ? undefined : startOfDay(until, timeZone, 1),
  };
}

export interface DeliveryLine {
  /** Decimal. */
  readonly id: string;
  readonly topic: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly receivedAt: Date;
  readonly triggeredAt: Date | null;
  readonly settledAt: Date | null;
  readonly attempts: number;
  readonly replays: number;
  /** How often Shopify sent it again. */
  readonly repeats: number;
  readonly resource: string | null;
  readonly recordKey: string | null;
  readonly webhookId: string;
  readonly eventId: string | null;
}

export interface DeliveryPage {
  readonly deliveries: readonly DeliveryLine[];
  /** Where the next page goes on; null on the last. */
  readonly next: string | null;
}

export const DELIVERY_COLUMNS = `d.id, d.topic, d.state, d.reason, d.received_at AS "receivedAt", d.triggered_at AS "triggeredAt",
  d.settled_at AS "settledAt", d.attempts, d.replays, d.repeats, d.resource, d.record_key AS "recordKey",
  d.webhook_id AS "webhookId", d.event_id AS "eventId"`;

/** With microseconds: the place in the list. */
type PagedRow = DeliveryLine & { readonly place_at: string };

export async function readDeliveries(
  shopDomain: string,
  { filters, sort, after }: Pick<DeliveryQuery, "filters" | "sort" | "after">,
  timeZone: string,
): Promise<DeliveryPage> {
  const choice = choiceOf(filters, timeZone);
  const { text, values } = pageStatement(shopDomain, choice, { sort, after }, DELIVERIES_PER_PAGE + 1);
  const { rows } = await pool.query<PagedRow>(text, values);
  const shown = rows.slice(0, DELIVERIES_PER_PAGE);
  const last = shown.at(-1);
  const next = rows.length > DELIVERIES_PER_PAGE && last ? placeText(sort, placeOf(last)) : null;
  return { deliveries: shown.map(({ place_at: _, ...line }) => line), next };
}

/** Keyset, not offset: what arrives meanwhile moves nothing. For EXPLAIN in tests too. */
export function pageStatement(
  shopDomain: string,
  choice: DeliveryChoice,
  { sort, after }: Pick<DeliveryQuery, "sort" | "after">,
  limit: number,
): { readonly text: string; readonly values: unknown[] } {
  const { sql, values } = conditionsOf(shopDomain, choice);
  const put = (value: unknown) => `$${values.push(value)}`;
  const { way } = partsOf(sort);
  const from = after ? ` AND ${beyond(RECEIVED, "d.id", way, after, put)}` : "";
  const text = `
    SELECT ${DELIVERY_COLUMNS}, ${isoTime("d.received_at")} AS place_at
    FROM sync_deliveries d WHERE ${sql}${from}
    ORDER BY ${orderOf(RECEIVED, "d.id", way)} LIMIT ${put(limit)}`;
  return { text, values };
}

function placeOf({ place_at: key, id }: PagedRow): Place {
  return { key, id };
}

/** Every delivery of the choice, some at a time, however many there are. */
export async function* eachDelivery(
  shopDomain: string,
  choice: DeliveryChoice,
  sort: DeliverySort = DELIVERY_SORT,
): AsyncGenerator<DeliveryLine[]> {
  let after: Place | null = null;
  for (;;) {
    const { text, values } = pageStatement(shopDomain, choice, { sort, after }, EXPORT_ROWS);
    const { rows }: { rows: PagedRow[] } = await pool.query<PagedRow>(text, values);
    if (rows.length > 0) yield rows.map(({ place_at: _, ...line }) => line);
    const last = rows.at(-1);
    if (rows.length < EXPORT_ROWS || !last) return;
    after = placeOf(last);
  }
}

export interface DeliveryChoices {
  readonly topics: readonly string[];
  readonly reasons: readonly string[];
  readonly states: readonly DeliveryState[];
  readonly resources: readonly string[];
}

/** What can be chosen in the filters: the topics that are needed and those that came, and the reasons that there are. */
export async function deliveryChoices(shop: {
  readonly id: number;
  readonly domain: string;
}): Promise<DeliveryChoices> {
  const [topics, reasons] = await Promise.all([
    pool.query<{ topic: string }>("SELECT topic FROM sync_topics WHERE shop_id = $1", [shop.id]),
    pool.query<{ reason: string }>(READ_REASONS, [shop.domain]),
  ]);
  return {
    topics: [...new Set([...neededTopics(), ...topics.rows.map(({ topic }) => topic)])].sort(),
    reasons: reasons.rows.map(({ reason }) => reason),
    states: DELIVERY_STATES,
    resources: RESOURCES,
  };
}

// By skipping along the index of reasons; there are few, however many rows.
const READ_REASONS = `
  WITH RECURSIVE seen AS (
    (SELECT reason FROM sync_deliveries WHERE shop_domain = $1 AND reason IS NOT NULL ORDER BY reason LIMIT 1)
    UNION ALL
    SELECT (SELECT d.reason FROM sync_deliveries d
            WHERE d.shop_domain = $1 AND d.reason > s.reason ORDER BY d.reason LIMIT 1)
    FROM seen s WHERE s.reason IS NOT NULL
  )
  SELECT reason FROM seen WHERE reason IS NOT NULL`;
