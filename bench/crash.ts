// bench crash: what a worker or PostgreSQL had in hand when it was killed with -9, under a steady load of webhooks, is
// resumed within seconds, takes effect once, and nothing that was answered 2xx is lost. Real processes: the web server and
// workers, which a supervisor starts again at once: two of them, then one alone. BENCH_KILLS and BENCH_DATABASE_KILLS ask for
// fewer deaths, BENCH_RATE for another load.
// BENCH_BREAK=async-commit is the control that must fail: PostgreSQL then answers before its commits are durable.
import { atLeast, atMost, percentile, type Bench, type Figure } from "./figures.ts";
import { effectsOf } from "./crash-effects.ts";
import { Load } from "./crash-load.ts";
import { Crew } from "./crash-crew.ts";
import { until, wait } from "./processes.ts";
import { startStack, untilCalm, type Stack } from "./stack.ts";

const KILLS = Number(process.env.BENCH_KILLS ?? 50);
const DATABASE_KILLS = Number(process.env.BENCH_DATABASE_KILLS ?? 20);
const IS_BROKEN = process.env.BENCH_BREAK === "async-commit";
/** Webhooks a second: what two busy processors take in, so that what waits after a death is the death's. */
const RATE = Number(process.env.BENCH_RATE ?? 100);
const RESUME_SECONDS_MAX = 5;
/** Waited for work to be resumed, which is far beyond the goal and ends the benchmark. */
const RESUME_MS_MAX = 60_000;
/** Between deaths all is running again, and no more waits than comes in so long. */
const REST_MS = 500;
const DRAIN_MS_MAX = 120_000;

/** Flushed to disk ten seconds later at best, so that a crash finds commits which are not. */
const ASYNC_COMMIT = ["synchronous_commit=off", "wal_writer_delay=10s"];

export const bench: Bench = async () => {
  const options = { orders: 600, products: 60, plan: "enterprise" } as const;
  const stack = await startStack("crash", options, "off", IS_BROKEN ? ASYNC_COMMIT : []);
  const crew = new Crew(stack);
  try {
    await crew.start();
    await untilCalm(stack.database);
    await stack.database.query("TRUNCATE sync_deliveries, sync_topic_hours, sync_topics");
    const load = new Load(stack, RATE);
    load.start();
    const outages = await killDatabase(stack, crew);
    const inCompany = await killWorkers(stack, crew, Math.ceil(KILLS / 2));
    await crew.leaveOne();
    const alone = await killWorkers(stack, crew, Math.floor(KILLS / 2));
    await load.stop();
    await until("the inbox is empty", DRAIN_MS_MAX, () => isEmpty(stack));
    return resultOf(load, crew, { inCompany, alone }, outages, await effectsOf(stack, load));
  } finally {
    await crew.stop();
    await stack.stop();
  }
};

/** Each time: seconds until the last of what the dead worker had claimed was settled. */
async function killWorkers(stack: Stack, crew: Crew, times: number): Promise<number[]> {
  const seconds: number[] = [];
  while (seconds.length < times) {
    await rest(stack, crew);
    const { ids, at } = await crew.killInMidBatch();
    // Committed in the moment between the look and the signal: it was no death in mid-batch.
    const claimed = await waiting(stack, ids);
    if (claimed.length > 0) seconds.push(((await settledAt(stack, claimed)) - at) / 1_000);
  }
  return seconds;
}

async function rest({ database }: Stack, crew: Crew): Promise<void> {
  await crew.untilAllWork();
  await wait(REST_MS);
  await until("what a death held up is worked off", RESUME_MS_MAX, async () => {
    const { rows } = await database.query<{ left: number }>(
      "SELECT count(*)::int AS left FROM sync_deliveries WHERE state = 'received'",
    );
    return rows[0]!.left <= (RATE * REST_MS) / 1_000;
  });
}

