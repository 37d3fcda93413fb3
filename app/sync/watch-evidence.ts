// What the watch knows of changes here: which rows of the mirror a webhook told of, whatever wrote them. A catch-up brings
// what nobody announced within minutes, so that a row is here proves nothing; a delivery of its record does. Reads only.
import { inTransaction } from "#app/db.server.ts";
import { topicsOf } from "#app/resources/index.ts";
import { columnOf, keyMatch, mirrorOf, type Table } from "#app/sync/apply-tables.ts";
import type { Resource } from "#app/resources/define.ts";
import type { Told } from "#app/sync/watch-verdict.ts";

/** Clocks differ, and Shopify moves a record a little after it has announced it. */
export const LEEWAY_MS = 60_000;
/** The latest changes by which is judged what is usual, and from how far back. */
const HABIT_ROWS_MAX = 1_000;
const HABIT_DAYS_MAX = 7;
/** Fewer than this outside of the last silence say too little; then all count. */
const HABIT_ROWS_MIN = 20;

export interface Subject {
  readonly shopId: number;
  readonly shopDomain: string;
  readonly resource: Resource;
}

export interface Period {
  readonly from: Date;
  readonly until: Date;
}

export interface Rows extends Told {
  /** Of those that were here before the period began; all, where the rows do not say when they came to be. */
  readonly older: Told;
}

/** Rows last changed in the period. */
export async function readRows(subject: Subject, period: Period): Promise<Rows> {
  return inTransaction(async (client) => {
    const { root } = await mirrorOf(client, subject.resource.name);
    const { rows } = await client.query<Rows & { older_changed: number; older_untold: number }>(
      `SELECT count(*)::int AS changed, count(*) FILTER (WHERE NOT is_told)::int AS untold,
              count(*) FILTER (WHERE is_older)::int AS older_changed,
              count(*) FILTER (WHERE is_older AND NOT is_told)::int AS older_untold
       FROM (SELECT ${isTold(root)} AS is_told, ${isOlder(root)} AS is_older FROM ${root.name} t
             WHERE t.shop_id = $1 AND t.updated_at >= $4 AND t.updated_at < $5) r`,
      [...base(subject), period.from, period.until],
    );
    const { changed, untold, older_changed, older_untold } = rows[0]!;
    return { changed, untold, older: { changed: older_changed, untold: older_untold } };
  });
}

/**
 * Records that a webhook has told of since the period began, and that its rows do not show yet: it waits, was set aside, or
 * asked for a read that is still to come. One whose record is not known counts for itself.
 */
export async function countWaiting(subject: Subject, { from }: Period): Promise<number> {
  return inTransaction(async (client) => {
    const { root } = await mirrorOf(client, subject.resource.name);
    const { rows } = await client.query<{ waiting: number }>(
      `SELECT count(DISTINCT coalesce(d.record_key, 'delivery ' || d.id))::int AS waiting FROM sync_deliveries d
       WHERE d.shop_domain = $2 AND d.topic = ANY ($4) AND d.received_at >= $5::timestamptz - interval '${LEEWAY_MS} ms'
         AND (d.resource IS NULL OR d.resource = $3)
         AND (d.state IN ('received', 'parked') OR EXISTS (
           SELECT FROM sync_confirmations c WHERE c.shop_id = $1 AND c.resource = $3 AND c.record_key = d.record_key))
         AND (d.record_key IS NULL OR NOT EXISTS (
           SELECT FROM ${root.name} t WHERE t.shop_id = $1 AND ${keyMatch(root, "t", "d.record_key")} AND t.updated_at >= $5))`,
      [...base(subject), topicsOf(subject.resource), from],
    );
    return rows[0]!.waiting;
  });
}

/** How changes before the period came: those outside of the last silence, where they are enough to judge by. */
export async function readHabit(subject: Subject, from: Date, keptDays: number): Promise<Told> {
  return inTransaction(async (client) => {
    const { root } = await mirrorOf(client, subject.resource.name);
    const since = new Date(from.getTime() - Math.min(HABIT_DAYS_MAX, keptDays - 1) * 86_400_000);
    const { rows } = await client.query<Told & { apart_changed: number; apart_untold: number }>(
      `SELECT count(*)::int AS changed, count(*) FILTER (WHERE NOT is_told)::int AS untold,
              count(*) FILTER (WHERE NOT is_silence)::int AS apart_changed,
              count(*) FILTER (WHERE NOT is_silence AND NOT is_told)::int AS apart_untold
       FROM (SELECT ${isTold(root)} AS is_told,
                    coalesce(t.updated_at >= w.silent_from AND t.updated_at < coalesce(w.silent_to, $5), false) AS is_silence
             FROM ${root.name} t JOIN shops s ON s.id = t.shop_id
             LEFT JOIN sync_watches w ON w.shop_id = t.shop_id AND w.resource = $3
             WHERE t.shop_id = $1 AND t.updated_at >= greatest($4, s.installed_at) AND t.updated_at < $5
             ORDER BY t.updated_at DESC LIMIT ${HABIT_ROWS_MAX}) r`,
      [...base(subject), since, from],
    );
    const { changed, untold, apart_changed, apart_untold } = rows[0]!;
    return apart_changed >= HABIT_ROWS_MIN
      ? { changed: apart_changed, untold: apart_untold }
      : { changed, untold };
  });
}

const base = ({ shopId, shopDomain, resource }: Subject) => [shopId, shopDomain, resource.name];

/** Some delivery of the record came since its last change. */
function isTold(root: Table): string {
  return `EXISTS (SELECT FROM sync_deliveries d
                  WHERE d.shop_domain = $2 AND d.resource = $3 AND d.record_key = t.${root.key[0]!}::text
                    AND d.received_at >= t.updated_at - interval '${LEEWAY_MS} ms')`;
}

function isOlder(root: Table): string {
  return root.columns.has("createdAt") ? `coalesce(t.${columnOf(root, "createdAt")} < $4, true)` : "true";
}
