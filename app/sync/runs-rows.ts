// The sync_runs rows as the code sees them, and the bells that ring when one of them changes. Who may change what is
// runs.ts's and runs-steer.ts's.
import type { PoolClient } from "pg";
import type { ResourceName } from "#app/resources/define.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Phases } from "#app/sync/run-phases.ts";
import type { Progress, Run, RunKind, RunRequest, RunState } from "#app/sync/runs-states.ts";

export interface RunRow {
  id: string;
  shop_id: number;
  resource: ResourceName;
  kind: RunKind;
  state: RunState;
  started_by: string;
  request: RunRequest;
  progress: Partial<Progress>;
  total: number | null;
  done: number;
  rejected: number;
  cost: number;
  error_code: string | null;
  error_detail: string | null;
  started_at: Date | null;
  due_at: Date | null;
  plan: Plan | null;
  phases: Phases;
}

export const COLUMNS = `id, shop_id, resource, kind, state, started_by, request, progress, total, done, rejected, cost,
  error_code, error_detail, started_at, due_at, plan, phases`;

/** In an update: the next step waits for nothing, nor for what a step that is under way may think of it. */
export const AT_ONCE = "due_at = NULL, stepping_at = NULL";

/** Channel on which workers hear of runs that can take a step; the payload is the run's id. */
export const RUNS_CHANNEL = "counterfoil_runs";

/** Rings for a step of this run, at commit. */
/** Whatever the rows say is to be done is looked for at once. */
export async function ringForAll(client: PoolClient): Promise<void> {
  await client.query("SELECT pg_notify($1, '')", [RUNS_CHANNEL]);
}

export async function ring(client: PoolClient, id: string): Promise<void> {
  await client.query("SELECT pg_notify($1, $2)", [RUNS_CHANNEL, id]);
}

/** Tells open pages of the shop; at commit, and once per transaction. */
export async function announce(client: PoolClient, shopId: number): Promise<void> {
  await client.query("SELECT pg_notify('counterfoil_changes', $1)", [String(shopId)]);
}

export function fromRow(row: RunRow): Run {
  return {
    id: BigInt(row.id),
    shopId: row.shop_id,
    resource: row.resource,
    kind: row.kind,
    state: row.state,
    startedBy: row.started_by,
    request: row.request,
    progress: { step: 0, phase: "planning", ...row.progress },
    total: row.total,
    done: row.done,
    rejected: row.rejected,
    cost: row.cost,
    errorCode: row.error_code,
    errorDetail: row.error_detail,
    startedAt: row.started_at,
    dueAt: row.due_at,
    plan: row.plan,
    phases: row.phases,
  };
}
