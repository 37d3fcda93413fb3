// Figures over an hour, a day, a week or a month, ready to be drawn. Reads the sums that metrics.server.ts keeps, along
// their key and at the coarseness that the window needs, never the rows that they speak of. Only this shop's.
import { pool } from "#app/db.server.ts";
import { delayQuantile } from "#app/sync/delays.ts";
import { binsAt } from "#app/status/bins.ts";
import { readSizes } from "#app/status/storage-sizes.ts";
import { dayOf, startOfDay } from "#app/sync/days.ts";
import type { Insights, PlotView, Series, TopicTotals, Unit, Window } from "#app/status/plots.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS = 30;
/** Told apart in a plot; the rest is summed up. More cannot be seen apart. */
const SERIES_MAX = 6;
export const OUTCOMES = ["applied", "superseded", "ignored", "retried", "parked"] as const;
const WAYS = ["webhook", "fetch", "page", "bulk"] as const;
const LANES = ["targeted", "confirm", "catch-up", "audit", "backfill"] as const;
const QUEUES = ["deliveries", "confirmations", "runs", "catch_up"] as const;
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Window → seconds of the rows that are read, and milliseconds of a bin. A month's bins are days in the shop's zone. */
const CUTS = {
  hour: { step: 60, binMs: MINUTE_MS, bins: 60 },
  day: { step: 600, binMs: 10 * MINUTE_MS, bins: 144 },
  week: { step: 3_600, binMs: HOUR_MS, bins: 168 },
} as const;
interface Ground {
  readonly shopId: number;
  readonly step: number;
  readonly bins: readonly Date[];
  readonly until: Date;
}

/** Where a zone is off by half an hour, the hour in which a day begins counts to the day in which that hour begins. */
function groundOf(shopId: number, window: Window, now: Date, timeZone: string): Ground {
  if (window === "month") {
    const today = dayOf(now, timeZone);
    const bins = Array.from({ length: DAYS }, (_, n) => startOfDay(today, timeZone, n - DAYS + 1));
    return { shopId, step: 3_600, bins, until: startOfDay(today, timeZone, 1) };
  }
  const { step, binMs, bins: count } = CUTS[window];
  const last = now.getTime() - (now.getTime() % binMs);
  const bins = Array.from({ length: count }, (_, n) => new Date(last - (count - 1 - n) * binMs));
  return { shopId, step, bins, until: new Date(last + binMs) };
}

export async function readInsights(
  shopId: number,
  window: Window,
  now: Date,
  timeZone: string,
): Promise<Insights> {
  const ground = groundOf(shopId, window, now, timeZone);
  const [sums, delays, sizes, first] = await Promise.all([
    readSums(ground),
    readDelays(ground),
    readSizes(ground, SERIES_MAX),
    pool.query<{ since: Date | null; is_alone: boolean }>(FIRST, [shopId]),
  ]);
  const { since = null, is_alone: isAlone = true } = first.rows[0] ?? {};
  const figures = new Figures(ground, sums, since);
  const topics = figures.topics();
  return {
    at: now,
    window,
    bins: ground.bins,
    until: ground.until,
    since,
    plots: [
      lines("freshness", "ms", freshnessOf(delays)),
      bars(
        "outcomes",
        "count",
        figures.byLabel("deliveries", (label) => label.split(" ")[1] ?? "", OUTCOMES),
      ),
      bars(
        "topics",
        "count",
        figures.top("deliveries", (label) => label.split(" ")[0] ?? ""),
      ),
      bars(
        "throughput",
        "count",
        figures.byLabel("applied", (label) => label, WAYS),
      ),
      bars(
        "errors",
        "count",
        figures.top("errors", (label) => label),
      ),
      bars(
        "budget",
        "points",
        figures.byLabel("api_points", (label) => label, LANES),
      ),
      lines("depth", "count", figures.peaks("depth", QUEUES)),
      lines("age", "ms", figures.peaks("age", QUEUES)),
      bars("storage", "bytes", sizes.series),
    ],
    topics,
    tables: sizes.tables,
    isAlone,
    throttles: figures.total("api_throttles"),
    changes: delays.flat().reduce((sum, count) => sum + count, 0),
  };
}

const bars = (id: PlotView["id"], unit: Unit, series: readonly Series[]): PlotView => ({
  id,
  kind: "bars",
  unit,
  series,
});
const lines = (id: PlotView["id"], unit: Unit, series: readonly Series[]): PlotView => ({
  id,
  kind: "lines",
  unit,
  series,
});

/** All of one label: what it came to in each bin that has any of it. */
interface Line {
  readonly name: string;
  readonly label: string;
  readonly bins: readonly { readonly bin: number; readonly sum: number; readonly peak: number }[];
}

const SUMMED = ["deliveries", "applied", "errors", "api_points", "api_throttles", "depth", "age"];

// A week has some ten thousand values, but some sixty labels: a row a label costs the driver a tenth of a row a value, and
// finding each value's bin is cheaper here than in SQL. A double's date_part, since extract's numeric took a quarter of it.
export const READ_SUMS = `
  SELECT name, label, string_agg(concat_ws(' ', date_part('epoch', at)::int8, sum::int8, max::int8), ',') AS values
  FROM sync_metrics
  WHERE shop_id = $1 AND step = $2 AND name = ANY ($3) AND at >= $4 AND at < $5
  GROUP BY name, label`;

