// bench storm: 50,000 deliveries in a minute for 500 records, a tenth of them duplicates, the order shuffled. Nothing may be
// lost, the newest must win, the inbox must be empty soon after the last one, and the API must not be asked for each.
import { randomUUID } from "node:crypto";
import { Chance } from "#sandbox/store/chance.ts";
import { atLeast, under, type Bench } from "./figures.ts";
import { until, wait } from "./processes.ts";
import { Sender, type Webhook } from "./sender.ts";
import { API_SECRET, startStack, untilCalm, type Stack } from "./stack.ts";
import { subjects } from "./versions.ts";

const RECORDS = 500;
const VERSIONS = 90;
const DUPLICATES = 5_000;
const SECONDS = 60;
const CONNECTIONS = 50;
const TOPIC = "orders/updated";
/** A storm that takes longer because the machine is busy elsewhere is none. */
const SENDING_SECONDS_MAX = SECONDS * 1.05;
const DRAIN_SECONDS_MAX = 30;
/** As long as is waited for a drain that misses its goal. */
const DRAIN_MS_MAX = 600_000;
/** API calls: one for so many deliveries, at most. */
const DELIVERIES_A_CALL = 20;
const SEND_AGAIN_MS = 1_000;

export const bench: Bench = async () => {
  const stack = await startStack("storm", { orders: 800, products: 60, plan: "enterprise" });
  try {
    await untilCalm(stack.database);
    const { webhooks, newest } = prepare(stack);
    const callsBefore = Date.now();
    const sent = await send(stack, webhooks);
    const drainSeconds = await drained(stack, sent.endedAt);
    const calls = await countCalls(stack, callsBefore);
    return resultOf(webhooks.length, sent, drainSeconds, calls, await lossesOf(stack, newest));
  } finally {
    await stack.stop();
  }
};

/** Every version of every record once, some twice, all in disorder. */
function prepare({ sandbox }: Stack) {
  const webhooks: Webhook[] = [];
  const newest = new Map<string, string>();
  const from = new Date(Date.now() + 1_000);
  for (const { id, version } of subjects(sandbox, RECORDS, from)) {
    for (let number = 1; number <= VERSIONS; number++) {
      const { body, triggeredAt, note } = version(number);
      webhooks.push({ id: randomUUID(), topic: TOPIC, shop: sandbox.store.shop.domain, triggeredAt, body });
      newest.set(id, note);
    }
  }
  const chance = new Chance("storm");
  for (let copy = 0; copy < DUPLICATES; copy++)
    webhooks.push(webhooks[chance.whole(0, RECORDS * VERSIONS - 1)]!);
  for (let index = webhooks.length - 1; index > 0; index--) {
    const other = chance.whole(0, index);
    [webhooks[index], webhooks[other]] = [webhooks[other]!, webhooks[index]!];
  }
  return { webhooks, newest };
}

/** What is not answered 2xx is sent again, as Shopify does. */
async function send({ appUrl }: Stack, webhooks: readonly Webhook[]) {
  const startedAt = performance.now();
  let next = 0;
  let sentAgain = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const sender = new Sender(new URL(`${appUrl}/webhooks`), API_SECRET);
      for (let number = next++; number < webhooks.length; number = next++) {
        await wait(startedAt + (number / webhooks.length) * SECONDS * 1_000 - performance.now());
        while ((await sender.send(webhooks[number]!)) !== 200) {
          sentAgain += 1;
          await wait(SEND_AGAIN_MS);
        }
      }
      sender.close();
    }),
  );
  return { seconds: (performance.now() - startedAt) / 1_000, sentAgain, endedAt: Date.now() };
}

/** Seconds from the last answer to the last settlement. */
async function drained({ database }: Stack, endedAt: number): Promise<number> {
  await until("the inbox is empty", DRAIN_MS_MAX, async () => {
    const { rowCount } = await database.query("SELECT FROM sync_deliveries WHERE state = 'received' LIMIT 1");
    return rowCount === 0;
  });
  const { rows } = await database.query<{ last: number }>(
    "SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))::float8 * 1000 AS last FROM sync_deliveries",
  );
  return Math.max(0, (rows[0]!.last - endedAt) / 1_000);
}

async function countCalls({ sandbox }: Stack, from: number): Promise<number> {
  const answer = await fetch(`${sandbox.urls.sandbox}/_sandbox/calls?limit=2000`);
  const { calls } = (await answer.json()) as { calls: { at: string }[] };
  return calls.filter(({ at }) => Date.parse(at) >= from).length;
}

async function lossesOf({ database }: Stack, newest: ReadonlyMap<string, string>) {
  const { rows } = await database.query<{ stored: number; repeats: number; astray: number }>(
    `SELECT count(*)::int AS stored, sum(repeats)::int AS repeats,
            (count(*) FILTER (WHERE state NOT IN ('applied', 'superseded')))::int AS astray
     FROM sync_deliveries WHERE topic = $1`,
    [TOPIC],
  );
  const mirrored = await database.query<{ id: string; note: string | null }>(
    "SELECT id, note FROM orders WHERE id = ANY ($1)",
    [[...newest.keys()]],
  );
  const outdated = mirrored.rows.filter(({ id, note }) => note !== newest.get(id)).length;
  return { ...rows[0]!, outdated: outdated + newest.size - mirrored.rows.length };
}

function resultOf(
  count: number,
  sent: { seconds: number; sentAgain: number },
  drainSeconds: number,
  calls: number,
  { stored, repeats, astray, outdated }: Awaited<ReturnType<typeof lossesOf>>,
) {
  const lost = RECORDS * VERSIONS - stored;
  return {
    figures: [
      { label: "deliveries sent, duplicates among them", value: count, unit: "" },
      { label: "seconds that sending took", value: sent.seconds, unit: "s" },
      { label: "sent again because they were not answered 2xx", value: sent.sentAgain, unit: "" },
      { label: "deliveries stored", value: stored, unit: "rows" },
      { label: "duplicates recognised", value: repeats - sent.sentAgain, unit: "" },
      { label: "deliveries lost", value: lost, unit: "" },
      { label: "deliveries that ended parked or ignored", value: astray, unit: "" },
      { label: "records that are not at their newest version", value: outdated, unit: "" },
      { label: "from the last answer to the empty inbox", value: drainSeconds, unit: "s" },
      { label: "API calls, confirmations and all else", value: calls, unit: "" },
    ],
    goals: [
      under("seconds that sending took", sent.seconds, SENDING_SECONDS_MAX, "s"),
      under("deliveries lost", lost, 1, ""),
      under("records not at their newest version", outdated, 1, ""),
      under("deliveries parked or ignored", astray, 1, ""),
      under("drain after the last one", drainSeconds, DRAIN_SECONDS_MAX, "s"),
      atLeast("deliveries for each API call", count / Math.max(1, calls), DELIVERIES_A_CALL),
    ],
  };
}
