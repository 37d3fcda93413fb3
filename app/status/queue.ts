// The queues of one shop as people look at them: what waits and for how long, how fast it comes and goes, what fails,
// who works, and what happens next. Reads only, and only this shop's own rows; of what shops share, only that it lives.
import { pool } from "#app/db.server.ts";
import { SCHEDULES } from "#app/sync/jobs.ts";
import { dayOf, startOfDay } from "#app/sync/days.ts";
import { HELD_QUEUES } from "#app/sync/holds-ask.ts";
import { DEPTHS, DEPTH_MAX } from "#app/sync/samples.ts";
import { ALIVE_MS } from "#app/sync/workers.ts";
import { RUN_COLUMNS, runView } from "#app/status/runs.ts";
import type { RunRow, RunView } from "#app/status/runs.ts";
import type { HeldQueue } from "#app/sync/holds-ask.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Rates are of the last minutes, long enough to be steady and short enough to be now. */
const RATE_MINUTES = 5;
const RUNS_MAX = 50;
const NEXT_MAX = 50;

export interface Count {
  readonly count: number;
  /** There are at least so many. */
  readonly isMore: boolean;
}

export interface QueueView {
  readonly queue: HeldQueue;
  /** Null where it has no rows that wait: editions are looked at when something changed. */
  readonly waiting: Count | null;
  readonly oldestAt: Date | null;
  /** A minute, of the last five; null where it is not measured. */
  readonly inPerMinute: number | null;
  readonly outPerMinute: number | null;
  /** Wait for another attempt after a failure. */
  readonly retrying: Count;
  /** Set aside, failed since yesterday, or not proven: what a person should look at. */
  readonly failed: Count;
  readonly held: { readonly by: string; readonly at: Date } | null;
}

export interface WorkerView {
  readonly id: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly beatenAt: Date;
  readonly isAlive: boolean;
  /** Only where the shop has the database to itself. */
  readonly where: { readonly host: string; readonly pid: number } | null;
}

export interface NextView {
  /** `catch_up` of a resource, `hole` of one, `minute`, `watch`, `prune` of everything. */
  readonly what: "catch_up" | "hole" | (typeof SCHEDULES)[number]["name"];
  readonly resource: string | null;
  readonly at: Date;
  /** It comes again after so long; null where it does not. */
  readonly everyMs: number | null;
}

export interface QueueStatus {
  readonly at: Date;
  readonly queues: readonly QueueView[];
  /** Runs that failed are counted from the beginning of this day, yesterday in the shop's zone. */
  readonly failedFrom: string;
  readonly runs: readonly RunView[];
  readonly workers: readonly WorkerView[];
  readonly next: readonly NextView[];
}

export interface QueueShop {
  readonly id: number;
  readonly domain: string;
  readonly timeZone?: string | null;
}

export async function readQueueStatus(shop: QueueShop, now: Date): Promise<QueueStatus> {
  const zone = shop.timeZone ?? "UTC";
  const failedSince = startOfDay(dayOf(now, zone), zone, -1);
  const [queues, runs, workers, next] = await Promise.all([
    readQueues(shop, failedSince, now),
    readRuns(shop.id),
    readWorkers(),
    readNext(shop.id, now),
  ]);
  return { at: now, queues, failedFrom: dayOf(failedSince, zone), runs, workers, next };
}

async function readQueues(
  { id, domain }: QueueShop,
  failedSince: Date,
  now: Date,
): Promise<readonly QueueView[]> {
  const values = [id, domain, DEPTH_MAX, now];
  const [depths, troubles, holds, rates] = await Promise.all([
    pool.query<{ queue: string; depth: number; oldest: Date | null }>(DEPTHS, values),
    pool.query<{ queue: string; retrying: number; failed: number }>(TROUBLES, [
      id,
      domain,
      DEPTH_MAX,
      failedSince,
    ]),
    pool.query<{ queue: string; held_by: string; held_at: Date }>(
      "SELECT queue, held_by, held_at FROM sync_holds WHERE shop_id = $1",
      [id],
    ),
    readRates(id, now),
  ]);
  return HELD_QUEUES.map((queue) => {
    const depth = depths.rows.find((row) => row.queue === queue);
    const trouble = troubles.rows.find((row) => row.queue === queue);
    const hold = holds.rows.find((row) => row.queue === queue);
    const rate = rates.get(queue);
    return {
      queue,
      waiting: depth ? counted(depth.depth) : null,
      oldestAt: depth?.oldest ?? null,
      inPerMinute: rate?.in ?? null,
      outPerMinute: rate?.out ?? null,
      retrying: counted(trouble?.retrying ?? 0),
      failed: counted(trouble?.failed ?? 0),
      held: hold ? { by: hold.held_by, at: hold.held_at } : null,
    };
  });
}

function counted(count: number): Count {
  return { count, isMore: count >= DEPTH_MAX };
}