async function readSums({ shopId, step, bins, until }: Ground): Promise<readonly Line[]> {
  const { rows } = await pool.query<{ name: string; label: string; values: string }>(READ_SUMS, [
    ...[shopId, step, SUMMED, bins[0], until],
  ]);
  const binAt = binsAt(bins);
  return rows.map(({ name, label, values }) => {
    const of = new Map<number, { bin: number; sum: number; peak: number }>();
    for (const value of values.split(",")) {
      const [at = 0, sum = 0, peak = 0] = value.split(" ").map(Number);
      const bin = binAt(at);
      const known = of.get(bin);
      if (known) {
        known.sum += sum;
        known.peak = Math.max(known.peak, peak);
      } else of.set(bin, { bin, sum, peak });
    }
    return { name, label, bins: [...of.values()] };
  });
}

interface DelayRow {
  readonly bin: number;
  /** Counts, separated by commas: a tenth of what it costs to take them apart in SQL. */
  readonly classes: string;
}

export const READ_DELAYS = `
  SELECT width_bucket(at, $3::timestamptz[]) - 1 AS bin, array_to_string(classes, ',') AS classes
  FROM sync_metrics
  WHERE shop_id = $1 AND step = $2 AND name = 'freshness' AND at >= ($3::timestamptz[])[1] AND at < $4`;

/** Per bin, how many delays lay in each class. */
async function readDelays({ shopId, step, bins, until }: Ground): Promise<readonly (readonly number[])[]> {
  const { rows } = await pool.query<DelayRow>(READ_DELAYS, [shopId, step, bins, until]);
  const delays = bins.map((): number[] => []);
  for (const { bin, classes } of rows) {
    const ofBin = delays[bin]!;
    if (classes === "") continue;
    for (const [at, count] of classes.split(",").entries()) ofBin[at] = (ofBin[at] ?? 0) + Number(count);
  }
  return delays;
}

function freshnessOf(delays: readonly (readonly number[])[]): Series[] {
  return Object.entries(QUANTILES).map(([key, quantile]) => ({
    key,
    values: delays.map((ofBin) => {
      const ms = delayQuantile(ofBin, quantile);
      return ms === null ? null : Math.round(ms);
    }),
  }));
}

// A sample of what waits is taken every minute, whether anything does or not, so the first one is the beginning of all.
const FIRST = `
  SELECT (SELECT min(at) FROM sync_metrics WHERE shop_id = $1 AND step = 3600 AND name = 'depth') AS since,
         (SELECT count(*) <= 1 FROM shops) AS is_alone`;

class Figures {
  readonly #ground: Ground;
  readonly #lines: ReadonlyMap<string, readonly Line[]>;
  readonly #isKnown: readonly boolean[];

  constructor(ground: Ground, lines: readonly Line[], since: Date | null) {
    this.#ground = ground;
    this.#lines = Map.groupBy(lines, ({ name }) => name);
    const ends = [...ground.bins.slice(1), ground.until];
    this.#isKnown = ends.map((end) => since !== null && end > since);
  }

  /** Sums per bin of each of `keys`; nothing where nothing was kept yet. */
  byLabel(name: string, keyOf: (label: string) => string, keys: readonly string[]): Series[] {
    return keys.map((key) => ({ key, values: this.#sums(name, (label) => keyOf(label) === key) }));
  }

  /** The greatest keys, and all others as one. */
  top(name: string, keyOf: (label: string) => string): Series[] {
    const totals = new Map<string, number>();
    for (const line of this.#of(name)) {
      const key = keyOf(line.label);
      totals.set(key, (totals.get(key) ?? 0) + totalOf(line));
    }
    const keys = [...totals].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key);
    const shown = keys.slice(0, SERIES_MAX);
    const series = this.byLabel(name, keyOf, shown);
    if (keys.length <= SERIES_MAX) return series;
    const others = this.#sums(name, (label) => !shown.includes(keyOf(label)));
    return [...series, { key: "others", values: others }];
  }

  /** The highest sample per bin; nothing where nobody looked. */
  peaks(name: string, keys: readonly string[]): Series[] {
    const looks = this.#of("depth").find(({ label }) => label === "");
    const looked = new Set(looks?.bins.map(({ bin }) => bin));
    return keys.map((key) => {
      const line = this.#of(name).find(({ label }) => label === key);
      const peaks = new Map(line?.bins.map(({ bin, peak }) => [bin, peak]));
      return {
        key,
        values: this.#ground.bins.map((_, bin) => (looked.has(bin) ? (peaks.get(bin) ?? 0) : null)),
      };
    });
  }

  topics(): TopicTotals[] {
    const topics = new Map<string, { byOutcome: Record<string, number>; total: number }>();
    for (const line of this.#of("deliveries")) {
      const [topic = "", outcome = ""] = line.label.split(" ");
      const of = topics.get(topic) ?? { byOutcome: {}, total: 0 };
      const sum = totalOf(line);
      of.byOutcome[outcome] = (of.byOutcome[outcome] ?? 0) + sum;
      of.total += sum;
      topics.set(topic, of);
    }
    return [...topics]
      .map(([topic, of]) => ({ topic, ...of }))
      .sort((a, b) => b.total - a.total || (a.topic < b.topic ? -1 : 1));
  }

  total(name: string): number {
    return this.#of(name).reduce((total, line) => total + totalOf(line), 0);
  }

  #of(name: string): readonly Line[] {
    return this.#lines.get(name) ?? [];
  }

  #sums(name: string, isIn: (label: string) => boolean): (number | null)[] {
    const values = this.#isKnown.map((isKnown): number | null => (isKnown ? 0 : null));
    for (const { label, bins } of this.#of(name)) {
      if (!isIn(label)) continue;
      for (const { bin, sum } of bins) values[bin] = (values[bin] ?? 0) + sum;
    }
    return values;
  }
}

function totalOf({ bins }: Line): number {
  return bins.reduce((total, { sum }) => total + sum, 0);
}
