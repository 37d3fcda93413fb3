// bench freshness: how old the mirror is. Orders change in the store at a steady rate; each change's webhook is signed,
// sent over HTTP, stored and applied, all on this machine. PostgreSQL's own commit times say when the mirror row was
// there, the sandbox says when the change was made and when its delivery set out.
import { updateOrder } from "#sandbox/store/acts/orders.ts";
import { percentile, under, type Bench, type Figure } from "./figures.ts";
import { wait } from "./processes.ts";
import { startStack, untilCalm, type Stack } from "./stack.ts";

/** Changes per second. */
const RATES = [10, 100, 500] as const;
const SECONDS = 15;
const ORDERS = 1_000;
/** The rate that the goals are set for. */
const JUDGED = 100;
const YARDSTICK_MS = 100;
const LEVEL_MS_MAX = 120_000;

interface Level {
  /** Changes made a second; less than was asked for when the store could not keep up. */
  made: number;
  /** Milliseconds from the delivery's departure to the commit of the row. */
  sinceSent: number[];
  /** Milliseconds from when the door stored the delivery to the commit of the row. */
  sinceStored: number[];
  /** Milliseconds from the change to the commit of the row. */
  sinceChange: number[];
  /** Milliseconds of an empty statement on a connection of its own meanwhile: what the machine makes of any statement. */
  emptyStatements: number[];
}

export const bench: Bench = async () => {
  const stack = await startStack("freshness", { orders: ORDERS, products: 60, plan: "enterprise" });
  try {
    await untilCalm(stack.database);
    // Prepared statements, caches, compiled code.
    await run(stack, 50);
    const levels = new Map<number, Level>();
    for (const rate of RATES) levels.set(rate, await run(stack, rate));
    return resultOf(levels);
  } finally {
    await stack.stop();
  }
};

async function run({ sandbox, database }: Stack, rate: number): Promise<Level> {
  await untilCalm(database);
  await database.query("TRUNCATE sync_deliveries");
  const sentAt = new Map<string, number>();
  const unwatch = sandbox.webhooks.log.watch(({ webhookId, topic, attempts }) => {
    const first = attempts[0];
    if (topic === "orders/updated" && first) sentAt.set(webhookId, Date.parse(first.at));
  });
  const yardstick = measureEmptyStatements(database);
  const ids = sandbox.store.list("orders").map(({ id }) => id);
  const startedAt = performance.now();
  let made = 0;
  for (; performance.now() - startedAt < SECONDS * 1_000; made++) {
    updateOrder(sandbox.store, ids[made % ids.length]!, { note: `change ${made} at ${rate}/s` });
    await wait(startedAt + ((made + 1) / rate) * 1_000 - performance.now());
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  await Promise.race([sandbox.webhooks.idle(), wait(LEVEL_MS_MAX)]);
  const emptyStatements = await yardstick.stop();
  await untilCalm(database);
  unwatch();
  const { rows } = await database.query<{
    webhook_id: string;
    state: string;
    triggered: number;
    stored: number;
    committed: number;
  }>(
    `SELECT webhook_id, state, extract(epoch FROM triggered_at)::float8 * 1000 AS triggered,
            extract(epoch FROM received_at)::float8 * 1000 AS stored,
            extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS committed
     FROM sync_deliveries WHERE topic = 'orders/updated'`,
  );
  const lost = made - rows.length;
  if (lost !== 0) throw new Error(`${lost} of ${made} changes have no delivery`);
  const astray = rows.filter(({ state }) => state !== "applied" && state !== "superseded");
  if (astray.length > 0) throw new Error(`${astray.length} deliveries ended ${astray[0]!.state}`);
  return {
    made: made / seconds,
    sinceSent: rows.map(({ webhook_id, committed }) => committed - sentAt.get(webhook_id)!),
    sinceStored: rows.map(({ stored, committed }) => committed - stored),
    sinceChange: rows.map(({ triggered, committed }) => committed - triggered),
    emptyStatements,
  };
}

function measureEmptyStatements(database: Stack["database"]) {
  const times: number[] = [];
  let isOver = false;
  const loop = (async () => {
    while (!isOver) {
      const startedAt = performance.now();
      await database.query("SELECT");
      times.push(performance.now() - startedAt);
      await wait(YARDSTICK_MS);
    }
    return times;
  })();
  return {
    stop() {
      isOver = true;
      return loop;
    },
  };
}

function resultOf(levels: ReadonlyMap<number, Level>) {
  const figures: Figure[] = [];
  for (const [rate, { made, sinceSent, sinceStored, sinceChange, emptyStatements }] of levels) {
    const at = `at ${rate}/s`;
    figures.push(
      { label: `${at}: changes made`, value: made, unit: "/s" },
      { label: `${at}: delivery sent to row committed, p50`, value: percentile(sinceSent, 0.5), unit: "ms" },
      { label: `${at}: delivery sent to row committed, p99`, value: percentile(sinceSent, 0.99), unit: "ms" },
      {
        label: `${at}: delivery stored to row committed, p50`,
        value: percentile(sinceStored, 0.5),
        unit: "ms",
      },
      { label: `${at}: change made to row committed, p50`, value: percentile(sinceChange, 0.5), unit: "ms" },
      { label: `${at}: change made to row committed, p99`, value: percentile(sinceChange, 0.99), unit: "ms" },
      {
        label: `${at}: an empty statement meanwhile, p50`,
        value: percentile(emptyStatements, 0.5),
        unit: "ms",
      },
    );
  }
  const judged = levels.get(JUDGED)!.sinceSent;
  return {
    figures,
    goals: [
      under(`p50 from the delivery to the row at ${JUDGED}/s`, percentile(judged, 0.5), 25, "ms"),
      under(`p99 from the delivery to the row at ${JUDGED}/s`, percentile(judged, 0.99), 250, "ms"),
    ],
  };
}
