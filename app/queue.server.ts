// The queue: pg-boss on the same PostgreSQL, with connections of its own, so that a busy pool cannot keep it from
// claiming and a pool of it that breaks breaks nothing else.
import type { PgBoss } from "pg-boss";
import { env } from "#app/env.server.ts";
import { log } from "#app/observe.server.ts";
import { QUEUES } from "#app/sync/jobs.ts";

const CONNECTIONS_MAX = 4;
/** How often pg-boss looks for jobs whose worker is dead; with the heartbeat, they are free again within 15 s. */
const SUPERVISE_SECONDS = 5;
/** What may still be under way when the queue is asked to stop. */
const STOP_MS_MAX = 8_000;

let started: Promise<PgBoss> | undefined;

/** The started queue of this process. Rejects while the database is away; the next call tries again. */
export function queue(): Promise<PgBoss> {
  started ??= start().catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return started;
}

/** Lets running jobs finish for some seconds, then closes its connections. */
export async function stopQueue(): Promise<void> {
  const boss = await started?.catch(() => undefined);
  started = undefined;
  await boss?.stop({ graceful: true, close: true, timeout: STOP_MS_MAX });
}

async function start(): Promise<PgBoss> {
  // Loaded when it is wanted: deliveries are settled without it, and a worker looks at those first.
  const library = await import("pg-boss");
  const boss = new library.PgBoss({
    connectionString: env.DATABASE_URL,
    application_name: "counterfoil queue",
    max: CONNECTIONS_MAX,
    useListenNotify: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  // Without a listener an error would end the process. pg-boss goes on by itself once PostgreSQL is back.
  boss.on("error", (error) => log.warn({ err: error }, "the queue met an error"));
  boss.on("warning", (warning) => log.info({ warning }, "the queue warns"));
  try {
    await boss.start();
    for (const { name, ...options } of QUEUES) await boss.createQueue(name, options);
    return boss;
  } catch (error) {
    await boss.stop({ graceful: false, close: true }).catch(() => {});
    throw error;
  }
}
