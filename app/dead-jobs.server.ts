// Background jobs that failed to the last. They lie in a queue that all shops share, so each is shown and touched only for
// the shop whose work it was; what is no shop's own is the operators' business. The work itself is a row and is rung for
// again by the worker's sweep: a job tried again can only come sooner, and one thrown away loses nothing.
import { pool } from "#app/db.server.ts";
import { queue } from "#app/queue.server.ts";
import { recordAct } from "#app/sync/acts.ts";
import { DEAD } from "#app/sync/jobs.ts";
import type { JobWithMetadata } from "pg-boss";

/** Of all shops together, the oldest first: there should be none. */
const JOBS_MAX = 1_000;

export interface DeadJob {
  readonly id: string;
  /** The queue that it comes from, a code of sync/jobs.ts. */
  readonly from: string;
  readonly at: Date;
  /** What it threw at last. */
  readonly said: string;
}

type Job = JobWithMetadata<{ readonly shopId?: number; readonly runId?: string }>;

export async function readDeadJobs(shopId: number): Promise<readonly DeadJob[]> {
  const jobs = await jobsOf(shopId);
  return jobs.map((job) => ({
    id: job.id,
    from: job.sourceName ?? DEAD,
    at: job.sourceCreatedOn ?? job.createdOn,
    said: wordsIn(job.sourceOutput),
  }));
}

/** Puts the shop's dead jobs back where they came from. @returns how many. */
export async function redriveDeadJobs(shopId: number, actor: string, now: Date): Promise<number> {
  const jobs = await jobsOf(shopId);
  if (jobs.length === 0) return 0;
  const count = await (await queue()).redrive(DEAD, { ids: jobs.map(({ id }) => id), limit: jobs.length });
  if (count > 0) await recordAct(pool, shopId, { act: "jobs_redriven", actor, count, detail: {} }, now);
  return count;
}

/** Throws the shop's dead jobs away. @returns how many. */
export async function discardDeadJobs(shopId: number, actor: string, now: Date): Promise<number> {
  const jobs = await jobsOf(shopId);
  if (jobs.length === 0) return 0;
  await (
    await queue()
  ).deleteJob(
    DEAD,
    jobs.map(({ id }) => id),
  );
  const count = jobs.length;
  await recordAct(pool, shopId, { act: "jobs_discarded", actor, count, detail: {} }, now);
  return count;
}

async function jobsOf(shopId: number): Promise<readonly Job[]> {
  const boss = await queue();
  const jobs = (await boss.findJobs(DEAD, { queued: true, limit: JOBS_MAX })) as Job[];
  if (jobs.length === 0) return [];
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM sync_runs WHERE shop_id = $1 AND id = ANY ($2::int8[])",
    [shopId, jobs.flatMap(({ data }) => data?.runId ?? [])],
  );
  const runs = new Set(rows.map(({ id }) => id));
  return jobs.filter(
    ({ data }) => data?.shopId === shopId || (data?.runId !== undefined && runs.has(data.runId)),
  );
}

function wordsIn(output: unknown): string {
  const message: unknown =
    typeof output === "object" && output !== null ? Reflect.get(output, "message") : null;
  return typeof message === "string" ? message : "";
}
