// Errors as people look at them. Reads only; the words for a code are in app/texts.
import { pool } from "#app/db.server.ts";
import { DATA_REQUEST } from "#app/sync/error-life.ts";

export interface ErrorView {
  /** Decimal string: error ids are int8. */
  readonly id: string;
  readonly resource: string;
  readonly recordKey: string | null;
  readonly code: string;
  readonly detail: string;
  readonly occurredAt: Date;
}

/**
 * What an error is kept for, though nothing is missing from the mirror: a person owes something. On the Overview each is a
 * need of its own (needs.ts) and no error of copying.
 */
export const DUTIES = [DATA_REQUEST, "EDITION_SIZE"] as const;

/** The latest errors of copying that are not resolved, newest first. */
export async function readErrors(shopId: number, errorsMax: number): Promise<readonly ErrorView[]> {
  const { rows } = await pool.query<ErrorView>(
    `SELECT id, resource, record_key AS "recordKey", code, detail, occurred_at AS "occurredAt"
     FROM sync_errors WHERE shop_id = $1 AND resolved_at IS NULL AND code <> ALL ($3)
     ORDER BY occurred_at DESC, id DESC LIMIT $2`,
    [shopId, errorsMax, DUTIES],
  );
  return rows;
}

/** Open errors are counted up to here; beyond it the page says "or more". */
export const ERRORS_MAX = 1_000;

export interface ErrorCount {
  readonly count: number;
  readonly isMore: boolean;
}

/** Those of copying. */
export async function countErrors(shopId: number): Promise<ErrorCount> {
  const { rows } = await pool.query<{ count: string }>(
    `SELECT count(*) AS count
     FROM (SELECT 1 FROM sync_errors
           WHERE shop_id = $1 AND resolved_at IS NULL AND code <> ALL ($3) LIMIT $2) AS capped`,
    [shopId, ERRORS_MAX, DUTIES],
  );
  const count = Number(rows[0]?.count ?? 0);
  return { count, isMore: count >= ERRORS_MAX };
}
