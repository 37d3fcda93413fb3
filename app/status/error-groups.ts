// Errors grouped by cause, as people work them off: what is open, since when, how many records it concerns, and what
// somebody said of it. Reads only; the latest GROUPED_MAX of each source are looked at, which bounds the page.
import { pool } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { GROUP_FILTERS } from "#app/status/choices.ts";
import type { ErrorFilters, GroupState } from "#app/status/choices.ts";
import { TOPIC } from "#app/status/deliveries.ts";
import { Filters, isId } from "#app/status/filters.ts";
import { ERROR_SORT, ERROR_SORT_KEYS, partsOf } from "#app/status/sorts.ts";
import type { ErrorSort } from "#app/status/sorts.ts";
import type { Cause, Mark } from "#app/sync/error-life.ts";

/** Errors, and deliveries set aside, that are grouped. */
export const GROUPED_MAX = 10_000;
export const ERRORS_PER_PAGE = 25;
/** Days of a cause's trend, today included. */
export const TREND_DAYS = 14;

export interface ErrorGroup extends Cause {
  readonly state: GroupState;
  /** Open errors, or deliveries set aside. */
  readonly open: number;
  /** All of the last GROUPED_MAX, resolved ones too. */
  readonly all: number;
  /** Distinct records among the open ones. */
  readonly records: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** How many happened last on each of the latest TREND_DAYS days of the shop's zone, the oldest day first. */
  readonly days: readonly number[];
  /** What stands in the newest one. */
  readonly detail: string;
  readonly markedBy: string | null;
  readonly markedAt: Date | null;
}

export interface GroupList {
  readonly groups: readonly ErrorGroup[];
  /** There are more errors than were grouped. */
  readonly isMore: boolean;
}

interface GroupRow {
  readonly source: Cause["source"];
  readonly subject: string;
  readonly code: string;
  readonly open: number;
  readonly all: number;
  readonly records: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly days: readonly number[] | null;
  readonly detail: string | null;
  readonly mark: Mark | null;
  readonly marked_by: string | null;
  readonly marked_at: Date | null;
  readonly total: number;
}

export interface ErrorShop {
  readonly id: number;
  readonly domain: string;
  readonly timeZone: string | null;
}

/** Every cause; there are some hundred at most, so they are sorted here. */
export async function readErrorGroups(
  shop: ErrorShop,
  now: Date,
  sort: ErrorSort = ERROR_SORT,
): Promise<GroupList> {
  const rows = await readRows(shop, now, null);
  return {
    groups: sortGroups(rows.map(groupOf), sort),
    isMore: rows.some(({ total }) => total >= GROUPED_MAX),
  };
}

const SORTED_BY: Readonly<Record<(typeof ERROR_SORT_KEYS)[number], (group: ErrorGroup) => number>> = {
  last: ({ lastAt }) => lastAt.getTime(),
  first: ({ firstAt }) => firstAt.getTime(),
  records: ({ records }) => records,
};

/** Equals in the order of their names, whichever way. */
export function sortGroups(groups: readonly ErrorGroup[], sort: ErrorSort): readonly ErrorGroup[] {
  const { key, way } = partsOf(sort);
  const value = SORTED_BY[key];
  const sign = way === "asc" ? 1 : -1;
  return groups.toSorted(
    (a, b) =>
      sign * (value(a) - value(b)) || a.subject.localeCompare(b.subject) || a.code.localeCompare(b.code),
  );
}

/** Null when nothing of this cause is among the latest. */
export async function readErrorGroup(shop: ErrorShop, cause: Cause, now: Date): Promise<ErrorGroup | null> {
  const [row] = await readRows(shop, now, cause);
  return row ? groupOf(row) : null;
}

async function readRows({ id, domain, timeZone }: ErrorShop, now: Date, only: Cause | null) {
  const values = [id, domain, GROUPED_MAX, timeZone ?? "UTC", now];
  const cause = [only?.source, only?.subject, only?.code];
  const { rows } = await pool.query<GroupRow>(READ_GROUPS, [...values, ...cause]);
  return rows;
}

