// What was done to webhooks and queues, by people and by the watch, newest first. Reads only; the words are in app/texts.
import { pool } from "#app/db.server.ts";
import type { ActCode } from "#app/sync/acts.ts";

export interface ActView {
  /** Decimal. */
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: string;
  readonly count: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

const ONLY_OF_QUEUES: readonly ActCode[] = [
  "queue_paused",
  "queue_resumed",
  "queue_hurried",
  "run_paused",
  "run_resumed",
  "run_cancelled",
  "run_retried",
  "jobs_redriven",
  "jobs_discarded",
];

export async function readActs(
  shopId: number,
  actsMax: number,
  about: "webhooks" | "queues" = "webhooks",
): Promise<readonly ActView[]> {
  const { rows } = await pool.query<ActView>(
    `SELECT id, at, actor, act, count, detail FROM sync_acts
     WHERE shop_id = $1 AND (act = ANY ($3)) = $4 ORDER BY id DESC LIMIT $2`,
    [
      shopId,
      actsMax,
      about === "queues" ? [...ONLY_OF_QUEUES, "replayed"] : ONLY_OF_QUEUES,
      about === "queues",
    ],
  );
  return rows;
}