export const TROUBLES = `
  SELECT 'deliveries' AS queue,
    (SELECT count(*)::int FROM (SELECT FROM sync_deliveries
       WHERE shop_domain = $2 AND state = 'received' AND attempts > 0 LIMIT $3) r) AS retrying,
    (SELECT count(*)::int FROM (SELECT FROM sync_deliveries WHERE shop_domain = $2 AND state = 'parked' LIMIT $3) p) AS failed
  UNION ALL
  SELECT 'confirmations',
    (SELECT count(*)::int FROM (SELECT FROM sync_confirmations WHERE shop_id = $1 AND attempts > 0 LIMIT $3) r), 0
  UNION ALL
  SELECT 'runs', 0,
    (SELECT count(*)::int FROM (SELECT FROM sync_runs
       WHERE shop_id = $1 AND state = 'failed' AND created_at >= $4 LIMIT $3) f)
  UNION ALL
  SELECT 'catch_up', 0, (SELECT count(*)::int FROM sync_holes WHERE shop_id = $1 AND closed_at IS NULL)
  UNION ALL
  SELECT 'editions', 0,
    (SELECT count(*)::int FROM (SELECT FROM editions
       WHERE shop_id = $1 AND problem IS NOT NULL AND ended_at IS NULL LIMIT $3) e)`;

interface Rate {
  readonly in: number | null;
  readonly out: number | null;
}

async function readRates(shopId: number, now: Date): Promise<ReadonlyMap<string, Rate>> {
  const since = new Date(now.getTime() - RATE_MINUTES * MINUTE_MS);
  const [figures, runs] = await Promise.all([
    pool.query<{ name: string; sum: number }>(
      `SELECT name, sum(sum)::float8 AS sum FROM sync_metrics
       WHERE shop_id = $1 AND step = 60 AND name = ANY ($2) AND at > $3 AND label NOT LIKE '% retried' GROUP BY name`,
      [shopId, ["received", "deliveries", "confirmed"], since],
    ),
    pool.query<{ begun: number; ended: number }>(
      `SELECT (count(*) FILTER (WHERE created_at > $2))::int AS begun,
              (count(*) FILTER (WHERE ended_at > $2))::int AS ended
       FROM sync_runs WHERE shop_id = $1 AND created_at > $3`,
      [shopId, since, new Date(now.getTime() - DAY_MS)],
    ),
  ]);
  const perMinute = (name: string) =>
    (figures.rows.find((row) => row.name === name)?.sum ?? 0) / RATE_MINUTES;
  const { begun = 0, ended = 0 } = runs.rows[0] ?? {};
  return new Map([
    ["deliveries", { in: perMinute("received"), out: perMinute("deliveries") }],
    ["confirmations", { in: null, out: perMinute("confirmed") }],
    ["runs", { in: begun / RATE_MINUTES, out: ended / RATE_MINUTES }],
  ]);
}

/** All that are under way, the oldest first. */
async function readRuns(shopId: number): Promise<readonly RunView[]> {
  const { rows } = await pool.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM sync_runs
     WHERE shop_id = $1 AND state IN ('queued', 'running', 'paused') ORDER BY id LIMIT $2`,
    [shopId, RUNS_MAX],
  );
  return rows.map(runView);
}

// Age by the database's clock, which the beats were written by.
async function readWorkers(): Promise<readonly WorkerView[]> {
  const { rows } = await pool.query<{
    id: string;
    host: string;
    pid: number;
    version: string;
    started_at: Date;
    beaten_at: Date;
    silent_ms: number;
    is_alone: boolean;
  }>(
    `SELECT id, host, pid, version, started_at, beaten_at,
            (extract(epoch FROM now() - beaten_at) * 1000)::float8 AS silent_ms,
            (SELECT count(*) <= 1 FROM shops) AS is_alone
     FROM sync_workers ORDER BY started_at`,
  );
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    startedAt: row.started_at,
    beatenAt: row.beaten_at,
    isAlive: row.silent_ms <= ALIVE_MS,
    where: row.is_alone ? { host: row.host, pid: row.pid } : null,
  }));
}

async function readNext(shopId: number, now: Date): Promise<readonly NextView[]> {
  const { rows } = await pool.query<{ what: "catch_up" | "hole"; resource: string; at: Date }>(
    `SELECT 'catch_up' AS what, resource, due_at AS at FROM sync_cursors WHERE shop_id = $1
     UNION ALL
     SELECT 'hole', resource, next_attempt_at FROM sync_holes WHERE shop_id = $1 AND closed_at IS NULL
     ORDER BY at LIMIT $2`,
    [shopId, NEXT_MAX],
  );
  const own = rows.map((row): NextView => ({ ...row, everyMs: null }));
  const shared = SCHEDULES.map((schedule): NextView => ({
    what: schedule.name,
    resource: null,
    at: nextOf(schedule, now),
    everyMs: schedule.everyMinutes * MINUTE_MS,
  }));
  return [...own, ...shared].sort((a, b) => a.at.getTime() - b.at.getTime());
}

function nextOf({ everyMinutes, atMinute }: (typeof SCHEDULES)[number], now: Date): Date {
  const every = everyMinutes * MINUTE_MS;
  const offset = atMinute * MINUTE_MS;
  return new Date((Math.floor((now.getTime() - offset) / every) + 1) * every + offset);
}