// Causes and days of the trend are what all else is grouped by first: a shop with 20,000 errors has some hundred of them.
// Sums of those are quick, and what stands in the newest error is looked up and not carried along. One cause ($6 to $8) is
// sought among the same latest, so that its page says what the list says.
export const READ_GROUPS = `
  WITH latest AS (
    SELECT 'records' AS source, resource AS subject, code, record_key, id, first_at, occurred_at AS last_at,
           resolved_at IS NULL AS is_open
    FROM sync_errors WHERE shop_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT $3
  ), aside AS (
    SELECT 'deliveries' AS source, topic AS subject, coalesce(reason, '') AS code, record_key, id,
           received_at AS first_at, received_at AS last_at, true AS is_open
    FROM sync_deliveries WHERE shop_domain = $2 AND state = 'parked' LIMIT $3
  ), both_kinds AS (
    SELECT * FROM (SELECT * FROM latest UNION ALL SELECT * FROM aside) AS every
    WHERE $6::text IS NULL OR (source = $6 AND subject = $7 AND code = $8)
  ), trend AS (
    SELECT array_agg((($5::timestamptz AT TIME ZONE $4)::date - back)::timestamp AT TIME ZONE $4 ORDER BY back DESC) AS days
    FROM generate_series(0, ${TREND_DAYS - 1}) AS back
  ), daily AS MATERIALIZED (
    SELECT source, subject, code, width_bucket(last_at, (SELECT days FROM trend)) AS day, count(*) AS count,
           count(*) FILTER (WHERE is_open) AS open, min(first_at) AS first_at, max(last_at) AS last_at, max(id) AS id
    FROM both_kinds GROUP BY 1, 2, 3, 4
  ), grouped AS (
    SELECT source, subject, code, sum(open)::int AS open, sum(count)::int AS "all", min(first_at) AS first_at,
           max(last_at) AS last_at, max(id) AS id
    FROM daily GROUP BY 1, 2, 3
  ), concerned AS (
    SELECT source, subject, code, count(*)::int AS records
    FROM (SELECT DISTINCT source, subject, code, record_key FROM both_kinds
          WHERE is_open AND record_key IS NOT NULL) AS each
    GROUP BY 1, 2, 3
  )
  SELECT g.*, coalesce(c.records, 0) AS records, m.mark, m.marked_by, m.marked_at,
    (sum(g."all") OVER (PARTITION BY g.source))::int AS total,
    CASE g.source
      WHEN 'records' THEN (
        SELECT detail FROM sync_errors e
        WHERE e.shop_id = $1 AND e.occurred_at = g.last_at AND e.resource = g.subject AND e.code = g.code
        ORDER BY e.id DESC LIMIT 1)
      ELSE (SELECT detail FROM sync_deliveries d WHERE d.id = g.id)
    END AS detail,
    (SELECT array_agg(coalesce(n.count, 0)::int ORDER BY b.day)
     FROM generate_series(1, ${TREND_DAYS}) AS b(day)
     LEFT JOIN daily n ON n.source = g.source AND n.subject = g.subject AND n.code = g.code AND n.day = b.day) AS days
  FROM grouped g
  LEFT JOIN concerned c USING (source, subject, code)
  LEFT JOIN sync_error_marks m
    ON m.shop_id = $1 AND m.source = g.source AND m.subject = g.subject AND m.code = g.code`;

function groupOf(row: GroupRow): ErrorGroup {
  const { source, subject, code, open, all, records } = row;
  return {
    source,
    subject,
    code,
    state: stateOfGroup(row),
    open,
    all,
    records,
    firstAt: row.first_at,
    lastAt: row.last_at,
    days: row.days ?? Array<number>(TREND_DAYS).fill(0),
    detail: row.detail ?? "",
    markedBy: row.marked_by,
    markedAt: row.marked_at,
  };
}