async function waiting({ database }: Stack, ids: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    "SELECT id FROM sync_deliveries WHERE id = ANY ($1) AND state = 'received'",
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** When the last of them was committed as settled, by PostgreSQL's own record; ms since 1970. */
async function settledAt({ database }: Stack, ids: readonly string[]): Promise<number> {
  let at = 0;
  await until("what the dead worker had in hand is settled", RESUME_MS_MAX, async () => {
    const { rows } = await database.query<{ left: number; last: number }>(
      `SELECT (count(*) FILTER (WHERE state = 'received'))::int AS left,
              extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))::float8 * 1000 AS last
       FROM sync_deliveries WHERE id = ANY ($1)`,
      [ids],
    );
    at = rows[0]!.last;
    return rows[0]!.left === 0;
  });
  return at;
}

interface Outage {
  /** From PostgreSQL's return to the settlement of the last delivery that had waited through its death. */
  readonly resumedSeconds: number;
  /** From PostgreSQL's return to the next 2xx. */
  readonly answeredSeconds: number;
  readonly deliveries: number;
}

async function killDatabase(stack: Stack, crew: Crew): Promise<Outage[]> {
  const outages: Outage[] = [];
  while (outages.length < DATABASE_KILLS) {
    await rest(stack, crew);
    await crew.untilMidBatch();
    const diedAt = Date.now();
    await stack.crashDatabase();
    const backAt = Date.now();
    outages.push(await resumption(stack, diedAt, backAt));
  }
  return outages;
}

async function resumption({ database }: Stack, diedAt: number, backAt: number): Promise<Outage> {
  let found = { left: 1, first: null as number | null, last: null as number | null, deliveries: 0 };
  await until("what waited through the database's death is settled", RESUME_MS_MAX, async () => {
    const { rows } = await database
      .query<typeof found>(RESUMPTION, [new Date(diedAt), new Date(backAt)])
      .catch(() => ({ rows: [] }));
    found = rows[0] ?? found;
    return found.left === 0 && found.first !== null;
  });
  const since = (at: number | null) => Math.max(0, ((at ?? backAt) - backAt) / 1_000);
  return {
    resumedSeconds: since(found.last),
    answeredSeconds: since(found.first),
    deliveries: found.deliveries,
  };
}

const RESUMPTION = `
  SELECT (count(*) FILTER (WHERE received_at <= $1 AND state = 'received'))::int AS left,
         extract(epoch FROM min(received_at) FILTER (WHERE received_at > $1))::float8 * 1000 AS first,
         extract(epoch FROM max(settled_at) FILTER (WHERE received_at <= $1 AND settled_at > $1))::float8 * 1000 AS last,
         (count(*) FILTER (WHERE received_at <= $1 AND settled_at > $1))::int AS deliveries
  FROM sync_deliveries WHERE received_at > $2::timestamptz - interval '5 minutes'`;

async function isEmpty({ database }: Stack): Promise<boolean> {
  const { rowCount } = await database.query("SELECT FROM sync_deliveries WHERE state = 'received' LIMIT 1");
  return rowCount === 0;
}

function resultOf(
  load: Load,
  crew: Crew,
  resumed: { readonly inCompany: readonly number[]; readonly alone: readonly number[] },
  outages: readonly Outage[],
  { lost, doubled, outdated, astray, putOff }: Awaited<ReturnType<typeof effectsOf>>,
) {
  const all = [...resumed.inCompany, ...resumed.alone];
  const figures: Figure[] = [
    { label: "webhooks answered 2xx", value: load.acknowledged.size, unit: "" },
    { label: "sent again because they were not answered 2xx", value: load.sentAgain, unit: "" },
    { label: "workers killed in mid-batch", value: all.length, unit: "" },
    { label: "PostgreSQL killed in mid-batch", value: outages.length, unit: "" },
    { label: "answered 2xx and lost", value: lost, unit: "" },
    { label: "effects doubled or missing in what is counted", value: doubled, unit: "" },
    { label: "records that are not at their newest version", value: outdated, unit: "" },
    { label: "deliveries that ended parked or ignored", value: astray, unit: "" },
    { label: "deliveries that a passing failure put off", value: putOff, unit: "" },
    { label: "processes that ended by themselves", value: crew.deaths, unit: "" },
  ];
  const spread = (label: string, of: readonly number[]) => {
    if (of.length === 0) return;
    figures.push(
      { label: `${label}, p50`, value: percentile(of, 0.5), unit: "s" },
      { label: `${label}, p99`, value: percentile(of, 0.99), unit: "s" },
    );
  };
  spread("a dead worker's batch settled, another worker alive", resumed.inCompany);
  spread("a dead worker's batch settled, by its successor alone", resumed.alone);
  spread(
    "after PostgreSQL's return: all that had waited is settled",
    outages.map((each) => each.resumedSeconds),
  );
  spread(
    "after PostgreSQL's return: the next webhook stored",
    outages.map((each) => each.answeredSeconds),
  );
  const p99 = (of: readonly number[]) => (of.length === 0 ? 0 : percentile(of, 0.99));
  return {
    figures,
    goals: [
      atLeast("workers killed in mid-batch", all.length, KILLS),
      atLeast("PostgreSQL killed in mid-batch", outages.length, DATABASE_KILLS),
      atMost("seconds to resume a dead worker's batch, p99", p99(all), RESUME_SECONDS_MAX),
      atMost(
        "seconds to resume after PostgreSQL's return, p99",
        p99(outages.map((each) => each.resumedSeconds)),
        RESUME_SECONDS_MAX,
      ),
      atMost("answered 2xx and lost", lost, 0),
      atMost("effects doubled or missing", doubled, 0),
      atMost("records not at their newest version", outdated, 0),
      atMost("deliveries parked or ignored", astray, 0),
      atMost("processes that ended by themselves", crew.deaths, 0),
    ],
  };
}
