// How often a full sync of one resource may be asked for, whoever asks: the pages, the API. Full syncs of a whole store
// are dear, and changes keep arriving by webhook meanwhile.
import { isDeepStrictEqual } from "node:util";
import { pool } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { isOn } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import { resumeRun } from "#app/sync/runs.ts";
import { checkRequest, requestSync } from "#app/sync/targeted.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Plan } from "#app/sync/plan.ts";
import type { Created, Run, RunRequest } from "#app/sync/runs.ts";

export type Asked =
  /**
   * `already`: the run that does what was asked for was active, and is the answer, to a second press too. `busy`: the
   * run that is active does something else, and nothing was started.
   */
  | { readonly outcome: "started" | "already" | "busy"; readonly run: Run }
  | { readonly outcome: "too_soon"; readonly retryAt: Date }
  /** The shop's rules leave the resource out. */
  | { readonly outcome: "off" };

/**
 * Starts what a person or an app asks for, unless a full sync was started too short a time ago.
 * @throws RangeError as requestSync.
 */
export async function askSync(
  shopId: number,
  resource: ResourceName,
  request: RunRequest,
  startedBy: string,
  now: Date,
  plan: Plan | null = null,
): Promise<Asked> {
  const retryAt = request.mode === "full" ? await nextFullSyncAt(shopId, resource, now) : null;
  if (retryAt) return { outcome: "too_soon", retryAt };
  if (!isOn(await readRules(shopId), resource)) return { outcome: "off" };
  return answerTo(request, await requestSync(shopId, resource, request, startedBy, now, plan));
}

/** What became of a wish: an active run is the answer to it only where it does just that. */
export function answerTo(wanted: RunRequest, { run, isNew }: Created): Extract<Asked, { run: Run }> {
  if (isNew) return { outcome: "started", run };
  const asked = checkRequest(run.resource, wanted);
  // A full sync brings the same whichever way it goes.
  const isSame = asked.mode === "full" ? run.request.mode === "full" : isDeepStrictEqual(run.request, asked);
  return { outcome: isSame ? "already" : "busy", run };
}

/**
 * As askSync, for a person at a page: a run that was paused goes on, since that is what a person means who presses the
 * button again.
 */
export async function askByHand(
  shopId: number,
  resource: ResourceName,
  request: RunRequest,
  startedBy: string,
  now: Date,
  plan: Plan | null = null,
): Promise<Asked> {
  const asked = await askSync(shopId, resource, request, startedBy, now, plan);
  if (asked.outcome !== "already" || asked.run.state !== "paused") return asked;
  const { run } = asked;
  const resumed = await resumeRun(shopId, run.id, now, startedBy);
  return { outcome: resumed === "done" ? "started" : "already", run };
}

/**
 * When the next full sync may be asked for; null when it may be now. One that is active is no obstacle: it is what will
 * be answered. One that failed or was cancelled is none either: starting it again is what one does about it.
 */
export async function nextFullSyncAt(
  shopId: number,
  resource: ResourceName,
  now: Date,
): Promise<Date | null> {
  const { rows } = await pool.query<{ created_at: Date }>(
    `SELECT created_at FROM sync_runs
     WHERE shop_id = $1 AND resource = $2 AND kind = 'backfill' AND state IN ('verified', 'incomplete')
       AND NOT EXISTS (SELECT FROM sync_runs active
                       WHERE active.shop_id = $1 AND active.resource = $2 AND active.kind = 'backfill'
                         AND active.state IN ('queued', 'running', 'paused'))
     ORDER BY id DESC LIMIT 1`,
    [shopId, resource],
  );
  if (!rows[0]) return null;
  const endsAt = new Date(rows[0].created_at.getTime() + env.SYNC_MIN_INTERVAL_SECONDS * 1_000);
  return endsAt > now ? endsAt : null;
}