/** See the arrows at GroupState. */
export function stateOfGroup({
  open,
  mark,
  last_at: lastAt,
  marked_at: markedAt,
}: Pick<GroupRow, "open" | "mark" | "last_at" | "marked_at">): GroupState {
  if (mark === "ignored") return "ignored";
  if (open === 0) return "resolved";
  if (mark === null || markedAt === null) return "open";
  return lastAt > markedAt ? "reopened" : mark;
}

export interface ErrorQuery {
  readonly filters: ErrorFilters;
  readonly sort: ErrorSort;
  /** Names of parameters that were not understood. */
  readonly dropped: readonly string[];
}

/** What the list's address asks for. */
export function errorQueryOf(url: string): ErrorQuery {
  const given = new Filters(url);
  const show = given.oneOf("show", GROUP_FILTERS) ?? "due";
  const source = given.oneOf("source", SOURCES);
  const asked = given.text("subject");
  const isSubject = asked !== null && (resources.some(({ name }) => name === asked) || TOPIC.test(asked));
  // A place is both: a subject without its source, which no choice of the page means, would filter unseen.
  const subject = isSubject && source !== null ? asked : null;
  if (asked !== null && subject === null) given.dropped.push("subject");
  const sort = given.sort(ERROR_SORT_KEYS, ERROR_SORT);
  return { filters: { show, source, subject }, sort, dropped: given.dropped };
}

const SOURCES = ["records", "deliveries"] as const;

/** The cause that an address names, or null. */
export function causeIn(url: string): Cause | null {
  const given = new Filters(url);
  const source = given.oneOf("source", SOURCES);
  const subject = given.text("subject");
  const code = given.text("code");
  return source && subject && code ? { source, subject, code } : null;
}

/** Where the list of a cause's errors goes on. */
export function occurrencesAfter(url: string): {
  readonly after: string | null;
  readonly dropped: readonly string[];
} {
  const given = new Filters(url);
  const asked = given.text("after");
  const after = asked !== null && isId(asked) ? asked : null;
  if (asked !== after) given.dropped.push("after");
  return { after, dropped: given.dropped };
}

/** One error, or one delivery that was set aside. */
export interface Occurrence {
  readonly id: string;
  /** Both null where it is not known which record it was. */
  readonly resource: string | null;
  readonly recordKey: string | null;
  readonly detail: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly isOpen: boolean;
  readonly runId: string | null;
}

export interface OccurrencePage {
  readonly occurrences: readonly Occurrence[];
  /** Id after which the next page begins. */
  readonly next: string | null;
}

/** The errors of one cause, newest id first. @param after id of the last one that was shown. */
export async function readOccurrences(
  shopId: number,
  shopDomain: string,
  { source, subject, code }: Cause,
  after: string | null,
  rowsMax = ERRORS_PER_PAGE,
): Promise<OccurrencePage> {
  const before = after !== null && isId(after) ? after : null;
  const { rows } = await pool.query<Occurrence>(
    source === "records" ? READ_ERRORS : READ_PARKED,
    source === "records"
      ? [shopId, subject, code, before, rowsMax + 1]
      : [shopDomain, subject, code, before, rowsMax + 1],
  );
  const occurrences = rows.slice(0, rowsMax);
  return { occurrences, next: rows.length > rowsMax ? (occurrences.at(-1)?.id ?? null) : null };
}

const READ_ERRORS = `
  SELECT id, resource, record_key AS "recordKey", detail, first_at AS "firstAt", occurred_at AS "lastAt",
         resolved_at IS NULL AS "isOpen", run_id AS "runId"
  FROM sync_errors
  WHERE shop_id = $1 AND resource = $2 AND code = $3 AND ($4::int8 IS NULL OR id < $4)
  ORDER BY id DESC LIMIT $5`;

const READ_PARKED = `
  SELECT id, resource, record_key AS "recordKey", coalesce(detail, '') AS detail, received_at AS "firstAt",
         received_at AS "lastAt", true AS "isOpen", NULL AS "runId"
  FROM sync_deliveries
  WHERE shop_domain = $1 AND topic = $2 AND state = 'parked' AND reason = $3
    AND ($4::int8 IS NULL OR id < $4)
  ORDER BY id DESC LIMIT $5`;
