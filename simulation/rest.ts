// What follows the storm: no more faults, and time until nothing is left to do. Then what was never told must be found: by
// a catch-up, as after a gap, and in some lives by a backfill of everything.
import { inTransaction } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { later } from "#app/sync/catch-up-due.ts";
import { createRun, startBackfills } from "#app/sync/runs.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Courier } from "./courier.ts";
import { resumeAll } from "./people.ts";
import { execute } from "./postgres.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Weather } from "./weather.ts";

/** Virtual time within which everything must have come to rest, retries included. */
const REST_MS_MAX = 2 * 60 * 60_000;
const LOOK_MS = 10_000;

const LEFT_TO_DO = `
  SELECT 'delivery ' || id || ' ' || topic || ' ' || coalesce(detail, '') AS what
  FROM sync_deliveries WHERE state = 'received'
  UNION ALL SELECT 'run ' || id || ' ' || resource || ' ' || state || ' ' || progress::text
  FROM sync_runs WHERE state IN ('queued', 'running', 'paused')
  UNION ALL SELECT 'hole ' || resource || ' ' || reason FROM sync_holes WHERE closed_at IS NULL
  UNION ALL SELECT 'cursor ' || resource FROM sync_cursors WHERE reason IS NOT NULL
  UNION ALL SELECT 'confirmation ' || resource || ' ' || record_key FROM sync_confirmations`;

export interface RestOptions {
  readonly shopId: number;
  readonly scheduler: Scheduler;
  readonly courier: Courier;
  readonly weather: Weather;
  readonly trace: (line: string) => void;
}

export class Rest {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** @throws Error when it does not come to rest. */
  async come(): Promise<void> {
    const { shopId, scheduler, weather, trace } = this.#options;
    trace("calm");
    weather.clear();
    const until = scheduler.nowMs + REST_MS_MAX;
    for (;;) {
      await resumeAll(shopId);
      await scheduler.run(LOOK_MS);
      const left = await this.#leftToDo();
      if (left === "") return;
      if (scheduler.nowMs > until) throw new Error(`never comes to rest: ${left}`);
    }
  }

  /** Whether each resource has been read whole: of one whose first backfill was called off, news tells no more than itself. */
  async isReadWhole(): Promise<boolean> {
    const { rowCount } = await execute(
      "SELECT DISTINCT resource FROM sync_runs WHERE shop_id = $1 AND kind = 'backfill' AND state = 'verified'",
      [this.#options.shopId],
    );
    return rowCount === resources.length;
  }

  async #leftToDo(): Promise<string> {
    const { rows } = await execute<{ what: string }>(LEFT_TO_DO);
    const { pending } = this.#options.courier;
    return [...(pending > 0 ? [`${pending} webhooks`] : []), ...rows.map(({ what }) => what)]
      .slice(0, 5)
      .join("; ");
  }

  /**
   * Finds what no webhook told, as after a gap: changes since the cursors, everything where Shopify has no search by
   * change, and what the holes say. A resource whose first backfill was called off has no cursor and gets another one.
   */
  async catchUp(): Promise<void> {
    const { shopId } = this.#options;
    const { rows } = await execute<{ resource: string }>(
      "SELECT resource FROM sync_cursors WHERE shop_id = $1",
      [shopId],
    );
    const known = new Set(rows.map(({ resource }) => resource));
    for (const { name } of resources) if (!known.has(name)) await startBackfill(shopId, name);
    await later.catchUp(shopId, null, "gap", new Date());
    await this.come();
  }

  /** In calm weather every backfill must prove that it has everything. @returns those that did not. */
  async backfill(): Promise<string[]> {
    const started = await startBackfills(this.#options.shopId, "user:1", new Date());
    await this.come();
    const { rows } = await execute<Record<string, string>>(
      `SELECT resource, state, error_code, error_detail FROM sync_runs
       WHERE id = ANY ($1::int8[]) AND state <> 'verified' ORDER BY id`,
      [started.map(({ run }) => String(run.id))],
    );
    return rows.map((row) => `a calm backfill did not end verified: ${JSON.stringify(row)}`);
  }
}

function startBackfill(shopId: number, resource: ResourceName): Promise<unknown> {
  const wanted = { resource, kind: "backfill", request: { mode: "full" }, startedBy: "user:1" } as const;
  return inTransaction((client) => createRun(client, shopId, wanted, new Date()));
}
