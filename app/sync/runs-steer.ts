// What is done to a run while it is active by others than its steps: people hold it, let it go on, call it off; a change of
// the settings and an uninstall call off whatever there is.
import { inTransaction } from "#app/db.server.ts";
import { noteRun } from "#app/sync/run-notes.ts";
import { enterPhase, leavePhase } from "#app/sync/run-phases.ts";
import { AT_ONCE, COLUMNS, announce, fromRow, ring } from "#app/sync/runs-rows.ts";
import { ARROWS } from "#app/sync/runs-states.ts";
import type { PoolClient } from "pg";
import type { ResourceName } from "#app/resources/define.ts";
import type { RunRow } from "#app/sync/runs-rows.ts";
import type { Run } from "#app/sync/runs-states.ts";

/** What became of a person's wish; "impossible" when the state has no such arrow (any more). */
export type Steered = "done" | "impossible" | "unknown";

/** Holds a run; a step under way is rolled back or finishes first. */
export function pauseRun(shopId: number, id: bigint, now: Date, by = "user"): Promise<Steered> {
  return steer(shopId, id, "paused", now, by);
}

/** Lets a paused run go on from its cursor. */
export function resumeRun(shopId: number, id: bigint, now: Date, by = "user"): Promise<Steered> {
  return steer(shopId, id, "queued", now, by);
}

/** Ends a run; what it applied stays. */
export function cancelRun(shopId: number, id: bigint, now: Date, by = "user"): Promise<Steered> {
  return steer(shopId, id, "cancelled", now, by);
}

const STEERED = { paused: "paused", queued: "resumed", cancelled: "cancelled" } as const;

async function steer(
  shopId: number,
  id: bigint,
  to: keyof typeof STEERED,
  now: Date,
  by: string,
): Promise<Steered> {
  return inTransaction(async (client) => {
    const { rows } = await client.query<RunRow>(
      `SELECT ${COLUMNS} FROM sync_runs WHERE shop_id = $1 AND id = $2 FOR UPDATE`,
      [shopId, String(id)],
    );
    const from = rows[0] && fromRow(rows[0]);
    if (!from) return "unknown";
    if (!ARROWS[from.state].includes(to)) return "impossible";
    const ended = ARROWS[to].length === 0 ? now : null;
    // A pause is no time spent.
    const isBegun = from.startedAt !== null;
    const phases =
      to === "queued" && isBegun ? enterPhase(from.phases, from, now) : leavePhase(from.phases, from, now);
    await client.query(
      `UPDATE sync_runs SET state = $2, ended_at = $3, phases = $4, ${AT_ONCE} WHERE id = $1`,
      [String(id), to, ended, JSON.stringify(phases)],
    );
    await noteRun(client, from, STEERED[to], { by }, now);
    // A cancelled run is rung for as well: its operation at Shopify and its staged lines are cleared away.
    await ring(client, String(id));
    await announce(client, shopId);
    return "done";
  });
}

/**
 * Ends what is active of a shop, in the caller's transaction. A step under way is fenced by its run's state: what it read is
 * rolled back.
 * @param resources null for all.
 * @param code why, as an ending has it.
 * @returns the runs as they were.
 */
export async function callOffRuns(
  client: PoolClient,
  shopId: number,
  resources: readonly ResourceName[] | null,
  code: string,
  now: Date,
): Promise<readonly Run[]> {
  const { rows } = await client.query<RunRow>(
    `SELECT ${COLUMNS} FROM sync_runs
     WHERE shop_id = $1 AND ($2::text[] IS NULL OR resource = ANY ($2)) AND state IN ('queued', 'running', 'paused')
     ORDER BY id FOR UPDATE`,
    [shopId, resources],
  );
  const runs = rows.map(fromRow);
  for (const run of runs) {
    await client.query(
      "UPDATE sync_runs SET state = 'cancelled', error_code = $2, ended_at = $3, phases = $4 WHERE id = $1",
      [String(run.id), code, now, JSON.stringify(leavePhase(run.phases, run, now))],
    );
    await noteRun(client, run, "ended", { state: "cancelled", code }, now);
    // What it had staged must be cleared away.
    await ring(client, String(run.id));
  }
  return runs;
}
