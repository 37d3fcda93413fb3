// Figures of what this process does, for the plots: gathered in memory, written by one statement every ten seconds, and
// so never in the way of the work. A crash loses at most the last ten seconds of them, and a connection that breaks while
// they are being written can lose or double as much: they inform, and decide nothing. Nothing here counts rows; what is
// stored and what waits is sampled by sync/samples.ts.
import type { PoolClient } from "pg";
import { inTransaction } from "#app/db.server.ts";
import { log } from "#app/observe.server.ts";
import { delayClass } from "#app/sync/delays.ts";

export type MetricName =
  /** Webhooks stored. */
  | "received"
  /** Webhooks worked off; label: topic and outcome. */
  | "deliveries"
  /** Milliseconds from the change in Shopify to the commit here, of what webhooks brought. */
  | "freshness"
  /** Records written to the mirror; label: the way in. */
  | "applied"
  /** Records confirmed through the API. */
  | "confirmed"
  /** What could not be done; label: its cause. */
  | "errors"
  /** Points of the API budget; label: lane. */
  | "api_points"
  /** Milliseconds that a query waited for its points; label: lane. */
  | "api_waits"
  /** Answers of Shopify that it was too much; label: lane. */
  | "api_throttles"
  /** How many wait, and milliseconds since the oldest came; label: queue. */
  | "depth"
  | "age"
  /** Bytes and rows of the shop's own part of the database; label: table. */
  | "bytes"
  | "rows";

/** A shop's id, or its domain where that is all that is known. One name is always noted by the same of the two. */
export type ShopKey = number | string;

/** How coarse the rows are, seconds: an hour, a day and a month of each are 60, 144 and 720 rows. */
export const STEPS = [60, 600, 3_600] as const;
export type Step = (typeof STEPS)[number];

const FLUSH_MS = 10_000;
/** Distinct (shop, minute, name, label) held between two flushes: some hundred for each of fifty busy shops. */
const PENDING_MAX = 10_000;
/** Labels are short names; a longer one is cut. */
const LABEL_CHARS_MAX = 120;

interface Sum {
  readonly shop: ShopKey;
  readonly name: MetricName;
  readonly label: string;
  /** Start of the minute, milliseconds. */
  readonly atMs: number;
  count: number;
  sum: number;
  max: number;
  readonly classes: number[];
}

let pending = new Map<string, Sum>();
let timer: NodeJS.Timeout | undefined;
let flushing: Promise<void> = Promise.resolve();

/** `amount` more of something (webhooks, points), or a sample of how much there is. */
export function note(shop: ShopKey, name: MetricName, label = "", amount = 1, now = Date.now()): void {
  const sum = sumOf(shop, name, label, now);
  if (!sum) return;
  sum.count += 1;
  sum.sum += amount;
  if (amount > sum.max) sum.max = amount;
}

/** How long something took; percentiles of any window can be had of it. */
export function noteDuration(
  shop: ShopKey,
  name: MetricName,
  label: string,
  ms: number,
  now = Date.now(),
): void {
  const sum = sumOf(shop, name, label, now);
  if (!sum) return;
  const duration = Math.max(0, ms);
  sum.count += 1;
  sum.sum += duration;
  if (duration > sum.max) sum.max = duration;
  const at = delayClass(duration);
  while (sum.classes.length <= at) sum.classes.push(0);
  sum.classes[at]! += 1;
}

function sumOf(shop: ShopKey, name: MetricName, label: string, now: number): Sum | null {
  const atMs = now - (now % 60_000);
  const short = label.length > LABEL_CHARS_MAX ? label.slice(0, LABEL_CHARS_MAX) : label;
  const key = `${shop}\n${atMs}\n${name}\n${short}`;
  const known = pending.get(key);
  if (known) return known;
  if (pending.size >= PENDING_MAX) return null;
  const fresh: Sum = { shop, name, label: short, atMs, count: 0, sum: 0, max: 0, classes: [] };
  pending.set(key, fresh);
  return fresh;
}

