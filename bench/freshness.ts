// bench freshness: how old the mirror is. Orders change in the store at a steady rate; each change's webhook is signed,
// sent over HTTP, stored and applied, all on this machine. PostgreSQL's own commit times say when the mirror row was
// there, the HTTP client when a delivery's last byte was handed over to the network, the sandbox when it began to send and
// when the change was made. BENCH_RATES and BENCH_SECONDS ask for less.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { updateOrder } from "#sandbox/store/acts/orders.ts";
import { percentile, under, type Bench, type Figure } from "./figures.ts";
import { wait } from "./processes.ts";
import { startStack, untilCalm, type Stack } from "./stack.ts";

/** Changes per second. */
const RATES = (process.env.BENCH_RATES ?? "10,100,500").split(",").map(Number);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 15);
const ORDERS = 1_000;
/** The rate that the goals are set for. */
const JUDGED = 100;
const YARDSTICK_MS = 100;
const LEVEL_MS_MAX = 120_000;

interface Level {
  /** Changes made a second; less than was asked for when the store could not keep up. */
  made: number;
  /** Milliseconds from when the delivery was there, whether or not the door had time for it, to the commit of the row. */
  sinceArrived: number[];
  /** Milliseconds from when the sandbox began to send, which takes its own time, to the commit of the row. */
  sinceSent: number[];
  /** Milliseconds from when the door stored the delivery to the commit of the row. */
  sinceStored: number[];
  /** Milliseconds from the change to the commit of the row. */
  sinceChange: number[];
  /** Milliseconds of an empty statement on a connection of its own meanwhile: what the machine makes of any statement. */
  emptyStatements: number[];
  /** Cores that each process was busy on, on the average. */
  cores: readonly (readonly [name: string, cores: number])[];
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

async function run({ sandbox, database, processor }: Stack, rate: number): Promise<Level> {
  await untilCalm(database);
  await database.query("TRUNCATE sync_deliveries");
  const sentAt = new Map<string, number>();
  const unwatch = sandbox.webhooks.log.watch(({ webhookId, topic, attempts }) => {
    const first = attempts[0];
    if (topic === "orders/updated" && first) sentAt.set(webhookId, Date.parse(first.at));
  });
  const arrivals = watchArrivals();
  const yardstick = measureEmptyStatements(database);
  const ids = sandbox.store.list("orders").map(({ id }) => id);
  const takenBefore = processor();
  const startedAt = performance.now();
  let made = 0;
  for (; performance.now() - startedAt < SECONDS * 1_000; made++) {
    updateOrder(sandbox.store, ids[made % ids.length]!, { note: `change ${made} at ${rate}/s` });
    await wait(startedAt + ((made + 1) / rate) * 1_000 - performance.now());
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const cores = Object.entries(processor()).map(([name, ms]) => {
    return [name, (ms - takenBefore[name as keyof typeof takenBefore]) / 1_000 / seconds] as const;
  });
  await Promise.race([sandbox.webhooks.idle(), wait(LEVEL_MS_MAX)]);
  const emptyStatements = await yardstick.stop();
  await untilCalm(database);
  unwatch();
  const arrivedAt = arrivals.stop();
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
    sinceArrived: rows.map(({ webhook_id, committed }) => committed - arrivedAt.get(webhook_id)!),
    sinceSent: rows.map(({ webhook_id, committed }) => committed - sentAt.get(webhook_id)!),
    sinceStored: rows.map(({ stored, committed }) => committed - stored),
    sinceChange: rows.map(({ triggered, committed }) => committed - triggered),
    emptyStatements,
    cores,
  };
}

const SENT = "undici:request:bodySent";

/** Webhook id → when its last byte was handed over, which on this machine is when it has arrived. */
function watchArrivals() {
  const arrivedAt = new Map<string, number>();
  const onSent = (message: unknown) => {
    const { headers } = (message as { request: { headers: string | readonly string[] } }).request;
    const text = typeof headers === "string" ? headers : headers.join("\n");
    const [, id] = /x-shopify-webhook-id[:\s]+(\S+)/i.exec(text) ?? [];
    if (id !== undefined && !arrivedAt.has(id)) arrivedAt.set(id, performance.timeOrigin + performance.now());
  };
  subscribe(SENT, onSent);
  return {
    stop() {
      unsubscribe(SENT, onSent);
      return arrivedAt;
    },
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
  for (const [rate, level] of levels) {
    const label = (what: string) => `at ${rate}/s: ${what}`;
    const times = (what: string, of: readonly number[], ...shares: readonly number[]): Figure[] => {
      return shares.map((share) => {
        return { label: label(`${what}, p${share * 100}`), value: percentile(of, share), unit: "ms" };
      });
    };
    figures.push(
      { label: label("changes made"), value: level.made, unit: "/s" },
      ...times("delivery arrived to row committed", level.sinceArrived, 0.5, 0.99),
      ...times("delivery stored to row committed", level.sinceStored, 0.5),
      ...times("sandbox begins to send to row committed", level.sinceSent, 0.5, 0.99),
      ...times("change made to row committed", level.sinceChange, 0.5, 0.99),
      ...times("an empty statement of the sandbox's process meanwhile", level.emptyStatements, 0.5),
      ...level.cores.map(([name, value]): Figure => {
        return { label: label(`${name} is busy on`), value, unit: "cores" };
      }),
    );
  }
  const judged = levels.get(JUDGED)?.sinceArrived;
  return {
    figures,
    goals: judged
      ? [
          under(
            `p50 from the delivery's arrival to the row at ${JUDGED}/s`,
            percentile(judged, 0.5),
            25,
            "ms",
          ),
          under(
            `p99 from the delivery's arrival to the row at ${JUDGED}/s`,
            percentile(judged, 0.99),
            250,
            "ms",
          ),
        ]
      : [],
  };
}
