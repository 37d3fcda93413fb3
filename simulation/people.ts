// People at the app while the store lives: they start runs of every kind, hold them, let them go on and call them off.
import { Chance } from "#sandbox/store/chance.ts";
import { resources } from "#app/resources/index.ts";
import { cancelRun, pauseRun, resumeRun, startBackfills } from "#app/sync/runs.ts";
import { later } from "#app/sync/catch-up-due.ts";
import { requestSync } from "#app/sync/targeted.ts";
import { isPassing } from "#app/db.server.ts";
import { Transient } from "#app/shopify/errors.ts";
import { execute } from "./postgres.ts";
import type { Scheduler } from "./scheduler.ts";
import type { ShopSide } from "./shop.ts";

export interface PeopleOptions {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly shop: ShopSide;
  readonly shopId: number;
  readonly until: number;
  readonly trace: (line: string) => void;
}

export function startPeople({ seed, scheduler, shop, shopId, until, trace }: PeopleOptions): void {
  const chance = new Chance(`${seed}/people`);

  async function wish(): Promise<string> {
    const now = new Date();
    const orders = shop.store.list("orders");
    const since = new Date(scheduler.nowMs - chance.whole(10_000, 600_000)).toISOString();
    switch (chance.pick(["backfill", "gap", "bulk", "since", "ids", "names", "steer", "steer", "steer"])) {
      case "backfill": {
        // All of them are a third of a life's work.
        if (chance.happens(0.3)) return `${(await startBackfills(shopId, "user:1", now)).length} backfills`;
        const { name } = chance.pick(resources);
        await requestSync(shopId, name, { mode: "full" }, "user:1", now);
        return `a backfill of ${name}`;
      }
      case "gap":
        await later.catchUp(shopId, null, "gap", now);
        return "a catch-up";
      // Stores as small as these are sooner read by pages: somebody has to insist.
      case "bulk":
        await requestSync(
          shopId,
          chance.pick(["orders", "products", "customers"]),
          { mode: "full", way: "bulk" },
          "user:1",
          now,
        );
        return "a bulk operation";
      case "since":
        await requestSync(
          shopId,
          chance.pick(["orders", "products"]),
          { mode: "since", since },
          "user:1",
          now,
        );
        return `what changed since ${since}`;
      case "ids": {
        const ids = chance.sample(orders, Math.min(orders.length, chance.whole(1, 20))).map(({ id }) => id);
        if (ids.length > 0) await requestSync(shopId, "orders", { mode: "ids", ids }, "api", now);
        return `${ids.length} orders by id`;
      }
      case "names": {
        const names = chance.sample(orders, Math.min(orders.length, 3)).map(({ name }) => name);
        if (names.length > 0) await requestSync(shopId, "orders", { mode: "names", names }, "api", now);
        return `${names.length} orders by name`;
      }
      default:
        return steer();
    }
  }

  async function steer(): Promise<string> {
    const { rows } = await execute<{ id: string }>(
      "SELECT id FROM sync_runs WHERE state IN ('queued', 'running', 'paused') ORDER BY id",
    );
    if (rows.length === 0) return "nothing";
    const id = BigInt(chance.pick(rows).id);
    const act = chance.pick([pauseRun, resumeRun, resumeRun, cancelRun]);
    return `${act.name} ${id}: ${await act(shopId, id, new Date())}`;
  }

  scheduler.spawn("people", "people", async () => {
    while (scheduler.nowMs < until) {
      await scheduler.sleep(chance.whole(1_000, 40_000));
      try {
        trace(`people: ${await wish()}`);
      } catch (error) {
        if (!(error instanceof Transient || isPassing(error))) throw error;
        trace(`people: ${(error as Error).message}`);
      }
    }
  });
}

/** At the end nobody is there to let a run go on, not even one that somebody has held at the last moment. */
export async function resumeAll(shopId: number): Promise<void> {
  const { rows } = await execute<{ id: string }>(
    "SELECT id FROM sync_runs WHERE state = 'paused' ORDER BY id",
  );
  for (const { id } of rows) await resumeRun(shopId, BigInt(id), new Date());
}