/** From now on what is noted is written. A process that never calls it keeps a bounded map and writes nothing. */
export function startMetrics(): void {
  timer ??= setInterval(() => void flushMetrics(), FLUSH_MS).unref();
}

/** Writes what is left. */
export async function stopMetrics(): Promise<void> {
  clearInterval(timer);
  timer = undefined;
  await flushMetrics();
}

/** Writes what was noted. While the database is away it is kept for later. */
export function flushMetrics(): Promise<void> {
  flushing = flushing.then(writePending);
  return flushing;
}

async function writePending(): Promise<void> {
  if (pending.size === 0) return;
  const sums = [...pending.values()];
  pending = new Map();
  try {
    await inTransaction((client) => write(client, sums));
  } catch (error) {
    log.warn({ err: error }, "figures could not be written; keeping them");
    for (const sum of sums) restore(sum);
  }
}

function restore(lost: Sum): void {
  const sum = sumOf(lost.shop, lost.name, lost.label, lost.atMs);
  if (sum) add(sum, lost);
}

interface Totals {
  count: number;
  sum: number;
  max: number;
  readonly classes: number[];
}

function add(to: Totals, { count, sum, max, classes }: Totals): void {
  to.count += count;
  to.sum += sum;
  to.max = Math.max(to.max, max);
  for (const [at, of] of classes.entries()) to.classes[at] = (to.classes[at] ?? 0) + of;
}

interface Row extends Totals {
  readonly shop_id: number;
  readonly step: Step;
  readonly name: MetricName;
  readonly label: string;
  readonly at: string;
}

async function write(client: PoolClient, sums: readonly Sum[]): Promise<void> {
  const shops = [...new Set(sums.map(({ shop }) => shop))];
  const { rows } = await client.query<{ id: number; domain: string }>(HOLD_SHOPS, [
    shops.filter((shop) => typeof shop === "number"),
    shops.filter((shop) => typeof shop === "string"),
  ]);
  const idOf = new Map<ShopKey, number>(
    rows.flatMap(({ id, domain }) => [[id, id] as const, [domain, id] as const]),
  );
  const written = new Map<string, Row>();
  for (const sum of sums) {
    const shopId = idOf.get(sum.shop);
    if (shopId !== undefined) for (const step of STEPS) addRow(written, shopId, step, sum);
  }
  if (written.size > 0) await client.query(ADD, [JSON.stringify([...written.values()])]);
}

function addRow(rows: Map<string, Row>, shopId: number, step: Step, sum: Sum): void {
  const at = new Date(sum.atMs - (sum.atMs % (step * 1_000))).toISOString();
  const key = [shopId, step, sum.name, at, sum.label].join("\n");
  const known = rows.get(key);
  if (known) return add(known, sum);
  const { name, label, count, sum: total, max, classes } = sum;
  rows.set(key, { shop_id: shopId, step, name, label, at, count, sum: total, max, classes: [...classes] });
}

// Held against erasure: figures are either written before it, and erased, or find no shop (I8).
const HOLD_SHOPS =
  "SELECT id, domain FROM shops WHERE id = ANY ($1::int[]) OR domain = ANY ($2::text[]) FOR KEY SHARE";

// Sorted, so that two processes that flush at once take their row locks in one order.
const ADD = `
  INSERT INTO sync_metrics AS m (shop_id, step, name, at, label, count, sum, max, classes)
  SELECT shop_id, step, name, at, label, count, sum, max, classes
  FROM json_to_recordset($1) AS t(shop_id int, step int, name text, at timestamptz, label text, count int, sum float8,
                                  max float8, classes int[])
  ORDER BY shop_id, step, name, at, label
  ON CONFLICT (shop_id, step, name, at, label) DO UPDATE
  SET count = m.count + excluded.count, sum = m.sum + excluded.sum, max = greatest(m.max, excluded.max),
      classes = CASE WHEN cardinality(excluded.classes) = 0 THEN m.classes ELSE
        (SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY n)
         FROM unnest(m.classes, excluded.classes) WITH ORDINALITY AS u(a, b, n)) END`;
