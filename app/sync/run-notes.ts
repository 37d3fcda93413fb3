// Notable moments of runs, in codes that the interface has sentences for: the sync_run_notes rows. Bounded: a run keeps
// its first and its latest ones, and what happens again and again is one row with a number.
import type { PoolClient } from "pg";
import { pool } from "#app/db.server.ts";
import { storable } from "#app/sync/stored-forms.ts";

/** Of one run, kept from its beginning and from its end; what lies between them is dropped as more comes. */
const FIRST_MAX = 50;
const LATEST_MAX = 150;

export type NoteCode =
  /** A way was chosen: { way, count, durationMs }. */
  | "planned"
  /** { operation }; its id at Shopify. */
  | "bulk_started"
  /** { operation, objects }. */
  | "bulk_ended"
  /** { operation, code }. */
  | "bulk_failed"
  /** Shopify writes no file of it, so it is read by pages: { code, detail }. */
  | "bulk_refused"
  /** { bytes, lines }. */
  | "file_read"
  /** One operation became two: { parts }. */
  | "split"
  /** The newest records come first: { since }. */
  | "newest_first"
  /** A part of several is whole: { records, left }. */
  | "part_ended"
  /** Every slot at Shopify is taken, or Shopify asked to wait: { seconds, detail }. */
  | "waits"
  /** { seconds, detail }. */
  | "retried"
  /** The step before this one died. */
  | "taken_up"
  /** { detail }. */
  | "crashed"
  /** A window moved while it was read and is read again: { from, until }. */
  | "window_again"
  /** { from, until }. */
  | "hole"
  /** { by }. */
  | "paused"
  | "resumed"
  | "cancelled"
  /** It goes on where an earlier run ended: { run }. */
  | "goes_on"
  /** { state, code }. */
  | "ended";

export type NoteDetail = Readonly<Record<string, string | number | null>>;

/** A note is a line. */
const NOTE_CHARS_MAX = 200;

/** Somebody else's words, fit for a note. */
export function shortened(words: string): string {
  return storable(words, NOTE_CHARS_MAX);
}

interface Noted {
  readonly shopId: number;
  readonly id: bigint;
}

/** Adds a note, in the caller's transaction where there is one. The same code right after itself is counted instead. */
export async function noteRun(
  client: Pick<PoolClient, "query"> | null,
  { shopId, id }: Noted,
  code: NoteCode,
  detail: NoteDetail,
  now: Date,
): Promise<void> {
  await (client ?? pool).query(ADD, [shopId, String(id), code, JSON.stringify(detail), now]);
}

// Of two writers one row wins; what the other one had to say is no matter of life and death.
const ADD = `
  WITH last AS (
    SELECT seq, code FROM sync_run_notes WHERE shop_id = $1 AND run_id = $2 ORDER BY seq DESC LIMIT 1
  ), again AS (
    UPDATE sync_run_notes n SET times = times + 1, last_at = $5, detail = $4
    FROM last WHERE n.shop_id = $1 AND n.run_id = $2 AND n.seq = last.seq AND last.code = $3 RETURNING n.seq
  ), dropped AS (
    DELETE FROM sync_run_notes n USING last
    WHERE n.shop_id = $1 AND n.run_id = $2 AND n.seq = last.seq + 1 - ${LATEST_MAX} AND n.seq > ${FIRST_MAX}
      AND NOT EXISTS (SELECT FROM again)
  )
  INSERT INTO sync_run_notes (shop_id, run_id, seq, at, last_at, code, detail)
  SELECT $1, $2, coalesce((SELECT seq FROM last), 0) + 1, $5, $5, $3, $4
  WHERE NOT EXISTS (SELECT FROM again)
  ON CONFLICT DO NOTHING`;
