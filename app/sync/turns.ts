// Whether a step that has had its time may go on. Steps are short so that a worker's few places are shared, and so that what a
// person says takes hold: where nobody waits and nothing was said, ending only means to begin again.
import { pool } from "#app/db.server.ts";
import { notHeld } from "#app/sync/holds-ask.ts";
import { STEP_MS_MAX, isTimeUp } from "#app/sync/runs-step.ts";
import type { Step } from "#app/sync/runs-step.ts";
import type { Run } from "#app/sync/runs.ts";

/** Of a step that goes on; the queue takes one of 300 s for dead. */
const LONG_STEP_MS_MAX = 120_000;

/** Asked where a step could well end: at a stored cursor, a few seconds from the next one. */
export async function mayGoOn({ id, shopId }: Run, step: Step): Promise<boolean> {
  const now = step.now();
  const end = step.until.getTime() + LONG_STEP_MS_MAX - STEP_MS_MAX;
  if (step.signal.aborted || now.getTime() >= end) return false;
  const { rows } = await pool.query<{ isFree: boolean; isAlone: boolean }>(
    `SELECT ${notHeld("$1::int", "runs")} AS "isFree",
       NOT EXISTS (SELECT FROM sync_runs r WHERE id <> $2 AND state IN ('queued', 'running') AND stepping_at IS NULL
         AND (due_at IS NULL OR due_at <= $3) AND ${notHeld("r.shop_id", "runs")}) AS "isAlone"`,
    [shopId, String(id), now],
  );
  const { isFree, isAlone } = rows[0]!;
  return isFree && (isAlone || !isTimeUp(step));
}
