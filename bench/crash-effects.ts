// What bench/crash.ts judges once all is calm: everything answered 2xx is there and settled, each order is at its newest
// version, and what is counted with each settlement was counted once.
import { TOPIC, type Load } from "./crash-load.ts";
import type { Stack } from "./stack.ts";

export interface Effects {
  /** Answered 2xx, and not in the inbox. */
  readonly lost: number;
  /** Differences between what was settled and what was counted beside it, in the same transactions. */
  readonly doubled: number;
  readonly outdated: number;
  readonly astray: number;
  readonly putOff: number;
}

export async function effectsOf({ database }: Stack, load: Load): Promise<Effects> {
  const stored = await database.query<{ id: string; state: string; attempts: number }>(
    "SELECT webhook_id AS id, state, attempts FROM sync_deliveries WHERE topic = $1",
    [TOPIC],
  );
  const ids = new Set(stored.rows.map(({ id }) => id));
  const lost = [...load.acknowledged].filter((id) => !ids.has(id)).length;
  const { rows: orders } = await database.query<{ id: string; note: string | null }>(
    "SELECT id, note FROM orders WHERE id = ANY ($1)",
    [[...load.newest.keys()]],
  );
  const outdated = orders.filter(({ id, note }) => note !== load.newest.get(id)).length;
  return {
    lost,
    doubled: await miscounted({ database }),
    outdated: outdated + load.newest.size - orders.length,
    astray: stored.rows.filter(({ state }) => state !== "applied" && state !== "superseded").length,
    putOff: stored.rows.filter(({ attempts }) => attempts > 1).length,
  };
}

/** Arrivals, applications and mirrored orders are counted by the transaction that makes them: once, or the sums differ. */
async function miscounted({ database }: Pick<Stack, "database">): Promise<number> {
  const { rows } = await database.query<{ arrived: number; applied: number; mirrored: number }>(
    `SELECT abs((SELECT sum(arrived)::int FROM sync_topic_hours WHERE topic = $1)
                - (SELECT count(*)::int FROM sync_deliveries WHERE topic = $1)) AS arrived,
            abs((SELECT sum(n)::int FROM sync_topic_hours, unnest(delays) AS n WHERE topic = $1)
                - (SELECT count(*)::int FROM sync_deliveries WHERE topic = $1 AND state = 'applied')) AS applied,
            abs((SELECT sum(mirrored)::int FROM sync_resources WHERE resource = 'orders')
                - (SELECT count(*)::int FROM orders)) AS mirrored`,
    [TOPIC],
  );
  const { arrived, applied, mirrored } = rows[0]!;
  return arrived + applied + mirrored;
}
