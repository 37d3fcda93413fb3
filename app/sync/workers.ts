// Workers that are alive, by their own word: each writes a row and renews it every few seconds, by the database's clock,
// so that machines need not agree on the time. Who was killed says nothing any more, and the others remove its row.
import { hostname } from "node:os";
import { pool } from "#app/db.server.ts";

export const BEAT_MS = 5_000;
/** Three beats may be late, by a slow database or a busy process. */
export const ALIVE_MS = 20_000;
/** Long enough to be seen on a page as the one that has gone. */
const KEPT_MS = 10 * 60_000;

export interface WorkerRow {
  readonly id: string;
  readonly version: string;
}

const BEAT = `
  INSERT INTO sync_workers (id, host, pid, version, started_at, beaten_at) VALUES ($1, $2, $3, $4, now(), now())
  ON CONFLICT (id) DO UPDATE SET beaten_at = now()`;

/** Says that this worker is alive, and removes those that have long been silent. */
export async function beat({ id, version }: WorkerRow): Promise<void> {
  await pool.query(BEAT, [id, hostname(), process.pid, version]);
  await pool.query("DELETE FROM sync_workers WHERE beaten_at < now() - $1::int8 * interval '1 millisecond'", [
    KEPT_MS,
  ]);
}

/** It stops in order: its row goes at once. */
export async function leave(id: string): Promise<void> {
  await pool.query("DELETE FROM sync_workers WHERE id = $1", [id]);
}
