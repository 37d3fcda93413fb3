// Does again what a run that has ended did not bring to a good end.
import { pool } from "#app/db.server.ts";
import { askSync } from "#app/sync/interval.ts";
import type { Asked } from "#app/sync/interval.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { RunRequest, RunState } from "#app/sync/runs.ts";

const RETRIED: readonly RunState[] = ["failed", "incomplete", "cancelled"];

/**
 * A new run with the request of this one; "impossible" while it is active and when it was verified.
 * @throws RangeError when the request is no longer one that the resource knows.
 */
export async function retryRun(
  shopId: number,
  id: bigint,
  startedBy: string,
  now: Date,
): Promise<Asked | { readonly outcome: "impossible" | "unknown" }> {
  const { rows } = await pool.query<{ resource: ResourceName; state: RunState; request: RunRequest }>(
    "SELECT resource, state, request FROM sync_runs WHERE shop_id = $1 AND id = $2",
    [shopId, String(id)],
  );
  const [run] = rows;
  if (!run) return { outcome: "unknown" };
  if (!RETRIED.includes(run.state)) return { outcome: "impossible" };
  return askSync(shopId, run.resource, run.request, startedBy, now);
}
